/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Master files (RFC 1035 section 5, RFC 2308 section 4) from the first to the
 * last record: which file, which origin, which TTL. Owns what the scanner
 * leaves to us: $INCLUDE, relative $ORIGIN, records without a TTL. Refuses
 * $GENERATE. What the records are is for whoever scans them, here or in other
 * threads: only what one leaves to the next makes the two wait for each other.
 */
#include "zone/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zone/lines.h"
#include "zone/loader.h"

enum { INCLUDE_DEPTH_MAX = 16 };

struct source {
	struct source *outer; /* that includes it */
	char *path;
	struct lines *lines;
	const char *name; /* for messages */
	uint16_t file;
	unsigned depth;
	bool given; /* the last stretch was of this file */
	bool have_owner; /* else: there was a record, of that owner */
	uint8_t owner[NAME_MAX_LEN];
	uint8_t origin[NAME_MAX_LEN];
};

static void
source_close(struct source **src)
{
	if (*src == NULL)
		return;
	lines_close(&(*src)->lines);
	free((*src)->path);
	free(*src);
	*src = NULL;
}

static enum dflow_status
source_new(const char *path, const uint8_t *origin, struct source **out,
    struct dflow_err *err)
{
	struct source *src = calloc(1, sizeof(*src));

	if (src != NULL)
		src->path = strdup(path);
	if (src == NULL || src->path == NULL) {
		free(src);
		return err_memory(err);
	}
	(void)name_copy(src->origin, origin);
	*out = src;
	return DFLOW_OK;
}

/* Begins with src, which is open and becomes the innermost; *src is NULL. */
static void
push(struct loader *ld, struct source **src)
{
	if (ld->piece_max != 0)
		lines_piece_max((*src)->lines, ld->piece_max);
	(*src)->outer = ld->source;
	ld->source = *src; /* transferred */
	*src = NULL;
}

static void
pop(struct loader *ld)
{
	struct source *outer = ld->source->outer;

	source_close(&ld->source);
	ld->source = outer;
}

enum dflow_status
loader_open(struct loader *ld, const char *path, const uint8_t *origin,
    struct dflow_err *err)
{
	struct source *src = NULL;
	enum dflow_status st;

	st = scan_new(&ld->scan, err);
	if (st == DFLOW_OK)
		st = source_new(path, origin, &src, err);
	if (st == DFLOW_OK)
		st = lines_open(path, &src->lines, err);
	if (st == DFLOW_OK)
		st = ld->file(lines_name(src->lines), &src->file, &src->name,
		    ld->ctx, err);
	if (st != DFLOW_OK) {
		source_close(&src);
		return st;
	}
	lines_digest(src->lines, ld->digest);
	push(ld, &src);
	return DFLOW_OK;
}

enum dflow_status
loader_open_text(
    struct loader *ld, const struct text_part *part, struct dflow_err *err)
{
	static const uint8_t root = 0;
	struct source *src = NULL;
	enum dflow_status st;

	st = scan_new(&ld->scan, err);
	if (st == DFLOW_OK)
		st = source_new(part->file, &root, &src, err);
	if (st == DFLOW_OK)
		st = lines_text(
		    part->file, part->text, part->len, &src->lines, err);
	if (st != DFLOW_OK) {
		source_close(&src);
		return st;
	}
	src->name = part->file;
	lines_start(src->lines, part->line);
	push(ld, &src);
	return DFLOW_OK;
}

void
loader_close(struct loader *ld)
{
	while (ld->source != NULL)
		pop(ld);
	scan_free(&ld->scan);
}

void
stretch_settle(struct stretch *out, const struct stretch *before)
{
	if (out->owner_open) {
		out->have_owner = before->have_owner;
		if (before->have_owner)
			(void)name_copy(out->owner, before->owner);
	}
	if (out->ttl_open)
		out->ttl = before->ttl;
	out->owner_open = false;
	out->ttl_open = false;
}

/* What holds as the piece in out begins. */
static void
stretch_begin(const struct loader *ld, struct stretch *out)
{
	const struct source *src = ld->source;

	out->name = src->name;
	out->file = src->file;
	out->owner_open = src->given;
	out->have_owner = src->have_owner && !src->given;
	if (out->have_owner)
		(void)name_copy(out->owner, src->owner);
	(void)name_copy(out->origin, src->origin);
	out->ttl = ld->ttl;
	out->ttl_fixed = ld->ttl_fixed;
	out->ttl_open = ld->begun && !ld->ttl_fixed;
}

/* The path of an included file, relative to the file that includes it. */
static char *
include_path(const char *including, const char *name)
{
	const char *slash = strrchr(including, '/');
	size_t dir = slash == NULL ? 0 : (size_t)(slash - including) + 1;
	size_t size;
	char *path;

	if (name[0] == '/')
		return strdup(name);
	/* The scanner has put its own folder, "./", in front. */
	if (strncmp(name, "./", 2) == 0 && strcmp(name, "./-") != 0)
		name += 2;
	size = dir + strlen(name) + 1;
	path = malloc(size);
	if (path != NULL)
		(void)snprintf(path, size, "%.*s%s", (int)dir, including, name);
	return path;
}

