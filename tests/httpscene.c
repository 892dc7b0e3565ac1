/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See httpscene.h. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "httpscene.h"

static const struct tlscert_facts ca_facts = {
    "Test CA, not for use", NULL, -DAY, 10 * DAY, true};
const struct tlscert_facts scene_device = {
    SCENE_NAME, NULL, -DAY, 10 * DAY, false};

static enum dflow_status
make(void *ctx, size_t i, struct https_request *r, struct dflow_err *e)
{
	struct asked *a = ctx;
	char text[64];

	if (a->fails_at == i + 1 && !a->take_fails)
		return err_set(e, DFLOW_REFUSED, "request %zu is none", i);
	r->command = "ask";
	r->post = a->post;
	r->once = a->once;
	snprintf(r->path, sizeof(r->path), "%s", a->path);
	if (!a->post)
		return DFLOW_OK;
	snprintf(text, sizeof(text), "pin=" SCENE_PIN "&number=%zu", i);
	ck_assert_int_eq(https_body(r, strlen(text), e), DFLOW_OK);
	ck_assert_uint_eq(r->body->len, 0);
	a->body = r->body;
	return secret_put(r->body, text, strlen(text), e);
}

static enum dflow_status
take(
    void *ctx, size_t i, const struct https_answer *answer, struct dflow_err *e)
{
	struct asked *a = ctx;
	char text[64];

	ck_assert_uint_lt(i, a->batch.count);
	a->taken[i]++;
	a->total++;
	a->status = answer->status;
	if (a->fails_at == i + 1 && a->take_fails)
		return err_set(e, DFLOW_FAILED, "answer %zu is none", i);
	snprintf(text, sizeof(text), "pin=" SCENE_PIN "&number=%zu", i);
	if (a->post && answer->status == 200) {
		ck_assert_uint_eq(answer->len, strlen(text));
		ck_assert_mem_eq(answer->data, text, answer->len);
	}
	return DFLOW_OK;
}

struct asked
asked(const char *path, size_t count, bool post)
{
	struct asked a = {
	    .batch = {count, make, take, NULL}, .path = path, .post = post};

	return a;
}

enum dflow_status
ask(struct scene *s, struct asked *a)
{
	a->batch.ctx = a;
	a->result = https_run(s->client, &a->batch, &a->err);
	return a->result;
}

unsigned
get(struct scene *s, const char *path)
{
	struct asked a = asked(path, 1, false);

	ck_assert_msg(ask(s, &a) == DFLOW_OK, "%s", a.err.text);
	ck_assert_uint_eq(a.total, 1);
	return a.status;
}

void
check_words(const char *text, const char *words)
{
	ck_assert_msg(strstr(text, words) != NULL, "%s: %s", words, text);
	ck_assert_msg(strstr(text, "Pa55") == NULL, "%s", text);
	ck_assert_msg(strstr(text, SCENE_PIN) == NULL, "%s", text);
}

void
get_fails(struct scene *s, const char *path, enum dflow_status status,
    const char *words)
{
	struct asked a = asked(path, 1, false);

	ck_assert_int_eq(ask(s, &a), status);
	ck_assert_uint_eq(a.total, 0);
	check_words(a.err.text, words);
	check_words(a.err.text, strcmp(s->url, "https://" SCENE_NAME) == 0
				    ? SCENE_NAME ": "
				    : ": ");
}

void
scene_prepare(struct scene *s)
{
	struct dflow_err err;
	memset(s, 0, sizeof(*s));
	tlscert_make(&s->ca, &ca_facts, NULL);
	tlscert_make(&s->other, &ca_facts, NULL);
	tlscert_write(&s->ca, "ca.pem");
	tlscert_write(&s->other, "other.pem");
	s->server = tlsserver_new();
	ck_assert_int_eq(secret_new(64, &s->pass, &err), DFLOW_OK);
	ck_assert_int_eq(
	    secret_put(s->pass, TLSSERVER_PASS, strlen(TLSSERVER_PASS), &err),
	    DFLOW_OK);
	ck_assert_int_eq(redact_add(&s->redact, s->pass, &err), DFLOW_OK);
	ck_assert_int_eq(os_log_open("log", &s->log, &err), DFLOW_OK);
	snprintf(s->url, sizeof(s->url), "https://%s", SCENE_NAME);
	s->p = (struct https_params){.server = s->url,
	    .address = s->address,
	    .ca_file = "ca.pem",
	    .user = TLSSERVER_USER,
	    .pass = s->pass,
	    .connections = 4,
	    .timeout_s = 5,
	    .retries = 2,
	    .log = s->log,
	    .redact = &s->redact};
}

void
scene_serve(struct scene *s, const struct tlscert_facts *facts)
{
	tlscert_make(&s->leaf, facts, &s->ca);
	tlsserver_start(s->server, &s->leaf);
	snprintf(
	    s->address, sizeof(s->address), "127.0.0.1:%d", s->server->port);
}

void
scene_connect(struct scene *s)
{
	struct dflow_err err;
	ck_assert_msg(
	    https_new(&s->p, &s->client, &err) == DFLOW_OK, "%s", err.text);
}

void
scene_begin(struct scene *s)
{
	scene_serve(s, &scene_device);
	scene_connect(s);
}

void
scene_end(struct scene *s)
{
	https_free(&s->client);
	ck_assert_ptr_null(s->client);
	tlsserver_stop(s->server);
	os_log_close(&s->log);
	secret_free(&s->pass);
	tlscert_free(&s->ca);
	tlscert_free(&s->other);
	tlscert_free(&s->leaf);
}

int
count_in(const char *path, const char *words)
{
	struct dflow_err err;
	struct buf b;
	int n = 0;
	const char *at;

	buf_init(&b, 1 << 20);
	ck_assert_int_eq(os_read(path, 1 << 20, &b, &err), DFLOW_OK);
	buf_u8(&b, 0);
	for (at = (const char *)b.data; (at = strstr(at, words)) != NULL; at++)
		n++;
	buf_free(&b);
	return n;
}
