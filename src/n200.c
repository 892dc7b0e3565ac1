/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place of the tools that reads $N200_CONF. */
#include <stdlib.h>

#include "n200.h"

const char *
n200_conf(const struct cli *c)
{
	const char *path = cli_text(c, "n200-conf");

	if (path == NULL)
		path = getenv("N200_CONF");
	/* N200_CONF= is how a shell leaves it out for one command. */
	return path != NULL && *path != '\0' ? path : NULL;
}

enum dflow_status
n200_open(const struct cli *c, struct dflow_n200 **out, struct dflow_err *err)
{
	/* Whether there is one to name the library says. */
	return dflow_n200_open(n200_conf(c), out, err);
}
