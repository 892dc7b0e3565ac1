/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zone to be signed: read, rid of old DNSSEC records, with its keys. */
#ifndef FLOW_SOURCE_H
#define FLOW_SOURCE_H

#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/zone.h"
#include "exchange/kskdata.h"
#include "flow/meter.h"
#include "flow/response.h"
#include "flow/zsks.h"
#include "zone/chain.h"
#include "zone/zone.h"

enum { SOURCE_DNSKEY_TTL = 3600, SOURCE_ITERATIONS_MAX = 50 };

struct source {
	int64_t as_of; /* the moment whose keys and bundle these are */
	uint8_t apex[NAME_MAX_LEN];
	struct zone *zone;
	struct zsks *keys;
	struct kskdata *kskdata; /* NULL for a combined key */
	struct response_force force; /* which part of KSK.data that is */
	struct nsec3_params hash;
	int64_t ksk_expiration; /* 0 for a combined key */
	uint32_t negative_ttl; /* RFC 9077 */
	uint32_t soa_ttl;
};

/*
 * Reads the zone and everything that goes into it before signing: the ZSKs,
 * KSK.data (checked, see flow/kskcheck.h), NSEC3PARAM; the keys and the bundle
 * as they are at as_of, which is now but for a rollover that is caught up with
 * (flow/handover.h). Refuses a zone that
 * could not be verified in the end: several SOAs, no NS, TTLs that differ
 * within an RRset, records outside.
 */
DFLOW_NODISCARD enum dflow_status source_read(const struct dflow_sign *p,
    int64_t as_of, struct source *out, struct meter *meter,
    struct dflow_err *err);
void source_free(struct source *s);

/* Adds KSK.data's RRs to a zone that is being built. */
DFLOW_NODISCARD enum dflow_status source_add_kskdata(
    struct zone_builder *b, const struct kskdata *data, struct dflow_err *err);

/* Refuses what zone_build found to be wrong with single RRs. */
DFLOW_NODISCARD enum dflow_status source_check_flaws(
    const struct zone *z, struct dflow_err *err);

#endif
