/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose signatures are taken. A KSK is trusted by the parent's DS, or because
 * it signed what was in force just before: merely to stand there is not enough,
 * for a key that is only announced may be in nobody's DS yet. One that was
 * revoked (RFC 5011) is trusted never again, not even by DS.
 */
#include "flow/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "zone/load.h"

enum {
	DS_FILE_MAX = 4 << 20,
	DS_TTL = 3600, /* stands for none; it is not looked at */
};

struct reading {
	const char *path;
	struct trust_ds *ds;
};

static enum dflow_status
add_ds(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	const struct reading *r = ctx;
	struct trust_ds *d = r->ds;

	if (rr->type != RRTYPE_DS || rr->rdata_len > DS_RDATA_MAX)
		return err_at(err, r->path, rr->line,
		    "not a DS record that we know; give a file of DS records "
		    "alone");
	if (d->count == TRUST_DS_MAX)
		return err_at(err, r->path, rr->line, "more than %d DS records",
		    TRUST_DS_MAX);
	(void)name_copy(d->list[d->count].owner, rr->owner);
	memcpy(d->list[d->count].rdata, rr->rdata, rr->rdata_len);
	d->list[d->count++].len = rr->rdata_len;
	return DFLOW_OK;
}

enum dflow_status
trust_ds_read(const char *path, struct trust_ds *out, struct dflow_err *err)
{
	struct trust_ds d = {calloc(TRUST_DS_MAX, sizeof(*d.list)), 0};
	struct reading r = {path, &d};
	enum dflow_status st;
	struct buf text;

	if (d.list == NULL)
		return err_memory(err);
	buf_init(&text, DS_FILE_MAX);
	st = os_read(path, DS_FILE_MAX, &text, err);
	if (st == DFLOW_OK)
		st = text_load(path, (const char *)text.data, text.len, DS_TTL,
		    add_ds, &r, err);
	buf_free(&text);
	if (st == DFLOW_OK && d.count == 0)
		st = err_set(err, DFLOW_FAILED, "%s: no DS record in it", path);
	if (st != DFLOW_OK) {
		trust_ds_free(&d);
		return st;
	}
	*out = d;
	return DFLOW_OK;
}

bool
trust_ds_has(const struct trust_ds *d, const uint8_t *zone)
{
	for (size_t i = 0; i < d->count; i++)
		if (name_equal(d->list[i].owner, zone))
			return true;
	return false;
}

void
trust_ds_free(struct trust_ds *d)
{
	free(d->list);
	d->list = NULL;
	d->count = 0;
}

static bool
has_ds(const struct trust *t, const struct dnskey *key)
{
	for (size_t i = 0; t->ds != NULL && i < t->ds->count; i++) {
		const uint8_t *rdata = t->ds->list[i].rdata;
		uint8_t made[DS_RDATA_MAX];
		size_t len;

		if (t->ds->list[i].len < 4 ||
		    !name_equal(t->ds->list[i].owner, t->zone))
			continue;
		len = dnskey_ds(t->zone, key, rdata[3], made);
		if (len != 0 && len == t->ds->list[i].len &&
		    memcmp(made, rdata, len) == 0)
			return true;
	}
	return false;
}

static bool
holds(const struct trust_keys *l, const struct dnskey *key)
{
	for (size_t i = 0; i < l->count; i++)
		if (dnskey_same_key(&l->list[i], key))
			return true;
	return false;
}

static bool
is_trusted(const struct trust *t, const struct dnskey *key)
{
	return (key->flags & DNSKEY_FLAG_REVOKE) == 0 &&
	       !holds(&t->revoked, key) &&
	       (holds(&t->signed_by, key) || has_ds(t, key));
}

/* The i-th record as a key; false if it is none. */
static bool
key_at(const struct kskdata *data, size_t i, struct dnskey *key)
{
	return data->rrs[i].type == RRTYPE_DNSKEY &&
	       dnskey_view(data->rrs[i].rdata, data->rrs[i].len, key);
}

