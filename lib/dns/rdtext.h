/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RDATA as text, for dns/rrtext; and what its other writers share. */
#ifndef DNS_RDTEXT_H
#define DNS_RDTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "dns/rrset.h"

/*
 * Appends the presentation form. rdata has passed rdata_check. False, with
 * nothing appended, if the type is not written here, or if BIND, ldns, NSD
 * and Knot do not all read what would be written. When out is full the
 * answer means nothing: out->failed tells.
 */
bool rdtext_put(struct buf *out, uint16_t type, struct rdata rdata);

/* Appends the form for any type, "\# length hex" (RFC 3597 section 5). */
void rdtext_put_generic(struct buf *out, struct rdata rdata);

enum { RDTEXT_U32_MAX = 10 };
/* Writes v in decimal, at most RDTEXT_U32_MAX digits, no NUL; their count. */
size_t rdtext_u32(uint32_t v, char *out);

/* For dns/rdplace and dns/rdsvcb: each appends one thing. */
void rdtext_put_number(struct buf *out, uint32_t v);
/* An address of 4 or 16 bytes. */
void rdtext_put_addr(struct buf *out, const uint8_t *addr, size_t size);
/* Bytes as they stand between quotation marks. */
void rdtext_put_escaped(struct buf *out, const uint8_t *b, size_t n);

#endif
