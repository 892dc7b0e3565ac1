/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of RDATA, type by type: for dns/rdata and dns/rdtext. */
#ifndef DNS_RDFORM_H
#define DNS_RDFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The codes of the fields:
 *   1 2 4 6 8    a number of that many bytes
 *   0            a byte that is 0
 *   A Q          an IPv4 or IPv6 address
 *   N            a name
 *   S s          a character string; one that may be absent
 *   T            character strings up to the end, at least one
 *   * +          bytes up to the end; at least one
 *   L            a length byte and as many bytes
 *   H            the same, at least one byte
 *   t            a CAA property tag
 *   B            a type bit map up to the end
 *   D Z          the digest of a DS or ZONEMD, whose kind is a byte before it
 *   P V          the items of an APL; the parameters of an SVCB
 *   G g          the gateway of an IPSECKEY, the relay of an AMTRELAY
 *   a            the whole of an A6
 *   z l o        a LOC's size, latitude, longitude
 *   h            what follows a HIP's three sizes
 */
struct rdform {
	const char *fields;
	bool canon; /* names are lower case in the canonical form */
};

/* Never NULL; an unknown type's form is "*". */
const struct rdform *rdform_of(uint16_t type);

/* Where RDATA is being read. */
struct rdcursor {
	const uint8_t *data;
	size_t len;
	size_t at; /* never beyond len */
};

/*
 * Steps over the field that code says. False if it is cut short or its
 * content is not a field of that kind. The fields before it were stepped
 * over: some codes look back at them.
 */
bool rdform_skip(char code, struct rdcursor *c);

#endif
