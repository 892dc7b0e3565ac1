/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What zone/loadzone.c and zone/loadtext.c ask of the reader of master files
 * in zone/load.c: stretches of records in order, which anyone may scan.
 */
#ifndef ZONE_LOADER_H
#define ZONE_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "zone/load.h"
#include "zone/scan.h"

/* A file that is being read; zone/load.c's. */
struct source;

/* One reading, with all files that it includes. */
struct loader {
	/* Told of each file; number and name, which stays, are for messages.
	 * NULL: no $INCLUDE. */
	enum dflow_status (*file)(const char *path, uint16_t *number,
	    const char **name, void *ctx, struct dflow_err *err);
	bool alone; /* no $INCLUDE either */
	/* The stretch that was given last, scanned to its end. */
	const struct stretch *(*before)(void *ctx);
	void *ctx;
	struct digest *digest; /* of the outermost file, or NULL */
	size_t piece_max; /* bytes of a stretch, about */
	uint32_t ttl; /* of an RR that states none */
	bool ttl_known; /* ttl was stated somehow */
	bool ttl_fixed; /* by $TTL or the SOA's MINIMUM: RRs do not change it */
	/* zone/load.c's: */
	bool begun; /* a stretch was given */
	struct scan *scan;
	struct source *source; /* the innermost */
};

/* Opens the file at path; relative names end in origin. */
DFLOW_NODISCARD enum dflow_status loader_open(struct loader *ld,
    const char *path, const uint8_t *origin, struct dflow_err *err);
/* The same for text, which must outlive it and has no origin but the root. */
DFLOW_NODISCARD enum dflow_status loader_open_text(
    struct loader *ld, const struct text_part *part, struct dflow_err *err);
/*
 * The next records, which stay until the next call; none (a length of 0) at
 * the end. Directives are obeyed on the way. An error is that of the file
 * behind all stretches so far, whose own come before it.
 */
DFLOW_NODISCARD enum dflow_status loader_next(
    struct loader *ld, struct stretch *out, struct dflow_err *err);
/* What the scanned stretch before out's leaves open in it. */
void stretch_settle(struct stretch *out, const struct stretch *before);
void loader_close(struct loader *ld);

enum { LOADER_PIECE = 256 * 1024 };
/*
 * zone_load_begin with pieces of about that many bytes instead of
 * LOADER_PIECE: for tests, where small files must come in many.
 */
DFLOW_NODISCARD enum dflow_status zone_load_pieces(const struct zone_load *p,
    size_t piece_max, struct zone_builder **out, uint8_t apex[NAME_MAX_LEN],
    struct dflow_err *err);

#endif
