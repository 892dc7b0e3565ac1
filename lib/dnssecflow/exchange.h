/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right side's two ends of the exchange: the key request and KSK.data. */
#ifndef DNSSECFLOW_EXCHANGE_H
#define DNSSECFLOW_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

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
};

struct dflow_requested {
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
	const char *path; /* KSK.data as it came from the left */
	const char *dir; /* where it is kept, under the name KSK.data */
	const char *key_dir; /* folder of the ZSKs; NULL: dir */
	int64_t now;
	int64_t min_validity_s;
};

struct dflow_imported {
	char zone[1024];
	char stored[1024]; /* path of the stored file */
	char previous[1024]; /* where the one before is kept, or "" */
	int64_t inception; /* the latest of its signatures over DNSKEY */
	int64_t expiration; /* the earliest */
	char sha256[DFLOW_DIGEST_TEXT]; /* of the file, in hex */
};

/*
 * Checks that KSK.data signs the DNSKEY RRset of now and stores it, whole or
 * not at all. One that was stored before is kept beside it. Refuses another
 * zone's, and one that ends earlier than what is stored and still good.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_import(
    const struct dflow_import *params, struct dflow_imported *done,
    struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
