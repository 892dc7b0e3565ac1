/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a page may be drawn with where it ends: on a terminal rules in UTF-8,
 * if the locale has it, and colour, unless NO_COLOR (no-color.org) or TERM=dumb
 * speak against it. In files and pipes plain ASCII, always.
 */
#ifndef SRC_STYLE_H
#define SRC_STYLE_H

#include <stdbool.h>
#include <stdio.h>

struct style {
	bool utf8;
	bool colour;
};

enum style_part {
	STYLE_HEAD, /* of a section or a table */
	STYLE_WARNING, /* must not be overlooked */
	STYLE_BAD, /* refused, or no signature */
	STYLE_GOOD, /* what is in force */
};

/* For text that ends on f, which the text may be made for elsewhere. */
struct style style_of(FILE *f);

/* Around text: no bytes at all without colour. */
const char *style_on(const struct style *s, enum style_part part);
const char *style_off(const struct style *s);
/* A rule of so many columns, and a newline. */
void style_rule(const struct style *s, FILE *f, int columns);

#endif
