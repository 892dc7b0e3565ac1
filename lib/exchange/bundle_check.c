/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the records of a KSR's or SKR's bundle must be (RFC 4034 sections 2, 3
 * and 5, RFC 7344 section 4.1): one by one, beside each other, and as a whole.
 * Refuses whatever could not be signed, or published, as it stands. Whether a
 * signature is one is not checked here. What a ZSK of a KSR should be, but a
 * KSK can sign all the same, is for the left's checks (exchange/checks.h): its
 * flags, protocol and algorithm, and one key that has two of them.
 */
#include "exchange/bundle_check.h"

#include <stdbool.h>
#include <string.h>

#include "base/when.h"
#include "dns/dnskey.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"

enum {
	FLAGS_ZSK = DNSKEY_FLAG_ZONE,
	FLAGS_KSK = DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP,
	FLAGS_REVOKED = FLAGS_KSK | DNSKEY_FLAG_REVOKE,
};

bool
bundle_rr_is_zsk(const struct bundle_rr *rr)
{
	struct dnskey key;

	return rr->type == RRTYPE_DNSKEY &&
	       dnskey_view(rr->rdata, rr->len, &key) &&
	       (key.flags & DNSKEY_FLAG_SEP) == 0;
}

/* True if a bundle of that kind may hold this type. */
static bool
is_taken(enum bundle_kind kind, uint16_t type)
{
	if (kind == BUNDLE_KSR)
		return type == RRTYPE_DNSKEY;
	return type == RRTYPE_DNSKEY || type == RRTYPE_CDS ||
	       type == RRTYPE_CDNSKEY || type == RRTYPE_RRSIG;
}

static bool
are_flags_taken(uint16_t flags)
{
	return flags == FLAGS_ZSK || flags == FLAGS_KSK ||
	       flags == FLAGS_REVOKED;
}

/* What an SKR publishes, where nothing can be allowed. */
static enum dflow_status
check_fields(const struct bundles *b, const struct zone_rr *rr,
    const struct dnskey *key, struct dflow_err *err)
{
	if (!are_flags_taken(key->flags))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: flags %u; a ZSK has 256, a KSK 257, or 385 when "
		    "revoked",
		    b->file, rr->line, key->flags);
	if (key->protocol != DNSKEY_PROTOCOL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: protocol %u; a DNSKEY's is 3", b->file, rr->line,
		    key->protocol);
	if (alg_find(key->algorithm) == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: algorithm %u is not one that we know", b->file,
		    rr->line, key->algorithm);
	return DFLOW_OK;
}

static enum dflow_status
check_key(
    const struct bundles *b, const struct zone_rr *rr, struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};
	enum dflow_status st = DFLOW_OK;
	struct dnskey key;

	if (!dnskey_view(rr->rdata, rr->rdata_len, &key))
		return err_set(err, DFLOW_REFUSED, "%s:%u: DNSKEY is too short",
		    b->file, rr->line);
	if (b->kind == BUNDLE_SKR)
		st = check_fields(b, rr, &key, err);
	if (st != DFLOW_OK)
		return st;
	if (key.rdata_len > DNSKEY_RDATA_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: key of %zu bytes is too long", b->file, rr->line,
		    key.rdata_len);
	if (alg_find(key.algorithm) != NULL &&
	    dnskey_check(&key, &why) != DFLOW_OK)
		return err_set(err, DFLOW_REFUSED, "%s:%u: %s", b->file,
		    rr->line, why.text);
	return DFLOW_OK;
}

const char *
bundle_rrsig_fault(const struct zone_rr *rr, const struct rrsig *sig)
{
	if (sig->covered != RRTYPE_DNSKEY && sig->covered != RRTYPE_CDS &&
	    sig->covered != RRTYPE_CDNSKEY)
		return "over a type other than DNSKEY, CDS and CDNSKEY";
	if (!name_equal(sig->signer, rr->owner))
		return "by a signer other than its owner";
	if (sig->labels != rrsig_labels(rr->owner))
		return "with another count of labels than its owner's";
	if (sig->original_ttl != rr->ttl)
		return "with a TTL other than its original TTL";
	if (!when_serial_gt(sig->expiration, sig->inception))
		return "that expires before its inception";
	return NULL;
}

static enum dflow_status
check_rrsig(const struct bundles *b, const struct zone_rr *rr,
    uint16_t *covered, struct dflow_err *err)
{
	struct rrsig sig;
	const char *fault;

	if (!rrsig_view(rr->rdata, rr->rdata_len, &sig))
		return err_set(err, DFLOW_REFUSED, "%s:%u: RRSIG is too short",
		    b->file, rr->line);
	*covered = sig.covered;
	fault = bundle_rrsig_fault(rr, &sig);
	if (fault != NULL)
		return err_set(err, DFLOW_REFUSED, "%s:%u: RRSIG %s", b->file,
		    rr->line, fault);
	return DFLOW_OK;
}

static bool
same_key(const struct bundle_rr *a, const struct zone_rr *b)
{
	struct dnskey ka, kb;

	return a->type == RRTYPE_DNSKEY && b->type == RRTYPE_DNSKEY &&
	       dnskey_view(a->rdata, a->len, &ka) &&
	       dnskey_view(b->rdata, b->rdata_len, &kb) &&
	       dnskey_same_key(&ka, &kb);
}

/* The type of the RRset that it is in, or that it signs. */
static uint16_t
set_of(uint16_t type, uint16_t covered)
{
	return covered != 0 ? covered : type;
}

