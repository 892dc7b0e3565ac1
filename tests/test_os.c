/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files in a folder of their own: read, private, listed; output; facts. */
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

START_TEST(test_read)
{
	struct buf b;

	put("a", "0123456789", 0644);
	buf_init(&b, 1000);
	ck_assert_int_eq(os_read("a", 10, &b, &err), DFLOW_OK);
	ck_assert_uint_eq(b.len, 10);
	ck_assert_mem_eq(b.data, "0123456789", 10);
	buf_reset(&b);
	ck_assert_int_eq(os_read("a", 9, &b, &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "a: larger than 9 bytes");
	buf_free(&b);
	/* The buffer's own ceiling counts as well. */
	buf_init(&b, 9);
	ck_assert_int_eq(os_read("a", 100, &b, &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "a: larger than 9 bytes");
	buf_free(&b);
	put("empty", "", 0644);
	buf_init(&b, 9);
	ck_assert_int_eq(os_read("empty", 0, &b, &err), DFLOW_OK);
	ck_assert_uint_eq(b.len, 0);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *path;
	const char *words;
} unreadable[] = {
    {"nothing", "No such file"},
    {"", "empty"},
    {".", "is a folder"},
    {"/dev/zero", "neither a file nor a pipe"},
    {"/dev/full", "neither a file nor a pipe"},
    {"loop", "symbolic links"},
    {"a/b", "Not a directory"},
};

START_TEST(test_read_refused)
{
	struct os_reader *r = NULL;
	struct buf b;

	put("a", "x", 0644);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	buf_init(&b, 1000);
	ck_assert_int_eq(
	    os_read(unreadable[_i].path, 1000, &b, &err), DFLOW_FAILED);
	ck_assert_msg(
	    strstr(err.text, unreadable[_i].words) != NULL, "%s", err.text);
	ck_assert_int_eq(
	    os_reader_open(unreadable[_i].path, &r, &err), DFLOW_FAILED);
	ck_assert_ptr_null(r);
	buf_free(&b);
}
END_TEST

/* A child that writes text to fd. */
static pid_t
feed(int fd, const char *text)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		for (; *text != '\0'; text++)
			if (write(fd, text, 1) != 1)
				_exit(1);
		_exit(0);
	}
	return pid;
}

