/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request, from its first line to the queued answer. */
#ifndef N200SIM_REQUEST_H
#define N200SIM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include "call.h"

enum { REQUEST_BODY_MAX = 1 << 20 };

struct request {
	struct sim *sim;
	struct MHD_Connection *connection;
	char *uri; /* as it came, not decoded */
	bool post;
	bool begun; /* its headers have been seen */
	bool too_big;
	char *body;
	size_t len;
};

/* Answers it; MHD_NO closes the connection without an answer. */
enum MHD_Result request_serve(struct request *q);

/* wire.c: plain answers, and faults that are bytes. */
enum MHD_Result wire_status(
    const struct request *q, unsigned status, const char *text);
enum MHD_Result wire_unauthorized(const struct request *q);
enum MHD_Result wire_redirect(const struct request *q, unsigned status);
/* r's JSON, or what c's fault makes of it. */
enum MHD_Result wire_reply(
    const struct request *q, const struct call *c, const struct reply *r);

#endif
