/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 32-bit DNSSEC times; TIME itself is in dnssecflow/when.h. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "dnssecflow/when.h"

/* Half the 32-bit circle is 68 years: below this a clock has not been set. */
#define WHEN_SANE_MIN ((int64_t)1600000000) /* 2020-09-13 */

/*
 * The moment nearest to now that a 32-bit RRSIG time can mean (RFC 4034
 * section 3.1.5: serial number arithmetic).
 */
int64_t when_from_serial(uint32_t serial, int64_t now);

/* RFC 1982: a comes after b. */
bool when_serial_gt(uint32_t a, uint32_t b);

#endif
