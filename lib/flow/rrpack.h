/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An RRset put together from loose RDATA. */
#ifndef FLOW_RRPACK_H
#define FLOW_RRPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/rrset.h"

enum { RRPACK_MAX = 1024 };

struct rrpack {
	struct rdata *items; /* borrowed bytes */
	size_t count;
	size_t cap;
	uint16_t type;
	struct buf packed;
};

void rrpack_init(struct rrpack *p, uint16_t type);
void rrpack_free(struct rrpack *p);
/* data is borrowed until rrpack_set; at most RRPACK_MAX of them. */
DFLOW_NODISCARD enum dflow_status rrpack_add(
    struct rrpack *p, const uint8_t *data, size_t len, struct dflow_err *err);
/*
 * Fills *set: canonical order, no duplicates (RFC 4034 section 6.3); valid as
 * long as p and owner. At least one RDATA has been added.
 */
DFLOW_NODISCARD enum dflow_status rrpack_set(struct rrpack *p,
    const uint8_t *owner, uint32_t ttl, struct rrset *set,
    struct dflow_err *err);

#endif
