/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pages for people, in 80 columns: labelled fields on a FILE. What comes from
 * files is shown in printable ASCII, the rest of it as \NNN, and long text goes
 * on under itself.
 */
#ifndef SRC_PAGE_H
#define SRC_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include <dnssecflow/ksk.h>

#include "json.h"

/* A line: indent blanks, the label in a column of its own, the text. */
void page_field(FILE *f, int indent, const char *label, const char *text);
/* The same, with the text made by a format; at most 8,191 bytes. */
void page_fieldf(FILE *f, int indent, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* "2026-11-21 16:40:55 UTC (in 89 days)" and then, unless NULL, note. */
void page_when(FILE *f, int indent, const char *label, int64_t when,
    int64_t now, const char *note);
/* Two lines: role, tag, algorithm, size; fingerprint. */
void page_key(FILE *f, int indent, const struct dflow_key_facts *key);
/* The same as members of the object that is open. */
void page_key_json(struct json *j, const struct dflow_key_facts *key);

#endif
