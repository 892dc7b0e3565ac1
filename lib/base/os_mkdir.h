/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that come into being, and names in them that last. */
#ifndef BASE_OS_MKDIR_H
#define BASE_OS_MKDIR_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Makes the folder at path, in one that is there, unless there is one already;
 * when it returns, a power failure does not take it away. *made is true if it
 * is this call's, also after a failure.
 */
DFLOW_NODISCARD enum dflow_status os_mkdir(
    const char *path, bool *made, struct dflow_err *err);

/* Removes the folder if it is empty; nothing is said if it is not. */
void os_rmdir(const char *path);

/*
 * Waits until the names in the folder that fd is of are on the disk; false,
 * and errno, if that fails. Where the file system cannot wait it is true.
 */
bool os_sync_folder(int fd);

#endif
