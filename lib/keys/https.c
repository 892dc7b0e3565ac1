/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the one libcurl multi handle of a client, its connections, and who
 * drives them: of the threads that want answers, one at a time works for all,
 * so that no connection idles while any batch has requests left.
 *
 * Each try is a line in the log, behind its time:
 *
 *	sign 200 214 bytes 53 ms kept
 *	sign 503 0 bytes 2 ms kept
 *	sign failed: timeout 0 bytes 30001 ms new try 2
 *
 * which is the command; HTTP's status, or "failed: " and the reason; the bytes
 * of the answer's body; milliseconds; whether the connection was new, or kept
 * from an earlier request, or none was had; and which try it was, unless the
 * first. Lines that begin with "curl: " are libcurl's words about connections.
 */
#include "keys/https.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/os.h"
#include "keys/https_try.h"
#include "keys/wipe.h"

enum { POLL_MS = 1000 };

#define BACKOFF_S 0.2
#define BACKOFF_MAX_S 5.0

/* A batch that somebody waits for, on that thread's stack. */
struct run {
	struct run *behind; /* in the queue */
	const struct https_batch *batch;
	size_t next; /* to be made */
	size_t open; /* made, and not yet taken */
	bool over;
	enum dflow_status status;
	struct dflow_err err;
};

/* A handle, and what it does. */
struct slot {
	struct https_try try;
	struct run *run; /* NULL: it is free */
	size_t i; /* of the run's batch */
	bool flying; /* curl has it; else it waits for a further try */
	double resume_s; /* until then */
};

struct https {
	bool started; /* libcurl */
	struct https_server server;
	CURLM *multi;
	struct slot *slots; /* server.params.connections of them */
	pthread_mutex_t mutex; /* for the three below, and run->over */
	pthread_cond_t turn; /* a run is over, or nobody drives */
	struct run *queue;
	bool driven;
};

static size_t
slot_count(const struct https *h)
{
	return h->slots == NULL ? 0 : h->server.params.connections;
}

/*
 * Certificates are judged by OpenSSL's means, so libcurl must be built with
 * it. libcurl counts who starts it. The password, the header made of it and
 * bodies that carry a PIN are copied in its memory: that is wiped when it is
 * given back, unless a program has started libcurl before, in its own way.
 */
static bool
start_curl(void)
{
	return curl_global_sslset(CURLSSLBACKEND_OPENSSL, NULL, NULL) ==
		   CURLSSLSET_OK &&
	       curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free,
		   wipe_realloc, strdup, calloc) == CURLE_OK;
}

static enum dflow_status
set_up(struct https *h, const struct https_params *p, struct dflow_err *err)
{
	long most = (long)p->connections;
	enum dflow_status st;

	h->started = start_curl();
	if (!h->started)
		return err_set(err, DFLOW_FAILED,
		    "libcurl does not start, or is not the one with "
		    "OpenSSL (Debian: libcurl4)");
	st = https_server_init(&h->server, p, err);
	if (st != DFLOW_OK)
		return st;
	h->multi = curl_multi_init();
	h->slots = calloc(p->connections, sizeof(*h->slots));
	if (h->multi == NULL || h->slots == NULL ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, most) != CURLM_OK)
		return err_memory(err);
	for (size_t k = 0; st == DFLOW_OK && k < p->connections; k++)
		st = https_try_open(
		    &h->slots[k].try, &h->server, &h->slots[k], err);
	return st;
}

enum dflow_status
https_new(
    const struct https_params *p, struct https **out, struct dflow_err *err)
{
	struct https *h = calloc(1, sizeof(*h));
	enum dflow_status st;

	if (h == NULL)
		return err_memory(err);
	/* Neither fails on this system with no attributes given. */
	(void)pthread_mutex_init(&h->mutex, NULL);
	(void)pthread_cond_init(&h->turn, NULL);
	st = set_up(h, p, err);
	if (st != DFLOW_OK) {
		https_free(&h);
		return st;
	}
	*out = h;
	return DFLOW_OK;
}

