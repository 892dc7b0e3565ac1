/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes KSR 1.0 and SKR 1.0. */
#ifndef EXCHANGE_BUNDLE_WRITE_H
#define EXCHANGE_BUNDLE_WRITE_H

#include "base/buf.h"
#include "exchange/bundle.h"

/* Whose program is to read it. */
enum bundle_form {
	BUNDLE_BIND, /* times of 14 digits */
	/* Epochs: Knot 3.2 takes 14 digits for one, too. Readers take up to 11
	 * digits; times that signatures can tell have no more. */
	BUNDLE_KNOT,
};

/*
 * Appends the whole file: the lines of dnssec-ksr to the byte, a record a
 * line, each proof of possession as a comment behind its key, and the footer
 * with what is in b->footer, whose clock is set. Failure is in out->failed.
 */
void bundles_write(
    const struct bundles *b, enum bundle_form form, struct buf *out);

#endif
