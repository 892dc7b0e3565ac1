/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the plain KSK.data: KSKs and the RRSIGs that they made over DNSKEY,
 * CDS and CDNSKEY (RFC 4034, RFC 7344 section 4.1). Refuses all that the
 * right side could not splice as it stands. Signatures are not checked here:
 * that takes the ZSKs, which are not in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle_check.h"
#include "exchange/kskdata.h"
#include "zone/load.h"

static const uint16_t rrset_types[] = {
    RRTYPE_DNSKEY, RRTYPE_CDS, RRTYPE_CDNSKEY};

/* One RR's place, for messages. */
struct place {
	const char *file;
	size_t line;
};

static enum dflow_status
check_ksk(
    const struct place *at, const struct dnskey *key, struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};
	const uint16_t ksk = DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP;

	if (key->flags != ksk && key->flags != (ksk | DNSKEY_FLAG_REVOKE))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: flags %u; a KSK "
		    "has flags 257, or 385 when revoked",
		    at->file, at->line, key->flags);
	if (key->protocol != DNSKEY_PROTOCOL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: protocol %u; a "
		    "DNSKEY's is 3",
		    at->file, at->line, key->protocol);
	if (alg_find(key->algorithm) == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: algorithm %u is "
		    "not one that we know",
		    at->file, at->line, key->algorithm);
	if (key->rdata_len > DNSKEY_RDATA_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: key of %zu bytes "
		    "is too long",
		    at->file, at->line, key->rdata_len);
	if (dnskey_check(key, &why) != DFLOW_OK)
		return err_set(err, DFLOW_REFUSED, "%s:%zu: %s", at->file,
		    at->line, why.text);
	return DFLOW_OK;
}

static bool
is_rrset_type(uint16_t type)
{
	for (size_t i = 0; i < sizeof(rrset_types) / sizeof(rrset_types[0]);
	     i++) {
		if (rrset_types[i] == type)
			return true;
	}
	return false;
}

static enum dflow_status
check_rrsig(const struct place *at, const struct zone_rr *rr,
    const struct rrsig *sig, struct dflow_err *err)
{
	char text[NAME_TEXT_SIZE];
	char type[RRTYPE_TEXT_SIZE];

	if (!is_rrset_type(sig->covered))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG over %s; a "
		    "KSK signs DNSKEY, CDS and CDNSKEY alone",
		    at->file, at->line, rrtype_text(sig->covered, type));
	if (!name_equal(sig->signer, rr->owner)) {
		name_text(sig->signer, text);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG by another "
		    "signer, %s",
		    at->file, at->line, text);
	}
	if (sig->labels != rrsig_labels(rr->owner))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG of %u "
		    "labels, but the owner has %u",
		    at->file, at->line, sig->labels, rrsig_labels(rr->owner));
	if (sig->original_ttl != rr->ttl)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG with "
		    "original TTL %u has TTL %u; they must be the same",
		    at->file, at->line, sig->original_ttl, rr->ttl);
	if (!when_serial_gt(sig->expiration, sig->inception))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG's expiration "
		    "is not after its inception",
		    at->file, at->line);
	if (sig->sig_len == 0 || sig->sig_len > RRSIG_SIG_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: RRSIG with a "
		    "signature of %zu bytes",
		    at->file, at->line, sig->sig_len);
	return DFLOW_OK;
}

/* What an RR must be by itself; *covered is an RRSIG's. */
static enum dflow_status
check_rr(const struct place *at, const struct zone_rr *rr, uint16_t *covered,
    struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];
	struct dnskey key;
	struct rrsig sig;

	*covered = 0;
	if (!rdata_check(rr->type, rr->rdata, rr->rdata_len))
		return err_set(err, DFLOW_REFUSED, "%s:%zu: malformed %s",
		    at->file, at->line, rrtype_text(rr->type, type));
	switch (rr->type) {
	case RRTYPE_DNSKEY:
		if (!dnskey_view(rr->rdata, rr->rdata_len, &key))
			break;
		return check_ksk(at, &key, err);
	case RRTYPE_RRSIG:
		if (!rrsig_view(rr->rdata, rr->rdata_len, &sig))
			break;
		*covered = sig.covered;
		return check_rrsig(at, rr, &sig, err);
	case RRTYPE_CDS:
	case RRTYPE_CDNSKEY:
		return DFLOW_OK;
	default:
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: %s record; "
		    "KSK.data holds DNSKEY, RRSIG, CDS and CDNSKEY alone",
		    at->file, at->line, rrtype_text(rr->type, type));
	}
	return err_set(err, DFLOW_REFUSED, "%s:%zu: %s is too short", at->file,
	    at->line, rrtype_text(rr->type, type));
}

