/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NSEC3 and NSEC3PARAM (RFC 5155 sections 3, 4 and 7.1). The chain that is
 * there is laid beside the names that must be in it, both in hash order. A
 * zone may have several whole chains, one for each NSEC3PARAM; records that
 * belong to none of them are faults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "flow/judge_parts.h"

enum { PARAMS_TEXT = 64 };

/* "1 0 0 AABB": as NSEC3PARAM's text. */
static const char *
params_text(const struct nsec3_params *p, char out[PARAMS_TEXT])
{
	char salt[HEX_LEN(16) + 1] = "-";

	if (p->salt_len > 0) {
		size_t n = p->salt_len > 16 ? 16 : p->salt_len;
		salt[hex_encode(p->salt, n, salt)] = '\0';
	}
	snprintf(out, PARAMS_TEXT, "1 0 %u %s%s", p->iterations, salt,
	    p->salt_len > 16 ? "..." : "");
	return out;
}

static void
hash_text(const uint8_t *hash, char out[BASE32HEX_LEN(NSEC3_HASH_LEN) + 1])
{
	out[base32hex_encode(hash, NSEC3_HASH_LEN, out)] = '\0';
}

/* The parameters of the chains to look for. */
struct sets {
	struct nsec3_params list[JUDGE_SETS_MAX];
	size_t count;
};

static size_t
links_claim(struct links *links, const struct nsec3_params *p)
{
	size_t n = 0;

	for (size_t i = 0; i < links->count; i++) {
		if (!link_has(&links->list[i], p))
			continue;
		links->list[i].claimed = true;
		n++;
	}
	return n;
}

/* What is wrong with an NSEC3PARAM, or NULL. */
static const char *
param_wrong(const struct rdata *r, struct nsec3_params *p)
{
	size_t len = nsec3_params_read(r, p);

	if (len == 0 || len != r->len)
		return "it is malformed";
	if (r->data[0] != 1)
		return "its hash algorithm is not 1 (SHA-1)";
	if (r->data[1] != 0)
		return "its flags are not 0, so servers ignore it";
	if (p->iterations > NSEC3_ITERATIONS_MAX)
		return "it has over 2500 iterations (RFC 5155 section 10.3)";
	return NULL;
}

/* One NSEC3PARAM: a chain to look for, or a note, or nothing. */
static void
param_judge(struct judge *j, const struct rdata *r, struct links *links,
    struct sets *sets)
{
	const uint8_t *apex = j->zone->apex;
	struct nsec3_params p = {0};
	char text[PARAMS_TEXT];

	const char *wrong = param_wrong(r, &p);
	if (wrong != NULL) {
		/* To be ignored (section 4.1), if there is another way. */
		if (j->denial == DENIAL_NSEC3 && sets->count == 0)
			notes_add(
			    &j->notes, apex, RRTYPE_NSEC3PARAM, "%s", wrong);
		return;
	}
	if (links_claim(links, &p) == 0) {
		notes_add(&j->notes, apex, RRTYPE_NSEC3PARAM,
		    "no NSEC3 has its parameters %s", params_text(&p, text));
		return;
	}
	if (sets->count == JUDGE_SETS_MAX) {
		notes_add(&j->notes, apex, RRTYPE_NSEC3PARAM,
		    "over %d sets of parameters", JUDGE_SETS_MAX);
		return;
	}
	sets->list[sets->count++] = p;
}

static void
unclaimed_note(
    struct judge *j, const struct link *l, const struct nsec3_params *chain)
{
	struct nsec3_params own = {0};
	struct rdata r = {l->rdata, l->len};
	char is[PARAMS_TEXT], should[PARAMS_TEXT];

	nsec3_params_read(&r, &own);
	notes_add(&j->notes, l->owner, RRTYPE_NSEC3,
	    "its parameters %s are not those of the chain (%s)",
	    params_text(&own, is), params_text(chain, should));
}

