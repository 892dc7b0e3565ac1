/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the arithmetic on wire-form names: their order (RFC 4034 section 6.1),
 * their text (RFC 1035 section 5.1), their sort keys. Refuses compression
 * pointers, labels over 63 and names over 255 bytes.
 *
 * A length byte is at most 63, below 'A', so lower-casing every byte of a
 * name, length bytes too, changes letters only.
 */
#include <string.h>

#include "dns/name.h"

static inline uint8_t
lower(uint8_t c)
{
	return (uint8_t)(c | ((uint8_t)(c - 'A') < 26 ? 0x20 : 0));
}

size_t
name_len(const uint8_t *name)
{
	const uint8_t *p = name;

	while (*p != 0)
		p += 1 + (size_t)*p;
	return (size_t)(p - name) + 1;
}

unsigned
name_labels(const uint8_t *name)
{
	unsigned count = 0;

	for (; *name != 0; name += 1 + (size_t)*name)
		count++;
	return count;
}

size_t
name_check(const uint8_t *data, size_t avail)
{
	size_t at = 0;

	if (avail > NAME_MAX_LEN)
		avail = NAME_MAX_LEN;
	while (at < avail) {
		if (data[at] == 0)
			return at + 1;
		if (data[at] > 63)
			return 0;
		at += 1 + (size_t)data[at];
	}
	return 0;
}

/* Where each label begins, from the left; their count without the root. */
static unsigned
label_starts(const uint8_t *name, uint8_t start[NAME_MAX_LABELS])
{
	unsigned count = 0;
	size_t at = 0;

	while (name[at] != 0 && count < NAME_MAX_LABELS) {
		start[count++] = (uint8_t)at;
		at += 1 + (size_t)name[at];
	}
	return count;
}

static int
label_cmp(const uint8_t *a, const uint8_t *b)
{
	size_t a_len = *a, b_len = *b;
	size_t i, min = a_len < b_len ? a_len : b_len;

	for (i = 1; i <= min; i++) {
		int d = (int)lower(a[i]) - (int)lower(b[i]);

		if (d != 0)
			return d;
	}
	return (int)a_len - (int)b_len;
}

int
name_cmp(const uint8_t *a, const uint8_t *b)
{
	uint8_t a_start[NAME_MAX_LABELS], b_start[NAME_MAX_LABELS];
	unsigned a_left = label_starts(a, a_start);
	unsigned b_left = label_starts(b, b_start);

	while (a_left > 0 && b_left > 0) {
		int d = label_cmp(a + a_start[--a_left], b + b_start[--b_left]);

		if (d != 0)
			return d;
	}
	return (int)a_left - (int)b_left;
}

