/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns curl's handles: HTTP/1.1 over verified TLS to one server and nothing
 * else, whatever an environment or an answer asks for. Refuses redirects,
 * proxies, cookies, compression, and answers without a bound.
 */
#include "keys/https_try.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEAD_MAX = 1 << 16, /* bytes of all headers */
	CONNECT_TO_SIZE = 1024,
	BODY_MIN = 4096,
	LINE_SIZE = 1024, /* of curl's words in the log */
};

static const struct {
	CURLoption option;
	long value;
} numbers[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_HTTPAUTH, CURLAUTH_BASIC},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_HTTP09_ALLOWED, 0},
    {CURLOPT_PATH_AS_IS, 1},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    /* A resumed session would not be verified anew. */
    {CURLOPT_SSL_SESSIONID_CACHE, 0},
};

static const struct {
	CURLoption option;
	const char *text;
} texts[] = {
    {CURLOPT_PROTOCOLS_STR, "https"},
    {CURLOPT_REDIR_PROTOCOLS_STR, "https"},
    /* None from the environment. */
    {CURLOPT_PROXY, ""},
    {CURLOPT_NOPROXY, "*"},
    /* The blob is all that is trusted. */
    {CURLOPT_CAINFO, NULL},
    {CURLOPT_CAPATH, NULL},
};

enum dflow_status
https_body(struct https_request *r, size_t size, struct dflow_err *err)
{
	if (r->body != NULL && r->body->cap < size)
		secret_free(&r->body);
	if (r->body == NULL)
		return secret_new(
		    size < BODY_MIN ? BODY_MIN : size, &r->body, err);
	explicit_bzero(r->body->data, r->body->len);
	r->body->len = 0;
	return DFLOW_OK;
}

/* The host of https://HOST[:PORT], and nothing behind it. */
static bool
read_server(const char *url, char host[HTTPS_HOST_SIZE])
{
	static const CURLUPart others[] = {CURLUPART_USER, CURLUPART_PASSWORD,
	    CURLUPART_QUERY, CURLUPART_FRAGMENT};
	CURLU *u = curl_url();
	char *part = NULL;
	size_t len;
	bool ok = u != NULL && strncmp(url, "https://", 8) == 0 &&
		  strchr(url + 8, '/') == NULL &&
		  curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;

	for (size_t i = 0; ok && i < sizeof(others) / sizeof(others[0]); i++) {
		ok = curl_url_get(u, others[i], &part, 0) != CURLUE_OK;
		curl_free(part);
		part = NULL;
	}
	if (ok)
		ok = curl_url_get(u, CURLUPART_HOST, &part, 0) == CURLUE_OK;
	if (ok) {
		len = strcspn(part + (part[0] == '['), "]");
		ok = len > 0 && len < HTTPS_HOST_SIZE;
		if (ok)
			memcpy(host, part + (part[0] == '['), len);
		host[ok ? len : 0] = '\0';
	}
	curl_free(part);
	curl_url_cleanup(u);
	return ok;
}

static bool
has_port(const char *address)
{
	const char *end = strrchr(address, ']'); /* of an IPv6 address */

	return strchr(end != NULL ? end : address, ':') != NULL;
}

/* Where to connect to, as CURLOPT_CONNECT_TO wants it. */
static enum dflow_status
read_address(struct https_server *s, const char *address, struct dflow_err *err)
{
	char to[CONNECT_TO_SIZE];
	int n;

	/* Nothing behind the last ':' is the port of the URL. */
	n = snprintf(
	    to, sizeof(to), "::%s%s", address, has_port(address) ? "" : ":");
	if (n < 0 || (size_t)n >= sizeof(to))
		return err_set(
		    err, DFLOW_FAILED, "%s: address is too long", s->host);
	s->connect_to = curl_slist_append(NULL, to);
	return s->connect_to == NULL ? err_memory(err) : DFLOW_OK;
}

