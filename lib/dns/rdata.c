/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what follows from the layout of RDATA (dns/rdform): the check that it
 * is well-formed, its canonical form and order (RFC 4034 sections 6.2 and
 * 6.3, RFC 6840 section 5.1).
 */
#include <string.h>

#include "dns/rdata.h"
#include "dns/rdform.h"

bool
rdata_check(uint16_t type, const uint8_t *data, size_t len)
{
	struct rdcursor c = {data, len, 0};
	const char *f;

	if (len > RDATA_MAX_LEN)
		return false;
	for (f = rdform_of(type)->fields; *f != '\0'; f++)
		if (!rdform_skip(*f, &c))
			return false;
	return c.at == len;
}

bool
rdata_has_canon(uint16_t type)
{
	return rdform_of(type)->canon;
}

/* Where RDATA holds a name. */
struct span {
	size_t start;
	size_t end;
};

enum { SPANS_MAX = 2 };

/* The names of a type that rdata_has_canon; their count. */
static unsigned
find_spans(uint16_t type, const uint8_t *data, size_t len,
    struct span spans[SPANS_MAX])
{
	struct rdcursor c = {data, len, 0};
	unsigned count = 0;
	const char *f;

	for (f = rdform_of(type)->fields; *f != '\0'; f++) {
		size_t start = c.at;

		if (!rdform_skip(*f, &c))
			break;
		if (*f == 'a' && data[0] > 0)
			start = 1 + (128 - (size_t)data[0] + 7) / 8;
		else if (*f != 'N')
			continue;
		spans[count].start = start;
		spans[count].end = c.at;
		if (++count == SPANS_MAX)
			break;
	}
	return count;
}

static inline uint8_t
lower(uint8_t b)
{
	return (uint8_t)(b | ((uint8_t)(b - 'A') < 26 ? 0x20 : 0));
}

void
rdata_canon(uint16_t type, const uint8_t *data, size_t len, uint8_t *out)
{
	struct span spans[SPANS_MAX];
	unsigned i, count;
	size_t at;

	if (len == 0)
		return;
	memcpy(out, data, len);
	if (!rdata_has_canon(type))
		return;
	count = find_spans(type, data, len, spans);
	for (i = 0; i < count; i++)
		for (at = spans[i].start; at < spans[i].end; at++)
			out[at] = lower(out[at]);
}

static int
bytes_cmp(const uint8_t *a, const uint8_t *b, size_t from, size_t to)
{
	return from < to ? memcmp(a + from, b + from, to - from) : 0;
}

static int
folded_cmp(const uint8_t *a, const uint8_t *b, size_t from, size_t to)
{
	for (; from < to; from++) {
		int d = (int)lower(a[from]) - (int)lower(b[from]);

		if (d != 0)
			return d;
	}
	return 0;
}

/*
 * Where a and b have their names follows from the bytes before them, so as
 * long as no difference was met a's names are b's as well: looking at a's
 * alone is enough, and neither has to be copied.
 */
int
rdata_cmp(uint16_t type, const uint8_t *a, size_t a_len, const uint8_t *b,
    size_t b_len)
{
	size_t at = 0, min = a_len < b_len ? a_len : b_len;
	struct span spans[SPANS_MAX];
	unsigned i, count = 0;
	int d;

	if (rdata_has_canon(type))
		count = find_spans(type, a, a_len, spans);
	for (i = 0; i < count; i++) {
		size_t start = spans[i].start, end = spans[i].end;

		d = bytes_cmp(a, b, at, start < min ? start : min);
		if (d == 0)
			d = folded_cmp(a, b, start, end < min ? end : min);
		if (d != 0)
			return d;
		at = end;
	}
	d = bytes_cmp(a, b, at, min);
	if (d != 0)
		return d;
	return (a_len > b_len) - (a_len < b_len);
}
