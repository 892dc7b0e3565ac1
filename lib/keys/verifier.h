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

struct verifier;

/*
 * DFLOW_REFUSED if the key is not a valid one (a point off its curve, ...)
 * or its algorithm is not known.
 */
DFLOW_NODISCARD enum dflow_status verifier_new(
    const struct dnskey *key, struct verifier **out, struct dflow_err *err);
/* True only if sig is this key's over data, in exactly DNSSEC's form. */
bool verifier_check(struct verifier *v, const uint8_t *data, size_t len,
    const uint8_t *sig, size_t sig_len);
void verifier_free(struct verifier **v);

#endif
