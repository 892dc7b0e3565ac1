/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The start of a plan from what is served. A plan that never came to be, as
 * its response was lost, leaves keys with times of rollovers that nobody has
 * seen: caches know the keys in the last response, and its signer, and no
 * others. So these times are not taken for what happened.
 */
#include "exchange/plan_parts.h"
#include "keys/keyfile.h"

/* True if it is to sign one day: by a time, or as it has no times at all. */
static bool
is_signer(const struct keytimes *t)
{
	return t->activate != KEYTIME_UNSET ||
	       (t->publish == KEYTIME_UNSET && t->created == KEYTIME_UNSET);
}

/* When caches know what the plan publishes from its beginning on. */
static int64_t
known_at(const struct planning *g)
{
	const struct plan_params *p = g->p;

	return (p->from > p->now ? p->from : p->now) + g->publication_s;
}

/* As BIND's keygen -G leaves a key: in no zone, at no time. */
static void
drop_key(struct plan_key *key, int64_t now)
{
	int64_t created = key->times.created;

	keytimes_clear(&key->times);
	key->times.created = created != KEYTIME_UNSET ? created : now;
	key->moved = true;
}

/* A key that is not served, whatever its times say, is published from now. */
static void
start_key(const struct planning *g, struct plan_key *key)
{
	struct keytimes *t = &key->times;
	int64_t from = g->p->from, known = known_at(g);
	bool signs = is_signer(t);
	bool late = signs && t->activate < known; /* not set is as early */

	if (key->served || !plan_in_zone(key, from) ||
	    (t->publish == from && !late))
		return;
	if (t->inactive != KEYTIME_UNSET && t->inactive <= known) {
		drop_key(key, g->p->now);
		return;
	}
	t->publish = from;
	if (late)
		t->activate = known;
	key->moved = true;
}

/* The one of two keys, or the only one, that signed later. */
static struct plan_key *
later_signer(struct plan_key *a, struct plan_key *b)
{
	if (a == NULL || b->times.inactive == KEYTIME_UNSET)
		return b;
	if (a->times.inactive == KEYTIME_UNSET)
		return a;
	return b->times.inactive > a->times.inactive ? b : a;
}

/* Who signs what is served, if nobody is to by the times. */
static enum dflow_status
last_served(
    const struct planning *g, struct plan_key **out, struct dflow_err *err)
{
	struct plan_key *last = NULL, *any = NULL;

	for (size_t i = 0; i < g->plan->count; i++) {
		struct plan_key *key = &g->plan->keys[i];

		if (!key->served)
			continue;
		any = key;
		if (is_signer(&key->times) && key->times.activate <= g->p->from)
			last = later_signer(last, key);
	}
	/* Of one alone there is no doubt. */
	if (last == NULL && g->p->served_count == 1)
		last = any;
	if (last == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "the ZSK that signs what is served by KSK.data is not "
		    "here; bring its files back, or, if they are lost, move "
		    "KSK.data away: then a new ZSK signs at once, and caches "
		    "fail until they forget the old one");
	*out = last;
	return DFLOW_OK;
}

/* It signs on, until that time, and leaves the removal interval later. */
static void
extend(const struct planning *g, struct plan_key *key, int64_t until)
{
	struct keytimes *t = &key->times;

	if (t->activate > g->p->from)
		t->activate = g->p->from;
	if (t->publish > g->p->from)
		t->publish = g->p->from;
	t->inactive = until;
	if (t->remove != KEYTIME_UNSET && t->remove < until + g->removal_s)
		t->remove = until + g->removal_s;
	key->moved = true;
}

/* Until a new key can be known, one that is served signs at any time. */
static enum dflow_status
bridge(struct planning *g, struct dflow_err *err)
{
	struct plan_key *signer = NULL, *last = NULL;
	int64_t at = g->p->from, known = known_at(g), next;
	enum dflow_status st;

	while (at < known) {
		st = plan_find_signer(g->plan, at, &signer, err);
		if (st == DFLOW_OK && signer == NULL && last == NULL)
			st = last_served(g, &last, err);
		if (st != DFLOW_OK)
			return st;
		if (signer == NULL) {
			next = plan_next_activate(g->plan, at);
			extend(g, last, next != INT64_MAX ? next : known);
			signer = last;
		}
		if (signer->times.inactive == KEYTIME_UNSET)
			break;
		at = signer->times.inactive;
		last = signer;
	}
	return DFLOW_OK;
}

enum dflow_status
plan_start_served(struct planning *g, struct dflow_err *err)
{
	bool as_told = false;

	if (g->p->served_count == 0)
		return DFLOW_OK;
	for (size_t i = 0; i < g->plan->count; i++) {
		const struct plan_key *key = &g->plan->keys[i];

		if (key->served &&
		    keyfile_state(&key->times, g->p->from) == KEYSTATE_ACTIVE)
			as_told = true;
	}
	for (size_t i = 0; i < g->plan->count; i++) {
		start_key(g, &g->plan->keys[i]);
		if (g->plan->keys[i].moved)
			as_told = false;
	}
	return as_told ? DFLOW_OK : bridge(g, err);
}
