/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Undoes %XX, and '+' in forms, in place; false if that cannot be done. */
static bool
decode(char *text, bool form)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		char two[3] = {0};

		if (*at == '+' && form) {
			*to++ = ' ';
			continue;
		}
		if (*at != '%') {
			*to++ = *at;
			continue;
		}
		if (!isxdigit((unsigned char)at[1]) ||
		    !isxdigit((unsigned char)at[2]))
			return false;
		two[0] = at[1];
		two[1] = at[2];
		*to = (char)strtoul(two, NULL, 16);
		if (*to++ == '\0')
			return false;
		at += 2;
	}
	*to = '\0';
	return true;
}

static const char *
add_field(struct call *c, char *pair)
{
	char *value = strchr(pair, '=');

	if (value == NULL)
		return "a field without a value";
	*value++ = '\0';
	if (!decode(pair, true) || !decode(value, true))
		return "a field's percent-encoding is broken";
	if (strcmp(pair, "command") == 0) {
		if (c->command[0] != '\0')
			return "two commands";
		c->command = value;
		return NULL;
	}
	if (call_field(c, pair) != NULL)
		return "a field is there twice";
	if (c->field_count == CALL_FIELDS_MAX)
		return "too many fields";
	c->fields[c->field_count].name = pair;
	c->fields[c->field_count].value = value;
	c->field_count++;
	return NULL;
}

const char *
call_read_form(struct call *c, const char *body, size_t len)
{
	char *save = NULL;

	c->command = "";
	c->text = malloc(len + 1);
	if (c->text == NULL)
		abort();
	memcpy(c->text, body, len);
	c->text[len] = '\0';
	if (strlen(c->text) != len)
		return "a NUL in the form";
	for (char *pair = strtok_r(c->text, "&", &save); pair != NULL;
	     pair = strtok_r(NULL, "&", &save)) {
		const char *why = add_field(c, pair);

		if (why != NULL)
			return why;
	}
	return NULL;
}

const char *
call_read_path(struct call *c, const char *path)
{
	static const char base[] = "/n200/";
	char *part = NULL;
	bool first = true;

	c->command = "";
	if (strncmp(path, base, sizeof(base) - 1) != 0)
		return "not below /n200/";
	if (path[strlen(path) - 1] != '/')
		return "no / at the end";
	c->text = strdup(path + sizeof(base) - 1);
	if (c->text == NULL)
		abort();
	for (part = c->text; *part != '\0'; first = false) {
		char *end = strchr(part, '/');

		*end = '\0';
		if (!decode(part, false))
			return "the path's percent-encoding is broken";
		if (first)
			c->command = part;
		else if (c->arg_count == CALL_ARGS_MAX)
			return "too many arguments";
		else
			c->args[c->arg_count++] = part;
		part = end + 1;
	}
	return NULL;
}

void
call_free(struct call *c)
{
	free(c->text);
	c->text = NULL;
}

const char *
call_field(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (strcmp(c->fields[i].name, name) == 0)
			return c->fields[i].value;
	return NULL;
}

void
call_error(const struct call *c, struct reply *r, const char *text)
{
	cJSON_Delete(r->json);
	r->json = cJSON_CreateObject();
	cJSON_AddStringToObject(r->json, "command", c->command);
	cJSON_AddStringToObject(r->json, "error", text);
	r->style = JSON_LINES;
	r->status = c->sim->set.error_status;
}

void
call_denied(const struct call *c, struct reply *r)
{
	counters_add(&c->sim->counters, COUNT_ACCESS_DENIED, 1);
	call_error(c, r, "access denied");
	r->status = c->sim->set.denied_status;
}

bool
call_core(
    const struct call *c, struct reply *r, const char *name, unsigned *core)
{
	const char *text = NULL;

	*core = user_core(c->user);
	if (name[0] == '\0')
		return true;
	text = call_field(c, name);
	if (text == NULL) {
		call_error(c, r, "core missing");
		return false;
	}
	if (text[0] < '1' || text[0] > '0' + DEVICE_CORES || text[1] != '\0') {
		call_error(c, r, "no such core");
		return false;
	}
	*core = (unsigned)(text[0] - '0');
	if (!user_may(c->user, *core)) {
		call_denied(c, r);
		return false;
	}
	return true;
}
