/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks of a KSR that look at times: those of its bundles, and the clocks.
 * A signature tells its times in 32 bits, by which only what is within 68 years
 * can be told apart (RFC 4034 section 3.1.5): what is farther than that is
 * refused whatever is allowed.
 */
#include "flow/ksrcheck.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "dnssecflow/ceremony.h"
#include "dnssecflow/plan.h"
#include "flow/ksrcheck_parts.h"

enum {
	FILE_TEXT_MAX = 128,
	SPAN_TEXT = 40,
	DAY_S = 86400,
	/* What signatures may last behind the horizon. */
	GRACE_S = 35 * DAY_S,
	/* With the longest validity behind it still within 68 years. */
	FAR_S = INT32_MAX - DFLOW_CEREMONY_VALIDITY_MAX,
};

const char *
ksrcheck_file(const struct bundles *b)
{
	size_t len = strlen(b->file);

	return len <= FILE_TEXT_MAX ? b->file : b->file + len - FILE_TEXT_MAX;
}

bool
ksrcheck_is_ours(const struct bundles *b)
{
	const struct bundle_footer *f = &b->footer;

	/* Whoever takes the footer away takes no check away by that. */
	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < b->list[i].count; k++)
			if (b->list[i].rrs[k].proof != NULL)
				return true;
	return f->clock != BUNDLE_CLOCK_UNSET ||
	       f->until != BUNDLE_CLOCK_UNSET || f->count != 0 ||
	       f->id[0] != '\0' || f->answers[0] != '\0';
}

/* t + s, s not negative, or the end of all times. */
static int64_t
after(int64_t t, int64_t s)
{
	return t > INT64_MAX - s ? INT64_MAX : t + s;
}

