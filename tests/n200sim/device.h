/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device's inside: users and their rules, cores, keys and their PINs. */
#ifndef N200SIM_DEVICE_H
#define N200SIM_DEVICE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eckey.h"

enum {
	DEVICE_TEXT = 128, /* a name, and a NUL */
	DEVICE_CORES = 2,
	DEVICE_USERS_MAX = 16,
	DEVICE_KEYS_MAX = 1000,
};

/* Secrets that are none. */
#define DEVICE_TEST_PASSWORD "test-password-not-a-secret"
#define DEVICE_TEST_PIN "12345678" /* the articles' */

struct user {
	char name[DEVICE_TEXT];
	char pass[DEVICE_TEXT];
	unsigned cores; /* bit 1 << N: an access rule for core N */
};

struct devkey {
	struct devkey *next;
	char key_id[DEVICE_TEXT];
	char token_name[DEVICE_TEXT];
	char id[DEVICE_TEXT]; /* CKA_ID in hex */
	char nice_name[DEVICE_TEXT];
	char acl[DEVICE_TEXT];
	char owner[DEVICE_TEXT];
	char pin[DEVICE_TEXT]; /* "": has none */
	const char *type; /* "NIST", "SYM" */
	unsigned core;
	unsigned bits;
	unsigned wrong_pins; /* since the last right one */
	int64_t created; /* Unix seconds */
	int64_t last_used; /* 0: never */
	uint8_t point[2 * ECKEY_NUMBER_MAX];
	size_t point_len;
	EVP_PKEY *pkey; /* NULL: nothing to sign with */
};

struct device {
	pthread_mutex_t lock; /* around all that a command does */
	struct user users[DEVICE_USERS_MAX];
	size_t user_count;
	struct devkey *keys;
	size_t key_count;
	unsigned long next_number; /* in the next key id */
};

/*
 * Users pkmaster (cores 1 and 2), onlycore2, and norule, who has no rule; the
 * key k01, whose type is SYM.
 */
void device_init(struct device *d, unsigned long next_number, int64_t now);
void device_free(struct device *d);

/* "NAME PASSWORD CORES" lines, CORES as "1,2" or "-"; in place of the usual. */
bool device_read_users(struct device *d, const char *file);
/* NULL if name or pass is wrong. */
const struct user *device_user(
    const struct device *d, const char *name, const char *pass);
bool user_may(const struct user *u, unsigned core);
/* The lowest core that u may use; 0: none. */
unsigned user_core(const struct user *u);

/*
 * A copy of k, whose pkey it takes, at the list's end. What k leaves empty of
 * key_id, token_name and id is filled in; the point comes of pkey. NULL if
 * there are too many.
 */
struct devkey *device_add(struct device *d, const struct devkey *k);
/* JP.example's facts as the articles list them; no private key is known. */
void device_add_article(struct device *d);

enum key_form {
	KEY_FORM_KEY_ID,
	KEY_FORM_TOKEN_NAME,
	KEY_FORM_NICE_NAME,
	KEY_FORM_ID,
	KEY_FORM_ANY,
	KEY_FORMS,
};
bool key_form_named(const char *name, enum key_form *out);
bool devkey_is(const struct devkey *k, enum key_form form, const char *name);

/*
 * NULL if it is the key's, or may be left out; else what to say. tries wrong
 * ones in a row lock the key.
 */
const char *devkey_pin(
    struct devkey *k, const char *given, bool stored, unsigned tries);

#endif
