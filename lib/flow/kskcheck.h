/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a KSK.data sign exactly this DNSKEY RRset, now and long enough? */
#ifndef FLOW_KSKCHECK_H
#define FLOW_KSKCHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "exchange/kskdata.h"

/* Public keys by reference. */
struct kskcheck_keys {
	const struct dnskey *keys;
	size_t count;
};

struct kskcheck {
	const struct kskdata *data;
	struct kskcheck_keys zsks; /* those of the zone, published ones too */
	int64_t now;
	int64_t min_validity_s;
};

/* The window in which all signatures of a KSK.data hold. */
struct kskcheck_window {
	int64_t inception;
	int64_t expiration;
};

/*
 * DFLOW_OK if every RRSIG in data verifies over the RRset that it is for
 * (DNSKEY: data's KSKs and the ZSKs), is in force at now, and stays so for
 * min_validity_s; and every algorithm among the keys has a KSK's signature.
 * Else DFLOW_REFUSED with the date or the key that is at fault.
 */
DFLOW_NODISCARD enum dflow_status kskcheck(const struct kskcheck *p,
    struct kskcheck_window *window, struct dflow_err *err);

#endif
