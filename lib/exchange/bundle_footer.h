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
	/* SHA-256, lower case hex: in a KSR of the last response, or "none";
	 * in an SKR of the request that it answers. */
	char answers[BUNDLE_ANSWERS_SIZE];
	/* SHA-256 of the response that a store was put together from. */
	char response[BUNDLE_ANSWERS_SIZE];
	int64_t clock; /* the writer's, seconds since 1970 */
	int64_t until; /* the end of the last bundle; or BUNDLE_CLOCK_UNSET */
	size_t count; /* of bundles in the file; 0: not said */
};

void bundle_footer_clear(struct bundle_footer *f);

/*
 * Reads what stands behind "generated at": where that says "by dnssecflow
 * VERSION", then clock=, id=, answers=, response=, until= and bundles= follow,
 * in any order, each at most once, and nothing else. In others' nothing is
 * looked at, but none of these words may be there. NULL, or what is wrong.
 */
const char *bundle_footer_read(
    const char *text, size_t len, struct bundle_footer *out);

#endif
