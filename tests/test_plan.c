/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plan of ZSKs: its times, what it refuses, and, by brute force over a
 * year and more, that no cache ever has what it cannot validate.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/plan.h"
#include "keys/keyfile.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NAMED_MAX = 8 };

#define NOW INT64_C(1800000000) /* 2027-01-15 08:00:00 UTC */
#define UNSET KEYTIME_UNSET

/* Spans in which every interval can be told from every other. */
static const struct plan_policy usual = {
    .lifetime_s = 30 * DAY,
    .ttl_s = HOUR,
    .max_zone_ttl_s = DAY,
    .propagation_s = 20 * MINUTE,
    .safety_s = 10 * MINUTE,
    .horizon_s = 400 * DAY,
};

/* A key that is there, in seconds from NOW. */
static struct plan_key
there(const char *name, int64_t publish, int64_t activate, int64_t inactive,
    int64_t removed)
{
	struct plan_key k = {.name = name};

	keytimes_clear(&k.times);
	k.times.created = NOW - 100 * DAY;
	k.times.publish = publish == UNSET ? UNSET : NOW + publish;
	k.times.activate = activate == UNSET ? UNSET : NOW + activate;
	k.times.inactive = inactive == UNSET ? UNSET : NOW + inactive;
	k.times.remove = removed == UNSET ? UNSET : NOW + removed;
	return k;
}

static struct plan_params
params(
    const struct plan_policy *policy, const struct plan_key *keys, size_t count)
{
	return (struct plan_params){.policy = policy,
	    .now = NOW,
	    .from = NOW + DAY,
	    .to = NOW + 366 * DAY,
	    .keys = keys,
	    .count = count};
}

static struct plan *
make(const struct plan_params *p)
{
	struct plan *plan = NULL;
	struct dflow_err err = {0};

	ck_assert_msg(plan_make(p, &plan, &err) == DFLOW_OK, "%s", err.text);
	return plan;
}

static size_t
signer_at(const struct plan *plan, int64_t when, size_t *who)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (keyfile_state(&plan->keys[i].times, when) ==
		    KEYSTATE_ACTIVE) {
			*who = i;
			count++;
		}
	return count;
}

/* A cache's DNSKEY RRset of then has who signs now; and the other way. */
static void
check_pair(const struct plan *plan, int64_t old, int64_t when, bool keys)
{
	size_t who = 0;

	ck_assert_uint_eq(signer_at(plan, keys ? when : old, &who), 1);
	ck_assert_msg(plan_in_zone(&plan->keys[who], keys ? old : when),
	    "%s of %lld, seen at %lld, key %zu",
	    keys ? "DNSKEY" : "a signature", (long long)old, (long long)when,
	    who);
}

/*
 * What can be seen at when: the RRset or a signature of up to a TTL and the
 * propagation before. The keys of start are those the world knew before.
 */
static void
check_moment(const struct plan_params *p, const struct plan *plan,
    int64_t start, int64_t when)
{
	int64_t keys_s = p->policy->ttl_s + p->policy->propagation_s;
	int64_t sigs_s = p->policy->max_zone_ttl_s + p->policy->propagation_s;
	size_t who = 0;

	ck_assert_msg(signer_at(plan, when, &who) == 1, "%zu sign at %lld",
	    signer_at(plan, when, &who), (long long)when);
	for (int k = 0; k <= 6; k++) {
		int64_t old_keys = when - keys_s * k / 6;
		int64_t old_sigs = when - sigs_s * k / 6;

		if (old_keys >= start)
			check_pair(plan, old_keys, when, true);
		if (old_sigs >= start)
			check_pair(plan, old_sigs, when, false);
	}
}

/* The keys in the zone change where bundles begin, and nowhere else. */
static void
check_bundles(const struct plan_params *p, const struct plan *plan)
{
	ck_assert(plan->bundles[0] == p->from);
	for (size_t i = 0; i < plan->bundle_count; i++) {
		int64_t end = i + 1 < plan->bundle_count ? plan->bundles[i + 1]
							 : plan->to;
		bool changes = false;

		ck_assert(plan->bundles[i] < end);
		for (size_t k = 0; k < plan->count; k++) {
			const struct plan_key *key = &plan->keys[k];
			bool in = plan_in_zone(key, plan->bundles[i]);

			for (int64_t t = plan->bundles[i]; t < end;
			     t += 5 * HOUR)
				ck_assert(plan_in_zone(key, t) == in);
			ck_assert(plan_in_zone(key, end - 1) == in);
			changes = changes || plan_in_zone(key, end) != in;
		}
		ck_assert(changes || i + 1 == plan->bundle_count);
	}
}

