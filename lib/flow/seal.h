/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seal of a published zone file: OUT.sha256, which holds the SHA-256 of
 * what was verified, in sha256sum's format. A file that still has that digest
 * needs not be verified again.
 */
#ifndef FLOW_SEAL_H
#define FLOW_SEAL_H

#include <stdint.h>

#include "base/err.h"

enum { SEAL_LEN = 32 };

/* Reads out's seal; the error says why there is none to go by. */
DFLOW_NODISCARD enum dflow_status seal_read(
    const char *out, uint8_t digest[SEAL_LEN], struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status seal_write(
    const char *out, const uint8_t digest[SEAL_LEN], struct dflow_err *err);

#endif
