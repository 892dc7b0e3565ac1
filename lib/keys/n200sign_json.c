/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the sign object's JSON form. Refuses what it does not know, names that
 * would meet in one form, and commands that are known to do something else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "keys/n200answer.h"
#include "keys/n200json.h"
#include "keys/n200sign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum sign_key {
	SIGN_COMMAND,
	SIGN_FIELDS,
	SIGN_EXTRA,
	SIGN_KEY_FORM,
	SIGN_INPUT,
	SIGN_INPUT_ENCODING,
	SIGN_RESULT,
	SIGN_RESULT_ENCODING,
	SIGN_FORMAT,
	SIGN_KEYS,
};

static const char *const names[SIGN_KEYS] = {
    "command",
    "fields",
    "extra",
    "key_form",
    "input",
    "input_encoding",
    "result",
    "result_encoding",
    "signature_format",
};

static const char *const field_names[N200_FIELDS] = {
    "core", "key", "data", "pin"};

/* The words of a setting, by its enum; words[0] is none where it is NULL. */
struct choice {
	enum sign_key key;
	const char *words[4];
};

enum { CHOICE_KEY_FORM, CHOICE_INPUT, CHOICE_IN, CHOICE_OUT, CHOICE_FORMAT };

static const struct choice choices[] = {
    {SIGN_KEY_FORM, {"key_id", "token_name", "nice_name", "id"}},
    {SIGN_INPUT, {"digest", "message"}},
    {SIGN_INPUT_ENCODING, {"HEX", "hex", "base64", "base64url"}},
    {SIGN_RESULT_ENCODING, {NULL, "hex", "base64", "base64url"}},
    {SIGN_FORMAT, {"auto", "raw", "der"}},
};

/* What the device does at these is no signature, or no way back. */
static const char *const other_commands[] = {
    "factoryreset",
    "genecckey",
    "importecckey",
    "encrypt",
    "decrypt",
    "listkeys",
    "getkeyattributes",
    "getrandom",
    "timestamp",
};

/* The object on its way. */
struct reading {
	const char *file;
	struct n200_sign *s;
	const cJSON *at[SIGN_KEYS];
};

static enum dflow_status
bad(const struct reading *r, enum sign_key key, struct dflow_err *err,
    const char *why)
{
	return err_set(
	    err, DFLOW_FAILED, "%s: sign.%s: %s", r->file, names[key], why);
}