enum dflow_status
https_server_init(
    struct https_server *s, const struct https_params *p, struct dflow_err *err)
{
	enum dflow_status st;

	assert(p->connections >= 1 && p->connections <= HTTPS_CONNECTIONS_MAX);
	assert(p->timeout_s >= 1 && p->retries <= HTTPS_RETRIES_MAX);
	s->params = *p;
	if (!read_server(p->server, s->host))
		return err_set(err, DFLOW_FAILED,
		    "%s: not https://HOST or https://HOST:PORT", p->server);
	if (strchr(p->user, ':') != NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: user has a ':', which HTTP cannot say", s->host);
	if (memchr(p->pass->data, '\0', p->pass->len) != NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: the password has a NUL in it", s->host);
	s->headers = curl_slist_append(NULL, "Expect:");
	if (s->headers == NULL)
		return err_memory(err);
	st = p->address != NULL ? read_address(s, p->address, err) : DFLOW_OK;
	if (st != DFLOW_OK)
		return st;
	return https_tls_read(p->ca_file, &s->ca, err);
}

void
https_server_free(struct https_server *s)
{
	curl_slist_free_all(s->headers);
	curl_slist_free_all(s->connect_to);
	buf_free(&s->ca);
}

/* curl gives no less than a line of a header, and that has a bound. */
static size_t
on_head(char *data, size_t size, size_t count, void *arg)
{
	struct https_try *t = arg;

	(void)data;
	t->head_len += size * count;
	t->too_large = t->head_len > HEAD_MAX;
	return t->too_large ? 0 : size * count;
}

static size_t
on_data(char *data, size_t size, size_t count, void *arg)
{
	struct https_try *t = arg;

	buf_put(&t->answer, data, size * count);
	t->too_large = t->answer.failed;
	return t->too_large ? 0 : size * count;
}

/* What curl says itself; never headers, bodies, or a request's path. */
static int
on_words(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	const struct https_try *t = arg;
	const struct https_params *p = &t->server->params;
	char line[LINE_SIZE] = "curl: ";
	size_t at = strlen(line), path_len = strlen(t->request.path);

	(void)easy;
	if (type != CURLINFO_TEXT)
		return 0;
	while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	if (path_len > 1 && memmem(data, len, t->request.path, path_len))
		return 0;
	(void)redact_text(p->redact, data, len, line + at, sizeof(line) - at);
	os_log_line(p->log, line);
	return 0;
}

static CURLcode
on_tls(CURL *easy, void *ctx, void *arg)
{
	struct https_try *t = arg;

	(void)easy;
	return https_tls_check(ctx, t->server->host, &t->peer)
		   ? CURLE_OK
		   : CURLE_OUT_OF_MEMORY;
}

/* curl wants a NUL behind it, and copies it. */
static CURLcode
set_password(CURL *easy, const struct secret *pass)
{
	struct secret *text = NULL;
	CURLcode rc = CURLE_OUT_OF_MEMORY;

	if (secret_new(pass->len + 1, &text, NULL) == DFLOW_OK &&
	    secret_put(text, pass->data, pass->len, NULL) == DFLOW_OK)
		rc = curl_easy_setopt(
		    easy, CURLOPT_PASSWORD, (const char *)text->data);
	secret_free(&text);
	return rc;
}

static bool
set_tables(CURL *easy)
{
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(
			    easy, numbers[i].option, numbers[i].value);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(
			    easy, texts[i].option, texts[i].text);
	return rc == CURLE_OK;
}

static bool
set_calls(struct https_try *t)
{
	bool trace =
	    t->server->params.log != NULL && t->server->params.log_connections;
	CURL *e = t->easy;

	return curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->words) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_head) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERDATA, t) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_data) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_tls) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, t) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_DEBUGFUNCTION, on_words) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_DEBUGDATA, t) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_VERBOSE, (long)trace) == CURLE_OK;
}

