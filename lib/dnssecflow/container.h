/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who made a file that crosses the gap: a detached signature beside it, in CMS
 * (FILE.p7s) or OpenPGP (FILE.asc, FILE.sig).
 */
#ifndef DNSSECFLOW_CONTAINER_H
#define DNSSECFLOW_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "dnssecflow/err.h"
#include "dnssecflow/words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a container says that was verified. */
struct dflow_maker {
	char container[1100]; /* its path; "" if there is none */
	char who[256]; /* a certificate's subject, a user id; printable */
	int64_t at; /* when, by their clock; INT64_MIN if it does not say */
	char sha256[DFLOW_DIGEST_TEXT]; /* of the file, in hex */
};

/* Those who may have made what comes to us. */
struct dflow_trust;

/*
 * path holds certificates in PEM, each of them an anchor, or OpenPGP public
 * keys. It must be ours or root's, and for nobody else to write. With require
 * a file without a container is refused.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_trust_read(const char *path,
    bool require, struct dflow_trust **out, struct dflow_err *err);
DFLOW_API void dflow_trust_free(struct dflow_trust **t);

/*
 * Verifies each container beside path as of now; no network is used.
 * DFLOW_REFUSED if one is not good, is not of anybody in t, or is missing and
 * required.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_trust_check(
    const struct dflow_trust *t, const char *path, int64_t now,
    struct dflow_maker *maker, struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
