/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one currency between the floors: an RRset, class IN. It owns nothing:
 * owner and rdata point into an arena, a buffer or the stack of whoever made
 * it. The RDATA stand one behind the other, each as two bytes of length (in
 * the machine's byte order) and its bytes, in canonical order without
 * duplicates (RFC 4034 section 6.3), with the letter case of the input.
 */
#ifndef DNS_RRSET_H
#define DNS_RRSET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rrset {
	const uint8_t *owner;
	const uint8_t *rdata;
	uint32_t ttl; /* seconds */
	uint32_t count; /* RRs, at least 1 */
	uint16_t type;
};

/* One RDATA of the packed form. */
struct rdata {
	const uint8_t *data;
	uint16_t len;
};

/* The RDATA at p; *next is where the following one stands. */
static inline struct rdata
rdata_at(const uint8_t *p, const uint8_t **next)
{
	struct rdata r;

	memcpy(&r.len, p, sizeof(r.len));
	r.data = p + sizeof(r.len);
	*next = r.data + r.len;
	return r;
}

#endif
