/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One name of a zone in the making: its RRsets from its RRs. */
#ifndef ZONE_NODES_H
#define ZONE_NODES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "zone/builder.h"
#include "zone/zone.h"

/* An RR of the name at hand. */
struct item {
	const struct raw *raw;
	const uint8_t *rdata; /* packed */
	size_t read; /* which of the name's it was when they were read */
};

/* What one thread makes, range after range; arrays keep their memory. */
struct maker {
	struct zone_builder *b;
	const struct zone *z; /* for the files' names */
	const uint8_t *apex; /* the apex's key */
	size_t apex_len;
	struct arena arena; /* RDATA that had to be moved */
	struct item *items;
	size_t item_count, item_cap;
	struct node *nodes; /* their first counts from rrsets[0] */
	size_t node_count, node_cap;
	struct rrset *rrsets;
	size_t rrset_count, rrset_cap;
	struct flaw *flaws;
	size_t flaw_count, flaw_cap;
	size_t rr_count;
};

/* Forgets what was made. */
void maker_reset(struct maker *m);
/* Releases all but the arena. */
void maker_free(struct maker *m);
/* Another run of the name at hand. */
DFLOW_NODISCARD enum dflow_status maker_take(
    struct maker *m, const struct run *run, struct dflow_err *err);
/*
 * Ends the name, whose first run that is: sorts its RRs, drops duplicates,
 * notes flaws. Its kind is as if no name above it were a cut.
 */
DFLOW_NODISCARD enum dflow_status maker_node(
    struct maker *m, const struct run *run, struct dflow_err *err);

#endif
