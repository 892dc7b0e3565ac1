/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads plain key requests: DNSKEY RRs (RFC 4034 section 2) of one zone with
 * flags 256. Refuses whatever is not a ZSK, and every key that comes twice:
 * what stands here is about to be signed by a KSK.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "exchange/bundle.h"
#include "exchange/request.h"
#include "keys/private.h"
#include "zone/load.h"

/* The text that is being read, for text_load's callback. */
struct reading {
	struct request *r;
	const char *file;
	size_t found; /* keys in this text */
};

/* Why these flags are not a ZSK's. */
static const char *
flags_reason(uint16_t flags)
{
	if ((flags & DNSKEY_FLAG_REVOKE) != 0)
		return "a revoked key";
	if ((flags & DNSKEY_FLAG_SEP) != 0)
		return "a KSK, which has no place in a request";
	if ((flags & DNSKEY_FLAG_ZONE) == 0)
		return "not a zone key";
	return "bits of no known meaning";
}

static enum dflow_status
check_key(const struct reading *rd, const struct zone_rr *rr,
    const struct dnskey *key, struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};

	if (key->flags != DNSKEY_FLAG_ZONE)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: flags %u: %s; a ZSK "
		    "has flags 256",
		    rd->file, rr->line, key->flags, flags_reason(key->flags));
	if (key->protocol != DNSKEY_PROTOCOL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: protocol %u; a "
		    "DNSKEY's is 3",
		    rd->file, rr->line, key->protocol);
	if (alg_find(key->algorithm) == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: algorithm %u is not "
		    "one that we know",
		    rd->file, rr->line, key->algorithm);
	if (key->rdata_len > DNSKEY_RDATA_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: key of %zu bytes "
		    "is too long",
		    rd->file, rr->line, key->rdata_len);
	if (dnskey_check(key, &why) != DFLOW_OK)
		return err_set(err, DFLOW_REFUSED, "%s:%u: %s", rd->file,
		    rr->line, why.text);
	return DFLOW_OK;
}

static const struct request_key *
find_key(const struct request *r, const struct dnskey *key)
{
	for (size_t i = 0; i < r->count; i++)
		if (dnskey_same_key(&r->keys[i].key, key))
			return &r->keys[i];
	return NULL;
}

static enum dflow_status
same_key(const char *file, size_t line, const struct request_key *twin,
    struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: the same key (tag %u) as in %s:%zu", file, line,
	    twin->key.tag, twin->file, twin->line);
}

/* The owner is the first key's, and no key is there twice. */
static enum dflow_status
check_place(const struct reading *rd, const struct zone_rr *rr,
    const struct dnskey *key, struct dflow_err *err)
{
	const struct request *r = rd->r;
	const struct request_key *twin;
	char ours[NAME_TEXT_SIZE];
	char theirs[NAME_TEXT_SIZE];

	if (r->count > 0 && !name_equal(rr->owner, r->zone)) {
		name_text(rr->owner, theirs);
		name_text(r->zone, ours);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: owner %s, but the "
		    "keys before it are %s's",
		    rd->file, rr->line, theirs, ours);
	}
	twin = find_key(r, key);
	return twin == NULL ? DFLOW_OK
			    : same_key(rd->file, rr->line, twin, err);
}

static enum dflow_status
append_key(struct reading *rd, const struct zone_rr *rr, struct dflow_err *err)
{
	struct request *r = rd->r;
	struct request_key *slot = &r->keys[r->count];

	slot->rdata = malloc(rr->rdata_len);
	if (slot->rdata == NULL)
		return err_memory(err);
	memcpy(slot->rdata, rr->rdata, rr->rdata_len);
	(void)dnskey_view(slot->rdata, rr->rdata_len, &slot->key);
	slot->file = rd->file;
	slot->line = rr->line;
	if (r->count == 0)
		name_lower(r->zone, rr->owner);
	r->count++;
	rd->found++;
	return DFLOW_OK;
}

static enum dflow_status
take_rr(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct reading *rd = ctx;
	char type[RRTYPE_TEXT_SIZE];
	enum dflow_status st;
	struct dnskey key;

	if (rr->type != RRTYPE_DNSKEY)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: %s record; a key "
		    "request holds DNSKEY records alone",
		    rd->file, rr->line, rrtype_text(rr->type, type));
	if (!dnskey_view(rr->rdata, rr->rdata_len, &key))
		return err_set(err, DFLOW_REFUSED, "%s:%u: DNSKEY is too short",
		    rd->file, rr->line);
	if (rd->r->count == REQUEST_KEYS_MAX)
		return err_set(err, DFLOW_REFUSED, "%s:%u: more than %d keys",
		    rd->file, rr->line, REQUEST_KEYS_MAX);
	st = check_key(rd, rr, &key, err);
	if (st == DFLOW_OK)
		st = check_place(rd, rr, &key, err);
	if (st == DFLOW_OK)
		st = append_key(rd, rr, err);
	return st;
}

