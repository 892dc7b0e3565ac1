/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RRsets of one name: by type, RRSIGs also by the type they cover, their RDATA
 * in canonical order (RFC 4034 section 6.3) and each once. RDATA that already
 * stand right stay where they are. Refuses more RRsets than a node can count.
 */
#include "zone/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "dns/rdata.h"
#include "dns/rrtype.h"

enum { NODE_RRSETS_MAX = 65535 };

static struct rdata
item_rdata(const struct item *r)
{
	const uint8_t *next;

	return rdata_at(r->rdata, &next);
}

/* The type, and of RRSIGs also the type covered. */
static uint32_t
item_rank(const struct item *r)
{
	uint32_t rank = (uint32_t)r->raw->type << 16;
	struct rdata rd;

	if (r->raw->type != RRTYPE_RRSIG)
		return rank;
	rd = item_rdata(r);
	return rank | (uint32_t)rd.data[0] << 8 | rd.data[1];
}

static int
item_rdata_cmp(const struct item *a, const struct item *b)
{
	struct rdata x = item_rdata(a);
	struct rdata y = item_rdata(b);

	return rdata_cmp(a->raw->type, x.data, x.len, y.data, y.len);
}

/* Among equals the one that was read first comes first. */
static int
item_cmp(const void *p, const void *q)
{
	const struct item *a = p, *b = q;
	uint32_t x = item_rank(a), y = item_rank(b);
	int c;

	if (x != y)
		return x < y ? -1 : 1;
	c = item_rdata_cmp(a, b);
	return c != 0 ? c : (a->read > b->read) - (a->read < b->read);
}

static void
sort_items(struct item *items, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++) {
		if (item_cmp(&items[i - 1], &items[i]) > 0)
			break;
	}
	if (i < count)
		qsort(items, count, sizeof(*items), item_cmp);
}

static enum dflow_status
flaw_add(struct maker *m, const uint8_t *owner, const struct raw *r,
    enum flaw_kind kind, struct dflow_err *err)
{
	const struct zone *z = m->z;
	enum dflow_status st;
	struct flaw *f;

	if (m->flaw_count == ZONE_FLAWS_MAX)
		return DFLOW_OK;
	st = builder_grow(m->b, &m->flaws, &m->flaw_cap, sizeof(*m->flaws),
	    m->flaw_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	f = &m->flaws[m->flaw_count++];
	f->owner = owner;
	f->file = r->file < z->file_count ? z->files[r->file] : "";
	f->line = r->line;
	f->type = r->type;
	f->kind = (uint8_t)kind;
	return DFLOW_OK;
}

/* The RRset has the TTL that was read first; others are flaws. */
static enum dflow_status
settle_ttl(struct maker *m, const struct item *items, size_t count,
    struct rrset *set, struct dflow_err *err)
{
	const struct item *first = items;
	enum dflow_status st;

	for (size_t i = 1; i < count; i++) {
		if (items[i].read < first->read)
			first = &items[i];
	}
	set->ttl = first->raw->ttl;
	for (size_t i = 0; i < count; i++) {
		if (items[i].raw->ttl == set->ttl)
			continue;
		st = flaw_add(m, set->owner, items[i].raw, FLAW_TTL, err);
		if (st != DFLOW_OK)
			return st;
	}
	return DFLOW_OK;
}

/* Drops the later ones of equal RRs; how many are left. */
static size_t
drop_duplicates(struct item *items, size_t count)
{
	size_t kept = 1;

	for (size_t i = 1; i < count; i++) {
		if (item_rdata_cmp(&items[kept - 1], &items[i]) != 0)
			items[kept++] = items[i];
	}
	return kept;
}

/* Where the packed RDATA of the RRs stand one behind the other. */
static enum dflow_status
pack_rdata(struct maker *m, const struct item *items, size_t count,
    const uint8_t **out, struct dflow_err *err)
{
	const uint8_t *end;
	size_t len = 0;
	uint8_t *p;
	size_t i;

	(void)rdata_at(items[0].rdata, &end);
	for (i = 1; i < count && items[i].rdata == end; i++)
		(void)rdata_at(items[i].rdata, &end);
	*out = items[0].rdata;
	if (i == count)
		return DFLOW_OK;
	for (i = 0; i < count; i++)
		len += sizeof(uint16_t) + item_rdata(&items[i]).len;
	p = arena_alloc(&m->arena, len, 1);
	if (p == NULL)
		return builder_full(m->b, err);
	*out = p;
	for (i = 0; i < count; i++) {
		len = sizeof(uint16_t) + item_rdata(&items[i]).len;
		memcpy(p, items[i].rdata, len);
		p += len;
	}
	return DFLOW_OK;
}

/* Adds the RRset of items[0..count), which are in order. */
static enum dflow_status
rrset_add(struct maker *m, struct node *n, struct item *items, size_t count,
    struct dflow_err *err)
{
	const struct raw *raw = items[0].raw;
	enum dflow_status st;
	struct rrset *set;