static enum dflow_status
include_open(struct loader *ld, const struct stretch *at, const char *path,
    const uint8_t *origin, struct dflow_err *err)
{
	struct dflow_err cause;
	struct source *src = NULL;
	enum dflow_status st = source_new(path, origin, &src, err);

	if (st != DFLOW_OK)
		return st;
	if (lines_open(path, &src->lines, &cause) != DFLOW_OK)
		st = scan_fail(at, at->piece.line, cause.text, err);
	else
		st = ld->file(path, &src->file, &src->name, ld->ctx, err);
	if (st != DFLOW_OK) {
		source_close(&src);
		return st;
	}
	src->depth = ld->source->depth + 1;
	push(ld, &src);
	return DFLOW_OK;
}

/* Origin and owner come back behind the included file. */
static void
keep_owner(struct loader *ld)
{
	struct source *src = ld->source;
	const struct stretch *last;

	if (!src->given)
		return;
	last = ld->before(ld->ctx);
	src->given = false;
	src->have_owner = last->have_owner;
	if (last->have_owner)
		(void)name_copy(src->owner, last->owner);
}

static enum dflow_status
include(struct loader *ld, const struct stretch *at, const struct scanned *what,
    struct dflow_err *err)
{
	enum dflow_status st;
	char *path;

	if (ld->file == NULL || ld->alone)
		return scan_fail(
		    at, at->piece.line, "$INCLUDE is not allowed here", err);
	if (ld->source->depth == INCLUDE_DEPTH_MAX)
		return err_at(err, at->name, at->piece.line,
		    "$INCLUDE more than %d files deep; does a file include "
		    "itself?",
		    INCLUDE_DEPTH_MAX);
	path = include_path(ld->source->path, what->include);
	if (path == NULL)
		return err_memory(err);
	keep_owner(ld);
	st = include_open(ld, at, path, what->include_origin, err);
	free(path);
	return st;
}

static enum dflow_status
obey(struct loader *ld, struct stretch *at, struct dflow_err *err)
{
	struct scanned what;
	enum dflow_status st = scan_directive(ld->scan, at, &what, err);

	if (st != DFLOW_OK)
		return st;
	(void)name_copy(ld->source->origin, what.origin);
	if (what.has_ttl) {
		ld->ttl = what.ttl;
		ld->ttl_known = true;
		ld->ttl_fixed = true;
	}
	if (what.include != NULL)
		st = include(ld, at, &what, err);
	free(what.include);
	return st;
}

/* The directive in at. */
static enum dflow_status
directive(struct loader *ld, struct stretch *at, struct dflow_err *err)
{
	bool is_include = piece_is(&at->piece, "$INCLUDE");
	enum dflow_status st = DFLOW_OK;
	char *text = NULL;

	if (piece_is(&at->piece, "$GENERATE"))
		return scan_fail(at, at->piece.line,
		    "$GENERATE is not supported; write "
		    "the records out, as named-compilezone does",
		    err);
	if (is_include || piece_is(&at->piece, "$ORIGIN"))
		st = piece_absolute(
		    &at->piece, is_include ? 2 : 1, at->origin, &text, err);
	if (text != NULL) {
		at->piece.text = text;
		at->piece.len = strlen(text);
	}
	if (st == DFLOW_OK)
		st = obey(ld, at, err);
	free(text);
	return st;
}

/*
 * As long as no TTL was stated, records come singly and are read ahead, to see
 * whether they state one. A SOA that does not is given its MINIMUM, and so are
 * the records behind it, as BIND does; other records have nothing to go by.
 */
static enum dflow_status
first_ttl(struct loader *ld, struct stretch *at, struct dflow_err *err)
{
	struct scanned what;
	bool found = false;
	enum dflow_status st = scan_first_ttl(ld->scan, at, &what, &found, err);

	if (st != DFLOW_OK || !found)
		return st;
	ld->ttl_known = true;
	if (what.has_ttl) {
		ld->ttl = what.ttl;
		ld->ttl_fixed = true;
	}
	stretch_begin(ld, at);
	return DFLOW_OK;
}

enum dflow_status
loader_next(struct loader *ld, struct stretch *out, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	while (st == DFLOW_OK && ld->source != NULL) {
		st = lines_next(
		    ld->source->lines, !ld->ttl_known, &out->piece, err);
		if (st != DFLOW_OK)
			return st;
		if (out->piece.len == 0) {
			pop(ld);
			continue;
		}
		stretch_begin(ld, out);
		if (out->piece.directive) {
			st = directive(ld, out, err);
			continue;
		}
		if (!ld->ttl_known)
			st = first_ttl(ld, out, err);
		ld->source->given = true;
		ld->begun = true;
		return st;
	}
	out->piece.len = 0;
	return st;
}
