/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scanner of master files, libzscanner: text of whole records, or of one
 * directive, and what holds where it begins. Who includes what, and in which
 * order, is zone/load's.
 */
#ifndef ZONE_SCAN_H
#define ZONE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/name.h"
#include "zone/lines.h"
#include "zone/zone.h"

enum { SCAN_TTL_MAX = 0x7fffffff }; /* RFC 2181 section 8 */

/* A scanner; it is big and serves piece after piece. One thread's. */
struct scan;

/*
 * Text, and what holds as it begins; once it is scanned, as it ends. What is
 * open is as the stretch before left it.
 */
struct stretch {
	struct piece piece;
	const char *name; /* the file's, for messages; borrowed */
	uint16_t file;
	bool owner_open;
	bool have_owner; /* there was a record before; its owner: */
	uint8_t owner[NAME_MAX_LEN];
	uint8_t origin[NAME_MAX_LEN];
	uint32_t ttl; /* of a record that states none */
	bool ttl_open;
	bool ttl_fixed; /* it does not change with what records state */
};

/* What a directive did. */
struct scanned {
	uint8_t origin[NAME_MAX_LEN]; /* $ORIGIN: from now on */
	bool has_ttl; /* it states the TTL of all that follow: */
	uint32_t ttl;
	char *include; /* $INCLUDE: the file as written; the caller frees */
	uint8_t include_origin[NAME_MAX_LEN];
};

DFLOW_NODISCARD enum dflow_status scan_new(
    struct scan **out, struct dflow_err *err);
void scan_free(struct scan **s);

/*
 * Calls each for every record until it does not return DFLOW_OK. The first
 * record settles what is open. If something still is at the end there was
 * none, or it needs the TTL: each was not called.
 */
DFLOW_NODISCARD enum dflow_status scan_records(struct scan *s,
    struct stretch *at,
    enum dflow_status (*each)(
	struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err);
/*
 * Of a stretch of one record, in a file that has no TTL yet: sets out's TTL
 * alone, to the MINIMUM of a SOA that states none; an error for another such
 * record. *found: there is a record.
 */
DFLOW_NODISCARD enum dflow_status scan_first_ttl(struct scan *s,
    const struct stretch *at, struct scanned *out, bool *found,
    struct dflow_err *err);
/* out->include is NULL on failure. */
DFLOW_NODISCARD enum dflow_status scan_directive(struct scan *s,
    const struct stretch *at, struct scanned *out, struct dflow_err *err);
/* "file:line: what", of a stretch. */
DFLOW_NODISCARD enum dflow_status scan_fail(const struct stretch *at,
    uint64_t line, const char *what, struct dflow_err *err);

#endif
