/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of ksrcheck share. */
#ifndef FLOW_KSRCHECK_PARTS_H
#define FLOW_KSRCHECK_PARTS_H

#include <stdbool.h>

#include "flow/ksrcheck.h"

/* The request's name in messages: the end of a long path, so that they fit. */
const char *ksrcheck_file(const struct bundles *b);

/* True if its footer tells what only ours do, or it has a proof. */
bool ksrcheck_is_ours(const struct bundles *b);

/* Whether this very file was signed before: so it is a replay, and no more. */
bool ksrcheck_is_again(const struct ksrcheck *p);

/*
 * The newest act that is not of this very file: what it follows from. NULL if
 * there is none, or no ledger.
 */
const struct history_act *ksrcheck_last(const struct ksrcheck *p);

/* Whether the ZSK was in last's last bundle; last may be NULL. */
DFLOW_NODISCARD enum dflow_status ksrcheck_known(const struct bundles *b,
    const struct bundle_rr *rr, const struct history_act *last, bool *known,
    struct dflow_err *err);

/*
 * Of each ZSK: possession, flags, algorithm, size, keys. Without a policy, as
 * for `show`, algorithm and size are not checked, nor possession in others'
 * requests.
 */
DFLOW_NODISCARD enum dflow_status ksrcheck_keys(const struct ksrcheck *p,
    const struct history_act *last, struct checks *c, struct dflow_err *err);

/* Against the ledger: gap, chain, replay, conflict; and chain in itself. */
DFLOW_NODISCARD enum dflow_status ksrcheck_past(const struct ksrcheck *p,
    const struct history_act *last, struct checks *c, struct dflow_err *err);

#endif
