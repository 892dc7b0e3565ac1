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
/*
 * The SHA-256 of a file, as hex in one line and as words in eight, each with
 * its number and its four bytes, so that two people can go row by row.
 */
void page_digest(FILE *f, int indent, const char *sha256);
/* The same as members of the object that is open. */
void page_digest_json(struct json *j, const char *sha256);
/* The file's name, and then its digest. */
void page_file(FILE *f, int indent, const struct dflow_file_facts *file);
/* What put writes of ctx, on stderr; DFLOW_FAILED when out of memory. */
DFLOW_NODISCARD enum dflow_status page_say(
    void (*put)(FILE *f, const void *ctx), const void *ctx,
    struct dflow_err *err);
/* page_file on stderr, of a file that was just written. */
DFLOW_NODISCARD enum dflow_status page_say_written(
    const char *path, const char *sha256, struct dflow_err *err);

#endif
