/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only way in which a zone file comes into being: written beside its
 * place, read back, judged in full, renamed (promise 1 of the design).
 */
#ifndef FLOW_PUBLISH_H
#define FLOW_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/os.h"
#include "dns/digest.h"
#include "dnssecflow/zone.h"
#include "flow/meter.h"
#include "flow/proofs.h"
#include "flow/response.h"
#include "zone/zone.h"

struct publish {
	const char *out; /* "-" is standard output */
	const uint8_t *apex;
	bool any_key;
	unsigned threads;
	size_t max_memory;
	int64_t now;
	size_t rrs; /* how many the file must have */
	const struct proofs *proofs; /* signatures known to be good, or NULL */
	struct dflow_progress progress;
	struct meter *meter;
};

/*
 * Tells in done what of KSK.data, at path, was used, and warns if that is the
 * last bundle, or if the last one ends in less than 14 days.
 */
void publish_tell(struct dflow_published *done, const char *path,
    const struct response_force *f, int64_t now);

/* Opens the temporary file. */
DFLOW_NODISCARD enum dflow_status publish_open(
    const char *out, struct os_save **save, struct dflow_err *err);

/*
 * Flushes the temporary file and loads what the disk has; digest, which may be
 * NULL, gets its bytes.
 */
DFLOW_NODISCARD enum dflow_status publish_read_back(const struct publish *p,
    struct os_save *save, struct digest *digest, struct zone **out,
    struct dflow_err *err);

/*
 * Reads back, judges, renames, seals. Ends *save in any case. A seal that
 * cannot be written is told in done->note: the zone stands all the same.
 * done's rrs, serial,
 * signatures_checked, first_expiration and written are filled.
 */
DFLOW_NODISCARD enum dflow_status publish_finish(const struct publish *p,
    struct os_save **save, struct dflow_published *done, struct dflow_err *err);

#endif
