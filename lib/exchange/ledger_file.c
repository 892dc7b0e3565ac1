/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger as a file that is appended to. Entries that belong together, as
 * those of one ceremony, go by one write(2) and one fsync(2): hundreds of
 * zones wait for the disk once. Refuses to write what the reader would refuse.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_append.h"
#include "base/when.h"
#include "exchange/ledger.h"
#include "exchange/ledger_form.h"

enum { READ_PIECE = 64 * 1024, MODE = 0600 };

static const char head[] = LEDGER_HEAD;

struct ledger {
	char *path;
	struct os_append *file; /* NULL: a new one, not yet written */
	struct ledger_reading *reading;
};

static enum dflow_status
read_file(struct ledger *l, struct dflow_err *err)
{
	uint8_t *piece = malloc(READ_PIECE);
	enum dflow_status st;
	size_t got = 0;

	if (piece == NULL)
		return err_memory(err);
	do {
		st = os_append_read(l->file, piece, READ_PIECE, &got, err);
		if (st == DFLOW_OK)
			st = ledger_reading_add(l->reading, piece, got, err);
	} while (st == DFLOW_OK && got > 0);
	if (st == DFLOW_OK)
		st = ledger_reading_end(l->reading, err);
	free(piece);
	return st;
}

enum dflow_status
ledger_open(const char *path, ledger_each *each, void *ctx, struct ledger **out,
    struct dflow_err *err)
{
	struct ledger *l = NULL;
	enum dflow_status st;

	if (path[0] == '\0' || strcmp(path, "-") == 0)
		return err_set(err, DFLOW_USAGE,
		    "\"%s\": a ledger is kept in a file; name one", path);
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return err_memory(err);
	l->path = strdup(path);
	st = l->path == NULL
		 ? err_memory(err)
		 : ledger_reading_new(l->path, each, ctx, &l->reading, err);
	if (st != DFLOW_OK)
		goto out;
	if (os_exists(path)) {
		st = os_append_open(path, "ledger", &l->file, err);
		if (st == DFLOW_OK)
			st = read_file(l, err);
	} else {
		st = ledger_reading_add(l->reading, head, strlen(head), err);
	}
	if (st != DFLOW_OK)
		goto out;
	ledger_reading_silence(l->reading);
	*out = l;
	l = NULL; /* transferred */
out:
	ledger_close(&l);
	return st;
}

const char *
ledger_path(const struct ledger *l)
{
	return l->path;
}

bool
ledger_is_new(const struct ledger *l)
{
	return l->file == NULL;
}

const struct dflow_ledger_facts *
ledger_facts(const struct ledger *l)
{
	return ledger_reading_facts(l->reading);
}

void
ledger_put(struct buf *words, const char *name, const char *value)
{
	buf_printf(words, " %s=%s", name, value);
}

/* Writes text, which holds the head too; the file has size bytes. */
static enum dflow_status
write_text(struct ledger *l, const struct buf *text, uint64_t size,
    struct dflow_err *err)
{
	enum dflow_status st;

	if (l->file != NULL)
		return os_append_add(l->file, size, text->data + strlen(head),
		    text->len - strlen(head), err);
	st = os_write_new(l->path, MODE, text->data, text->len, err);
	/* It was not there when it was looked for. */
	if (st == DFLOW_REFUSED && os_exists(l->path))
		return err_set(err, DFLOW_REFUSED,
		    "%s: the ledger was begun by somebody else meanwhile; run "
		    "this again",
		    l->path);
	if (st == DFLOW_OK)
		st = os_append_open(l->path, "ledger", &l->file, err);
	return st;
}

/* Appends the entry's line, after all that reading has, and has it read. */
static enum dflow_status
put_entry(struct ledger_reading *reading, int64_t time,
    const struct ledger_act *act, struct buf *text, struct dflow_err *err)
{
	const struct dflow_ledger_facts *f = ledger_reading_facts(reading);
	char digest[DFLOW_LEDGER_DIGEST];
	char when[DFLOW_WHEN_TEXT];
	enum dflow_status st;
	size_t at = text->len;

	dflow_when_text(time, when);
	buf_printf(text, "entry=%zu after=%s time=%s act=%s", f->count + 1,
	    f->digest, when, act->act);
	buf_put(text, act->words->data, act->words->len);
	buf_u8(text, '\n');
	st = buf_check(text, "the ledger's entries", err);
	if (st != DFLOW_OK)
		return st;
	ledger_digest(text->data + at, text->len - at, digest);
	text->len--;
	buf_printf(text, "%s%s\n", LEDGER_LAST_WORD, digest);
	st = buf_check(text, "the ledger's entries", err);
	/* What our own reader refuses never gets in. */
	if (st == DFLOW_OK)
		st = ledger_reading_add(
		    reading, text->data + at, text->len - at, err);
	return st;
}

enum dflow_status
ledger_append_all(struct ledger *l, int64_t time, const struct ledger_act *acts,
    size_t count, struct dflow_err *err)
{
	const struct dflow_ledger_facts before =
	    *ledger_reading_facts(l->reading);
	enum dflow_status st = DFLOW_OK;
	struct buf text;

	if (count == 0)
		return DFLOW_OK;
	buf_init(&text, LEDGER_BYTES_MAX);
	buf_str(&text, head);
	for (size_t i = 0; i < count && st == DFLOW_OK; i++)
		st = put_entry(l->reading, time, &acts[i], &text, err);
	if (st == DFLOW_OK)
		st = write_text(l, &text, before.bytes, err);
	if (st != DFLOW_OK)
		ledger_reading_rewind(l->reading, &before);
	buf_free(&text);
	return st;
}

enum dflow_status
ledger_append(struct ledger *l, int64_t time, const char *act,
    const struct buf *words, struct dflow_err *err)
{
	const struct ledger_act one = {.act = act, .words = words};

	return ledger_append_all(l, time, &one, 1, err);
}

void
ledger_close(struct ledger **l)
{
	if (*l == NULL)
		return;
	os_append_close(&(*l)->file);
	ledger_reading_free(&(*l)->reading);
	free((*l)->path);
	free(*l);
	*l = NULL;
}
