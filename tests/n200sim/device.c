/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "device.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

/* What the articles' key ids and labels begin with. */
#define PREFIX "hsm010123F13C56131E1EEE"

void
device_init(struct device *d, unsigned long next_number, int64_t now)
{
	static const struct user users[] = {
	    {"pkmaster", DEVICE_TEST_PASSWORD, 1u << 1 | 1u << 2},
	    {"onlycore2", DEVICE_TEST_PASSWORD, 1u << 2},
	    {"norule", DEVICE_TEST_PASSWORD, 0},
	};
	struct devkey k01 = {
	    .key_id = PREFIX "0000000000000026",
	    .token_name = PREFIX "00000026",
	    .nice_name = "k01",
	    .acl = "FFFF",
	    .owner = "pkmaster",
	    .pin = DEVICE_TEST_PIN,
	    .type = "SYM",
	    .core = 1,
	    .bits = 256,
	    .created = now,
	};

	memset(d, 0, sizeof(*d));
	pthread_mutex_init(&d->lock, NULL);
	memcpy(d->users, users, sizeof(users));
	d->user_count = sizeof(users) / sizeof(users[0]);
	d->next_number = next_number;
	device_add(d, &k01);
}

void
device_free(struct device *d)
{
	while (d->keys != NULL) {
		struct devkey *k = d->keys;

		d->keys = k->next;
		EVP_PKEY_free(k->pkey);
		free(k);
	}
}

static bool
read_cores(const char *text, unsigned *cores)
{
	*cores = 0;
	if (strcmp(text, "-") == 0)
		return true;
	for (;;) {
		char *end = NULL;
		unsigned long n = strtoul(text, &end, 10);

		if (end == text || n < 1 || n > DEVICE_CORES)
			return false;
		*cores |= 1u << n;
		if (*end == '\0')
			return true;
		if (*end != ',')
			return false;
		text = end + 1;
	}
}

bool
device_read_users(struct device *d, const char *file)
{
	FILE *f = fopen(file, "r");
	char cores[DEVICE_TEXT];
	int got = 0;
	bool ok = f != NULL;

	d->user_count = 0;
	while (ok && d->user_count < DEVICE_USERS_MAX) {
		struct user *u = &d->users[d->user_count];

		got = fscanf(f, "%127s %127s %127s", u->name, u->pass, cores);
		if (got == EOF)
			break;
		ok = got == 3 && read_cores(cores, &u->cores);
		d->user_count++;
	}
	if (f != NULL)
		fclose(f);
	return ok && got == EOF;
}

const struct user *
device_user(const struct device *d, const char *name, const char *pass)
{
	for (size_t i = 0; i < d->user_count; i++)
		if (strcmp(d->users[i].name, name) == 0 &&
		    strcmp(d->users[i].pass, pass) == 0)
			return &d->users[i];
	return NULL;
}

bool
user_may(const struct user *u, unsigned core)
{
	return core >= 1 && core <= DEVICE_CORES &&
	       (u->cores & 1u << core) != 0;
}

unsigned
user_core(const struct user *u)
{
	for (unsigned core = 1; core <= DEVICE_CORES; core++)
		if (user_may(u, core))
			return core;
	return 0;
}

static bool
key_id_taken(const struct device *d, const char *key_id)
{
	for (const struct devkey *k = d->keys; k != NULL; k = k->next)
		if (strcmp(k->key_id, key_id) == 0)
			return true;
	return false;
}

/* The next number that is free; its label has eight zeros fewer. */
static void
name_key(struct device *d, struct devkey *k)
{
	do {
		snprintf(k->key_id, sizeof(k->key_id), PREFIX "%016lu",
		    d->next_number);
		snprintf(k->token_name, sizeof(k->token_name), PREFIX "%08lu",
		    d->next_number);
		d->next_number++;
	} while (key_id_taken(d, k->key_id));
}

static void
random_id(struct devkey *k)
{
	uint8_t id[6];
	char *text = NULL;

	if (RAND_bytes(id, sizeof(id)) != 1)
		abort();
	text = encoding_text(ENCODING_UPPER, id, sizeof(id));
	snprintf(k->id, sizeof(k->id), "%s", text);
	free(text);
}

struct devkey *
device_add(struct device *d, const struct devkey *k)
{
	struct devkey **end = &d->keys;
	struct devkey *copy = NULL;

	if (d->key_count >= DEVICE_KEYS_MAX)
		return NULL;
	copy = malloc(sizeof(*copy));
	if (copy == NULL)
		abort();
	*copy = *k;
	copy->next = NULL;
	if (copy->key_id[0] == '\0')
		name_key(d, copy);
	if (copy->id[0] == '\0')
		random_id(copy);
	if (copy->pkey != NULL)
		copy->point_len = eckey_point(copy->pkey, copy->point);
	while (*end != NULL)
		end = &(*end)->next;
	*end = copy;
	d->key_count++;
	return copy;
}

void
device_add_article(struct device *d)
{
	static const char point[] =
	    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
	    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";
	struct devkey k = {
	    .key_id = PREFIX "0000000000000025",
	    .token_name = PREFIX "00000025",
	    .id = "AAAB68606BE2",
	    .nice_name = "JP.example",
	    .acl = "FFFF",
	    .owner = "pkmaster",
	    .pin = DEVICE_TEST_PIN,
	    .type = "NIST",
	    .core = 1,
	    .bits = 256,
	    .created = 1664655300, /* 2022/10/01 20:15 UTC */
	    .last_used = 1664656320, /* 2022/10/01 20:32 UTC */
	};
	uint8_t *bytes = encoding_bytes(ENCODING_UPPER, point, &k.point_len);

	memcpy(k.point, bytes, k.point_len);
	free(bytes);
	device_add(d, &k);
}

bool
key_form_named(const char *name, enum key_form *out)
{
	static const char *const names[KEY_FORMS] = {
	    [KEY_FORM_KEY_ID] = "key_id",
	    [KEY_FORM_TOKEN_NAME] = "token_name",
	    [KEY_FORM_NICE_NAME] = "nice_name",
	    [KEY_FORM_ID] = "id",
	    [KEY_FORM_ANY] = "any",
	};

	for (int i = 0; i < KEY_FORMS; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum key_form)i;
			return true;
		}
	}
	return false;
}

bool
devkey_is(const struct devkey *k, enum key_form form, const char *name)
{
	bool is[KEY_FORMS] = {
	    [KEY_FORM_KEY_ID] = strcmp(k->key_id, name) == 0,
	    [KEY_FORM_TOKEN_NAME] = strcmp(k->token_name, name) == 0,
	    [KEY_FORM_NICE_NAME] = strcmp(k->nice_name, name) == 0,
	    [KEY_FORM_ID] = strcmp(k->id, name) == 0,
	};

	if (form != KEY_FORM_ANY)
		return is[form];
	return is[KEY_FORM_KEY_ID] || is[KEY_FORM_TOKEN_NAME] ||
	       is[KEY_FORM_NICE_NAME] || is[KEY_FORM_ID];
}

const char *
devkey_pin(struct devkey *k, const char *given, bool stored, unsigned tries)
{
	if (k->pin[0] == '\0')
		return NULL;
	if (tries > 0 && k->wrong_pins >= tries)
		return "pin locked";
	if (given == NULL)
		return stored ? NULL : "pin missing";
	if (strcmp(given, k->pin) == 0) {
		k->wrong_pins = 0;
		return NULL;
	}
	k->wrong_pins++;
	return "pin wrong";
}
