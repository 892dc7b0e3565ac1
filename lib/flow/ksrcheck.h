/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this KSR one to sign? Every check of exchange/checks.h but the owner's. */
#ifndef FLOW_KSRCHECK_H
#define FLOW_KSRCHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dnskey.h"
#include "exchange/bundle.h"
#include "exchange/checks.h"
#include "exchange/history.h"

struct ksrcheck_policy {
	int64_t horizon_s; /* how far ahead of now a request may reach */
	int64_t skew_s; /* how far the two clocks may be apart */
	int64_t length_min_s; /* of a bundle's time */
	int64_t length_max_s;
	int64_t validity_s; /* of a signature; none ends later behind until */
	size_t count_max; /* bundles */
	unsigned rsa_bits_min;
	unsigned rsa_bits_max;
};

struct ksrcheck {
	const struct bundles *request;
	const char *sha256; /* of its bytes, in hex */
	int64_t now;
	int64_t until; /* the end of its last bundle */
	const struct ksrcheck_policy *policy;
	const struct dnskey *ksks; /* that may sign it */
	size_t ksk_count;
	/* Those that sign its first bundle, and are not revoked then:
	 * 1 << index. */
	uint32_t first_signers;
	/* The zone's. NULL: no ledger is kept, and what it would tell is not
	 * checked; a zone without acts has some pointer, and no count. */
	const struct history_act *acts;
	size_t act_count;
	const char *plain; /* response to plain requests since; NULL or "" */
	int64_t newest; /* when something was last signed, or INT64_MIN */
};

/*
 * Notes what fails in c; ksk-sign-sign(1) says what each check is. A status
 * other than DFLOW_OK is a failure of ours, no memory; or DFLOW_REFUSED, if all
 * that failed is allowed, but a time is so far from now, 58 years, that no
 * signature can tell it.
 */
DFLOW_NODISCARD enum dflow_status ksrcheck(
    const struct ksrcheck *p, struct checks *c, struct dflow_err *err);

/* Those that need neither policy nor history, for `show`: flags, keys, order,
 * and proofs of a request that has any. */
DFLOW_NODISCARD enum dflow_status ksrcheck_shape(
    const struct bundles *request, struct checks *c, struct dflow_err *err);

#endif
