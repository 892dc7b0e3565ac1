/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only place for a passphrase, PIN or private key text: memory of a fixed
 * size, locked (when the limits allow it), left out of core dumps, wiped.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct secret {
	uint8_t *data; /* cap bytes, zero-filled at first */
	size_t len; /* bytes in use */
	size_t cap;
};

/* A secret of cap bytes (1 to 1 MiB); the caller frees it. */
DFLOW_NODISCARD enum dflow_status secret_new(
    size_t cap, struct secret **out, struct dflow_err *err);
/* Appends; DFLOW_FAILED when it does not fit. */
DFLOW_NODISCARD enum dflow_status secret_put(
    struct secret *s, const void *data, size_t len, struct dflow_err *err);
/* Wipes and releases; NULL is fine. Sets *s to NULL. */
void secret_free(struct secret **s);

#endif
