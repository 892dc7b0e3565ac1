/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading master files (RFC 1035 section 5) with libzscanner: zones into a
 * builder, and the small texts that cross the gap RR by RR.
 */
#ifndef ZONE_LOAD_H
#define ZONE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/digest.h"
#include "zone/zone.h"

struct zone_load {
	const char *path; /* "-" is standard input */
	const uint8_t *origin; /* NULL: the file's name, else its SOA's owner */
	size_t max_memory; /* bytes for the zone; 0 is no ceiling */
	size_t taken; /* of these, by zones that stand already */
	bool alone; /* $INCLUDE is refused: no other file is looked at */
	unsigned threads; /* at least 1 */
	/*
	 * True drops the RR for good, filter does not see it. Called first, by
	 * any thread and in any order: it depends on nothing but rr and what
	 * stands in ctx before. May be NULL.
	 */
	bool (*drop)(const struct zone_rr *rr, const void *ctx);
	/*
	 * Called for each RR in the order of the file, by one thread at a
	 * time: may change *rr and clear *keep. What it refuses has been held
	 * in memory; drop is cheaper. May be NULL.
	 */
	enum dflow_status (*filter)(
	    struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err);
	void *ctx;
	/* Gets every byte of the file itself (not of included ones) as it is
	 * read; may be NULL. */
	struct digest *digest;
};

/*
 * Reads the file ($INCLUDE up to 16 deep, relative to the including file's
 * folder; CRLF is taken for LF) into a builder, so that the caller can add to
 * it; apex gets the zone's name: origin, else the SOA's owner. The first
 * error ends it: "file:line: what". No SOA at origin is an error.
 */
DFLOW_NODISCARD enum dflow_status zone_load_begin(const struct zone_load *p,
    struct zone_builder **out, uint8_t apex[NAME_MAX_LEN],
    struct dflow_err *err);

/* zone_load_begin, then zone_build. */
DFLOW_NODISCARD enum dflow_status zone_load(
    const struct zone_load *p, struct zone **out, struct dflow_err *err);

/*
 * Reads text[0..len), of which file is the name in messages, and calls each
 * for every RR until it does not return DFLOW_OK. $INCLUDE is an error,
 * relative names end at the root, and an RR without a TTL has ttl_default.
 */
DFLOW_NODISCARD enum dflow_status text_load(const char *file, const char *text,
    size_t len, uint32_t ttl_default,
    enum dflow_status (*each)(
	const struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err);

/* Text that begins in that line of its file. */
struct text_part {
	const char *file;
	const char *text;
	size_t len;
	size_t line;
	uint32_t ttl_default;
};
/* As text_load; lines are counted from part->line. */
DFLOW_NODISCARD enum dflow_status text_load_part(const struct text_part *part,
    enum dflow_status (*each)(
	const struct zone_rr *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err);

#endif
