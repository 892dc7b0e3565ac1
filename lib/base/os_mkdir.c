/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes folders that last. Refuses what is there and is no folder. */
#include "base/os_mkdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "base/os_link.h"

bool
os_sync_folder(int fd)
{
	while (fsync(fd) != 0) {
		if (errno == EINTR)
			continue;
		/* Some file systems cannot do this with a folder. */
		return errno == EINVAL || errno == EROFS || errno == ENOSYS;
	}
	return true;
}

void
os_rmdir(const char *path)
{
	(void)rmdir(path);
}

enum dflow_status
os_mkdir(const char *path, bool *made, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	char *above;
	int fd;

	*made = false;
	if (os_is_folder(path))
		return DFLOW_OK;
	if (mkdir(path, 0777) != 0) {
		/* Another run may have been faster. */
		if (errno == EEXIST && os_is_folder(path))
			return DFLOW_OK;
		return err_errno(err, "%s: cannot make this folder", path);
	}
	*made = true;
	above = os_beside(path, ".");
	if (above == NULL)
		return err_memory(err);
	fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(above);
	if (fd < 0 || !os_sync_folder(fd))
		st = err_errno(err,
		    "%s: made, but the folder above may not be on the disk "
		    "yet; run sync",
		    path);
	if (fd >= 0)
		(void)close(fd);
	return st;
}
