/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eitime: a moment some days from now, as DNSSEC tools take it. date(1) has no
 * portable way to say so: ldns-signzone -e $(eitime -z 60) ...
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dnssecflow/when.h"

#define DAY_S ((int64_t)86400)
#define DAYS_MAX ((int64_t)2932896) /* 1970-01-01 to 9999-12-31 */

static const char usage_text[] =
    "usage: eitime [-z] [--now TIME] [days]\n";
static const char help_text[] =
    "\n"
    "Prints the UTC time that is days (0; may be negative) from now as\n"
    "YYYYMMDDHHMMSS, for -e and -i of DNSSEC signers.\n"
    "\n"
    "  -z, --zero    set the time of day to 00:00:00\n"
    "  --now TIME    count from TIME: YYYYMMDD, YYYYMMDDHHMMSS, an epoch of\n"
    "                9 to 11 digits, now, or an offset such as +60d\n"
    "  -h, --help    show this\n"
    "  -V, --version show the version\n";

struct options {
	bool zero;
	const char *now;
	const char *days;
};

enum next { NEXT_RUN, NEXT_DONE, NEXT_USAGE };

/* "-30" is a number of days and not an option. */
static bool
is_operand(const char *arg)
{
	return arg[0] != '-' || (arg[1] >= '0' && arg[1] <= '9');
}

static enum next
parse_option(int c, struct options *o)
{
	switch (c) {
	case 'z':
		o->zero = true;
		return NEXT_RUN;
	case 'n':
		o->now = optarg;
		return NEXT_RUN;
	case 'h':
		(void)printf("%s%s", usage_text, help_text);
		return NEXT_DONE;
	case 'V':
		(void)printf("eitime (%s)\n", PACKAGE_STRING);
		return NEXT_DONE;
	default:
		return NEXT_USAGE;
	}
}

/* Options may stand before and behind the days. */
static enum next
parse_arguments(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "zero", no_argument, NULL, 'z' },
		{ "now", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	bool options_end = false;
	enum next next;
	int c;

	while (optind < argc) {
		if (!options_end && !is_operand(argv[optind])) {
			c = getopt_long(argc, argv, "+hVz", longs, NULL);
			options_end = c == -1;
			next = c == -1 ? NEXT_RUN : parse_option(c, o);
			if (next != NEXT_RUN)
				return next;
		} else if (o->days == NULL) {
			o->days = argv[optind++];
		} else {
			(void)fprintf(stderr, "eitime: %s: one number of days "
			    "is all it takes\n", argv[optind]);
			return NEXT_USAGE;
		}
	}
	return NEXT_RUN;
}

/* A whole number, nothing around it. */
static bool
parse_days(const char *text, int64_t *days)
{
	const char *digits = text + (*text == '-' || *text == '+');
	long long v;
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || v > DAYS_MAX || v < -DAYS_MAX)
		return false;
	*days = v;
	return true;
}

static enum dflow_status
compute(const struct options *o, int64_t *when, struct dflow_err *err)
{
	char offset[32];
	int64_t days = 0, now = dflow_when_now();
	enum dflow_status st;

	if (o->now != NULL) {
		st = dflow_when_parse(o->now, now, &now, err);
		if (st != DFLOW_OK)
			return st;
	}
	if (o->days != NULL && !parse_days(o->days, &days)) {
		err->status = DFLOW_USAGE;
		(void)snprintf(err->text, sizeof(err->text),
		    "days must be a whole number from %lld to %lld",
		    (long long)-DAYS_MAX, (long long)DAYS_MAX);
		return DFLOW_USAGE;
	}
	(void)snprintf(offset, sizeof(offset), "now%+lldd", (long long)days);
	st = dflow_when_parse(offset, now, when, err);
	if (st == DFLOW_OK && o->zero)
		*when -= *when % DAY_S;
	return st;
}

/* A full disk behind standard output shows only now. */
static int
finish(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return DFLOW_OK;
	(void)fprintf(stderr, "eitime: standard output: %s\n",
	    strerror(errno));
	return DFLOW_FAILED;
}

int
main(int argc, char **argv)
{
	struct options o = { false, NULL, NULL };
	struct dflow_err err = { DFLOW_OK, "" };
	char text[DFLOW_WHEN_TEXT];
	int64_t when = 0;

	switch (parse_arguments(argc, argv, &o)) {
	case NEXT_DONE:
		return finish();
	case NEXT_USAGE:
		(void)fputs(usage_text, stderr);
		return DFLOW_USAGE;
	case NEXT_RUN:
		break;
	}
	if (compute(&o, &when, &err) != DFLOW_OK) {
		(void)fprintf(stderr, "eitime: %s\n", err.text);
		return (int)err.status;
	}
	dflow_when_text(when, text);
	(void)printf("%s\n", text);
	return finish();
}
