/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eitime: a moment some days from now, as DNSSEC tools take it. date(1) has no
 * portable way to say so: ldns-signzone -e $(eitime -z 60) ...
 */
#include <stdio.h>

#include <dnssecflow/when.h>

#include "cli.h"

enum { DAY_S = 86400, DAYS_MAX = 2932896 }; /* 1970-01-01 to 9999-12-31 */

static const struct cli_option options[] = {
    {'z', "zero", NULL, "set the time of day to 00:00:00"},
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

/* A whole number, with or without a sign. */
static bool
parse_days(const char *text, int64_t *days)
{
	uint64_t n;

	if (!cli_number_parse(
		text + (*text == '-' || *text == '+'), 0, DAYS_MAX, &n))
		return false;
	*days = *text == '-' ? -(int64_t)n : (int64_t)n;
	return true;
}

static enum dflow_status
run(const struct cli *c, struct dflow_err *err)
{
	char offset[32], text[DFLOW_WHEN_TEXT];
	int64_t days = 0, when = 0;
	enum dflow_status st;

	if (c->operand_count == 1 && !parse_days(c->operands[0], &days))
		return cli_error(err, DFLOW_USAGE,
		    "days must be a whole number up to %d, not '%s'", DAYS_MAX,
		    c->operands[0]);
	/* The library's parser has the bounds of what a time can be. */
	(void)snprintf(offset, sizeof(offset), "now%+lldd", (long long)days);
	st = dflow_when_parse(offset, c->now, &when, err);
	if (st != DFLOW_OK)
		return st;
	if (cli_has(c, "zero"))
		when -= when % DAY_S;
	dflow_when_text(when, text);
	puts(text);
	return DFLOW_OK;
}

static const struct cli_verb verb = {
    .synopsis = "[-z] [--now TIME] [days]",
    .summary = "print the UTC time some days from now",
    .options = options,
    .operand = "days",
    .operands_max = 1,
    .run = run,
};

static const struct cli_tool tool = {
    .name = "eitime",
    .summary = "print the UTC time some days from now",
    .verbs = &verb,
    .verb_count = 1,
};

int
main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
