/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bundles of a KSR or SKR as a table: a line each, where that fits. */
#ifndef SRC_PAGE_BUNDLES_H
#define SRC_PAGE_BUNDLES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <dnssecflow/ksk.h>

#include "json.h"
#include "style.h"

/*
 * By date: from and until in UTC, KSKs, ZSKs by their tags, with marks for
 * those that sign, enter, leave or are revoked, and for the bundle of now; the
 * marks that occur are explained below.
 */
void page_bundles(FILE *f, const struct style *s,
    const struct dflow_bundle *rows, size_t count, int64_t now);
/* The same as the array "table" in the object that is open. */
void page_bundles_json(
    struct json *j, const struct dflow_bundle *rows, size_t count, int64_t now);

#endif
