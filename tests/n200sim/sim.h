/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A simulated device and all that its requests share. */
#ifndef N200SIM_SIM_H
#define N200SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "counters.h"
#include "device.h"
#include "fault.h"
#include "pause.h"
#include "signcmd.h"

/* Odd ways of answering that the articles show, or that may be. */
enum quirk {
	QUIRK_CORE_MISSING = 1u << 0, /* no "core" in any answer */
	QUIRK_STRINGS = 1u << 1, /* all numbers are strings */
	QUIRK_SPELLINGS = 1u << 2, /* publickey and public_key swapped */
	QUIRK_POINT_04 = 1u << 3, /* public keys begin with 04 */
	QUIRK_POINT_LOWER = 1u << 4, /* public keys in lower case */
	QUIRK_NO_ECHO = 1u << 5, /* no "command" in any answer */
	QUIRK_NO_TOKEN = 1u << 6, /* listkeys without token_name */
	QUIRK_NO_PUBLIC = 1u << 7, /* listkeys without public_key */
};

enum { DELAYS_MAX = 16, LOADS_MAX = 16 };

struct delay {
	char command[SIGN_WORD]; /* "": each */
	unsigned ms;
};

/* Fixed before the first request. */
struct settings {
	const char *cert;
	const char *key;
	char priorities[256]; /* GnuTLS's */
	const char *counters; /* NULL: none */
	const char *users; /* NULL: the usual */
	const char *redirect; /* where a redirect leads */
	unsigned port; /* 0: any */
	bool ipv6;
	unsigned lifetime_s;
	int64_t clock; /* -1: the machine's */
	unsigned next_number; /* of the next key id */
	bool article;
	const char *loads[LOADS_MAX]; /* FILE[,NAME=VALUE...] */
	size_t load_count;
	struct delay delays[DELAYS_MAX];
	size_t delay_count;
	unsigned die_after; /* 0: never */
	unsigned denied_status; /* HTTP's */
	unsigned error_status;
	unsigned list_core; /* 0: of all cores */
	bool strict_fields;
	bool pin_stored;
	unsigned pin_tries; /* 0: any number */
	unsigned quirks;
	struct sign_variant sign;
};

struct sim {
	struct settings set;
	struct counters counters;
	struct fault_rules faults;
	struct pause pause;
	struct device device;
};

/* Unix seconds, by --clock. */
int64_t sim_now(const struct sim *s);
/* Reads the command line; says what is wrong with it and ends the program. */
void sim_options(struct sim *s, int argc, char **argv);
/* --load's key into the device; false if it cannot be. */
bool sim_load(struct sim *s, const char *text);

#endif