static enum dflow_status
add_key(struct trust_keys *l, const struct dnskey *key, struct dflow_err *err)
{
	uint8_t *copy;

	if (holds(l, key))
		return DFLOW_OK;
	if (l->count == TRUST_KEYS_MAX)
		return err_set(
		    err, DFLOW_REFUSED, "more than %d KSKs", TRUST_KEYS_MAX);
	copy = malloc(key->rdata_len);
	if (copy == NULL)
		return err_memory(err);
	memcpy(copy, key->rdata, key->rdata_len);
	(void)dnskey_view(copy, key->rdata_len, &l->list[l->count++]);
	return DFLOW_OK;
}

static void
drop_all(struct trust_keys *l)
{
	while (l->count > 0)
		free((void *)(uintptr_t)l->list[--l->count].rdata);
}

void
trust_free(struct trust *t)
{
	drop_all(&t->signed_by);
	drop_all(&t->revoked);
}

enum dflow_status
trust_note(struct trust *t, const struct kskdata *data, const bool *which,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < data->count && st == DFLOW_OK; i++) {
		struct dnskey key;

		if ((which == NULL || which[i]) && key_at(data, i, &key) &&
		    (key.flags & DNSKEY_FLAG_REVOKE) != 0)
			st = add_key(&t->revoked, &key, err);
	}
	return st;
}

enum dflow_status
trust_learn(struct trust *t, const struct kskdata *data, const bool *signers,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	drop_all(&t->signed_by);
	for (size_t i = 0; i < data->count && st == DFLOW_OK; i++) {
		struct dnskey key;

		if (signers[i] && key_at(data, i, &key) &&
		    (key.flags & DNSKEY_FLAG_REVOKE) == 0)
			st = add_key(&t->signed_by, &key, err);
	}
	return st == DFLOW_OK ? trust_note(t, data, NULL, err) : st;
}

void
trust_signers(const struct kskdata *data, bool *signers)
{
	for (size_t i = 0; i < data->count; i++) {
		struct dnskey key;
		struct rrsig sig;

		for (size_t k = 0; key_at(data, i, &key) && k < data->count;
		     k++)
			if (data->rrs[k].covered == RRTYPE_DNSKEY &&
			    rrsig_view(
				data->rrs[k].rdata, data->rrs[k].len, &sig) &&
			    sig.tag == key.tag &&
			    sig.algorithm == key.algorithm)
				signers[i] = true;
	}
}

/* No signer of data is trusted: is any of its KSKs? */
static enum dflow_status
not_trusted(const struct trust *t, const struct kskdata *data,
    const bool *signers, struct dflow_err *err)
{
	size_t line = data->count > 0 ? data->rrs[0].line : 0;
	struct dnskey key;

	for (size_t i = 0; i < data->count; i++)
		if (signers[i] && key_at(data, i, &key) &&
		    holds(&t->revoked, &key))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: signed by KSK %u, which was revoked "
			    "before; do not use this file, and ask where it "
			    "comes from",
			    data->file, line, key.tag);
	for (size_t i = 0; i < data->count; i++)
		if (key_at(data, i, &key) && is_trusted(t, &key))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: signed by no KSK that %s vouches for; KSK "
			    "%u is there, but did not sign; ask where it comes "
			    "from, and give --ds for the new KSK if it is the "
			    "parent's",
			    data->file, line, t->whose, key.tag);
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: it has no KSK in common with %s that signed both; %s",
	    data->file, line, t->whose,
	    t->ds != NULL ? "are these the right DS, of each KSK that signs?"
			  : "if the KSK was replaced, give --ds a file with "
			    "the DS of each KSK that signs");
}

enum dflow_status
trust_check(struct trust *t, const struct kskdata *data, const bool *signers,
    struct dflow_err *err)
{
	bool good = false;

	for (size_t i = 0; i < data->count && !good; i++) {
		struct dnskey key;

		if (signers[i] && key_at(data, i, &key))
			good = is_trusted(t, &key) ||
			       (t->any && !holds(&t->revoked, &key) &&
				   (key.flags & DNSKEY_FLAG_REVOKE) == 0);
	}
	if (!good)
		return not_trusted(t, data, signers, err);
	t->any = false;
	if (t->ds == NULL)
		t->whose = "the bundle before";
	return trust_learn(t, data, signers, err);
}
