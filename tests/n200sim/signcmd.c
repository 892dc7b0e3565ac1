/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signcmd.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

void
sign_variant_init(struct sign_variant *v)
{
	*v = (struct sign_variant){
	    .command = "sign",
	    .fields = {[SIGN_CORE] = "core",
		[SIGN_KEY] = "key_id",
		[SIGN_DATA] = "hash",
		[SIGN_PIN] = "pin"},
	    .key_form = KEY_FORM_KEY_ID,
	    .input = ENCODING_UPPER,
	    .result = {"result", ""},
	    .output = ENCODING_UPPER,
	};
}

static bool
copy_text(char *to, size_t size, const char *from, size_t len)
{
	if (len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* The place for what is called NAME of count names; -1: there is none. */
static int
place(const char *const *names, int count, const char *name, size_t len)
{
	for (int i = 0; i < count; i++)
		if (strlen(names[i]) == len &&
		    strncmp(names[i], name, len) == 0)
			return i;
	return -1;
}

/* core=NAME,key=NAME,data=NAME,pin=NAME, some of them. */
static bool
set_fields(struct sign_variant *v, const char *text)
{
	static const char *const names[SIGN_FIELDS] = {
	    [SIGN_CORE] = "core",
	    [SIGN_KEY] = "key",
	    [SIGN_DATA] = "data",
	    [SIGN_PIN] = "pin",
	};

	while (*text != '\0') {
		size_t len = strcspn(text, "=,");
		int i = place(names, SIGN_FIELDS, text, len);

		text += len;
		if (i < 0 || *text != '=')
			return false;
		text++;
		len = strcspn(text, ",");
		if (!copy_text(v->fields[i], SIGN_WORD, text, len))
			return false;
		text += len;
		if (*text == ',')
			text++;
	}
	return true;
}

/* PATH, or r=PATH,s=PATH. */
static bool
set_result(struct sign_variant *v, const char *text)
{
	const char *comma = strchr(text, ',');

	v->result[1][0] = '\0';
	if (comma == NULL)
		return text[0] != '\0' && strchr(text, '=') == NULL &&
		       copy_text(v->result[0], SIGN_PATH, text, strlen(text));
	return strncmp(text, "r=", 2) == 0 && strncmp(comma, ",s=", 3) == 0 &&
	       copy_text(v->result[0], SIGN_PATH, text + 2,
		   (size_t)(comma - text) - 2) &&
	       copy_text(
		   v->result[1], SIGN_PATH, comma + 3, strlen(comma + 3)) &&
	       v->result[1][0] != '\0';
}

/* One of two words. */
static bool
set_choice(bool *to, const char *value, const char *no, const char *yes)
{
	*to = strcmp(value, yes) == 0;
	return *to || strcmp(value, no) == 0;
}

bool
sign_variant_set(struct sign_variant *v, const char *name, const char *value)
{
	if (strcmp(name, "command") == 0)
		return value[0] != '\0' &&
		       copy_text(v->command, SIGN_WORD, value, strlen(value));
	if (strcmp(name, "fields") == 0)
		return set_fields(v, value);
	if (strcmp(name, "key-form") == 0)
		return key_form_named(value, &v->key_form);
	if (strcmp(name, "input") == 0)
		return set_choice(&v->message, value, "digest", "message");
	if (strcmp(name, "encoding") == 0)
		return encoding_named(value, &v->input);
	if (strcmp(name, "result") == 0)
		return set_result(v, value);
	if (strcmp(name, "result-encoding") == 0)
		return encoding_named(value, &v->output);
	if (strcmp(name, "format") == 0)
		return set_choice(&v->der, value, "raw", "der");
	return false;
}

bool
sign_variant_fits(const struct sign_variant *v, const char **why)
{
	if (v->der && v->result[1][0] != '\0') {
		*why = "r and s apart are raw numbers, not DER";
		return false;
	}
	if (v->fields[SIGN_KEY][0] == '\0' || v->fields[SIGN_DATA][0] == '\0') {
		*why = "the key and the data need fields";
		return false;
	}
	return true;
}

/* With --strict-fields. */
static bool
fields_known(const struct call *c, const struct sign_variant *v)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const char *name = c->fields[i].name;

		if (strcmp(name, v->fields[SIGN_CORE]) != 0 &&
		    strcmp(name, v->fields[SIGN_KEY]) != 0 &&
		    strcmp(name, v->fields[SIGN_DATA]) != 0 &&
		    strcmp(name, v->fields[SIGN_PIN]) != 0)
			return false;
	}
	return true;
}

/* The key that is meant, on that core; NULL, and the error in r. */
static struct devkey *
find_key(const struct call *c, struct reply *r, unsigned core)
{
	const struct sign_variant *v = &c->sim->set.sign;
	const char *name = call_field(c, v->fields[SIGN_KEY]);
	struct devkey *found = NULL;

	for (struct devkey *k = c->sim->device.keys; name != NULL && k != NULL;
	     k = k->next) {
		if (k->core != core || !devkey_is(k, v->key_form, name))
			continue;
		if (found != NULL) {
			call_error(c, r, "several keys of that name");
			return NULL;
		}
		found = k;
	}
	if (found == NULL)
		call_error(
		    c, r, name == NULL ? "key missing" : "key not found");
	return found;
}

