/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cuts a request's time into periods, each of one DNSKEY RRset and one set of
 * signatures. Walks from one period's beginning to the next: a bundle of the
 * request, a KSK's event, or the end of the signatures less the refresh,
 * whichever comes first, as dnssec-ksr does. Refuses a policy or a request
 * that would leave a moment without a signature that a resolver can follow
 * from the parent: a revoked key's is none (RFC 5011 section 2.1).
 */
#include "exchange/schedule.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/when.h"
#include "keys/keyfile.h"

/* The last second that has a date of four digits for its year. */
static const int64_t last_s = INT64_C(253402300799);

static enum dflow_status
check_policy(const struct schedule_policy *y, struct dflow_err *err)
{
	if (y->validity_s <= 0 || y->validity_s > SCHEDULE_SPAN_MAX)
		return err_set(err, DFLOW_USAGE,
		    "a validity of %lld seconds: let it be more than nothing, "
		    "and no more than ten years",
		    (long long)y->validity_s);
	if (y->refresh_s <= 0 || y->refresh_s >= y->validity_s)
		return err_set(err, DFLOW_USAGE,
		    "a refresh of %lld seconds with a validity of %lld: let "
		    "it be more than nothing, and less than the validity",
		    (long long)y->refresh_s, (long long)y->validity_s);
	if (y->back_s < 0 || y->back_s > SCHEDULE_SPAN_MAX)
		return err_set(err, DFLOW_USAGE,
		    "an inception %lld seconds before a bundle's time: let it "
		    "be from nothing to ten years",
		    (long long)y->back_s);
	return DFLOW_OK;
}

/* Nothing is added to a time before this has seen it. */
static enum dflow_status
check_times(const struct schedule_params *p, struct dflow_err *err)
{
	const int64_t span = SCHEDULE_SPAN_MAX;
	char when[DFLOW_WHEN_LONG];

	if (p->count == 0)
		return err_set(err, DFLOW_REFUSED, "a request without bundles");
	if (p->times[0] < p->policy->back_s || p->times[0] > last_s - 3 * span)
		return err_set(err, DFLOW_REFUSED,
		    "the first bundle's time is too near to the year 1970 or "
		    "10000; make a new request");
	for (size_t i = 1; i < p->count; i++) {
		if (p->times[i] > p->times[i - 1])
			continue;
		dflow_when_long(p->times[i - 1], when);
		return err_set(err, DFLOW_REFUSED,
		    "the bundle behind that of %s has no later time; make a "
		    "new request",
		    when);
	}
	if (p->times[p->count - 1] - p->times[0] > span ||
	    (p->until != SCHEDULE_UNSET && p->until > p->times[0] + span))
		return err_set(err, DFLOW_REFUSED,
		    "the request reaches over more than ten years; make a "
		    "shorter one");
	if (p->until == SCHEDULE_UNSET || p->until > p->times[p->count - 1])
		return DFLOW_OK;
	dflow_when_long(p->times[p->count - 1], when);
	return err_set(err, DFLOW_REFUSED,
	    "the request ends before its last bundle, of %s, begins; make a "
	    "new one",
	    when);
}

static bool
is_past(int64_t when, int64_t now)
{
	return when != KEYTIME_UNSET && when <= now;
}

/* A KSK that waits is told to the parent only when its metadata say so. */
static bool
is_for_parent(const struct keytimes *t, enum keystate state, int64_t now)
{
	if (is_past(t->sync_delete, now))
		return false;
	if (is_past(t->sync_publish, now))
		return state == KEYSTATE_ACTIVE || state == KEYSTATE_PUBLISHED;
	return t->sync_publish == KEYTIME_UNSET && state == KEYSTATE_ACTIVE;
}

/*
 * Sets the bit of one KSK. Whoever was told to revoke a key has to see it
 * signed by that key, so neither Inactive nor a missing Activate ends that.
 */
static void
put_ksk(struct schedule_period *d, const struct keytimes *t, uint32_t bit)
{
	enum keystate state = keyfile_state(t, d->time);

	if (state == KEYSTATE_REMOVED)
		return;
	if (is_past(t->revoke, d->time)) {
		d->published |= bit;
		d->signing |= bit;
		d->revoked |= bit;
		return;
	}
	if (state == KEYSTATE_FUTURE)
		return;
	d->published |= bit;
	if (state == KEYSTATE_ACTIVE)
		d->signing |= bit;
	if (is_for_parent(t, state, d->time))
		d->cds |= bit;
}