/* Seconds between two times, in either order. */
static uint64_t
apart(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* In the largest unit that says it exactly. */
static const char *
span_text(uint64_t s, char out[SPAN_TEXT])
{
	static const struct {
		const char *name;
		uint64_t s;
	} units[] = {
	    {"day", DAY_S}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
	size_t i = 0;

	while (units[i].s > 1 && (s == 0 || s % units[i].s != 0))
		i++;
	(void)snprintf(out, SPAN_TEXT, "%" PRIu64 " %s%s", s / units[i].s,
	    units[i].name, s / units[i].s == 1 ? "" : "s");
	return out;
}

static void
check_order(const struct bundles *b, struct checks *c)
{
	char when[DFLOW_WHEN_LONG];

	if (b->back != 0)
		checks_fail(c, CHECK_ORDER,
		    "%s:%zu: a bundle of an earlier time than the one above "
		    "it; ask the right for a request whose times grow",
		    ksrcheck_file(b), b->back);
	for (size_t i = 1; i < b->count; i++) {
		if (b->list[i].time != b->list[i - 1].time)
			continue;
		dflow_when_long(b->list[i].time, when);
		checks_fail(c, CHECK_ORDER,
		    "%s:%zu: a second bundle of %s, beside that on line %zu; "
		    "ask the right for a request whose times grow",
		    ksrcheck_file(b), b->list[i].line, when,
		    b->list[i - 1].line);
	}
}

static void
check_count(const struct ksrcheck *p, struct checks *c)
{
	const struct bundles *b = p->request;

	if (b->count > p->policy->count_max)
		checks_fail(c, CHECK_COUNT,
		    "%s:%zu: %zu bundles, and no more than %zu are signed at "
		    "once; ask the right for fewer",
		    ksrcheck_file(b), b->list[p->policy->count_max].line,
		    b->count, p->policy->count_max);
}

/* When the bundle's time ends: with the next one of a later time. */
static int64_t
end_of(const struct ksrcheck *p, size_t i)
{
	const struct bundles *b = p->request;

	for (size_t k = i + 1; k < b->count; k++)
		if (b->list[k].time > b->list[i].time)
			return b->list[k].time;
	return p->until;
}

/* Of two bundles of one time the order is wrong, and not the first's length. */
static void
check_length(const struct ksrcheck *p, size_t i, struct checks *c)
{
	const struct bundle *in = &p->request->list[i];
	const char *file = ksrcheck_file(p->request);
	uint64_t min = (uint64_t)p->policy->length_min_s;
	uint64_t max = (uint64_t)p->policy->length_max_s;
	uint64_t span = apart(end_of(p, i), in->time);
	char text[SPAN_TEXT], limit[SPAN_TEXT];

	if (i + 1 < p->request->count && span == 0)
		return;
	if (end_of(p, i) <= in->time)
		checks_fail(c, CHECK_LENGTH,
		    "%s:%zu: the last bundle ends before it begins; ask the "
		    "right anew",
		    file, in->line);
	else if (span < min)
		checks_fail(c, CHECK_LENGTH,
		    "%s:%zu: a bundle for %s, and for less than %s none is "
		    "signed; ask the right for longer ones",
		    file, in->line, span_text(span, text),
		    span_text(min, limit));
	else if (span > max)
		checks_fail(c, CHECK_LENGTH,
		    "%s:%zu: a bundle for %s, and for more than %s none is "
		    "signed; ask the right to change its ZSK within that time",
		    file, in->line, span_text(span, text),
		    span_text(max, limit));
}

/* The end of the last bundle is the footer's alone to tell. */
static void
check_end(const struct ksrcheck *p, struct checks *c)
{
	if (p->request->footer.until == BUNDLE_CLOCK_UNSET &&
	    ksrcheck_is_ours(p->request))
		checks_fail(c, CHECK_LENGTH,
		    "%s: a request of ours without its end; ask the right for "
		    "a new one",
		    ksrcheck_file(p->request));
}

/* Resolvers keep the keys for so long: one that is long outlives a change. */
static void
check_ttl(const struct ksrcheck *p, size_t i, struct checks *c)
{
	const struct bundle_rr *first = &p->request->list[0].rrs[0];
	const struct bundle *in = &p->request->list[i];
	const char *file = ksrcheck_file(p->request);

	for (size_t k = 0; k < in->count; k++) {
		const struct bundle_rr *rr = &in->rrs[k];

		if (rr->ttl == 0 || rr->ttl > DFLOW_PLAN_TTL_MAX)
			checks_fail(c, CHECK_TTL,
			    "%s:%zu: a TTL of %" PRIu32 ", not of 1 second to "
			    "a week; ask the right for another one",
			    file, rr->line, rr->ttl);
		else if (rr->ttl != first->ttl)
			checks_fail(c, CHECK_TTL,
			    "%s:%zu: a TTL of %" PRIu32 ", but of %" PRIu32
			    " on line %zu; ask the right for one TTL",
			    file, rr->line, rr->ttl, first->ttl, first->line);
	}
}

static void
check_over(const struct ksrcheck *p, size_t i, struct checks *c)
{
	const struct bundle *in = &p->request->list[i];
	char when[DFLOW_WHEN_LONG];

	/* Of a file that was signed before, what is still to come is enough. */
	if (end_of(p, i) > p->now ||
	    (ksrcheck_is_again(p) && p->until > p->now))
		return;
	dflow_when_long(end_of(p, i), when);
	checks_fail(c, CHECK_PAST,
	    "%s:%zu: a bundle that was over on %s; ask the right for a request "
	    "from now on, or set the clock",
	    ksrcheck_file(p->request), in->line, when);
}

static void
check_horizon(const struct ksrcheck *p, struct checks *c)
{
	const struct bundles *b = p->request;
	int64_t latest = after(p->now, p->policy->horizon_s);
	int64_t end = after(p->until, p->policy->validity_s);
	size_t line = b->list[b->count - 1].line;
	char when[DFLOW_WHEN_LONG], limit[SPAN_TEXT];

	if (p->until > latest) {
		dflow_when_long(p->until, when);
		checks_fail(c, CHECK_HORIZON,
		    "%s:%zu: it reaches to %s, more than %s ahead; ask the "
		    "right for a shorter time",
		    ksrcheck_file(b), line, when,
		    span_text((uint64_t)p->policy->horizon_s, limit));
	} else if (end > after(latest, GRACE_S)) {
		dflow_when_long(end, when);
		checks_fail(c, CHECK_HORIZON,
		    "%s:%zu: its signatures may hold to %s, more than %s "
		    "ahead; sign with a shorter --validity",
		    ksrcheck_file(b), line, when,
		    span_text((uint64_t)p->policy->horizon_s + GRACE_S, limit));
	}
}

static void
check_right_clock(const struct ksrcheck *p, struct checks *c)
{
	const struct bundle_footer *f = &p->request->footer;
	const char *file = ksrcheck_file(p->request);
	char theirs[DFLOW_WHEN_LONG], ours[DFLOW_WHEN_LONG], limit[SPAN_TEXT];

	if (!ksrcheck_is_ours(p->request))
		return;
	if (f->clock == BUNDLE_CLOCK_UNSET) {
		checks_fail(c, CHECK_CLOCK,
		    "%s: a request of ours without its clock; ask the right "
		    "for a new one",
		    file);
		return;
	}
	if (apart(f->clock, p->now) <= (uint64_t)p->policy->skew_s ||
	    ksrcheck_is_again(p))
		return;
	dflow_when_long(f->clock, theirs);
	dflow_when_long(p->now, ours);
	checks_fail(c, CHECK_CLOCK,
	    "%s: it was %s on the right when this was made, and is %s here, "
	    "more than %s apart; set the wrong one, or, if both are right "
	    "and the file took that long, give --clock-skew",
	    file, theirs, ours, span_text((uint64_t)p->policy->skew_s, limit));
}

static void
check_clock(const struct ksrcheck *p, struct checks *c)
{
	char then[DFLOW_WHEN_LONG], now[DFLOW_WHEN_LONG];

	if (p->newest > p->now) {
		dflow_when_long(p->newest, then);
		dflow_when_long(p->now, now);
		checks_fail(c, CHECK_CLOCK,
		    "the ledger's newest signing is of %s, and it is %s by "
		    "this "
		    "clock; set the clock",
		    then, now);
	}
	check_right_clock(p, c);
}

/* What a signature cannot tell is not to be allowed. */
static enum dflow_status
check_far(const struct ksrcheck *p, struct dflow_err *err)
{
	const struct bundles *b = p->request;
	bool late = p->until > after(p->now, FAR_S);
	const struct bundle *in = &b->list[late ? b->count - 1 : 0];
	int64_t at = late ? p->until : in->time;
	char when[DFLOW_WHEN_LONG];

	if (!late && (in->time >= p->now || apart(p->now, in->time) <= FAR_S))
		return DFLOW_OK;
	dflow_when_long(at, when);
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: %s is farther from now than any signature can tell; ask "
	    "the right for a nearer time",
	    ksrcheck_file(b), in->line, when);
}

enum dflow_status
ksrcheck(const struct ksrcheck *p, struct checks *c, struct dflow_err *err)
{
	const struct history_act *last = ksrcheck_last(p);
	enum dflow_status st = ksrcheck_keys(p, last, c, err);

	check_order(p->request, c);
	check_count(p, c);
	check_horizon(p, c);
	check_end(p, c);
	for (size_t i = 0; i < p->request->count; i++) {
		check_length(p, i, c);
		check_ttl(p, i, c);
		check_over(p, i, c);
	}
	check_clock(p, c);
	if (st == DFLOW_OK)
		st = ksrcheck_past(p, last, c, err);
	/* Unless a check refuses it by name, which is recorded. */
	if (st == DFLOW_OK && checks_left(c) == 0)
		st = check_far(p, err);
	return st;
}

enum dflow_status
ksrcheck_shape(
    const struct bundles *request, struct checks *c, struct dflow_err *err)
{
	const struct ksrcheck p = {.request = request};

	check_order(request, c);
	return ksrcheck_keys(&p, NULL, c, err);
}
