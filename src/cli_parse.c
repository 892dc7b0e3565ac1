/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a verb's words and its --config file by the verb's table. Refuses
 * options that the table does not have, and arguments too many or too few.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/when.h>

#include "cli.h"

/* getopt's code of row i; codes below are letters. */
enum { LONG_FIRST = 256 };

const struct cli_option cli_common[] = {
    {0, "config", "FILE", "read options from FILE, one a line"},
    {0, "help", NULL, "show this help"},
    {0, "version", NULL, "show the version"},
    CLI_OPTION_END,
};

static size_t
row_count(const struct cli_option *rows)
{
	size_t n = 0;

	while (rows[n].name != NULL)
		n++;
	return n;
}

/* Row i of the verb's table and, behind it, of the common one. */
static const struct cli_option *
row_at(const struct cli_verb *v, size_t i)
{
	size_t own = row_count(v->options);

	return i < own ? &v->options[i] : &cli_common[i - own];
}

const struct cli_option *
cli_option_find(const struct cli_verb *v, const char *name)
{
	size_t count = row_count(v->options) + row_count(cli_common);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(row_at(v, i)->name, name) == 0)
			return row_at(v, i);
	}
	return NULL;
}

static const struct cli_option *
find_code(const struct cli_verb *v, int code)
{
	if (code >= LONG_FIRST)
		return row_at(v, (size_t)(code - LONG_FIRST));
	for (const struct cli_option *o = v->options; o->name != NULL; o++) {
		if (code != 0 && o->letter == code)
			return o;
	}
	return NULL;
}

