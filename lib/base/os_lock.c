/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lock on a file that is replaced by rename: the file that was locked may be
 * gone by then, so it is compared with what its name leads to now.
 */
#include "base/os_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 };

struct os_lock {
	int fd;
};

static bool
is_still(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* *fd is -1 if there is nothing to lock. */
static enum dflow_status
lock(const char *path, int *fd, struct dflow_err *err)
{
	struct stat sb;

	*fd = -1;
	/* Looked at first, as opening a FIFO or a device has effects. */
	if (stat(path, &sb) != 0 ||
	    (!S_ISREG(sb.st_mode) && !S_ISDIR(sb.st_mode)))
		return DFLOW_OK;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return DFLOW_OK;
	if (errno != EWOULDBLOCK) {
		(void)close(*fd);
		*fd = -1;
		return DFLOW_OK;
	}
	(void)close(*fd);
	return err_set(err, DFLOW_FAILED,
	    "%s: another run is at work on it; wait until that has ended",
	    path);
}

enum dflow_status
os_lock_new(const char *path, struct os_lock **out, struct dflow_err *err)
{
	struct os_lock *l;
	enum dflow_status st;
	int fd = -1;

	for (int i = 0;; i++) {
		st = lock(path, &fd, err);
		if (st != DFLOW_OK)
			return st;
		if (fd < 0 || is_still(fd, path) || i == TRIES)
			break;
		(void)close(fd);
	}
	if (fd < 0)
		return DFLOW_OK;
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		(void)close(fd);
		return err_memory(err);
	}
	l->fd = fd;
	*out = l;
	return DFLOW_OK;
}

void
os_lock_free(struct os_lock **l)
{
	if (l == NULL || *l == NULL)
		return;
	(void)close((*l)->fd);
	free(*l);
	*l = NULL;
}
