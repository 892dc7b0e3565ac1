/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps two runs from making one file anew at the same time. */
#ifndef BASE_OS_LOCK_H
#define BASE_OS_LOCK_H

#include "base/err.h"

struct os_lock;

/*
 * Locks the file or folder at path, until os_lock_free or the process's end,
 * against others that call this; whoever only reads it is not kept from it, and
 * renaming a new one over it is what the lock is for. DFLOW_FAILED if another
 * has it: nothing waits here. *out is NULL, and all is well, where there is
 * nothing to lock yet, where it may not be read, and on file systems without
 * locks.
 */
DFLOW_NODISCARD enum dflow_status os_lock_new(
    const char *path, struct os_lock **out, struct dflow_err *err);
void os_lock_free(struct os_lock **l);

#endif
