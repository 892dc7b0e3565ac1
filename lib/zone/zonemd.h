/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zone digest of RFC 8976, scheme SIMPLE. */
#ifndef ZONE_ZONEMD_H
#define ZONE_ZONEMD_H

#include <stdint.h>

#include "base/err.h"
#include "dns/digest.h"
#include "zone/zone.h"

enum { ZONEMD_SIMPLE = 1, ZONEMD_SHA384 = 1, ZONEMD_SHA512 = 2 };

/*
 * Digests the zone as it stands, without the apex's ZONEMD RRset and the
 * RRSIG over it (section 3.3.1). kind is DIGEST_SHA384 or DIGEST_SHA512;
 * digest_len(kind) bytes. What lies outside the zone is left out.
 */
DFLOW_NODISCARD enum dflow_status zonemd_digest(const struct zone *z,
    enum digest_kind kind, uint8_t out[DIGEST_MAX], struct dflow_err *err);

#endif
