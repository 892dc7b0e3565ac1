/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signing of key requests on the left, where the KSKs are. */
#ifndef DNSSECFLOW_CEREMONY_H
#define DNSSECFLOW_CEREMONY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"
#include "dnssecflow/ksk.h"
#include "dnssecflow/words.h"
#include "dnssecflow/zone.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	DFLOW_CEREMONY_TTL = 3600, /* seconds, the default */
	DFLOW_CEREMONY_BACK_S = 3600, /* inception before now */
	DFLOW_CEREMONY_AHEAD_S = 90 * 86400, /* expiration after now */
	DFLOW_CEREMONY_VALIDITY_MAX = 315360000, /* seconds: ten years */
	DFLOW_CEREMONY_KEYS_MAX = 16, /* KSKs of a zone */
	DFLOW_CEREMONY_ZONES_MAX = 10000,
	/* Of the bundles that answer a KSR. */
	DFLOW_CEREMONY_VALIDITY_S = 14 * 86400,
	DFLOW_CEREMONY_REFRESH_S = 5 * 86400,
	DFLOW_CEREMONY_HORIZON_S = 400 * 86400,
	DFLOW_CEREMONY_SKEW_S = 3600,
	DFLOW_CEREMONY_RSA_BITS = 2048,
};

/* What is told to the parent (RFC 7344, RFC 8078). */
enum dflow_cds {
	DFLOW_CDS_NONE,
	DFLOW_CDS_KSKS, /* CDS and CDNSKEY of the KSKs */
	DFLOW_CDS_DELETE, /* the form that asks it to remove the DS */
};

/* One signing of key requests, of one zone or of many. */
struct dflow_ceremony;

struct dflow_ceremony_params {
	/* The KSKs: base names of key files, or n200:NAME, for every zone; */
	const char *const *keys;
	size_t key_count;
	/* or a folder with the KSKs of all zones, by their timing metadata. */
	const char *key_dir;
	/* Files, "-" for standard input, or folders of nothing else. */
	const char *const *requests;
	size_t request_count;
	int64_t now; /* seconds since 1970, as are the next */
	/* Of plain requests. DFLOW_WHEN_UNSET: an hour before now, */
	int64_t inception;
	/* 90 days after now. For KSRs the end of the last bundle's time. */
	int64_t expiration;
	uint32_t ttl_s; /* of plain requests; 0: 3600. A KSR has its own. */
	/* 0 is the default, above, for each of these. */
	int64_t validity_s; /* of a bundle's signatures, from its time */
	int64_t refresh_s; /* the next bundle begins so long before that */
	int64_t horizon_s; /* how far ahead a KSR may reach */
	int64_t skew_s; /* how far the right's clock may be from ours */
	unsigned rsa_bits; /* of a ZSK, at least */
	int passphrase_fd; /* -1: ask on the terminal */
	const char *n200_conf; /* of the device, if a key is in it; or NULL */
	/*
	 * Where it is recorded. NULL: nowhere, but KSRs beside the first KSK's
	 * files, under the name "ledger".
	 */
	const char *ledger;
	enum dflow_cds cds;
	bool knot; /* write SKRs in Knot's form, not BIND's */
	bool emergency; /* a second response, by the standby KSKs */
	const char *const *allow; /* names of checks that may fail */
	size_t allow_count;
	const char *sign_as; /* who signs containers; NULL: none is made */
	const char *trust; /* who may have made the requests' containers */
	bool require_container;
	struct dflow_progress progress; /* of signatures, zone by zone */
};

/*
 * Reads keys and requests and checks all that can be checked before a
 * signature is made (ksk-sign-sign(1) lists what is refused). A device that
 * holds a KSK is asked for its keys. The ledger is verified, and is locked
 * until the ceremony is freed; a refusal by a check is recorded there. The
 * caller frees *out.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_open(
    const struct dflow_ceremony_params *params, struct dflow_ceremony **out,
    struct dflow_err *err);
DFLOW_API void dflow_ceremony_free(struct dflow_ceremony **c);

/* What is about to be signed for one zone. */
struct dflow_ceremony_zone {
	const char *zone; /* presentation form */
	const struct dflow_key_facts *ksks;
	size_t ksk_count;
	const char *const *ds; /* of KSKs that sign, for the parent: records */
	size_t ds_count;
	const struct dflow_key_facts *zsks; /* of all bundles */
	size_t zsk_count;
	/* The very bytes that were read, and will be signed. */
	const struct dflow_file_facts *requests;
	size_t request_count;
	const char *const *containers; /* who made each request; NULL: none */
	/* The response to a KSR, bundle by bundle; a plain one has none. */
	const struct dflow_bundle *bundles;
	size_t bundle_count;
	/* The emergency's response, which the standby KSKs sign. */
	const struct dflow_bundle *emergency;
	size_t emergency_count;
	int64_t from; /* of the response: its first bundle's time, */
	int64_t until; /* and its end; of a plain one the next two */
	int64_t inception; /* the earliest of its signatures' */
	int64_t expiration; /* the latest */
	uint32_t ttl_s;
	const char *const *warnings; /* a line each, without its end */
	size_t warning_count;
	const char *const *allowed; /* names of checks that failed */
	size_t allowed_count;
	/* Once signed: its digests; once saved: its path. The second one, if
	 * there is one, is the emergency's. */
	const struct dflow_file_facts *responses;
	size_t response_count;
};

struct dflow_ceremony_view {
	int64_t now;
	const struct dflow_ceremony_zone *zones; /* by name, in DNSSEC order */
	size_t zone_count;
	/* Of the lines "sha256  name" of all requests, as sha256sum(1) writes
	 * them, in the byte order of the names: for many files at once. */
	char requests_sha256[DFLOW_DIGEST_TEXT];
	char responses_sha256[DFLOW_DIGEST_TEXT]; /* once saved; or "" */
	char emergency_sha256[DFLOW_DIGEST_TEXT]; /* if there are such */
	size_t signature_count; /* that will be made */
	enum dflow_cds cds;
	bool many; /* the response is a folder */
	/* The ledger, NULL if none is kept; once it is signed, with that. */
	const char *ledger;
	size_t ledger_count; /* entries; 0: it begins with this ceremony */
	const char *ledger_digest; /* the last entry's, in hex */
};
/* Valid as long as the ceremony; sign and save fill in what is due then. */
DFLOW_API const struct dflow_ceremony_view *dflow_ceremony_view(
    const struct dflow_ceremony *c);

/*
 * Refuses what dflow_ceremony_save would refuse of path, while nothing is
 * signed yet.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_try_path(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err);

/*
 * Opens the private keys, asking for a passphrase once where keys have one,
 * and makes all responses. Their text is read back and every signature in it
 * verified, and the ledger gets its entries; only then can they be had.
 * DFLOW_REFUSED if one does not verify.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_sign(
    struct dflow_ceremony *c, struct dflow_err *err);

/* The i-th zone's response, once signed; else NULL. Valid as long as c. */
DFLOW_API const char *dflow_ceremony_text(
    const struct dflow_ceremony *c, size_t i);

/*
 * Writes the response to path, whole or not at all; "-" is standard output.
 * One of the zone that is there already is kept as path with "~" behind it, or
 * "~2", "~3" and so on; DFLOW_REFUSED if anything else is there. The emergency
 * response goes to path.emergency. If the requests were a folder, or of
 * several zones, path is a folder that is not there yet or is empty, and gets
 * ZONE.skr or ZONE.KSK.data for each, whole or not at all; the emergency's go
 * to a folder path.emergency.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ceremony_save(
    struct dflow_ceremony *c, const char *path, struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
