/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record that only grows. Refuses what os_own.c does, a file that another
 * process is adding to, and to add to one that is not what it was when it was
 * read.
 */
#include "base/os_append.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os_own.h"

struct os_append {
	int fd;
	off_t at; /* how far it has been read */
	char *path;
	const char *what;
};

enum dflow_status
os_append_open(const char *path, const char *what, struct os_append **out,
    struct dflow_err *err)
{
	struct os_append *a = calloc(1, sizeof(*a));
	enum dflow_status st;

	if (a == NULL)
		return err_memory(err);
	a->fd = -1;
	a->what = what;
	a->path = strdup(path);
	st = a->path == NULL ? err_memory(err)
			     : os_own_open(path, what, O_RDWR, &a->fd, err);
	if (st == DFLOW_OK && flock(a->fd, LOCK_EX | LOCK_NB) != 0)
		st = errno == EWOULDBLOCK
			 ? err_set(err, DFLOW_REFUSED,
			       "%s: another process has this %s open; wait "
			       "until it has ended",
			       path, what)
			 : err_errno(err, "%s: cannot lock it", path);
	if (st != DFLOW_OK) {
		os_append_close(&a);
		return st;
	}
	*out = a;
	return DFLOW_OK;
}

enum dflow_status
os_append_read(struct os_append *a, void *data, size_t len, size_t *got,
    struct dflow_err *err)
{
	ssize_t n;

	do
		n = pread(
		    a->fd, data, len < SSIZE_MAX ? len : SSIZE_MAX, a->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, "%s", a->path);
	a->at += n;
	*got = (size_t)n;
	return DFLOW_OK;
}

/* The lock keeps out those who ask for it; an editor does not. */
static enum dflow_status
check_same(const struct os_append *a, uint64_t size, struct dflow_err *err)
{
	struct stat now, named;

	if (fstat(a->fd, &now) != 0 || lstat(a->path, &named) != 0)
		return err_errno(err, "%s", a->path);
	if (now.st_dev == named.st_dev && now.st_ino == named.st_ino &&
	    (uintmax_t)now.st_size == size)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s: the %s was changed by somebody else meanwhile; find out who, "
	    "then start again",
	    a->path, a->what);
}

enum dflow_status
os_append_add(struct os_append *a, uint64_t size, const void *data, size_t len,
    struct dflow_err *err)
{
	enum dflow_status st = check_same(a, size, err);
	ssize_t n;

	if (st != DFLOW_OK)
		return st;
	do
		n = write(a->fd, data, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n < len) {
		errno = ENOSPC;
		n = -1;
	}
	if (n < 0)
		return err_errno(err, "%s: cannot write", a->path);
	while (fsync(a->fd) != 0)
		if (errno != EINTR)
			return err_errno(err, "%s: cannot write", a->path);
	return DFLOW_OK;
}

void
os_append_close(struct os_append **a)
{
	if (a == NULL || *a == NULL)
		return;
	/* The lock goes with it. */
	if ((*a)->fd >= 0)
		(void)close((*a)->fd);
	free((*a)->path);
	free(*a);
	*a = NULL;
}
