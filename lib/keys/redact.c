/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the search for secrets in text: each way to write a byte (as it is, in
 * a form, in JSON) times each way to write the bytes (one by one, in hex, in
 * base64). Nothing is copied from a secret; it is compared where it is.
 */
#include "keys/redact.h"

#include <stdint.h>
#include <string.h>

static const char mark[] = "[secret]";

/* How a byte of the text is written. */
enum way {
	WAY_PLAIN,
	WAY_FORM, /* %XX, and '+' for a blank */
	WAY_JSON, /* RFC 8259 section 7 */
	WAY_HTML, /* &lt; and the like, &#N; and &#xN; */
	WAYS,
};

struct reader {
	const uint8_t *text;
	size_t len;
	size_t at;
	enum way way;
	uint8_t more[3]; /* what is left of a character in UTF-8 */
	size_t more_count;
};

enum { END = -1 };

static int
hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* count digits at text + at; -1 if they are not that. */
static long
hex_number(const struct reader *r, size_t at, size_t count)
{
	long v = 0;
	int digit;

	if (at > r->len || r->len - at < count)
		return -1;
	for (size_t i = 0; i < count; i++) {
		digit = hex_value(r->text[at + i]);
		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

/* The first byte of a character in UTF-8 (RFC 3629); others wait in more. */
static int
as_utf8(struct reader *r, long v)
{
	static const uint8_t lead[] = {0x00, 0xc0, 0xe0, 0xf0};
	size_t extra = v < 0x80 ? 0 : v < 0x800 ? 1 : v < 0x10000 ? 2 : 3;

	r->more_count = extra;
	/* The last of them is the first in more: it is read backwards. */
	for (size_t i = 0; i < extra; i++, v >>= 6)
		r->more[i] = (uint8_t)(0x80 | (v & 0x3f));
	return lead[extra] | (int)v;
}

/* A \uXXXX at text + at, or two that make one character. */
static int
next_unicode(struct reader *r)
{
	long v = hex_number(r, r->at + 2, 4), low;

	if (v < 0)
		return r->text[r->at++];
	r->at += 6;
	if (v >= 0xd800 && v < 0xdc00 && r->len - r->at >= 6 &&
	    r->text[r->at] == '\\' && r->text[r->at + 1] == 'u') {
		low = hex_number(r, r->at + 2, 4);
		if (low >= 0xdc00 && low < 0xe000) {
			r->at += 6;
			v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return as_utf8(r, v);
}

static int
next_json(struct reader *r)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const char *hit;
	int c = r->text[r->at];

	if (c != '\\' || r->len - r->at < 2) {
		r->at++;
		return c;
	}
	c = r->text[r->at + 1];
	if (c == 'u')
		return next_unicode(r);
	hit = c != '\0' ? strchr(letters, c) : NULL;
	if (hit == NULL)
		return r->text[r->at++];
	r->at += 2;
	return (uint8_t)means[hit - letters];
}

static int
next_form(struct reader *r)
{
	int c = r->text[r->at++];
	long v;

	if (c == '+')
		return ' ';
	if (c != '%')
		return c;
	v = hex_number(r, r->at, 2);
	if (v < 0)
		return c;
	r->at += 2;
	return (int)v;
}

/* A character reference, if it is of one byte. */
static int
next_html(struct reader *r)
{
	static const struct {
		const char *name;
		int c;
	} names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&apos;", '\''}};
	const uint8_t *p = r->text + r->at;
	size_t left = r->len - r->at, i;
	int hex, v = 0, digit;

	if (*p != '&')
		return r->text[r->at++];
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i].name);

		if (left >= n && memcmp(p, names[i].name, n) == 0) {
			r->at += n;
			return names[i].c;
		}
	}
	if (left < 4 || p[1] != '#')
		return r->text[r->at++];
	hex = (p[2] | 0x20) == 'x';
	for (i = hex ? 3 : 2; i < left && p[i] != ';' && v < 256; i++) {
		digit = hex_value(p[i]);
		if (digit < 0 || (!hex && digit > 9))
			break;
		v = v * (hex ? 16 : 10) + digit;
	}
	if (i == left || p[i] != ';' || v > 0xff)
		return r->text[r->at++];
	r->at += i + 1;
	return v;
}

