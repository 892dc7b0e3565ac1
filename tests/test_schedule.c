/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The periods of a response: their times, BIND's sample among them, and what is
 * refused. Who signs in them is test_schedule_ksks.c's.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedules.h"

struct expected {
	const char *time;
	const char *inception;
	const char *expiration;
	size_t from;
};

/*
 * What dnssec-ksr 9.20.27 made of tests/data/bind.ksr, in tests/data/bind.skr,
 * by its default policy: signatures-validity-dnskey 14d, signatures-refresh
 * 5d, and an hour back. The KSR does not say when it ends; dnssec-ksr was told
 * the day, and any end in these nine days gives the same.
 */
START_TEST(test_bind)
{
	static const struct expected skr[] = {
	    {"20261121164055", "20261121154055", "20261205164055", 0},
	    {"20261130164055", "20261130154055", "20261214164055", 0},
	    {"20261209164055", "20261209154055", "20261223164055", 0},
	    {"20261218164055", "20261218154055", "20270101164055", 0},
	    {"20261221143555", "20261221133555", "20270104143555", 1},
	    {"20261230143555", "20261230133555", "20270113143555", 1},
	    {"20261231174555", "20261231164555", "20270114174555", 2},
	    {"20270109174555", "20270109164555", "20270123174555", 2},
	    {"20270118174555", "20270118164555", "20270201174555", 2},
	};
	static const char *const ends[] = {
	    "20270118174556", "20270120164055", "20270127174555"};
	int64_t times[] = {
	    at("20261121164055"), at("20261221143555"), at("20261231174555")};
	struct keytimes k = ksk();
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = COUNT(times),
	    .until = at(ends[_i]),
	    .ksks = &k,
	    .ksk_count = 1};
	struct schedule *s;

	k.created = k.publish = k.activate = times[0];
	s = make(&p);
	ck_assert_uint_eq(s->count, COUNT(skr));
	for (size_t i = 0; i < s->count; i++) {
		const struct schedule_period *d = &s->periods[i];

		ck_assert_msg(d->time == at(skr[i].time), "%s", skr[i].time);
		ck_assert(d->inception == at(skr[i].inception));
		ck_assert(d->expiration == at(skr[i].expiration));
		ck_assert(d->until ==
			  (i + 1 < s->count ? at(skr[i + 1].time) : p.until));
		ck_assert_uint_eq(d->from, skr[i].from);
		ck_assert_uint_eq(d->published, 1);
		ck_assert_uint_eq(d->signing, 1);
		ck_assert_uint_eq(d->revoked, 0);
		ck_assert_uint_eq(d->cds, 1);
	}
	schedule_free(&s);
	ck_assert_ptr_null(s);
}
END_TEST

/* One second more is one period more; without an end there is one alone. */
START_TEST(test_end)
{
	static const struct {
		int64_t until;
		size_t count;
		int64_t last; /* the last period's time, from NOW */
		int64_t end;
		const char *why;
	} rows[] = {
	    {9 * DAY, 1, 0, 9 * DAY, "up to the refresh"},
	    {9 * DAY + 1, 2, 9 * DAY, 9 * DAY + 1, "a second behind it"},
	    {1, 1, 0, 1, "the shortest request"},
	    {UNSET, 1, 0, 9 * DAY, "no end is said: one period"},
	};
	int64_t times[] = {NOW};
	struct keytimes k = ksk();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct schedule_params p = {.policy = &usual,
		    .times = times,
		    .count = 1,
		    .until =
			rows[i].until == UNSET ? UNSET : NOW + rows[i].until,
		    .ksks = &k,
		    .ksk_count = 1};
		struct schedule *s = make(&p);

		ck_assert_msg(s->count == rows[i].count, "%s", rows[i].why);
		ck_assert(s->periods[s->count - 1].time == NOW + rows[i].last);
		ck_assert(s->periods[s->count - 1].until == NOW + rows[i].end);
		ck_assert(s->until == NOW + rows[i].end);
		schedule_free(&s);
	}
}
END_TEST

