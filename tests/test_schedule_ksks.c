/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is published, signs, is revoked and stands in CDS in the periods of a
 * response: each state, a rollover, a revocation, and by brute force over a
 * year that every hour has the keys that the KSKs' times ask for.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedules.h"

enum { PUBLISHED = 1, SIGNING = 2, REVOKED = 4, CDS = 8 };
static const struct {
	/* Hours from NOW, in the order of struct keytimes. */
	int64_t publish, activate, revoke, inactive, remove, sync, unsync;
	unsigned is;
	const char *why;
} states[] = {
    {UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | CDS,
	"no metadata: all the time"},
    {-9, -9, UNSET, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | CDS,
	"active since long"},
    {1, 1, UNSET, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | CDS,
	"active at this very second"},
    {2, 2, UNSET, UNSET, UNSET, UNSET, UNSET, 0, "to come"},
    {1, 2, UNSET, UNSET, UNSET, UNSET, UNSET, PUBLISHED,
	"published, does not sign: not in CDS"},
    {-9, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, PUBLISHED,
	"a standby key never signs"},
    {-9, -9, UNSET, 1, UNSET, UNSET, UNSET, PUBLISHED,
	"inactive: stays, does not sign"},
    {-9, -9, UNSET, -2, 1, UNSET, UNSET, 0, "removed"},
    {-9, -9, UNSET, UNSET, 1, UNSET, UNSET, 0, "removed while it signs"},
    {-9, -9, 1, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | REVOKED,
	"revoked at this second"},
    {-9, -9, 2, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | CDS,
	"to be revoked"},
    {-9, -9, -1, -2, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | REVOKED,
	"revoked when it was inactive: signs again"},
    {-9, -9, -2, 1, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | REVOKED,
	"inactive when it was revoked: goes on"},
    {-9, UNSET, -2, UNSET, UNSET, UNSET, UNSET, PUBLISHED | SIGNING | REVOKED,
	"a revoked standby key"},
    {-9, -9, -2, UNSET, 1, UNSET, UNSET, 0, "revoked and removed: gone"},
    {-9, -9, -2, UNSET, UNSET, -9, UNSET, PUBLISHED | SIGNING | REVOKED,
	"revoked: not in CDS, whatever SyncPublish says"},
    {-9, -9, UNSET, UNSET, UNSET, 2, UNSET, PUBLISHED | SIGNING,
	"SyncPublish is to come"},
    {-9, -9, UNSET, UNSET, UNSET, 1, UNSET, PUBLISHED | SIGNING | CDS,
	"SyncPublish is now"},
    {-9, -9, UNSET, UNSET, UNSET, -9, 1, PUBLISHED | SIGNING,
	"SyncDelete is now"},
    {-9, -9, UNSET, UNSET, UNSET, UNSET, 2, PUBLISHED | SIGNING | CDS,
	"SyncDelete is to come"},
    {-9, 2, UNSET, UNSET, UNSET, -9, UNSET, PUBLISHED | CDS,
	"SyncPublish of a key that does not sign yet"},
    {-9, 2, UNSET, UNSET, UNSET, 1, UNSET, PUBLISHED | CDS,
	"SyncPublish of a standby key is now"},
    {-9, 2, UNSET, UNSET, UNSET, 2, UNSET, PUBLISHED,
	"SyncPublish of a standby key is to come"},
    {-9, -9, UNSET, -2, UNSET, -9, UNSET, PUBLISHED,
	"SyncPublish of a key that signs no more"},
};

static void
expect_state(const struct schedule_period *d, unsigned is, const char *why)
{
	ck_assert_msg(d->published == (1U | (is & PUBLISHED ? 2U : 0U)),
	    "%s: published %x", why, d->published);
	ck_assert_msg(d->signing == (1U | (is & SIGNING ? 2U : 0U)),
	    "%s: signing %x", why, d->signing);
	ck_assert_msg(d->revoked == (is & REVOKED ? 2U : 0U), "%s: revoked %x",
	    why, d->revoked);
	ck_assert_msg(
	    d->cds == (1U | (is & CDS ? 2U : 0U)), "%s: cds %x", why, d->cds);
}

