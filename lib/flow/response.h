/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What came from the left and is kept on the right under the name KSK.data: a
 * plain one, or an SKR with what is in force period by period.
 */
#ifndef FLOW_RESPONSE_H
#define FLOW_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dnssecflow/words.h"
#include "exchange/bundle.h"
#include "exchange/kskdata.h"

struct response {
	struct buf text; /* the very bytes */
	char sha256[DFLOW_DIGEST_TEXT];
	struct kskdata *plain; /* this, */
	struct bundles *bundles; /* or this */
};

/* Which part of a response counts, and for how long. */
struct response_force {
	int64_t from; /* INT64_MIN for a plain one, */
	int64_t until; /* which has INT64_MAX here */
	int64_t end; /* of the last bundle; as until for a plain one */
	size_t number; /* of the bundle, from 1; 0 for a plain one */
	size_t count; /* of bundles */
};

/* Reads either form: shape alone, no signature is checked. */
DFLOW_NODISCARD enum dflow_status response_read(
    const char *path, struct response **out, struct dflow_err *err);
/* Takes over text's bytes. */
DFLOW_NODISCARD enum dflow_status response_parse(const char *path,
    struct buf *text, struct response **out, struct dflow_err *err);
const uint8_t *response_zone(const struct response *r);

/*
 * The KSKs, CDS, CDNSKEY and their RRSIGs that are in force at now; the caller
 * frees *out. DFLOW_REFUSED names the first bundle if none is in force yet,
 * and the date when the last one ended. *force may be NULL.
 */
DFLOW_NODISCARD enum dflow_status response_at(const struct response *r,
    int64_t now, struct kskdata **out, struct response_force *force,
    struct dflow_err *err);
/* Reads the file, and gives what is in force in it, as response_at. */
DFLOW_NODISCARD enum dflow_status response_take(const char *path, int64_t now,
    struct kskdata **out, struct response_force *force, struct dflow_err *err);
/*
 * For how long that must still be good: min_validity_s, but no longer than
 * until the next bundle takes its place.
 */
int64_t response_needed_s(
    const struct response_force *f, int64_t now, int64_t min_validity_s);

/*
 * The end of the last bundle: what the footer says, or else the earliest
 * expiration of its RRSIGs over DNSKEY, which is a plain one's end, too; now
 * says what its 32-bit times mean.
 */
int64_t response_until(const struct response *r, int64_t now);
void response_free(struct response **r);

#endif
