/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gathering a zone's RRs as they are read, in any order: RDATA and owners go
 * into one arena, an owner once for as long as it repeats. Refuses to grow
 * beyond the ceiling that the caller sets.
 */
#include "zone/builder.h"

#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"

enum { FILES_MAX = 65535 };

enum dflow_status
zone_builder_new(
    size_t max_memory, struct zone_builder **out, struct dflow_err *err)
{
	struct zone_builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_memory(err);
	b->max_memory = max_memory;
	b->sorted = true;
	arena_init(&b->arena, max_memory);
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
	free((*b)->runs);
	free((*b)->raws);
	arena_free(&(*b)->arena);
	free(*b);
	*b = NULL;
}

enum dflow_status
builder_full(const struct zone_builder *b, struct dflow_err *err)
{
	if (b->max_memory == 0)
		return err_memory(err);
	return err_set(err, DFLOW_FAILED,
	    "%s: the zone needs more than %zu "
	    "bytes of memory; allow more with --max-memory",
	    b->name == NULL ? "zone" : b->name, b->max_memory);
}

enum dflow_status
builder_alloc(
    struct zone_builder *b, size_t len, void *out, struct dflow_err *err)
{
	void *p = arena_alloc(&b->arena, len, 1);

	if (p == NULL)
		return builder_full(b, err);
	memcpy(out, &p, sizeof(p));
	return DFLOW_OK;
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
	size_t room;
	void *p;

	if (need <= *cap)
		return DFLOW_OK;
	if (n < need)
		n = need;
	if (n > SIZE_MAX / 2 / size)
		return err_memory(err);
	if (b->max_memory != 0) {
		room = b->max_memory - b->array_bytes;
		if (b->arena.used >= room ||
		    (n - *cap) * size >= room - b->arena.used)
			return builder_full(b, err);
	}
	memcpy(&p, array, sizeof(p));
	p = realloc(p, n * size);
	if (p == NULL)
		return err_memory(err);
	memcpy(array, &p, sizeof(p));
	b->array_bytes += (n - *cap) * size;
	if (b->max_memory != 0)
		b->arena.max = b->max_memory - b->array_bytes;
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
	b->array_bytes -= cap * size;
	if (b->max_memory != 0)
		b->arena.max = b->max_memory - b->array_bytes;
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

int
run_cmp(const struct run *a, const struct run *b)
{
	size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;
	int c = memcmp(a->key, b->key, n);

	if (c != 0)
		return c;
	return (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* Begins a run; the key is made here, once for all later comparing. */
static enum dflow_status
run_begin(struct zone_builder *b, const uint8_t *owner, size_t len,
    struct dflow_err *err)
{
	uint8_t key[NAME_KEY_MAX];
	size_t key_len = name_key(owner, key);
	struct run *r;
	enum dflow_status st;
	uint8_t *p = NULL;

	st = builder_grow(
	    b, &b->runs, &b->run_cap, sizeof(*b->runs), b->run_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	st = builder_alloc(b, len + key_len, &p, err);
	if (st != DFLOW_OK)
		return st;
	memcpy(p, owner, len);
	memcpy(p + len, key, key_len);
	r = &b->runs[b->run_count];
	r->owner = p;
	r->key = p + len;
	r->key_len = (uint16_t)key_len;
	r->first = (uint32_t)b->raw_count;
	b->last_len = len;
	if (b->run_count > 0 && run_cmp(r - 1, r) > 0)
		b->sorted = false;
	b->run_count++;
	return DFLOW_OK;
}

static bool
owner_repeats(const struct zone_builder *b, const uint8_t *owner, size_t len)
{
	const uint8_t *last;

	if (b->run_count == 0 || len != b->last_len)
		return false;
	last = b->runs[b->run_count - 1].owner;
	return memcmp(last, owner, len) == 0 || name_equal(last, owner);
}

enum dflow_status
zone_builder_add(
    struct zone_builder *b, const struct zone_rr *rr, struct dflow_err *err)
{
	size_t len = name_len(rr->owner);
	enum dflow_status st;
	struct raw *raw;
	uint8_t *p = NULL;

	if (b->raw_count == UINT32_MAX)
		return err_set(err, DFLOW_FAILED,
		    "the zone has more than 4294967295 records");
	st = builder_grow(
	    b, &b->raws, &b->raw_cap, sizeof(*b->raws), b->raw_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	if (!owner_repeats(b, rr->owner, len)) {
		st = run_begin(b, rr->owner, len, err);
		if (st != DFLOW_OK)
			return st;
	}
	st = builder_alloc(b, sizeof(rr->rdata_len) + rr->rdata_len, &p, err);
	if (st != DFLOW_OK)
		return st;
	memcpy(p, &rr->rdata_len, sizeof(rr->rdata_len));
	if (rr->rdata_len > 0)
		memcpy(p + sizeof(rr->rdata_len), rr->rdata, rr->rdata_len);
	raw = &b->raws[b->raw_count++];
	raw->rdata = p;
	raw->ttl = rr->ttl;
	raw->line = rr->line;
	raw->type = rr->type;
	raw->file = rr->file;
	if (rr->type == RRTYPE_SOA && b->soa_owner == NULL)
		b->soa_owner = b->runs[b->run_count - 1].owner;
	return DFLOW_OK;
}

size_t
zone_builder_count(const struct zone_builder *b)
{
	return b == NULL ? 0 : b->raw_count;
}

const uint8_t *
zone_builder_soa_owner(const struct zone_builder *b)
{
	return b->soa_owner;
}
