/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tool needs of the machine when it holds private keys. */
#ifndef DNSSECFLOW_HOST_H
#define DNSSECFLOW_HOST_H

#include <stdbool.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * No core dumps and no ptrace from now on, no file gets the number of a
 * standard stream that is closed, and OpenSSL's memory is wiped when it is
 * given back. For programs; call it before anything of OpenSSL.
 */
DFLOW_API void dflow_harden(void);

/*
 * Asks question on the terminal, whatever standard input is; *yes only if the
 * answer is "yes". DFLOW_REFUSED when there is no terminal to ask on.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_confirm(
    const char *question, bool *yes, struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
