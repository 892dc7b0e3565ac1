/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about DNSKEY RDATA (RFC 4034 section 2) and DS (section 5). */
#ifndef DNS_DNSKEY_H
#define DNS_DNSKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	DNSKEY_FLAG_ZONE = 0x0100,
	DNSKEY_FLAG_REVOKE = 0x0080, /* RFC 5011 */
	DNSKEY_FLAG_SEP = 0x0001,
	DNSKEY_PROTOCOL = 3,
	DNSKEY_RDATA_MAX = 2052, /* what we sign with or request */
};

/* Algorithm numbers (IANA DNS Security Algorithm Numbers). */
enum {
	ALG_RSASHA1 = 5,
	ALG_RSASHA1_NSEC3 = 7,
	ALG_RSASHA256 = 8,
	ALG_RSASHA512 = 10,
	ALG_ECDSAP256 = 13,
	ALG_ECDSAP384 = 14,
	ALG_ED25519 = 15,
	ALG_ED448 = 16,
};

struct alg {
	uint8_t number;
	bool signs; /* else for verifying only (RFC 8624, 9905) */
	const char *mnemonic; /* ECDSAP256SHA256 */
	unsigned bits_min; /* RSA; else both are the one size */
	unsigned bits_max;
	unsigned bits_default;
};

/* NULL for an algorithm that is not 5, 7, 8, 10, 13, 14, 15, 16. */
const struct alg *alg_find(uint8_t number);
/* Reads a number or a mnemonic (either case; RSASHA1 forms too); or NULL. */
const struct alg *alg_parse(const char *text);

/* A view of DNSKEY (or CDNSKEY) RDATA; it owns nothing. */
struct dnskey {
	const uint8_t *rdata;
	size_t rdata_len;
	const uint8_t *key; /* the public key field */
	size_t key_len;
	uint16_t flags;
	uint16_t tag;
	uint8_t protocol;
	uint8_t algorithm;
};

/* False if rdata is shorter than 5 bytes. */
bool dnskey_view(const uint8_t *rdata, size_t len, struct dnskey *out);
/* RFC 4034 appendix B; algorithm 1 is not treated. */
uint16_t dnskey_tag(const uint8_t *rdata, size_t len);
/* The tag that the key would have with its REVOKE bit turned over. */
uint16_t dnskey_tag_revoked(const uint8_t *rdata, size_t len);
/* Same algorithm, protocol and public key; flags aside. */
bool dnskey_same_key(const struct dnskey *a, const struct dnskey *b);
/* Key size in bits as people say it (RSA modulus, 256, 384, 256, 456). */
unsigned dnskey_bits(const struct dnskey *key);
/*
 * DFLOW_REFUSED with the reason if the public key field is not well-formed
 * for its algorithm (RFC 3110, 6605, 8080) or its size is out of bounds.
 * Whether the point is on the curve is keys/verifier's to say.
 */
DFLOW_NODISCARD enum dflow_status dnskey_check(
    const struct dnskey *key, struct dflow_err *err);

enum { DS_RDATA_MAX = 4 + 64 };
/*
 * Writes DS RDATA (tag, algorithm, digest type, digest); digest_type is 1, 2
 * or 4. Returns the length, or 0 for another digest type.
 */
size_t dnskey_ds(const uint8_t *owner, const struct dnskey *key,
    uint8_t digest_type, uint8_t out[DS_RDATA_MAX]);

#endif
