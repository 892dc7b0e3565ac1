/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb keygen, which both tools have, and n200 genkey. */
#ifndef SRC_KEYGEN_H
#define SRC_KEYGEN_H

#include "cli.h"

enum dflow_status keygen_ksk(const struct cli *c, struct dflow_err *err);
enum dflow_status keygen_zsk(const struct cli *c, struct dflow_err *err);
/* A KSK in an N200. */
enum dflow_status keygen_n200(const struct cli *c, struct dflow_err *err);

extern const struct cli_option keygen_options[];
extern const struct cli_option keygen_n200_options[];

#endif
