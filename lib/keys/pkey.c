/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the way between DNSKEY's public key field (RFC 3110 section 2, 6605
 * section 4, 8080 section 3) and OpenSSL's keys. Refuses every public key that
 * is not valid or whose size would let it cost more than a key may. Private
 * numbers pass through struct secret and OpenSSL's own wiped memory alone.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "keys/pkey.h"

enum {
	RSA_BITS_MIN = 512, /* to verify; alg_find's bounds hold to sign */
	EXPONENT_BYTES_MAX = 8,
	EC_BYTES_MAX = 48,
};

static const struct pkey_alg algs[] = {
    {ALG_RSASHA1, PKEY_RSA, DIGEST_SHA1, "SHA1", 0, 0},
    {ALG_RSASHA1_NSEC3, PKEY_RSA, DIGEST_SHA1, "SHA1", 0, 0},
    {ALG_RSASHA256, PKEY_RSA, DIGEST_SHA256, "SHA256", 0, 0},
    {ALG_RSASHA512, PKEY_RSA, DIGEST_SHA512, "SHA512", 0, 0},
    {ALG_ECDSAP256, PKEY_EC, DIGEST_SHA256, "P-256", 32, 64},
    {ALG_ECDSAP384, PKEY_EC, DIGEST_SHA384, "P-384", 48, 96},
    {ALG_ED25519, PKEY_ED, DIGEST_SHA512, "ED25519", 32, 64},
    {ALG_ED448, PKEY_ED, DIGEST_SHA512, "ED448", 57, 114},
};

/* In the order of struct pkey_part's array. */
const char *const pkey_rsa_params[PKEY_PARTS] = {
    OSSL_PKEY_PARAM_RSA_N,
    OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,
    OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,
    OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2,
    OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

const struct pkey_alg *
pkey_alg(uint8_t number)
{
	size_t i;

	for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (algs[i].number == number)
			return &algs[i];
	return NULL;
}

enum dflow_status
pkey_ready(struct dflow_err *err)
{
	if (OPENSSL_init_crypto(0, NULL) != 1 ||
	    OSSL_LIB_CTX_get0_global_default() == NULL)
		return err_memory(err);
	return DFLOW_OK;
}

const char *
pkey_reason(char out[PKEY_REASON_SIZE])
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	out[0] = '\0';
	if (why != NULL)
		snprintf(out, PKEY_REASON_SIZE, " (OpenSSL: %s)", why);
	return out;
}

static enum dflow_status
refuse(const struct dnskey *key, const char *why, struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];

	return err_set(err, DFLOW_REFUSED,
	    "key %u of algorithm %u: %s%s; "
	    "it is damaged, make or fetch it anew",
	    (unsigned)key->tag, (unsigned)key->algorithm, why,
	    pkey_reason(reason));
}

/* Makes a key of that type from parameters. */
static EVP_PKEY *
from_params(const char *type, int selection, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, selection, params) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/*
 * Adds a number to the builder. Its BIGNUM, which *bn then holds, must live
 * until the parameters are made. It is marked as secure, so that the
 * parameters' copy is wiped too.
 */
static bool
push_number(
    OSSL_PARAM_BLD *bld, const char *name, struct pkey_part part, BIGNUM **bn)
{
	*bn = BN_secure_new();
	return *bn != NULL && part.len <= PKEY_RSA_BYTES_MAX &&
	       BN_bin2bn(part.data, (int)part.len, *bn) != NULL &&
	       OSSL_PARAM_BLD_push_BN(bld, name, *bn) == 1;
}

static EVP_PKEY *
rsa_from_parts(const struct pkey_part *parts, size_t count)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn[PKEY_PARTS] = {NULL};
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;
	size_t i;

	if (bld == NULL)
		goto out;
	for (i = 0; i < count; i++)
		if (!push_number(bld, pkey_rsa_params[i], parts[i], &bn[i]))
			goto out;
	params = OSSL_PARAM_BLD_to_param(bld);
	if (params == NULL)
		goto out;
	pkey = from_params(
	    "RSA", count == 2 ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params);
out:
	OSSL_PARAM_free(params);
	for (i = 0; i < PKEY_PARTS; i++)
		BN_clear_free(bn[i]);
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

/* Splits an RSA key field; false unless it is in RFC 3110's one form. */
static bool
rsa_split(const struct dnskey *key, struct pkey_part out[2])
{
	const uint8_t *p = key->key;
	size_t left = key->key_len, head = 1, len;

	if (left < 1)
		return false;
	len = p[0];
	if (len == 0) {
		head = 3;
		if (left < head)
			return false;
		len = (size_t)p[1] << 8 | p[2];
		if (len < 256)
			return false;
	}
	if (left - head <= len)
		return false;
	out[1] = (struct pkey_part){p + head, len};
	out[0] = (struct pkey_part){p + head + len, left - head - len};
	return out[0].data[0] != 0 && out[1].data[0] != 0;
}

