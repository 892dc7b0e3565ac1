/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of an operation, phase by phase. */
#ifndef FLOW_METER_H
#define FLOW_METER_H

#include <stddef.h>

#include "dnssecflow/zone.h"

struct meter {
	struct dflow_stats *stats;
	double since_s; /* when the phase at hand began */
};

void meter_start(struct meter *m, struct dflow_stats *stats);
/*
 * Ends the phase at hand, which is the one named; the next begins. A phase
 * that there is twice adds up.
 */
void meter_phase(
    struct meter *m, enum dflow_phase phase, size_t records, size_t signatures);
/* Notes the memory at the operation's end. */
void meter_end(struct meter *m);

#endif
