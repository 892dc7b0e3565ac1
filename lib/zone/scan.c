/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading with libzscanner. Owns what the scanner leaves to us: lines,
 * records that only dns/reword makes readable for it, the check of each RDATA.
 * Refuses classes other than IN, meta types and TTLs beyond 2^31-1 (RFC 2181
 * section 8).
 */
#include "zone/scan.h"

#include <stdlib.h>
#include <string.h>

#include <libzscanner/scanner.h>

#include "dns/rdata.h"
#include "dns/reword.h"
#include "dns/rrtype.h"

enum {
	CLASS_IN = 1,
	SOA_TAIL_LEN = 4, /* MINIMUM, the last field */
};
/* Stands for a TTL that is not known yet; none that may be stated. */
#define TTL_OPEN UINT32_MAX

struct scan {
	zs_scanner_t z;
	int start; /* the scanner's state between records */
	const struct stretch *at;
	const struct piece *in; /* what the scanner has: at's, or */
	struct piece rest; /* what is behind a record that was reworded */
	const char *done; /* it was here after the last record, */
	uint64_t done_line; /* in this line */
	uint64_t line; /* where the record at hand begins */
};

enum dflow_status
scan_new(struct scan **out, struct dflow_err *err)
{
	struct scan *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_memory(err);
	if (zs_init(&s->z, ".", CLASS_IN, 0) != 0) {
		free(s);
		return err_memory(err);
	}
	s->start = s->z.cs;
	*out = s;
	return DFLOW_OK;
}

void
scan_free(struct scan **s)
{
	if (s == NULL || *s == NULL)
		return;
	zs_deinit(&(*s)->z);
	free(*s);
	*s = NULL;
}

enum dflow_status
scan_fail(const struct stretch *at, uint64_t line, const char *what,
    struct dflow_err *err)
{
	return err_at(err, at->name, (size_t)line, "%s", what);
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
position(const struct scan *s)
{
	if (s->z.input.start != s->in->text)
		return s->in->text + s->in->len;
	return s->z.input.current;
}

static enum dflow_status
scanner_failed(const struct scan *s, struct dflow_err *err)
{
	const char *end = s->in->text + s->in->len - 1;
	const char *at = position(s);

	if (s->at->piece.bom)
		return scan_fail(s->at, 1,
		    "begins with a byte order mark; save the "
		    "file as plain text",
		    err);
	return scan_fail(s->at,
	    s->done_line + lines_count(s->done, at < end ? at : end),
	    error_text(s->z.error.code), err);
}

/* The line in which the record at hand begins, which the scanner has read. */
static uint64_t
record_line(struct scan *s)
{
	struct spot spot = {.first = s->done, .line = s->done_line};
	const char *end = position(s);

	lines_spot(s->in->text, end, &spot);
	s->done = end;
	s->done_line = spot.line + lines_count(spot.first, end);
	return spot.line;
}

/* Gives the scanner text, at whose beginning it is between records. */
static bool
set_input(struct scan *s, const char *text, size_t len)
{
	s->z.cs = s->start;
	s->z.top = 0;
	s->z.multiline = false;
	s->z.error.code = ZS_OK;
	s->z.error.fatal = false;
	if (zs_set_input_string(&s->z, text, len) != 0)
		return false;
	s->z.state = ZS_STATE_NONE;
	return true;
}

/* Begins a stretch; ttl is that of a record that states none. */
static enum dflow_status
scan_begin(struct scan *s, const struct stretch *at, uint32_t ttl,
    struct dflow_err *err)
{
	zs_scanner_t *z = &s->z;

