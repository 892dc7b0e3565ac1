/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens files that only grow. Refuses one that another could have laid there
 * or could read: what it tells, though no secret, is its owner's business.
 */
#include "base/os_own.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dflow_status
check_file(const char *path, const char *what, const struct stat *sb,
    struct dflow_err *err)
{
	if (S_ISLNK(sb->st_mode))
		return err_set(err, DFLOW_REFUSED,
		    "%s: the %s is a symbolic link; name the file itself", path,
		    what);
	if (!S_ISREG(sb->st_mode))
		return err_set(err, DFLOW_REFUSED,
		    "%s: the %s must be a regular file; name another", path,
		    what);
	if (sb->st_uid != geteuid())
		return err_set(err, DFLOW_REFUSED,
		    "%s: the %s is another user's; name one of your own", path,
		    what);
	if ((sb->st_mode & 077) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: group or others may use this %s (mode %04o); "
		    "chmod 600 %s",
		    path, what, (unsigned)(sb->st_mode & 07777), path);
	return DFLOW_OK;
}

enum dflow_status
os_own_open(const char *path, const char *what, int access, int *out,
    struct dflow_err *err)
{
	enum dflow_status st;
	struct stat sb;
	int fd;

	/* Looked at first, as opening some devices has effects. */
	if (lstat(path, &sb) != 0)
		return err_errno(err, "%s", path);
	st = check_file(path, what, &sb, err);
	if (st != DFLOW_OK)
		return st;
	fd = open(path,
	    access | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, "%s", path);
	st = fstat(fd, &sb) != 0 ? err_errno(err, "%s", path)
				 : check_file(path, what, &sb, err);
	if (st == DFLOW_OK)
		*out = fd;
	else
		(void)close(fd);
	return st;
}
