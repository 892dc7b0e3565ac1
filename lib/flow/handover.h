/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the zone that is published to the next one: can caches that hold the
 * one verify the other (RFC 6781 section 4.1.1, RFC 7583 section 3.2.1)?
 */
#ifndef FLOW_HANDOVER_H
#define FLOW_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/zone.h"
#include "flow/kskcheck.h"
#include "flow/zsks.h"
#include "zone/zone.h"

/* A ZSK: a zone key that is neither a KSK nor revoked. */
bool handover_is_zsk(const struct dnskey *key);
/* Is any of a's keys in b, and one for each algorithm that both have? */
bool handover_meet(struct kskcheck_keys a, struct kskcheck_keys b);

struct handover {
	const char *out;
	const uint8_t *apex;
	int64_t now;
	const struct zone *previous; /* what stands at out; NULL: nothing */
	/* What is to take its place: its KSKs, and either its ZSKs, */
	const struct kskdata *kskdata;
	const struct zsks *keys;
	const struct dflow_sign *p; /* for which time they were chosen, */
	const struct zone *next; /* or the zone, signed */
};

/* What caches could not do. */
enum handover_fault {
	HANDOVER_GOOD,
	/* Who holds the old keys has none that signs now: nothing verifies. */
	HANDOVER_UNKNOWN,
	/* The zone has none of the keys of signatures that are held. */
	HANDOVER_GONE,
};

enum { HANDOVER_TEXT = 800 };

struct handover_found {
	enum handover_fault fault;
	bool ours; /* one of the previous zone's ZSKs is in the folder */
	bool has_step; /* one lies between, which caches can follow, */
	int64_t step; /* by the keys and the bundle of then */
	char text[HANDOVER_TEXT]; /* "OUT: what is wrong"; "" if nothing is */
};

/*
 * Finds fault if a signature over the previous zone's DNSKEY RRset is good
 * now, and none of the ZSKs that sign now is in that RRset, or none of those
 * that signed the previous zone is in the zone now. A zone with none of the
 * KSKs is of another chain of trust, and nothing is asked of it. A step is
 * looked for if the fault is HANDOVER_UNKNOWN, or the previous zone was such a
 * step itself; its signatures in KSK.data have to be good yet. DFLOW_FAILED if
 * there is no memory.
 */
DFLOW_NODISCARD enum dflow_status handover_check(const struct handover *h,
    struct handover_found *out, struct dflow_err *err);

#endif
