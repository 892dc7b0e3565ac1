/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records of a KSR or SKR for `show`, each with its bundle. A file that
 * its reader refuses is not explained: half a bundle looks like a whole one.
 */
#include <stdlib.h>

#include "exchange/bundle.h"
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
		r->bundle = number + 1;
		r->bundle_time = in->time;
		r->bundle_line = in->line;
		r->bundle_in_force = in == bundles_at(b, s->now);
	}
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
	s->facts.kind = bundle_kind_text(b->kind);
	s->facts.bundle_count = b->count;
	bundles_free(&b);
	return st;
}
