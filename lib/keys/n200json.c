/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the strictness that cJSON lacks. Text is held to RFC 8259's grammar
 * before cJSON sees it: so a line can be named, nothing is cut at a NUL, and
 * cJSON does not give up halfway, when it would free a password unwiped.
 */
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/crypto.h>

#include "keys/n200json.h"

enum {
	DEPTH_MAX = 16,
	NUMBER_MAX = 40, /* characters; cJSON cuts at 63 */
	NEAR_MAX = 2, /* letters that a name may be off */
	NEAR_LEN = 24, /* of names that are compared */
};

static const char not_json[] = "not JSON here";

struct scan {
	const uint8_t *p;
	const uint8_t *end;
	const char *why;
};

static bool
fail(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

/* The next byte, or -1 at the end. */
static int
peek(const struct scan *s)
{
	return s->p == s->end ? -1 : *s->p;
}

static bool
take(struct scan *s, int c)
{
	if (peek(s) != c)
		return false;
	s->p++;
	return true;
}

static void
skip_blanks(struct scan *s)
{
	while (take(s, ' ') || take(s, '\t') || take(s, '\n') || take(s, '\r'))
		continue;
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return fail(s, not_json);
	s->p += len;
	return true;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
scan_digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return fail(s, not_json);
	while (is_digit(peek(s)))
		s->p++;
	return true;
}

static bool
scan_number(struct scan *s)
{
	const uint8_t *start = s->p;

	(void)take(s, '-');
	if (!take(s, '0') && !scan_digits(s))
		return fail(s, not_json);
	if (take(s, '.') && !scan_digits(s))
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			(void)take(s, '-');
		if (!scan_digits(s))
			return false;
	}
	if (s->p - start > NUMBER_MAX)
		return fail(s, "a number is too long");
	return true;
}

static bool
scan_hex4(struct scan *s, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		int c = peek(s);

		if (is_digit(c))
			*out = *out << 4 | (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*out = *out << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return fail(s, not_json);
		s->p++;
	}
	return true;
}

