/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns one N200: its configuration, its connections, its log, and single
 * requests to it. GET carries its arguments in the path, so no PIN goes that
 * way; what changes something in the device is sent once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "keys/form.h"
#include "keys/n200answer.h"
#include "keys/n200device.h"

static const char post_path[] = "/web/postv1";

/* What may be in no log and no message. */
static enum dflow_status
gather_secrets(struct dflow_n200 *n, struct dflow_err *err)
{
	const struct n200_conf *c = n->conf;
	size_t user_len = strlen(c->user);
	enum dflow_status status;

	status = secret_new(user_len + 1 + c->pass->len, &n->basic, err);
	if (status == DFLOW_OK)
		status = secret_put(n->basic, c->user, user_len, err);
	if (status == DFLOW_OK)
		status = secret_put(n->basic, ":", 1, err);
	if (status == DFLOW_OK)
		status = secret_put(n->basic, c->pass->data, c->pass->len, err);
	if (status == DFLOW_OK)
		status = redact_add(&n->redact, n->basic, err);
	if (status == DFLOW_OK)
		status = redact_add(&n->redact, c->pass, err);
	if (status == DFLOW_OK)
		status = redact_add(&n->redact, c->pin, err);
	return status;
}

static enum dflow_status
connect_to(struct dflow_n200 *n, struct dflow_err *err)
{
	const struct n200_conf *c = n->conf;
	const struct https_params params = {
	    .server = c->server,
	    .address = c->address[0] != '\0' ? c->address : NULL,
	    .ca_file = c->tlscert,
	    .user = c->user,
	    .pass = c->pass,
	    .connections = c->connections,
	    .timeout_s = c->timeout_s,
	    .retries = c->retries,
	    .log = n->log,
	    .log_connections = c->log_level >= N200_LOG_CONNECTIONS,
	    .redact = &n->redact,
	};

	return https_new(&params, &n->https, err);
}

enum dflow_status
dflow_n200_open(
    const char *path, struct dflow_n200 **out, struct dflow_err *err)
{
	struct dflow_n200 *n;
	enum dflow_status status;

	if (path == NULL)
		return err_set(err, DFLOW_USAGE,
		    "no n200.conf is given; name it by --n200-conf or "
		    "N200_CONF");
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return err_memory(err);
	status = n200_conf_read(path, &n->conf, err);
	if (status == DFLOW_OK)
		status = gather_secrets(n, err);
	if (status == DFLOW_OK && n->conf->log_level > 0 &&
	    n->conf->log_output[0] != '\0')
		status = os_log_open(n->conf->log_output, &n->log, err);
	if (status == DFLOW_OK)
		status = connect_to(n, err);
	if (status != DFLOW_OK) {
		dflow_n200_free(&n);
		return status;
	}
	*out = n;
	return DFLOW_OK;
}

void
dflow_n200_free(struct dflow_n200 **n)
{
	struct dflow_n200 *old;

	if (n == NULL || *n == NULL)
		return;
	old = *n;
	*n = NULL;
	https_free(&old->https);
	os_log_close(&old->log);
	secret_free(&old->basic);
	n200_conf_free(&old->conf);
	free(old->keys);
	free(old);
}

/* A single request. */
struct single {
	struct dflow_n200 *n;
	const char *command;
	char path[HTTPS_PATH_MAX];
	const struct secret *form; /* NULL: GET */
	cJSON *json;
};

static enum dflow_status
single_make(void *ctx, size_t i, struct https_request *r, struct dflow_err *err)
{
	const struct single *s = ctx;
	enum dflow_status status;

	(void)i;
	r->command = s->command;
	memcpy(r->path, s->path, sizeof(r->path));
	if (s->form == NULL)
		return DFLOW_OK;
	r->post = true;
	r->once = true;
	status = https_body(r, s->form->len, err);
	if (status == DFLOW_OK)
		status = secret_put(r->body, s->form->data, s->form->len, err);
	return status;
}

