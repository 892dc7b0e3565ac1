/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records of a KSR or SKR for `show`, each with its bundle. A file that
 * its reader refuses is not explained: half a bundle looks like a whole one.
 */
#include <stdlib.h>

#include "exchange/bundle.h"
#include "flow/ksrcheck.h"
#include "flow/possession.h"
#include "flow/show.h"
#include "zone/zone.h"

static size_t
count_all(const struct bundles *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->count; i++)
		count += b->list[i].count;
	return count;
}

/* What is to be told of a key's proof; only a KSR has them. */
static enum dflow_status
judge_proof(const struct bundles *b, const struct bundle *in,
    const struct bundle_rr *rr, enum dflow_proof *out, struct dflow_err *err)
{
	static const enum dflow_proof words[] = {
	    [POSSESSION_MISSING] = DFLOW_PROOF_MISSING,
	    [POSSESSION_GOOD] = DFLOW_PROOF_GOOD,
	    [POSSESSION_BAD] = DFLOW_PROOF_BAD,
	};
	enum possession proof;
	enum dflow_status st;

	if (b->kind != BUNDLE_KSR)
		return DFLOW_OK;
	st = possession_check(b, in, rr, &proof, err);
	if (st == DFLOW_OK)
		*out = words[proof];
	return st;
}

static enum dflow_status
add_bundle(struct dflow_show *s, const struct bundles *b, size_t number,
    struct dflow_err *err)
{
	const struct bundle *in = &b->list[number];
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < in->count && st == DFLOW_OK; i++) {
		const struct bundle_rr *from = &in->rrs[i];
		struct dflow_record *r = &s->rrs[s->count].record;
		struct zone_rr rr = {
		    .owner = b->zone,
		    .rdata = from->rdata,
		    .ttl = from->ttl,
		    .line = (uint32_t)from->line,
		    .type = from->type,
		    .rdata_len = (uint16_t)from->len,
		};

		st = show_add(&rr, s, err);
		if (st == DFLOW_OK)
			st = judge_proof(b, in, from, &r->proof, err);
		r->bundle = number + 1;
		r->bundle_time = in->time;
		r->bundle_line = in->line;
		r->bundle_in_force = in == bundles_at(b, s->now);
	}
	return st;
}

/* Those of the left's checks that need nothing but the file. */
static enum dflow_status
check_shape(
    struct dflow_show *s, const struct bundles *b, struct dflow_err *err)
{
	struct checks checks = {.allowed = 0};
	enum dflow_status st = DFLOW_OK;
	struct dflow_err why;

	if (b->kind == BUNDLE_KSR)
		st = ksrcheck_shape(b, &checks, err);
	/* It is told as the file's problem, and ends nothing here. */
	if (st == DFLOW_OK && checks_verdict(&checks, &why) != DFLOW_OK)
		s->shape = why;
	return st;
}

enum dflow_status
show_bundles(
    struct dflow_show *s, const struct buf *text, struct dflow_err *err)
{
	struct bundles *b = NULL;
	enum dflow_status st;

	st = bundles_parse(
	    s->path, (const char *)text->data, text->len, &b, err);
	if (st != DFLOW_OK)
		return st;
	s->cap = count_all(b);
	s->rrs = calloc(s->cap, sizeof(*s->rrs));
	if (s->rrs == NULL)
		st = err_memory(err);
	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++)
		st = add_bundle(s, b, i, err);
	if (st == DFLOW_OK)
		st = bundle_table_make(b, b->footer.until, &s->table, err);
	if (st == DFLOW_OK)
		st = check_shape(s, b, err);
	s->request = b->kind == BUNDLE_KSR;
	s->facts.kind = bundle_kind_text(b->kind);
	s->facts.bundle_count = b->count;
	s->footer = b->footer;
	bundles_free(&b);
	return st;
}
