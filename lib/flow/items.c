/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what is signed (RFC 4035 section 2.2) and the order of what is written.
 * An RRset for which the zone holds RRSIGs (the KSK's, over DNSKEY, CDS,
 * CDNSKEY) keeps those alone.
 */
#include "flow/items.h"

#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"

enum {
	RANGE_MIN = 64, /* names */
	RANGE_MAX = 1024,
	RANGES = 2048, /* about as many, within these bounds */
	NODES_AHEAD = 8, /* whose memory is asked for */
	EXTRA_MAX = 1 << 30, /* bytes */
};

void
items_init(struct items *it)
{
	memset(it, 0, sizeof(*it));
	buf_init(&it->extra, EXTRA_MAX);
}

void
items_free(struct items *it)
{
	free(it->list);
	it->list = NULL;
	buf_free(&it->extra);
}

/*
 * How many names a range has: few, so that all threads end at about the same
 * time, but in a big zone enough to be worth the waiting for each other.
 */
static size_t
range_len(size_t count)
{
	size_t len = count / RANGES;

	if (len < RANGE_MIN)
		return RANGE_MIN;
	return len < RANGE_MAX ? len : RANGE_MAX;
}

static size_t
ranges(size_t count)
{
	return (count + range_len(count) - 1) / range_len(count);
}

size_t
items_ranges(const struct zone *z, const struct chain *c)
{
	size_t n = ranges(z->node_count);

	return c->params.nsec3 ? n + ranges(c->count) : n;
}

size_t
items_names(const struct zone *z, const struct chain *c, size_t range_count)
{
	size_t node_ranges = ranges(z->node_count);
	size_t nodes = range_count * range_len(z->node_count), links;

	if (range_count < node_ranges)
		return nodes;
	links = (range_count - node_ranges) * range_len(c->count);
	return z->node_count + (links < c->count ? links : c->count);
}

static struct item *
item_new(struct items *it)
{
	struct item *more;
	size_t cap;

	if (it->count == it->cap) {
		cap = it->cap == 0 ? 256 : it->cap * 2;
		more = realloc(it->list, cap * sizeof(*more));
		if (more == NULL)
			return NULL;
		it->list = more;
		it->cap = cap;
	}
	more = &it->list[it->count++];
	memset(more, 0, sizeof(*more));
	return more;
}

static bool
is_signed(const struct node *n, uint16_t type)
{
	if (n->kind == NODE_DELEGATION)
		return type == RRTYPE_DS;
	return n->kind == NODE_AUTH;
}

/* sigs: the node holds RRSIGs, as hardly any does. */
static bool
add_set(struct items *it, const struct zone *z, const struct node *n,
    const struct rrset *set, bool sigs)
{
	struct item *item;

	if (set->type == RRTYPE_RRSIG)
		return true;
	item = item_new(it);
	if (item == NULL)
		return false;
	item->set = *set;
	item->fixed = sigs ? node_rrsigs(z, n, set->type) : NULL;
	item->sign = item->fixed == NULL && is_signed(n, set->type);
	return true;
}

/* The node's RRsets; the SOA comes first, as readers of zones want it. */
static bool
add_node(struct items *it, const struct zone *z, const struct node *n)
{
	const struct rrset *sets = &z->rrsets[n->first];
	size_t soa = n->count;
	bool sigs = false;

	for (size_t i = 0; i < n->count; i++) {
		if (sets[i].type == RRTYPE_SOA)
			soa = i;
		sigs |= sets[i].type == RRTYPE_RRSIG;
	}
	if (soa < n->count && !add_set(it, z, n, &sets[soa], sigs))
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (i != soa && !add_set(it, z, n, &sets[i], sigs))
			return false;
	return true;
}

/* The NSEC or NSEC3 of link i. */
static bool
add_link(struct items *it, const struct chain *c, size_t i)
{
	struct item *item = item_new(it);
	uint8_t owner[NAME_MAX_LEN];
	uint16_t len;
	size_t len_at;

	if (item == NULL)
		return false;
	chain_owner(c, i, owner);
	item->owner_at = it->extra.len;
	buf_put(&it->extra, owner, name_len(owner));
	/* An RRset's RDATA has its length in front (dns/rrset.h). */
	item->rdata_at = len_at = it->extra.len;
	buf_put(&it->extra, "\0", sizeof(len));
	chain_rdata(c, i, &it->extra);
	if (it->extra.failed)
		return false;
	len = (uint16_t)(it->extra.len - len_at - sizeof(len));
	memcpy(it->extra.data + len_at, &len, sizeof(len));
	item->set.ttl = c->params.ttl;
	item->set.count = 1;
	item->set.type = c->params.nsec3 ? RRTYPE_NSEC3 : RRTYPE_NSEC;
	item->sign = true;
	item->extra = true;
	return true;
}

/* The first link whose node is not before node. */
static size_t
link_from(const struct chain *c, size_t node)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->links[mid].node < node)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
gather_nodes(
    struct items *it, const struct zone *z, const struct chain *c, size_t range)
{
	size_t from = range * range_len(z->node_count);
	size_t to = from + range_len(z->node_count);
	size_t link = c->params.nsec3 ? c->count : link_from(c, from);

	if (to > z->node_count)
		to = z->node_count;
	for (size_t i = from; i < to; i++) {
		if (i + NODES_AHEAD < z->node_count)
			node_prefetch(&z->nodes[i + NODES_AHEAD]);
		if (!add_node(it, z, &z->nodes[i]))
			return false;
		if (link < c->count && c->links[link].node == i &&
		    !add_link(it, c, link++))
			return false;
	}
	return true;
}

static bool
gather_links(struct items *it, const struct chain *c, size_t range)
{
	size_t from = range * range_len(c->count);
	size_t to = from + range_len(c->count);

	if (to > c->count)
		to = c->count;
	for (size_t i = from; i < to; i++)
		if (!add_link(it, c, i))
			return false;
	return true;
}

/* extra has stopped moving: its RRsets can point into it. */
static void
settle(struct items *it)
{
	for (size_t i = 0; i < it->count; i++) {
		struct item *item = &it->list[i];

		if (!item->extra)
			continue;
		item->set.owner = it->extra.data + item->owner_at;
		item->set.rdata = it->extra.data + item->rdata_at;
	}
}

enum dflow_status
items_gather(struct items *it, const struct zone *z, const struct chain *c,
    size_t range, struct dflow_err *err)
{
	size_t node_ranges = ranges(z->node_count);
	bool ok;

	it->count = 0;
	buf_reset(&it->extra);
	ok = range < node_ranges ? gather_nodes(it, z, c, range)
				 : gather_links(it, c, range - node_ranges);
	if (!ok)
		return err_memory(err);
	settle(it);
	return DFLOW_OK;
}

enum dflow_status
items_single(struct items *it, const struct rrset *set, struct dflow_err *err)
{
	struct item *item;

	it->count = 0;
	item = item_new(it);
	if (item == NULL)
		return err_memory(err);
	item->set = *set;
	item->sign = true;
	return DFLOW_OK;
}
