/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone in memory: names in canonical order, each with its RRsets. It is
 * built once (zone_builder_*), then only read, by any number of threads.
 */
#ifndef ZONE_ZONE_H
#define ZONE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "dns/name.h"
#include "dns/rrset.h"

enum node_kind {
	NODE_AUTH, /* authoritative data, the apex among it */
	NODE_DELEGATION, /* NS and not the apex */
	NODE_OCCLUDED, /* below a delegation or a DNAME: glue and the like */
	NODE_OUTSIDE, /* not within the apex */
};

/*
 * A name that has at least one RR (empty non-terminals have no node). Zones
 * have millions: two words each.
 */
struct node {
	const uint8_t *owner; /* letter case of its first RR; behind its key */
	uint32_t first; /* its RRsets: zone->rrsets[first ..] */
	uint16_t count; /* RRsets, by type; an RRset of RRSIGs for each
			 * covered type, in that order */
	unsigned key_len : 12;
	unsigned kind : 3; /* enum node_kind */
	unsigned cut : 1; /* has a DNAME, or NS and is not the apex */
};

/* name_key's bytes, key_len of them. */
static inline const uint8_t *
node_key(const struct node *n)
{
	return n->owner - n->key_len;
}

/*
 * Asks for the memory behind a node that is soon to be looked at: its owner,
 * and the RDATA that were read along with it.
 */
static inline void
node_prefetch(const struct node *n)
{
	__builtin_prefetch(n->owner);
	__builtin_prefetch(n->owner + 64);
}

/* The node is at the name of that key or below it. */
static inline bool
node_below(const struct node *n, const uint8_t *key, size_t key_len)
{
	return n->key_len >= key_len && memcmp(node_key(n), key, key_len) == 0;
}

/* An RR that is not like the others of its RRset, or has no place here. */
enum flaw_kind {
	FLAW_TTL, /* TTL differs from the first RR's of its RRset */
	FLAW_OUTSIDE, /* owner not within the apex */
};
struct flaw {
	const uint8_t *owner;
	const char *file;
	uint32_t line;
	uint16_t type;
	uint8_t kind; /* enum flaw_kind */
};

enum { ZONE_FLAWS_MAX = 10000 };

struct zone {
	struct arena arena;
	uint8_t apex[NAME_MAX_LEN];
	struct node *nodes; /* canonical order */
	size_t node_count;
	struct rrset *rrsets;
	size_t rrset_count;
	size_t rr_count;
	struct flaw *flaws; /* the first ZONE_FLAWS_MAX */
	size_t flaw_count;
	char **files; /* names of the files it came from */
	size_t file_count;
};

/* Everything that is known of an RR as it is read. */
struct zone_rr {
	const uint8_t *owner;
	const uint8_t *rdata;
	uint32_t ttl;
	uint32_t line;
	uint16_t type;
	uint16_t rdata_len;
	uint16_t file; /* zone_builder_file's number */
};

struct zone_builder;

/* max_memory: bytes, 0 for no ceiling. */
DFLOW_NODISCARD enum dflow_status zone_builder_new(
    size_t max_memory, struct zone_builder **out, struct dflow_err *err);
/* Registers a file name for messages; at most 65,535. */
DFLOW_NODISCARD enum dflow_status zone_builder_file(struct zone_builder *b,
    const char *path, uint16_t *file, struct dflow_err *err);
/* Copies rr. rdata has passed rdata_check. */
DFLOW_NODISCARD enum dflow_status zone_builder_add(
    struct zone_builder *b, const struct zone_rr *rr, struct dflow_err *err);
/* RRs that were added; 0 for NULL. */
size_t zone_builder_count(const struct zone_builder *b);
/* The owner of the first SOA that was added, or NULL. */
const uint8_t *zone_builder_soa_owner(const struct zone_builder *b);
/*
 * Sorts, groups, drops duplicate RRs (equal but for the TTL's sake, which is
 * then a flaw), finds each node's kind. Ends the builder: *b becomes NULL,
 * also on failure. threads is at least 1.
 */
DFLOW_NODISCARD enum dflow_status zone_build(struct zone_builder **b,
    const uint8_t *apex, unsigned threads, struct zone **out,
    struct dflow_err *err);
void zone_builder_free(struct zone_builder **b);
void zone_free(struct zone **z);

/* Bytes of memory that it takes. */
size_t zone_bytes(const struct zone *z);

/* The node of that name, or NULL. */
const struct node *zone_find(const struct zone *z, const uint8_t *name);
/*
 * As zone_find, for names that are asked for in canonical order: *at is where
 * the search begins, 0 at first, and is moved on.
 */
const struct node *zone_find_next(
    const struct zone *z, const uint8_t *name, size_t *at);
/* The apex's node, or NULL if the zone is without. */
const struct node *zone_apex(const struct zone *z);
/* The node's RRset of that type, or NULL; not for RRSIG. */
const struct rrset *node_rrset(
    const struct zone *z, const struct node *n, uint16_t type);
/* The node's RRSIGs over that type, or NULL. */
const struct rrset *node_rrsigs(
    const struct zone *z, const struct node *n, uint16_t covered);
/* The type that an RRset of RRSIGs covers. */
uint16_t rrset_covered(const struct rrset *sigs);

#endif
