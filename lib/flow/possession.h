/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Proof of possession: every ZSK of a KSR's bundle signs the DNSKEY RRset of
 * that bundle, which is the ZSKs alone. The times of that signature are the
 * bundle's own, as in ICANN's requests for the root: its inception is the time
 * from which the bundle is in force, its expiration that of the next bundle or
 * the end of the plan. So a proof that was made for one bundle is none in
 * another, and two people can read from a request for which time it was made.
 */
#ifndef FLOW_POSSESSION_H
#define FLOW_POSSESSION_H

#include "dns/rrset.h"
#include "exchange/bundle.h"
#include "flow/rrpack.h"
#include "keys/signer.h"
#include "keys/verifier.h"

enum possession {
	POSSESSION_MISSING,
	POSSESSION_GOOD,
	POSSESSION_BAD, /* another key's, another bundle's, or tampered with */
};

/*
 * Gives the key, wherever it stands in the KSR, a proof. to is the end of the
 * last bundle, seconds since 1970. A signature that cannot be made is fatal.
 */
DFLOW_NODISCARD enum dflow_status possession_prove(struct bundles *b,
    const struct signer *key, int64_t to, struct dflow_err *err);

/* Judges the proof that stands behind a ZSK of the bundle. */
DFLOW_NODISCARD enum dflow_status possession_check(const struct bundles *b,
    const struct bundle *in, const struct bundle_rr *rr, enum possession *out,
    struct dflow_err *err);

/* For many proofs: what all those of one bundle are over. */
struct possession_set {
	const struct bundles *b;
	const struct bundle *in;
	struct rrpack pack;
	struct rrset set;
};

/* All is borrowed; s is freed by possession_set_free, also after a failure. */
DFLOW_NODISCARD enum dflow_status possession_set_make(const struct bundles *b,
    const struct bundle *in, struct possession_set *s, struct dflow_err *err);
void possession_set_free(struct possession_set *s);
/* As possession_check; v is of the ZSK, or NULL if that is no valid key. */
DFLOW_NODISCARD enum dflow_status possession_judge(
    const struct possession_set *s, const struct bundle_rr *rr,
    struct verifier *v, enum possession *out, struct dflow_err *err);

#endif
