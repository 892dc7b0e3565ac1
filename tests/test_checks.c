/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks' names, what refuses, and what is told then. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/checks.h"

static struct dflow_err err;

static const char *const all[] = {"owner", "possession", "flags", "algorithm",
    "size", "keys", "order", "gap", "count", "length", "ttl", "horizon", "past",
    "chain", "replay", "conflict", "clock"};

START_TEST(test_names)
{
	struct checks c = {0};

	ck_assert_uint_eq(sizeof(all) / sizeof(all[0]), CHECKS);
	for (enum check i = 0; i < CHECKS; i++) {
		ck_assert_str_eq(check_name(i), all[i]);
		ck_assert_int_eq(checks_allow(&c, all[i], &err), DFLOW_OK);
		ck_assert_uint_eq(c.allowed, (UINT32_C(2) << i) - 1);
	}
}
END_TEST

static const char *const others[] = {
    "", "flag", "flagss", "Flags", "all", "\033[31m", "owner,flags"};

START_TEST(test_other_names)
{
	struct checks c = {0};

	ck_assert_int_eq(checks_allow(&c, others[_i], &err), DFLOW_USAGE);
	ck_assert_uint_eq(c.allowed, 0);
	ck_assert_ptr_null(strchr(err.text, '\033'));
	for (enum check i = 0; i < CHECKS; i++)
		ck_assert_ptr_nonnull(strstr(err.text, all[i]));
}
END_TEST

/* Each alone is refused by its name, and passes by its name alone. */
START_TEST(test_verdict)
{
	struct checks c = {0};
	char says[128];

	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_OK);
	checks_fail(&c, (enum check)_i, "a.ksr:%d: is %s", 12, "wrong");
	snprintf(says, sizeof(says),
	    "a.ksr:12: is wrong (check %s; --allow %s to sign all the same)",
	    all[_i], all[_i]);
	for (enum check i = 0; i < CHECKS; i++) {
		if (i != (enum check)_i)
			ck_assert(checks_allow(&c, all[i], &err) == DFLOW_OK);
		ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
		ck_assert_str_eq(err.text, says);
	}
	c.allowed = 0;
	ck_assert(checks_allow(&c, all[_i], &err) == DFLOW_OK);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_OK);
	ck_assert_uint_eq(c.failed, UINT32_C(1) << _i);
}
END_TEST

/* The first in the order of the checks, the first of each, and the others. */
START_TEST(test_several)
{
	struct checks c = {0};

	checks_fail(&c, CHECK_CLOCK, "late");
	checks_fail(&c, CHECK_GAP, "a gap");
	checks_fail(&c, CHECK_GAP, "another gap");
	checks_fail(&c, CHECK_FLAGS, "flags");
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_str_eq(err.text,
	    "flags (checks flags, gap, clock; to sign all the same: --allow "
	    "flags --allow gap --allow clock)");
	ck_assert(checks_allow(&c, "flags", &err) == DFLOW_OK);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_str_eq(err.text,
	    "a gap (checks gap, clock; to sign all the same: --allow gap "
	    "--allow clock)");
	ck_assert(checks_allow(&c, "clock", &err) == DFLOW_OK);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_str_eq(
	    err.text, "a gap (check gap; --allow gap to sign all the same)");
	ck_assert(checks_allow(&c, "gap", &err) == DFLOW_OK);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_OK);
	ck_assert_str_eq(c.text[CHECK_GAP], "a gap");
}
END_TEST

/* What nothing allows goes first, and offers no --allow. */
START_TEST(test_final)
{
	struct checks c = {0};

	checks_fail(&c, CHECK_OWNER, "an owner");
	checks_fail(&c, CHECK_FLAGS, "flags 257");
	checks_fail_final(&c, CHECK_FLAGS, "flags 384");
	checks_fail(&c, CHECK_FLAGS, "flags 257 again");
	ck_assert_uint_eq(c.count[CHECK_FLAGS], 3);
	ck_assert(checks_allow(&c, "owner", &err) == DFLOW_OK);
	ck_assert(checks_allow(&c, "flags", &err) == DFLOW_OK);
	ck_assert_uint_eq(checks_left(&c), UINT32_C(1) << CHECK_FLAGS);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "flags 384 (check flags)");
}
END_TEST

/* What is long is cut, and what drives a terminal is made visible. */
START_TEST(test_text)
{
	struct checks c = {0};
	char name[2000];

	memset(name, '\033', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	checks_fail(&c, CHECK_KEYS, "%s", name);
	ck_assert_uint_eq(strlen(c.text[CHECK_KEYS]), CHECK_TEXT - 1);
	ck_assert(strncmp(c.text[CHECK_KEYS], "\\027\\027", 8) == 0);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "--allow keys to sign"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("checks");
	TCase *t = tcase_create("checks");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_names);
	tcase_add_loop_test(
	    t, test_other_names, 0, (int)(sizeof(others) / sizeof(others[0])));
	tcase_add_loop_test(t, test_verdict, 0, CHECKS);
	tcase_add_test(t, test_several);
	tcase_add_test(t, test_final);
	tcase_add_test(t, test_text);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
