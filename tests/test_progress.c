/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line: its text, and when it is on a terminal. */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../src/cli.h"
#include "../src/progress.h"

enum { PATIENCE_MS = 20000 };

static const struct {
	struct progress p;
	const char *text;
} lines[] = {
    {{"sign", 1234567, 2750000, 0, 14.87, 80},
	"sign  44%  1,234,567 of 2,750,000  83,000/s  19 s left"},
    {{"sign", 1234567, 2750000, 0, 14.87, 0},
	"sign  44%  1,234,567 of 2,750,000  83,000/s  19 s left"},
    /* Too early for a rate, or for what follows from it. */
    {{"sign", 0, 10, 0, 0, 80}, "sign   0%  0 of 10"},
    {{"sign", 5, 10, 0, 0, 80}, "sign  50%  5 of 10"},
    {{"sign", 500, 1000, 0, 0.5, 80}, "sign  50%  500 of 1,000  1,000/s"},
    /* What was done before it was first heard of is not in the rate. */
    {{"sign", 500, 1000, 400, 2, 80},
	"sign  50%  500 of 1,000  50/s  11 s left"},
    {{"sign", 400, 1000, 400, 20, 80}, "sign  40%  400 of 1,000"},
    {{"verify", 1, 7202, 0, 1, 80}, "verify   0%  1 of 7,202  1/s  3 h left"},
    {{"verify", 1, 201, 0, 1, 80}, "verify   0%  1 of 201  1/s  4 min left"},
    {{"verify", 1, UINT64_MAX, 0, 1, 80},
	"verify   0%  1 of 18,446,744,073,709,551,615  1/s"},
    {{"verify", 1, 9, 0, 20, 80}, "verify  11%  1 of 9  3 min left"},
    /* At the end, beyond it, and where there is none. */
    {{"sign", 10, 10, 0, 2, 80}, "sign 100%  10 of 10  5/s"},
    {{"sign", 30, 10, 0, 2, 80}, "sign 100%  30 of 10  15/s"},
    {{"load", 0, 0, 0, 2, 80}, "load  0"},
    {{"load", 3000000, 0, 0, 2, 80}, "load  3,000,000  1,500,000/s"},
    {{"load", UINT64_MAX, UINT64_MAX, 0, 1e-300, 80},
	"load 100%  18,446,744,073,709,551,615 of 18,446,744,073,709,551,615"},
    {{"load", UINT64_MAX, 0, 0, 0.2, 80},
	"load  18,446,744,073,709,551,615  1,120,000,000,000,000/s"},
    /* Narrow terminals get whole words. */
    {{"sign", 1234567, 2750000, 0, 14.87, 54},
	"sign  44%  1,234,567 of 2,750,000  83,000/s"},
    {{"sign", 1234567, 2750000, 0, 14.87, 34},
	"sign  44%  1,234,567 of 2,750,000"},
    {{"sign", 1234567, 2750000, 0, 14.87, 33}, "sign  44%"},
    {{"sign", 1234567, 2750000, 0, 14.87, 10}, "sign  44%"},
    {{"sign", 1234567, 2750000, 0, 14.87, 9}, "sign"},
    {{"sign", 1234567, 2750000, 0, 14.87, 4}, "sig"},
    {{"sign", 1234567, 2750000, 0, 14.87, 1}, ""},
    {{"sign", 1234567, 2750000, 0, 14.87, 9999},
	"sign  44%  1,234,567 of 2,750,000  83,000/s  19 s left"},
};

START_TEST(test_text)
{
	char out[PROGRESS_TEXT];

	progress_text(&lines[_i].p, out);
	ck_assert_str_eq(out, lines[_i].text);
}
END_TEST

static void
rest(unsigned ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	ck_assert_int_eq(nanosleep(&t, NULL), 0);
}

/* Runs child with stderr at fd; its exit status must be 0. */
static void
run_at(void (*child)(void), int fd)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (dup2(fd, STDERR_FILENO) < 0)
			_exit(99);
		child();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

/* What child writes to a terminal of that many columns. */
static void
at_terminal(void (*child)(void), unsigned short columns, char seen[2048])
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd;
	struct pollfd p = {master, POLLIN, 0};
	size_t len = 0;
	ssize_t n;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
	run_at(child, fd);
	ck_assert_int_eq(write(fd, "$", 1), 1); /* the end, behind all else */
	do {
		ck_assert_int_eq(poll(&p, 1, PATIENCE_MS), 1);
		n = read(master, seen + len, 2048 - len);
		ck_assert_int_gt(n, 0);
		len += (size_t)n;
	} while (len < 2048 && seen[len - 1] != '$');
	seen[len - 1] = '\0';
	close(fd);
	close(master);
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
		n++;
	return n;
}

static void
child_busy(void)
{
	struct cli_progress p = {0};

	for (unsigned i = 0; i <= 100000; i++)
		cli_progress(&p, "sign", i, 100000);
	cli_progress_end(&p);
	cli_progress_end(&p);
}

/* Called often, it writes seldom, and leaves an empty line. */
START_TEST(test_seldom)
{
	char seen[2048];
	double s;
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	at_terminal(child_busy, 80, seen);
	clock_gettime(CLOCK_MONOTONIC, &to);
	s = (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	ck_assert_uint_le(count(seen, "sign"), 1 + (size_t)(s / 0.2));
	ck_assert_ptr_eq(strstr(seen, "\rsign   0%  0 of 100,000\033[K"), seen);
	ck_assert_str_eq(seen + strlen(seen) - 4, "\r\033[K");
	ck_assert_uint_eq(count(seen, "\r\033[K"), 1);
	ck_assert_ptr_null(strchr(seen, '\n'));
}
END_TEST

/* Phases, the second of which begins at 400. */
static void
child_phases(void)
{
	struct cli_progress p = {0};

	cli_progress(&p, "sign", 0, 10);
	rest(250);
	cli_progress(&p, "sign", 10, 10);
	cli_progress(&p, "verify", 400, 1000);
	rest(500);
	cli_progress(&p, "verify", 500, 1000);
	cli_progress_end(&p);
}

START_TEST(test_phases)
{
	char seen[2048];
	unsigned rate = 0;
	char *at;

	at_terminal(child_phases, 80, seen);
	ck_assert_ptr_nonnull(strstr(seen, "\rsign   0%  0 of 10\033[K"));
	ck_assert_ptr_nonnull(strstr(seen, "\rsign 100%  10 of 10  "));
	/* A hundred in half a second, or more on a machine that is busy. */
	at = strstr(seen, "\rverify  50%  500 of 1,000  ");
	ck_assert_msg(at != NULL, "%s", seen);
	ck_assert_int_eq(
	    sscanf(at, "\rverify 50%% 500 of 1,000 %u/s", &rate), 1);
	ck_assert_uint_gt(rate, 0);
	ck_assert_uint_le(rate, 200);
}
END_TEST

START_TEST(test_narrow)
{
	char seen[2048];

	at_terminal(child_phases, 12, seen);
	ck_assert_ptr_eq(strstr(seen, "\rsign   0%\033[K"), seen);
	ck_assert_ptr_null(strstr(seen, " of "));
}
END_TEST

START_TEST(test_no_terminal)
{
	char seen[16];
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	run_at(child_busy, fds[1]);
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], seen, sizeof(seen)), 0);
	close(fds[0]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("progress");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_text, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(t, test_seldom);
	tcase_add_test(t, test_phases);
	tcase_add_test(t, test_narrow);
	tcase_add_test(t, test_no_terminal);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
