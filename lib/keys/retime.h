/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The times of a key that has its files already. */
#ifndef KEYS_RETIME_H
#define KEYS_RETIME_H

#include <stdint.h>

#include "base/err.h"
#include "keys/keyfile.h"

/*
 * Writes those of the times that which is a set of, bits 1 << enum keytime,
 * into the key's files, where BIND keeps them: fields of the .private file, and
 * comments in the .key file; in these alone if the .private file has no time
 * and they have. KEYTIME_UNSET takes one out. Each file is replaced whole and
 * keeps its mode; all else in it stays as it is. When one
 * fails, both are put back.
 */
DFLOW_NODISCARD enum dflow_status retime(const struct keyfile *k,
    const struct keytimes *times, uint32_t which, struct dflow_err *err);

#endif
