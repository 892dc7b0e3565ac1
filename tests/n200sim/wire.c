/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as bytes, right ones and broken ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

enum {
	TRUNCATED_BY = 100, /* bytes that are promised and do not come */
	OVERSIZED = 2 << 20,
	DEEP = 100000, /* brackets */
	SLOW_MS = 100, /* between bytes */
	SLOW_BYTES = 6000,
	LATE = 190, /* bytes before a secret, in a quote of 200 */
};

/* A body that comes by a callback. */
struct source {
	struct pause *pause;
	char *data;
	size_t len;
	unsigned pause_ms; /* before each byte; 0: all at once */
};

static ssize_t
source_read(void *ctx, uint64_t at, char *out, size_t size)
{
	struct source *s = ctx;

	if (at >= s->len)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->pause_ms > 0) {
		if (!pause_ms(s->pause, s->pause_ms))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		size = 1;
	}
	if (size > s->len - at)
		size = (size_t)(s->len - at);
	memcpy(out, s->data + at, size);
	return (ssize_t)size;
}

/* Less than was promised. */
static ssize_t
source_read_short(void *ctx, uint64_t at, char *out, size_t size)
{
	const struct source *s = ctx;

	if (at >= s->len)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return source_read(ctx, at, out, size);
}

static void
source_free(void *ctx)
{
	struct source *s = ctx;

	free(s->data);
	free(s);
}

/* The parts of an answer. */
struct wire {
	unsigned status;
	const char *type;
	char *data; /* taken */
	size_t len;
	size_t promised; /* 0: len; MHD_SIZE_UNKNOWN: chunked */
	unsigned pause_ms;
	const char *header; /* NULL: none */
	const char *value;
};

static struct MHD_Response *
response_new(const struct request *q, const struct wire *w)
{
	struct source *s = NULL;

	if (w->promised == 0)
		return MHD_create_response_from_buffer(
		    w->len, w->data, MHD_RESPMEM_MUST_FREE);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	s->pause = &q->sim->pause;
	s->data = w->data;
	s->len = w->len;
	s->pause_ms = w->pause_ms;
	return MHD_create_response_from_callback(
	    w->promised == (size_t)-1 ? MHD_SIZE_UNKNOWN : w->promised, 4096,
	    w->promised == (size_t)-1 ? source_read : source_read_short, s,
	    source_free);
}

static enum MHD_Result
send_wire(const struct request *q, const struct wire *w)
{
	struct MHD_Response *response = response_new(q, w);
	enum MHD_Result result = MHD_NO;

	if (response == NULL)
		abort();
	MHD_add_response_header(
	    response, MHD_HTTP_HEADER_CONTENT_TYPE, w->type);
	if (w->header != NULL)
		MHD_add_response_header(response, w->header, w->value);
	result = MHD_queue_response(q->connection, w->status, response);
	MHD_destroy_response(response);
	return result;
}

static char *
copy(const char *text)
{
	char *c = strdup(text);

	if (c == NULL)
		abort();
	return c;
}

static char *
filled(size_t size, char with)
{
	char *data = malloc(size + 1);

	if (data == NULL)
		abort();
	memset(data, with, size);
	data[size] = '\0';
	return data;
}

enum MHD_Result
wire_status(const struct request *q, unsigned status, const char *text)
{
	struct wire w = {
	    .status = status,
	    .type = text[0] == '<' ? "text/html" : "text/plain",
	    .data = copy(text),
	    .len = strlen(text),
	};

	return send_wire(q, &w);
}

