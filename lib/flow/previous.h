/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zone that an earlier run published, to keep signatures from. */
#ifndef FLOW_PREVIOUS_H
#define FLOW_PREVIOUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/zsks.h"
#include "zone/zone.h"

struct previous {
	const char *out; /* the published file; "-" has no past */
	const uint8_t *apex;
	unsigned threads;
	size_t max_memory; /* bytes; of these */
	size_t taken; /* by the zone that is to be signed */
	bool apex_only; /* of other names nothing is kept in memory */
};

/*
 * Loads the file at out if it is, to the byte, what its seal (flow/seal.h)
 * says was verified; *zone is NULL if it is not, and cause says why unless
 * there is no such file at all.
 */
void previous_read(
    const struct previous *p, struct zone **zone, struct dflow_err *cause);

/*
 * Whether the zone has none of the keys that sign now because a ZSK was rolled
 * over meanwhile: one of its ZSKs is in the zone still, or in the folder dir,
 * which may be NULL, retired or removed by its times.
 */
bool previous_rolled(const struct zone *zone, const uint8_t *apex,
    const struct zsks *keys, const char *dir, int64_t now);

#endif
