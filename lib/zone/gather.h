/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RRs gathered in the order in which they were read: by a thread from a piece
 * of a file (a gather, whose memory serves piece after piece), then as a block
 * of a zone in the making. Between zone/builder.c, zone/build.c and
 * zone/order.c; nobody else looks inside.
 */
#ifndef ZONE_GATHER_H
#define ZONE_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "zone/zone.h"

/* What is known of an RR besides its owner and RDATA. */
struct raw {
	uint32_t ttl;
	uint32_t line;
	uint16_t type;
	uint16_t file;
};

/*
 * RRs of one owner that were read in a row. In the arena stand its sort key,
 * the owner, and the RDATA, packed (dns/rrset.h), one behind the other.
 */
struct run {
	const uint8_t *owner;
	struct raw *raws;
	uint32_t count;
	uint16_t key_len;
	uint8_t owner_len;
};

static inline const uint8_t *
run_key(const struct run *r)
{
	return r->owner - r->key_len;
}

/* Of the first RR; the others follow. */
static inline const uint8_t *
run_rdata(const struct run *r)
{
	return r->owner + r->owner_len;
}

/* Canonical order of two runs' owners. */
int run_cmp(const struct run *a, const struct run *b);
/* How many of the first n bytes of their keys are the same; a has n. */
size_t run_shared(const struct run *a, const struct run *b, size_t n);

/* Runs that stay, in one piece of memory. */
struct block {
	struct run *runs; /* and behind these all their raws */
	size_t run_count; /* at least 1 */
	size_t raw_count;
	size_t shared; /* leading bytes that its keys have in common */
	const uint8_t *soa_owner; /* of the first SOA, or NULL */
	bool sorted; /* the runs are in canonical order */
};

struct gather {
	struct arena *arena; /* its creator's */
	struct budget *budget;
	struct raw *raws;
	size_t raw_count;
	size_t raw_cap;
	struct run *runs; /* without raws as yet */
	size_t run_count;
	size_t run_cap;
	size_t shared; /* as in struct block */
	uint8_t *end; /* of the last RR's RDATA */
	const uint8_t *soa_owner;
	bool sorted;
};

/* Both are borrowed, for as long as it and its blocks live. */
void gather_init(struct gather *b, struct arena *arena, struct budget *budget);
void gather_free(struct gather *b);
/* Copies rr; false when the ceiling or memory is reached. */
bool gather_add(struct gather *b, const struct zone_rr *rr);
/* Moves what was gathered, at least one RR, to out; false as gather_add. */
bool gather_seal(struct gather *b, struct block *out);
/* Forgets what was gathered. */
void gather_reset(struct gather *b);

/* Releases it, and gives its bytes back to budget; fine when empty. */
void block_free(struct block *b, struct budget *budget);

#endif
