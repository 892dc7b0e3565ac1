/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RRSIG RDATA and the bytes that a signature covers (RFC 4034 section 3). */
#ifndef DNS_RRSIG_H
#define DNS_RRSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "dns/rrset.h"

enum { RRSIG_FIXED_LEN = 18, RRSIG_SIG_MAX = 512 };

struct rrsig {
	const uint8_t *signer; /* a name */
	const uint8_t *sig;
	size_t sig_len;
	uint32_t original_ttl;
	uint32_t expiration; /* 32-bit serial times */
	uint32_t inception;
	uint16_t covered;
	uint16_t tag;
	uint8_t algorithm;
	uint8_t labels;
};

/* A view of RRSIG RDATA; false if it is too short or its signer not whole. */
bool rrsig_view(const uint8_t *rdata, size_t len, struct rrsig *out);

/* Labels of an owner as RRSIG counts them: no root, no leading "*". */
uint8_t rrsig_labels(const uint8_t *owner);

/* Appends the RDATA up to the signature (signer in lower case). */
void rrsig_put_head(struct buf *out, const struct rrsig *sig);

/*
 * Appends what is signed (RFC 4034 section 3.1.8.1): the head of the RRSIG
 * RDATA, then each RR in canonical form and order with the original TTL. An
 * owner with more labels than sig->labels is taken for the expansion of a
 * wildcard (RFC 4035 section 5.3.2). set->rdata is already in order.
 */
void rrsig_put_signed(
    struct buf *out, const struct rrsig *sig, const struct rrset *set);

#endif
