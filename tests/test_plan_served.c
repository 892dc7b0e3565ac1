/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan that starts from what is served, where the keys' times tell of
 * rollovers that nobody has seen. The rule it is held to is RFC 7583 section
 * 3.2.1, from the moment before the plan on: the served RRset and the served
 * signatures are in caches, whatever the times say.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/plan.h"
#include "keys/keyfile.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, KEYS_MAX = 4 };

#define NOW INT64_C(1800000000) /* 2027-01-15 08:00:00 UTC */
#define UNSET KEYTIME_UNSET

/* Ipub is an hour and a half, Iret a day and half an hour. */
static const struct plan_policy usual = {
    .lifetime_s = 30 * DAY,
    .ttl_s = HOUR,
    .max_zone_ttl_s = DAY,
    .propagation_s = 20 * MINUTE,
    .safety_s = 10 * MINUTE,
    .horizon_s = 400 * DAY,
};

/* In seconds from NOW, when the plan begins. */
struct life {
	int64_t publish, activate, inactive, removed;
};

struct scene {
	const char *reason;
	struct life keys[KEYS_MAX];
	size_t count;
	unsigned served; /* bit 0 for the first key */
	int64_t from; /* after NOW */
	unsigned moved;
	size_t signer; /* who signs what is served, and goes on */
	size_t made;
};

/* One month a key; the first is of before, the others of a plan that was lost.
 */
#define MONTH(start)                                                \
	{                                                           \
		(start) - 90 * MINUTE, (start), (start) + 30 * DAY, \
		    (start) + 31 * DAY + 30 * MINUTE                \
	}

static const struct scene scenes[] = {
    {"as the times say", {MONTH(-20 * DAY), MONTH(10 * DAY)}, 2, 1, 0, 0, 0,
	11},
    {"as they say, of two that are served",
	{MONTH(-30 * DAY + HOUR), MONTH(HOUR)}, 2, 3, 0, 0, 0, 12},
    {"the first has left by its times",
	{MONTH(-50 * DAY), MONTH(-20 * DAY), MONTH(10 * DAY)}, 3, 1, 0, 3, 0,
	11},
    {"it retired, and is there yet",
	{MONTH(-30 * DAY - HOUR), MONTH(-HOUR), MONTH(30 * DAY - HOUR)}, 3, 1,
	0, 3, 0, 11},
    {"it signs yet; the next was published, nobody saw it",
	{MONTH(-30 * DAY + HOUR), MONTH(HOUR)}, 2, 1, 0, 3, 0, 12},
    {"two rollovers were lost; the one between is for no use",
	{MONTH(-61 * DAY), MONTH(-31 * DAY), MONTH(-DAY)}, 3, 1, 0, 7, 0, 12},
    {"the next would end before it is known",
	{MONTH(-60 * DAY + HOUR), MONTH(-30 * DAY + HOUR), MONTH(HOUR)}, 3, 1,
	0, 7, 0, 12},
    {"all times are over", {MONTH(-70 * DAY), MONTH(-40 * DAY)}, 2, 1, 0, 1, 0,
	13},
    {"the plan begins later: what is served goes on until then",
	{MONTH(-29 * DAY), MONTH(DAY), MONTH(31 * DAY)}, 3, 1, 7 * DAY, 3, 0,
	11},
    {"it has no end, and another one was made beside it",
	{{-90 * DAY, -90 * DAY, UNSET, UNSET}, {-DAY, -DAY, UNSET, UNSET}}, 2,
	1, 0, 2, 0, 12},
    {"two are served, the second signs them; the third is new",
	{MONTH(-80 * DAY), MONTH(-50 * DAY), MONTH(-20 * DAY)}, 3, 3, 0, 6, 1,
	12},
    {"the only one that is served was to sign later",
	{{2 * DAY, 3 * DAY, 33 * DAY, 35 * DAY}, MONTH(-DAY)}, 2, 1, 0, 3, 0,
	12},
    {"no times at all, and not served",
	{MONTH(-29 * DAY), {UNSET, UNSET, UNSET, UNSET}}, 2, 1, 30 * HOUR, 3, 0,
	12},
};

static int64_t
at(int64_t offset)
{
	return offset == UNSET ? UNSET : NOW + offset;
}

static void
fill(const struct scene *s, struct plan_key keys[KEYS_MAX])
{
	for (size_t i = 0; i < s->count; i++) {
		const struct life *k = &s->keys[i];
		struct keytimes *t = &keys[i].times;

		keys[i] = (struct plan_key){
		    .name = i == 0 ? "a" : "b", .served = s->served >> i & 1};
		keytimes_clear(t);
		if (k->publish != UNSET || k->activate != UNSET)
			t->created = NOW - 100 * DAY;
		t->publish = at(k->publish);
		t->activate = at(k->activate);
		t->inactive = at(k->inactive);
		t->remove = at(k->removed);
	}
}

