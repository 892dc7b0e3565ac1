/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CDS and CDNSKEY at the apex (RFC 7344 section 4, RFC 8078 section 4): what
 * they say of the keys must be true, and the two must say the same, for the
 * parent will act upon them. Elsewhere they are data like any other.
 */
#include "flow/cdscheck.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dns/rrtype.h"

static const uint8_t cds_delete[] = {0, 0, 0, 0, 0};
static const uint8_t cdnskey_delete[] = {0, 0, 3, 0, 0};

/* One check on its way. */
struct checking {
	const struct cdscheck *p;
	size_t told;
};

__attribute__((format(printf, 4, 5))) static void
tell(struct checking *c, uint16_t type, const struct rdata *r, const char *fmt,
    ...)
{
	char reason[CDSCHECK_REASON];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	c->told++;
	c->p->tell(c->p->ctx, type, r, reason);
}

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
check_delete(struct checking *c, const struct rrset *set, bool *deletes)
{
	const uint8_t *at = set->rdata;
	bool right = true;

	*deletes = false;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(at, &at);

		if (r.len < 5) {
			tell(c, set->type, &r, "a record is too short");
			return false;
		}
		if (algorithm_of(set->type, &r) != 0)
			continue;
		if (is_delete(set->type, &r)) {
			*deletes = true;
			continue;
		}
		tell(c, set->type, &r,
		    "algorithm 0, but not the delete form %s",
		    set->type == RRTYPE_CDS ? "0 0 0 00" : "0 3 0 AA==");
		right = false;
	}
	if (*deletes && set->count > 1) {
		tell(c, set->type, NULL,
		    "the delete form with other records beside it");
		right = false;
	}
	return right && !*deletes;
}

/* True if r, a CDS, is made of the key. */
static bool
cds_of_key(
    const struct checking *c, const struct rdata *r, const struct dnskey *key)
{
	uint8_t want[DS_RDATA_MAX];
	size_t len = dnskey_ds(c->p->apex, key, r->data[3], want);

	return rdata_is(r, want, len);
}

static uint16_t
cds_tag(const struct rdata *r)
{
	return (uint16_t)(r->data[0] << 8 | r->data[1]);
}

static bool
digest_known(const struct rdata *cds)
{
	return cds->data[3] == 1 || cds->data[3] == 2 || cds->data[3] == 4;
}

/* The key of the zone that a CDS or CDNSKEY is of, or NULL. */
static const struct cdscheck_key *
key_meant(const struct checking *c, uint16_t type, const struct rdata *r)
{
	for (size_t i = 0; i < c->p->key_count; i++) {
		const struct dnskey *d = &c->p->keys[i].dnskey;

		if (type == RRTYPE_CDS ? cds_of_key(c, r, d)
				       : rdata_is(r, d->rdata, d->rdata_len))
			return &c->p->keys[i];
	}
	return NULL;
}

/* A CDS that names a key of the zone but has not its digest. */
static bool
digest_contradicts(const struct checking *c, const struct rdata *r)
{
	bool named = false;

	if (!digest_known(r))
		return false; /* cannot be checked */
	for (size_t i = 0; i < c->p->key_count; i++) {
		const struct dnskey *d = &c->p->keys[i].dnskey;

		if (d->tag != cds_tag(r) || d->algorithm != r->data[2])
			continue;
		if (cds_of_key(c, r, d))
			return false;
		named = true;
	}
	return named;
}

/* One record; true if it leads to a key that signs DNSKEY. */
static bool
check_record(struct checking *c, uint16_t type, const struct rdata *r)
{
	const struct cdscheck_key *k = key_meant(c, type, r);
	bool revoked;

	if (k == NULL) {
		if (type == RRTYPE_CDS && digest_contradicts(c, r))
			tell(c, type, r,
			    "the digest (type %u) is not that of key %u/%u",
			    r->data[3], cds_tag(r), r->data[2]);
		return false;
	}
	revoked = (k->dnskey.flags & DNSKEY_FLAG_REVOKE) != 0;
	if (revoked)
		tell(c, type, r, "key %u/%u is revoked", k->dnskey.tag,
		    k->dnskey.algorithm);
	else if (k->zsk)
		tell(c, type, r, "key %u/%u is a ZSK", k->dnskey.tag,
		    k->dnskey.algorithm);
	return k->signs && !revoked;
}

