/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CDS and CDNSKEY at the apex (RFC 7344 section 4, RFC 8078 section 4): what
 * they say of the keys must be true, and the two must say the same, for the
 * parent will act upon them. Elsewhere they are data like any other.
 */
#include <string.h>

#include "flow/judge_parts.h"

static const uint8_t cds_delete[] = {0, 0, 0, 0, 0};
static const uint8_t cdnskey_delete[] = {0, 0, 3, 0, 0};

static bool
rdata_is(const struct rdata *r, const uint8_t *bytes, size_t len)
{
	return r->len == len && memcmp(r->data, bytes, len) == 0;
}

static bool
is_delete(uint16_t type, const struct rdata *r)
{
	return type == RRTYPE_CDS
		   ? rdata_is(r, cds_delete, sizeof(cds_delete))
		   : rdata_is(r, cdnskey_delete, sizeof(cdnskey_delete));
}

static uint8_t
algorithm_of(uint16_t type, const struct rdata *r)
{
	return type == RRTYPE_CDS ? r->data[2] : r->data[3];
}

/* The delete form of RFC 8078: alone, and byte for byte. */
static bool
delete_judge(struct judge *j, const struct rrset *set, bool *deletes)
{
	const uint8_t *apex = j->zone->apex;
	const uint8_t *p = set->rdata;
	bool right = true;

	*deletes = false;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (r.len < 5) {
			notes_add(&j->notes, apex, set->type,
			    "a record is too short");
			return false;
		}
		if (algorithm_of(set->type, &r) != 0)
			continue;
		if (is_delete(set->type, &r)) {
			*deletes = true;
			continue;
		}
		notes_add(&j->notes, apex, set->type,
		    "algorithm 0, but not the delete form %s",
		    set->type == RRTYPE_CDS ? "0 0 0 00" : "0 3 0 AA==");
		right = false;
	}
	if (*deletes && set->count > 1) {
		notes_add(&j->notes, apex, set->type,
		    "the delete form with other records beside it");
		right = false;
	}
	return right && !*deletes;
}

/* True if r, a CDS, is made of the key. */
static bool
cds_of_key(
    const struct judge *j, const struct rdata *r, const struct dnskey *key)
{
	uint8_t want[DS_RDATA_MAX];
	size_t len = dnskey_ds(j->zone->apex, key, r->data[3], want);

	return rdata_is(r, want, len);
}

static uint16_t
cds_tag(const struct rdata *r)
{
	return (uint16_t)(r->data[0] << 8 | r->data[1]);
}

/* The key of the zone that a CDS or CDNSKEY is of, or NULL. */
static const struct judge_key *
key_meant(const struct judge *j, uint16_t type, const struct rdata *r)
{
	for (size_t i = 0; i < j->key_count; i++) {
		const struct dnskey *d = &j->keys[i].dnskey;

		if (type == RRTYPE_CDS ? cds_of_key(j, r, d)
				       : rdata_is(r, d->rdata, d->rdata_len))
			return &j->keys[i];
	}
	return NULL;
}

/* A CDS that names a key of the zone but has not its digest. */
static bool
digest_contradicts(const struct judge *j, const struct rdata *r)
{
	bool named = false;

	if (r->data[3] != 1 && r->data[3] != 2 && r->data[3] != 4)
		return false; /* cannot be checked */
	for (size_t i = 0; i < j->key_count; i++) {
		const struct dnskey *d = &j->keys[i].dnskey;

		if (d->tag != cds_tag(r) || d->algorithm != r->data[2])
			continue;
		if (cds_of_key(j, r, d))
			return false;
		named = true;
	}
	return named;
}

/* One record; true if it leads to a key that signs DNSKEY. */
static bool
record_judge(struct judge *j, uint16_t type, const struct rdata *r)
{
	const struct judge_key *k = key_meant(j, type, r);
	const uint8_t *apex = j->zone->apex;

	if (k == NULL) {
		if (type == RRTYPE_CDS && digest_contradicts(j, r))
			notes_add(&j->notes, apex, type,
			    "the digest (type "
			    "%u) is not that of key %u/%u",
			    r->data[3], cds_tag(r), r->data[2]);
		return false;
	}
	if (k->revoked)
		notes_add(&j->notes, apex, type, "key %u/%u is revoked",
		    k->dnskey.tag, k->dnskey.algorithm);
	else if (!k->sep && !j->params->any_key && j->has_sep)
		notes_add(&j->notes, apex, type, "key %u/%u is a ZSK",
		    k->dnskey.tag, k->dnskey.algorithm);
	return k->signs && !k->revoked;
}

