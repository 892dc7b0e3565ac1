/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left's checks by their names, and what became of each: a check that
 * fails refuses the request, unless its very name was given by --allow.
 */
#ifndef EXCHANGE_CHECKS_H
#define EXCHANGE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum check {
	CHECK_OWNER, /* the zone is one of the KSK's */
	CHECK_POSSESSION, /* every new ZSK has a good proof */
	CHECK_FLAGS, /* 256, and protocol 3 */
	CHECK_ALGORITHM, /* one that a KSK here has, and that signs */
	CHECK_SIZE, /* of RSA keys */
	CHECK_KEYS, /* one key has one id, and one id one key */
	CHECK_ORDER, /* the bundles' times grow */
	CHECK_GAP, /* nothing is left unsigned behind the last response */
	CHECK_COUNT, /* of bundles */
	CHECK_LENGTH, /* of each bundle's time */
	CHECK_TTL, /* of the ZSKs: one in all bundles, up to a week */
	CHECK_HORIZON, /* how far ahead it reaches */
	CHECK_PAST, /* no bundle is over already */
	CHECK_CHAIN, /* it follows from the last response, and in itself */
	CHECK_REPLAY, /* it was not signed before */
	CHECK_CONFLICT, /* no other request was signed for its time */
	CHECK_CLOCK, /* the right's clock, ours, and the ledger agree */
	CHECKS,
};

enum { CHECK_TEXT = 400 };

/* "owner", "possession" and so on, as --allow takes them. */
const char *check_name(enum check c);

/* What was found of one request; start from zeroes. */
struct checks {
	uint32_t allowed; /* bit 1 << enum check */
	uint32_t failed; /* also those that are allowed */
	uint32_t final; /* of them, those that nothing can allow */
	char text[CHECKS][CHECK_TEXT]; /* of each that failed: the first */
	size_t count[CHECKS]; /* how often it failed */
};

/* Adds what --allow names. DFLOW_USAGE lists the names there are. */
DFLOW_NODISCARD enum dflow_status checks_allow(
    struct checks *c, const char *name, struct dflow_err *err);
/* Notes a failure, "file:line: what is wrong, and what to do". */
void checks_fail(struct checks *c, enum check which, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same where signing would be of no use to anybody: --allow is none. */
void checks_fail_final(struct checks *c, enum check which, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What stands against signing: bit 1 << enum check. */
uint32_t checks_left(const struct checks *c);
/*
 * DFLOW_REFUSED if any failed that is not allowed: the text of the first, in
 * the enum's order, its name, and the names of the others.
 */
DFLOW_NODISCARD enum dflow_status checks_verdict(
    const struct checks *c, struct dflow_err *err);

#endif
