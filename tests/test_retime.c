/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a key, written into its files; all else stays as it was. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/retime.h"

enum { FILE_MAX = 8192, END = 1800000000, GONE = 1800100000 };

static struct keydir dir;
static char base[KEYDIR_PATH];

static void
setup(void)
{
	keydir_new(&dir);
	keydir_make(&dir, "13", false, base);
}

static void
teardown(void)
{
	keydir_free(&dir);
}

static const char *
path_of(const char *ending)
{
	static char path[KEYDIR_PATH + 16];

	snprintf(path, sizeof(path), "%s%s", base, ending);
	return path;
}

static enum dflow_status
set(int64_t inactive, int64_t removed)
{
	struct keyfile *k = NULL;
	struct dflow_err err = {0};
	enum dflow_status st;

	ck_assert(keyfile_read(base, &k, &err) == DFLOW_OK);
	st = retime(k, inactive, removed, &err);
	ck_assert_msg(
	    (st == DFLOW_OK) == (err.text[0] == '\0'), "%s", err.text);
	keyfile_free(&k);
	return st;
}

static void
expect(int64_t inactive, int64_t removed)
{
	struct keyfile *k = NULL;
	struct dflow_err err = {0};

	ck_assert_msg(keyfile_read(base, &k, &err) == DFLOW_OK, "%s", err.text);
	ck_assert(k->times.inactive == inactive);
	ck_assert(k->times.remove == removed);
	ck_assert(k->times.publish != KEYTIME_UNSET);
	keyfile_free(&k);
}

/* Set, set anew, and taken out: then both files are what they were. */
START_TEST(test_both)
{
	char key[FILE_MAX], private[FILE_MAX], now[FILE_MAX];
	struct stat s;

	keydir_read(path_of(".key"), key, sizeof(key));
	keydir_read(path_of(".private"), private, sizeof(private));
	ck_assert(set(END, GONE) == DFLOW_OK);
	expect(END, GONE);
	keydir_read(path_of(".key"), now, sizeof(now));
	ck_assert_ptr_nonnull(
	    strstr(now, "; Inactive: 20270115080000 (2027-01-15 08:00:00 UTC)\n"
			"; Delete: 20270116114640 (2027-01-16 11:46:40 UTC)\n"
			"example.com. "));
	ck_assert(set(END + 1, GONE + 1) == DFLOW_OK);
	expect(END + 1, GONE + 1);
	keydir_read(path_of(".private"), now, sizeof(now));
	ck_assert_ptr_nonnull(strstr(now, "Inactive: 20270115080001\n"));
	ck_assert_ptr_null(strstr(now, "20270115080000"));
	ck_assert(stat(path_of(".private"), &s) == 0);
	ck_assert_uint_eq(s.st_mode & 07777, 0600);
	ck_assert(set(KEYTIME_UNSET, KEYTIME_UNSET) == DFLOW_OK);
	expect(KEYTIME_UNSET, KEYTIME_UNSET);
	keydir_read(path_of(".key"), now, sizeof(now));
	ck_assert_str_eq(now, key);
	keydir_read(path_of(".private"), now, sizeof(now));
	ck_assert_str_eq(now, private);
}
END_TEST

/* An encrypted key has its times in the .key file alone. */
START_TEST(test_pem)
{
	ck_assert_int_eq(unlink(path_of(".private")), 0);
	ck_assert(set(END, GONE) == DFLOW_OK);
	expect(END, GONE);
	ck_assert_int_ne(access(path_of(".private"), F_OK), 0);
}
END_TEST

/* A private file of old has no times: it does not hide those in the .key. */
START_TEST(test_comments)
{
	char text[FILE_MAX], after[FILE_MAX];
	char *created;

	keydir_read(path_of(".private"), text, sizeof(text));
	created = strstr(text, "Created: ");
	ck_assert_ptr_nonnull(created);
	*created = '\0';
	keydir_write(path_of(".private"), 0600, text, strlen(text));
	ck_assert(set(END, GONE) == DFLOW_OK);
	expect(END, GONE);
	keydir_read(path_of(".private"), after, sizeof(after));
	ck_assert_str_eq(after, text);
	ck_assert(set(KEYTIME_UNSET, KEYTIME_UNSET) == DFLOW_OK);
	expect(KEYTIME_UNSET, KEYTIME_UNSET);
}
END_TEST

/* A last line without its newline does not swallow what comes behind. */
START_TEST(test_newline)
{
	char text[FILE_MAX];
	size_t len = keydir_read(path_of(".private"), text, sizeof(text));

	ck_assert_int_eq(text[len - 1], '\n');
	keydir_write(path_of(".private"), 0600, text, len - 1);
	ck_assert(set(END, GONE) == DFLOW_OK);
	expect(END, GONE);
}
END_TEST

/* A private file that others can read is none to be trusted: nothing changes.
 */
START_TEST(test_refused)
{
	char before[FILE_MAX], after[FILE_MAX];

	keydir_read(path_of(".key"), before, sizeof(before));
	ck_assert_int_eq(chmod(path_of(".private"), 0644), 0);
	ck_assert(set(END, GONE) == DFLOW_REFUSED);
	keydir_read(path_of(".key"), after, sizeof(after));
	ck_assert_str_eq(before, after);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("retime");
	TCase *t = tcase_create("retime");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_both);
	tcase_add_test(t, test_pem);
	tcase_add_test(t, test_comments);
	tcase_add_test(t, test_newline);
	tcase_add_test(t, test_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
