/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells of bundles what a person has to see: from when to when, which keys,
 * which of them sign, and what enters and leaves. Nothing is judged here.
 */
#include "flow/bundle_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/dnskey.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"

enum { DS_HEAD = 4 }; /* tag, algorithm, digest type */

/* A key of a bundle; the others of it stand beside it in an array. */
struct placed {
	struct dnskey key;
	struct dflow_bundle_key facts;
};

static bool
is_ksk(const struct dnskey *key)
{
	return (key->flags & DNSKEY_FLAG_SEP) != 0;
}

static int
compare(const void *a, const void *b)
{
	const struct dnskey *x = &((const struct placed *)a)->key;
	const struct dnskey *y = &((const struct placed *)b)->key;
	size_t len = x->rdata_len < y->rdata_len ? x->rdata_len : y->rdata_len;

	if (is_ksk(x) != is_ksk(y))
		return is_ksk(x) ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return memcmp(x->rdata, y->rdata, len);
}

/* The RRSIGs over DNSKEY: who made them, and when all are valid. */
static void
take_sig(struct dflow_bundle *row, const struct bundle_rr *rr,
    struct placed *keys, size_t count)
{
	struct rrsig sig;
	int64_t inception;
	int64_t expiration;

	if (rr->type != RRTYPE_RRSIG || rr->covered != RRTYPE_DNSKEY ||
	    !rrsig_view(rr->rdata, rr->len, &sig))
		return;
	inception = when_from_serial(sig.inception, row->time);
	expiration = when_from_serial(sig.expiration, row->time);
	if (row->inception == INT64_MIN || inception > row->inception)
		row->inception = inception;
	if (row->expiration == INT64_MIN || expiration < row->expiration)
		row->expiration = expiration;
	for (size_t i = 0; i < count; i++)
		if (keys[i].key.tag == sig.tag &&
		    keys[i].key.algorithm == sig.algorithm)
			keys[i].facts.signs = true;
}

/* RFC 8078 section 4: algorithm 0, which no key has. */
static bool
is_delete(const struct bundle_rr *rr)
{
	if (rr->type == RRTYPE_CDS)
		return rr->len > 2 && rr->rdata[2] == 0;
	return rr->type == RRTYPE_CDNSKEY && rr->len > 3 && rr->rdata[3] == 0;
}

/* The parent is told of these keys (RFC 7344). */
static void
take_cds(const uint8_t *zone, const struct bundle_rr *rr, struct placed *keys,
    size_t count)
{
	uint8_t ds[DS_RDATA_MAX];
	size_t len;

	if (rr->type != RRTYPE_CDS || rr->len < DS_HEAD)
		return;
	for (size_t i = 0; i < count; i++) {
		len = dnskey_ds(zone, &keys[i].key, rr->rdata[3], ds);
		if (len == rr->len && memcmp(ds, rr->rdata, len) == 0)
			keys[i].facts.cds = true;
	}
}

/* Fills a row but for its end, and keys, of which there is room for all. */
static void
fill_row(struct dflow_bundle *row, const uint8_t *zone, const struct bundle *in,
    struct placed *keys)
{
	size_t count = 0;

	row->time = in->time;
	row->inception = INT64_MIN;
	row->expiration = INT64_MIN;
	for (size_t i = 0; i < in->count; i++) {
		const struct bundle_rr *rr = &in->rrs[i];
		struct dnskey key;

		row->cds_count += rr->type == RRTYPE_CDS;
		row->cds_delete = row->cds_delete || is_delete(rr);
		if (rr->type != RRTYPE_DNSKEY ||
		    !dnskey_view(rr->rdata, rr->len, &key))
			continue;
		keys[count].key = key;
		keys[count].facts = (struct dflow_bundle_key){
		    .tag = key.tag, .flags = key.flags};
		count++;
	}
	row->key_count = count;
	if (count > 1)
		qsort(keys, count, sizeof(*keys), compare);
	for (size_t i = 0; i < in->count; i++) {
		take_sig(row, &in->rrs[i], keys, count);
		take_cds(zone, &in->rrs[i], keys, count);
	}
}

static bool
has_key(const struct placed *keys, size_t count, const struct dnskey *key)
{
	for (size_t i = 0; i < count; i++)
		if (dnskey_same_key(&keys[i].key, key))
			return true;
	return false;
}

/* What the row before has not, and what of that one this has not. */
static void
compare_rows(struct placed *before, size_t before_count, struct placed *keys,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		keys[i].facts.enters =
		    !has_key(before, before_count, &keys[i].key);
	for (size_t i = 0; i < before_count; i++)
		before[i].facts.leaves = !has_key(keys, count, &before[i].key);
}

static void
fill_ends(struct bundle_table *t, int64_t until)
{
	int64_t end = until;

	for (size_t i = t->count; i-- > 0;) {
		if (i + 1 < t->count && t->rows[i + 1].time > t->rows[i].time)
			end = t->rows[i + 1].time;
		t->rows[i].until = end;
	}
}

static size_t
count_keys(const struct bundles *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < b->list[i].count; k++)
			count += b->list[i].rrs[k].type == RRTYPE_DNSKEY;
	return count;
}

static void
fill(struct bundle_table *t, const struct bundles *b, struct placed *keys)
{
	struct placed *before = keys;
	size_t before_count = 0;
	size_t at = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct dflow_bundle *row = &t->rows[i];

		fill_row(row, b->zone, &b->list[i], keys + at);
		row->keys = t->keys + at;
		if (i > 0)
			compare_rows(
			    before, before_count, keys + at, row->key_count);
		before = keys + at;
		before_count = row->key_count;
		at += row->key_count;
	}
	for (size_t i = 0; i < at; i++)
		t->keys[i] = keys[i].facts;
}

enum dflow_status
bundle_table_make(const struct bundles *b, int64_t until,
    struct bundle_table **out, struct dflow_err *err)
{
	size_t count = count_keys(b);
	struct placed *keys = calloc(count + 1, sizeof(*keys));
	struct bundle_table *t = calloc(1, sizeof(*t));
	enum dflow_status st = DFLOW_OK;

	if (t != NULL) {
		t->rows = calloc(b->count + 1, sizeof(*t->rows));
		t->keys = calloc(count + 1, sizeof(*t->keys));
	}
	if (keys == NULL || t == NULL || t->rows == NULL || t->keys == NULL) {
		st = err_memory(err);
		goto out;
	}
	t->count = b->count;
	fill(t, b, keys);
	fill_ends(t, until);
	*out = t;
	t = NULL; /* transferred */
out:
	bundle_table_free(&t);
	free(keys);
	return st;
}

void
bundle_table_free(struct bundle_table **t)
{
	struct bundle_table *old = *t;

	*t = NULL;
	if (old == NULL)
		return;
	free(old->rows);
	free(old->keys);
	free(old);
}
