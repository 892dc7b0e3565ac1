/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The apex ZONEMD RRset (RFC 8976 section 4). Schemes and hashes that we do
 * not know are passed over, as the RFC has it, but each one that we do know
 * must be right: it is stricter than a recipient, who is content with one.
 */
#include <string.h>

#include "flow/judge_parts.h"
#include "zone/zonemd.h"

enum { ZONEMD_FIXED_LEN = 6, ZONEMD_DIGEST_MIN = 12 };

static bool
soa_serial(const struct judge *j, uint32_t *serial)
{
	const struct rrset *soa = node_rrset(j->zone, j->apex, RRTYPE_SOA);

	if (soa == NULL)
		return false;
	const uint8_t *p = soa->rdata;
	struct rdata r = rdata_at(p, &p);
	if (r.len < 20)
		return false;
	const uint8_t *s = r.data + r.len - 20;
	*serial = (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 |
		  (uint32_t)s[2] << 8 | s[3];
	return true;
}

/* Two records of one scheme and hash: neither may be used (section 2.1). */
static bool
is_double(const struct rrset *set, const struct rdata *r)
{
	const uint8_t *p = set->rdata;
	unsigned same = 0;

	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata other = rdata_at(p, &p);

		if (other.len >= ZONEMD_FIXED_LEN &&
		    other.data[4] == r->data[4] && other.data[5] == r->data[5])
			same++;
	}
	return same > 1;
}

static enum dflow_status
digest_judge(struct judge *j, const struct rdata *r, struct dflow_err *err)
{
	enum digest_kind kind =
	    r->data[5] == ZONEMD_SHA384 ? DIGEST_SHA384 : DIGEST_SHA512;
	const uint8_t *apex = j->zone->apex;
	uint8_t digest[DIGEST_MAX];

	if (r->len != ZONEMD_FIXED_LEN + digest_len(kind)) {
		notes_add(&j->notes, apex, RRTYPE_ZONEMD,
		    "the digest has %u "
		    "bytes; hash %u has %zu",
		    r->len - ZONEMD_FIXED_LEN, r->data[5], digest_len(kind));
		return DFLOW_OK;
	}
	enum dflow_status st = zonemd_digest(j->zone, kind, digest, err);
	if (st != DFLOW_OK)
		return st;
	if (memcmp(digest, r->data + ZONEMD_FIXED_LEN, digest_len(kind)) != 0)
		notes_add(&j->notes, apex, RRTYPE_ZONEMD,
		    "the digest (scheme "
		    "1, hash %u) is not that of the zone",
		    r->data[5]);
	return DFLOW_OK;
}

static enum dflow_status
record_judge(struct judge *j, const struct rrset *set, const struct rdata *r,
    struct dflow_err *err)
{
	const uint8_t *apex = j->zone->apex;
	uint32_t soa = 0;

	if (r->len < ZONEMD_FIXED_LEN + ZONEMD_DIGEST_MIN) {
		notes_add(&j->notes, apex, RRTYPE_ZONEMD,
		    "the digest is shorter than 12 bytes");
		return DFLOW_OK;
	}
	uint32_t serial = (uint32_t)r->data[0] << 24 |
			  (uint32_t)r->data[1] << 16 |
			  (uint32_t)r->data[2] << 8 | r->data[3];
	if (soa_serial(j, &soa) && soa != serial) {
		notes_add(&j->notes, apex, RRTYPE_ZONEMD,
		    "it is for serial %u; the SOA has %u", serial, soa);
		return DFLOW_OK;
	}
	if (is_double(set, r)) {
		notes_add(&j->notes, apex, RRTYPE_ZONEMD,
		    "several records of scheme %u and hash %u", r->data[4],
		    r->data[5]);
		return DFLOW_OK;
	}
	if (r->data[4] != ZONEMD_SIMPLE ||
	    (r->data[5] != ZONEMD_SHA384 && r->data[5] != ZONEMD_SHA512))
		return DFLOW_OK;
	return digest_judge(j, r, err);
}

enum dflow_status
zonemd_judge(struct judge *j, struct dflow_err *err)
{
	const struct rrset *set = node_rrset(j->zone, j->apex, RRTYPE_ZONEMD);

	if (set == NULL)
		return DFLOW_OK;
	const uint8_t *p = set->rdata;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		enum dflow_status st = record_judge(j, set, &r, err);
		if (st != DFLOW_OK)
			return st;
	}
	return DFLOW_OK;
}