/* What one KSK is, an hour after NOW, beside one that signs all the time. */
START_TEST(test_states)
{
	int64_t times[] = {NOW + HOUR};

	for (size_t i = 0; i < COUNT(states); i++) {
		const int64_t hours[] = {states[i].publish, states[i].activate,
		    states[i].revoke, states[i].inactive, states[i].remove,
		    states[i].sync, states[i].unsync};
		struct keytimes k[2] = {ksk(), ksk()};
		int64_t *const fields[] = {&k[1].publish, &k[1].activate,
		    &k[1].revoke, &k[1].inactive, &k[1].remove,
		    &k[1].sync_publish, &k[1].sync_delete};
		struct schedule_params p = {.policy = &usual,
		    .times = times,
		    .count = 1,
		    .until = NOW + HOUR + 1,
		    .ksks = k,
		    .ksk_count = 2};
		struct schedule *s;

		keytimes_clear(&k[1]);
		for (size_t f = 0; f < COUNT(fields); f++)
			if (hours[f] != UNSET)
				*fields[f] = NOW + hours[f] * HOUR;
		s = make(&p);
		expect_state(&s->periods[0], states[i].is, states[i].why);
		schedule_free(&s);
	}
}
END_TEST

struct step {
	int64_t day; /* from NOW */
	uint32_t published, signing, revoked, cds;
	const char *why;
};

/* The first period at each step's day, and that no other step is between. */
static void
expect_steps(const struct schedule *s, const struct step *steps, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct schedule_period *d = &s->periods[i];

		if (n < count && d->time == NOW + steps[n].day * DAY)
			n++;
		ck_assert_uint_gt(n, 0);
		ck_assert_msg(d->published == steps[n - 1].published &&
				  d->signing == steps[n - 1].signing &&
				  d->revoked == steps[n - 1].revoked &&
				  d->cds == steps[n - 1].cds,
		    "day %lld, %s: %x %x %x %x",
		    (long long)((d->time - NOW) / DAY), steps[n - 1].why,
		    d->published, d->signing, d->revoked, d->cds);
	}
	ck_assert_msg(n == count, "no period begins for: %s", steps[n].why);
}

/* The second published, then signing beside the first, then alone. */
START_TEST(test_rollover)
{
	static const struct step steps[] = {
	    {0, 1, 1, 0, 1, "the first alone"},
	    {30, 3, 1, 0, 1, "the second is published"},
	    {62, 3, 3, 0, 1, "it signs; its SyncPublish is to come"},
	    {65, 3, 3, 0, 3, "both in CDS"},
	    {70, 3, 3, 0, 2, "the first one's SyncDelete"},
	    {80, 3, 2, 0, 2, "the first signs no more"},
	    {90, 2, 2, 0, 2, "the first is withdrawn"},
	};
	int64_t times[] = {NOW, NOW + 30 * DAY + HOUR, NOW + 61 * DAY};
	struct keytimes k[2] = {ksk(), ksk()};
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = COUNT(times),
	    .until = NOW + YEAR,
	    .ksks = k,
	    .ksk_count = 2};
	struct schedule *s;

	k[0].sync_delete = NOW + 70 * DAY;
	k[0].inactive = NOW + 80 * DAY;
	k[0].remove = NOW + 90 * DAY;
	k[1].publish = NOW + 30 * DAY;
	k[1].activate = NOW + 62 * DAY;
	k[1].sync_publish = NOW + 65 * DAY;
	s = make(&p);
	expect_steps(s, steps, COUNT(steps));
	schedule_free(&s);
}
END_TEST

/* RFC 5011: revoked, it signs for 30 days and is gone; the other goes on. */
START_TEST(test_revocation)
{
	static const struct step steps[] = {
	    {0, 3, 3, 0, 3, "both sign"},
	    {40, 3, 3, 1, 2, "the first is revoked"},
	    {45, 3, 3, 1, 2, "its Inactive time changes nothing"},
	    {70, 2, 2, 0, 2, "it is gone"},
	};
	int64_t times[] = {NOW};
	struct keytimes k[2] = {ksk(), ksk()};
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = 1,
	    .until = NOW + 100 * DAY,
	    .ksks = k,
	    .ksk_count = 2};
	struct schedule *s;

	k[0].revoke = NOW + 40 * DAY;
	k[0].inactive = NOW + 45 * DAY;
	k[0].remove = NOW + 70 * DAY;
	s = make(&p);
	expect_steps(s, steps, COUNT(steps));
	schedule_free(&s);
}
END_TEST