static unsigned
bits_of(struct pkey_part n)
{
	unsigned bits = (unsigned)n.len * 8;
	uint8_t top = n.data[0];

	for (; (top & 0x80) == 0; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

/* Why OpenSSL shall not see this key; NULL if it may. */
static const char *
rsa_fault(struct pkey_part n, struct pkey_part e)
{
	if (n.len > PKEY_RSA_BYTES_MAX || bits_of(n) < RSA_BITS_MIN)
		return "its RSA modulus is not of 512 to 4096 bits";
	if (e.len > EXPONENT_BYTES_MAX)
		return "its RSA exponent exceeds 64 bits";
	if ((n.data[n.len - 1] & 1) == 0)
		return "its RSA modulus is even";
	if ((e.data[e.len - 1] & 1) == 0 || (e.len == 1 && e.data[0] < 3))
		return "its RSA exponent is even or 1";
	return NULL;
}

static enum dflow_status
rsa_public(const struct dnskey *key, EVP_PKEY **out, struct dflow_err *err)
{
	struct pkey_part parts[2];
	const char *fault;
	EVP_PKEY *pkey;

	if (!rsa_split(key, parts))
		return refuse(key, "its RSA key field is malformed", err);
	fault = rsa_fault(parts[0], parts[1]);
	if (fault != NULL)
		return refuse(key, fault, err);
	pkey = rsa_from_parts(parts, 2);
	if (pkey == NULL)
		return refuse(key, "it is not an RSA key", err);
	*out = pkey;
	return DFLOW_OK;
}

/* priv is NULL for a public key. The point's validity OpenSSL checks. */
static EVP_PKEY *
ec_from_parts(const struct pkey_alg *alg, const uint8_t *pub,
    const struct pkey_part *priv)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	uint8_t point[1 + 2 * EC_BYTES_MAX];
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;
	BIGNUM *bn = NULL;

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, pub, 2 * alg->size);
	if (bld == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(
		bld, OSSL_PKEY_PARAM_GROUP_NAME, alg->openssl, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(
		bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * alg->size) != 1)
		goto out;
	if (priv != NULL &&
	    !push_number(bld, OSSL_PKEY_PARAM_PRIV_KEY, *priv, &bn))
		goto out;
	params = OSSL_PARAM_BLD_to_param(bld);
	if (params == NULL)
		goto out;
	pkey = from_params("EC",
	    priv == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params);
out:
	OSSL_PARAM_free(params);
	BN_clear_free(bn);
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

enum dflow_status
pkey_public(const struct dnskey *key, EVP_PKEY **out, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(key->algorithm);
	EVP_PKEY *pkey;

	if (alg == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "key %u: algorithm %u is "
		    "not supported",
		    (unsigned)key->tag, (unsigned)key->algorithm);
	if (pkey_ready(err) != DFLOW_OK)
		return DFLOW_FAILED;
	if (alg->kind == PKEY_RSA)
		return rsa_public(key, out, err);
	if (key->key_len != (alg->kind == PKEY_EC ? 2 : 1) * alg->size)
		return refuse(key, "its public key has a wrong length", err);
	if (alg->kind == PKEY_EC)
		pkey = ec_from_parts(alg, key->key, NULL);
	else
		pkey = EVP_PKEY_new_raw_public_key_ex(
		    NULL, alg->openssl, NULL, key->key, key->key_len);
	if (pkey == NULL)
		return refuse(
		    key, "its public key is no point of the curve", err);
	*out = pkey;
	return DFLOW_OK;
}

enum dflow_status
pkey_private(const struct dnskey *pub, const struct pkey_part parts[PKEY_PARTS],
    EVP_PKEY **out, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(pub->algorithm);
	EVP_PKEY *check = NULL, *pkey;
	enum dflow_status status;

	/* The lengths of pub are relied on below. */
	status = pkey_public(pub, &check, err);
	if (status != DFLOW_OK)
		return status;
	EVP_PKEY_free(check);
	switch (alg->kind) {
	case PKEY_RSA:
		pkey = rsa_from_parts(parts, PKEY_PARTS);
		break;
	case PKEY_EC:
		pkey = ec_from_parts(alg, pub->key, &parts[0]);
		break;
	case PKEY_ED:
	default:
		pkey = EVP_PKEY_new_raw_private_key_ex(
		    NULL, alg->openssl, NULL, parts[0].data, parts[0].len);
		break;
	}
	if (pkey == NULL)
		return refuse(pub, "its private key is malformed", err);
	*out = pkey;
	return DFLOW_OK;
}

enum dflow_status
pkey_belongs(EVP_PKEY *pkey, const struct dnskey *pub, struct dflow_err *err)
{
	const struct pkey_alg *alg = pkey_alg(pub->algorithm);
	enum dflow_status status;
	EVP_PKEY *check = NULL;
	EVP_PKEY_CTX *ctx;
	bool sound = true;

	status = pkey_public(pub, &check, err);
	if (status != DFLOW_OK)
		return status;
	if (EVP_PKEY_eq(pkey, check) != 1) {
		EVP_PKEY_free(check);
		ERR_clear_error();
		return err_set(err, DFLOW_REFUSED,
		    "the private key is not "
		    "that of key %u of algorithm %u; files of two keys are "
		    "mixed up",
		    (unsigned)pub->tag, (unsigned)pub->algorithm);
	}
	EVP_PKEY_free(check);
	if (alg->kind != PKEY_ED) {
		/* EdDSA's public key was derived, there is no more to see. */
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
		sound = ctx != NULL && EVP_PKEY_check(ctx) == 1;
		EVP_PKEY_CTX_free(ctx);
	}
	if (!sound)
		return refuse(pub,
		    "its private key does not fit the public "
		    "one",
		    err);
	return DFLOW_OK;
}
