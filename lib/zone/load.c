/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Master files (RFC 1035 section 5, RFC 2308 section 4) read with libzscanner.
 * Owns what the scanner leaves to us: $INCLUDE, relative $ORIGIN, records
 * without a TTL, records that only dns/reword makes readable for the scanner,
 * and the check of each RDATA. Refuses classes other than IN,
 * meta types, TTLs beyond 2^31-1 (RFC 2181 section 8) and $GENERATE.
 */
#include "zone/load.h"

#include <stdlib.h>
#include <string.h>

#include <libzscanner/scanner.h>

#include "dns/rdata.h"
#include "dns/reword.h"
#include "dns/rrtype.h"
#include "zone/lines.h"
#include "zone/loader.h"

enum {
	CLASS_IN = 1,
	INCLUDE_DEPTH_MAX = 16,
	TTL_MAX = 0x7fffffff,
	SOA_TAIL_LEN = 4, /* MINIMUM, the last field */
};

/* One file of it. */
struct source {
	struct loader *ld;
	const char *path;
	struct lines *lines;
	zs_scanner_t *s;
	const struct piece *in; /* what the scanner has */
	struct piece rest; /* of in, behind a record that was reworded */
	const char *done; /* it was here after the last record, */
	uint64_t done_line; /* in this line */
	uint64_t line; /* where the record at hand begins */
	int start; /* the scanner's state between records */
	bool have_owner; /* of a record before: */
	uint8_t owner[NAME_MAX_LEN];
	unsigned depth;
	uint16_t file;
};

static enum dflow_status source_run(
    struct source *src, const char *origin, struct dflow_err *err);

static enum dflow_status
fail(const struct source *src, uint64_t line, const char *what,
    struct dflow_err *err)
{
	return err_at(err, lines_name(src->lines), (size_t)line, "%s", what);
}

static const char *
error_text(int code)
{
	switch (code) {
	case ZS_UNSUPPORTED_TYPE:
		return "unknown record type, or a class other than IN";
	case ZS_UNCLOSED_MULTILINE:
		return "a parenthesis is not closed";
	case ZS_BAD_PREVIOUS_OWNER:
		return "no owner, and no record before to take it from";
	default:
		return zs_strerror(code);
	}
}

/* Where the scanner is; behind the piece it reads a newline of its own. */
static const char *
position(const struct source *src)
{
	if (src->s->input.start != src->in->text)
		return src->in->text + src->in->len;
	return src->s->input.current;
}

static enum dflow_status
scanner_failed(const struct source *src, struct dflow_err *err)
{
	const char *end = src->in->text + src->in->len - 1;
	const char *at = position(src);

	if (src->in->bom)
		return fail(src, 1,
		    "begins with a byte order mark; save the "
		    "file as plain text",
		    err);
	return fail(src,
	    src->done_line + lines_count(src->done, at < end ? at : end),
	    error_text(src->s->error.code), err);
}

/* The line in which the record at hand begins, which the scanner has read. */
static uint64_t
record_line(struct source *src)
{
	struct spot spot = {.first = src->done, .line = src->done_line};
	const char *end = position(src);

	lines_spot(src->in->text, end, &spot);
	src->done = end;
	src->done_line = spot.line + lines_count(spot.first, end);
	return spot.line;
}

/* Hands over the record that the scanner has found. */
static enum dflow_status
record(struct source *src, struct dflow_err *err)
{
	zs_scanner_t *s = src->s;
	uint64_t line = src->line;
	char type[RRTYPE_TEXT_SIZE];
	struct zone_rr rr = {
	    .owner = s->r_owner,
	    .rdata = s->r_data,
	    .ttl = s->r_ttl,
	    .line = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX,
	    .type = s->r_type,
	    .rdata_len = (uint16_t)s->r_data_length,
	    .file = src->file,
	};

