/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of ksk-sign and their tables of options. */
#ifndef SRC_KSK_H
#define SRC_KSK_H

#include "cli.h"

enum dflow_status ksk_sign(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_ds(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_show(const struct cli *c, struct dflow_err *err);

extern const struct cli_option ksk_sign_options[];
extern const struct cli_option ksk_ds_options[];
extern const struct cli_option ksk_show_options[];

#endif
