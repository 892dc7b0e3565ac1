/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The left side's operations, next to the KSK: sign, ds, show. */
#ifndef DNSSECFLOW_KSK_H
#define DNSSECFLOW_KSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"
#include "dnssecflow/words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A time that was not given. */
#define DFLOW_WHEN_UNSET INT64_MIN

enum {
	DFLOW_CEREMONY_TTL = 3600, /* seconds, the default */
	DFLOW_CEREMONY_BACK_S = 3600, /* inception before now */
	DFLOW_CEREMONY_AHEAD_S = 90 * 86400, /* expiration after now */
	DFLOW_CEREMONY_VALIDITY_MAX = 315360000, /* seconds: ten years */
	DFLOW_CEREMONY_KEYS_MAX = 16,
};

/* What people compare when they read a key to each other. */
struct dflow_key_facts {
	const char *file; /* where the key stands */
	size_t line; /* 0: the whole file */
	const char *role; /* "KSK", "ZSK", "revoked KSK", ... */
	const char *algorithm_name; /* mnemonic */
	unsigned bits;
	uint16_t tag;
	uint16_t flags;
	uint8_t algorithm;
	/* The digest of the key's SHA-256 DS (RFC 4509), lower case hex. */
	char fingerprint[DFLOW_DIGEST_TEXT];
};

/* What people compare when they read a file to each other. */
struct dflow_file_facts {
	const char *path;
	char sha256[DFLOW_DIGEST_TEXT]; /* lower case hex; see dflow_words */
};

/* One signing of key requests. */
struct dflow_ceremony;

struct dflow_ceremony_params {
	/* The KSKs: base names of key files, or n200:NAME. */
	const char *const *keys;
	size_t key_count;
	const char *const *requests; /* paths; "-" is standard input */
	size_t request_count;
	int64_t now; /* seconds since 1970, as are the next */
	int64_t inception; /* DFLOW_WHEN_UNSET: an hour before now */
	int64_t expiration; /* DFLOW_WHEN_UNSET: 90 days after now */
	uint32_t ttl_s; /* 0: 3600 */
	int passphrase_fd; /* -1: ask on the terminal */
	const char *n200_conf; /* of the device, if a key is in it; or NULL */
	const char *ledger; /* where it is recorded; NULL: nowhere */
	bool cds; /* CDS and CDNSKEY of the KSKs, too */
};

/*
 * Reads keys and requests and checks all that can be checked before a
 * signature is made (doc/operations lists what is refused). A device that
 * holds a KSK is asked for its keys. The ledger is verified, and is locked
 * until the ceremony is freed. The caller frees *out.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_open(
    const struct dflow_ceremony_params *params, struct dflow_ceremony **out,
    struct dflow_err *err);
DFLOW_API void dflow_ceremony_free(struct dflow_ceremony **c);

/* What is about to be signed; valid as long as the ceremony. */
struct dflow_ceremony_view {
	const char *zone; /* presentation form */
	const struct dflow_key_facts *ksks;
	size_t ksk_count;
	const struct dflow_key_facts *zsks;
	size_t zsk_count;
	/* The very bytes that were read, and will be signed. */
	const struct dflow_file_facts *requests;
	size_t request_count;
	char sha256[DFLOW_DIGEST_TEXT]; /* of KSK.data, once signed; or "" */
	int64_t now;
	int64_t inception;
	int64_t expiration;
	uint32_t ttl_s;
	bool cds;
	/* The ledger, NULL if none is kept; once it is signed, with that. */
	const char *ledger;
	size_t ledger_count; /* entries; 0: it begins with this ceremony */
	const char *ledger_digest; /* the last entry's, in hex */
};
DFLOW_API const struct dflow_ceremony_view *dflow_ceremony_view(
    const struct dflow_ceremony *c);

/*
 * Opens the private key files, asking for a passphrase where one has one, and
 * makes the KSK.data: each KSK signs the DNSKEY RRset of KSKs and ZSKs. The
 * text is read back and every signature in it verified, and the ledger gets
 * its entry; only then can it be had. DFLOW_REFUSED if one does not verify.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_sign(
    struct dflow_ceremony *c, struct dflow_err *err);

/* The KSK.data, once it is signed; else NULL. Valid as long as c. */
DFLOW_API const char *dflow_ceremony_text(const struct dflow_ceremony *c);

/*
 * Writes it to path, whole or not at all; "-" is standard output. A KSK.data
 * of the zone that is there already is kept as path with "~" behind it, or
 * "~2", "~3" and so on; DFLOW_REFUSED if anything else is there.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_save(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err);

/* The DS of a KSK, for the parent. */
struct dflow_ds;

