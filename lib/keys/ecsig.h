/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two forms of an ECDSA signature: OpenSSL's DER, and r||s (RFC 6605). */
#ifndef KEYS_ECSIG_H
#define KEYS_ECSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n, the bytes of r and of s, is 32 or 48. */
enum { ECSIG_N_MAX = 48, ECSIG_DER_MAX = 2 + 2 * (2 + 1 + ECSIG_N_MAX) };

/*
 * Writes the 2 * n bytes of r||s. False for anything but the one DER encoding
 * of two positive numbers that fit, with nothing behind.
 */
bool ecsig_from_der(const uint8_t *der, size_t len, size_t n, uint8_t *out);
/* Writes the DER encoding of the 2 * n bytes at sig; returns its length. */
size_t ecsig_to_der(const uint8_t *sig, size_t n, uint8_t out[ECSIG_DER_MAX]);

#endif
