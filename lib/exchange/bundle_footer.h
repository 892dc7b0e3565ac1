/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a footer of ours tells beside what a footer is for. */
#ifndef EXCHANGE_BUNDLE_FOOTER_H
#define EXCHANGE_BUNDLE_FOOTER_H

#include <stddef.h>
#include <stdint.h>

enum {
	BUNDLE_ID_BYTES = 16,
	BUNDLE_ID_SIZE = 2 * BUNDLE_ID_BYTES + 1, /* hex and a NUL */
	BUNDLE_ANSWERS_SIZE = 2 * 32 + 1,
};

#define BUNDLE_CLOCK_UNSET INT64_MIN

/* Empty, and without a clock, where a file does not say. */
struct bundle_footer {
	char id[BUNDLE_ID_SIZE]; /* lower case hex, random */
	/* SHA-256 of the last response, lower case hex; or "none". */
	char answers[BUNDLE_ANSWERS_SIZE];
	int64_t clock; /* the writer's, seconds since 1970 */
};

void bundle_footer_clear(struct bundle_footer *f);

/*
 * Reads what stands behind "generated at": where that says "by dnssecflow
 * VERSION", then clock=, id= and answers= follow, in any order, each once and
 * nothing else. In others' nothing is looked at. NULL, or what is wrong.
 */
const char *bundle_footer_read(
    const char *text, size_t len, struct bundle_footer *out);

#endif
