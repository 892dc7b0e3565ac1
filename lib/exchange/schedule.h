/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When which keys stand in the DNSKEY RRset and which KSKs sign it: from a
 * request's bundles, the KSKs' timing metadata and a policy to the periods of
 * a response. Arithmetic alone: no file is read, and no clock.
 */
#ifndef EXCHANGE_SCHEDULE_H
#define EXCHANGE_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "keys/keytimes.h"

enum {
	SCHEDULE_KSKS_MAX = 16, /* bits in the masks */
	SCHEDULE_PERIODS_MAX = 1000,
	SCHEDULE_SPAN_MAX = 315360000, /* seconds: ten years */
};

#define SCHEDULE_UNSET INT64_MIN

/* All in seconds. */
struct schedule_policy {
	int64_t validity_s; /* from a period's time to its signatures' end */
	int64_t refresh_s; /* how long before that the next period begins */
	int64_t back_s; /* inception before the period's time */
};

struct schedule_params {
	const struct schedule_policy *policy;
	const int64_t *times; /* the request's bundles', growing */
	size_t count; /* at least 1 */
	/* Of the last one; SCHEDULE_UNSET: after validity less refresh. */
	int64_t until;
	const struct keytimes *ksks;
	size_t ksk_count;
};

/* KSKs are bits, 1 << their index in the params. */
struct schedule_period {
	int64_t time; /* in force from then, inclusive, */
	int64_t until; /* to then, exclusive */
	int64_t inception;
	int64_t expiration;
	size_t from; /* the request's bundle whose ZSKs it has */
	uint32_t published; /* in the DNSKEY RRset */
	uint32_t signing; /* of them; revoked ones sign, too */
	uint32_t revoked; /* of them, published with the REVOKE bit */
	uint32_t cds; /* of them, in CDS and CDNSKEY */
};

struct schedule {
	struct schedule_period *periods; /* by time, without a gap */
	size_t count;
	int64_t until;
};

/*
 * A period begins at each bundle's time, at each KSK's event (Publish,
 * Activate, Revoke, Inactive, Delete, SyncPublish, SyncDelete) in between, and
 * refresh_s before the signatures of the period before end. A KSK without
 * metadata is there and signs all the time. In CDS are the KSKs that sign and
 * are not revoked, unless their SyncPublish is still to come or their
 * SyncDelete is past (RFC 7344); and those that are there and do not sign yet,
 * if they have a SyncPublish that is past. A revoked key signs until it is
 * removed (RFC 5011 section 2.1). DFLOW_USAGE for a policy that makes no sense
 * or too many periods; DFLOW_REFUSED for times of the request that do not grow
 * or span over ten years, and, with the date, for one at which no KSK signs but
 * revoked ones.
 */
DFLOW_NODISCARD enum dflow_status schedule_make(const struct schedule_params *p,
    struct schedule **out, struct dflow_err *err);
void schedule_free(struct schedule **s);

#endif