/*
 * For each algorithm one record must lead to a key that signs DNSKEY, else
 * the parent's new DS would break the zone. More, as for a key to come, are
 * fine.
 */
static void
check_keys(struct checking *c, const struct rrset *set)
{
	bool there[256] = {false}, leads[256] = {false};
	const uint8_t *at = set->rdata;
	size_t before = c->told;

	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(at, &at);
		uint8_t a = algorithm_of(set->type, &r);

		there[a] = true;
		leads[a] |= check_record(c, set->type, &r);
	}
	if (c->told > before)
		return; /* told already */
	for (unsigned a = 0; a < 256; a++)
		if (there[a] && !leads[a])
			tell(c, set->type, NULL,
			    "of algorithm %u, none leads to a key that signs "
			    "DNSKEY",
			    a);
}

static bool
cds_has_key(const struct checking *c, const struct dnskey *key)
{
	const uint8_t *at = c->p->cds->rdata;

	for (uint32_t i = 0; i < c->p->cds->count; i++) {
		struct rdata r = rdata_at(at, &at);

		if (cds_of_key(c, &r, key))
			return true;
	}
	return false;
}

static bool
cdnskey_has_cds(const struct checking *c, const struct rdata *cds)
{
	const uint8_t *at = c->p->cdnskey->rdata;
	struct dnskey key;

	for (uint32_t i = 0; i < c->p->cdnskey->count; i++) {
		struct rdata r = rdata_at(at, &at);

		if (!dnskey_view(r.data, r.len, &key))
			continue;
		if (cds_of_key(c, cds, &key))
			return true;
		/* A digest that we do not know: by its name. */
		if (!digest_known(cds) && key.tag == cds_tag(cds) &&
		    key.algorithm == cds->data[2])
			return true;
	}
	return false;
}

/* RFC 7344 section 4: where both are published, they must agree. */
static void
check_agreement(struct checking *c)
{
	const struct rrset *cds = c->p->cds, *cdnskey = c->p->cdnskey;
	const uint8_t *at = cds->rdata;
	struct dnskey key;

	for (uint32_t i = 0; i < cds->count; i++) {
		struct rdata r = rdata_at(at, &at);

		if (!cdnskey_has_cds(c, &r))
			tell(c, RRTYPE_CDS, &r,
			    "no CDNSKEY is that of CDS %u %u %u", cds_tag(&r),
			    r.data[2], r.data[3]);
	}
	at = cdnskey->rdata;
	for (uint32_t i = 0; i < cdnskey->count; i++) {
		struct rdata r = rdata_at(at, &at);

		if (dnskey_view(r.data, r.len, &key) && !cds_has_key(c, &key))
			tell(c, RRTYPE_CDNSKEY, &r,
			    "no CDS is that of key %u/%u", key.tag,
			    key.algorithm);
	}
}

bool
cdscheck(const struct cdscheck *p)
{
	bool cds_deletes = false, cdnskey_deletes = false;
	bool cds_right = false, cdnskey_right = false;
	struct checking c = {.p = p};

	if (p->cds != NULL)
		cds_right = check_delete(&c, p->cds, &cds_deletes);
	if (p->cdnskey != NULL)
		cdnskey_right = check_delete(&c, p->cdnskey, &cdnskey_deletes);
	if (p->cds != NULL && p->cdnskey != NULL &&
	    cds_deletes != cdnskey_deletes)
		tell(&c, cds_deletes ? RRTYPE_CDS : RRTYPE_CDNSKEY, NULL,
		    "the delete form, but %s holds keys",
		    cds_deletes ? "CDNSKEY" : "CDS");
	if (cds_right)
		check_keys(&c, p->cds);
	if (cdnskey_right)
		check_keys(&c, p->cdnskey);
	if (cds_right && cdnskey_right && c.told == 0)
		check_agreement(&c);
	return c.told == 0;
}
