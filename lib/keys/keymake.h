/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a key pair and its files. */
#ifndef KEYS_KEYMAKE_H
#define KEYS_KEYMAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

struct keymake {
	const uint8_t *zone;
	const char *dir;
	const struct alg *alg; /* NULL with n200_existing: the key's own */
	unsigned bits; /* RSA only; 0 is the algorithm's default */
	bool ksk; /* SEP flag, and a .ds file */
	bool encrypt; /* PKCS#8 under a passphrase: BASE.pem, no .private */
	struct passphrase_source pass;
	uint32_t ttl; /* written into the .key file; 0 leaves it out */
	int64_t now;
	int64_t publish; /* KEYTIME_UNSET: now, or activate if before that */
	int64_t activate; /* KEYTIME_UNSET: now, or publish if after that */
	int64_t inactive; /* KEYTIME_UNSET: none */
	int64_t remove;
	struct dflow_n200 *n200; /* the device that makes it; NULL: we do */
	const char *n200_name; /* what it is called there */
	bool n200_existing; /* make none, take the one of that name */
};

/*
 * Makes a key whose tag, plain and revoked, is no key's of the zone in dir,
 * and writes its files, the private one first and 0600. Writes the base name
 * (K<zone>+<alg>+<tag>, without dir) to base. Nothing is overwritten, and
 * after a failure no file of the key is left; one that a device made stays
 * there, and the message says so.
 */
DFLOW_NODISCARD enum dflow_status keymake(const struct keymake *p,
    char base[KEYFILE_NAME_MAX], struct dflow_err *err);

/*
 * True if a key's tag, plain or revoked, is that of a key in the list, plain
 * or revoked, of any algorithm.
 */
bool keymake_collides(const struct keylist *list, const struct dnskey *key);

#endif
