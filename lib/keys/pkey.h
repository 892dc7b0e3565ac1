/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSL's keys (EVP_PKEY) and DNSKEY's, one from the other. */
#ifndef KEYS_PKEY_H
#define KEYS_PKEY_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "base/err.h"
#include "base/secret.h"
#include "dns/digest.h"
#include "dns/dnskey.h"

enum {
	PKEY_RSA_BYTES_MAX = 512, /* of a modulus */
	PKEY_FIELD_MAX = 4 + PKEY_RSA_BYTES_MAX,
	PKEY_PARTS = 8,
};

enum pkey_kind {
	PKEY_RSA,
	PKEY_EC,
	PKEY_ED,
};

/* What an algorithm does its work with. */
struct pkey_alg {
	uint8_t number;
	enum pkey_kind kind;
	enum digest_kind digest; /* not for PKEY_ED */
	const char *openssl; /* digest of RSA, else group or key type */
	size_t size; /* bytes of a number (EC) or a key (ED) */
	size_t sig_size; /* bytes of a signature; 0: the modulus's */
};

/* NULL for an algorithm that alg_find does not know either. */
const struct pkey_alg *pkey_alg(uint8_t number);

/* OpenSSL's names of RSA's numbers, in the order of struct pkey_part's array.
 */
extern const char *const pkey_rsa_params[PKEY_PARTS];

/*
 * OpenSSL's tables, which it makes on first use. It goes on without them when
 * memory ends just then, and crashes: so this comes before all else.
 */
DFLOW_NODISCARD enum dflow_status pkey_ready(struct dflow_err *err);

/* " (OpenSSL: reason)" of its last error, which is then forgotten. */
enum { PKEY_REASON_SIZE = 256 };
const char *pkey_reason(char out[PKEY_REASON_SIZE]);

/*
 * The public key. DFLOW_REFUSED if it is not a valid one: lengths (RFC 3110,
 * 6605, 8080), RSA moduli under 512 or over 4096 bits, exponents under 3 or
 * over 64 bits, points off their curve.
 */
DFLOW_NODISCARD enum dflow_status pkey_public(
    const struct dnskey *key, EVP_PKEY **out, struct dflow_err *err);

/* A number, big-endian; or an EdDSA private key. */
struct pkey_part {
	const uint8_t *data;
	size_t len;
};
/*
 * The private key of pub. parts are, of RSA, the modulus, the public and the
 * private exponent, both primes, both exponents, the coefficient; else the
 * private key alone. Whether it belongs to pub is pkey_belongs's to say.
 */
DFLOW_NODISCARD enum dflow_status pkey_private(const struct dnskey *pub,
    const struct pkey_part parts[PKEY_PARTS], EVP_PKEY **out,
    struct dflow_err *err);

/* DFLOW_REFUSED unless pkey is sound, and the private key of pub. */
DFLOW_NODISCARD enum dflow_status pkey_belongs(
    EVP_PKEY *pkey, const struct dnskey *pub, struct dflow_err *err);

/* A new key; bits are RSA's. */
DFLOW_NODISCARD enum dflow_status pkey_make(const struct pkey_alg *alg,
    unsigned bits, EVP_PKEY **out, struct dflow_err *err);

/* Writes the DNSKEY public key field; *len is its length. */
DFLOW_NODISCARD enum dflow_status pkey_field(EVP_PKEY *pkey,
    const struct pkey_alg *alg, uint8_t out[PKEY_FIELD_MAX], size_t *len,
    struct dflow_err *err);

/*
 * Part i, as pkey_private takes it, in a new secret. RSA has PKEY_PARTS of
 * them, the others one.
 */
DFLOW_NODISCARD enum dflow_status pkey_part_get(EVP_PKEY *pkey,
    const struct pkey_alg *alg, size_t i, struct secret **out,
    struct dflow_err *err);

#endif
