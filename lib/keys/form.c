/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Percent-encoding (RFC 3986 section 2.1), for forms and for paths. A value may
 * be a secret: it goes from where it is into the body and nowhere else.
 */
#include "keys/form.h"

#include <stdint.h>
#include <string.h>

enum { ESCAPED = 3 }; /* characters of %XX */

static bool
is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static size_t
encoded_len(const uint8_t *data, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += is_unreserved(data[i]) ? 1 : ESCAPED;
	return n;
}

/* Writes encoded_len bytes to out. */
static void
encode(const uint8_t *data, size_t len, uint8_t *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		if (is_unreserved(data[i])) {
			*out++ = data[i];
			continue;
		}
		*out++ = '%';
		*out++ = (uint8_t)digits[data[i] >> 4];
		*out++ = (uint8_t)digits[data[i] & 0x0f];
	}
}

enum dflow_status
form_put(struct secret *body, const char *name, const void *value, size_t len,
    struct dflow_err *err)
{
	const uint8_t *word = (const uint8_t *)name;
	size_t word_len = strlen(name), room = body->cap - body->len;
	size_t need;
	uint8_t *out = body->data + body->len;

	/* Compared first: an encoded length can then not wrap. */
	if (word_len > room || len > room)
		goto full;
	need = encoded_len(word, word_len) + encoded_len(value, len) + 1 +
	       (body->len > 0);
	if (need > room)
		goto full;
	if (body->len > 0)
		*out++ = '&';
	encode(word, word_len, out);
	out += encoded_len(word, word_len);
	*out++ = '=';
	encode(value, len, out);
	body->len += need;
	return DFLOW_OK;
full:
	return err_set(err, DFLOW_FAILED,
	    "a form with %s in it is larger than %zu bytes", name, body->cap);
}

bool
form_path(char *path, size_t size, const char *part)
{
	const uint8_t *data = (const uint8_t *)part;
	size_t len = strlen(part), at = strlen(path), need;

	if (strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || len > size)
		return false;
	need = 1 + encoded_len(data, len);
	if (at >= size || need >= size - at)
		return false;
	path[at] = '/';
	encode(data, len, (uint8_t *)path + at + 1);
	path[at + need] = '\0';
	return true;
}
