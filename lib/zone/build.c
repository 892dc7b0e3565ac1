/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From gathered RRs to a zone: names in canonical order (RFC 4034 section
 * 6.1), RRsets by type, their RDATA in canonical order (section 6.3) and each
 * once, and which names the zone is authoritative for (RFC 4035 section 2.2,
 * RFC 6672 section 2.4). Threads make ranges of names, which are put together
 * in order, so that the result does not depend on their number.
 */
#include "zone/builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "dns/rdata.h"
#include "dns/rrtype.h"
#include "zone/nodes.h"

enum {
	RANGE_RUNS = 4096, /* where blocks are not the ranges */
	RUNS_AHEAD = 8,
};

/* What stands in a buffer before the nodes, RRsets and flaws of a range. */
struct part {
	size_t node_count;
	size_t rrset_count;
	size_t flaw_count;
	size_t rr_count;
};

struct build {
	struct zone_builder *b;
	struct zone *z;
	struct entry *entries; /* the runs in order; NULL: see blocks */
	size_t entry_count;
	size_t *used; /* for each block, its runs that are done with */
	struct maker *makers; /* one a thread */
	size_t nodes_cap;
	size_t rrsets_cap;
	size_t flaws_cap;
	size_t range; /* that is put in its place next */
	struct node cut; /* the last one; its owner is NULL: none yet */
	uint8_t apex[NAME_KEY_MAX]; /* the apex's key */
	size_t apex_len;
};

/* A place among the runs in order. */
struct cursor {
	const struct build *s;
	size_t range; /* also the block, where there are no entries */
	size_t at; /* entry, or run of the block */
};

static const struct run *
cursor_run(const struct cursor *c)
{
	const struct zone_builder *b = c->s->b;

	if (c->s->entries != NULL)
		return c->at < c->s->entry_count
			   ? entry_run(b, &c->s->entries[c->at])
			   : NULL;
	return c->range < b->block_count ? &b->blocks[c->range].runs[c->at]
					 : NULL;
}

static void
cursor_next(struct cursor *c)
{
	const struct build *s = c->s;

	c->at++;
	if (s->entries != NULL)
		c->range = c->at / RANGE_RUNS;
	else if (c->at == s->b->blocks[c->range].run_count) {
		c->range++;
		c->at = 0;
	}
}

/* Steps over the runs of that owner. */
static void
cursor_pass(struct cursor *c, const struct run *owner)
{
	const struct run *r = cursor_run(c);

	while (r != NULL && run_cmp(owner, r) == 0) {
		cursor_next(c);
		r = cursor_run(c);
	}
}

/* The first node that begins in a range; the one before it may reach in. */
static struct cursor
range_begin(const struct build *s, size_t range)
{
	struct cursor c = {.s = s, .range = range};
	const struct block *before;

	if (s->entries != NULL) {
		c.at = range * RANGE_RUNS;
		if (range > 0)
			cursor_pass(&c, entry_run(s->b, &s->entries[c.at - 1]));
	} else if (range > 0) {
		before = &s->b->blocks[range - 1];
		cursor_pass(&c, &before->runs[before->run_count - 1]);
	}
	return c;
}

/*
 * Runs in order lie anywhere: asks for the memory of those to come. It is
 * there still, as ranges are done with in order.
 */
static void
look_ahead(const struct cursor *c)
{
	const struct build *s = c->s;
	const struct run *run;

	if (s->entries == NULL)
		return;
	if (c->at + 2 * RUNS_AHEAD < s->entry_count)
		__builtin_prefetch(
		    entry_run(s->b, &s->entries[c->at + 2 * RUNS_AHEAD]));
	if (c->at + RUNS_AHEAD < s->entry_count) {
		run = entry_run(s->b, &s->entries[c->at + RUNS_AHEAD]);
		__builtin_prefetch(run->owner);
		__builtin_prefetch(run->raws);
	}
}

/* Makes the node at c, which is moved behind its runs. */
static enum dflow_status
make_node(struct maker *m, struct cursor *c, struct dflow_err *err)
{
	const struct run *first = cursor_run(c);
	const struct run *run = first;
	enum dflow_status st;

	while (run != NULL && (run == first || run_cmp(first, run) == 0)) {
		look_ahead(c);
		st = maker_take(m, run, err);
		if (st != DFLOW_OK)
			return st;
		cursor_next(c);
		run = cursor_run(c);
	}
	return maker_node(m, first, err);
}

