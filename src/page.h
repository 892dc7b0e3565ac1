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
#include "style.h"

/* A line: indent blanks, the label in a column of its own, the text. */
void page_field(FILE *f, int indent, const char *label, const char *text);
/* The same, with the text made by a format; at most 8,191 bytes. */
void page_fieldf(FILE *f, int indent, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* "2026-11-21 16:40:55 UTC (in 89 days)" and then, unless NULL, note. */
void page_when(FILE *f, int indent, const char *label, int64_t when,
    int64_t now, const char *note);
/* A blank line, and the heading of a section. */
void page_head(FILE *f, const struct style *s, const char *text);
/*
 * Text that is wrapped between words, and within one that is too long: indent
 * blanks, the mark, and the text in a column of its own.
 */
void page_text(FILE *f, int indent, const char *mark, const char *text);
/*
 * A name at the start of a row: padded to the width, and if it is longer on
 * lines of its own, all of it.
 */
void page_column(FILE *f, int indent, int width, const char *text);
/* A section of its own, or nothing if there are none. */
void page_warnings(
    FILE *f, const struct style *s, const char *const *warnings, size_t count);
/* A section with DS records, or nothing. */
void page_ds(
    FILE *f, const struct style *s, const char *const *ds, size_t count);
/* "2026-11-21 16:40", at most 16 columns; "not said" for INT64_MIN. */
enum { PAGE_MINUTE = 17, PAGE_DAY = 11 };
void page_minute(int64_t when, char out[PAGE_MINUTE]);
/* "2026-11-21"; "-" for INT64_MIN. */
void page_day(int64_t when, char out[PAGE_DAY]);
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
/* What put writes of ctx, to be freed; DFLOW_FAILED when out of memory. */
DFLOW_NODISCARD enum dflow_status page_make(
    void (*put)(FILE *f, const void *ctx), const void *ctx, char **out,
    struct dflow_err *err);
/* The same, on stderr. */
DFLOW_NODISCARD enum dflow_status page_say(
    void (*put)(FILE *f, const void *ctx), const void *ctx,
    struct dflow_err *err);
/* page_file on stderr, of a file that was just written. */
DFLOW_NODISCARD enum dflow_status page_say_written(
    const char *path, const char *sha256, struct dflow_err *err);

#endif
