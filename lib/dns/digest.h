/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests, all OpenSSL's. */
#ifndef DNS_DIGEST_H
#define DNS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum digest_kind {
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
};

enum { DIGEST_MAX = 64, NSEC3_HASH_LEN = 20, NSEC3_ITERATIONS_MAX = 2500 };

size_t digest_len(enum digest_kind kind);

/* One digest, made piece by piece. */
struct digest;
DFLOW_NODISCARD enum dflow_status digest_new(
    enum digest_kind kind, struct digest **out, struct dflow_err *err);
void digest_add(struct digest *d, const void *data, size_t len);
/* Writes digest_len bytes; the digest may then be used again from the start. */
void digest_end(struct digest *d, uint8_t out[DIGEST_MAX]);
void digest_free(struct digest **d);

/* In one call. Thread-safe. */
void digest_once(enum digest_kind kind, const void *data, size_t len,
    uint8_t out[DIGEST_MAX]);

/* What an NSEC3 hash needs (RFC 5155 section 5); algorithm is SHA-1. */
struct nsec3_params {
	uint16_t iterations; /* further rounds; 0 is one SHA-1 */
	uint8_t salt_len;
	uint8_t salt[255];
};

/* d is a DIGEST_SHA1 of the calling thread; name in any letter case. */
void digest_nsec3(struct digest *d, const struct nsec3_params *p,
    const uint8_t *name, uint8_t out[NSEC3_HASH_LEN]);

#endif
