/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The small texts that cross the gap, RR by RR. Refuses $INCLUDE.
 */
#include "zone/load.h"
#include "zone/loader.h"

/* text_load's view of a reading. */
struct text_reading {
	enum dflow_status (*each)(
	    const struct zone_rr *rr, void *ctx, struct dflow_err *err);
	void *ctx;
};

static enum dflow_status
text_each(struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct text_reading *t = ctx;

	return t->each(rr, t->ctx, err);
}

static enum dflow_status
read_all(struct loader *ld, struct text_reading *t, struct dflow_err *err)
{
	struct stretch at = {0}, before;
	enum dflow_status st;

	for (;;) {
		before = at;
		st = loader_next(ld, &at, err);
		if (st != DFLOW_OK || at.piece.len == 0)
			return st;
		stretch_settle(&at, &before);
		st = scan_records(ld->scan, &at, text_each, t, err);
		if (st != DFLOW_OK)
			return st;
	}
}

enum dflow_status
text_load_part(const struct text_part *part,
    enum dflow_status (*each)(
	const struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct text_reading t = {each, ctx};
	struct loader ld = {
	    .ttl = part->ttl_default,
	    .ttl_known = true,
	    .ttl_fixed = true,
	};
	enum dflow_status st = loader_open_text(&ld, part, err);

	if (st == DFLOW_OK)
		st = read_all(&ld, &t, err);
	loader_close(&ld);
	return st;
}

enum dflow_status
text_load(const char *file, const char *text, size_t len, uint32_t ttl_default,
    enum dflow_status (*each)(
	const struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct text_part part = {file, text, len, 1, ttl_default};

	return text_load_part(&part, each, ctx, err);
}
