/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns n200.conf: reads it, holds each value to its range, and gets the
 * password and the PIN from where it says they are. What cJSON copied of them
 * is overwritten. Refuses keys that it does not know, and a url by which the
 * password would travel in clear or be in a log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/os.h"
#include "keys/https.h"
#include "keys/n200answer.h"
#include "keys/n200conf.h"
#include "keys/n200json.h"
#include "keys/n200url.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	SECRET_LEN = 1023, /* bytes of a password or PIN */
	SECRET_FILE_MAX = 4096,
	PROMPT_MAX = 2 * N200_CONF_TEXT + 32,
};

enum conf_key {
	CONF_URL,
	CONF_TLSCERT,
	CONF_USER,
	CONF_PASS,
	CONF_CORE,
	CONF_PIN,
	CONF_LOG_LEVEL,
	CONF_LOG_OUTPUT,
	CONF_ADDRESS,
	CONF_SIGN,
	CONF_TIMEOUT,
	CONF_CONNECTIONS,
	CONF_RETRIES,
	CONF_PASS_FILE,
	CONF_PIN_FILE,
	CONF_KEYS,
};

static const char *const names[CONF_KEYS] = {
    "url",
    "tlscert",
    "user",
    "pass",
    "core",
    "keygen_pin",
    "log_level",
    "log_output",
    "address",
    "sign",
    "timeout_s",
    "connections",
    "retries",
    "pass_file",
    "keygen_pin_file",
};

/* The file on its way. */
struct reading {
	struct n200_conf *c;
	const cJSON *at[CONF_KEYS];
};

static enum dflow_status
bad(const struct reading *r, enum conf_key key, const char *why,
    struct dflow_err *err)
{
	return err_set(
	    err, DFLOW_FAILED, "%s: %s: %s", r->c->file, names[key], why);
}

/* A text, if it is there. */
static enum dflow_status
read_text(const struct reading *r, enum conf_key key, char out[N200_CONF_TEXT],
    struct dflow_err *err)
{
	const char *text = cJSON_GetStringValue(r->at[key]);
	size_t len;

	if (r->at[key] == NULL)
		return DFLOW_OK;
	if (text == NULL)
		return bad(r, key, "give a text in double quotes", err);
	len = strlen(text);
	if (len == 0)
		return bad(r, key, "is empty; fill it in or take it out", err);
	if (len >= N200_CONF_TEXT)
		return bad(r, key, "is longer than 1023 bytes", err);
	if (!n200_json_visible(text))
		return bad(
		    r, key, "has a control character; write it without", err);
	memcpy(out, text, len + 1);
	return DFLOW_OK;
}

static enum dflow_status
read_needed(const struct reading *r, enum conf_key key,
    char out[N200_CONF_TEXT], struct dflow_err *err)
{
	if (r->at[key] == NULL)
		return bad(r, key, "is missing; add it", err);
	return read_text(r, key, out, err);
}

static enum dflow_status
read_url(const struct reading *r, struct dflow_err *err)
{
	char url[N200_CONF_TEXT];
	enum dflow_status status;
	const char *why;

	status = read_needed(r, CONF_URL, url, err);
	if (status != DFLOW_OK)
		return status;
	why = n200_url_split(url, r->c->server, r->c->base);
	return why == NULL ? DFLOW_OK : bad(r, CONF_URL, why, err);
}

static enum dflow_status
read_number(const struct reading *r, enum conf_key key, unsigned range[2],
    unsigned *out, struct dflow_err *err)
{
	uint64_t v;

	if (r->at[key] == NULL)
		return DFLOW_OK;
	if (!n200_number(r->at[key], &v) || v < range[0] || v > range[1])
		return err_set(err, DFLOW_FAILED,
		    "%s: %s: give a whole number from %u to %u", r->c->file,
		    names[key], range[0], range[1]);
	*out = (unsigned)v;
	return DFLOW_OK;
}