static enum dflow_status
make_range(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	struct build *s = ctx;
	struct maker *m = &s->makers[worker];
	struct cursor c = range_begin(s, i);
	enum dflow_status st = DFLOW_OK;
	struct part part;

	maker_reset(m);
	while (st == DFLOW_OK && c.range == i && cursor_run(&c) != NULL)
		st = make_node(m, &c, err);
	part.node_count = m->node_count;
	part.rrset_count = m->rrset_count;
	part.flaw_count = m->flaw_count;
	part.rr_count = m->rr_count;
	buf_put(out, &part, sizeof(part));
	buf_put(out, m->nodes, m->node_count * sizeof(*m->nodes));
	buf_put(out, m->rrsets, m->rrset_count * sizeof(*m->rrsets));
	buf_put(out, m->flaws, m->flaw_count * sizeof(*m->flaws));
	return st;
}

/* An NSEC3 record's owner: not a name of the zone's tree (RFC 5155). */
static bool
is_hash_owner(const struct node *n, const struct rrset *sets)
{
	bool found = false;

	for (size_t i = 0; i < n->count; i++) {
		if (sets[i].type == RRTYPE_NSEC3)
			found = true;
		else if (sets[i].type != RRTYPE_RRSIG)
			return false;
	}
	return found;
}

/* Canonical order puts all that is below a cut right behind it. */
static void
settle_kind(struct build *s, struct node *n, const struct rrset *sets)
{
	struct node *cut = &s->cut;

	if (n->kind == NODE_OUTSIDE)
		return;
	if (cut->owner != NULL && n->key_len > cut->key_len &&
	    node_below(n, node_key(cut), cut->key_len)) {
		if (cut->key_len != s->apex_len || !is_hash_owner(n, sets))
			n->kind = NODE_OCCLUDED;
	} else if (n->cut) {
		*cut = *n;
	}
}

static enum dflow_status
put_nodes(struct build *s, const struct part *part, const uint8_t *p,
    struct dflow_err *err)
{
	struct zone *z = s->z;
	size_t sets_at = z->rrset_count;
	struct node *nodes;
	enum dflow_status st;

	st = builder_grow(s->b, &z->nodes, &s->nodes_cap, sizeof(*z->nodes),
	    z->node_count + part->node_count, err);
	if (st == DFLOW_OK)
		st = builder_grow(s->b, &z->rrsets, &s->rrsets_cap,
		    sizeof(*z->rrsets), sets_at + part->rrset_count, err);
	if (st != DFLOW_OK || part->node_count == 0)
		return st;
	nodes = z->nodes + z->node_count;
	memcpy(nodes, p, part->node_count * sizeof(*nodes));
	p += part->node_count * sizeof(*nodes);
	memcpy(z->rrsets + sets_at, p, part->rrset_count * sizeof(*z->rrsets));
	for (size_t i = 0; i < part->node_count; i++) {
		nodes[i].first += (uint32_t)sets_at;
		settle_kind(s, &nodes[i], z->rrsets + nodes[i].first);
	}
	z->node_count += part->node_count;
	z->rrset_count += part->rrset_count;
	z->rr_count += part->rr_count;
	return DFLOW_OK;
}

static enum dflow_status
put_flaws(
    struct build *s, const uint8_t *p, size_t count, struct dflow_err *err)
{
	struct zone *z = s->z;
	enum dflow_status st;

	if (count > ZONE_FLAWS_MAX - z->flaw_count)
		count = ZONE_FLAWS_MAX - z->flaw_count;
	if (count == 0)
		return DFLOW_OK;
	st = builder_grow(s->b, &z->flaws, &s->flaws_cap, sizeof(*z->flaws),
	    z->flaw_count + count, err);
	if (st != DFLOW_OK)
		return st;
	memcpy(z->flaws + z->flaw_count, p, count * sizeof(*z->flaws));
	z->flaw_count += count;
	return DFLOW_OK;
}

