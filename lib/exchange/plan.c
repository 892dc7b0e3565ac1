/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans the ZSKs of a time to come. Walks from one signing key to the next:
 * the next signs from when the one before ceases to, and was published for
 * Ipub before that; the one before leaves Iret after it (RFC 7583 section
 * 3.2.1). Refuses what would leave a moment without a signing key, or with
 * two, or a cache with what it cannot validate.
 */
#include "exchange/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "exchange/plan_parts.h"
#include "keys/keyfile.h"

int64_t
plan_publication_s(const struct plan_policy *p)
{
	return p->ttl_s + p->propagation_s + p->safety_s;
}

int64_t
plan_removal_s(const struct plan_policy *p)
{
	return p->max_zone_ttl_s + p->propagation_s + p->safety_s;
}

bool
plan_in_zone(const struct plan_key *key, int64_t when)
{
	enum keystate s = keyfile_state(&key->times, when);

	return s != KEYSTATE_FUTURE && s != KEYSTATE_REMOVED;
}

static bool
signs_at(const struct plan_key *key, int64_t when)
{
	return keyfile_state(&key->times, when) == KEYSTATE_ACTIVE;
}

static bool
in_span(int64_t span_s)
{
	return span_s >= 0 && span_s <= PLAN_SPAN_MAX;
}

static enum dflow_status
check_policy(const struct plan_policy *y, struct dflow_err *err)
{
	int64_t least;

	if (!in_span(y->lifetime_s) || !in_span(y->ttl_s) ||
	    !in_span(y->max_zone_ttl_s) || !in_span(y->propagation_s) ||
	    !in_span(y->safety_s) || !in_span(y->horizon_s))
		return err_set(err, DFLOW_USAGE,
		    "a span of the policy is negative or over ten years");
	least = plan_publication_s(y) + plan_removal_s(y);
	if (y->lifetime_s < least || y->lifetime_s == 0)
		return err_set(err, DFLOW_USAGE,
		    "a ZSK's lifetime of %lld seconds is shorter than the "
		    "intervals before and after it, %lld in all; lengthen it, "
		    "or shorten the TTLs",
		    (long long)y->lifetime_s, (long long)least);
	return DFLOW_OK;
}

/* As the left counts it, or it would refuse what was planned. */
static enum dflow_status
check_horizon(const struct plan_params *p, struct dflow_err *err)
{
	char to[DFLOW_WHEN_LONG], on[DFLOW_WHEN_LONG];

	if (p->to - p->now <= p->policy->horizon_s)
		return DFLOW_OK;
	dflow_when_long(p->to, to);
	dflow_when_long(p->to - p->policy->horizon_s, on);
	return err_set(err, DFLOW_USAGE,
	    "the plan reaches to %s, more than %lld days ahead, and the left "
	    "takes that from %s on; plan a shorter time, ask later, or give a "
	    "longer --horizon",
	    to, (long long)(p->policy->horizon_s / 86400), on);
}

static enum dflow_status
check_times(const struct plan_params *p, struct dflow_err *err)
{
	char from[DFLOW_WHEN_LONG];

	if (p->now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock says a time before 2020; set it right");
	if (p->from >= p->to)
		return err_set(err, DFLOW_USAGE,
		    "the plan would end before it begins; let from come "
		    "before to");
	dflow_when_long(p->from, from);
	if (p->from < p->now - PLAN_PAST_S)
		return err_set(err, DFLOW_USAGE,
		    "the plan would begin on %s, more than a day ago; what is "
		    "past cannot be planned",
		    from);
	/* from may be anything yet: the sum could overflow. */
	if (p->to > KEYTIME_MAX || p->from > KEYTIME_MAX - 2 * PLAN_SPAN_MAX ||
	    p->to > KEYTIME_MAX - 2 * PLAN_SPAN_MAX)
		return err_set(err, DFLOW_USAGE,
		    "the plan would reach near the year 2106, where keys' "
		    "times end; use earlier ones");
	return check_horizon(p, err);
}

static struct plan *
plan_new(const struct plan_params *p)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	if (plan == NULL)
		return NULL;
	plan->keys = calloc(PLAN_KEYS_MAX, sizeof(*plan->keys));
	plan->bundles = calloc(PLAN_BUNDLES_MAX, sizeof(*plan->bundles));
	if (plan->keys == NULL || plan->bundles == NULL) {
		plan_free(&plan);
		return NULL;
	}
	for (size_t i = 0; i < p->count; i++)
		plan->keys[i] = p->keys[i];
	plan->count = p->count;
	plan->to = p->to;
	return plan;
}

