/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs that work on a whole zone have in common. */
#include <dnssecflow/zone.h>

#include "figures.h"
#include "zsk-sign.h"

enum { THREADS_MAX = 256 };

enum dflow_status
zsk_limits(const struct cli *c, unsigned *threads, size_t *max_memory,
    struct dflow_err *err)
{
	uint64_t n = 0; /* all cores */
	enum dflow_status st =
	    cli_number(c, "threads", 1, THREADS_MAX, &n, err);

	*threads = (unsigned)n;
	*max_memory = 0; /* three quarters of the machine's */
	if (st == DFLOW_OK)
		st = cli_size(c, "max-memory", max_memory, err);
	return st;
}

void
zsk_figures(const struct cli *c, struct json *j, const struct dflow_stats *s)
{
	char text[FIGURES_TEXT];

	if (!cli_has(c, "stats"))
		return;
	if (c->json) {
		figures_json(j, s);
		return;
	}
	figures_text(s, text);
	(void)fflush(stdout); /* what is found out at the end, if it fails */
	cli_say(text);
}
