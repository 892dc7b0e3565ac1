/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signer behind a key file; signer_open leads here. */
#ifndef KEYS_FILE_H
#define KEYS_FILE_H

#include <openssl/types.h>

#include "base/err.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

/* As signer_open, for a key that is in a file. */
DFLOW_NODISCARD enum dflow_status file_signer_open(const struct keyfile *k,
    const struct passphrase_source *pass, struct signer **out,
    struct dflow_err *err);

/* The private key itself, of a pair of files; free by EVP_PKEY_free. */
DFLOW_NODISCARD enum dflow_status file_private(const struct keyfile *k,
    const struct passphrase_source *pass, EVP_PKEY **out,
    struct dflow_err *err);

#endif
