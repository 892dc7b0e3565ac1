/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holds a KSK.data against the ZSKs that are to stand beside its keys. It
 * refuses what a validator would: RFC 4035 section 5.3, and, for the set of
 * algorithms, section 2.2.
 */
#include "flow/kskcheck.h"

#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/rrpack.h"
#include "keys/verifier.h"

enum { SIGNED_MAX = 8 << 20 };

/*
 * The RRset of that type which data and, for DNSKEY, the ZSKs make up; with
 * count 0 if there is none.
 */
static enum dflow_status
gather(const struct kskcheck *p, struct rrpack *pack, struct rrset *set,
    struct dflow_err *err)
{
	const struct kskdata *d = p->data;
	enum dflow_status st = DFLOW_OK;
	uint32_t ttl = 0;

	for (size_t i = 0; st == DFLOW_OK && i < d->count; i++) {
		if (d->rrs[i].type != pack->type)
			continue;
		st = rrpack_add(pack, d->rrs[i].rdata, d->rrs[i].len, err);
		ttl = d->rrs[i].ttl;
	}
	for (size_t i = 0;
	     st == DFLOW_OK && pack->type == RRTYPE_DNSKEY && i < p->zsks.count;
	     i++)
		st = rrpack_add(pack, p->zsks.keys[i].rdata,
		    p->zsks.keys[i].rdata_len, err);
	if (st == DFLOW_OK && pack->count > 0)
		st = rrpack_set(pack, d->zone, ttl, set, err);
	return st;
}

/* A bundle's signatures hold through all of its time. */
static enum dflow_status
check_bundle_times(const struct kskcheck *p, const struct rrsig *sig,
    size_t line, struct dflow_err *err)
{
	int64_t from = when_from_serial(sig->inception, p->now);
	int64_t to = when_from_serial(sig->expiration, p->now);
	int64_t until = p->now + p->min_validity_s;
	char when[DFLOW_WHEN_LONG], end[DFLOW_WHEN_LONG];

	if (from > p->now) {
		dflow_when_long(from, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u is not valid before %s, "
		    "but its bundle is in force before that; ask the left for "
		    "another response",
		    p->data->file, line, sig->tag, when);
	}
	if (to >= until && to > p->now)
		return DFLOW_OK;
	dflow_when_long(to, when);
	dflow_when_long(until, end);
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: the signature by key %u expires on %s, but nothing takes "
	    "its bundle's place before %s; bring the whole file anew, or ask "
	    "the left for another response",
	    p->data->file, line, sig->tag, when, end);
}

static enum dflow_status
check_times(const struct kskcheck *p, const struct rrsig *sig, size_t line,
    struct kskcheck_window *w, struct dflow_err *err)
{
	int64_t from = when_from_serial(sig->inception, p->now);
	int64_t to = when_from_serial(sig->expiration, p->now);
	char when[DFLOW_WHEN_LONG];
	enum dflow_status st;

	if (p->what == KSKCHECK_BUNDLE) {
		st = check_bundle_times(p, sig, line, err);
		if (st != DFLOW_OK)
			return st;
	} else if (from > p->now) {
		dflow_when_long(from, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u is not valid before %s; "
		    "check this machine's clock",
		    p->data->file, line, sig->tag, when);
	} else if (to <= p->now) {
		dflow_when_long(to, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u expired on %s; fetch a "
		    "new KSK.data from the left",
		    p->data->file, line, sig->tag, when);
	} else if (to - p->now < p->min_validity_s) {
		dflow_when_long(to, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u expires on %s, sooner "
		    "than --min-validity allows; fetch a new KSK.data from "
		    "the left",
		    p->data->file, line, sig->tag, when);
	}
	if (from > w->inception)
		w->inception = from;
	if (to < w->expiration)
		w->expiration = to;
	return DFLOW_OK;
}

/* True if one of data's KSKs made sig over set. */
static enum dflow_status
check_signature(const struct kskcheck *p, const struct rrsig *sig,
    const struct rrset *set, bool *good, struct dflow_err *err)
{
	struct buf text;
	enum dflow_status st;

	*good = false;
	buf_init(&text, SIGNED_MAX);
	rrsig_put_signed(&text, sig, set);
	st = buf_check(&text, "KSK.data", err);
	for (size_t i = 0; st == DFLOW_OK && !*good && i < p->data->count;
	     i++) {
		const struct kskdata_rr *rr = &p->data->rrs[i];
		struct verifier *v = NULL;
		struct dnskey key;

		if (rr->type != RRTYPE_DNSKEY ||
		    !dnskey_view(rr->rdata, rr->len, &key) ||
		    key.tag != sig->tag || key.algorithm != sig->algorithm)
			continue;
		st = verifier_new(&key, &v, err);
		if (st != DFLOW_OK)
			break;
		*good = verifier_check(
		    v, text.data, text.len, sig->sig, sig->sig_len);
		verifier_free(&v);
		if (*good && p->signers != NULL &&
		    sig->covered == RRTYPE_DNSKEY)
			p->signers[i] = true;
	}
	buf_free(&text);
	return st;
}

