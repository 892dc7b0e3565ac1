/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are saved whole or not at all, whatever comes in between. */
#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"
#include "folder.h"

START_TEST(test_save_new)
{
	struct os_save *s = NULL;

	umask(027);
	ck_assert_int_eq(os_save_open("a", 0644, &s, &err), DFLOW_OK);
	ck_assert_int_eq(os_save_write(s, "new", 3, &err), DFLOW_OK);
	ck_assert(!os_exists("a"));
	ck_assert_int_eq(os_save_sync(s, &err), DFLOW_OK);
	ck_assert(!os_exists("a"));
	check_file(os_save_name(s), "new");
	/* More may follow, also after it has been read. */
	ck_assert_int_eq(os_save_write(s, "er", 2, &err), DFLOW_OK);
	ck_assert_int_eq(os_save_commit(&s, &err), DFLOW_OK);
	ck_assert_ptr_null(s);
	check_file("a", "newer");
	ck_assert_uint_eq(mode_of("a"), 0640);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(test_save_over)
{
	struct os_save *s = NULL;

	put("a", "old", 0604);
	ck_assert_int_eq(os_save_open("./a", 0644, &s, &err), DFLOW_OK);
	ck_assert_uint_eq(mode_of(os_save_name(s)), 0604);
	ck_assert_int_eq(os_save_write(s, "new", 3, &err), DFLOW_OK);
	ck_assert_int_eq(os_save_sync(s, &err), DFLOW_OK);
	check_file("a", "old");
	os_save_abort(&s);
	ck_assert_ptr_null(s);
	os_save_abort(&s);
	check_file("a", "old");
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(os_write("a", 0644, "new", 3, &err), DFLOW_OK);
	check_file("a", "new");
	ck_assert_uint_eq(mode_of("a"), 0604);
	ck_assert_int_eq(os_write("a", 0644, NULL, 0, &err), DFLOW_OK);
	check_file("a", "");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Pieces around the size of the buffer within. */
START_TEST(test_save_sizes)
{
	static const size_t sizes[] = {
	    1, 262143, 1, 262144, 5, 262145, 600000, 0, 7};
	struct os_save *s = NULL;
	uint8_t *data = malloc(600000);
	struct buf b;
	size_t at = 0;

	ck_assert_ptr_nonnull(data);
	ck_assert_int_eq(os_save_open("a", 0600, &s, &err), DFLOW_OK);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		memset(data, (int)i + 1, sizes[i]);
		ck_assert_int_eq(
		    os_save_write(s, data, sizes[i], &err), DFLOW_OK);
	}
	ck_assert_int_eq(os_save_commit(&s, &err), DFLOW_OK);
	buf_init(&b, 4000000);
	ck_assert_int_eq(os_read("a", 4000000, &b, &err), DFLOW_OK);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			if (b.data[at++] != i + 1)
				ck_abort_msg("piece %zu", i);
	ck_assert_uint_eq(at, b.len);
	buf_free(&b);
	free(data);
}
END_TEST

START_TEST(test_save_links)
{
	ck_assert_int_eq(mkdir("served", 0755), 0);
	put("served/zone", "old", 0644);
	ck_assert_int_eq(symlink("served/zone", "one"), 0);
	ck_assert_int_eq(symlink("one", "two"), 0);
	ck_assert_int_eq(os_write("two", 0644, "new", 3, &err), DFLOW_OK);
	check_file("served/zone", "new");
	ck_assert_int_eq(unlink("served/zone"), 0);
	/* One that leads to nothing yet is followed, too. */
	ck_assert_int_eq(os_write("two", 0644, "first", 5, &err), DFLOW_OK);
	check_file("served/zone", "first");
	check_file("two", "first");
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_int_eq(os_write("loop", 0644, "x", 1, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "too many symbolic links"));
	ck_assert_int_eq(unlink("served/zone"), 0);
	ck_assert_int_eq(entries(), 4);
}
END_TEST

START_TEST(test_save_stranger_link)
{
	if (geteuid() != 0)
		return; /* only root can play two others */
	ck_assert_int_eq(mkdir("open", 0755), 0);
	ck_assert_int_eq(chmod("open", 01777), 0);
	ck_assert_int_eq(symlink("../a", "open/link"), 0);
	ck_assert_int_eq(os_write("open/link", 0644, "x", 1, &err), DFLOW_OK);
	ck_assert_int_eq(lchown("open/link", 65534, 65534), 0);
	ck_assert_int_eq(
	    os_write("open/link", 0644, "y", 1, &err), DFLOW_REFUSED);
	check_file("a", "x");
	ck_assert_int_eq(unlink("open/link"), 0);
}
END_TEST

static const struct {
	const char *path;
	const char *words;
} unwritable[] = {
    {".", "is a folder"},
    {"..", "is a folder"},
    {"sub", "is a folder"},
    {"sub/", "is a folder"},
    {"", ""},
    {"no/file", ""},
    {"a/b", ""},
    {"/dev/null", "not a regular file"},
    {"fifo", "not a regular file"},
    {"/proc/nothing", ""},
};

START_TEST(test_save_refused)
{
	struct os_save *s = NULL;

	put("a", "x", 0644);
	ck_assert_int_eq(mkdir("sub", 0755), 0);
	ck_assert_int_eq(mkfifo("fifo", 0644), 0);
	ck_assert_int_eq(
	    os_save_open(unwritable[_i].path, 0644, &s, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s);
	ck_assert_msg(
	    strstr(err.text, unwritable[_i].words) != NULL, "%s", err.text);
	ck_assert_int_eq(
	    os_save_open_new(unwritable[_i].path, 0644, &s, &err) == DFLOW_OK &&
		os_save_commit(&s, &err) == DFLOW_OK,
	    0);
	ck_assert_int_eq(entries(), 3);
}
END_TEST

/* The folder vanishes, or the target becomes a folder, meanwhile. */
START_TEST(test_save_late)
{
	struct os_save *s = NULL;

	ck_assert_int_eq(os_save_open("a", 0644, &s, &err), DFLOW_OK);
	ck_assert_int_eq(mkdir("a", 0755), 0);
	ck_assert_int_eq(os_save_commit(&s, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s);
	ck_assert_int_eq(entries(), 1);
	ck_assert_ptr_nonnull(strstr(err.text, "untouched"));
}
END_TEST

START_TEST(test_save_long_name)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	ck_assert_int_eq(os_write(name, 0644, "x", 1, &err), DFLOW_OK);
	ck_assert_int_eq(entries(), 1);
	name[255] = 'n';
	name[256] = '\0';
	ck_assert_int_eq(os_write(name, 0644, "x", 1, &err), DFLOW_FAILED);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(test_save_many)
{
	struct os_save *s[17] = {NULL};
	char name[16];

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 16; i++) {
			snprintf(name, sizeof(name), "f%d", i);
			ck_assert_int_eq(
			    os_save_open(name, 0644, &s[i], &err), DFLOW_OK);
		}
		ck_assert_int_eq(
		    os_save_open("g", 0644, &s[16], &err), DFLOW_FAILED);
		for (int i = 0; i < 16; i++)
			os_save_abort(&s[i]);
		ck_assert_int_eq(entries(), 0);
	}
}
END_TEST

/* A file-size limit stands in for a full disk. */
START_TEST(test_save_full)
{
	static uint8_t data[300000];
	struct rlimit limit = {100000, 100000};
	pid_t pid;
	int status;

	put("a", "old", 0644);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(os_write("a", 0644, data, sizeof(data), &err) ==
				  DFLOW_FAILED &&
			      strstr(err.text, "untouched") != NULL
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	check_file("a", "old");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};

START_TEST(test_save_signal)
{
	struct os_save *s = NULL, *t = NULL;
	int status;
	pid_t pid;

	put("a", "old", 0644);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		for (size_t i = 0; i < 5; i++)
			signal(signals[i], SIG_DFL);
		if (os_save_open("a", 0644, &s, &err) != DFLOW_OK ||
		    os_save_open("b", 0644, &t, &err) != DFLOW_OK ||
		    os_save_write(s, "half", 4, &err) != DFLOW_OK ||
		    os_save_sync(s, &err) != DFLOW_OK)
			_exit(1);
		raise(signals[_i]);
		_exit(2);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), signals[_i]);
	check_file("a", "old");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Under nohup, SIGHUP stays ignored. */
START_TEST(test_save_signal_ignored)
{
	int status;
	pid_t pid;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct os_save *s = NULL;

		signal(SIGHUP, SIG_IGN);
		if (os_save_open("a", 0644, &s, &err) != DFLOW_OK)
			_exit(1);
		raise(SIGHUP);
		_exit(os_save_commit(&s, &err) == DFLOW_OK ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	check_file("a", "");
}
END_TEST

START_TEST(test_write_new)
{
	ck_assert_int_eq(os_write_new("k", 0600, "key", 3, &err), DFLOW_OK);
	ck_assert_uint_eq(mode_of("k"), 0600);
	check_file("k", "key");
	ck_assert_int_eq(
	    os_write_new("k", 0600, "other", 5, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "exists already"));
	check_file("k", "key");
	ck_assert_int_eq(symlink("nothing", "link"), 0);
	ck_assert_int_eq(
	    os_write_new("link", 0600, "x", 1, &err), DFLOW_REFUSED);
	ck_assert_int_eq(mkdir("sub", 0755), 0);
	ck_assert_int_eq(
	    os_write_new("sub", 0600, "x", 1, &err), DFLOW_REFUSED);
	ck_assert_int_eq(entries(), 3);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("save");
	TCase *t = tcase_create("os");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_save_new);
	tcase_add_test(t, test_save_over);
	tcase_add_test(t, test_save_sizes);
	tcase_add_test(t, test_save_links);
	tcase_add_test(t, test_save_stranger_link);
	tcase_add_loop_test(t, test_save_refused, 0,
	    (int)(sizeof(unwritable) / sizeof(*unwritable)));
	tcase_add_test(t, test_save_late);
	tcase_add_test(t, test_save_long_name);
	tcase_add_test(t, test_save_many);
	tcase_add_test(t, test_save_full);
	tcase_add_loop_test(
	    t, test_save_signal, 0, (int)(sizeof(signals) / sizeof(*signals)));
	tcase_add_test(t, test_save_signal_ignored);
	tcase_add_test(t, test_write_new);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
