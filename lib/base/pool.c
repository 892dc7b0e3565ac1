/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A loop spread over threads. Owns the threads; what fails first is decided
 * by the order of the jobs and not by who was quicker.
 */
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 256 };

/* What all workers of one call share; lock guards all that changes. */
struct pool {
	pthread_mutex_t lock;
	pthread_cond_t moved; /* what others may wait for has changed */
	size_t count;
	size_t next; /* the job that starts next */
	size_t failed_at; /* SIZE_MAX while all is well */
	enum dflow_status status;
	struct dflow_err err; /* of failed_at */
	enum dflow_status (*job)(
	    void *ctx, unsigned worker, size_t i, struct dflow_err *err);
	void *ctx;
	/* For what is taken in order; the place of i is i % window. */
	enum dflow_status (*take)(
	    struct pool *p, size_t i, struct dflow_err *err);
	bool *made;
	size_t window;
	size_t taken; /* jobs below are consumed */
	bool taking; /* some worker is in take() */
	const struct pool_stream *stream;
	struct buf *bufs; /* the stream's, window of them */
	const struct pool_pipe *pipe;
	bool reading; /* some worker is in the pipe's read() */
};

struct worker {
	struct pool *pool;
	unsigned number;
	pthread_t thread;
	void (*loop)(struct pool *p, unsigned number);
};

/* With the lock held: keeps the failure of the lowest job. */
static void
note_failure(
    struct pool *p, size_t i, enum dflow_status st, const struct dflow_err *err)
{
	if (i >= p->failed_at)
		return;
	p->failed_at = i;
	p->status = st;
	p->err = *err;
}

static void
run_loop(struct pool *p, unsigned number)
{
	struct dflow_err err = {DFLOW_OK, ""};
	enum dflow_status st;
	size_t i;

	(void)pthread_mutex_lock(&p->lock);
	/* Jobs start in order, so all below failed_at have been started. */
	while (p->next < p->count && p->failed_at == SIZE_MAX) {
		i = p->next++;
		(void)pthread_mutex_unlock(&p->lock);
		st = p->job(p->ctx, number, i, &err);
		(void)pthread_mutex_lock(&p->lock);
		if (st != DFLOW_OK)
			note_failure(p, i, st, &err);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

static void *
thread_main(void *arg)
{
	struct worker *w = arg;

	w->loop(w->pool, w->number);
	return NULL;
}

/*
 * Runs loop on up to threads threads, this one among them. With no memory or
 * threads to be had, this one does all.
 */
static void
run_workers(struct pool *p, unsigned threads,
    void (*loop)(struct pool *p, unsigned number))
{
	struct worker *workers = NULL;
	unsigned made = 0;

	if (threads > 1)
		workers = calloc(threads - 1, sizeof(*workers));
	for (; workers != NULL && made < threads - 1; made++) {
		workers[made].pool = p;
		workers[made].number = made + 1;
		workers[made].loop = loop;
		if (pthread_create(&workers[made].thread, NULL, thread_main,
			&workers[made]) != 0)
			break;
	}
	loop(p, 0);
	for (unsigned i = 0; i < made; i++)
		(void)pthread_join(workers[i].thread, NULL);
	free(workers);
}

static unsigned
clamp_threads(unsigned threads, size_t count)
{
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > count)
		threads = (unsigned)count;
	return threads == 0 ? 1 : threads;
}

static void
pool_init(struct pool *p, size_t count, void *ctx)
{
	memset(p, 0, sizeof(*p));
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->moved, NULL);
	p->count = count;
	p->failed_at = SIZE_MAX;
	p->status = DFLOW_OK;
	p->ctx = ctx;
}

static enum dflow_status
pool_end(struct pool *p, struct dflow_err *err)
{
	(void)pthread_cond_destroy(&p->moved);
	(void)pthread_mutex_destroy(&p->lock);
	if (p->status != DFLOW_OK && err != NULL)
		*err = p->err;
	return p->status;
}

