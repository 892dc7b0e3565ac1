/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts as people read them, 1,234,567: for the progress line and figures. */
#ifndef SRC_DIGITS_H
#define SRC_DIGITS_H

#include <stdint.h>

enum { DIGITS_TEXT = 27 }; /* 18,446,744,073,709,551,615 and a NUL */

/* Writes n with a comma after every third digit from the right; returns out. */
const char *digits_group(uint64_t n, char out[DIGITS_TEXT]);

#endif
