/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the judge share: the zone's keys, the role of each name,
 * and the notes of what is wrong. For lib/flow/judge*.c alone.
 */
#ifndef FLOW_JUDGE_PARTS_H
#define FLOW_JUDGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/digest.h"
#include "dns/dnskey.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/judge.h"
#include "keys/verifier.h"
#include "zone/zone.h"

enum {
	JUDGE_KEYS_MAX = 256, /* DNSKEYs that are looked at */
	JUDGE_TRIES_MAX = 8, /* keys of one tag tried on a signature */
	JUDGE_SIGS_MAX = 512, /* signatures looked at over one RRset */
	JUDGE_SETS_MAX = 8, /* NSEC3 parameter sets looked at */
	JUDGE_FINDINGS_MAX = 10000,
	JUDGE_REASON = 256,
	JUDGE_NAME = 64, /* a name in a reason, cut short */
};

/* What a name is to the judge, found by its own means. */
enum role {
	ROLE_OUTSIDE, /* not within the apex */
	ROLE_BARE, /* no data: RRSIG, NSEC or a stray NSEC3 alone */
	ROLE_HASH, /* directly below the apex, with NSEC3 and no data */
	ROLE_AUTH, /* authoritative data */
	ROLE_CUT, /* a delegation */
	ROLE_BELOW, /* below a delegation */
	ROLE_DNAMED, /* below a DNAME */
};

enum denial { DENIAL_NONE, DENIAL_NSEC, DENIAL_NSEC3 };

struct note {
	uint8_t *owner;
	char *reason;
	uint16_t type;
};

/* The first max notes, and the count of all. */
struct notes {
	struct note *list;
	size_t kept;
	size_t cap;
	size_t max;
	size_t count;
	bool failed; /* out of memory */
};

struct judge_key {
	struct dnskey dnskey;
	bool zone_key; /* ZONE flag and protocol 3 */
	bool revoked;
	bool sep;
	bool known; /* its algorithm is one that we can check */
	bool usable; /* known, a zone key, and a valid public key */
	bool signs; /* a valid signature of it over DNSKEY was found */
	bool wants_table; /* has signatures enough to repay one */
	struct ectable *table; /* or NULL: EVP alone */
};

struct batch;

/* What each thread has for itself. */
struct judge_worker {
	struct batch *batch;
	struct digest *sha1;
	uint16_t *types; /* room for 65,536 */
	uint16_t *wanted; /* the same */
	size_t signatures;
	int64_t first_expiration;
	bool any_expiration;
};

struct judge {
	const struct zone *zone;
	const struct judge_params *params;
	const struct node *apex;
	uint8_t *roles; /* enum role, by node */
	size_t nsec_nodes; /* within the zone */
	size_t nsec3_nodes;
	enum denial denial;
	struct judge_key *keys;
	size_t key_count;
	bool has_sep; /* a usable, unrevoked key with the SEP flag */
	bool alg_needed[256]; /* has a usable, unrevoked key */
	bool alg_sep[256]; /* one of those has the SEP flag */
	struct judge_worker *workers;
	unsigned threads;
	struct notes notes; /* of what is not done in ranges */
};

