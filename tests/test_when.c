/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIME, lengths of time, how they are shown, and 32-bit times. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when.h"

#define LAST ((int64_t)253402300799) /* 9999-12-31 23:59:59 */
#define NOW ((int64_t)1663832378) /* 2022-09-22 07:39:38 */
#define DAY ((int64_t)86400)

static const struct {
	const char *text;
	int64_t when; /* -1: refused */
	const char *why;
} times[] = {
    {"20221224", 1671840000, "a date"},
    {"20220922073938", NOW, "a date and time"},
    {"19700101", 0, "the first date"},
    {"19700101000000", 0, "the first moment"},
    {"99991231235959", LAST, "the last moment"},
    {"20240229", 1709164800, "a leap day"},
    {"20000229", 951782400, "a leap day of a century"},
    {"20380119031408", 2147483648, "past 31 bits"},
    {"21060207062816", 4294967296, "past 32 bits"},
    {"123456789", 123456789, "an epoch of 9 digits"},
    {"1663832378", NOW, "an epoch of 10 digits"},
    {"99999999999", 99999999999, "an epoch of 11 digits"},
    {"now", NOW, "now"},
    {"now-1h", NOW - 3600, "an hour ago"},
    {"now+1w", NOW + 7 * DAY, "in a week"},
    {"now+90", NOW + 90, "no unit is seconds"},
    {"+60d", NOW + 60 * DAY, "without now"},
    {"-1h", NOW - 3600, "minus without now"},
    {"90d", NOW + 90 * DAY, "without a sign"},
    {"+60", NOW + 60, "seconds"},
    {"-60", NOW - 60, "seconds ago"},
    {"5m", NOW + 300, "minutes"},
    {"7s", NOW + 7, "seconds with their unit"},
    {"1y", NOW + 365 * DAY, "a year is 365 days"},
    {"0s", NOW, "nothing"},
    {"+0000000000000000000001d", NOW + DAY, "leading zeros"},
    {"-1663832378", 0, "back to the beginning"},
    {"", -1, "empty"},
    {" now", -1, "a blank in front"},
    {"now ", -1, "a blank behind"},
    {"Now", -1, "upper case"},
    {"nowish", -1, "more behind now"},
    {"now+", -1, "an offset without a number"},
    {"now+-1d", -1, "two signs"},
    {"now1d", -1, "no sign behind now"},
    {"+", -1, "a sign alone"},
    {"-", -1, "a sign alone"},
    {"d", -1, "a unit alone"},
    {"+d", -1, "a unit without a number"},
    {"1D", -1, "a unit in upper case"},
    {"1dd", -1, "two units"},
    {"1d2h", -1, "two spans"},
    {"1.5d", -1, "a fraction"},
    {"1mo", -1, "months"},
    {"0x10d", -1, "hex"},
    {"1", -1, "too few digits"},
    {"1234567", -1, "7 digits"},
    {"123456789012", -1, "12 digits"},
    {"1234567890123", -1, "13 digits"},
    {"202209220739380", -1, "15 digits"},
    {"20230229", -1, "no leap year"},
    {"21000229", -1, "no leap year"},
    {"20230001", -1, "month 0"},
    {"20231301", -1, "month 13"},
    {"20230100", -1, "day 0"},
    {"20230132", -1, "day 32"},
    {"20230431", -1, "day 31 of 30"},
    {"20220922240000", -1, "hour 24"},
    {"20220922076000", -1, "minute 60"},
    {"20220922073960", -1, "a leap second"},
    {"19691231", -1, "before 1970"},
    {"19691231235959", -1, "before 1970"},
    {"00000101", -1, "year 0"},
    {"-1663832379", -1, "an offset to before 1970"},
    {"-53y", -1, "an offset to before 1970"},
    {"+7983y", -1, "an offset past 9999"},
    {"+251738468421", LAST, "an offset to the last second"},
    {"+251738468422", -1, "an offset to one second past it"},
    {"+9223372036854775807", -1, "an offset of 63 bits"},
    {"+9223372036854775807y", -1, "an offset that overflows"},
    {"+99999999999999999999999999999999999999d", -1, "a huge offset"},
    {"+106751991167301d", -1, "overflows when multiplied"},
    {"2022-09-22", -1, "another form"},
    {"2022092\xd9\xa2", -1, "digits of another script"},
    {"\033[2J", -1, "an escape sequence"},
};

