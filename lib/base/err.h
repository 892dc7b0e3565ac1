/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling struct dflow_err; see dnssecflow/err.h for what it means. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

#include "dnssecflow/err.h"

/*
 * Fills err (which may be NULL) and returns status, so that a caller can
 * write: return err_set(err, DFLOW_FAILED, "%s: no SOA", path);
 * Control characters in the result are made visible as \NNN: input that is
 * quoted in a message cannot drive a terminal.
 */
enum dflow_status err_set(struct dflow_err *err, enum dflow_status status,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set, with "file:line: " in front. */
enum dflow_status err_at(struct dflow_err *err, const char *file, size_t line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* As err_set with DFLOW_FAILED and ": " strerror(errno) behind. */
enum dflow_status err_errno(struct dflow_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* DFLOW_FAILED, "out of memory". */
enum dflow_status err_memory(struct dflow_err *err);

#endif
