/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Type bit maps (RFC 4034 section 4.1.2): blocks of window number, length and
 * 1 to 32 bytes. Refuses what that section forbids: windows out of order or
 * empty, trailing zero bytes.
 */
#include "zone/bitmap.h"

#include <assert.h>
#include <string.h>

enum { WINDOW_MAX = 32 };

void
bitmap_begin(struct bitmap *b, struct buf *out)
{
	memset(b, 0, sizeof(*b));
	b->out = out;
}

void
bitmap_add(struct bitmap *b, uint16_t type)
{
	uint8_t window = (uint8_t)(type >> 8);
	uint8_t low = (uint8_t)(type & 0xff);

	if (window != b->window) {
		assert(window > b->window);
		bitmap_end(b);
		b->window = window;
	}
	b->map[low >> 3] |= (uint8_t)(0x80 >> (low & 7));
	if (b->len <= low >> 3)
		b->len = (uint8_t)((low >> 3) + 1);
}

void
bitmap_end(struct bitmap *b)
{
	if (b->len == 0)
		return;
	buf_u8(b->out, b->window);
	buf_u8(b->out, b->len);
	buf_put(b->out, b->map, b->len);
	memset(b->map, 0, sizeof(b->map));
	b->len = 0;
}

void
bitmap_put(struct buf *out, const uint16_t *types, size_t count)
{
	struct bitmap b;

	bitmap_begin(&b, out);
	for (size_t i = 0; i < count; i++)
		bitmap_add(&b, types[i]);
	bitmap_end(&b);
}

bool
bitmap_check(const uint8_t *map, size_t len)
{
	int window = -1;
	size_t at = 0;

	while (at < len) {
		size_t bytes;

		if (len - at < 2 || map[at] <= window)
			return false;
		window = map[at];
		bytes = map[at + 1];
		if (bytes == 0 || bytes > WINDOW_MAX || bytes > len - at - 2)
			return false;
		at += 2 + bytes;
		if (map[at - 1] == 0)
			return false;
	}
	return true;
}

size_t
bitmap_types(const uint8_t *map, size_t len, uint16_t *types, size_t max)
{
	size_t count = 0;

	for (size_t at = 0; at + 2 <= len; at += 2 + (size_t)map[at + 1]) {
		for (unsigned i = 0; i < map[at + 1] * 8u; i++) {
			if ((map[at + 2 + i / 8] & (0x80 >> i % 8)) == 0)
				continue;
			if (count == max)
				return count;
			types[count++] = (uint16_t)(map[at] * 256u + i);
		}
	}
	return count;
}