/* Every so often, and a second before, at and after each event. */
static void
check_invariants(
    const struct plan_params *p, const struct plan *plan, int64_t start)
{
	for (int64_t t = p->from; t < p->to; t += 11 * HOUR + 7)
		check_moment(p, plan, start, t);
	for (size_t i = 0; i < plan->count; i++) {
		const struct keytimes *k = &plan->keys[i].times;
		const int64_t all[] = {
		    k->publish, k->activate, k->inactive, k->remove};

		for (size_t e = 0; e < 4; e++) {
			if (all[e] == UNSET)
				continue;
			for (int64_t t = all[e] - 1; t <= all[e] + 1; t++)
				if (t >= p->from && t < p->to)
					check_moment(p, plan, start, t);
		}
	}
	check_bundles(p, plan);
}

/* The plan's own result as what is there: nothing more is to be made. */
static void
check_again(const struct plan_params *p, const struct plan *plan)
{
	struct plan_key *keys = calloc(plan->count, sizeof(*keys));
	struct plan_params again = *p;
	struct plan *second;

	ck_assert_ptr_nonnull(keys);
	for (size_t i = 0; i < plan->count; i++) {
		keys[i].times = plan->keys[i].times;
		keys[i].name = "made";
	}
	again.keys = keys;
	again.count = plan->count;
	again.now += 5 * HOUR;
	second = make(&again);
	ck_assert_uint_eq(second->count, plan->count);
	ck_assert_uint_eq(second->bundle_count, plan->bundle_count);
	ck_assert(memcmp(second->bundles, plan->bundles,
		      plan->bundle_count * sizeof(*plan->bundles)) == 0);
	for (size_t i = 0; i < plan->count; i++) {
		ck_assert(!second->keys[i].changed);
		ck_assert(memcmp(&second->keys[i].times, &plan->keys[i].times,
			      sizeof(struct keytimes)) == 0);
	}
	plan_free(&second);
	free(keys);
}

/* A zone without a key: the first one at once, the others ahead. */
START_TEST(test_first)
{
	struct plan_params p = params(&usual, NULL, 0);
	struct plan *plan = make(&p);
	int64_t at = p.from;

	ck_assert_uint_eq(plan->count, 13);
	for (size_t i = 0; i < plan->count; i++) {
		const struct keytimes *t = &plan->keys[i].times;

		ck_assert_ptr_null(plan->keys[i].name);
		ck_assert(t->activate == at);
		ck_assert(t->publish == at - (i > 0 ? 90 * MINUTE : 0));
		at += 30 * DAY;
		ck_assert(t->inactive == at);
		ck_assert(t->remove == at + DAY + 30 * MINUTE);
	}
	ck_assert_uint_eq(plan->bundle_count, 25);
	ck_assert(plan->bundles[1] == p.from + 30 * DAY - 90 * MINUTE);
	ck_assert(plan->bundles[2] == p.from + 31 * DAY + 30 * MINUTE);
	check_invariants(&p, plan, p.from);
	check_again(&p, plan);
	plan_free(&plan);
}
END_TEST

/* Who signs behind the end is in the plan once it is published before. */
START_TEST(test_end)
{
	struct plan_params p = params(&usual, NULL, 0);
	struct plan *plan;

	p.to = p.from + 30 * DAY - 90 * MINUTE;
	plan = make(&p);
	ck_assert_uint_eq(plan->count, 1);
	ck_assert_uint_eq(plan->bundle_count, 1);
	plan_free(&plan);
	p.to++;
	plan = make(&p);
	ck_assert_uint_eq(plan->count, 2);
	ck_assert_uint_eq(plan->bundle_count, 2);
	check_again(&p, plan);
	plan_free(&plan);
}
END_TEST

