/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A device that the search is shown. It reads forms and writes answers by code
 * of its own, so that it cannot share a fault with what it tests.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "keys/ecsig.h"
#include "keys/n200answer.h"
#include "n200fake.h"

enum { FORM_FIELDS = 64, FORM_TEXT = 1024 };

struct form {
	char names[FORM_FIELDS][64];
	char values[FORM_FIELDS][FORM_TEXT];
	size_t count;
};

static void
unescape(const char *in, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)in[i];
		size_t got;

		if (in[i] == '%') {
			ck_assert(i + 2 < len);
			ck_assert(hex_decode(in + i + 1, 2, &byte, 1, &got));
			i += 2;
		}
		ck_assert_uint_lt(n + 1, size);
		out[n++] = (char)byte;
	}
	out[n] = '\0';
}

static void
form_parse(const struct secret *body, struct form *f)
{
	const char *p = (const char *)body->data, *end = p + body->len;

	f->count = 0;
	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp == NULL ? end : amp, *eq;

		eq = memchr(p, '=', (size_t)(stop - p));
		ck_assert_ptr_nonnull(eq);
		ck_assert_uint_lt(f->count, FORM_FIELDS);
		unescape(p, (size_t)(eq - p), f->names[f->count],
		    sizeof(f->names[0]));
		unescape(eq + 1, (size_t)(stop - eq - 1), f->values[f->count],
		    sizeof(f->values[0]));
		for (size_t i = 0; i < f->count; i++)
			ck_assert_str_ne(f->names[i], f->names[f->count]);
		f->count++;
		p = amp == NULL ? end : amp + 1;
	}
}

static const char *
value(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->names[i], name) == 0)
			return f->values[i];
	return NULL;
}

