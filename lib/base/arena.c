/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces cut from big chunks, for the millions of names and records of a
 * zone. Owns the chunks; nothing is released before arena_free.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_FIRST = 16 * 1024,
	CHUNK_LAST = 1024 * 1024,
};

struct arena_chunk {
	struct arena_chunk *next;
	size_t cap; /* bytes in data */
	size_t used;
	_Alignas(8) uint8_t data[];
};

bool
budget_take(struct budget *b, size_t len)
{
	size_t used = atomic_load(&b->used);

	do {
		if (len > SIZE_MAX - used ||
		    (b->max != 0 && used + len > b->max))
			return false;
	} while (!atomic_compare_exchange_weak(&b->used, &used, used + len));
	return true;
}

void
budget_give(struct budget *b, size_t len)
{
	(void)atomic_fetch_sub(&b->used, len);
}

void
arena_init(struct arena *a, size_t max)
{
	memset(a, 0, sizeof(*a));
	a->max = max;
}

void
arena_init_shared(struct arena *a, struct budget *b)
{
	memset(a, 0, sizeof(*a));
	a->budget = b;
}

/* A new chunk with room for need bytes; NULL at the ceiling. */
static struct arena_chunk *
chunk_new(struct arena *a, size_t need)
{
	struct arena_chunk *c;
	size_t left = a->max == 0 ? SIZE_MAX : a->max - a->used;
	size_t cap = CHUNK_FIRST;

	if (left > SIZE_MAX - a->used)
		left = SIZE_MAX - a->used;
	if (left < sizeof(*c) || need > left - sizeof(*c))
		return NULL;
	left -= sizeof(*c);
	/* Each is as big as all before it together, within bounds. */
	if (a->used > cap)
		cap = a->used < CHUNK_LAST ? a->used : CHUNK_LAST;
	if (cap > left)
		cap = left;
	if (cap < need)
		cap = need;
	if (a->budget != NULL && !budget_take(a->budget, sizeof(*c) + cap)) {
		cap = need;
		if (!budget_take(a->budget, sizeof(*c) + cap))
			return NULL;
	}
	c = malloc(sizeof(*c) + cap);
	if (c == NULL)
		return NULL;
	c->next = NULL;
	c->cap = cap;
	c->used = 0;
	a->used += sizeof(*c) + cap;
	return c;
}

void *
arena_alloc(struct arena *a, size_t len, size_t align)
{
	struct arena_chunk *c = a->head;
	size_t at;

	assert(align == 1 || align == 2 || align == 4 || align == 8);
	if (c != NULL) {
		at = (c->used + align - 1) & ~(align - 1);
		if (at <= c->cap && len <= c->cap - at) {
			c->used = at + len;
			return c->data + at;
		}
	}
	c = chunk_new(a, len);
	if (c == NULL)
		return NULL;
	c->used = len;
	/* A big piece must not hide the room that is left in the head. */
	if (a->head != NULL &&
	    a->head->cap - a->head->used > c->cap - c->used) {
		c->next = a->head->next;
		a->head->next = c;
	} else {
		c->next = a->head;
		a->head = c;
	}
	return c->data;
}

bool
arena_extend(struct arena *a, const void *end, size_t len)
{
	struct arena_chunk *c = a->head;

	if (c == NULL || end != c->data + c->used || len > c->cap - c->used)
		return false;
	c->used += len;
	return true;
}

void
arena_join(struct arena *a, struct arena *from)
{
	struct arena_chunk **last = &a->head;

	while (*last != NULL)
		last = &(*last)->next;
	*last = from->head;
	from->head = NULL;
	a->used += from->used;
	from->used = 0;
}

void
arena_free(struct arena *a)
{
	struct arena_chunk *c;

	if (a == NULL)
		return;
	while (a->head != NULL) {
		c = a->head;
		a->head = c->next;
		free(c);
	}
	a->used = 0;
}
