/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The left side's operations, next to the KSK: ds and show. */
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

/* A key in a bundle's DNSKEY RRset. */
struct dflow_bundle_key {
	uint16_t tag;
	uint16_t flags;
	bool signs; /* an RRSIG over the DNSKEY RRset is by it */
	bool enters; /* the bundle before did not have it */
	bool leaves; /* the next one does not have it */
	bool cds; /* a CDS of the bundle is its */
};

/* A bundle of a KSR or SKR, as a table tells of it. */
struct dflow_bundle {
	int64_t time; /* in force from then, seconds since 1970, */
	int64_t until; /* to then; INT64_MIN: not known */
	int64_t inception; /* of its RRSIGs over DNSKEY; INT64_MIN: none */
	int64_t expiration;
	const struct dflow_bundle_key *keys; /* KSKs first, then by tag */
	size_t key_count;
	size_t cds_count; /* CDS records; a delete form counts as one */
	bool cds_delete; /* RFC 8078 section 4 */
};

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
	const char *zone; /* of all records; "" if they are of several */
	const char *kind; /* "key request", "KSK.data", "KSR 1.0", ... */
	size_t bytes;
	char sha256[DFLOW_DIGEST_TEXT]; /* of the file */
	size_t count;
	/* What would make the tools refuse the file; "" if nothing does. */
	const char *problem;
	size_t bundle_count; /* of a KSR or SKR; else 0 */
	const struct dflow_bundle *bundles;
	int64_t until; /* the end of the last bundle; INT64_MIN: not said */
	/* What is no problem but should be known; a line each, without end. */
	const char *const *warnings;
	size_t warning_count;
	/* The DS of each KSK in it, for the parent: "ZONE IN DS ...". */
	const char *const *ds;
	size_t ds_count;
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

/* Files that cross the gap together. */
struct dflow_fileset;

/*
 * The operands, each a file, "-", or a folder, which stands for the files in
 * it; containers (.p7s, .asc, .sig) and hidden files are left out there.
 * Nothing is read. DFLOW_REFUSED if a folder has no files, or for more than
 * 10,000.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_fileset_list(
    const char *const *operands, size_t count, struct dflow_fileset **out,
    struct dflow_err *err);
DFLOW_API size_t dflow_fileset_count(const struct dflow_fileset *s);
/* As given; of a folder FOLDER/NAME, in the byte order of the names. */
DFLOW_API const char *dflow_fileset_path(
    const struct dflow_fileset *s, size_t i);
/* True if an operand was a folder. */
DFLOW_API bool dflow_fileset_is_folder(const struct dflow_fileset *s);
DFLOW_API void dflow_fileset_free(struct dflow_fileset **s);
/*
 * One digest of many files: the SHA-256 of the lines "HEX  NAME" that
 * sha256sum(1) writes of them, in the byte order of their base names. In a
 * folder "LC_ALL=C sha256sum * | sha256sum" says the same.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_fileset_sha256(
    const struct dflow_file_facts *files, size_t count,
    char out[DFLOW_DIGEST_TEXT], struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
