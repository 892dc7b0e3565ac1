/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From gathered RRs to a zone: names in canonical order (RFC 4034 section
 * 6.1), RRsets by type, their RDATA in canonical order (section 6.3) and each
 * once, and which names the zone is authoritative for (RFC 4035 section 2.2,
 * RFC 6672 section 2.4). RDATA that already stand right stay where they are.
 */
#include "zone/builder.h"

#include <stdlib.h>
#include <string.h>

#include "dns/rdata.h"
#include "dns/rrtype.h"

enum { NODE_RRSETS_MAX = 65535 };

struct build {
	struct zone_builder *b;
	struct zone *z;
	const struct raw **raws; /* those of the node at hand */
	size_t raws_cap;
	size_t raw_count;
	size_t nodes_cap;
	size_t rrsets_cap;
	size_t flaws_cap;
	uint8_t apex[NAME_KEY_MAX]; /* the apex's key */
	size_t apex_len;
};

static bool
key_below(const struct node *n, const uint8_t *key, size_t key_len)
{
	return n->key_len > key_len && memcmp(n->key, key, key_len) == 0;
}

static bool
is_apex(const struct build *s, const struct node *n)
{
	return n->key_len == s->apex_len &&
	       memcmp(n->key, s->apex, s->apex_len) == 0;
}

static struct rdata
raw_rdata(const struct raw *r)
{
	const uint8_t *next;

	return rdata_at(r->rdata, &next);
}

/* The type, and of RRSIGs also the type covered. */
static uint32_t
raw_rank(const struct raw *r)
{
	uint32_t rank = (uint32_t)r->type << 16;
	struct rdata rd;

	if (r->type != RRTYPE_RRSIG)
		return rank;
	rd = raw_rdata(r);
	return rank | (uint32_t)rd.data[0] << 8 | rd.data[1];
}

static int
raw_rdata_cmp(const struct raw *a, const struct raw *b)
{
	struct rdata x = raw_rdata(a);
	struct rdata y = raw_rdata(b);

	return rdata_cmp(a->type, x.data, x.len, y.data, y.len);
}

/* Among equals the one that was read first comes first. */
static int
raw_cmp(const struct raw *a, const struct raw *b)
{
	uint32_t x = raw_rank(a), y = raw_rank(b);
	int c;

	if (x != y)
		return x < y ? -1 : 1;
	c = raw_rdata_cmp(a, b);
	return c != 0 ? c : (a > b) - (a < b);
}

static int
raw_cmp_qsort(const void *a, const void *b)
{
	const struct raw *const *x = a;
	const struct raw *const *y = b;

	return raw_cmp(*x, *y);
}

static void
sort_raws(const struct raw **raws, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++) {
		if (raw_cmp(raws[i - 1], raws[i]) > 0)
			break;
	}
	if (i < count)
		qsort(raws, count, sizeof(*raws), raw_cmp_qsort);
}

static enum dflow_status
flaw_add(struct build *s, const uint8_t *owner, const struct raw *r,
    enum flaw_kind kind, struct dflow_err *err)
{
	struct zone *z = s->z;
	enum dflow_status st;
	struct flaw *f;

	if (z->flaw_count == ZONE_FLAWS_MAX)
		return DFLOW_OK;
	st = builder_grow(s->b, &z->flaws, &s->flaws_cap, sizeof(*z->flaws),
	    z->flaw_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	f = &z->flaws[z->flaw_count++];
	f->owner = owner;
	f->file = r->file < z->file_count ? z->files[r->file] : "";
	f->line = r->line;
	f->type = r->type;
	f->kind = (uint8_t)kind;
	return DFLOW_OK;
}

/* The RRset has the TTL that was read first; others are flaws. */
static enum dflow_status
settle_ttl(struct build *s, const struct raw **raws, size_t count,
    struct rrset *set, struct dflow_err *err)
{
	const struct raw *first = raws[0];
	enum dflow_status st;