	if (s->r_class != CLASS_IN)
		return fail(src, line, "the class is not IN", err);
	if (s->r_ttl > TTL_MAX)
		return fail(src, line, "TTL exceeds 2147483647", err);
	(void)rrtype_text(s->r_type, type);
	if (rrtype_is_meta(s->r_type))
		return err_at(err, lines_name(src->lines), (size_t)line,
		    "%s is not a type that a zone can hold", type);
	if (s->r_owner_length > NAME_MAX_LEN ||
	    s->r_data_length > RDATA_MAX_LEN ||
	    !rdata_check(s->r_type, s->r_data, s->r_data_length))
		return err_at(err, lines_name(src->lines), (size_t)line,
		    "malformed %s record", type);
	(void)name_copy(src->owner, s->r_owner);
	src->have_owner = true;
	if (!src->ld->ttl_fixed)
		src->ld->ttl = s->r_ttl;
	s->default_ttl = src->ld->ttl;
	return src->ld->each(&rr, src->ld->ctx, err);
}

/* Gives the piece to the scanner, which is between records. */
static enum dflow_status
scan_begin(struct source *src, const struct piece *in, struct dflow_err *err)
{
	zs_scanner_t *s = src->s;

	if (zs_set_input_string(s, in->text, in->len) != 0)
		return fail(src, in->line, error_text(s->error.code), err);
	s->state = ZS_STATE_NONE;
	src->in = in;
	src->done = in->text;
	src->done_line = in->line;
	return DFLOW_OK;
}

/* Has the scanner read text, the one record in it. */
static bool
scan_text(struct source *src, const struct buf *text)
{
	zs_scanner_t *s = src->s;

	s->cs = src->start;
	s->top = 0;
	s->multiline = false;
	s->error.code = ZS_OK;
	s->error.fatal = false;
	return zs_set_input_string(s, (const char *)text->data, text->len) ==
		   0 &&
	       zs_parse_record(s) == 0 && s->state == ZS_STATE_DATA;
}

/* Has the scanner stand behind the record that begins at text. */
static enum dflow_status
step_behind(struct source *src, const char *text, const struct reworded *w,
    struct dflow_err *err)
{
	src->rest.len = (size_t)(src->in->text + src->in->len - text) - w->used;
	src->rest.text = text + w->used;
	src->rest.line = (size_t)src->line + w->lines;
	src->in = &src->rest;
	src->done = src->rest.text;
	src->done_line = src->rest.line;
	if (zs_set_input_string(src->s, src->rest.text, src->rest.len) != 0)
		return fail(
		    src, src->line, error_text(src->s->error.code), err);
	src->s->state = ZS_STATE_DATA;
	return DFLOW_OK;
}

/*
 * Reads the record that the scanner has refused in words that it takes. On
 * failure err, which says what the scanner had against it, may be replaced.
 */
static enum dflow_status
reworded(struct source *src, struct dflow_err *err)
{
	struct reword in = {
	    .file = lines_name(src->lines),
	    .owner = src->have_owner ? src->owner : NULL,
	    .origin = src->s->zone_origin,
	};
	struct spot spot = {.first = src->done, .line = src->done_line};
	const char *end = src->in->text + src->in->len;
	struct dflow_err why;
	struct reworded out;
	enum dflow_status st;

	lines_spot(src->in->text, end, &spot);
	if (spot.start == NULL || spot.first == end)
		return DFLOW_FAILED;
	src->line = spot.line;
	in.text = spot.start;
	in.len = (size_t)(end - spot.start);
	in.line = (size_t)spot.line;
	st = reword(&in, &out, &why);
	if (st != DFLOW_OK && out.told)
		st = err_set(err, st, "%s", why.text);
	else if (st == DFLOW_OK && !scan_text(src, &out.text))
		st = DFLOW_FAILED;
	else if (st == DFLOW_OK)
		st = step_behind(src, in.text, &out, err);
	buf_free(&out.text);
	return st;
}

/*
 * The next record, error or end. The scanner's own view of where records end
 * is what counts: a directive in a piece of records was hidden from us.
 */
