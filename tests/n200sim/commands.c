/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls that the articles show, in their words, order and spelling. */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"

enum { RANDOM_MAX = 65536, FIELDS_MAX = 8 };

/* A command's answer so far, {"command": NAME}. */
static cJSON *
answer(const struct call *c, struct reply *r)
{
	r->json = cJSON_CreateObject();
	cJSON_AddStringToObject(r->json, "command", c->command);
	return r->json;
}

static void
add_core(cJSON *to, unsigned core)
{
	cJSON_AddNumberToObject(to, "core", core);
}

static void
run_timestamp(struct call *c, struct reply *r)
{
	char text[32];
	cJSON *a = answer(c, r);

	snprintf(text, sizeof(text), "%lld", (long long)sim_now(c->sim));
	cJSON_AddStringToObject(a, "result", text);
	r->style = JSON_ONE_LINE;
}

static void
run_getrandom(struct call *c, struct reply *r)
{
	const char *numbers = c->post ? call_field(c, "numbers") : c->args[0];
	uint8_t bytes[RANDOM_MAX];
	char *end = NULL;
	char *text = NULL;
	unsigned long n = 0;
	cJSON *a = NULL;

	if (numbers != NULL)
		n = strtoul(numbers, &end, 10);
	if (n == 0 || n > RANDOM_MAX || *end != '\0') {
		call_error(c, r, "numbers out of range");
		return;
	}
	if (RAND_bytes(bytes, (int)n) != 1)
		abort();
	text = encoding_text(ENCODING_UPPER, bytes, n);
	a = answer(c, r);
	cJSON_AddStringToObject(a, "numbers", numbers);
	add_core(a, user_core(c->user));
	cJSON_AddStringToObject(a, "result", text);
	r->style = JSON_ONE_LINE;
	free(text);
}

/* A point by that member's name, or by the other one that is known. */
static void
add_point(
    const struct call *c, cJSON *to, const char *name, const struct devkey *k)
{
	unsigned quirks = c->sim->set.quirks;
	bool other = (quirks & QUIRK_SPELLINGS) != 0;
	uint8_t point[1 + sizeof(k->point)] = {4};
	bool with_04 = (quirks & QUIRK_POINT_04) != 0;
	char *text = NULL;

	memcpy(point + 1, k->point, k->point_len);
	text = encoding_text(
	    (quirks & QUIRK_POINT_LOWER) != 0 ? ENCODING_LOWER : ENCODING_UPPER,
	    with_04 ? point : point + 1, k->point_len + (with_04 ? 1 : 0));
	if (other)
		name =
		    strcmp(name, "publickey") == 0 ? "public_key" : "publickey";
	cJSON_AddStringToObject(to, name, text);
	free(text);
}

/* Looks at what both ways of getting a key want, and fills k; pin may lack. */
static bool
new_key(struct call *c, struct reply *r, struct devkey *k)
{
	const char *curve = call_field(c, "curve");
	const char *acl = call_field(c, "acl");
	const char *pin = call_field(c, "pin");
	const char *name = call_field(c, "nice_name");
	const char *why = NULL;

	if (!call_core(c, r, "core", &k->core))
		return false;
	if (curve == NULL || strcmp(curve, "NIST") != 0)
		why = "curve unknown";
	else if (acl == NULL || strlen(acl) != 4 ||
		 strspn(acl, "0123456789ABCDEF") != 4)
		why = "acl is not four hex digits";
	else if (name == NULL || name[0] == '\0' || strlen(name) >= DEVICE_TEXT)
		why = "nice_name missing or too long";
	else if (pin != NULL && strlen(pin) >= DEVICE_TEXT)
		why = "pin too long";
	if (why != NULL) {
		call_error(c, r, why);
		return false;
	}
	snprintf(k->nice_name, sizeof(k->nice_name), "%s", name);
	snprintf(k->acl, sizeof(k->acl), "%s", acl);
	snprintf(k->pin, sizeof(k->pin), "%s", pin == NULL ? "" : pin);
	snprintf(k->owner, sizeof(k->owner), "%s", c->user->name);
	k->type = "NIST";
	k->created = sim_now(c->sim);
	return true;
}

