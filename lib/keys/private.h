/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BIND's private key file: Private-key-format v1.2 and v1.3. */
#ifndef KEYS_PRIVATE_H
#define KEYS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/types.h>

#include "base/err.h"
#include "base/secret.h"
#include "dns/dnskey.h"
#include "keys/keytimes.h"

enum { PRIVATE_FILE_MAX = 65536 };

/* True if text begins as private key files do, BIND's or PEM. */
bool private_marked(const void *text, size_t len);

/*
 * The private key of pub; DFLOW_FAILED "file:line: ..." if the text is not a
 * whole one of pub's algorithm. Whether it belongs to pub is pkey_belongs's
 * to say.
 */
DFLOW_NODISCARD enum dflow_status private_read(const char *file,
    const struct secret *text, const struct dnskey *pub, EVP_PKEY **out,
    struct dflow_err *err);

/* The timing metadata alone; all unset if there are none. */
DFLOW_NODISCARD enum dflow_status private_read_times(const char *file,
    const struct secret *text, struct keytimes *out, struct dflow_err *err);

/* A whole v1.3 file in a new secret. */
DFLOW_NODISCARD enum dflow_status private_write(EVP_PKEY *pkey,
    const struct alg *alg, const struct keytimes *times, struct secret **out,
    struct dflow_err *err);

#endif
