/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KSR 1.0 and SKR 1.0, as BIND's dnssec-ksr and Knot's keymgr write them: key
 * requests and their answers for a time to come, bundle by bundle.
 */
#ifndef EXCHANGE_BUNDLE_H
#define EXCHANGE_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/name.h"
#include "exchange/bundle_footer.h"

enum {
	BUNDLES_BYTES_MAX = 4 << 20,
	BUNDLES_MAX = 1000,
	BUNDLE_RRS_MAX = 256, /* in one bundle */
};

enum bundle_kind {
	BUNDLE_KSR, /* right to left: the ZSKs */
	BUNDLE_SKR, /* left to right: all keys, CDS, CDNSKEY, their RRSIGs */
};

struct bundle_rr {
	uint8_t *rdata;
	size_t len;
	size_t line;
	uint32_t ttl;
	uint16_t type;
	uint16_t covered; /* of an RRSIG, else 0 */
	uint8_t *proof; /* of possession, an RRSIG's RDATA; NULL if none */
	size_t proof_len;
};

/* What is in force from time (seconds since 1970) until the next one's. */
struct bundle {
	int64_t time;
	size_t line; /* of its header */
	struct bundle_rr *rrs;
	size_t count; /* at least 1 */
};

struct bundles {
	enum bundle_kind kind;
	uint8_t zone[NAME_MAX_LEN]; /* every record's owner, in lower case */
	struct bundle *list; /* by time; several may bear the same one */
	size_t count; /* at least 1 */
	/* Of a KSR: the first header's line whose time is before that of the
	 * header above it in the file; 0: none is. */
	size_t back;
	struct bundle_footer footer;
	char *file;
};

/* "KSR 1.0" or "SKR 1.0". */
const char *bundle_kind_text(enum bundle_kind kind);

/*
 * "a KSR" or "an SKR" by the first line that looks like a header or a footer,
 * whatever its version; *line is its number. NULL if none does. To a plain
 * master file they would be comments.
 */
const char *bundle_marked(const char *text, size_t len, size_t *line);

/*
 * Reads the file: shape alone, no signature is checked. Refuses, with
 * file:line: other versions; the other kind's header; times that no calendar
 * has; records before a header; an empty bundle; other owners and types;
 * duplicates; TTLs that differ within an RRset; keys that are none; anything
 * behind the footer, and a file without its footer and the newline behind that:
 * it was cut off; proofs of possession (exchange/pop.h) and words in a footer
 * of ours that are none. In an SKR times do not go back, DNSKEYs have flags
 * 256, 257 or 385, protocol 3 and an algorithm that we know, and each bundle
 * has RRSIGs over each of its RRsets, by KSKs that are in it; in a KSR that is
 * what the left's checks are for (exchange/checks.h), whose bundles are sorted
 * by time here.
 */
DFLOW_NODISCARD enum dflow_status bundles_read(
    const char *file, struct bundles **out, struct dflow_err *err);
/* The same for text at hand; file is its name in messages. */
DFLOW_NODISCARD enum dflow_status bundles_parse(const char *file,
    const char *text, size_t len, struct bundles **out, struct dflow_err *err);
/* The bundle in force then, the last of those that bear its time, or NULL. */
const struct bundle *bundles_at(const struct bundles *b, int64_t when);
void bundles_free(struct bundles **b);

#endif
