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
#include "keys/signer.h"
#include "zone/chain.h"
#include "zone/zone.h"

struct signing {
	const uint8_t *apex;
	const struct zone *zone; /* not needed by signing_write_rrset */
	const struct chain *chain;
	struct signer *const *signers; /* each signs every RRset */
	size_t signer_count;
	uint32_t inception;
	uint32_t expiration;
	unsigned threads;
	struct dflow_progress progress;
};

/* How much went into the file. */
struct signing_count {
	size_t rrs; /* RRSIGs among them */
	size_t signatures; /* those that were made */
};

/*
 * Writes all RRs of the zone and of the chain with RRSIGs for what is
 * authoritative (RFC 4035 section 2.2). An RRset for which the zone holds
 * RRSIGs (the KSK's, over DNSKEY, CDS, CDNSKEY) keeps those alone.
 */
DFLOW_NODISCARD enum dflow_status signing_write(const struct signing *s,
    struct os_save *out, struct signing_count *count, struct dflow_err *err);

/* Writes one more RRset at the apex with its RRSIGs; adds to *count. */
DFLOW_NODISCARD enum dflow_status signing_write_rrset(const struct signing *s,
    const struct rrset *set, struct os_save *out, struct signing_count *count,
    struct dflow_err *err);

#endif
