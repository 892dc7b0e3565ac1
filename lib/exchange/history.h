/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ledger says was signed before, zone by zone (doc/ledger.5). */
#ifndef EXCHANGE_HISTORY_H
#define EXCHANGE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dnssecflow/ledger.h"

enum {
	HISTORY_ID_SIZE = 33, /* a request's id in hex and a NUL */
	HISTORY_TAG_SIZE = 6, /* a key tag in digits and a NUL */
	HISTORY_LAST_MAX = 256, /* ZSKs of a response's last bundle */
	HISTORY_ZSKS_MAX = 1024, /* of all its bundles */
	HISTORY_KSKS_MAX = 32, /* that signed it */
};

/* A key by its tag and the digest of its DS record with SHA-256. */
struct history_key {
	char tag[HISTORY_TAG_SIZE];
	char digest[DFLOW_LEDGER_DIGEST];
};

/* One signed KSR. */
struct history_act {
	size_t entry; /* its number in the ledger */
	int64_t time; /* when it was signed */
	char id[HISTORY_ID_SIZE]; /* "" for requests of others */
	char request[DFLOW_LEDGER_DIGEST];
	char response[DFLOW_LEDGER_DIGEST];
	char emergency[DFLOW_LEDGER_DIGEST]; /* the second response; or "" */
	/* The newest plain response between the act before and this; or "". */
	char plain[DFLOW_LEDGER_DIGEST];
	int64_t from; /* what it signed, to until, exclusive */
	int64_t until;
	struct history_key *last; /* ZSKs of the last bundle */
	size_t last_count;
	struct history_key *zsks; /* of all bundles */
	size_t zsk_count;
	struct history_key *ksks; /* that signed */
	size_t ksk_count;
};

struct history;
DFLOW_NODISCARD enum dflow_status history_new(
    struct history **out, struct dflow_err *err);
/* A ledger_each, with the history as its ctx. */
void history_take(const struct dflow_ledger_entry *e, void *ctx);
/*
 * DFLOW_FAILED if memory ended while entries were taken, DFLOW_REFUSED if one
 * of a signed KSR lacks what such a one has.
 */
DFLOW_NODISCARD enum dflow_status history_check(
    const struct history *h, struct dflow_err *err);
/*
 * The zone's acts, oldest first, valid as long as h; *count is 0 if there are
 * none, and the result is never NULL. Letter case does not count.
 */
const struct history_act *history_zone(
    const struct history *h, const char *zone, size_t *count);
/*
 * The SHA-256 of the newest response to plain requests of the zone, if that is
 * newer than all its acts; or "". Valid as long as h.
 */
const char *history_plain(const struct history *h, const char *zone);
/* When something was last signed, for any zone; INT64_MIN: never. */
int64_t history_newest(const struct history *h);
void history_free(struct history **h);

#endif