/* The next byte that the text says, or END. */
static int
next(struct reader *r)
{
	if (r->more_count > 0)
		return r->more[--r->more_count];
	if (r->at >= r->len)
		return END;
	if (r->way == WAY_JSON)
		return next_json(r);
	if (r->way == WAY_HTML)
		return next_html(r);
	return r->way == WAY_FORM ? next_form(r) : r->text[r->at++];
}

static bool
match_bytes(struct reader r, const struct secret *s, size_t *end)
{
	for (size_t i = 0; i < s->len; i++)
		if (next(&r) != s->data[i])
			return false;
	*end = r.at;
	return true;
}

static bool
match_hex(struct reader r, const struct secret *s, size_t *end)
{
	for (size_t i = 0; i < s->len; i++)
		if (hex_value(next(&r)) != s->data[i] >> 4 ||
		    hex_value(next(&r)) != (s->data[i] & 0x0f))
			return false;
	*end = r.at;
	return true;
}

/* Six bits, in either alphabet (RFC 4648 sections 4 and 5); -1: none. */
static int
base64_value(int c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/*
 * The secret may stand behind others in what was encoded, as it does in HTTP's
 * user:password: it then begins skip bits into a character of the text.
 */
static bool
match_base64(struct reader r, const struct secret *s, size_t skip, size_t *end)
{
	size_t bits = s->len * 8;
	int c, v, bit;

	for (size_t at = 0; at < bits; skip = 0) {
		/* In a form '+' is written %2B, but not by all. */
		c = r.way == WAY_FORM && r.more_count == 0 && r.at < r.len &&
			    r.text[r.at] == '+'
			? r.text[r.at++]
			: next(&r);
		v = base64_value(c);
		if (v < 0)
			return false;
		for (size_t i = skip; i < 6 && at < bits; i++, at++) {
			bit = s->data[at / 8] >> (7 - at % 8) & 1;
			if ((v >> (5 - i) & 1) != bit)
				return false;
		}
	}
	*end = r.at;
	return true;
}

/* Where the secret that begins at text + at ends; 0 if none does. */
static size_t
match(const struct secret *s, const uint8_t *text, size_t len, size_t at)
{
	struct reader r = {text, len, at, WAY_PLAIN, {0}, 0};
	size_t end = 0, longest = 0;

	for (int way = 0; way < WAYS; way++) {
		r.way = (enum way)way;
		if (match_bytes(r, s, &end) && end > longest)
			longest = end;
		if (match_hex(r, s, &end) && end > longest)
			longest = end;
		for (size_t skip = 0; skip < 6; skip += 2)
			if (match_base64(r, s, skip, &end) && end > longest)
				longest = end;
	}
	return longest;
}

enum dflow_status
redact_add(struct redact *r, const struct secret *s, struct dflow_err *err)
{
	if (s == NULL || s->len == 0)
		return DFLOW_OK;
	if (r->count == REDACT_MAX)
		return err_set(err, DFLOW_FAILED,
		    "more than %d secrets to keep out of messages", REDACT_MAX);
	r->secrets[r->count++] = s;
	return DFLOW_OK;
}

/* The furthest end of a secret that begins at text + at; 0: none does. */
static size_t
secret_at(const struct redact *r, const uint8_t *text, size_t len, size_t at)
{
	size_t end, furthest = 0;

	for (size_t k = 0; r != NULL && k < r->count; k++) {
		end = match(r->secrets[k], text, len, at);
		if (end > furthest)
			furthest = end;
	}
	return furthest;
}

size_t
redact_text(const struct redact *r, const void *text, size_t len, char *out,
    size_t size)
{
	const uint8_t *in = text;
	size_t n = 0, until = 0, end;

	for (size_t i = 0; i < len && n + 1 < size; i++) {
		/* Also within a secret: another may overlap its end. */
		end = secret_at(r, in, len, i);
		if (end > 0 && i >= until)
			for (size_t k = 0; mark[k] != '\0' && n + 1 < size; k++)
				out[n++] = mark[k];
		if (end > until)
			until = end;
		if (i < until)
			continue;
		out[n++] = in[i] >= 0x20 && in[i] < 0x7f ? (char)in[i] : '.';
	}
	if (size > 0)
		out[n] = '\0';
	return n;
}
