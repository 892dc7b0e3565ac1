/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes JSON (RFC 8259) to a FILE, piece by piece; the reports are small and
 * of fixed shape, so nothing is held in memory. Write errors stay in the
 * FILE for whoever closes it.
 */
#ifndef SRC_JSON_H
#define SRC_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MAX = 32 };

struct json {
	FILE *f;
	unsigned depth;
	bool filled[JSON_DEPTH_MAX]; /* something stands at this depth */
};

void json_init(struct json *j, FILE *f);

/*
 * Each writes one value. name is NULL within an array and at the top;
 * a newline ends the value at the top.
 */
void json_object(struct json *j, const char *name);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *name);
void json_array_end(struct json *j);
/* NULL is written as null; bytes that are not UTF-8 as U+FFFD. */
void json_text(struct json *j, const char *name, const char *text);
/* An array of texts. */
void json_texts(
    struct json *j, const char *name, const char *const *list, size_t count);
void json_int(struct json *j, const char *name, int64_t n);
/* To a millionth; what no JSON number can be is written as null. */
void json_fraction(struct json *j, const char *name, double n);
void json_bool(struct json *j, const char *name, bool b);

#endif
