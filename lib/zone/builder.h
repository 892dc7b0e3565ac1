/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone that is being read: what zone/builder.c holds and zone/build.c turns
 * into a struct zone. Nobody else but the loader looks inside.
 */
#ifndef ZONE_BUILDER_H
#define ZONE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "zone/gather.h"
#include "zone/zone.h"

struct zone_builder {
	struct budget budget; /* for all that it holds, the zone's among it */
	struct arena arena;
	struct block *blocks; /* in the order of the file */
	size_t block_count;
	size_t block_cap;
	size_t raw_count; /* in blocks */
	struct gather tail; /* what was added since */
	const char *name; /* the first file's, for messages */
	char **files;
	size_t file_count;
	size_t file_cap;
	const uint8_t *soa_owner;
	bool sorted; /* the blocks are in canonical order, as are their runs */
};

/*
 * Makes room for need elements of size bytes in *array, which has *cap, within
 * the ceiling.
 */
DFLOW_NODISCARD enum dflow_status builder_grow(struct zone_builder *b,
    void *array, size_t *cap, size_t size, size_t need, struct dflow_err *err);
/* Frees what builder_grow made and counts it no more; *array becomes NULL. */
void builder_drop(struct zone_builder *b, void *array, size_t cap, size_t size);
/* Says that the ceiling or memory was reached. Any thread may ask. */
DFLOW_NODISCARD enum dflow_status builder_full(
    const struct zone_builder *b, struct dflow_err *err);
/* Seals what zone_builder_add has gathered. */
DFLOW_NODISCARD enum dflow_status builder_flush(
    struct zone_builder *b, struct dflow_err *err);
/* Adds a block behind all that there is; in becomes empty, also on failure. */
DFLOW_NODISCARD enum dflow_status builder_block(
    struct zone_builder *b, struct block *in, struct dflow_err *err);

/*
 * One run of a zone whose runs did not come in canonical order; prefix is the
 * first eight bytes in which keys can differ.
 */
struct entry {
	uint64_t prefix;
	uint32_t block;
	uint32_t at; /* which of the block's runs */
};

static inline const struct run *
entry_run(const struct zone_builder *b, const struct entry *e)
{
	return &b->blocks[e->block].runs[e->at];
}

/*
 * Stores all runs in canonical order of their owners, earlier runs first among
 * equals; the caller frees *out. NULL if the blocks are in order as they
 * stand.
 */
DFLOW_NODISCARD enum dflow_status order_runs(struct zone_builder *b,
    unsigned threads, struct entry **out, size_t *count, struct dflow_err *err);

#endif
