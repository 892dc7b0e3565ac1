/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which signatures of a file, or of a bundle, verify over the records in it
 * (RFC 4035 section 5.3), and which cannot be told because half of the RRset is
 * elsewhere.
 */
#include "base/buf.h"
#include "base/when.h"
#include "dns/dnskey.h"
#include "dns/rrsig.h"
#include "flow/rrpack.h"
#include "flow/show.h"
#include "keys/verifier.h"

#include <string.h>

/* Keys with one tag are few, unless somebody wants to keep us busy. */
enum { SIGNED_MAX = 4 << 20, TRIES_MAX = 8 };

/* Records that belong together: a bundle's, or all of a plain file. */
struct group {
	struct show_rr *rrs;
	size_t count;
};

/* Gathers the RRset that the RRSIG covers; pack stays empty if none is there.
 */
static enum dflow_status
gather(const struct group *g, const struct show_rr *sig_rr, uint16_t covered,
    struct rrpack *pack, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < g->count && st == DFLOW_OK; i++) {
		const struct show_rr *rr = &g->rrs[i];

		if (rr->type == covered && name_equal(rr->owner, sig_rr->owner))
			st = rrpack_add(pack, rr->rdata, rr->len, err);
	}
	return st;
}

/*
 * A key of the file that the RRSIG's tag, algorithm and signer point to. In a
 * bundle, KSKs alone sign.
 */
static bool
is_signer(const struct show_rr *rr, const struct rrsig *sig, struct dnskey *key)
{
	return rr->type == RRTYPE_DNSKEY &&
	       name_equal(rr->owner, sig->signer) &&
	       dnskey_view(rr->rdata, rr->len, key) && key->tag == sig->tag &&
	       key->algorithm == sig->algorithm &&
	       (rr->record.bundle == 0 || (key->flags & DNSKEY_FLAG_SEP) != 0);
}

static bool
has_zsk(const struct group *g, const uint8_t *owner)
{
	struct dnskey key;

	for (size_t i = 0; i < g->count; i++) {
		if (g->rrs[i].type == RRTYPE_DNSKEY &&
		    name_equal(g->rrs[i].owner, owner) &&
		    dnskey_view(g->rrs[i].rdata, g->rrs[i].len, &key) &&
		    (key.flags & DNSKEY_FLAG_SEP) == 0)
			return true;
	}
	return false;
}

static bool
verifies(
    const struct dnskey *key, const struct buf *data, const struct rrsig *sig)
{
	struct verifier *v = NULL;
	struct dflow_err why;
	bool good;

	if (verifier_new(key, &v, &why) != DFLOW_OK)
		return false;
	good = verifier_check(v, data->data, data->len, sig->sig, sig->sig_len);
	verifier_free(&v);
	return good;
}

/* The verdict on one RRSIG, whose covered RRset is set. */
static enum dflow_check
judge(const struct group *g, const struct show_rr *rr, const struct rrsig *sig,
    const struct buf *data)
{
	enum dflow_check check = DFLOW_CHECK_NEEDS_KEY;
	struct dnskey key;
	int tries = 0;

	for (size_t i = 0; i < g->count && tries < TRIES_MAX; i++) {
		if (!is_signer(&g->rrs[i], sig, &key))
			continue;
		tries++;
		if (verifies(&key, data, sig))
			return DFLOW_CHECK_GOOD;
		check = DFLOW_CHECK_BAD;
	}
	if (check == DFLOW_CHECK_BAD && sig->covered == RRTYPE_DNSKEY &&
	    rr->record.bundle == 0 && !has_zsk(g, rr->owner))
		return DFLOW_CHECK_NEEDS_ZSKS;
	return check;
}

static enum dflow_status
check_sig(const struct group *g, struct show_rr *rr, struct dflow_err *err)
{
	struct rrpack pack;
	struct rrset set;
	struct rrsig sig;
	struct buf data;
	enum dflow_status st;

	if (!rrsig_view(rr->rdata, rr->len, &sig))
		return DFLOW_OK;
	buf_init(&data, SIGNED_MAX);
	rrpack_init(&pack, sig.covered);
	st = gather(g, rr, sig.covered, &pack, err);
	if (st != DFLOW_OK)
		goto out;
	if (pack.count == 0) {
		rr->record.check = DFLOW_CHECK_NEEDS_SET;
		goto out;
	}
	if (sig.labels != rrsig_labels(rr->owner)) {
		rr->record.check = DFLOW_CHECK_BAD;
		goto out;
	}
	st = rrpack_set(&pack, rr->owner, sig.original_ttl, &set, err);
	if (st != DFLOW_OK)
		goto out;
	rrsig_put_signed(&data, &sig, &set);
	st = buf_check(&data, "RRset", err);
	if (st == DFLOW_OK)
		rr->record.check = judge(g, rr, &sig, &data);
out:
	rrpack_free(&pack);
	buf_free(&data);
	return st;
}

static enum dflow_force
force(const struct dflow_record *r, int64_t now)
{
	if (now < r->inception)
		return DFLOW_FORCE_LATER;
	return now <= r->expiration ? DFLOW_FORCE_NOW : DFLOW_FORCE_OVER;
}

/* True if a key of the file gives this DS or CDS. */
static bool
ds_matches(const struct group *g, const struct show_rr *rr)
{
	uint8_t ds[DS_RDATA_MAX];
	struct dnskey key;
	size_t len;

	for (size_t i = 0; i < g->count && rr->len > 4; i++) {
		if (g->rrs[i].type != RRTYPE_DNSKEY ||
		    !name_equal(g->rrs[i].owner, rr->owner) ||
		    !dnskey_view(g->rrs[i].rdata, g->rrs[i].len, &key))
			continue;
		len = dnskey_ds(rr->owner, &key, rr->rdata[3], ds);
		if (len == rr->len && memcmp(ds, rr->rdata, len) == 0)
			return true;
	}
	return false;
}

static enum dflow_status
check_group(const struct group *g, int64_t now, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < g->count && st == DFLOW_OK; i++) {
		struct show_rr *rr = &g->rrs[i];

		if (rr->type == RRTYPE_DS || rr->type == RRTYPE_CDS)
			rr->record.matches = ds_matches(g, rr);
		if (rr->type != RRTYPE_RRSIG)
			continue;
		rr->record.force = force(&rr->record, now);
		st = check_sig(g, rr, err);
	}
	return st;
}

enum dflow_status
show_check(struct dflow_show *s, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct group g = {s->rrs, 0};

	/* A bundle's records stand one behind the other. */
	for (size_t i = 0; i < s->count && st == DFLOW_OK; i += g.count) {
		g.rrs = &s->rrs[i];
		g.count = 1;
		while (i + g.count < s->count &&
		       g.rrs[g.count].record.bundle == g.rrs->record.bundle)
			g.count++;
		st = check_group(&g, s->now, err);
	}
	return st;
}
