/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks of a KSR against what the ledger says was signed before. A file
 * that comes a second time is a replay, and nothing else: what was signed of
 * this very file before is left out of account by the other checks, so that
 * who lost the response can have it again by allowing that alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "flow/keyfacts.h"
#include "flow/ksrcheck_parts.h"

enum { SHA256_LEN = 32, DS_HEAD = 4, DS_SHA256 = 2 };

static bool
is_same(const struct ksrcheck *p, const struct history_act *act)
{
	return strcmp(p->sha256, act->request) == 0;
}

const struct history_act *
ksrcheck_last(const struct ksrcheck *p)
{
	if (p->acts == NULL)
		return NULL;
	for (size_t i = p->act_count; i > 0; i--)
		if (!is_same(p, &p->acts[i - 1]))
			return &p->acts[i - 1];
	return NULL;
}

static void
check_gap(
    const struct ksrcheck *p, const struct history_act *last, struct checks *c)
{
	const struct bundle *first = &p->request->list[0];
	char from[DFLOW_WHEN_LONG], until[DFLOW_WHEN_LONG];

	if (first->time <= last->until)
		return;
	dflow_when_long(first->time, from);
	dflow_when_long(last->until, until);
	checks_fail(c, CHECK_GAP,
	    "%s:%zu: it begins on %s, but the last response, entry %zu of the "
	    "ledger, ends on %s; ask the right from then on",
	    ksrcheck_file(p->request), first->line, from, last->entry, until);
}

/* The footer of ours names the last response. */
static void
check_answers(
    const struct ksrcheck *p, const struct history_act *last, struct checks *c)
{
	const char *answers = p->request->footer.answers;
	const char *file = ksrcheck_file(p->request);

	if (answers[0] == '\0')
		checks_fail(c, CHECK_CHAIN,
		    "%s: a request of ours that does not tell the last "
		    "response; ask the right for a new one",
		    file);
	else if (last == NULL && strcmp(answers, "none") != 0)
		checks_fail(c, CHECK_CHAIN,
		    "%s: it follows from a response, but none was signed for "
		    "this zone by the ledger; find the ledger that has it",
		    file);
	else if (last != NULL && strcmp(answers, last->response) != 0 &&
		 (last->emergency[0] == '\0' ||
		     strcmp(answers, last->emergency) != 0))
		checks_fail(c, CHECK_CHAIN,
		    "%s: it does not follow from the last response, entry %zu "
		    "of the ledger; import that on the right, then ask anew",
		    file, last->entry);
}

/* The digest of the key's SHA-256 DS, as the ledger has it. */
static enum dflow_status
key_digest(const struct bundles *b, const struct bundle_rr *rr,
    char out[DFLOW_DIGEST_TEXT], struct dflow_err *err)
{
	uint8_t ds[DS_RDATA_MAX];
	struct dnskey key;

	if (!dnskey_view(rr->rdata, rr->len, &key) ||
	    dnskey_ds(b->zone, &key, DS_SHA256, ds) == 0)
		return err_memory(err);
	keyfacts_hex(ds + DS_HEAD, SHA256_LEN, out);
	return DFLOW_OK;
}

enum dflow_status
ksrcheck_known(const struct bundles *b, const struct bundle_rr *rr,
    const struct history_act *last, bool *known, struct dflow_err *err)
{
	char digest[DFLOW_DIGEST_TEXT];
	enum dflow_status st;

	*known = false;
	if (last == NULL)
		return DFLOW_OK;
	st = key_digest(b, rr, digest, err);
	for (size_t i = 0; st == DFLOW_OK && i < last->last_count; i++)
		*known = *known || strcmp(digest, last->last[i]) == 0;
	return st;
}

static enum dflow_status
check_shared(const struct ksrcheck *p, const struct history_act *last,
    struct checks *c, struct dflow_err *err)
{
	const struct bundle *first = &p->request->list[0];
	enum dflow_status st = DFLOW_OK;
	bool known = false;

	/* Of one that begins before that one's end, conflict tells. */
	if (first->time < last->until)
		return DFLOW_OK;
	for (size_t i = 0; i < first->count && !known && st == DFLOW_OK; i++)
		st = ksrcheck_known(
		    p->request, &first->rrs[i], last, &known, err);
	if (st == DFLOW_OK && !known)
		checks_fail(c, CHECK_CHAIN,
		    "%s:%zu: its first bundle has none of the ZSKs of the last "
		    "response, entry %zu of the ledger; ask the right for one "
		    "that goes on with them",
		    ksrcheck_file(p->request), first->line, last->entry);
	return st;
}

static void
check_replay(const struct ksrcheck *p, struct checks *c)
{
	const char *id = p->request->footer.id;
	const char *file = ksrcheck_file(p->request);
	char when[DFLOW_WHEN_LONG];

	for (size_t i = 0; p->acts != NULL && i < p->act_count; i++) {
		const struct history_act *act = &p->acts[i];

		dflow_when_long(act->time, when);
		if (is_same(p, act))
			checks_fail(c, CHECK_REPLAY,
			    "%s: was signed on %s already, entry %zu of the "
			    "ledger; take that response, or ask the right for "
			    "a new request",
			    file, when, act->entry);
		else if (id[0] != '\0' && strcmp(id, act->id) == 0)
			checks_fail(c, CHECK_REPLAY,
			    "%s: another file of its id was signed on %s, "
			    "entry %zu of the ledger; find out who changed it, "
			    "and ask the right for a new request",
			    file, when, act->entry);
	}
	if (id[0] == '\0' && ksrcheck_is_ours(p->request))
		checks_fail(c, CHECK_REPLAY,
		    "%s: a request of ours without its id; ask the right for a "
		    "new one",
		    file);
}

static void
check_conflict(const struct ksrcheck *p, struct checks *c)
{
	const struct bundle *first = &p->request->list[0];
	char from[DFLOW_WHEN_LONG], until[DFLOW_WHEN_LONG];

	for (size_t i = 0; i < p->act_count; i++) {
		const struct history_act *act = &p->acts[i];

		if (is_same(p, act) || first->time >= act->until ||
		    p->until <= act->from)
			continue;
		dflow_when_long(act->from, from);
		dflow_when_long(act->until, until);
		checks_fail(c, CHECK_CONFLICT,
		    "%s:%zu: another request was signed for %s to %s, entry "
		    "%zu of the ledger; ask the right for the time behind it",
		    ksrcheck_file(p->request), first->line, from, until,
		    act->entry);
	}
}

enum dflow_status
ksrcheck_past(const struct ksrcheck *p, const struct history_act *last,
    struct checks *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	check_replay(p, c);
	if (p->acts == NULL)
		return DFLOW_OK;
	check_conflict(p, c);
	if (ksrcheck_is_ours(p->request))
		check_answers(p, last, c);
	if (last != NULL) {
		check_gap(p, last, c);
		st = check_shared(p, last, c, err);
	}
	return st;
}
