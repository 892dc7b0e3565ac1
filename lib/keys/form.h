/* SPDX-License-Identifier: GPL-3.0-or-later */
/* application/x-www-form-urlencoded, as POST bodies want it, and URL paths. */
#ifndef KEYS_FORM_H
#define KEYS_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"

/*
 * Appends name=value, behind a '&' unless body is empty; what is not
 * unreserved (RFC 3986 section 2.3) as %XX. DFLOW_FAILED if it does not fit.
 */
DFLOW_NODISCARD enum dflow_status form_put(struct secret *body,
    const char *name, const void *value, size_t len, struct dflow_err *err);

/*
 * Appends "/part" to the path, which has a NUL, percent-encoded likewise;
 * false if that exceeds size. "." and ".." cannot be said in a path: false.
 * An empty part ends the path with a '/'.
 */
bool form_path(char *path, size_t size, const char *part);

#endif
