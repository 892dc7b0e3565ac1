/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of n200.conf: its own and those of its secrets, which nobody else
 * may read; and the terminal in their place.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keydir.h"
#include "keys/n200conf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define X16 "xxxxxxxxxxxxxxxx"
#define X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
#define X1008                                                                  \
	X256 X256 X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 \
	    X16
#define X1023 X1008 "xxxxxxxxxxxxxxx"

#define PASS "hush-hush"
#define NEEDS                                                      \
	"{\"url\": \"https://seSAM-nserie-101/n200/web/postv1\", " \
	"\"tlscert\": \"/etc/tls/server63.crt\", \"user\": \"pkmaster\""

enum { PATIENCE_MS = 20000 };

static struct dflow_err err;
static struct keydir dir;

static void
setup(void)
{
	keydir_new(&dir);
}

static void
teardown(void)
{
	keydir_free(&dir);
}

static enum dflow_status
parse(const char *text, struct n200_conf **out)
{
	struct secret *s = NULL;
	enum dflow_status status;
	size_t len = strlen(text);

	err.text[0] = '\0';
	ck_assert(secret_new(len == 0 ? 1 : len, &s, &err) == DFLOW_OK);
	ck_assert(secret_put(s, text, len, &err) == DFLOW_OK);
	status = n200_conf_parse("f", s, out, &err);
	secret_free(&s);
	return status;
}

static void
holds(const struct secret *s, const char *text)
{
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->len, strlen(text));
	ck_assert_mem_eq(s->data, text, s->len);
}

/* A file of its own for each of them; NULL: none of that name. */
static const struct {
	const char *pass;
	mode_t mode;
	enum dflow_status is;
	const char *says; /* or the password */
} files[] = {
    {PASS "\n", 0600, DFLOW_OK, PASS},
    {PASS, 0400, DFLOW_OK, PASS},
    {PASS "\r\n", 0600, DFLOW_OK, PASS},
    {PASS " \nmore\n", 0600, DFLOW_OK, PASS " "},
    {X1023 "\n", 0600, DFLOW_OK, X1023},
    {X1023 "x\n", 0600, DFLOW_FAILED, "pass_file: is longer than 1023"},
    {PASS "\n", 0640, DFLOW_REFUSED, "chmod 600"},
    {PASS "\n", 0604, DFLOW_REFUSED, "chmod 600"},
    {"", 0600, DFLOW_FAILED, "the first line is empty"},
    {"\n" PASS "\n", 0600, DFLOW_FAILED, "the first line is empty"},
    {"\r\n", 0600, DFLOW_FAILED, "the first line is empty"},
    {PASS "\t\n", 0600, DFLOW_FAILED, "pass_file: has a control character"},
    {NULL, 0, DFLOW_FAILED, "No such file"},
};

START_TEST(test_pass_file)
{
	char path[KEYDIR_PATH], text[2048];
	struct n200_conf *c = NULL;
	enum dflow_status status;

	keydir_path(&dir, "pass", "", path);
	if (files[_i].pass != NULL)
		keydir_write(path, files[_i].mode, files[_i].pass,
		    strlen(files[_i].pass));
	snprintf(text, sizeof(text), NEEDS ", \"pass_file\": \"%s\"}", path);
	status = parse(text, &c);
	ck_assert_msg(status == files[_i].is, "%zu: %s", (size_t)_i, err.text);
	if (status == DFLOW_OK) {
		holds(c->pass, files[_i].says);
		n200_conf_free(&c);
		snprintf(text, sizeof(text),
		    NEEDS ", \"pass\": \"x\", "
			  "\"keygen_pin_file\": \"%s\"}",
		    path);
		ck_assert(parse(text, &c) == DFLOW_OK);
		holds(c->pin, files[_i].says);
		n200_conf_free(&c);
		return;
	}
	ck_assert_msg(strstr(err.text, files[_i].says) != NULL, "%s", err.text);
	ck_assert_ptr_null(strstr(err.text, PASS));
}
END_TEST

START_TEST(test_read)
{
	const char *text = NEEDS ", \"pass\": \"" PASS "\"}";
	struct n200_conf *c = NULL;
	char path[KEYDIR_PATH];

	keydir_path(&dir, "n200", ".conf", path);
	ck_assert(n200_conf_read(path, &c, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	keydir_write(path, 0600, text, strlen(text));
	ck_assert_msg(
	    n200_conf_read(path, &c, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_str_eq(c->file, path);
	holds(c->pass, PASS);
	n200_conf_free(&c);
	for (int mode = 0604; mode <= 0660; mode += 4) {
		ck_assert_int_eq(chmod(path, (mode_t)mode), 0);
		ck_assert_int_eq(n200_conf_read(path, &c, &err),
		    (mode & 066) != 0 ? DFLOW_REFUSED : DFLOW_OK);
		n200_conf_free(&c);
	}
	keydir_write(path, 0600, text, strlen(text) - 1);
	ck_assert(n200_conf_read(path, &c, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "n200.conf:1: not JSON here"));
}
END_TEST

/* A child with this master's other end as its terminal, or without one. */
static pid_t
child_of(const char *text, int *master)
{
	struct n200_conf *c = NULL;
	pid_t pid = fork();
	int fd;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	setsid();
	if (master != NULL) {
		fd = open(ptsname(*master), O_RDWR);
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
			_exit(99);
	}
	if (parse(text, &c) != DFLOW_OK)
		_exit(err.status == DFLOW_USAGE &&
			      strstr(err.text, "as pass_file") != NULL
			  ? 2
			  : 1);
	if (c->pass->len != 4 || memcmp(c->pass->data, "hush", 4) != 0)
		_exit(3);
	_exit(c->pin == NULL || memcmp(c->pin->data, "1234", 4) == 0 ? 0 : 4);
}

static int
status_of(pid_t pid)
{
	int status = 0;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Waits for words on the terminal, then types. */
static void
answer(int master, const char *words, const char *types)
{
	struct pollfd p = {master, POLLIN, 0};
	char seen[1024] = "";
	size_t len = 0;
	ssize_t n;

	while (strstr(seen, words) == NULL) {
		ck_assert_msg(
		    poll(&p, 1, PATIENCE_MS) == 1, "no \"%s\"", words);
		n = read(master, seen + len, sizeof(seen) - 1 - len);
		ck_assert_int_gt(n, 0);
		len += (size_t)n;
		seen[len] = '\0';
	}
	ck_assert_int_eq(
	    write(master, types, strlen(types)), (ssize_t)strlen(types));
}

static const struct {
	const char *text;
	bool pin;
} asked[] = {
    {NEEDS "}", false},
    {NEEDS ", \"pass_file\": \"/dev/tty\"}", false},
    {NEEDS ", \"keygen_pin_file\": \"/dev/tty\"}", true},
};

START_TEST(test_terminal)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	pid_t pid;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	pid = child_of(asked[_i].text, &master);
	answer(master, "Password of pkmaster at seSAM-nserie-101: ", "hush\n");
	if (asked[_i].pin)
		answer(
		    master, "PIN of pkmaster at seSAM-nserie-101: ", "1234\n");
	ck_assert_int_eq(status_of(pid), 0);
	close(master);
	/* And where there is none. */
	ck_assert_int_eq(status_of(child_of(asked[_i].text, NULL)), 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200conf_files");
	TCase *t = tcase_create("n200conf_files");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_pass_file, 0, (int)COUNT(files));
	tcase_add_test(t, test_read);
	tcase_add_loop_test(t, test_terminal, 0, (int)COUNT(asked));
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
