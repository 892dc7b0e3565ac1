/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knows the terminal: nothing else in src/ writes an escape sequence. */
#include "style.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct style style_plain = {false, false};

static bool
is_terminal(FILE *f)
{
	int fd = fileno(f);

	return fd >= 0 && isatty(fd) == 1;
}

static bool
has_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && term != NULL &&
	       term[0] != '\0' && strcmp(term, "dumb") != 0;
}

/* As LC_ALL, LC_CTYPE or LANG say, without a change of our own locale. */
static bool
has_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (locale == (locale_t)0)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

struct style
style_of(FILE *f)
{
	struct style s = {false, false};

	if (!is_terminal(f))
		return s;
	s.utf8 = has_utf8();
	s.colour = has_colour();
	return s;
}

const char *
style_on(const struct style *s, enum style_part part)
{
	static const char *const codes[] = {
	    [STYLE_HEAD] = "\033[1m",
	    [STYLE_WARNING] = "\033[1;33m",
	    [STYLE_BAD] = "\033[1;31m",
	    [STYLE_GOOD] = "\033[32m",
	};

	return s->colour ? codes[part] : "";
}

const char *
style_off(const struct style *s)
{
	return s->colour ? "\033[0m" : "";
}

void
style_rule(const struct style *s, FILE *f, int columns)
{
	for (int i = 0; i < columns; i++)
		fputs(s->utf8 ? "\342\224\200" : "-", f);
	fputc('\n', f);
}
