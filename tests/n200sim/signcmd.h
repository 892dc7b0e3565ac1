/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command that signs. No article shows it, so all of it is assumed, and
 * each thing about it can be had in several ways.
 */
#ifndef N200SIM_SIGNCMD_H
#define N200SIM_SIGNCMD_H

#include <stdbool.h>

#include "device.h"
#include "encoding.h"

enum { SIGN_WORD = 64, SIGN_PATH = 128 };

enum sign_field { SIGN_CORE, SIGN_KEY, SIGN_DATA, SIGN_PIN, SIGN_FIELDS };

struct sign_variant {
	char command[SIGN_WORD];
	char fields[SIGN_FIELDS][SIGN_WORD]; /* "": there is none */
	enum key_form key_form;
	bool message; /* the data is hashed here; else it is a digest */
	bool hash_text; /* broken: the text is hashed as it came */
	enum encoding input;
	char result[2][SIGN_PATH]; /* r's and s's, if the second is not "" */
	enum encoding output;
	bool der;
};

void sign_variant_init(struct sign_variant *v);
/* --sign-NAME VALUE; false if there is no such NAME, or VALUE is not right. */
bool sign_variant_set(
    struct sign_variant *v, const char *name, const char *value);
/* False, and why, if some of its settings do not go together. */
bool sign_variant_fits(const struct sign_variant *v, const char **why);

#endif
