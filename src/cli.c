/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a verb and reports: the only file of the tools that writes to stderr.
 * Standard output is checked at the end, so that a full disk is an error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <dnssecflow/when.h>

#include "cli.h"
#include "progress.h"

/* As in the library: what drives a terminal may be UTF-8, too. */
static void
make_visible(const char *text, char out[DFLOW_ERR_TEXT])
{
	size_t len = 0;

	for (const char *p = text; *p != '\0' && len + 5 < DFLOW_ERR_TEXT;
	     p++) {
		unsigned char ch = (unsigned char)*p;

		if (ch >= ' ' && ch < 0x7f)
			out[len++] = *p;
		else
			len += (size_t)snprintf(out + len, 5, "\\%03u", ch);
	}
	out[len] = '\0';
}

enum dflow_status
cli_error(struct dflow_err *err, enum dflow_status status, const char *fmt, ...)
{
	char line[DFLOW_ERR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		line[0] = '\0';
	va_end(ap);
	make_visible(line, err->text);
	err->status = status;
	return status;
}

int
cli_fail(const struct cli *c, const struct dflow_err *err)
{
	if (err->text[0] == '\0')
		return (int)err->status;
	fprintf(stderr, "%s: %s", c->tool->name, err->text);
	if (err->status == DFLOW_USAGE && c->verb != NULL &&
	    c->verb->name != NULL)
		fprintf(stderr, "; see '%s %s --help'", c->tool->name,
		    c->verb->name);
	else if (err->status == DFLOW_USAGE)
		fprintf(stderr, "; see '%s --help'", c->tool->name);
	fputc('\n', stderr);
	return (int)err->status;
}

void
cli_warn(const struct cli *c, const char *text)
{
	char line[DFLOW_ERR_TEXT];

	make_visible(text, line);
	fprintf(stderr, "%s: %s\n", c->tool->name, line);
}

void
cli_say(const char *text)
{
	fputs(text, stderr);
}

bool
cli_watched(void)
{
	return isatty(STDERR_FILENO) == 1;
}

static double
steady_s(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Columns of the terminal, or 0. */
static unsigned
columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

void
cli_progress(
    struct cli_progress *p, const char *what, uint64_t done, uint64_t total)
{
	struct progress now = {.what = what, .done = done, .total = total};
	char text[PROGRESS_TEXT];
	double now_s;

	if (!p->asked)
		p->terminal = cli_watched();
	p->asked = true;
	if (!p->terminal)
		return;
	now_s = steady_s();
	if (strncmp(what, p->what, sizeof(p->what) - 1) != 0 ||
	    done < p->done) {
		(void)snprintf(p->what, sizeof(p->what), "%s", what);
		p->first = done;
		p->since_s = now_s;
	}
	p->done = done;
	if (p->shown && now_s - p->last_s < 0.2)
		return;
	p->shown = true;
	p->last_s = now_s;
	now.first = p->first;
	now.seconds = now_s - p->since_s;
	now.columns = columns();
	progress_text(&now, text);
	fprintf(stderr, "\r%s\033[K", text);
}

void
cli_tell(void *ctx, const char *phase, size_t done, size_t total)
{
	cli_progress(ctx, phase, done, total);
}

void
cli_progress_end(struct cli_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

/* What was printed must have arrived. */
static enum dflow_status
stdout_close(struct dflow_err *err)
{
	bool bad = ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) != 0)
		bad = true;
	if (!bad)
		return DFLOW_OK;
	return cli_error(err, DFLOW_FAILED,
	    "standard output: %s; what was printed is not whole",
	    errno != 0 ? strerror(errno) : "write error");
}

const char *
cli_action(const struct cli_verb *group, const struct cli_verb *v)
{
	size_t len = strlen(group->name);

	if (strncmp(v->name, group->name, len) != 0 || v->name[len] != ' ')
		return NULL;
	return v->name + len + 1;
}

static enum dflow_status
find_verb(struct cli *c, const char *name, struct dflow_err *err)
{
	for (size_t i = 0; i < c->tool->verb_count; i++) {
		if (strcmp(c->tool->verbs[i].name, name) == 0) {
			c->verb = &c->tool->verbs[i];
			return DFLOW_OK;
		}
	}
	if (name[0] == '-')
		return cli_error(err, DFLOW_USAGE,
		    "the first word must be a verb, not '%s'", name);
	return cli_error(err, DFLOW_USAGE, "unknown verb '%s'", name);
}

/* No second word, or none of the group's: says which there are. */
static enum dflow_status
no_action(const struct cli *c, const char *name, struct dflow_err *err)
{
	char list[DFLOW_ERR_TEXT / 2] = "";
	size_t len = 0;

	for (size_t i = 0; i < c->tool->verb_count; i++) {
		const char *action = cli_action(c->verb, &c->tool->verbs[i]);

		if (action == NULL || len >= sizeof(list))
			continue;
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
		    len > 0 ? ", " : "", action);
	}
	if (name == NULL)
		return cli_error(err, DFLOW_USAGE,
		    "%s wants one of these words behind it: %s", c->verb->name,
		    list);
	return cli_error(err, DFLOW_USAGE, "%s has no '%.60s'; it has %s",
	    c->verb->name, name, list);
}

