/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of ksk-sign and their tables of options. */
#ifndef SRC_KSK_H
#define SRC_KSK_H

#include "cli.h"

enum dflow_status ksk_sign(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_ds(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_settime(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_show(const struct cli *c, struct dflow_err *err);
enum dflow_status ksk_ledger(const struct cli *c, struct dflow_err *err);

/* What stands behind n200; genkey is keygen.h's. */
enum dflow_status n200_list(const struct cli *c, struct dflow_err *err);
enum dflow_status n200_import(const struct cli *c, struct dflow_err *err);
enum dflow_status n200_attributes(const struct cli *c, struct dflow_err *err);
enum dflow_status n200_random(const struct cli *c, struct dflow_err *err);
enum dflow_status n200_time(const struct cli *c, struct dflow_err *err);
enum dflow_status n200_probe(const struct cli *c, struct dflow_err *err);

extern const struct cli_option ksk_sign_options[];
extern const struct cli_option ksk_ds_options[];
extern const struct cli_option ksk_settime_options[];
extern const struct cli_option ksk_show_options[];
extern const struct cli_option ksk_ledger_options[];
extern const struct cli_option n200_list_options[];
extern const struct cli_option n200_import_options[];
extern const struct cli_option n200_random_options[];
extern const struct cli_option n200_time_options[];
extern const struct cli_option n200_probe_options[];

#endif
