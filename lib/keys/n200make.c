/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns keys that come into being in the device. These commands are sent once:
 * an answer that gets lost may have made a key all the same, so the key is
 * then looked for by its name. Refuses a nice_name that is taken.
 */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "base/os.h"
#include "keys/form.h"
#include "keys/n200answer.h"
#include "keys/n200device.h"

enum {
	FORM_MAX = 8192, /* bytes */
	SCALAR_MAX = 48,
	LOOKS = 3, /* at the list, for a key that should be there */
};
#define PAUSE_S 0.5

/* A key in the making. */
struct wish {
	const char *command;
	const char *nice_name;
	unsigned bits; /* genecckey's; else 0 */
	const struct secret *scalar; /* importecckey's; else NULL */
};

static enum dflow_status
check_name(struct dflow_n200 *n, const char *nice_name, struct dflow_err *err)
{
	enum dflow_status status;
	size_t len = strlen(nice_name);

	for (size_t i = 0; i < len; i++)
		if (nice_name[i] <= ' ' || nice_name[i] >= 0x7f)
			len = 0;
	if (len == 0 || len >= DFLOW_N200_TEXT)
		return err_set(err, DFLOW_USAGE,
		    "a key's name in the device is 1 to %d printable ASCII "
		    "characters without blanks; give it such a name",
		    DFLOW_N200_TEXT - 1);
	if (strncmp(nice_name, N200_PREFIX, strlen(N200_PREFIX)) == 0)
		return err_set(err, DFLOW_USAGE,
		    "\"%s\": give the name without \"" N200_PREFIX
		    "\", by which we tell that a key is in the device",
		    nice_name);
	status = n200_list_again(n, err);
	if (status != DFLOW_OK)
		return status;
	for (size_t i = 0; i < n->key_count; i++)
		if (n200_is_called(&n->keys[i], nice_name) ||
		    strcmp(n->keys[i].key_id, nice_name) == 0)
			return err_set(err, DFLOW_REFUSED,
			    "the device has a key called \"%s\" already (%s); "
			    "give the new one another name",
			    nice_name, n->keys[i].key_id);
	return DFLOW_OK;
}

static enum dflow_status
put_text(struct secret *form, const char *name, const char *value,
    struct dflow_err *err)
{
	return form_put(form, name, value, strlen(value), err);
}

/* In upper case, as the article sends it. */
static enum dflow_status
put_scalar(
    struct secret *form, const struct secret *scalar, struct dflow_err *err)
{
	struct secret *hex = NULL;
	enum dflow_status status = secret_new(HEX_LEN(SCALAR_MAX), &hex, err);

	if (status != DFLOW_OK)
		return status;
	hex->len = hex_encode(scalar->data, scalar->len, (char *)hex->data);
	for (size_t i = 0; i < hex->len; i++)
		if (hex->data[i] >= 'a')
			hex->data[i] = (uint8_t)(hex->data[i] - 'a' + 'A');
	status = form_put(form, "key_to_import", hex->data, hex->len, err);
	secret_free(&hex);
	return status;
}

static enum dflow_status
put_form(const struct dflow_n200 *n, const struct wish *w, struct secret *form,
    struct dflow_err *err)
{
	const struct secret *pin = n->conf->pin;
	enum dflow_status status;
	char number[16];

	status = put_text(form, "command", w->command, err);
	snprintf(number, sizeof(number), "%u", n->conf->core);
	if (status == DFLOW_OK)
		status = put_text(form, "core", number, err);
	if (status == DFLOW_OK)
		status = put_text(form, "curve", "NIST", err);
	snprintf(number, sizeof(number), "%u", w->bits);
	if (status == DFLOW_OK && w->bits != 0)
		status = put_text(form, "keysize", number, err);
	if (status == DFLOW_OK)
		status = put_text(form, "acl", "FFFF", err);
	if (status == DFLOW_OK && pin != NULL)
		status = form_put(form, "pin", pin->data, pin->len, err);
	if (status == DFLOW_OK)
		status = put_text(form, "nice_name", w->nice_name, err);
	if (status == DFLOW_OK && w->scalar != NULL)
		status = put_scalar(form, w->scalar, err);
	return status;
}