static int64_t
earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The KSK's first event after a moment, or the end. */
static int64_t
next_event(const struct keytimes *t, int64_t when, int64_t end)
{
	const int64_t events[] = {t->publish, t->activate, t->revoke,
	    t->inactive, t->remove, t->sync_publish, t->sync_delete};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != KEYTIME_UNSET && events[i] > when)
			end = earliest(end, events[i]);
	return end;
}

/* The period that begins at that time, of that bundle of the request. */
static enum dflow_status
fill_period(const struct schedule_params *p, int64_t time, size_t from,
    struct schedule_period *out, struct dflow_err *err)
{
	struct schedule_period d = {
	    .time = time,
	    .until = time + p->policy->validity_s - p->policy->refresh_s,
	    .inception = time - p->policy->back_s,
	    .expiration = time + p->policy->validity_s,
	    .from = from,
	};
	char when[DFLOW_WHEN_LONG], digits[DFLOW_WHEN_TEXT];

	d.until = earliest(d.until, p->until);
	if (from + 1 < p->count)
		d.until = earliest(d.until, p->times[from + 1]);
	for (size_t i = 0; i < p->ksk_count; i++) {
		put_ksk(&d, &p->ksks[i], UINT32_C(1) << i);
		d.until = next_event(&p->ksks[i], time, d.until);
	}
	*out = d;
	if ((d.signing & ~d.revoked) != 0)
		return DFLOW_OK;
	dflow_when_long(time, when);
	dflow_when_text(time, digits);
	return err_set(err, DFLOW_REFUSED,
	    "no KSK signs on %s, or revoked ones alone; name another KSK, or "
	    "set when one is published and signs: ksk-sign settime -P %s -A "
	    "%s KEY",
	    when, digits, digits);
}

static enum dflow_status
walk(const struct schedule_params *p, struct schedule *s, struct dflow_err *err)
{
	int64_t time = p->times[0];
	enum dflow_status st;
	size_t from = 0;

	while (time < s->until) {
		if (s->count == SCHEDULE_PERIODS_MAX)
			return err_set(err, DFLOW_USAGE,
			    "more than %d periods of signatures; lengthen "
			    "the validity, shorten the refresh, or ask for a "
			    "shorter time",
			    SCHEDULE_PERIODS_MAX);
		while (from + 1 < p->count && p->times[from + 1] <= time)
			from++;
		st = fill_period(p, time, from, &s->periods[s->count], err);
		if (st != DFLOW_OK)
			return st;
		time = s->periods[s->count++].until;
	}
	return DFLOW_OK;
}

/* Gives back what was not needed: a folder may have thousands of zones. */
static void
shrink(struct schedule *s)
{
	void *less = realloc(s->periods, s->count * sizeof(*s->periods));

	if (less != NULL)
		s->periods = less;
}

enum dflow_status
schedule_make(const struct schedule_params *p, struct schedule **out,
    struct dflow_err *err)
{
	enum dflow_status st = check_policy(p->policy, err);
	struct schedule_params whole = *p;
	struct schedule *s;

	if (st == DFLOW_OK)
		st = check_times(p, err);
	if (st != DFLOW_OK)
		return st;
	if (p->ksk_count > SCHEDULE_KSKS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d KSKs of the zone; move old ones out of the "
		    "folder",
		    SCHEDULE_KSKS_MAX);
	/* Nobody said when the last bundle ends: after one period's time. */
	if (p->until == SCHEDULE_UNSET)
		whole.until = p->times[p->count - 1] + p->policy->validity_s -
			      p->policy->refresh_s;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_memory(err);
	s->until = whole.until;
	s->periods = calloc(SCHEDULE_PERIODS_MAX, sizeof(*s->periods));
	st = s->periods == NULL ? err_memory(err) : walk(&whole, s, err);
	if (st == DFLOW_OK) {
		shrink(s);
		*out = s;
		s = NULL; /* transferred */
	}
	schedule_free(&s);
	return st;
}

void
schedule_free(struct schedule **s)
{
	if (s == NULL || *s == NULL)
		return;
	free((*s)->periods);
	free(*s);
	*s = NULL;
}
