/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a master file may be cut (RFC 1035 section 5.1): at a newline that is
 * outside parentheses, quotes and escapes. Owns the small lexer that knows
 * this, CRLF, and the count of lines; what a record means is the scanner's.
 * Where the two disagree the scanner finds a piece that ends within a record,
 * which is an error there.
 */
#include "zone/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

struct lines {
	struct os_reader *reader; /* or else text */
	const char *text;
	size_t text_len;
	char *name;
	char *data; /* LINES_RECORD_MAX bytes */
	size_t len; /* bytes in data */
	size_t at; /* of the next piece */
	size_t line; /* line number at data + at */
	size_t piece_max;
	bool eof; /* nothing behind data + len */
	struct digest *digest; /* of all bytes that are read, or NULL */
};

/* What a record's end or a fault was found by. */
struct lexer {
	const char *p;
	const char *end;
	size_t lines; /* newlines up to p */
	bool fault; /* at p is a byte that no text has */
};

static enum dflow_status
lines_new(const char *name, struct lines **out, struct dflow_err *err)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (l != NULL) {
		l->line = 1;
		l->piece_max = LINES_RECORD_MAX;
		l->name = strdup(name);
		l->data = malloc(LINES_RECORD_MAX);
	}
	if (l == NULL || l->name == NULL || l->data == NULL) {
		lines_close(&l);
		return err_memory(err);
	}
	*out = l;
	return DFLOW_OK;
}

enum dflow_status
lines_open(const char *path, struct lines **out, struct dflow_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct lines *l = NULL;
	enum dflow_status st;

	st = lines_new(is_stdin ? "standard input" : path, &l, err);
	if (st != DFLOW_OK)
		return st;
	st = os_reader_open(path, &l->reader, err);
	if (st != DFLOW_OK) {
		lines_close(&l);
		return st;
	}
	*out = l;
	return DFLOW_OK;
}

enum dflow_status
lines_text(const char *file, const char *text, size_t len, struct lines **out,
    struct dflow_err *err)
{
	enum dflow_status st = lines_new(file, out, err);

	if (st != DFLOW_OK)
		return st;
	(*out)->text = text;
	(*out)->text_len = len;
	return DFLOW_OK;
}

void
lines_start(struct lines *l, size_t line)
{
	l->line = line;
}

void
lines_piece_max(struct lines *l, size_t len)
{
	l->piece_max = len;
}

void
lines_digest(struct lines *l, struct digest *d)
{
	l->digest = d;
}

const char *
lines_name(const struct lines *l)
{
	return l->name;
}

void
lines_close(struct lines **l)
{
	if (l == NULL || *l == NULL)
		return;
	os_reader_close(&(*l)->reader);
	free((*l)->name);
	free((*l)->data);
	free(*l);
	*l = NULL;
}

static enum dflow_status
read_file(
    struct lines *l, char *to, size_t max, size_t *got, struct dflow_err *err)
{
	enum dflow_status st = os_reader_read(l->reader, to, max, got, err);

	if (st == DFLOW_OK && l->digest != NULL)
		digest_add(l->digest, to, *got);
	return st;
}

static enum dflow_status
read_more(
    struct lines *l, char *to, size_t max, size_t *got, struct dflow_err *err)
{
	if (l->reader != NULL)
		return read_file(l, to, max, got, err);
	*got = l->text_len < max ? l->text_len : max;
	if (*got > 0) {
		memcpy(to, l->text, *got);
		l->text += *got;
		l->text_len -= *got;
	}
	return DFLOW_OK;
}

/* Drops each CR that stands before a LF in data[from..len). */
static void
drop_cr(struct lines *l, size_t from)
{
	char *to = memchr(l->data + from, '\r', l->len - from);
	const char *end = l->data + l->len;

	if (to == NULL)
		return;
	for (const char *p = to; p < end; p++) {
		if (*p != '\r' || p + 1 == end || p[1] != '\n')
			*to++ = *p;
	}
	l->len = (size_t)(to - l->data);
}

/* Moves what is left to the front and fills the buffer behind it. */
static enum dflow_status
fill(struct lines *l, struct dflow_err *err)
{
	enum dflow_status st;
	size_t got, from;

	memmove(l->data, l->data + l->at, l->len - l->at);
	l->len -= l->at;
	l->at = 0;
	while (!l->eof && l->len < LINES_RECORD_MAX) {
		st = read_more(
		    l, l->data + l->len, LINES_RECORD_MAX - l->len, &got, err);
		if (st != DFLOW_OK)
			return st;
		l->eof = got == 0;
		/* A CR that ended the last read may be half of a CRLF. */
		from = l->len > 0 ? l->len - 1 : 0;
		l->len += got;
		drop_cr(l, from);
	}
	return DFLOW_OK;
}

/* Bytes that mean something to the lexer; all others it steps over. */
static const bool special[256] = {
    ['\0'] = true,
    ['\n'] = true,
    ['\r'] = true,
    ['"'] = true,
    ['('] = true,
    [')'] = true,
    [';'] = true,
    ['\\'] = true,
};

/* Steps over what is not special, most of it eight bytes at a time. */
static void
skip_plain(struct lexer *x)
{
	const uint8_t *p = (const uint8_t *)x->p;
	const uint8_t *end = (const uint8_t *)x->end;

	while (
	    end - p >= 8 &&
	    !(special[p[0]] | special[p[1]] | special[p[2]] | special[p[3]] |
		special[p[4]] | special[p[5]] | special[p[6]] | special[p[7]]))
		p += 8;
	while (p < end && !special[*p])
		p++;
	x->p = (const char *)p;
}

