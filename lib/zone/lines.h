/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A master file cut into pieces that a scanner can take one at a time: whole
 * records, and each directive by itself.
 */
#ifndef ZONE_LINES_H
#define ZONE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/digest.h"

enum { LINES_RECORD_MAX = 1024 * 1024 };

/* Whole lines; a record over several lines is never cut. */
struct piece {
	const char *text;
	size_t len;
	size_t line; /* of its beginning, from 1 */
	size_t lines; /* newlines in it */
	bool directive; /* text begins with '$': one directive, nothing else */
	bool bom; /* text begins with a byte order mark */
};

struct lines;

/* From a file; path is also the name in messages ("-": standard input). */
DFLOW_NODISCARD enum dflow_status lines_open(
    const char *path, struct lines **out, struct dflow_err *err);
/* From text, which must outlive it; file is the name in messages. */
DFLOW_NODISCARD enum dflow_status lines_text(const char *file, const char *text,
    size_t len, struct lines **out, struct dflow_err *err);
/* Nothing was read yet, and the first line has this number instead of 1. */
void lines_start(struct lines *l, size_t line);
/* Nothing was read yet; d gets all bytes of the file as they are read. */
void lines_digest(struct lines *l, struct digest *d);
/*
 * The next piece, or one of length 0 at the end; valid until the next call.
 * one: the next record alone. "file:line: ..." for a NUL byte, a CR that is
 * not before a LF (the others are dropped), and a record that is longer than
 * LINES_RECORD_MAX.
 */
DFLOW_NODISCARD enum dflow_status lines_next(
    struct lines *l, bool one, struct piece *out, struct dflow_err *err);
/* Where a record begins. */
struct spot {
	const char *first; /* its first character that is not blank */
	const char *start; /* of its line; NULL if another record ends there */
	uint64_t line; /* number of the line */
};
/*
 * Moves on from spot->first, where a record (or at text, nothing) ends, over
 * the rest of it, blank lines and comments to the next, or to end.
 */
void lines_spot(const char *text, const char *end, struct spot *spot);
/* Newlines in p up to end, which may lie before it. */
uint64_t lines_count(const char *p, const char *end);
const char *lines_name(const struct lines *l);
void lines_close(struct lines **l);

/* The piece is that directive ("$TTL"), in any letter case. */
bool piece_is(const struct piece *in, const char *name);
/*
 * If word number nth (the directive's own is 0) is a relative name, writes
 * the directive anew with origin behind that name: the scanner takes absolute
 * ones only. *out is a string that the caller frees, or NULL if the directive
 * is fine as it stands.
 */
DFLOW_NODISCARD enum dflow_status piece_absolute(const struct piece *in,
    unsigned nth, const uint8_t *origin, char **out, struct dflow_err *err);

#endif
