/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what the device tells of its keys, and which of them a name means. A
 * key id and a token label that differ by zeros are never made one from the
 * other: both come from the device's own list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "keys/n200answer.h"
#include "keys/n200device.h"
#include "keys/pkey.h"

enum {
	KEYS_MAX = 10000,
	LISTED_MAX = 700, /* characters of a message */
};

/* Keys that the device tells of. */
struct key_list {
	struct dflow_n200_key *keys;
	size_t count;
};

/*
 * An answer's result is an object of keys by key id, an array of them, or null
 * if there are none. What is no key is passed over: it is not the one meant.
 */
static enum dflow_status
read_keys(const cJSON *result, struct key_list *out, struct dflow_err *err)
{
	const cJSON *entry;
	int size = cJSON_GetArraySize(result);

	if (size > KEYS_MAX)
		return err_set(err, DFLOW_FAILED,
		    "the device lists %d keys; the limit is %d", size,
		    KEYS_MAX);
	out->keys = calloc((size_t)size + 1, sizeof(*out->keys));
	if (out->keys == NULL)
		return err_memory(err);
	cJSON_ArrayForEach(entry, result)
	{
		if (n200_key_read(entry->string, entry, &out->keys[out->count]))
			out->count++;
	}
	return DFLOW_OK;
}

/* Asks a command that tells of keys; free out->keys. */
static enum dflow_status
ask_keys(struct dflow_n200 *n, const char *command, const char *arg,
    struct key_list *out, struct dflow_err *err)
{
	const cJSON *result;
	enum dflow_status status;
	cJSON *json = NULL;

	status = n200_get(n, command, arg, &json, err);
	if (status != DFLOW_OK)
		return status;
	result = n200_at(json, "result");
	if (cJSON_IsObject(result) || cJSON_IsArray(result) ||
	    cJSON_IsNull(result))
		status = read_keys(result, out, err);
	else
		status = n200_answer_unfit(json, command, &n->redact,
		    "the device's answer is no list of keys", err);
	cJSON_Delete(json);
	return status;
}

enum dflow_status
n200_list_again(struct dflow_n200 *n, struct dflow_err *err)
{
	struct key_list list = {0};
	enum dflow_status status = ask_keys(n, "listkeys", "NIST", &list, err);

	if (status != DFLOW_OK)
		return status;
	free(n->keys);
	n->keys = list.keys; /* transferred */
	n->key_count = list.count;
	n->listed = true;
	return DFLOW_OK;
}

enum dflow_status
dflow_n200_list(struct dflow_n200 *n, const struct dflow_n200_key **keys,
    size_t *count, struct dflow_err *err)
{
	enum dflow_status status =
	    n->listed ? DFLOW_OK : n200_list_again(n, err);

	if (status != DFLOW_OK)
		return status;
	*keys = n->keys;
	*count = n->key_count;
	return DFLOW_OK;
}

/* What a KEY of the command line calls the key in the device. */
static const char *
without_prefix(const char *name)
{
	size_t len = strlen(N200_PREFIX);

	return strncmp(name, N200_PREFIX, len) == 0 ? name + len : name;
}

enum dflow_status
dflow_n200_attributes(struct dflow_n200 *n, const char *name,
    struct dflow_n200_key **keys, size_t *count, struct dflow_err *err)
{
	struct key_list list = {0};
	enum dflow_status status;

	status =
	    ask_keys(n, "getkeyattributes", without_prefix(name), &list, err);
	if (status != DFLOW_OK)
		return status;
	*keys = list.keys; /* transferred */
	*count = list.count;
	return DFLOW_OK;
}

bool
n200_is_called(const struct dflow_n200_key *k, const char *name)
{
	if (k->key_id[0] == '\0' || name[0] == '\0')
		return false; /* it cannot be named */
	return strcmp(k->nice_name, name) == 0 ||
	       strcmp(k->token_name, name) == 0 || strcasecmp(k->id, name) == 0;
}

/* By a key id or any other name. */
static bool
is_meant(const struct dflow_n200_key *k, const char *name)
{
	return n200_is_called(k, name) ||
	       (name[0] != '\0' && strcmp(k->key_id, name) == 0);
}

/* Which keys a name could mean, by what tells them apart. */
static enum dflow_status
several(const struct dflow_n200 *n, const char *name, struct dflow_err *err)
{
	enum dflow_status status;
	struct buf list;

	buf_init(&list, LISTED_MAX);
	for (size_t i = 0; i < n->key_count; i++) {
		const struct dflow_n200_key *k = &n->keys[i];

		if (is_meant(k, name))
			buf_printf(&list, "%s%s%s%s%s",
			    list.len > 0 ? ", " : "", k->key_id,
			    k->created[0] != '\0' ? " (of " : "", k->created,
			    k->created[0] != '\0' ? ")" : "");
	}
	buf_u8(&list, 0);
	status = err_set(err, DFLOW_REFUSED,
	    "several keys of the device are called \"%s\"; name one by its "
	    "key id: %s",
	    name,
	    list.failed ? "ksk-sign n200 list shows them"
			: (const char *)list.data);
	buf_free(&list);
	return status;
}

/* The one that the name means, of those that the device has listed. */
static enum dflow_status
find_listed(const struct dflow_n200 *n, const char *name, bool by_id,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	const struct dflow_n200_key *found = NULL;

	for (size_t i = 0; i < n->key_count; i++) {
		const struct dflow_n200_key *k = &n->keys[i];

		if (by_id ? strcmp(k->key_id, name) != 0 : !is_meant(k, name))
			continue;
		if (found != NULL)
			return several(n, name, err);
		found = k;
	}
	if (found == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "no key of the device is called \"%s\"; ksk-sign n200 "
		    "list shows which there are",
		    name);
	*key = found;
	return DFLOW_OK;
}

static enum dflow_status
find(struct dflow_n200 *n, const char *name, bool by_id,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;

	name = without_prefix(name);
	if (*name == '\0')
		return err_set(err, DFLOW_USAGE,
		    "no name behind \"" N200_PREFIX "\"; ksk-sign n200 list "
		    "shows the device's keys");
	if (!n->listed)
		status = n200_list_again(n, err);
	return status == DFLOW_OK ? find_listed(n, name, by_id, key, err)
				  : status;
}

enum dflow_status
n200_find(struct dflow_n200 *n, const char *name,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	return find(n, name, false, key, err);
}

enum dflow_status
n200_find_id(struct dflow_n200 *n, const char *key_id,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	return find(n, key_id, true, key, err);
}

/*
 * A point that is not on the curve is of another one (brainpool has the same
 * sizes): what the device calls the type does not count.
 */
static bool
is_on_curve(const struct dflow_n200_key *key, uint8_t algorithm)
{
	uint8_t rdata[4 + sizeof(key->public_key)] = {
	    DNSKEY_FLAG_ZONE >> 8, 0, DNSKEY_PROTOCOL, algorithm};
	struct dnskey k;
	EVP_PKEY *pkey = NULL;
	bool ok;

	memcpy(rdata + 4, key->public_key, key->public_len);
	ok = dnskey_view(rdata, 4 + key->public_len, &k) &&
	     pkey_public(&k, &pkey, NULL) == DFLOW_OK;
	EVP_PKEY_free(pkey);
	return ok;
}

uint8_t
n200_algorithm(const struct dflow_n200_key *key)
{
	uint8_t algorithm = 0;

	if (key->public_len == 64)
		algorithm = ALG_ECDSAP256;
	else if (key->public_len == 96)
		algorithm = ALG_ECDSAP384;
	return algorithm != 0 && is_on_curve(key, algorithm) ? algorithm : 0;
}
