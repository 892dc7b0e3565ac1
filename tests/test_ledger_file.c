/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger as a file: who may append to it, and that what stands there stays
 * whatever happens.
 */
#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"
#include "exchange/ledger.h"
#include "folder.h"
#include "ledgers.h"

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const struct {
	const char *path;
	enum dflow_status status;
	const char *words;
} unusable[] = {
    {"link", DFLOW_REFUSED, "the ledger is a symbolic link"},
    {"dangling", DFLOW_REFUSED, "the ledger is a symbolic link"},
    {"fifo", DFLOW_REFUSED, "must be a regular file"},
    {".", DFLOW_REFUSED, "must be a regular file"},
    {"/dev/null", DFLOW_REFUSED, "must be a regular file"},
    {"readable", DFLOW_REFUSED, "(mode 0640); chmod 600 readable"},
    {"writable", DFLOW_REFUSED, "(mode 0602); chmod 600 writable"},
    {"stranger", DFLOW_REFUSED, "another user's"},
    {"damaged", DFLOW_REFUSED, "damaged:2: entry 1 was changed"},
    {"empty", DFLOW_REFUSED, "empty, and no ledger"},
    {"good/l", DFLOW_FAILED, "Not a directory"},
    {"none/l", DFLOW_FAILED, "No such file"},
    {"", DFLOW_USAGE, "kept in a file"},
    {"-", DFLOW_USAGE, "kept in a file"},
};

START_TEST(test_unusable)
{
	struct ledger *l = NULL;
	enum dflow_status st;

	make("good", 1);
	put("readable", HEAD, 0640);
	put("writable", HEAD, 0602);
	put("damaged", "dnssecflow-ledger 1\nx\n", 0600);
	put("empty", "", 0600);
	put("stranger", HEAD, 0600);
	ck_assert_int_eq(symlink("good", "link"), 0);
	ck_assert_int_eq(symlink("made", "dangling"), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	/* Only root can lay another's file there, to try it. */
	if (chown("stranger", 12345, (gid_t)-1) != 0 &&
	    strcmp(unusable[_i].path, "stranger") == 0)
		return;
	st = ledger_open(unusable[_i].path, NULL, NULL, &l, &err);
	/* Where there is nothing, the folder is met with the first entry. */
	if (st == DFLOW_OK && unusable[_i].status == DFLOW_FAILED)
		st = append(l, NOW, "a.");
	ck_assert_int_eq(st, unusable[_i].status);
	ck_assert_msg(
	    strstr(err.text, unusable[_i].words) != NULL, "%s", err.text);
	ck_assert(!os_exists("made"));
	ledger_close(&l);
	ck_assert_int_eq(entries(), 9);
}
END_TEST

START_TEST(test_lock)
{
	struct ledger *one = NULL, *two = NULL;

	make("l", 1);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &one, &err), DFLOW_OK);
	ck_assert_int_eq(
	    ledger_open("l", NULL, NULL, &two, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "another process has"));
	ck_assert_ptr_null(two);
	ledger_close(&one);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &two, &err), DFLOW_OK);
	ledger_close(&two);
	/* Two that begin one: the second one's entry is refused. */
	ck_assert_int_eq(ledger_open("m", NULL, NULL, &one, &err), DFLOW_OK);
	ck_assert_int_eq(ledger_open("m", NULL, NULL, &two, &err), DFLOW_OK);
	ck_assert_int_eq(append(two, NOW, "a."), DFLOW_OK);
	ck_assert_int_eq(append(one, NOW, "b."), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(
	    strstr(err.text, "by somebody else meanwhile; run this again"));
	ck_assert_uint_eq(ledger_facts(one)->count, 0);
	/* But the first one may add another, and holds the lock by now. */
	ck_assert_int_eq(append(two, NOW, "c."), DFLOW_OK);
	ck_assert_uint_eq(ledger_facts(two)->count, 2);
	ledger_close(&one);
	ck_assert_int_eq(
	    ledger_open("m", NULL, NULL, &one, &err), DFLOW_REFUSED);
	ledger_close(&two);
	ck_assert_int_eq(ledger_open("m", NULL, NULL, &one, &err), DFLOW_OK);
	ledger_close(&one);
}
END_TEST

/* Somebody does not ask for the lock. */
START_TEST(test_meanwhile)
{
	struct ledger *l = NULL;
	char text[TEXT_MAX];
	char after[TEXT_MAX];
	FILE *f;

	make("l", 2);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &l, &err), DFLOW_OK);
	switch (_i) {
	case 0: /* adds */
		f = fopen("l", "a");
		ck_assert_ptr_nonnull(f);
		fputs("x", f);
		fclose(f);
		break;
	case 1: /* cuts */
		ck_assert_int_eq(truncate("l", 100), 0);
		break;
	case 2: /* saves another file under the name, as editors do */
		(void)slurp("l", text);
		put("l2", text, 0600);
		ck_assert_int_eq(rename("l2", "l"), 0);
		break;
	default: /* removes it */
		ck_assert_int_eq(unlink("l"), 0);
	}
	if (_i < 3)
		(void)slurp("l", text);
	ck_assert_int_eq(
	    append(l, NOW, "a."), _i < 3 ? DFLOW_REFUSED : DFLOW_FAILED);
	ck_assert_uint_eq(ledger_facts(l)->count, 2);
	ledger_close(&l);
	if (_i == 3)
		return;
	ck_assert_ptr_nonnull(strstr(err.text, "by somebody else meanwhile"));
	(void)slurp("l", after);
	ck_assert_str_eq(text, after);
}
END_TEST

