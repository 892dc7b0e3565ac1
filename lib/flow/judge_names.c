/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names that an NSEC3 chain must have (RFC 5155 section 7.1): every
 * authoritative name and every delegation, and the empty non-terminals above
 * them. A delegation without DS, and an empty non-terminal that is there for
 * such delegations alone, may be left out of an opt-out span.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "flow/judge_parts.h"

static bool
wants_add(
    struct nsec3_wants *w, const uint8_t *name, uint32_t node, bool optional)
{
	if (w->count == w->cap) {
		size_t cap = w->cap == 0 ? 1024 : w->cap * 2;
		struct nsec3_want *list = realloc(w->list, cap * sizeof(*list));
		if (list == NULL)
			return false;
		w->list = list;
		w->cap = cap;
	}
	w->list[w->count].name = name;
	w->list[w->count].node = node;
	w->list[w->count].optional = optional;
	w->count++;
	return true;
}

/* How many labels, counted from the root, two names have in common. */
static unsigned
labels_common(const uint8_t *a, const uint8_t *b)
{
	unsigned la = name_labels(a), lb = name_labels(b);
	unsigned n = la < lb ? la : lb;

	while (n > 0 && !name_equal(name_suffix(a, n), name_suffix(b, n)))
		n--;
	return n;
}

/*
 * Adds the empty non-terminals above name that are not above prev too: those
 * were added when prev, or a name before it, had its turn.
 */
static bool
empties_add(struct nsec3_wants *w, const uint8_t *name, const uint8_t *prev,
    bool optional)
{
	unsigned have = labels_common(name, prev);

	for (unsigned n = name_labels(name); n-- > have + 1;)
		if (!wants_add(w, name_suffix(name, n), UINT32_MAX, optional))
			return false;
	return true;
}

static bool
is_insecure(const struct judge *j, size_t i)
{
	return j->roles[i] == ROLE_CUT &&
	       node_rrset(j->zone, &j->zone->nodes[i], RRTYPE_DS) == NULL;
}

/*
 * An empty non-terminal may come twice: as optional, above a delegation, and
 * as required, above what follows it. wants_join sees to that.
 */
static bool
wants_gather(const struct judge *j, struct nsec3_wants *w)
{
	const uint8_t *required = j->zone->apex; /* the last such name */
	const uint8_t *any = j->zone->apex;

	for (size_t i = 0; i < j->zone->node_count; i++) {
		const uint8_t *owner = j->zone->nodes[i].owner;

		if (!role_in_chain(j->roles[i]))
			continue;
		bool insecure = is_insecure(j, i);
		if (!wants_add(w, owner, (uint32_t)i, insecure) ||
		    !empties_add(w, owner, insecure ? any : required, insecure))
			return false;
		any = owner;
		if (!insecure)
			required = owner;
	}
	return true;
}

static int
want_cmp(const void *va, const void *vb)
{
	const struct nsec3_want *a = va, *b = vb;

	int c = memcmp(a->hash, b->hash, NSEC3_HASH_LEN);
	if (c != 0)
		return c;
	return a->optional - b->optional;
}

static void
wants_join(struct nsec3_wants *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++) {
		if (n > 0 &&
		    memcmp(w->list[i].hash, w->list[n - 1].hash,
			NSEC3_HASH_LEN) == 0 &&
		    name_equal(w->list[i].name, w->list[n - 1].name))
			continue;
		w->list[n++] = w->list[i];
	}
	w->count = n;
}

enum { HASH_CHUNK = 1024 };

struct hashing {
	struct judge *judge;
	const struct nsec3_params *params;
	struct nsec3_wants *wants;
};

static enum dflow_status
hash_chunk(void *ctx, unsigned worker, size_t chunk, struct dflow_err *err)
{
	struct hashing *h = ctx;
	struct digest *sha1 = h->judge->workers[worker].sha1;
	size_t end = (chunk + 1) * HASH_CHUNK;

	(void)err;
	if (end > h->wants->count)
		end = h->wants->count;
	for (size_t i = chunk * HASH_CHUNK; i < end; i++)
		digest_nsec3(sha1, h->params, h->wants->list[i].name,
		    h->wants->list[i].hash);
	return DFLOW_OK;
}

enum dflow_status
nsec3_wants_find(struct judge *j, const struct nsec3_params *p,
    struct nsec3_wants *out, struct dflow_err *err)
{
	struct hashing h = {j, p, out};

	memset(out, 0, sizeof(*out));
	if (!wants_gather(j, out)) {
		free(out->list);
		memset(out, 0, sizeof(*out));
		return err_memory(err);
	}
	size_t chunks = (out->count + HASH_CHUNK - 1) / HASH_CHUNK;
	enum dflow_status st =
	    pool_run(j->threads, chunks, hash_chunk, &h, err);
	if (st != DFLOW_OK) {
		free(out->list);
		memset(out, 0, sizeof(*out));
		return st;
	}
	if (out->count > 0)
		qsort(out->list, out->count, sizeof(*out->list), want_cmp);
	wants_join(out);
	return DFLOW_OK;
}
