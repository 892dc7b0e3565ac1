/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CDS and CDNSKEY at an apex: what they tell the parent (RFC 7344 sections
 * 4.1 and 5, RFC 8078 section 4).
 */
#ifndef FLOW_CDSCHECK_H
#define FLOW_CDSCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/dnskey.h"
#include "dns/rrset.h"

enum { CDSCHECK_REASON = 256 };

/* A key of the DNSKEY RRset. */
struct cdscheck_key {
	struct dnskey dnskey;
	bool signs; /* a valid signature of it over DNSKEY is there */
	bool zsk; /* no business of the parent's */
};

struct cdscheck {
	const uint8_t *apex;
	const struct rrset *cds; /* NULL: there is none, */
	const struct rrset *cdnskey; /* the same */
	const struct cdscheck_key *keys;
	size_t key_count;
	/*
	 * Is told what is wrong with the RRset of that type; rdata is the
	 * record that it is about, or NULL if it is about all of them.
	 */
	void (*tell)(void *ctx, uint16_t type, const struct rdata *rdata,
	    const char *reason);
	void *ctx;
};

/* True if nothing is wrong, and tell was not called. */
bool cdscheck(const struct cdscheck *p);

#endif
