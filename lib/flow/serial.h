/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next SOA serial. */
#ifndef FLOW_SERIAL_H
#define FLOW_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/zone.h"
#include "zone/zone.h"

/*
 * The serial that follows old by the method; published is what stands in the
 * file that will be replaced, or old if there is none. Later than both
 * (RFC 1982) but for DFLOW_SERIAL_KEEP.
 */
uint32_t serial_next(
    enum dflow_serial how, uint32_t old, uint32_t published, int64_t now);

/* The serial of the SOA that a zone file begins with; false without one. */
bool serial_read(const char *path, const uint8_t *apex, uint32_t *serial);

/* The serial field in SOA RDATA that passed rdata_check. */
uint32_t serial_of_soa(const uint8_t *rdata, size_t len);
void serial_put_soa(uint8_t *rdata, size_t len, uint32_t serial);

/* The serial of a zone that has a SOA; and another in its place. */
uint32_t serial_of_zone(const struct zone *z);
DFLOW_NODISCARD enum dflow_status serial_put_zone(
    struct zone *z, uint32_t serial, struct dflow_err *err);

#endif