bool
name_equal(const uint8_t *a, const uint8_t *b)
{
	size_t i, len = name_len(a);

	if (name_len(b) != len)
		return false;
	if (memcmp(a, b, len) == 0)
		return true;
	for (i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool
name_within(const uint8_t *name, const uint8_t *parent)
{
	size_t len = name_len(name), parent_len = name_len(parent);

	while (len > parent_len) {
		len -= 1 + (size_t)*name;
		name += 1 + (size_t)*name;
	}
	return len == parent_len && name_equal(name, parent);
}

const uint8_t *
name_parent(const uint8_t *name)
{
	return name + 1 + *name;
}

bool
name_is_root(const uint8_t *name)
{
	return *name == 0;
}

bool
name_is_wildcard(const uint8_t *name)
{
	return name[0] == 1 && name[1] == '*';
}

const uint8_t *
name_suffix(const uint8_t *name, unsigned n)
{
	unsigned labels = name_labels(name);

	for (; labels > n; labels--)
		name = name_parent(name);
	return name;
}

size_t
name_lower(uint8_t *dst, const uint8_t *src)
{
	size_t i, len = name_len(src);

	for (i = 0; i < len; i++)
		dst[i] = lower(src[i]);
	return len;
}

size_t
name_copy(uint8_t *dst, const uint8_t *src)
{
	size_t len = name_len(src);

	memmove(dst, src, len);
	return len;
}

/*
 * Bytes of a label that text may not hold as they are: blanks, controls and
 * what ends a word in a master file. The escape must be written instead.
 */
static bool
needs_escape(uint8_t c)
{
	return c <= 0x20 || c >= 0x7f || c == '"' || c == '(' || c == ')' ||
	       c == ';';
}

/* Reads the escape behind a backslash; how many characters it is, or 0. */
static size_t
read_escape(const char *s, uint8_t *byte)
{
	unsigned v = 0;
	size_t i;

	if (s[0] < '0' || s[0] > '9') {
		*byte = (uint8_t)s[0];
		return s[0] > 0x20 && s[0] < 0x7f ? 1 : 0;
	}
	for (i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		v = v * 10 + (unsigned)(s[i] - '0');
	}
	*byte = (uint8_t)v;
	return v <= 255 ? 3 : 0;
}

/* Reads one character of a label, escaped or not; its length, or 0. */
static size_t
read_char(const char *s, uint8_t *byte)
{
	size_t n;

	if (*s != '\\') {
		*byte = (uint8_t)*s;
		return needs_escape(*byte) ? 0 : 1;
	}
	n = read_escape(s + 1, byte);
	return n == 0 ? 0 : n + 1;
}

static enum dflow_status
bad_name(const char *text, const char *why, struct dflow_err *err)
{
	return err_set(err, DFLOW_FAILED, "\"%.300s\": %s", text, why);
}

enum dflow_status
name_parse(const char *text, uint8_t out[NAME_MAX_LEN], struct dflow_err *err)
{
	uint8_t name[NAME_MAX_LEN];
	size_t start = 0, at = 1; /* of the label's length byte; next free */
	const char *p = text;

	if (*p == '\0')
		return bad_name(text, "not a domain name; it is empty", err);
	if (strcmp(p, ".") == 0)
		p++;
	for (; *p != '\0'; p++) {
		uint8_t byte;
		size_t n;

		for (; *p != '.' && *p != '\0'; p += n) {
			n = read_char(p, &byte);
			if (n == 0)
				return bad_name(text,
				    "not a domain name; "
				    "write odd characters as \\DDD",
				    err);
			if (at - start > 63)
				return bad_name(
				    text, "a label exceeds 63 bytes", err);
			/* The root label has to fit behind. */
			if (at >= NAME_MAX_LEN - 1)
				return bad_name(
				    text, "the name exceeds 255 bytes", err);
			name[at++] = byte;
		}
		if (at - start == 1)
			return bad_name(
			    text, "not a domain name; a label is empty", err);
		name[start] = (uint8_t)(at - start - 1);
		start = at++;
		if (*p == '\0')
			break;
	}
	name[start] = 0;
	memcpy(out, name, start + 1);
	return DFLOW_OK;
}

/* How a byte of a label is written. */
enum { PLAIN = 0, SLASH = 1, DECIMAL = 2 };

/*
 * Plain is what libzscanner takes bare: letters, digits, "*", "-", "/", "_".
 * A backslash goes before . ; " ( ) @ $ but not before other marks: BIND
 * refuses a label that begins with "\[", RDATA that begins with "\#" is RFC
 * 3597's, and NSD takes the dot behind a "\\" for an escaped one.
 */
/* clang-format off */
static const uint8_t text_form[256] = {
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 1, 2, 1, 2, 2, 2, 1, 1, 0, 2, 2, 0, 1, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 2, 2, 2,
	1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 0,
	2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
};
/* clang-format on */

static char *
put_escaped(char *p, uint8_t c)
{
	*p++ = '\\';
	if (text_form[c] == SLASH) {
		*p++ = (char)c;
		return p;
	}
	*p++ = (char)('0' + c / 100);
	*p++ = (char)('0' + c / 10 % 10);
	*p++ = (char)('0' + c % 10);
	return p;
}

size_t
name_text(const uint8_t *name, char out[NAME_TEXT_SIZE])
{
	char *p = out;

	if (*name == 0)
		*p++ = '.';
	while (*name != 0) {
		const uint8_t *end = name + 1 + *name;

		for (name++; name < end; name++) {
			if (text_form[*name] == PLAIN)
				*p++ = (char)*name;
			else
				p = put_escaped(p, *name);
		}
		*p++ = '.';
	}
	*p = '\0';
	return (size_t)(p - out);
}

size_t
name_key(const uint8_t *name, uint8_t key[NAME_KEY_MAX])
{
	uint8_t start[NAME_MAX_LABELS];
	unsigned left = label_starts(name, start);
	uint8_t *k = key;

	while (left > 0) {
		const uint8_t *p = name + start[--left];
		const uint8_t *end = p + 1 + *p;

		for (p++; p < end; p++) {
			uint8_t c = lower(*p);

			if (c <= 1) {
				*k++ = 1;
				c++;
			}
			*k++ = c;
		}
		*k++ = 0;
	}
	return (size_t)(k - key);
}
