/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of exchange/plan share. */
#ifndef EXCHANGE_PLAN_PARTS_H
#define EXCHANGE_PLAN_PARTS_H

#include <stdint.h>

#include "exchange/plan.h"

/* The plan in the making. */
struct planning {
	const struct plan_params *p;
	struct plan *plan;
	int64_t publication_s;
	int64_t removal_s;
};

/* The earliest Activate after that time, or INT64_MAX. */
int64_t plan_next_activate(const struct plan *plan, int64_t when);
/* *out is who signs then, or NULL; DFLOW_REFUSED if two do. */
DFLOW_NODISCARD enum dflow_status plan_find_signer(const struct plan *plan,
    int64_t when, struct plan_key **out, struct dflow_err *err);

/*
 * Where what is served is not what the keys' times say, sets times by which
 * the plan can start from it; else nothing. DFLOW_REFUSED if who signs what is
 * served is not among the keys.
 */
DFLOW_NODISCARD enum dflow_status plan_start_served(
    struct planning *g, struct dflow_err *err);

#endif