/* judge_notes.c */
void notes_init(struct notes *n, size_t max);
void notes_free(struct notes *n);
void notes_add(struct notes *n, const uint8_t *owner, uint16_t type,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Presentation form, which ends in "..." when it is long; returns out. */
const char *note_name(const uint8_t *name, char out[JUDGE_NAME]);
/* Puts lists[0..count) in zone order into r; they stay the caller's. */
DFLOW_NODISCARD enum dflow_status notes_report(const struct notes *const *lists,
    size_t count, size_t max, struct judge_report *r, struct dflow_err *err);

/* judge_roles.c: fills roles and the counts; sets denial. */
DFLOW_NODISCARD enum dflow_status roles_find(
    struct judge *j, struct dflow_err *err);
bool role_in_chain(uint8_t role);
bool role_is_occluded(uint8_t role);
bool role_directly_below_apex(const struct judge *j, const uint8_t *owner);

/* judge_keys.c */
DFLOW_NODISCARD enum dflow_status keys_judge(
    struct judge *j, struct dflow_err *err);
/* After the signatures: does one of the parent's DS lead to a key? */
void keys_judge_ds(struct judge *j);

/* judge_data.c */
void data_judge_apex(struct judge *j);
void data_judge_flaws(struct judge *j);
void data_judge_node(const struct judge *j, size_t i, struct notes *notes);

/* judge_batch.c: before any signature, after keys_judge */
DFLOW_NODISCARD enum dflow_status tables_make(
    struct judge *j, struct dflow_err *err);
void tables_free(struct judge *j);
/* A thread's own. It points into the tables. */
DFLOW_NODISCARD enum dflow_status batch_new(
    const struct judge *j, struct batch **out, struct dflow_err *err);
void batch_free(struct batch **b);
/*
 * Between begin and end, signatures that batch_verify will be asked for are
 * gathered, in any number; which of them are taken is the batch's affair.
 */
void batch_begin(struct batch *b);
void batch_add(const struct judge *j, struct batch *b, const struct rrset *set,
    const struct rrsig *s);
void batch_end(const struct judge *j, struct batch *b);
/* How many were asked for that an earlier run had verified. */
size_t batch_proven(const struct batch *b);
/* Did this key make this signature over this RRset? */
struct sig_try {
	const struct rrset *set;
	const struct rrsig *sig;
	size_t key;
};
/* False if it could not be found out, in want of memory. */
DFLOW_NODISCARD bool batch_verify(const struct judge *j, struct batch *b,
    const struct sig_try *t, bool *good);

/* judge_sigs.c */
/* Gathers what sigs_judge_node will have verified; notes nothing. */
void sigs_gather_node(const struct judge *j, struct batch *b, size_t i);
void sigs_judge_node(
    struct judge *j, struct judge_worker *w, size_t i, struct notes *notes);

/* judge_nsec.c */
void nsec_judge_node(const struct judge *j, struct judge_worker *w, size_t i,
    struct notes *notes);
/* Writes the types that node i's NSEC or NSEC3 must name; their count. */
size_t types_expected(const struct judge *j, size_t i, uint16_t *out);
/* Says how the map differs from wanted[0..count), if it does. */
struct bits {
	const uint8_t *owner; /* of the note */
	const uint8_t *about; /* the name whose types they are */
	const uint8_t *map;
	size_t len;
	uint16_t type; /* NSEC or NSEC3 */
};
void bits_judge(struct judge_worker *w, const struct bits *b, size_t count,
    struct notes *notes);

/* judge_links.c: the NSEC3 records that are there. */
struct link {
	const uint8_t *owner;
	const uint8_t *rdata; /* well-formed; a zone may have a million */
	uint16_t len;
	bool claimed; /* its parameters are those of a chain */
	uint8_t hash[NSEC3_HASH_LEN];
};
struct links {
	struct link *list;
	size_t count;
	size_t cap;
};
/* In hash order. The caller frees list, also on failure. */
DFLOW_NODISCARD enum dflow_status links_gather(
    struct judge *j, struct links *links, struct dflow_err *err);
bool link_has(const struct link *l, const struct nsec3_params *p);
bool link_opt_out(const struct link *l);
const uint8_t *link_next(const struct link *l); /* NSEC3_HASH_LEN bytes */
const uint8_t *link_map(const struct link *l, size_t *len);
/*
 * Reads the fields that NSEC3 and NSEC3PARAM share; their length, or 0.
 */
size_t nsec3_params_read(const struct rdata *r, struct nsec3_params *p);

/* judge_nsec3.c */
DFLOW_NODISCARD enum dflow_status nsec3_judge(
    struct judge *j, struct dflow_err *err);

/* judge_names.c: the names that an NSEC3 chain must have. */
struct nsec3_want {
	const uint8_t *name; /* in the zone's memory */
	uint32_t node; /* UINT32_MAX: an empty non-terminal */
	bool optional; /* an opt-out span may leave it out */
	uint8_t hash[NSEC3_HASH_LEN];
};
struct nsec3_wants {
	struct nsec3_want *list;
	size_t count;
	size_t cap;
};
/* Hashes and sorts; a name stands there once. The caller frees list. */
DFLOW_NODISCARD enum dflow_status nsec3_wants_find(struct judge *j,
    const struct nsec3_params *p, struct nsec3_wants *out,
    struct dflow_err *err);

/* judge_cds.c, judge_zonemd.c */
void cds_judge(struct judge *j);
DFLOW_NODISCARD enum dflow_status zonemd_judge(
    struct judge *j, struct dflow_err *err);

#endif