enum dflow_status
cli_value_add(struct cli *c, const struct cli_value *v, struct dflow_err *err)
{
	struct cli_value *grown;
	char *text;

	if (c->value_count == c->value_cap) {
		size_t cap = c->value_cap * 2 + 16;

		grown = realloc(c->values, cap * sizeof(*grown));
		if (grown == NULL)
			return cli_error(err, DFLOW_FAILED, "out of memory");
		c->values = grown;
		c->value_cap = cap;
	}
	text = strdup(v->text != NULL ? v->text : "");
	if (text == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	c->values[c->value_count] = *v;
	c->values[c->value_count].text = text;
	c->value_count++;
	return DFLOW_OK;
}

/* What getopt found wrong with the word before optind, or with optopt. */
static enum dflow_status
complain(const struct cli *c, int code, const char *word, struct dflow_err *err)
{
	const struct cli_option *o = find_code(c->verb, optopt);

	if (code == ':' && o != NULL)
		return cli_error(
		    err, DFLOW_USAGE, "option '%s' wants %s", word, o->arg);
	if (o != NULL)
		return cli_error(err, DFLOW_USAGE,
		    "option '--%s' takes no argument", o->name);
	if (optopt != 0)
		return cli_error(
		    err, DFLOW_USAGE, "unknown option '-%c'", optopt);
	return cli_error(err, DFLOW_USAGE, "unknown option '%s'", word);
}

/*
 * letters begins with "-:": operands come in their turn whatever
 * POSIXLY_CORRECT says, and a missing argument is told from an unknown option.
 */
static enum dflow_status
read_words(struct cli *c, int argc, char **argv, const char *letters,
    const struct option *longs, struct dflow_err *err)
{
	opterr = 0;
	optind = 0;
	for (;;) {
		struct cli_value v = {0};
		enum dflow_status st;
		int at = optind == 0 ? 1 : optind;
		int code = getopt_long(argc, argv, letters, longs, NULL);

		if (code == -1)
			break;
		if (code == 1) {
			c->operands[c->operand_count++] = optarg;
			continue;
		}
		if (code == '?' || code == ':')
			return complain(c, code, argv[at], err);
		v.option = find_code(c->verb, code);
		v.text = optarg;
		st = cli_value_add(c, &v, err);
		if (st != DFLOW_OK)
			return st;
	}
	while (optind < argc)
		c->operands[c->operand_count++] = argv[optind++];
	return DFLOW_OK;
}

/* Fills getopt's two tables from ours. */
static void
make_tables(
    const struct cli_verb *v, size_t count, char *letters, struct option *longs)
{
	*letters++ = '-';
	*letters++ = ':';
	for (size_t i = 0; i < count; i++) {
		const struct cli_option *o = row_at(v, i);

		longs[i].name = o->name;
		longs[i].has_arg =
		    o->arg != NULL ? required_argument : no_argument;
		longs[i].val = LONG_FIRST + (int)i;
		if (o->letter == 0)
			continue;
		*letters++ = o->letter;
		if (o->arg != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
}

enum dflow_status
cli_parse(struct cli *c, int argc, char **argv, struct dflow_err *err)
{
	size_t count = row_count(c->verb->options) + row_count(cli_common);
	char *letters = calloc(count + 2, 2);
	struct option *longs = calloc(count + 1, sizeof(*longs));
	enum dflow_status st;

	c->operands = calloc((size_t)argc + 1, sizeof(*c->operands));
	if (letters == NULL || longs == NULL || c->operands == NULL) {
		st = cli_error(err, DFLOW_FAILED, "out of memory");
		goto out;
	}
	make_tables(c->verb, count, letters, longs);
	st = read_words(c, argc, argv, letters, longs, err);
	if (st == DFLOW_OK && cli_has(c, "config"))
		st = cli_config(c, cli_text(c, "config"), err);
out:
	free(letters);
	free(longs);
	return st;
}

static const struct cli_value *
last_value(const struct cli *c, const char *name)
{
	for (size_t i = c->value_count; i > 0; i--) {
		if (strcmp(c->values[i - 1].option->name, name) == 0)
			return &c->values[i - 1];
	}
	return NULL;
}

bool
cli_has(const struct cli *c, const char *name)
{
	return last_value(c, name) != NULL;
}

const char *
cli_text(const struct cli *c, const char *name)
{
	const struct cli_value *v = last_value(c, name);

	return v != NULL ? v->text : NULL;
}

size_t
cli_count(const struct cli *c, const char *name)
{
	size_t count = 0;

	while (cli_nth(c, name, count) != NULL)
		count++;
	return count;
}

const char *
cli_nth(const struct cli *c, const char *name, size_t i)
{
	for (size_t n = 0; n < c->value_count; n++) {
		if (strcmp(c->values[n].option->name, name) != 0)
			continue;
		if (i-- == 0)
			return c->values[n].text;
	}
	return NULL;
}

/* Says why the value will not do, and where it stands. */
static enum dflow_status
bad_value(const struct cli_value *v, const char *why, struct dflow_err *err)
{
	if (v->file != NULL)
		return cli_error(err, DFLOW_USAGE, "%s:%zu: %s%s", v->file,
		    v->line, v->option->name, why);
	return cli_error(err, DFLOW_USAGE, "--%s%s", v->option->name, why);
}

enum dflow_status
cli_refuse(const struct cli *c, const char *name, const char *why,
    struct dflow_err *err)
{
	const struct cli_value *v = last_value(c, name);
	char text[DFLOW_ERR_TEXT];

	if (v == NULL)
		return cli_error(err, DFLOW_USAGE, "--%s: %s", name, why);
	(void)snprintf(text, sizeof(text), ": %s", why);
	return bad_value(v, text, err);
}

enum dflow_status
cli_when(
    const struct cli *c, const char *name, int64_t *out, struct dflow_err *err)
{
	const struct cli_value *v = last_value(c, name);
	struct dflow_err why = {.status = DFLOW_OK};

	if (v == NULL)
		return DFLOW_OK;
	if (dflow_when_parse(v->text, c->now, out, &why) != DFLOW_OK)
		return cli_refuse(c, name, why.text, err);
	return DFLOW_OK;
}

enum dflow_status
cli_span(const struct cli *c, const char *name, int64_t *out_s,
    struct dflow_err *err)
{
	const struct cli_value *v = last_value(c, name);
	struct dflow_err why = {.status = DFLOW_OK};

	if (v == NULL)
		return DFLOW_OK;
	if (dflow_span_parse(v->text, out_s, &why) != DFLOW_OK)
		return cli_refuse(c, name, why.text, err);
	return DFLOW_OK;
}

bool
cli_number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || n < min || n > max)
		return false;
	*out = n;
	return true;
}

enum dflow_status
cli_number(const struct cli *c, const char *name, uint64_t min, uint64_t max,
    uint64_t *out, struct dflow_err *err)
{
	const struct cli_value *v = last_value(c, name);
	char why[128];

	if (v == NULL || cli_number_parse(v->text, min, max, out))
		return DFLOW_OK;
	(void)snprintf(why, sizeof(why),
	    " is %" PRIu64 " to %" PRIu64 ", not '%.40s'", min, max, v->text);
	return bad_value(v, why, err);
}

/* Digits and perhaps a unit, and nothing else. */
static bool
size_parse(const char *text, size_t *out)
{
	static const char units[] = "KMG";
	size_t len = strlen(text);
	const char *unit = len > 0 ? strchr(units, text[len - 1]) : NULL;
	unsigned shift = 0;
	char number[24];
	uint64_t n;

	if (unit != NULL) {
		shift = 10 * ((unsigned)(unit - units) + 1);
		len--;
	}
	if (len >= sizeof(number))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	if (!cli_number_parse(number, 0, SIZE_MAX >> shift, &n) ||
	    n << shift < CLI_SIZE_MIN)
		return false;
	*out = (size_t)n << shift;
	return true;
}

enum dflow_status
cli_size(
    const struct cli *c, const char *name, size_t *out, struct dflow_err *err)
{
	const struct cli_value *v = last_value(c, name);
	char why[128];

	if (v == NULL || size_parse(v->text, out))
		return DFLOW_OK;
	(void)snprintf(why, sizeof(why),
	    " is bytes, 1M or more, with K, M or G behind as in 500M, not "
	    "'%.40s'",
	    v->text);
	return bad_value(v, why, err);
}
