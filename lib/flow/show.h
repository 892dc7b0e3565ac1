/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of `show` share: the records, and their signatures. */
#ifndef FLOW_SHOW_H
#define FLOW_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "dns/name.h"
#include "dns/rrtype.h"
#include "dnssecflow/ksk.h"
#include "exchange/bundle_footer.h"
#include "flow/bundle_table.h"
#include "zone/zone.h"

enum { SHOW_BYTES_MAX = 1 << 20, SHOW_RRS_MAX = 1000 };

struct show_rr {
	uint8_t owner[NAME_MAX_LEN];
	uint8_t *rdata;
	size_t len;
	uint16_t type;
	char *owner_text;
	char *signer_text;
	char type_text[RRTYPE_TEXT_SIZE];
	char covered_text[RRTYPE_TEXT_SIZE];
	struct dflow_record record;
};

enum { SHOW_LINES_MAX = 64 }; /* warnings, or DS records */

/* Lines of text. */
struct show_lines {
	char *list[SHOW_LINES_MAX];
	size_t count;
};

struct dflow_show {
	char *path;
	char zone[NAME_TEXT_SIZE];
	struct bundle_table *table; /* of a KSR or SKR; else NULL */
	struct show_lines warnings;
	struct show_lines ds;
	int64_t now;
	struct dflow_show_facts facts;
	struct bundle_footer footer;
	struct dflow_err problem;
	struct dflow_err shape; /* what the left would refuse in a KSR */
	bool request; /* it is a KSR */
	struct show_rr *rrs;
	size_t count;
	size_t cap; /* records that rrs has room for */
};

/* text_load's callback: adds the record to ctx, a struct dflow_show. */
DFLOW_NODISCARD enum dflow_status show_add(
    const struct zone_rr *rr, void *ctx, struct dflow_err *err);

/* Makes rrs of a KSR's or SKR's text, each with its bundle, and the kind. */
DFLOW_NODISCARD enum dflow_status show_bundles(
    struct dflow_show *s, const struct buf *text, struct dflow_err *err);

/* Fills check and force of every RRSIG and matches of every DS. */
DFLOW_NODISCARD enum dflow_status show_check(
    struct dflow_show *s, struct dflow_err *err);

/* The zone, the DS records, and what to warn of; after show_check. */
DFLOW_NODISCARD enum dflow_status show_notes(
    struct dflow_show *s, struct dflow_err *err);

#endif
