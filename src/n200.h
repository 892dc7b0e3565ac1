/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the tools learn which N200 is meant. */
#ifndef SRC_N200_H
#define SRC_N200_H

#include <dnssecflow/n200.h>

#include "cli.h"

/* The row that every verb has which may meet a key in an N200. */
#define N200_OPTION_CONF                                         \
	{                                                        \
		0, "n200-conf", "FILE",                          \
		    "the N200's n200.conf (default: $N200_CONF)" \
	}

/* --n200-conf, else $N200_CONF; NULL if there is neither. */
const char *n200_conf(const struct cli *c);

/*
 * The device of that configuration. DFLOW_USAGE if there is none. All else
 * about the words should be right by then: this may ask for a password.
 */
DFLOW_NODISCARD enum dflow_status n200_open(
    const struct cli *c, struct dflow_n200 **out, struct dflow_err *err);

#endif
