/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong, when, and how often. */
#ifndef N200SIM_FAULT_H
#define N200SIM_FAULT_H

#include <pthread.h>
#include <stdbool.h>

#include <cjson/cJSON.h>

enum fault {
	FAULT_NONE,
	/* The connection is closed before its handshake. */
	FAULT_CUT_CONNECT,
	/* In place of what was asked for, which is not done. */
	FAULT_DROP_BEFORE,
	FAULT_STALL_BEFORE,
	FAULT_401,
	FAULT_403,
	FAULT_500,
	FAULT_502,
	FAULT_503,
	FAULT_REDIRECT,
	FAULT_REDIRECT_307,
	/* In the work of the command that signs. */
	FAULT_FALSE_SIGNATURE,
	FAULT_OTHER_KEY,
	FAULT_ZERO_SIGNATURE,
	FAULT_LONG_SIGNATURE,
	/* In the answer, as JSON. */
	FAULT_WRONG_ECHO,
	FAULT_ERROR_MEMBER,
	FAULT_NO_RESULT,
	FAULT_NULL_RESULT,
	FAULT_EMPTY_RESULT,
	FAULT_RESULT_TYPE,
	FAULT_JSON_ARRAY,
	/* In the answer, as bytes: all has been done. */
	FAULT_DROP,
	FAULT_STALL,
	FAULT_502_AFTER,
	FAULT_TRUNCATED,
	FAULT_OVERSIZED,
	FAULT_OVERSIZED_CHUNKED,
	FAULT_SLOW,
	FAULT_EMPTY,
	FAULT_NOT_JSON,
	FAULT_JSON_GARBAGE_BEHIND,
	FAULT_NUL_BEHIND,
	FAULT_DEEP,
	FAULT_ECHO_SECRETS,
	FAULT_ECHO_SECRETS_500,
	FAULT_ECHO_SECRETS_LATE,
	FAULT_CLOSE_AFTER,
	FAULTS,
};

enum { FAULT_RULES_MAX = 32, FAULT_COMMAND = 64 };

struct fault_rule {
	enum fault kind;
	char command[FAULT_COMMAND]; /* "": any */
	unsigned long skip; /* so many go well first */
	unsigned long left; /* then so many do not */
};

struct fault_rules {
	pthread_mutex_t lock;
	struct fault_rule rules[FAULT_RULES_MAX];
	size_t count;
};

void fault_init(struct fault_rules *f);
/* KIND[:COMMAND[:N[:SKIP]]]; false if it is not that. */
bool fault_add(struct fault_rules *f, const char *text);
/* Names of all kinds, for --help. */
const char *fault_name(enum fault kind);

/* What befalls this request of that command. */
enum fault fault_pick(struct fault_rules *f, const char *command);
/* True if this connection is to be cut. */
bool fault_cuts(struct fault_rules *f);

/* The faults in the answer's JSON; takes it, returns what to say instead. */
cJSON *fault_json(enum fault kind, cJSON *answer);

#endif
