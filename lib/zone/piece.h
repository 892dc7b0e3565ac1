/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A piece of a master file: whole records, or one directive. */
#ifndef ZONE_PIECE_H
#define ZONE_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Whole lines; a record over several lines is never cut. */
struct piece {
	const char *text;
	size_t len;
	size_t line; /* of its beginning, from 1 */
	size_t lines; /* newlines in it */
	bool directive; /* text begins with '$': one directive, nothing else */
	bool bom; /* text begins with a byte order mark */
	bool owner; /* its first record states its owner for certain */
};

/* The piece is that directive ("$TTL"), in any letter case. */
bool piece_is(const struct piece *in, const char *name);
/*
 * If word number nth (the directive's own is 0) is a relative name, writes
 * the directive anew with origin behind that name: the scanner takes absolute
 * ones only. *out is a string that the caller frees, or NULL if the directive
 * is fine as it stands.
 */
DFLOW_NODISCARD enum dflow_status piece_absolute(const struct piece *in,
    unsigned nth, const uint8_t *origin, char **out, struct dflow_err *err);

#endif
