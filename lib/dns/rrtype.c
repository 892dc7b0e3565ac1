/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the names of RR types. All of IANA's are read. Only those are written
 * that the master file readers of BIND 9.18, ldns 1.8, NSD 4.6 and Knot 3.2
 * (libzscanner, which reads our own output back) know as well; the others
 * appear as TYPEnnn (RFC 3597 section 5).
 */
#include <string.h>
#include <strings.h>

#include "dns/rrtype.h"

struct rrtype_row {
	const char *text;
	bool written; /* else read only */
};

/* Indexed by number. */
static const struct rrtype_row rows[] = {
    [1] = {"A", true},
    [2] = {"NS", true},
    [3] = {"MD", false},
    [4] = {"MF", false},
    [5] = {"CNAME", true},
    [6] = {"SOA", true},
    [7] = {"MB", false},
    [8] = {"MG", false},
    [9] = {"MR", false},
    [10] = {"NULL", false},
    [11] = {"WKS", false},
    [12] = {"PTR", true},
    [13] = {"HINFO", true},
    [14] = {"MINFO", true},
    [15] = {"MX", true},
    [16] = {"TXT", true},
    [17] = {"RP", true},
    [18] = {"AFSDB", true},
    [19] = {"X25", false},
    [20] = {"ISDN", false},
    [21] = {"RT", true},
    [22] = {"NSAP", false},
    [23] = {"NSAP-PTR", false},
    [24] = {"SIG", false},
    [25] = {"KEY", true},
    [26] = {"PX", false},
    [27] = {"GPOS", false},
    [28] = {"AAAA", true},
    [29] = {"LOC", true},
    [30] = {"NXT", false},
    [31] = {"EID", false},
    [32] = {"NIMLOC", false},
    [33] = {"SRV", true},
    [34] = {"ATMA", false},
    [35] = {"NAPTR", true},
    [36] = {"KX", true},
    [37] = {"CERT", true},
    [38] = {"A6", false},
    [39] = {"DNAME", true},
    [40] = {"SINK", false},
    [41] = {"OPT", false},
    [42] = {"APL", true},
    [43] = {"DS", true},
    [44] = {"SSHFP", true},
    [45] = {"IPSECKEY", true},
    [46] = {"RRSIG", true},
    [47] = {"NSEC", true},
    [48] = {"DNSKEY", true},
    [49] = {"DHCID", true},
    [50] = {"NSEC3", true},
    [51] = {"NSEC3PARAM", true},
    [52] = {"TLSA", true},
    [53] = {"SMIMEA", true},
    [55] = {"HIP", false},
    [56] = {"NINFO", false},
    [57] = {"RKEY", false},
    [58] = {"TALINK", false},
    [59] = {"CDS", true},
    [60] = {"CDNSKEY", true},
    [61] = {"OPENPGPKEY", true},
    [62] = {"CSYNC", true},
    [63] = {"ZONEMD", true},
    [64] = {"SVCB", true},
    [65] = {"HTTPS", true},
    [66] = {"DSYNC", false},
    [67] = {"HHIT", false},
    [68] = {"BRID", false},
    [99] = {"SPF", true},
    [100] = {"UINFO", false},
    [101] = {"UID", false},
    [102] = {"GID", false},
    [103] = {"UNSPEC", false},
    [104] = {"NID", true},
    [105] = {"L32", true},
    [106] = {"L64", true},
    [107] = {"LP", true},
    [108] = {"EUI48", true},
    [109] = {"EUI64", true},
    [128] = {"NXNAME", false},
    [249] = {"TKEY", false},
    [250] = {"TSIG", false},
    [251] = {"IXFR", false},
    [252] = {"AXFR", false},
    [253] = {"MAILB", false},
    [254] = {"MAILA", false},
    [255] = {"ANY", false},
    [256] = {"URI", true},
    [257] = {"CAA", true},
    [258] = {"AVC", false},
    [259] = {"DOA", false},
    [260] = {"AMTRELAY", false},
    [261] = {"RESINFO", false},
    [262] = {"WALLET", false},
    [263] = {"CLA", false},
    [264] = {"IPN", false},
};

/* What lies far behind the table. */
enum { RRTYPE_TA = 32768, RRTYPE_DLV = 32769 };

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
put_generic(uint16_t type, char *p)
{
	uint16_t div = 1;

	memcpy(p, "TYPE", 4);
	p += 4;
	while (type / div >= 10)
		div = (uint16_t)(div * 10);
	for (; div > 0; div /= 10)
		*p++ = (char)('0' + type / div % 10);
	*p = '\0';
}

const char *
rrtype_text(uint16_t type, char out[RRTYPE_TEXT_SIZE])
{
	if (type < ROWS && rows[type].written)
		memcpy(out, rows[type].text, strlen(rows[type].text) + 1);
	else
		put_generic(type, out);
	return out;
}

static bool
parse_generic(const char *text, uint16_t *type)
{
	unsigned v = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 5; i++)
		v = v * 10 + (unsigned)(text[i] - '0');
	if (i == 0 || text[i] != '\0' || v > UINT16_MAX)
		return false;
	*type = (uint16_t)v;
	return true;
}

bool
rrtype_parse(const char *text, uint16_t *type)
{
	uint16_t i;

	if (strncasecmp(text, "TYPE", 4) == 0)
		return parse_generic(text + 4, type);
	for (i = 0; i < ROWS; i++) {
		if (rows[i].text != NULL &&
		    strcasecmp(text, rows[i].text) == 0) {
			*type = i;
			return true;
		}
	}
	if (strcasecmp(text, "DLV") == 0)
		*type = RRTYPE_DLV;
	else if (strcasecmp(text, "TA") == 0)
		*type = RRTYPE_TA;
	else
		return false;
	return true;
}

bool
rrtype_is_meta(uint16_t type)
{
	return type == 0 || type == RRTYPE_OPT || (type >= 128 && type <= 255);
}
