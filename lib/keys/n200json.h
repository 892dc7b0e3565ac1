/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON (RFC 8259) read strictly, for n200.conf and what the N200 answers. */
#ifndef KEYS_N200JSON_H
#define KEYS_N200JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cJSON;

struct n200_json_fault {
	size_t line; /* from 1 */
	const char *why; /* "not JSON here" */
};

/*
 * Reads text, which needs no NUL, as one object with nothing behind it. False,
 * and fault is filled, for all else: also for bytes that are not UTF-8, \u0000
 * in a string, and deep nesting. Free *out by cJSON_Delete or n200_json_wipe.
 */
bool n200_json_parse(const void *text, size_t len, struct cJSON **out,
    struct n200_json_fault *fault);

/* Overwrites all strings of the tree and frees it. */
void n200_json_wipe(struct cJSON **tree);

/* True if the UTF-8 text has no control characters (C0, DEL, C1). */
bool n200_json_visible(const char *text);

/* What an object may hold. */
struct n200_json_shape {
	const char *file; /* for messages */
	const char *prefix; /* "sign." before the names there; "" */
	const char *const *names;
	size_t count;
};

/*
 * Sets out[i] to the object's member names[i], or NULL. DFLOW_FAILED, "file:
 * prefixNAME: ..." for a member that is unknown or there twice.
 */
DFLOW_NODISCARD enum dflow_status n200_json_members(
    const struct n200_json_shape *shape, const struct cJSON *object,
    const struct cJSON **out, struct dflow_err *err);

#endif