/* How the record goes with those before it. */
static enum dflow_status
check_beside(const struct bundles *b, const struct bundle *in,
    const struct zone_rr *rr, uint16_t covered, struct dflow_err *err)
{
	char text[NAME_TEXT_SIZE];

	if (!name_equal(rr->owner, b->zone)) {
		name_text(rr->owner, text);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: owner %s, another than the first record's", b->file,
		    rr->line, text);
	}
	for (size_t i = 0; i < in->count; i++) {
		const struct bundle_rr *old = &in->rrs[i];

		if (set_of(old->type, old->covered) ==
			set_of(rr->type, covered) &&
		    old->ttl != rr->ttl)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%u: TTL %u, but %u on line %zu; an RRset has "
			    "one TTL",
			    b->file, rr->line, rr->ttl, old->ttl, old->line);
		if (old->type == rr->type && old->len == rr->rdata_len &&
		    memcmp(old->rdata, rr->rdata, old->len) == 0)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%u: the same as on line %zu", b->file, rr->line,
			    old->line);
		if (b->kind == BUNDLE_SKR && same_key(old, rr))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%u: the key of line %zu with other flags",
			    b->file, rr->line, old->line);
	}
	return DFLOW_OK;
}

enum dflow_status
bundle_check_rr(const struct bundles *b, const struct bundle *in,
    const struct zone_rr *rr, uint16_t *covered, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];
	enum dflow_status st = DFLOW_OK;

	*covered = 0;
	(void)rrtype_text(rr->type, type);
	if (!is_taken(b->kind, rr->type))
		return err_set(err, DFLOW_REFUSED, "%s:%u: %s record; %s alone",
		    b->file, rr->line, type,
		    b->kind == BUNDLE_KSR
			? "a KSR holds DNSKEY"
			: "an SKR holds DNSKEY, CDS, CDNSKEY and RRSIG");
	if (rr->rdata_len == 0 ||
	    !rdata_check(rr->type, rr->rdata, rr->rdata_len))
		return err_set(err, DFLOW_REFUSED, "%s:%u: malformed %s",
		    b->file, rr->line, type);
	if (rr->type == RRTYPE_DNSKEY)
		st = check_key(b, rr, err);
	else if (rr->type == RRTYPE_RRSIG)
		st = check_rrsig(b, rr, covered, err);
	if (st == DFLOW_OK)
		st = check_beside(b, in, rr, *covered, err);
	return st;
}

static size_t
count_rrs(const struct bundle *in, uint16_t type, uint16_t covered)
{
	size_t count = 0;

	for (size_t i = 0; i < in->count; i++)
		count +=
		    in->rrs[i].type == type && in->rrs[i].covered == covered;
	return count;
}

/* One of the bundle's KSKs has the RRSIG's tag and algorithm. */
static enum dflow_status
check_signer(const struct bundles *b, const struct bundle *in,
    const struct bundle_rr *rr, struct dflow_err *err)
{
	struct dnskey key;
	struct rrsig sig;

	if (!rrsig_view(rr->rdata, rr->len, &sig))
		return err_set(err, DFLOW_REFUSED, "%s:%zu: RRSIG is too short",
		    b->file, rr->line);
	for (size_t i = 0; i < in->count; i++) {
		const struct bundle_rr *other = &in->rrs[i];

		if (other->type == RRTYPE_DNSKEY &&
		    dnskey_view(other->rdata, other->len, &key) &&
		    (key.flags & DNSKEY_FLAG_SEP) != 0 && key.tag == sig.tag &&
		    key.algorithm == sig.algorithm)
			return DFLOW_OK;
	}
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: RRSIG by key %u, which is no KSK of its bundle", b->file,
	    rr->line, sig.tag);
}

/* Each RRset of an SKR is signed, and each signature signs one. */
static enum dflow_status
check_signed(const struct bundles *b, const struct bundle *in,
    const struct bundle_rr *rr, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];

	if (rr->type == RRTYPE_RRSIG) {
		if (count_rrs(in, rr->covered, 0) == 0)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: RRSIG over %s, but the bundle has none",
			    b->file, rr->line, rrtype_text(rr->covered, type));
		return check_signer(b, in, rr, err);
	}
	if (count_rrs(in, RRTYPE_RRSIG, rr->type) == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: %s without an RRSIG in its bundle", b->file,
		    rr->line, rrtype_text(rr->type, type));
	return DFLOW_OK;
}

enum dflow_status
bundle_check_whole(
    const struct bundles *b, const struct bundle *in, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	if (count_rrs(in, RRTYPE_DNSKEY, 0) == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a bundle without a DNSKEY", b->file, in->line);
	for (size_t i = 0;
	     b->kind == BUNDLE_SKR && i < in->count && st == DFLOW_OK; i++)
		st = check_signed(b, in, &in->rrs[i], err);
	return st;
}

enum dflow_status
bundle_check_footer(const struct bundles *b, size_t line, struct dflow_err *err)
{
	const struct bundle_footer *f = &b->footer;

	if (f->count != 0 && f->count != b->count)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: %zu bundles, but the footer says %zu; bring the "
		    "file anew",
		    b->file, line, b->count, f->count);
	if (f->until != BUNDLE_CLOCK_UNSET &&
	    f->until <= b->list[b->count - 1].time)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: until= in the footer is not after the last "
		    "bundle's time",
		    b->file, line);
	return DFLOW_OK;
}
