/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ECDSA with many signatures by one public key (algorithms 13 and 14): a table
 * of multiples of the key's point, made once and shared by all threads, and
 * batches that share what is dear. For public data alone: what is done, and
 * how long it takes, depends on the numbers. Never give it a secret.
 */
#ifndef KEYS_ECTABLE_H
#define KEYS_ECTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"

enum { ECTABLE_BATCH = 64 };

/*
 * How many signatures must be checked on one thread until the making of a
 * table is repaid; 0 for an algorithm that has none.
 */
size_t ectable_repays(uint8_t algorithm);

/* Unchanging once it is made: any number of threads may share it. */
struct ectable;

/*
 * DFLOW_REFUSED for a key of another algorithm; DFLOW_FAILED where OpenSSL
 * makes no table, as when the key's point is not on its curve.
 */
DFLOW_NODISCARD enum dflow_status ectable_new(
    const struct dnskey *key, struct ectable **out, struct dflow_err *err);
void ectable_free(struct ectable **t);

/* What a thread computes with. The table must outlive it. */
struct ectable_worker;
DFLOW_NODISCARD enum dflow_status ectable_worker_new(const struct ectable *t,
    struct ectable_worker **out, struct dflow_err *err);
void ectable_worker_free(struct ectable_worker **w);

/* One signature: r and s, each as long as the hash (32 or 48 bytes). */
struct ectable_job {
	const uint8_t *hash;
	const uint8_t *sig;
	bool good; /* the verdict */
};

/*
 * Fills the verdicts of at most ECTABLE_BATCH jobs. False if OpenSSL failed,
 * as in want of memory: then no verdict counts, and the caller asks EVP.
 */
DFLOW_NODISCARD bool ectable_check(
    struct ectable_worker *w, struct ectable_job *jobs, size_t count);

#endif
