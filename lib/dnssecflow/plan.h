/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right's request for a time to come, with the ZSKs that it will need. */
#ifndef DNSSECFLOW_PLAN_H
#define DNSSECFLOW_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"
#include "dnssecflow/words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Defaults, in seconds. */
enum {
	DFLOW_PLAN_LIFETIME_S = 90 * 86400,
	DFLOW_PLAN_TTL_S = 3600,
	DFLOW_PLAN_TTL_MAX = 7 * 86400, /* the left signs no longer one */
	DFLOW_PLAN_MAX_ZONE_TTL_S = 86400,
	DFLOW_PLAN_PROPAGATION_S = 3600,
	DFLOW_PLAN_SAFETY_S = 3600,
	DFLOW_PLAN_HORIZON_S = 400 * 86400,
};

struct dflow_plan_params {
	const char *zone; /* presentation form */
	const char *key_dir; /* folder of its ZSKs, where new ones go */
	const char *out; /* "-" is standard output */
	/* The last KSK.data; NULL: the one in key_dir, if there is one. */
	const char *response;
	/* Number or mnemonic; NULL: that of the ZSKs there are, or 13. */
	const char *algorithm;
	unsigned bits; /* RSA alone; 0: the algorithm's default */
	uint32_t ttl_s; /* of the DNSKEY RRset; a served one's may be longer */
	int64_t now; /* seconds since 1970, as are the next */
	int64_t from;
	int64_t to; /* the first moment that is not planned */
	int64_t lifetime_s; /* how long a ZSK signs */
	int64_t max_zone_ttl_s; /* the longest TTL in the zone */
	int64_t propagation_s; /* until every server has a changed zone */
	int64_t safety_s;
	int64_t horizon_s; /* how far ahead of now the plan may reach */
	/* Who signs a container beside out (dnssecflow/exchange.h), or NULL. */
	const char *sign_as;
	/* Of sign_as's key, then of encrypted ZSKs; -1: ask on the terminal. */
	int passphrase_fd;
	const char *n200_conf; /* of the device, if a ZSK is in it; or NULL */
	bool knot; /* times as Knot 3.2 reads them */
};

/* A plan that was carried out. */
struct dflow_plan;

/*
 * Plans the ZSKs from `from` to `to`: rollovers by pre-publication (RFC 7583
 * section 3.2.1). Makes those that are missing, with their times, sets
 * Inactive and Delete of one that has none and gets a successor, and writes a
 * KSR 1.0: a bundle from the start and from each time at which the ZSKs in the
 * zone change, in which every ZSK signs them as proof that it is there. The
 * file is read back and every proof verified before it takes its place. All of
 * that or nothing: after a failure the folder is as it was. A second time, with
 * the same times and policy, there is nothing to be made.
 * The keys' times are taken for true as far as the last response bears them
 * out: a key that is not in what it has before `from` is published from then
 * on, and the one that signs is kept until caches know another. Times are set
 * anew where that asks for it.
 * DFLOW_USAGE for words and times that make no sense; DFLOW_REFUSED for a clock
 * before 2020 and for keys that no plan can go on from.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_plan_request(
    const struct dflow_plan_params *params, struct dflow_plan **out,
    struct dflow_err *err);

struct dflow_plan_facts {
	const char *zone;
	const char *id; /* the request's, random */
	const char *answers; /* the last response's SHA-256 in hex, or "none" */
	const char *sha256; /* of what was written, in hex */
	int64_t from;
	int64_t to;
	size_t bundle_count;
	size_t key_count; /* ZSKs in these bundles */
	size_t made_count; /* of them, made for this plan */
};

/* A ZSK of the plan; a time that is not set is INT64_MIN. */
struct dflow_plan_key {
	const char *base; /* path of its files, without an ending */
	uint16_t tag;
	bool made; /* for this plan */
	bool closed; /* Inactive or Delete were set */
	bool moved; /* any was, as the key is not served as its times say */
	int64_t publish;
	int64_t activate;
	int64_t inactive;
	int64_t remove;
};

/*
 * Both are valid as long as p. Behind the key_count keys of the bundles are
 * those, moved, that are in none any more and lost their times; then NULL.
 */
DFLOW_API const struct dflow_plan_facts *dflow_plan_facts(
    const struct dflow_plan *p);
DFLOW_API const struct dflow_plan_key *dflow_plan_key(
    const struct dflow_plan *p, size_t i);
DFLOW_API void dflow_plan_free(struct dflow_plan **p);

#ifdef __cplusplus
}
#endif
#endif
