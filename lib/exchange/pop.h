/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Proofs of possession in a KSR: behind a ZSK's record, on its line, the
 * comment "; pop RRSIG DNSKEY 13 ...": this ZSK's signature over the DNSKEY
 * RRset of its bundle. Who asks for a signature over a key has that key.
 */
#ifndef EXCHANGE_POP_H
#define EXCHANGE_POP_H

#include "exchange/bundle.h"
#include "zone/load.h"

/*
 * Reads the proofs in the text of the bundle, whose records are read already,
 * and puts each beside its key. Shape alone, no signature is checked.
 * Refuses, with file:line: a proof behind no ZSK's record, by another key than
 * that, over another type, with another TTL; and any in an SKR.
 */
DFLOW_NODISCARD enum dflow_status pop_read(const struct bundles *b,
    struct bundle *in, const struct text_part *text, struct dflow_err *err);

#endif
