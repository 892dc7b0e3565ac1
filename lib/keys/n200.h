/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The N200 for the other files of keys/; dnssecflow/n200.h is its face. A
 * build --without-n200 has n200none.c instead of all this.
 */
#ifndef KEYS_N200_H
#define KEYS_N200_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "dns/dnskey.h"
#include "dnssecflow/n200.h"
#include "keys/signer.h"

/* How a KEY of the device begins. */
#define N200_PREFIX "n200:"

/*
 * The one EC key that name means: a key id, a token label, an id (CKA_ID), a
 * nice_name; N200_PREFIX may stand before it. DFLOW_REFUSED if
 * there is none, or several, which are listed. *key is valid until the list
 * is read anew.
 */
DFLOW_NODISCARD enum dflow_status n200_find(struct dflow_n200 *n,
    const char *name, const struct dflow_n200_key **key, struct dflow_err *err);

/* As n200_find, by the key id alone. */
DFLOW_NODISCARD enum dflow_status n200_find_id(struct dflow_n200 *n,
    const char *key_id, const struct dflow_n200_key **key,
    struct dflow_err *err);

/* Its DNSSEC algorithm (RFC 6605), or 0 if it can have none. */
uint8_t n200_algorithm(const struct dflow_n200_key *key);

/*
 * A key made by the device on that curve (bits 256 or 384), or scalar put
 * into it, named nice_name, which no key there may have yet. If no answer
 * comes, the key is looked for, not made again. *key as n200_find's.
 */
DFLOW_NODISCARD enum dflow_status n200_make(struct dflow_n200 *n,
    const char *nice_name, unsigned bits, const struct dflow_n200_key **key,
    struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status n200_import(struct dflow_n200 *n,
    const char *nice_name, const struct secret *scalar,
    const struct dflow_n200_key **key, struct dflow_err *err);

/*
 * The signer behind the device's key of that key id (N200_PREFIX may stand
 * before it), which must be pub's. n must outlive it.
 */
DFLOW_NODISCARD enum dflow_status n200_signer_open(struct dflow_n200 *n,
    const char *key_id, const struct dnskey *pub, struct signer **out,
    struct dflow_err *err);

#endif
