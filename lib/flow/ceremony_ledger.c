/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ceremony's entries in the ledger, one a zone. They say what was signed
 * and is about to leave, and are on the disk before it does: so nothing leaves
 * unrecorded, and an entry whose response could not be saved stands for an act
 * all the same, as the signatures were made. What a check refused is recorded,
 * too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "exchange/bundle_check.h"
#include "flow/ceremony.h"
#include "flow/keyfacts.h"

/* What stands around an entry's words, and the digests of what is signed. */
enum { PATH_TEXT_MAX = 4096, UNKNOWN_YET = 512 };

static bool
has_ksr(const struct dflow_ceremony *c)
{
	for (size_t i = 0; i < c->zone_count; i++)
		if (c->zones[i].ksr != NULL)
			return true;
	return false;
}

/* What of it people are shown. */
static void
fill_view(struct dflow_ceremony *c)
{
	const struct dflow_ledger_facts *f = ledger_facts(c->ledger);

	c->view.ledger = ledger_path(c->ledger);
	c->view.ledger_count = f->count;
	c->view.ledger_digest = f->digest;
}

/* The folder of a path, with its slash; a length of 0 is here. */
static size_t
folder_len(const char *path)
{
	const char *end = strrchr(path, '/');

	return end == NULL ? 0 : (size_t)(end - path) + 1;
}

/* "ledger" in the folder of the KSKs; here, if they have no files. */
static enum dflow_status
default_path(const struct dflow_ceremony *c, char out[PATH_TEXT_MAX],
    struct dflow_err *err)
{
	const char *base = NULL;
	int n;

	if (c->p->key_dir != NULL) {
		n = snprintf(out, PATH_TEXT_MAX, "%s/ledger", c->p->key_dir);
		return n < 0 || n >= PATH_TEXT_MAX
			   ? err_set(err, DFLOW_FAILED, "%s: name too long",
				 c->p->key_dir)
			   : DFLOW_OK;
	}
	for (size_t i = 0; i < c->zone_count; i++)
		for (size_t k = 0; k < c->zones[i].ksk_count; k++) {
			const char *other = c->zones[i].ksks[k]->base;

			if (base == NULL)
				base = other;
			if (folder_len(base) != folder_len(other) ||
			    strncmp(base, other, folder_len(base)) != 0)
				return err_set(err, DFLOW_USAGE,
				    "the KSKs are not in one folder, where "
				    "their ledger would be; name it by "
				    "--ledger");
		}
	(void)snprintf(
	    out, PATH_TEXT_MAX, "%.*sledger", (int)folder_len(base), base);
	return DFLOW_OK;
}

enum dflow_status
ceremony_ledger_open(struct dflow_ceremony *c, struct dflow_err *err)
{
	const char *path = c->p->ledger;
	char found[PATH_TEXT_MAX];
	enum dflow_status st = DFLOW_OK;

	if (path == NULL && !has_ksr(c))
		return DFLOW_OK;
	if (path == NULL) {
		st = default_path(c, found, err);
		path = found;
	}
	if (st == DFLOW_OK)
		st = history_new(&c->history, err);
	if (st == DFLOW_OK)
		st = ledger_open(
		    path, history_take, c->history, &c->ledger, err);
	if (st == DFLOW_OK)
		st = history_check(c->history, err);
	if (st != DFLOW_OK)
		return st;
	fill_view(c);
	return DFLOW_OK;
}

static void
put_when(struct buf *words, const char *name, int64_t when)
{
	char text[DFLOW_WHEN_TEXT];

	dflow_when_text(when, text);
	ledger_put(words, name, text);
}

static void
put_key(struct buf *words, const char *name, const struct dflow_key_facts *k)
{
	char text[8 + DFLOW_DIGEST_TEXT];

	(void)snprintf(text, sizeof(text), "%u/%s", k->tag, k->fingerprint);
	ledger_put(words, name, text);
}

static void
put_keys(struct buf *words, const struct ceremony_zone *z,
    const struct dflow_ceremony_zone *v)
{
	char text[8];

	for (size_t i = 0; i < v->ksk_count; i++)
		if ((z->used & 1u << i) != 0)
			put_key(words, "ksk", &v->ksks[i]);
	for (size_t i = 0; i < v->zsk_count; i++) {
		if (z->ksr != NULL) {
			put_key(words, "zsk", &v->zsks[i]);
			continue;
		}
		(void)snprintf(text, sizeof(text), "%u", v->zsks[i].tag);
		ledger_put(words, "zsk", text);
	}
}

/* By these the next request shows that it follows. */
static void
put_last(struct buf *words, const struct ceremony_zone *z)
{
	const struct bundles *b = z->responses[0].bundles;
	const struct bundle *last = &b->list[b->count - 1];
	struct dflow_key_facts facts;
	struct dnskey key;

	for (size_t i = 0; i < last->count; i++) {
		if (!bundle_rr_is_zsk(&last->rrs[i]) ||
		    !dnskey_view(last->rrs[i].rdata, last->rrs[i].len, &key))
			continue;
		keyfacts_fill(&facts, z->name, &key, NULL, 0);
		put_key(words, "last", &facts);
	}
}

