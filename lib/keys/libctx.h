/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread's own instance of OpenSSL. */
#ifndef KEYS_LIBCTX_H
#define KEYS_LIBCTX_H

#include <openssl/types.h>

/*
 * A library context with the machine's OpenSSL configuration, for one thread:
 * OSSL_LIB_CTX_free. NULL where none can be had; that is OpenSSL's name for
 * the context that all threads share, which is as right, and slower.
 */
OSSL_LIB_CTX *libctx_new(void);

/* A copy of the private key that belongs to lib; NULL on failure. */
EVP_PKEY *libctx_pkey(OSSL_LIB_CTX *lib, const EVP_PKEY *pkey);

#endif
