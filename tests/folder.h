/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for a test alone, made before it and removed with all behind it. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

static char dir[PATH_MAX / 2];
static char home[PATH_MAX / 2];
static struct dflow_err err;

static inline void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	ck_assert_ptr_nonnull(getcwd(home, sizeof(home)));
	snprintf(
	    dir, sizeof(dir), "%s/test_os.XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	umask(022);
	err.text[0] = '\0';
}

static inline enum dflow_status
remove_entry(const char *name, void *ctx, struct dflow_err *e)
{
	(void)ctx;
	(void)e;
	if (unlink(name) != 0)
		rmdir(name);
	return DFLOW_OK;
}

static inline void
teardown(void)
{
	ck_assert_int_eq(os_list(".", remove_entry, NULL, &err), DFLOW_OK);
	ck_assert_int_eq(chdir(home), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}

static inline void
put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

/* The whole of path is text. */
static inline void
check_file(const char *path, const char *text)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	ck_assert_msg(
	    os_read(path, 1 << 20, &b, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(b.len, strlen(text));
	ck_assert_mem_eq(b.data, text, b.len);
	buf_free(&b);
}

static inline unsigned
mode_of(const char *path)
{
	struct stat sb;

	ck_assert_int_eq(lstat(path, &sb), 0);
	return sb.st_mode & 07777;
}

static inline enum dflow_status
count_entry(const char *name, void *ctx, struct dflow_err *e)
{
	(void)name;
	(void)e;
	++*(int *)ctx;
	return DFLOW_OK;
}

static inline int
entries(void)
{
	int n = 0;

	ck_assert_int_eq(os_list(".", count_entry, &n, &err), DFLOW_OK);
	return n;
}

#endif
