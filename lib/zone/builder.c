/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holding a zone's RRs as they come, in any order, until zone/build.c makes
 * the zone. Refuses to grow beyond the ceiling that the caller sets.
 */
#include "zone/builder.h"

#include <stdlib.h>
#include <string.h>

enum {
	FILES_MAX = 65535,
	TAIL_MAX = 8192, /* RRs; more become a block */
};

enum dflow_status
zone_builder_new(
    size_t max_memory, struct zone_builder **out, struct dflow_err *err)
{
	struct zone_builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_memory(err);
	b->budget.max = max_memory;
	b->sorted = true;
	arena_init_shared(&b->arena, &b->budget);
	gather_init(&b->tail, &b->arena, &b->budget);
	*out = b;
	return DFLOW_OK;
}

void
zone_builder_free(struct zone_builder **b)
{
	if (b == NULL || *b == NULL)
		return;
	for (size_t i = 0; i < (*b)->file_count; i++)
		free((*b)->files[i]);
	free((*b)->files);
	for (size_t i = 0; i < (*b)->block_count; i++)
		block_free(&(*b)->blocks[i], &(*b)->budget);
	free((*b)->blocks);
	gather_free(&(*b)->tail);
	arena_free(&(*b)->arena);
	free(*b);
	*b = NULL;
}

enum dflow_status
builder_full(const struct zone_builder *b, struct dflow_err *err)
{
	if (b->budget.max == 0)
		return err_memory(err);
	return err_set(err, DFLOW_FAILED,
	    "%s: the zone needs more than %zu "
	    "bytes of memory; allow more with --max-memory",
	    b->name == NULL ? "zone" : b->name, b->budget.max);
}

/*
 * Arrays grow by half: realloc moves big ones by page tables, so neither the
 * old nor the untouched end of the new one costs memory.
 */
enum dflow_status
builder_grow(struct zone_builder *b, void *array, size_t *cap, size_t size,
    size_t need, struct dflow_err *err)
{
	size_t n = *cap + *cap / 2 + 64;
	void *p;

	if (need <= *cap)
		return DFLOW_OK;
	if (n < need)
		n = need;
	if (n > SIZE_MAX / 2 / size)
		return err_memory(err);
	if (!budget_take(&b->budget, (n - *cap) * size))
		return builder_full(b, err);
	memcpy(&p, array, sizeof(p));
	p = realloc(p, n * size);
	if (p == NULL) {
		budget_give(&b->budget, (n - *cap) * size);
		return err_memory(err);
	}
	memcpy(array, &p, sizeof(p));
	*cap = n;
	return DFLOW_OK;
}

void
builder_drop(struct zone_builder *b, void *array, size_t cap, size_t size)
{
	void *p;

	memcpy(&p, array, sizeof(p));
	free(p);
	p = NULL;
	memcpy(array, &p, sizeof(p));
	budget_give(&b->budget, cap * size);
}

enum dflow_status
zone_builder_file(struct zone_builder *b, const char *path, uint16_t *file,
    struct dflow_err *err)
{
	enum dflow_status st;
	char *copy;

	if (b->file_count == FILES_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: the zone is made of "
		    "more than %d files; join some",
		    path, FILES_MAX);
	st = builder_grow(b, &b->files, &b->file_cap, sizeof(*b->files),
	    b->file_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	copy = strdup(path);
	if (copy == NULL)
		return err_memory(err);
	if (b->name == NULL)
		b->name = copy;
	*file = (uint16_t)b->file_count;
	b->files[b->file_count++] = copy;
	return DFLOW_OK;
}

enum dflow_status
builder_block(struct zone_builder *b, struct block *in, struct dflow_err *err)
{
	const struct block *last;
	enum dflow_status st = DFLOW_OK;

	if (in->raw_count > UINT32_MAX - b->raw_count)
		st = err_set(err, DFLOW_FAILED,
		    "the zone has more than 4294967295 records");
	if (st == DFLOW_OK)
		st = builder_grow(b, &b->blocks, &b->block_cap,
		    sizeof(*b->blocks), b->block_count + 1, err);
	if (st != DFLOW_OK) {
		block_free(in, &b->budget);
		return st;
	}
	if (b->block_count > 0) {
		last = &b->blocks[b->block_count - 1];
		if (run_cmp(&last->runs[last->run_count - 1], in->runs) > 0)
			b->sorted = false;
	}
	b->sorted = b->sorted && in->sorted;
	if (b->soa_owner == NULL)
		b->soa_owner = in->soa_owner;
	b->raw_count += in->raw_count;
	b->blocks[b->block_count++] = *in;
	in->runs = NULL; /* transferred */
	return DFLOW_OK;
}

enum dflow_status
builder_flush(struct zone_builder *b, struct dflow_err *err)
{
	struct block block;

	if (b->tail.raw_count == 0)
		return DFLOW_OK;
	if (!gather_seal(&b->tail, &block))
		return builder_full(b, err);
	return builder_block(b, &block, err);
}

enum dflow_status
zone_builder_add(
    struct zone_builder *b, const struct zone_rr *rr, struct dflow_err *err)
{
	if (!gather_add(&b->tail, rr))
		return builder_full(b, err);
	return b->tail.raw_count < TAIL_MAX ? DFLOW_OK : builder_flush(b, err);
}

size_t
zone_builder_count(const struct zone_builder *b)
{
	return b == NULL ? 0 : b->raw_count + b->tail.raw_count;
}

const uint8_t *
zone_builder_soa_owner(const struct zone_builder *b)
{
	return b->soa_owner != NULL ? b->soa_owner : b->tail.soa_owner;
}
