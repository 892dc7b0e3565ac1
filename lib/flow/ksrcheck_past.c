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

enum {
	SHA256_LEN = 32,
	DS_HEAD = 4,
	DS_SHA256 = 2,
	GAP_PAST_S = 86400, /* zsk-sign request plans from no earlier */
	KEY_AT = 4, /* of a DNSKEY's RDATA: behind flags, protocol, algorithm */
};

static bool
is_same(const struct ksrcheck *p, const struct history_act *act)
{
	return strcmp(p->sha256, act->request) == 0;
}

bool
ksrcheck_is_again(const struct ksrcheck *p)
{
	for (size_t i = 0; p->acts != NULL && i < p->act_count; i++)
		if (is_same(p, &p->acts[i]))
			return true;
	return false;
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
	/* What is past cannot be planned: that gap is there to stay. */
	if (last->until < p->now - GAP_PAST_S) {
		checks_fail(c, CHECK_GAP,
		    "%s:%zu: the last response, entry %zu of the ledger, ended "
		    "on %s; %s",
		    ksrcheck_file(p->request), first->line, last->entry, until,
		    first->time <= p->now
			? "nothing can fill that any more"
			: "ask the right for one from now on");
		return;
	}
	checks_fail(c, CHECK_GAP,
	    "%s:%zu: it begins on %s, but the last response, entry %zu of the "
	    "ledger, ends on %s; ask the right from then on",
	    ksrcheck_file(p->request), first->line, from, last->entry, until);
}

/*
 * Whether that is the last response, or another one to the same file: of a
 * request that was signed again, either may have arrived.
 */
static bool
is_response(const struct ksrcheck *p, const struct history_act *last,
    const char *digest)
{
	for (size_t i = 0; i < p->act_count; i++) {
		const struct history_act *act = &p->acts[i];

		if (strcmp(act->request, last->request) == 0 &&
		    (strcmp(digest, act->response) == 0 ||
			strcmp(digest, act->emergency) == 0))
			return true;
	}
	return false;
}

/*
 * Whether that is the plain response after the last act; of a file that was
 * signed before, also the one before that.
 */
static bool
is_plain(const struct ksrcheck *p, const char *digest)
{
	if (p->plain != NULL && p->plain[0] != '\0' &&
	    strcmp(digest, p->plain) == 0)
		return true;
	for (size_t i = p->act_count; i > 0; i--) {
		const struct history_act *act = &p->acts[i - 1];

		if (!is_same(p, act))
			return false;
		if (strcmp(digest, act->plain) == 0)
			return true;
	}
	return false;
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
	else if (is_plain(p, answers))
		return;
	else if (last == NULL && strcmp(answers, "none") != 0)
		checks_fail(c, CHECK_CHAIN,
		    "%s: it follows from a response, but none was signed for "
		    "this zone by the ledger; find the ledger that has it",
		    file);
	else if (last != NULL && !is_response(p, last, answers))
		checks_fail(c, CHECK_CHAIN,
		    "%s: it does not follow from the last response, entry %zu "
		    "of the ledger; import that on the right, then ask anew; "
		    "if it was lost, sign its own request again, with --allow "
		    "replay",
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

static bool
has_key(const struct history_key *keys, size_t count, const char *digest)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(digest, keys[i].digest) == 0)
			return true;
	return false;
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
	if (st == DFLOW_OK)
		*known = has_key(last->last, last->last_count, digest);
	return st;
}

/* Who takes the proofs and the footer away makes no request of others'. */
static void
check_maker(
    const struct ksrcheck *p, const struct history_act *last, struct checks *c)
{
	if (last->id[0] != '\0' && !ksrcheck_is_ours(p->request))
		checks_fail(c, CHECK_CHAIN,
		    "%s: the last request of this zone, entry %zu of the "
		    "ledger, was made by dnssecflow, and this one was not; "
		    "find out who made it, and ask zsk-sign request for one",
		    ksrcheck_file(p->request), last->entry);
}

/* Also as it was before it was revoked, when it had another tag. */
static enum dflow_status
ksk_known(const struct ksrcheck *p, const struct dnskey *ksk,
    const struct history_act *last, bool *known, struct dflow_err *err)
{
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct bundle_rr rr = {.rdata = rdata, .len = ksk->rdata_len};
	char digest[DFLOW_DIGEST_TEXT];
	enum dflow_status st;

	memcpy(rdata, ksk->rdata, rr.len);
	st = key_digest(p->request, &rr, digest, err);
	if (st != DFLOW_OK)
		return st;
	*known = has_key(last->ksks, last->ksk_count, digest);
	rdata[1] &= (uint8_t)~DNSKEY_FLAG_REVOKE;
	st = key_digest(p->request, &rr, digest, err);
	if (st == DFLOW_OK && !*known)
		*known = has_key(last->ksks, last->ksk_count, digest);
	return st;
}

