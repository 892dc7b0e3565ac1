/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RR type numbers and mnemonics (IANA DNS parameters). */
#ifndef DNS_RRTYPE_H
#define DNS_RRTYPE_H

#include <stdbool.h>
#include <stdint.h>

enum rrtype {
	RRTYPE_A = 1,
	RRTYPE_NS = 2,
	RRTYPE_MD = 3,
	RRTYPE_MF = 4,
	RRTYPE_CNAME = 5,
	RRTYPE_SOA = 6,
	RRTYPE_MB = 7,
	RRTYPE_MG = 8,
	RRTYPE_MR = 9,
	RRTYPE_NULL = 10,
	RRTYPE_PTR = 12,
	RRTYPE_HINFO = 13,
	RRTYPE_MINFO = 14,
	RRTYPE_MX = 15,
	RRTYPE_TXT = 16,
	RRTYPE_RP = 17,
	RRTYPE_AFSDB = 18,
	RRTYPE_RT = 21,
	RRTYPE_SIG = 24,
	RRTYPE_KEY = 25,
	RRTYPE_PX = 26,
	RRTYPE_AAAA = 28,
	RRTYPE_LOC = 29,
	RRTYPE_NXT = 30,
	RRTYPE_SRV = 33,
	RRTYPE_NAPTR = 35,
	RRTYPE_KX = 36,
	RRTYPE_CERT = 37,
	RRTYPE_A6 = 38,
	RRTYPE_DNAME = 39,
	RRTYPE_OPT = 41,
	RRTYPE_APL = 42,
	RRTYPE_DS = 43,
	RRTYPE_SSHFP = 44,
	RRTYPE_IPSECKEY = 45,
	RRTYPE_RRSIG = 46,
	RRTYPE_NSEC = 47,
	RRTYPE_DNSKEY = 48,
	RRTYPE_DHCID = 49,
	RRTYPE_NSEC3 = 50,
	RRTYPE_NSEC3PARAM = 51,
	RRTYPE_TLSA = 52,
	RRTYPE_SMIMEA = 53,
	RRTYPE_CDS = 59,
	RRTYPE_CDNSKEY = 60,
	RRTYPE_OPENPGPKEY = 61,
	RRTYPE_CSYNC = 62,
	RRTYPE_ZONEMD = 63,
	RRTYPE_SVCB = 64,
	RRTYPE_HTTPS = 65,
	RRTYPE_SPF = 99,
	RRTYPE_TKEY = 249,
	RRTYPE_TSIG = 250,
	RRTYPE_ANY = 255,
	RRTYPE_URI = 256,
	RRTYPE_CAA = 257,
};

enum { RRTYPE_TEXT_SIZE = 24 };

/* Writes the mnemonic, or TYPEnnn (RFC 3597), and a NUL; returns out. */
const char *rrtype_text(uint16_t type, char out[RRTYPE_TEXT_SIZE]);

/* Reads a mnemonic or TYPEnnn, either case. */
bool rrtype_parse(const char *text, uint16_t *type);

/*
 * A query or meta type that no zone may hold: 0, OPT, and 128 to 255
 * (RFC 6895 section 3.1).
 */
bool rrtype_is_meta(uint16_t type);

#endif
