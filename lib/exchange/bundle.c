/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads KSR 1.0 and SKR 1.0: the headers that cut the text into bundles, and
 * the footer that tells a whole file from one that was cut off. To a reader
 * of master files both are comments, so every line that begins with ";;" has
 * to be one that we know: two readers must not see two files. What the
 * records may be is bundle_check.c's.
 */
#include "exchange/bundle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/os.h"
#include "dnssecflow/when.h"
#include "exchange/bundle_check.h"
#include "exchange/pop.h"
#include "zone/load.h"

enum { DATE_DIGITS = 8, MOMENT_DIGITS = 14, EPOCH_MIN = 9, EPOCH_MAX = 11 };

static const char *const marks[] = {
    [BUNDLE_KSR] = "KeySigningRequest",
    [BUNDLE_SKR] = "SignedKeyResponse",
};

/* Where a line is in the text, or a word in a line. */
struct slice {
	const char *at;
	size_t len;
};

struct reading {
	struct bundles *b;
	const char *at; /* the next line */
	const char *end;
	size_t line; /* of the one at hand, from 1 */
	bool ended; /* by a newline */
	bool begun; /* a header was there */
	bool closed; /* the footer was there */
	const char *body; /* the records of the last bundle */
	size_t body_line;
};

const char *
bundle_kind_text(enum bundle_kind kind)
{
	return kind == BUNDLE_KSR ? "KSR 1.0" : "SKR 1.0";
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(struct slice *s)
{
	while (s->len > 0 && is_blank(*s->at)) {
		s->at++;
		s->len--;
	}
}

/* The next word of the line, of length 0 at its end. */
static struct slice
next_word(struct slice *rest)
{
	struct slice word;

	skip_blanks(rest);
	word = *rest;
	while (rest->len > 0 && !is_blank(*rest->at)) {
		rest->at++;
		rest->len--;
	}
	word.len = (size_t)(rest->at - word.at);
	return word;
}

static bool
word_is(struct slice word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

static bool
next_line(struct reading *rd, struct slice *line)
{
	const char *newline;

	if (rd->at == rd->end)
		return false;
	newline = memchr(rd->at, '\n', (size_t)(rd->end - rd->at));
	rd->ended = newline != NULL;
	line->at = rd->at;
	line->len = (size_t)((rd->ended ? newline : rd->end) - rd->at);
	rd->at = rd->ended ? newline + 1 : rd->end;
	rd->line++;
	if (rd->ended && line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

static bool
has_semicolons(struct slice line)
{
	skip_blanks(&line);
	return line.len >= 2 && memcmp(line.at, ";;", 2) == 0;
}

const char *
bundle_marked(const char *text, size_t len, size_t *line_number)
{
	struct reading rd = {.at = text, .end = text + len};
	struct slice line;

	while (len > 0 && next_line(&rd, &line)) {
		if (!has_semicolons(line))
			continue;
		skip_blanks(&line);
		while (line.len > 0 && *line.at == ';') {
			line.at++;
			line.len--;
		}
		skip_blanks(&line);
		for (size_t i = 0; i < 2; i++) {
			size_t n = strlen(marks[i]);

			if (line.len >= n &&
			    strncasecmp(line.at, marks[i], n) == 0) {
				*line_number = rd.line;
				return i == BUNDLE_KSR ? "a KSR" : "an SKR";
			}
		}
	}
	return NULL;
}

static enum dflow_status
append_rr(struct bundle *in, const struct zone_rr *rr, uint16_t covered,
    struct dflow_err *err)
{
	struct bundle_rr *slot;

	/* The room doubles whenever the count is a power of two. */
	if ((in->count & (in->count - 1)) == 0) {
		size_t room = in->count == 0 ? 1 : 2 * in->count;
		struct bundle_rr *more = realloc(in->rrs, room * sizeof(*more));

		if (more == NULL)
			return err_memory(err);
		in->rrs = more;
	}
	slot = &in->rrs[in->count];
	slot->rdata = malloc(rr->rdata_len);
	if (slot->rdata == NULL)
		return err_memory(err);
	memcpy(slot->rdata, rr->rdata, rr->rdata_len);
	slot->len = rr->rdata_len;
	slot->line = rr->line;
	slot->ttl = rr->ttl;
	slot->type = rr->type;
	slot->covered = covered;
	slot->proof = NULL;
	slot->proof_len = 0;
	in->count++;
	return DFLOW_OK;
}

static enum dflow_status
take_rr(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct bundles *b = ctx;
	struct bundle *in = &b->list[b->count - 1];
	enum dflow_status st;
	uint16_t covered;

	if (in->count == BUNDLE_RRS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%u: more than %d records in a bundle", b->file,
		    rr->line, BUNDLE_RRS_MAX);
	if (b->count == 1 && in->count == 0)
		name_lower(b->zone, rr->owner);
	st = bundle_check_rr(b, in, rr, &covered, err);
	if (st == DFLOW_OK)
		st = append_rr(in, rr, covered, err);
	return st;
}

/* Reads the records up to there, which are the last bundle's. */
static enum dflow_status
close_bundle(struct reading *rd, const char *end, struct dflow_err *err)
{
	struct bundles *b = rd->b;
	struct text_part part = {b->file, rd->body, 0, rd->body_line, 0};
	enum dflow_status st;

	if (b->count == 0)
		return DFLOW_OK;
	part.len = (size_t)(end - rd->body);
	st = text_load_part(&part, take_rr, b, err);
	if (st == DFLOW_OK)
		st = pop_read(b, &b->list[b->count - 1], &part, err);
	if (st == DFLOW_OK)
		st = bundle_check_whole(b, &b->list[b->count - 1], err);
	return st;
}

static enum dflow_status
open_bundle(struct reading *rd, int64_t when, struct dflow_err *err)
{
	struct bundles *b = rd->b;

	if (b->count == BUNDLES_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: more than %d bundles", b->file, rd->line,
		    BUNDLES_MAX);
	if (b->count > 0 && when < b->list[b->count - 1].time) {
		if (b->kind == BUNDLE_SKR)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: a bundle of an earlier time than the one "
			    "on line %zu",
			    b->file, rd->line, b->list[b->count - 1].line);
		if (b->back == 0)
			b->back = rd->line;
	}
	b->list[b->count].time = when;
	b->list[b->count].line = rd->line;
	b->count++;
	rd->body = rd->at;
	rd->body_line = rd->line + 1;
	return DFLOW_OK;
}

/* 14 digits or 8, in UTC, or an epoch. */
static bool
read_time(struct slice word, int64_t *when)
{
	char text[MOMENT_DIGITS + 1];

	if (word.len != DATE_DIGITS && word.len != MOMENT_DIGITS &&
	    (word.len < EPOCH_MIN || word.len > EPOCH_MAX))
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
		text[i] = word.at[i];
	}
	text[word.len] = '\0';
	return dflow_when_parse(text, 0, when, NULL) == DFLOW_OK;
}

/* Sorts a KSR's bundles; those of one time stay as they stand. */
static void
sort_by_time(struct bundles *b)
{
	for (size_t i = 1; b->back != 0 && i < b->count; i++) {
		struct bundle one = b->list[i];
		size_t at = i;

		while (at > 0 && b->list[at - 1].time > one.time)
			at--;
		memmove(&b->list[at + 1], &b->list[at], (i - at) * sizeof(one));
		b->list[at] = one;
	}
}

/* The footer: "generated at WHEN by WHOM", and what ours tell beside. */
static enum dflow_status
read_footer(struct reading *rd, struct slice rest, struct dflow_err *err)
{
	struct bundles *b = rd->b;
	const char *fault;

	if (!word_is(next_word(&rest), "at"))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: neither a header nor a footer", b->file, rd->line);
	if (b->count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a footer, but no bundle before it", b->file,
		    rd->line);
	sort_by_time(b);
	if (!rd->ended)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: no newline behind the footer: the file was cut "
		    "off; bring it anew",
		    b->file, rd->line);
	fault = bundle_footer_read(rest.at, rest.len, &b->footer);
	if (fault != NULL)
		return err_set(
		    err, DFLOW_REFUSED, "%s:%zu: %s", b->file, rd->line, fault);
	rd->closed = true;
	return bundle_check_footer(b, rd->line, err);
}

/* What the line says behind its kind: version, and time or "generated". */
static enum dflow_status
read_mark(struct reading *rd, struct slice rest, struct dflow_err *err)
{
	struct slice version = next_word(&rest);
	struct slice word = next_word(&rest);
	int64_t when = 0;

	if (!word_is(version, "1.0"))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: version '%.*s' is not one that we know, 1.0",
		    rd->b->file, rd->line,
		    version.len < 32 ? (int)version.len : 32, version.at);
	if (word_is(word, "generated"))
		return read_footer(rd, rest, err);
	if (!read_time(word, &when))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: '%.*s' is not a bundle's time (YYYYMMDDHHMMSS, "
		    "YYYYMMDD or an epoch)",
		    rd->b->file, rd->line, word.len < 32 ? (int)word.len : 32,
		    word.at);
	return open_bundle(rd, when, err);
}

