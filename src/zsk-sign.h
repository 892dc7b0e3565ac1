/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of zsk-sign and their tables of options. */
#ifndef SRC_ZSK_SIGN_H
#define SRC_ZSK_SIGN_H

#include "cli.h"

enum dflow_status zsk_request(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_import(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_sign(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_splice(const struct cli *c, struct dflow_err *err);
enum dflow_status zsk_verify(const struct cli *c, struct dflow_err *err);

extern const struct cli_option zsk_request_options[];
extern const struct cli_option zsk_import_options[];
extern const struct cli_option zsk_sign_options[];
extern const struct cli_option zsk_splice_options[];
extern const struct cli_option zsk_verify_options[];

/* Options that several verbs read in the same way. */
enum { ZSK_MIN_VALIDITY_S = 3 * 86400 };
DFLOW_NODISCARD enum dflow_status zsk_threads(
    const struct cli *c, unsigned *threads, struct dflow_err *err);

#endif
