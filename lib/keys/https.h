/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTPS to one server: TLS that is verified before a byte of a request
 * leaves, connections that are kept, several requests in flight.
 */
#ifndef KEYS_HTTPS_H
#define KEYS_HTTPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/os_log.h"
#include "base/secret.h"
#include "keys/redact.h"

enum {
	HTTPS_ANSWER_MAX = 1 << 20, /* bytes of a body */
	HTTPS_PATH_MAX = 2048, /* of a request's path, and a NUL */
	HTTPS_CONNECTIONS_MAX = 64,
	HTTPS_RETRIES_MAX = 10,
};

/* All is borrowed until https_free. */
struct https_params {
	const char *server; /* https://HOST[:PORT]; the certificate is HOST's */
	const char *address; /* HOST[:PORT] to connect to instead; NULL: none */
	const char *ca_file; /* PEM; nothing else is trusted */
	const char *user; /* HTTP basic authentication (RFC 7617) */
	const struct secret *pass;
	unsigned connections; /* 1 to HTTPS_CONNECTIONS_MAX */
	unsigned timeout_s; /* of one try, connecting included */
	unsigned retries; /* further tries, of what is safe to repeat */
	struct os_log *log; /* a line a try; NULL: none */
	bool log_connections; /* curl's own words about connections too */
	const struct redact *redact; /* what no log or message may hold */
};

struct https;

/* Nothing is sent yet. DFLOW_FAILED if ca_file cannot be read. */
DFLOW_NODISCARD enum dflow_status https_new(
    const struct https_params *p, struct https **out, struct dflow_err *err);
void https_free(struct https **h);

/* One request, which https_batch's make fills. */
struct https_request {
	const char *command; /* for messages; must outlive the batch */
	char path[HTTPS_PATH_MAX]; /* begins with '/' */
	bool post; /* else GET */
	bool once; /* it may have had an effect: never sent twice */
	struct secret *body; /* a form, if post: see https_body */
};

/*
 * Room for size bytes in r->body, which is then empty. It belongs to the
 * client, is used again for later requests, and wiped.
 */
DFLOW_NODISCARD enum dflow_status https_body(
    struct https_request *r, size_t size, struct dflow_err *err);

/* What came back, whatever its status but 502 and 503. */
struct https_answer {
	unsigned status; /* HTTP's */
	const uint8_t *data;
	size_t len;
};

/* Requests 0 to count - 1. Both calls may come in another thread. */
struct https_batch {
	size_t count;
	/* Called in order, r all zero but for body. */
	enum dflow_status (*make)(void *ctx, size_t i, struct https_request *r,
	    struct dflow_err *err);
	/* Called as answers come, in any order. */
	enum dflow_status (*take)(void *ctx, size_t i,
	    const struct https_answer *a, struct dflow_err *err);
	void *ctx;
};

/*
 * Runs the batch with at most the given connections in flight. The first
 * failure ends it: what is in flight is given up; one of the connection ends
 * other threads' batches as well. Several threads may call this at once, and
 * their batches share the connections; make and take may not call it.
 * DFLOW_REFUSED if the server's certificate is not trusted or not its own;
 * DFLOW_FAILED, with the server's name and what to look at, if no answer can
 * be had.
 */
DFLOW_NODISCARD enum dflow_status https_run(
    struct https *h, const struct https_batch *batch, struct dflow_err *err);

#endif
