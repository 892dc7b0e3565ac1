/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the ways in which the N200 may want to be asked for a signature: names
 * of commands and fields, and what is sent in them. It knows no command but
 * such as say plainly that they sign: whatever a device makes of one of them,
 * it cannot be told to make, change or lose a key with it. All names of a
 * field carry the same value, that of the one key; so a device that knows
 * several of them still signs with no other.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "keys/form.h"
#include "keys/n200wish.h"

enum {
	NAMES = 16,
	/*
	 * Of the core's, all at once; the device is not likely to have another
	 * than the article shows, and so a form has 32 fields: more are more
	 * than some programs take.
	 */
	CORES = 2,
};

static const char *const field_names[N200_FIELDS][NAMES] = {
    [N200_FIELD_CORE] = {"core", "core_id", "coreid", "hsm"},
    [N200_FIELD_KEY] = {"key_id", "key", "keyid", "key_name", "keyname", "name",
	"nice_name", "token", "token_name", "slot", "label", "id"},
    [N200_FIELD_DATA] = {"hash", "data", "digest", "message", "msg", "input",
	"hash_to_sign", "tbs", "payload", "value", "to_sign", "data_to_sign"},
    [N200_FIELD_PIN] = {"pin", "user_pin", "userpin", "key_pin", "keypin",
	"password"},
};

static const char *const commands[] = {"sign", "ecsign", "eccsign", "signecc",
    "signhash", "sign_hash", "signdata", "ecdsasign", "ecdsa_sign", "signature",
    "createsignature", "signec", "signecdsa"};

const char *
n200_wish_name(enum n200_field field, unsigned i)
{
	return i < NAMES ? field_names[field][i] : NULL;
}

uint32_t
n200_wish_names(const struct n200_sign *s, enum n200_field field)
{
	uint32_t all = 0;

	for (unsigned i = 0; n200_wish_name(field, i) != NULL &&
			     (field != N200_FIELD_CORE || i < CORES);
	     i++)
		all |= UINT32_C(1) << i;
	if (s->fields[field][0] != '\0')
		all |= UINT32_C(1) << N200_WISH_OWN;
	return all;
}

const char *
n200_wish_command(unsigned i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

bool
n200_wish_shape(
    struct n200_sign *s, const struct dflow_n200_key *key, unsigned i)
{
	unsigned own = s->key_form, form = i / (N200_INPUTS * N200_ENCODINGS);
	const char *name;

	s->input_encoding = (s->input_encoding + i) % N200_ENCODINGS;
	s->input = (s->input + i / N200_ENCODINGS) % N200_INPUTS;
	s->key_form = (own + form) % N200_KEY_FORMS;
	name = n200_sign_key(key, s->key_form);
	if (name[0] == '\0')
		return false;
	for (unsigned j = 0; j < form; j++)
		if (strcmp(name,
			n200_sign_key(key, (own + j) % N200_KEY_FORMS)) == 0)
			return false;
	return true;
}

/* RFC 4648 section 5, no padding, of base64. */
static size_t
to_url(char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '+')
			text[i] = '-';
		else if (text[i] == '/')
			text[i] = '_';
	}
	return len;
}

enum dflow_status
n200_wish_data(const struct n200_sign *s, enum digest_kind digest,
    const struct n200_wish_bytes *data, char out[N200_WISH_DATA],
    struct dflow_err *err)
{
	uint8_t hash[DIGEST_MAX];
	const uint8_t *in = data->data;
	size_t len = data->len;

