/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hundreds of files are not compared by voice one by one: they get one digest,
 * by a recipe that needs no program of ours.
 */
#include "flow/fileset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "dns/digest.h"
#include "flow/keyfacts.h"

enum { TEXT_MAX = 64 << 20 };

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static enum dflow_status
add_path(struct dflow_fileset *s, const struct buf *path, struct dflow_err *err)
{
	enum dflow_status st = buf_check(path, "path", err);

	if (st != DFLOW_OK)
		return st;
	if (s->count == FILESET_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s: more than %d files at once", (const char *)path->data,
		    FILESET_MAX);
	s->paths[s->count] = strdup((const char *)path->data);
	if (s->paths[s->count] == NULL)
		return err_memory(err);
	s->count++;
	return DFLOW_OK;
}

struct listing {
	struct dflow_fileset *set;
	const char *folder;
};

static bool
has_end(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

/* Whoever reads it must not wait for a pipe that nobody named. */
static enum dflow_status
check_entry(const struct buf *path, struct dflow_err *err)
{
	enum dflow_status st = buf_check(path, "path", err);
	const char *name = (const char *)path->data;

	if (st == DFLOW_OK && os_exists(name) && !os_is_file(name) &&
	    !os_is_folder(name))
		st = err_set(err, DFLOW_REFUSED,
		    "%s: is no regular file; move it out of this folder", name);
	return st;
}

static enum dflow_status
add_entry(const char *name, void *ctx, struct dflow_err *err)
{
	const struct listing *l = ctx;
	size_t len = strlen(l->folder);
	enum dflow_status st;
	struct buf path;

	if (name[0] == '.' || has_end(name, ".p7s") || has_end(name, ".asc") ||
	    has_end(name, ".sig"))
		return DFLOW_OK;
	buf_init(&path, TEXT_MAX);
	buf_put(&path, l->folder, len);
	if (len > 0 && l->folder[len - 1] != '/')
		buf_u8(&path, '/');
	buf_put(&path, name, strlen(name) + 1);
	st = check_entry(&path, err);
	if (st == DFLOW_OK)
		st = add_path(l->set, &path, err);
	buf_free(&path);
	return st;
}

static enum dflow_status
add_operand(struct dflow_fileset *s, const char *operand, struct dflow_err *err)
{
	struct listing l = {s, operand};
	size_t before = s->count;
	enum dflow_status st;
	struct buf path;

	if (strcmp(operand, "-") != 0 && os_is_folder(operand)) {
		s->folder = true;
		st = os_list(operand, add_entry, &l, err);
		if (st == DFLOW_OK && s->count == before)
			return err_set(err, DFLOW_REFUSED,
			    "%s: no file in this folder", operand);
		return st;
	}
	buf_init(&path, TEXT_MAX);
	buf_put(&path, operand, strlen(operand) + 1);
	st = add_path(s, &path, err);
	buf_free(&path);
	return st;
}

enum dflow_status
dflow_fileset_list(const char *const *operands, size_t count,
    struct dflow_fileset **out, struct dflow_err *err)
{
	struct dflow_fileset *s = calloc(1, sizeof(*s));
	enum dflow_status st = DFLOW_OK;

	if (s == NULL)
		return err_memory(err);
	s->paths = calloc(FILESET_MAX, sizeof(*s->paths));
	if (s->paths == NULL)
		st = err_memory(err);
	for (size_t i = 0; i < count && st == DFLOW_OK; i++)
		st = add_operand(s, operands[i], err);
	if (st != DFLOW_OK)
		goto out;
	*out = s;
	s = NULL; /* transferred */
out:
	dflow_fileset_free(&s);
	return st;
}

size_t
dflow_fileset_count(const struct dflow_fileset *s)
{
	return s->count;
}

const char *
dflow_fileset_path(const struct dflow_fileset *s, size_t i)
{
	return i < s->count ? s->paths[i] : NULL;
}

bool
dflow_fileset_is_folder(const struct dflow_fileset *s)
{
	return s->folder;
}

void
dflow_fileset_free(struct dflow_fileset **s)
{
	struct dflow_fileset *old = *s;

	*s = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++)
		free(old->paths[i]);
	free(old->paths);
	free(old);
}

/* Two files of one name, from two folders, by their digests. */
static int
compare(const void *a, const void *b)
{
	const struct dflow_file_facts *const *x = a;
	const struct dflow_file_facts *const *y = b;
	int order = strcmp(base_name((*x)->path), base_name((*y)->path));

	return order != 0 ? order : strcmp((*x)->sha256, (*y)->sha256);
}

/* A line; names that would break it are escaped as sha256sum(1) does. */
static void
put_line(struct buf *text, const struct dflow_file_facts *file)
{
	const char *name = base_name(file->path);

	if (strpbrk(name, "\\\n\r") != NULL)
		buf_u8(text, '\\');
	buf_str(text, file->sha256);
	buf_str(text, "  ");
	for (; *name != '\0'; name++) {
		if (*name == '\\')
			buf_str(text, "\\\\");
		else if (*name == '\n')
			buf_str(text, "\\n");
		else if (*name == '\r')
			buf_str(text, "\\r");
		else
			buf_u8(text, (uint8_t)*name);
	}
	buf_u8(text, '\n');
}

enum dflow_status
fileset_sha256(const struct dflow_file_facts *files, size_t count,
    char out[DFLOW_DIGEST_TEXT], struct dflow_err *err)
{
	const struct dflow_file_facts **sorted =
	    calloc(count + 1, sizeof(const struct dflow_file_facts *));
	enum dflow_status st;
	struct buf text;

	if (sorted == NULL)
		return err_memory(err);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &files[i];
	if (count > 1)
		qsort(sorted, count, sizeof(const struct dflow_file_facts *),
		    compare);
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < count; i++)
		put_line(&text, sorted[i]);
	st = buf_check(&text, "list of files", err);
	if (st == DFLOW_OK)
		keyfacts_sha256(text.data, text.len, out);
	buf_free(&text);
	free((void *)sorted);
	return st;
}

enum dflow_status
dflow_fileset_sha256(const struct dflow_file_facts *files, size_t count,
    char out[DFLOW_DIGEST_TEXT], struct dflow_err *err)
{
	return fileset_sha256(files, count, out, err);
}
