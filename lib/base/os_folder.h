/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of many files that comes into being whole or not at all. */
#ifndef BASE_OS_FOLDER_H
#define BASE_OS_FOLDER_H

#include <stddef.h>

#include "base/err.h"

struct os_folder;

/*
 * Begins a folder for path, under a hidden name beside it. DFLOW_REFUSED if
 * something is at path that is no empty folder, or one that no other can be
 * renamed over: a mount point, a link, a stranger's where only its owner may.
 */
DFLOW_NODISCARD enum dflow_status os_folder_open(
    const char *path, struct os_folder **out, struct dflow_err *err);
/* Adds a file of that name, of mode 0644 less the umask. */
DFLOW_NODISCARD enum dflow_status os_folder_put(struct os_folder *f,
    const char *name, const void *data, size_t len, struct dflow_err *err);
/*
 * Syncs all of it to the disk and renames it to path. After a failure nothing
 * is at path that was not there.
 */
DFLOW_NODISCARD enum dflow_status os_folder_place(
    struct os_folder *f, struct dflow_err *err);
/*
 * Places it if need be, syncs the folder above, frees and sets *f to NULL;
 * also on failure. If that sync alone fails, all of it is there, and the
 * message says so.
 */
DFLOW_NODISCARD enum dflow_status os_folder_commit(
    struct os_folder **f, struct dflow_err *err);
/* Until it is placed, a signal that ends the process removes it, too. */
void os_folder_abort(struct os_folder **f);

#endif
