/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KSK.data, left to right: the KSKs and their signatures (doc/KSK.data.5). */
#ifndef EXCHANGE_KSKDATA_H
#define EXCHANGE_KSKDATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns/dnskey.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "exchange/bundle.h"

enum { KSKDATA_BYTES_MAX = 1 << 20, KSKDATA_RRS_MAX = 256 };

/*
 * The RRs of one KSK.data: DNSKEY with the SEP flag, RRSIG over DNSKEY, and,
 * optionally, CDS and CDNSKEY with their RRSIGs.
 */
struct kskdata {
	uint8_t zone[NAME_MAX_LEN];
	struct kskdata_rr {
		uint8_t *rdata;
		size_t len;
		size_t line;
		uint32_t ttl;
		uint16_t type; /* DNSKEY, CDS, CDNSKEY or RRSIG */
		uint16_t covered; /* of an RRSIG, else 0 */
	} * rrs;
	size_t count;
	char *file;
};

/*
 * Reads the file: shape alone, no signature is checked. Refuses, with
 * file:line: no KSK, no RRSIG over DNSKEY, other types or owners, RRSIGs by
 * another signer or over another type, TTLs that differ within an RRset,
 * flags other than 257 or 385, duplicates.
 */
DFLOW_NODISCARD enum dflow_status kskdata_read(
    const char *file, struct kskdata **out, struct dflow_err *err);
/* The same for text at hand; file is its name in messages. */
DFLOW_NODISCARD enum dflow_status kskdata_parse(const char *file,
    const char *text, size_t len, struct kskdata **out, struct dflow_err *err);
/*
 * What the left gives to one bundle of an SKR: KSKs, CDS, CDNSKEY and the
 * RRSIGs of all; its ZSKs are left out. The caller frees *out, whose file is
 * b's.
 */
DFLOW_NODISCARD enum dflow_status kskdata_of_bundle(const struct bundles *b,
    const struct bundle *in, struct kskdata **out, struct dflow_err *err);
void kskdata_free(struct kskdata **k);

#endif
