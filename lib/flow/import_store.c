/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store: what may take its place, and what of it is needed yet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle_write.h"
#include "flow/import.h"

enum { SKEW_S = 3600 }; /* between the clocks of the two sides */

static enum dflow_status
old_stick(const struct import_zone *z, const char *what, int64_t fresh,
    int64_t stored, struct dflow_err *err)
{
	char ours[DFLOW_WHEN_LONG], theirs[DFLOW_WHEN_LONG];

	dflow_when_long(fresh, ours);
	dflow_when_long(stored, theirs);
	return err_set(err, DFLOW_REFUSED,
	    "%s %s on %s, before the stored one (%s); is this an old stick?",
	    z->path, what, ours, theirs);
}

/* True if what is stored would do for signing now. */
static bool
is_good(const struct import_zone *z)
{
	struct dnskey zsks[BUNDLE_RRS_MAX];
	struct kskcheck check = {
	    .zsks = {zsks, 0},
	    .now = z->run->p->now,
	};
	struct response_force force;
	struct kskcheck_window window;
	struct kskdata *data = NULL;
	bool good;

	if (response_at(z->stored, check.now, &data, &force, NULL) != DFLOW_OK)
		return false;
	check.data = data;
	check.zsks.count =
	    import_zsks_at(&z->keys, check.now, zsks, BUNDLE_RRS_MAX);
	/* Without the keys here nobody can tell that it is not. */
	good = (force.number != 0 && z->keys.count == 0) ||
	       kskcheck(&check, &window, NULL) == DFLOW_OK;
	kskdata_free(&data);
	return good;
}

/* The earlier of the two is refused, or the one that ends earlier. */
static enum dflow_status
check_ends(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundles *ours = z->fresh->bundles;
	const struct bundles *theirs = z->stored->bundles;
	int64_t end = response_until(z->stored, z->run->p->now);
	char when[DFLOW_WHEN_LONG], stored[DFLOW_WHEN_LONG];

	if (ours != NULL && theirs != NULL &&
	    ours->list[0].time < theirs->list[0].time)
		return old_stick(
		    z, "begins", ours->list[0].time, theirs->list[0].time, err);
	/* One that no longer does is no reason to refuse an earlier end. */
	if (z->done.until >= end || !is_good(z))
		return DFLOW_OK;
	dflow_when_long(z->done.until, when);
	dflow_when_long(end, stored);
	return err_set(err, DFLOW_REFUSED,
	    "%s expires on %s, before the stored one (%s), which is still "
	    "good; is this an old stick?",
	    z->path, when, stored);
}

static void
note_inception(const uint8_t *rdata, size_t len, int64_t at, int64_t *latest)
{
	struct rrsig sig;
	int64_t from;

	if (!rrsig_view(rdata, len, &sig))
		return;
	from = when_from_serial(sig.inception, at);
	if (from > *latest)
		*latest = from;
}

/* The footer's clock; one that is ahead of ours tells nothing. */
static int64_t
clock_of(const struct response *r, int64_t now)
{
	if (r->bundles == NULL || r->bundles->footer.clock > now + SKEW_S)
		return BUNDLE_CLOCK_UNSET;
	return r->bundles->footer.clock;
}

/* When it was made: without a clock its first signatures tell about when. */
static int64_t
made_at(const struct response *r, int64_t now)
{
	int64_t when = clock_of(r, now);

	if (when != BUNDLE_CLOCK_UNSET)
		return when;
	if (r->plain != NULL) {
		for (size_t i = 0; i < r->plain->count; i++)
			if (r->plain->rrs[i].type == RRTYPE_RRSIG)
				note_inception(r->plain->rrs[i].rdata,
				    r->plain->rrs[i].len, now, &when);
		return when;
	}
	for (size_t i = 0; i < r->bundles->list[0].count; i++) {
		const struct bundle_rr *rr = &r->bundles->list[0].rrs[i];

		if (rr->type == RRTYPE_RRSIG)
			note_inception(rr->rdata, rr->len,
			    r->bundles->list[0].time, &when);
	}
	return when;
}