static enum dflow_status
read_numbers(const struct reading *r, struct dflow_err *err)
{
	struct n200_conf *c = r->c;
	struct {
		enum conf_key key;
		unsigned range[2];
		unsigned *to;
	} numbers[] = {
	    {CONF_CORE, {0, 255}, &c->core},
	    {CONF_LOG_LEVEL, {0, 255}, &c->log_level},
	    {CONF_TIMEOUT, {1, 600}, &c->timeout_s},
	    {CONF_CONNECTIONS, {1, HTTPS_CONNECTIONS_MAX}, &c->connections},
	    {CONF_RETRIES, {0, HTTPS_RETRIES_MAX}, &c->retries},
	};
	enum dflow_status status = DFLOW_OK;

	c->core = 1;
	c->log_level = 1; /* if there is a log_output */
	c->timeout_s = N200_TIMEOUT_S;
	c->connections = N200_CONNECTIONS;
	c->retries = N200_RETRIES;
	for (size_t i = 0; status == DFLOW_OK && i < COUNT(numbers); i++)
		status = read_number(
		    r, numbers[i].key, numbers[i].range, numbers[i].to, err);
	return status;
}

static enum dflow_status
read_texts(const struct reading *r, struct dflow_err *err)
{
	struct n200_conf *c = r->c;
	enum dflow_status status;

	status = read_needed(r, CONF_TLSCERT, c->tlscert, err);
	if (status == DFLOW_OK)
		status = read_needed(r, CONF_USER, c->user, err);
	/* RFC 7617 section 2. */
	if (status == DFLOW_OK && strchr(c->user, ':') != NULL)
		status = bad(r, CONF_USER,
		    "HTTP cannot say a user with ':' in it; rename it on the "
		    "device",
		    err);
	if (status == DFLOW_OK)
		status = read_text(r, CONF_ADDRESS, c->address, err);
	if (status == DFLOW_OK && c->address[0] != '\0' &&
	    !n200_url_host(c->address, strlen(c->address)))
		status = bad(
		    r, CONF_ADDRESS, "give HOST, HOST:PORT or [v6]:PORT", err);
	if (status == DFLOW_OK)
		status = read_text(r, CONF_LOG_OUTPUT, c->log_output, err);
	if (c->log_output[0] == '\0')
		c->log_level = 0;
	return status;
}

/* What basic authentication and forms cannot carry whole. */
static enum dflow_status
check_secret(const struct reading *r, enum conf_key key, const struct secret *s,
    struct dflow_err *err)
{
	if (s->len == 0)
		return bad(r, key, "is empty; fill it in or take it out", err);
	if (s->len > SECRET_LEN)
		return bad(r, key, "is longer than 1023 bytes", err);
	for (size_t i = 0; i < s->len; i++)
		if (s->data[i] < 0x20 || s->data[i] == 0x7f)
			return bad(r, key,
			    "has a control character; set one without", err);
	return DFLOW_OK;
}

/* Copies a secret that is at hand. */
static enum dflow_status
keep_secret(
    const void *data, size_t len, struct secret **out, struct dflow_err *err)
{
	enum dflow_status status;

	status = secret_new(len == 0 ? 1 : len, out, err);
	if (status == DFLOW_OK)
		status = secret_put(*out, data, len, err);
	return status;
}

/* The first line of a file that only its owner can read. */
static enum dflow_status
secret_file(const char *path, struct secret **out, struct dflow_err *err)
{
	struct secret *text = NULL;
	enum dflow_status status;
	const uint8_t *end;
	size_t len;

	status = os_read_private(path, SECRET_FILE_MAX, &text, err);
	if (status != DFLOW_OK)
		return status;
	end = memchr(text->data, '\n', text->len);
	len = end == NULL ? text->len : (size_t)(end - text->data);
	while (len > 0 && text->data[len - 1] == '\r')
		len--;
	if (len == 0)
		status = err_set(err, DFLOW_FAILED,
		    "%s: the first line is empty; the secret goes there", path);
	else
		status = keep_secret(text->data, len, out, err);
	secret_free(&text);
	return status;
}

/* A secret, and where it may be. */
struct source {
	enum conf_key value;
	enum conf_key file;
	const char *what;
	bool needed; /* else it need not be anywhere */
};

static enum dflow_status
ask_secret(const struct reading *r, const struct source *from,
    struct secret **out, struct dflow_err *err)
{
	enum dflow_status status;
	char prompt[PROMPT_MAX];

	(void)snprintf(prompt, sizeof(prompt), "%s of %s at %s: ", from->what,
	    r->c->user, strstr(r->c->server, "//") + 2);
	status = os_passphrase(prompt, -1, false, out, err);
	if (status == DFLOW_USAGE)
		return err_set(err, status,
		    "%s: %s: no terminal to ask on; name a file with it as %s",
		    r->c->file, names[from->value], names[from->file]);
	return status;
}

