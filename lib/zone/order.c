/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Canonical order of a zone's names (RFC 4034 section 6.1), of those that were
 * not read in that order: a merge sort of small entries that hold the first
 * bytes in which the sort keys can differ, its parts sorted by threads.
 */
#include "zone/builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

enum {
	INSERTION_MAX = 12,
	PART_MIN = 4096, /* fewer entries are not worth a thread */
};

struct order {
	const struct zone_builder *b;
	struct entry *from; /* the entries, in sorted stretches of width */
	struct entry *to;
	size_t count;
	size_t width;
	size_t skip; /* leading bytes that all keys share */
};

/* Equal ones stay in the order in which they were read: the sort is stable. */
static bool
entry_less(const struct order *o, const struct entry *a, const struct entry *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	return run_cmp(entry_run(o->b, a), entry_run(o->b, b)) < 0;
}

/* How many bytes all keys share. */
static size_t
shared_bytes(const struct zone_builder *b)
{
	size_t n = b->blocks[0].shared;

	for (size_t k = 1; k < b->block_count; k++) {
		if (n > b->blocks[k].shared)
			n = b->blocks[k].shared;
		n = run_shared(b->blocks[0].runs, b->blocks[k].runs, n);
	}
	return n;
}

/*
 * A key that ends is filled up with zeros, which never makes it greater than
 * one that goes on; equal prefixes are told apart by the whole keys.
 */
static uint64_t
key_prefix(const struct run *r, size_t skip)
{
	const uint8_t *key = run_key(r);
	uint64_t v = 0;

	for (size_t i = 0; i < sizeof(v); i++)
		v = v << 8 | (skip + i < r->key_len ? key[skip + i] : 0);
	return v;
}

static void
insertion_sort(const struct order *o, struct entry *a, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct entry e = a[i];
		size_t j = i;

		for (; j > 0 && entry_less(o, &e, &a[j - 1]); j--)
			a[j] = a[j - 1];
		a[j] = e;
	}
}

static void
merge(const struct order *o, const struct entry *a, size_t a_n,
    const struct entry *b, size_t b_n, struct entry *out)
{
	while (a_n > 0 && b_n > 0) {
		if (entry_less(o, b, a)) {
			*out++ = *b++;
			b_n--;
		} else {
			*out++ = *a++;
			a_n--;
		}
	}
	if (a_n > 0)
		memcpy(out, a, a_n * sizeof(*a));
	if (b_n > 0)
		memcpy(out, b, b_n * sizeof(*b));
}

/* Sorts a[0..n), with tmp for room. The depth is the logarithm of n. */
static void
merge_sort(const struct order *o, struct entry *a, struct entry *tmp, size_t n)
{
	size_t half = n / 2;

	if (n <= INSERTION_MAX) {
		insertion_sort(o, a, n);
		return;
	}
	merge_sort(o, a, tmp, half);
	merge_sort(o, a + half, tmp, n - half);
	if (!entry_less(o, &a[half], &a[half - 1]))
		return;
	memcpy(tmp, a, half * sizeof(*a));
	merge(o, tmp, half, a + half, n - half, a);
}

static enum dflow_status
sort_part(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct order *o = ctx;
	size_t at = i * o->width;
	size_t n = o->count - at < o->width ? o->count - at : o->width;

	(void)worker;
	(void)err;
	for (size_t k = at; k < at + n; k++) {
		o->from[k].prefix =
		    key_prefix(entry_run(o->b, &o->from[k]), o->skip);
	}
	merge_sort(o, o->from + at, o->to + at, n);
	return DFLOW_OK;
}

static enum dflow_status
merge_pair(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct order *o = ctx;
	size_t at = i * 2 * o->width;
	size_t left = o->count - at;
	size_t a = left < o->width ? left : o->width;
	size_t b = left - a < o->width ? left - a : o->width;

	(void)worker;
	(void)err;
	merge(o, o->from + at, a, o->from + at + a, b, o->to + at);
	return DFLOW_OK;
}

static enum dflow_status
sort_entries(struct order *o, unsigned threads, struct dflow_err *err)
{
	enum dflow_status st;
	struct entry *swap;
	size_t parts = o->count / PART_MIN;

	if (parts > threads)
		parts = threads;
	if (parts == 0)
		parts = 1;
	o->width = (o->count + parts - 1) / parts;
	parts = (o->count + o->width - 1) / o->width;
	st = pool_run(threads, parts, sort_part, o, err);
	while (st == DFLOW_OK && o->width < o->count) {
		parts = (o->count + o->width - 1) / o->width;
		st = pool_run(threads, (parts + 1) / 2, merge_pair, o, err);
		swap = o->from;
		o->from = o->to;
		o->to = swap;
		o->width *= 2;
	}
	return st;
}

/* Lists the runs as they were read. */
static void
list_runs(const struct zone_builder *b, struct entry *out)
{
	for (size_t k = 0; k < b->block_count; k++)
		for (size_t i = 0; i < b->blocks[k].run_count; i++)
			*out++ = (struct entry){0, (uint32_t)k, (uint32_t)i};
}

enum dflow_status
order_runs(struct zone_builder *b, unsigned threads, struct entry **out,
    size_t *count, struct dflow_err *err)
{
	struct order o = {.b = b};
	size_t from_cap = 0, to_cap = 0;
	enum dflow_status st;

	*out = NULL;
	*count = 0;
	if (b->sorted)
		return DFLOW_OK;
	for (size_t k = 0; k < b->block_count; k++)
		o.count += b->blocks[k].run_count;
	o.skip = shared_bytes(b);
	st = builder_grow(b, &o.from, &from_cap, sizeof(*o.from), o.count, err);
	if (st == DFLOW_OK)
		st = builder_grow(
		    b, &o.to, &to_cap, sizeof(*o.to), o.count, err);
	if (st != DFLOW_OK)
		goto out;
	list_runs(b, o.from);
	st = sort_entries(&o, threads, err);
	if (st != DFLOW_OK)
		goto out;
	*out = o.from; /* transferred; still counted */
	*count = o.count;
	o.from = NULL;
	from_cap = 0; /* sorting may have exchanged them: both are as big */
out:
	builder_drop(b, &o.from, from_cap, sizeof(*o.from));
	builder_drop(b, &o.to, to_cap, sizeof(*o.to));
	return st;
}