static void
skip_comment(struct lexer *x)
{
	while (x->p < x->end && *x->p != '\n' && *x->p != '\0' && *x->p != '\r')
		x->p++;
}

/*
 * Steps behind the newline that ends the record at p; false if there is none
 * up to the end, or a fault.
 */
static bool
record_end(struct lexer *x)
{
	bool quoted = false;
	size_t depth = 0;

	for (;;) {
		char c;

		skip_plain(x);
		if (x->p == x->end)
			return false;
		c = *x->p;
		if (c == '\0' || c == '\r') {
			x->fault = true;
			return false;
		}
		if (c == ';' && !quoted) {
			skip_comment(x);
			continue;
		}
		x->p++;
		if (c == '\n') {
			x->lines++;
			/* A quote ends with its line unless in parentheses. */
			if (depth == 0)
				return true;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '(' && !quoted) {
			depth++;
		} else if (c == ')' && !quoted && depth > 0) {
			depth--;
		} else if (c == '\\' && x->p < x->end && *x->p != '\n' &&
			   *x->p != '\0' && *x->p != '\r') {
			x->p++;
		}
	}
}

/*
 * Lines that are blank or a comment mean "the last owner" to the scanner,
 * which is an error where there is none yet.
 */
static void
skip_blank(struct lines *l)
{
	while (l->at < l->len) {
		struct lexer x = {l->data + l->at, l->data + l->len, 0, false};

		while (x.p < x.end && (*x.p == ' ' || *x.p == '\t'))
			x.p++;
		if (x.p < x.end && *x.p == ';')
			skip_comment(&x);
		if (x.p == x.end && l->eof)
			l->at = l->len;
		if (x.p == x.end || *x.p != '\n')
			return;
		l->at = (size_t)(x.p + 1 - l->data);
		l->line++;
	}
}

static enum dflow_status
fault(const struct lines *l, const struct lexer *x, struct dflow_err *err)
{
	if (*x->p == '\r')
		return err_at(err, l->name, l->line + x->lines,
		    "a carriage return within a line; end lines with a "
		    "newline");
	return err_at(err, l->name, l->line + x->lines,
	    "a zero byte: this is not a text file");
}

/* A record whose line begins with c states its owner. */
static bool
names_owner(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr("@*_-.\\/", c) != NULL);
}

/*
 * Cuts a piece of whole records from data + at, as long as may be; its length
 * is 0 if there is none (yet).
 */
static enum dflow_status
cut(struct lines *l, bool one, struct piece *out, struct dflow_err *err)
{
	const char *start = l->data + l->at;
	struct lexer x = {start, l->data + l->len, 0, false};
	struct lexer last = x; /* behind the last whole record */
	struct lexer safe = x; /* and behind that one states its owner */

	out->text = start;
	out->line = l->line;
	out->directive = l->at < l->len && *start == '$';
	while (x.p < x.end && (x.p == start || *x.p != '$')) {
		if (!record_end(&x))
			break;
		last = x;
		if (x.p < x.end && names_owner(*x.p))
			safe = x;
		if (one || out->directive ||
		    (safe.p == x.p && (size_t)(x.p - start) >= l->piece_max))
			break;
	}
	/* More is to come: leave it the records that may need this one's. */
	if (!one && !out->directive && !x.fault && !l->eof && safe.p > start &&
	    (x.p == x.end || x.p != last.p))
		last = safe;
	/* What stands before a fault is read first: its errors come first. */
	if (last.p == start && x.fault)
		return fault(l, &x, err);
	if (last.p == start && l->eof) {
		last = x;
		last.p = x.end;
	}
	out->len = (size_t)(last.p - start);
	out->lines = last.lines;
	l->at += out->len;
	l->line += last.lines;
	out->owner = out->len > 0 && names_owner(*start);
	return DFLOW_OK;
}

enum dflow_status
lines_next(struct lines *l, bool one, struct piece *out, struct dflow_err *err)
{
	enum dflow_status st;

	for (;;) {
		skip_blank(l);
		st = cut(l, one, out, err);
		if (st != DFLOW_OK || out->len > 0)
			break;
		if (l->eof)
			break;
		if (l->at == 0 && l->len == LINES_RECORD_MAX)
			return err_at(err, l->name, l->line,
			    "a record of more than %d bytes; is a parenthesis "
			    "not closed?",
			    LINES_RECORD_MAX);
		st = fill(l, err);
		if (st != DFLOW_OK)
			return st;
	}
	out->bom = out->line == 1 && out->len >= 3 &&
		   memcmp(out->text, "\xef\xbb\xbf", 3) == 0;
	return st;
}

void
lines_spot(const char *text, const char *end, struct spot *spot)
{
	const char *p = spot->first;

	spot->start = p == text ? p : NULL;
	for (; p < end; p++) {
		if (*p == '\n') {
			spot->start = p + 1;
			spot->line++;
		} else if (*p == ';') {
			while (p + 1 < end && p[1] != '\n')
				p++;
		} else if (*p == ')') {
			spot->start = NULL;
		} else if (*p != ' ' && *p != '\t') {
			break;
		}
	}
	spot->first = p;
}

/* Our own count: the scanner leaves out newlines within quotes. */
uint64_t
lines_count(const char *p, const char *end)
{
	uint64_t lines = 0;

	while (p < end) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			break;
		lines++;
		p++;
	}
	return lines;
}
