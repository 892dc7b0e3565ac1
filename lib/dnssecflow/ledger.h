/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of the left: what was signed there, act by act. */
#ifndef DNSSECFLOW_LEDGER_H
#define DNSSECFLOW_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DFLOW_LEDGER_DIGEST = 65 }; /* SHA-256 in hex and a NUL */

/* name=value in an entry; doc/ledger.5 has the names. */
struct dflow_ledger_word {
	const char *name;
	const char *value; /* printable ASCII without blanks */
};

struct dflow_ledger_entry {
	size_t number; /* from 1 */
	int64_t time; /* of the act, by that machine's clock */
	const char *act; /* "sign" */
	const char *after; /* digest of the entry before, in hex */
	const char *digest; /* its own */
	const struct dflow_ledger_word *words; /* the rest, in their order */
	size_t word_count;
};

/* A ledger as far as it was verified. */
struct dflow_ledger_facts {
	size_t count; /* of entries */
	uint64_t bytes;
	int64_t newest; /* the last entry's time; INT64_MIN: there is none */
	/* The last entry's, or the first line's when there is none. */
	char digest[DFLOW_LEDGER_DIGEST];
};

struct dflow_ledger_params {
	const char *path; /* "-" is standard input */
	/* What the last entry's digest must be, in hex; NULL: anything. */
	const char *expect;
	/* Called for each entry once it is verified; NULL: nothing is. */
	void (*each)(const struct dflow_ledger_entry *entry, void *ctx);
	void *ctx;
};

/*
 * Reads and verifies a ledger of at most 64 MiB. DFLOW_REFUSED names the first
 * entry that was changed, removed or moved, or whose end is missing, or says
 * that expect is not the last one's digest; DFLOW_USAGE if expect is none.
 * *facts (may be NULL) is filled then too, as far as the ledger is whole.
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_ledger_read(
    const struct dflow_ledger_params *params, struct dflow_ledger_facts *facts,
    struct dflow_err *err);

#ifdef __cplusplus
}
#endif
#endif
