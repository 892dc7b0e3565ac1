/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that must be the user's own, for os_log.c and os_append.c. */
#ifndef BASE_OS_OWN_H
#define BASE_OS_OWN_H

#include "base/err.h"

/*
 * Opens the file at path, which exists, to append to it; access is O_WRONLY
 * or O_RDWR, what names it in messages ("log"). DFLOW_REFUSED for what others
 * can read or write, is another user's, is a link, or is no regular file: it
 * says what to do. The caller closes *out.
 */
DFLOW_NODISCARD enum dflow_status os_own_open(const char *path,
    const char *what, int access, int *out, struct dflow_err *err);

#endif