/* c->verb is the group until its verb of that second word is found. */
static enum dflow_status
find_action(struct cli *c, const char *name, struct dflow_err *err)
{
	for (size_t i = 0; name != NULL && i < c->tool->verb_count; i++) {
		const struct cli_verb *v = &c->tool->verbs[i];
		const char *action = cli_action(c->verb, v);

		if (action != NULL && strcmp(action, name) == 0) {
			c->verb = v;
			return DFLOW_OK;
		}
	}
	return no_action(c, name, err);
}

static void
put_version(const struct cli *c)
{
	printf("%s (dnssecflow) %s\n", c->tool->name, PACKAGE_VERSION);
}

/* The options that mean the same in every verb, then the verb itself. */
static enum dflow_status
run_verb(struct cli *c, int argc, char **argv, struct dflow_err *err)
{
	enum dflow_status st;

	c->now = dflow_when_now();
	st = cli_parse(c, argc, argv, err);
	if (st != DFLOW_OK)
		return st;
	if (cli_has(c, "help")) {
		cli_help_verb(c->tool, c->verb);
		return DFLOW_OK;
	}
	if (cli_has(c, "version")) {
		put_version(c);
		return DFLOW_OK;
	}
	if (cli_option_find(c->verb, "now") != NULL) {
		st = cli_when(c, "now", &c->now, err);
		if (st != DFLOW_OK)
			return st;
	}
	c->json =
	    cli_option_find(c->verb, "json") != NULL && cli_has(c, "json");
	if (c->operand_count < c->verb->operands_min)
		return cli_error(
		    err, DFLOW_USAGE, "no %s given", c->verb->operand);
	if (c->operand_count > c->verb->operands_max)
		return cli_error(err, DFLOW_USAGE, "one word too many: '%s'",
		    c->operands[c->verb->operands_max]);
	return c->verb->run(c, err);
}

/* A verb of two words; argv[0] is the first. */
static enum dflow_status
run_group(struct cli *c, int argc, char **argv, struct dflow_err *err)
{
	const char *action = argc > 1 ? argv[1] : NULL;
	enum dflow_status st;

	if (action != NULL && strcmp(action, "--help") == 0) {
		cli_help_group(c->tool, c->verb);
		return DFLOW_OK;
	}
	if (action != NULL && strcmp(action, "--version") == 0) {
		put_version(c);
		return DFLOW_OK;
	}
	st = find_action(c, action, err);
	if (st != DFLOW_OK)
		return st;
	return run_verb(c, argc - 1, argv + 1, err);
}

static enum dflow_status
run_tool(struct cli *c, int argc, char **argv, struct dflow_err *err)
{
	enum dflow_status st;

	if (c->tool->verbs[0].name == NULL) {
		c->verb = &c->tool->verbs[0];
		return run_verb(c, argc, argv, err);
	}
	if (argc < 2)
		return cli_error(err, DFLOW_USAGE, "no verb given");
	if (strcmp(argv[1], "--help") == 0) {
		cli_help_tool(c->tool);
		return DFLOW_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		put_version(c);
		return DFLOW_OK;
	}
	st = find_verb(c, argv[1], err);
	if (st != DFLOW_OK)
		return st;
	if (c->verb->run == NULL)
		return run_group(c, argc - 1, argv + 1, err);
	return run_verb(c, argc - 1, argv + 1, err);
}

int
cli_main(const struct cli_tool *tool, int argc, char **argv)
{
	struct cli c = {.tool = tool};
	struct dflow_err err = {.status = DFLOW_OK};
	struct dflow_err out_err = {.status = DFLOW_OK};
	int status = DFLOW_OK;

	err.status = run_tool(&c, argc, argv, &err);
	if (err.status != DFLOW_OK)
		status = cli_fail(&c, &err);
	if (stdout_close(&out_err) != DFLOW_OK && status == DFLOW_OK)
		status = cli_fail(&c, &out_err);
	for (size_t i = 0; i < c.value_count; i++)
		free(c.values[i].text);
	free(c.values);
	free(c.operands);
	return status;
}
