/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One try of one request by one of curl's handles, how it ended, and the line
 * that says so; for https.c.
 */
#ifndef KEYS_HTTPS_TRY_H
#define KEYS_HTTPS_TRY_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"
#include "keys/https.h"
#include "keys/https_tls.h"

enum { HTTPS_HOST_SIZE = 256 };

/* What all handles are set up from. */
struct https_server {
	struct https_params params;
	char host[HTTPS_HOST_SIZE]; /* as the certificate is to say; no [] */
	struct buf ca; /* PEM */
	struct curl_slist *headers;
	struct curl_slist *connect_to; /* NULL: none */
};

DFLOW_NODISCARD enum dflow_status https_server_init(struct https_server *s,
    const struct https_params *p, struct dflow_err *err);
void https_server_free(struct https_server *s);

struct https_try {
	const struct https_server *server;
	CURL *easy;
	struct https_request request;
	unsigned count; /* tries of it, the one at hand included */
	struct buf answer;
	size_t head_len; /* bytes of headers so far */
	bool too_large;
	struct https_peer peer;
	char words[CURL_ERROR_SIZE]; /* curl's own; not redacted */
};

/* How it ended. */
enum https_end {
	HTTPS_ANSWERED,
	HTTPS_UNAVAILABLE, /* 502, 503 */
	HTTPS_NO_ADDRESS, /* of the server's name */
	HTTPS_NO_CONNECTION,
	HTTPS_CUT,
	HTTPS_LATE,
	HTTPS_TOO_LARGE,
	HTTPS_UNTRUSTED,
	HTTPS_EXPIRED,
	HTTPS_NOT_YET_VALID,
	HTTPS_WRONG_NAME,
	HTTPS_TLS_OLD,
	HTTPS_NO_TLS,
	HTTPS_NO_HTTP,
	HTTPS_GIVEN_UP, /* by us */
	HTTPS_ENDS,
};

/* server must outlive t; data is what CURLOPT_PRIVATE shall be. */
DFLOW_NODISCARD enum dflow_status https_try_open(struct https_try *t,
    const struct https_server *server, void *data, struct dflow_err *err);
/* Not while curl works on it. */
void https_try_free(struct https_try *t);

/* Makes the handle ready for one more try of t->request. */
DFLOW_NODISCARD enum dflow_status https_try_start(
    struct https_try *t, struct dflow_err *err);
/* How it ended, by curl's account; logged. */
enum https_end https_try_end(struct https_try *t, CURLcode code);
/* Logs that it was given up. */
void https_try_give_up(struct https_try *t);
/* The answer, valid until the next start or clear. */
struct https_answer https_try_answer(const struct https_try *t);
/* Forgets the request, and wipes its body. */
void https_try_clear(struct https_try *t);

/* HTTP's status, 0 if none came. */
unsigned https_try_status(const struct https_try *t);

/* In https_end.c. */
enum https_end https_end_of(const struct https_try *t, CURLcode code);
/* May it be tried again, if it is safe to repeat at all? */
bool https_end_passes(enum https_end end);
/*
 * For the log: "COMMAND STATUS", or "COMMAND failed: REASON", " BYTES bytes
 * MILLISECONDS ms CONNECTION", which is new, kept or none, and " try N" if it
 * was not the first. BYTES are the answer's body's.
 */
void https_end_log(const struct https_try *t, enum https_end end);
/* The line that says what went wrong. */
enum dflow_status https_end_fail(
    const struct https_try *t, enum https_end end, struct dflow_err *err);

#endif