/* Keys that are there, and what comes of them. */
static const struct {
	const char *reason;
	struct {
		int64_t publish, activate, inactive, removed;
	} keys[3];
	size_t count;
	size_t changed; /* of them */
	size_t made;
} goods[] = {
    {"open-ended", {{-40 * DAY, -40 * DAY, UNSET, UNSET}}, 1, 1, 13},
    {"open-ended and young", {{-DAY, -DAY, UNSET, UNSET}}, 1, 1, 12},
    {"no times at all", {{UNSET, UNSET, UNSET, UNSET}}, 1, 1, 12},
    {"an end, but no Delete", {{-DAY, -DAY, 40 * DAY, UNSET}}, 1, 1, 11},
    {"an end", {{-DAY, -DAY, 40 * DAY, 60 * DAY}}, 1, 0, 11},
    {"one that retires, one that signs",
	{{-90 * DAY, -90 * DAY, DAY, 3 * DAY}, {-DAY, DAY, 31 * DAY, 40 * DAY}},
	2, 0, 12},
    {"open-ended, and a successor",
	{{-90 * DAY, -90 * DAY, UNSET, UNSET},
	    {5 * DAY, 9 * DAY, UNSET, UNSET}},
	2, 2, 11},
    {"a gap",
	{{-DAY, -DAY, 20 * DAY, 30 * DAY},
	    {35 * DAY, 42 * DAY, 300 * DAY, 310 * DAY}},
	2, 0, 4},
    {"a standby that never signs",
	{{-DAY, -DAY, 40 * DAY, 60 * DAY}, {-DAY, UNSET, UNSET, UNSET}}, 2, 0,
	11},
    {"open-ended for longer than the plan",
	{{-DAY, -DAY, 800 * DAY, 900 * DAY}}, 1, 0, 0},
};

START_TEST(test_good)
{
	struct plan_key keys[3];
	struct plan_params p = params(&usual, keys, goods[_i].count);
	struct plan *plan;
	size_t changed = 0;

	for (size_t i = 0; i < p.count; i++)
		keys[i] = there("old", goods[_i].keys[i].publish,
		    goods[_i].keys[i].activate, goods[_i].keys[i].inactive,
		    goods[_i].keys[i].removed);
	if (goods[_i].keys[0].publish == UNSET)
		keys[0].times.created = UNSET;
	plan = make(&p);
	for (size_t i = 0; i < p.count; i++)
		changed += plan->keys[i].changed;
	ck_assert_msg(changed == goods[_i].changed, "%s: %zu changed",
	    goods[_i].reason, changed);
	ck_assert_msg(plan->count - p.count == goods[_i].made, "%s: %zu made",
	    goods[_i].reason, plan->count - p.count);
	check_invariants(&p, plan, NOW);
	check_again(&p, plan);
	plan_free(&plan);
}
END_TEST

/* Each breaks one rule. */
static const struct {
	const char *says;
	struct {
		int64_t publish, activate, inactive, removed;
	} keys[2];
	size_t count;
} bads[] = {
    {"a and b both sign on 2027-01-16 08:00:00",
	{{-DAY, -DAY, 40 * DAY, UNSET}, {-DAY, -DAY, 50 * DAY, UNSET}}, 2},
    {"both sign on 2027-01-25",
	{{-DAY, -DAY, 40 * DAY, UNSET}, {-DAY, 10 * DAY, 50 * DAY, UNSET}}, 2},
    {"a has a Delete time and no Inactive", {{-DAY, -DAY, UNSET, 40 * DAY}}, 1},
    {"a leaves the zone while caches have signatures of it; set its Delete "
     "time to 2027-02-25 08:30:00",
	{{-DAY, -DAY, 40 * DAY, 40 * DAY + 90 * MINUTE}}, 1},
    {"b is published too late: caches may not know it when it signs; set its "
     "Publish time to 2027-01-25 06:30:00",
	{{-DAY, -DAY, 10 * DAY, UNSET}, {10 * DAY, 10 * DAY, 50 * DAY, UNSET}},
	2},
    {"b is published too late: caches may not know it when it signs; set its "
     "Publish time to 2027-01-16 06:30:00",
	{{-DAY, -DAY, DAY, UNSET}, {DAY, DAY, 50 * DAY, UNSET}}, 2},
    {"no ZSK signs on 2027-01-16 09:00:00 UTC, and a new one would be",
	{{-DAY, -DAY, DAY + HOUR, UNSET}}, 1},
    {"no ZSK signs on 2027-01-16 08:00:00 UTC, and a new one would be",
	{{-DAY, -DAY, HOUR, UNSET}}, 1},
};

START_TEST(test_bad)
{
	static const char *const names[] = {"a", "b"};
	struct plan_key keys[2];
	struct plan_params p = params(&usual, keys, bads[_i].count);
	struct plan *plan = NULL;
	struct dflow_err err = {0};

	for (size_t i = 0; i < p.count; i++)
		keys[i] = there(names[i], bads[_i].keys[i].publish,
		    bads[_i].keys[i].activate, bads[_i].keys[i].inactive,
		    bads[_i].keys[i].removed);
	ck_assert(plan_make(&p, &plan, &err) == DFLOW_REFUSED);
	ck_assert_ptr_null(plan);
	ck_assert_msg(strstr(err.text, bads[_i].says) != NULL, "%s", err.text);
}
END_TEST

