/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The RRsets that go into a signed zone, range by range, in the order in which
 * they are written: those of the zone's names, each with its NSEC, then the
 * NSEC3 records.
 */
#ifndef FLOW_ITEMS_H
#define FLOW_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/rrset.h"
#include "zone/chain.h"
#include "zone/zone.h"

/* One RRset to write. */
struct item {
	struct rrset set;
	const struct rrset *fixed; /* RRSIGs that the zone holds over it */
	size_t owner_at, rdata_at; /* of a chain's RRset: in extra */
	bool sign;
	bool extra;
};

/* The items of one range; used range after range by one thread. */
struct items {
	struct item *list;
	size_t count;
	size_t cap;
	struct buf extra; /* owners and RDATA of the chain */
};

void items_init(struct items *it);
void items_free(struct items *it);

/* How many ranges there are; at least 1. */
size_t items_ranges(const struct zone *z, const struct chain *c);
/* How many names, hashed ones among them, the first so many ranges hold. */
size_t items_names(const struct zone *z, const struct chain *c, size_t ranges);

/* Gathers one range's; what they point to lives until the next call. */
DFLOW_NODISCARD enum dflow_status items_gather(struct items *it,
    const struct zone *z, const struct chain *c, size_t range,
    struct dflow_err *err);
/* The one RRset, to be signed, instead of a range's. */
DFLOW_NODISCARD enum dflow_status items_single(
    struct items *it, const struct rrset *set, struct dflow_err *err);

#endif
