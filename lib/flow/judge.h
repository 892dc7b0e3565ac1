/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge: says of a zone in memory whether a validator may trust it, and
 * lists what is wrong. It shares no policy with `sign`: it derives what must
 * be there from the zone's own data (RFC 4033-4035, 5155, 6840, 7344, 8976).
 */
#ifndef FLOW_JUDGE_H
#define FLOW_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/zone.h"
#include "flow/proofs.h"
#include "zone/zone.h"

struct judge_params {
	int64_t now;
	/* The DNSKEY, CDS, CDNSKEY RRsets may be signed by any key (-z). */
	bool any_key;
	/* DS RRset of the parent, one of which must lead to a key that signs
	 * DNSKEY; NULL if none was given. */
	const struct rrset *ds;
	unsigned threads;
	size_t findings_max; /* keep this many, count all */
	/* Signatures that need not be verified again, or NULL. */
	const struct proofs *proofs;
	struct dflow_progress progress;
};

struct finding {
	char owner[NAME_TEXT_SIZE];
	char type[24];
	char reason[256];
};

struct judge_report {
	struct finding *findings; /* in zone order */
	size_t kept;
	size_t count; /* all that were found */
	size_t rrs;
	size_t rrsets;
	size_t signatures; /* that were verified, and not just proven */
	uint32_t serial;
	int64_t first_expiration; /* of all RRSIGs; 0 if there are none */
};

/*
 * DFLOW_OK when nothing is wrong; DFLOW_REFUSED with *out filled and the first
 * finding in err; DFLOW_FAILED when it could not judge. The caller frees *out
 * in the first two cases.
 */
DFLOW_NODISCARD enum dflow_status judge_zone(const struct zone *z,
    const struct judge_params *p, struct judge_report **out,
    struct dflow_err *err);
void judge_report_free(struct judge_report **r);

#endif
