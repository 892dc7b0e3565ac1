/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The apex DNSKEY RRset: which keys may sign what (RFC 4034 section 2.1,
 * RFC 5011 for revoked ones), which algorithms every RRset needs (RFC 4035
 * section 2.2), and whether the parent's DS lead to one of the keys.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/judge_parts.h"

static void
key_read(struct judge *j, const struct rdata *r)
{
	struct judge_key *k = &j->keys[j->key_count];
	const uint8_t *apex = j->zone->apex;
	struct verifier *v = NULL;
	struct dflow_err why = {0};

	memset(k, 0, sizeof(*k));
	if (!dnskey_view(r->data, r->len, &k->dnskey)) {
		notes_add(&j->notes, apex, RRTYPE_DNSKEY,
		    "a key of %u bytes is too short to be one", r->len);
		return;
	}
	j->key_count++;
	k->zone_key = (k->dnskey.flags & DNSKEY_FLAG_ZONE) != 0 &&
		      k->dnskey.protocol == DNSKEY_PROTOCOL;
	k->revoked = (k->dnskey.flags & DNSKEY_FLAG_REVOKE) != 0;
	k->sep = (k->dnskey.flags & DNSKEY_FLAG_SEP) != 0;
	k->known = alg_find(k->dnskey.algorithm) != NULL;
	if (k->dnskey.protocol != DNSKEY_PROTOCOL)
		notes_add(&j->notes, apex, RRTYPE_DNSKEY,
		    "key %u/%u has protocol %u; it must be 3", k->dnskey.tag,
		    k->dnskey.algorithm, k->dnskey.protocol);
	if (!k->zone_key || !k->known)
		return;
	if (verifier_new(&k->dnskey, &v, &why) != DFLOW_OK) {
		notes_add(&j->notes, apex, RRTYPE_DNSKEY,
		    "key %u/%u is not a valid key: %s", k->dnskey.tag,
		    k->dnskey.algorithm, why.text);
		return;
	}
	verifier_free(&v);
	k->usable = true;
}

static void
algs_find(struct judge *j)
{
	bool usable = false, unrevoked = false, known = false;

	for (size_t i = 0; i < j->key_count; i++) {
		const struct judge_key *k = &j->keys[i];

		known |= k->known;
		usable |= k->usable;
		if (!k->usable || k->revoked)
			continue;
		unrevoked = true;
		j->alg_needed[k->dnskey.algorithm] = true;
		if (k->sep) {
			j->alg_sep[k->dnskey.algorithm] = true;
			j->has_sep = true;
		}
	}
	if (!known)
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "no key of an algorithm that can be checked "
		    "(5, 7, 8, 10, 13 to 16)");
	else if (!usable)
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "no valid zone key (ZONE flag, protocol 3)");
	else if (!unrevoked)
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "every key is revoked");
	else if (!j->has_sep && !j->params->any_key)
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "no key is a KSK (SEP flag); if one key is meant to sign "
		    "everything, use -z");
}

enum dflow_status
keys_judge(struct judge *j, struct dflow_err *err)
{
	const struct rrset *set =
	    j->apex == NULL ? NULL
			    : node_rrset(j->zone, j->apex, RRTYPE_DNSKEY);

	if (set == NULL) {
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "the zone is not signed: it has no DNSKEY RRset");
		return DFLOW_OK;
	}
	size_t count = set->count;
	if (count > JUDGE_KEYS_MAX) {
		notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
		    "%zu keys; no more than the first %d are looked at", count,
		    JUDGE_KEYS_MAX);
		count = JUDGE_KEYS_MAX;
	}
	j->keys = calloc(count, sizeof(*j->keys));
	if (j->keys == NULL)
		return err_memory(err);
	const uint8_t *p = set->rdata;
	for (size_t i = 0; i < count; i++) {
		struct rdata r = rdata_at(p, &p);
		key_read(j, &r);
	}
	algs_find(j);
	return DFLOW_OK;
}

/* One DS, taken apart (RFC 4034 section 5.1). */
struct ds {
	const uint8_t *rdata;
	size_t len;
	uint16_t tag;
	uint8_t algorithm;
	uint8_t digest_type;
};

static bool
ds_view(const struct rdata *r, struct ds *ds)
{
	if (r->len < 5)
		return false;
	ds->rdata = r->data;
	ds->len = r->len;
	ds->tag = (uint16_t)(r->data[0] << 8 | r->data[1]);
	ds->algorithm = r->data[2];
	ds->digest_type = r->data[3];
	return true;
}

static bool
digest_type_known(uint8_t type)
{
	return type == 1 || type == 2 || type == 4;
}

/* RFC 4509 section 3: SHA-1 is ignored beside a better digest. */
static bool
ds_has_better_than_sha1(const struct rrset *set)
{
	const uint8_t *p = set->rdata;
	struct ds ds;

	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (ds_view(&r, &ds) && alg_find(ds.algorithm) != NULL &&
		    (ds.digest_type == 2 || ds.digest_type == 4))
			return true;
	}
	return false;
}

static const struct judge_key *
ds_key(const struct judge *j, const struct ds *ds)
{
	uint8_t want[DS_RDATA_MAX];

	for (size_t i = 0; i < j->key_count; i++) {
		const struct judge_key *k = &j->keys[i];

		if (!k->usable || k->revoked || k->dnskey.tag != ds->tag ||
		    k->dnskey.algorithm != ds->algorithm)
			continue;
		size_t len =
		    dnskey_ds(j->zone->apex, &k->dnskey, ds->digest_type, want);
		if (len == ds->len && memcmp(want, ds->rdata, len) == 0)
			return k;
	}
	return NULL;
}

void
keys_judge_ds(struct judge *j)
{
	const struct rrset *set = j->params->ds;
	const uint8_t *apex = j->zone->apex;
	const struct judge_key *led_to = NULL;
	struct ds ds = {0}, last = {0};
	char name[JUDGE_NAME];
	size_t tried = 0;

	if (set == NULL)
		return;
	if (!name_equal(set->owner, apex)) {
		notes_add(&j->notes, apex, RRTYPE_DS, "the DS given is for %s",
		    note_name(set->owner, name));
		return;
	}
	bool skip_sha1 = ds_has_better_than_sha1(set);
	const uint8_t *p = set->rdata;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!ds_view(&r, &ds) || !digest_type_known(ds.digest_type) ||
		    alg_find(ds.algorithm) == NULL ||
		    (skip_sha1 && ds.digest_type == 1))
			continue;
		tried++;
		last = ds;
		const struct judge_key *k = ds_key(j, &ds);
		if (k != NULL && k->signs)
			return;
		if (k != NULL)
			led_to = k;
	}
	if (tried == 0)
		notes_add(&j->notes, apex, RRTYPE_DS,
		    "no DS given has an "
		    "algorithm and a digest type that can be checked");
	else if (led_to != NULL)
		notes_add(&j->notes, apex, RRTYPE_DS,
		    "the DS leads to key "
		    "%u/%u, which has no valid signature over DNSKEY",
		    led_to->dnskey.tag, led_to->dnskey.algorithm);
	else
		notes_add(&j->notes, apex, RRTYPE_DS,
		    "the DS given (key "
		    "%u/%u, digest type %u) matches no key in the DNSKEY "
		    "RRset",
		    last.tag, last.algorithm, last.digest_type);
}