/* What cannot be in an entry is refused before it is written. */
START_TEST(test_unwritable)
{
	static char zone[LEDGER_LINE_MAX];
	struct ledger *l = NULL;
	char text[TEXT_MAX];
	char after[TEXT_MAX];

	make("l", 1);
	(void)slurp("l", text);
	memset(zone, 'a', sizeof(zone) - 1);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &l, &err), DFLOW_OK);
	ck_assert(append(l, NOW, zone) != DFLOW_OK);
	ck_assert(append(l, NOW, "a b") != DFLOW_OK);
	ck_assert(append(l, NOW, "a\nb") != DFLOW_OK);
	ck_assert(append(l, NOW, "") != DFLOW_OK);
	(void)slurp("l", after);
	ck_assert_str_eq(text, after);
	ck_assert_int_eq(append(l, NOW + 2, "zone2.example."), DFLOW_OK);
	ledger_close(&l);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &l, &err), DFLOW_OK);
	ck_assert_uint_eq(ledger_facts(l)->count, 2);
	ledger_close(&l);
}
END_TEST

enum { BATCH = 300 };

/* The calls by which a file is written, counted. */
static int writes, syncs;

ssize_t
write(int fd, const void *data, size_t len)
{
	writes++;
	return syscall(SYS_write, fd, data, len);
}

int
fsync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fsync, fd);
}

/* Appends BATCH entries together; the one of that number is no entry. */
static enum dflow_status
append_batch(struct ledger *l, int bad)
{
	static struct ledger_act acts[BATCH];
	static struct buf words[BATCH];
	enum dflow_status st;
	char zone[32];

	for (int i = 0; i < BATCH; i++) {
		buf_init(&words[i], LEDGER_LINE_MAX);
		(void)snprintf(zone, sizeof(zone), "zone%d%sexample.", i,
		    i == bad ? " " : ".");
		ledger_put(&words[i], "zone", zone);
		acts[i].act = "sign";
		acts[i].words = &words[i];
	}
	writes = syncs = 0;
	st = ledger_append_all(l, NOW + 9, acts, BATCH, &err);
	for (int i = 0; i < BATCH; i++)
		buf_free(&words[i]);
	return st;
}

static void
count_each(const struct dflow_ledger_entry *e, void *ctx)
{
	ck_assert_uint_eq(e->number, ++*(size_t *)ctx);
}

/* Many entries are one write and one wait for the disk. */
START_TEST(test_batch)
{
	struct ledger *l = NULL;
	size_t seen = 0;

	if (_i == 1)
		make("l", 1);
	ck_assert_int_eq(
	    ledger_open("l", count_each, &seen, &l, &err), DFLOW_OK);
	ck_assert_int_eq(ledger_append_all(l, NOW, NULL, 0, &err), DFLOW_OK);
	ck_assert_int_eq(append_batch(l, BATCH / 2), DFLOW_REFUSED);
	ck_assert_uint_eq(ledger_facts(l)->count, (size_t)_i);
	ck_assert_int_eq(writes, 0);
	ck_assert_int_eq(entries(), _i);
	ck_assert_msg(append_batch(l, -1) == DFLOW_OK, "%s", err.text);
	ck_assert_int_eq(writes, 1);
	/* A new one's folder is synced, too. */
	ck_assert_int_eq(syncs, _i == 1 ? 1 : 2);
	ck_assert_uint_eq(ledger_facts(l)->count, BATCH + (size_t)_i);
	ck_assert_int_eq(append(l, NOW + 9, "a."), DFLOW_OK);
	ck_assert_uint_eq(seen, (size_t)_i);
	ledger_close(&l);
	seen = 0;
	ck_assert_int_eq(
	    ledger_open("l", count_each, &seen, &l, &err), DFLOW_OK);
	ck_assert_uint_eq(seen, BATCH + 1 + (size_t)_i);
	ledger_close(&l);
}
END_TEST

/* The disk is full within them: nothing counts, and the next reader tells. */
START_TEST(test_batch_full)
{
	struct ledger *l = NULL;
	int status;
	pid_t pid;

	make("l", 1);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct rlimit limit = {20000, 20000};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(ledger_open("l", NULL, NULL, &l, &err) == DFLOW_OK &&
			      append_batch(l, -1) == DFLOW_FAILED &&
			      ledger_facts(l)->count == 1
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &l, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(
	    strstr(err.text, " is cut off; if the log book "));
}
END_TEST

/* A file-size limit stands in for a full disk: what was there stays. */
START_TEST(test_full)
{
	char text[TEXT_MAX];
	char after[TEXT_MAX];
	struct ledger *l = NULL;
	size_t len;
	int status;
	pid_t pid;

	make("l", 2);
	len = slurp("l", text);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct rlimit limit = {len + 50, len + 50};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(ledger_open("l", NULL, NULL, &l, &err) == DFLOW_OK &&
			      append(l, NOW, "a.") == DFLOW_FAILED &&
			      ledger_facts(l)->count == 2
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_uint_eq(slurp("l", after), len + 50);
	ck_assert(strncmp(text, after, len) == 0);
	ck_assert_int_eq(ledger_open("l", NULL, NULL, &l, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "entry 3 is cut off"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_file");
	TCase *t = tcase_create("ledger_file");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_unusable, 0, LEN(unusable));
	tcase_add_test(t, test_lock);
	tcase_add_loop_test(t, test_meanwhile, 0, 4);
	tcase_add_test(t, test_unwritable);
	tcase_add_loop_test(t, test_batch, 0, 2);
	tcase_add_test(t, test_batch_full);
	tcase_add_test(t, test_full);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
