/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that libzscanner refuses, in words that it takes: for zone/load. */
#ifndef DNS_REWORD_H
#define DNS_REWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct reword {
	const char *file; /* for messages */
	const char *text; /* begins with the record's line */
	size_t len;
	size_t line; /* number of that line */
	const uint8_t
	    *owner; /* for a record without one; NULL: there is none */
	const uint8_t *origin;
};

struct reworded {
	struct buf text; /* the record in one line */
	size_t used; /* bytes of the text up to the next record */
	size_t lines; /* newlines in these */
	bool told; /* on failure: err says more than the scanner's own does */
};

/*
 * out->text is the caller's to free, in any case. The result means the same
 * as the record: the RDATA of types that the scanner does not know is in the
 * form of RFC 3597, CLASS1 is IN, names are relative to the same origin.
 */
DFLOW_NODISCARD enum dflow_status reword(
    const struct reword *in, struct reworded *out, struct dflow_err *err);

#endif
