/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A growing byte buffer. Owns growth and the ceiling; a write that does not
 * fit leaves the buffer as it was and marks it failed.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 256 };

void
buf_init(struct buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	b->full = false;
}

/* Doubles until need fits; need is within the ceiling. */
static bool
grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
	uint8_t *data;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (cap > b->max)
		cap = b->max;
	data = realloc(b->data, cap);
	if (data == NULL)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

uint8_t *
buf_reserve(struct buf *b, size_t n)
{
	assert(b->len <= b->cap && b->len <= b->max);
	if (b->failed)
		return NULL;
	if (n == 0)
		n = 1; /* so that NULL always means failure */
	if (n > b->max - b->len) {
		b->failed = true;
		b->full = true;
		return NULL;
	}
	if (n > b->cap - b->len && !grow(b, b->len + n)) {
		b->failed = true;
		return NULL;
	}
	return b->data + b->len;
}

void
buf_put(struct buf *b, const void *data, size_t len)
{
	uint8_t *at;

	if (len == 0)
		return;
	at = buf_reserve(b, len);
	if (at == NULL)
		return;
	memcpy(at, data, len);
	b->len += len;
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, sizeof(v));
}

void
buf_u16(struct buf *b, uint16_t v)
{
	const uint8_t wire[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	buf_put(b, wire, sizeof(wire));
}

void
buf_u32(struct buf *b, uint32_t v)
{
	const uint8_t wire[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	buf_put(b, wire, sizeof(wire));
}

void
buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	char *large;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if ((size_t)n < sizeof(small)) {
		buf_put(b, small, (size_t)n);
		return;
	}
	/* Its NUL must not count against the ceiling: not made in place. */
	large = malloc((size_t)n + 1);
	if (large == NULL) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	n = vsnprintf(large, (size_t)n + 1, fmt, ap);
	va_end(ap);
	if (n >= 0)
		buf_put(b, large, (size_t)n);
	else
		b->failed = true;
	free(large);
}

enum dflow_status
buf_check(const struct buf *b, const char *what, struct dflow_err *err)
{
	if (!b->failed)
		return DFLOW_OK;
	if (b->full)
		return err_set(
		    err, DFLOW_FAILED, "%s exceeds %zu bytes", what, b->max);
	return err_memory(err);
}
