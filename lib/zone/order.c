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

struct entry {
	uint64_t prefix;
	uint32_t run;
};

struct order {
	const struct run *runs;
	struct entry *from; /* the entries, in sorted stretches of width */
	struct entry *to;
	size_t count;
	size_t width;
	size_t skip; /* leading bytes that all keys share */
};

static bool
entry_less(const struct order *o, const struct entry *a, const struct entry *b)
{
	int c;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	c = run_cmp(&o->runs[a->run], &o->runs[b->run]);
	return c != 0 ? c < 0 : a->run < b->run;
}

static size_t
shared_bytes(const struct run *runs, size_t count)
{
	size_t n = count == 0 ? 0 : runs[0].key_len;

	for (size_t i = 1; i < count && n > 0; i++) {
		if (n > runs[i].key_len)
			n = runs[i].key_len;
		while (memcmp(runs[0].key, runs[i].key, n) != 0)
			n--;
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
	uint64_t v = 0;

	for (size_t i = 0; i < sizeof(v); i++)
		v = v << 8 | (skip + i < r->key_len ? r->key[skip + i] : 0);
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
		o->from[k].prefix = key_prefix(&o->runs[k], o->skip);
		o->from[k].run = (uint32_t)k;
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

enum dflow_status
order_runs(struct zone_builder *b, unsigned threads, uint32_t **out,
    struct dflow_err *err)
{
	struct order o = {.runs = b->runs, .count = b->run_count};
	size_t from_cap = 0, to_cap = 0;
	uint32_t *index = NULL;
	enum dflow_status st;

	if (b->sorted) {
		*out = NULL;
		return DFLOW_OK;
	}
	o.skip = shared_bytes(o.runs, o.count);
	st = builder_grow(b, &o.from, &from_cap, sizeof(*o.from), o.count, err);
	if (st == DFLOW_OK)
		st = builder_grow(
		    b, &o.to, &to_cap, sizeof(*o.to), o.count, err);
	if (st == DFLOW_OK)
		st = sort_entries(&o, threads, err);
	if (st != DFLOW_OK)
		goto out;
	index = calloc(o.count, sizeof(*index));
	if (index == NULL) {
		st = err_memory(err);
		goto out;
	}
	for (size_t i = 0; i < o.count; i++)
		index[i] = o.from[i].run;
	*out = index;
out:
	/* Sorting may have exchanged them; both are as big. */
	builder_drop(b, &o.from, from_cap, sizeof(*o.from));
	builder_drop(b, &o.to, to_cap, sizeof(*o.to));
	return st;
}
