/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which signatures of a bundle file verify over their bundle, for tests. */
#ifndef TESTS_BUNDLESIGS_H
#define TESTS_BUNDLESIGS_H

#include <check.h>
#include <string.h>

#include "dns/dnskey.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle.h"
#include "flow/rrpack.h"
#include "keys/verifier.h"

/* This key made the signature over what data holds. */
static inline bool
bundlesigs_by(
    const struct bundle_rr *rr, const struct rrsig *sig, const struct buf *data)
{
	struct verifier *v = NULL;
	struct dnskey key;
	struct dflow_err err;
	bool ok;

	if (rr->type != RRTYPE_DNSKEY ||
	    !dnskey_view(rr->rdata, rr->len, &key) || key.tag != sig->tag ||
	    verifier_new(&key, &v, &err) != DFLOW_OK)
		return false;
	ok = verifier_check(v, data->data, data->len, sig->sig, sig->sig_len);
	verifier_free(&v);
	return ok;
}

static inline bool
bundlesigs_verifies(const struct bundles *b, const struct bundle *in,
    const struct bundle_rr *rrsig)
{
	struct dflow_err err;
	struct rrpack pack;
	struct rrset set;
	struct rrsig sig;
	struct buf data;
	bool ok = false;

	buf_init(&data, 1 << 20);
	rrpack_init(&pack, rrsig->covered);
	ck_assert(rrsig_view(rrsig->rdata, rrsig->len, &sig));
	for (size_t i = 0; i < in->count; i++) {
		if (in->rrs[i].type == rrsig->covered)
			ck_assert(rrpack_add(&pack, in->rrs[i].rdata,
				      in->rrs[i].len, &err) == DFLOW_OK);
	}
	ck_assert(rrpack_set(&pack, b->zone, sig.original_ttl, &set, &err) ==
		  DFLOW_OK);
	rrsig_put_signed(&data, &sig, &set);
	for (size_t i = 0; i < in->count && !ok; i++)
		ok = bundlesigs_by(&in->rrs[i], &sig, &data);
	rrpack_free(&pack);
	buf_free(&data);
	return ok;
}

static inline size_t
bundlesigs_count(const struct bundles *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->count; i++) {
		for (size_t k = 0; k < b->list[i].count; k++)
			count += b->list[i].rrs[k].type == RRTYPE_RRSIG;
	}
	return count;
}

static inline size_t
bundlesigs_good(const struct bundles *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct bundle *in = &b->list[i];

		for (size_t k = 0; k < in->count; k++)
			count += in->rrs[k].type == RRTYPE_RRSIG &&
				 bundlesigs_verifies(b, in, &in->rrs[k]);
	}
	return count;
}

/* Equal but for the letter case of names, which no signature covers. */
static inline bool
bundlesigs_same_rr(const struct bundle_rr *x, const struct bundle_rr *y)
{
	uint8_t cx[4096], cy[4096];

	if (x->type != y->type || x->len != y->len || x->len > sizeof(cx))
		return false;
	rdata_canon(x->type, x->rdata, x->len, cx);
	rdata_canon(y->type, y->rdata, y->len, cy);
	return memcmp(cx, cy, x->len) == 0;
}

/* The first bundle of both has the same records, but for TTL and line. */
static inline bool
bundlesigs_same(const struct bundles *a, const struct bundles *b)
{
	if (!name_equal(a->zone, b->zone) ||
	    a->list[0].count != b->list[0].count)
		return false;
	for (size_t i = 0; i < a->list[0].count; i++) {
		if (!bundlesigs_same_rr(&a->list[0].rrs[i], &b->list[0].rrs[i]))
			return false;
	}
	return true;
}

#endif
