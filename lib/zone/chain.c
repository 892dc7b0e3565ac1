/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The denial chain of a zone: which names it links, in which order, and the
 * RDATA of each link (RFC 4034 section 4, RFC 4035 section 2.3, RFC 5155
 * section 7.1). Owns the hashing and sorting of NSEC3 owners; refuses hashes
 * that collide and apexes too long to put a hash in front.
 */
#include "zone/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/pool.h"
#include "dns/rrtype.h"
#include "zone/bitmap.h"

enum {
	NSEC3_SHA1 = 1,
	NSEC3_OPT_OUT = 1,
	HASH_LABEL_LEN = BASE32HEX_LEN(NSEC3_HASH_LEN),
	HASH_JOB = 1024, /* names that a thread hashes at a time */
	BUCKETS = 65536, /* by the first two bytes of a hash */
	BUCKETS_MIN = 4096, /* fewer links are sorted at once */
	/*
	 * Before it is hashed a link holds, in place of the hash, how many
	 * labels of its node's owner are its name, and if that is all.
	 */
	PLAN_LABELS = 0,
	PLAN_WHOLE = 1,
};

#define NOT_A_NODE UINT32_MAX

/* True if the node has more than what a signer put there. */
static bool
has_data(const struct zone *z, const struct node *n)
{
	for (size_t i = n->first; i < (size_t)n->first + n->count; i++) {
		uint16_t type = z->rrsets[i].type;

		if (type != RRTYPE_RRSIG && type != RRTYPE_NSEC &&
		    type != RRTYPE_NSEC3)
			return true;
	}
	return false;
}

static bool
is_linked(const struct chain *c, const struct node *n)
{
	if (n->kind == NODE_DELEGATION)
		return !c->params.nsec3 || !c->params.opt_out ||
		       node_rrset(c->zone, n, RRTYPE_DS) != NULL;
	return n->kind == NODE_AUTH && has_data(c->zone, n);
}

/* Labels that two keys share; zero bytes end them. */
static unsigned
shared_labels(const struct node *a, const struct node *b)
{
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	unsigned labels = 0;

	for (size_t i = 0; i < len && node_key(a)[i] == node_key(b)[i]; i++)
		labels += node_key(a)[i] == 0;
	return labels;
}

/* A new link at the end; false for want of memory. */
static bool
link_add(struct chain *c, size_t *cap, size_t node, unsigned labels, bool whole)
{
	struct chain_link *more, *link;
	size_t n;

	if (c->count == *cap) {
		n = *cap + *cap / 2 + 64;
		more = realloc(c->links, n * sizeof(*more));
		if (more == NULL)
			return false;
		c->links = more;
		*cap = n;
	}
	link = &c->links[c->count++];
	link->node = (uint32_t)node;
	link->hash[PLAN_LABELS] = (uint8_t)labels;
	link->hash[PLAN_WHOLE] = whole;
	return true;
}

/*
 * Plans the links of NSEC3. Names between a linked name and the apex which
 * are not linked themselves are empty non-terminals; canonical order shows
 * each of them once, before the first name below it.
 */
static bool
plan_nsec3(struct chain *c)
{
	const struct zone *z = c->zone;
	unsigned apex_labels = name_labels(z->apex);
	const struct node *last = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < z->node_count; i++) {
		const struct node *n = &z->nodes[i];
		unsigned labels, known;

		if (!is_linked(c, n))
			continue;
		labels = name_labels(n->owner);
		known = last == NULL ? apex_labels : shared_labels(last, n);
		if (known < apex_labels)
			known = apex_labels;
		last = n;
		for (known++; known < labels; known++)
			if (!link_add(c, &cap, i, known, false))
				return false;
		if (!link_add(c, &cap, i, labels, true))
			return false;
	}
	return true;
}

static bool
plan_nsec(struct chain *c)
{
	size_t cap = 0;

	for (size_t i = 0; i < c->zone->node_count; i++)
		if (is_linked(c, &c->zone->nodes[i]) &&
		    !link_add(c, &cap, i, 0, true))
			return false;
	return true;
}

struct hashing {
	struct chain *c;
	struct digest **digests; /* a worker each */
};

