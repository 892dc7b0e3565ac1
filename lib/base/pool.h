/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop spread over threads. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>
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

/* A job as the callbacks of pool_pipe see it. */
struct pool_job {
	struct pool *pool;
	unsigned worker;
	size_t i;
};

/*
 * For jobs whose number shows only as they are read: read is called in order
 * and by one thread at a time; its own thread then does the work, while others
 * read and work on; take is called in order, one at a time, once work is done.
 * No job is read before the one that is window - 1 (at least 1) before it was
 * taken, so that what jobs i - 1 and i leave in slots of a ring of window
 * stands until i is taken. The first failure in order of i ends it.
 */
struct pool_pipe {
	/* Sets *more to false, and does nothing else, behind the last. */
	enum dflow_status (*read)(const struct pool_job *job, void *ctx,
	    bool *more, struct dflow_err *err);
	/* Keeps failures for take. */
	void (*work)(const struct pool_job *job, void *ctx);
	enum dflow_status (*take)(void *ctx, size_t i, struct dflow_err *err);
	void *ctx;
	size_t window;
};
DFLOW_NODISCARD enum dflow_status pool_pipe(
    unsigned threads, const struct pool_pipe *pipe, struct dflow_err *err);
/* For read and work: returns when the work of all jobs before job is done. */
void pool_pipe_wait(const struct pool_job *job);

#endif
