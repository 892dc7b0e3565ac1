/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The denial chain that `sign` makes for a zone without one: NSEC (RFC 4034
 * section 4) or NSEC3 (RFC 5155, 9276, 9077). The zone does not hold the
 * chain; it is told link by link, so that threads can sign links as they come.
 */
#ifndef ZONE_CHAIN_H
#define ZONE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/digest.h"
#include "zone/zone.h"

struct chain_params {
	bool nsec3;
	bool opt_out;
	struct nsec3_params hash;
	uint32_t ttl; /* min(SOA MINIMUM, SOA TTL), RFC 9077 */
	/* Types to add to the apex's bitmap that the zone does not hold (yet):
	 * ascending; for ZONEMD, NSEC3PARAM. RRSIG, NSEC are added anyway. */
	const uint16_t *apex_types;
	size_t apex_type_count;
};

struct chain_link {
	uint8_t hash[NSEC3_HASH_LEN]; /* NSEC3 only */
	uint32_t node; /* index in zone->nodes; or UINT32_MAX */
};

/*
 * NSEC: links[i].node are the authoritative names and delegations in order.
 * NSEC3: in hash order, empty non-terminals among them (node UINT32_MAX).
 */
struct chain {
	struct chain_params params;
	const struct zone *zone;
	struct chain_link *links;
	size_t count;
};

/* DFLOW_FAILED on a hash collision (RFC 5155 section 7.1). */
DFLOW_NODISCARD enum dflow_status chain_build(const struct zone *z,
    const struct chain_params *p, unsigned threads, struct chain **out,
    struct dflow_err *err);
void chain_free(struct chain **c);

/* Writes the owner of link i: the node's, or <base32hex hash>.<apex>. */
void chain_owner(const struct chain *c, size_t i, uint8_t out[NAME_MAX_LEN]);
/* Appends the NSEC or NSEC3 RDATA of link i. */
void chain_rdata(const struct chain *c, size_t i, struct buf *out);

#endif
