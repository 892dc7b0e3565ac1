/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right side's keys: which are in the zone, and which sign. */
#ifndef FLOW_ZSKS_H
#define FLOW_ZSKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

enum { ZSKS_MAX = 64 };

struct zsks {
	struct dnskey published[ZSKS_MAX]; /* views of what the set owns */
	size_t published_count;
	struct signer *signers[ZSKS_MAX]; /* the active ones */
	size_t signer_count;
	struct keyfile *files[ZSKS_MAX]; /* what the views look into */
	size_t file_count;
	struct signer_access access; /* what the signers stand on */
};

struct zsks_choice {
	const uint8_t *zone;
	const char *dir; /* by timing metadata from here, */
	const struct keyindex *index; /* of dir, if it was listed already */
	const char *const *keys; /* or these, all active */
	size_t key_count;
	bool combined; /* keys with the SEP flag count as well */
	bool sign; /* open the private keys of the active ones */
	struct passphrase_source pass;
	const char *n200_conf; /* NULL: none */
	int64_t now;
};

/*
 * DFLOW_REFUSED if no key belongs into the zone now or, with sign, none is
 * active, saying which keys there are and why they are not.
 */
DFLOW_NODISCARD enum dflow_status zsks_choose(
    const struct zsks_choice *p, struct zsks **out, struct dflow_err *err);
void zsks_free(struct zsks **z);

#endif