static enum dflow_status
scan_next(struct source *src, const struct piece *in, struct dflow_err *err)
{
	zs_scanner_t *s = src->s;
	uint32_t ttl = s->default_ttl;

	if (zs_parse_record(s) != 0 || s->state == ZS_STATE_ERROR ||
	    s->state == ZS_STATE_STOP) {
		enum dflow_status st = scanner_failed(src, err);

		return in->directive || in->bom ? st : reworded(src, err);
	}
	if (in->directive
		? s->state == ZS_STATE_DATA
		: s->state == ZS_STATE_INCLUDE || s->default_ttl != ttl)
		return fail(src, src->done_line,
		    "cannot tell where the record ends", err);
	if (s->state == ZS_STATE_DATA)
		src->line = record_line(src);
	return DFLOW_OK;
}

static enum dflow_status
records(struct source *src, const struct piece *in, struct dflow_err *err)
{
	enum dflow_status st;

	src->s->default_ttl = src->ld->ttl;
	st = scan_begin(src, in, err);
	while (st == DFLOW_OK) {
		st = scan_next(src, in, err);
		if (st != DFLOW_OK || src->s->state != ZS_STATE_DATA)
			break;
		st = record(src, err);
	}
	return st;
}

/*
 * Reads the one record in the piece with *ttl as the TTL of one that states
 * none; *ttl is then the record's.
 */
static enum dflow_status
try_ttl(struct source *src, const struct piece *in, uint32_t *ttl, bool *found,
    struct dflow_err *err)
{
	enum dflow_status st;

	*found = false;
	src->s->default_ttl = *ttl;
	st = scan_begin(src, in, err);
	while (st == DFLOW_OK) {
		st = scan_next(src, in, err);
		if (st != DFLOW_OK || src->s->state != ZS_STATE_DATA)
			break;
		*found = true;
		*ttl = src->s->r_ttl;
	}
	return st;
}

/*
 * As long as no TTL was stated, records come singly and are read ahead, to see
 * whether they state one. A SOA that does not is given its MINIMUM, and so are
 * the records behind it, as BIND does; other records have nothing to go by.
 */
static enum dflow_status
first_ttl(struct source *src, const struct piece *in, struct dflow_err *err)
{
	const zs_scanner_t *s = src->s;
	enum dflow_status st;
	uint32_t got = 0, again = 0;
	bool found;

	st = try_ttl(src, in, &got, &found, err);
	if (st != DFLOW_OK || !found)
		return st;
	again = got + 1;
	st = try_ttl(src, in, &again, &found, err);
	if (st != DFLOW_OK)
		return st;
	src->ld->ttl_known = true;
	if (again == got)
		return DFLOW_OK;
	if (s->r_type != RRTYPE_SOA ||
	    !rdata_check(s->r_type, s->r_data, s->r_data_length))
		return fail(src, in->line,
		    "no TTL is stated up to here; begin "
		    "the file with one, such as $TTL 3600",
		    err);
	src->ld->ttl = 0;
	for (size_t i = s->r_data_length - SOA_TAIL_LEN; i < s->r_data_length;
	     i++)
		src->ld->ttl = src->ld->ttl << 8 | s->r_data[i];
	src->ld->ttl_fixed = true;
	return DFLOW_OK;
}

static enum dflow_status
include_file(struct source *src, const struct piece *in, const char *path,
    struct dflow_err *err)
{
	struct source child = {
	    .ld = src->ld,
	    .path = path,
	    .depth = src->depth + 1,
	};
	struct dflow_err cause;
	enum dflow_status st;

	st = lines_open(path, &child.lines, &cause);
	if (st != DFLOW_OK)
		return fail(src, in->line, cause.text, err);
	st = src->ld->file(path, &child.file, src->ld->ctx, err);
	if (st == DFLOW_OK)
		st = source_run(&child, (const char *)src->s->buffer, err);
	lines_close(&child.lines);
	return st;
}