int64_t
plan_next_activate(const struct plan *plan, int64_t when)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < plan->count; i++) {
		const struct keytimes *t = &plan->keys[i].times;

		if (t->activate != KEYTIME_UNSET && t->activate > when &&
		    t->activate < next && signs_at(&plan->keys[i], t->activate))
			next = t->activate;
	}
	return next;
}

enum dflow_status
plan_find_signer(const struct plan *plan, int64_t when, struct plan_key **out,
    struct dflow_err *err)
{
	char text[DFLOW_WHEN_LONG];

	*out = NULL;
	for (size_t i = 0; i < plan->count; i++) {
		if (!signs_at(&plan->keys[i], when))
			continue;
		dflow_when_long(when, text);
		if (*out != NULL)
			return err_set(err, DFLOW_REFUSED,
			    "%s and %s both sign on %s; set the Inactive time "
			    "of one of them",
			    (*out)->name, plan->keys[i].name, text);
		*out = &plan->keys[i];
	}
	return DFLOW_OK;
}

/* A ZSK other than that one was in the zone just before. */
static bool
has_others(const struct plan *plan, const struct plan_key *but, int64_t when)
{
	for (size_t i = 0; i < plan->count; i++)
		if (&plan->keys[i] != but &&
		    plan_in_zone(&plan->keys[i], when - 1))
			return true;
	return false;
}

/*
 * When the key is to cease signing, by policy: not before its successor, who
 * is published from now on at the earliest, is known to every cache.
 */
static int64_t
retirement(const struct planning *g, const struct plan_key *key)
{
	const struct plan_params *p = g->p;
	int64_t start = key->times.activate;
	int64_t first = p->from > p->now ? p->from : p->now;
	int64_t due;

	if (start == KEYTIME_UNSET)
		start = p->from;
	due = start + p->policy->lifetime_s;
	first += g->publication_s;
	return due > first ? due : first;
}

/* Sets what an open-ended key lacks, if its end falls into the plan. */
static enum dflow_status
close_key(const struct planning *g, struct plan_key *key, int64_t at,
    struct dflow_err *err)
{
	int64_t next = plan_next_activate(g->plan, at);
	int64_t end;

	if (key->times.remove != KEYTIME_UNSET &&
	    key->times.inactive == KEYTIME_UNSET)
		return err_set(err, DFLOW_REFUSED,
		    "%s has a Delete time and no Inactive time, so it would "
		    "leave the zone while it signs; set its Inactive time",
		    key->name);
	if (key->times.inactive == KEYTIME_UNSET) {
		end = next != INT64_MAX ? next : retirement(g, key);
		if (end - g->publication_s >= g->p->to)
			return DFLOW_OK;
		key->times.inactive = end;
		key->changed = true;
	}
	if (key->times.remove == KEYTIME_UNSET &&
	    (key->changed || key->times.inactive < g->p->to)) {
		key->times.remove = key->times.inactive + g->removal_s;
		key->changed = true;
	}
	return DFLOW_OK;
}

/* A key that is there signs from at on: was it published in time? */
static enum dflow_status
check_published(const struct planning *g, const struct plan_key *key,
    int64_t at, struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG];

	if (key->times.activate != at ||
	    (at == g->p->from && at <= g->p->now) ||
	    !has_others(g->plan, key, at) ||
	    plan_in_zone(key, at - g->publication_s))
		return DFLOW_OK;
	dflow_when_long(at - g->publication_s, when);
	return err_set(err, DFLOW_REFUSED,
	    "%s is published too late: caches may not know it when it signs; "
	    "set its Publish time to %s",
	    key->name, when);
}

/* A key that signs no more stays until its signatures are forgotten. */
static enum dflow_status
check_removal(const struct planning *g, struct dflow_err *err)
{
	char when[DFLOW_WHEN_LONG];

	for (size_t i = 0; i < g->plan->count; i++) {
		const struct keytimes *t = &g->plan->keys[i].times;

		if (t->inactive == KEYTIME_UNSET ||
		    t->remove == KEYTIME_UNSET || t->remove <= g->p->from ||
		    t->remove >= t->inactive + g->removal_s)
			continue;
		dflow_when_long(t->inactive + g->removal_s, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s leaves the zone while caches have signatures of it; "
		    "set its Delete time to %s",
		    g->plan->keys[i].name, when);
	}
	return DFLOW_OK;
}

/* Adds the key that signs from at on, for nobody does. */
static enum dflow_status
add_key(struct planning *g, int64_t at, struct plan_key **out,
    struct dflow_err *err)
{
	const struct plan_params *p = g->p;
	int64_t first = p->from > p->now ? p->from : p->now;
	int64_t next = plan_next_activate(g->plan, at);
	bool others = has_others(g->plan, NULL, at);
	struct plan_key *key;
	char when[DFLOW_WHEN_LONG];

