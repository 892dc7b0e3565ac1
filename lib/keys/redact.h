/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes secrets out of what a device or a library says. */
#ifndef KEYS_REDACT_H
#define KEYS_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"

enum { REDACT_MAX = 8 };

/* Starts from zeroes; the secrets are borrowed. */
struct redact {
	const struct secret *secrets[REDACT_MAX];
	size_t count;
};

/* Adds one, unless it is NULL or empty; DFLOW_FAILED beyond REDACT_MAX. */
DFLOW_NODISCARD enum dflow_status redact_add(
    struct redact *r, const struct secret *s, struct dflow_err *err);

/*
 * Writes text and a NUL to out, at most size - 1 characters, with "[secret]"
 * for each secret in it: as it is, in either case of hex, percent-encoded,
 * JSON- or HTML-escaped, or base64. What would be cut is looked at first. Bytes
 * that are not printable ASCII become '.'. Returns the length.
 */
size_t redact_text(const struct redact *r, const void *text, size_t len,
    char *out, size_t size);

#endif
