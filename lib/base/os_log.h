/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log that only grows, and that nobody else may read. */
#ifndef BASE_OS_LOG_H
#define BASE_OS_LOG_H

#include "base/err.h"

struct os_log;

/*
 * Opens path for appending, or makes it with mode 0600. DFLOW_REFUSED for
 * what others can read or write, is another user's, is a link, no regular
 * file, or no log: it says what to do. No lock is needed to write.
 */
DFLOW_NODISCARD enum dflow_status os_log_open(
    const char *path, struct os_log **out, struct dflow_err *err);
/*
 * Appends the time of day (UTC, to a millisecond), text and a newline, in one
 * write. Control characters become visible. A line that cannot be written, as
 * on a full disk, is left out: the work goes on.
 */
void os_log_line(struct os_log *log, const char *text);
void os_log_close(struct os_log **log);

#endif