/* Puts it into the device; NULL, and the error in r, if that is full. */
static const struct devkey *
keep_key(struct call *c, struct reply *r, struct devkey *k)
{
	const struct devkey *kept = device_add(&c->sim->device, k);

	if (kept == NULL) {
		EVP_PKEY_free(k->pkey);
		call_error(c, r, "no room for a key");
		return NULL;
	}
	counters_add(&c->sim->counters, COUNT_KEYS_MADE, 1);
	return kept;
}

static void
run_genecckey(struct call *c, struct reply *r)
{
	const char *keysize = call_field(c, "keysize");
	struct devkey k = {0};
	const struct devkey *kept = NULL;
	cJSON *a = NULL;

	if (!new_key(c, r, &k))
		return;
	if (keysize != NULL && strcmp(keysize, "256") == 0)
		k.bits = 256;
	else if (keysize != NULL && strcmp(keysize, "384") == 0)
		k.bits = 384;
	k.pkey = eckey_new(k.bits);
	if (k.pkey == NULL) {
		call_error(c, r, "keysize unknown");
		return;
	}
	kept = keep_key(c, r, &k);
	if (kept == NULL)
		return;
	a = answer(c, r);
	add_core(a, kept->core);
	cJSON_AddStringToObject(a, "clustersync", "n/a");
	cJSON_AddStringToObject(a, "nice_name", kept->nice_name);
	add_point(c, a, "publickey", kept);
	cJSON_AddStringToObject(a, "result", kept->key_id);
}

static void
run_importecckey(struct call *c, struct reply *r)
{
	const char *hex = call_field(c, "key_to_import");
	struct devkey k = {0};
	const struct devkey *kept = NULL;
	uint8_t *scalar = NULL;
	size_t len = 0;
	cJSON *a = NULL;

	if (!new_key(c, r, &k))
		return;
	if (hex != NULL)
		scalar = encoding_bytes(ENCODING_UPPER, hex, &len);
	k.bits = (unsigned)len * 8;
	if (scalar != NULL && (k.bits == 256 || k.bits == 384))
		k.pkey = eckey_from_scalar(scalar, k.bits);
	free(scalar);
	if (k.pkey == NULL) {
		call_error(c, r, "key_to_import is not a key");
		return;
	}
	kept = keep_key(c, r, &k);
	if (kept == NULL)
		return;
	a = answer(c, r);
	add_core(a, kept->core);
	cJSON_AddStringToObject(a, "result", kept->key_id);
}

static void
run_getkeyattributes(struct call *c, struct reply *r)
{
	cJSON *result = cJSON_CreateObject();

	for (const struct devkey *k = c->sim->device.keys; k != NULL;
	     k = k->next) {
		cJSON *o = NULL;

		if (!devkey_is(k, KEY_FORM_ANY, c->args[0]) ||
		    !user_may(c->user, k->core))
			continue;
		o = cJSON_AddObjectToObject(result, k->key_id);
		cJSON_AddStringToObject(o, "key_id", k->key_id);
		cJSON_AddStringToObject(o, "key_type", k->type);
		cJSON_AddNumberToObject(o, "key_len", k->bits);
		cJSON_AddStringToObject(o, "key_acl", k->acl);
		cJSON_AddStringToObject(o, "key_owner", k->owner);
		cJSON_AddStringToObject(o, "nice_name", k->nice_name);
	}
	if (result->child == NULL) {
		cJSON_Delete(result);
		call_error(c, r, "key not found");
		return;
	}
	cJSON_AddItemToObject(answer(c, r), "result", result);
}

/* "YYYY/MM/DD HH:MM" in UTC, or null for never. */
static void
add_date(cJSON *to, const char *name, int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;
	char text[32];

	if (when == 0 || gmtime_r(&t, &tm) == NULL) {
		cJSON_AddNullToObject(to, name);
		return;
	}
	strftime(text, sizeof(text), "%Y/%m/%d %H:%M", &tm);
	cJSON_AddStringToObject(to, name, text);
}

