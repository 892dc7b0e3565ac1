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

#include "base/buf.h"
#include "keys/n200answer.h"
#include "keys/n200device.h"

enum {
	KEYS_MAX = 10000,
	LISTED_MAX = 700, /* characters of a message */
	P256_BITS = 256,
	P384_BITS = 384,
};

/* All entries of an answer's result; free *out. */
static enum dflow_status
read_keys(const char *command, const cJSON *json, struct dflow_n200_key **out,
    size_t *count, struct dflow_err *err)
{
	const cJSON *result = n200_at(json, "result"), *entry;
	struct dflow_n200_key *keys;
	size_t n = 0;
	int size;

	/* Without keys it may be an empty array, or null. */
	if (!cJSON_IsObject(result) && !cJSON_IsNull(result) &&
	    !(cJSON_IsArray(result) && cJSON_GetArraySize(result) == 0))
		return err_set(err, DFLOW_FAILED,
		    "%s: the device's answer is no list of keys", command);
	size = cJSON_GetArraySize(result);
	if (size > KEYS_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: the device lists %d keys; the limit is %d", command,
		    size, KEYS_MAX);
	keys = calloc((size_t)size + 1, sizeof(*keys));
	if (keys == NULL)
		return err_memory(err);
	cJSON_ArrayForEach(entry, result)
	{
		if (!n200_key_read(entry->string, entry, &keys[n++])) {
			free(keys);
			return err_set(err, DFLOW_FAILED,
			    "%s: key %zu of the device's list is not one that "
			    "can be read",
			    command, n);
		}
	}
	*out = keys;
	*count = n;
	return DFLOW_OK;
}

enum dflow_status
n200_list_again(struct dflow_n200 *n, struct dflow_err *err)
{
	struct dflow_n200_key *keys = NULL;
	enum dflow_status status;
	cJSON *json = NULL;
	size_t count = 0;

	status = n200_get(n, "listkeys", "NIST", &json, err);
	if (status == DFLOW_OK)
		status = read_keys("listkeys", json, &keys, &count, err);
	cJSON_Delete(json);
	if (status != DFLOW_OK)
		return status;
	free(n->keys);
	n->keys = keys; /* transferred */
	n->key_count = count;
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
	enum dflow_status status;
	cJSON *json = NULL;

	status =
	    n200_get(n, "getkeyattributes", without_prefix(name), &json, err);
	if (status == DFLOW_OK)
		status = read_keys("getkeyattributes", json, keys, count, err);
	cJSON_Delete(json);
	return status;
}

bool
n200_is_called(const struct dflow_n200_key *k, const char *name)
{
	return strcmp(k->nice_name, name) == 0 ||
	       strcmp(k->token_name, name) == 0 ||
	       (k->id[0] != '\0' && strcasecmp(k->id, name) == 0);
}

/* Which keys a name could mean, by what tells them apart. */
static enum dflow_status
several(const struct dflow_n200 *n, const char *name, struct dflow_err *err)
{
	enum dflow_status status;
	struct buf list;

	buf_init(&list, LISTED_MAX);
	for (size_t i = 0; i < n->key_count; i++)
		if (n200_is_called(&n->keys[i], name))
			buf_printf(&list, "%s%s%s%s%s",
			    list.len > 0 ? ", " : "", n->keys[i].key_id,
			    n->keys[i].created[0] != '\0' ? " (of " : "",
			    n->keys[i].created,
			    n->keys[i].created[0] != '\0' ? ")" : "");
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

enum dflow_status
n200_find(struct dflow_n200 *n, const char *name,
    const struct dflow_n200_key **key, struct dflow_err *err)
{
	const struct dflow_n200_key *found = NULL;
	const struct dflow_n200_key *keys = NULL;
	enum dflow_status status;
	size_t count = 0;

	name = without_prefix(name);
	if (*name == '\0')
		return err_set(err, DFLOW_USAGE,
		    "no name behind \"" N200_PREFIX "\"; ksk-sign n200 list "
		    "shows the device's keys");
	status = dflow_n200_list(n, &keys, &count, err);
	if (status != DFLOW_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].key_id, name) == 0) {
			*key = &keys[i];
			return DFLOW_OK;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!n200_is_called(&keys[i], name))
			continue;
		if (found != NULL)
			return several(n, name, err);
		found = &keys[i];
	}
	if (found == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "no key of the device is called \"%s\"; ksk-sign n200 "
		    "list shows which there are",
		    name);
	*key = found;
	return DFLOW_OK;
}

uint8_t
n200_algorithm(const struct dflow_n200_key *key)
{
	if (key->key_type[0] != '\0' && strcasecmp(key->key_type, "NIST") != 0)
		return 0;
	if (key->public_len == 64 &&
	    (key->key_len == P256_BITS || key->key_len == 0))
		return ALG_ECDSAP256;
	if (key->public_len == 96 &&
	    (key->key_len == P384_BITS || key->key_len == 0))
		return ALG_ECDSAP384;
	return 0;
}
