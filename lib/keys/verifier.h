/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks signatures against one DNSKEY: algorithms 5, 7, 8, 10, 13 to 16.
 * One verifier a key and thread.
 */
#ifndef KEYS_VERIFIER_H
#define KEYS_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"

struct ectable;
struct verifier;

/*
 * DFLOW_REFUSED if the key is not a valid one (a point off its curve, ...)
 * or its algorithm is not known.
 */
DFLOW_NODISCARD enum dflow_status verifier_new(
    const struct dnskey *key, struct verifier **out, struct dflow_err *err);
/*
 * As verifier_new, with a table of that same key (ectable_new), for
 * verifier_check_batch. It is borrowed until verifier_free.
 */
DFLOW_NODISCARD enum dflow_status verifier_new_with(const struct dnskey *key,
    const struct ectable *table, struct verifier **out, struct dflow_err *err);
/* True only if sig is this key's over data, in exactly DNSSEC's form. */
bool verifier_check(struct verifier *v, const uint8_t *data, size_t len,
    const uint8_t *sig, size_t sig_len);

/* One signature of many; all is borrowed for the call. */
struct verify_job {
	const uint8_t *data;
	size_t len;
	const uint8_t *sig;
	size_t sig_len;
	bool good; /* the verdict, the same as verifier_check's */
};
/* Any count. ECDSA with a table wants some dozens at a time to be fast. */
void verifier_check_batch(
    struct verifier *v, struct verify_job *jobs, size_t count);
void verifier_free(struct verifier **v);

#endif