struct dflow_ds_params {
	const char *key; /* base name of a key file, or its .key file */
	uint8_t digest_type; /* 2: SHA-256, 4: SHA-384; else DFLOW_USAGE */
	bool cds; /* as CDS and CDNSKEY, for the zone itself */
};

struct dflow_ds_facts {
	const char *zone;
	const struct dflow_key_facts *key;
	uint8_t digest_type;
	const char *digest; /* lower case hex */
	const char *text; /* the record or records, a line each */
};

/* Reads the public key; DFLOW_REFUSED if it is no KSK or is revoked. */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ds(
    const struct dflow_ds_params *params, struct dflow_ds **out,
    struct dflow_err *err);
/* Valid as long as d. */
DFLOW_API struct dflow_ds_facts dflow_ds_facts(const struct dflow_ds *d);
DFLOW_API void dflow_ds_free(struct dflow_ds **d);

/* What a file that crosses the gap holds. */
struct dflow_show;

enum dflow_check {
	DFLOW_CHECK_NONE, /* not a signature */
	DFLOW_CHECK_GOOD, /* verifies over the records of the file */
	DFLOW_CHECK_NEEDS_KEY, /* the signing key is not in the file */
	DFLOW_CHECK_NEEDS_ZSKS, /* covers ZSKs that are not in the file */
	DFLOW_CHECK_NEEDS_SET, /* what it covers is not in the file */
	DFLOW_CHECK_BAD,
};

/* What stands behind a ZSK of a KSR: its signature over the bundle's ZSKs. */
enum dflow_proof {
	DFLOW_PROOF_NONE, /* not a key of a KSR */
	DFLOW_PROOF_MISSING,
	DFLOW_PROOF_GOOD,
	DFLOW_PROOF_BAD, /* not by this key, or not over this bundle */
};

enum dflow_force {
	DFLOW_FORCE_NONE, /* not a signature */
	DFLOW_FORCE_NOW,
	DFLOW_FORCE_LATER,
	DFLOW_FORCE_OVER,
};

/* One record. What its type does not have is 0 or NULL. */
struct dflow_record {
	size_t line;
	const char *owner; /* presentation form, as is signer */
	const char *type; /* mnemonic */
	uint32_t ttl_s;
	uint16_t tag; /* of the key, or of the one referred to */
	uint8_t algorithm;
	const char *algorithm_name;
	/* DNSKEY and CDNSKEY. */
	struct dflow_key_facts key;
	enum dflow_proof proof; /* of possession */
	/* DS and CDS. */
	uint8_t digest_type;
	char digest[DFLOW_DIGEST_TEXT];
	bool matches; /* a key of the file */
	/* RRSIG. */
	const char *covered;
	const char *signer;
	int64_t inception;
	int64_t expiration;
	enum dflow_check check;
	enum dflow_force force;
	/* In a KSR or SKR. */
	size_t bundle; /* its number, from 1; 0: in no bundle */
	size_t bundle_line; /* of its header */
	int64_t bundle_time; /* in force from then until the next one's */
	bool bundle_in_force;
};

struct dflow_show_facts {
	const char *path;
	const char *kind; /* "key request", "KSK.data", "KSR 1.0", ... */
	size_t bytes;
	char sha256[DFLOW_DIGEST_TEXT]; /* of the file */
	size_t count;
	/* What would make the tools refuse the file; "" if nothing does. */
	const char *problem;
	size_t bundle_count; /* of a KSR or SKR; else 0 */
	/* In the footer of a KSR or SKR of ours; else "" and INT64_MIN. */
	const char *id; /* the request's */
	const char *answers; /* SHA-256 of the last response, or "none" */
	int64_t clock; /* the writer's */
};

/*
 * Explains a key request, KSK.data, or a file of DNSKEY, DS, CDS, CDNSKEY and
 * RRSIG records, at most 1 MiB and 1,000 of them; or a KSR or SKR, at most
 * 4 MiB, 1,000 bundles and 256 records in each, where signatures are checked
 * over the records of their bundle. Private files are refused, and so is a KSR
 * or SKR that is not well-formed.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_show(const char *path,
    int64_t now, struct dflow_show **out, struct dflow_err *err);
/* Both are valid as long as s. */
DFLOW_API const struct dflow_show_facts *dflow_show_facts(
    const struct dflow_show *s);
DFLOW_API const struct dflow_record *dflow_show_record(
    const struct dflow_show *s, size_t i);
DFLOW_API void dflow_show_free(struct dflow_show **s);

#ifdef __cplusplus
}
#endif
#endif