/* Takes the text for an encoding; strict about the case of hex. */
static bool
decode(enum n200_encoding e, const char *text, uint8_t *out, size_t *len)
{
	char copy[FORM_TEXT + 4];
	size_t n = strlen(text);
	const char *bad = e == N200_ENCODING_UPPER ? "abcdef" : "ABCDEF";

	if (e == N200_ENCODING_UPPER || e == N200_ENCODING_HEX)
		return strpbrk(text, bad) == NULL &&
		       hex_decode(text, n, out, FORM_TEXT, len);
	memcpy(copy, text, n + 1);
	if (e == N200_ENCODING_BASE64)
		return base64_decode(copy, n, out, FORM_TEXT, len);
	if (strpbrk(text, "+/=") != NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		copy[i] = copy[i] == '-' ? '+' : copy[i] == '_' ? '/' : copy[i];
	while (n % 4 != 0)
		copy[n++] = '=';
	return base64_decode(copy, n, out, FORM_TEXT, len);
}

static void
encode(enum n200_encoding e, const uint8_t *in, size_t len, char *out)
{
	size_t n;

	if (e == N200_ENCODING_HEX || e == N200_ENCODING_UPPER) {
		out[hex_encode(in, len, out)] = '\0';
		return;
	}
	n = base64_encode(in, len, out);
	out[n] = '\0';
	if (e == N200_ENCODING_BASE64)
		return;
	for (char *p = out; *p != '\0'; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	*(out + strcspn(out, "=")) = '\0';
}

/* Puts text at a dotted path. */
static void
put(cJSON *at, const char *path, const char *text)
{
	char part[64];
	size_t len = strcspn(path, ".");
	cJSON *below;

	memcpy(part, path, len);
	part[len] = '\0';
	if (path[len] == '\0') {
		cJSON_AddStringToObject(at, part, text);
		return;
	}
	below = cJSON_GetObjectItemCaseSensitive(at, part);
	if (below == NULL)
		below = cJSON_AddObjectToObject(at, part);
	put(below, path + len + 1, text);
}

static void
sign_raw(EVP_PKEY *pkey, size_t n, const uint8_t *e, size_t len, uint8_t *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	uint8_t der[ECSIG_DER_MAX];
	size_t der_len = sizeof(der);

	ck_assert_int_eq(EVP_PKEY_sign_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_sign(ctx, der, &der_len, e, len), 1);
	ck_assert(ecsig_from_der(der, der_len, n, sig));
	EVP_PKEY_CTX_free(ctx);
}

/* True if neither number, written apart, tells base64 from base64url. */
static bool
is_plain(const uint8_t *sig, size_t n)
{
	char text[FORM_TEXT];

	encode(N200_ENCODING_BASE64, sig, n, text);
	if (strpbrk(text, "+/") != NULL)
		return false;
	encode(N200_ENCODING_BASE64, sig + n, n, text);
	return strpbrk(text, "+/") == NULL;
}

/* What is signed, by the fault; sets what len is of. */
static void
to_sign(const struct fake *f, const char *text, const uint8_t *data,
    size_t *len, uint8_t *out)
{
	size_t n = f->signer->size;
	enum digest_kind kind = n == 32 ? DIGEST_SHA256 : DIGEST_SHA384;
	bool digest = f->way.input == N200_INPUT_DIGEST;

	if (f->fault == FAKE_HASHES_TEXT)
		digest_once(kind, text, strlen(text), out);
	else if (f->fault == FAKE_SHA512)
		digest_once(DIGEST_SHA512, data, *len, out);
	else if (f->fault == FAKE_UNHASHED)
		memcpy(out, text, n);
	else if (f->fault == FAKE_HASHES_AGAIN || !digest)
		digest_once(kind, data, *len, out);
	else
		memcpy(out, data, n);
	*len = f->fault == FAKE_SHA512 ? 64 : n;
}

static void
put_signature(const struct fake *f, cJSON *to, const uint8_t *sig)
{
	size_t n = f->signer->size, len;
	uint8_t der[ECSIG_DER_MAX];
	char text[FORM_TEXT];

	put(to, "info.serial", "seSAM-nserie-101");
	if (f->way.apart) {
		encode(f->way.result_encoding, sig, n, text);
		put(to, f->way.result[0], text);
		encode(f->way.result_encoding, sig + n, n, text);
		put(to, f->way.result[1], text);
		return;
	}
	len = 2 * n;
	if (f->way.format == N200_FORMAT_DER) {
		len = ecsig_to_der(sig, n, der);
		sig = der;
	}
	encode(f->way.result_encoding, sig, len, text);
	put(to, f->way.result[0], text);
}

/* The field that it does not know, or NULL. */
static const char *
unknown(const struct fake *f, const struct form *in)
{
	for (size_t i = 0; i < in->count; i++) {
		bool known = strcmp(in->names[i], "command") == 0;

		for (size_t j = 0; j < N200_FIELDS; j++)
			known |= strcmp(in->names[i], f->way.fields[j]) == 0;
		if (!known)
			return in->names[i];
	}
	return NULL;
}

static const char *
key_text(const struct fake *f)
{
	const char *const forms[] = {
	    f->key->key_id, f->key->token_name, f->key->nice_name, f->key->id};

	return forms[f->way.key_form];
}

/* An error's text, or NULL and the data. */
static const char *
check_form(struct fake *f, const struct form *in, uint8_t *data, size_t *len)
{
	const char *odd = unknown(f, in), *text;

	if (f->fault == FAKE_BROKEN)
		return "cannot";
	if (strcmp(value(in, "command"), f->way.command) != 0)
		return "no such command";
	if (f->strict && odd != NULL) {
		if (f->words != FAKE_NAMED)
			return "unknown field";
		snprintf(f->say, sizeof(f->say), "unknown field: %s", odd);
		return f->say;
	}
	text = value(in, f->way.fields[N200_FIELD_CORE]);
	if (f->way.fields[N200_FIELD_CORE][0] != '\0' &&
	    (text == NULL || strcmp(text, "2") != 0))
		return "no such core";
	text = value(in, f->way.fields[N200_FIELD_KEY]);
	if (text == NULL || strcmp(text, key_text(f)) != 0)
		return "key not found";
	text = value(in, f->way.fields[N200_FIELD_PIN]);
	if (f->pin != NULL && text == NULL)
		return "pin missing";
	if (f->pin != NULL && strcmp(text, f->pin) != 0) {
		f->wrong_pins++;
		return "wrong pin";
	}
	text = value(in, f->way.fields[N200_FIELD_DATA]);
	if (text == NULL || !decode(f->way.input_encoding, text, data, len))
		return "no data";
	if (f->way.input == N200_INPUT_DIGEST && *len != f->signer->size)
		return "not a digest";
	return NULL;
}

static cJSON *
reply(struct fake *f, const struct form *in, unsigned *status)
{
	cJSON *out = cJSON_CreateObject();
	uint8_t data[FORM_TEXT], e[FORM_TEXT], sig[2 * ECSIG_N_MAX];
	const struct subject *by = f->signer;
	struct subject stranger = {0};
	const char *error;
	size_t len = 0;

	cJSON_AddStringToObject(out, "command", value(in, "command"));
	error = check_form(f, in, data, &len);
	if (f->fault == FAKE_DENIES)
		error = "access denied";
	if (error != NULL) {
		*status = f->fault == FAKE_DENIES ? 403 : 400;
		cJSON_AddStringToObject(
		    out, "error", f->words == FAKE_MUTE ? "cannot" : error);
		return out;
	}
	if (f->fault == FAKE_NO_SIGNATURE) {
		cJSON_AddStringToObject(out, "result", "done");
		return out;
	}
	to_sign(f, value(in, f->way.fields[N200_FIELD_DATA]), data, &len, e);
	if (f->fault == FAKE_OTHER_KEY)
		by = f->other;
	if (f->fault == FAKE_NO_KEY) {
		subject_make(&stranger, f->signer->key.algorithm);
		by = &stranger;
	}
	do
		sign_raw(by->pkey, by->size, e, len, sig);
	while (f->plain > 0 && !is_plain(sig, by->size));
	f->plain -= f->plain > 0;
	if (f->fault == FAKE_REPLAYS && !f->replays)
		memcpy(f->sig, sig, sizeof(f->sig));
	f->replays = f->fault == FAKE_REPLAYS;
	if (f->replays)
		memcpy(sig, f->sig, sizeof(f->sig));
	put_signature(f, out, sig);
	if (f->fault == FAKE_NO_KEY)
		subject_free(&stranger);
	return out;
}

enum dflow_status
fake_ask(void *ctx, const struct n200_sign *s, const struct secret *body,
    struct n200_said *said, struct dflow_err *err)
{
	static const struct redact none;
	struct fake *f = ctx;
	struct form *in = malloc(sizeof(*in));
	struct https_answer a = {.status = 200};
	enum dflow_status status;
	size_t used = strlen(f->commands);
	char word[N200_WORD_MAX + 2], *text;
	cJSON *out;

	f->asked++;
	if (f->fault == FAKE_DEAD ||
	    (f->dies_after != 0 && f->asked > f->dies_after)) {
		free(in);
		return err_set(err, DFLOW_FAILED, "the device is gone");
	}
	form_parse(body, in);
	ck_assert_str_eq(value(in, "command"), s->command);
	snprintf(word, sizeof(word), " %s ", s->command);
	if (strstr(f->commands, word) == NULL)
		snprintf(
		    f->commands + used, sizeof(f->commands) - used, "%s", word);
	out = reply(f, in, &a.status);
	text = cJSON_PrintUnformatted(out);
	a.data = (const uint8_t *)text;
	a.len = strlen(text);
	status = n200_answer(&a, s->command, &none, &said->answer, &said->why);
	ck_assert((status == DFLOW_OK) == (said->answer != NULL));
	cJSON_free(text);
	cJSON_Delete(out);
	free(in);
	return DFLOW_OK;
}

static void
key_make(struct dflow_n200_key *k, struct subject *s, unsigned number)
{
	subject_make(s, number == 1 ? ALG_ECDSAP384 : ALG_ECDSAP256);
	snprintf(k->key_id, sizeof(k->key_id), "hsm0101%08u%02u", 0, number);
	snprintf(k->token_name, sizeof(k->token_name), "hsm0101%02u", number);
	snprintf(k->id, sizeof(k->id), "AAAB68606BE%u", number);
	snprintf(k->nice_name, sizeof(k->nice_name), "zone %u & more", number);
	snprintf(k->key_type, sizeof(k->key_type), "NIST");
	k->key_len = (unsigned)(8 * s->size);
	k->public_len = 2 * s->size;
	memcpy(k->public_key, s->rdata + 4, k->public_len);
}

void
fake_world_make(struct fake_world *w)
{
	struct dflow_err err = {0};

	memset(w, 0, sizeof(*w));
	for (unsigned i = 0; i < COUNT(w->keys); i++)
		key_make(&w->keys[i], &w->subjects[i], i);
	ck_assert(secret_new(16, &w->pin, &err) == DFLOW_OK);
	ck_assert(
	    secret_put(w->pin, FAKE_PIN, strlen(FAKE_PIN), &err) == DFLOW_OK);
}

void
fake_world_free(struct fake_world *w)
{
	for (size_t i = 0; i < COUNT(w->subjects); i++)
		subject_free(&w->subjects[i]);
	secret_free(&w->pin);
}

struct fake
fake_of(const struct fake_world *w, size_t i)
{
	struct fake f = {.pin = FAKE_PIN,
	    .key = &w->keys[i],
	    .signer = &w->subjects[i],
	    .other = &w->subjects[2]};

	n200_sign_defaults(&f.way);
	return f;
}

struct n200_subject
fake_who(const struct fake_world *w, const struct fake *f)
{
	return (struct n200_subject){.key = f->key,
	    .core = 2,
	    .pin = w->pin,
	    .digest = f->signer->size == 32 ? DIGEST_SHA256 : DIGEST_SHA384};
}

bool
fake_signs(const struct fake_world *w, struct fake *f,
    const struct n200_sign *s, unsigned number)
{
	const struct n200_subject who = fake_who(w, f);
	struct n200_said said = {0};
	struct dflow_err err = {0};
	struct secret *body = NULL;
	uint8_t data[300], sig[2 * NUMBER];
	bool good = false;

	memset(data, (int)number, sizeof(data));
	ck_assert(secret_new(n200_sign_body_size(s, &who, sizeof(data)), &body,
		      &err) == DFLOW_OK);
	ck_assert(n200_sign_body(s, &who, data, sizeof(data), body, &err) ==
		  DFLOW_OK);
	ck_assert(fake_ask(f, s, body, &said, &err) == DFLOW_OK);
	if (said.answer != NULL)
		good = n200_sign_answer(s, said.answer, f->signer->size, sig,
			   &err) == DFLOW_OK &&
		       verifier_check(f->signer->single, data, sizeof(data),
			   sig, 2 * f->signer->size);
	cJSON_Delete(said.answer);
	secret_free(&body);
	return good;
}