static void
refuses(const struct plan_params *p, enum dflow_status status, const char *says)
{
	struct plan *plan = NULL;
	struct dflow_err err = {0};

	ck_assert_msg(plan_make(p, &plan, &err) == status, "%s", says);
	ck_assert_ptr_null(plan);
	ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
}

START_TEST(test_times)
{
	struct plan_params p = params(&usual, NULL, 0);
	struct plan *plan;

	p.to = p.from;
	refuses(&p, DFLOW_USAGE, "end before it begins");
	p.to = INT64_MIN;
	refuses(&p, DFLOW_USAGE, "end before it begins");
	/* From now on: by the plan's length alone it would do. */
	p.to = NOW + 400 * DAY + 1;
	refuses(&p, DFLOW_USAGE,
	    "reaches to 2028-02-19 08:00:01 UTC, more than 400 days ahead, and "
	    "the left takes that from 2027-01-15 08:00:01 UTC on");
	p.to--;
	plan = make(&p);
	plan_free(&plan);
	p.from = NOW - DAY - 1;
	p.to = NOW + DAY;
	refuses(&p, DFLOW_USAGE, "more than a day ago");
	p.from = NOW - DAY;
	plan = make(&p);
	plan_free(&plan);
	p.to = INT64_MAX;
	refuses(&p, DFLOW_USAGE, "year 2106");
	p.from = INT64_MAX - 1;
	refuses(&p, DFLOW_USAGE, "year 2106");
	p = params(&usual, NULL, 0);
	p.now = 0;
	refuses(&p, DFLOW_REFUSED, "clock says a time before 2020");
}
END_TEST

START_TEST(test_policy)
{
	struct plan_policy policy = usual;
	struct plan_params p = params(&policy, NULL, 0);
	struct plan *plan;

	policy.lifetime_s = DAY + 2 * HOUR - 1;
	refuses(&p, DFLOW_USAGE, "shorter than the intervals");
	/* The shortest that is allowed: two keys at all times, or three. */
	policy.lifetime_s = DAY + 2 * HOUR;
	policy.horizon_s = 801 * DAY;
	p.to = p.from + 300 * DAY;
	plan = make(&p);
	check_invariants(&p, plan, p.from);
	plan_free(&plan);
	policy.lifetime_s += HOUR;
	p.to = p.from + 800 * DAY;
	refuses(&p, DFLOW_USAGE, "more than 1000 bundles");
	p.to = p.from + 2000 * DAY;
	policy.horizon_s = 2001 * DAY;
	refuses(&p, DFLOW_USAGE, "more than 1000 ZSKs");
	policy = usual;
	policy.ttl_s = -1;
	refuses(&p, DFLOW_USAGE, "negative or over ten years");
	policy.ttl_s = INT64_MAX;
	refuses(&p, DFLOW_USAGE, "negative or over ten years");
	policy = (struct plan_policy){.horizon_s = 400 * DAY};
	refuses(&p, DFLOW_USAGE, "shorter than the intervals");
}
END_TEST

/* Year after year, each plan goes on where the one before ended. */
START_TEST(test_years)
{
	struct plan_key keys[PLAN_KEYS_MAX];
	struct plan_params p = params(&usual, NULL, 0);

	for (int year = 0; year < 5; year++) {
		struct plan *plan = make(&p);

		check_invariants(&p, plan, p.from);
		p.count = 0;
		for (size_t i = 0; i < plan->count; i++) {
			ck_assert(!plan->keys[i].changed);
			keys[p.count] = plan->keys[i];
			keys[p.count++].name = "old";
		}
		plan_free(&plan);
		p.keys = keys;
		p.now = p.to - 20 * DAY;
		/* They overlap, as ceremonies do. */
		p.from = p.to - 5 * DAY;
		p.to = p.from + 365 * DAY + year * 11 * HOUR;
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, test_first);
	tcase_add_test(t, test_end);
	tcase_add_loop_test(t, test_good, 0, COUNT(goods));
	tcase_add_loop_test(t, test_bad, 0, COUNT(bads));
	tcase_add_test(t, test_times);
	tcase_add_test(t, test_policy);
	tcase_add_test(t, test_years);
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
