/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops over threads: every job once, in order out, the first failure. */
#include <check.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/pool.h"

enum { JOBS = 5000, PIPE_WINDOW = 7 };

struct log {
	atomic_int ran[JOBS];
	atomic_int wrong_worker;
	unsigned threads;
	size_t fail_from; /* jobs from here on fail */
	size_t taken; /* pool_stream: next to be taken */
	size_t take_fails; /* this take fails */
	atomic_int held; /* buffers between make and take */
	atomic_int held_most;
};

static struct log *
log_new(unsigned threads, size_t fail_from)
{
	struct log *l = calloc(1, sizeof(*l));

	ck_assert_ptr_nonnull(l);
	l->threads = threads;
	l->fail_from = fail_from;
	l->take_fails = SIZE_MAX;
	return l;
}

static enum dflow_status
job(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct log *l = ctx;

	if (worker >= l->threads)
		atomic_store(&l->wrong_worker, 1);
	atomic_fetch_add(&l->ran[i], 1);
	/* Later jobs are the quicker ones, so that order is not luck. */
	if (i % 64 == 0)
		usleep(200);
	if (i >= l->fail_from)
		return err_set(err, DFLOW_REFUSED, "job %zu", i);
	return DFLOW_OK;
}

static const unsigned threads[] = {0, 1, 2, 3, 8, 64, 100000};
enum { THREADS = sizeof(threads) / sizeof(*threads) };

static unsigned
most_workers(unsigned n)
{
	return n == 0 ? 1 : n;
}

START_TEST(test_run_all)
{
	struct log *l = log_new(most_workers(threads[_i]), SIZE_MAX);
	struct dflow_err err;

	ck_assert_int_eq(pool_run(threads[_i], JOBS, job, l, &err), DFLOW_OK);
	for (size_t i = 0; i < JOBS; i++)
		ck_assert_int_eq(atomic_load(&l->ran[i]), 1);
	ck_assert_int_eq(atomic_load(&l->wrong_worker), 0);
	ck_assert_int_eq(pool_run(threads[_i], 0, job, l, &err), DFLOW_OK);
	ck_assert_int_eq(atomic_load(&l->ran[0]), 1);
	free(l);
}
END_TEST

START_TEST(test_run_first_failure)
{
	struct log *l = log_new(most_workers(threads[_i]), 192);
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(
	    pool_run(threads[_i], JOBS, job, l, &err), DFLOW_REFUSED);
	ck_assert_int_eq(err.status, DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "job 192");
	for (size_t i = 0; i <= 192; i++)
		ck_assert_int_eq(atomic_load(&l->ran[i]), 1);
	/* It stopped: what ran beyond is what had begun by then. */
	ck_assert_int_eq(atomic_load(&l->ran[JOBS - 1]), 0);
	ck_assert_int_eq(
	    pool_run(threads[_i], JOBS, job, l, NULL), DFLOW_REFUSED);
	free(l);
}
END_TEST

static enum dflow_status
make(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	struct log *l = ctx;
	int held = atomic_fetch_add(&l->held, 1) + 1;

	if (held > atomic_load(&l->held_most))
		atomic_store(&l->held_most, held);
	ck_assert_uint_eq(out->len, 0);
	ck_assert(!out->failed);
	buf_u32(out, (uint32_t)i);
	return job(ctx, worker, i, err);
}

static enum dflow_status
take(void *ctx, const struct buf *in, struct dflow_err *err)
{
	struct log *l = ctx;
	size_t i;

	ck_assert_uint_eq(in->len, 4);
	i = (size_t)in->data[0] << 24 | (size_t)in->data[1] << 16 |
	    (size_t)in->data[2] << 8 | in->data[3];
	ck_assert_uint_eq(i, l->taken);
	l->taken++;
	atomic_fetch_sub(&l->held, 1);
	if (i == l->take_fails)
		return err_set(err, DFLOW_FAILED, "take %zu", i);
	return DFLOW_OK;
}

START_TEST(test_stream_order)
{
	struct log *l = log_new(most_workers(threads[_i]), SIZE_MAX);
	const struct pool_stream s = {make, take, l, 8};
	struct dflow_err err;

	ck_assert_int_eq(pool_stream(threads[_i], JOBS, &s, &err), DFLOW_OK);
	ck_assert_uint_eq(l->taken, JOBS);
	ck_assert_int_le(atomic_load(&l->held_most),
	    2 * (int)(l->threads > 256 ? 256 : l->threads));
	ck_assert_int_eq(pool_stream(threads[_i], 0, &s, &err), DFLOW_OK);
	free(l);
}
END_TEST

START_TEST(test_stream_make_fails)
{
	struct log *l = log_new(most_workers(threads[_i]), 300);
	const struct pool_stream s = {make, take, l, 8};
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(
	    pool_stream(threads[_i], JOBS, &s, &err), DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "job 300");
	/* All before it came out, and nothing else. */
	ck_assert_uint_eq(l->taken, 300);
	free(l);
}
END_TEST