/* Control characters are in no line that a tool wrote. */
static bool
is_printable(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* A line that begins with ";;". */
static enum dflow_status
take_mark(struct reading *rd, struct slice line, struct dflow_err *err)
{
	struct bundles *b = rd->b;
	struct slice rest = {line.at + 2, line.len - 2};
	struct slice word = next_word(&rest);
	enum bundle_kind kind;

	if (word_is(word, marks[BUNDLE_KSR]))
		kind = BUNDLE_KSR;
	else if (word_is(word, marks[BUNDLE_SKR]))
		kind = BUNDLE_SKR;
	else
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: begins with ';;', but is neither a header nor a "
		    "footer",
		    b->file, rd->line);
	if (!is_blank(line.at[2]) || !is_printable(line))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: malformed header or footer", b->file, rd->line);
	if (rd->begun && kind != b->kind)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a header of %s within a %s", b->file, rd->line,
		    marks[kind], marks[b->kind]);
	b->kind = kind;
	rd->begun = true;
	return read_mark(rd, rest, err);
}

static enum dflow_status
take_line(struct reading *rd, struct slice line, struct dflow_err *err)
{
	const char *start = line.at;
	enum dflow_status st;

	if (!rd->closed && has_semicolons(line)) {
		if (is_blank(*start))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: blanks before ';;'", rd->b->file,
			    rd->line);
		st = close_bundle(rd, start, err);
		return st == DFLOW_OK ? take_mark(rd, line, err) : st;
	}
	/* A directive would reach beyond what we look at. */
	if (line.len > 0 && *start == '$')
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a directive, which has no place in a bundle",
		    rd->b->file, rd->line);
	skip_blanks(&line);
	if (line.len > 0 && rd->closed)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: something stands behind the footer", rd->b->file,
		    rd->line);
	if (line.len > 0 && *line.at != ';' && rd->b->count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a record before the first header", rd->b->file,
		    rd->line);
	return DFLOW_OK;
}