	if (s->input == N200_INPUT_DIGEST) {
		digest_once(digest, in, len, hash);
		in = hash;
		len = digest_len(digest);
	}
	if (HEX_LEN(len) >= N200_WISH_DATA)
		return err_set(err, DFLOW_FAILED,
		    "the N200 is to sign %zu bytes: too many here", len);
	if (s->input_encoding == N200_ENCODING_HEX ||
	    s->input_encoding == N200_ENCODING_UPPER)
		len = hex_encode(in, len, out);
	else
		len = base64_encode(in, len, out);
	if (s->input_encoding == N200_ENCODING_BASE64URL)
		len = to_url(out, len);
	out[len] = '\0';
	for (; s->input_encoding == N200_ENCODING_UPPER && *out != '\0'; out++)
		if (*out >= 'a' && *out <= 'f')
			*out = (char)(*out - 'a' + 'A');
	return DFLOW_OK;
}

/* A value and where it goes. */
struct value {
	enum n200_field field;
	const void *data;
	size_t len;
};

/* True if another part of the form has that name, which must not be twice. */
static bool
taken(const struct n200_sign *s, enum n200_field field, const char *name)
{
	if (strcmp(name, "command") == 0)
		return true;
	for (unsigned f = 0; f < N200_FIELDS; f++)
		if (f != field && strcmp(s->fields[f], name) == 0)
			return true;
	for (size_t i = 0; i < s->extra_count; i++)
		if (strcmp(s->extra[i].name, name) == 0)
			return true;
	return false;
}

/* The value, under each of the field's names. */
static enum dflow_status
put(const struct n200_wish *w, const struct value *v, struct secret *body,
    struct dflow_err *err)
{
	const char *own = w->sign.fields[v->field], *name;
	uint32_t names = w->names[v->field];
	enum dflow_status status = DFLOW_OK;
	bool with_own;

	with_own =
	    own[0] != '\0' && (names == 0 || (names >> N200_WISH_OWN & 1) != 0);
	if (with_own)
		status = form_put(body, own, v->data, v->len, err);
	for (unsigned i = 0; status == DFLOW_OK; i++) {
		name = n200_wish_name(v->field, i);
		if (name == NULL)
			break;
		if ((names >> i & 1) == 0 ||
		    (with_own && strcmp(name, own) == 0) ||
		    taken(&w->sign, v->field, name))
			continue;
		status = form_put(body, name, v->data, v->len, err);
	}
	return status;
}

static enum dflow_status
put_extra(const struct n200_sign *s, struct secret *body, struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;

	for (size_t i = 0; i < s->extra_count && status == DFLOW_OK; i++)
		status = form_put(body, s->extra[i].name, s->extra[i].value,
		    strlen(s->extra[i].value), err);
	return status;
}

enum dflow_status
n200_wish_form(const struct n200_wish *w, const struct n200_subject *who,
    const struct n200_wish_bytes *data, struct secret *body,
    struct dflow_err *err)
{
	static const uint32_t none[N200_FIELDS] = {0};
	const char *key = n200_sign_key(who->key, w->sign.key_form);
	char core[16], text[N200_WISH_DATA];
	struct value values[N200_FIELDS];
	enum dflow_status status;

	if (memcmp(w->names, none, sizeof(none)) == 0)
		return n200_sign_body(
		    &w->sign, who, data->data, data->len, body, err);
	status = n200_wish_data(&w->sign, who->digest, data, text, err);
	if (status == DFLOW_OK)
		status = form_put(body, "command", w->sign.command,
		    strlen(w->sign.command), err);
	(void)snprintf(core, sizeof(core), "%u", who->core);
	values[0] = (struct value){N200_FIELD_CORE, core, strlen(core)};
	values[1] = (struct value){N200_FIELD_KEY, key, strlen(key)};
	values[2] = (struct value){N200_FIELD_DATA, text, strlen(text)};
	values[3] = (struct value){N200_FIELD_PIN,
	    who->pin == NULL ? NULL : who->pin->data,
	    who->pin == NULL ? 0 : who->pin->len};
	for (unsigned f = 0; f < N200_FIELDS && status == DFLOW_OK; f++)
		if (f != N200_FIELD_PIN || who->pin != NULL)
			status = put(w, &values[f], body, err);
	if (status == DFLOW_OK)
		status = put_extra(&w->sign, body, err);
	return status;
}
