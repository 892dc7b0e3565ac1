/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zone that an earlier run published, to keep signatures from. */
#ifndef FLOW_PREVIOUS_H
#define FLOW_PREVIOUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "zone/zone.h"

struct previous {
	const char *out; /* the published file; "-" has no past */
	const uint8_t *apex;
	unsigned threads;
	size_t max_memory; /* bytes; of these */
	size_t taken; /* by the zone that is to be signed */
};

/*
 * Loads the file at out if it is, to the byte, what its seal (flow/seal.h)
 * says was verified; *zone is NULL if it is not, and cause says why unless
 * there is no such file at all.
 */
void previous_read(
    const struct previous *p, struct zone **zone, struct dflow_err *cause);

#endif
