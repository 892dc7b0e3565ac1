/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gathering RRs: what stays for good (owners, RDATA) goes into an arena, an
 * owner once for as long as it repeats; what is needed until the zone stands
 * goes into blocks that can be released one by one.
 */
#include "zone/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/os_map.h"
#include "dns/rrtype.h"

int
run_cmp(const struct run *a, const struct run *b)
{
	size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;
	int c = memcmp(run_key(a), run_key(b), n);

	if (c != 0)
		return c;
	return (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

size_t
run_shared(const struct run *a, const struct run *b, size_t n)
{
	if (n > b->key_len)
		n = b->key_len;
	while (memcmp(run_key(a), run_key(b), n) != 0)
		n--;
	return n;
}

void
gather_init(struct gather *b, struct arena *arena, struct budget *budget)
{
	memset(b, 0, sizeof(*b));
	b->arena = arena;
	b->budget = budget;
	b->sorted = true;
}

void
gather_reset(struct gather *b)
{
	b->raw_count = 0;
	b->run_count = 0;
	b->end = NULL;
	b->soa_owner = NULL;
	b->sorted = true;
}

void
gather_free(struct gather *b)
{
	budget_give(b->budget,
	    b->raw_cap * sizeof(*b->raws) + b->run_cap * sizeof(*b->runs));
	free(b->raws);
	free(b->runs);
	b->raws = NULL;
	b->runs = NULL;
	b->raw_cap = 0;
	b->run_cap = 0;
	gather_reset(b);
}

/* Makes room for one more in *array, which holds count of *cap elements. */
static bool
grow(struct gather *b, void *array, size_t count, size_t *cap, size_t size)
{
	size_t more = *cap + 64;
	void *p;

	if (count < *cap)
		return true;
	if (more > SIZE_MAX / 2 / size || !budget_take(b->budget, more * size))
		return false;
	memcpy(&p, array, sizeof(p));
	p = realloc(p, (*cap + more) * size);
	if (p == NULL) {
		budget_give(b->budget, more * size);
		return false;
	}
	memcpy(array, &p, sizeof(p));
	*cap += more;
	return true;
}

static bool
owner_repeats(const struct gather *b, const uint8_t *owner, size_t len)
{
	const struct run *last;

	if (b->run_count == 0)
		return false;
	last = &b->runs[b->run_count - 1];
	if (last->owner_len != len)
		return false;
	return memcmp(last->owner, owner, len) == 0 ||
	       name_equal(last->owner, owner);
}

/*
 * Begins a run and gives its first RR len bytes. The key is made here, once
 * for all later comparing.
 */
static uint8_t *
run_begin(struct gather *b, const uint8_t *owner, size_t owner_len, size_t len)
{
	uint8_t key[NAME_KEY_MAX];
	size_t key_len = name_key(owner, key);
	struct run *r;
	uint8_t *p;

	if (!grow(b, &b->runs, b->run_count, &b->run_cap, sizeof(*b->runs)))
		return NULL;
	p = arena_alloc(b->arena, key_len + owner_len + len, 1);
	if (p == NULL)
		return NULL;
	memcpy(p, key, key_len);
	memcpy(p + key_len, owner, owner_len);
	r = &b->runs[b->run_count++];
	r->owner = p + key_len;
	r->raws = NULL;
	r->count = 0;
	r->key_len = (uint16_t)key_len;
	r->owner_len = (uint8_t)owner_len;
	if (b->run_count == 1)
		b->shared = key_len;
	else if (run_cmp(r - 1, r) > 0)
		b->sorted = false;
	b->shared = run_shared(b->runs, r, b->shared);
	return p + key_len + owner_len;
}

/* Room for the RDATA of the next RR, packed. */
static uint8_t *
rdata_room(struct gather *b, const struct zone_rr *rr)
{
	size_t len = sizeof(rr->rdata_len) + rr->rdata_len;
	size_t owner_len = name_len(rr->owner);
	uint8_t *p = NULL;

	if (owner_repeats(b, rr->owner, owner_len) &&
	    arena_extend(b->arena, b->end, len))
		p = b->end;
	else
		p = run_begin(b, rr->owner, owner_len, len);
	if (p != NULL)
		b->end = p + len;
	return p;
}

bool
gather_add(struct gather *b, const struct zone_rr *rr)
{
	struct raw *raw;
	struct run *run;
	uint8_t *p;

	if (!grow(b, &b->raws, b->raw_count, &b->raw_cap, sizeof(*b->raws)))
		return false;
	p = rdata_room(b, rr);
	if (p == NULL)
		return false;
	memcpy(p, &rr->rdata_len, sizeof(rr->rdata_len));
	if (rr->rdata_len > 0)
		memcpy(p + sizeof(rr->rdata_len), rr->rdata, rr->rdata_len);
	raw = &b->raws[b->raw_count++];
	raw->ttl = rr->ttl;
	raw->line = rr->line;
	raw->type = rr->type;
	raw->file = rr->file;
	run = &b->runs[b->run_count - 1];
	run->count++;
	if (rr->type == RRTYPE_SOA && b->soa_owner == NULL)
		b->soa_owner = run->owner;
	return true;
}

static size_t
block_bytes(const struct block *b)
{
	return b->run_count * sizeof(*b->runs) +
	       b->raw_count * sizeof(struct raw);
}

bool
gather_seal(struct gather *b, struct block *out)
{
	struct block block = {
	    .run_count = b->run_count,
	    .raw_count = b->raw_count,
	    .shared = b->shared,
	    .soa_owner = b->soa_owner,
	    .sorted = b->sorted,
	};
	struct raw *raws;

	if (!budget_take(b->budget, block_bytes(&block)))
		return false;
	block.runs = os_map_new(block_bytes(&block));
	if (block.runs == NULL) {
		budget_give(b->budget, block_bytes(&block));
		return false;
	}
	raws = (struct raw *)(block.runs + block.run_count);
	memcpy(block.runs, b->runs, b->run_count * sizeof(*b->runs));
	memcpy(raws, b->raws, b->raw_count * sizeof(*raws));
	for (size_t i = 0; i < block.run_count; i++) {
		block.runs[i].raws = raws;
		raws += block.runs[i].count;
	}
	gather_reset(b);
	*out = block;
	return true;
}

void
block_free(struct block *b, struct budget *budget)
{
	if (b->runs == NULL)
		return;
	budget_give(budget, block_bytes(b));
	os_map_free(b->runs, block_bytes(b));
	b->runs = NULL;
}