/* Releases each block whose last run was in that range. */
static void
release_range(struct build *s, size_t range)
{
	struct zone_builder *b = s->b;
	size_t end = (range + 1) * RANGE_RUNS;

	if (s->entries == NULL) {
		block_free(&b->blocks[range], &b->budget);
		return;
	}
	for (size_t i = range * RANGE_RUNS; i < end; i++) {
		size_t k = s->entries[i].block;

		if (++s->used[k] == b->blocks[k].run_count)
			block_free(&b->blocks[k], &b->budget);
	}
}

/* Puts the next range in its place. */
static enum dflow_status
take_range(void *ctx, const struct buf *in, struct dflow_err *err)
{
	struct build *s = ctx;
	const uint8_t *p = in->data;
	enum dflow_status st;
	struct part part;

	memcpy(&part, p, sizeof(part));
	p += sizeof(part);
	st = put_nodes(s, &part, p, err);
	p += part.node_count * sizeof(struct node) +
	     part.rrset_count * sizeof(struct rrset);
	if (st == DFLOW_OK)
		st = put_flaws(s, p, part.flaw_count, err);
	/* The next range still looks at where this one ends. */
	if (s->range > 0)
		release_range(s, s->range - 1);
	s->range++;
	return st;
}

static enum dflow_status
make_nodes(struct build *s, unsigned threads, struct dflow_err *err)
{
	struct pool_stream stream = {make_range, take_range, s, SIZE_MAX / 4};
	size_t ranges = s->b->block_count;
	enum dflow_status st;

	if (s->entries != NULL)
		ranges = (s->entry_count + RANGE_RUNS - 1) / RANGE_RUNS;
	s->makers = calloc(threads, sizeof(*s->makers));
	if (s->makers == NULL)
		return err_memory(err);
	for (unsigned i = 0; i < threads; i++) {
		s->makers[i].b = s->b;
		s->makers[i].z = s->z;
		s->makers[i].apex = s->apex;
		s->makers[i].apex_len = s->apex_len;
		arena_init_shared(&s->makers[i].arena, &s->b->budget);
	}
	st = pool_stream(threads, ranges, &stream, err);
	for (unsigned i = 0; i < threads; i++) {
		arena_join(&s->b->arena, &s->makers[i].arena);
		maker_free(&s->makers[i]);
	}
	free(s->makers);
	return st;
}

static void
shrink(void *array, size_t count, size_t size)
{
	void *p;

	memcpy(&p, array, sizeof(p));
	if (p == NULL || count == 0)
		return;
	p = realloc(p, count * size);
	if (p != NULL)
		memcpy(array, &p, sizeof(p));
}

static enum dflow_status
build(struct build *s, unsigned threads, struct dflow_err *err)
{
	struct zone *z = s->z;
	enum dflow_status st;

	st = builder_flush(s->b, err);
	if (st == DFLOW_OK)
		st = order_runs(
		    s->b, threads, &s->entries, &s->entry_count, err);
	if (st == DFLOW_OK && s->entries != NULL) {
		s->used = calloc(s->b->block_count, sizeof(*s->used));
		if (s->used == NULL)
			st = err_memory(err);
	}
	if (st == DFLOW_OK)
		st = make_nodes(s, threads, err);
	free(s->used);
	free(s->entries);
	shrink(&z->nodes, z->node_count, sizeof(*z->nodes));
	shrink(&z->rrsets, z->rrset_count, sizeof(*z->rrsets));
	shrink(&z->flaws, z->flaw_count, sizeof(*z->flaws));
	return st;
}

enum dflow_status
zone_build(struct zone_builder **b, const uint8_t *apex, unsigned threads,
    struct zone **out, struct dflow_err *err)
{
	struct build s = {.b = *b};
	enum dflow_status st;

	s.z = calloc(1, sizeof(*s.z));
	if (s.z == NULL) {
		zone_builder_free(b);
		return err_memory(err);
	}
	(void)name_copy(s.z->apex, apex);
	s.apex_len = name_key(apex, s.apex);
	s.z->files = (*b)->files; /* transferred */
	s.z->file_count = (*b)->file_count;
	(*b)->files = NULL;
	(*b)->file_count = 0;
	st = build(&s, threads, err);
	arena_join(&s.z->arena, &(*b)->arena);
	zone_builder_free(b);
	if (st != DFLOW_OK) {
		zone_free(&s.z);
		return st;
	}
	*out = s.z;
	return DFLOW_OK;
}
