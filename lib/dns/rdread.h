/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RDATA from text for the types that cross the air gap: for dns/rrtext. */
#ifndef DNS_RDREAD_H
#define DNS_RDREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/name.h"

/* DNSKEY, CDNSKEY, DS, CDS and RRSIG. */
bool rdread_knows(uint16_t type);

struct rdread {
	uint16_t type;
	char *text; /* words with single blanks; is cut up */
	const uint8_t *origin; /* that a relative name ends at */
	uint8_t *out; /* RDATA_MAX_LEN bytes */
	size_t len; /* of the result */
};

/* Reads a name, or "@", that may be relative to origin. */
DFLOW_NODISCARD enum dflow_status rdread_name(const char *word,
    const uint8_t *origin, uint8_t out[NAME_MAX_LEN], struct dflow_err *err);

/* NULL, or what is wrong with the text ("a wrong key tag"). */
const char *rdread(struct rdread *r);

/*
 * For dns/rdrare. Each reads one field, that is a word, or all that is left
 * where bytes may come in several; false if it is wrong. What is not bytes
 * must be known to have room.
 */
bool rdread_number(struct rdread *r, unsigned bytes);
bool rdread_algorithm(struct rdread *r);
bool rdread_time(struct rdread *r);
bool rdread_type(struct rdread *r);
bool rdread_field_name(struct rdread *r);
bool rdread_base64(struct rdread *r);
bool rdread_hex(struct rdread *r);
/* Appends v as so many bytes. */
void rdread_put(struct rdread *r, uint64_t v, unsigned bytes);
/* All of word as a decimal number up to max. */
bool rdread_parse(const char *word, uint64_t max, uint64_t *v);

#endif
