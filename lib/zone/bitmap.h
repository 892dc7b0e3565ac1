/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Type bit maps of NSEC, NSEC3 and CSYNC (RFC 4034 section 4.1.2). */
#ifndef ZONE_BITMAP_H
#define ZONE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A bit map that is written as its types come, ascending (duplicates are
 * fine): bitmap_begin, bitmap_add for each, bitmap_end.
 */
struct bitmap {
	struct buf *out;
	uint8_t map[32];
	uint8_t window;
	uint8_t len; /* bytes of map in use; 0 is an empty window */
};

void bitmap_begin(struct bitmap *b, struct buf *out);
void bitmap_add(struct bitmap *b, uint16_t type);
void bitmap_end(struct bitmap *b);

/* Appends the bit map of types[0..count), ascending; duplicates are fine. */
void bitmap_put(struct buf *out, const uint16_t *types, size_t count);

/* Well-formed: windows ascending, 1 to 32 bytes, no trailing zero byte. */
bool bitmap_check(const uint8_t *map, size_t len);

/* Writes the types of a checked map, ascending, at most max; their count. */
size_t bitmap_types(
    const uint8_t *map, size_t len, uint16_t *types, size_t max);

#endif
