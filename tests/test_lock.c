/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock on a file that is replaced: who has it, and what there is to lock. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os_lock.h"
#include "folder.h"

START_TEST(test_taken)
{
	struct os_lock *a = NULL, *b = NULL;

	put("out", "old", 0644);
	ck_assert_int_eq(os_lock_new("out", &a, &err), DFLOW_OK);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(os_lock_new("out", &b, &err), DFLOW_FAILED);
	ck_assert_ptr_null(b);
	ck_assert_str_eq(err.text,
	    "out: another run is at work on it; wait until that has ended");
	os_lock_free(&a);
	ck_assert_ptr_null(a);
	ck_assert_int_eq(os_lock_new("out", &b, &err), DFLOW_OK);
	ck_assert_ptr_nonnull(b);
	os_lock_free(&b);
	os_lock_free(&b);
	os_lock_free(NULL);
}
END_TEST

/* By a link as well; and what took its place is another file. */
START_TEST(test_replaced)
{
	struct os_lock *a = NULL, *b = NULL;

	put("out", "old", 0644);
	ck_assert_int_eq(symlink("out", "link"), 0);
	ck_assert_int_eq(os_lock_new("link", &a, &err), DFLOW_OK);
	ck_assert_int_eq(os_lock_new("out", &b, &err), DFLOW_FAILED);
	put("new", "new", 0644);
	ck_assert_int_eq(rename("new", "out"), 0);
	ck_assert_int_eq(os_lock_new("out", &b, &err), DFLOW_OK);
	ck_assert_ptr_nonnull(b);
	os_lock_free(&a);
	ck_assert_int_eq(os_lock_new("link", &a, &err), DFLOW_FAILED);
	os_lock_free(&b);
}
END_TEST

START_TEST(test_folder)
{
	struct os_lock *a = NULL, *b = NULL;

	ck_assert_int_eq(mkdir("folder", 0700), 0);
	ck_assert_int_eq(os_lock_new("folder", &a, &err), DFLOW_OK);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(os_lock_new("folder", &b, &err), DFLOW_FAILED);
	os_lock_free(&a);
}
END_TEST

START_TEST(test_nothing)
{
	struct os_lock *l = NULL;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(os_lock_new("none", &l, &err), DFLOW_OK);
	ck_assert_int_eq(os_lock_new("fifo", &l, &err), DFLOW_OK);
	ck_assert_int_eq(os_lock_new("-", &l, &err), DFLOW_OK);
	ck_assert_ptr_null(l);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lock");
	TCase *t = tcase_create("lock");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_taken);
	tcase_add_test(t, test_replaced);
	tcase_add_test(t, test_folder);
	tcase_add_test(t, test_nothing);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