START_TEST(test_parse)
{
	struct dflow_err err = {DFLOW_OK, ""};
	int64_t when = -7;
	enum dflow_status st;

	st = dflow_when_parse(times[_i].text, NOW, &when, &err);
	if (times[_i].when >= 0) {
		ck_assert_msg(
		    st == DFLOW_OK, "%s: %s", times[_i].why, err.text);
		ck_assert_int_eq(when, times[_i].when);
		return;
	}
	ck_assert_msg(st == DFLOW_USAGE, "%s", times[_i].why);
	ck_assert_int_eq(err.status, DFLOW_USAGE);
	ck_assert_int_eq(when, -7);
	ck_assert_uint_gt(strlen(err.text), 10);
	for (const char *c = err.text; *c != '\0'; c++)
		ck_assert_msg(*c >= ' ' && *c <= '~', "%s", err.text);
}
END_TEST

START_TEST(test_parse_odd_clock)
{
	struct dflow_err err;
	int64_t when;

	ck_assert_int_eq(dflow_when_parse("now", -1, &when, &err), DFLOW_USAGE);
	ck_assert_int_eq(
	    dflow_when_parse("now", INT64_MAX, &when, &err), DFLOW_USAGE);
	ck_assert_int_eq(
	    dflow_when_parse("-1s", INT64_MIN, &when, &err), DFLOW_USAGE);
	ck_assert_int_eq(
	    dflow_when_parse("20221224", INT64_MIN, &when, &err), DFLOW_OK);
	ck_assert_int_eq(dflow_when_parse("nope", 0, &when, NULL), DFLOW_USAGE);
}
END_TEST

static const struct {
	const char *text;
	int64_t span_s; /* -1: refused */
} spans[] = {
    {"0", 0},
    {"30", 30},
    {"30s", 30},
    {"2m", 120},
    {"3h", 10800},
    {"30d", 30 * DAY},
    {"2w", 14 * DAY},
    {"1y", 365 * DAY},
    {"007d", 7 * DAY},
    {"253402300799", LAST},
    {"253402300800", -1},
    {"8036y", -1},
    {"18446744073709551616", -1},
    {"", -1},
    {"d", -1},
    {"-1d", -1},
    {"+1d", -1},
    {"now", -1},
    {"1x", -1},
    {"1d ", -1},
};

START_TEST(test_span_parse)
{
	struct dflow_err err;
	int64_t span_s = -7;
	enum dflow_status st;

	st = dflow_span_parse(spans[_i].text, &span_s, &err);
	ck_assert_int_eq(st, spans[_i].span_s < 0 ? DFLOW_USAGE : DFLOW_OK);
	ck_assert_int_eq(span_s, spans[_i].span_s < 0 ? -7 : spans[_i].span_s);
}
END_TEST

/* Against the C library's calendar, by steps that visit every month. */
START_TEST(test_text)
{
	char text[DFLOW_WHEN_TEXT], want[32], line[DFLOW_WHEN_LONG];
	struct tm tm;
	int64_t back;
	time_t t;

	for (int64_t w = 0; w <= LAST; w += 20 * DAY + 12347) {
		t = (time_t)w;
		ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
		strftime(want, sizeof(want), "%Y%m%d%H%M%S", &tm);
		dflow_when_text(w, text);
		ck_assert_str_eq(text, want);
		strftime(want, sizeof(want), "%Y-%m-%d %H:%M:%S UTC", &tm);
		dflow_when_long(w, line);
		ck_assert_str_eq(line, want);
		ck_assert_int_eq(
		    dflow_when_parse(text, 0, &back, NULL), DFLOW_OK);
		ck_assert_int_eq(back, w);
	}
}
END_TEST

/* Year ends and the days around 29 February, of each year. */
START_TEST(test_text_edges)
{
	static const char *const days[] = {
	    "0101000000", "0228235959", "0301000000", "1231235959"};
	char text[DFLOW_WHEN_TEXT], back[DFLOW_WHEN_TEXT];
	int64_t when;

	for (int y = 1970; y <= 9999; y++)
		for (size_t i = 0; i < 4; i++) {
			snprintf(text, sizeof(text), "%04d%.10s", y % 10000,
			    days[i]);
			ck_assert_int_eq(
			    dflow_when_parse(text, 0, &when, NULL), DFLOW_OK);
			dflow_when_text(when, back);
			ck_assert_str_eq(back, text);
		}
}
END_TEST

