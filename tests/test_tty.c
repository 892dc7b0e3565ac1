/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passphrases and questions, from a descriptor and at a pseudo-terminal. */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/os.h"

enum { PATIENCE_MS = 20000 };

static struct dflow_err err;

/* os_passphrase over a pipe that holds text. */
static enum dflow_status
ask_fd(const char *text, size_t len, struct secret **out, int *rest)
{
	enum dflow_status st;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], text, len), (ssize_t)len);
	close(fds[1]);
	st = os_passphrase("never shown", fds[0], true, out, &err);
	if (rest != NULL)
		*rest = fds[0];
	else
		close(fds[0]);
	return st;
}

START_TEST(test_fd)
{
	struct secret *s = NULL;
	char left[16] = "";
	int rest;

	ck_assert_int_eq(ask_fd("first line\nsecond", 17, &s, &rest), DFLOW_OK);
	ck_assert_uint_eq(s->len, 10);
	ck_assert_mem_eq(s->data, "first line", 10);
	secret_free(&s);
	/* Not a byte beyond its line was eaten. */
	ck_assert_int_eq(read(rest, left, sizeof(left) - 1), 6);
	ck_assert_str_eq(left, "second");
	close(rest);
	ck_assert_int_eq(ask_fd("no newline", 10, &s, NULL), DFLOW_OK);
	ck_assert_uint_eq(s->len, 10);
	secret_free(&s);
	ck_assert_int_eq(ask_fd("\303\244 \t\r\n", 6, &s, NULL), DFLOW_OK);
	ck_assert_uint_eq(s->len, 5);
	secret_free(&s);
}
END_TEST

START_TEST(test_fd_refused)
{
	struct secret *s = NULL;
	char text[2000];
	int rest;

	ck_assert_int_eq(ask_fd("", 0, &s, NULL), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "empty"));
	ck_assert_int_eq(ask_fd("\nx\n", 3, &s, NULL), DFLOW_FAILED);
	ck_assert_int_eq(ask_fd("a\0b\n", 4, &s, NULL), DFLOW_FAILED);
	memset(text, 'x', sizeof(text));
	text[1023] = '\n';
	ck_assert_int_eq(ask_fd(text, 1025, &s, NULL), DFLOW_OK);
	ck_assert_uint_eq(s->len, 1023);
	secret_free(&s);
	text[1023] = 'x';
	text[1024] = '\n';
	ck_assert_int_eq(ask_fd(text, 1025, &s, &rest), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "longer than 1023"));
	close(rest);
	ck_assert_ptr_null(s);
	ck_assert_int_eq(
	    os_passphrase("p", 999, false, &s, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s);
}
END_TEST

/* What a child does at its terminal; its result is the exit status. */
static int
child_passphrase(void)
{
	struct secret *s = NULL;
	int ok;

	if (os_passphrase("Pass\033[1m: ", -1, true, &s, &err) != DFLOW_OK)
		return strstr(err.text, "differ") != NULL ? 11 : 10;
	ok = s->len == 4 && memcmp(s->data, "hush", 4) == 0;
	secret_free(&s);
	return ok ? 0 : 12;
}

static int
child_confirm(void)
{
	bool yes = false;

	if (os_confirm("Sign? ", &yes, &err) != DFLOW_OK)
		return 10;
	return yes ? 0 : 1;
}

/* A child whose controlling terminal is the other end of *master. */
static pid_t
at_terminal(int (*child)(void), int *master)
{
	static const int all[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM};
	pid_t pid;
	int fd;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(*master, 0);
	ck_assert_int_eq(grantpt(*master), 0);
	ck_assert_int_eq(unlockpt(*master), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
			signal(all[i], SIG_DFL);
		setsid();
		fd = open(ptsname(*master), O_RDWR);
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
			_exit(99);
		close(*master);
		_exit(child());
	}
	return pid;
}

/* Reads from the terminal until words have been shown; all goes to seen. */
static void
expect(int master, const char *words, char seen[1024])
{
	struct pollfd p = {master, POLLIN, 0};
	size_t len = strlen(seen), at = len;
	ssize_t n;

	while (strstr(seen + at, words) == NULL) {
		ck_assert_msg(
		    poll(&p, 1, PATIENCE_MS) == 1, "no \"%s\"", words);
		n = read(master, seen + len, 1023 - len);
		ck_assert_msg(n > 0, "end without \"%s\": %s", words, seen);
		len += (size_t)n;
		seen[len] = '\0';
	}
}

