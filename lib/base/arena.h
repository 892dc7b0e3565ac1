/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is given out in small pieces and released all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *head;
	size_t used; /* bytes held from the system */
	size_t max; /* ceiling on used; 0 is none */
};

void arena_init(struct arena *a, size_t max);
/*
 * len bytes, not cleared, at a multiple of align (1, 2, 4 or 8); NULL when
 * the ceiling or memory is reached. Valid until arena_free.
 */
void *arena_alloc(struct arena *a, size_t len, size_t align);
void arena_free(struct arena *a);

#endif
