/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIME as the tools take it; always UTC. */
#ifndef DNSSECFLOW_WHEN_H
#define DNSSECFLOW_WHEN_H

#include <stdint.h>

#include "dnssecflow/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	DFLOW_WHEN_TEXT = 16, /* YYYYMMDDHHMMSS and a NUL */
	DFLOW_WHEN_LONG = 40, /* "2026-11-21 16:40:55 UTC" and a NUL */
	DFLOW_SPAN_TEXT = 40, /* "in 89 days" and a NUL */
};

/*
 * Reads a TIME: YYYYMMDD, YYYYMMDDHHMMSS, an epoch of 9 to 11 digits, "now",
 * or an offset from now: [now](+|-)N[s|m|h|d|w|y] or N(s|m|h|d|w|y), where m
 * is minutes, y is 365 days, and no unit is seconds. *when is seconds since
 * 1970. DFLOW_USAGE for anything else, impossible dates and overflow among it
 * (years 1970 to 9999).
 */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_when_parse(
    const char *text, int64_t now, int64_t *when, struct dflow_err *err);

/* A length of time, N[s|m|h|d|w|y], in seconds; DFLOW_USAGE as above. */
DFLOW_API DFLOW_NODISCARD enum dflow_status dflow_span_parse(
    const char *text, int64_t *span_s, struct dflow_err *err);

/* Writes YYYYMMDDHHMMSS; when is 0 to 253402300799. */
DFLOW_API void dflow_when_text(int64_t when, char out[DFLOW_WHEN_TEXT]);

/* Writes "2026-11-21 16:40:55 UTC". */
DFLOW_API void dflow_when_long(int64_t when, char out[DFLOW_WHEN_LONG]);

/* Writes how far off when is: "in 89 days", "3 hours ago", "now". */
DFLOW_API void dflow_when_span(
    int64_t when, int64_t now, char out[DFLOW_SPAN_TEXT]);

/* The machine's clock, seconds since 1970. */
DFLOW_API int64_t dflow_when_now(void);

#ifdef __cplusplus
}
#endif
#endif
