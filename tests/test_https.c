/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTPS against a server of our own: what arrives, over how many connections,
 * and what becomes of answers that are late, cut or false.
 */
#include <check.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "httpscene.h"

/* In threads of their own, all at once. */
struct caller {
	struct scene *scene;
	struct asked asked;
	pthread_t thread;
};

static void *
call(void *arg)
{
	struct caller *c = arg;

	(void)ask(c->scene, &c->asked);
	return NULL;
}

START_TEST(test_parallel)
{
	enum { CALLERS = 3, EACH = 40 };
	struct caller callers[CALLERS];
	struct scene s;

	scene_prepare(&s);
	s.server->delay_ms = 5;
	scene_begin(&s);
	for (int k = 0; k < CALLERS; k++) {
		callers[k].scene = &s;
		callers[k].asked = asked("/echo", EACH, true);
		ck_assert_int_eq(
		    pthread_create(&callers[k].thread, NULL, call, &callers[k]),
		    0);
	}
	for (int k = 0; k < CALLERS; k++) {
		struct asked *a = &callers[k].asked;

		pthread_join(callers[k].thread, NULL);
		ck_assert_msg(a->result == DFLOW_OK, "%s", a->err.text);
		for (int i = 0; i < EACH; i++)
			ck_assert_int_eq(a->taken[i], 1);
	}
	/* Idle ones are used again, later too. */
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	ck_assert_int_eq(s.server->requests, CALLERS * EACH + 1);
	ck_assert_int_eq(s.server->handshakes, 4);
	ck_assert_int_eq(s.server->connections, 4);
	ck_assert_int_eq(s.server->denied, 0);
	ck_assert_int_eq(count_in("log", " ask 200 "), CALLERS * EACH + 1);
	ck_assert_int_eq(count_in("log", " ms new\n"), 4);
	ck_assert_int_eq(count_in("log", " ms kept\n"), CALLERS * EACH - 3);
	scene_end(&s);
}
END_TEST

/* Who comes while another's answer is waited for is heard at once. */
START_TEST(test_wake)
{
	struct caller callers[2];
	struct scene s;

	scene_prepare(&s);
	scene_begin(&s);
	/* A new connection would wake curl a few times by itself. */
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	s.server->delay_ms = 400;
	for (int k = 0; k < 2; k++) {
		callers[k].scene = &s;
		callers[k].asked = asked("/echo", 1, true);
		ck_assert_int_eq(
		    pthread_create(&callers[k].thread, NULL, call, &callers[k]),
		    0);
		/* Until the server has it; bounded by the test's own time. */
		while (s.server->requests <= k + 1)
			sched_yield();
	}
	for (int k = 0; k < 2; k++) {
		pthread_join(callers[k].thread, NULL);
		ck_assert_int_eq(callers[k].asked.result, DFLOW_OK);
	}
	ck_assert_int_eq(s.server->busiest, 2);
	scene_end(&s);
}
END_TEST

START_TEST(test_few)
{
	struct asked a = asked("/echo", 3, true), none = asked("/echo", 0, 0);
	struct scene s;

	scene_prepare(&s);
	s.p.connections = HTTPS_CONNECTIONS_MAX;
	scene_begin(&s);
	ck_assert_int_eq(ask(&s, &none), DFLOW_OK);
	ck_assert_int_eq(s.server->connections, 0);
	ck_assert_int_eq(ask(&s, &a), DFLOW_OK);
	ck_assert_int_le(s.server->connections, 3);
	/* Nothing of a form stays behind. */
	ck_assert_uint_eq(a.body->len, 0);
	for (size_t i = 0; i < a.body->cap; i++)
		ck_assert_uint_eq(a.body->data[i], 0);
	scene_end(&s);
}
END_TEST

/* Is it in what malloc has? */
static bool
in_heap(const char *text)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[256];
	uintptr_t from, to;
	bool found = false;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "[heap]") != NULL &&
		    sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &from, &to) == 2)
			found |= memmem((void *)from, to - from, text,
				     strlen(text)) != NULL;
	fclose(f);
	return found;
}