static void
sets_find(struct judge *j, struct links *links, struct sets *sets)
{
	const struct rrset *set =
	    node_rrset(j->zone, j->apex, RRTYPE_NSEC3PARAM);

	if (set == NULL && j->denial == DENIAL_NSEC3)
		notes_add(&j->notes, j->zone->apex, RRTYPE_NSEC3PARAM,
		    "no NSEC3PARAM: servers cannot use the NSEC3 chain");
	/*
	 * RDATA begin with algorithm and flags, so that in canonical order
	 * usable ones come before those to be ignored.
	 */
	const uint8_t *p = set == NULL ? NULL : set->rdata;
	for (uint32_t i = 0; set != NULL && i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);
		param_judge(j, &r, links, sets);
	}
	if (sets->count == 0 && links->count > 0) {
		const struct link *first = &links->list[0];
		struct rdata r = {first->rdata, first->len};

		nsec3_params_read(&r, &sets->list[sets->count++]);
		links_claim(links, &sets->list[0]);
	}
	for (size_t i = 0; i < links->count; i++)
		if (!links->list[i].claimed)
			unclaimed_note(j, &links->list[i], &sets->list[0]);
}

/* One chain: what is there and what must be, both in hash order. */
struct chain_case {
	struct judge *judge;
	struct link **links;
	size_t link_count;
	struct nsec3_wants wants;
};

static enum dflow_status
links_select(struct chain_case *c, struct links *all,
    const struct nsec3_params *p, struct dflow_err *err)
{
	c->links = calloc(all->count, sizeof(struct link *));
	if (c->links == NULL)
		return err_memory(err);
	for (size_t i = 0; i < all->count; i++) {
		struct link *l = &all->list[i];

		if (!link_has(l, p))
			continue;
		if (c->link_count > 0 &&
		    memcmp(l->hash, c->links[c->link_count - 1]->hash,
			NSEC3_HASH_LEN) == 0) {
			notes_add(&c->judge->notes, l->owner, RRTYPE_NSEC3,
			    "several NSEC3 of one chain");
			continue;
		}
		c->links[c->link_count++] = l;
	}
	return DFLOW_OK;
}

/* A name whose hash, at position at among the links, has no NSEC3. */
static void
missing_judge(struct chain_case *c, struct nsec3_want *want, size_t at)
{
	char hash[BASE32HEX_LEN(NSEC3_HASH_LEN) + 1];
	const char *what = want->node == UINT32_MAX ? "empty non-terminal"
			   : c->judge->roles[want->node] == ROLE_CUT
			       ? "delegation"
			       : "name";
	const struct link *cover =
	    c->links[(at + c->link_count - 1) % c->link_count];

	if (want->optional && link_opt_out(cover))
		return;
	hash_text(want->hash, hash);
	notes_add(&c->judge->notes, want->name, RRTYPE_NSEC3,
	    "no NSEC3 for this %s (its hash is %s)%s", what, hash,
	    want->optional ? ", and the one that covers it is without opt-out"
			   : "");
	want->optional = false;
}

static void
map_judge(
    struct chain_case *c, const struct link *l, const struct nsec3_want *want)
{
	struct judge *j = c->judge;
	struct judge_worker *w = &j->workers[0];
	struct bits bits = {l->owner, want->name, NULL, 0, RRTYPE_NSEC3};
	size_t count = want->node == UINT32_MAX
			   ? 0
			   : types_expected(j, want->node, w->wanted);

	bits.map = link_map(l, &bits.len);
	bits_judge(w, &bits, count, &j->notes);
}

/* Drops the names that opt-out left out. */
static void
wants_settle(struct nsec3_wants *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		if (!w->list[i].optional)
			w->list[n++] = w->list[i];
	w->count = n;
}

/*
 * Lays names and links side by side. Afterwards wants are the names that the
 * chain has or should have.
 */
static void
names_judge(struct chain_case *c)
{
	size_t i = 0, k = 0;

	while (i < c->wants.count || k < c->link_count) {
		struct nsec3_want *want =
		    i < c->wants.count ? &c->wants.list[i] : NULL;
		const struct link *l = k < c->link_count ? c->links[k] : NULL;
		int order = want == NULL ? 1
			    : l == NULL
				? -1
				: memcmp(want->hash, l->hash, NSEC3_HASH_LEN);

		if (order < 0) {
			missing_judge(c, want, k);
			i++;
		} else if (order > 0) {
			notes_add(&c->judge->notes, l->owner, RRTYPE_NSEC3,
			    "an NSEC3 whose owner is the hash of no name in "
			    "the zone");
			k++;
		} else {
			map_judge(c, l, want);
			want->optional = false;
			i++;
			k++;
		}
	}
	wants_settle(&c->wants);
}

