/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What zone/loadzone.c asks of the reader of master files in zone/load.c. */
#ifndef ZONE_LOADER_H
#define ZONE_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "zone/load.h"
#include "zone/zone.h"

/* One reading, with all files that it includes. */
struct loader {
	enum dflow_status (*each)(
	    struct zone_rr *rr, void *ctx, struct dflow_err *err);
	/* Told of each file, gives its number; NULL: no $INCLUDE. */
	enum dflow_status (*file)(const char *name, uint16_t *number, void *ctx,
	    struct dflow_err *err);
	void *ctx;
	struct digest *digest; /* of the outermost file, or NULL */
	uint32_t ttl; /* of an RR that states none */
	bool ttl_known; /* ttl was stated somehow */
	bool ttl_fixed; /* by $TTL or the SOA's MINIMUM: RRs do not change it */
};

/* Reads the file at path, relative names ending in origin (absolute text). */
DFLOW_NODISCARD enum dflow_status loader_run(struct loader *ld,
    const char *path, const char *origin, struct dflow_err *err);
/* The same for text that has no origin but the root. */
DFLOW_NODISCARD enum dflow_status loader_run_text(
    struct loader *ld, const struct text_part *part, struct dflow_err *err);
/*
 * The path of an included file, relative to the file that includes it, which
 * the caller frees; NULL for want of memory.
 */
char *loader_path(const char *including, const char *name);

#endif
