/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key's times, written into its files; all else stays as it was. */
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
set_times(const struct keytimes *t, uint32_t which)
{
	struct keyfile *k = NULL;
	struct dflow_err err = {0};
	enum dflow_status st;

	ck_assert_msg(keyfile_read(base, &k, &err) == DFLOW_OK, "%s", err.text);
	st = retime(k, t, which, &err);
	ck_assert_msg(
	    (st == DFLOW_OK) == (err.text[0] == '\0'), "%s", err.text);
	keyfile_free(&k);
	return st;
}

static enum dflow_status
set(int64_t inactive, int64_t removed)
{
	struct keytimes t;

	keytimes_clear(&t);
	t.inactive = inactive;
	t.remove = removed;
	return set_times(&t, 1U << KEYTIME_INACTIVE | 1U << KEYTIME_REMOVE);
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

/* Each time alone, in both files; the others, and their order, stay. */
START_TEST(test_each)
{
	char key[FILE_MAX], private[FILE_MAX], now[FILE_MAX];
	struct keyfile *k = NULL;
	struct dflow_err err = {0};
	struct keytimes t;

	keydir_read(path_of(".key"), key, sizeof(key));
	keydir_read(path_of(".private"), private, sizeof(private));
	for (enum keytime i = 0; i < KEYTIMES; i++) {
		ck_assert(keyfile_read(base, &k, &err) == DFLOW_OK);
		t = k->times;
		keyfile_free(&k);
		for (enum keytime n = 0; n < KEYTIMES; n++)
			keytimes_set(&t, n, END + (int64_t)n);
		ck_assert(set_times(&t, 1U << i) == DFLOW_OK);
		ck_assert(keyfile_read(base, &k, &err) == DFLOW_OK);
		for (enum keytime n = 0; n < KEYTIMES; n++)
			ck_assert_msg((keytimes_get(&k->times, n) ==
					  END + (int64_t)n) == (n <= i),
			    "time %d when %d was set", (int)n, (int)i);
		keyfile_free(&k);
	}
	keydir_read(path_of(".key"), now, sizeof(now));
	ck_assert_ptr_nonnull(strstr(now,
	    "; Created: 20270115080000 (2027-01-15 08:00:00 UTC)\n"
	    "; Publish: 20270115080001 (2027-01-15 08:00:01 UTC)\n"
	    "; Activate: 20270115080002 (2027-01-15 08:00:02 UTC)\n"
	    "; Revoke: 20270115080003 (2027-01-15 08:00:03 UTC)\n"
	    "; Inactive: 20270115080004 (2027-01-15 08:00:04 UTC)\n"
	    "; Delete: 20270115080005 (2027-01-15 08:00:05 UTC)\n"
	    "; SyncPublish: 20270115080006 (2027-01-15 08:00:06 UTC)\n"
	    "; SyncDelete: 20270115080007 (2027-01-15 08:00:07 UTC)\n"
	    "example.com. "));
	keydir_read(path_of(".private"), now, sizeof(now));
	ck_assert_ptr_nonnull(strstr(now,
	    "Created: 20270115080000\nPublish: 20270115080001\n"
	    "Activate: 20270115080002\nRevoke: 20270115080003\n"
	    "Inactive: 20270115080004\nDelete: 20270115080005\n"
	    "SyncPublish: 20270115080006\nSyncDelete: 20270115080007\n"));
	/* And back: what was not there is taken out. */
	keytimes_clear(&t);
	t.created = t.publish = t.activate = KEYDIR_NOW;
	ck_assert(set_times(&t, (1U << KEYTIMES) - 1) == DFLOW_OK);
	keydir_read(path_of(".key"), now, sizeof(now));
	ck_assert_str_eq(now, key);
	keydir_read(path_of(".private"), now, sizeof(now));
	ck_assert_str_eq(now, private);
}
END_TEST

/* As the reader does: a comment's blanks and case, and one behind the key. */
START_TEST(test_loose)
{
	static const char head[] = ";  inactive: 20270101000000 (by hand)\n"
				   "; Inactive means: 20270101000000\n";
	static const char tail[] = ";\tInactive:20270102000000\n";
	char text[FILE_MAX], now[FILE_MAX];
	size_t len = sizeof(head) - 1;

	memcpy(text, head, len);
	len += keydir_read(path_of(".key"), text + len, sizeof(text) - 100);
	memcpy(text + len, tail, sizeof(tail) - 1);
	len += sizeof(tail) - 1;
	keydir_write(path_of(".key"), 0644, text, len);
	/* Without the private file the comments count. */
	ck_assert_int_eq(unlink(path_of(".private")), 0);
	ck_assert(set(END, GONE) == DFLOW_OK);
	expect(END, GONE);
	keydir_read(path_of(".key"), now, sizeof(now));
	ck_assert_ptr_null(strstr(now, "by hand"));
	ck_assert_ptr_null(strstr(now, "20270102"));
	ck_assert_ptr_nonnull(
	    strstr(now, "; Inactive means: 20270101000000\n"));
	ck_assert(strncmp(now, "; Inactive: 20270115080000 (2027", 30) == 0);
}
END_TEST

/* Nothing to be written: a missing newline stays missing. */
START_TEST(test_nothing)
{
	char text[FILE_MAX], after[FILE_MAX];
	size_t len = keydir_read(path_of(".private"), text, sizeof(text));

	keydir_write(path_of(".private"), 0600, text, --len);
	text[len] = '\0';
	ck_assert(set(KEYTIME_UNSET, KEYTIME_UNSET) == DFLOW_OK);
	keydir_read(path_of(".private"), after, sizeof(after));
	ck_assert_str_eq(text, after);
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
	tcase_add_test(t, test_each);
	tcase_add_test(t, test_loose);
	tcase_add_test(t, test_nothing);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
