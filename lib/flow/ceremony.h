/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the ceremony share; dnssecflow/ksk.h has its face. */
#ifndef FLOW_CEREMONY_H
#define FLOW_CEREMONY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "dnssecflow/ksk.h"
#include "exchange/ledger.h"
#include "exchange/request.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

struct dflow_ceremony {
	uint8_t zone[NAME_MAX_LEN];
	char zone_text[NAME_TEXT_SIZE];
	struct keyfile *ksks[DFLOW_CEREMONY_KEYS_MAX];
	struct signer *signers[DFLOW_CEREMONY_KEYS_MAX];
	size_t ksk_count;
	struct signer_access access; /* what the signers stand on */
	struct request *request;
	struct dflow_key_facts *facts; /* the KSKs', then the ZSKs' */
	struct dflow_file_facts *files; /* the requests' */
	struct ledger *ledger; /* NULL: none is kept */
	struct dflow_ceremony_view view;
	struct buf text; /* with a NUL behind it */
	bool done; /* text is whole and verified */
};

/*
 * What must hold before anything is signed: the keys and times of c, whose
 * members but signers and facts are filled.
 */
DFLOW_NODISCARD enum dflow_status ceremony_check(
    const struct dflow_ceremony *c, struct dflow_err *err);

/*
 * Opens the ledger, unless path is NULL, and compares its newest entry with
 * this clock; c's view has its now.
 */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_open(
    struct dflow_ceremony *c, const char *path, struct dflow_err *err);
/* Records, if there is a ledger, what was signed, before anything leaves. */
DFLOW_NODISCARD enum dflow_status ceremony_ledger_record(
    struct dflow_ceremony *c, struct dflow_err *err);

#endif
