/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "json.h"

void
json_init(struct json *j, FILE *f)
{
	memset(j, 0, sizeof(*j));
	j->f = f;
}

/* Length of the UTF-8 character at p (RFC 3629), or 0 if there is none. */
static size_t
utf8_len(const unsigned char *p)
{
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Forms too long, surrogates, and what lies beyond U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* The UTF-8 character of so many bytes as \u escapes, in UTF-16 (RFC 8259). */
static void
put_escape(FILE *f, const unsigned char *p, size_t len)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned c = p[0] & masks[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	if (c < 0x10000) {
		fprintf(f, "\\u%04x", c);
		return;
	}
	c -= 0x10000;
	fprintf(f, "\\u%04x\\u%04x", 0xd800 | c >> 10, 0xdc00 | (c & 0x3ff));
}

/* Printable ASCII alone: JSON is read at terminals too. */
static void
put_string(FILE *f, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	fputc('"', f);
	while (*p != '\0') {
		size_t len = utf8_len(p);

		if (len == 0)
			fputs("\\ufffd", f);
		else if (*p == '"' || *p == '\\')
			fprintf(f, "\\%c", *p);
		else if (*p < ' ' || *p >= 0x7f)
			put_escape(f, p, len);
		else
			fputc(*p, f);
		p += len == 0 ? 1 : len;
	}
	fputc('"', f);
}

/* Comma, line and name: what stands before any value. */
static void
put_lead(struct json *j, const char *name)
{
	if (j->depth > 0) {
		fprintf(j->f, "%s\n%*s", j->filled[j->depth] ? "," : "",
		    (int)(2 * j->depth), "");
		j->filled[j->depth] = true;
	}
	if (name != NULL) {
		put_string(j->f, name);
		fputs(": ", j->f);
	}
}

static void
put_tail(struct json *j)
{
	if (j->depth == 0)
		fputc('\n', j->f);
}

static void
begin(struct json *j, const char *name, char bracket)
{
	put_lead(j, name);
	fputc(bracket, j->f);
	assert(j->depth + 1 < JSON_DEPTH_MAX);
	j->depth++;
	j->filled[j->depth] = false;
}

static void
end(struct json *j, char bracket)
{
	bool filled = j->filled[j->depth];

	assert(j->depth > 0);
	j->depth--;
	if (filled)
		fprintf(j->f, "\n%*s", (int)(2 * j->depth), "");
	fputc(bracket, j->f);
	put_tail(j);
}

void
json_object(struct json *j, const char *name)
{
	begin(j, name, '{');
}

void
json_object_end(struct json *j)
{
	end(j, '}');
}

void
json_array(struct json *j, const char *name)
{
	begin(j, name, '[');
}

void
json_array_end(struct json *j)
{
	end(j, ']');
}

void
json_text(struct json *j, const char *name, const char *text)
{
	put_lead(j, name);
	if (text != NULL)
		put_string(j->f, text);
	else
		fputs("null", j->f);
	put_tail(j);
}

void
json_texts(
    struct json *j, const char *name, const char *const *list, size_t count)
{
	json_array(j, name);
	for (size_t i = 0; i < count; i++)
		json_text(j, NULL, list[i]);
	json_array_end(j);
}

void
json_int(struct json *j, const char *name, int64_t n)
{
	put_lead(j, name);
	fprintf(j->f, "%" PRId64, n);
	put_tail(j);
}

void
json_fraction(struct json *j, const char *name, double n)
{
	put_lead(j, name);
	if (isfinite(n))
		fprintf(j->f, "%.6f", n);
	else
		fputs("null", j->f);
	put_tail(j);
}

void
json_bool(struct json *j, const char *name, bool b)
{
	put_lead(j, name);
	fputs(b ? "true" : "false", j->f);
	put_tail(j);
}
