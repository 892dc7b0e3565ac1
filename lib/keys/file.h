/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signer behind a key file; signer_open leads here. */
#ifndef KEYS_FILE_H
#define KEYS_FILE_H

#include "base/err.h"
#include "keys/signer.h"

/* As signer_open, for the name of a key file. */
DFLOW_NODISCARD enum dflow_status file_signer_open(const char *name,
    const struct passphrase_source *pass, struct signer **out,
    struct dflow_err *err);

#endif
