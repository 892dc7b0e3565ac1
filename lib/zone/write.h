/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole zone as text. */
#ifndef ZONE_WRITE_H
#define ZONE_WRITE_H

#include "base/err.h"
#include "base/os.h"
#include "zone/zone.h"

/*
 * Writes every RR, SOA first, then in canonical order, formatted by up to
 * threads threads.
 */
DFLOW_NODISCARD enum dflow_status zone_write(const struct zone *z,
    unsigned threads, struct os_save *out, struct dflow_err *err);

#endif
