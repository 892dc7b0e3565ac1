/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bundle of BIND's sample is in force when; and plain ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrtype.h"
#include "flow/kskcheck.h"
#include "flow/response.h"

#define FIRST INT64_C(1795279255) /* 2026-11-21 16:40:55 UTC */
#define SECOND INT64_C(1796056855) /* 2026-11-30 16:40:55 UTC */
#define LAST INT64_C(1800294355) /* 2027-01-18 17:45:55 UTC */
#define END INT64_C(1801503955) /* 2027-02-01 17:45:55 UTC */

static const char *
data_path(const char *name)
{
	static char path[4096];

	(void)snprintf(
	    path, sizeof(path), "%s/tests/data/%s", getenv("srcdir"), name);
	return path;
}

static struct response *
read_data(const char *name)
{
	struct response *r = NULL;
	struct dflow_err err;

	ck_assert_msg(response_read(data_path(name), &r, &err) == DFLOW_OK,
	    "%s", err.text);
	return r;
}

static const struct {
	int64_t now;
	size_t number; /* 0: none is in force */
	int64_t from, until;
	const char *says;
} times[] = {
    {FIRST - 1, 0, 0, 0, "the first one begins on 2026-11-21 16:40:55 UTC"},
    {FIRST, 1, FIRST, SECOND, ""},
    {SECOND - 1, 1, FIRST, SECOND, ""},
    {SECOND, 2, SECOND, SECOND + 9 * 86400, ""},
    {LAST, 9, LAST, END, ""},
    {END - 1, 9, LAST, END, ""},
    {END, 0, 0, 0, "the last one ended on 2027-02-01 17:45:55 UTC"},
    {END + (INT64_C(1) << 32), 0, 0, 0, "the last one ended on 2027-02-01"},
};

START_TEST(test_force)
{
	struct response *r = read_data("bind.skr");
	struct response_force f = {0};
	struct kskdata *data = NULL;
	struct dflow_err err = {0};
	enum dflow_status st = response_at(r, times[_i].now, &data, &f, &err);

	if (times[_i].number == 0) {
		ck_assert_int_eq(st, DFLOW_REFUSED);
		ck_assert_msg(
		    strstr(err.text, times[_i].says) != NULL, "%s", err.text);
		ck_assert_ptr_null(data);
	} else {
		ck_assert_int_eq(st, DFLOW_OK);
		ck_assert_uint_eq(f.number, times[_i].number);
		ck_assert_uint_eq(f.count, 9);
		ck_assert(f.from == times[_i].from);
		ck_assert(f.until == times[_i].until);
	}
	kskdata_free(&data);
	response_free(&r);
}
END_TEST

/* Bundle 5 has two ZSKs; what is left is the left's: six records. */
START_TEST(test_bundle_without_zsks)
{
	struct response *r = read_data("bind.skr");
	const struct bundle *in = &r->bundles->list[4];
	struct kskcheck check = {.now = in->time, .what = KSKCHECK_BUNDLE};
	bool signers[KSKDATA_RRS_MAX] = {false};
	struct kskcheck_window w;
	struct kskdata *data = NULL;
	struct dnskey zsks[2];
	struct dflow_err err;

	ck_assert_uint_eq(in->count, 8);
	ck_assert(kskdata_of_bundle(r->bundles, in, &data, &err) == DFLOW_OK);
	ck_assert_uint_eq(data->count, 6);
	ck_assert_uint_eq(data->rrs[0].type, RRTYPE_DNSKEY);
	ck_assert(dnskey_view(in->rrs[1].rdata, in->rrs[1].len, &zsks[0]));
	ck_assert(dnskey_view(in->rrs[2].rdata, in->rrs[2].len, &zsks[1]));
	check.data = data;
	check.zsks.keys = zsks;
	check.zsks.count = 2;
	check.signers = signers;
	ck_assert_msg(kskcheck(&check, &w, &err) == DFLOW_OK, "%s", err.text);
	ck_assert(signers[0] && !signers[1]);
	check.zsks.count = 1;
	ck_assert(kskcheck(&check, &w, &err) == DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, "does not verify over its bundle") != NULL, "%s",
	    err.text);
	kskdata_free(&data);
	response_free(&r);
}
END_TEST

/* The footer's until= is the end, before the signatures'. */
START_TEST(test_footer_until)
{
	struct response *r = read_data("bind.skr");
	struct kskdata *data = NULL;
	struct dflow_err err;

	ck_assert(response_until(r, 0) == END);
	r->bundles->footer.until = LAST + 100;
	ck_assert(response_until(r, 0) == LAST + 100);
	ck_assert(response_at(r, LAST + 99, &data, NULL, &err) == DFLOW_OK);
	kskdata_free(&data);
	ck_assert(
	    response_at(r, LAST + 100, &data, NULL, &err) == DFLOW_REFUSED);
	response_free(&r);
}
END_TEST

/* Two bundles of one time: the last one counts. */
START_TEST(test_same_time)
{
	struct response *r = read_data("bind.skr");
	struct response_force f;
	struct kskdata *data = NULL;
	struct dflow_err err;

	r->bundles->list[1].time = SECOND + 9 * 86400;
	ck_assert(
	    response_at(r, SECOND + 9 * 86400, &data, &f, &err) == DFLOW_OK);
	ck_assert_uint_eq(f.number, 3);
	kskdata_free(&data);
	response_free(&r);
}
END_TEST

START_TEST(test_plain)
{
	struct response *r = read_data("seed-KSK.data");
	struct response_force f;
	struct kskdata *data = NULL;
	struct dflow_err err;

	ck_assert(r->bundles == NULL);
	ck_assert(response_at(r, 1, &data, &f, &err) == DFLOW_OK);
	ck_assert_uint_eq(data->count, 2);
	ck_assert_uint_eq(f.number, 0);
	ck_assert(f.from == INT64_MIN && f.until == INT64_MAX);
	/* 2022-12-24 */
	ck_assert(
	    response_until(r, INT64_C(1664582400)) == INT64_C(1671840000));
	ck_assert(response_needed_s(&f, 5, 1000) == 1000);
	kskdata_free(&data);
	response_free(&r);
}
END_TEST

START_TEST(test_needed)
{
	const struct response_force f = {100, 200, 200, 1, 2};
	const struct response_force last = {100, 200, 200, 2, 2};

	ck_assert(response_needed_s(&f, 150, 1000) == 50);
	ck_assert(response_needed_s(&f, 150, 40) == 40);
	ck_assert(response_needed_s(&last, 150, 1000) == 1000);
}
END_TEST

START_TEST(test_request)
{
	struct response *r = NULL;
	struct dflow_err err;

	ck_assert(
	    response_read(data_path("bind.ksr"), &r, &err) == DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "a KSR, which is the request"));
	ck_assert_ptr_null(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("response");
	TCase *c = tcase_create("response");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, test_force, 0, sizeof(times) / sizeof(*times));
	tcase_add_test(c, test_bundle_without_zsks);
	tcase_add_test(c, test_footer_until);
	tcase_add_test(c, test_same_time);
	tcase_add_test(c, test_plain);
	tcase_add_test(c, test_needed);
	tcase_add_test(c, test_request);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
