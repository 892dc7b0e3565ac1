/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directives as the scanner wants them (RFC 1035 section 5.1): what they are,
 * and with absolute names only.
 */
#include "zone/piece.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dns/name.h"

bool
piece_is(const struct piece *in, const char *name)
{
	size_t len = strlen(name);

	return in->len > len && strncasecmp(in->text, name, len) == 0 &&
	       strchr(" \t\n;(\"", in->text[len]) != NULL;
}

/* The word at *p, up to a blank or comment; *p is then behind it. */
static const char *
next_word(const char **p, const char *end)
{
	const char *start;
	bool quoted = false;

	while (*p < end && (**p == ' ' || **p == '\t'))
		(*p)++;
	start = *p;
	for (; *p < end && **p != '\n'; (*p)++) {
		if (!quoted && (**p == ' ' || **p == '\t' || **p == ';'))
			break;
		if (**p == '"')
			quoted = !quoted;
		else if (**p == '\\' && *p + 1 < end && (*p)[1] != '\n')
			(*p)++;
	}
	return start;
}

/* A plain name that does not end in an unescaped dot. */
static bool
is_relative(const char *word, size_t len)
{
	size_t escapes = 0;

	if (len == 0 || memchr(word, '"', len) != NULL ||
	    memchr(word, '(', len) != NULL)
		return false;
	if (word[len - 1] != '.')
		return true;
	while (escapes + 1 < len && word[len - 2 - escapes] == '\\')
		escapes++;
	return escapes % 2 == 1;
}

enum dflow_status
piece_absolute(const struct piece *in, unsigned nth, const uint8_t *wire,
    char **out, struct dflow_err *err)
{
	const char *p = in->text;
	const char *end = in->text + in->len;
	const char *word = NULL;
	char origin[NAME_TEXT_SIZE];
	size_t len, size;

	*out = NULL;
	for (unsigned i = 0; i <= nth; i++)
		word = next_word(&p, end);
	len = (size_t)(p - word);
	if (!is_relative(word, len))
		return DFLOW_OK;
	(void)name_text(wire, origin);
	size = in->len + sizeof(origin) + 2;
	*out = malloc(size);
	if (*out == NULL)
		return err_memory(err);
	/* "@" is the origin itself; "name." and the root's "." make one dot. */
	(void)snprintf(*out, size, "%.*s%s%s%.*s",
	    (int)(len == 1 && *word == '@' ? word - in->text : p - in->text),
	    in->text,
	    (len == 1 && *word == '@') || strcmp(origin, ".") == 0 ? "" : ".",
	    origin, (int)(end - p), p);
	return DFLOW_OK;
}