/* Takes the name and the digest of what is read, once, and then signed. */
static enum dflow_status
add_file(struct request *r, const char *path, const char *text, size_t len,
    struct dflow_err *err)
{
	struct request_file *f = &r->files[r->file_count];

	f->path = strdup(path);
	if (f->path == NULL)
		return err_memory(err);
	digest_once(DIGEST_SHA256, text, len, f->sha256);
	r->file_count++;
	return DFLOW_OK;
}

static enum dflow_status
add_text(struct request *r, const char *file, const char *text, size_t len,
    struct dflow_err *err)
{
	struct reading rd = {.r = r};
	enum dflow_status st;
	const char *kind;
	size_t line = 0;

	if (len > REQUEST_BYTES_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: larger than %d bytes",
		    file, REQUEST_BYTES_MAX);
	if (private_marked(text, len))
		return err_set(err, DFLOW_REFUSED,
		    "%s:1: a private file, which must not leave its machine; "
		    "bring the .key file",
		    file);
	kind = bundle_marked(text, len, &line);
	if (kind != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: %s, not a plain key request; bring the ZSKs' "
		    ".key files",
		    file, line, kind);
	st = add_file(r, file, text, len, err);
	if (st != DFLOW_OK)
		return st;
	rd.file = r->files[r->file_count - 1].path;
	st = text_load(file, text, len, 0, take_rr, &rd, err);
	if (st != DFLOW_OK)
		return st;
	if (rd.found == 0)
		return err_set(
		    err, DFLOW_REFUSED, "%s: no DNSKEY record in it", file);
	return DFLOW_OK;
}

static int
compare_keys(const void *va, const void *vb)
{
	const struct dnskey *a = &((const struct request_key *)va)->key;
	const struct dnskey *b = &((const struct request_key *)vb)->key;
	size_t len = a->rdata_len < b->rdata_len ? a->rdata_len : b->rdata_len;

	if (a->algorithm != b->algorithm)
		return a->algorithm < b->algorithm ? -1 : 1;
	if (a->tag != b->tag)
		return a->tag < b->tag ? -1 : 1;
	if (memcmp(a->rdata, b->rdata, len) != 0)
		return memcmp(a->rdata, b->rdata, len);
	return (a->rdata_len > b->rdata_len) - (a->rdata_len < b->rdata_len);
}

static void
sort_keys(struct request *r)
{
	qsort(r->keys, r->count, sizeof(*r->keys), compare_keys);
}

static struct request *
request_new(void)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->keys = calloc(REQUEST_KEYS_MAX, sizeof(*r->keys));
	/* No file is without a key. */
	r->files = calloc(REQUEST_KEYS_MAX, sizeof(*r->files));
	if (r->keys == NULL || r->files == NULL)
		request_free(&r);
	return r;
}

enum dflow_status
request_parse(const char *file, const char *text, size_t len,
    struct request **out, struct dflow_err *err)
{
	struct request *r = request_new();
	enum dflow_status st;

	if (r == NULL)
		return err_memory(err);
	st = add_text(r, file, text, len, err);
	if (st != DFLOW_OK)
		goto out;
	sort_keys(r);
	*out = r;
	r = NULL; /* transferred */
out:
	request_free(&r);
	return st;
}

enum dflow_status
request_join(struct request *into, struct request **from, struct dflow_err *err)
{
	struct request *r = *from;
	const struct request_key *twin;

	assert(name_equal(into->zone, r->zone));
	for (size_t i = 0; i < r->count; i++) {
		const struct request_key *k = &r->keys[i];

		if (into->count + r->count > REQUEST_KEYS_MAX)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: more than %d keys", k->file, k->line,
			    REQUEST_KEYS_MAX);
		twin = find_key(into, &k->key);
		if (twin != NULL)
			return same_key(k->file, k->line, twin, err);
	}
	for (size_t i = 0; i < r->count; i++)
		into->keys[into->count++] = r->keys[i];
	for (size_t i = 0; i < r->file_count; i++)
		into->files[into->file_count++] = r->files[i];
	r->count = 0; /* transferred */
	r->file_count = 0;
	request_free(from);
	sort_keys(into);
	return DFLOW_OK;
}

void
request_free(struct request **r)
{
	struct request *old = *r;

	*r = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++)
		free(old->keys[i].rdata);
	for (size_t i = 0; i < old->file_count; i++)
		free(old->files[i].path);
	free(old->keys);
	free(old->files);
	free(old);
}
