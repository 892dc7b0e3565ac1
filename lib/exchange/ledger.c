/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of the left (doc/ledger.5). An entry is one line of words: so it
 * is written by one write(2), a line without its newline is one that a crash
 * cut off, grep and diff show whole acts, and sed and sha256sum are all that
 * it takes to verify one without us. It ends with the SHA-256 of what stands
 * before on its line, so that a change is found where it was made, in the
 * newest entry too; it bears the digest of the entry before it, so that none
 * can be taken out or moved; and it bears its number, so that we can say which.
 * Refuses whatever is not as it was written.
 */
#include "exchange/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "dns/digest.h"
#include "exchange/ledger_form.h"

enum { HEX_DIGEST = 64 };

static const char family[] = "dnssecflow-ledger ";
static const char head[] = LEDGER_HEAD;
static const char last_word[] = LEDGER_LAST_WORD;

/* The words that each entry begins with, in this order. */
enum { WORD_ENTRY, WORD_AFTER, WORD_TIME, WORD_ACT, WORDS_FIXED };

static const char *const fixed[WORDS_FIXED] = {"entry", "after", "time", "act"};

struct ledger_reading {
	const char *file;
	ledger_each *each;
	void *ctx;
	struct dflow_ledger_facts facts;
	bool begun; /* the first line is read */
	struct buf line; /* as much of it as is there */
	struct dflow_ledger_word words[WORDS_FIXED + LEDGER_WORDS_MAX];
	size_t word_count;
};

void
ledger_digest(const void *data, size_t len, char out[DFLOW_LEDGER_DIGEST])
{
	uint8_t digest[DIGEST_MAX];

	digest_once(DIGEST_SHA256, data, len, digest);
	out[hex_encode(digest, digest_len(DIGEST_SHA256), out)] = '\0';
}

enum dflow_status
ledger_reading_new(const char *file, ledger_each *each, void *ctx,
    struct ledger_reading **out, struct dflow_err *err)
{
	struct ledger_reading *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return err_memory(err);
	r->file = file;
	r->each = each;
	r->ctx = ctx;
	r->facts.newest = INT64_MIN;
	buf_init(&r->line, LEDGER_LINE_MAX);
	*out = r;
	return DFLOW_OK;
}

void
ledger_reading_free(struct ledger_reading **r)
{
	if (*r == NULL)
		return;
	buf_free(&(*r)->line);
	free(*r);
	*r = NULL;
}

void
ledger_reading_silence(struct ledger_reading *r)
{
	r->each = NULL;
}

void
ledger_reading_rewind(
    struct ledger_reading *r, const struct dflow_ledger_facts *facts)
{
	r->facts = *facts;
	buf_reset(&r->line);
}

const struct dflow_ledger_facts *
ledger_reading_facts(const struct ledger_reading *r)
{
	return &r->facts;
}

/* The entry that is being read, as people count, and its line. */
static size_t
entry_number(const struct ledger_reading *r)
{
	return r->facts.count + 1;
}

static size_t
line_number(const struct ledger_reading *r)
{
	return r->facts.count + (r->begun ? 2 : 1);
}

/* "FILE:LINE: entry N WHY", DFLOW_REFUSED. */
static enum dflow_status
refuse(const struct ledger_reading *r, const char *why, struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED, "%s:%zu: entry %zu %s", r->file,
	    line_number(r), entry_number(r), why);
}

static enum dflow_status
take_head(struct ledger_reading *r, struct dflow_err *err)
{
	const struct buf *b = &r->line;

	if (b->len == strlen(head) && memcmp(b->data, head, b->len) == 0) {
		r->begun = true;
		ledger_digest(b->data, b->len, r->facts.digest);
		return DFLOW_OK;
	}
	if (b->len > strlen(family) &&
	    memcmp(b->data, family, strlen(family)) == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:1: a ledger of another version than 1; use the tools "
		    "that wrote it",
		    r->file);
	return err_set(err, DFLOW_REFUSED,
	    "%s:1: no ledger: its first line is not \"%.*s\"", r->file,
	    (int)strlen(head) - 1, head);
}

/*
 * The line's own digest, into text, which stays valid with the line. It is of
 * all before the last word, and a newline: so sed and sha256sum make it.
 */
static enum dflow_status
check_digest(struct ledger_reading *r, const char **text, struct dflow_err *err)
{
	size_t tail = strlen(last_word) + HEX_DIGEST + 1;
	char digest[DFLOW_LEDGER_DIGEST];
	struct buf *b = &r->line;
	uint8_t *word;

	if (b->len <= tail)
		return refuse(r, "was changed: it is too short", err);
	word = b->data + b->len - tail;
	b->data[b->len - 1] = '\0';
	if (memcmp(word, last_word, strlen(last_word)) != 0)
		return refuse(
		    r, "was changed: it does not end with its SHA-256", err);
	*text = (const char *)word + strlen(last_word);
	*word = '\n';
	ledger_digest(b->data, b->len - tail + 1, digest);
	*word = '\0';
	if (strcmp(digest, *text) != 0)
		return refuse(
		    r, "was changed: its text has another SHA-256", err);
	return DFLOW_OK;
}

static bool
is_name(const char *name)
{
	return *name != '\0' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] ==
		   '\0';
}

static bool
is_value(const char *value)
{
	const char *p = value;

	while (*p > ' ' && *p < 0x7f)
		p++;
	return p > value && *p == '\0';
}

