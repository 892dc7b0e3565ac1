/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STALL_MS = 300000 };

static bool
is_sign(const struct call *c)
{
	return c->post && strcmp(c->command, c->sim->set.sign.command) == 0;
}

/* What faults and delays call it: "sign", whatever its name is. */
static const char *
plain_name(const struct call *c)
{
	return is_sign(c) ? "sign" : c->command;
}

/* The user by HTTP basic authentication; NULL. */
static const struct user *
authenticate(const struct request *q)
{
	char *pass = NULL;
	char *name = MHD_basic_auth_get_username_password(q->connection, &pass);
	const struct user *u = NULL;

	if (name != NULL && pass != NULL)
		u = device_user(&q->sim->device, name, pass);
	MHD_free(name);
	MHD_free(pass);
	if (u == NULL)
		counters_add(&q->sim->counters, COUNT_WRONG_PASSWORDS, 1);
	return u;
}

/* A POST's path and type are the articles'. */
static const char *
read_call(const struct request *q, struct call *c)
{
	const char *type = MHD_lookup_connection_value(
	    q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);

	c->sim = q->sim;
	c->post = q->post;
	c->command = "";
	if (!q->post)
		return call_read_path(c, q->uri);
	if (strcmp(q->uri, "/n200/web/postv1") != 0)
		return "a POST goes to /n200/web/postv1";
	if (type == NULL ||
	    strcmp(type, MHD_HTTP_POST_ENCODING_FORM_URLENCODED) != 0)
		return "the form is not application/x-www-form-urlencoded";
	if (q->too_big)
		return "the form is too big";
	return call_read_form(c, q->body == NULL ? "" : q->body, q->len);
}

/* Those of users do not stand in paths: servers log them. */
static void
look_for_pins(struct call *c)
{
	struct device *d = &c->sim->device;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < c->arg_count; i++) {
		for (const struct devkey *k = d->keys; k != NULL; k = k->next) {
			if (k->pin[0] == '\0' ||
			    strcmp(k->pin, c->args[i]) != 0)
				continue;
			counters_add(&c->sim->counters, COUNT_PINS_IN_PATHS, 1);
			break;
		}
	}
	pthread_mutex_unlock(&d->lock);
}

static void
count_call(struct call *c)
{
	struct counters *n = &c->sim->counters;

	if (is_sign(c))
		counters_add(n, COUNT_REQUESTS_SIGN, 1);
	else if (strcmp(c->command, "sign") == 0)
		counters_add(n, COUNT_REQUESTS_UNKNOWN, 1);
	else
		counters_add(n, counters_command(c->command), 1);
	look_for_pins(c);
}

/* The device goes out in the middle of its work. */
static void
maybe_die(struct call *c)
{
	unsigned long n = c->sim->set.die_after;

	if (n == 0 || !is_sign(c) ||
	    counters_get(&c->sim->counters, COUNT_REQUESTS_SIGN) <= n)
		return;
	counters_write(&c->sim->counters);
	_exit(0);
}

static void
delay(struct call *c)
{
	const struct settings *set = &c->sim->set;
	const char *name = plain_name(c);
	unsigned ms = 0;

	for (size_t i = 0; i < set->delay_count; i++)
		if (set->delays[i].command[0] == '\0' ||
		    strcmp(set->delays[i].command, name) == 0)
			ms = set->delays[i].ms;
	if (ms > 0)
		pause_ms(&c->sim->pause, ms);
}

/* Faults in place of the work; false: there is work to do. */
static bool
fails_before(const struct request *q, enum fault fault, enum MHD_Result *out)
{
	static const char page[] = "<html><body>Sorry.</body></html>\n";

	switch (fault) {
	case FAULT_STALL_BEFORE:
		pause_ms(&q->sim->pause, STALL_MS);
		*out = MHD_NO;
		return true;
	case FAULT_DROP_BEFORE:
		*out = MHD_NO;
		return true;
	case FAULT_401:
		*out = wire_unauthorized(q);
		return true;
	case FAULT_403:
		*out = wire_status(q, 403, page);
		return true;
	case FAULT_500:
		*out = wire_status(q, 500, page);
		return true;
	case FAULT_502:
		*out = wire_status(q, 502, page);
		return true;
	case FAULT_503:
		*out = wire_status(q, 503, page);
		return true;
	case FAULT_REDIRECT:
		*out = wire_redirect(q, 302);
		return true;
	case FAULT_REDIRECT_307:
		*out = wire_redirect(q, 307);
		return true;
	default:
		return false;
	}
}

static enum MHD_Result
serve_call(const struct request *q, struct call *c)
{
	enum MHD_Result result = MHD_NO;
	struct reply r = {0};

	delay(c);
	c->fault = fault_pick(&q->sim->faults, plain_name(c));
	if (c->fault != FAULT_NONE)
		counters_add(&q->sim->counters, COUNT_FAULTS, 1);
	if (fails_before(q, c->fault, &result))
		return result;
	c->user = authenticate(q);
	if (c->user == NULL)
		return wire_unauthorized(q);
	call_run(c, &r);
	switch (c->fault) {
	case FAULT_STALL:
		pause_ms(&q->sim->pause, STALL_MS);
		break;
	case FAULT_DROP:
		break;
	default:
		r.json = fault_json(c->fault, r.json);
		result = wire_reply(q, c, &r);
	}
	cJSON_Delete(r.json);
	return result;
}

enum MHD_Result
request_serve(struct request *q)
{
	struct counters *n = &q->sim->counters;
	enum MHD_Result result = MHD_NO;
	struct call c = {0};
	const char *why = NULL;
	char text[128];

	counters_enter(n, COUNT_IN_FLIGHT, COUNT_IN_FLIGHT_MAX);
	counters_add(n, COUNT_REQUESTS, 1);
	why = read_call(q, &c);
	if (why == NULL) {
		count_call(&c);
		maybe_die(&c);
		result = serve_call(q, &c);
	} else {
		counters_add(n, COUNT_REQUESTS_UNKNOWN, 1);
		snprintf(text, sizeof(text), "%s\n", why);
		result = authenticate(q) == NULL ? wire_unauthorized(q)
						 : wire_status(q, 404, text);
	}
	call_free(&c);
	counters_leave(n, COUNT_IN_FLIGHT);
	return result;
}