/* libcurl keeps copies of the password and the PIN, but not for ever. */
START_TEST(test_memory)
{
	struct asked a = asked("/echo", 8, true);
	char *mine = strdup("a string that is for sure in the heap");
	struct scene s;

	scene_prepare(&s);
	scene_begin(&s);
	ck_assert_int_eq(ask(&s, &a), DFLOW_OK);
	https_free(&s.client);
	/* Sanitizers and valgrind have their memory elsewhere. */
	if (in_heap(mine)) {
		ck_assert(!in_heap(TLSSERVER_PASS + 1));
		ck_assert(!in_heap("b3BlcmF0b3I6UGE1NTp3"));
		ck_assert(!in_heap("in=" SCENE_PIN));
	}
	free(mine);
	scene_end(&s);
}
END_TEST

static const struct {
	const char *path;
	unsigned status;
} statuses[] = {
    {"/echo", 200},
    {"/redirect", 302},
    {"/status/204", 204},
    {"/status/400", 400},
    {"/status/401", 401},
    {"/status/403", 403},
    {"/status/407", 407},
    {"/status/417", 417},
    {"/status/500", 500},
    {"/status/504", 504},
};

/* The caller judges them; none is followed or repeated. */
START_TEST(test_status)
{
	struct scene s;

	scene_prepare(&s);
	scene_begin(&s);
	ck_assert_uint_eq(get(&s, statuses[_i].path), statuses[_i].status);
	ck_assert_int_eq(s.server->requests, 1);
	scene_end(&s);
}
END_TEST

START_TEST(test_bounds)
{
	static const char *const paths[] = {"/large", "/endless", "/head"};
	struct scene s;

	scene_prepare(&s);
	scene_begin(&s);
	get_fails(&s, paths[_i], DFLOW_FAILED, "larger than 1048576 bytes");
	ck_assert_int_eq(s.server->requests, 1);
	ck_assert_int_eq(count_in("log", " failed: too large "), 1);
	/* The client is as good as before. */
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	scene_end(&s);
}
END_TEST

static const struct {
	enum tlsserver_fault fault;
	const char *words;
	const char *logged;
} faults[] = {
    {FAULT_CLOSE, "was cut", "failed: cut 0 bytes"},
    {FAULT_RESET, "was cut", "failed: cut 0 bytes"},
    {FAULT_TRUNCATE, "was cut", "failed: cut 8 bytes"},
    {FAULT_STALL, "no answer to ask within 1 s", "failed: timeout 8 bytes"},
    {FAULT_503, "status 503", " 503 4 bytes"},
    {FAULT_502, "status 502", " 502 4 bytes"},
    {FAULT_HANDSHAKE, "was cut", "failed: cut 0 bytes"},
};

/* The try behind the faults is good, and there is none after it. */
START_TEST(test_retry)
{
	int bad = faults[_i].fault == FAULT_CLOSE ? 2 : 1;
	struct scene s;

	scene_prepare(&s);
	s.p.timeout_s = 1;
	s.server->fault = faults[_i].fault;
	s.server->faults = bad;
	scene_begin(&s);
	ck_assert_uint_eq(get(&s, "/flaky"), 200);
	ck_assert_int_eq(s.server->faults, 0);
	ck_assert_int_eq(count_in("log", faults[_i].logged), bad);
	ck_assert_int_eq(count_in("log", " ask 200 "), 1);
	ck_assert_int_eq(count_in("log", " try 2\n"), 1);
	ck_assert_int_eq(count_in("log", " try 3\n"), bad - 1);
	ck_assert_int_eq(count_in("log", "\n"), bad + 1);
	scene_end(&s);
}
END_TEST

START_TEST(test_give_up)
{
	struct asked a = asked("/flaky", 1, false);
	struct scene s;

	scene_prepare(&s);
	s.p.timeout_s = 1;
	s.p.retries = 1;
	s.server->fault = faults[_i].fault;
	s.server->faults = 100;
	scene_begin(&s);
	ck_assert_int_eq(ask(&s, &a), DFLOW_FAILED);
	check_words(a.err.text, faults[_i].words);
	check_words(a.err.text, "(2 tries)");
	ck_assert_int_eq(s.server->faults, 98);
	scene_end(&s);
}
END_TEST

