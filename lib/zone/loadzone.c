/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone from its master file: where relative names end at first, which name
 * is the apex, and what goes into the builder. Threads scan stretches of the
 * file each into memory of its own, which is joined in the order of the file:
 * the zone, and the first error, are the same for any number of threads,
 * but for the ceiling, to which their own memory counts, too.
 * Refuses a file without the SOA of its zone.
 */
#include "zone/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "dns/rrtype.h"
#include "zone/builder.h"
#include "zone/loader.h"

enum { THREADS_MAX = 256 /* more do not read any faster */ };

/* What one thread has, for stretch after stretch. */
struct reader {
	struct zone_reading *z;
	struct scan *scan;
	struct arena arena; /* becomes the builder's */
	struct gather gather;
	char *text; /* of its stretch */
	size_t text_cap;
	bool soa; /* found in it: see zone_reading */
};

/* A stretch and what came of it. */
struct slot {
	struct stretch at;
	struct block block; /* empty: no RRs */
	bool soa;
	enum dflow_status st;
	struct dflow_err err;
};

/* zone_load's view of a reading. */
struct zone_reading {
	const struct zone_load *p;
	struct zone_builder *b;
	struct loader ld;
	unsigned threads;
	struct reader *readers;
	struct slot *slots; /* a ring */
	size_t window;
	const struct pool_job *job; /* that is being read */
	bool soa; /* found at the origin, or anywhere if there is none */
};

static enum dflow_status
zone_file(const char *path, uint16_t *number, const char **name, void *ctx,
    struct dflow_err *err)
{
	struct zone_reading *z = ctx;
	enum dflow_status st = zone_builder_file(z->b, path, number, err);

	if (st == DFLOW_OK)
		*name = z->b->files[*number];
	return st;
}

static struct slot *
slot_of(const struct zone_reading *z, size_t i)
{
	return &z->slots[i % z->window];
}

/* With job, what the one before it leaves to it. */
static const struct stretch *
before(const struct zone_reading *z, const struct pool_job *job)
{
	pool_pipe_wait(job);
	return &slot_of(z, job->i - 1)->at;
}

static const struct stretch *
before_next(void *ctx)
{
	const struct zone_reading *z = ctx;

	return before(z, z->job);
}

/* A thread's own copy of the text, while the next is being read. */
static enum dflow_status
copy_text(struct reader *r, struct piece *piece, struct dflow_err *err)
{
	char *more;

	if (piece->len > r->text_cap) {
		more = realloc(r->text, piece->len);
		if (more == NULL)
			return err_memory(err);
		r->text = more;
		r->text_cap = piece->len;
	}
	memcpy(r->text, piece->text, piece->len);
	piece->text = r->text;
	return DFLOW_OK;
}

static enum dflow_status
read_slot(
    const struct pool_job *job, void *ctx, bool *more, struct dflow_err *err)
{
	struct zone_reading *z = ctx;
	struct slot *slot = slot_of(z, job->i);
	enum dflow_status st;

	z->job = job;
	st = loader_next(&z->ld, &slot->at, err);
	if (st != DFLOW_OK)
		return st;
	*more = slot->at.piece.len > 0;
	if (!*more || z->threads == 1)
		return DFLOW_OK;
	return copy_text(&z->readers[job->worker], &slot->at.piece, err);
}

static bool
is_zone_soa(const struct zone_load *p, const struct zone_rr *rr)
{
	return rr->type == RRTYPE_SOA &&
	       (p->origin == NULL || name_equal(rr->owner, p->origin));
}

static enum dflow_status
gather_each(struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct reader *r = ctx;
	const struct zone_load *p = r->z->p;

	if (p->drop != NULL && p->drop(rr, p->ctx))
		return DFLOW_OK;
	if (is_zone_soa(p, rr))
		r->soa = true;
	if (!gather_add(&r->gather, rr))
		return builder_full(r->z->b, err);
	return DFLOW_OK;
}

/*
 * Only a file whose records neither state a TTL nor were told one by $TTL, or
 * a stretch that does not begin with an owner, waits for the one before it.
 */
static enum dflow_status
scan_slot(struct reader *r, const struct pool_job *job, struct slot *slot)
{
	struct stretch *at = &slot->at;
	enum dflow_status st;

	if (r->z->threads == 1 || (at->owner_open && !at->piece.owner)) {
		if (at->owner_open || at->ttl_open)
			stretch_settle(at, before(r->z, job));
	}
	st = scan_records(r->scan, at, gather_each, r, &slot->err);
	if (st == DFLOW_OK && (at->owner_open || at->ttl_open)) {
		stretch_settle(at, before(r->z, job));
		st = scan_records(r->scan, at, gather_each, r, &slot->err);
	}
	return st;
}