/* All of them were made; those that failed were let pass by --allow. */
static void
put_checks(struct buf *words, const struct ceremony_zone *z)
{
	struct buf names;

	buf_init(&names, LEDGER_LINE_MAX);
	for (unsigned i = 0; i < CHECKS; i++)
		buf_printf(&names, "%s%s", i > 0 ? "," : "", check_name(i));
	buf_u8(&names, 0);
	if (z->ksr != NULL && !names.failed)
		ledger_put(words, "checks", (const char *)names.data);
	words->failed = words->failed || names.failed;
	buf_free(&names);
	for (unsigned i = 0; i < CHECKS; i++)
		if ((z->checks.failed & 1u << i) != 0)
			ledger_put(words, "allow", check_name(i));
}

static void
put_signed(struct buf *words, const struct ceremony_zone *z,
    const struct dflow_ceremony_zone *v)
{
	ledger_put(words, "zone", z->text);
	for (size_t i = 0; i < z->file_count; i++)
		ledger_put(words, "request", z->files[i].sha256);
	ledger_put(words, "response", z->responses[0].sha256);
	if (z->response_count > 1)
		ledger_put(words, "emergency", z->responses[1].sha256);
	if (z->ksr != NULL && z->ksr->footer.id[0] != '\0')
		ledger_put(words, "id", z->ksr->footer.id);
	put_keys(words, z, v);
	if (z->ksr != NULL) {
		put_last(words, z);
		put_when(words, "from", z->ksr->list[0].time);
		put_when(words, "until", v->until);
	}
	put_when(words, "inception", v->inception);
	put_when(words, "expiration", v->expiration);
	put_checks(words, z);
}

enum dflow_status
ceremony_ledger_fits(const struct dflow_ceremony *c, struct dflow_err *err)
{
	for (size_t i = 0; c->ledger != NULL && i < c->zone_count; i++) {
		struct buf words;
		size_t count = 0;
		bool fits;

		buf_init(&words, LEDGER_LINE_MAX - UNKNOWN_YET);
		put_signed(&words, &c->zones[i], &c->zone_views[i]);
		for (size_t k = 0; k < words.len; k++)
			count += words.data[k] == ' ';
		fits = !words.failed && count <= LEDGER_WORDS_MAX;
		buf_free(&words);
		if (!fits)
			return err_set(err, DFLOW_REFUSED,
			    "%s: more keys than an entry of the ledger has "
			    "room for; ask for a shorter time",
			    c->zones[i].text);
	}
	return DFLOW_OK;
}

/* Entries that are made together: one write, one wait for the disk. */
struct entries {
	struct ledger_act *acts;
	struct buf *words;
	size_t count;
};

static enum dflow_status
entries_new(struct entries *e, size_t max, struct dflow_err *err)
{
	e->acts = calloc(max, sizeof(*e->acts));
	e->words = calloc(max, sizeof(*e->words));
	return e->acts != NULL && e->words != NULL ? DFLOW_OK : err_memory(err);
}

static struct buf *
entries_add(struct entries *e, const char *act)
{
	struct buf *words = &e->words[e->count];

	buf_init(words, LEDGER_LINE_MAX);
	e->acts[e->count].act = act;
	e->acts[e->count].words = words;
	e->count++;
	return words;
}

static enum dflow_status
entries_write(
    struct dflow_ceremony *c, const struct entries *e, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < e->count && st == DFLOW_OK; i++)
		st = buf_check(&e->words[i], "the ledger's entry", err);
	if (st == DFLOW_OK)
		st = ledger_append_all(
		    c->ledger, c->view.now, e->acts, e->count, err);
	if (st == DFLOW_OK)
		fill_view(c);
	return st;
}

static void
entries_free(struct entries *e)
{
	for (size_t i = 0; i < e->count; i++)
		buf_free(&e->words[i]);
	free(e->acts);
	free(e->words);
}

enum dflow_status
ceremony_ledger_record(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct dflow_err why = {0};
	struct entries e = {0};
	enum dflow_status st;

	if (c->ledger == NULL)
		return DFLOW_OK;
	st = entries_new(&e, c->zone_count, &why);
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++)
		put_signed(
		    entries_add(&e, "sign"), &c->zones[i], &c->zone_views[i]);
	if (st == DFLOW_OK)
		st = entries_write(c, &e, &why);
	if (st != DFLOW_OK)
		st = err_set(err, st,
		    "%s; nothing has left: look at the ledger by ksk-sign "
		    "ledger, and begin again",
		    why.text);
	entries_free(&e);
	return st;
}

enum dflow_status
ceremony_ledger_refuse(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct entries e = {0};
	enum dflow_status st;

	if (c->ledger == NULL)
		return DFLOW_OK;
	st = entries_new(&e, c->zone_count, err);
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++) {
		const struct ceremony_zone *z = &c->zones[i];
		uint32_t failed = checks_left(&z->checks);
		struct buf *words;

		if (!z->refused)
			continue;
		words = entries_add(&e, "refuse");
		ledger_put(words, "zone", z->text);
		for (size_t k = 0; k < z->file_count; k++)
			ledger_put(words, "request", z->files[k].sha256);
		for (unsigned k = 0; k < CHECKS; k++)
			if ((failed & 1u << k) != 0)
				ledger_put(words, "check", check_name(k));
	}
	if (st == DFLOW_OK)
		st = entries_write(c, &e, err);
	entries_free(&e);
	return st;
}