/* Without an end a KSK's event still cuts the last bundle's time. */
START_TEST(test_end_event)
{
	int64_t times[] = {NOW, NOW + 3 * DAY};
	struct keytimes k[2] = {ksk(), ksk()};
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = 2,
	    .until = SCHEDULE_UNSET,
	    .ksks = k,
	    .ksk_count = 2};
	struct schedule *s;

	k[1].publish = k[1].activate = NOW + 5 * DAY;
	s = make(&p);
	ck_assert_uint_eq(s->count, 3);
	ck_assert(s->periods[2].time == NOW + 5 * DAY);
	ck_assert_uint_eq(s->periods[2].from, 1);
	ck_assert_uint_eq(s->periods[2].signing, 3);
	ck_assert(s->until == NOW + 12 * DAY);
	ck_assert(s->periods[2].until == s->until);
	schedule_free(&s);
}
END_TEST

START_TEST(test_policy)
{
	const int64_t most = SCHEDULE_SPAN_MAX;
	const struct {
		struct schedule_policy policy;
		const char *word; /* NULL: it is fine */
		const char *why;
	} rows[] = {
	    {{14 * DAY, 5 * DAY, HOUR}, NULL, "the usual one"},
	    {{2, 1, 0}, NULL, "the shortest"},
	    {{most, most - 1, most}, NULL, "the longest"},
	    {{0, 0, HOUR}, "a validity of 0 seconds", "no validity"},
	    {{-1, 5, HOUR}, "validity of -1", "negative"},
	    {{most + 1, 5, HOUR}, "ten years", "over ten years"},
	    {{INT64_MAX, 5, HOUR}, "ten years", "no sum overflows"},
	    {{INT64_MIN, 5, HOUR}, "validity", "nor this one"},
	    {{5 * DAY, 5 * DAY, HOUR}, "refresh of 432000",
		"no period has any length"},
	    {{5 * DAY, 6 * DAY, HOUR}, "refresh of 518400", "less than none"},
	    {{5 * DAY, 0, HOUR}, "refresh of 0", "caches would hold dead ones"},
	    {{5 * DAY, -1, HOUR}, "refresh of -1", "negative"},
	    {{5 * DAY, INT64_MIN, HOUR}, "refresh", "no overflow"},
	    {{5 * DAY, DAY, -1}, "inception -1", "begins after its time"},
	    {{5 * DAY, DAY, most + 1}, "inception", "over ten years back"},
	};
	int64_t times[] = {NOW};
	struct keytimes k = ksk();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct schedule_params p = {.policy = &rows[i].policy,
		    .times = times,
		    .count = 1,
		    .until = NOW + 1,
		    .ksks = &k,
		    .ksk_count = 1};
		struct schedule *s;

		if (rows[i].word != NULL) {
			refuses(&p, DFLOW_USAGE, rows[i].word, rows[i].why);
			continue;
		}
		s = make(&p);
		ck_assert_uint_eq(s->count, 1);
		check_cover(&p, s);
		schedule_free(&s);
	}
}
END_TEST

