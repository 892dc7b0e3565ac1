/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folders that come into being whole, folders for a while, and what is left of
 * either, on disks that fail or cannot do all that others can.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os_folder.h"
#include "base/os_mkdir.h"
#include "base/os_temp.h"
#include "folder.h"

/* What syncs of folders, links and such renames end in; 0: they are done. */
static struct {
	int sync;
	int syncs; /* as many, from then on all is well */
	int skip; /* but so many go well before */
	int link;
	int rename;
} disk;

int
fsync(int fd)
{
	struct stat sb;

	if (fstat(fd, &sb) == 0 && S_ISDIR(sb.st_mode) && disk.syncs > 0 &&
	    disk.skip-- <= 0) {
		disk.syncs--;
		errno = disk.sync;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

int
link(const char *from, const char *to)
{
	if (disk.link == 0)
		return (int)syscall(SYS_link, from, to);
	errno = disk.link;
	return -1;
}

int
renameat2(
    int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (disk.rename == 0)
		return (int)syscall(
		    SYS_renameat2, from_dir, from, to_dir, to, flags);
	errno = disk.rename;
	return -1;
}

static void
begin(void)
{
	setup();
	memset(&disk, 0, sizeof(disk));
}

static struct os_folder *
filled(const char *path)
{
	struct os_folder *f = NULL;

	ck_assert_msg(
	    os_folder_open(path, &f, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_int_eq(os_folder_put(f, "a", "1", 1, &err), DFLOW_OK);
	ck_assert_int_eq(os_folder_put(f, "b", "22", 2, &err), DFLOW_OK);
	return f;
}

static void
check_filled(const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/a", path);
	check_file(name, "1");
	ck_assert_int_eq(unlink(name), 0);
	snprintf(name, sizeof(name), "%s/b", path);
	check_file(name, "22");
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(entries(), 0);
}

START_TEST(test_whole)
{
	struct os_folder *f = filled("new");

	ck_assert(!os_exists("new"));
	ck_assert_int_eq(os_folder_commit(&f, &err), DFLOW_OK);
	ck_assert_ptr_null(f);
	check_filled("new");
	/* An empty one, as mkdir or a file manager makes it, makes way. */
	ck_assert_int_eq(mkdir("empty", 0755), 0);
	f = filled("empty/");
	ck_assert_int_eq(os_folder_commit(&f, &err), DFLOW_OK);
	check_filled("empty");
	f = filled("none");
	os_folder_abort(&f);
	ck_assert_ptr_null(f);
	ck_assert_int_eq(entries(), 0);
}
END_TEST

/* Each would have failed at the end only. */
static const struct {
	const char *path;
	const char *words;
} taken[] = {
    {"/proc", "/proc: is a mount point, and cannot be replaced; name a new "
	      "folder in it, such as /proc/responses"},
    {"link", "link: is a link, and cannot be replaced; name a new folder in "
	     "it, such as link/responses"},
    {"link/", "such as link/responses"},
    {".", "such as ./responses"},
    {"empty/..", "such as empty/../responses"},
    {"/", "such as /responses"},
    {"full", "is no empty folder"},
    {"file", "is no empty folder"},
    {"dead", "is no empty folder"},
};

START_TEST(test_taken)
{
	struct os_folder *f = NULL;

	ck_assert_int_eq(mkdir("empty", 0755), 0);
	ck_assert_int_eq(mkdir("full", 0755), 0);
	put("full/x", "", 0644);
	put("file", "", 0644);
	ck_assert_int_eq(symlink("empty", "link"), 0);
	ck_assert_int_eq(symlink("nothing", "dead"), 0);
	ck_assert_int_eq(
	    os_folder_open(taken[_i].path, &f, &err), DFLOW_REFUSED);
	ck_assert_ptr_null(f);
	ck_assert_msg(
	    strstr(err.text, taken[_i].words) != NULL, "%s", err.text);
	ck_assert_int_eq(entries(), 5);
	ck_assert_int_eq(unlink("full/x"), 0);
}
END_TEST

/* Where only its owner may rename it, nobody else may replace it. */
START_TEST(test_stranger)
{
	struct os_folder *f = NULL;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return; /* only root can play two others */
	ck_assert_int_eq(chmod(".", 01777), 0);
	ck_assert_int_eq(mkdir("other", 0777), 0);
	ck_assert_int_eq(chmod("other", 0777), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(seteuid(65534) == 0 &&
			      os_folder_open("other", &f, &err) ==
				  DFLOW_REFUSED &&
			      strstr(err.text, "another user's") != NULL
			  ? 0
			  : 1);
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* FAT, FUSE and others have no sync of folders; a signal may interrupt one. */
static const struct {
	int error;
	int count;
} tolerated[] = {{EINTR, 1}, {EINVAL, 9}, {EROFS, 9}, {ENOSYS, 9}};

START_TEST(test_tolerated)
{
	struct os_folder *f = filled("new");
	bool made;

	disk.sync = tolerated[_i].error;
	disk.syncs = tolerated[_i].count;
	ck_assert_msg(os_folder_commit(&f, &err) == DFLOW_OK, "%s", err.text);
	disk.syncs = tolerated[_i].count;
	ck_assert_int_eq(os_mkdir("sub", &made, &err), DFLOW_OK);
	ck_assert(made);
	ck_assert_int_eq(os_mkdir("sub", &made, &err), DFLOW_OK);
	ck_assert(!made);
	os_rmdir("sub");
	disk.syncs = tolerated[_i].count;
	ck_assert_int_eq(os_write("file", 0644, "x", 1, &err), DFLOW_OK);
	ck_assert_int_eq(unlink("file"), 0);
	check_filled("new");
}
END_TEST

START_TEST(test_disk_fails)
{
	struct os_folder *f = filled("new");
	struct os_save *s = NULL;

	disk.sync = EIO;
	disk.syncs = 1;
	ck_assert_int_eq(os_folder_commit(&f, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "nothing is left of it"));
	ck_assert_int_eq(entries(), 0);
	/* The last sync, that of the folder above, comes behind the rename. */
	f = filled("new");
	disk.syncs = 1;
	disk.skip = 1;
	ck_assert_int_eq(os_folder_place(f, &err), DFLOW_OK);
	ck_assert_int_eq(os_folder_commit(&f, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "new: whole and in place"));
	check_filled("new");
	disk.syncs = 1;
	disk.skip = 0;
	ck_assert_int_eq(os_save_open("file", 0644, &s, &err), DFLOW_OK);
	ck_assert_int_eq(os_save_write(s, "x", 1, &err), DFLOW_OK);
	ck_assert(!os_save_placed(s));
	ck_assert_int_eq(os_save_place(s, &err), DFLOW_OK);
	ck_assert(os_save_placed(s));
	ck_assert_int_eq(os_save_commit(&s, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "file: whole and in place"));
	check_file("file", "x");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(test_take_back)
{
	struct os_save *s = NULL;

	put("served", "old", 0644);
	ck_assert_int_eq(symlink("served", "link"), 0);
	ck_assert_int_eq(os_save_open("link", 0644, &s, &err), DFLOW_OK);
	os_save_take_back(s);
	check_file("served", "old");
	ck_assert_int_eq(os_save_place(s, &err), DFLOW_OK);
	os_save_take_back(s);
	ck_assert(!os_save_placed(s));
	os_save_abort(&s);
	ck_assert_int_eq(entries(), 1); /* the link, which was not ours */
	ck_assert(os_exists("link"));
}
END_TEST

/* A new file where there are no links, and no rename that spares others. */
static const struct {
	int link;
	int rename;
} poor[] = {
    {EPERM, 0}, {EPERM, EINVAL}, {ENOSYS, ENOSYS}, {EOPNOTSUPP, EINVAL}};

START_TEST(test_poor_disk)
{
	disk.link = poor[_i].link;
	disk.rename = poor[_i].rename;
	ck_assert_msg(os_write_new("k", 0600, "key", 3, &err) == DFLOW_OK, "%s",
	    err.text);
	check_file("k", "key");
	ck_assert_uint_eq(mode_of("k"), 0600);
	ck_assert_int_eq(
	    os_write_new("k", 0600, "other", 5, &err), DFLOW_REFUSED);
	check_file("k", "key");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Ends by SIGINT, as Ctrl-C does it, with a folder half done. */
static void
interrupted(void)
{
	struct os_folder *f = NULL;
	struct os_temp *t = NULL;
	char name[PATH_MAX];

	signal(SIGINT, SIG_DFL);
	setenv("TMPDIR", ".", 1);
	if (os_folder_open("new", &f, &err) != DFLOW_OK ||
	    os_temp_new(&t, &err) != DFLOW_OK)
		_exit(1);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		if (os_folder_put(f, name, "x", 1, &err) != DFLOW_OK)
			_exit(2);
	}
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s/x/y/z", os_temp_path(t));
		name[strlen(name) - 4 + 2 * (size_t)i] = '\0';
		if (mkdir(name, 0700) != 0)
			_exit(3);
		strcat(name, "/file");
		put(name, "x", 0600);
	}
	snprintf(name, sizeof(name), "%s/link", os_temp_path(t));
	if (symlink("../spared", name) != 0)
		_exit(4);
	raise(SIGINT);
	_exit(5);
}

START_TEST(test_interrupted)
{
	int status;
	pid_t pid;

	ck_assert_int_eq(mkdir("spared", 0700), 0);
	put("spared/x", "", 0600);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		interrupted();
	waitpid(pid, &status, 0);
	ck_assert_msg(WIFSIGNALED(status), "%x", (unsigned)status);
	ck_assert_int_eq(WTERMSIG(status), SIGINT);
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(unlink("spared/x"), 0);
}
END_TEST

/* What is in place stays, whatever comes. */
START_TEST(test_interrupted_late)
{
	int status;
	pid_t pid;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct os_folder *f = filled("new");

		signal(SIGINT, SIG_DFL);
		if (os_folder_place(f, &err) != DFLOW_OK)
			_exit(1);
		raise(SIGINT);
		_exit(2);
	}
	waitpid(pid, &status, 0);
	check_filled("new");
}
END_TEST

START_TEST(test_temp)
{
	struct os_temp *t = NULL;
	char name[PATH_MAX];
	struct stat sb;

	setenv("TMPDIR", dir, 1);
	ck_assert_int_eq(os_temp_new(&t, &err), DFLOW_OK);
	ck_assert_int_eq(stat(os_temp_path(t), &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0700);
	snprintf(name, sizeof(name), "%s/file", os_temp_path(t));
	put(name, "x", 0600);
	os_temp_free(&t);
	ck_assert_ptr_null(t);
	os_temp_free(&t);
	ck_assert_int_eq(entries(), 0);
	setenv("TMPDIR", "nowhere", 1);
	ck_assert_int_eq(os_temp_new(&t, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "see TMPDIR"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("folder");
	TCase *t = tcase_create("folder");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, begin, teardown);
	tcase_add_test(t, test_whole);
	tcase_add_loop_test(
	    t, test_taken, 0, (int)(sizeof(taken) / sizeof(*taken)));
	tcase_add_test(t, test_stranger);
	tcase_add_loop_test(t, test_tolerated, 0,
	    (int)(sizeof(tolerated) / sizeof(*tolerated)));
	tcase_add_test(t, test_disk_fails);
	tcase_add_test(t, test_take_back);
	tcase_add_loop_test(
	    t, test_poor_disk, 0, (int)(sizeof(poor) / sizeof(*poor)));
	tcase_add_test(t, test_interrupted);
	tcase_add_test(t, test_interrupted_late);
	tcase_add_test(t, test_temp);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
