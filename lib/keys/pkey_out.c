/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the making of keys, and the way out of OpenSSL's keys: DNSKEY's public
 * key field (RFC 3110 section 2, 6605 section 4, 8080 section 3) and the
 * private numbers, which pass through struct secret and OpenSSL's own wiped
 * memory alone.
 */
#include <stdbool.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "keys/pkey.h"

enum dflow_status
pkey_make(const struct pkey_alg *alg, unsigned bits, EVP_PKEY **out,
    struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];
	EVP_PKEY *pkey;

	if (pkey_ready(err) != DFLOW_OK)
		return DFLOW_FAILED;
	switch (alg->kind) {
	case PKEY_RSA:
		/* The public exponent is OpenSSL's default, 65537. */
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
		break;
	case PKEY_EC:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", alg->openssl);
		break;
	case PKEY_ED:
	default:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, alg->openssl);
		break;
	}
	if (pkey == NULL)
		return err_set(err, DFLOW_FAILED,
		    "no key of algorithm %u "
		    "could be made%s",
		    (unsigned)alg->number, pkey_reason(reason));
	*out = pkey;
	return DFLOW_OK;
}

/* Writes exactly len bytes, or as many as the number has if len is 0. */
static bool
number_get(EVP_PKEY *pkey, const char *name, size_t len, struct secret *out)
{
	BIGNUM *bn = NULL;
	bool ok = false;
	size_t want;

	if (EVP_PKEY_get_bn_param(pkey, name, &bn) == 1) {
		want = len != 0 ? len : (size_t)BN_num_bytes(bn);
		ok = want <= out->cap &&
		     BN_bn2binpad(bn, out->data, (int)want) == (int)want;
		out->len = want;
	}
	BN_clear_free(bn);
	return ok;
}

static bool
part_get(
    EVP_PKEY *pkey, const struct pkey_alg *alg, size_t i, struct secret *out)
{
	switch (alg->kind) {
	case PKEY_RSA:
		return number_get(pkey, pkey_rsa_params[i], 0, out);
	case PKEY_EC:
		return number_get(
		    pkey, OSSL_PKEY_PARAM_PRIV_KEY, alg->size, out);
	case PKEY_ED:
	default:
		/* EVP_PKEY_get_raw_private_key leaves a copy behind. */
		return EVP_PKEY_get_octet_string_param(pkey,
			   OSSL_PKEY_PARAM_PRIV_KEY, out->data, out->cap,
			   &out->len) == 1;
	}
}

enum dflow_status
pkey_part_get(EVP_PKEY *pkey, const struct pkey_alg *alg, size_t i,
    struct secret **out, struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];
	struct secret *s = NULL;
	enum dflow_status status;

	status = secret_new(PKEY_RSA_BYTES_MAX, &s, err);
	if (status != DFLOW_OK)
		return status;
	if (!part_get(pkey, alg, i, s)) {
		secret_free(&s);
		return err_set(err, DFLOW_FAILED,
		    "a private key of algorithm "
		    "%u cannot be read out%s",
		    (unsigned)alg->number, pkey_reason(reason));
	}
	*out = s;
	return DFLOW_OK;
}

/* A public number; len as for number_get. Returns its bytes, 0 on failure. */
static size_t
public_get(EVP_PKEY *pkey, const char *name, size_t len,
    uint8_t out[PKEY_RSA_BYTES_MAX])
{
	BIGNUM *bn = NULL;
	size_t want = 0;

	if (EVP_PKEY_get_bn_param(pkey, name, &bn) == 1) {
		want = len != 0 ? len : (size_t)BN_num_bytes(bn);
		if (want > PKEY_RSA_BYTES_MAX ||
		    BN_bn2binpad(bn, out, (int)want) != (int)want)
			want = 0;
	}
	BN_free(bn);
	return want;
}

static size_t
rsa_field(EVP_PKEY *pkey, uint8_t out[PKEY_FIELD_MAX])
{
	uint8_t n[PKEY_RSA_BYTES_MAX], e[PKEY_RSA_BYTES_MAX];
	size_t n_len, e_len;

	n_len = public_get(pkey, OSSL_PKEY_PARAM_RSA_N, 0, n);
	e_len = public_get(pkey, OSSL_PKEY_PARAM_RSA_E, 0, e);
	if (n_len == 0 || e_len == 0 || e_len > 3)
		return 0;
	out[0] = (uint8_t)e_len;
	memcpy(out + 1, e, e_len);
	memcpy(out + 1 + e_len, n, n_len);
	return 1 + e_len + n_len;
}

static size_t
ec_field(EVP_PKEY *pkey, size_t size, uint8_t out[PKEY_FIELD_MAX])
{
	uint8_t number[PKEY_RSA_BYTES_MAX];

	if (public_get(pkey, OSSL_PKEY_PARAM_EC_PUB_X, size, number) != size)
		return 0;
	memcpy(out, number, size);
	if (public_get(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size, number) != size)
		return 0;
	memcpy(out + size, number, size);
	return 2 * size;
}

enum dflow_status
pkey_field(EVP_PKEY *pkey, const struct pkey_alg *alg,
    uint8_t out[PKEY_FIELD_MAX], size_t *len, struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];
	size_t n = 0;

	if (alg->kind == PKEY_RSA) {
		n = rsa_field(pkey, out);
	} else if (alg->kind == PKEY_EC) {
		n = ec_field(pkey, alg->size, out);
	} else {
		n = PKEY_FIELD_MAX;
		if (EVP_PKEY_get_raw_public_key(pkey, out, &n) != 1)
			n = 0;
	}
	if (n == 0)
		return err_set(err, DFLOW_FAILED,
		    "a public key of algorithm "
		    "%u cannot be read out%s",
		    (unsigned)alg->number, pkey_reason(reason));
	*len = n;
	return DFLOW_OK;
}