/* Cuts the line, up to its digest, into words. */
static bool
split(struct ledger_reading *r)
{
	char *rest = (char *)r->line.data;

	r->word_count = 0;
	while (rest != NULL) {
		struct dflow_ledger_word *w = &r->words[r->word_count];
		char *word = strsep(&rest, " ");
		char *value = strchr(word, '=');

		if (value == NULL ||
		    r->word_count == WORDS_FIXED + LEDGER_WORDS_MAX)
			return false;
		*value++ = '\0';
		if (!is_name(word) || !is_value(value))
			return false;
		w->name = word;
		w->value = value;
		r->word_count++;
	}
	for (size_t i = 0; i < WORDS_FIXED; i++)
		if (i >= r->word_count ||
		    strcmp(r->words[i].name, fixed[i]) != 0)
			return false;
	return true;
}

/* YYYYMMDDHHMMSS and no other form of TIME. */
static bool
read_time(const char *text, int64_t *when)
{
	struct dflow_err why;

	return strlen(text) == strlen("YYYYMMDDHHMMSS") &&
	       text[strspn(text, "0123456789")] == '\0' &&
	       dflow_when_parse(text, 0, when, &why) == DFLOW_OK;
}

/* The entry's place: the right number, behind the right one. */
static enum dflow_status
check_place(const struct ledger_reading *r, struct dflow_err *err)
{
	const char *number = r->words[WORD_ENTRY].value;
	const char *after = r->words[WORD_AFTER].value;
	char expected[24];

	(void)snprintf(expected, sizeof(expected), "%zu", entry_number(r));
	if (strcmp(number, expected) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: entry %s was removed or moved: entry %.20s "
		    "stands in its place",
		    r->file, line_number(r), expected, number);
	if (strcmp(after, r->facts.digest) == 0)
		return DFLOW_OK;
	if (r->facts.count == 0)
		return refuse(r, "was replaced: it is no first one", err);
	return err_set(err, DFLOW_REFUSED,
	    "%s:%zu: entry %zu was replaced: entry %s follows another one",
	    r->file, line_number(r) - 1, r->facts.count, expected);
}

static enum dflow_status
take_entry(struct ledger_reading *r, struct dflow_err *err)
{
	struct dflow_ledger_entry e = {.number = entry_number(r)};
	enum dflow_status st;
	size_t len = r->line.len;

	st = check_digest(r, &e.digest, err);
	if (st != DFLOW_OK)
		return st;
	/* A byte 0 would hide what stands behind it. */
	if (strlen((const char *)r->line.data) + strlen(last_word) +
		    HEX_DIGEST + 1 !=
		len ||
	    !split(r) || !read_time(r->words[WORD_TIME].value, &e.time) ||
	    !is_name(r->words[WORD_ACT].value))
		return refuse(r, "is not one that our tools write", err);
	st = check_place(r, err);
	if (st != DFLOW_OK)
		return st;
	e.act = r->words[WORD_ACT].value;
	e.after = r->words[WORD_AFTER].value;
	e.words = r->words + WORDS_FIXED;
	e.word_count = r->word_count - WORDS_FIXED;
	if (r->each != NULL)
		r->each(&e, r->ctx);
	r->facts.count++;
	r->facts.newest = e.time;
	memcpy(r->facts.digest, e.digest, sizeof(r->facts.digest));
	return DFLOW_OK;
}

/* The line is whole, with its newline. */
static enum dflow_status
take_line(struct ledger_reading *r, struct dflow_err *err)
{
	size_t len = r->line.len;
	enum dflow_status st =
	    r->begun ? take_entry(r, err) : take_head(r, err);

	if (st != DFLOW_OK)
		return st;
	r->facts.bytes += len;
	buf_reset(&r->line);
	return DFLOW_OK;
}

enum dflow_status
ledger_reading_add(struct ledger_reading *r, const void *data, size_t len,
    struct dflow_err *err)
{
	const uint8_t *p = data;
	enum dflow_status st = DFLOW_OK;

	if (len > LEDGER_BYTES_MAX - r->facts.bytes - r->line.len)
		return err_set(err, DFLOW_REFUSED,
		    "%s: more than %d bytes; begin another ledger", r->file,
		    (int)LEDGER_BYTES_MAX);
	while (st == DFLOW_OK && len > 0) {
		const uint8_t *end = memchr(p, '\n', len);
		size_t n = end != NULL ? (size_t)(end - p) + 1 : len;

		if (n > LEDGER_LINE_MAX - r->line.len)
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: a line of more than %d bytes; no entry "
			    "has so many",
			    r->file, line_number(r), LEDGER_LINE_MAX);
		buf_put(&r->line, p, n);
		st = buf_check(&r->line, r->file, err);
		if (st == DFLOW_OK && end != NULL)
			st = take_line(r, err);
		p += n;
		len -= n;
	}
	return st;
}

enum dflow_status
ledger_reading_end(const struct ledger_reading *r, struct dflow_err *err)
{
	if (r->begun && r->line.len == 0)
		return DFLOW_OK;
	if (r->begun)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: entry %zu is cut off; if the log book has none "
		    "of that number, its writing was interrupted and nothing "
		    "came of it: keep a copy, then truncate -s %" PRIu64 " %s",
		    r->file, line_number(r), entry_number(r), r->facts.bytes,
		    r->file);
	if (r->line.len == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: empty, and no ledger; if none was begun, remove it",
		    r->file);
	return err_set(err, DFLOW_REFUSED,
	    "%s:1: no ledger: its first line has no end", r->file);
}
