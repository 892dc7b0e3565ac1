/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command-line face that the tools share: verbs and options from tables,
 * --help made from them, --config, and one place for what goes to stderr.
 */
#ifndef SRC_CLI_H
#define SRC_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dnssecflow/err.h>

struct cli;

struct cli_option {
	char letter; /* 0: the long form alone */
	const char *name; /* long form; NULL ends a table */
	const char *arg; /* what the argument is called; NULL: takes none */
	const char *help;
};

/*
 * Rows for options that many verbs have. cli_main acts on the first two:
 * struct cli's now and json are theirs. --help and --config are in each verb.
 */
#define CLI_OPTION_NOW                                             \
	{                                                          \
		0, "now", "TIME", "take TIME for the current time" \
	}
#define CLI_OPTION_JSON                                              \
	{                                                            \
		0, "json", NULL, "report as JSON on standard output" \
	}
#define CLI_OPTION_END              \
	{                           \
		0, NULL, NULL, NULL \
	}

/*
 * A verb may have a name of two words, "n200 list". Verbs with the same first
 * word are a group: a row of that word alone, without run, stands before them
 * and has the group's summary.
 */
struct cli_verb {
	const char *name; /* NULL: the tool's only verb, which has no name */
	const char *synopsis; /* what stands behind the name in the usage */
	const char *summary; /* one line */
	const struct cli_option *options;
	const char *operand; /* what an operand is called: ZONE */
	size_t operands_min;
	size_t operands_max;
	/*
	 * Does the work. A status other than DFLOW_OK is the exit status; its
	 * text, unless that is empty, goes to stderr.
	 */
	enum dflow_status (*run)(const struct cli *c, struct dflow_err *err);
};

struct cli_tool {
	const char *name;
	const char *summary;
	const struct cli_verb *verbs;
	size_t verb_count;
};

/* An option as it was given. */
struct cli_value {
	const struct cli_option *option;
	char *text; /* its argument; "" if it takes none */
	const char *file; /* the --config file, or NULL: the command line */
	size_t line;
};

struct cli {
	const struct cli_tool *tool;
	const struct cli_verb *verb;
	struct cli_value *values;
	size_t value_count;
	size_t value_cap;
	const char **operands;
	size_t operand_count;
	int64_t now; /* the clock's, or --now */
	bool json;
};

enum { CLI_CONFIG_LINES_MAX = 1000, CLI_CONFIG_LINE_MAX = 4096 };

/* Parses, runs the verb, reports: main's whole body. The exit status. */
int cli_main(const struct cli_tool *tool, int argc, char **argv);

/*
 * Options by their long names, which must be in the verb's table. The last
 * one given counts, but cli_nth sees all.
 */
bool cli_has(const struct cli *c, const char *name);
/* Its argument, or NULL if it was not given. */
const char *cli_text(const struct cli *c, const char *name);
size_t cli_count(const struct cli *c, const char *name);
const char *cli_nth(const struct cli *c, const char *name, size_t i);

/*
 * Read the option's argument if it was given; else *out stays as it is.
 * DFLOW_USAGE names the option, or the line of the --config file.
 */
DFLOW_NODISCARD enum dflow_status cli_when(
    const struct cli *c, const char *name, int64_t *out, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status cli_span(const struct cli *c,
    const char *name, int64_t *out_s, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status cli_number(const struct cli *c,
    const char *name, uint64_t min, uint64_t max, uint64_t *out,
    struct dflow_err *err);
/* Bytes, or with K, M or G behind, powers of 1024; CLI_SIZE_MIN or more. */
enum { CLI_SIZE_MIN = 1 << 20 };
DFLOW_NODISCARD enum dflow_status cli_size(
    const struct cli *c, const char *name, size_t *out, struct dflow_err *err);
/* DFLOW_USAGE that names an option that was given, as the ones above do. */
enum dflow_status cli_refuse(const struct cli *c, const char *name,
    const char *why, struct dflow_err *err);

/* A decimal number and nothing else, between min and max. */
bool cli_number_parse(
    const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * Fills err and returns status; what is not printable ASCII becomes visible.
 * cli_fail adds where to find help to a DFLOW_USAGE.
 */
enum dflow_status cli_error(struct dflow_err *err, enum dflow_status status,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Writes "TOOL: text" to stderr, unless text is empty; returns the status. */
int cli_fail(const struct cli *c, const struct dflow_err *err);

/* Writes "TOOL: text" to stderr: what is no error, but should be known. */
void cli_warn(const struct cli *c, const char *text);

/* Text for a person, on stderr; its lines end in newlines already. */
void cli_say(const char *text);

/* True if stderr is a terminal: somebody is there to read what is no error. */
bool cli_watched(void);

/*
 * A line on a terminal that is written over: how far it is, how fast, how
 * long yet. Nothing if stderr is no terminal; at most five times a second.
 * Start from zeroes; a phase begins when its name changes.
 */
struct cli_progress {
	bool asked; /* whether stderr is a terminal, which is */
	bool terminal;
	bool shown;
	char what[16];
	uint64_t first; /* done when the phase was first heard of, which was */
	uint64_t done;
	double since_s;
	double last_s; /* when the line was last written */
};
void cli_progress(
    struct cli_progress *p, const char *what, uint64_t done, uint64_t total);
/* The same for struct dflow_progress, with a struct cli_progress as its ctx. */
void cli_tell(void *ctx, const char *phase, size_t done, size_t total);
/* Erases the line. */
void cli_progress_end(struct cli_progress *p);

/* For the files of the face itself. */
DFLOW_NODISCARD enum dflow_status cli_parse(
    struct cli *c, int argc, char **argv, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status cli_config(
    struct cli *c, const char *path, struct dflow_err *err);
/* Copies text; DFLOW_FAILED when out of memory. */
DFLOW_NODISCARD enum dflow_status cli_value_add(
    struct cli *c, const struct cli_value *v, struct dflow_err *err);
/* The row of that name in the verb's table or among those of all verbs. */
const struct cli_option *cli_option_find(
    const struct cli_verb *v, const char *name);
/* The second word of a verb of that group; NULL if v is none. */
const char *cli_action(const struct cli_verb *group, const struct cli_verb *v);
/* Rows that every verb has: --help, --version and --config. */
extern const struct cli_option cli_common[];
void cli_help_tool(const struct cli_tool *t);
void cli_help_group(const struct cli_tool *t, const struct cli_verb *group);
void cli_help_verb(const struct cli_tool *t, const struct cli_verb *v);

#endif