static enum dflow_status
read_secret(const struct reading *r, const struct source *from,
    struct secret **out, struct dflow_err *err)
{
	const char *text = cJSON_GetStringValue(r->at[from->value]);
	char path[N200_CONF_TEXT] = "";
	enum conf_key key = from->value;
	enum dflow_status status;

	status = read_text(r, from->file, path, err);
	if (status != DFLOW_OK)
		return status;
	if (r->at[key] != NULL && path[0] != '\0')
		return err_set(err, DFLOW_FAILED,
		    "%s: %s: %s is there too; keep one of them", r->c->file,
		    names[from->file], names[key]);
	if (r->at[key] != NULL && text == NULL)
		return bad(r, key, "give a text in double quotes", err);
	if (text != NULL) {
		status = keep_secret(text, strlen(text), out, err);
	} else if (path[0] != '\0' && strcmp(path, "/dev/tty") != 0) {
		key = from->file;
		status = secret_file(path, out, err);
	} else if (path[0] != '\0' || from->needed) {
		status = ask_secret(r, from, out, err);
	} else {
		return DFLOW_OK;
	}
	return status == DFLOW_OK ? check_secret(r, key, *out, err) : status;
}

/* An empty text is how a vendor's file says that there is none. */
static void
drop_empty(struct reading *r, enum conf_key key)
{
	const char *text = cJSON_GetStringValue(r->at[key]);

	if (text != NULL && text[0] == '\0')
		r->at[key] = NULL;
}

static enum dflow_status
read_all(struct reading *r, const cJSON *tree, struct dflow_err *err)
{
	static const struct source pass = {
	    CONF_PASS, CONF_PASS_FILE, "Password", true};
	static const struct source pin = {
	    CONF_PIN, CONF_PIN_FILE, "PIN", false};
	const struct n200_json_shape shape = {r->c->file, "", names, CONF_KEYS};
	enum dflow_status status;

	status = n200_json_members(&shape, tree, r->at, err);
	drop_empty(r, CONF_PIN);
	drop_empty(r, CONF_LOG_OUTPUT);
	if (status == DFLOW_OK)
		status = read_url(r, err);
	if (status == DFLOW_OK)
		status = read_numbers(r, err);
	if (status == DFLOW_OK)
		status = read_texts(r, err);
	n200_sign_defaults(&r->c->sign);
	if (status == DFLOW_OK && r->at[CONF_SIGN] != NULL)
		status = n200_sign_read(
		    r->c->file, r->at[CONF_SIGN], &r->c->sign, err);
	/* The terminal last: whoever types should not do so in vain. */
	if (status == DFLOW_OK)
		status = read_secret(r, &pass, &r->c->pass, err);
	if (status == DFLOW_OK)
		status = read_secret(r, &pin, &r->c->pin, err);
	return status;
}

enum dflow_status
n200_conf_parse(const char *file, const struct secret *text,
    struct n200_conf **out, struct dflow_err *err)
{
	struct n200_json_fault fault = {0};
	struct reading r = {0};
	enum dflow_status status;
	cJSON *tree = NULL;

	if (text->len > N200_CONF_FILE_MAX)
		return err_set(err, DFLOW_FAILED, "%s: larger than %d bytes",
		    file, N200_CONF_FILE_MAX);
	r.c = calloc(1, sizeof(*r.c));
	if (r.c == NULL)
		return err_memory(err);
	(void)snprintf(r.c->file, sizeof(r.c->file), "%s", file);
	if (!n200_json_parse(text->data, text->len, &tree, &fault))
		status = err_at(err, file, fault.line, "%s", fault.why);
	else
		status = read_all(&r, tree, err);
	n200_json_wipe(&tree);
	if (status != DFLOW_OK) {
		n200_conf_free(&r.c);
		return status;
	}
	*out = r.c;
	return DFLOW_OK;
}

enum dflow_status
n200_conf_read(const char *path, struct n200_conf **out, struct dflow_err *err)
{
	struct secret *text = NULL;
	enum dflow_status status;

	status = os_read_private(path, N200_CONF_FILE_MAX, &text, err);
	if (status == DFLOW_OK)
		status = n200_conf_parse(path, text, out, err);
	secret_free(&text);
	return status;
}

void
n200_conf_free(struct n200_conf **c)
{
	if (c == NULL || *c == NULL)
		return;
	secret_free(&(*c)->pass);
	secret_free(&(*c)->pin);
	free(*c);
	*c = NULL;
}
