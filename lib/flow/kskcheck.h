/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a KSK.data sign exactly this DNSKEY RRset, and long enough? */
#ifndef FLOW_KSKCHECK_H
#define FLOW_KSKCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "exchange/kskdata.h"

/* Public keys by reference. */
struct kskcheck_keys {
	const struct dnskey *keys;
	size_t count;
};

/* Whose ZSKs they are; it is for the messages. */
enum kskcheck_what {
	KSKCHECK_ZONE, /* those of the zone now */
	KSKCHECK_BUNDLE, /* those that stand beside data's in its bundle */
};

struct kskcheck {
	const struct kskdata *data;
	struct kskcheck_keys zsks; /* those of the zone, published ones too */
	int64_t now; /* of a bundle: when it is held against the clock */
	int64_t min_validity_s;
	enum kskcheck_what what;
	/* Gets true for each of data's RRs that is a key that signed DNSKEY;
	 * data->count of them, false before; or NULL. */
	bool *signers;
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