/* The PIN is right, and there is something to sign with. */
static bool
key_serves(const struct call *c, struct reply *r, struct devkey *k)
{
	const struct settings *set = &c->sim->set;
	const char *field = set->sign.fields[SIGN_PIN];
	const char *why =
	    devkey_pin(k, field[0] == '\0' ? NULL : call_field(c, field),
		set->pin_stored, set->pin_tries);

	if (why != NULL) {
		counters_add(&c->sim->counters, COUNT_WRONG_PINS, 1);
		call_error(c, r, why);
		return false;
	}
	if (k->pkey == NULL) {
		call_error(c, r, "key cannot sign");
		return false;
	}
	return true;
}

/* The digest that is signed; 0, and the error in r, for data that is not. */
static size_t
read_digest(const struct call *c, struct reply *r, unsigned bits,
    uint8_t digest[ECKEY_NUMBER_MAX])
{
	const struct sign_variant *v = &c->sim->set.sign;
	const char *text = call_field(c, v->fields[SIGN_DATA]);
	uint8_t *data = NULL;
	size_t len = 0;

	if (text == NULL) {
		call_error(c, r, "data missing");
		return 0;
	}
	data = encoding_bytes(v->input, text, &len);
	if (data == NULL) {
		call_error(c, r, "data in a wrong encoding");
		return 0;
	}
	if (v->message) {
		len = eckey_digest(bits, data, len, digest);
	} else if (len != bits / 8) {
		call_error(c, r, "digest of a wrong length");
		len = 0;
	} else if (v->hash_text) {
		len = eckey_digest(bits, text, strlen(text), digest);
	} else {
		memcpy(digest, data, len);
	}
	free(data);
	return len;
}

/* By the key, or as a fault wants it. */
static size_t
make_signature(const struct call *c, const struct devkey *k,
    const uint8_t *digest, uint8_t raw[2 * ECKEY_NUMBER_MAX])
{
	size_t n = k->bits / 8;
	EVP_PKEY *other = NULL;

	switch (c->fault) {
	case FAULT_FALSE_SIGNATURE:
		if (RAND_bytes(raw, (int)(2 * n)) != 1)
			abort();
		/* Below the order, and no number is zero. */
		raw[0] &= 0x7f;
		raw[n] &= 0x7f;
		raw[n - 1] |= 1;
		raw[2 * n - 1] |= 1;
		return 2 * n;
	case FAULT_ZERO_SIGNATURE:
		memset(raw, 0, 2 * n);
		return 2 * n;
	case FAULT_OTHER_KEY:
		other = eckey_new(k->bits);
		n = eckey_sign(other, digest, n, raw);
		EVP_PKEY_free(other);
		return n;
	default:
		return eckey_sign(k->pkey, digest, n, raw);
	}
}

static bool
put_bytes(const struct sign_variant *v, cJSON *to, const char *path,
    const uint8_t *data, size_t len)
{
	char *text = encoding_text(v->output, data, len);
	bool ok = json_put(to, path, cJSON_CreateString(text));

	free(text);
	return ok;
}

static void
answer(const struct call *c, struct reply *r, unsigned core, const uint8_t *raw,
    size_t len)
{
	const struct sign_variant *v = &c->sim->set.sign;
	uint8_t one[ECKEY_DER_MAX + 1] = {0};
	bool ok = true;

	r->json = cJSON_CreateObject();
	cJSON_AddStringToObject(r->json, "command", c->command);
	cJSON_AddNumberToObject(r->json, "core", core);
	if (v->result[1][0] != '\0') {
		ok =
		    put_bytes(v, r->json, v->result[0], raw, len / 2) &&
		    put_bytes(v, r->json, v->result[1], raw + len / 2, len / 2);
	} else {
		if (v->der)
			len = eckey_der(raw, len / 2, one);
		else
			memcpy(one, raw, len);
		if (c->fault == FAULT_LONG_SIGNATURE)
			len++;
		ok = put_bytes(v, r->json, v->result[0], one, len);
	}
	if (!ok)
		call_error(c, r, "--sign-result has no place in an answer");
}

void
sign_run(struct call *c, struct reply *r)
{
	const struct sign_variant *v = &c->sim->set.sign;
	uint8_t digest[ECKEY_NUMBER_MAX];
	uint8_t raw[2 * ECKEY_NUMBER_MAX];
	struct devkey *k = NULL;
	unsigned core = 0;
	size_t len = 0;

	if (c->sim->set.strict_fields && !fields_known(c, v)) {
		call_error(c, r, "unknown field");
		return;
	}
	if (!call_core(c, r, v->fields[SIGN_CORE], &core))
		return;
	k = find_key(c, r, core);
	if (k == NULL || !key_serves(c, r, k) ||
	    read_digest(c, r, k->bits, digest) == 0)
		return;
	len = make_signature(c, k, digest, raw);
	counters_add(&c->sim->counters, COUNT_SIGNATURES, 1);
	k->last_used = sim_now(c->sim);
	answer(c, r, core, raw, len);
}
