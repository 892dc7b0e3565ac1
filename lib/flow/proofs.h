/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures that need not be verified again: each stands here as a digest of
 * the key, the data and the signature itself, all from a file that was
 * verified when it was written and is the same, to the byte.
 */
#ifndef FLOW_PROOFS_H
#define FLOW_PROOFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/dnskey.h"
#include "dns/rrset.h"
#include "dns/rrsig.h"

enum { PROOF_LEN = 32 };

/*
 * The proof that key made s over set. scratch is room for what is digested;
 * false for want of it.
 */
bool proof_make(const struct dnskey *key, const struct rrsig *s,
    const struct rrset *set, struct buf *scratch, uint8_t out[PROOF_LEN]);

/* Collects proofs; one a thread, then joined into a struct proofs. */
struct proof_list {
	uint8_t (*list)[PROOF_LEN];
	size_t count;
	size_t cap;
};
bool proof_list_add(struct proof_list *l, const uint8_t proof[PROOF_LEN]);
void proof_list_free(struct proof_list *l);

struct proofs;
/* Joins count lists, which are then empty; *out is NULL if they all were. */
DFLOW_NODISCARD enum dflow_status proofs_new(struct proof_list *lists,
    size_t count, struct proofs **out, struct dflow_err *err);
/* How many, at most; p may be NULL. */
size_t proofs_count(const struct proofs *p);
/* p may be NULL. Any number of threads may ask. */
bool proofs_have(const struct proofs *p, const uint8_t proof[PROOF_LEN]);
void proofs_free(struct proofs **p);

#endif
