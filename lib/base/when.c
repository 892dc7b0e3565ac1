/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times: reading and writing them, always UTC and never through the locale or
 * the time zone. Refuses dates that no calendar has, and whatever lies outside
 * 1970 to 9999. 32-bit times are serial numbers (RFC 4034 section 3.1.5).
 */
#include "base/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

enum {
	DAY_S = 86400,
	YEAR_FIRST = 1970,
	YEAR_LAST = 9999,
};

#define WHEN_MAX ((int64_t)253402300799) /* 9999-12-31 23:59:59 */

struct civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
};

static int
days_in_month(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 &&
	    ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* Days from 1970-01-01 to the first day of year. */
static int64_t
days_before_year(int year)
{
	int64_t y = (int64_t)year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static bool
civil_is_valid(const struct civil *c)
{
	return c->year >= YEAR_FIRST && c->year <= YEAR_LAST && c->month >= 1 &&
	       c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month(c->year, c->month) && c->hour <= 23 &&
	       c->minute <= 59 && c->second <= 59;
}

static int64_t
civil_to_when(const struct civil *c)
{
	int64_t days = days_before_year(c->year) + c->day - 1;

	for (int m = 1; m < c->month; m++)
		days += days_in_month(c->year, m);
	return days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
}

/* Times outside 1970 to 9999 become the nearest inside. */
static struct civil
civil_from_when(int64_t when)
{
	struct civil c = {0, 1, 0, 0, 0, 0};
	int64_t day;
	int rest;

	if (when < 0)
		when = 0;
	if (when > WHEN_MAX)
		when = WHEN_MAX;
	day = when / DAY_S;
	rest = (int)(when % DAY_S);
	c.year = YEAR_FIRST + (int)(day / 366);
	while (days_before_year(c.year + 1) <= day)
		c.year++;
	day -= days_before_year(c.year);
	while (day >= days_in_month(c.year, c.month)) {
		day -= days_in_month(c.year, c.month);
		c.month++;
	}
	c.day = (int)day + 1;
	c.hour = rest / 3600;
	c.minute = rest / 60 % 60;
	c.second = rest % 60;
	return c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
count_digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

/* n digits, at most 18; larger numbers are stopped by their callers. */
static int64_t
read_digits(const char *s, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

/* Seconds in a unit, 0 for a letter that is none. */
static int64_t
unit_seconds(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_S;
	case 'w':
		return 7 * (int64_t)DAY_S;
	case 'y':
		return 365 * (int64_t)DAY_S;
	default:
		return 0;
	}
}

enum span { SPAN_OK, SPAN_WRONG, SPAN_FAR };

/* Reads all of s as N[unit]; SPAN_FAR when it is longer than 8000 years. */
static enum span
read_span(const char *s, int64_t *span_s)
{
	size_t n = count_digits(s);
	int64_t unit = 1, count;

	if (n == 0)
		return SPAN_WRONG;
	if (s[n] != '\0') {
		unit = unit_seconds(s[n]);
		if (unit == 0 || s[n + 1] != '\0')
			return SPAN_WRONG;
	}
	while (n > 1 && *s == '0') {
		s++;
		n--;
	}
	if (n > 12)
		return SPAN_FAR;
	count = read_digits(s, n);
	if (count > WHEN_MAX / unit)
		return SPAN_FAR;
	*span_s = count * unit;
	return SPAN_OK;
}

static enum dflow_status
not_a_time(const char *text, struct dflow_err *err)
{
	return err_set(err, DFLOW_USAGE,
	    "\"%.40s\" is not a time; give YYYYMMDD, YYYYMMDDHHMMSS, an epoch "
	    "of 9 to 11 digits, now, or an offset such as +60d, now-1h or 90d",
	    text);
}

static enum dflow_status
too_far(const char *text, struct dflow_err *err)
{
	return err_set(err, DFLOW_USAGE,
	    "\"%.40s\" is outside the years %d to %d; give a nearer time", text,
	    YEAR_FIRST, YEAR_LAST);
}

static enum dflow_status
parse_date(
    const char *text, size_t digits, int64_t *when, struct dflow_err *err)
{
	struct civil c = {0, 0, 0, 0, 0, 0};

	c.year = (int)read_digits(text, 4);
	c.month = (int)read_digits(text + 4, 2);
	c.day = (int)read_digits(text + 6, 2);
	if (digits == 14) {
		c.hour = (int)read_digits(text + 8, 2);
		c.minute = (int)read_digits(text + 10, 2);
		c.second = (int)read_digits(text + 12, 2);
	}
	if (c.year < YEAR_FIRST)
		return too_far(text, err);
	if (!civil_is_valid(&c))
		return err_set(err, DFLOW_USAGE,
		    "\"%.40s\" is a date or time of day that does not exist; "
		    "check the calendar",
		    text);
	*when = civil_to_when(&c);
	return DFLOW_OK;
}

/* The part behind "now": nothing, or a sign and a span. */
static enum dflow_status
parse_offset(const char *text, const char *at, int64_t now, int64_t *when,
    struct dflow_err *err)
{
	int64_t span_s = 0;
	bool back = false;

	if (now < 0 || now > WHEN_MAX)
		return err_set(err, DFLOW_USAGE,
		    "the clock is outside the years %d to %d; set it",
		    YEAR_FIRST, YEAR_LAST);
	if (*at != '\0') {
		back = *at == '-';
		if (*at == '-' || *at == '+')
			at++;
		switch (read_span(at, &span_s)) {
		case SPAN_WRONG:
			return not_a_time(text, err);
		case SPAN_FAR:
			return too_far(text, err);
		case SPAN_OK:
			break;
		}
	}
	/* Both are below 2^38: the sum cannot overflow. */
	now = back ? now - span_s : now + span_s;
	if (now < 0 || now > WHEN_MAX)
		return too_far(text, err);
	*when = now;
	return DFLOW_OK;
}

enum dflow_status
dflow_when_parse(
    const char *text, int64_t now, int64_t *when, struct dflow_err *err)
{
	size_t digits = count_digits(text);

	if (digits > 0 && text[digits] == '\0') {
		if (digits == 8 || digits == 14)
			return parse_date(text, digits, when, err);
		if (digits < 9 || digits > 11)
			return not_a_time(text, err);
		*when = read_digits(text, digits);
		return DFLOW_OK;
	}
	if (strncmp(text, "now", 3) == 0 &&
	    (text[3] == '\0' || text[3] == '+' || text[3] == '-'))
		return parse_offset(text, text + 3, now, when, err);
	if (digits > 0 || text[0] == '+' || text[0] == '-')
		return parse_offset(text, text, now, when, err);
	return not_a_time(text, err);
}

enum dflow_status
dflow_span_parse(const char *text, int64_t *span_s, struct dflow_err *err)
{
	switch (read_span(text, span_s)) {
	case SPAN_OK:
		return DFLOW_OK;
	case SPAN_FAR:
		return err_set(err, DFLOW_USAGE,
		    "\"%.40s\" is too long a time; give a shorter one", text);
	case SPAN_WRONG:
		break;
	}
	return err_set(err, DFLOW_USAGE,
	    "\"%.40s\" is not a length of time; give a number and s, m, h, d, "
	    "w or y, such as 30d",
	    text);
}

/* n digits of v, and a NUL. */
static char *
put_digits(char *at, int n, int v)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		at[i] = (char)('0' + v % 10);
	at[n] = '\0';
	return at + n;
}

void
dflow_when_text(int64_t when, char out[DFLOW_WHEN_TEXT])
{
	struct civil c = civil_from_when(when);

	out = put_digits(out, 4, c.year);
	out = put_digits(out, 2, c.month);
	out = put_digits(out, 2, c.day);
	out = put_digits(out, 2, c.hour);
	out = put_digits(out, 2, c.minute);
	(void)put_digits(out, 2, c.second);
}

void
dflow_when_long(int64_t when, char out[DFLOW_WHEN_LONG])
{
	struct civil c = civil_from_when(when);

	out = put_digits(out, 4, c.year);
	*out++ = '-';
	out = put_digits(out, 2, c.month);
	*out++ = '-';
	out = put_digits(out, 2, c.day);
	*out++ = ' ';
	out = put_digits(out, 2, c.hour);
	*out++ = ':';
	out = put_digits(out, 2, c.minute);
	*out++ = ':';
	out = put_digits(out, 2, c.second);
	memcpy(out, " UTC", 5);
}

void
dflow_when_span(int64_t when, int64_t now, char out[DFLOW_SPAN_TEXT])
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} units[] = {
	    {"day", DAY_S}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
	bool past = when < now;
	uint64_t span, count;
	size_t i = 0;

	span = past ? (uint64_t)now - (uint64_t)when
		    : (uint64_t)when - (uint64_t)now;
	if (span == 0) {
		memcpy(out, "now", 4);
		return;
	}
	/* "47 hours" tells more than "1 day", but "1 day" is exact at 24. */
	while (span < 2 * units[i].seconds && span != units[i].seconds)
		i++;
	count = span / units[i].seconds;
	(void)snprintf(out, DFLOW_SPAN_TEXT, "%s%llu %s%s%s", past ? "" : "in ",
	    (unsigned long long)count, units[i].name, count == 1 ? "" : "s",
	    past ? " ago" : "");
}

int64_t
dflow_when_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
when_from_serial(uint32_t serial, int64_t now)
{
	return now + (int32_t)(serial - (uint32_t)now);
}

bool
when_serial_gt(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}
