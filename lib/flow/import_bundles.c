/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holds an SKR against itself and the clock: each bundle as the DNSKEY RRset
 * that it will be, through all of its time (RFC 4035 section 5.3), with the
 * CDS and CDNSKEY that will stand beside it.
 */
#include "flow/import.h"

#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"

enum {
	EARLY_MAX_S = 86400, /* from an inception to its bundle's time */
	SAFETY_S = 3600, /* after what was cached at the last moment is gone */
};

/* What of the bundles is looked at. */
struct span {
	const struct bundles *b;
	const struct bundle *in;
	int64_t from;
	int64_t until;
	bool followed; /* by another bundle */
};

/*
 * The moment at which it is judged: now, or the nearest to it that lies in the
 * bundle's time.
 */
static int64_t
moment(const struct span *s, int64_t now)
{
	if (now < s->from || s->until <= s->from)
		return s->from;
	return now < s->until ? now : s->until - 1;
}

/*
 * Nobody signed a header's time; the signatures tell about when it has to be.
 * They begin shortly before it, and when the next bundle takes its place they
 * are good until no resolver has them in its cache any more.
 */
static enum dflow_status
check_margins(
    const struct span *s, const struct kskdata *data, struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG], wants[DFLOW_WHEN_LONG];

	for (size_t i = 0; i < data->count; i++) {
		const struct kskdata_rr *rr = &data->rrs[i];
		int64_t from, to, least = s->until + rr->ttl + SAFETY_S;
		struct rrsig sig;

		if (rr->type != RRTYPE_RRSIG ||
		    !rrsig_view(rr->rdata, rr->len, &sig))
			continue;
		from = when_from_serial(sig.inception, s->from);
		to = when_from_serial(sig.expiration, s->from);
		dflow_when_long(s->from, wants);
		dflow_when_long(from, when);
		if (from > s->from || from < s->from - EARLY_MAX_S)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: the signature by key %u is not valid "
			    "before %s, but its bundle begins on %s: that is "
			    "not at most a day later; bring the file from the "
			    "left again",
			    data->file, rr->line, sig.tag, when, wants);
		if (!s->followed || to >= least)
			continue;
		dflow_when_long(to, when);
		dflow_when_long(least, wants);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u expires on %s, before %s, "
		    "when caches have the next bundle; ask the left for a "
		    "response with longer signatures",
		    data->file, rr->line, sig.tag, when, wants);
	}
	return DFLOW_OK;
}

static enum dflow_status
verify(const struct span *s, const struct import_span *all,
    const struct kskdata *data, bool *signers, struct dflow_err *err)
{
	struct dnskey zsks[BUNDLE_RRS_MAX];
	struct kskcheck check = {
	    .data = data,
	    .zsks.keys = zsks,
	    .now = moment(s, all->now),
	    .what = KSKCHECK_BUNDLE,
	    .signers = signers,
	};
	struct kskcheck_window window;
	enum dflow_status st;

	for (size_t i = 0; i < s->in->count; i++) {
		const struct bundle_rr *rr = &s->in->rrs[i];
		struct dnskey *key = &zsks[check.zsks.count];

		if (rr->type == RRTYPE_DNSKEY &&
		    dnskey_view(rr->rdata, rr->len, key) &&
		    (key->flags & DNSKEY_FLAG_SEP) == 0)
			check.zsks.count++;
	}
	if (s->until > check.now)
		check.min_validity_s = s->until - check.now;
	st = kskcheck(&check, &window, err);
	/* What was stored before is no reason to refuse what is to follow. */
	if (st == DFLOW_OK && all->what == IMPORT_FRESH)
		st = import_check_cds(data, &check.zsks, signers, err);
	return st;
}

static enum dflow_status
check_bundle(const struct span *s, const struct import_span *all,
    struct trust *t, struct dflow_err *err)
{
	bool signers[KSKDATA_RRS_MAX] = {false};
	struct kskdata *data = NULL;
	enum dflow_status st = kskdata_of_bundle(s->b, s->in, &data, err);

	if (st != DFLOW_OK)
		return st;
	st = verify(s, all, data, signers, err);
	if (st == DFLOW_OK && all->what == IMPORT_FRESH)
		st = check_margins(s, data, err);
	/* What is over is never in force again; who revoked himself, did. */
	if (st == DFLOW_OK)
		st = s->followed && s->until <= all->now
			 ? trust_note(t, data, signers, err)
			 : trust_check(t, data, signers, err);
	kskdata_free(&data);
	return st;
}

enum dflow_status
import_check_bundles(
    const struct import_span *all, struct trust *t, struct dflow_err *err)
{
	const struct bundles *b = all->b;
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++) {
		struct span s = {
		    .b = b,
		    .in = &b->list[i],
		    .from = b->list[i].time,
		    .until = all->until,
		    .followed = i + 1 < b->count,
		};

		if (s.followed)
			s.until = b->list[i + 1].time;
		st = check_bundle(&s, all, t, err);
	}
	return st;
}
