/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which signatures of the zone that was published before stay: those over an
 * RRset that is the same bytes, by a key that still signs, whose end is far
 * enough.
 */
#ifndef FLOW_KEEP_H
#define FLOW_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "flow/items.h"
#include "flow/proofs.h"
#include "flow/zsks.h"
#include "keys/signer.h"
#include "zone/chain.h"
#include "zone/zone.h"

struct keep {
	const struct zone *zone; /* the previous; NULL: nothing is kept */
	struct signer *const *signers;
	size_t signer_count;
	const uint8_t *apex;
	int64_t now; /* seconds since 1970, like the next two */
	int64_t after; /* what ends at this or before is due */
	int64_t latest; /* and nothing may end later than asked for */
	bool known[ZSKS_MAX]; /* by signer; keep_init's */
};

/*
 * Finds the signers' keys in the previous zone; false, and k->zone is NULL,
 * if it has none of them.
 */
bool keep_init(struct keep *k);

/* What became of one item. */
struct kept {
	const struct rrset *set; /* the same in the previous zone, or NULL */
	const struct rrset *sigs; /* all over it there, or NULL */
	size_t rrsigs; /* the RRSIG of each signer: keeper->rrsigs[rrsigs ..] */
};

/* One thread's, range after range. */
struct keeper {
	struct kept *list; /* by item */
	struct rdata *rrsigs; /* data is NULL: not kept, to be made */
	size_t cap;
	size_t at; /* where the search in the previous zone goes on */
	struct proof_list proofs;
	struct buf scratch;
};

void keeper_init(struct keeper *r);
void keeper_free(struct keeper *r);
/* Fills list and rrsigs for the items. */
DFLOW_NODISCARD enum dflow_status keeper_match(struct keeper *r,
    const struct keep *k, const struct items *it, struct dflow_err *err);
/* Proves what keeper_match has kept. */
DFLOW_NODISCARD enum dflow_status keeper_prove(struct keeper *r,
    const struct keep *k, const struct items *it, struct dflow_err *err);

/*
 * True if the zone with its chain, signed, would be the previous one again:
 * each RRset is there with just the signatures that are kept, and nothing
 * else is. ZONEMD, which is computed last, is left out on both sides, but its
 * signatures must be such as are kept.
 */
struct keep_verdict {
	bool unchanged;
	int64_t first_expiration; /* of all RRSIGs, if unchanged */
	size_t kept; /* signatures by the signers, if unchanged */
};
DFLOW_NODISCARD enum dflow_status keep_all(const struct keep *k,
    const struct chain *c, unsigned threads, struct keep_verdict *out,
    struct dflow_err *err);

#endif
