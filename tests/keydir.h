/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of key files that lives as long as a test, and tools run in it. */
#ifndef TESTS_KEYDIR_H
#define TESTS_KEYDIR_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dnssecflow/keygen.h"

enum { KEYDIR_PATH = 1200, KEYDIR_NO_TOOL = 127 };

struct keydir {
	char path[256];
};

static inline void
keydir_new(struct keydir *d)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(d->path, sizeof(d->path), "%s/keydir.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(d->path));
}

/* dir/name with an ending. */
static inline const char *
keydir_path(const struct keydir *d, const char *name, const char *ending,
    char out[KEYDIR_PATH])
{
	int n = snprintf(out, KEYDIR_PATH, "%s/%s%s", d->path, name, ending);

	ck_assert(n > 0 && n < KEYDIR_PATH);
	return out;
}

/* Calls each(path, name, ctx) for the entries; returns how many. */
static inline size_t
keydir_each(const struct keydir *d,
    void (*each)(const char *path, const char *name, void *ctx), void *ctx)
{
	DIR *dir = opendir(d->path);
	char path[KEYDIR_PATH];
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	for (;;) {
		struct dirent *e = readdir(dir);

		if (e == NULL)
			break;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		keydir_path(d, e->d_name, "", path);
		each(path, e->d_name, ctx);
		count++;
	}
	closedir(dir);
	return count;
}

static inline void
keydir_unlink(const char *path, const char *name, void *ctx)
{
	(void)name;
	(void)ctx;
	ck_assert_int_eq(unlink(path), 0);
}

/* Removes what is in it. */
static inline void
keydir_empty(const struct keydir *d)
{
	keydir_each(d, keydir_unlink, NULL);
}

static inline void
keydir_free(const struct keydir *d)
{
	keydir_empty(d);
	ck_assert_int_eq(rmdir(d->path), 0);
}

struct keydir_search {
	const char *part;
	const char *ending;
	char *out;
	size_t count;
};

static inline void
keydir_match(const char *path, const char *name, void *ctx)
{
	struct keydir_search *s = ctx;
	size_t len = strlen(name), n = strlen(s->ending);

	(void)path;
	if (len < n || strcmp(name + len - n, s->ending) != 0 ||
	    strstr(name, s->part) == NULL)
		return;
	s->count++;
	snprintf(s->out, KEYDIR_PATH, "%s", name);
}

/* How many names have that part and ending; the last one goes to out. */
static inline size_t
keydir_find(const struct keydir *d, const char *part, const char *ending,
    char out[KEYDIR_PATH])
{
	struct keydir_search s = {part, ending, out, 0};

	out[0] = '\0';
	keydir_each(d, keydir_match, &s);
	return s.count;
}

static inline void
keydir_write(const char *path, mode_t mode, const void *text, size_t len)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* Returns the length; there is a NUL behind. */
static inline size_t
keydir_read(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t len;

	ck_assert_msg(f != NULL, "no %s", path);
	len = fread(out, 1, size - 1, f);
	ck_assert_int_eq(fclose(f), 0);
	out[len] = '\0';
	return len;
}

static inline void
keydir_child(const struct keydir *d, int out, const char *const argv[])
{
	char *args[16];
	size_t i;

	for (i = 0; i < 15 && argv[i] != NULL; i++)
		args[i] = strdup(argv[i]);
	args[i] = NULL;
	if (chdir(d->path) != 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	execvp(args[0], args);
	_exit(KEYDIR_NO_TOOL);
}

/*
 * Runs a tool in the folder; its output goes to out. Returns its exit status,
 * KEYDIR_NO_TOOL if it is not installed.
 */
static inline int
keydir_run(
    const struct keydir *d, char *out, size_t size, const char *const argv[])
{
	int fds[2], status;
	size_t len = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		keydir_child(d, fds[1], argv);
	close(fds[1]);
	for (;;) {
		char piece[512];
		ssize_t n = read(fds[0], piece, sizeof(piece));

		if (n <= 0)
			break;
		if (len + (size_t)n < size) {
			memcpy(out + len, piece, (size_t)n);
			len += (size_t)n;
		}
	}
	close(fds[0]);
	out[len] = '\0';
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == KEYDIR_NO_TOOL)
		printf("skipped: %s is not installed\n", argv[0]);
	return WEXITSTATUS(status);
}

/* A file descriptor from which that line can be read. */
static inline int
keydir_line(const char *line)
{
	int fds[2];
	size_t len = strlen(line);

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], line, len), (ssize_t)len);
	close(fds[1]);
	return fds[0];
}

enum { KEYDIR_NOW = 1790000000 }; /* 2026-09-21 14:13:20 UTC */

/* What makes a key of example.com here; the caller may change it. */
static inline struct dflow_keygen
keydir_params(const struct keydir *d, const char *algorithm)
{
	return (struct dflow_keygen){
	    .zone = "example.com",
	    .algorithm = algorithm,
	    .dir = d->path,
	    .bits = 0,
	    .passphrase_fd = -1,
	    .now = KEYDIR_NOW,
	    .publish = DFLOW_KEYGEN_UNSET,
	    .activate = DFLOW_KEYGEN_UNSET,
	    .inactive = DFLOW_KEYGEN_UNSET,
	    .remove = DFLOW_KEYGEN_UNSET,
	};
}

/*
 * Makes a key; base is its path without an ending. RSA's are small: valgrind
 * takes its time over larger ones.
 */
static inline void
keydir_make(const struct keydir *d, const char *algorithm, bool ksk,
    char base[KEYDIR_PATH])
{
	struct dflow_keygen p = keydir_params(d, algorithm);
	char name[DFLOW_KEYGEN_BASE];
	struct dflow_err err = {0};

	p.ksk = ksk;
	if (strcmp(algorithm, "8") == 0 || strcmp(algorithm, "10") == 0)
		p.bits = 1024;
	ck_assert_msg(dflow_keygen(&p, name, &err) == DFLOW_OK, "%s", err.text);
	keydir_path(d, name, "", base);
}

#endif
