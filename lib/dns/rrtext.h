/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RRs as text. A type's own form is written where BIND, ldns, NSD and Knot all
 * read it back as the same bytes, else that of RFC 3597 section 5. Reading is
 * for key files; dns/reword and zone/load read zones.
 */
#ifndef DNS_RRTEXT_H
#define DNS_RRTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/rrset.h"

/* "owner<TAB>ttl<TAB>IN<TAB>TYPE<TAB>rdata\n"; failure is in out->failed. */
void rrtext_put(struct buf *out, const uint8_t *owner, uint32_t ttl,
    uint16_t type, struct rdata rdata);
/* The RDATA alone, without a newline. */
void rrtext_put_rdata(struct buf *out, uint16_t type, struct rdata rdata);
/* Every RR of the set, a line each. */
void rrtext_put_rrset(struct buf *out, const struct rrset *set);

/* One RR that was read; the caller's memory. */
struct rrtext {
	uint8_t owner[256];
	uint8_t rdata[65536];
	uint32_t ttl; /* ttl_default where the text has none */
	uint16_t type;
	uint16_t rdata_len;
	size_t line; /* of its beginning, from 1 */
};

/*
 * Reads text[0..len), a master file without $INCLUDE, and calls each for
 * every RR in turn until it does not return DFLOW_OK. Any line that is not
 * blank, a comment, $TTL, $ORIGIN or an RR of class IN fails with
 * "file:line: ...". The RR is a DNSKEY, CDNSKEY, DS, CDS or RRSIG, or in the
 * form of RFC 3597. Names are absolute (relative to the root).
 */
DFLOW_NODISCARD enum dflow_status rrtext_read(const char *file,
    const char *text, size_t len, uint32_t ttl_default,
    enum dflow_status (*each)(
	const struct rrtext *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err);

#endif
