/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the change of a key's last two times in its files. The text of a
 * private file is moved from one secret to another and nowhere else.
 */
#include "keys/retime.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/os.h"
#include "keys/keytimes.h"
#include "keys/private.h"

enum { TIMES_MAX = 256, PUBLIC_FILE_MAX = 65536 };

/* A file's text, as it was and as it is to be. */
struct rewording {
	const uint8_t *text;
	size_t len;
	const char *mark; /* before a time's name: "; " or "" */
	const char *added; /* lines, before the first that has no mark */
	struct secret *out;
};

static bool
begins(const uint8_t *line, size_t len, const char *mark, const char *name)
{
	size_t m = strlen(mark), n = strlen(name);

	return len >= m + n && memcmp(line, mark, m) == 0 &&
	       strncasecmp((const char *)line + m, name, n) == 0;
}

/* A line that says when the key ceases to sign, or leaves. */
static bool
is_end(const uint8_t *line, size_t len, const char *mark)
{
	return begins(line, len, mark, "Inactive:") ||
	       begins(line, len, mark, "Delete:");
}

static size_t
line_len(const uint8_t *text, size_t len)
{
	const uint8_t *newline = memchr(text, '\n', len);

	return newline == NULL ? len : (size_t)(newline - text) + 1;
}

/*
 * In a .key file the lines go behind the first comments; in a .private one
 * behind all else.
 */
static enum dflow_status
reword(const struct rewording *r, struct dflow_err *err)
{
	bool comments = r->mark[0] != '\0';
	enum dflow_status st = DFLOW_OK;
	bool done = false;
	size_t n;

	for (size_t at = 0; at < r->len && st == DFLOW_OK; at += n) {
		const uint8_t *line = r->text + at;

		n = line_len(line, r->len - at);
		if (comments && !done && line[0] != ';') {
			st =
			    secret_put(r->out, r->added, strlen(r->added), err);
			done = true;
		}
		if (st == DFLOW_OK && !is_end(line, n, r->mark))
			st = secret_put(r->out, line, n, err);
	}
	if (st != DFLOW_OK || done)
		return st;
	if (r->out->len > 0 && r->out->data[r->out->len - 1] != '\n')
		st = secret_put(r->out, "\n", 1, err);
	if (st == DFLOW_OK)
		st = secret_put(r->out, r->added, strlen(r->added), err);
	return st;
}

/* The lines to be added, for one file or the other. */
static enum dflow_status
put_times(const struct keytimes *t, bool comments, char out[TIMES_MAX],
    struct dflow_err *err)
{
	struct buf text;
	enum dflow_status st;

	buf_init(&text, TIMES_MAX);
	if (comments)
		keytimes_put_comments(&text, t);
	else
		keytimes_put_fields(&text, t);
	buf_u8(&text, 0);
	st = buf_check(&text, "the times of a key", err);
	if (st == DFLOW_OK)
		memcpy(out, text.data, text.len);
	buf_free(&text);
	return st;
}

static enum dflow_status
write_reworded(const char *path, unsigned mode, const struct secret *old,
    const struct keytimes *t, struct dflow_err *err)
{
	bool comments = mode != 0600;
	struct rewording r = {
	    .text = old->data, .len = old->len, .mark = comments ? "; " : ""};
	char added[TIMES_MAX];
	enum dflow_status st = put_times(t, comments, added, err);

	if (st == DFLOW_OK)
		st = secret_new(old->len + TIMES_MAX, &r.out, err);
	r.added = added;
	if (st == DFLOW_OK)
		st = reword(&r, err);
	if (st == DFLOW_OK)
		st = os_write(path, mode, r.out->data, r.out->len, err);
	secret_free(&r.out);
	return st;
}

/* The public file's text, as a secret, so that both are treated alike. */
static enum dflow_status
read_public(const char *path, struct secret **out, struct dflow_err *err)
{
	struct secret *s = NULL;
	enum dflow_status st;
	struct buf text;

	buf_init(&text, PUBLIC_FILE_MAX);
	st = os_read(path, PUBLIC_FILE_MAX, &text, err);
	if (st == DFLOW_OK)
		st = secret_new(text.len + 1, &s, err);
	if (st == DFLOW_OK)
		st = secret_put(s, text.data, text.len, err);
	buf_free(&text);
	if (st == DFLOW_OK)
		*out = s;
	else
		secret_free(&s);
	return st;
}

/*
 * A .private file of old (format 1.2) bears no time, and then the comments
 * count. With these two alone it would hide the others.
 */
static enum dflow_status
has_no_place(const char *path, const struct secret *text,
    const struct keyfile *k, bool *out, struct dflow_err *err)
{
	char label[KEYFILE_LABEL_MAX];
	struct keytimes times;
	enum dflow_status st =
	    private_read_public(path, text, &times, label, err);

	*out = st == DFLOW_OK && keytimes_none(&times) &&
	       !keytimes_none(&k->times);
	return st;
}

static void
put_back(const char *path, const struct secret *old)
{
	struct dflow_err ignored;

	if (os_write(path, 0644, old->data, old->len, &ignored) != DFLOW_OK)
		return; /* the caller tells of what went wrong first */
}

enum dflow_status
retime(const struct keyfile *k, int64_t inactive, int64_t remove,
    struct dflow_err *err)
{
	char public[KEYFILE_PATH_MAX], private[KEYFILE_PATH_MAX];
	struct secret *old_public = NULL, *old_private = NULL;
	bool comments_alone = false;
	struct keytimes t;
	enum dflow_status st;

	keytimes_clear(&t);
	t.inactive = inactive;
	t.remove = remove;
	snprintf(public, sizeof(public), "%s.key", k->base);
	snprintf(private, sizeof(private), "%s.private", k->base);
	st = read_public(public, &old_public, err);
	if (st == DFLOW_OK && os_exists(private))
		st = os_read_private(
		    private, PRIVATE_FILE_MAX, &old_private, err);
	if (st == DFLOW_OK && old_private != NULL)
		st =
		    has_no_place(private, old_private, k, &comments_alone, err);
	if (st != DFLOW_OK)
		goto out;
	st = write_reworded(public, 0644, old_public, &t, err);
	if (st == DFLOW_OK && old_private != NULL && !comments_alone) {
		st = write_reworded(private, 0600, old_private, &t, err);
		if (st != DFLOW_OK)
			put_back(public, old_public);
	}
out:
	secret_free(&old_public);
	secret_free(&old_private);
	return st;
}