void
https_free(struct https **h)
{
	if (h == NULL || *h == NULL)
		return;
	for (size_t k = 0; k < slot_count(*h); k++)
		https_try_free(&(*h)->slots[k].try);
	/* Closes connections, which know where their slots were. */
	(void)curl_multi_cleanup((*h)->multi);
	free((*h)->slots);
	https_server_free(&(*h)->server);
	if ((*h)->started)
		curl_global_cleanup();
	(void)pthread_cond_destroy(&(*h)->turn);
	(void)pthread_mutex_destroy(&(*h)->mutex);
	free(*h);
	*h = NULL;
}

static void
free_slot(struct https *h, struct slot *s)
{
	if (s->flying)
		(void)curl_multi_remove_handle(h->multi, s->try.easy);
	https_try_clear(&s->try);
	s->run = NULL;
	s->flying = false;
}

/* Ends it; the memory of run is its thread's again. */
static void
end_run(struct https *h, struct run *run, enum dflow_status status)
{
	struct run **at = &h->queue;

	for (size_t k = 0; k < slot_count(h); k++) {
		if (h->slots[k].run != run)
			continue;
		if (h->slots[k].flying)
			https_try_give_up(&h->slots[k].try);
		free_slot(h, &h->slots[k]);
	}
	run->status = status;
	(void)pthread_mutex_lock(&h->mutex);
	while (*at != run)
		at = &(*at)->behind;
	*at = run->behind;
	run->over = true;
	(void)pthread_cond_broadcast(&h->turn);
	(void)pthread_mutex_unlock(&h->mutex);
}

/* The first run that has a request to be made, or NULL. */
static struct run *
wanting_run(struct https *h)
{
	struct run *run;

	(void)pthread_mutex_lock(&h->mutex);
	run = h->queue;
	while (run != NULL && run->next == run->batch->count)
		run = run->behind;
	(void)pthread_mutex_unlock(&h->mutex);
	return run;
}

/* Gives the slot's request to curl, for the first time or again. */
static void
send_slot(struct https *h, struct slot *s)
{
	enum dflow_status st = https_try_start(&s->try, &s->run->err);

	if (st == DFLOW_OK &&
	    curl_multi_add_handle(h->multi, s->try.easy) != CURLM_OK)
		st = err_memory(&s->run->err);
	s->flying = st == DFLOW_OK;
	if (st != DFLOW_OK)
		end_run(h, s->run, st);
}

/* Makes the next request of any run for a slot that is free. */
static void
make_slot(struct https *h, struct slot *s)
{
	struct run *run = wanting_run(h);
	const struct https_batch *b;
	enum dflow_status st;

	if (run == NULL)
		return;
	b = run->batch;
	s->run = run;
	s->i = run->next++;
	run->open++;
	st = b->make(b->ctx, s->i, &s->try.request, &run->err);
	if (st == DFLOW_OK)
		send_slot(h, s);
	else
		end_run(h, run, st);
}

static void
fill_slots(struct https *h)
{
	double now_s = os_steady_s();

	for (size_t k = 0; k < slot_count(h); k++) {
		struct slot *s = &h->slots[k];

		if (s->run == NULL)
			make_slot(h, s);
		else if (!s->flying && s->resume_s <= now_s)
			send_slot(h, s);
	}
}

static void
take_answer(struct https *h, struct slot *s)
{
	struct run *run = s->run;
	const struct https_batch *b = run->batch;
	struct https_answer answer = https_try_answer(&s->try);
	enum dflow_status st = b->take(b->ctx, s->i, &answer, &run->err);

	free_slot(h, s);
	run->open--;
	if (st != DFLOW_OK || (run->open == 0 && run->next == b->count))
		end_run(h, run, st);
}

static double
backoff_s(unsigned tries)
{
	double s = BACKOFF_S;

	while (--tries > 0 && s < BACKOFF_MAX_S)
		s *= 2;
	return s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S;
}

