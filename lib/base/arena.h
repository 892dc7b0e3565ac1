/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is given out in small pieces and released all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

/* A ceiling that several share; any thread may take from it. */
struct budget {
	atomic_size_t used; /* bytes */
	size_t max; /* 0 is no ceiling */
};

/* False, and nothing is taken, if the ceiling would be passed. */
bool budget_take(struct budget *b, size_t len);
void budget_give(struct budget *b, size_t len);

struct arena {
	struct arena_chunk *head;
	size_t used; /* bytes held from the system */
	size_t max; /* ceiling on used; 0 is none */
	struct budget *budget; /* its chunks count there too; NULL: nowhere */
};

void arena_init(struct arena *a, size_t max);
/*
 * One whose chunks are taken from b, which must outlive it, and are not given
 * back: who shares a budget ends together.
 */
void arena_init_shared(struct arena *a, struct budget *b);
/*
 * len bytes, not cleared, at a multiple of align (1, 2, 4 or 8); NULL when
 * the ceiling or memory is reached. Valid until arena_free.
 */
void *arena_alloc(struct arena *a, size_t len, size_t align);
/*
 * len bytes right behind end, which is the end of the last piece; false if
 * there is no room for them in its chunk, and then nothing has happened.
 */
bool arena_extend(struct arena *a, const void *end, size_t len);
/* Gives all that from holds to a; from is then empty. */
void arena_join(struct arena *a, struct arena *from);
void arena_free(struct arena *a);

#endif