/* Behind a backslash. */
static bool
scan_escape(struct scan *s)
{
	unsigned v, low;
	int c = peek(s);

	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return fail(s, not_json);
	s->p++;
	if (c != 'u')
		return true;
	if (!scan_hex4(s, &v))
		return false;
	if (v == 0)
		return fail(s, "a string has the character 0");
	if (v < 0xd800 || v > 0xdfff)
		return true;
	/* UTF-16: a high surrogate, then a low one. */
	if (v > 0xdbff || !scan_word(s, "\\u") || !scan_hex4(s, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return fail(s, "half a \\u pair");
	return true;
}

/* The bytes of the UTF-8 character at p (RFC 3629), or 0 if it is none. */
static size_t
utf8_len(const uint8_t *p, size_t left)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (len == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Too long a form, a surrogate, or above U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

static bool
scan_string(struct scan *s)
{
	if (!take(s, '"'))
		return fail(s, not_json);
	while (!take(s, '"')) {
		size_t len;

		if (s->p == s->end)
			return fail(s, "a string has no end");
		if (*s->p < 0x20)
			return fail(s, "a string has a control character");
		if (take(s, '\\')) {
			if (!scan_escape(s))
				return false;
			continue;
		}
		len = utf8_len(s->p, (size_t)(s->end - s->p));
		if (len == 0)
			return fail(s, "not UTF-8 here");
		s->p += len;
	}
	return true;
}

static bool scan_value(struct scan *s, unsigned depth);

/* An object or an array. */
static bool
scan_items(struct scan *s, unsigned depth)
{
	bool object = *s->p++ == '{';
	int close = object ? '}' : ']';

	if (depth == DEPTH_MAX)
		return fail(s, "nested too deep");
	skip_blanks(s);
	if (take(s, close))
		return true;
	for (;;) {
		if (object) {
			skip_blanks(s);
			if (!scan_string(s))
				return false;
			skip_blanks(s);
			if (!take(s, ':'))
				return fail(s, not_json);
		}
		if (!scan_value(s, depth + 1))
			return false;
		skip_blanks(s);
		if (take(s, close))
			return true;
		if (!take(s, ','))
			return fail(s, not_json);
	}
}

static bool
scan_value(struct scan *s, unsigned depth)
{
	skip_blanks(s);
	switch (peek(s)) {
	case '{':
	case '[':
		return scan_items(s, depth);
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

static bool
scan_text(struct scan *s)
{
	skip_blanks(s);
	if (peek(s) != '{')
		return fail(s, "not a JSON object");
	if (!scan_value(s, 0))
		return false;
	skip_blanks(s);
	if (s->p != s->end)
		return fail(s, "more behind the JSON object");
	return true;
}

bool
n200_json_parse(const void *text, size_t len, struct cJSON **out,
    struct n200_json_fault *fault)
{
	const uint8_t *start = len == 0 ? (const uint8_t *)"" : text;
	struct scan s = {.p = start, .end = start + len};
	cJSON *tree;

	if (!scan_text(&s)) {
		fault->line = 1;
		for (const uint8_t *p = start; p < s.p; p++)
			fault->line += *p == '\n';
		fault->why = s.why;
		return false;
	}
	tree = cJSON_ParseWithLength((const char *)start, len);
	if (tree == NULL) {
		fault->line = 1;
		fault->why = "out of memory";
		return false;
	}
	*out = tree;
	return true;
}

/* Goes as deep as scan_items let it. */
static void
wipe(cJSON *item)
{
	for (; item != NULL; item = item->next) {
		if (item->valuestring != NULL)
			OPENSSL_cleanse(
			    item->valuestring, strlen(item->valuestring));
		if (item->string != NULL)
			OPENSSL_cleanse(item->string, strlen(item->string));
		wipe(item->child);
	}
}

void
n200_json_wipe(struct cJSON **tree)
{
	wipe(*tree);
	cJSON_Delete(*tree);
	*tree = NULL;
}

bool
n200_json_visible(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	for (; *p != 0; p++)
		if (*p < 0x20 || *p == 0x7f ||
		    (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return false;
	return true;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to change, add and take from a to b (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NEAR_LEN + 1], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t was = row[j + 1];

			row[j + 1] = least(row[j] + 1, was + 1,
			    corner + (a[i] == b[j] ? 0 : 1));
			corner = was;
		}
	}
	return row[len];
}

/* How far off a name is: 1 is a letter, and 2 also a part of the name. */
static size_t
how_far(const char *name, const char *known)
{
	size_t far = distance(name, known);

	if (far > 1 &&
	    (strstr(name, known) != NULL || strstr(known, name) != NULL))
		return 2;
	return far == 2 && strlen(name) < 6 ? NEAR_MAX + 1 : far;
}

/* The name that was meant, or NULL: "password" is "pass". */
static const char *
nearest(const struct n200_json_shape *shape, const char *name)
{
	const char *found = NULL;
	size_t best = NEAR_MAX + 1;

	if (strlen(name) < 3 || strlen(name) > NEAR_LEN)
		return NULL;
	for (size_t i = 0; i < shape->count; i++) {
		size_t far = how_far(name, shape->names[i]);

		if (far < best) {
			best = far;
			found = shape->names[i];
		}
	}
	return found;
}

static enum dflow_status
unknown(const struct n200_json_shape *shape, const char *name,
    struct dflow_err *err)
{
	const char *near = nearest(shape, name);

	if (near != NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: %s%.64s: not known; is %s meant?", shape->file,
		    shape->prefix, name, near);
	return err_set(err, DFLOW_FAILED, "%s: %s%.64s: not known; take it out",
	    shape->file, shape->prefix, name);
}

enum dflow_status
n200_json_members(const struct n200_json_shape *shape,
    const struct cJSON *object, const struct cJSON **out, struct dflow_err *err)
{
	const cJSON *item;
	size_t i;

	for (i = 0; i < shape->count; i++)
		out[i] = NULL;
	cJSON_ArrayForEach(item, object)
	{
		for (i = 0; i < shape->count; i++)
			if (strcmp(item->string, shape->names[i]) == 0)
				break;
		if (i == shape->count)
			return unknown(shape, item->string, err);
		if (out[i] != NULL)
			return err_set(err, DFLOW_FAILED,
			    "%s: %s%s: there twice; keep one", shape->file,
			    shape->prefix, shape->names[i]);
		out[i] = item;
	}
	return DFLOW_OK;
}
