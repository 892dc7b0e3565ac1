/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zone digest (RFC 8976 section 3.3, scheme SIMPLE of section 3.3.1): all
 * RRs of the zone in canonical form and order, glue and signatures with them,
 * but for what lies outside the zone, the apex's ZONEMD and its RRSIGs.
 */
#include "zone/zonemd.h"

#include "base/buf.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rrtype.h"

enum { CLASS_IN = 1 };

/* The digest is fed in pieces of about this size. */
#define PIECE_LEN ((size_t)64 * 1024)

static bool
is_left_out(const struct rrset *set, bool at_apex)
{
	uint16_t type = set->type;

	if (type == RRTYPE_RRSIG)
		type = rrset_covered(set);
	return at_apex && type == RRTYPE_ZONEMD;
}

/* Appends the RRset's RRs in canonical form; feeds the digest on the way. */
static void
put_rrset(const struct rrset *set, struct buf *out, struct digest *d)
{
	const uint8_t *p = set->rdata;
	uint8_t owner[NAME_MAX_LEN];
	size_t owner_len = name_lower(owner, set->owner);
	uint8_t *to;

	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		buf_put(out, owner, owner_len);
		buf_u16(out, set->type);
		buf_u16(out, CLASS_IN);
		buf_u32(out, set->ttl);
		buf_u16(out, r.len);
		to = r.len == 0 ? NULL : buf_reserve(out, r.len);
		if (to != NULL) {
			rdata_canon(set->type, r.data, r.len, to);
			out->len += r.len;
		}
		if (out->len >= PIECE_LEN && !out->failed) {
			digest_add(d, out->data, out->len);
			buf_reset(out);
		}
	}
}

enum dflow_status
zonemd_digest(const struct zone *z, enum digest_kind kind,
    uint8_t out[DIGEST_MAX], struct dflow_err *err)
{
	const struct node *apex = zone_apex(z);
	struct digest *d = NULL;
	enum dflow_status st;
	struct buf text;

	st = digest_new(kind, &d, err);
	if (st != DFLOW_OK)
		return st;
	buf_init(&text, 2 * (PIECE_LEN + RDATA_MAX_LEN));
	for (size_t i = 0; i < z->node_count; i++) {
		const struct node *n = &z->nodes[i];

		if (n->kind == NODE_OUTSIDE)
			continue;
		for (size_t k = n->first; k < (size_t)n->first + n->count; k++)
			if (!is_left_out(&z->rrsets[k], n == apex))
				put_rrset(&z->rrsets[k], &text, d);
	}
	st = buf_check(&text, "the zone digest", err);
	if (st == DFLOW_OK) {
		digest_add(d, text.data, text.len);
		digest_end(d, out);
	}
	buf_free(&text);
	digest_free(&d);
	return st;
}
