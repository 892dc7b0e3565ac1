/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Explains the files that cross the gap: what they are, record by record, and
 * why the tools would refuse them. Private files are not read beyond their
 * first line.
 */
#include "flow/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/when.h"
#include "dns/digest.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "exchange/bundle.h"
#include "exchange/kskdata.h"
#include "exchange/request.h"
#include "flow/keyfacts.h"
#include "keys/private.h"
#include "zone/load.h"

enum { PATH_TEXT_MAX = 4096 };

static enum dflow_status
refuse_private(const char *path, const struct buf *text, struct dflow_err *err)
{
	if (!private_marked(text->data, text->len))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s:1: a private file; show its .key file", path);
}

static enum dflow_status
name_dup(const uint8_t *name, char **out, struct dflow_err *err)
{
	char text[NAME_TEXT_SIZE];

	name_text(name, text);
	*out = strdup(text);
	return *out != NULL ? DFLOW_OK : err_memory(err);
}

static void
fill_key(const struct dflow_show *s, struct show_rr *rr)
{
	struct dflow_record *r = &rr->record;
	struct dnskey key;

	if (!dnskey_view(rr->rdata, rr->len, &key))
		return;
	keyfacts_fill(&r->key, rr->owner, &key, s->path, r->line);
	r->tag = key.tag;
	r->algorithm = key.algorithm;
}

static void
fill_ds(struct show_rr *rr)
{
	struct dflow_record *r = &rr->record;

	if (rr->len < 4)
		return;
	r->tag = (uint16_t)(rr->rdata[0] << 8 | rr->rdata[1]);
	r->algorithm = rr->rdata[2];
	r->digest_type = rr->rdata[3];
	if (rr->len - 4 <= DIGEST_MAX)
		keyfacts_hex(rr->rdata + 4, rr->len - 4, r->digest);
}

static enum dflow_status
fill_rrsig(
    const struct dflow_show *s, struct show_rr *rr, struct dflow_err *err)
{
	struct dflow_record *r = &rr->record;
	enum dflow_status st;
	struct rrsig sig;

	if (!rrsig_view(rr->rdata, rr->len, &sig))
		return DFLOW_OK;
	st = name_dup(sig.signer, &rr->signer_text, err);
	if (st != DFLOW_OK)
		return st;
	r->signer = rr->signer_text;
	r->covered = rrtype_text(sig.covered, rr->covered_text);
	r->tag = sig.tag;
	r->algorithm = sig.algorithm;
	r->inception = when_from_serial(sig.inception, s->now);
	r->expiration = when_from_serial(sig.expiration, s->now);
	return DFLOW_OK;
}

static enum dflow_status
fill_record(
    const struct dflow_show *s, struct show_rr *rr, struct dflow_err *err)
{
	enum dflow_status st = name_dup(rr->owner, &rr->owner_text, err);

	if (st != DFLOW_OK)
		return st;
	rr->record.owner = rr->owner_text;
	rr->record.type = rrtype_text(rr->type, rr->type_text);
	if (rr->type == RRTYPE_DNSKEY || rr->type == RRTYPE_CDNSKEY)
		fill_key(s, rr);
	else if (rr->type == RRTYPE_RRSIG)
		st = fill_rrsig(s, rr, err);
	else
		fill_ds(rr);
	rr->record.algorithm_name = keyfacts_algorithm(rr->record.algorithm);
	return st;
}

static bool
is_shown(uint16_t type)
{
	return type == RRTYPE_DNSKEY || type == RRTYPE_CDNSKEY ||
	       type == RRTYPE_DS || type == RRTYPE_CDS || type == RRTYPE_RRSIG;
}