static bool
set_server(CURL *e, const struct https_server *s)
{
	struct curl_blob ca = {s->ca.data, s->ca.len, CURL_BLOB_NOCOPY};
	long limit_ms = (long)s->params.timeout_s * 1000;

	return curl_easy_setopt(e, CURLOPT_CAINFO_BLOB, &ca) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_CONNECT_TO, s->connect_to) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, limit_ms) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, limit_ms) ==
		   CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_USERNAME, s->params.user) ==
		   CURLE_OK &&
	       set_password(e, s->params.pass) == CURLE_OK;
}

enum dflow_status
https_try_open(struct https_try *t, const struct https_server *server,
    void *data, struct dflow_err *err)
{
	t->server = server;
	buf_init(&t->answer, HTTPS_ANSWER_MAX);
	t->easy = curl_easy_init();
	if (t->easy == NULL)
		return err_memory(err);
	/* Without one of these, no request leaves. */
	if (!set_tables(t->easy) || !set_calls(t) ||
	    !set_server(t->easy, server) ||
	    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, data) != CURLE_OK)
		return err_set(err, DFLOW_FAILED,
		    "this libcurl (%s) lacks what is needed, or memory",
		    curl_version());
	return DFLOW_OK;
}

void
https_try_free(struct https_try *t)
{
	curl_easy_cleanup(t->easy);
	secret_free(&t->request.body);
	buf_free(&t->answer);
}

/* The body stays where it is: curl is given a pointer. */
static bool
set_request(CURL *e, const struct https_request *r)
{
	const char *data = r->body != NULL ? (const char *)r->body->data : "";
	curl_off_t len = r->body != NULL ? (curl_off_t)r->body->len : 0;

	if (!r->post)
		return curl_easy_setopt(e, CURLOPT_HTTPGET, 1L) == CURLE_OK;
	return curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_POSTFIELDS, data) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, len) ==
		   CURLE_OK;
}

enum dflow_status
https_try_start(struct https_try *t, struct dflow_err *err)
{
	const struct https_request *r = &t->request;
	size_t size = strlen(t->server->params.server) + strlen(r->path) + 1;
	char *url = malloc(size);
	bool ok;

	assert(r->path[0] == '/');
	if (url == NULL)
		return err_memory(err);
	(void)snprintf(url, size, "%s%s", t->server->params.server, r->path);
	ok = curl_easy_setopt(t->easy, CURLOPT_URL, url) == CURLE_OK;
	free(url);
	/*
	 * A kept connection may turn out dead only when it is used, and curl
	 * then sends the request again by itself. A new one is no such case.
	 */
	ok = ok && set_request(t->easy, r) &&
	     curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, (long)r->once) ==
		 CURLE_OK;
	if (!ok)
		return err_memory(err);
	buf_reset(&t->answer);
	t->head_len = 0;
	t->too_large = false;
	memset(&t->peer, 0, sizeof(t->peer));
	t->words[0] = '\0';
	t->count++;
	return DFLOW_OK;
}

unsigned
https_try_status(const struct https_try *t)
{
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return (unsigned)status;
}

enum https_end
https_try_end(struct https_try *t, CURLcode code)
{
	enum https_end end = https_end_of(t, code);

	if (t->words[0] == '\0')
		(void)snprintf(
		    t->words, sizeof(t->words), "%s", curl_easy_strerror(code));
	https_end_log(t, end);
	return end;
}

void
https_try_give_up(struct https_try *t)
{
	https_end_log(t, HTTPS_GIVEN_UP);
}

struct https_answer
https_try_answer(const struct https_try *t)
{
	struct https_answer a = {
	    https_try_status(t), t->answer.data, t->answer.len};

	return a;
}

void
https_try_clear(struct https_try *t)
{
	struct secret *body = t->request.body;

	if (body != NULL) {
		explicit_bzero(body->data, body->len);
		body->len = 0;
	}
	memset(&t->request, 0, sizeof(t->request));
	t->request.body = body;
	t->count = 0;
}
