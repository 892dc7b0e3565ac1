/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns OpenSSL's library contexts. Each signature asks for random numbers, and
 * OpenSSL 3.0 looks up their source under a lock of the context: two threads
 * in one context spend 8 % of their time on that lock's way between cores, and
 * more threads more. So each has a context of its own (2 ms to set up).
 */
#include "keys/libctx.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

OSSL_LIB_CTX *
libctx_new(void)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	char *config = CONF_get1_default_config_file();

	/* It may set providers and properties; a machine may have none. */
	if (lib != NULL && config != NULL)
		(void)OSSL_LIB_CTX_load_config(lib, config);
	OPENSSL_free(config);
	ERR_clear_error();
	return lib;
}

EVP_PKEY *
libctx_pkey(OSSL_LIB_CTX *lib, const EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *copy = NULL;

	if (EVP_PKEY_todata(pkey, EVP_PKEY_KEYPAIR, &params) != 1)
		return NULL;
	ctx = EVP_PKEY_CTX_new_from_name(
	    lib, EVP_PKEY_get0_type_name(pkey), NULL);
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &copy, EVP_PKEY_KEYPAIR, params) != 1) {
		EVP_PKEY_free(copy);
		copy = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return copy;
}
