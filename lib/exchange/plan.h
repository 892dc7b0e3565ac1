/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which ZSK is in the zone when, and which one signs: rollovers by
 * pre-publication (RFC 7583 section 3.2.1, RFC 6781 section 4.1.1) for a time
 * to come. Arithmetic alone: no file is read, and no clock.
 */
#ifndef EXCHANGE_PLAN_H
#define EXCHANGE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "keys/keytimes.h"

enum {
	PLAN_KEYS_MAX = 1000, /* those that are there among them */
	PLAN_BUNDLES_MAX = 1000,
	PLAN_PAST_S = 86400, /* a plan may have begun this long ago */
	PLAN_SPAN_MAX = 315360000, /* seconds: ten years, for each span */
};

/* All in seconds. */
struct plan_policy {
	int64_t lifetime_s; /* how long a ZSK signs */
	int64_t ttl_s; /* of the DNSKEY RRset, before the plan or in it */
	int64_t max_zone_ttl_s; /* the longest TTL of anything signed */
	int64_t propagation_s; /* until every server has a changed zone */
	int64_t safety_s;
	int64_t horizon_s; /* how far ahead of now a plan may reach */
};

/* How long a key is in the zone before it signs: caches forget the RRset. */
int64_t plan_publication_s(const struct plan_policy *p);
/* How long it stays when it has ceased to: caches forget its signatures. */
int64_t plan_removal_s(const struct plan_policy *p);

struct plan_key {
	struct keytimes times;
	const char *name; /* for messages, borrowed; NULL: it is to be made */
	bool served; /* it is in what is published before the plan */
	bool changed; /* Inactive or Delete were set by the plan */
	bool moved; /* any of its times was, as what is served is not them */
};

struct plan_params {
	const struct plan_policy *policy;
	int64_t now; /* seconds since 1970, as are the next */
	int64_t from;
	int64_t to;
	const struct plan_key *keys; /* the ZSKs that are there */
	size_t count;
	/* ZSKs in what is published before the plan, those that are not among
	 * keys as well; 0: that is not known, and the keys' times are true. */
	size_t served_count;
};

struct plan {
	struct plan_key *keys; /* the params' in their order, then new ones */
	size_t count;
	int64_t *bundles; /* when the keys in the zone change; from first */
	size_t bundle_count; /* at least 1 */
	int64_t to;
};

/*
 * Fills up what is missing, so that from, inclusive, to to, exclusive, one ZSK
 * signs at any time, and every ZSK is published for the publication interval
 * before it signs and stays for the removal interval behind. A first ZSK, of a
 * zone that has none, signs at once. A ZSK that is there and has no Inactive
 * or Delete time gets one when the plan has a successor for it; beyond that no
 * time of a key that is there changes, if what is served is as the times say.
 *
 * Where it is not, the times yield: a key that is not served is published from
 * the plan's beginning, and known to caches the publication interval later;
 * whoever signs what is served does so until then. One whose time to sign is
 * over before it is known loses its times: it is for no use.
 *
 * DFLOW_USAGE for a policy or times that make no sense, DFLOW_REFUSED for a
 * clock before 2020 or keys that stand in the way.
 */
DFLOW_NODISCARD enum dflow_status plan_make(
    const struct plan_params *p, struct plan **out, struct dflow_err *err);
void plan_free(struct plan **p);

/* True if the key is in the zone at that time. */
bool plan_in_zone(const struct plan_key *key, int64_t when);

#endif