enum dflow_status
show_add(const struct zone_rr *in, void *ctx, struct dflow_err *err)
{
	struct dflow_show *s = ctx;
	char type[RRTYPE_TEXT_SIZE];
	struct show_rr *rr;

	if (!is_shown(in->type) ||
	    !rdata_check(in->type, in->rdata, in->rdata_len))
		return err_set(err, DFLOW_FAILED,
		    "%s:%u: %s record; show "
		    "explains well-formed DNSKEY, DS, CDS, CDNSKEY and RRSIG",
		    s->path, in->line, rrtype_text(in->type, type));
	if (s->count == s->cap)
		return err_set(err, DFLOW_FAILED,
		    "%s:%u: more than %zu records", s->path, in->line, s->cap);
	rr = &s->rrs[s->count];
	rr->rdata = malloc(in->rdata_len > 0 ? in->rdata_len : 1);
	if (rr->rdata == NULL)
		return err_memory(err);
	s->count++;
	memcpy(rr->rdata, in->rdata, in->rdata_len);
	rr->len = in->rdata_len;
	rr->type = in->type;
	name_copy(rr->owner, in->owner);
	rr->record.line = in->line;
	rr->record.ttl_s = in->ttl;
	return fill_record(s, rr, err);
}

static size_t
count_type(const struct dflow_show *s, uint16_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->rrs[i].type == type;
	return n;
}

static size_t
count_role(const struct dflow_show *s, const char *role)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->rrs[i].type == RRTYPE_DNSKEY &&
		     strcmp(s->rrs[i].record.key.role, role) == 0;
	return n;
}

/*
 * Guesses what the file is meant to be, then has the reader that would take
 * it say whether it is that.
 */
static void
find_kind(struct dflow_show *s, const struct buf *text)
{
	const char *chars = (const char *)text->data;
	size_t keys = count_type(s, RRTYPE_DNSKEY);
	struct kskdata *data = NULL;
	struct request *request = NULL;
	enum dflow_status st;

	s->facts.kind = "DNSSEC records";
	if (keys == s->count && count_role(s, "ZSK") > 0) {
		s->facts.kind = "key request";
		st = request_parse(
		    s->path, chars, text->len, &request, &s->problem);
		if (st == DFLOW_OK)
			request_free(&request);
	} else if (keys == s->count && keys == count_role(s, "KSK")) {
		s->facts.kind =
		    keys == 1 ? "public key of a KSK" : "public keys of KSKs";
	} else if (count_type(s, RRTYPE_DS) == s->count) {
		s->facts.kind = "DS for the parent";
	} else if (count_type(s, RRTYPE_RRSIG) > 0 && keys > 0 &&
		   count_role(s, "ZSK") == 0) {
		s->facts.kind = "KSK.data";
		st = kskdata_parse(
		    s->path, chars, text->len, &data, &s->problem);
		if (st == DFLOW_OK)
			kskdata_free(&data);
	}
}

/* The reader's problem, else the first signature that is none. */
static void
find_problem(struct dflow_show *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct dflow_record *r = &s->rrs[i].record;

		if (s->problem.text[0] == '\0' && r->check == DFLOW_CHECK_BAD)
			(void)err_set(&s->problem, DFLOW_REFUSED,
			    "%s:%zu: the "
			    "signature by key %u over %s does not verify",
			    s->path, r->line, r->tag, r->covered);
		if (s->problem.text[0] == '\0' && r->proof == DFLOW_PROOF_BAD)
			(void)err_set(&s->problem, DFLOW_REFUSED,
			    "%s:%zu: the proof of possession of key %u does "
			    "not verify",
			    s->path, r->line, r->tag);
		/* Ours never leave the right without them. */
		if (s->problem.text[0] == '\0' && s->footer.id[0] != '\0' &&
		    r->proof == DFLOW_PROOF_MISSING)
			(void)err_set(&s->problem, DFLOW_REFUSED,
			    "%s:%zu: key %u has no proof of possession, but "
			    "this request of ours had one; bring it anew",
			    s->path, r->line, r->tag);
	}
	if (s->problem.text[0] == '\0')
		s->problem = s->shape;
	s->facts.problem = s->problem.text;
}

