/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for a while, for another program that wants one. */
#ifndef BASE_OS_TEMP_H
#define BASE_OS_TEMP_H

#include "base/err.h"

struct os_temp;

/* A new folder in $TMPDIR, or /tmp; nobody else may look into it. */
DFLOW_NODISCARD enum dflow_status os_temp_new(
    struct os_temp **out, struct dflow_err *err);
/* Valid as long as t. */
const char *os_temp_path(const struct os_temp *t);
/*
 * Removes it and what is in it, three folders deep; NULL is fine. So does a
 * signal that ends the process.
 */
void os_temp_free(struct os_temp **t);

#endif
