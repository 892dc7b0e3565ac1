/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that come into being. */
#ifndef BASE_OS_MKDIR_H
#define BASE_OS_MKDIR_H

#include "base/err.h"

/*
 * Makes the folder at path, in one that is there, unless there is one already;
 * when it returns, a power failure does not take it away.
 */
DFLOW_NODISCARD enum dflow_status os_mkdir(
    const char *path, struct dflow_err *err);

#endif
