/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See tlsserver.h. A thread a connection; it ends by itself after a while. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/encode.h"
#include "tlsserver.h"

enum {
	LIFE_S = 60,
	CONNECTIONS_MAX = 500,
	REQUESTS_MAX = 10000, /* of a connection */
	MESSAGE_MAX = 65536,
	LARGE = 1 << 20,
	STALL_MS = 3000,
};

void
tlscert_make(struct tlscert *c, const struct tlscert_facts *facts,
    const struct tlscert *issuer)
{
	X509_EXTENSION *ext = NULL;
	X509_NAME *name;

	if (issuer == NULL)
		issuer = c;
	c->key = EVP_EC_gen("P-256");
	c->x = X509_new();
	ck_assert(c->key != NULL && c->x != NULL);
	X509_set_version(c->x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c->x), (long)time(NULL));
	X509_gmtime_adj(X509_getm_notBefore(c->x), facts->from_s);
	X509_gmtime_adj(X509_getm_notAfter(c->x), facts->until_s);
	name = X509_get_subject_name(c->x);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)facts->cn, -1, -1, 0);
	X509_set_issuer_name(c->x, X509_get_subject_name(issuer->x));
	X509_set_pubkey(c->x, c->key);
	if (facts->ca) {
		ext = X509V3_EXT_conf_nid(
		    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
		X509_add_ext(c->x, ext, -1);
		X509_EXTENSION_free(ext);
	}
	if (facts->san != NULL) {
		ext = X509V3_EXT_conf_nid(
		    NULL, NULL, NID_subject_alt_name, facts->san);
		ck_assert_ptr_nonnull(ext);
		X509_add_ext(c->x, ext, -1);
		X509_EXTENSION_free(ext);
	}
	ck_assert_int_gt(X509_sign(c->x, issuer->key, EVP_sha256()), 0);
}

void
tlscert_free(struct tlscert *c)
{
	X509_free(c->x);
	EVP_PKEY_free(c->key);
	memset(c, 0, sizeof(*c));
}

void
tlscert_write(const struct tlscert *c, const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_X509(f, c->x), 1);
	ck_assert_int_eq(fclose(f), 0);
}

/* One connection. */
struct guest {
	struct tlsserver *s;
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	char in[MESSAGE_MAX]; /* a request, with a NUL */
	size_t len;
	char path[2048];
	const char *body;
	size_t body_len;
};

static void
pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static bool
say(struct guest *g, const char *data, size_t len)
{
	return len == 0 || SSL_write(g->ssl, data, (int)len) == (int)len;
}

static bool
answer(struct guest *g, int status, const char *data, size_t len)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
	    "HTTP/1.1 %d Whatever\r\nLocation: /echo\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    status, len);

	return say(g, head, (size_t)n) && say(g, data, len);
}

static bool
read_more(struct guest *g)
{
	int n;

	if (g->len + 1 >= sizeof(g->in))
		return false;
	n = SSL_read(g->ssl, g->in + g->len, (int)(sizeof(g->in) - 1 - g->len));
	if (n <= 0)
		return false;
	g->s->bytes += n;
	g->len += (size_t)n;
	g->in[g->len] = '\0';
	return true;
}

/* One request; its client waits for the answer before the next. */
static bool
read_request(struct guest *g)
{
	const char *end = NULL, *length;
	size_t head;

	g->len = 0;
	for (;;) {
		if (!read_more(g))
			return false;
		end = strstr(g->in, "\r\n\r\n");
		if (end != NULL)
			break;
	}
	head = (size_t)(end + 4 - g->in);
	length = strcasestr(g->in, "\r\nContent-Length:");
	g->body_len = 0;
	if (length != NULL && length < end)
		g->body_len = strtoul(length + 17, NULL, 10);
	if (g->body_len >= sizeof(g->in) - head)
		return false;
	while (g->len < head + g->body_len)
		if (!read_more(g))
			return false;
	g->body = g->in + head;
	return sscanf(g->in, "%*s %2047s HTTP/1.1\r\n", g->path) == 1;
}

static bool
is_allowed(const struct guest *g)
{
	static const char both[] = TLSSERVER_USER ":" TLSSERVER_PASS;
	char want[128] = "\r\nAuthorization: Basic ";
	size_t at = strlen(want);

	at += base64_encode((const uint8_t *)both, strlen(both), want + at);
	memcpy(want + at, "\r\n", 3);
	return strstr(g->in, want) != NULL;
}

