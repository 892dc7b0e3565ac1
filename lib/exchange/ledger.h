/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of the left, doc/ledger.5: an entry a line, each after another. */
#ifndef EXCHANGE_LEDGER_H
#define EXCHANGE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "dnssecflow/ledger.h"

enum {
	LEDGER_BYTES_MAX = 64 << 20,
	LEDGER_LINE_MAX = 65536, /* bytes, with the newline */
	LEDGER_WORDS_MAX = 1024, /* in an entry */
};

/* What is called with each entry that is verified, which it borrows. */
typedef void ledger_each(const struct dflow_ledger_entry *entry, void *ctx);

/*
 * Verifies a ledger that comes piece by piece; memory is that of one line.
 * file (borrowed, like ctx) is its name in messages; each may be NULL. After
 * a failure it can only be freed.
 */
struct ledger_reading;
DFLOW_NODISCARD enum dflow_status ledger_reading_new(const char *file,
    ledger_each *each, void *ctx, struct ledger_reading **out,
    struct dflow_err *err);
/* DFLOW_REFUSED names the first entry that is not what it was, or not there. */
DFLOW_NODISCARD enum dflow_status ledger_reading_add(struct ledger_reading *r,
    const void *data, size_t len, struct dflow_err *err);
/* DFLOW_REFUSED if the last entry is cut off, or there is no ledger at all. */
DFLOW_NODISCARD enum dflow_status ledger_reading_end(
    const struct ledger_reading *r, struct dflow_err *err);
/* What is verified by now. */
const struct dflow_ledger_facts *ledger_reading_facts(
    const struct ledger_reading *r);
void ledger_reading_free(struct ledger_reading **r);

/* A ledger to append to. */
struct ledger;

/*
 * Opens, locks and verifies the ledger at path, the whole of it. each, which
 * may be NULL, is called with the entries that are there, and not with those
 * that are appended later. If nothing is there a new one begins with the first
 * entry; until then nothing is written. Refusals are those above and
 * os_append_open's. The lock is held until ledger_close.
 */
DFLOW_NODISCARD enum dflow_status ledger_open(const char *path,
    ledger_each *each, void *ctx, struct ledger **out, struct dflow_err *err);
const char *ledger_path(const struct ledger *l);
bool ledger_is_new(const struct ledger *l);
/* With what ledger_append has added. */
const struct dflow_ledger_facts *ledger_facts(const struct ledger *l);

/* Adds a word to those of an entry to be; the caller checks the buffer. */
void ledger_put(struct buf *words, const char *name, const char *value);

/* What an entry tells. */
struct ledger_act {
	const char *act;
	const struct buf *words;
};
/*
 * Adds an entry of that time (seconds since 1970) for each of the acts, in
 * their order, by one write, and syncs them. They are on the disk when this
 * returns DFLOW_OK; otherwise what the disk has of them is not known, it may be
 * the first few, and the next ledger_open will tell. What is there already is
 * never written again.
 */
DFLOW_NODISCARD enum dflow_status ledger_append_all(struct ledger *l,
    int64_t time, const struct ledger_act *acts, size_t count,
    struct dflow_err *err);
/* The same for one. */
DFLOW_NODISCARD enum dflow_status ledger_append(struct ledger *l, int64_t time,
    const char *act, const struct buf *words, struct dflow_err *err);
void ledger_close(struct ledger **l);

#endif
