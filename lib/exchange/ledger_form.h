/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ledger's reader and its writer share. */
#ifndef EXCHANGE_LEDGER_FORM_H
#define EXCHANGE_LEDGER_FORM_H

#include <stddef.h>

#include "exchange/ledger.h"

#define LEDGER_HEAD "dnssecflow-ledger 1\n" /* the first line */
#define LEDGER_LAST_WORD " sha256="

/* SHA-256 in hex. */
void ledger_digest(const void *data, size_t len, char out[DFLOW_LEDGER_DIGEST]);
/* From now on nothing is called with entries. */
void ledger_reading_silence(struct ledger_reading *r);
/* Forgets what was added since the facts were these. */
void ledger_reading_rewind(
    struct ledger_reading *r, const struct dflow_ledger_facts *facts);

#endif