/* Requests that no arithmetic can make sense of. */
START_TEST(test_times)
{
	const int64_t most = SCHEDULE_SPAN_MAX;
	const struct {
		int64_t times[3];
		size_t count;
		int64_t until; /* from NOW, as the times are; or UNSET */
		const char *word; /* NULL: it is fine */
		const char *why;
	} rows[] = {
	    {{0, 1, 2}, 3, 3, NULL, "a second each"},
	    {{0}, 0, 3, "without bundles", "no bundle"},
	    {{0, 5, 5}, 3, 9, "of 2027-01-15 08:00:05 UTC has no later time",
		"the same time twice"},
	    {{0, 9, 5}, 3, 12, "of 2027-01-15 08:00:09 UTC has no later time",
		"backwards"},
	    {{0, 5}, 2, 5, "of 2027-01-15 08:00:05 UTC, begins",
		"ends when the last begins"},
	    {{0}, 1, -1, "ends before", "ends before it begins"},
	    {{0, 1}, 2, INT64_MIN + 1, "ends before", "no overflow"},
	    {{0, most}, 2, UNSET, NULL, "ten years"},
	    {{0, most + 1}, 2, UNSET, "ten years", "over ten years"},
	    {{0}, 1, most + 1, "ten years", "over ten years by its end"},
	    {{0}, 1, INT64_MAX - NOW, "ten years", "no overflow"},
	    {{0, INT64_MAX - NOW}, 2, UNSET, "ten years", "nor here"},
	    {{INT64_MAX - NOW}, 1, UNSET, "year 1970 or", "nor here"},
	    {{HOUR - NOW}, 1, UNSET, NULL, "as early as can be"},
	    {{HOUR - 1 - NOW}, 1, UNSET, "year 1970", "inception before 1970"},
	    {{INT64_MIN + 1}, 1, UNSET, "year 1970", "no overflow"},
	    {{INT64_C(253402300799) - 3 * most - NOW}, 1, UNSET, NULL,
		"as late as can be"},
	    {{INT64_C(253402300800) - 3 * most - NOW}, 1, UNSET, "10000",
		"later"},
	};
	/* Long periods, or ten years would have too many. */
	struct schedule_policy policy = {YEAR, DAY, HOUR};
	struct keytimes k;

	keytimes_clear(&k);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t times[3];
		struct schedule_params p = {.policy = &policy,
		    .times = times,
		    .count = rows[i].count,
		    .until = SCHEDULE_UNSET,
		    .ksks = &k,
		    .ksk_count = 1};
		struct schedule *s;

		for (size_t n = 0; n < 3; n++)
			times[n] = NOW + rows[i].times[n];
		if (rows[i].until != UNSET)
			p.until = NOW + rows[i].until;
		if (rows[i].word != NULL) {
			refuses(&p, DFLOW_REFUSED, rows[i].word, rows[i].why);
			continue;
		}
		s = make(&p);
		check_cover(&p, s);
		schedule_free(&s);
	}
}
END_TEST

/* A thousand periods, and not one more; sixteen KSKs, likewise. */
START_TEST(test_bounds)
{
	struct schedule_policy policy = {2 * DAY, DAY, HOUR};
	struct keytimes k[SCHEDULE_KSKS_MAX + 1];
	int64_t times[] = {NOW};
	struct schedule_params p = {.policy = &policy,
	    .times = times,
	    .count = 1,
	    .until = NOW + (int64_t)SCHEDULE_PERIODS_MAX * DAY,
	    .ksks = k,
	    .ksk_count = SCHEDULE_KSKS_MAX};
	struct schedule *s;

	for (size_t i = 0; i < COUNT(k); i++)
		k[i] = ksk();
	s = make(&p);
	ck_assert_uint_eq(s->count, SCHEDULE_PERIODS_MAX);
	ck_assert_uint_eq(s->periods[0].signing, 0xffff);
	check_cover(&p, s);
	schedule_free(&s);
	p.until++;
	refuses(&p, DFLOW_USAGE, "more than 1000 periods", "one more period");
	p.until--;
	k[3].inactive = NOW + 1;
	refuses(&p, DFLOW_USAGE, "more than 1000 periods", "one more event");
	k[3].inactive = UNSET;
	p.ksk_count++;
	refuses(&p, DFLOW_REFUSED, "more than 16 KSKs", "one more KSK");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("schedule");
	TCase *t = tcase_create("schedule");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_loop_test(t, test_bind, 0, 3);
	tcase_add_test(t, test_end);
	tcase_add_test(t, test_end_event);
	tcase_add_test(t, test_policy);
	tcase_add_test(t, test_times);
	tcase_add_test(t, test_bounds);
	suite_add_tcase(suite, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
