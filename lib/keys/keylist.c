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

/* Each label and a dot; at most 3 characters a byte. Returns the end. */
static char *
put_labels(const uint8_t *zone, char *o)
{
	uint8_t lower[NAME_MAX_LEN];
	const uint8_t *p = lower;
	uint8_t n;

	name_lower(lower, zone);
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
	return o;
}

void
keyfile_name(const uint8_t *zone, uint8_t algorithm, uint16_t tag,
    char out[KEYFILE_NAME_MAX])
{
	char *o = out;

	*o++ = 'K';
	if (*zone == 0)
		*o++ = '.';
	/* 1 + 3 * 255 + 10 < KEYFILE_NAME_MAX. */
	o = put_labels(zone, o);
	snprintf(o, KEYFILE_NAME_MAX - (size_t)(o - out), "+%03u+%05u",
	    (unsigned)algorithm, (unsigned)tag);
}

void
keyfile_zone(const uint8_t *zone, char out[KEYFILE_NAME_MAX])
{
	char *o = out;

	if (*zone == 0)
		*o++ = '@';
	else
		o = put_labels(zone, o) - 1;
	*o = '\0';
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

/*
 * What the zone part of a file name may mean: in BIND's form, and in ldns's,
 * which leaves a % as it is. Returns how many names that are.
 */
static size_t
read_zone(const char *text, size_t len, uint8_t names[2][NAME_MAX_LEN])
{
	char plain[NAME_TEXT_SIZE];
	size_t count = 0;

	if (unescape(text, len, plain, sizeof(plain)) &&
	    name_parse(plain, names[0], NULL) == DFLOW_OK)
		count = 1;
	if (len >= sizeof(plain) || memchr(text, '%', len) == NULL)
		return count;
	memcpy(plain, text, len);
	plain[len] = '\0';
	return count + (name_parse(plain, names[count], NULL) == DFLOW_OK);
}

/* The zones whose .key file this may be; none if it is no such file. */
static size_t
zones_of(const char *name, uint8_t names[2][NAME_MAX_LEN])
{
	static const char ending[] = ".key";
	const size_t n = sizeof(ending) - 1;
	struct keyfile_facts facts;
	size_t len = strlen(name);

	if (len <= n || strcmp(name + len - n, ending) != 0 ||
	    !keyfile_facts(name, len - n, &facts))
		return 0;
	return read_zone(facts.zone, facts.zone_len, names);
}

/* Is it the .key file of a key of this zone? */
static bool
is_key_of(const char *name, const uint8_t *zone)
{
	uint8_t names[2][NAME_MAX_LEN];
	size_t count = zones_of(name, names);

	for (size_t i = 0; i < count; i++)
		if (name_equal(names[i], zone))
			return true;
	return false;
}

struct listing {
	const char *dir;
	const uint8_t *zone;
	struct keylist *list;
};

/* Reads a key file of the zone into the list. */
static enum dflow_status
take_file(struct listing *l, const char *name, struct dflow_err *err)
{
	char path[KEYFILE_PATH_MAX];
	struct keyfile *k = NULL;
	enum dflow_status status;
	int len;

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

static enum dflow_status
list_entry(const char *name, void *ctx, struct dflow_err *err)
{
	struct listing *l = ctx;

	return is_key_of(name, l->zone) ? take_file(l, name, err) : DFLOW_OK;
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

static enum dflow_status
list_new(struct keylist *list, struct dflow_err *err)
{
	list->count = 0;
	list->keys = calloc(KEYLIST_MAX, sizeof(struct keyfile *));
	return list->keys == NULL ? err_memory(err) : DFLOW_OK;
}

/* Gives the list away, in order, or frees it. */
static enum dflow_status
list_end(struct keylist *list, struct keylist *out, enum dflow_status status)
{
	if (status != DFLOW_OK) {
		keylist_free(list);
		return status;
	}
	qsort(list->keys, list->count, sizeof(struct keyfile *),
	    by_algorithm_and_tag);
	*out = *list;
	return DFLOW_OK;
}

enum dflow_status
keylist_read(const char *dir, const uint8_t *zone, struct keylist *out,
    struct dflow_err *err)
{
	struct keylist list = {.keys = NULL};
	struct listing l = {.dir = dir, .zone = zone, .list = &list};
	enum dflow_status status = list_new(&list, err);

	if (status == DFLOW_OK)
		status = os_list(dir, list_entry, &l, err);
	return list_end(&list, out, status);
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

/* A file name and one zone that it may mean. */
struct index_row {
	uint8_t *zone; /* in lower case */
	char *name;
};

struct keyindex {
	char *dir;
	struct index_row *rows; /* by zone, then by name */
	size_t count;
	size_t cap;
};

static enum dflow_status
index_add(struct keyindex *x, const uint8_t *zone, const char *name,
    struct dflow_err *err)
{
	struct index_row *row;

	if (x->count == x->cap) {
		size_t cap = 2 * x->cap + 64;
		struct index_row *grown =
		    realloc(x->rows, cap * sizeof(*grown));

		if (grown == NULL)
			return err_memory(err);
		x->rows = grown;
		x->cap = cap;
	}
	row = &x->rows[x->count];
	row->zone = malloc(NAME_MAX_LEN);
	row->name = strdup(name);
	if (row->zone == NULL || row->name == NULL) {
		free(row->zone);
		free(row->name);
		return err_memory(err);
	}
	name_lower(row->zone, zone);
	x->count++;
	return DFLOW_OK;
}

static enum dflow_status
index_entry(const char *name, void *ctx, struct dflow_err *err)
{
	struct keyindex *x = ctx;
	uint8_t names[2][NAME_MAX_LEN];
	size_t count = zones_of(name, names);
	enum dflow_status status = DFLOW_OK;

	if (count == 2 && name_equal(names[0], names[1]))
		count = 1;
	for (size_t i = 0; i < count && status == DFLOW_OK; i++)
		status = index_add(x, names[i], name, err);
	return status;
}

static int
by_zone(const void *a, const void *b)
{
	const struct index_row *x = a, *y = b;
	int order = name_cmp(x->zone, y->zone);

	return order != 0 ? order : strcmp(x->name, y->name);
}

enum dflow_status
keyindex_new(const char *dir, struct keyindex **out, struct dflow_err *err)
{
	struct keyindex *x = calloc(1, sizeof(*x));
	enum dflow_status status;

	if (x == NULL)
		return err_memory(err);
	x->dir = strdup(dir);
	status = x->dir == NULL ? err_memory(err)
				: os_list(dir, index_entry, x, err);
	if (status != DFLOW_OK) {
		keyindex_free(&x);
		return status;
	}
	if (x->count > 0)
		qsort(x->rows, x->count, sizeof(*x->rows), by_zone);
	*out = x;
	return DFLOW_OK;
}

enum dflow_status
keyindex_list(const struct keyindex *x, const uint8_t *zone,
    struct keylist *out, struct dflow_err *err)
{
	struct keylist list = {.keys = NULL};
	struct listing l = {.dir = x->dir, .zone = zone, .list = &list};
	enum dflow_status status = list_new(&list, err);
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (name_cmp(x->rows[mid].zone, zone) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; status == DFLOW_OK && low < x->count &&
	       name_equal(x->rows[low].zone, zone);
	     low++)
		status = take_file(&l, x->rows[low].name, err);
	return list_end(&list, out, status);
}

void
keyindex_free(struct keyindex **x)
{
	struct keyindex *old = *x;

	*x = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++) {
		free(old->rows[i].zone);
		free(old->rows[i].name);
	}
	free(old->rows);
	free(old->dir);
	free(old);
}