static size_t
bits(unsigned set)
{
	size_t count = 0;

	for (; set != 0; set >>= 1)
		count += set & 1;
	return count;
}

static struct plan_params
params(const struct scene *s, const struct plan_policy *policy,
    const struct plan_key *keys)
{
	return (struct plan_params){.policy = policy,
	    .now = NOW,
	    .from = NOW + s->from,
	    .to = NOW + s->from + 365 * DAY,
	    .keys = keys,
	    .count = s->count,
	    .served_count = bits(s->served)};
}

static struct plan *
make(const struct plan_params *p, const char *reason)
{
	struct plan *plan = NULL;
	struct dflow_err err = {0};

	ck_assert_msg(
	    plan_make(p, &plan, &err) == DFLOW_OK, "%s: %s", reason, err.text);
	return plan;
}

/* Before the plan, what is served; in it, what the bundles have. */
static bool
was_in_zone(const struct plan_params *p, const struct plan *plan, size_t i,
    int64_t when)
{
	if (when < p->from)
		return i < p->count && p->keys[i].served;
	return plan_in_zone(&plan->keys[i], when);
}

static size_t
signer_at(const struct plan_params *p, const struct plan *plan, size_t before,
    int64_t when)
{
	size_t who = SIZE_MAX, count = 0;

	if (when < p->from)
		return before;
	for (size_t i = 0; i < plan->count; i++)
		if (keyfile_state(&plan->keys[i].times, when) ==
		    KEYSTATE_ACTIVE) {
			who = i;
			count++;
		}
	ck_assert_msg(
	    count == 1, "%zu sign at %lld", count, (long long)(when - p->from));
	return who;
}

/*
 * Every quarter of an hour for the first days, then rarely: a cache with the
 * oldest RRset, and with the oldest signature, that it can have.
 */
static void
check_caches(const struct plan_params *p, const struct plan *plan,
    size_t before, const char *reason)
{
	const struct plan_policy *y = p->policy;
	int64_t keys_s = y->ttl_s + y->propagation_s;
	int64_t sigs_s = y->max_zone_ttl_s + y->propagation_s;

	for (int64_t t = p->from; t < p->to;
	     t += t < p->from + 6 * DAY ? 15 * MINUTE : 7 * HOUR + 1) {
		size_t now = signer_at(p, plan, before, t);

		for (int64_t k = 0; k <= 8; k++) {
			int64_t then = t - sigs_s * k / 8;

			ck_assert_msg(
			    was_in_zone(p, plan, now, t - keys_s * k / 8),
			    "%s: at %lld key %zu signs, which caches do not "
			    "know",
			    reason, (long long)(t - p->from), now);
			ck_assert_msg(was_in_zone(p, plan,
					  signer_at(p, plan, before, then), t),
			    "%s: at %lld a cache has a signature of %lld that "
			    "no key is for",
			    reason, (long long)(t - p->from),
			    (long long)(then - p->from));
		}
	}
}

static void
check_times(const struct plan *plan, const char *reason)
{
	struct dflow_err err = {0};

	for (size_t i = 0; i < plan->count; i++)
		ck_assert_msg(
		    keytimes_check(&plan->keys[i].times, &err) == DFLOW_OK,
		    "%s: key %zu: %s", reason, i, err.text);
}

START_TEST(test_served)
{
	const struct scene *s = &scenes[_i];
	struct plan_key keys[KEYS_MAX] = {0};
	struct plan_params p = params(s, &usual, keys);
	unsigned moved = 0;
	struct plan *plan;

	fill(s, keys);
	plan = make(&p, s->reason);
	for (size_t i = 0; i < s->count; i++)
		moved |= (unsigned)plan->keys[i].moved << i;
	check_times(plan, s->reason);
	check_caches(&p, plan, s->signer, s->reason);
	ck_assert_msg(moved == s->moved, "%s: %x moved", s->reason, moved);
	ck_assert_msg(plan->count - s->count == s->made, "%s: %zu made",
	    s->reason, plan->count - s->count);
	for (size_t i = 0; i < plan->count; i++)
		ck_assert(i < s->count || !plan->keys[i].moved);
	plan_free(&plan);
}
END_TEST

