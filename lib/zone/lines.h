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
#include "zone/piece.h"

enum { LINES_RECORD_MAX = 1024 * 1024 };

struct lines;

/* From a file; path is also the name in messages ("-": standard input). */
DFLOW_NODISCARD enum dflow_status lines_open(
    const char *path, struct lines **out, struct dflow_err *err);
/* From text, which must outlive it; file is the name in messages. */
DFLOW_NODISCARD enum dflow_status lines_text(const char *file, const char *text,
    size_t len, struct lines **out, struct dflow_err *err);
/* Nothing was read yet, and the first line has this number instead of 1. */
void lines_start(struct lines *l, size_t line);
/*
 * Pieces end at len bytes or soon behind, where the next record states its
 * owner; else they are as long as what is held of the file.
 */
void lines_piece_max(struct lines *l, size_t len);
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

#endif