	z->r_owner_length = 0;
	if (at->have_owner)
		z->r_owner_length = (uint32_t)name_copy(z->r_owner, at->owner);
	z->zone_origin_length = (uint32_t)name_copy(z->zone_origin, at->origin);
	z->default_ttl = ttl;
	s->at = at;
	s->in = &at->piece;
	s->done = at->piece.text;
	s->done_line = at->piece.line;
	if (!set_input(s, at->piece.text, at->piece.len))
		return scan_fail(
		    at, at->piece.line, error_text(z->error.code), err);
	return DFLOW_OK;
}

/* Has the scanner stand behind the record that begins at text. */
static enum dflow_status
step_behind(struct scan *s, const char *text, const struct reworded *w,
    struct dflow_err *err)
{
	s->rest.len = (size_t)(s->in->text + s->in->len - text) - w->used;
	s->rest.text = text + w->used;
	s->rest.line = (size_t)s->line + w->lines;
	s->in = &s->rest;
	s->done = s->rest.text;
	s->done_line = s->rest.line;
	if (zs_set_input_string(&s->z, s->rest.text, s->rest.len) != 0)
		return scan_fail(
		    s->at, s->line, error_text(s->z.error.code), err);
	s->z.state = ZS_STATE_DATA;
	return DFLOW_OK;
}

/*
 * Reads the record that the scanner has refused in words that it takes. On
 * failure err, which says what the scanner had against it, may be replaced.
 */
static enum dflow_status
reworded(struct scan *s, struct dflow_err *err)
{
	struct reword in = {
	    .file = s->at->name,
	    .owner = s->at->have_owner ? s->at->owner : NULL,
	    .origin = s->z.zone_origin,
	};
	struct spot spot = {.first = s->done, .line = s->done_line};
	const char *end = s->in->text + s->in->len;
	struct dflow_err why;
	struct reworded out;
	enum dflow_status st;

	lines_spot(s->in->text, end, &spot);
	if (spot.start == NULL || spot.first == end)
		return DFLOW_FAILED;
	s->line = spot.line;
	in.text = spot.start;
	in.len = (size_t)(end - spot.start);
	in.line = (size_t)spot.line;
	st = reword(&in, &out, &why);
	if (st != DFLOW_OK && out.told)
		st = err_set(err, st, "%s", why.text);
	else if (st == DFLOW_OK &&
		 (!set_input(s, (const char *)out.text.data, out.text.len) ||
		     zs_parse_record(&s->z) != 0 ||
		     s->z.state != ZS_STATE_DATA))
		st = DFLOW_FAILED;
	else if (st == DFLOW_OK)
		st = step_behind(s, in.text, &out, err);
	buf_free(&out.text);
	return st;
}

/*
 * The next record, error or end. The scanner's own view of where records end
 * is what counts: a directive in a piece of records was hidden from us.
 */
static enum dflow_status
scan_next(struct scan *s, struct dflow_err *err)
{
	const struct piece *in = &s->at->piece;
	zs_scanner_t *z = &s->z;
	uint32_t ttl = z->default_ttl;

	if (zs_parse_record(z) != 0 || z->state == ZS_STATE_ERROR ||
	    z->state == ZS_STATE_STOP) {
		enum dflow_status st = scanner_failed(s, err);

		return in->directive || in->bom ? st : reworded(s, err);
	}
	if (in->directive
		? z->state == ZS_STATE_DATA
		: z->state == ZS_STATE_INCLUDE || z->default_ttl != ttl)
		return scan_fail(s->at, s->done_line,
		    "cannot tell where the record ends", err);
	if (z->state == ZS_STATE_DATA)
		s->line = record_line(s);
	return DFLOW_OK;
}

static enum dflow_status
check(const struct scan *s, struct dflow_err *err)
{
	const zs_scanner_t *z = &s->z;
	char type[RRTYPE_TEXT_SIZE];

	if (z->r_class != CLASS_IN)
		return scan_fail(s->at, s->line, "the class is not IN", err);
	if (z->r_ttl > SCAN_TTL_MAX)
		return scan_fail(s->at, s->line, "TTL exceeds 2147483647", err);
	if (rrtype_is_meta(z->r_type))
		return err_at(err, s->at->name, (size_t)s->line,
		    "%s is not a type that a zone can hold",
		    rrtype_text(z->r_type, type));
	if (z->r_owner_length > NAME_MAX_LEN ||
	    z->r_data_length > RDATA_MAX_LEN ||
	    !rdata_check(z->r_type, z->r_data, z->r_data_length))
		return err_at(err, s->at->name, (size_t)s->line,
		    "malformed %s record", rrtype_text(z->r_type, type));
	return DFLOW_OK;
}

/* The record that the scanner has found; at is what s->at points to. */
static enum dflow_status
take_record(struct scan *s, struct stretch *at, struct zone_rr *rr,
    struct dflow_err *err)
{
	zs_scanner_t *z = &s->z;
	enum dflow_status st = check(s, err);