START_TEST(test_read_pipes)
{
	int fds[2], was;
	char name[32];
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = feed(fds[1], "by and by");
	close(fds[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	check_file(name, "by and by");
	close(fds[0]);
	waitpid(pid, NULL, 0);

	ck_assert_int_eq(pipe(fds), 0);
	pid = feed(fds[1], "standard");
	close(fds[1]);
	was = dup(STDIN_FILENO);
	ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	check_file("-", "standard");
	waitpid(pid, NULL, 0);
	/* At its end, and still open: nobody has closed it. */
	check_file("/dev/stdin", "");
	ck_assert_int_eq(dup2(was, STDIN_FILENO), STDIN_FILENO);
	close(was);
}
END_TEST

START_TEST(test_reader)
{
	struct os_reader *r = NULL;
	char piece[4];
	size_t got;

	put("a", "012345", 0644);
	ck_assert_int_eq(os_reader_open("a", &r, &err), DFLOW_OK);
	ck_assert_int_eq(os_reader_read(r, piece, 4, &got, &err), DFLOW_OK);
	ck_assert_uint_eq(got, 4);
	ck_assert_mem_eq(piece, "0123", 4);
	ck_assert_int_eq(os_reader_read(r, piece, 4, &got, &err), DFLOW_OK);
	ck_assert_uint_eq(got, 2);
	ck_assert_int_eq(os_reader_read(r, piece, 4, &got, &err), DFLOW_OK);
	ck_assert_uint_eq(got, 0);
	os_reader_close(&r);
	ck_assert_ptr_null(r);
	os_reader_close(&r);
}
END_TEST

static const struct {
	mode_t mode;
	enum dflow_status want;
} modes[] = {
    {0600, DFLOW_OK},
    {0400, DFLOW_OK},
    {0700, DFLOW_OK},
    {0711, DFLOW_OK},
    {0640, DFLOW_REFUSED},
    {0620, DFLOW_REFUSED},
    {0604, DFLOW_REFUSED},
    {0602, DFLOW_REFUSED},
    {0644, DFLOW_REFUSED},
    {0666, DFLOW_REFUSED},
};

START_TEST(test_private)
{
	struct secret *s = NULL;
	char mend[] = "chmod 600 k";

	put("k", "secret", modes[_i].mode);
	ck_assert_int_eq(os_read_private("k", 100, &s, &err), modes[_i].want);
	if (modes[_i].want == DFLOW_OK) {
		ck_assert_uint_eq(s->len, 6);
		ck_assert_mem_eq(s->data, "secret", 6);
	} else {
		ck_assert_ptr_null(s);
		ck_assert_ptr_nonnull(strstr(err.text, mend));
	}
	secret_free(&s);
}
END_TEST

START_TEST(test_private_kinds)
{
	struct secret *s = NULL;

	put("k", "secret", 0600);
	ck_assert_int_eq(symlink("k", "link"), 0);
	ck_assert_int_eq(os_read_private("link", 6, &s, &err), DFLOW_OK);
	secret_free(&s);
	ck_assert_int_eq(os_read_private("k", 5, &s, &err), DFLOW_FAILED);
	put("empty", "", 0600);
	ck_assert_int_eq(os_read_private("empty", 5, &s, &err), DFLOW_OK);
	ck_assert_uint_eq(s->len, 0);
	secret_free(&s);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(os_read_private("fifo", 5, &s, &err), DFLOW_REFUSED);
	ck_assert_int_eq(os_read_private(".", 5, &s, &err), DFLOW_REFUSED);
	ck_assert_int_eq(os_read_private("no", 5, &s, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s);
}
END_TEST

/* What os_write or os_cat send to standard output. */
static void
check_output(const char *cat, const char *text)
{
	char got[64] = "";
	int fds[2], was = dup(STDOUT_FILENO);
	enum dflow_status st;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
	close(fds[1]);
	if (cat != NULL)
		st = os_cat(cat, &err);
	else
		st = os_write("-", 0, text, strlen(text), &err);
	ck_assert_int_eq(dup2(was, STDOUT_FILENO), STDOUT_FILENO);
	close(was);
	ck_assert_int_eq(st, DFLOW_OK);
	ck_assert_int_ge(read(fds[0], got, sizeof(got) - 1), 0);
	ck_assert_str_eq(got, text);
	close(fds[0]);
}

START_TEST(test_write_out)
{
	char name[32];
	int fds[2];
	char got[8] = "";

	check_output(NULL, "to stdout");
	put("a", "from a file", 0644);
	check_output("a", "from a file");
	ck_assert_int_eq(os_cat("nothing", &err), DFLOW_FAILED);

	ck_assert_int_eq(os_write("/dev/null", 0, "x", 1, &err), DFLOW_OK);
	ck_assert_int_eq(os_write("/dev/full", 0, "x", 1, &err), DFLOW_FAILED);
	ck_assert_str_eq(
	    err.text, "/dev/full: cannot write: No space left on device");
	ck_assert_int_eq(pipe(fds), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	ck_assert_int_eq(os_write(name, 0, "pipe", 4, &err), DFLOW_OK);
	ck_assert_int_eq(read(fds[0], got, sizeof(got) - 1), 4);
	ck_assert_str_eq(got, "pipe");
	close(fds[0]);
	close(fds[1]);
}
END_TEST

struct seen {
	char names[64];
	const char *stop;
};

static enum dflow_status
see(const char *name, void *ctx, struct dflow_err *e)
{
	struct seen *s = ctx;

	snprintf(s->names + strlen(s->names),
	    sizeof(s->names) - strlen(s->names), "%s|", name);
	if (s->stop != NULL && strcmp(name, s->stop) == 0)
		return err_set(e, DFLOW_REFUSED, "stop");
	return DFLOW_OK;
}

START_TEST(test_list)
{
	struct seen s = {"", NULL};

	ck_assert_int_eq(os_list(".", see, &s, &err), DFLOW_OK);
	ck_assert_str_eq(s.names, "");
	put("b", "", 0644);
	put("B", "", 0644);
	put("\303\244", "", 0644);
	put("a", "", 0644);
	put(".h", "", 0644);
	ck_assert_int_eq(os_list(".", see, &s, &err), DFLOW_OK);
	ck_assert_str_eq(s.names, ".h|B|a|b|\303\244|");
	s.names[0] = '\0';
	s.stop = "a";
	ck_assert_int_eq(os_list(".", see, &s, &err), DFLOW_REFUSED);
	ck_assert_str_eq(s.names, ".h|B|a|");
	ck_assert_int_eq(os_list("nothing", see, &s, &err), DFLOW_FAILED);
	ck_assert_int_eq(os_list("a", see, &s, &err), DFLOW_FAILED);
}
END_TEST

START_TEST(test_facts)
{
	uint8_t a[32] = {0}, b[32] = {0};
	double t = os_steady_s();

	ck_assert_uint_ge(os_cores(), 1);
	ck_assert(os_steady_s() >= t);
	os_random(a, sizeof(a));
	os_random(b, sizeof(b));
	ck_assert_mem_ne(a, b, sizeof(a));
	os_random(NULL, 0);
	ck_assert(os_exists("."));
	ck_assert(!os_exists("nothing"));
	ck_assert_int_eq(symlink("nothing", "link"), 0);
	ck_assert(os_exists("link"));
	os_remove("link");
	ck_assert(!os_exists("link"));
	os_remove("nothing");
	ck_assert_ptr_null(os_pages_new(0));
	ck_assert_ptr_null(os_pages_new(SIZE_MAX));
}
END_TEST

START_TEST(test_harden)
{
	struct rlimit limit;
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		os_harden();
		_exit(getrlimit(RLIMIT_CORE, &limit) == 0 &&
			      limit.rlim_cur == 0 && limit.rlim_max == 0
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("os");
	TCase *t = tcase_create("os");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_read);
	tcase_add_loop_test(t, test_read_refused, 0,
	    (int)(sizeof(unreadable) / sizeof(*unreadable)));
	tcase_add_test(t, test_read_pipes);
	tcase_add_test(t, test_reader);
	tcase_add_loop_test(
	    t, test_private, 0, (int)(sizeof(modes) / sizeof(*modes)));
	tcase_add_test(t, test_private_kinds);
	tcase_add_test(t, test_write_out);
	tcase_add_test(t, test_list);
	tcase_add_test(t, test_facts);
	tcase_add_test(t, test_harden);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
