/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P-256 and P-384 by OpenSSL. */
#ifndef N200SIM_ECKEY_H
#define N200SIM_ECKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

enum {
	ECKEY_NUMBER_MAX = 48, /* bytes of a coordinate, r or s */
	ECKEY_DER_MAX = 128,
};

/* 256 or 384, else NULL. Free by EVP_PKEY_free. */
EVP_PKEY *eckey_new(unsigned bits);
/* From a private scalar of bits / 8 bytes; NULL if it is not in range. */
EVP_PKEY *eckey_from_scalar(const uint8_t *scalar, unsigned bits);
/* A private key in PEM of one of the two curves; NULL if it is not that. */
EVP_PKEY *eckey_read(const char *file);

/* X then Y, 2 * bits / 8 bytes; returns that. */
size_t eckey_point(EVP_PKEY *key, uint8_t out[2 * ECKEY_NUMBER_MAX]);

/* r then s over a digest, of 2 * bits / 8 bytes; returns that. */
size_t eckey_sign(EVP_PKEY *key, const uint8_t *digest, size_t len,
    uint8_t out[2 * ECKEY_NUMBER_MAX]);
/* r then s, each of n bytes, as DER; returns its length. */
size_t eckey_der(const uint8_t *raw, size_t n, uint8_t out[ECKEY_DER_MAX]);
/* SHA-256 for 256 bits, SHA-384 for 384; returns its length. */
size_t eckey_digest(
    unsigned bits, const void *data, size_t len, uint8_t out[ECKEY_NUMBER_MAX]);

#endif
