/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop spread over threads. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Runs job(ctx, worker, i, err) for each i in [0, count) on up to threads
 * threads (the caller's among them); worker is 0 .. threads-1. Jobs start in
 * order. The first failure (in order of i) stops further jobs and is returned
 * with its err. Falls back to fewer threads when no more can be made.
 */
DFLOW_NODISCARD enum dflow_status pool_run(unsigned threads, size_t count,
    enum dflow_status (*job)(
	void *ctx, unsigned worker, size_t i, struct dflow_err *err),
    void *ctx, struct dflow_err *err);

/*
 * As pool_run, but make fills a buffer (empty, ceiling max bytes) and take
 * consumes the buffers in the order of i, one at a time, while others are
 * still being made. At most 2 * threads buffers exist at once.
 */
struct pool_stream {
	enum dflow_status (*make)(void *ctx, unsigned worker, size_t i,
	    struct buf *out, struct dflow_err *err);
	enum dflow_status (*take)(
	    void *ctx, const struct buf *in, struct dflow_err *err);
	void *ctx;
	size_t max;
};
DFLOW_NODISCARD enum dflow_status pool_stream(unsigned threads, size_t count,
    const struct pool_stream *s, struct dflow_err *err);

#endif
