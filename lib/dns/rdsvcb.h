/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of SVCB's and HTTPS's parameters: for dns/rdtext. */
#ifndef DNS_RDSVCB_H
#define DNS_RDSVCB_H

#include <stdbool.h>

#include "base/buf.h"
#include "dns/rdform.h"

/*
 * Appends the parameters from c->at to the end, a blank before each; c's RDATA
 * has passed rdata_check. False, with some perhaps appended, if readers would
 * not all read the text back as these bytes.
 */
bool rdsvcb_put(struct buf *out, struct rdcursor *c);

#endif