static enum dflow_status
hash_job(void *ctx, unsigned worker, size_t job, struct dflow_err *err)
{
	struct hashing *h = ctx;
	struct chain *c = h->c;
	size_t i = job * HASH_JOB;
	size_t end = c->count - i < HASH_JOB ? c->count : i + HASH_JOB;

	(void)err;
	for (; i < end; i++) {
		struct chain_link *link = &c->links[i];
		const uint8_t *owner = c->zone->nodes[link->node].owner;
		const uint8_t *name =
		    name_suffix(owner, link->hash[PLAN_LABELS]);

		if (!link->hash[PLAN_WHOLE])
			link->node = NOT_A_NODE;
		digest_nsec3(
		    h->digests[worker], &c->params.hash, name, link->hash);
	}
	return DFLOW_OK;
}

static enum dflow_status
hash_links(struct chain *c, unsigned threads, struct dflow_err *err)
{
	size_t jobs = (c->count + HASH_JOB - 1) / HASH_JOB;
	struct hashing h = {.c = c};
	enum dflow_status st = DFLOW_OK;

	if (threads > jobs)
		threads = (unsigned)jobs;
	h.digests = calloc(threads, sizeof(struct digest *));
	if (h.digests == NULL)
		return err_memory(err);
	for (unsigned i = 0; i < threads && st == DFLOW_OK; i++)
		st = digest_new(DIGEST_SHA1, &h.digests[i], err);
	if (st == DFLOW_OK)
		st = pool_run(threads, jobs, hash_job, &h, err);
	for (unsigned i = 0; i < threads; i++)
		digest_free(&h.digests[i]);
	free(h.digests);
	return st;
}

static int
link_cmp(const void *a, const void *b)
{
	const struct chain_link *x = a;
	const struct chain_link *y = b;

	return memcmp(x->hash, y->hash, NSEC3_HASH_LEN);
}

static size_t
bucket_of(const struct chain_link *link)
{
	return (size_t)link->hash[0] << 8 | link->hash[1];
}

/* Deals the links out to buckets, then sorts the few in each. */
static enum dflow_status
sort_links(struct chain *c, struct dflow_err *err)
{
	struct chain_link *sorted;
	size_t *ends;
	size_t at = 0;

	if (c->count < BUCKETS_MIN) {
		qsort(c->links, c->count, sizeof(*c->links), link_cmp);
		return DFLOW_OK;
	}
	sorted = calloc(c->count, sizeof(*sorted));
	ends = calloc(BUCKETS, sizeof(*ends));
	if (sorted == NULL || ends == NULL) {
		free(sorted);
		free(ends);
		return err_memory(err);
	}
	for (size_t i = 0; i < c->count; i++)
		ends[bucket_of(&c->links[i])]++;
	for (size_t b = 0; b < BUCKETS; b++) {
		at += ends[b];
		ends[b] = at - ends[b];
	}
	for (size_t i = 0; i < c->count; i++)
		sorted[ends[bucket_of(&c->links[i])]++] = c->links[i];
	at = 0;
	for (size_t b = 0; b < BUCKETS; at = ends[b++])
		qsort(sorted + at, ends[b] - at, sizeof(*sorted), link_cmp);
	free(ends);
	free(c->links);
	c->links = sorted; /* transferred */
	return DFLOW_OK;
}

static enum dflow_status
check_collisions(const struct chain *c, struct dflow_err *err)
{
	for (size_t i = 1; i < c->count; i++) {
		if (link_cmp(&c->links[i - 1], &c->links[i]) == 0)
			return err_set(err, DFLOW_FAILED,
			    "two names have one "
			    "NSEC3 hash; choose another salt");
	}
	return DFLOW_OK;
}

static enum dflow_status
make_hashes(struct chain *c, unsigned threads, struct dflow_err *err)
{
	enum dflow_status st;

	st = hash_links(c, threads, err);
	if (st == DFLOW_OK)
		st = sort_links(c, err);
	if (st == DFLOW_OK)
		st = check_collisions(c, err);
	return st;
}

static enum dflow_status
check_apex(const struct chain *c, struct dflow_err *err)
{
	char text[NAME_TEXT_SIZE];

	(void)name_text(c->zone->apex, text);
	if (zone_apex(c->zone) == NULL)
		return err_set(
		    err, DFLOW_FAILED, "no records at the apex %s", text);
	if (c->params.nsec3 &&
	    name_len(c->zone->apex) + 1 + HASH_LABEL_LEN > NAME_MAX_LEN)
		return err_set(err, DFLOW_FAILED,
		    "%s is too long for NSEC3 "
		    "owners; use NSEC",
		    text);
	return DFLOW_OK;
}