static enum dflow_status
read_all(struct reading *rd, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct slice line;

	while (st == DFLOW_OK && next_line(rd, &line))
		st = take_line(rd, line, err);
	if (st == DFLOW_OK && !rd->begun)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no header of a KSR or an SKR in it", rd->b->file);
	if (st == DFLOW_OK && !rd->closed)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: ends without a footer: the file was cut off; "
		    "bring it anew",
		    rd->b->file, rd->line);
	return st;
}

enum dflow_status
bundles_parse(const char *file, const char *text, size_t len,
    struct bundles **out, struct dflow_err *err)
{
	struct bundles *b = NULL;
	struct reading rd = {.at = text, .end = text};
	enum dflow_status st;

	if (len > BUNDLES_BYTES_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: larger than %d bytes",
		    file, BUNDLES_BYTES_MAX);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return err_memory(err);
	b->list = calloc(BUNDLES_MAX, sizeof(*b->list));
	b->file = strdup(file);
	bundle_footer_clear(&b->footer);
	if (b->list == NULL || b->file == NULL) {
		st = err_memory(err);
		goto out;
	}
	rd.b = b;
	if (len > 0)
		rd.end = text + len;
	st = read_all(&rd, err);
	if (st != DFLOW_OK)
		goto out;
	*out = b;
	b = NULL; /* transferred */
out:
	bundles_free(&b);
	return st;
}

enum dflow_status
bundles_read(const char *file, struct bundles **out, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	st = os_read(file, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = bundles_parse(
		    file, (const char *)text.data, text.len, out, err);
	buf_free(&text);
	return st;
}

const struct bundle *
bundles_at(const struct bundles *b, int64_t when)
{
	const struct bundle *at = NULL;

	for (size_t i = 0; i < b->count && b->list[i].time <= when; i++)
		at = &b->list[i];
	return at;
}

void
bundles_free(struct bundles **b)
{
	struct bundles *old = *b;

	*b = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; old->list != NULL && i < old->count; i++) {
		for (size_t k = 0; k < old->list[i].count; k++) {
			free(old->list[i].rrs[k].rdata);
			free(old->list[i].rrs[k].proof);
		}
		free(old->list[i].rrs);
	}
	free(old->list);
	free(old->file);
	free(old);
}
