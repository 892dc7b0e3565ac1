/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

enum { MB = 1 << 20, COLUMNS = 80 };
_Static_assert(FIGURES_TEXT > (DFLOW_PHASES + 2) * (COLUMNS + 1), "fits");

/* Less is noise: there is no rate over it, and nothing but it is no phase. */
#define NOISE_S 0.001

static const char *const names[DFLOW_PHASES] = {
    [DFLOW_PHASE_LOAD] = "load",
    [DFLOW_PHASE_ORDER] = "order",
    [DFLOW_PHASE_PREVIOUS] = "previous",
    [DFLOW_PHASE_CHAIN] = "chain",
    [DFLOW_PHASE_SIGN] = "sign",
    [DFLOW_PHASE_WRITE] = "write",
    [DFLOW_PHASE_VERIFY] = "verify",
};

static bool
there_was(const struct dflow_phase_stats *p)
{
	return p->seconds >= NOISE_S || p->records > 0 || p->signatures > 0;
}

/* The column's text; empty for 0. */
static const char *
column(double n, char out[DIGITS_TEXT])
{
	out[0] = '\0';
	return n >= 1 && n < 1e18 ? digits_group((uint64_t)n, out) : out;
}

static double
rate(const struct dflow_stats *s, size_t phase)
{
	const struct dflow_phase_stats *p = &s->phases[phase];

	if (phase == DFLOW_PHASE_WRITE || p->seconds < NOISE_S)
		return 0;
	return (double)(p->signatures > 0 ? p->signatures : p->records) /
	       p->seconds;
}

/* Adds a line, cut to COLUMNS, without blanks at its end. */
static void __attribute__((format(printf, 2, 3)))
put_line(char out[FIGURES_TEXT], const char *fmt, ...)
{
	char line[COLUMNS + 1];
	size_t len, at = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		line[0] = '\0';
	va_end(ap);
	len = strlen(line);
	while (len > 0 && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	(void)snprintf(out + at, FIGURES_TEXT - at, "%s\n", line);
}

void
figures_text(const struct dflow_stats *s, char out[FIGURES_TEXT])
{
	char records[DIGITS_TEXT], signatures[DIGITS_TEXT], speed[DIGITS_TEXT];
	double seconds = 0;

	out[0] = '\0';
	put_line(out, "%-8s%12s%16s%16s%16s", "phase", "seconds", "records",
	    "signatures", "per second");
	for (size_t i = 0; i < DFLOW_PHASES; i++) {
		const struct dflow_phase_stats *p = &s->phases[i];

		if (!there_was(p))
			continue;
		seconds += p->seconds;
		put_line(out, "%-8s%12.3f%16s%16s%16s", names[i], p->seconds,
		    column((double)p->records, records),
		    column((double)p->signatures, signatures),
		    column(rate(s, i), speed));
	}
	put_line(out, "peak memory %s MB, %.3f seconds in all",
	    digits_group(
		s->peak_memory / MB + (s->peak_memory % MB > 0), records),
	    seconds);
}

void
figures_json(struct json *j, const struct dflow_stats *s)
{
	json_object(j, "stats");
	json_array(j, "phases");
	for (size_t i = 0; i < DFLOW_PHASES; i++) {
		const struct dflow_phase_stats *p = &s->phases[i];

		if (!there_was(p))
			continue;
		json_object(j, NULL);
		json_text(j, "phase", names[i]);
		json_fraction(j, "seconds", p->seconds);
		json_int(j, "records", (int64_t)p->records);
		json_int(j, "signatures", (int64_t)p->signatures);
		json_object_end(j);
	}
	json_array_end(j);
	json_int(j, "peak_memory", (int64_t)s->peak_memory);
	json_object_end(j);
}
