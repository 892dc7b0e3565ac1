/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of the device: its parts, and what comes of it. */
#ifndef N200SIM_CALL_H
#define N200SIM_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "json.h"
#include "sim.h"

enum { CALL_FIELDS_MAX = 32, CALL_ARGS_MAX = 8 };

struct field {
	char *name;
	char *value;
};

struct call {
	struct sim *sim;
	const struct user *user;
	enum fault fault;
	bool post;
	char *text; /* where the rest points */
	const char *command; /* "" if there is none */
	struct field fields[CALL_FIELDS_MAX]; /* POST's, but for command */
	size_t field_count;
	char *args[CALL_ARGS_MAX]; /* GET's, behind the command */
	size_t arg_count;
};

struct reply {
	unsigned status; /* HTTP's */
	enum json_style style;
	cJSON *json;
};

/* A form's fields, a path's parts; NULL, or why it cannot be read. */
const char *call_read_form(struct call *c, const char *body, size_t len);
const char *call_read_path(struct call *c, const char *path);
void call_free(struct call *c);

/* NULL if there is no such field. */
const char *call_field(const struct call *c, const char *name);

/* Does what the call says. */
void call_run(struct call *c, struct reply *r);
/* Says so, in JSON. */
void call_error(const struct call *c, struct reply *r, const char *text);
void call_denied(const struct call *c, struct reply *r);
/*
 * The core in that field, which the user has a rule for; "" as a name: his
 * lowest. False: r says why.
 */
bool call_core(
    const struct call *c, struct reply *r, const char *name, unsigned *core);

/* The command that signs, with the device locked. */
void sign_run(struct call *c, struct reply *r);

#endif
