/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log: whose it is, who may read it, and what a line looks like. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/os_log.h"
#include "folder.h"

/* The file's text, with a NUL; the caller frees it. */
static char *
text_of(const char *path, size_t *len)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	ck_assert_int_eq(os_read(path, 1 << 20, &b, &err), DFLOW_OK);
	*len = b.len;
	buf_u8(&b, 0);
	return (char *)b.data;
}

static void
log_one(const char *path, const char *text)
{
	struct os_log *log = NULL;

	ck_assert_msg(
	    os_log_open(path, &log, &err) == DFLOW_OK, "%s", err.text);
	os_log_line(log, text);
	os_log_close(&log);
	ck_assert_ptr_null(log);
}

/* Whatever the umask. */
START_TEST(test_mode)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	struct stat sb;

	umask(masks[_i]);
	log_one("log", "first");
	ck_assert_uint_eq(mode_of("log"), 0600);
	log_one("log", "second");
	ck_assert_int_eq(stat("log", &sb), 0);
	ck_assert_int_eq(sb.st_size, 2 * 25 + 5 + 6 + 2);
	os_log_close(NULL);
}
END_TEST

START_TEST(test_line)
{
	time_t before = time(NULL), at;
	struct tm tm = {0};
	char *text, *end;
	size_t len;

	log_one("log", "sign 200 214 bytes");
	log_one("log", "a\nb\033[1m\377");
	text = text_of("log", &len);
	end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	ck_assert_ptr_nonnull(end);
	at = timegm(&tm);
	ck_assert_int_ge(at, before);
	ck_assert_int_le(at, time(NULL));
	ck_assert_int_eq(end[0], '.');
	ck_assert_uint_eq(strspn(end + 1, "0123456789"), 3);
	ck_assert_msg(
	    strncmp(end + 4, "Z sign 200 214 bytes\n", 21) == 0, "%s", end);
	ck_assert_str_eq(end + 25 + 24, " a\\010b\\027[1m\\255\n");
	free(text);
}
END_TEST

/* A line is one write and has a bound; an escape is never cut. */
START_TEST(test_long)
{
	static char words[10000];
	char *text;
	size_t len;

	memset(words, _i % 2 == 0 ? 'x' : '\n', sizeof(words) - 1);
	words[_i / 2] = 'y';
	log_one("log", words);
	text = text_of("log", &len);
	ck_assert_uint_le(len, 4096);
	ck_assert_uint_ge(len, 4080);
	ck_assert_str_eq(
	    text + len - 8, _i % 2 == 0 ? "xxxx...\n" : "\\010...\n");
	free(text);
}
END_TEST

/* Lines of several threads do not mix. */
static void *
write_lines(void *arg)
{
	for (int i = 0; i < 200; i++)
		os_log_line(arg, "all of one line");
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[3];
	struct os_log *log = NULL;
	char *text, *line;
	size_t len;
	int n = 0;

	ck_assert_int_eq(os_log_open("log", &log, &err), DFLOW_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, write_lines, log), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	os_log_close(&log);
	text = text_of("log", &len);
	for (line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		n += strcmp(line + 24, " all of one line") == 0;
	ck_assert_int_eq(n, 600);
	free(text);
}
END_TEST

/* The disk is full: nothing happens. */
START_TEST(test_full)
{
	struct os_log *log = NULL;

	ck_assert_int_eq(os_log_open("log", &log, &err), DFLOW_OK);
	/* The descriptor is the next that is free. */
	int next = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);

	ck_assert_int_eq(dup2(full, next - 1), next - 1);
	os_log_line(log, "lost");
	os_log_line(log, "lost");
	os_log_close(&log);
	close(next);
	close(full);
	check_file("log", "");
}
END_TEST

static const struct {
	const char *path;
	enum dflow_status status;
	const char *words;
} refused[] = {
    {"link", DFLOW_REFUSED, "symbolic link; name the file itself"},
    {"dangling", DFLOW_REFUSED, "symbolic link; name the file itself"},
    {"fifo", DFLOW_REFUSED, "must be a regular file"},
    {".", DFLOW_REFUSED, "must be a regular file"},
    {"/dev/null", DFLOW_REFUSED, "must be a regular file"},
    {"readable", DFLOW_REFUSED, "(mode 0640); chmod 600 readable"},
    {"writable", DFLOW_REFUSED, "(mode 0602); chmod 600 writable"},
    {"runnable", DFLOW_REFUSED, "(mode 0601); chmod 600 runnable"},
    {"other", DFLOW_REFUSED, "other: is no log of ours"},
    {"short", DFLOW_REFUSED, "short: is no log of ours"},
    {"none/log", DFLOW_FAILED, "No such file"},
    {"good/log", DFLOW_FAILED, "Not a directory"},
    {"", DFLOW_FAILED, "empty"},
};

START_TEST(test_refused)
{
	struct os_log *log = NULL;

	put("good", "", 0600);
	put("readable", "", 0640);
	put("writable", "", 0602);
	put("runnable", "", 0601);
	put("other", "Private-key-format: v1.3\nAlgorithm: 13\n", 0600);
	put("short", "2026-", 0600);
	ck_assert_int_eq(symlink("good", "link"), 0);
	ck_assert_int_eq(symlink("made", "dangling"), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(
	    os_log_open(refused[_i].path, &log, &err), refused[_i].status);
	ck_assert_ptr_null(log);
	ck_assert_msg(
	    strstr(err.text, refused[_i].words) != NULL, "%s", err.text);
	ck_assert(!os_exists("made"));
	ck_assert_int_eq(entries(), 9);
}
END_TEST

/* Only root can lay another's file there, to try it. */
START_TEST(test_stranger)
{
	struct os_log *log = NULL;

	if (geteuid() != 0)
		return;
	put("log", "", 0600);
	ck_assert_int_eq(chown("log", 12345, (gid_t)-1), 0);
	ck_assert_int_eq(os_log_open("log", &log, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "another user's"));
}
END_TEST

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_mode, 0, 4);
	tcase_add_test(t, test_line);
	tcase_add_loop_test(t, test_long, 0, 8);
	tcase_add_test(t, test_threads);
	tcase_add_test(t, test_full);
	tcase_add_loop_test(t, test_refused, 0, LEN(refused));
	tcase_add_test(t, test_stranger);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