static enum dflow_status
single_take(
    void *ctx, size_t i, const struct https_answer *a, struct dflow_err *err)
{
	struct single *s = ctx;

	(void)i;
	return n200_answer(a, s->command, &s->n->redact, &s->json, err);
}

static enum dflow_status
run_single(struct single *s, struct cJSON **out, struct dflow_err *err)
{
	const struct https_batch batch = {1, single_make, single_take, s};
	enum dflow_status status = https_run(s->n->https, &batch, err);

	if (status == DFLOW_OK)
		*out = s->json; /* transferred */
	else
		cJSON_Delete(s->json);
	return status;
}

enum dflow_status
n200_get(struct dflow_n200 *n, const char *command, const char *arg,
    struct cJSON **out, struct dflow_err *err)
{
	struct single s = {.n = n, .command = command};
	int len = snprintf(s.path, sizeof(s.path), "%s", n->conf->base);

	if (len < 0 || (size_t)len >= sizeof(s.path) ||
	    !form_path(s.path, sizeof(s.path), command) ||
	    (arg != NULL && !form_path(s.path, sizeof(s.path), arg)) ||
	    strlen(s.path) + 2 > sizeof(s.path))
		return err_set(err, DFLOW_USAGE,
		    "\"%.200s\" cannot be asked of the device; name the key "
		    "by its key id",
		    arg != NULL ? arg : command);
	strcat(s.path, "/");
	return run_single(&s, out, err);
}

static void
put_post_path(const struct dflow_n200 *n, char path[HTTPS_PATH_MAX])
{
	_Static_assert(N200_CONF_TEXT + sizeof(post_path) < HTTPS_PATH_MAX,
	    "a base and its end fit");
	snprintf(path, HTTPS_PATH_MAX, "%s%s", n->conf->base, post_path);
}

enum dflow_status
n200_post(struct dflow_n200 *n, const char *command, const struct secret *form,
    struct cJSON **out, struct dflow_err *err)
{
	struct single s = {.n = n, .command = command, .form = form};

	put_post_path(n, s.path);
	return run_single(&s, out, err);
}

void
n200_sign_request(const struct dflow_n200 *n, const struct n200_sign *s,
    struct https_request *r)
{
	r->command = s->command;
	r->post = true;
	put_post_path(n, r->path);
}

enum dflow_status
dflow_n200_time(struct dflow_n200 *n, int64_t *out, struct dflow_err *err)
{
	enum dflow_status status;
	cJSON *json = NULL;
	uint64_t when = 0;

	status = n200_get(n, "timestamp", NULL, &json, err);
	if (status != DFLOW_OK)
		return status;
	if (!n200_number(n200_at(json, "result"), &when))
		status = n200_answer_unfit(json, "timestamp", &n->redact,
		    "the device's answer is no time", err);
	else
		*out = (int64_t)when;
	cJSON_Delete(json);
	return status;
}

enum dflow_status
dflow_n200_random(
    struct dflow_n200 *n, uint8_t *out, size_t count, struct dflow_err *err)
{
	enum dflow_status status;
	cJSON *json = NULL;
	const char *hex;
	char arg[24];
	size_t got = 0;

	if (count < 1 || count > DFLOW_N200_RANDOM_MAX)
		return err_set(err, DFLOW_USAGE,
		    "%zu random bytes; 1 to %d can be had at once", count,
		    DFLOW_N200_RANDOM_MAX);
	snprintf(arg, sizeof(arg), "%zu", count);
	status = n200_get(n, "getrandom", arg, &json, err);
	if (status != DFLOW_OK)
		return status;
	hex = n200_text(json, "result");
	if (hex == NULL || !hex_decode(hex, strlen(hex), out, count, &got) ||
	    got != count)
		status = n200_answer_unfit(json, "getrandom", &n->redact,
		    "the device's answer is not as many bytes of hex", err);
	cJSON_Delete(json);
	return status;
}