START_TEST(test_once)
{
	struct asked a = asked("/flaky", 1, true);
	struct scene s;

	scene_prepare(&s);
	s.p.timeout_s = 1;
	s.server->fault = faults[_i].fault;
	s.server->faults = 1;
	scene_begin(&s);
	a.once = true;
	ck_assert_int_eq(ask(&s, &a), DFLOW_FAILED);
	check_words(a.err.text, faults[_i].words);
	ck_assert_ptr_null(strstr(a.err.text, "tries"));
	ck_assert_int_eq(s.server->connections, 1);
	scene_end(&s);
}
END_TEST

/*
 * A kept connection that dies under a request: libcurl repeats it unasked, so
 * what goes once must never be sent on one.
 */
START_TEST(test_once_kept)
{
	struct asked a = asked("/echo", 1, true);
	struct scene s;

	scene_prepare(&s);
	s.p.connections = 1;
	s.server->once_only = true;
	scene_begin(&s);
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	a.once = true;
	ck_assert_int_eq(ask(&s, &a), DFLOW_OK);
	ck_assert_int_eq(s.server->requests, 2);
	ck_assert_int_eq(s.server->connections, 2);
	/* The others go where there is a connection. */
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	ck_assert_int_eq(s.server->requests, 4);
	scene_end(&s);
}
END_TEST

/* The others go on while one waits for its further try. */
START_TEST(test_retry_beside)
{
	struct asked a = asked("/flaky", 40, true);
	struct scene s;

	scene_prepare(&s);
	s.server->fault = FAULT_503;
	s.server->faults = 3;
	scene_begin(&s);
	ck_assert_msg(ask(&s, &a) == DFLOW_OK, "%s", a.err.text);
	for (size_t i = 0; i < a.batch.count; i++)
		ck_assert_int_eq(a.taken[i], 1);
	ck_assert_int_eq(s.server->requests, 43);
	ck_assert_int_eq(s.server->connections, 4);
	scene_end(&s);
}
END_TEST

START_TEST(test_calls_fail)
{
	struct asked a = asked("/echo", 40, true);
	struct scene s;

	scene_prepare(&s);
	s.server->delay_ms = 5;
	scene_begin(&s);
	a.fails_at = 21;
	a.take_fails = _i != 0;
	ck_assert_int_eq(ask(&s, &a), _i != 0 ? DFLOW_FAILED : DFLOW_REFUSED);
	ck_assert_str_eq(
	    a.err.text, _i != 0 ? "answer 20 is none" : "request 20 is none");
	ck_assert_uint_lt(a.total, 40);
	/* The next batch does not get the answers of this one. */
	a = asked("/echo", 40, true);
	ck_assert_msg(ask(&s, &a) == DFLOW_OK, "%s", a.err.text);
	for (size_t i = 0; i < a.batch.count; i++)
		ck_assert_int_eq(a.taken[i], 1);
	/* A line for each that was sent, given up or not. */
	ck_assert_int_ge(count_in("log", "\n"), s.server->requests);
	scene_end(&s);
}
END_TEST

/* One thread's failure is not another's. */
START_TEST(test_fail_beside)
{
	enum { CALLERS = 3 };
	struct caller callers[CALLERS];
	struct scene s;

	scene_prepare(&s);
	s.server->delay_ms = 2;
	scene_begin(&s);
	for (int k = 0; k < CALLERS; k++) {
		callers[k].scene = &s;
		callers[k].asked = asked("/echo", 40, true);
		callers[k].asked.fails_at = k == 1 ? 15 : 0;
		callers[k].asked.take_fails = _i != 0;
		ck_assert_int_eq(
		    pthread_create(&callers[k].thread, NULL, call, &callers[k]),
		    0);
	}
	for (int k = 0; k < CALLERS; k++) {
		struct asked *a = &callers[k].asked;

		pthread_join(callers[k].thread, NULL);
		if (k == 1) {
			ck_assert_int_ne(a->result, DFLOW_OK);
			check_words(a->err.text, "14 is none");
			continue;
		}
		ck_assert_msg(a->result == DFLOW_OK, "%s", a->err.text);
		ck_assert_uint_eq(a->total, 40);
	}
	scene_end(&s);
}
END_TEST

