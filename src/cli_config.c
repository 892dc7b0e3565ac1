/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The --config file: a verb's long options, one a line, the name and then its
 * argument. A '#' at the start or behind a blank begins a comment. What the
 * command line gives too is dropped. Refuses everything else with file:line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static bool
is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/* Cuts comment and blanks at both ends; the text's first character. */
static char *
trim(char *line)
{
	size_t len;

	for (char *p = line; *p != '\0'; p++) {
		if (*p == '#' && (p == line || is_blank(p[-1]))) {
			*p = '\0';
			break;
		}
	}
	while (is_blank(*line))
		line++;
	len = strlen(line);
	while (len > 0 && is_blank(line[len - 1]))
		line[--len] = '\0';
	return line;
}

/* True if one of the first count values, the command line's, is this option. */
static bool
was_given(const struct cli *c, size_t count, const struct cli_option *o)
{
	for (size_t i = 0; i < count; i++) {
		if (c->values[i].option == o)
			return true;
	}
	return false;
}

static enum dflow_status
take_line(struct cli *c, size_t given, char *line, struct cli_value *v,
    struct dflow_err *err)
{
	char *arg = line + strcspn(line, " \t");

	while (is_blank(*arg))
		*arg++ = '\0';
	v->option = cli_option_find(c->verb, line);
	v->text = arg;
	for (const struct cli_option *o = cli_common; o->name != NULL; o++) {
		if (v->option == o)
			return cli_error(err, DFLOW_USAGE,
			    "%s:%zu: option '%s' is for the command line alone",
			    v->file, v->line, line);
	}
	if (v->option == NULL)
		return cli_error(err, DFLOW_USAGE,
		    "%s:%zu: unknown option "
		    "'%.60s'",
		    v->file, v->line, line);
	if (v->option->arg != NULL && *arg == '\0')
		return cli_error(err, DFLOW_USAGE,
		    "%s:%zu: option '%s' wants "
		    "%s",
		    v->file, v->line, line, v->option->arg);
	if (v->option->arg == NULL && *arg != '\0')
		return cli_error(err, DFLOW_USAGE,
		    "%s:%zu: option '%s' takes "
		    "no argument",
		    v->file, v->line, line);
	if (was_given(c, given, v->option))
		return DFLOW_OK;
	return cli_value_add(c, v, err);
}

enum dflow_status
cli_config(struct cli *c, const char *path, struct dflow_err *err)
{
	char line[CLI_CONFIG_LINE_MAX];
	struct cli_value v = {.file = path};
	enum dflow_status st = DFLOW_OK;
	size_t given = c->value_count;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return cli_error(
		    err, DFLOW_FAILED, "%s: %s", path, strerror(errno));
	while (st == DFLOW_OK && fgets(line, sizeof(line), f) != NULL) {
		size_t len = strlen(line);
		char *text;

		v.line++;
		if ((len == 0 || line[len - 1] != '\n') && !feof(f)) {
			st = cli_error(err, DFLOW_USAGE,
			    "%s:%zu: line longer "
			    "than %d bytes, or a zero byte in it",
			    path, v.line, CLI_CONFIG_LINE_MAX - 2);
			break;
		}
		if (v.line > CLI_CONFIG_LINES_MAX) {
			st = cli_error(err, DFLOW_USAGE,
			    "%s: more than %d "
			    "lines",
			    path, CLI_CONFIG_LINES_MAX);
			break;
		}
		text = trim(line);
		if (*text != '\0')
			st = take_line(c, given, text, &v, err);
	}
	if (st == DFLOW_OK && ferror(f))
		st = cli_error(
		    err, DFLOW_FAILED, "%s: %s", path, strerror(errno));
	fclose(f);
	return st;
}
