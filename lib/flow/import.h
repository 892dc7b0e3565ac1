/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of an import share. */
#ifndef FLOW_IMPORT_H
#define FLOW_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/os.h"
#include "dns/dnskey.h"
#include "dns/rdata.h"
#include "dnssecflow/exchange.h"
#include "flow/contained.h"
#include "flow/kskcheck.h"
#include "flow/response.h"
#include "keys/keyfile.h"

enum {
	IMPORT_PATH = 1024,
	TRUST_KEYS_MAX = 512,
	TRUST_DS_MAX = 10000, /* of all zones */
};

/* What the parent says of the KSKs, of one zone or of many. */
struct trust_ds {
	struct {
		uint8_t owner[NAME_MAX_LEN];
		uint8_t rdata[DS_RDATA_MAX];
		size_t len;
	} * list;
	size_t count;
};

DFLOW_NODISCARD enum dflow_status trust_ds_read(
    const char *path, struct trust_ds *out, struct dflow_err *err);
bool trust_ds_has(const struct trust_ds *d, const uint8_t *zone);
void trust_ds_free(struct trust_ds *d);

/* KSKs; views of bytes that it owns. */
struct trust_keys {
	struct dnskey list[TRUST_KEYS_MAX];
	size_t count;
};

/* The KSKs that a response may be signed by. */
struct trust {
	const uint8_t *zone;
	const struct trust_ds *ds; /* or NULL */
	const char *whose; /* for messages: where the trust comes from */
	struct trust_keys signed_by; /* who signed what was in force before */
	struct trust_keys revoked; /* at any time until then */
	bool any; /* first use: the first bundle's signers become trusted */
};

void trust_free(struct trust *t);
/*
 * Marks data's KSKs whose RRSIG over DNSKEY stands there, by its tag alone:
 * for what was verified when it was stored.
 */
void trust_signers(const struct kskdata *data, bool *signers);
/* Notes the KSKs that are revoked in data; of those marked, or of all (NULL).
 */
DFLOW_NODISCARD enum dflow_status trust_note(struct trust *t,
    const struct kskdata *data, const bool *which, struct dflow_err *err);
/* From now on data's signers are those to be trusted. */
DFLOW_NODISCARD enum dflow_status trust_learn(struct trust *t,
    const struct kskdata *data, const bool *signers, struct dflow_err *err);
/*
 * Is data, of which signers says who signed it, by a key that is trusted? Then
 * it is learnt. DFLOW_REFUSED if not.
 */
DFLOW_NODISCARD enum dflow_status trust_check(struct trust *t,
    const struct kskdata *data, const bool *signers, struct dflow_err *err);

/* All of one import; read by all threads. */
struct import_run {
	const struct dflow_import *p;
	const struct trust_ds *ds; /* NULL without */
	const struct keyindex *index; /* of key_dir, for many; NULL: one */
	struct contained_policy whose; /* of whom we take files */
	bool many;
};

/* A KSR that the right wrote. */
struct import_request {
	struct bundles *bundles; /* NULL: none is at hand */
	char path[IMPORT_PATH];
	char sha256[DFLOW_DIGEST_TEXT];
};

/* One response on its way. */
struct import_zone {
	const struct import_run *run;
	const char *path; /* of the response, as it came */
	struct response *fresh;
	struct response *stored; /* what is there; NULL: nothing */
	uint8_t zone[NAME_MAX_LEN];
	char dir[IMPORT_PATH]; /* of the store */
	char key_dir[IMPORT_PATH];
	char request_dir[IMPORT_PATH]; /* where key-request may be */
	struct keylist keys; /* all of the zone's */
	struct import_request request;
	/* What will be stored instead of fresh's bytes, if it is joined. */
	struct response *joined;
	struct os_save *save; /* what is to be stored, on the disk already */
	bool kept; /* done.previous is this run's, and not needed yet */
	bool made_dir; /* dir is this run's */
	bool renamed; /* it is stored */
	struct dflow_imported done;
};

/* Finds the folders of the store and of the keys, and reads the keys. */
DFLOW_NODISCARD enum dflow_status import_find_folders(
    struct import_zone *z, struct dflow_err *err);
/* Reads and verifies all; nothing is written. */
DFLOW_NODISCARD enum dflow_status import_verify(
    struct import_zone *z, struct dflow_err *err);
/*
 * Writes it beside what is stored, and keeps that one, unless it is there. The
 * store is as it was until import_commit.
 */
DFLOW_NODISCARD enum dflow_status import_stage(
    struct import_zone *z, struct dflow_err *err);
/* The rename, if what is stored still is what was read. */
DFLOW_NODISCARD enum dflow_status import_commit(
    struct import_zone *z, struct dflow_err *err);
/* Removes what was staged and not committed. */
void import_unstage(struct import_zone *z);
void import_zone_free(struct import_zone *z);

/* The ZSKs of the bundle in force then; none if there is no bundle. */
size_t import_zsks_of(
    const struct bundles *b, int64_t when, struct dnskey out[BUNDLE_RRS_MAX]);
/* The zone's ZSKs that are in the zone at that time; at most max of them. */
size_t import_zsks_at(
    const struct keylist *keys, int64_t when, struct dnskey *out, size_t max);

/* How a file's bundles are held against each other. */
enum import_bundles_what {
	IMPORT_FRESH, /* made by the left in one go: with time to change over */
	IMPORT_JOINED, /* put together here */
};

/*
 * Every signature of every bundle through its bundle's time, and by whom; of
 * those whose time is over no trust is needed. until is the end of the last
 * bundle.
 */
struct import_span {
	const struct bundles *b;
	int64_t until;
	int64_t now;
	enum import_bundles_what what;
};
DFLOW_NODISCARD enum dflow_status import_check_bundles(
    const struct import_span *s, struct trust *t, struct dflow_err *err);

/*
 * Would the zone be right with data's CDS and CDNSKEY (flow/cdscheck.h)?
 * signers says who signed data, whose signatures are good, with these ZSKs
 * beside it.
 */
DFLOW_NODISCARD enum dflow_status import_check_cds(const struct kskdata *data,
    const struct kskcheck_keys *zsks, const bool *signers,
    struct dflow_err *err);

/* Finds the request that the response should answer. */
DFLOW_NODISCARD enum dflow_status import_find_request(
    struct import_zone *z, struct dflow_err *err);
/* Are its ZSKs those that were asked for, or will be in the zone? */
DFLOW_NODISCARD enum dflow_status import_check_answer(
    const struct import_zone *z, struct dflow_err *err);

/* Footer: a clock that can be, and no fewer words than the stored one's. */
DFLOW_NODISCARD enum dflow_status import_check_footer(
    const struct import_zone *z, struct dflow_err *err);
/* May fresh take the place of stored? */
DFLOW_NODISCARD enum dflow_status import_check_order(
    const struct import_zone *z, struct dflow_err *err);
/*
 * Can caches that have the ZSKs of what is stored verify fresh's first zone?
 * What is stored counts as it is in force last before that, if its signatures
 * are good then.
 */
DFLOW_NODISCARD enum dflow_status import_check_late(
    const struct import_zone *z, struct dflow_err *err);
/* Makes joined if fresh begins later: now until then is stored's. */
DFLOW_NODISCARD enum dflow_status import_join(
    struct import_zone *z, struct dflow_err *err);

#endif
