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

/* Long work tells how far it is; called from one thread at a time. */
struct dflow_progress {
	void (*tell)(void *ctx, const char *phase, size_t done, size_t total);
	void *ctx;
};

/* The steps of an operation, as its figures tell them. */
enum dflow_phase {
	DFLOW_PHASE_LOAD, /* the zone file is read */
	DFLOW_PHASE_ORDER, /* names and RRsets in canonical order */
	DFLOW_PHASE_PREVIOUS, /* the old output is read, to keep signatures */
	DFLOW_PHASE_CHAIN, /* NSEC or NSEC3 */
	DFLOW_PHASE_SIGN, /* signatures and text, written meanwhile */
	DFLOW_PHASE_WRITE, /* what was left to bring to the disk */
	DFLOW_PHASE_VERIFY, /* read back (all phases again) and judged */
	DFLOW_PHASES,
};

struct dflow_phase_stats {
	double seconds; /* 0 for a phase that there was not */
	size_t records; /* RRs that went through it */
	size_t signatures; /* made or checked in it */
};

struct dflow_stats {
	struct dflow_phase_stats phases[DFLOW_PHASES];
	uint64_t peak_memory; /* bytes, of the whole process so far */
};

/* What to make of the SOA serial (RFC 1982). */
enum dflow_serial {
	DFLOW_SERIAL_KEEP,
	DFLOW_SERIAL_INCREMENT, /* beyond the zone's and the old output's */
	DFLOW_SERIAL_UNIXTIME, /* now; incremented if that is not further */
	DFLOW_SERIAL_DATE, /* YYYYMMDD00; likewise */
};

struct dflow_sign {
	const char *path; /* zone file; "-" is standard input */
	const char *origin; /* NULL: the file's name, else its SOA's owner */
	const char *out; /* "-" is standard output */
	const char *key_dir; /* choose keys by their timing metadata; */
	/* Or else these keys, all of them active; n200:NAME is one, too. */
	const char *const *keys;
	size_t key_count;
	const char *kskdata; /* KSK.data; NULL with combined only */
	bool combined; /* -z: keys sign everything, DNSKEY too */
	int passphrase_fd; /* -1: ask on the terminal */
	const char *n200_conf; /* of the device, if a key is in it; or NULL */
	int64_t now; /* seconds since 1970, like the next two */
	int64_t inception; /* of the signatures that are made */
	int64_t expiration;
	int64_t spread_s; /* signatures end up to that much earlier, by name */
	int64_t refresh_s; /* out's are kept if they end later than this */
	int64_t min_validity_s; /* KSK.data must be good for that long */
	enum dflow_serial serial;
	bool nsec3;
	const char *salt; /* NSEC3: hex of at most 255 bytes; NULL or "-"
			   * is none (RFC 9276) */
	uint16_t iterations; /* NSEC3: at most 50 */
	bool opt_out; /* NSEC3 */
	bool zonemd; /* RFC 8976, SIMPLE and SHA-384 */
	unsigned threads; /* 0: all cores */
	size_t max_memory; /* bytes for zones in memory; 0: three quarters
			    * of the machine's memory */
	struct dflow_progress progress;
};

enum { DFLOW_NOTE = 1200 };

/* What sign and splice did. */
struct dflow_published {
	char zone[1024]; /* presentation form */
	uint32_t serial;
	size_t rrs;
	bool written; /* false: nothing was due, and out is what it was */
	size_t signatures_made;
	size_t signatures_kept; /* from the output that was there */
	size_t signatures_checked; /* the others were when they were written */
	int64_t first_expiration; /* of all RRSIGs in the zone */
	int64_t ksk_expiration; /* the earliest over DNSKEY */
	size_t bundle; /* of KSK.data, from 1; 0 if that is a plain one */
	size_t bundle_count;
	int64_t bundle_until; /* when the next takes over, or the end */
	char warning[DFLOW_NOTE]; /* that the end is near; or "" */
	char note[DFLOW_NOTE]; /* why none was or will be kept; "" if there is
				* no cause for concern */
	struct dflow_stats stats;
};

/*
 * Signs the zone (RFC 4035 section 2), puts in what KSK.data holds, writes,
 * reads back, verifies all of it, and only then renames it to out. After any
 * failure out is what it was. DFLOW_FAILED if another run makes out anew.
 * DFLOW_REFUSED: policy, or a result that does not verify. *done may be NULL.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_sign(
    const struct dflow_sign *params, struct dflow_published *done,
    struct dflow_err *err);

struct dflow_splice {
	const char *path; /* a zone that was signed with ZSKs */
	const char *origin;
	const char *out;
	const char *kskdata;
	int64_t now;
	int64_t min_validity_s;
	unsigned threads;
	size_t max_memory; /* as dflow_sign's */
	struct dflow_progress progress;
};

/*
 * Replaces the signatures over DNSKEY (and CDS, CDNSKEY) of a signed zone by
 * those of KSK.data and adds the KSKs; writes as dflow_sign does.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_splice(
    const struct dflow_splice *params, struct dflow_published *done,
    struct dflow_err *err);

/* What a verification found. */
struct dflow_verdict;

struct dflow_finding {
	const char *owner; /* presentation form */
	const char *type; /* mnemonic of the RRset that it concerns */
	const char *reason;
};

struct dflow_verify {
	const char *path; /* zone file; "-" is standard input */
	const char *origin; /* NULL: the file's name, else its SOA's owner */
	const char *ds_path; /* file of DS RRs, or NULL */
	bool any_key; /* -z: any key may sign DNSKEY, CDS, CDNSKEY */
	unsigned threads; /* 0: all cores */
	int64_t now; /* seconds since 1970 */
	size_t findings_max; /* keep this many; 0: 20 */
	size_t max_memory; /* as dflow_sign's */
	struct dflow_progress progress;
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
	size_t signatures; /* that were checked */
	int64_t first_expiration; /* the earliest of all RRSIGs */
	struct dflow_stats stats;
};
DFLOW_API struct dflow_verdict_facts dflow_verdict_facts(
    const struct dflow_verdict *v);
DFLOW_API void dflow_verdict_free(struct dflow_verdict **v);

#ifdef __cplusplus
}
#endif
#endif
