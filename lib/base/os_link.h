/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths and symbolic links, as os_save.c follows them. */
#ifndef BASE_OS_LINK_H
#define BASE_OS_LINK_H

#include <sys/stat.h>

#include "base/err.h"

/* Where the last name of path begins. */
const char *os_last_name(const char *path);

/*
 * The folder of path with its slash ("" for none), then name. The caller frees
 * it; NULL when memory is short.
 */
char *os_beside(const char *path, const char *name);

/*
 * The path behind all symbolic links at path, whether or not a file is there;
 * the caller frees it. *sb describes the file: st_mode 0 when there is none.
 */
DFLOW_NODISCARD enum dflow_status os_follow_links(
    const char *path, char **out, struct stat *sb, struct dflow_err *err);

#endif
