/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests as people read them to each other. */
#ifndef DNSSECFLOW_WORDS_H
#define DNSSECFLOW_WORDS_H

#include <stddef.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	DFLOW_DIGEST_TEXT = 129, /* hex of a digest and a NUL */
	DFLOW_WORDS_MAX = 64, /* one a byte */
};

/*
 * The words of the PGP word list for a digest in hex, of either case: one a
 * byte, constants in plain ASCII of at most 9 (even places, from 0) or 11
 * letters (odd ones). How many; 0, and words untouched, if hex is no hex or is
 * more than 64 bytes.
 */
DFLOW_API size_t dflow_words(
    const char *hex, const char *words[DFLOW_WORDS_MAX]);

#ifdef __cplusplus
}
#endif
#endif
