/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of LOC and APL: for dns/rdtext. */
#ifndef DNS_RDPLACE_H
#define DNS_RDPLACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "dns/rdform.h"

/* Appends the whole of a LOC, which has passed rdata_check. */
void rdplace_put_loc(struct buf *out, struct rdcursor *c);

/*
 * Appends the items of an APL, which has passed rdata_check. False, with some
 * perhaps appended, if readers would not all read the text back as they are.
 */
bool rdplace_put_apl(struct buf *out, struct rdcursor *c);

#endif
