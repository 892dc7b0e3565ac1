/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the change of a key's times in its files. The text of a private file is
 * moved from one secret to another and nowhere else.
 */
#include "keys/retime.h"

#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "keys/keytimes.h"
#include "keys/private.h"

enum { TIMES_MAX = 1024, PUBLIC_FILE_MAX = 65536 };

/* A file's text, as it was and as it is to be. */
struct rewording {
	const uint8_t *text;
	size_t len;
	bool comments; /* a .key file: times stand behind semicolons */
	const struct keytimes *times;
	uint32_t which; /* those that change, */
	uint32_t due; /* and of them those that are not written yet */
	struct secret *out;
};

static size_t
line_len(const uint8_t *text, size_t len)
{
	const uint8_t *newline = memchr(text, '\n', len);

	return newline == NULL ? len : (size_t)(newline - text) + 1;
}

/* The bit of the time that the line tells, if that one is to change; or 0. */
static uint32_t
bit_of(const struct rewording *r, const uint8_t *line, size_t len)
{
	const char *text = (const char *)line, *colon;
	enum keytime found;

	if (r->comments && text[0] != ';')
		return 0;
	if (r->comments) {
		text++;
		len--;
	}
	for (; len > 0 && (*text == ' ' || *text == '\t'); len--)
		text++;
	colon = memchr(text, ':', len);
	if (colon == NULL)
		return 0;
	found = keytimes_find(text, (size_t)(colon - text));
	return found == KEYTIMES ? 0 : UINT32_C(1) << found & r->which;
}

/* Writes the lines of those of these times that are due. */
static enum dflow_status
put_times(struct rewording *r, uint32_t bits, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, TIMES_MAX);
	for (enum keytime i = 0; i < KEYTIMES; i++) {
		if ((bits & r->due & UINT32_C(1) << i) == 0)
			continue;
		if (r->comments)
			keytimes_put_comment(&text, r->times, i);
		else
			keytimes_put_field(&text, r->times, i);
	}
	r->due &= ~bits;
	st = buf_check(&text, "the times of a key", err);
	if (st == DFLOW_OK && text.len > 0)
		st = secret_put(r->out, text.data, text.len, err);
	buf_free(&text);
	return st;
}

/*
 * A time that is there already changes in its place. Others go behind the
 * first comments of a .key file, and behind all else of a .private one.
 */
static enum dflow_status
reword(struct rewording *r, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	uint32_t bit;
	size_t n;

	for (size_t at = 0; at < r->len && st == DFLOW_OK; at += n) {
		const uint8_t *line = r->text + at;

		n = line_len(line, r->len - at);
		bit = bit_of(r, line, n);
		if (r->comments && line[0] != ';')
			st = put_times(r, r->due, err);
		if (st == DFLOW_OK && bit != 0)
			st = put_times(r, bit, err);
		else if (st == DFLOW_OK)
			st = secret_put(r->out, line, n, err);
	}
	if (st != DFLOW_OK || r->due == 0)
		return st;
	if (r->out->len > 0 && r->out->data[r->out->len - 1] != '\n')
		st = secret_put(r->out, "\n", 1, err);
	return st == DFLOW_OK ? put_times(r, r->due, err) : st;
}

/* Writes one of the two files anew; r says what and where from. */
static enum dflow_status
write_reworded(const char *path, const struct secret *old, struct rewording *r,
    struct dflow_err *err)
{
	enum dflow_status st;

	r->text = old->data;
	r->len = old->len;
	r->due = 0;
	for (enum keytime i = 0; i < KEYTIMES; i++)
		if (keytimes_get(r->times, i) != KEYTIME_UNSET)
			r->due |= r->which & UINT32_C(1) << i;
	st = secret_new(old->len + TIMES_MAX, &r->out, err);
	if (st == DFLOW_OK)
		st = reword(r, err);
	if (st == DFLOW_OK)
		st = os_write(path, r->comments ? 0644 : 0600, r->out->data,
		    r->out->len, err);
	secret_free(&r->out);
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

/* Also when it was replaced already, and only its folder could not be kept. */
static void
put_back(const char *path, unsigned mode, const struct secret *old)
{
	struct dflow_err ignored;

	if (os_write(path, mode, old->data, old->len, &ignored) != DFLOW_OK)
		return; /* the caller tells of what went wrong first */
}

enum dflow_status
retime(const struct keyfile *k, const struct keytimes *times, uint32_t which,
    struct dflow_err *err)
{
	char public[KEYFILE_PATH_MAX], private[KEYFILE_PATH_MAX];
	struct secret *old_public = NULL, *old_private = NULL;
	struct rewording r = {.times = times, .which = which};
	bool comments_alone = false;
	enum dflow_status st;

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
	r.comments = true;
	st = write_reworded(public, old_public, &r, err);
	if (st == DFLOW_OK && old_private != NULL && !comments_alone) {
		r.comments = false;
		st = write_reworded(private, old_private, &r, err);
		if (st != DFLOW_OK)
			put_back(private, 0600, old_private);
	}
	if (st != DFLOW_OK)
		put_back(public, 0644, old_public);
out:
	secret_free(&old_public);
	secret_free(&old_private);
	return st;
}