static void
type(int master, const char *text)
{
	ck_assert_int_eq(
	    write(master, text, strlen(text)), (ssize_t)strlen(text));
}

static bool
echo_is_on(int master)
{
	struct termios t;

	ck_assert_int_eq(tcgetattr(master, &t), 0);
	return (t.c_lflag & ECHO) != 0;
}

static const struct {
	const char *first, *second;
	int status;
} typed[] = {
    {"hush\n", "hush\n", 0},
    {"hush\n", "husk\n", 11},
    {"hush\n", "hushh\n", 11},
    {"hush\n", "\n", 10},
    {"hux\177sh\n", "hush\n", 0},
};

START_TEST(test_terminal_passphrase)
{
	char seen[1024] = "";
	int master, status;
	pid_t pid = at_terminal(child_passphrase, &master);

	expect(master, "Pass\\027[1m: ", seen);
	ck_assert(!echo_is_on(master));
	type(master, typed[_i].first);
	expect(master, "once more: ", seen);
	type(master, typed[_i].second);
	expect(master, "\n", seen);
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), typed[_i].status);
	ck_assert(echo_is_on(master));
	ck_assert_ptr_null(strstr(seen, "hus"));
	close(master);
}
END_TEST

/* Typed ahead, as a script does it. */
START_TEST(test_terminal_ahead)
{
	int master, status;
	pid_t pid = at_terminal(child_passphrase, &master);

	type(master, "hush\nhush\n");
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(echo_is_on(master));
	close(master);
}
END_TEST

/* Control-C and kill: dead by that signal, and echo is back. */
START_TEST(test_terminal_signal)
{
	char seen[1024] = "";
	int master, status;
	pid_t pid = at_terminal(child_passphrase, &master);

	expect(master, ": ", seen);
	ck_assert(!echo_is_on(master));
	if (_i == 0)
		type(master, "hu\003");
	else
		ck_assert_int_eq(kill(pid, SIGTERM), 0);
	waitpid(pid, &status, 0);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), _i == 0 ? SIGINT : SIGTERM);
	ck_assert(echo_is_on(master));
	close(master);
}
END_TEST

static int
child_ignores(void)
{
	signal(SIGHUP, SIG_IGN);
	return child_passphrase();
}

/* A signal that does not end it: the question is put again. */
START_TEST(test_terminal_signal_survived)
{
	char seen[1024] = "";
	int master, status;
	pid_t pid = at_terminal(child_ignores, &master);

	expect(master, "[1m: ", seen);
	ck_assert_int_eq(kill(pid, SIGHUP), 0);
	expect(master, "[1m: ", seen);
	ck_assert(!echo_is_on(master));
	type(master, "hush\n");
	expect(master, "once more: ", seen);
	type(master, "hush\n");
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(master);
}
END_TEST

static const struct {
	const char *answer;
	int status;
} answers[] = {
    {"yes\n", 0},
    {"y\n", 1},
    {"YES\n", 1},
    {"yes \n", 1},
    {" yes\n", 1},
    {"yes!\n", 1},
    {"\n", 1},
    {"no\n", 1},
    {"\004", 1},
    {"yes but this goes on and on and on and on\n", 1},
};

START_TEST(test_terminal_confirm)
{
	char seen[1024] = "";
	int master, status;
	pid_t pid = at_terminal(child_confirm, &master);

	expect(master, "Sign? ", seen);
	ck_assert(echo_is_on(master));
	type(master, answers[_i].answer);
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), answers[_i].status);
	close(master);
}
END_TEST

START_TEST(test_no_terminal)
{
	struct secret *s = NULL;
	bool yes = true;
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setsid();
		if (os_passphrase("p", -1, false, &s, &err) != DFLOW_USAGE ||
		    strstr(err.text, "no terminal to ask on") == NULL)
			_exit(1);
		if (os_confirm("q", &yes, &err) != DFLOW_USAGE || !yes)
			_exit(2);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tty");
	TCase *t = tcase_create("tty");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_fd);
	tcase_add_test(t, test_fd_refused);
	tcase_add_loop_test(t, test_terminal_passphrase, 0,
	    (int)(sizeof(typed) / sizeof(*typed)));
	tcase_add_test(t, test_terminal_ahead);
	tcase_add_loop_test(t, test_terminal_signal, 0, 2);
	tcase_add_test(t, test_terminal_signal_survived);
	tcase_add_loop_test(t, test_terminal_confirm, 0,
	    (int)(sizeof(answers) / sizeof(*answers)));
	tcase_add_test(t, test_no_terminal);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