/* With the times that the plan set, there is nothing to be set again. */
START_TEST(test_again)
{
	const struct scene *s = &scenes[_i];
	struct plan_key keys[KEYS_MAX] = {0};
	struct plan_params p = params(s, &usual, keys);
	struct plan *first, *second;

	fill(s, keys);
	first = make(&p, s->reason);
	p.keys = first->keys;
	p.count = first->count;
	for (size_t i = 0; i < first->count; i++) {
		first->keys[i].moved = false;
		first->keys[i].changed = false;
		first->keys[i].name = "again";
	}
	second = make(&p, s->reason);
	ck_assert_uint_eq(second->count, first->count);
	ck_assert_uint_eq(second->bundle_count, first->bundle_count);
	for (size_t i = 0; i < first->count; i++) {
		ck_assert_msg(
		    !second->keys[i].moved, "%s: key %zu", s->reason, i);
		ck_assert(memcmp(&second->keys[i].times, &first->keys[i].times,
			      sizeof(struct keytimes)) == 0);
	}
	plan_free(&second);
	plan_free(&first);
}
END_TEST

/* Lost again and again: each time it starts from what is served. */
START_TEST(test_lost_again)
{
	const struct scene *s = &scenes[2];
	struct plan_key keys[PLAN_KEYS_MAX] = {0};
	struct plan_params p = params(s, &usual, keys);

	fill(s, keys);
	for (int i = 0; i < 12; i++) {
		struct plan *plan = make(&p, s->reason);

		check_caches(&p, plan, 0, "lost again");
		ck_assert(plan->keys[0].times.inactive == p.from + 90 * MINUTE);
		p.count = plan->count;
		for (size_t k = 0; k < plan->count; k++) {
			keys[k] = plan->keys[k];
			keys[k].name = "old";
			keys[k].moved = false;
			keys[k].changed = false;
		}
		plan_free(&plan);
		p.now += 17 * DAY;
		p.from = p.now;
		p.to = p.now + 365 * DAY;
	}
}
END_TEST

/* To the second: known the publication interval after it is in the zone. */
START_TEST(test_intervals)
{
	const struct scene *s = &scenes[2];
	struct plan_policy policy = usual;
	struct plan_key keys[KEYS_MAX] = {0};
	struct plan_params p = params(s, &policy, keys);
	const struct keytimes *a, *b;
	struct plan *plan;

	/* What is served has a longer TTL than the plan. */
	policy.ttl_s = 2 * DAY;
	fill(s, keys);
	p.count = 2;
	p.from = NOW - HOUR;
	plan = make(&p, s->reason);
	a = &plan->keys[0].times;
	b = &plan->keys[1].times;
	ck_assert(b->publish == NOW - HOUR);
	/* Nothing is published before now. */
	ck_assert(b->activate == NOW + 2 * DAY + 30 * MINUTE);
	ck_assert(b->inactive == NOW + 10 * DAY);
	ck_assert(a->publish == NOW - 50 * DAY - 90 * MINUTE);
	ck_assert(a->activate == NOW - 50 * DAY);
	ck_assert(a->inactive == b->activate);
	ck_assert(a->remove == b->activate + DAY + 30 * MINUTE);
	ck_assert(plan->bundles[0] == NOW - HOUR);
	ck_assert(plan->bundles[1] == a->remove);
	plan_free(&plan);
}
END_TEST

/* What is served, but not here, cannot go on. */
START_TEST(test_gone)
{
	struct plan_key key = {.name = "b"};
	struct plan_params p = {.policy = &usual,
	    .now = NOW,
	    .from = NOW,
	    .to = NOW + 100 * DAY,
	    .keys = &key,
	    .count = 1,
	    .served_count = 1};
	struct plan *plan = NULL;
	struct dflow_err err = {0};

	keytimes_clear(&key.times);
	key.times.publish = NOW - DAY;
	key.times.activate = NOW - DAY + 2 * HOUR;
	ck_assert(plan_make(&p, &plan, &err) == DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, "bring its files back") != NULL, "%s", err.text);
	p.count = 0;
	ck_assert(plan_make(&p, &plan, &err) == DFLOW_REFUSED);
	/* One of two is here, and was not to sign yet: the other one did. */
	p.count = 1;
	p.served_count = 2;
	key.served = true;
	key.times.publish = NOW - HOUR;
	key.times.activate = NOW + HOUR;
	ck_assert(plan_make(&p, &plan, &err) == DFLOW_REFUSED);
	ck_assert_ptr_null(plan);
	/* It is known, and signs: that will do. */
	key.times.activate = NOW - MINUTE;
	plan = make(&p, "one of two");
	ck_assert(!plan->keys[0].moved);
	plan_free(&plan);
	/* Nothing is known of what is served: as the times say. */
	key.served = false;
	p.served_count = 0;
	plan = make(&p, "not known");
	ck_assert(!plan->keys[0].moved);
	plan_free(&plan);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *s = suite_create("plan_served");
	TCase *t = tcase_create("plan_served");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_served, 0, COUNT(scenes));
	tcase_add_loop_test(t, test_again, 0, COUNT(scenes));
	tcase_add_test(t, test_lost_again);
	tcase_add_test(t, test_intervals);
	tcase_add_test(t, test_gone);
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
