/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KSK.data on the right, in either form. Owns which part of it is in force:
 * a bundle from its time, inclusive, until the next one's, the last one until
 * what the footer says, or until its signatures over DNSKEY end.
 */
#include "flow/response.h"

#include <stdlib.h>

#include "base/os.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/keyfacts.h"

_Static_assert((int)KSKDATA_BYTES_MAX <= (int)BUNDLES_BYTES_MAX,
    "one ceiling is enough for both forms");

static enum dflow_status
parse(const char *path, struct response *r, struct dflow_err *err)
{
	const char *chars = (const char *)r->text.data;
	enum dflow_status st;
	size_t line;

	if (bundle_marked(chars, r->text.len, &line) == NULL)
		return kskdata_parse(path, chars, r->text.len, &r->plain, err);
	st = bundles_parse(path, chars, r->text.len, &r->bundles, err);
	if (st == DFLOW_OK && r->bundles->kind != BUNDLE_SKR)
		st = err_set(err, DFLOW_REFUSED,
		    "%s: a KSR, which is the request; give the SKR that the "
		    "left made of it",
		    path);
	return st;
}

enum dflow_status
response_parse(const char *path, struct buf *text, struct response **out,
    struct dflow_err *err)
{
	struct response *r = calloc(1, sizeof(*r));
	enum dflow_status st;

	if (r == NULL)
		return err_memory(err);
	r->text = *text; /* transferred */
	buf_init(text, text->max);
	st = parse(path, r, err);
	if (st != DFLOW_OK) {
		response_free(&r);
		return st;
	}
	keyfacts_sha256(r->text.data, r->text.len, r->sha256);
	*out = r;
	return DFLOW_OK;
}

enum dflow_status
response_read(const char *path, struct response **out, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	st = os_read(path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = response_parse(path, &text, out, err);
	buf_free(&text);
	return st;
}

const uint8_t *
response_zone(const struct response *r)
{
	return r->plain != NULL ? r->plain->zone : r->bundles->zone;
}

/* Takes the RRSIG's end if it is over DNSKEY and the earliest so far. */
static void
note_end(
    uint16_t covered, const uint8_t *rdata, size_t len, int64_t at, int64_t *to)
{
	struct rrsig sig;
	int64_t end;

	if (covered != RRTYPE_DNSKEY || !rrsig_view(rdata, len, &sig))
		return;
	end = when_from_serial(sig.expiration, at);
	if (end < *to)
		*to = end;
}

int64_t
response_until(const struct response *r, int64_t now)
{
	int64_t until = INT64_MAX;
	const struct bundle *last;

	if (r->plain != NULL) {
		for (size_t i = 0; i < r->plain->count; i++)
			note_end(r->plain->rrs[i].covered,
			    r->plain->rrs[i].rdata, r->plain->rrs[i].len, now,
			    &until);
		return until;
	}
	if (r->bundles->footer.until != BUNDLE_CLOCK_UNSET)
		return r->bundles->footer.until;
	last = &r->bundles->list[r->bundles->count - 1];
	for (size_t i = 0; i < last->count; i++)
		note_end(last->rrs[i].covered, last->rrs[i].rdata,
		    last->rrs[i].len, last->time, &until);
	return until;
}

static enum dflow_status
none_in_force(const struct response *r, const struct bundle *at, int64_t until,
    struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG];

	if (at == NULL) {
		dflow_when_long(r->bundles->list[0].time, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s: no bundle is in force yet; the first one begins on "
		    "%s; check this machine's clock, or wait until then",
		    r->bundles->file, when);
	}
	dflow_when_long(until, when);
	return err_set(err, DFLOW_REFUSED,
	    "%s: no bundle is in force any more; the last one ended on %s; "
	    "fetch a new response from the left",
	    r->bundles->file, when);
}

enum dflow_status
response_at(const struct response *r, int64_t now, struct kskdata **out,
    struct response_force *force, struct dflow_err *err)
{
	const struct bundles *b = r->bundles;
	struct response_force f = {INT64_MIN, INT64_MAX, INT64_MAX, 0, 0};
	const struct bundle *at;
	enum dflow_status st;

	if (r->plain != NULL) {
		st = kskdata_parse(r->plain->file, (const char *)r->text.data,
		    r->text.len, out, err);
	} else {
		at = bundles_at(b, now);
		f.end = response_until(r, now);
		f.until = f.end;
		if (at == NULL ||
		    (at == &b->list[b->count - 1] && f.end <= now))
			return none_in_force(r, at, f.end, err);
		f.from = at->time;
		f.number = (size_t)(at - b->list) + 1;
		f.count = b->count;
		if (f.number < f.count)
			f.until = at[1].time;
		st = kskdata_of_bundle(b, at, out, err);
	}
	if (st == DFLOW_OK && force != NULL)
		*force = f;
	return st;
}

enum dflow_status
response_take(const char *path, int64_t now, struct kskdata **out,
    struct response_force *force, struct dflow_err *err)
{
	struct response *r = NULL;
	enum dflow_status st = response_read(path, &r, err);

	if (st == DFLOW_OK)
		st = response_at(r, now, out, force, err);
	response_free(&r);
	return st;
}

int64_t
response_needed_s(
    const struct response_force *f, int64_t now, int64_t min_validity_s)
{
	if (f->number < f->count && f->until - now < min_validity_s)
		return f->until - now;
	return min_validity_s;
}

void
response_free(struct response **r)
{
	struct response *old = *r;

	*r = NULL;
	if (old == NULL)
		return;
	buf_free(&old->text);
	kskdata_free(&old->plain);
	bundles_free(&old->bundles);
	free(old);
}
