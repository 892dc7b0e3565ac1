/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[FAULTS] = {
    [FAULT_NONE] = "none",
    [FAULT_CUT_CONNECT] = "cut-connect",
    [FAULT_DROP_BEFORE] = "drop-before",
    [FAULT_STALL_BEFORE] = "stall-before",
    [FAULT_401] = "401",
    [FAULT_403] = "403",
    [FAULT_500] = "500",
    [FAULT_502] = "502",
    [FAULT_503] = "503",
    [FAULT_REDIRECT] = "redirect",
    [FAULT_REDIRECT_307] = "redirect-307",
    [FAULT_FALSE_SIGNATURE] = "false-signature",
    [FAULT_OTHER_KEY] = "other-key",
    [FAULT_ZERO_SIGNATURE] = "zero-signature",
    [FAULT_LONG_SIGNATURE] = "long-signature",
    [FAULT_WRONG_ECHO] = "wrong-echo",
    [FAULT_ERROR_MEMBER] = "error-member",
    [FAULT_NO_RESULT] = "no-result",
    [FAULT_NULL_RESULT] = "null-result",
    [FAULT_EMPTY_RESULT] = "empty-result",
    [FAULT_RESULT_TYPE] = "result-type",
    [FAULT_JSON_ARRAY] = "json-array",
    [FAULT_DROP] = "drop",
    [FAULT_STALL] = "stall",
    [FAULT_502_AFTER] = "502-after",
    [FAULT_TRUNCATED] = "truncated",
    [FAULT_OVERSIZED] = "oversized",
    [FAULT_OVERSIZED_CHUNKED] = "oversized-chunked",
    [FAULT_SLOW] = "slow",
    [FAULT_EMPTY] = "empty",
    [FAULT_NOT_JSON] = "not-json",
    [FAULT_JSON_GARBAGE_BEHIND] = "json-garbage-behind",
    [FAULT_NUL_BEHIND] = "nul-behind",
    [FAULT_DEEP] = "deep",
    [FAULT_ECHO_SECRETS] = "echo-secrets",
    [FAULT_ECHO_SECRETS_500] = "echo-secrets-500",
    [FAULT_ECHO_SECRETS_LATE] = "echo-secrets-late",
    [FAULT_CLOSE_AFTER] = "close-after",
};

const char *
fault_name(enum fault kind)
{
	return names[kind];
}

void
fault_init(struct fault_rules *f)
{
	memset(f, 0, sizeof(*f));
	pthread_mutex_init(&f->lock, NULL);
}

/* A part of text up to a ':', which is cut off; NULL if there is none. */
static char *
next_part(char **text)
{
	char *part = *text;
	char *colon = NULL;

	if (part == NULL)
		return NULL;
	colon = strchr(part, ':');
	*text = NULL;
	if (colon != NULL) {
		*colon = '\0';
		*text = colon + 1;
	}
	return part;
}

static bool
read_count(const char *part, unsigned long *out)
{
	char *end = NULL;

	if (part == NULL)
		return true;
	*out = strtoul(part, &end, 10);
	return end != part && *end == '\0';
}

bool
fault_add(struct fault_rules *f, const char *text)
{
	struct fault_rule r = {.left = ULONG_MAX};
	char copy[256];
	char *rest = copy;
	char *kind = NULL;
	char *command = NULL;

	if (f->count == FAULT_RULES_MAX || strlen(text) >= sizeof(copy))
		return false;
	memcpy(copy, text, strlen(text) + 1);
	kind = next_part(&rest);
	command = next_part(&rest);
	for (int i = 1; i < FAULTS; i++)
		if (strcmp(names[i], kind) == 0)
			r.kind = (enum fault)i;
	if (command != NULL && strcmp(command, "*") != 0)
		snprintf(r.command, sizeof(r.command), "%s", command);
	if (r.kind == FAULT_NONE || !read_count(next_part(&rest), &r.left) ||
	    !read_count(next_part(&rest), &r.skip) || rest != NULL)
		return false;
	f->rules[f->count] = r;
	f->count++;
	return true;
}

/* Counts the rule's cases down; true if this is one. */
static bool
strikes(struct fault_rule *r)
{
	if (r->skip > 0) {
		r->skip--;
		return false;
	}
	if (r->left == 0)
		return false;
	if (r->left != ULONG_MAX)
		r->left--;
	return true;
}

enum fault
fault_pick(struct fault_rules *f, const char *command)
{
	enum fault kind = FAULT_NONE;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count && kind == FAULT_NONE; i++) {
		struct fault_rule *r = &f->rules[i];

		if (r->kind != FAULT_CUT_CONNECT &&
		    (r->command[0] == '\0' ||
			strcmp(r->command, command) == 0) &&
		    strikes(r))
			kind = r->kind;
	}
	pthread_mutex_unlock(&f->lock);
	return kind;
}

bool
fault_cuts(struct fault_rules *f)
{
	bool cut = false;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count && !cut; i++)
		cut = f->rules[i].kind == FAULT_CUT_CONNECT &&
		      strikes(&f->rules[i]);
	pthread_mutex_unlock(&f->lock);
	return cut;
}

static void
replace(cJSON *answer, const char *name, cJSON *item)
{
	cJSON_DeleteItemFromObjectCaseSensitive(answer, name);
	if (item != NULL)
		cJSON_AddItemToObject(answer, name, item);
}

cJSON *
fault_json(enum fault kind, cJSON *answer)
{
	const cJSON *command =
	    cJSON_GetObjectItemCaseSensitive(answer, "command");
	bool is_random = cJSON_IsString(command) &&
			 strcmp(command->valuestring, "getrandom") == 0;
	cJSON *array = NULL;

	switch (kind) {
	case FAULT_WRONG_ECHO:
		replace(answer, "command",
		    cJSON_CreateString(is_random ? "timestamp" : "getrandom"));
		break;
	case FAULT_ERROR_MEMBER:
		replace(
		    answer, "error", cJSON_CreateString("internal error 17"));
		break;
	case FAULT_NO_RESULT:
		replace(answer, "result", NULL);
		break;
	case FAULT_NULL_RESULT:
		replace(answer, "result", cJSON_CreateNull());
		break;
	case FAULT_EMPTY_RESULT:
		replace(answer, "result", cJSON_CreateString(""));
		break;
	case FAULT_RESULT_TYPE:
		replace(answer, "result", cJSON_CreateTrue());
		break;
	case FAULT_JSON_ARRAY:
		array = cJSON_CreateArray();
		cJSON_AddItemToArray(array, answer);
		return array;
	default:
		break;
	}
	return answer;
}
