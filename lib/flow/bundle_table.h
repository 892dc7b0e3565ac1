/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bundles of a KSR or SKR as a table of dates and keys for people. */
#ifndef FLOW_BUNDLE_TABLE_H
#define FLOW_BUNDLE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/ksk.h"
#include "exchange/bundle.h"

struct bundle_table {
	struct dflow_bundle *rows; /* a bundle each */
	size_t count;
	struct dflow_bundle_key *keys; /* that rows look into */
};

/*
 * until is the end of the last bundle, seconds since 1970, or INT64_MIN if
 * that is not known. b is not needed any more afterwards. Keys that two
 * bundles have are the same by their public keys, not by their tags.
 */
DFLOW_NODISCARD enum dflow_status bundle_table_make(const struct bundles *b,
    int64_t until, struct bundle_table **out, struct dflow_err *err);
void bundle_table_free(struct bundle_table **t);

#endif