/*
 * The parent has a DS of those that signed last, if of any. To lie here is not
 * enough: by its times that KSK may sign no more.
 */
static enum dflow_status
check_ksks(const struct ksrcheck *p, const struct history_act *last,
    struct checks *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	bool known = last->ksk_count == 0, here = false;
	const struct dnskey *old = NULL;

	for (size_t i = 0; i < p->ksk_count && !known && st == DFLOW_OK; i++) {
		st = ksk_known(p, &p->ksks[i], last, &here, err);
		known = here && (p->first_signers & 1u << i) != 0;
		if (here && !known)
			old = &p->ksks[i];
	}
	if (st == DFLOW_OK && !known && old != NULL)
		checks_fail(c, CHECK_CHAIN,
		    "%s: KSK %u, which signed the last response, entry %zu of "
		    "the ledger, does not sign the first bundle, and no other "
		    "of that response does; let it sign for some days more "
		    "(ksk-sign settime -I)",
		    ksrcheck_file(p->request), old->tag, last->entry);
	else if (st == DFLOW_OK && !known)
		checks_fail(c, CHECK_CHAIN,
		    "%s: no KSK here signed the last response, entry %zu of "
		    "the ledger; bring KSK %s",
		    ksrcheck_file(p->request), last->entry, last->ksks[0].tag);
	return st;
}

/* Of one that begins before that one's end, any of its ZSKs will do. */
static enum dflow_status
check_shared(const struct ksrcheck *p, const struct history_act *last,
    struct checks *c, struct dflow_err *err)
{
	const struct bundle *first = &p->request->list[0];
	char digest[DFLOW_DIGEST_TEXT];
	enum dflow_status st = DFLOW_OK;
	bool known = false;

	for (size_t i = 0; i < first->count && !known && st == DFLOW_OK; i++) {
		st = key_digest(p->request, &first->rrs[i], digest, err);
		known = st == DFLOW_OK &&
			has_key(last->last, last->last_count, digest);
		if (st == DFLOW_OK && !known && first->time < last->until)
			known = has_key(last->zsks, last->zsk_count, digest);
	}
	if (st == DFLOW_OK && !known)
		checks_fail(c, CHECK_CHAIN,
		    "%s:%zu: its first bundle has none of the ZSKs of the last "
		    "response, entry %zu of the ledger; ask the right for one "
		    "that goes on with them",
		    ksrcheck_file(p->request), first->line, last->entry);
	return st;
}

/* By the public key: of its id the check keys tells. */
static bool
have_same_key(const struct bundle *a, const struct bundle *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++) {
			const struct bundle_rr *x = &a->rrs[i];
			const struct bundle_rr *y = &b->rrs[k];

			if (x->len == y->len && x->len > KEY_AT &&
			    memcmp(x->rdata + KEY_AT, y->rdata + KEY_AT,
				x->len - KEY_AT) == 0)
				return true;
		}
	return false;
}

/* No bundle has other ZSKs alone than the one before: none would roll so. */
static void
check_within(const struct ksrcheck *p, struct checks *c)
{
	const struct bundles *b = p->request;

	for (size_t i = 1; i < b->count; i++)
		if (!have_same_key(&b->list[i], &b->list[i - 1]))
			checks_fail(c, CHECK_CHAIN,
			    "%s:%zu: this bundle has none of the ZSKs of that "
			    "before it, on line %zu; find out who made it, or "
			    "ask the right for a plan that rolls its ZSKs",
			    ksrcheck_file(b), b->list[i].line,
			    b->list[i - 1].line);
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
			    "ledger; take that response; if it was lost, this "
			    "makes it again",
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
		    "%zu of the ledger; ask the right for the time behind "
		    "it, or, if that response was lost, sign its own request "
		    "again, with --allow replay",
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
	check_within(p, c);
	if (p->acts == NULL)
		return DFLOW_OK;
	check_conflict(p, c);
	if (ksrcheck_is_ours(p->request))
		check_answers(p, last, c);
	if (last == NULL)
		return DFLOW_OK;
	check_maker(p, last, c);
	check_gap(p, last, c);
	st = check_ksks(p, last, c, err);
	return st == DFLOW_OK ? check_shared(p, last, c, err) : st;
}