enum dflow_status
import_check_order(const struct import_zone *z, struct dflow_err *err)
{
	int64_t now = z->run->p->now;
	int64_t ours = clock_of(z->fresh, now);
	int64_t theirs = clock_of(z->stored, now);

	/* What the parent says comes before what was stored. */
	if (z->run->ds != NULL)
		return DFLOW_OK;
	if ((z->fresh->plain == NULL) != (z->stored->plain == NULL)) {
		ours = made_at(z->fresh, now);
		theirs = made_at(z->stored, now);
		return ours < theirs - SKEW_S
			   ? old_stick(z, "was made", ours, theirs, err)
			   : DFLOW_OK;
	}
	if (ours == BUNDLE_CLOCK_UNSET || theirs == BUNDLE_CLOCK_UNSET ||
	    ours == theirs)
		return check_ends(z, err);
	return ours < theirs ? old_stick(z, "was made", ours, theirs, err)
			     : DFLOW_OK;
}

/* True if fresh tells all of it that stored tells. */
static bool
tells_as_much(const struct bundle_footer *fresh, struct bundle_footer stored)
{
	/* Where others' was put together, these two are our own. */
	if (stored.response[0] != '\0' && stored.id[0] == '\0' &&
	    stored.answers[0] == '\0') {
		stored.clock = BUNDLE_CLOCK_UNSET;
		stored.count = 0;
	}
	return (stored.clock == BUNDLE_CLOCK_UNSET ||
		   fresh->clock != BUNDLE_CLOCK_UNSET) &&
	       (stored.until == BUNDLE_CLOCK_UNSET ||
		   fresh->until != BUNDLE_CLOCK_UNSET) &&
	       (stored.id[0] == '\0' || fresh->id[0] != '\0') &&
	       (stored.answers[0] == '\0' || fresh->answers[0] != '\0') &&
	       (stored.count == 0 || fresh->count != 0);
}

enum dflow_status
import_check_footer(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundle_footer *f = &z->fresh->bundles->footer;
	int64_t now = z->run->p->now;
	char made[DFLOW_WHEN_LONG], is[DFLOW_WHEN_LONG];

	if (f->clock != BUNDLE_CLOCK_UNSET && f->clock > now + SKEW_S) {
		dflow_when_long(f->clock, made);
		dflow_when_long(now, is);
		return err_set(err, DFLOW_REFUSED,
		    "%s was made on %s, by the left's clock, but here it is "
		    "%s; set the clock that is wrong",
		    z->path, made, is);
	}
	if (z->run->ds != NULL || z->stored == NULL ||
	    z->stored->bundles == NULL ||
	    tells_as_much(f, z->stored->bundles->footer))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s was made by another program than the stored one; give --ds if "
	    "the left changed it",
	    z->path);
}

/* A bundle of what a plain KSK.data holds, beside the ZSKs of now. */
static enum dflow_status
bundle_of_plain(
    const struct import_zone *z, struct bundle *out, struct dflow_err *err)
{
	const struct kskdata *data = z->stored->plain;
	int64_t now = z->run->p->now;
	struct dnskey zsks[BUNDLE_RRS_MAX];
	size_t count = import_zsks_at(&z->keys, now, zsks, BUNDLE_RRS_MAX);
	uint32_t ttl = 0;

	if (count + data->count > BUNDLE_RRS_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: more than %d records",
		    data->file, BUNDLE_RRS_MAX);
	out->rrs = calloc(BUNDLE_RRS_MAX, sizeof(*out->rrs));
	if (out->rrs == NULL)
		return err_memory(err);
	out->time = now;
	for (size_t i = 0; i < data->count; i++) {
		const struct kskdata_rr *rr = &data->rrs[i];

		out->rrs[out->count++] = (struct bundle_rr){
		    .rdata = rr->rdata,
		    .len = rr->len,
		    .ttl = rr->ttl,
		    .type = rr->type,
		    .covered = rr->covered,
		};
		if (rr->type == RRTYPE_DNSKEY)
			ttl = rr->ttl;
	}
	for (size_t i = 0; i < count; i++)
		out->rrs[out->count++] = (struct bundle_rr){
		    /* Borrowed for the writing alone. */
		    .rdata = (uint8_t *)(uintptr_t)zsks[i].rdata,
		    .len = zsks[i].rdata_len,
		    .ttl = ttl,
		    .type = RRTYPE_DNSKEY,
		};
	return DFLOW_OK;
}

