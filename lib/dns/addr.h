/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IP addresses as text, for dns/rdtext: fast, nothing allocated. */
#ifndef DNS_ADDR_H
#define DNS_ADDR_H

#include <stddef.h>
#include <stdint.h>

enum { ADDR_TEXT_MAX = 40 };

/* Writes the dotted form of 4 bytes, no NUL; the count of characters. */
size_t addr_text4(const uint8_t *addr, char out[ADDR_TEXT_MAX]);

/*
 * Writes 16 bytes as RFC 5952 has them, but never with a dotted end; no NUL.
 * The count of characters.
 */
size_t addr_text6(const uint8_t *addr, char out[ADDR_TEXT_MAX]);

#endif
