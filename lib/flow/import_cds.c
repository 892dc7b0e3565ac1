/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CDS and CDNSKEY of a response: what the judge would refuse in the zone on
 * the day is refused here, when there is time for another response.
 */
#include <stdio.h>
#include <string.h>

#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/cdscheck.h"
#include "flow/import.h"
#include "flow/rrpack.h"

enum { KEYS_MAX = KSKDATA_RRS_MAX + BUNDLE_RRS_MAX };

/* The first thing that is wrong. */
struct fault {
	const struct kskdata *data;
	struct dflow_err *err;
	bool found;
};

static enum dflow_status
refuse(const struct fault *f, uint16_t type, size_t line, const char *reason)
{
	char text[RRTYPE_TEXT_SIZE];

	return err_set(f->err, DFLOW_REFUSED,
	    "%s:%zu: %s: %s; ask the left for another response", f->data->file,
	    line, rrtype_text(type, text), reason);
}

static void
note(void *ctx, uint16_t type, const struct rdata *rdata, const char *reason)
{
	struct fault *f = ctx;
	size_t line = 0;

	if (f->found)
		return;
	f->found = true;
	for (size_t i = 0; i < f->data->count && line == 0; i++) {
		const struct kskdata_rr *rr = &f->data->rrs[i];

		if (rr->type == type &&
		    (rdata == NULL ||
			(rdata->len == rr->len &&
			    memcmp(rdata->data, rr->rdata, rr->len) == 0)))
			line = rr->line;
	}
	(void)refuse(f, type, line, reason);
}

/* data's KSKs, then the ZSKs. */
static size_t
take_keys(const struct kskdata *data, const struct kskcheck_keys *zsks,
    const bool *signers, struct cdscheck_key out[KEYS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < data->count; i++)
		if (data->rrs[i].type == RRTYPE_DNSKEY &&
		    dnskey_view(data->rrs[i].rdata, data->rrs[i].len,
			&out[count].dnskey)) {
			out[count].signs = signers[i];
			out[count++].zsk = false;
		}
	for (size_t i = 0; i < zsks->count && count < KEYS_MAX; i++)
		out[count++] = (struct cdscheck_key){
		    .dnskey = zsks->keys[i],
		    .zsk = true,
		};
	return count;
}

static enum dflow_status
gather(const struct kskdata *data, struct rrpack *pack, struct rrset *set,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < data->count && st == DFLOW_OK; i++)
		if (data->rrs[i].type == pack->type)
			st = rrpack_add(
			    pack, data->rrs[i].rdata, data->rrs[i].len, err);
	if (st == DFLOW_OK && pack->count > 0)
		st = rrpack_set(pack, data->zone, 0, set, err);
	return st;
}

/* Every signature was verified: has key one over that type? */
static bool
is_signed_by(
    const struct kskdata *data, uint16_t type, const struct dnskey *key)
{
	struct rrsig sig;

	for (size_t i = 0; i < data->count; i++)
		if (data->rrs[i].covered == type &&
		    rrsig_view(data->rrs[i].rdata, data->rrs[i].len, &sig) &&
		    sig.tag == key->tag && sig.algorithm == key->algorithm)
			return true;
	return false;
}

/*
 * RFC 4035 section 2.2: each algorithm signs; and a key that is revoked signs
 * nothing but the keys (RFC 5011 section 2.1).
 */
static enum dflow_status
check_signed(const struct fault *f, const struct cdscheck *check, uint16_t type)
{
	bool there[256] = {false}, good[256] = {false};
	size_t line = 0;

	for (size_t i = 0; i < f->data->count && line == 0; i++)
		if (f->data->rrs[i].type == type)
			line = f->data->rrs[i].line;
	for (size_t i = 0; i < check->key_count && line != 0; i++) {
		const struct dnskey *key = &check->keys[i].dnskey;

		if (check->keys[i].zsk ||
		    (key->flags & DNSKEY_FLAG_REVOKE) != 0)
			continue;
		there[key->algorithm] = true;
		good[key->algorithm] |= is_signed_by(f->data, type, key);
	}
	for (unsigned a = 0; a < 256; a++) {
		char reason[CDSCHECK_REASON];

		if (!there[a] || good[a])
			continue;
		(void)snprintf(reason, sizeof(reason),
		    "no KSK of algorithm %u that is not revoked signs it", a);
		return refuse(f, type, line, reason);
	}
	return DFLOW_OK;
}

static enum dflow_status
check(const struct fault *f, const struct cdscheck *p)
{
	enum dflow_status st = check_signed(f, p, RRTYPE_CDS);

	if (st == DFLOW_OK)
		st = check_signed(f, p, RRTYPE_CDNSKEY);
	if (st == DFLOW_OK && !cdscheck(p))
		st = DFLOW_REFUSED;
	return st;
}

enum dflow_status
import_check_cds(const struct kskdata *data, const struct kskcheck_keys *zsks,
    const bool *signers, struct dflow_err *err)
{
	struct fault fault = {.data = data, .err = err};
	struct cdscheck_key keys[KEYS_MAX];
	struct rrset cds = {0}, cdnskey = {0};
	struct rrpack cds_pack, cdnskey_pack;
	struct cdscheck p = {
	    .apex = data->zone,
	    .keys = keys,
	    .tell = note,
	    .ctx = &fault,
	};
	enum dflow_status st;

	rrpack_init(&cds_pack, RRTYPE_CDS);
	rrpack_init(&cdnskey_pack, RRTYPE_CDNSKEY);
	st = gather(data, &cds_pack, &cds, err);
	if (st == DFLOW_OK)
		st = gather(data, &cdnskey_pack, &cdnskey, err);
	if (st == DFLOW_OK && (cds.count > 0 || cdnskey.count > 0)) {
		p.cds = cds.count > 0 ? &cds : NULL;
		p.cdnskey = cdnskey.count > 0 ? &cdnskey : NULL;
		p.key_count = take_keys(data, zsks, signers, keys);
		st = check(&fault, &p);
	}
	rrpack_free(&cds_pack);
	rrpack_free(&cdnskey_pack);
	return st;
}
