/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eckey.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

EVP_PKEY *
eckey_new(unsigned bits)
{
	if (bits != 256 && bits != 384)
		return NULL;
	return EVP_EC_gen(bits == 256 ? "P-256" : "P-384");
}

/* 04 X Y of the scalar's point; 0 if the scalar is not in range. */
static size_t
scalar_point(const BIGNUM *scalar, unsigned bits, uint8_t *out, size_t size)
{
	int nid = bits == 256 ? NID_X9_62_prime256v1 : NID_secp384r1;
	EC_GROUP *group = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *point = NULL;
	size_t len = 0;

	if (group == NULL)
		abort();
	point = EC_POINT_new(group);
	if (!BN_is_zero(scalar) &&
	    BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 &&
	    EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1)
		len = EC_POINT_point2oct(group, point,
		    POINT_CONVERSION_UNCOMPRESSED, out, size, NULL);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return len;
}

EVP_PKEY *
eckey_from_scalar(const uint8_t *scalar, unsigned bits)
{
	BIGNUM *number = BN_bin2bn(scalar, (int)bits / 8, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	uint8_t point[1 + 2 * ECKEY_NUMBER_MAX];
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	size_t len = 0;

	if (number == NULL || build == NULL || ctx == NULL)
		abort();
	len = scalar_point(number, bits, point, sizeof(point));
	if (len == 0)
		goto out;
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
	    bits == 256 ? "P-256" : "P-384", 0);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
	OSSL_PARAM_BLD_push_octet_string(
	    build, OSSL_PKEY_PARAM_PUB_KEY, point, len);
	params = OSSL_PARAM_BLD_to_param(build);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
out:
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_clear_free(number);
	return key;
}

EVP_PKEY *
eckey_read(const char *file)
{
	FILE *f = fopen(file, "r");
	EVP_PKEY *key = NULL;

	if (f == NULL)
		return NULL;
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	if (key != NULL && (EVP_PKEY_is_a(key, "EC") != 1 ||
			       (EVP_PKEY_get_bits(key) != 256 &&
				   EVP_PKEY_get_bits(key) != 384))) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

size_t
eckey_point(EVP_PKEY *key, uint8_t out[2 * ECKEY_NUMBER_MAX])
{
	int n = EVP_PKEY_get_bits(key) / 8;
	BIGNUM *x = NULL;
	BIGNUM *y = NULL;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1 ||
	    BN_bn2binpad(x, out, n) != n || BN_bn2binpad(y, out + n, n) != n)
		abort();
	BN_free(x);
	BN_free(y);
	return 2 * (size_t)n;
}

size_t
eckey_sign(EVP_PKEY *key, const uint8_t *digest, size_t len,
    uint8_t out[2 * ECKEY_NUMBER_MAX])
{
	int n = EVP_PKEY_get_bits(key) / 8;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t der[ECKEY_DER_MAX];
	const uint8_t *at = der;
	size_t der_len = sizeof(der);
	ECDSA_SIG *sig = NULL;

	if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_sign(ctx, der, &der_len, digest, len) != 1)
		abort();
	sig = d2i_ECDSA_SIG(NULL, &at, (long)der_len);
	if (sig == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, n) != n ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + n, n) != n)
		abort();
	ECDSA_SIG_free(sig);
	EVP_PKEY_CTX_free(ctx);
	return 2 * (size_t)n;
}

size_t
eckey_der(const uint8_t *raw, size_t n, uint8_t out[ECKEY_DER_MAX])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *at = out;
	int len = 0;

	if (sig == NULL || ECDSA_SIG_set0(sig, BN_bin2bn(raw, (int)n, NULL),
			       BN_bin2bn(raw + n, (int)n, NULL)) != 1)
		abort();
	len = i2d_ECDSA_SIG(sig, &at);
	if (len <= 0 || len > ECKEY_DER_MAX)
		abort();
	ECDSA_SIG_free(sig);
	return (size_t)len;
}

size_t
eckey_digest(
    unsigned bits, const void *data, size_t len, uint8_t out[ECKEY_NUMBER_MAX])
{
	const EVP_MD *md = bits == 256 ? EVP_sha256() : EVP_sha384();
	unsigned n = 0;

	if (EVP_Digest(data, len, out, &n, md, NULL) != 1)
		abort();
	return n;
}
