/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the time of an operation is divided among its phases. */
#include "flow/meter.h"

#include "base/os.h"

void
meter_start(struct meter *m, struct dflow_stats *stats)
{
	m->stats = stats;
	m->since_s = os_steady_s();
}

void
meter_phase(
    struct meter *m, enum dflow_phase phase, size_t records, size_t signatures)
{
	struct dflow_phase_stats *p = &m->stats->phases[phase];
	double now_s = os_steady_s();

	p->seconds += now_s - m->since_s;
	p->records += records;
	p->signatures += signatures;
	m->since_s = now_s;
}

void
meter_end(struct meter *m)
{
	m->stats->peak_memory = os_peak_memory();
}
