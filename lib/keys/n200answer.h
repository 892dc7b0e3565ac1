/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every answer of the N200 must be, and facts in it. */
#ifndef KEYS_N200ANSWER_H
#define KEYS_N200ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/n200.h"
#include "keys/https.h"
#include "keys/redact.h"

struct cJSON;

/*
 * Takes an answer to command: status 2xx, a JSON object and nothing behind
 * it, the command echoed if it echoes one, no error that is not null. Else
 * DFLOW_FAILED, or DFLOW_REFUSED for 401, 403 and "access denied", with at
 * most 200 characters of the answer, redacted. Free *out by cJSON_Delete.
 */
DFLOW_NODISCARD enum dflow_status n200_answer(const struct https_answer *a,
    const char *command, const struct redact *redact, struct cJSON **out,
    struct dflow_err *err);

/*
 * Fails for an answer that was taken, but does not hold what is needed: why
 * tells. As n200_answer, with the answer's words.
 */
enum dflow_status n200_answer_unfit(const struct cJSON *answer,
    const char *command, const struct redact *redact, const char *why,
    struct dflow_err *err);

/* True if such a failure was about rights or a PIN: do not try again. */
bool n200_answer_locks(const struct dflow_err *err);

/*
 * The value at a dotted path ("result", "result.signature"), or NULL. A part
 * that is a number counts an array's elements from 0.
 */
const struct cJSON *n200_at(const struct cJSON *object, const char *path);
/* A string, or NULL. */
const char *n200_text(const struct cJSON *object, const char *name);
/* A whole number, or a string of decimal digits; at most 2^53. */
bool n200_number(const struct cJSON *value, uint64_t *out);

/*
 * Fills out from an entry of listkeys' or getkeyattributes' result; name is
 * the entry's. "public_key" and "publickey" are one, and so are "slot" and
 * "token_name". A fact that is null, of the wrong type, too long or not
 * printable is not told: other users' keys must not keep us from ours. False
 * if the entry is no object.
 */
bool n200_key_read(
    const char *name, const struct cJSON *entry, struct dflow_n200_key *out);
/* X then Y in hex, either case, 04 before it or not; 0 if it is not that. */
size_t n200_point_read(const char *hex, uint8_t out[96]);

#endif