enum dflow_status
pool_run(unsigned threads, size_t count,
    enum dflow_status (*job)(
	void *ctx, unsigned worker, size_t i, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct pool p;

	pool_init(&p, count, ctx);
	p.job = job;
	run_workers(&p, clamp_threads(threads, count), run_loop);
	return pool_end(&p, err);
}

/* With the lock held: may job p->next be started now, or never more? */
static bool
can_start(const struct pool *p)
{
	return p->next < p->taken + p->window;
}

static bool
is_over(const struct pool *p)
{
	return p->next >= p->count || p->failed_at != SIZE_MAX;
}

/* With the lock held: makes buffer i, without it meanwhile. */
static void
stream_make(struct pool *p, unsigned number, size_t i)
{
	struct dflow_err err = {DFLOW_OK, ""};
	struct buf *out = &p->bufs[i % p->window];
	enum dflow_status st;

	(void)pthread_mutex_unlock(&p->lock);
	st = p->stream->make(p->ctx, number, i, out, &err);
	if (st == DFLOW_OK)
		st = buf_check(out, "a piece of the output", &err);
	(void)pthread_mutex_lock(&p->lock);
	p->made[i % p->window] = true;
	if (st != DFLOW_OK) {
		note_failure(p, i, st, &err);
		(void)pthread_cond_broadcast(&p->moved);
	}
}

/*
 * With the lock held: consumes what is ready, unless another worker is at it.
 * What is below a failure is consumed still: it may have an earlier one.
 */
static void
take_made(struct pool *p)
{
	struct dflow_err err = {DFLOW_OK, ""};
	enum dflow_status st;
	size_t i;

	if (p->taking)
		return;
	p->taking = true;
	while (p->taken < p->next && p->taken < p->failed_at &&
	       p->made[p->taken % p->window]) {
		i = p->taken;
		(void)pthread_mutex_unlock(&p->lock);
		st = p->take(p, i, &err);
		(void)pthread_mutex_lock(&p->lock);
		if (st != DFLOW_OK) {
			note_failure(p, i, st, &err);
		} else {
			p->made[i % p->window] = false;
			p->taken++;
		}
		(void)pthread_cond_broadcast(&p->moved);
	}
	p->taking = false;
}

static enum dflow_status
stream_take(struct pool *p, size_t i, struct dflow_err *err)
{
	struct buf *in = &p->bufs[i % p->window];
	enum dflow_status st = p->stream->take(p->ctx, in, err);

	buf_reset(in);
	return st;
}

static void
stream_loop(struct pool *p, unsigned number)
{
	(void)pthread_mutex_lock(&p->lock);
	while (!is_over(p)) {
		if (!can_start(p)) {
			(void)pthread_cond_wait(&p->moved, &p->lock);
			continue;
		}
		stream_make(p, number, p->next++);
		take_made(p);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

enum dflow_status
pool_stream(unsigned threads, size_t count, const struct pool_stream *s,
    struct dflow_err *err)
{
	struct pool p;

	pool_init(&p, count, s->ctx);
	threads = clamp_threads(threads, count);
	p.stream = s;
	p.take = stream_take;
	p.window = 2 * (size_t)threads;
	p.bufs = calloc(p.window, sizeof(*p.bufs));
	p.made = calloc(p.window, sizeof(*p.made));
	if (p.bufs == NULL || p.made == NULL) {
		p.status = err_memory(&p.err);
		goto out;
	}
	for (size_t i = 0; i < p.window; i++)
		buf_init(&p.bufs[i], s->max);
	run_workers(&p, threads, stream_loop);
	for (size_t i = 0; i < p.window; i++)
		buf_free(&p.bufs[i]);
out:
	free(p.bufs);
	free(p.made);
	return pool_end(&p, err);
}

/* With the lock held: reads job p->next; false if there is none. */
static bool
pipe_read(struct pool *p, struct pool_job *job)
{
	struct dflow_err err = {DFLOW_OK, ""};
	enum dflow_status st;
	bool more = true;

	job->i = p->next;
	p->reading = true;
	(void)pthread_mutex_unlock(&p->lock);
	st = p->pipe->read(job, p->ctx, &more, &err);
	(void)pthread_mutex_lock(&p->lock);
	p->reading = false;
	if (st != DFLOW_OK)
		note_failure(p, job->i, st, &err);
	else if (more)
		p->next++;
	else
		p->count = job->i;
	(void)pthread_cond_broadcast(&p->moved);
	return st == DFLOW_OK && more;
}

static void
pipe_loop(struct pool *p, unsigned number)
{
	struct pool_job job = {p, number, 0};

	(void)pthread_mutex_lock(&p->lock);
	while (!is_over(p)) {
		if (p->reading || p->next >= p->taken + p->window - 1) {
			(void)pthread_cond_wait(&p->moved, &p->lock);
			continue;
		}
		if (!pipe_read(p, &job))
			continue;
		(void)pthread_mutex_unlock(&p->lock);
		p->pipe->work(&job, p->ctx);
		(void)pthread_mutex_lock(&p->lock);
		p->made[job.i % p->window] = true;
		(void)pthread_cond_broadcast(&p->moved);
		take_made(p);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

static bool
all_made(const struct pool *p, size_t end)
{
	for (size_t i = p->taken; i < end; i++)
		if (!p->made[i % p->window])
			return false;
	return true;
}

void
pool_pipe_wait(const struct pool_job *job)
{
	struct pool *p = job->pool;

	(void)pthread_mutex_lock(&p->lock);
	while (!all_made(p, job->i))
		(void)pthread_cond_wait(&p->moved, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
}

static enum dflow_status
pipe_take(struct pool *p, size_t i, struct dflow_err *err)
{
	return p->pipe->take(p->ctx, i, err);
}

enum dflow_status
pool_pipe(unsigned threads, const struct pool_pipe *pipe, struct dflow_err *err)
{
	struct pool p;

	pool_init(&p, SIZE_MAX, pipe->ctx);
	p.pipe = pipe;
	p.take = pipe_take;
	p.window = pipe->window;
	p.made = calloc(p.window, sizeof(*p.made));
	if (p.made == NULL)
		p.status = err_memory(&p.err);
	else
		run_workers(&p, clamp_threads(threads, SIZE_MAX), pipe_loop);
	free(p.made);
	return pool_end(&p, err);
}