START_TEST(test_nobody_there)
{
	struct scene s;

	scene_prepare(&s);
	scene_begin(&s);
	/* Nobody listens there any more. */
	https_free(&s.client);
	tlsserver_stop(s.server);
	s.server = tlsserver_new();
	s.p.retries = 1;
	scene_connect(&s);
	get_fails(&s, "/echo", DFLOW_FAILED, "no connection to 127.0.0.1:");
	get_fails(
	    &s, "/echo", DFLOW_FAILED, ": Connection refused (2 tries); ");
	ck_assert_int_eq(count_in("log", " ms none try 2\n"), 2);
	https_free(&s.client);
	s.p.address = "nowhere.invalid";
	s.p.timeout_s = 1;
	scene_connect(&s);
	get_fails(&s, "/echo", DFLOW_FAILED, "address");
	scene_end(&s);
}
END_TEST

START_TEST(test_strange)
{
	struct scene s;

	scene_prepare(&s);
	s.server->fault = FAULT_PLAIN;
	s.server->faults = 1;
	scene_begin(&s);
	get_fails(&s, "/echo", DFLOW_FAILED, "no TLS there (");
	get_fails(&s, "/words", DFLOW_FAILED, "no answer in HTTP (");
	ck_assert_int_eq(s.server->connections, 2);
	ck_assert_int_eq(count_in("log", " ask failed: no TLS 0 bytes "), 1);
	ck_assert_int_eq(count_in("log", " ask failed: no HTTP 0 bytes "), 1);
	scene_end(&s);
}
END_TEST

/* curl's words are there; no header, no path, no secret is. */
START_TEST(test_log)
{
	struct asked a = asked("/echo/SomeArgument", 6, true);
	struct scene s;

	scene_prepare(&s);
	s.p.log_connections = true;
	s.server->once_only = true;
	s.p.connections = 1;
	scene_begin(&s);
	ck_assert_int_eq(ask(&s, &a), DFLOW_OK);
	https_free(&s.client);
	ck_assert_int_ge(count_in("log", " curl: "), 5);
	ck_assert_int_ge(count_in("log", "TLSv1.3"), 1);
	ck_assert_int_eq(count_in("log", "SomeArgument"), 0);
	ck_assert_int_eq(count_in("log", "Basic b3"), 0);
	ck_assert_int_eq(count_in("log", "Authorization"), 0);
	ck_assert_int_eq(count_in("log", "Content-Type"), 0);
	ck_assert_int_eq(count_in("log", "Pa55"), 0);
	ck_assert_int_eq(count_in("log", SCENE_PIN), 0);
	ck_assert_uint_eq(mode_of("log"), 0600);
	scene_end(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("https");
	TCase *tc = tcase_create("https");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_parallel);
	tcase_add_test(tc, test_wake);
	tcase_add_test(tc, test_few);
	tcase_add_test(tc, test_memory);
	tcase_add_loop_test(tc, test_status, 0, COUNT(statuses));
	tcase_add_loop_test(tc, test_bounds, 0, 3);
	tcase_add_loop_test(tc, test_retry, 0, COUNT(faults));
	tcase_add_loop_test(tc, test_give_up, 0, COUNT(faults));
	tcase_add_loop_test(tc, test_once, 0, COUNT(faults));
	tcase_add_test(tc, test_once_kept);
	tcase_add_test(tc, test_retry_beside);
	tcase_add_loop_test(tc, test_calls_fail, 0, 2);
	tcase_add_loop_test(tc, test_fail_beside, 0, 2);
	tcase_add_test(tc, test_nobody_there);
	tcase_add_test(tc, test_strange);
	tcase_add_test(tc, test_log);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