	if (st != DFLOW_OK)
		return st;
	rr->owner = z->r_owner;
	rr->rdata = z->r_data;
	rr->ttl = z->r_ttl;
	rr->line = s->line < UINT32_MAX ? (uint32_t)s->line : UINT32_MAX;
	rr->type = z->r_type;
	rr->rdata_len = (uint16_t)z->r_data_length;
	rr->file = at->file;
	(void)name_copy(at->owner, z->r_owner);
	at->have_owner = true;
	at->owner_open = false;
	at->ttl_open = false;
	if (!at->ttl_fixed)
		at->ttl = z->r_ttl;
	z->default_ttl = at->ttl;
	return DFLOW_OK;
}

enum dflow_status
scan_records(struct scan *s, struct stretch *at,
    enum dflow_status (*each)(
	struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct zone_rr rr = {0};
	enum dflow_status st;

	st = scan_begin(s, at, at->ttl_open ? TTL_OPEN : at->ttl, err);
	while (st == DFLOW_OK) {
		st = scan_next(s, err);
		if (st != DFLOW_OK || s->z.state != ZS_STATE_DATA)
			break;
		if (at->ttl_open && s->z.r_ttl == TTL_OPEN)
			break;
		st = take_record(s, at, &rr, err);
		if (st == DFLOW_OK)
			st = each(&rr, ctx, err);
	}
	return st;
}

/*
 * Reads the one record of a stretch with *ttl as the TTL of one that states
 * none; *ttl is then the record's.
 */
static enum dflow_status
try_ttl(struct scan *s, const struct stretch *at, uint32_t *ttl, bool *found,
    struct dflow_err *err)
{
	enum dflow_status st = scan_begin(s, at, *ttl, err);

	*found = false;
	while (st == DFLOW_OK) {
		st = scan_next(s, err);
		if (st != DFLOW_OK || s->z.state != ZS_STATE_DATA)
			break;
		*found = true;
		*ttl = s->z.r_ttl;
	}
	return st;
}

enum dflow_status
scan_first_ttl(struct scan *s, const struct stretch *at, struct scanned *out,
    bool *found, struct dflow_err *err)
{
	const zs_scanner_t *z = &s->z;
	enum dflow_status st;
	uint32_t got = 0, again;

	out->has_ttl = false;
	st = try_ttl(s, at, &got, found, err);
	if (st != DFLOW_OK || !*found)
		return st;
	again = got + 1;
	st = try_ttl(s, at, &again, found, err);
	if (st != DFLOW_OK || again == got)
		return st;
	if (z->r_type != RRTYPE_SOA ||
	    !rdata_check(z->r_type, z->r_data, z->r_data_length))
		return scan_fail(at, at->piece.line,
		    "no TTL is stated up to here; begin "
		    "the file with one, such as $TTL 3600",
		    err);
	out->has_ttl = true;
	out->ttl = 0;
	for (size_t i = z->r_data_length - SOA_TAIL_LEN; i < z->r_data_length;
	     i++)
		out->ttl = out->ttl << 8 | z->r_data[i];
	return DFLOW_OK;
}

/* The scanner's words for what is to be included. */
static enum dflow_status
take_include(const struct scan *s, struct scanned *out, struct dflow_err *err)
{
	enum dflow_status st =
	    name_parse((const char *)s->z.buffer, out->include_origin, err);

	if (st != DFLOW_OK)
		return st;
	free(out->include);
	out->include = strdup(s->z.include_filename);
	return out->include == NULL ? err_memory(err) : DFLOW_OK;
}

enum dflow_status
scan_directive(struct scan *s, const struct stretch *at, struct scanned *out,
    struct dflow_err *err)
{
	enum dflow_status st = scan_begin(s, at, at->ttl, err);

	memset(out, 0, sizeof(*out));
	while (st == DFLOW_OK && s->z.state != ZS_STATE_EOF) {
		st = scan_next(s, err);
		if (st == DFLOW_OK && s->z.state == ZS_STATE_INCLUDE)
			st = take_include(s, out, err);
	}
	(void)name_copy(out->origin, s->z.zone_origin);
	out->has_ttl = piece_is(&at->piece, "$TTL");
	out->ttl = s->z.default_ttl;
	if (st == DFLOW_OK && out->has_ttl && out->ttl > SCAN_TTL_MAX)
		st = scan_fail(
		    at, at->piece.line, "TTL exceeds 2147483647", err);
	if (st != DFLOW_OK) {
		free(out->include);
		out->include = NULL;
	}
	return st;
}
