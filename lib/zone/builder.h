/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone that is being read: what zone/builder.c gathers and zone/build.c
 * turns into a struct zone. Nobody else looks inside.
 */
#ifndef ZONE_BUILDER_H
#define ZONE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "zone/zone.h"

/* One RR as it was read; its RDATA stands packed (dns/rrset.h) in the arena. */
struct raw {
	const uint8_t *rdata;
	uint32_t ttl;
	uint32_t line;
	uint16_t type;
	uint16_t file;
};

/* RRs of one owner that were read in a row: raws[first .. next run's first). */
struct run {
	const uint8_t *owner;
	const uint8_t *key;
	uint32_t first;
	uint16_t key_len;
};

struct zone_builder {
	struct arena arena;
	size_t max_memory; /* for arena and arrays together; 0 is no ceiling */
	size_t array_bytes; /* held by arrays, those of the zone among them */
	struct raw *raws;
	size_t raw_count;
	size_t raw_cap;
	struct run *runs;
	size_t run_count;
	size_t run_cap;
	size_t last_len; /* of the last run's owner */
	const char *name; /* the first file's, for messages */
	char **files;
	size_t file_count;
	size_t file_cap;
	const uint8_t *soa_owner;
	bool sorted; /* the runs so far came in canonical order */
};

/*
 * Makes room for need elements of size bytes in *array, which has *cap, within
 * the ceiling.
 */
DFLOW_NODISCARD enum dflow_status builder_grow(struct zone_builder *b,
    void *array, size_t *cap, size_t size, size_t need, struct dflow_err *err);
/* Frees what builder_grow made and counts it no more; *array becomes NULL. */
void builder_drop(struct zone_builder *b, void *array, size_t cap, size_t size);
/* len bytes of the arena, not aligned; *out is a pointer of any kind. */
DFLOW_NODISCARD enum dflow_status builder_alloc(
    struct zone_builder *b, size_t len, void *out, struct dflow_err *err);
/* Says that the ceiling or memory was reached. */
DFLOW_NODISCARD enum dflow_status builder_full(
    const struct zone_builder *b, struct dflow_err *err);

/* Canonical order of two runs' owners. */
int run_cmp(const struct run *a, const struct run *b);

/*
 * Stores the runs' indices in canonical order of their owners, earlier runs
 * first among equals; the caller frees *out. NULL if they are in order as
 * they stand.
 */
DFLOW_NODISCARD enum dflow_status order_runs(struct zone_builder *b,
    unsigned threads, uint32_t **out, struct dflow_err *err);

#endif
