/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes and judges the proofs that exchange/pop reads. */
#include "flow/possession.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dns/dnskey.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"

enum { SIGNED_MAX = 4 << 20 };

enum dflow_status
possession_set_make(const struct bundles *b, const struct bundle *in,
    struct possession_set *s, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	s->b = b;
	s->in = in;
	rrpack_init(&s->pack, RRTYPE_DNSKEY);
	for (size_t i = 0; i < in->count && st == DFLOW_OK; i++)
		if (in->rrs[i].type == RRTYPE_DNSKEY)
			st = rrpack_add(
			    &s->pack, in->rrs[i].rdata, in->rrs[i].len, err);
	if (st == DFLOW_OK)
		st =
		    rrpack_set(&s->pack, b->zone, in->rrs[0].ttl, &s->set, err);
	return st;
}

void
possession_set_free(struct possession_set *s)
{
	rrpack_free(&s->pack);
}

/* Appends what the signature covers: its own head, the bundle's DNSKEYs. */
static enum dflow_status
put_signed(const struct possession_set *s, const struct rrsig *sig,
    struct buf *out, struct dflow_err *err)
{
	rrsig_put_signed(out, sig, &s->set);
	return buf_check(out, "DNSKEY RRset", err);
}

/* When the bundle ends: the next one of a later time; to for the last. */
static int64_t
bundle_end(const struct bundles *b, const struct bundle *in, int64_t to)
{
	for (const struct bundle *at = in; at < b->list + b->count; at++)
		if (at->time > in->time)
			return at->time;
	return to;
}

static enum dflow_status
make_proof(struct signer_worker *w, const struct rrsig *sig,
    const struct buf *data, struct bundle_rr *rr, struct dflow_err *err)
{
	struct sign_job job = {.data = data->data, .len = data->len};
	enum dflow_status st = signer_sign(w, &job, 1, err);
	struct buf rdata;

	if (st != DFLOW_OK)
		return st;
	buf_init(&rdata, UINT16_MAX);
	rrsig_put_head(&rdata, sig);
	buf_put(&rdata, job.sig, job.sig_len);
	st = buf_check(&rdata, "RRSIG", err);
	if (st != DFLOW_OK) {
		buf_free(&rdata);
		return st;
	}
	free(rr->proof);
	rr->proof_len = rdata.len;
	rr->proof = rdata.data; /* transferred */
	return DFLOW_OK;
}

/* The key's record in the bundle, or NULL. */
static struct bundle_rr *
find_key(struct bundle *in, const struct dnskey *key)
{
	struct dnskey other;

	for (size_t i = 0; i < in->count; i++)
		if (in->rrs[i].type == RRTYPE_DNSKEY &&
		    dnskey_view(in->rrs[i].rdata, in->rrs[i].len, &other) &&
		    dnskey_same_key(&other, key))
			return &in->rrs[i];
	return NULL;
}

enum dflow_status
possession_prove(struct bundles *b, const struct signer *key, int64_t to,
    struct dflow_err *err)
{
	const struct dnskey *pub = signer_key(key);
	struct rrsig sig = {.signer = b->zone,
	    .covered = RRTYPE_DNSKEY,
	    .tag = pub->tag,
	    .algorithm = pub->algorithm,
	    .labels = rrsig_labels(b->zone)};
	struct signer_worker *worker = NULL;
	enum dflow_status st = signer_worker_new(key, &worker, err);
	struct possession_set set;
	struct buf data;

	buf_init(&data, SIGNED_MAX);
	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++) {
		struct bundle_rr *rr = find_key(&b->list[i], pub);

		if (rr == NULL)
			continue;
		sig.original_ttl = rr->ttl;
		sig.inception = (uint32_t)b->list[i].time;
		sig.expiration = (uint32_t)bundle_end(b, &b->list[i], to);
		buf_reset(&data);
		st = possession_set_make(b, &b->list[i], &set, err);
		if (st == DFLOW_OK)
			st = put_signed(&set, &sig, &data, err);
		if (st == DFLOW_OK)
			st = make_proof(worker, &sig, &data, rr, err);
		possession_set_free(&set);
	}
	signer_worker_free(&worker);
	buf_free(&data);
	return st;
}

/* The times are this bundle's; the last one's end may stand in the footer. */
static bool
has_times(
    const struct bundles *b, const struct bundle *in, const struct rrsig *sig)
{
	int64_t to =
	    b->footer.until != BUNDLE_CLOCK_UNSET ? b->footer.until : INT64_MAX;
	int64_t end = bundle_end(b, in, to);

	return sig->inception == (uint32_t)in->time &&
	       (end == INT64_MAX || sig->expiration == (uint32_t)end);
}

enum dflow_status
possession_judge(const struct possession_set *s, const struct bundle_rr *rr,
    struct verifier *v, enum possession *out, struct dflow_err *err)
{
	enum dflow_status st;
	struct rrsig sig;
	struct buf data;

	*out = POSSESSION_MISSING;
	if (rr->proof == NULL)
		return DFLOW_OK;
	*out = POSSESSION_BAD;
	if (v == NULL || !rrsig_view(rr->proof, rr->proof_len, &sig) ||
	    !has_times(s->b, s->in, &sig))
		return DFLOW_OK;
	buf_init(&data, SIGNED_MAX);
	st = put_signed(s, &sig, &data, err);
	if (st == DFLOW_OK &&
	    verifier_check(v, data.data, data.len, sig.sig, sig.sig_len))
		*out = POSSESSION_GOOD;
	buf_free(&data);
	return st;
}

enum dflow_status
possession_check(const struct bundles *b, const struct bundle *in,
    const struct bundle_rr *rr, enum possession *out, struct dflow_err *err)
{
	struct possession_set set;
	struct verifier *v = NULL;
	struct dflow_err why;
	struct dnskey key;
	enum dflow_status st = possession_set_make(b, in, &set, err);

	/* A key that is none leaves no verifier. */
	if (st == DFLOW_OK && rr->proof != NULL &&
	    dnskey_view(rr->rdata, rr->len, &key) &&
	    verifier_new(&key, &v, &why) != DFLOW_OK)
		v = NULL;
	if (st == DFLOW_OK)
		st = possession_judge(&set, rr, v, out, err);
	verifier_free(&v);
	possession_set_free(&set);
	return st;
}
