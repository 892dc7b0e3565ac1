/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a ceremony of last year made is never written over: it is kept under a
 * name of its own, with what says who made it.
 */
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "exchange/kskdata.h"
#include "flow/ceremony.h"

enum { KEPT_MAX = 99 };

const char *const ceremony_ends[CEREMONY_ENDS] = {".p7s", ".asc", ".sig"};

enum dflow_status
ceremony_join(const char *path, const char *end, char out[CEREMONY_PATH_MAX],
    struct dflow_err *err)
{
	int n = snprintf(out, CEREMONY_PATH_MAX, "%s%s", path, end);

	if (n < 0 || n >= CEREMONY_PATH_MAX)
		return err_set(
		    err, DFLOW_FAILED, "%.200s...: name too long", path);
	return DFLOW_OK;
}

enum dflow_status
ceremony_try_file(const char *path, struct dflow_err *err)
{
	struct os_save *save = NULL;
	enum dflow_status st = os_save_open(path, 0644, &save, err);

	os_save_abort(&save);
	return st;
}

/* Reads the container of that end, if there is one, and names its copy. */
static enum dflow_status
read_container(
    const char *path, const char *end, struct buf *text, struct dflow_err *err)
{
	char from[CEREMONY_PATH_MAX];
	enum dflow_status st = ceremony_join(path, end, from, err);

	if (st != DFLOW_OK || !os_exists(from))
		return st;
	if (!os_is_file(from))
		return err_set(err, DFLOW_REFUSED,
		    "%s: is no file, where a container would be; move it away",
		    from);
	return os_read(from, CONTAINER_BYTES_MAX, text, err);
}

/* Moves what says who made the old one to where that one is kept. */
static enum dflow_status
keep_container(
    const char *path, const char *kept, const char *end, struct dflow_err *err)
{
	char from[CEREMONY_PATH_MAX], to[CEREMONY_PATH_MAX];
	enum dflow_status st = ceremony_join(path, end, from, err);
	struct buf text;

	if (st == DFLOW_OK)
		st = ceremony_join(kept, end, to, err);
	if (st != DFLOW_OK || !os_exists(from))
		return st;
	buf_init(&text, CONTAINER_BYTES_MAX);
	st = read_container(path, end, &text, err);
	if (st == DFLOW_OK)
		st = os_write_new(to, 0644, text.data, text.len, err);
	if (st == DFLOW_OK)
		os_remove(from);
	buf_free(&text);
	return st;
}

/* Something is at path, or where a container of it would be. */
static bool
is_taken(const char *path)
{
	char beside[CEREMONY_PATH_MAX];

	for (size_t i = 0; i < CEREMONY_ENDS; i++)
		if (ceremony_join(path, ceremony_ends[i], beside, NULL) ==
			DFLOW_OK &&
		    os_exists(beside))
			return true;
	return os_exists(path);
}

/*
 * The first free one of path~, path~2, path~3 and so on: what a ceremony of
 * last year made must outlive two attempts today.
 */
static enum dflow_status
find_kept(const char *path, char kept[CEREMONY_PATH_MAX], struct dflow_err *err)
{
	char end[16] = "~";

	for (int i = 1; i <= KEPT_MAX; i++) {
		enum dflow_status st;

		if (i > 1)
			(void)snprintf(end, sizeof(end), "~%d", i);
		st = ceremony_join(path, end, kept, err);
		if (st != DFLOW_OK || !is_taken(kept))
			return st;
	}
	return err_set(err, DFLOW_REFUSED,
	    "%s~ to %s~%d are there already; move them away", path, path,
	    KEPT_MAX);
}

/* True if it is a response for the zone, of either form. */
static bool
is_response(const struct ceremony_zone *z, const struct buf *text)
{
	const char *chars = (const char *)text->data;
	struct dflow_err why = {.status = DFLOW_OK};
	struct kskdata *data = NULL;
	struct bundles *b = NULL;
	bool same = false;
	size_t line;

	if (text->len > 0 && bundle_marked(chars, text->len, &line) != NULL)
		same =
		    bundles_parse("", chars, text->len, &b, &why) == DFLOW_OK &&
		    b->kind == BUNDLE_SKR && name_equal(b->zone, z->name);
	else
		same = kskdata_parse("", chars, text->len, &data, &why) ==
			   DFLOW_OK &&
		       name_equal(data->zone, z->name);
	kskdata_free(&data);
	bundles_free(&b);
	return same;
}

/* What stands at path must be a response for this zone. */
static enum dflow_status
read_previous(const struct ceremony_zone *z, const char *path, struct buf *old,
    struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};

	/* A pipe would be read for ever, as nobody writes to it. */
	if (os_is_file(path) &&
	    os_read(path, BUNDLES_BYTES_MAX, old, &why) == DFLOW_OK &&
	    is_response(z, old))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s is there already and is no KSK.data of %s; give another name",
	    path, z->text);
}

enum dflow_status
ceremony_keep(
    const struct ceremony_zone *z, const char *path, struct dflow_err *err)
{
	char kept[CEREMONY_PATH_MAX];
	enum dflow_status st;
	struct buf old;

	if (!os_exists(path))
		return DFLOW_OK;
	buf_init(&old, BUNDLES_BYTES_MAX);
	st = read_previous(z, path, &old, err);
	if (st == DFLOW_OK)
		st = find_kept(path, kept, err);
	if (st == DFLOW_OK)
		st = os_write_new(kept, 0644, old.data, old.len, err);
	for (size_t i = 0; i < CEREMONY_ENDS && st == DFLOW_OK; i++)
		st = keep_container(path, kept, ceremony_ends[i], err);
	buf_free(&old);
	return st;
}

static enum dflow_status
try_container(
    const char *path, const char *kept, const char *end, struct dflow_err *err)
{
	char to[CEREMONY_PATH_MAX];
	enum dflow_status st;
	struct buf text;

	buf_init(&text, CONTAINER_BYTES_MAX);
	st = read_container(path, end, &text, err);
	if (st == DFLOW_OK && text.len > 0)
		st = ceremony_join(kept, end, to, err);
	if (st == DFLOW_OK && text.len > 0)
		st = ceremony_try_file(to, err);
	buf_free(&text);
	return st;
}

enum dflow_status
ceremony_try_keep(
    const struct ceremony_zone *z, const char *path, struct dflow_err *err)
{
	char kept[CEREMONY_PATH_MAX];
	enum dflow_status st;
	struct buf old;

	buf_init(&old, BUNDLES_BYTES_MAX);
	st = read_previous(z, path, &old, err);
	buf_free(&old);
	if (st == DFLOW_OK)
		st = find_kept(path, kept, err);
	if (st == DFLOW_OK)
		st = ceremony_try_file(kept, err);
	for (size_t i = 0; i < CEREMONY_ENDS && st == DFLOW_OK; i++)
		st = try_container(path, kept, ceremony_ends[i], err);
	return st;
}