static void
work_slot(const struct pool_job *job, void *ctx)
{
	struct zone_reading *z = ctx;
	struct slot *slot = slot_of(z, job->i);
	struct reader *r = &z->readers[job->worker];

	r->soa = false;
	slot->st = scan_slot(r, job, slot);
	slot->soa = r->soa;
	if (r->gather.raw_count > 0 && !gather_seal(&r->gather, &slot->block)) {
		slot->st = builder_full(z->b, &slot->err);
		gather_reset(&r->gather);
	}
}

/* Where next_rr goes on in a block. */
struct position {
	const struct run *run;
	size_t raw; /* of the run */
	const uint8_t *rdata;
};

static struct zone_rr
next_rr(struct position *pos)
{
	const struct run *run = pos->run;
	const struct raw *raw = &run->raws[pos->raw];
	const uint8_t *rdata = pos->raw == 0 ? run_rdata(run) : pos->rdata;
	struct rdata rd = rdata_at(rdata, &pos->rdata);
	struct zone_rr rr = {
	    .owner = run->owner,
	    .rdata = rd.data,
	    .ttl = raw->ttl,
	    .line = raw->line,
	    .type = raw->type,
	    .rdata_len = rd.len,
	    .file = raw->file,
	};

	pos->raw++;
	if (pos->raw == run->count) {
		pos->run++;
		pos->raw = 0;
	}
	return rr;
}

static bool
rr_same(const struct zone_rr *a, const struct zone_rr *b)
{
	return a->owner == b->owner && a->rdata == b->rdata &&
	       a->ttl == b->ttl && a->line == b->line && a->type == b->type &&
	       a->rdata_len == b->rdata_len && a->file == b->file;
}

/* Copies the first count RRs of the block behind the others. */
static enum dflow_status
copy_rrs(struct zone_reading *z, const struct block *block, size_t count,
    struct dflow_err *err)
{
	struct position pos = {block->runs, 0, NULL};
	enum dflow_status st = DFLOW_OK;

	while (st == DFLOW_OK && count-- > 0) {
		struct zone_rr rr = next_rr(&pos);

		st = zone_builder_add(z->b, &rr, err);
	}
	return st;
}

/*
 * Shows the filter each RR of the block. A block that it leaves as it is is
 * joined; of another the RRs are copied that are left.
 */
static enum dflow_status
sift(struct zone_reading *z, struct block *block, struct dflow_err *err)
{
	struct position pos = {block->runs, 0, NULL};
	enum dflow_status st = DFLOW_OK;
	bool changed = false;

	for (size_t i = 0; i < block->raw_count; i++) {
		struct zone_rr rr = next_rr(&pos), was = rr;
		bool keep = true;

		st = z->p->filter(&rr, &keep, z->p->ctx, err);
		if (st == DFLOW_OK && !changed &&
		    (!keep || !rr_same(&rr, &was))) {
			changed = true;
			st = copy_rrs(z, block, i, err);
		}
		if (st == DFLOW_OK && keep && is_zone_soa(z->p, &rr))
			z->soa = true;
		if (st == DFLOW_OK && changed && keep)
			st = zone_builder_add(z->b, &rr, err);
		if (st != DFLOW_OK)
			return st;
	}
	if (changed)
		return DFLOW_OK;
	st = builder_flush(z->b, err);
	return st == DFLOW_OK ? builder_block(z->b, block, err) : st;
}

static enum dflow_status
take_slot(void *ctx, size_t i, struct dflow_err *err)
{
	struct zone_reading *z = ctx;
	struct slot *slot = slot_of(z, i);
	enum dflow_status st = DFLOW_OK;

	if (slot->block.runs == NULL) {
		/* nothing to take */
	} else if (z->p->filter != NULL) {
		st = sift(z, &slot->block, err);
	} else {
		z->soa = z->soa || slot->soa;
		st = builder_block(z->b, &slot->block, err);
	}
	block_free(&slot->block, &z->b->budget);
	/* What stands before an error has been seen now. */
	if (st == DFLOW_OK && slot->st != DFLOW_OK) {
		*err = slot->err;
		st = slot->st;
	}
	return st;
}

/* The name that relative names end in at first. */
static void
first_origin(const struct zone_load *p, uint8_t out[NAME_MAX_LEN])
{
	const char *slash = strrchr(p->path, '/');
	const char *base = slash == NULL ? p->path : slash + 1;

	if (p->origin != NULL)
		(void)name_copy(out, p->origin);
	else if (strcmp(p->path, "-") == 0 ||
		 name_parse(base, out, NULL) != DFLOW_OK)
		out[0] = 0;
}

