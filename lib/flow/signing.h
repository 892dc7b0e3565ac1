/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a zone with its signatures: threads take ranges of it, sign them and
 * format their own text, while one of them writes in order.
 */
#ifndef FLOW_SIGNING_H
#define FLOW_SIGNING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/os.h"
#include "dnssecflow/zone.h"
#include "flow/keep.h"
#include "flow/proofs.h"
#include "zone/chain.h"

struct signing {
	const struct keep *keep; /* the signers, and what stays */
	const struct chain *chain; /* not needed by signing_write_rrset */
	uint32_t inception;
	uint32_t expiration; /* the latest; by owner up to spread_s before */
	uint32_t spread_s;
	unsigned threads;
	struct dflow_progress progress;
};

/* How much went into the file. */
struct signing_count {
	size_t rrs; /* RRSIGs among them */
	size_t made; /* signatures */
	size_t kept;
};

/*
 * Writes all RRs of the zone and of the chain with RRSIGs for what is
 * authoritative. *proofs are of the signatures that were kept; NULL if none.
 */
DFLOW_NODISCARD enum dflow_status signing_write(const struct signing *s,
    struct os_save *out, struct signing_count *count, struct proofs **proofs,
    struct dflow_err *err);

/* Writes one more RRset at the apex with new RRSIGs; adds to *count. */
DFLOW_NODISCARD enum dflow_status signing_write_rrset(const struct signing *s,
    const struct rrset *set, struct os_save *out, struct signing_count *count,
    struct dflow_err *err);

#endif
