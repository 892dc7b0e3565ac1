/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a key that has its files already. */
#ifndef KEYS_RETIME_H
#define KEYS_RETIME_H

#include <stdint.h>

#include "base/err.h"
#include "keys/keyfile.h"

/*
 * Writes the Inactive and Delete times into the key's files, where BIND keeps
 * them: fields of the .private file, and comments in the .key file; in these
 * alone if the .private file has no time and they have. KEYTIME_UNSET takes one
 * out. Each file is replaced whole and keeps its mode; all else in it stays as
 * it is. When the second one fails, the first is put back.
 */
DFLOW_NODISCARD enum dflow_status retime(const struct keyfile *k,
    int64_t inactive, int64_t remove, struct dflow_err *err);

#endif