/*
 * The hash that comes after the given one in the chain as it should be; *at
 * goes up with the hashes that are asked for.
 */
static const uint8_t *
next_wanted(const struct nsec3_wants *w, const uint8_t *hash, size_t *at)
{
	while (*at < w->count &&
	       memcmp(w->list[*at].hash, hash, NSEC3_HASH_LEN) <= 0)
		(*at)++;
	return w->list[*at == w->count ? 0 : *at].hash;
}

/*
 * The next link may be the one that is there or the one that should be: where
 * the two differ, names_judge has noted it, and each fault is told once.
 */
static void
nexts_judge(struct chain_case *c)
{
	char is[BASE32HEX_LEN(NSEC3_HASH_LEN) + 1];
	char should[BASE32HEX_LEN(NSEC3_HASH_LEN) + 1];
	size_t at = 0;

	for (size_t k = 0; k < c->link_count; k++) {
		const struct link *l = c->links[k];
		bool last = k + 1 == c->link_count;
		const uint8_t *found = link_next(l);
		const uint8_t *next = c->links[last ? 0 : k + 1]->hash;
		const uint8_t *want = next_wanted(&c->wants, l->hash, &at);

		if (memcmp(found, next, NSEC3_HASH_LEN) == 0 ||
		    memcmp(found, want, NSEC3_HASH_LEN) == 0)
			continue;
		hash_text(found, is);
		hash_text(want, should);
		notes_add(&c->judge->notes, l->owner, RRTYPE_NSEC3,
		    "its next hash is %s%s; it must be %s", is,
		    !last && memcmp(found, l->hash, NSEC3_HASH_LEN) <= 0
			? ", which loops back"
			: "",
		    should);
	}
}

static enum dflow_status
chain_judge(struct judge *j, struct links *all, const struct nsec3_params *p,
    struct dflow_err *err)
{
	struct chain_case c = {.judge = j};

	enum dflow_status st = links_select(&c, all, p, err);
	if (st == DFLOW_OK)
		st = nsec3_wants_find(j, p, &c.wants, err);
	if (st == DFLOW_OK) {
		names_judge(&c);
		nexts_judge(&c);
	}
	free(c.wants.list);
	free(c.links);
	return st;
}

/* RFC 5155 section 2: algorithms 3 and 5 say that the zone uses NSEC. */
static void
algorithms_judge(struct judge *j)
{
	for (size_t i = 0; i < j->key_count; i++) {
		const struct dnskey *d = &j->keys[i].dnskey;

		if (d->algorithm == 3 || d->algorithm == ALG_RSASHA1)
			notes_add(&j->notes, j->zone->apex, RRTYPE_DNSKEY,
			    "key %u has algorithm %u, which does not go with "
			    "NSEC3",
			    d->tag, d->algorithm);
	}
}

enum dflow_status
nsec3_judge(struct judge *j, struct dflow_err *err)
{
	struct links links = {0};
	struct sets sets = {.count = 0};
	enum dflow_status st = links_gather(j, &links, err);

	if (st != DFLOW_OK)
		goto out;
	if (j->denial == DENIAL_NSEC3)
		algorithms_judge(j);
	sets_find(j, &links, &sets);
	if (j->denial == DENIAL_NONE)
		notes_add(&j->notes, j->zone->apex, RRTYPE_NSEC,
		    "no NSEC and no NSEC3: nothing can be denied");
	if (j->denial == DENIAL_NSEC3 && sets.count == 0)
		notes_add(&j->notes, j->zone->apex, RRTYPE_NSEC3,
		    "no NSEC3 of the zone can be used");
	for (size_t i = 0; i < sets.count && st == DFLOW_OK; i++)
		st = chain_judge(j, &links, &sets.list[i], err);
out:
	free(links.list);
	return st;
}
