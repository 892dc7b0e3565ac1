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
#include "dnssecflow/zone.h"
#include "flow/meter.h"
#include "zone/zone.h"

struct publish {
	const char *out; /* "-" is standard output */
	const uint8_t *apex;
	bool any_key;
	unsigned threads;
	size_t max_memory;
	int64_t now;
	size_t rrs; /* how many the file must have */
	struct dflow_progress progress;
	struct meter *meter;
};

/* Opens the temporary file. */
DFLOW_NODISCARD enum dflow_status publish_open(
    const char *out, struct os_save **save, struct dflow_err *err);

/* Flushes the temporary file and loads what the disk has. */
DFLOW_NODISCARD enum dflow_status publish_read_back(const struct publish *p,
    struct os_save *save, struct zone **out, struct dflow_err *err);

/*
 * Reads back, judges, renames. Ends *save in any case. done's rrs, serial,
 * signatures_checked, first_expiration and written are filled.
 */
DFLOW_NODISCARD enum dflow_status publish_finish(const struct publish *p,
    struct os_save **save, struct dflow_published *done, struct dflow_err *err);

#endif
