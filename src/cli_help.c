/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help, made from the tables, in 80 columns. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

enum { COLUMNS = 79, HELP_COLUMN = 26, VERB_COLUMN = 14 };

/*
 * Prints words from column at, breaking lines before COLUMNS; lines that
 * follow begin at column indent. What stands in brackets keeps together.
 */
static void
put_words(const char *text, size_t at, size_t indent)
{
	const char *p = text;
	bool fresh = true;

	while (*p != '\0') {
		size_t len = 0;
		int depth = 0;

		while (p[len] != '\0' && (p[len] != ' ' || depth > 0)) {
			depth += p[len] == '[';
			depth -= p[len] == ']';
			len++;
		}
		if (!fresh && at + 1 + len > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			fresh = true;
		}
		printf("%s%.*s", fresh ? "" : " ", (int)len, p);
		at += len + (fresh ? 0 : 1);
		fresh = false;
		p += len;
		while (*p == ' ')
			p++;
	}
	putchar('\n');
}

static void
put_option(const struct cli_option *o)
{
	int at = o->letter != 0 ? printf("  -%c, --%s", o->letter, o->name)
				: printf("      --%s", o->name);

	if (o->arg != NULL)
		at += printf(" %s", o->arg);
	if (at + 2 > HELP_COLUMN) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", HELP_COLUMN - at, "");
	put_words(o->help, HELP_COLUMN, HELP_COLUMN);
}

void
cli_help_verb(const struct cli_tool *t, const struct cli_verb *v)
{
	int at = v->name != NULL ? printf("usage: %s %s ", t->name, v->name)
				 : printf("usage: %s ", t->name);

	put_words(v->synopsis, (size_t)at, (size_t)at);
	putchar('\n');
	put_words(v->summary, 0, 0);
	putchar('\n');
	for (const struct cli_option *o = v->options; o->name != NULL; o++)
		put_option(o);
	for (const struct cli_option *o = cli_common; o->name != NULL; o++)
		put_option(o);
}

static void
put_verb(const char *name, const char *summary)
{
	printf("  %-*s", VERB_COLUMN - 2, name);
	put_words(summary, VERB_COLUMN, VERB_COLUMN);
}

void
cli_help_tool(const struct cli_tool *t)
{
	if (t->verb_count == 1 && t->verbs[0].name == NULL) {
		cli_help_verb(t, &t->verbs[0]);
		return;
	}
	printf("usage: %s VERB [option]... [word]...\n\n", t->name);
	put_words(t->summary, 0, 0);
	putchar('\n');
	for (size_t i = 0; i < t->verb_count; i++) {
		if (strchr(t->verbs[i].name, ' ') == NULL)
			put_verb(t->verbs[i].name, t->verbs[i].summary);
	}
	printf("\nSee '%s VERB --help' for a verb's options, and %s(1).\n",
	    t->name, t->name);
}

void
cli_help_group(const struct cli_tool *t, const struct cli_verb *group)
{
	printf("usage: %s %s %s\n\n", t->name, group->name, group->synopsis);
	put_words(group->summary, 0, 0);
	putchar('\n');
	for (size_t i = 0; i < t->verb_count; i++) {
		const char *action = cli_action(group, &t->verbs[i]);

		if (action != NULL)
			put_verb(action, t->verbs[i].summary);
	}
	printf("\nSee '%s %s %s --help', and %s-%s(1).\n", t->name, group->name,
	    group->operand, t->name, group->name);
}