static bool
same_key(const struct kskdata_rr *a, const struct zone_rr *b)
{
	struct dnskey ka, kb;

	return a->type == RRTYPE_DNSKEY && b->type == RRTYPE_DNSKEY &&
	       dnskey_view(a->rdata, a->len, &ka) &&
	       dnskey_view(b->rdata, b->rdata_len, &kb) &&
	       dnskey_same_key(&ka, &kb);
}

/* How the RR goes with those before it. */
static enum dflow_status
check_place(const struct kskdata *k, const struct zone_rr *rr, uint16_t covered,
    struct dflow_err *err)
{
	uint16_t set = covered != 0 ? covered : rr->type;
	char text[NAME_TEXT_SIZE];

	if (k->count > 0 && !name_equal(rr->owner, k->zone)) {
		name_text(rr->owner, text);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: owner %s, another "
		    "than on line %zu",
		    k->file, rr->line, text, k->rrs[0].line);
	}
	for (size_t i = 0; i < k->count; i++) {
		const struct kskdata_rr *old = &k->rrs[i];
		uint16_t old_set = old->covered != 0 ? old->covered : old->type;

		if (old_set == set && old->ttl != rr->ttl)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%u: TTL %u, but "
			    "%u on line %zu; an RRset has one TTL",
			    k->file, rr->line, rr->ttl, old->ttl, old->line);
		if (same_key(old, rr) ||
		    (old->type == rr->type && old->len == rr->rdata_len &&
			memcmp(old->rdata, rr->rdata, old->len) == 0))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%u: the same as "
			    "on line %zu",
			    k->file, rr->line, old->line);
	}
	return DFLOW_OK;
}

static enum dflow_status
append_rr(struct kskdata *k, const struct zone_rr *rr, uint16_t covered,
    struct dflow_err *err)
{
	struct kskdata_rr *slot = &k->rrs[k->count];

	slot->rdata = malloc(rr->rdata_len > 0 ? rr->rdata_len : 1);
	if (slot->rdata == NULL)
		return err_memory(err);
	memcpy(slot->rdata, rr->rdata, rr->rdata_len);
	slot->len = rr->rdata_len;
	slot->line = rr->line;
	slot->ttl = rr->ttl;
	slot->type = rr->type;
	slot->covered = covered;
	if (k->count == 0)
		name_lower(k->zone, rr->owner);
	k->count++;
	return DFLOW_OK;
}

static enum dflow_status
take_rr(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct kskdata *k = ctx;
	struct place at = {k->file, rr->line};
	enum dflow_status st;
	uint16_t covered;

	if (k->count == KSKDATA_RRS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: more than %d "
		    "records",
		    k->file, rr->line, KSKDATA_RRS_MAX);
	st = check_rr(&at, rr, &covered, err);
	if (st == DFLOW_OK)
		st = check_place(k, rr, covered, err);
	if (st == DFLOW_OK)
		st = append_rr(k, rr, covered, err);
	return st;
}

static size_t
count_rrs(const struct kskdata *k, uint16_t type, uint16_t covered)
{
	size_t count = 0;

	for (size_t i = 0; i < k->count; i++)
		count += k->rrs[i].type == type && k->rrs[i].covered == covered;
	return count;
}

/* Bytes of a signature by this key (RFC 3110, 6605, 8080). */
static size_t
sig_len(const struct dnskey *key)
{
	switch (key->algorithm) {
	case ALG_ECDSAP256:
	case ALG_ED25519:
		return 64;
	case ALG_ECDSAP384:
		return 96;
	case ALG_ED448:
		return 114;
	default:
		return (dnskey_bits(key) + 7) / 8;
	}
}

/* One of the file's KSKs has the RRSIG's tag and algorithm. */
static enum dflow_status
check_signer(
    const struct kskdata *k, const struct kskdata_rr *rr, struct dflow_err *err)
{
	size_t want = 0;
	struct dnskey key;
	struct rrsig sig;

	if (!rrsig_view(rr->rdata, rr->len, &sig))
		return err_at(err, k->file, rr->line, "RRSIG is too short");
	for (size_t i = 0; i < k->count; i++) {
		if (k->rrs[i].type != RRTYPE_DNSKEY ||
		    !dnskey_view(k->rrs[i].rdata, k->rrs[i].len, &key) ||
		    key.tag != sig.tag || key.algorithm != sig.algorithm)
			continue;
		want = sig_len(&key);
		if (want == sig.sig_len)
			return DFLOW_OK;
	}
	if (want != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: signature of %zu "
		    "bytes; key %u makes %zu",
		    k->file, rr->line, sig.sig_len, sig.tag, want);
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: RRSIG by a key that is not "
	    "in the file",
	    k->file, rr->line);
}

