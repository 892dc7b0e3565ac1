/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of schedules share. */
#ifndef TESTS_SCHEDULES_H
#define TESTS_SCHEDULES_H

#include <check.h>
#include <string.h>

#include "dnssecflow/when.h"
#include "exchange/schedule.h"

enum { HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };

#define NOW INT64_C(1800000000) /* 2027-01-15 08:00:00 UTC */
#define UNSET KEYTIME_UNSET
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* dnssec-policy's default, and ours: 14 days, of which 5 are left. */
static const struct schedule_policy usual = {
    .validity_s = 14 * DAY,
    .refresh_s = 5 * DAY,
    .back_s = HOUR,
};

static inline int64_t
at(const char *text)
{
	struct dflow_err err = {0};
	int64_t when = 0;

	ck_assert_msg(
	    dflow_when_parse(text, NOW, &when, &err) == DFLOW_OK, "%s", text);
	return when;
}

/* A KSK that signs from NOW - 100 days on. */
static inline struct keytimes
ksk(void)
{
	struct keytimes t;

	keytimes_clear(&t);
	t.created = t.publish = t.activate = NOW - 100 * DAY;
	return t;
}

static inline struct schedule *
make(const struct schedule_params *p)
{
	struct dflow_err err = {0};
	struct schedule *s = NULL;

	ck_assert_msg(schedule_make(p, &s, &err) == DFLOW_OK, "%s", err.text);
	return s;
}

/* The status and a word of the text; nothing is given. */
static inline void
refuses(const struct schedule_params *p, enum dflow_status status,
    const char *word, const char *why)
{
	struct dflow_err err = {0};
	struct schedule *s = NULL;

	ck_assert_msg(
	    schedule_make(p, &s, &err) == status, "%s: %s", why, err.text);
	ck_assert_msg(strstr(err.text, word) != NULL, "%s: %s", why, err.text);
	ck_assert_ptr_null(s);
}

/* No gap, no overlap, and each period's times by the policy. */
static inline void
check_cover(const struct schedule_params *p, const struct schedule *s)
{
	int64_t next = p->times[0];

	for (size_t i = 0; i < s->count; i++) {
		const struct schedule_period *d = &s->periods[i];

		ck_assert(d->time == next && d->until > d->time);
		ck_assert(d->inception == d->time - p->policy->back_s);
		ck_assert(d->expiration == d->time + p->policy->validity_s);
		ck_assert(d->expiration - d->until >= p->policy->refresh_s);
		ck_assert(p->times[d->from] <= d->time);
		ck_assert(d->from + 1 == p->count ||
			  p->times[d->from + 1] >= d->until);
		next = d->until;
	}
	ck_assert(next == s->until);
}

#endif