START_TEST(test_stream_take_fails)
{
	struct log *l = log_new(most_workers(threads[_i]), 300);
	const struct pool_stream s = {make, take, l, 8};
	struct dflow_err err = {DFLOW_OK, ""};

	l->take_fails = 299;
	ck_assert_int_eq(
	    pool_stream(threads[_i], JOBS, &s, &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "take 299");
	ck_assert_uint_eq(l->taken, 300);
	free(l);
}
END_TEST

static enum dflow_status
make_too_much(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	(void)ctx;
	(void)worker;
	(void)err;
	buf_printf(out, "%zu", i);
	return DFLOW_OK;
}

static enum dflow_status
take_any(void *ctx, const struct buf *in, struct dflow_err *err)
{
	(void)ctx;
	(void)in;
	(void)err;
	return DFLOW_OK;
}

START_TEST(test_stream_ceiling)
{
	const struct pool_stream s = {make_too_much, take_any, NULL, 2};
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(pool_stream(4, 100, &s, &err), DFLOW_OK);
	ck_assert_int_eq(pool_stream(4, 101, &s, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "exceeds 2 bytes"));
}
END_TEST

/* Jobs of a pipe: a number that each passes on to the next. */
struct relay {
	struct log *log;
	size_t count;
	size_t read; /* next to be read */
	size_t read_fails;
	size_t slots[PIPE_WINDOW];
	atomic_int reading;
	atomic_int wrong;
};

static enum dflow_status
relay_read(
    const struct pool_job *j, void *ctx, bool *more, struct dflow_err *err)
{
	struct relay *r = ctx;

	if (atomic_fetch_add(&r->reading, 1) != 0 || j->i != r->read)
		atomic_store(&r->wrong, 1);
	r->read = j->i + 1;
	atomic_fetch_sub(&r->reading, 1);
	if (j->i == r->read_fails)
		return err_set(err, DFLOW_REFUSED, "read %zu", j->i);
	*more = j->i < r->count;
	return DFLOW_OK;
}

static void
relay_work(const struct pool_job *j, void *ctx)
{
	struct relay *r = ctx;
	size_t before = 0;

	if (j->i % 64 == 0)
		usleep(200);
	atomic_fetch_add(&r->log->ran[j->i], 1);
	if (j->i > 0 && j->i % 3 != 0) {
		pool_pipe_wait(j);
		before = r->slots[(j->i - 1) % PIPE_WINDOW];
	}
	r->slots[j->i % PIPE_WINDOW] = before + 1;
}

static enum dflow_status
relay_take(void *ctx, size_t i, struct dflow_err *err)
{
	struct relay *r = ctx;

	if (i != r->log->taken || r->slots[i % PIPE_WINDOW] != i % 3 + 1)
		atomic_store(&r->wrong, 1);
	if (i == r->log->take_fails)
		return err_set(err, DFLOW_REFUSED, "take %zu", i);
	r->log->taken++;
	return DFLOW_OK;
}

static const struct {
	size_t count, read_fails, take_fails;
	size_t taken;
	const char *error; /* NULL: none */
} relays[] = {
    {0, SIZE_MAX, SIZE_MAX, 0, NULL},
    {1, SIZE_MAX, SIZE_MAX, 1, NULL},
    {JOBS, SIZE_MAX, SIZE_MAX, JOBS, NULL},
    {JOBS, 0, SIZE_MAX, 0, "read 0"},
    {JOBS, 777, SIZE_MAX, 777, "read 777"},
    {JOBS, SIZE_MAX, 500, 500, "take 500"},
    {JOBS, 502, 500, 500, "take 500"},
};
enum { RELAYS = sizeof(relays) / sizeof(*relays) };

/* Read in order, taken in order, each sees what the one before it left. */
START_TEST(test_pipe)
{
	unsigned n = threads[_i % THREADS];
	size_t c = (size_t)_i / THREADS;
	struct pool_pipe pipe = {
	    relay_read, relay_work, relay_take, NULL, PIPE_WINDOW};
	struct relay r = {.log = log_new(n, SIZE_MAX),
	    .count = relays[c].count,
	    .read_fails = relays[c].read_fails};
	struct dflow_err err = {DFLOW_OK, ""};
	enum dflow_status st;

	pipe.ctx = &r;
	r.log->take_fails = relays[c].take_fails;
	st = pool_pipe(n, &pipe, &err);
	ck_assert_int_eq(st, relays[c].error ? DFLOW_REFUSED : DFLOW_OK);
	ck_assert_str_eq(err.text, relays[c].error ? relays[c].error : "");
	ck_assert_int_eq(atomic_load(&r.wrong), 0);
	ck_assert_uint_eq(r.log->taken, relays[c].taken);
	for (size_t i = 0; i < r.log->taken; i++)
		ck_assert_int_eq(atomic_load(&r.log->ran[i]), 1);
	free(r.log);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pool");
	TCase *t = tcase_create("pool");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_run_all, 0, THREADS);
	tcase_add_loop_test(t, test_run_first_failure, 0, THREADS);
	tcase_add_loop_test(t, test_stream_order, 0, THREADS);
	tcase_add_loop_test(t, test_stream_make_fails, 0, THREADS);
	tcase_add_loop_test(t, test_stream_take_fails, 0, THREADS);
	tcase_add_test(t, test_stream_ceiling);
	tcase_add_loop_test(t, test_pipe, 0, RELAYS * THREADS);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
