/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that only grows, and that one process at a time may add to. */
#ifndef BASE_OS_APPEND_H
#define BASE_OS_APPEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct os_append;

/*
 * Opens the file at path, which must exist, and locks it until os_append_close
 * or the process's end. what names it in messages ("ledger"). DFLOW_REFUSED
 * for what others can read or write, is another user's, is a link, or is no
 * regular file, and when another process has the lock: nothing waits here.
 */
DFLOW_NODISCARD enum dflow_status os_append_open(const char *path,
    const char *what, struct os_append **out, struct dflow_err *err);
/* Up to len bytes from where the last call ended; *got is 0 at the end. */
DFLOW_NODISCARD enum dflow_status os_append_read(struct os_append *a,
    void *data, size_t len, size_t *got, struct dflow_err *err);
/*
 * Adds data behind the size bytes that the caller knows, in one write, and
 * syncs it. DFLOW_REFUSED if there are more or fewer by now, or if path is
 * another file by now. What a write that failed may have left is not removed:
 * nothing here ever shortens the file.
 */
DFLOW_NODISCARD enum dflow_status os_append_add(struct os_append *a,
    uint64_t size, const void *data, size_t len, struct dflow_err *err);
void os_append_close(struct os_append **a);

#endif