/* The stored bundles from the one in force now to the fresh one's first. */
static size_t
needed(const struct bundles *b, int64_t now, int64_t first, struct bundle *out)
{
	const struct bundle *in = bundles_at(b, now);
	size_t count = 0;

	while (in != NULL && in < b->list + b->count && in->time < first)
		out[count++] = *in++;
	return count;
}

/* Does what is stored cover now until then? */
static enum dflow_status
check_gap(const struct import_zone *z, int64_t first, struct dflow_err *err)
{
	int64_t now = z->run->p->now;
	struct kskdata *data = NULL;
	char from[DFLOW_WHEN_LONG], to[DFLOW_WHEN_LONG];
	enum dflow_status st;
	int64_t until;

	dflow_when_long(first, from);
	if (z->stored == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s begins on %s, and nothing is stored for the time until "
		    "then; import it then, or ask for one that begins now",
		    z->path, from);
	st = response_at(z->stored, now, &data, NULL, NULL);
	kskdata_free(&data);
	until = response_until(z->stored, now);
	if (st == DFLOW_OK && until >= first)
		return DFLOW_OK;
	dflow_when_long(until, to);
	return err_set(err, DFLOW_REFUSED,
	    "%s begins on %s, but what is stored ends on %s: a gap; ask the "
	    "left for a response that begins before that",
	    z->path, from, to);
}

/* The text of the bundles in list, and then of all of fresh's. */
static enum dflow_status
write_joined(struct import_zone *z, struct bundle *list, size_t count,
    struct buf *text, struct dflow_err *err)
{
	struct bundles *fresh = z->fresh->bundles;
	struct bundles b = *fresh;

	if (count + fresh->count > BUNDLES_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s: more than %d bundles, with those of before that are "
		    "needed yet",
		    z->path, BUNDLES_MAX);
	memcpy(list + count, fresh->list, fresh->count * sizeof(*list));
	b.list = list;
	b.count = count + fresh->count;
	if (b.footer.clock == BUNDLE_CLOCK_UNSET)
		b.footer.clock = z->run->p->now;
	b.footer.count = b.count;
	(void)snprintf(b.footer.response, sizeof(b.footer.response), "%.*s",
	    BUNDLE_ANSWERS_SIZE - 1, z->fresh->sha256);
	bundles_write(&b, BUNDLE_BIND, text);
	return buf_check(text, z->done.stored, err);
}

enum dflow_status
import_join(struct import_zone *z, struct dflow_err *err)
{
	int64_t first = z->fresh->bundles->list[0].time;
	struct bundle plain = {0};
	struct bundle *list = NULL;
	enum dflow_status st;
	size_t count = 0;
	struct buf text;

	if (first <= z->run->p->now)
		return DFLOW_OK;
	st = check_gap(z, first, err);
	if (st != DFLOW_OK)
		return st;
	buf_init(&text, BUNDLES_BYTES_MAX);
	list = calloc(2 * BUNDLES_MAX, sizeof(*list));
	if (list == NULL)
		st = err_memory(err);
	else if (z->stored->plain != NULL)
		st = bundle_of_plain(z, &plain, err);
	if (st != DFLOW_OK)
		goto out;
	if (z->stored->plain != NULL)
		list[count++] = plain;
	else
		count = needed(z->stored->bundles, z->run->p->now, first, list);
	st = write_joined(z, list, count, &text, err);
	if (st == DFLOW_OK)
		st = response_parse(z->done.stored, &text, &z->joined, err);
out:
	buf_free(&text);
	free(plain.rrs);
	free(list);
	return st;
}
