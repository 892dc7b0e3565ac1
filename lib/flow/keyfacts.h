/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling struct dflow_key_facts. */
#ifndef FLOW_KEYFACTS_H
#define FLOW_KEYFACTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"
#include "dnssecflow/ksk.h"

/* What is told of a key; file is borrowed. */
void keyfacts_fill(struct dflow_key_facts *out, const uint8_t *owner,
    const struct dnskey *key, const char *file, size_t line);

/*
 * The key's DS with SHA-256 as a record without TTL, for the parent; the
 * caller frees *out.
 */
DFLOW_NODISCARD enum dflow_status keyfacts_ds(const char *zone,
    const struct dflow_key_facts *key, char **out, struct dflow_err *err);

/* The algorithm's mnemonic, or "unknown". */
const char *keyfacts_algorithm(uint8_t number);

/* Lower case hex and a NUL; len is at most 64. */
void keyfacts_hex(const uint8_t *data, size_t len, char out[DFLOW_DIGEST_TEXT]);
/* The SHA-256 of a file's bytes in the same form. */
void keyfacts_sha256(const void *data, size_t len, char out[DFLOW_DIGEST_TEXT]);

#endif