/* A moment without a KSK that resolvers can follow, with its date. */
START_TEST(test_hole)
{
	int64_t times[] = {NOW};
	struct keytimes k[2] = {ksk(), ksk()};
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = 1,
	    .until = NOW + 100 * DAY,
	    .ksks = k,
	    .ksk_count = 2};
	struct schedule *s;

	k[0].inactive = at("20270301");
	k[0].remove = at("20270401");
	k[1].publish = NOW;
	k[1].activate = at("20270301000001");
	refuses(&p, DFLOW_REFUSED, "signs on 2027-03-01 00:00:00 UTC",
	    "a hole of one second");
	k[1].activate = at("20270301");
	s = make(&p);
	schedule_free(&s);
	k[1].revoke = at("20270310120000");
	refuses(&p, DFLOW_REFUSED, "signs on 2027-03-10 12:00:00 UTC",
	    "a revoked key alone");
	k[1].revoke = UNSET;
	k[1].remove = at("20270315");
	refuses(&p, DFLOW_REFUSED, "2027-03-15", "the last one is removed");
	p.until = at("20270315");
	s = make(&p);
	schedule_free(&s);
	k[0].activate = k[1].activate = NOW + 1;
	refuses(
	    &p, DFLOW_REFUSED, "2027-01-15 08:00:00", "at the very beginning");
	p.ksk_count = 0;
	refuses(&p, DFLOW_REFUSED, "2027-01-15 08:00:00", "no KSK at all");
}
END_TEST

/* Whatever the times are: no gap, no overlap, and nothing hides in between. */
START_TEST(test_brute)
{
	int64_t times[] = {NOW, NOW + 1, NOW + 17 * DAY, NOW + 200 * DAY};
	struct keytimes k[3] = {ksk(), ksk(), ksk()};
	struct schedule_params p = {.policy = &usual,
	    .times = times,
	    .count = COUNT(times),
	    .until = NOW + YEAR,
	    .ksks = k,
	    .ksk_count = 3};
	struct schedule *s;
	size_t at_period = 0;

	k[0].publish = UNSET;
	k[1].publish = NOW + 17 * DAY;
	k[1].activate = NOW + 40 * DAY + 7 * HOUR;
	k[1].revoke = NOW + 260 * DAY;
	k[1].remove = NOW + 300 * DAY + HOUR;
	k[2].publish = NOW - DAY;
	k[2].activate = NOW + 17 * DAY + 3 * HOUR;
	k[2].inactive = NOW + 200 * DAY;
	k[2].sync_publish = NOW + 20 * DAY;
	k[2].sync_delete = NOW + 190 * DAY;
	s = make(&p);
	check_cover(&p, s);
	for (int64_t t = NOW; t < p.until; t += HOUR) {
		const struct schedule_period *d;

		while (s->periods[at_period].until <= t)
			at_period++;
		d = &s->periods[at_period];
		ck_assert(((d->published & 2) != 0) ==
			  (t >= k[1].publish && t < k[1].remove));
		ck_assert(((d->signing & 2) != 0) ==
			  (t >= k[1].activate && t < k[1].remove));
		ck_assert(((d->revoked & 2) != 0) ==
			  (t >= k[1].revoke && t < k[1].remove));
		ck_assert(((d->cds & 2) != 0) ==
			  (t >= k[1].activate && t < k[1].revoke));
		ck_assert((d->published & 4) != 0);
		ck_assert(((d->signing & 4) != 0) ==
			  (t >= k[2].activate && t < k[2].inactive));
		ck_assert(((d->cds & 4) != 0) ==
			  (t >= k[2].sync_publish && t < k[2].sync_delete));
	}
	schedule_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("schedule_ksks");
	TCase *t = tcase_create("schedule_ksks");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_test(t, test_states);
	tcase_add_test(t, test_rollover);
	tcase_add_test(t, test_revocation);
	tcase_add_test(t, test_hole);
	tcase_add_test(t, test_brute);
	suite_add_tcase(suite, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
