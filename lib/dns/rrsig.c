/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the layout of RRSIG RDATA (RFC 4034 section 3.1) and of the bytes that
 * a signature covers (section 3.1.8.1). Says nothing on whether a signature
 * is right, timely or allowed.
 */
#include <string.h>

#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint8_t *
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, (uint16_t)(v >> 16)), (uint16_t)v);
}

bool
rrsig_view(const uint8_t *rdata, size_t len, struct rrsig *out)
{
	size_t signer_len;

	if (len < RRSIG_FIXED_LEN)
		return false;
	signer_len = name_check(rdata + RRSIG_FIXED_LEN, len - RRSIG_FIXED_LEN);
	if (signer_len == 0)
		return false;
	out->covered = get16(rdata);
	out->algorithm = rdata[2];
	out->labels = rdata[3];
	out->original_ttl = get32(rdata + 4);
	out->expiration = get32(rdata + 8);
	out->inception = get32(rdata + 12);
	out->tag = get16(rdata + 16);
	out->signer = rdata + RRSIG_FIXED_LEN;
	out->sig = out->signer + signer_len;
	out->sig_len = len - RRSIG_FIXED_LEN - signer_len;
	return true;
}

uint8_t
rrsig_labels(const uint8_t *owner)
{
	return (
	    uint8_t)(name_labels(owner) - (name_is_wildcard(owner) ? 1 : 0));
}

void
rrsig_put_head(struct buf *out, const struct rrsig *sig)
{
	uint8_t *start = buf_reserve(out, RRSIG_FIXED_LEN + NAME_MAX_LEN);
	uint8_t *p = start;

	if (p == NULL)
		return;
	p = put16(p, sig->covered);
	*p++ = sig->algorithm;
	*p++ = sig->labels;
	p = put32(p, sig->original_ttl);
	p = put32(p, sig->expiration);
	p = put32(p, sig->inception);
	p = put16(p, sig->tag);
	p += name_lower(p, sig->signer);
	out->len += (size_t)(p - start);
}

/*
 * The owner as it was signed, in lower case, with type, class and TTL behind
 * it: what each RR begins with. Returns its length.
 */
static size_t
rr_prefix(uint8_t *prefix, const struct rrsig *sig, const struct rrset *set)
{
	uint8_t *p = prefix;

	/* Labels that the signer did not count stood as one "*". */
	if (rrsig_labels(set->owner) > sig->labels) {
		*p++ = 1;
		*p++ = '*';
		p += name_lower(p, name_suffix(set->owner, sig->labels));
	} else {
		p += name_lower(p, set->owner);
	}
	p = put16(p, set->type);
	p = put16(p, 1); /* IN */
	p = put32(p, sig->original_ttl);
	return (size_t)(p - prefix);
}

void
rrsig_put_signed(
    struct buf *out, const struct rrsig *sig, const struct rrset *set)
{
	uint8_t prefix[2 + NAME_MAX_LEN + 8];
	size_t prefix_len = rr_prefix(prefix, sig, set);
	bool has_canon = rdata_has_canon(set->type);
	const uint8_t *at = set->rdata;
	uint32_t i;

	rrsig_put_head(out, sig);
	for (i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(at, &at);
		uint8_t *p = buf_reserve(out, prefix_len + 2 + r.len);

		if (p == NULL)
			return;
		memcpy(p, prefix, prefix_len);
		p = put16(p + prefix_len, r.len);
		if (has_canon)
			rdata_canon(set->type, r.data, r.len, p);
		else
			memcpy(p, r.data, r.len);
		out->len += prefix_len + 2 + r.len;
	}
}
