/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See faults.h: changes to an NSEC or NSEC3 before it is signed. */
#include "faults.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "zone/bitmap.h"

enum { TYPES_MAX = 64, RDATA_ROOM = 1024 };

size_t
edit_map_at(const struct made_rr *rr)
{
	return rr->type == RRTYPE_NSEC
		   ? name_len(rr->rdata)
		   : (size_t)5 + rr->rdata[4] + 1 + NSEC3_HASH_LEN;
}

void
edit_rdata(struct made_rr *rr, const struct buf *b)
{
	ck_assert(!b->failed);
	rr->rdata = realloc(rr->rdata, b->len);
	ck_assert(rr->rdata != NULL);
	memcpy(rr->rdata, b->data, b->len);
	rr->len = (uint16_t)b->len;
}

static int
type_cmp(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

void
edit_bit(struct made_rr *rr, uint16_t type)
{
	uint16_t types[TYPES_MAX];
	size_t at = edit_map_at(rr), n, k = 0;
	struct buf b;

	n = bitmap_types(rr->rdata + at, rr->len - at, types, TYPES_MAX - 1);
	while (k < n && types[k] != type)
		k++;
	if (k < n)
		types[k] = types[--n];
	else
		types[n++] = type;
	qsort(types, n, sizeof(types[0]), type_cmp);
	buf_init(&b, RDATA_ROOM);
	buf_put(&b, rr->rdata, at);
	bitmap_put(&b, types, n);
	edit_rdata(rr, &b);
	buf_free(&b);
}
