/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --stats: an operation's figures by phase, for people and for programs. */
#ifndef SRC_FIGURES_H
#define SRC_FIGURES_H

#include <dnssecflow/zone.h>

#include "json.h"

enum { FIGURES_TEXT = 1024 };

/*
 * Writes a heading, a line for each phase that there was, in order, and one of
 * the peak memory (MB of 1024 * 1024 bytes) and the whole time. A rate is that
 * of the signatures, or of the records where there are none; writing, which
 * is waiting for the disk, has none. Lines have 80 columns at most.
 */
void figures_text(const struct dflow_stats *s, char out[FIGURES_TEXT]);

/* The same as the member "stats" of the object that is open in j. */
void figures_json(struct json *j, const struct dflow_stats *s);

#endif
