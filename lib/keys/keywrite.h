/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a new key: K<zone>+<alg>+<tag> with .private or .pem, .key, .ds.
 */
#ifndef KEYS_KEYWRITE_H
#define KEYS_KEYWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"
#include "keys/keyfile.h"
#include "keys/keytimes.h"

/* A key that is to have files; all is borrowed. */
struct keywrite {
	const char *dir;
	const uint8_t *zone;
	const struct dnskey *key; /* with the SEP flag it gets a .ds file */
	const struct keytimes *times;
	uint32_t ttl_s; /* written into the .key file; 0 leaves it out */
};

/* True if dir has a file of the key's name, whole pair or not. */
DFLOW_NODISCARD enum dflow_status keywrite_taken(
    const struct keywrite *w, bool *taken, struct dflow_err *err);

/* The private file's content. */
struct keywrite_private {
	const char *ending; /* ".private" or ".pem" */
	const uint8_t *text;
	size_t len;
};

/*
 * Writes the private file (0600) first, so that a public key never stands
 * without its private half. All files or none, over nothing that is there.
 * Writes the base name (K<zone>+<alg>+<tag>, without dir) to base.
 */
DFLOW_NODISCARD enum dflow_status keywrite(const struct keywrite *w,
    const struct keywrite_private *private, char base[KEYFILE_NAME_MAX],
    struct dflow_err *err);

#endif