	if (n->count == NODE_RRSETS_MAX)
		return err_at(err, m->z->files[raw->file], raw->line,
		    "more than %d RRsets at one name", NODE_RRSETS_MAX);
	st = builder_grow(m->b, &m->rrsets, &m->rrset_cap, sizeof(*m->rrsets),
	    m->rrset_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	set = &m->rrsets[m->rrset_count];
	memset(set, 0, sizeof(*set));
	set->owner = n->owner;
	set->type = raw->type;
	st = settle_ttl(m, items, count, set, err);
	if (st == DFLOW_OK && n->kind == NODE_OUTSIDE)
		st = flaw_add(m, n->owner, raw, FLAW_OUTSIDE, err);
	if (st != DFLOW_OK)
		return st;
	set->count = (uint32_t)drop_duplicates(items, count);
	st = pack_rdata(m, items, set->count, &set->rdata, err);
	if (st != DFLOW_OK)
		return st;
	m->rrset_count++;
	m->rr_count += set->count;
	n->count++;
	return DFLOW_OK;
}

/* Whether it is in the zone, and a cut (RFC 4035 section 2.2, RFC 6672 2.4). */
static void
find_kind(const struct maker *m, struct node *n)
{
	const struct rrset *sets = &m->rrsets[n->first];
	bool apex = n->key_len == m->apex_len;

	if (n->kind == NODE_OUTSIDE)
		return;
	for (size_t i = 0; i < n->count && sets[i].type <= RRTYPE_DNAME; i++) {
		if (sets[i].type == RRTYPE_NS && !apex)
			n->kind = NODE_DELEGATION;
		if (sets[i].type == RRTYPE_DNAME || n->kind == NODE_DELEGATION)
			n->cut = 1;
	}
}

enum dflow_status
maker_node(struct maker *m, const struct run *run, struct dflow_err *err)
{
	struct item *items = m->items;
	enum dflow_status st;
	struct node *n;
	size_t at = 0;

	st = builder_grow(m->b, &m->nodes, &m->node_cap, sizeof(*m->nodes),
	    m->node_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	n = &m->nodes[m->node_count++];
	memset(n, 0, sizeof(*n));
	n->owner = run->owner;
	n->key_len = run->key_len & 0xfffU;
	n->first = (uint32_t)m->rrset_count;
	n->kind =
	    node_below(n, m->apex, m->apex_len) ? NODE_AUTH : NODE_OUTSIDE;
	sort_items(items, m->item_count);
	while (at < m->item_count) {
		uint32_t rank = item_rank(&items[at]);
		size_t count = 1;

		while (at + count < m->item_count &&
		       item_rank(&items[at + count]) == rank)
			count++;
		st = rrset_add(m, n, items + at, count, err);
		if (st != DFLOW_OK)
			return st;
		at += count;
	}
	m->item_count = 0;
	find_kind(m, n);
	return DFLOW_OK;
}

enum dflow_status
maker_take(struct maker *m, const struct run *run, struct dflow_err *err)
{
	const uint8_t *rdata = run_rdata(run);
	enum dflow_status st;

	st = builder_grow(m->b, &m->items, &m->item_cap, sizeof(*m->items),
	    m->item_count + run->count, err);
	if (st != DFLOW_OK)
		return st;
	for (size_t i = 0; i < run->count; i++) {
		struct item *item = &m->items[m->item_count];

		item->raw = &run->raws[i];
		item->rdata = rdata;
		item->read = m->item_count++;
		(void)rdata_at(rdata, &rdata);
	}
	return DFLOW_OK;
}

void
maker_reset(struct maker *m)
{
	m->item_count = 0;
	m->node_count = 0;
	m->rrset_count = 0;
	m->flaw_count = 0;
	m->rr_count = 0;
}

void
maker_free(struct maker *m)
{
	free(m->items);
	free(m->nodes);
	free(m->rrsets);
	free(m->flaws);
}