static enum dflow_status
include(struct source *src, const struct piece *in, struct dflow_err *err)
{
	enum dflow_status st;
	char *path;

	if (src->ld->file == NULL)
		return fail(src, in->line, "$INCLUDE is not allowed here", err);
	if (src->depth == INCLUDE_DEPTH_MAX)
		return err_at(err, lines_name(src->lines), in->line,
		    "$INCLUDE more than %d files deep; does a file include "
		    "itself?",
		    INCLUDE_DEPTH_MAX);
	path = loader_path(src->path, src->s->include_filename);
	if (path == NULL)
		return err_memory(err);
	st = include_file(src, in, path, err);
	free(path);
	return st;
}

static enum dflow_status
directive(struct source *src, const struct piece *in, struct dflow_err *err)
{
	struct piece piece = *in;
	enum dflow_status st = DFLOW_OK;
	bool is_ttl = piece_is(in, "$TTL");
	bool is_include = piece_is(in, "$INCLUDE");
	char *text = NULL;

	if (piece_is(in, "$GENERATE"))
		return fail(src, in->line,
		    "$GENERATE is not supported; write "
		    "the records out, as named-compilezone does",
		    err);
	if (is_include || piece_is(in, "$ORIGIN"))
		st = piece_absolute(
		    in, is_include ? 2 : 1, src->s->zone_origin, &text, err);
	if (text != NULL) {
		piece.text = text;
		piece.len = strlen(text);
	}
	if (st == DFLOW_OK)
		st = scan_begin(src, &piece, err);
	while (st == DFLOW_OK && src->s->state != ZS_STATE_EOF) {
		st = scan_next(src, &piece, err);
		if (st == DFLOW_OK && src->s->state == ZS_STATE_INCLUDE)
			st = include(src, &piece, err);
	}
	if (st == DFLOW_OK && is_ttl) {
		if (src->s->default_ttl > TTL_MAX)
			return fail(
			    src, in->line, "TTL exceeds 2147483647", err);
		src->ld->ttl = src->s->default_ttl;
		src->ld->ttl_known = true;
		src->ld->ttl_fixed = true;
	}
	free(text);
	return st;
}

static enum dflow_status
pieces(struct source *src, struct dflow_err *err)
{
	struct piece in = {0};
	enum dflow_status st;

	for (;;) {
		st = lines_next(src->lines, !src->ld->ttl_known, &in, err);
		if (st != DFLOW_OK || in.len == 0)
			return st;
		if (in.directive) {
			st = directive(src, &in, err);
		} else {
			if (!src->ld->ttl_known)
				st = first_ttl(src, &in, err);
			if (st == DFLOW_OK)
				st = records(src, &in, err);
		}
		if (st != DFLOW_OK)
			return st;
	}
}

/* Reads all of src, whose lines are open. */
static enum dflow_status
source_run(struct source *src, const char *origin, struct dflow_err *err)
{
	enum dflow_status st;

	src->s = calloc(1, sizeof(*src->s));
	if (src->s == NULL)
		return err_memory(err);
	if (zs_init(src->s, origin, CLASS_IN, src->ld->ttl) != 0) {
		st = fail(src, 1, error_text(src->s->error.code), err);
	} else {
		src->start = src->s->cs;
		st = pieces(src, err);
		zs_deinit(src->s);
	}
	free(src->s);
	return st;
}

enum dflow_status
loader_run(struct loader *ld, const char *path, const char *origin,
    struct dflow_err *err)
{
	struct source src = {.ld = ld, .path = path};
	enum dflow_status st;

	st = lines_open(path, &src.lines, err);
	if (st != DFLOW_OK)
		return st;
	lines_digest(src.lines, ld->digest);
	st = ld->file(lines_name(src.lines), &src.file, ld->ctx, err);
	if (st == DFLOW_OK)
		st = source_run(&src, origin, err);
	lines_close(&src.lines);
	return st;
}

enum dflow_status
loader_run_text(
    struct loader *ld, const struct text_part *part, struct dflow_err *err)
{
	struct source src = {.ld = ld, .path = part->file};
	enum dflow_status st;

	st = lines_text(part->file, part->text, part->len, &src.lines, err);
	if (st != DFLOW_OK)
		return st;
	lines_start(src.lines, part->line);
	st = source_run(&src, ".", err);
	lines_close(&src.lines);
	return st;
}