START_TEST(test_text_outside)
{
	char text[DFLOW_WHEN_TEXT];

	dflow_when_text(-1, text);
	ck_assert_str_eq(text, "19700101000000");
	dflow_when_text(INT64_MIN, text);
	ck_assert_str_eq(text, "19700101000000");
	dflow_when_text(LAST + 1, text);
	ck_assert_str_eq(text, "99991231235959");
	dflow_when_text(INT64_MAX, text);
	ck_assert_str_eq(text, "99991231235959");
}
END_TEST

static const struct {
	int64_t from_now;
	const char *text;
} shown[] = {
    {0, "now"},
    {1, "in 1 second"},
    {2, "in 2 seconds"},
    {59, "in 59 seconds"},
    {60, "in 1 minute"},
    {61, "in 61 seconds"},
    {119, "in 119 seconds"},
    {120, "in 2 minutes"},
    {3599, "in 59 minutes"},
    {3600, "in 1 hour"},
    {7199, "in 119 minutes"},
    {7200, "in 2 hours"},
    {10800, "in 3 hours"},
    {DAY, "in 1 day"},
    {DAY + 1, "in 24 hours"},
    {2 * DAY - 1, "in 47 hours"},
    {2 * DAY, "in 2 days"},
    {90 * DAY - 1, "in 89 days"},
    {90 * DAY, "in 90 days"},
    {-1, "1 second ago"},
    {-300, "5 minutes ago"},
    {-3600, "1 hour ago"},
    {-10800, "3 hours ago"},
    {-DAY, "1 day ago"},
    {-400 * DAY, "400 days ago"},
};

START_TEST(test_span)
{
	char text[DFLOW_SPAN_TEXT];

	dflow_when_span(NOW + shown[_i].from_now, NOW, text);
	ck_assert_str_eq(text, shown[_i].text);
}
END_TEST

START_TEST(test_span_extremes)
{
	char text[DFLOW_SPAN_TEXT];

	dflow_when_span(INT64_MAX, INT64_MIN, text);
	ck_assert_str_eq(text, "in 213503982334601 days");
	dflow_when_span(INT64_MIN, INT64_MAX, text);
	ck_assert_str_eq(text, "213503982334601 days ago");
}
END_TEST

START_TEST(test_serial)
{
	const int64_t circle = (int64_t)1 << 32;

	ck_assert_int_eq(when_from_serial(1663832378, NOW), NOW);
	ck_assert_int_eq(when_from_serial(1663832379, NOW), NOW + 1);
	ck_assert_int_eq(when_from_serial(0, NOW), 0);
	/* 2106: the numbers start anew and mean the next round. */
	ck_assert_int_eq(when_from_serial(5, circle - 10), circle + 5);
	ck_assert_int_eq(
	    when_from_serial(4294967290U, circle + 10), circle - 6);
	/* 2038 is nothing special. */
	ck_assert_int_eq(when_from_serial(2147483648U, 2147483640), 2147483648);
	ck_assert_int_eq(
	    when_from_serial(1663832378U + 0x7fffffffU, NOW), NOW + 0x7fffffff);
	ck_assert_int_eq(
	    when_from_serial(1663832378U + 0x80000001U, NOW), NOW - 0x7fffffff);

	ck_assert(when_serial_gt(1, 0));
	ck_assert(!when_serial_gt(0, 1));
	ck_assert(!when_serial_gt(5, 5));
	ck_assert(when_serial_gt(0, 0xffffffffU));
	ck_assert(!when_serial_gt(0xffffffffU, 0));
	ck_assert(when_serial_gt(0x7fffffffU, 0));
	/* Half a circle apart: RFC 1982 leaves it open, we say no. */
	ck_assert(!when_serial_gt(0x80000000U, 0));
	ck_assert(!when_serial_gt(0, 0x80000000U));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("when");
	TCase *t = tcase_create("when");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(
	    t, test_parse, 0, (int)(sizeof(times) / sizeof(*times)));
	tcase_add_test(t, test_parse_odd_clock);
	tcase_add_loop_test(
	    t, test_span_parse, 0, (int)(sizeof(spans) / sizeof(*spans)));
	tcase_add_test(t, test_text);
	tcase_add_test(t, test_text_edges);
	tcase_add_test(t, test_text_outside);
	tcase_add_loop_test(
	    t, test_span, 0, (int)(sizeof(shown) / sizeof(*shown)));
	tcase_add_test(t, test_span_extremes);
	tcase_add_test(t, test_serial);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
