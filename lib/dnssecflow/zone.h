/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right side's operations on whole zones: sign, splice, verify. */
#ifndef DNSSECFLOW_ZONE_H
#define DNSSECFLOW_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a verification found. */
struct dflow_verdict;

struct dflow_finding {
	const char *owner;  /* presentation form */
	const char *type;   /* mnemonic of the RRset that it concerns */
	const char *reason;
};

struct dflow_verify {
	const char *path;      /* zone file; "-" is standard input */
	const char *origin;    /* NULL: the file's name, else its SOA's owner */
	const char *ds_path;   /* file of DS RRs, or NULL */
	bool any_key;          /* -z: any key may sign DNSKEY, CDS, CDNSKEY */
	unsigned threads;      /* 0: all cores */
	int64_t now;           /* seconds since 1970 */
	size_t findings_max;   /* keep this many; 0: 20 */
};

/*
 * Judges a signed zone. DFLOW_OK: nothing is wrong. DFLOW_REFUSED: *out lists
 * why. In both cases the caller frees *out. Else DFLOW_FAILED or DFLOW_USAGE,
 * and *out is untouched.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_verify(
    const struct dflow_verify *params, struct dflow_verdict **out,
    struct dflow_err *err);

DFLOW_API size_t dflow_verdict_count(const struct dflow_verdict *v);
DFLOW_API size_t dflow_verdict_kept(const struct dflow_verdict *v);
/* Finding i of those kept; valid as long as v. */
DFLOW_API struct dflow_finding dflow_verdict_finding(
    const struct dflow_verdict *v, size_t i);

struct dflow_verdict_facts {
	const char *zone;
	uint32_t serial;
	size_t rrs;
	size_t rrsets;
	size_t signatures;        /* that were checked */
	int64_t first_expiration; /* the earliest of all RRSIGs */
};
DFLOW_API struct dflow_verdict_facts dflow_verdict_facts(
    const struct dflow_verdict *v);
DFLOW_API void dflow_verdict_free(struct dflow_verdict **v);

#ifdef __cplusplus
}
#endif
#endif
