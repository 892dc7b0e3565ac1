/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread a connection. A handshake counts once the client's Finished has
 * come and was right: a client that does not trust the certificate sends an
 * alert instead, and a request cannot be there earlier.
 */
#include "http.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "request.h"

enum { PEM_MAX = 65536 };

static int
on_finished(gnutls_session_t session, unsigned type, unsigned when,
    unsigned incoming, const gnutls_datum_t *msg)
{
	struct sim *s = gnutls_db_get_ptr(session);

	(void)type;
	(void)when;
	(void)msg;
	if (!incoming)
		return 0;
	counters_add(&s->counters, COUNT_HANDSHAKES, 1);
	if (gnutls_session_is_resumed(session))
		counters_add(&s->counters, COUNT_HANDSHAKES_RESUMED, 1);
	return 0;
}

static void
on_connection(void *ctx, struct MHD_Connection *connection, void **socket_ctx,
    enum MHD_ConnectionNotificationCode what)
{
	struct sim *s = ctx;
	const union MHD_ConnectionInfo *info = NULL;
	gnutls_session_t session = NULL;

	(void)socket_ctx;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		counters_leave(&s->counters, COUNT_CONNECTIONS_OPEN);
		return;
	}
	counters_enter(
	    &s->counters, COUNT_CONNECTIONS_OPEN, COUNT_CONNECTIONS_MAX);
	info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || info->tls_session == NULL)
		return;
	session = info->tls_session;
	gnutls_db_set_ptr(session, s);
	gnutls_handshake_set_hook_function(
	    session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, on_finished);
}

static enum MHD_Result
on_accept(void *ctx, const struct sockaddr *addr, socklen_t len)
{
	struct sim *s = ctx;

	(void)addr;
	(void)len;
	counters_add(&s->counters, COUNT_CONNECTIONS, 1);
	if (!fault_cuts(&s->faults))
		return MHD_YES;
	counters_add(&s->counters, COUNT_FAULTS, 1);
	return MHD_NO;
}

static void *
on_request_line(void *ctx, const char *uri, struct MHD_Connection *connection)
{
	struct request *q = calloc(1, sizeof(*q));

	if (q == NULL)
		abort();
	q->sim = ctx;
	q->connection = connection;
	q->uri = strdup(uri);
	if (q->uri == NULL)
		abort();
	counters_add(&q->sim->counters, COUNT_REQUESTS_BEGUN, 1);
	counters_add(&q->sim->counters, COUNT_REQUEST_BYTES, strlen(uri));
	return q;
}

static enum MHD_Result
count_header(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct request *q = ctx;

	(void)kind;
	counters_add(&q->sim->counters, COUNT_REQUEST_BYTES,
	    strlen(name) + (value == NULL ? 0 : strlen(value)));
	return MHD_YES;
}

static void
take_body(struct request *q, const char *data, size_t len)
{
	char *body = NULL;

	counters_add(&q->sim->counters, COUNT_REQUEST_BYTES, len);
	if (len > REQUEST_BODY_MAX - q->len) {
		q->too_big = true;
		return;
	}
	body = realloc(q->body, q->len + len + 1);
	if (body == NULL)
		abort();
	memcpy(body + q->len, data, len);
	q->body = body;
	q->len += len;
	q->body[q->len] = '\0';
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **request)
{
	struct request *q = *request;

	(void)ctx;
	(void)url;
	(void)version;
	if (!q->begun) {
		q->begun = true;
		q->post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
		MHD_get_connection_values(
		    connection, MHD_HEADER_KIND, count_header, q);
		return MHD_YES;
	}
	if (*len > 0) {
		take_body(q, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (!q->post && strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return wire_status(q, 405, "GET or POST\n");
	return request_serve(q);
}

static void
on_completed(void *ctx, struct MHD_Connection *connection, void **request,
    enum MHD_RequestTerminationCode why)
{
	struct request *q = *request;

	(void)ctx;
	(void)connection;
	(void)why;
	if (q == NULL)
		return;
	free(q->uri);
	free(q->body);
	free(q);
	*request = NULL;
}

static bool
read_pem(const char *file, char out[PEM_MAX])
{
	FILE *f = fopen(file, "r");
	size_t len = 0;

	if (f == NULL) {
		perror(file);
		return false;
	}
	len = fread(out, 1, PEM_MAX - 1, f);
	out[len] = '\0';
	fclose(f);
	return true;
}

/* A socket of the loopback that listens, its port in *port; -1: see stderr. */
static int
listen_at(bool ipv6, unsigned *port)
{
	struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)*port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	struct sockaddr_in four = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)*port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr *addr =
	    ipv6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
	socklen_t len = ipv6 ? sizeof(six) : sizeof(four);
	int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, addr, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, addr, &len) != 0) {
		perror("n200sim: listen");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(ipv6 ? six.sin6_port : four.sin_port);
	return fd;
}

struct MHD_Daemon *
http_start(struct sim *s)
{
	struct MHD_Daemon *daemon = NULL;
	char cert[PEM_MAX];
	char key[PEM_MAX];
	int fd = -1;

	if (!read_pem(s->set.cert, cert) || !read_pem(s->set.key, key))
		return NULL;
	fd = listen_at(s->set.ipv6, &s->set.port);
	if (fd < 0)
		return NULL;
	daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_POLL |
				      MHD_USE_INTERNAL_POLLING_THREAD |
				      MHD_USE_THREAD_PER_CONNECTION |
				      (s->set.ipv6 ? MHD_USE_IPv6 : 0),
	    (uint16_t)s->set.port, on_accept, s, on_request, s,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_HTTPS_MEM_CERT, cert,
	    MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_HTTPS_PRIORITIES,
	    s->set.priorities, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
	if (daemon == NULL) {
		fprintf(stderr,
		    "n200sim: no start: is it the certificate, its key, or "
		    "the TLS priorities?\n");
		close(fd);
	}
	return daemon;
}

void
http_stop(struct MHD_Daemon *daemon)
{
	MHD_stop_daemon(daemon);
}