/* Copies a text without control characters; false if it is none or long. */
static bool
copy(const cJSON *item, char *out, size_t size)
{
	const char *text = cJSON_GetStringValue(item);
	size_t len;

	if (text == NULL || !n200_json_visible(text))
		return false;
	len = strlen(text);
	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

/* ASCII without blanks. */
static bool
is_word(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool
copy_word(const cJSON *item, char out[N200_WORD_MAX])
{
	return copy(item, out, N200_WORD_MAX) && is_word(out);
}

static enum dflow_status
read_command(struct reading *r, struct dflow_err *err)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz"
				   "0123456789_.-";
	const cJSON *item = r->at[SIGN_COMMAND];
	char *command = r->s->command;

	if (item == NULL)
		return DFLOW_OK;
	if (!copy_word(item, command) || command[0] == '\0' ||
	    command[strspn(command, fine)] != '\0')
		return bad(r, SIGN_COMMAND, err,
		    "give 1 to 63 letters, digits, '_', '.' and '-'");
	for (size_t i = 0; i < COUNT(other_commands); i++)
		if (strcasecmp(command, other_commands[i]) == 0)
			return err_set(err, DFLOW_FAILED,
			    "%s: sign.command: %s does not sign; name the "
			    "command that does",
			    r->file, other_commands[i]);
	return DFLOW_OK;
}

static enum dflow_status
read_fields(struct reading *r, struct dflow_err *err)
{
	const struct n200_json_shape shape = {
	    r->file, "sign.fields.", field_names, N200_FIELDS};
	const cJSON *at[N200_FIELDS];
	enum dflow_status status;

	if (r->at[SIGN_FIELDS] == NULL)
		return DFLOW_OK;
	if (!cJSON_IsObject(r->at[SIGN_FIELDS]))
		return bad(r, SIGN_FIELDS, err,
		    "is an object of the names of core, key, data and pin");
	status = n200_json_members(&shape, r->at[SIGN_FIELDS], at, err);
	for (size_t i = 0; status == DFLOW_OK && i < N200_FIELDS; i++) {
		bool needed = i == N200_FIELD_KEY || i == N200_FIELD_DATA;

		if (at[i] == NULL)
			continue;
		if (!copy_word(at[i], r->s->fields[i]) ||
		    (needed && r->s->fields[i][0] == '\0'))
			status = err_set(err, DFLOW_FAILED,
			    "%s: sign.fields.%s: give %s63 printable "
			    "characters without blanks",
			    r->file, field_names[i],
			    needed ? "1 to " : "0 to ");
	}
	return status;
}

static enum dflow_status
read_extra(struct reading *r, struct dflow_err *err)
{
	struct n200_sign *s = r->s;
	const cJSON *item;
	uint64_t v;

	if (r->at[SIGN_EXTRA] == NULL)
		return DFLOW_OK;
	if (!cJSON_IsObject(r->at[SIGN_EXTRA]))
		return bad(r, SIGN_EXTRA, err, "is an object of texts");
	cJSON_ArrayForEach(item, r->at[SIGN_EXTRA])
	{
		struct n200_extra *e = &s->extra[s->extra_count];
		size_t len = strlen(item->string);

		if (s->extra_count == N200_EXTRA_MAX)
			return bad(r, SIGN_EXTRA, err, "has more than 8 names");
		if (len == 0 || len >= N200_WORD_MAX || !is_word(item->string))
			return bad(r, SIGN_EXTRA, err,
			    "a name is not 1 to 63 printable characters "
			    "without blanks");
		memcpy(e->name, item->string, len + 1);
		if (cJSON_IsNumber(item) && n200_number(item, &v))
			(void)snprintf(
			    e->value, sizeof(e->value), "%" PRIu64, v);
		else if (!copy(item, e->value, sizeof(e->value)))
			return err_set(err, DFLOW_FAILED,
			    "%s: sign.extra.%s: give a text of at most 255 "
			    "bytes without control characters, or a whole "
			    "number",
			    r->file, e->name);
		s->extra_count++;
	}
	return DFLOW_OK;
}

/* The name of field number i of the form, the command's being 0. */
static const char *
form_name(const struct n200_sign *s, size_t i)
{
	if (i == 0)
		return "command";
	if (i <= N200_FIELDS)
		return s->fields[i - 1];
	return s->extra[i - 1 - N200_FIELDS].name;
}

/* No name is there twice in a form. */
static enum dflow_status
check_names(const struct reading *r, struct dflow_err *err)
{
	size_t count = 1 + N200_FIELDS + r->s->extra_count;

	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			const char *name = form_name(r->s, i);

			if (name[0] == '\0' ||
			    strcmp(name, form_name(r->s, j)) != 0)
				continue;
			return err_set(err, DFLOW_FAILED,
			    "%s: sign.%s: the name %s is taken; give each "
			    "field its own",
			    r->file, i > N200_FIELDS ? "extra" : "fields",
			    name);
		}
	return DFLOW_OK;
}

/* One of a setting's words. */
static enum dflow_status
read_choice(const struct reading *r, const struct choice *c, unsigned *out,
    struct dflow_err *err)
{
	const cJSON *item = r->at[c->key];
	const char *text = cJSON_GetStringValue(item);
	const char *const *w = c->words;

	if (item == NULL)
		return DFLOW_OK;
	for (unsigned i = 0; text != NULL && i < COUNT(c->words); i++)
		if (w[i] != NULL && strcmp(text, w[i]) == 0) {
			*out = i;
			return DFLOW_OK;
		}
	return err_set(err, DFLOW_FAILED, "%s: sign.%s: give %s%s%s%s%s%s%s",
	    r->file, names[c->key], w[0] == NULL ? "" : w[0],
	    w[0] == NULL ? "" : ", ", w[1], w[2] == NULL ? "" : ", ",
	    w[2] == NULL ? "" : w[2], w[3] == NULL ? "" : ", ",
	    w[3] == NULL ? "" : w[3]);
}

static enum dflow_status
read_choices(struct reading *r, struct dflow_err *err)
{
	unsigned v[COUNT(choices)] = {r->s->key_form, r->s->input,
	    r->s->input_encoding, r->s->result_encoding, r->s->format};
	enum dflow_status status = DFLOW_OK;

	for (size_t i = 0; status == DFLOW_OK && i < COUNT(choices); i++)
		status = read_choice(r, &choices[i], &v[i], err);
	r->s->key_form = (enum n200_key_form)v[CHOICE_KEY_FORM];
	r->s->input = (enum n200_input)v[CHOICE_INPUT];
	r->s->input_encoding = (enum n200_encoding)v[CHOICE_IN];
	r->s->result_encoding = (enum n200_encoding)v[CHOICE_OUT];
	r->s->format = (enum n200_format)v[CHOICE_FORMAT];
	return status;
}

/* "a.b.c": no part is empty. */
static bool
copy_path(const cJSON *item, char out[N200_PATH_MAX])
{
	size_t len;

	if (!copy(item, out, N200_PATH_MAX) || !is_word(out))
		return false;
	len = strlen(out);
	return len != 0 && out[0] != '.' && out[len - 1] != '.' &&
	       strstr(out, "..") == NULL;
}

