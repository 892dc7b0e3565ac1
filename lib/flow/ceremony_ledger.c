/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ceremony's entry in the ledger. It says what was signed and is about to
 * leave, and is on the disk before it does: so nothing leaves unrecorded, and
 * an entry whose KSK.data could not be saved stands for an act all the same,
 * as the signatures were made.
 */
#include <stdio.h>

#include "base/when.h"
#include "flow/ceremony.h"

/* Refuses a clock that is before the newest entry. The check's name: clock. */
static enum dflow_status
check_clock(const struct dflow_ceremony *c, struct dflow_err *err)
{
	int64_t newest = ledger_facts(c->ledger)->newest;
	char then[DFLOW_WHEN_LONG];
	char now[DFLOW_WHEN_LONG];

	if (newest <= c->view.now)
		return DFLOW_OK;
	dflow_when_long(newest, then);
	dflow_when_long(c->view.now, now);
	return err_set(err, DFLOW_REFUSED,
	    "%s: its newest entry is of %s, and it is %s by this clock; set "
	    "the clock",
	    c->view.ledger, then, now);
}

/* What of it people are shown. */
static void
fill_view(struct dflow_ceremony *c)
{
	const struct dflow_ledger_facts *f = ledger_facts(c->ledger);

	c->view.ledger_count = f->count;
	c->view.ledger_digest = f->digest;
}

enum dflow_status
ceremony_ledger_open(
    struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	enum dflow_status st;

	if (path == NULL)
		return DFLOW_OK;
	st = ledger_open(path, &c->ledger, err);
	if (st != DFLOW_OK)
		return st;
	c->view.ledger = ledger_path(c->ledger);
	fill_view(c);
	return check_clock(c, err);
}

static void
put_when(struct buf *words, const char *name, int64_t when)
{
	char text[DFLOW_WHEN_TEXT];

	dflow_when_text(when, text);
	ledger_put(words, name, text);
}

static void
put_keys(struct buf *words, const struct dflow_ceremony_view *v)
{
	char text[8 + DFLOW_DIGEST_TEXT];

	for (size_t i = 0; i < v->ksk_count; i++) {
		(void)snprintf(text, sizeof(text), "%u/%s", v->ksks[i].tag,
		    v->ksks[i].fingerprint);
		ledger_put(words, "ksk", text);
	}
	for (size_t i = 0; i < v->zsk_count; i++) {
		(void)snprintf(text, sizeof(text), "%u", v->zsks[i].tag);
		ledger_put(words, "zsk", text);
	}
}

enum dflow_status
ceremony_ledger_record(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_view *v = &c->view;
	struct dflow_err why = {0};
	enum dflow_status st;
	struct buf words;

	if (c->ledger == NULL)
		return DFLOW_OK;
	buf_init(&words, LEDGER_LINE_MAX);
	ledger_put(&words, "zone", v->zone);
	for (size_t i = 0; i < v->request_count; i++)
		ledger_put(&words, "request", v->requests[i].sha256);
	ledger_put(&words, "response", v->sha256);
	put_keys(&words, v);
	put_when(&words, "inception", v->inception);
	put_when(&words, "expiration", v->expiration);
	st = buf_check(&words, "the ledger's entry", &why);
	if (st == DFLOW_OK)
		st = ledger_append(c->ledger, v->now, "sign", &words, &why);
	if (st == DFLOW_OK)
		fill_view(c);
	else
		st = err_set(err, st,
		    "%s; nothing has left: look at the ledger by ksk-sign "
		    "ledger, and begin again",
		    why.text);
	buf_free(&words);
	return st;
}