enum dflow_status
chain_build(const struct zone *z, const struct chain_params *p,
    unsigned threads, struct chain **out, struct dflow_err *err)
{
	struct chain *c = calloc(1, sizeof(*c));
	enum dflow_status st;

	if (c == NULL)
		return err_memory(err);
	c->params = *p;
	c->zone = z;
	st = check_apex(c, err);
	if (st == DFLOW_OK && !(p->nsec3 ? plan_nsec3(c) : plan_nsec(c)))
		st = err_memory(err);
	if (st == DFLOW_OK && p->nsec3 && c->count > 0)
		st = make_hashes(c, threads, err);
	if (st != DFLOW_OK) {
		chain_free(&c);
		return st;
	}
	*out = c;
	return DFLOW_OK;
}

void
chain_free(struct chain **c)
{
	if (c == NULL || *c == NULL)
		return;
	free((*c)->links);
	free(*c);
	*c = NULL;
}

void
chain_owner(const struct chain *c, size_t i, uint8_t out[NAME_MAX_LEN])
{
	const struct chain_link *link = &c->links[i];

	if (!c->params.nsec3) {
		(void)name_copy(out, c->zone->nodes[link->node].owner);
		return;
	}
	out[0] = HASH_LABEL_LEN;
	(void)base32hex_encode(link->hash, NSEC3_HASH_LEN, (char *)out + 1);
	(void)name_copy(out + 1 + HASH_LABEL_LEN, c->zone->apex);
}

/* Types to be listed beside the node's own, ascending. */
struct type_source {
	const uint16_t *types;
	size_t count;
};

/* The least type of the sources, taken from them; false when all are empty. */
static bool
take_least(struct type_source *s, size_t sources, uint16_t *type)
{
	bool found = false;

	for (size_t i = 0; i < sources; i++) {
		if (s[i].count > 0 && (!found || *s[i].types < *type)) {
			*type = *s[i].types;
			found = true;
		}
	}
	for (size_t i = 0; i < sources && found; i++) {
		while (s[i].count > 0 && *s[i].types == *type) {
			s[i].types++;
			s[i].count--;
		}
	}
	return found;
}

/* At a delegation only these are the zone's own. */
static bool
is_listed(const struct node *n, uint16_t type)
{
	if (n->kind == NODE_DELEGATION)
		return type == RRTYPE_NS || type == RRTYPE_DS;
	return type != RRTYPE_RRSIG && type != RRTYPE_NSEC &&
	       type != RRTYPE_NSEC3;
}

static void
put_bitmap(const struct chain *c, const struct node *n, struct buf *out)
{
	static const uint16_t chain_types[] = {RRTYPE_RRSIG, RRTYPE_NSEC};
	const struct zone *z = c->zone;
	bool is_signed = n->kind != NODE_DELEGATION || !c->params.nsec3 ||
			 node_rrset(z, n, RRTYPE_DS) != NULL;
	struct type_source more[] = {
	    {chain_types, !is_signed        ? 0
			  : c->params.nsec3 ? 1
					    : 2},
	    {c->params.apex_types, 0},
	};
	struct bitmap map;
	uint16_t type = 0;
	bool left;

	if (name_equal(n->owner, z->apex))
		more[1].count = c->params.apex_type_count;
	bitmap_begin(&map, out);
	left = take_least(more, 2, &type);
	for (size_t i = n->first; i < (size_t)n->first + n->count; i++) {
		uint16_t own = z->rrsets[i].type;

		if (!is_listed(n, own))
			continue;
		for (; left && type <= own; left = take_least(more, 2, &type))
			bitmap_add(&map, type);
		bitmap_add(&map, own);
	}
	for (; left; left = take_least(more, 2, &type))
		bitmap_add(&map, type);
	bitmap_end(&map);
}

void
chain_rdata(const struct chain *c, size_t i, struct buf *out)
{
	const struct chain_link *link = &c->links[i];
	const struct chain_link *next = &c->links[(i + 1) % c->count];
	const struct nsec3_params *h = &c->params.hash;

	if (!c->params.nsec3) {
		const uint8_t *name = c->zone->nodes[next->node].owner;

		buf_put(out, name, name_len(name));
		put_bitmap(c, &c->zone->nodes[link->node], out);
		return;
	}
	buf_u8(out, NSEC3_SHA1);
	buf_u8(out, c->params.opt_out ? NSEC3_OPT_OUT : 0);
	buf_u16(out, h->iterations);
	buf_u8(out, h->salt_len);
	buf_put(out, h->salt, h->salt_len);
	buf_u8(out, NSEC3_HASH_LEN);
	buf_put(out, next->hash, NSEC3_HASH_LEN);
	if (link->node != NOT_A_NODE)
		put_bitmap(c, &c->zone->nodes[link->node], out);
}