/* False: the connection is over. */
static bool
go_wrong(struct guest *g)
{
	static const char half[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":";
	struct linger hard = {1, 0};

	switch (g->s->fault) {
	case FAULT_503:
		return answer(g, 503, "busy", 4);
	case FAULT_502:
		return answer(g, 502, "gone", 4);
	case FAULT_STALL:
		(void)say(g, half, strlen(half));
		pause_ms(STALL_MS);
		return false;
	case FAULT_TRUNCATE:
		(void)say(g, half, strlen(half));
		(void)SSL_shutdown(g->ssl);
		return false;
	case FAULT_RESET:
		(void)setsockopt(
		    g->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		return false;
	default:
		return false;
	}
}

static bool
say_large(struct guest *g, const char *head, const char *piece)
{
	size_t len = strlen(piece);

	if (!say(g, head, strlen(head)))
		return false;
	for (size_t n = 0; n < 2 * LARGE; n += len)
		if (!say(g, piece, len))
			return false;
	return true;
}

static bool
serve(struct guest *g)
{
	static const char large[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n";
	static const char chunked[] =
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

	if (!is_allowed(g)) {
		g->s->denied++;
		return answer(g, 401, "", 0);
	}
	pause_ms(g->s->delay_ms);
	if (strncmp(g->path, "/flaky", 6) == 0 && g->s->faults > 0) {
		g->s->faults--;
		return go_wrong(g);
	}
	if (strncmp(g->path, "/status/", 8) == 0)
		return answer(g, atoi(g->path + 8), "said", 4);
	if (strcmp(g->path, "/redirect") == 0)
		return answer(g, 302, "there", 5);
	if (strcmp(g->path, "/words") == 0)
		return say(g, "Good day\r\n\r\n", 12) && false;
	if (strcmp(g->path, "/large") == 0)
		return say_large(g, large, "0123456789abcdef0123456789abcdef");
	if (strcmp(g->path, "/endless") == 0)
		return say_large(
		    g, chunked, "20\r\n0123456789abcdef0123456789abcdef\r\n");
	if (strcmp(g->path, "/head") == 0)
		return say_large(g, "HTTP/1.1 200 OK\r\n",
		    "X-Head: 0123456789abcdef0123456789abcdef\r\n");
	if (g->body_len > 0)
		return answer(g, 200, g->body, g->body_len);
	return answer(g, 200, g->path, strlen(g->path));
}

/* False: the connection is over. */
static bool
serve_one(struct guest *g, bool first)
{
	int busy = ++g->s->busy;
	bool on;

	if (busy > g->s->busiest)
		g->s->busiest = busy;
	g->s->requests++;
	on = (first || !g->s->once_only) && serve(g);
	g->s->busy--;
	return on;
}

static void *
host(void *arg)
{
	struct guest *g = arg;
	bool on = true;
	int at_once = 1;
	static const char words[] = "HTTP/1.1 400 No TLS here\r\n\r\n";

	/* Head and body are written apart; let neither wait for the other. */
	(void)setsockopt(
	    g->fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));

	if (g->s->fault >= FAULT_HANDSHAKE && g->s->faults > 0) {
		g->s->faults--;
		if (g->s->fault == FAULT_PLAIN &&
		    write(g->fd, words, strlen(words)) > 0)
			pause_ms(100);
		goto out;
	}
	g->ssl = SSL_new(g->ctx);
	SSL_set_fd(g->ssl, g->fd);
	if (SSL_accept(g->ssl) != 1)
		goto out;
	g->s->handshakes++;
	for (int i = 0; on && i < REQUESTS_MAX; i++)
		on = read_request(g) && serve_one(g, i == 0);
out:
	SSL_free(g->ssl);
	close(g->fd);
	free(g);
	return NULL;
}

/* The server's process. */
static void
run(struct tlsserver *s, int fd, SSL_CTX *ctx)
{
	pthread_t thread;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(LIFE_S);
	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		struct guest *g = calloc(1, sizeof(*g));

		if (g == NULL)
			_exit(1);
		g->s = s;
		g->ctx = ctx;
		g->fd = accept(fd, NULL, NULL);
		if (g->fd < 0)
			_exit(1);
		s->connections++;
		if (pthread_create(&thread, NULL, host, g) != 0)
			_exit(1);
		(void)pthread_detach(thread);
	}
	_exit(1);
}

struct tlsserver *
tlsserver_new(void)
{
	struct tlsserver *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert(s != MAP_FAILED);
	return s;
}

void
tlsserver_start(struct tlsserver *s, const struct tlscert *cert)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	ck_assert(ctx != NULL && fd >= 0);
	ck_assert_int_eq(SSL_CTX_use_certificate(ctx, cert->x), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, cert->key), 1);
	if (s->tls_max != 0) {
		SSL_CTX_set_security_level(ctx, 0);
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		SSL_CTX_set_max_proto_version(ctx, (int)s->tls_max);
	}
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	ck_assert_int_eq(listen(fd, 128), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		run(s, fd, ctx);
	s->pid = pid; /* not in the child, which has 0 */
	close(fd);
	SSL_CTX_free(ctx);
}

void
tlsserver_stop(struct tlsserver *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
	}
	(void)munmap(s, sizeof(*s));
}
