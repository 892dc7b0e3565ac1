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
#include "keys/keyfile.h"
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

/*
 * What is no secret: the timing metadata, all unset if there are none, and the
 * label of a key that is in a device (BIND's fields Engine and Label), else
 * "".
 */
DFLOW_NODISCARD enum dflow_status private_read_public(const char *file,
    const struct secret *text, struct keytimes *times,
    char label[KEYFILE_LABEL_MAX], struct dflow_err *err);

/*
 * A whole v1.3 file in a new secret; private_write_label's names a key in a
 * device, "DEVICE:...", and holds none.
 */
DFLOW_NODISCARD enum dflow_status private_write(EVP_PKEY *pkey,
    const struct alg *alg, const struct keytimes *times, struct secret **out,
    struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status private_write_label(const char *label,
    const struct alg *alg, const struct keytimes *times, struct secret **out,
    struct dflow_err *err);

#endif