enum MHD_Result
wire_unauthorized(const struct request *q)
{
	static const char text[] = "<html><body>401</body></html>\n";
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    sizeof(text) - 1, copy(text), MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result = MHD_NO;

	if (response == NULL)
		abort();
	MHD_add_response_header(
	    response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html");
	result =
	    MHD_queue_basic_auth_fail_response(q->connection, "n200", response);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result
wire_redirect(const struct request *q, unsigned status)
{
	const struct settings *set = &q->sim->set;
	char here[128];
	struct wire w = {
	    .status = status,
	    .type = "text/plain",
	    .data = copy(""),
	    .header = MHD_HTTP_HEADER_LOCATION,
	    .value = set->redirect,
	};

	snprintf(here, sizeof(here),
	    "https://seSAM-nserie-101:%u/n200/timestamp/", set->port);
	if (w.value == NULL)
		w.value = here;
	return send_wire(q, &w);
}

/* What a careless device tells in an error: all it was sent. */
static char *
secrets_text(const struct request *q, const struct call *c)
{
	const char *field = c->sim->set.sign.fields[SIGN_PIN];
	const char *header = MHD_lookup_connection_value(
	    q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	const char *pin = call_field(c, "pin");
	char *text = NULL;
	char *hex = NULL;
	size_t len = 0;
	FILE *f = NULL;

	if (pin == NULL)
		pin = call_field(c, field);
	hex = encoding_text(ENCODING_UPPER, (const uint8_t *)c->user->pass,
	    strlen(c->user->pass));
	f = open_memstream(&text, &len);
	if (f == NULL)
		abort();
	if (c->fault == FAULT_ECHO_SECRETS_LATE)
		fprintf(f, "%0*d", LATE, 0);
	fprintf(f, "%s (pin %s) Authorization: %s hex %s body %s",
	    c->user->pass, pin == NULL ? "" : pin, header == NULL ? "" : header,
	    hex, q->body == NULL ? "" : q->body);
	free(hex);
	if (fclose(f) != 0)
		abort();
	return text;
}

static void
echo_secrets(const struct request *q, const struct call *c, struct wire *w)
{
	char *text = secrets_text(q, c);
	struct reply r = {0};

	free(w->data);
	if (c->fault == FAULT_ECHO_SECRETS) {
		call_error(c, &r, text);
		free(text);
		w->data = json_text(r.json, JSON_LINES);
		cJSON_Delete(r.json);
	} else {
		w->status = 500;
		w->type = "text/plain";
		w->data = text;
	}
	w->len = strlen(w->data);
}

/* Puts tail of len bytes behind the answer. */
static void
append(struct wire *w, const char *tail, size_t len)
{
	char *data = realloc(w->data, w->len + len + 1);

	if (data == NULL)
		abort();
	memcpy(data + w->len, tail, len);
	w->data = data;
	w->len += len;
	w->data[w->len] = '\0';
}

/* In place of the answer. */
static void
replace(struct wire *w, char *data)
{
	free(w->data);
	w->data = data;
	w->len = strlen(data);
}

/* Blanks behind the answer, which JSON allows. */
static void
blow_up(struct wire *w)
{
	char *blanks = filled(OVERSIZED, ' ');

	append(w, blanks, OVERSIZED - w->len);
	free(blanks);
}

/* A body that is not what was asked for; false: that is no such fault. */
static bool
swap_body(enum fault fault, struct wire *w)
{
	switch (fault) {
	case FAULT_502_AFTER:
		w->status = 502;
		w->type = "text/html";
		replace(w, copy("<html><body>Bad gateway</body></html>\n"));
		return true;
	case FAULT_SLOW:
		w->promised = (size_t)-1;
		w->pause_ms = SLOW_MS;
		replace(w, filled(SLOW_BYTES, ' '));
		return true;
	case FAULT_EMPTY:
		replace(w, copy(""));
		return true;
	case FAULT_NOT_JSON:
		replace(w, copy("<html><body>Maintenance</body></html>\n"));
		return true;
	case FAULT_DEEP:
		replace(w, filled(DEEP, '['));
		return true;
	default:
		return false;
	}
}

static void
spoil(const struct request *q, const struct call *c, struct wire *w)
{
	static const char behind[] = "{\"more\": 1}\n";
	static const char nul_behind[] = "\0 more";

	if (swap_body(c->fault, w))
		return;
	switch (c->fault) {
	case FAULT_TRUNCATED:
		w->promised = w->len + TRUNCATED_BY;
		break;
	case FAULT_OVERSIZED_CHUNKED:
		w->promised = (size_t)-1;
		blow_up(w);
		break;
	case FAULT_OVERSIZED:
		blow_up(w);
		break;
	case FAULT_JSON_GARBAGE_BEHIND:
		append(w, behind, sizeof(behind) - 1);
		break;
	case FAULT_NUL_BEHIND:
		append(w, nul_behind, sizeof(nul_behind) - 1);
		break;
	case FAULT_ECHO_SECRETS:
	case FAULT_ECHO_SECRETS_500:
	case FAULT_ECHO_SECRETS_LATE:
		echo_secrets(q, c, w);
		break;
	case FAULT_CLOSE_AFTER:
		w->header = MHD_HTTP_HEADER_CONNECTION;
		w->value = "close";
		break;
	default:
		break;
	}
}

enum MHD_Result
wire_reply(const struct request *q, const struct call *c, const struct reply *r)
{
	struct wire w = {
	    .status = r->status,
	    .type = "application/json",
	    .data = json_text(r->json, r->style),
	};

	w.len = strlen(w.data);
	spoil(q, c, &w);
	return send_wire(q, &w);
}
