/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones: one that is read, linked and written must come back the same. */
#include <stdlib.h>
#include <string.h>

#include "dns/rrtext.h"
#include "zone/chain.h"
#include "zone/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum dflow_status
add(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	return zone_builder_add(ctx, rr, err);
}

/* Appends the zone, which text makes, and its chain. */
static void
pass(const void *text, size_t len, struct buf *zone, struct buf *links)
{
	struct chain_params p = {.nsec3 = len & 1, .opt_out = len & 2};
	const uint8_t root = 0;
	struct zone_builder *b = NULL;
	struct chain *c = NULL;
	struct zone *z = NULL;
	uint16_t file;

	if (zone_builder_new(0, &b, NULL) == DFLOW_OK &&
	    zone_builder_file(b, "fuzz", &file, NULL) == DFLOW_OK &&
	    text_load("f", text, len, 60, add, b, NULL) == DFLOW_OK &&
	    zone_build(&b, &root, 1, &z, NULL) == DFLOW_OK) {
		for (size_t i = 0; i < z->rrset_count; i++)
			rrtext_put_rrset(zone, &z->rrsets[i]);
		if (chain_build(z, &p, 1, &c, NULL) == DFLOW_OK)
			for (size_t i = 0; i < c->count; i++)
				chain_rdata(c, i, links);
	}
	chain_free(&c);
	zone_free(&z);
	zone_builder_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf first, again, links;

	buf_init(&first, (size_t)64 << 20);
	buf_init(&again, (size_t)64 << 20);
	buf_init(&links, (size_t)64 << 20);
	pass(data, len, &first, &links);
	pass(first.data, first.len, &again, &links);
	if (first.len != again.len ||
	    (first.len > 0 && memcmp(first.data, again.data, first.len) != 0))
		abort();
	buf_free(&first);
	buf_free(&again);
	buf_free(&links);
	return 0;
}
