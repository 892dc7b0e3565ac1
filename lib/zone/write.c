/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone as text. Threads format ranges of RRsets into their own buffers; the
 * ranges are written in order.
 */
#include "zone/write.h"

#include <stdbool.h>

#include "base/pool.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

enum { RANGE = 2048 }; /* RRsets that are formatted at a time */

#define RANGE_TEXT_MAX ((size_t)1 << 30)

struct writing {
	const struct zone *z;
	const struct rrset *soa; /* written first */
	struct os_save *out;
};

static enum dflow_status
format_range(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	const struct writing *w = ctx;
	const struct zone *z = w->z;
	size_t at = i * RANGE;
	size_t end = z->rrset_count - at < RANGE ? z->rrset_count : at + RANGE;

	(void)worker;
	for (; at < end; at++) {
		if (&z->rrsets[at] != w->soa)
			rrtext_put_rrset(out, &z->rrsets[at]);
	}
	return buf_check(out, "the text of the zone's records", err);
}

static enum dflow_status
take_text(void *ctx, const struct buf *in, struct dflow_err *err)
{
	const struct writing *w = ctx;

	return os_save_write(w->out, in->data, in->len, err);
}

static enum dflow_status
write_soa(struct writing *w, struct dflow_err *err)
{
	const struct node *apex = zone_apex(w->z);
	enum dflow_status st;
	struct buf text;

	if (apex != NULL)
		w->soa = node_rrset(w->z, apex, RRTYPE_SOA);
	if (w->soa == NULL)
		return DFLOW_OK;
	buf_init(&text, RANGE_TEXT_MAX);
	rrtext_put_rrset(&text, w->soa);
	st = buf_check(&text, "the text of the SOA", err);
	if (st == DFLOW_OK)
		st = take_text(w, &text, err);
	buf_free(&text);
	return st;
}

enum dflow_status
zone_write(const struct zone *z, unsigned threads, struct os_save *out,
    struct dflow_err *err)
{
	struct writing w = {.z = z, .out = out};
	struct pool_stream stream = {
	    .make = format_range,
	    .take = take_text,
	    .ctx = &w,
	    .max = RANGE_TEXT_MAX,
	};
	enum dflow_status st = write_soa(&w, err);

	if (st != DFLOW_OK)
		return st;
	return pool_stream(
	    threads, (z->rrset_count + RANGE - 1) / RANGE, &stream, err);
}