/* What the file must be as a whole. */
static enum dflow_status
check_whole(const struct kskdata *k, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];

	if (count_rrs(k, RRTYPE_DNSKEY, 0) == 0)
		return err_set(err, DFLOW_REFUSED, "%s: no KSK in it", k->file);
	if (count_rrs(k, RRTYPE_RRSIG, RRTYPE_DNSKEY) == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no RRSIG over DNSKEY "
		    "in it",
		    k->file);
	for (size_t i = 0; i < k->count; i++) {
		const struct kskdata_rr *rr = &k->rrs[i];

		enum dflow_status st = DFLOW_OK;

		if (rr->type == RRTYPE_RRSIG)
			st = check_signer(k, rr, err);
		if (st != DFLOW_OK)
			return st;
		if (rr->type == RRTYPE_RRSIG &&
		    count_rrs(k, rr->covered, 0) == 0)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: RRSIG over "
			    "%s, but the file has none",
			    k->file, rr->line, rrtype_text(rr->covered, type));
		if (rr->type != RRTYPE_RRSIG &&
		    count_rrs(k, RRTYPE_RRSIG, rr->type) == 0)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: %s without "
			    "an RRSIG",
			    k->file, rr->line, rrtype_text(rr->type, type));
	}
	return DFLOW_OK;
}

static enum dflow_status
kskdata_new(const char *file, struct kskdata **out, struct dflow_err *err)
{
	struct kskdata *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return err_memory(err);
	k->rrs = calloc(KSKDATA_RRS_MAX, sizeof(*k->rrs));
	k->file = strdup(file);
	if (k->rrs == NULL || k->file == NULL) {
		kskdata_free(&k);
		return err_memory(err);
	}
	*out = k;
	return DFLOW_OK;
}

enum dflow_status
kskdata_parse(const char *file, const char *text, size_t len,
    struct kskdata **out, struct dflow_err *err)
{
	struct kskdata *k = NULL;
	enum dflow_status st;
	const char *kind;
	size_t line = 0;

	if (len > KSKDATA_BYTES_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: larger than %d bytes",
		    file, KSKDATA_BYTES_MAX);
	kind = bundle_marked(text, len, &line);
	if (kind != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: %s, not a plain KSK.data", file, line, kind);
	st = kskdata_new(file, &k, err);
	if (st != DFLOW_OK)
		return st;
	st = text_load(file, text, len, 0, take_rr, k, err);
	if (st == DFLOW_OK)
		st = check_whole(k, err);
	if (st != DFLOW_OK)
		goto out;
	*out = k;
	k = NULL; /* transferred */
out:
	kskdata_free(&k);
	return st;
}

enum dflow_status
kskdata_read(const char *file, struct kskdata **out, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, KSKDATA_BYTES_MAX);
	st = os_read(file, KSKDATA_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = kskdata_parse(
		    file, (const char *)text.data, text.len, out, err);
	buf_free(&text);
	return st;
}

_Static_assert(
    (int)BUNDLE_RRS_MAX <= (int)KSKDATA_RRS_MAX, "there is room for a bundle");

enum dflow_status
kskdata_of_bundle(const struct bundles *b, const struct bundle *in,
    struct kskdata **out, struct dflow_err *err)
{
	struct kskdata *k = NULL;
	enum dflow_status st = kskdata_new(b->file, &k, err);

	for (size_t i = 0; i < in->count && st == DFLOW_OK; i++) {
		const struct bundle_rr *from = &in->rrs[i];
		struct zone_rr rr = {
		    .owner = b->zone,
		    .rdata = from->rdata,
		    .ttl = from->ttl,
		    .line = (uint32_t)from->line,
		    .type = from->type,
		    .rdata_len = (uint16_t)from->len,
		};

		if (!bundle_rr_is_zsk(from))
			st = append_rr(k, &rr, from->covered, err);
	}
	if (st != DFLOW_OK) {
		kskdata_free(&k);
		return st;
	}
	*out = k;
	return DFLOW_OK;
}

void
kskdata_free(struct kskdata **k)
{
	struct kskdata *old = *k;

	*k = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++)
		free(old->rrs[i].rdata);
	free(old->rrs);
	free(old->file);
	free(old);
}
