/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes away when a signal ends the process. */
#ifndef BASE_OS_PENDING_H
#define BASE_OS_PENDING_H

#include <stdbool.h>

#include "base/err.h"

/*
 * From now on the file of that name in the folder that dir is of, or the folder
 * with what is in it, is removed by SIGINT, SIGTERM, SIGHUP and other signals
 * that end a process, unless they are ignored or the program handles them. Call
 * it before the file is made; dir stays open until os_pending_drop(*slot).
 * DFLOW_FAILED if 16 are pending; about names it in the message.
 */
struct os_pending {
	int dir;
	const char *name;
	bool is_folder;
};
DFLOW_NODISCARD enum dflow_status os_pending_add(const struct os_pending *p,
    const char *about, int *slot, struct dflow_err *err);
/* slot may be -1. */
void os_pending_drop(int slot);

/*
 * Removes the folder of that name in dir and what is in it, three folders
 * deep; follows no link. Nothing is said if that fails. A signal handler may
 * call it.
 */
void os_remove_folder(int dir, const char *name);

#endif