	for (size_t i = 1; i < count; i++) {
		if (raws[i] < first)
			first = raws[i];
	}
	set->ttl = first->ttl;
	for (size_t i = 0; i < count; i++) {
		if (raws[i]->ttl == first->ttl)
			continue;
		st = flaw_add(s, set->owner, raws[i], FLAW_TTL, err);
		if (st != DFLOW_OK)
			return st;
	}
	return DFLOW_OK;
}

/* Drops the later ones of equal RRs; how many are left. */
static size_t
drop_duplicates(const struct raw **raws, size_t count)
{
	size_t kept = 1;

	for (size_t i = 1; i < count; i++) {
		if (raw_rdata_cmp(raws[kept - 1], raws[i]) != 0)
			raws[kept++] = raws[i];
	}
	return kept;
}

/* Where the packed RDATA of the RRs stand one behind the other. */
static enum dflow_status
pack_rdata(struct build *s, const struct raw **raws, size_t count,
    const uint8_t **out, struct dflow_err *err)
{
	enum dflow_status st;
	const uint8_t *end;
	size_t len = 0;
	uint8_t *p;
	size_t i;

	(void)rdata_at(raws[0]->rdata, &end);
	for (i = 1; i < count && raws[i]->rdata == end; i++)
		(void)rdata_at(raws[i]->rdata, &end);
	if (i == count) {
		*out = raws[0]->rdata;
		return DFLOW_OK;
	}
	for (i = 0; i < count; i++)
		len += sizeof(uint16_t) + raw_rdata(raws[i]).len;
	st = builder_alloc(s->b, len, &p, err);
	if (st != DFLOW_OK)
		return st;
	*out = p;
	for (i = 0; i < count; i++) {
		len = sizeof(uint16_t) + raw_rdata(raws[i]).len;
		memcpy(p, raws[i]->rdata, len);
		p += len;
	}
	return DFLOW_OK;
}

/* Adds the RRset of raws[0..count), which are in order. */
static enum dflow_status
rrset_add(struct build *s, struct node *n, const struct raw **raws,
    size_t count, struct dflow_err *err)
{
	struct zone *z = s->z;
	enum dflow_status st;
	struct rrset *set;

	if (n->count == NODE_RRSETS_MAX)
		return err_at(err, z->files[raws[0]->file], raws[0]->line,
		    "more than %d RRsets at one name", NODE_RRSETS_MAX);
	st = builder_grow(s->b, &z->rrsets, &s->rrsets_cap, sizeof(*z->rrsets),
	    z->rrset_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	set = &z->rrsets[z->rrset_count];
	set->owner = n->owner;
	set->type = raws[0]->type;
	st = settle_ttl(s, raws, count, set, err);
	if (st == DFLOW_OK && n->kind == NODE_OUTSIDE)
		st = flaw_add(s, n->owner, raws[0], FLAW_OUTSIDE, err);
	if (st != DFLOW_OK)
		return st;
	set->count = (uint32_t)drop_duplicates(raws, count);
	st = pack_rdata(s, raws, set->count, &set->rdata, err);
	if (st != DFLOW_OK)
		return st;
	z->rrset_count++;
	z->rr_count += set->count;
	n->count++;
	return DFLOW_OK;
}

/* Adds the node of that owner, which has the RRs s->raws. */
static enum dflow_status
node_add(struct build *s, const struct run *run, struct dflow_err *err)
{
	struct zone *z = s->z;
	enum dflow_status st;
	struct node *n;
	size_t at = 0;

	st = builder_grow(s->b, &z->nodes, &s->nodes_cap, sizeof(*z->nodes),
	    z->node_count + 1, err);
	if (st != DFLOW_OK)
		return st;
	n = &z->nodes[z->node_count++];
	memset(n, 0, sizeof(*n));
	n->owner = run->owner;
	n->key = run->key;
	n->key_len = run->key_len;
	n->first = (uint32_t)z->rrset_count;
	n->kind = NODE_AUTH;
	if (!is_apex(s, n) && !key_below(n, s->apex, s->apex_len))
		n->kind = NODE_OUTSIDE;
	sort_raws(s->raws, s->raw_count);
	while (at < s->raw_count) {
		uint32_t rank = raw_rank(s->raws[at]);
		size_t count = 1;

		while (at + count < s->raw_count &&
		       raw_rank(s->raws[at + count]) == rank)
			count++;
		st = rrset_add(s, n, s->raws + at, count, err);
		if (st != DFLOW_OK)
			return st;
		at += count;
	}
	return DFLOW_OK;
}

static enum dflow_status
take_raws(struct build *s, size_t run, struct dflow_err *err)
{
	const struct zone_builder *b = s->b;
	size_t first = b->runs[run].first;
	size_t end =
	    run + 1 < b->run_count ? b->runs[run + 1].first : b->raw_count;
	enum dflow_status st;

	st = builder_grow(s->b, &s->raws, &s->raws_cap, sizeof(*s->raws),
	    s->raw_count + (end - first), err);
	if (st != DFLOW_OK)
		return st;
	for (size_t i = first; i < end; i++)
		s->raws[s->raw_count++] = &b->raws[i];
	return DFLOW_OK;
}

/* Makes the nodes; index is the order of the runs, or NULL. */
static enum dflow_status
make_nodes(struct build *s, const uint32_t *index, struct dflow_err *err)
{
	const struct zone_builder *b = s->b;
	enum dflow_status st = DFLOW_OK;
	size_t i = 0;

	while (i < b->run_count && st == DFLOW_OK) {
		const struct run *run = &b->runs[index ? index[i] : i];

		s->raw_count = 0;
		for (; i < b->run_count && st == DFLOW_OK; i++) {
			size_t at = index ? index[i] : i;

			if (run_cmp(run, &b->runs[at]) != 0)
				break;
			st = take_raws(s, at, err);
		}
		if (st == DFLOW_OK)
			st = node_add(s, run, err);
	}
	return st;
}

/* An NSEC3 record's owner: not a name of the zone's tree (RFC 5155). */
static bool
is_hash_owner(const struct zone *z, const struct node *n)
{
	bool found = false;

	for (size_t i = n->first; i < (size_t)n->first + n->count; i++) {
		if (z->rrsets[i].type == RRTYPE_NSEC3)
			found = true;
		else if (z->rrsets[i].type != RRTYPE_RRSIG)
			return false;
	}
	return found;
}

/* Canonical order puts all that is below a cut right behind it. */
static void
find_kinds(const struct build *s)
{
	const struct zone *z = s->z;
	const struct node *cut = NULL;

	for (size_t i = 0; i < z->node_count; i++) {
		struct node *n = &z->nodes[i];

		if (n->kind == NODE_OUTSIDE)
			continue;
		if (cut != NULL && key_below(n, cut->key, cut->key_len)) {
			if (!is_apex(s, cut) || !is_hash_owner(z, n))
				n->kind = NODE_OCCLUDED;
			continue;
		}
		if (!is_apex(s, n) && node_rrset(z, n, RRTYPE_NS) != NULL)
			n->kind = NODE_DELEGATION;
		if (n->kind == NODE_DELEGATION ||
		    node_rrset(z, n, RRTYPE_DNAME) != NULL)
			cut = n;
	}
}

static void
shrink(void *array, size_t count, size_t size)
{
	void *p;

	memcpy(&p, array, sizeof(p));
	if (p == NULL || count == 0)
		return;
	p = realloc(p, count * size);
	if (p != NULL)
		memcpy(array, &p, sizeof(p));
}

static enum dflow_status
build(struct build *s, unsigned threads, struct dflow_err *err)
{
	struct zone *z = s->z;
	uint32_t *index = NULL;
	enum dflow_status st;

	st = order_runs(s->b, threads, &index, err);
	if (st == DFLOW_OK)
		st = make_nodes(s, index, err);
	if (st == DFLOW_OK)
		find_kinds(s);
	shrink(&z->nodes, z->node_count, sizeof(*z->nodes));
	shrink(&z->rrsets, z->rrset_count, sizeof(*z->rrsets));
	shrink(&z->flaws, z->flaw_count, sizeof(*z->flaws));
	free(index);
	return st;
}

enum dflow_status
zone_build(struct zone_builder **b, const uint8_t *apex, unsigned threads,
    struct zone **out, struct dflow_err *err)
{
	struct build s = {.b = *b};
	enum dflow_status st;

	s.z = calloc(1, sizeof(*s.z));
	if (s.z == NULL) {
		zone_builder_free(b);
		return err_memory(err);
	}
	(void)name_copy(s.z->apex, apex);
	s.apex_len = name_key(apex, s.apex);
	s.z->files = (*b)->files; /* transferred */
	s.z->file_count = (*b)->file_count;
	(*b)->files = NULL;
	(*b)->file_count = 0;
	st = build(&s, threads, err);
	s.z->arena = (*b)->arena; /* transferred */
	arena_init(&(*b)->arena, 0);
	free(s.raws);
	zone_builder_free(b);
	if (st != DFLOW_OK) {
		zone_free(&s.z);
		return st;
	}
	*out = s.z;
	return DFLOW_OK;
}
