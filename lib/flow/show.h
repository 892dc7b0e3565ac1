/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of `show` share: the records, and their signatures. */
#ifndef FLOW_SHOW_H
#define FLOW_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "dns/rrtype.h"
#include "dnssecflow/ksk.h"

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

struct dflow_show {
	char *path;
	int64_t now;
	struct dflow_show_facts facts;
	struct dflow_err problem;
	struct show_rr *rrs;
	size_t count;
};

/* Fills check and force of every RRSIG and matches of every DS. */
DFLOW_NODISCARD enum dflow_status show_check(
    struct dflow_show *s, struct dflow_err *err);

#endif
