/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON as the articles show it. */
#ifndef N200SIM_JSON_H
#define N200SIM_JSON_H

#include <stdbool.h>

#include <cjson/cJSON.h>

enum json_style {
	JSON_LINES, /* members on lines of their own, two blanks a level */
	JSON_ONE_LINE, /* {"command": "timestamp", "result": "1664657599"} */
};

/* The text with a newline at its end, for free(). */
char *json_text(const cJSON *item, enum json_style style);

/* Makes strings of all numbers in it. */
void json_numbers_to_strings(cJSON *item);

/*
 * Puts item at a dotted path below root, making what lies between; a part
 * that is a number is an array's element. False if something else is there;
 * item is taken either way.
 */
bool json_put(cJSON *root, const char *path, cJSON *item);

#endif