/* path, or path.key where only that is there: a KEY. */
static enum dflow_status
find_path(const char *path, char **out, struct dflow_err *err)
{
	char with_key[PATH_TEXT_MAX];
	int n = snprintf(with_key, sizeof(with_key), "%s.key", path);
	bool take_key = n > 0 && (size_t)n < sizeof(with_key) &&
			strcmp(path, "-") != 0 && !os_exists(path) &&
			os_exists(with_key);

	*out = strdup(take_key ? with_key : path);
	return *out != NULL ? DFLOW_OK : err_memory(err);
}

/* The records of a plain file, and what it is. */
static enum dflow_status
read_plain(struct dflow_show *s, const struct buf *text, struct dflow_err *err)
{
	enum dflow_status st;

	if (text->len > SHOW_BYTES_MAX)
		return err_set(err, DFLOW_FAILED, "%s: larger than %d bytes",
		    s->path, SHOW_BYTES_MAX);
	s->rrs = calloc(SHOW_RRS_MAX, sizeof(*s->rrs));
	if (s->rrs == NULL)
		return err_memory(err);
	s->cap = SHOW_RRS_MAX;
	st = text_load(
	    s->path, (const char *)text->data, text->len, 0, show_add, s, err);
	if (st != DFLOW_OK)
		return st;
	if (s->count == 0)
		return err_set(
		    err, DFLOW_FAILED, "%s: no record in it", s->path);
	find_kind(s, text);
	return DFLOW_OK;
}

static enum dflow_status
read_text(struct dflow_show *s, const struct buf *text, struct dflow_err *err)
{
	size_t line;
	enum dflow_status st = refuse_private(s->path, text, err);

	if (st != DFLOW_OK)
		return st;
	keyfacts_sha256(text->data, text->len, s->facts.sha256);
	s->facts.path = s->path;
	s->facts.id = s->footer.id;
	s->facts.answers = s->footer.answers;
	s->facts.bytes = text->len;
	if (bundle_marked((const char *)text->data, text->len, &line) != NULL)
		st = show_bundles(s, text, err);
	else
		st = read_plain(s, text, err);
	if (st != DFLOW_OK)
		return st;
	s->facts.count = s->count;
	s->facts.clock = s->footer.clock;
	s->facts.until = s->footer.until;
	st = show_check(s, err);
	if (st != DFLOW_OK)
		return st;
	find_problem(s);
	return show_notes(s, err);
}

enum dflow_status
dflow_show(const char *path, int64_t now, struct dflow_show **out,
    struct dflow_err *err)
{
	struct dflow_show *s = calloc(1, sizeof(*s));
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	if (s == NULL)
		return err_memory(err);
	s->now = now;
	bundle_footer_clear(&s->footer);
	st = find_path(path, &s->path, err);
	if (st == DFLOW_OK)
		st = os_read(s->path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = read_text(s, &text, err);
	if (st != DFLOW_OK)
		goto out;
	*out = s;
	s = NULL; /* transferred */
out:
	buf_free(&text);
	dflow_show_free(&s);
	return st;
}

const struct dflow_show_facts *
dflow_show_facts(const struct dflow_show *s)
{
	return &s->facts;
}

const struct dflow_record *
dflow_show_record(const struct dflow_show *s, size_t i)
{
	return i < s->count ? &s->rrs[i].record : NULL;
}

static void
free_lines(struct show_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->list[i]);
}

void
dflow_show_free(struct dflow_show **s)
{
	struct dflow_show *old = *s;

	*s = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++) {
		free(old->rrs[i].rdata);
		free(old->rrs[i].owner_text);
		free(old->rrs[i].signer_text);
	}
	free(old->rrs);
	free_lines(&old->warnings);
	free_lines(&old->ds);
	bundle_table_free(&old->table);
	free(old->path);
	free(old);
}