/* A server that is gone is so for all: nobody else waits for it in turn. */
static void
end_runs(struct https *h, struct slot *s, enum https_end end)
{
	struct dflow_err why;
	enum dflow_status st = https_end_fail(&s->try, end, &why);
	struct run *run = s->run;

	while (run != NULL) {
		run->err = why;
		end_run(h, run, st);
		(void)pthread_mutex_lock(&h->mutex);
		run = h->queue;
		(void)pthread_mutex_unlock(&h->mutex);
	}
}

/* A try is over: take its answer, or plan another, or fail. */
static void
settle_slot(struct https *h, struct slot *s, CURLcode code)
{
	enum https_end end = https_try_end(&s->try, code);

	(void)curl_multi_remove_handle(h->multi, s->try.easy);
	s->flying = false;
	if (end == HTTPS_ANSWERED) {
		take_answer(h, s);
	} else if (https_end_passes(end) && !s->try.request.once &&
		   s->try.count <= h->server.params.retries) {
		s->resume_s = os_steady_s() + backoff_s(s->try.count);
	} else {
		end_runs(h, s, end);
	}
}

/* True if any try was over; until mine is. */
static bool
settle_slots(struct https *h, const struct run *mine)
{
	bool any = false;
	int left, running;

	while (!mine->over) {
		CURLMsg *msg = curl_multi_info_read(h->multi, &left);
		char *data = NULL;

		if (msg == NULL)
			break;
		if (msg->msg != CURLMSG_DONE)
			continue;
		any = true;
		(void)curl_easy_getinfo(
		    msg->easy_handle, CURLINFO_PRIVATE, &data);
		settle_slot(h, (struct slot *)(void *)data, msg->data.result);
		/* The next request leaves before the next answer is read. */
		fill_slots(h);
		(void)curl_multi_perform(h->multi, &running);
	}
	return any;
}

/* Waits for the network, for a slot that is to be tried again, or a wake-up. */
static CURLMcode
wait(struct https *h)
{
	double now_s = os_steady_s(), ms;
	int wait_ms = POLL_MS;

	for (size_t k = 0; k < slot_count(h); k++) {
		const struct slot *s = &h->slots[k];

		if (s->run == NULL || s->flying)
			continue;
		ms = (s->resume_s - now_s) * 1000;
		if (ms < wait_ms)
			wait_ms = ms < 0 ? 0 : (int)ms + 1;
	}
	return curl_multi_poll(h->multi, NULL, 0, wait_ms, NULL);
}

/* Works for all runs until mine is over. */
static void
drive(struct https *h, struct run *mine)
{
	CURLMcode rc = CURLM_OK;
	int running;

	while (!mine->over) {
		fill_slots(h);
		rc = curl_multi_perform(h->multi, &running);
		/* Slots that are free now are filled before any waiting. */
		if (rc == CURLM_OK && !settle_slots(h, mine) && !mine->over)
			rc = wait(h);
		if (rc != CURLM_OK && !mine->over)
			end_run(h, mine,
			    err_set(&mine->err, DFLOW_FAILED, "%s: %s",
				h->server.host, curl_multi_strerror(rc)));
	}
}

static void
enqueue(struct https *h, struct run *run)
{
	struct run **at = &h->queue;

	while (*at != NULL)
		at = &(*at)->behind;
	*at = run;
}

enum dflow_status
https_run(
    struct https *h, const struct https_batch *batch, struct dflow_err *err)
{
	struct run run = {.batch = batch};

	if (batch->count == 0)
		return DFLOW_OK;
	(void)pthread_mutex_lock(&h->mutex);
	enqueue(h, &run);
	/* Who drives may be asleep, with slots that are free. */
	if (h->driven)
		(void)curl_multi_wakeup(h->multi);
	while (!run.over) {
		if (h->driven) {
			(void)pthread_cond_wait(&h->turn, &h->mutex);
			continue;
		}
		h->driven = true;
		(void)pthread_mutex_unlock(&h->mutex);
		drive(h, &run);
		(void)pthread_mutex_lock(&h->mutex);
		h->driven = false;
		(void)pthread_cond_broadcast(&h->turn);
	}
	(void)pthread_mutex_unlock(&h->mutex);
	if (run.status != DFLOW_OK && err != NULL)
		*err = run.err;
	return run.status;
}
