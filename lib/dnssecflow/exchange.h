/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right side's two ends of the exchange: the key request and KSK.data. */
#ifndef DNSSECFLOW_EXCHANGE_H
#define DNSSECFLOW_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/container.h"
#include "dnssecflow/err.h"
#include "dnssecflow/words.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dflow_request {
	const char *zone; /* presentation form */
	const char *key_dir; /* folder of its ZSKs */
	const char *out; /* "-" is standard output */
	uint32_t ttl_s; /* of the DNSKEY RRset, when a key file has none */
	int64_t now;
	/*
	 * Who signs a container beside out, which is then a file: a PEM file
	 * with a certificate and its private key, or "pgp:USER", a key of
	 * GnuPG's. NULL: there is none.
	 */
	const char *sign_as;
	int passphrase_fd; /* of that key; -1: ask on the terminal */
};

struct dflow_requested {
	char zone[1024]; /* as in the request */
	size_t key_count;
	char sha256[DFLOW_DIGEST_TEXT]; /* of what was written, in hex */
};

/*
 * Writes the plain key request: the ZSKs that belong into the zone now, by
 * their timing metadata. *done may be NULL.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_request(
    const struct dflow_request *params, struct dflow_requested *done,
    struct dflow_err *err);

struct dflow_import {
	/* Responses as they came from the left, plain or SKR: files, "-" for
	 * standard input, or folders of nothing else. */
	const char *const *paths;
	size_t path_count;
	/* Where one is kept, under the name KSK.data; of several files or a
	 * folder each in its zone's folder in it, DIR/ZONE/KSK.data. */
	const char *dir;
	/* The ZSKs: their folder, or the one where each zone has a folder of
	 * its own, KEYS/ZONE, or the ZSKs of all are. NULL: dir. */
	const char *key_dir;
	/* The KSR that it answers; NULL: key-request in the ZSKs' folder. */
	const char *request;
	/* DS records of the KSKs that are trusted; NULL: the stored KSKs, or
	 * whoever signed the first response that comes. */
	const char *ds_path;
	int64_t now;
	int64_t min_validity_s; /* the end must be that far */
	/* Who may have made them (dnssecflow/container.h); NULL: anybody. */
	const char *trust;
	bool require_container; /* wants trust */
};

/* What became of one response. */
struct dflow_imported {
	char zone[1024];
	char file[1024]; /* as it came */
	char stored[1024]; /* path of the stored file */
	char previous[1024]; /* where the one before is kept, or "" */
	bool unchanged; /* it was stored before, and nothing was written */
	bool joined; /* with bundles of the one before, which are needed yet */
	/* Of what is in force now: the latest of its signatures, */
	int64_t inception;
	int64_t expiration; /* the earliest */
	size_t bundle_count; /* as it came; 0 for a plain one */
	int64_t from; /* its first bundle's time; of a plain one inception */
	int64_t until; /* the end of its last bundle, or expiration */
	char sha256[DFLOW_DIGEST_TEXT]; /* of the file, in hex */
	struct dflow_maker maker; /* of it, by its container */
};

/* The responses of an import, by zone in DNSSEC order. */
struct dflow_imports;

/*
 * Verifies every signature of every response, at the time and through the
 * period for which it is meant; that a KSK which is trusted here signs each;
 * that it answers our own request, with exactly our ZSKs; that now to its end
 * is covered without a gap; and that it is not older than what is stored. Only
 * if all are good they are stored, each whole or not at all; what was stored
 * before is kept beside it. DFLOW_REFUSED says what is wrong. The caller frees
 * *out.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_import(
    const struct dflow_import *params, struct dflow_imports **out,
    struct dflow_err *err);
DFLOW_API size_t dflow_imports_count(const struct dflow_imports *l);
/* True if the zones have folders of their own. */
DFLOW_API bool dflow_imports_many(const struct dflow_imports *l);
/* The i-th; NULL beyond the last. Valid as long as l. */
DFLOW_API const struct dflow_imported *dflow_imports_at(
    const struct dflow_imports *l, size_t i);
DFLOW_API void dflow_imports_free(struct dflow_imports **l);

#ifdef __cplusplus
}
#endif
#endif
