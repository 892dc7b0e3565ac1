/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The article's KSK.data, held against its ZSK; and its tampered twins. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "requests.h"
#include "base/os.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/kskdata.h"
#include "exchange/request.h"
#include "flow/kskcheck.h"

#define DAY INT64_C(86400)
/* 2022-10-01 00:00:00 UTC */
#define NOW INT64_C(1664582400)
/* Of the vector's RRSIG: 20220922073938, 20221224000000. */
#define FROM INT64_C(1663832378)
#define TO INT64_C(1671840000)

static struct request *request;
static struct buf text;

static void
path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("srcdir");

	(void)snprintf(
	    out, size, "%s/tests/data/%s", dir != NULL ? dir : ".", name);
}

static void
setup(void)
{
	struct dflow_err err = {DFLOW_OK, ""};
	char name[4096];

	path(name, sizeof(name), "seed-ZSK.key");
	request = requests_read(name);
	path(name, sizeof(name), "seed-KSK.data");
	buf_init(&text, KSKDATA_BYTES_MAX);
	ck_assert_msg(os_read(name, KSKDATA_BYTES_MAX, &text, &err) == DFLOW_OK,
	    "%s", err.text);
}

static void
teardown(void)
{
	request_free(&request);
	buf_free(&text);
}

static enum dflow_status
hold(int64_t now, int64_t min_validity_s, size_t zsk_count,
    struct kskcheck_window *w, struct dflow_err *err)
{
	struct kskcheck p = {.now = now, .min_validity_s = min_validity_s};
	struct kskdata *data = NULL;
	enum dflow_status st = kskdata_parse(
	    "KSK.data", (const char *)text.data, text.len, &data, err);

	if (st != DFLOW_OK)
		return st;
	p.data = data;
	p.zsks.keys = &request->keys[0].key;
	p.zsks.count = zsk_count;
	st = kskcheck(&p, w, err);
	kskdata_free(&data);
	return st;
}

START_TEST(accepted)
{
	struct kskcheck_window w = {0, 0};
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_msg(
	    hold(NOW, 3 * DAY, 1, &w, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_int_eq(w.inception, FROM);
	ck_assert_int_eq(w.expiration, TO);
}
END_TEST

static const struct {
	int64_t now, min_validity_s;
	int ok;
	const char *says;
} times[] = {
    {FROM, 0, 1, ""},
    {FROM - 1, 0, 0, "not valid before 2022-09-22 07:39:38 UTC"},
    {TO - 1, 0, 1, ""},
    {TO, 0, 0, "expired on 2022-12-24 00:00:00 UTC"},
    {TO + DAY, 0, 0, "expired on 2022-12-24 00:00:00 UTC"},
    {TO - 3 * DAY, 3 * DAY, 1, ""},
    {TO - 3 * DAY + 1, 3 * DAY, 0, "expires on 2022-12-24"},
};

START_TEST(time_bounds)
{
	struct kskcheck_window w;
	struct dflow_err err = {DFLOW_OK, ""};
	enum dflow_status st =
	    hold(times[_i].now, times[_i].min_validity_s, 1, &w, &err);

	ck_assert_int_eq(st, times[_i].ok ? DFLOW_OK : DFLOW_REFUSED);
	ck_assert_msg(strstr(err.text, times[_i].says) != NULL, "%s", err.text);
}
END_TEST

START_TEST(without_the_zsk)
{
	struct kskcheck_window w;
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(hold(NOW, 0, 0, &w, &err), DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, "does not cover") != NULL, "%s", err.text);
}
END_TEST

/* Each byte of the signature and of both keys, one bit over. */
START_TEST(one_bit)
{
	size_t accepted_twins = 0, tried = 0;

	for (size_t i = 0; i < text.len; i++) {
		struct kskcheck_window w;
		uint8_t was = text.data[i];

		/* What follows ';' is a comment; case aside in the words. */
		if (was == ';')
			while (i < text.len && text.data[i] != '\n')
				i++;
		if (i == text.len || text.data[i] <= ' ')
			continue;
		was = text.data[i];
		text.data[i] = was ^ 1;
		tried++;
		if (hold(NOW, 0, 1, &w, NULL) == DFLOW_OK)
			accepted_twins++;
		text.data[i] = was;
	}
	ck_assert_uint_gt(tried, 250);
	ck_assert_uint_eq(accepted_twins, 0);
}
END_TEST

START_TEST(truncated)
{
	struct kskcheck_window w;
	size_t len = text.len;

	/* But for the final newline, every byte is needed. */
	for (text.len = 0; text.len + 1 < len; text.len++)
		ck_assert_msg(hold(NOW, 0, 1, &w, NULL) != DFLOW_OK,
		    "%zu bytes", text.len);
	text.len = len - 1;
	ck_assert_int_eq(hold(NOW, 0, 1, &w, NULL), DFLOW_OK);
	text.len = len;
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("kskcheck");
	TCase *c = tcase_create("kskcheck");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, accepted);
	tcase_add_loop_test(
	    c, time_bounds, 0, sizeof(times) / sizeof(times[0]));
	tcase_add_test(c, without_the_zsk);
	tcase_add_test(c, one_bit);
	tcase_add_test(c, truncated);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
