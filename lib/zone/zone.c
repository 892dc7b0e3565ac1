/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking things up in a zone that stands. Nothing here changes it, so any
 * number of threads may ask at once.
 */
#include "zone/zone.h"

#include <stdlib.h>

#include "dns/rrtype.h"

void
zone_free(struct zone **z)
{
	if (z == NULL || *z == NULL)
		return;
	for (size_t i = 0; i < (*z)->file_count; i++)
		free((*z)->files[i]);
	free((*z)->files);
	free((*z)->flaws);
	free((*z)->rrsets);
	free((*z)->nodes);
	arena_free(&(*z)->arena);
	free(*z);
	*z = NULL;
}

size_t
zone_bytes(const struct zone *z)
{
	return z->arena.used + z->node_count * sizeof(*z->nodes) +
	       z->rrset_count * sizeof(*z->rrsets);
}

static int
key_cmp(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (c != 0)
		return c;
	return (a_len > b_len) - (a_len < b_len);
}

/* The first of the nodes lo .. hi that is not before the key. */
static size_t
lower_bound(const struct zone *z, const uint8_t *key, size_t key_len, size_t lo,
    size_t hi)
{
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct node *n = &z->nodes[mid];

		if (key_cmp(node_key(n), n->key_len, key, key_len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct node *
node_if(const struct zone *z, size_t at, const uint8_t *key, size_t key_len)
{
	const struct node *n;

	if (at == z->node_count)
		return NULL;
	n = &z->nodes[at];
	return key_cmp(node_key(n), n->key_len, key, key_len) == 0 ? n : NULL;
}

const struct node *
zone_find(const struct zone *z, const uint8_t *name)
{
	uint8_t key[NAME_KEY_MAX];
	size_t key_len = name_key(name, key);

	return node_if(
	    z, lower_bound(z, key, key_len, 0, z->node_count), key, key_len);
}

const struct node *
zone_find_next(const struct zone *z, const uint8_t *name, size_t *at)
{
	uint8_t key[NAME_KEY_MAX];
	size_t key_len = name_key(name, key);
	size_t step = 1, hi = *at;

	/* Ever longer steps: names that are asked for lie close together. */
	while (
	    hi < z->node_count && key_cmp(node_key(&z->nodes[hi]),
				      z->nodes[hi].key_len, key, key_len) < 0) {
		*at = hi + 1;
		hi = z->node_count - hi > step ? hi + step : z->node_count;
		step *= 2;
	}
	*at = lower_bound(z, key, key_len, *at, hi);
	return node_if(z, *at, key, key_len);
}

const struct node *
zone_apex(const struct zone *z)
{
	return zone_find(z, z->apex);
}

uint16_t
rrset_covered(const struct rrset *sigs)
{
	const uint8_t *next;
	struct rdata r = rdata_at(sigs->rdata, &next);

	return (uint16_t)(r.data[0] << 8 | r.data[1]);
}

/* A node's RRsets are ordered by this. */
static uint32_t
rank(const struct rrset *set)
{
	uint32_t r = (uint32_t)set->type << 16;

	return set->type == RRTYPE_RRSIG ? r | rrset_covered(set) : r;
}

static const struct rrset *
find_rank(const struct zone *z, const struct node *n, uint32_t wanted)
{
	const struct rrset *sets = z->rrsets + n->first;
	size_t lo = 0, hi = n->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		uint32_t r = rank(&sets[mid]);

		if (r == wanted)
			return &sets[mid];
		if (r > wanted)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct rrset *
node_rrset(const struct zone *z, const struct node *n, uint16_t type)
{
	if (type == RRTYPE_RRSIG)
		return NULL;
	return find_rank(z, n, (uint32_t)type << 16);
}

const struct rrset *
node_rrsigs(const struct zone *z, const struct node *n, uint16_t covered)
{
	return find_rank(z, n, (uint32_t)RRTYPE_RRSIG << 16 | covered);
}
