/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of rare types that need code of their own: for dns/rdrare. */
#ifndef DNS_RDODD_H
#define DNS_RDODD_H

#include <stdbool.h>

#include "dns/rdread.h"

/*
 * Reads the field of this code (see rdrare.c): l a locator, p NSAP's, q
 * ATMA's, w WKS, m NXT's types, v A6, h HIP, g AMTRELAY. False if it is wrong.
 */
bool rdodd_field(char code, struct rdread *r);

#endif