static void
add_listed(const struct call *c, cJSON *result, const struct devkey *k)
{
	unsigned quirks = c->sim->set.quirks;
	cJSON *o = cJSON_AddObjectToObject(result, k->key_id);

	cJSON_AddStringToObject(o, "slot", k->token_name);
	cJSON_AddStringToObject(o, "key_id", k->key_id);
	cJSON_AddStringToObject(o, "id", k->id);
	cJSON_AddStringToObject(o, "key_type", k->type);
	cJSON_AddNumberToObject(o, "key_len", k->bits);
	cJSON_AddStringToObject(o, "key_acl", k->acl);
	cJSON_AddStringToObject(o, "nice_name", k->nice_name);
	add_date(o, "date_of_creation", k->created);
	add_date(o, "date_of_last_use", k->last_used);
	cJSON_AddNullToObject(o, "date_planned_lifetime_until");
	if ((quirks & QUIRK_NO_TOKEN) == 0)
		cJSON_AddStringToObject(o, "token_name", k->token_name);
	cJSON_AddStringToObject(o, "key_owner", k->owner);
	if ((quirks & QUIRK_NO_PUBLIC) == 0)
		add_point(c, o, "public_key", k);
}

static void
run_listkeys(struct call *c, struct reply *r)
{
	unsigned only = c->sim->set.list_core;
	cJSON *result = NULL;
	cJSON *a = NULL;

	if (strcmp(c->args[0], "NIST") != 0) {
		call_error(c, r, "key type unknown");
		return;
	}
	a = answer(c, r);
	add_core(a, 0);
	result = cJSON_AddObjectToObject(a, "result");
	for (const struct devkey *k = c->sim->device.keys; k != NULL;
	     k = k->next)
		if (strcmp(k->type, "NIST") == 0 &&
		    user_may(c->user, k->core) &&
		    (only == 0 || only == k->core))
			add_listed(c, result, k);
}

/* Never to be called: the device would be empty. */
static void
run_factoryreset(struct call *c, struct reply *r)
{
	call_error(c, r, "factoryreset in a test");
	r->status = 500;
}

static const struct command {
	const char *name;
	void (*run)(struct call *c, struct reply *r);
	bool post;
	int args; /* GET's; -1: not by GET */
	const char *fields[FIELDS_MAX]; /* POST's */
} commands[] = {
    {"timestamp", run_timestamp, true, 0, {NULL}},
    {"getrandom", run_getrandom, true, 1, {"core", "numbers", NULL}},
    {"getkeyattributes", run_getkeyattributes, false, 1, {NULL}},
    {"listkeys", run_listkeys, false, 1, {NULL}},
    {"genecckey", run_genecckey, true, -1,
	{"core", "curve", "keysize", "acl", "pin", "nice_name", NULL}},
    {"importecckey", run_importecckey, true, -1,
	{"core", "curve", "acl", "pin", "nice_name", "key_to_import", NULL}},
    {"factoryreset", run_factoryreset, true, 0, {NULL}},
};

static bool
fields_known(const struct call *c, const struct command *command)
{
	for (size_t i = 0; i < c->field_count; i++) {
		size_t j = 0;

		while (command->fields[j] != NULL &&
		       strcmp(command->fields[j], c->fields[i].name) != 0)
			j++;
		if (command->fields[j] == NULL)
			return false;
	}
	return true;
}

static void
run_known(struct call *c, struct reply *r, const struct command *command)
{
	if (c->post ? !command->post : command->args < 0)
		call_error(c, r, "unknown command");
	else if (!c->post && c->arg_count != (size_t)command->args)
		call_error(c, r, "wrong number of arguments");
	else if (c->sim->set.strict_fields && !fields_known(c, command))
		call_error(c, r, "unknown field");
	else
		command->run(c, r);
}

static void
apply_quirks(unsigned quirks, cJSON *json)
{
	if ((quirks & QUIRK_CORE_MISSING) != 0)
		cJSON_DeleteItemFromObjectCaseSensitive(json, "core");
	if ((quirks & QUIRK_NO_ECHO) != 0)
		cJSON_DeleteItemFromObjectCaseSensitive(json, "command");
	if ((quirks & QUIRK_STRINGS) != 0)
		json_numbers_to_strings(json);
}

void
call_run(struct call *c, struct reply *r)
{
	const struct command *command = NULL;

	*r = (struct reply){.status = 200, .style = JSON_LINES};
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, c->command) == 0)
			command = &commands[i];
	pthread_mutex_lock(&c->sim->device.lock);
	if (user_core(c->user) == 0)
		call_denied(c, r);
	else if (c->post && strcmp(c->command, c->sim->set.sign.command) == 0)
		sign_run(c, r);
	else if (command != NULL)
		run_known(c, r, command);
	else
		call_error(c, r, "unknown command");
	pthread_mutex_unlock(&c->sim->device.lock);
	apply_quirks(c->sim->set.quirks, r->json);
}
