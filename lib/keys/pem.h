/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private keys in PEM: PKCS#8, under a passphrase or not (RFC 5958, 7468). */
#ifndef KEYS_PEM_H
#define KEYS_PEM_H

#include <openssl/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "keys/signer.h"

/*
 * The one private key of the text. Asks for a passphrase if it is encrypted;
 * DFLOW_FAILED for a wrong one.
 */
DFLOW_NODISCARD enum dflow_status pem_read(const char *file,
    const struct secret *text, const struct passphrase_source *pass,
    EVP_PKEY **out, struct dflow_err *err);

/* Appends the key under the passphrase: PBES2, scrypt, AES-256-CBC. */
DFLOW_NODISCARD enum dflow_status pem_write(EVP_PKEY *pkey,
    const struct secret *pass, struct buf *out, struct dflow_err *err);

#endif
