/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the names of key files: how BIND writes a zone's name into one, and
 * which files of a folder are a zone's. Refuses a folder of more than 1,000
 * keys of one zone, and one in which a key of the zone is broken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "keys/keyfile.h"

static const char hex[] = "0123456789ABCDEF";

static bool
is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' ||
	       c == '_';
}

void
keyfile_name(const uint8_t *zone, uint8_t algorithm, uint16_t tag,
    char out[KEYFILE_NAME_MAX])
{
	uint8_t lower[NAME_MAX_LEN];
	const uint8_t *p = lower;
	char *o = out;
	uint8_t n;

	name_lower(lower, zone);
	*o++ = 'K';
	if (*p == 0)
		*o++ = '.';
	/* At most 3 characters a byte: 1 + 3 * 255 + 10 < KEYFILE_NAME_MAX. */
	while (*p != 0) {
		for (n = *p++; n > 0; n--, p++) {
			if (is_plain(*p)) {
				*o++ = (char)*p;
				continue;
			}
			*o++ = '%';
			*o++ = hex[*p >> 4];
			*o++ = hex[*p & 15];
		}
		*o++ = '.';
	}
	snprintf(o, KEYFILE_NAME_MAX - (size_t)(o - out), "+%03u+%05u",
	    (unsigned)algorithm, (unsigned)tag);
}

static unsigned
digits(const char *s, size_t n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v * 10 + (unsigned)(*s++ - '0');
	return v;
}

bool
keyfile_facts(const char *name, size_t len, struct keyfile_facts *out)
{
	static const char form[] = "+ddd+ddddd";
	const size_t n = sizeof(form) - 1;
	const char *tail;
	size_t i;

	if (len < 1 + 1 + n || name[0] != 'K')
		return false;
	tail = name + len - n;
	for (i = 0; i < n; i++)
		if (form[i] == '+' ? tail[i] != '+'
				   : tail[i] < '0' || tail[i] > '9')
			return false;
	out->zone = name + 1;
	out->zone_len = len - n - 1;
	out->algorithm = digits(tail + 1, 3);
	out->tag = digits(tail + 5, 5);
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Turns BIND's %XX into \DDD; the result is for name_parse. */
static bool
unescape(const char *in, size_t len, char *out, size_t size)
{
	size_t i = 0, n = 0;

	while (i < len) {
		int high, low;

		if (size - n < 5)
			return false;
		if (in[i] != '%' || len - i < 3) {
			out[n++] = in[i++];
			continue;
		}
		high = hex_digit(in[i + 1]);
		low = hex_digit(in[i + 2]);
		if (high < 0 || low < 0)
			return false;
		n += (size_t)snprintf(
		    out + n, size - n, "\\%03d", high * 16 + low);
		i += 3;
	}
	out[n] = '\0';
	return true;
}

/* Does the zone part of a file name, BIND's or ldns's, mean this zone? */
static bool
means_zone(const char *text, size_t len, const uint8_t *zone)
{
	char plain[NAME_TEXT_SIZE];
	uint8_t name[NAME_MAX_LEN];

	if (unescape(text, len, plain, sizeof(plain)) &&
	    name_parse(plain, name, NULL) == DFLOW_OK && name_equal(name, zone))
		return true;
	/* ldns leaves a % as it is. */
	if (len >= sizeof(plain))
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	return name_parse(plain, name, NULL) == DFLOW_OK &&
	       name_equal(name, zone);
}

/* Is it the .key file of a key of this zone? */
static bool
is_key_of(const char *name, const uint8_t *zone)
{
	static const char ending[] = ".key";
	const size_t n = sizeof(ending) - 1;
	struct keyfile_facts facts;
	size_t len = strlen(name);

	if (len <= n || strcmp(name + len - n, ending) != 0)
		return false;
	return keyfile_facts(name, len - n, &facts) &&
	       means_zone(facts.zone, facts.zone_len, zone);
}

struct listing {
	const char *dir;
	const uint8_t *zone;
	struct keylist *list;
};

static enum dflow_status
list_entry(const char *name, void *ctx, struct dflow_err *err)
{
	struct listing *l = ctx;
	char path[KEYFILE_PATH_MAX];
	struct keyfile *k = NULL;
	enum dflow_status status;
	int len;

	if (!is_key_of(name, l->zone))
		return DFLOW_OK;
	if (l->list->count == KEYLIST_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: more than %d keys of "
		    "the zone; move old ones out of the folder",
		    l->dir, KEYLIST_MAX);
	len = snprintf(path, sizeof(path), "%s/%s", l->dir, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return err_set(err, DFLOW_FAILED,
		    "%s: the path of %s is too "
		    "long; use a shorter folder",
		    l->dir, name);
	status = keyfile_read(path, &k, err);
	if (status != DFLOW_OK)
		return status;
	if (!name_equal(k->owner, l->zone)) {
		keyfile_free(&k);
		return err_set(err, DFLOW_FAILED,
		    "%s: its DNSKEY has another "
		    "owner than its name says; restore the file",
		    path);
	}
	l->list->keys[l->list->count++] = k; /* transferred */
	return DFLOW_OK;
}

static int
by_algorithm_and_tag(const void *a, const void *b)
{
	const struct keyfile *const *x = a, *const *y = b;

	if ((*x)->key.algorithm != (*y)->key.algorithm)
		return (*x)->key.algorithm < (*y)->key.algorithm ? -1 : 1;
	if ((*x)->key.tag != (*y)->key.tag)
		return (*x)->key.tag < (*y)->key.tag ? -1 : 1;
	return strcmp((*x)->base, (*y)->base);
}

enum dflow_status
keylist_read(const char *dir, const uint8_t *zone, struct keylist *out,
    struct dflow_err *err)
{
	struct keylist list = {.keys = NULL};
	struct listing l = {.dir = dir, .zone = zone, .list = &list};
	enum dflow_status status;

	list.keys = calloc(KEYLIST_MAX, sizeof(struct keyfile *));
	if (list.keys == NULL)
		return err_memory(err);
	status = os_list(dir, list_entry, &l, err);
	if (status != DFLOW_OK) {
		keylist_free(&list);
		return status;
	}
	qsort(list.keys, list.count, sizeof(struct keyfile *),
	    by_algorithm_and_tag);
	*out = list;
	return DFLOW_OK;
}

void
keylist_free(struct keylist *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		keyfile_free(&l->keys[i]);
	free(l->keys);
	l->keys = NULL;
	l->count = 0;
}