/*
 * For each algorithm one record must lead to a key that signs DNSKEY, else
 * the parent's new DS would break the zone. More, as for a key to come, are
 * fine.
 */
static void
keys_lead_judge(struct judge *j, const struct rrset *set)
{
	bool there[256] = {false}, leads[256] = {false};
	const uint8_t *p = set->rdata;
	size_t before = j->notes.count;

	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);
		uint8_t a = algorithm_of(set->type, &r);

		there[a] = true;
		leads[a] |= record_judge(j, set->type, &r);
	}
	if (j->notes.count > before)
		return; /* told already */
	for (unsigned a = 0; a < 256; a++)
		if (there[a] && !leads[a])
			notes_add(&j->notes, j->zone->apex, set->type,
			    "of algorithm %u, none leads to a key that signs "
			    "DNSKEY",
			    a);
}

static bool
cds_has_key(
    const struct judge *j, const struct rrset *cds, const struct dnskey *key)
{
	const uint8_t *p = cds->rdata;

	for (uint32_t i = 0; i < cds->count; i++) {
		struct rdata r = rdata_at(p, &p);
		if (cds_of_key(j, &r, key))
			return true;
	}
	return false;
}

static bool
cdnskey_has_cds(
    const struct judge *j, const struct rrset *cdnskey, const struct rdata *cds)
{
	const uint8_t *p = cdnskey->rdata;
	struct dnskey key;

	for (uint32_t i = 0; i < cdnskey->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!dnskey_view(r.data, r.len, &key))
			continue;
		if (cds_of_key(j, cds, &key))
			return true;
		/* A digest that we do not know: by its name. */
		if (cds->data[3] != 1 && cds->data[3] != 2 &&
		    cds->data[3] != 4 && key.tag == cds_tag(cds) &&
		    key.algorithm == cds->data[2])
			return true;
	}
	return false;
}

/* RFC 7344 section 4: where both are published, they must agree. */
static void
agreement_judge(
    struct judge *j, const struct rrset *cds, const struct rrset *cdnskey)
{
	const uint8_t *apex = j->zone->apex;
	struct dnskey key;

	const uint8_t *p = cds->rdata;
	for (uint32_t i = 0; i < cds->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!cdnskey_has_cds(j, cdnskey, &r))
			notes_add(&j->notes, apex, RRTYPE_CDS,
			    "no CDNSKEY is that of CDS %u %u %u", cds_tag(&r),
			    r.data[2], r.data[3]);
	}
	p = cdnskey->rdata;
	for (uint32_t i = 0; i < cdnskey->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (dnskey_view(r.data, r.len, &key) &&
		    !cds_has_key(j, cds, &key))
			notes_add(&j->notes, apex, RRTYPE_CDNSKEY,
			    "no CDS is that of key %u/%u", key.tag,
			    key.algorithm);
	}
}

void
cds_judge(struct judge *j)
{
	const struct rrset *cds, *cdnskey;
	bool cds_deletes = false, cdnskey_deletes = false;
	bool cds_right = false, cdnskey_right = false;
	size_t before = j->notes.count;

	cds = node_rrset(j->zone, j->apex, RRTYPE_CDS);
	cdnskey = node_rrset(j->zone, j->apex, RRTYPE_CDNSKEY);
	if (cds != NULL)
		cds_right = delete_judge(j, cds, &cds_deletes);
	if (cdnskey != NULL)
		cdnskey_right = delete_judge(j, cdnskey, &cdnskey_deletes);
	if (cds != NULL && cdnskey != NULL && cds_deletes != cdnskey_deletes)
		notes_add(&j->notes, j->zone->apex,
		    cds_deletes ? RRTYPE_CDS : RRTYPE_CDNSKEY,
		    "the delete form, but %s holds keys",
		    cds_deletes ? "CDNSKEY" : "CDS");
	if (cds_right)
		keys_lead_judge(j, cds);
	if (cdnskey_right)
		keys_lead_judge(j, cdnskey);
	if (cds_right && cdnskey_right && j->notes.count == before)
		agreement_judge(j, cds, cdnskey);
}
