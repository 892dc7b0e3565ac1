/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RRs from text: what is written for them is read as the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtext.h"
#include "zone/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum dflow_status
same(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	const struct rrtext *was = *(const struct rrtext **)ctx;

	(void)err;
	if (was->type != rr->type || was->ttl != rr->ttl ||
	    was->rdata_len != rr->rdata_len ||
	    memcmp(was->rdata, rr->rdata, rr->rdata_len) != 0)
		abort();
	return DFLOW_OK;
}

static enum dflow_status
again(const struct rrtext *rr, void *ctx, struct dflow_err *err)
{
	struct buf *out = ctx;

	buf_reset(out);
	rrtext_put(out, rr->owner, rr->ttl, rr->type,
	    (struct rdata){rr->rdata, rr->rdata_len});
	if (out->failed || text_load("back", (const char *)out->data, out->len,
			       1, same, &rr, err) != DFLOW_OK)
		abort();
	return DFLOW_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dflow_err err;
	struct buf out;
	enum dflow_status status;

	buf_init(&out, 1 << 20);
	status =
	    rrtext_read("fuzz", (const char *)data, len, 60, again, &out, &err);
	buf_free(&out);
	return status == DFLOW_USAGE;
}
