/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is inside an RDATA: is it well-formed, where its names are, its
 * canonical form (RFC 4034 section 6.2 with RFC 6840 section 5.1).
 */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RDATA_MAX_LEN = 65535 };

/*
 * True if data[0..len) is well-formed for the type: fields of their right
 * sizes, whole names, nothing behind. Unknown types always are.
 */
bool rdata_check(uint16_t type, const uint8_t *data, size_t len);

/*
 * Writes the canonical form, which is as long as data, to out: names in lower
 * case for the types that RFC 4034 section 6.2 lists (but NSEC, RFC 6840
 * section 5.1, and HINFO, which has no names); all other types unchanged.
 * data must have passed rdata_check.
 */
void rdata_canon(uint16_t type, const uint8_t *data, size_t len, uint8_t *out);

/* True if rdata_canon of this type may differ from its input. */
bool rdata_has_canon(uint16_t type);

/* Canonical order of two RDATA (RFC 4034 section 6.3): <0, 0, >0. */
int rdata_cmp(uint16_t type, const uint8_t *a, size_t a_len, const uint8_t *b,
    size_t b_len);

#endif