/* The public key that the device listed, and the one of its answer, if any. */
static enum dflow_status
check_made(const struct wish *w, const struct dflow_n200_key *key,
    const cJSON *answer, struct dflow_err *err)
{
	const char *hex = n200_text(answer, "publickey");
	uint8_t point[96];
	size_t len;

	if (strcmp(key->nice_name, w->nice_name) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the device answers with its key \"%s\", not \"%s\"; "
		    "see ksk-sign n200 list, and use neither",
		    w->command, key->nice_name, w->nice_name);
	if (key->public_len == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: \"%s\" is there, but the device does not list its "
		    "public key; it cannot be used",
		    w->command, w->nice_name);
	if (hex == NULL)
		hex = n200_text(answer, "public_key");
	if (hex == NULL)
		return DFLOW_OK;
	len = n200_point_read(hex, point);
	if (len == key->public_len && memcmp(point, key->public_key, len) == 0)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s: the device tells two public keys of \"%s\"; do not use it",
	    w->command, w->nice_name);
}

/* Looks for the new key a few times: a list may lag behind. */
static enum dflow_status
await_key(struct dflow_n200 *n, const char *id, const struct wish *w,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	enum dflow_status status;

	for (unsigned looks = 1;; looks++) {
		status = n200_list_again(n, err);
		if (status != DFLOW_OK)
			return status;
		status = id != NULL ? n200_find_id(n, id, key, err)
				    : n200_find(n, w->nice_name, key, err);
		if (status == DFLOW_OK || looks == LOOKS)
			return status;
		os_pause(looks * PAUSE_S);
	}
}

/*
 * No answer came, or none that is understood: is the key there all the same?
 * One that is not there may still be in the making.
 */
static enum dflow_status
look_for(struct dflow_n200 *n, const struct wish *w,
    const struct dflow_n200_key **key, const struct dflow_err *lost,
    struct dflow_err *err)
{
	n->listed = false;
	if (await_key(n, NULL, w, key, NULL) == DFLOW_OK)
		return check_made(w, *key, NULL, err);
	if (!n->listed)
		return err_set(err, lost->status,
		    "%s; whether the key was made is not known: see ksk-sign "
		    "n200 list whether \"%s\" is there",
		    lost->text, w->nice_name);
	return err_set(err, lost->status,
	    "%s; no key \"%s\" is there yet: look again by ksk-sign n200 list "
	    "before you try again",
	    lost->text, w->nice_name);
}

/* The key that the answer names, from the list as it is now. */
static enum dflow_status
find_made(struct dflow_n200 *n, const struct wish *w, const cJSON *answer,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	const char *id = n200_text(answer, "result");
	struct dflow_err why = {0};

	if (id != NULL && id[0] != '\0' &&
	    await_key(n, id, w, key, &why) == DFLOW_OK)
		return check_made(w, *key, answer, err);
	(void)n200_answer_unfit(answer, w->command, &n->redact,
	    "the device's answer names no key that it lists", &why);
	return look_for(n, w, key, &why, err);
}

static enum dflow_status
make(struct dflow_n200 *n, const struct wish *w,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	struct dflow_err why = {0};
	struct secret *form = NULL;
	enum dflow_status status;
	cJSON *answer = NULL;

	status = secret_new(FORM_MAX, &form, err);
	if (status == DFLOW_OK)
		status = put_form(n, w, form, err);
	if (status != DFLOW_OK)
		goto out;
	status = n200_post(n, w->command, form, &answer, &why);
	if (status == DFLOW_OK)
		status = find_made(n, w, answer, key, err);
	else if (n200_answer_locks(&why))
		status = err_set(err, status, "%s", why.text);
	else
		status = look_for(n, w, key, &why, err);
out:
	cJSON_Delete(answer);
	secret_free(&form);
	return status;
}

enum dflow_status
n200_make(struct dflow_n200 *n, const char *nice_name, unsigned bits,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	const struct wish w = {
	    .command = "genecckey", .nice_name = nice_name, .bits = bits};
	enum dflow_status status = check_name(n, nice_name, err);

	return status == DFLOW_OK ? make(n, &w, key, err) : status;
}

enum dflow_status
n200_import(struct dflow_n200 *n, const char *nice_name,
    const struct secret *scalar, const struct dflow_n200_key **key,
    struct dflow_err *err)
{
	const struct wish w = {.command = "importecckey",
	    .nice_name = nice_name,
	    .scalar = scalar};
	enum dflow_status status;

	if (scalar->len != 32 && scalar->len != SCALAR_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "a private key of %zu bytes; the device takes 32 or %d",
		    scalar->len, SCALAR_MAX);
	status = check_name(n, nice_name, err);
	if (status == DFLOW_OK)
		status = redact_add(&n->redact, scalar, err);
	if (status != DFLOW_OK)
		return status;
	status = make(n, &w, key, err);
	n->redact.count--; /* the caller's scalar will be gone */
	return status;
}