	if (g->plan->count == PLAN_KEYS_MAX)
		return err_set(err, DFLOW_USAGE,
		    "more than %d ZSKs; lengthen their lifetime, or plan a "
		    "shorter time",
		    PLAN_KEYS_MAX);
	dflow_when_long(at, when);
	if (others && at - g->publication_s < first)
		return err_set(err, DFLOW_REFUSED,
		    "no ZSK signs on %s, and a new one would be published too "
		    "late for caches to know it; set the Inactive time of the "
		    "one before to a later time",
		    when);
	key = &g->plan->keys[g->plan->count];
	keytimes_clear(&key->times);
	key->times.publish = others ? at - g->publication_s : at;
	key->times.activate = at;
	key->times.inactive = at + p->policy->lifetime_s;
	if (next < key->times.inactive)
		key->times.inactive = next;
	key->times.remove = key->times.inactive + g->removal_s;
	g->plan->count++;
	*out = key;
	return DFLOW_OK;
}

/* From one signing key to the next, until the one after is not due yet. */
static enum dflow_status
walk(struct planning *g, struct dflow_err *err)
{
	int64_t at = g->p->from;
	enum dflow_status st = DFLOW_OK;
	struct plan_key *key = NULL;

	while (at - g->publication_s < g->p->to) {
		st = plan_find_signer(g->plan, at, &key, err);
		if (st == DFLOW_OK && key == NULL)
			st = add_key(g, at, &key, err);
		else if (st == DFLOW_OK)
			st = check_published(g, key, at, err);
		if (st == DFLOW_OK)
			st = close_key(g, key, at, err);
		if (st != DFLOW_OK)
			return st;
		if (key->times.inactive == KEYTIME_UNSET)
			break;
		/* Who begins in between would sign beside it. */
		if (plan_next_activate(g->plan, at) < key->times.inactive)
			return plan_find_signer(g->plan,
			    plan_next_activate(g->plan, at), &key, err);
		at = key->times.inactive;
	}
	return DFLOW_OK;
}

/* True if the keys in the zone are others than a second before. */
static bool
changes_at(const struct plan *plan, int64_t when)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan_in_zone(&plan->keys[i], when) !=
		    plan_in_zone(&plan->keys[i], when - 1))
			return true;
	return false;
}

/* The first moment after when, and before the end, at which keys change. */
static int64_t
next_change(const struct plan *plan, int64_t when)
{
	int64_t next = plan->to;

	for (size_t i = 0; i < plan->count; i++) {
		const struct keytimes *t = &plan->keys[i].times;
		const int64_t all[] = {
		    t->publish, t->activate, t->inactive, t->remove};

		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
			if (all[k] > when && all[k] < next &&
			    changes_at(plan, all[k]))
				next = all[k];
	}
	return next;
}

static enum dflow_status
cut_bundles(const struct planning *g, struct dflow_err *err)
{
	struct plan *plan = g->plan;

	for (int64_t at = g->p->from; at < plan->to;
	     at = next_change(plan, at)) {
		if (plan->bundle_count == PLAN_BUNDLES_MAX)
			return err_set(err, DFLOW_USAGE,
			    "more than %d bundles; lengthen the ZSKs' "
			    "lifetime, or plan a shorter time",
			    PLAN_BUNDLES_MAX);
		plan->bundles[plan->bundle_count++] = at;
	}
	return DFLOW_OK;
}

enum dflow_status
plan_make(const struct plan_params *p, struct plan **out, struct dflow_err *err)
{
	struct planning g = {.p = p};
	enum dflow_status st = check_policy(p->policy, err);

	if (st == DFLOW_OK)
		st = check_times(p, err);
	if (st != DFLOW_OK)
		return st;
	if (p->count > PLAN_KEYS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d ZSKs; move old ones out of the folder",
		    PLAN_KEYS_MAX);
	g.publication_s = plan_publication_s(p->policy);
	g.removal_s = plan_removal_s(p->policy);
	g.plan = plan_new(p);
	if (g.plan == NULL)
		return err_memory(err);
	st = plan_start_served(&g, err);
	if (st == DFLOW_OK)
		st = walk(&g, err);
	if (st == DFLOW_OK)
		st = check_removal(&g, err);
	if (st == DFLOW_OK)
		st = cut_bundles(&g, err);
	if (st == DFLOW_OK) {
		*out = g.plan;
		g.plan = NULL; /* transferred */
	}
	plan_free(&g.plan);
	return st;
}

void
plan_free(struct plan **p)
{
	if (*p == NULL)
		return;
	free((*p)->keys);
	free((*p)->bundles);
	free(*p);
	*p = NULL;
}
