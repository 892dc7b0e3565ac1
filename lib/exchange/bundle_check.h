/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records of a bundle must be, one by one and together. */
#ifndef EXCHANGE_BUNDLE_CHECK_H
#define EXCHANGE_BUNDLE_CHECK_H

#include <stdbool.h>

#include "dns/rrsig.h"
#include "exchange/bundle.h"
#include "zone/zone.h"

/* A DNSKEY without the SEP flag. */
bool bundle_rr_is_zsk(const struct bundle_rr *rr);

/*
 * The record by itself, then beside those that are in the bundle already;
 * *covered is what an RRSIG covers, else 0. DFLOW_REFUSED with file:line.
 */
DFLOW_NODISCARD enum dflow_status bundle_check_rr(const struct bundles *b,
    const struct bundle *in, const struct zone_rr *rr, uint16_t *covered,
    struct dflow_err *err);

/*
 * Why the RRSIG, of which sig is a view, is none that a key makes over its
 * own zone's keys; NULL if it is one. Times are only compared to each other.
 */
const char *bundle_rrsig_fault(
    const struct zone_rr *rr, const struct rrsig *sig);

/* The bundle as a whole, once all its records are there. */
DFLOW_NODISCARD enum dflow_status bundle_check_whole(
    const struct bundles *b, const struct bundle *in, struct dflow_err *err);

/* What the footer, on that line, says of the bundles, which are by time. */
DFLOW_NODISCARD enum dflow_status bundle_check_footer(
    const struct bundles *b, size_t line, struct dflow_err *err);

#endif
