/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holds an SKR against itself and the clock: each bundle as the DNSKEY RRset
 * that it will be, through all of its time (RFC 4035 section 5.3).
 */
#include "flow/import.h"

#include "dns/rrtype.h"

/* What of the bundles is looked at. */
struct span {
	const struct bundles *b;
	const struct bundle *in;
	int64_t from;
	int64_t until;
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

static enum dflow_status
check_bundle(
    const struct span *s, int64_t now, struct trust *t, struct dflow_err *err)
{
	struct dnskey zsks[BUNDLE_RRS_MAX];
	bool signers[KSKDATA_RRS_MAX] = {false};
	struct kskcheck check = {
	    .zsks.keys = zsks,
	    .now = moment(s, now),
	    .what = KSKCHECK_BUNDLE,
	    .signers = signers,
	};
	struct kskcheck_window window;
	struct kskdata *data = NULL;
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
	st = kskdata_of_bundle(s->b, s->in, &data, err);
	if (st != DFLOW_OK)
		return st;
	check.data = data;
	st = kskcheck(&check, &window, err);
	if (st == DFLOW_OK)
		st = trust_check(t, data, signers, err);
	kskdata_free(&data);
	return st;
}

enum dflow_status
import_check_bundles(const struct bundles *b, int64_t until, int64_t now,
    struct trust *t, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++) {
		struct span s = {b, &b->list[i], b->list[i].time, until};

		if (i + 1 < b->count)
			s.until = b->list[i + 1].time;
		st = check_bundle(&s, now, t, err);
	}
	return st;
}
