/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the one request and answer of the N200 that no document describes: the
 * form is put together, and the signature taken apart, as struct n200_sign
 * tells. A PIN goes from secret to secret. What comes out is the form of RFC
 * 6605 section 4, not yet verified: the caller does that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "keys/ecsig.h"
#include "keys/form.h"
#include "keys/n200answer.h"
#include "keys/n200sign.h"

enum {
	PERCENT = 3, /* characters of %XX */
	SIGNATURE_MAX = 512, /* bytes that are decoded; RSA's are a mistake */
	SIGNATURE_TEXT = HEX_LEN(SIGNATURE_MAX),
};

static const char *const encoding_names[N200_ENCODINGS] = {
    "hex", "hex", "base64", "base64url"};

void
n200_sign_defaults(struct n200_sign *s)
{
	static const struct n200_sign defaults = {
	    .command = "sign",
	    .fields = {"core", "key_id", "hash", "pin"},
	    .key_form = N200_KEY_KEY_ID,
	    .input = N200_INPUT_DIGEST,
	    .input_encoding = N200_ENCODING_UPPER,
	    .result = {"result", ""},
	    .result_encoding = N200_ENCODING_HEX,
	    .format = N200_FORMAT_AUTO,
	};

	*s = defaults;
}

/* Characters of len bytes in that encoding, or a little more. */
static size_t
encoded_len(enum n200_encoding e, size_t len)
{
	return e <= N200_ENCODING_HEX ? HEX_LEN(len) : BASE64_LEN(len);
}