static enum dflow_status
read_result(struct reading *r, struct dflow_err *err)
{
	static const char *const parts[2] = {"r", "s"};
	const struct n200_json_shape shape = {
	    r->file, "sign.result.", parts, 2};
	const cJSON *item = r->at[SIGN_RESULT], *at[2];
	enum dflow_status status;

	if (item == NULL)
		return DFLOW_OK;
	if (cJSON_IsObject(item)) {
		status = n200_json_members(&shape, item, at, err);
		if (status != DFLOW_OK)
			return status;
		r->s->apart = true;
		if (copy_path(at[0], r->s->result[0]) &&
		    copy_path(at[1], r->s->result[1]) &&
		    strcmp(r->s->result[0], r->s->result[1]) != 0)
			return DFLOW_OK;
	} else if (copy_path(item, r->s->result[0])) {
		return DFLOW_OK;
	}
	return bad(r, SIGN_RESULT, err,
	    "give a path as \"result.signature\", or {\"r\": path, \"s\": "
	    "other path}, of at most 127 printable characters without blanks");
}

enum dflow_status
n200_sign_read(const char *file, const struct cJSON *json,
    struct n200_sign *out, struct dflow_err *err)
{
	const struct n200_json_shape shape = {file, "sign.", names, SIGN_KEYS};
	struct reading r = {.file = file};
	enum dflow_status status;
	struct n200_sign s;

	if (!cJSON_IsObject(json))
		return err_set(
		    err, DFLOW_FAILED, "%s: sign: is an object", file);
	n200_sign_defaults(&s);
	r.s = &s;
	status = n200_json_members(&shape, json, r.at, err);
	if (status == DFLOW_OK)
		status = read_command(&r, err);
	if (status == DFLOW_OK)
		status = read_fields(&r, err);
	if (status == DFLOW_OK)
		status = read_extra(&r, err);
	if (status == DFLOW_OK)
		status = check_names(&r, err);
	if (status == DFLOW_OK)
		status = read_choices(&r, err);
	if (status == DFLOW_OK)
		status = read_result(&r, err);
	if (status == DFLOW_OK)
		*out = s;
	return status;
}

/* As a JSON string. */
static void
put_string(struct buf *b, const char *text)
{
	buf_str(b, "\"");
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20) {
			buf_printf(b, "\\u%04x", (unsigned)*text);
			continue;
		}
		if (*text == '"' || *text == '\\')
			buf_str(b, "\\");
		buf_put(b, text, 1);
	}
	buf_str(b, "\"");
}

static void
put_member(
    struct buf *b, const char *before, const char *name, const char *value)
{
	buf_str(b, before);
	put_string(b, name);
	buf_str(b, ": ");
	put_string(b, value);
}

static void
put_objects(struct buf *b, const struct n200_sign *s)
{
	buf_str(b, ",\n    \"fields\": {");
	for (size_t i = 0; i < N200_FIELDS; i++)
		put_member(b, i == 0 ? "" : ", ", field_names[i], s->fields[i]);
	buf_str(b, "},\n    \"extra\": {");
	for (size_t i = 0; i < s->extra_count; i++)
		put_member(
		    b, i == 0 ? "" : ", ", s->extra[i].name, s->extra[i].value);
	buf_str(b, "}");
}

static void
put_choice(struct buf *b, size_t which, unsigned value)
{
	const struct choice *c = &choices[which];

	put_member(b, ",\n    ", names[c->key], c->words[value]);
}

enum dflow_status
n200_sign_write(
    const struct n200_sign *s, char out[DFLOW_N200_SIGN], struct dflow_err *err)
{
	enum dflow_status status;
	struct buf b;

	buf_init(&b, DFLOW_N200_SIGN);
	put_member(&b, "{\n    ", "command", s->command);
	put_objects(&b, s);
	put_choice(&b, CHOICE_KEY_FORM, s->key_form);
	put_choice(&b, CHOICE_INPUT, s->input);
	put_choice(&b, CHOICE_IN, s->input_encoding);
	if (s->apart) {
		put_member(&b, ",\n    \"result\": {", "r", s->result[0]);
		put_member(&b, ", ", "s", s->result[1]);
		buf_str(&b, "}");
	} else {
		put_member(&b, ",\n    ", "result", s->result[0]);
	}
	put_choice(&b, CHOICE_OUT, s->result_encoding);
	put_choice(&b, CHOICE_FORMAT, s->format);
	buf_put(&b, "\n}\n", 4); /* and a NUL */
	status = buf_check(&b, "the sign object", err);
	if (status == DFLOW_OK)
		memcpy(out, b.data, b.len);
	buf_free(&b);
	return status;
}
