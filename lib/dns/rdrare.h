/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RDATA from text for the types that libzscanner does not know: for reword. */
#ifndef DNS_RDRARE_H
#define DNS_RDRARE_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/rdread.h"

/* The type has a form here; others are refused by rdrare. */
bool rdrare_knows(uint16_t type);

/* As rdread: NULL, or what is wrong ("a wrong address"). */
const char *rdrare(struct rdread *r);

#endif