static size_t
encode(enum n200_encoding e, const uint8_t *data, size_t len, char *out)
{
	size_t n;

	if (e <= N200_ENCODING_HEX) {
		n = hex_encode(data, len, out);
		for (size_t i = 0; e == N200_ENCODING_UPPER && i < n; i++)
			if (out[i] >= 'a')
				out[i] = (char)(out[i] - 'a' + 'A');
		return n;
	}
	n = base64_encode(data, len, out);
	if (e == N200_ENCODING_BASE64)
		return n;
	while (n > 0 && out[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
	return n;
}

const char *
n200_sign_key(const struct dflow_n200_key *key, enum n200_key_form form)
{
	switch (form) {
	case N200_KEY_TOKEN_NAME:
		return key->token_name;
	case N200_KEY_NICE_NAME:
		return key->nice_name;
	case N200_KEY_ID:
		return key->id;
	default:
		return key->key_id;
	}
}

size_t
n200_sign_body_size(
    const struct n200_sign *s, const struct n200_subject *who, size_t len)
{
	size_t size = sizeof("command") + strlen(s->command), data;

	if (s->input == N200_INPUT_DIGEST)
		len = digest_len(who->digest);
	if (len > SIZE_MAX / 16)
		return SIZE_MAX; /* more than any body may have */
	data = encoded_len(s->input_encoding, len);
	for (size_t i = 0; i < N200_FIELDS; i++)
		size += strlen(s->fields[i]) + 2;
	size += 3 * sizeof(who->core) +
		strlen(n200_sign_key(who->key, s->key_form));
	if (who->pin != NULL)
		size += who->pin->len;
	for (size_t i = 0; i < s->extra_count; i++)
		size +=
		    strlen(s->extra[i].name) + strlen(s->extra[i].value) + 2;
	return PERCENT * (size + data);
}

static enum dflow_status
put_text(struct secret *body, const char *name, const char *value,
    struct dflow_err *err)
{
	if (name[0] == '\0')
		return DFLOW_OK;
	return form_put(body, name, value, strlen(value), err);
}

static enum dflow_status
put_key(const struct n200_sign *s, const struct dflow_n200_key *key,
    struct secret *body, struct dflow_err *err)
{
	const char *name = n200_sign_key(key, s->key_form);

	if (name[0] == '\0')
		return err_set(err, DFLOW_FAILED,
		    "N200: %s: the device does not tell of the key %s what "
		    "sign.key_form in n200.conf wants; set that to another",
		    s->command, key->key_id);
	return put_text(body, s->fields[N200_FIELD_KEY], name, err);
}

/* The digest or message, encoded. */
static enum dflow_status
put_data(const struct n200_sign *s, const uint8_t *data, size_t len,
    struct secret *body, struct dflow_err *err)
{
	enum dflow_status status;
	char *text;

	if (len > SIZE_MAX / 4)
		return err_memory(err);
	text = malloc(encoded_len(s->input_encoding, len) + 1);
	if (text == NULL)
		return err_memory(err);
	len = encode(s->input_encoding, data, len, text);
	status = form_put(body, s->fields[N200_FIELD_DATA], text, len, err);
	free(text);
	return status;
}

/* The PIN and what goes along in every request. */
static enum dflow_status
put_rest(const struct n200_sign *s, const struct n200_subject *who,
    struct secret *body, struct dflow_err *err)
{
	const char *name = s->fields[N200_FIELD_PIN];
	enum dflow_status status = DFLOW_OK;

	if (who->pin != NULL && name[0] != '\0')
		status =
		    form_put(body, name, who->pin->data, who->pin->len, err);
	for (size_t i = 0; status == DFLOW_OK && i < s->extra_count; i++)
		status =
		    put_text(body, s->extra[i].name, s->extra[i].value, err);
	return status;
}

enum dflow_status
n200_sign_body(const struct n200_sign *s, const struct n200_subject *who,
    const uint8_t *data, size_t len, struct secret *body, struct dflow_err *err)
{
	uint8_t digest[DIGEST_MAX];
	enum dflow_status status;
	char core[3 * sizeof(who->core) + 1];

	(void)snprintf(core, sizeof(core), "%u", who->core);
	if (s->input == N200_INPUT_DIGEST) {
		digest_once(who->digest, data, len, digest);
		data = digest;
		len = digest_len(who->digest);
	}
	status = put_text(body, "command", s->command, err);
	if (status == DFLOW_OK)
		status = put_text(body, s->fields[N200_FIELD_CORE], core, err);
	if (status == DFLOW_OK)
		status = put_key(s, who->key, body, err);
	if (status == DFLOW_OK)
		status = put_data(s, data, len, body, err);
	if (status == DFLOW_OK)
		status = put_rest(s, who, body, err);
	return status;
}

/* What was decoded from an answer. */
struct decoded {
	uint8_t data[SIGNATURE_MAX];
	size_t len;
};

/* base64url to base64, padding added; the length, or 0 if it is not that. */
static size_t
from_url(const char *text, size_t len, char out[SIGNATURE_TEXT + 4])
{
	for (size_t i = 0; i < len; i++) {
		out[i] = text[i];
		if (text[i] == '+' || text[i] == '/')
			return 0;
		if (text[i] == '-')
			out[i] = '+';
		else if (text[i] == '_')
			out[i] = '/';
	}
	if (len % 4 != 0 && out[len - 1] == '=')
		return 0;
	while (len % 4 != 0)
		out[len++] = '=';
	return len;
}

/* Strict: one spelling, no blanks, at least a byte. */
static bool
decode(enum n200_encoding e, const char *text, struct decoded *out)
{
	char base64[SIGNATURE_TEXT + 4];
	size_t len = strlen(text);

	if (len == 0 || len > SIGNATURE_TEXT || strpbrk(text, " \t") != NULL)
		return false;
	if (e <= N200_ENCODING_HEX)
		return hex_decode(
		    text, len, out->data, SIGNATURE_MAX, &out->len);
	if (e == N200_ENCODING_BASE64URL) {
		len = from_url(text, len, base64);
		text = base64;
	}
	return len != 0 &&
	       base64_decode(text, len, out->data, SIGNATURE_MAX, &out->len);
}

/* A number's hex may lack the zero that would make it even. */
static bool
decode_number(const char *text, struct decoded *out)
{
	char even[SIGNATURE_TEXT + 1];
	size_t len = strlen(text);

	if (len % 2 == 0 || len > SIGNATURE_TEXT - 1)
		return false;
	even[0] = '0';
	memcpy(even + 1, text, len + 1);
	return decode(N200_ENCODING_HEX, even, out);
}

/* The bytes at result[i] of the answer. */
static enum dflow_status
get_bytes(const struct n200_sign *s, const struct cJSON *answer, size_t i,
    struct decoded *out, struct dflow_err *err)
{
	const char *path = s->result[i];
	const char *text = cJSON_GetStringValue(n200_at(answer, path));

	if (text == NULL)
		return err_set(err, DFLOW_FAILED,
		    "the answer has no text at %s; set sign.result "
		    "in n200.conf to where the signature is",
		    path);
	if (!decode(s->result_encoding, text, out) &&
	    !(s->apart && s->result_encoding == N200_ENCODING_HEX &&
		decode_number(text, out)))
		return err_set(err, DFLOW_FAILED,
		    "%s in the answer is not %s; set "
		    "sign.result_encoding in n200.conf",
		    path, encoding_names[s->result_encoding]);
	return DFLOW_OK;
}

/* r or s alone, to n bytes; false if it is larger. */
static bool
pad_number(const struct decoded *number, size_t n, uint8_t *out)
{
	const uint8_t *v = number->data;
	size_t len = number->len;

	/* Which keeps the sign bit of a DER INTEGER clear. */
	if (len == n + 1 && v[0] == 0) {
		v++;
		len--;
	}
	if (len > n)
		return false;
	memset(out, 0, n - len);
	memcpy(out + (n - len), v, len);
	return true;
}

static enum dflow_status
get_apart(const struct n200_sign *s, const struct cJSON *answer, size_t n,
    uint8_t *sig, struct dflow_err *err)
{
	enum dflow_status status;
	struct decoded d;

	for (size_t i = 0; i < 2; i++) {
		status = get_bytes(s, answer, i, &d, err);
		if (status != DFLOW_OK)
			return status;
		if (!pad_number(&d, n, sig + i * n))
			return err_set(err, DFLOW_FAILED,
			    "%s in the answer has %zu bytes, not "
			    "%zu; set sign.result in n200.conf to where r and "
			    "s are",
			    s->result[i], d.len, n);
	}
	return DFLOW_OK;
}

static enum dflow_status
get_together(const struct n200_sign *s, const struct cJSON *answer, size_t n,
    uint8_t *sig, struct dflow_err *err)
{
	static const char *const wants[N200_FORMATS] = {
	    "neither r and s nor DER", "not r and s", "not strict DER"};
	enum dflow_status status;
	struct decoded d;

	status = get_bytes(s, answer, 0, &d, err);
	if (status != DFLOW_OK)
		return status;
	if (s->format != N200_FORMAT_DER && d.len == 2 * n) {
		memcpy(sig, d.data, d.len);
		return DFLOW_OK;
	}
	if (s->format != N200_FORMAT_RAW &&
	    ecsig_from_der(d.data, d.len, n, sig))
		return DFLOW_OK;
	return err_set(err, DFLOW_FAILED,
	    "the %zu bytes at %s in the answer are %s of %zu bytes "
	    "each; set sign.signature_format and sign.result_encoding in "
	    "n200.conf",
	    d.len, s->result[0], wants[s->format], n);
}

static bool
is_zero(const uint8_t *p, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= p[i];
	return any == 0;
}

enum dflow_status
n200_sign_answer(const struct n200_sign *s, const struct cJSON *answer,
    size_t n, uint8_t *sig, struct dflow_err *err)
{
	uint8_t both[2 * ECSIG_N_MAX];
	enum dflow_status status;

	if (s->apart)
		status = get_apart(s, answer, n, both, err);
	else
		status = get_together(s, answer, n, both, err);
	if (status != DFLOW_OK)
		return status;
	if (is_zero(both, n) || is_zero(both + n, n))
		return err_set(err, DFLOW_FAILED,
		    "a number of the signature is 0; set "
		    "sign.result in n200.conf to where the signature is");
	memcpy(sig, both, 2 * n);
	return DFLOW_OK;
}
