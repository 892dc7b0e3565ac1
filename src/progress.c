/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

#define RATE_AFTER_S 0.2
#define LEFT_AFTER_S 1.0

/* A line that grows to the right until something does not fit. */
struct line {
	char *out;
	size_t len, max;
	bool full;
};

static void __attribute__((format(printf, 2, 3)))
add(struct line *l, const char *fmt, ...)
{
	char piece[PROGRESS_TEXT];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(piece, sizeof(piece), fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(piece) ||
	    l->len + (size_t)len > l->max)
		l->full = true;
	if (l->full)
		return;
	memcpy(l->out + l->len, piece, (size_t)len + 1);
	l->len += (size_t)len;
}

/* Three digits that count: more would flicker. */
static uint64_t
round_rate(double rate)
{
	uint64_t unit = 1, n = rate < 1e15 ? (uint64_t)rate : UINT64_C(1) << 50;

	while (n / unit >= 1000)
		unit *= 10;
	return n / unit * unit;
}

/* Seconds, then minutes, then hours, rounded up. */
static void
add_left(struct line *l, double s)
{
	if (s < 100)
		add(l, "  %u s left", (unsigned)s + 1);
	else if (s < 100 * 60)
		add(l, "  %u min left", (unsigned)(s / 60) + 1);
	else if (s < 100 * 3600)
		add(l, "  %u h left", (unsigned)(s / 3600) + 1);
}

static void
add_speed(struct line *l, const struct progress *p)
{
	char digits[DIGITS_TEXT];
	double rate;

	if (p->seconds < RATE_AFTER_S || p->done <= p->first)
		return;
	rate = (double)(p->done - p->first) / p->seconds;
	if (rate >= 1)
		add(l, "  %s/s", digits_group(round_rate(rate), digits));
	if (p->seconds >= LEFT_AFTER_S && p->done < p->total)
		add_left(l, (double)(p->total - p->done) / rate);
}

void
progress_text(const struct progress *p, char out[PROGRESS_TEXT])
{
	char done[DIGITS_TEXT], total[DIGITS_TEXT];
	struct line l = {.out = out, .max = PROGRESS_TEXT - 1};
	double part = 1;

	out[0] = '\0';
	if (p->columns > 0 && p->columns <= l.max)
		l.max = p->columns - 1;
	add(&l, "%.*s", (int)l.max, p->what);
	if (p->total == 0) {
		add(&l, "  %s", digits_group(p->done, done));
		add_speed(&l, p);
		return;
	}
	if (p->done < p->total)
		part = (double)p->done / (double)p->total;
	add(&l, " %3u%%", (unsigned)(100 * part));
	add(&l, "  %s of %s", digits_group(p->done, done),
	    digits_group(p->total, total));
	add_speed(&l, p);
}