static enum dflow_status
no_soa(const struct zone_load *p, const struct zone_builder *b,
    struct dflow_err *err)
{
	const char *path =
	    strcmp(p->path, "-") == 0 ? "standard input" : p->path;
	const uint8_t *other = zone_builder_soa_owner(b);
	char origin[NAME_TEXT_SIZE];
	char found[NAME_TEXT_SIZE];

	if (p->origin == NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: no SOA record; is it a zone file?", path);
	(void)name_text(p->origin, origin);
	if (other == NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: no SOA at %s; is it a zone file?", path, origin);
	(void)name_text(other, found);
	return err_set(err, DFLOW_FAILED,
	    "%s: no SOA at %s; the zone in this file is %s", path, origin,
	    found);
}

static enum dflow_status
readers_new(struct zone_reading *z, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	z->window = 2 * (size_t)z->threads + 1;
	z->slots = calloc(z->window, sizeof(*z->slots));
	z->readers = calloc(z->threads, sizeof(*z->readers));
	if (z->slots == NULL || z->readers == NULL)
		return err_memory(err);
	for (unsigned i = 0; st == DFLOW_OK && i < z->threads; i++) {
		struct reader *r = &z->readers[i];

		r->z = z;
		arena_init_shared(&r->arena, &z->b->budget);
		gather_init(&r->gather, &r->arena, &z->b->budget);
		st = scan_new(&r->scan, err);
	}
	return st;
}

/* What was read is the builder's now. */
static void
readers_free(struct zone_reading *z)
{
	for (unsigned i = 0; z->readers != NULL && i < z->threads; i++) {
		struct reader *r = &z->readers[i];

		if (r->z == NULL)
			break;
		arena_join(&z->b->arena, &r->arena);
		gather_free(&r->gather);
		scan_free(&r->scan);
		free(r->text);
	}
	for (size_t i = 0; z->slots != NULL && i < z->window; i++)
		block_free(&z->slots[i].block, &z->b->budget);
	free(z->readers);
	free(z->slots);
}

static enum dflow_status
read_zone(struct zone_reading *z, struct dflow_err *err)
{
	struct pool_pipe pipe = {
	    .read = read_slot, .work = work_slot, .take = take_slot, .ctx = z};
	uint8_t origin[NAME_MAX_LEN];
	enum dflow_status st;

	first_origin(z->p, origin);
	st = loader_open(&z->ld, z->p->path, origin, err);
	if (st == DFLOW_OK)
		st = readers_new(z, err);
	pipe.window = z->window;
	if (st == DFLOW_OK)
		st = pool_pipe(z->threads, &pipe, err);
	readers_free(z);
	loader_close(&z->ld);
	if (st == DFLOW_OK && !z->soa)
		st = no_soa(z->p, z->b, err);
	return st;
}

enum dflow_status
zone_load_pieces(const struct zone_load *p, size_t piece_max,
    struct zone_builder **out, uint8_t apex[NAME_MAX_LEN],
    struct dflow_err *err)
{
	struct zone_reading z = {
	    .p = p,
	    .threads = p->threads < THREADS_MAX ? p->threads : THREADS_MAX,
	};
	enum dflow_status st;

	st = zone_builder_new(p->max_memory, &z.b, err);
	if (st != DFLOW_OK)
		return st;
	z.b->budget.used = p->taken;
	z.ld.file = zone_file;
	z.ld.alone = p->alone;
	z.ld.before = before_next;
	z.ld.ctx = &z;
	z.ld.digest = p->digest;
	z.ld.piece_max = piece_max;
	st = read_zone(&z, err);
	if (st != DFLOW_OK) {
		zone_builder_free(&z.b);
		return st;
	}
	(void)name_copy(
	    apex, p->origin != NULL ? p->origin : zone_builder_soa_owner(z.b));
	*out = z.b;
	return DFLOW_OK;
}

enum dflow_status
zone_load_begin(const struct zone_load *p, struct zone_builder **out,
    uint8_t apex[NAME_MAX_LEN], struct dflow_err *err)
{
	return zone_load_pieces(p, LOADER_PIECE, out, apex, err);
}

enum dflow_status
zone_load(const struct zone_load *p, struct zone **out, struct dflow_err *err)
{
	struct zone_builder *b = NULL;
	uint8_t apex[NAME_MAX_LEN];
	enum dflow_status st;

	st = zone_load_begin(p, &b, apex, err);
	if (st != DFLOW_OK)
		return st;
	return zone_build(&b, apex, p->threads, out, err);
}
