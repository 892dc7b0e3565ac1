/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serials move forwards only (RFC 1982): a secondary that has seen the last
 * one must see the next as later, whatever the method.
 */
#include "flow/serial.h"

#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "base/os.h"
#include "dns/rrtype.h"
#include "zone/load.h"

enum { SOA_NUMBERS_LEN = 20 }; /* serial, refresh, retry, expire, minimum */

static uint32_t
date_serial(int64_t now)
{
	char text[DFLOW_WHEN_TEXT];
	uint32_t day = 0;

	dflow_when_text(now, text);
	for (int i = 0; i < 8; i++)
		day = day * 10 + (uint32_t)(text[i] - '0');
	return day * 100;
}

uint32_t
serial_next(
    enum dflow_serial how, uint32_t old, uint32_t published, int64_t now)
{
	uint32_t last = when_serial_gt(published, old) ? published : old;
	uint32_t next = last + 1;

	if (how == DFLOW_SERIAL_KEEP)
		return old;
	if (how == DFLOW_SERIAL_UNIXTIME && when_serial_gt((uint32_t)now, last))
		next = (uint32_t)now;
	if (how == DFLOW_SERIAL_DATE && when_serial_gt(date_serial(now), last))
		next = date_serial(now);
	/* 0 is no serial to serve: some secondaries take it for "none". */
	return next == 0 ? 1 : next;
}

uint32_t
serial_of_soa(const uint8_t *rdata, size_t len)
{
	const uint8_t *p = rdata + len - SOA_NUMBERS_LEN;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

void
serial_put_soa(uint8_t *rdata, size_t len, uint32_t serial)
{
	uint8_t *p = rdata + len - SOA_NUMBERS_LEN;

	p[0] = (uint8_t)(serial >> 24);
	p[1] = (uint8_t)(serial >> 16);
	p[2] = (uint8_t)(serial >> 8);
	p[3] = (uint8_t)serial;
}

static struct rrset *
soa_of(const struct zone *z)
{
	const struct rrset *soa = node_rrset(z, zone_apex(z), RRTYPE_SOA);

	return &z->rrsets[soa - z->rrsets];
}

uint32_t
serial_of_zone(const struct zone *z)
{
	const uint8_t *next;
	struct rdata r = rdata_at(soa_of(z)->rdata, &next);

	return serial_of_soa(r.data, r.len);
}

enum dflow_status
serial_put_zone(struct zone *z, uint32_t serial, struct dflow_err *err)
{
	struct rrset *soa = soa_of(z);
	const uint8_t *end;
	struct rdata r = rdata_at(soa->rdata, &end);
	size_t head = sizeof(r.len);
	/* The old bytes stay as they are: others may point to them. */
	uint8_t *p = arena_alloc(&z->arena, head + r.len, 1);

	if (p == NULL)
		return err_memory(err);
	memcpy(p, soa->rdata, head + r.len);
	serial_put_soa(p + head, r.len, serial);
	soa->rdata = p;
	return DFLOW_OK;
}

struct first_soa {
	const uint8_t *apex;
	uint32_t serial;
	bool found;
};

/* Stops the reader at the first RR: our files begin with the SOA. */
static enum dflow_status
at_first(struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err)
{
	struct first_soa *first = ctx;

	*keep = false;
	if (rr->type == RRTYPE_SOA && name_equal(rr->owner, first->apex)) {
		first->serial = serial_of_soa(rr->rdata, rr->rdata_len);
		first->found = true;
	}
	return err_set(err, DFLOW_FAILED, "read far enough");
}

bool
serial_read(const char *path, const uint8_t *apex, uint32_t *serial)
{
	struct first_soa first = {apex, 0, false};
	struct zone_load load = {
	    .path = path,
	    .origin = apex,
	    .threads = 1,
	    .alone = true,
	    .filter = at_first,
	    .ctx = &first,
	};
	struct zone *z = NULL;

	if (!os_is_file(path))
		return false;
	if (zone_load(&load, &z, NULL) == DFLOW_OK)
		zone_free(&z);
	if (first.found)
		*serial = first.serial;
	return first.found;
}