static enum dflow_status
not_good(const struct kskcheck *p, const struct kskdata_rr *rr,
    const struct rrsig *sig, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];
	struct buf tags;
	enum dflow_status st;

	if (p->what == KSKCHECK_BUNDLE)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u over %s does not verify "
		    "over its bundle; bring the file from the left again",
		    p->data->file, rr->line, sig->tag,
		    rrtype_text(rr->covered, type));
	if (rr->covered != RRTYPE_DNSKEY)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: the signature by key %u over %s does not verify; "
		    "fetch KSK.data from the left again",
		    p->data->file, rr->line, sig->tag,
		    rrtype_text(rr->covered, type));
	buf_init(&tags, 1024);
	for (size_t i = 0; i < p->zsks.count; i++)
		buf_printf(&tags, " %u", p->zsks.keys[i].tag);
	buf_u8(&tags, 0);
	st = err_set(err, DFLOW_REFUSED,
	    "%s:%zu: the signature by key %u does not cover the DNSKEY RRset "
	    "of now (its KSKs and the ZSKs%s); send a new key request to the "
	    "left",
	    p->data->file, rr->line, sig->tag,
	    tags.failed ? " ..." : (const char *)tags.data);
	buf_free(&tags);
	return st;
}

/* Every RRSIG over type; *algs gets a mark for each algorithm that signs. */
static enum dflow_status
check_type(const struct kskcheck *p, uint16_t type, bool algs[256],
    struct kskcheck_window *w, struct dflow_err *err)
{
	struct rrset set = {0};
	struct rrpack pack;
	enum dflow_status st;
	bool good = false;

	rrpack_init(&pack, type);
	st = gather(p, &pack, &set, err);
	for (size_t i = 0;
	     st == DFLOW_OK && set.count > 0 && i < p->data->count; i++) {
		const struct kskdata_rr *rr = &p->data->rrs[i];
		struct rrsig sig;

		if (rr->type != RRTYPE_RRSIG || rr->covered != type)
			continue;
		if (!rrsig_view(rr->rdata, rr->len, &sig) ||
		    sig.labels != rrsig_labels(p->data->zone) ||
		    sig.original_ttl != set.ttl) {
			st = err_at(err, p->data->file, rr->line,
			    "the RRSIG's labels or original TTL do not fit "
			    "its RRset");
			break;
		}
		st = check_times(p, &sig, rr->line, w, err);
		if (st == DFLOW_OK)
			st = check_signature(p, &sig, &set, &good, err);
		if (st == DFLOW_OK && !good)
			st = not_good(p, rr, &sig, err);
		algs[sig.algorithm] = true;
	}
	rrpack_free(&pack);
	return st;
}

/* RFC 4035 section 2.2: a signature of each algorithm in the DNSKEY RRset. */
static enum dflow_status
check_algorithms(
    const struct kskcheck *p, const bool algs[256], struct dflow_err *err)
{
	for (size_t i = 0; i < p->zsks.count; i++) {
		const struct dnskey *k = &p->zsks.keys[i];

		if (!algs[k->algorithm])
			return err_set(err, DFLOW_REFUSED,
			    "%s: no KSK of algorithm %u signs, which ZSK %u "
			    "has; the KSK and the ZSK need one algorithm",
			    p->data->file, k->algorithm, k->tag);
	}
	for (size_t i = 0; i < p->data->count; i++) {
		const struct kskdata_rr *rr = &p->data->rrs[i];
		struct dnskey k;
		bool found = false;

		if (rr->type != RRTYPE_DNSKEY ||
		    !dnskey_view(rr->rdata, rr->len, &k))
			continue;
		for (size_t j = 0; j < p->zsks.count; j++)
			if (p->zsks.keys[j].algorithm == k.algorithm)
				found = true;
		if (!found || !algs[k.algorithm])
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: KSK %u has algorithm %u, of which there "
			    "is no %s; every algorithm must sign the whole "
			    "zone",
			    p->data->file, rr->line, k.tag, k.algorithm,
			    found ? "signature" : "ZSK");
	}
	return DFLOW_OK;
}

enum dflow_status
kskcheck(const struct kskcheck *p, struct kskcheck_window *window,
    struct dflow_err *err)
{
	static const uint16_t others[] = {RRTYPE_CDS, RRTYPE_CDNSKEY};
	struct kskcheck_window w = {INT64_MIN, INT64_MAX};
	bool algs[256] = {false};
	bool other_algs[256] = {false};
	enum dflow_status st;

	st = check_type(p, RRTYPE_DNSKEY, algs, &w, err);
	for (size_t i = 0;
	     st == DFLOW_OK && i < sizeof(others) / sizeof(others[0]); i++)
		st = check_type(p, others[i], other_algs, &w, err);
	if (st == DFLOW_OK)
		st = check_algorithms(p, algs, err);
	if (st == DFLOW_OK)
		*window = w;
	return st;
}
