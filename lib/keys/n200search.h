/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out how a device wants to be asked for a signature. */
#ifndef KEYS_N200SEARCH_H
#define KEYS_N200SEARCH_H

#include <stddef.h>

#include "base/err.h"
#include "dnssecflow/zone.h"
#include "keys/n200wish.h"

struct cJSON;

/* What a device said. */
struct n200_said {
	struct cJSON *answer; /* as n200_answer took it; NULL: it did not */
	struct dflow_err why; /* then */
};

/* The device, and what of it the search needs; all borrowed. */
struct n200_prober {
	/* Sends the form that s made. Fails if there was no answer at all. */
	enum dflow_status (*ask)(void *ctx, const struct n200_sign *s,
	    const struct secret *form, struct n200_said *said,
	    struct dflow_err *err);
	void *ctx;
	const struct n200_subject *who;
	const struct dflow_n200_key *keys; /* in the device */
	size_t key_count;
	const struct dflow_progress *progress; /* NULL: nobody asks */
};

/*
 * Starts from what *s is, and leaves what works there. DFLOW_REFUSED if
 * nothing does, with the nearest thing seen; ask's own failures; what the
 * device said of rights or a PIN, which ends the search.
 */
DFLOW_NODISCARD enum dflow_status n200_search(
    const struct n200_prober *p, struct n200_sign *s, struct dflow_err *err);

#endif
