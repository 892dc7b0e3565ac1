/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An object for LD_PRELOAD: where folders cannot be synced. Files can, so that
 * what fails comes behind a rename.
 *
 *   SYNC_FOLDER  the path of the folder, as the kernel has it; * is all
 *   SYNC_ERROR   the number of the error; EIO unless given
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
fsync(int fd)
{
	const char *folder = getenv("SYNC_FOLDER");
	const char *error = getenv("SYNC_ERROR");
	char link[64], path[PATH_MAX];
	struct stat sb;
	ssize_t len;

	if (folder == NULL || fstat(fd, &sb) != 0 || !S_ISDIR(sb.st_mode))
		return (int)syscall(SYS_fsync, fd);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	if (strcmp(folder, "*") != 0 && strcmp(folder, path) != 0)
		return (int)syscall(SYS_fsync, fd);
	errno = error != NULL ? (int)strtol(error, NULL, 10) : EIO;
	return -1;
}
