/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of the progress line. It does not look at the clock or at the
 * terminal: cli_progress does, and writes it.
 */
#ifndef SRC_PROGRESS_H
#define SRC_PROGRESS_H

#include <stdint.h>

enum { PROGRESS_TEXT = 80 };

/* How far a phase is. */
struct progress {
	const char *what; /* the phase's name */
	uint64_t done;
	uint64_t total; /* 0: not known */
	uint64_t first; /* done when the phase was first heard of */
	double seconds; /* since then */
	unsigned columns; /* of the terminal; 0: not known */
};

/*
 * Writes "sign  45%  1,234,567 of 2,750,000  83,000/s  18 s left", without a
 * newline, one column less than the terminal has and 79 at most. What does not
 * fit is left out from the right; a rate wants a fifth of a second behind it,
 * and the time left a whole one.
 */
void progress_text(const struct progress *p, char out[PROGRESS_TEXT]);

#endif
