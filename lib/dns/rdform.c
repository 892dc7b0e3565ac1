/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the layout of every RR type's RDATA, as a table of field codes, and
 * where each field ends. Refuses what BIND's or another server's reader would
 * not take for the type: a zone that holds it could not be served.
 */
#include "dns/name.h"
#include "dns/rdform.h"
#include "dns/rrtype.h"

static const struct rdform forms[] = {
    [RRTYPE_A] = {"A", false},
    [RRTYPE_NS] = {"N", true},
    [RRTYPE_MD] = {"N", true},
    [RRTYPE_MF] = {"N", true},
    [RRTYPE_CNAME] = {"N", true},
    [RRTYPE_SOA] = {"NN44444", true},
    [RRTYPE_MB] = {"N", true},
    [RRTYPE_MG] = {"N", true},
    [RRTYPE_MR] = {"N", true},
    [11] = {"A1*", false}, /* WKS */
    [RRTYPE_PTR] = {"N", true},
    [RRTYPE_HINFO] = {"SS", false},
    [RRTYPE_MINFO] = {"NN", true},
    [RRTYPE_MX] = {"2N", true},
    [RRTYPE_TXT] = {"T", false},
    [RRTYPE_RP] = {"NN", true},
    [RRTYPE_AFSDB] = {"2N", true},
    [19] = {"S", false}, /* X25 */
    [20] = {"Ss", false}, /* ISDN */
    [RRTYPE_RT] = {"2N", true},
    [22] = {"+", false}, /* NSAP */
    [23] = {"N", false}, /* NSAP-PTR */
    [RRTYPE_SIG] = {"2114442N+", true},
    [RRTYPE_KEY] = {"211*", false},
    [RRTYPE_PX] = {"2NN", true},
    [27] = {"SSS", false}, /* GPOS */
    [RRTYPE_AAAA] = {"Q", false},
    [RRTYPE_LOC] = {"0zzzlo4", false},
    [RRTYPE_NXT] = {"N*", true},
    [RRTYPE_SRV] = {"222N", true},
    [RRTYPE_NAPTR] = {"22SSSN", true},
    [RRTYPE_KX] = {"2N", true},
    [RRTYPE_CERT] = {"221+", false},
    [RRTYPE_A6] = {"a", true},
    [RRTYPE_DNAME] = {"N", true},
    [RRTYPE_APL] = {"P", false},
    [RRTYPE_DS] = {"211D", false},
    [RRTYPE_SSHFP] = {"11+", false},
    [RRTYPE_IPSECKEY] = {"111G*", false},
    [RRTYPE_RRSIG] = {"2114442N+", true},
    [RRTYPE_NSEC] = {"NB", false},
    [RRTYPE_DNSKEY] = {"211+", false},
    [RRTYPE_DHCID] = {"+", false},
    [RRTYPE_NSEC3] = {"112LHB", false},
    [RRTYPE_NSEC3PARAM] = {"112L", false},
    [RRTYPE_TLSA] = {"111+", false},
    [RRTYPE_SMIMEA] = {"111+", false},
    [55] = {"112h", false}, /* HIP */
    [56] = {"T", false}, /* NINFO */
    [57] = {"211+", false}, /* RKEY */
    [58] = {"NN", false}, /* TALINK */
    [RRTYPE_CDS] = {"211D", false},
    [RRTYPE_CDNSKEY] = {"211+", false},
    [RRTYPE_OPENPGPKEY] = {"+", false},
    [RRTYPE_CSYNC] = {"42B", false},
    [RRTYPE_ZONEMD] = {"411Z", false},
    [RRTYPE_SVCB] = {"2NV", false},
    [RRTYPE_HTTPS] = {"2NV", false},
    [66] = {"212N", false}, /* DSYNC */
    [RRTYPE_SPF] = {"T", false},
    [104] = {"28", false}, /* NID */
    [105] = {"2A", false}, /* L32 */
    [106] = {"28", false}, /* L64 */
    [107] = {"2N", false}, /* LP */
    [108] = {"6", false}, /* EUI48 */
    [109] = {"8", false}, /* EUI64 */
    [RRTYPE_URI] = {"22+", false},
    [RRTYPE_CAA] = {"1t*", false},
    [258] = {"T", false}, /* AVC */
    [259] = {"441S*", false}, /* DOA */
    [260] = {"11g", false}, /* AMTRELAY */
    [261] = {"T", false}, /* RESINFO */
    [262] = {"T", false}, /* WALLET */
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

const struct rdform *
rdform_of(uint16_t type)
{
	static const struct rdform unknown = {"*", false};
	static const struct rdform ds = {"211D", false};

	if (type == 32768 || type == 32769) /* TA, DLV */
		return &ds;
	if (type < FORMS && forms[type].fields != NULL)
		return &forms[type];
	return &unknown;
}

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static bool
skip(struct rdcursor *c, size_t n)
{
	if (c->len - c->at < n)
		return false;
	c->at += n;
	return true;
}

static bool
skip_name(struct rdcursor *c)
{
	size_t n = name_check(c->data + c->at, c->len - c->at);

	c->at += n;
	return n > 0;
}

/* A length byte and as many bytes, at least min. */
static bool
skip_counted(struct rdcursor *c, size_t min)
{
	size_t n;

	if (c->at == c->len)
		return false;
	n = c->data[c->at];
	return n >= min && skip(c, 1 + n);
}

static bool
skip_strings(struct rdcursor *c)
{
	do {
		if (!skip_counted(c, 0))
			return false;
	} while (c->at < c->len);
	return true;
}

/* RFC 4034 section 4.1.2: windows ascending, no trailing zero bytes. */
static bool
skip_bitmap(struct rdcursor *c)
{
	int last = -1;

	while (c->at < c->len) {
		const uint8_t *window = c->data + c->at;
		size_t n;

		if (!skip(c, 2))
			return false;
		n = window[1];
		if (window[0] <= last || n < 1 || n > 32 || !skip(c, n))
			return false;
		if (c->data[c->at - 1] == 0)
			return false;
		last = window[0];
	}
	return true;
}

/* Bytes up to the end: exactly want, or, where that is 0, at least min. */
static bool
skip_digest(struct rdcursor *c, size_t want, size_t min)
{
	size_t n = c->len - c->at;

	c->at = c->len;
	return want != 0 ? n == want : n >= min;
}

static size_t
ds_digest_len(uint8_t digest_type)
{
	switch (digest_type) {
	case 1:
		return 20;
	case 2:
	case 3:
		return 32;
	case 4:
		return 48;
	default:
		return 0;
	}
}

/* RFC 8976 section 2.2.4. */
static size_t
zonemd_digest_len(uint8_t algorithm)
{
	switch (algorithm) {
	case 1:
		return 48;
	case 2:
		return 64;
	default:
		return 0;
	}
}

/* RFC 3123 section 4; families other than IPv4 and IPv6 are not judged. */
static bool
skip_apl(struct rdcursor *c)
{
	while (c->at < c->len) {
		const uint8_t *item = c->data + c->at;
		unsigned family, max;
		size_t n;

		if (!skip(c, 4))
			return false;
		family = get16(item);
		max = family == 1 ? 4 : family == 2 ? 16 : 127;
		n = item[3] & 0x7f;
		if (n > max || !skip(c, n))
			return false;
		if (family <= 2 && family > 0 && item[2] > max * 8)
			return false;
		if (n > 0 && c->data[c->at - 1] == 0)
			return false;
	}
	return true;
}

/* A value of SvcParamKeys: ascending, none twice (RFC 9460 section 8). */
static bool
svcb_mandatory(const uint8_t *v, size_t len)
{
	size_t i;

	if (len == 0 || len % 2 != 0 || get16(v) == 0)
		return false;
	for (i = 2; i < len; i += 2)
		if (get16(v + i) <= get16(v + i - 2))
			return false;
	return true;
}

static bool
svcb_alpn(const uint8_t *v, size_t len)
{
	struct rdcursor c = {v, len, 0};

	do {
		if (!skip_counted(&c, 1))
			return false;
	} while (c.at < c.len);
	return true;
}

static bool
svcb_value(unsigned key, const uint8_t *v, size_t len)
{
	switch (key) {
	case 0:
		return svcb_mandatory(v, len);
	case 1:
		return svcb_alpn(v, len);
	case 2:
		return len == 0; /* no-default-alpn */
	case 3:
		return len == 2; /* port */
	case 4:
		return len > 0 && len % 4 == 0;
	case 6:
		return len > 0 && len % 16 == 0;
	case 65535:
		return false; /* reserved as "invalid" */
	default:
		return true;
	}
}

/* RFC 9460 section 2.2: keys ascending, none twice. */
static bool
skip_svcb(struct rdcursor *c)
{
	int last = -1;

	while (c->at < c->len) {
		const uint8_t *head = c->data + c->at;
		size_t n;

		if (!skip(c, 4))
			return false;
		n = get16(head + 2);
		if ((int)get16(head) <= last || !skip(c, n) ||
		    !svcb_value(get16(head), head + 4, n))
			return false;
		last = (int)get16(head);
	}
	return true;
}

/* RFC 4025 section 2.5, RFC 8777 section 4.2.4. */
static bool
skip_gateway(struct rdcursor *c, uint8_t kind)
{
	switch (kind) {
	case 0:
		return true;
	case 1:
		return skip(c, 4);
	case 2:
		return skip(c, 16);
	case 3:
		return skip_name(c);
	default:
		return false;
	}
}

/* RFC 2874 section 3.1.1: prefix length, the address's rest, prefix name. */
static bool
skip_a6(struct rdcursor *c)
{
	unsigned prefix;

	if (!skip(c, 1))
		return false;
	prefix = c->data[0];
	if (prefix > 128 || !skip(c, (128 - prefix + 7) / 8))
		return false;
	return prefix == 0 || skip_name(c);
}

/* RFC 8005 section 5: the sizes, HIT, public key, rendezvous servers. */
static bool
skip_hip(struct rdcursor *c)
{
	size_t hit = c->data[0], key = get16(c->data + 2);

	if (hit == 0 || key == 0 || !skip(c, hit + key))
		return false;
	while (c->at < c->len)
		if (!skip_name(c))
			return false;
	return true;
}

/* RFC 8659 section 4.1: letters and digits. */
static bool
skip_caa_tag(struct rdcursor *c)
{
	size_t i = c->at + 1;

	if (!skip_counted(c, 1))
		return false;
	for (; i < c->at; i++) {
		uint8_t b = c->data[i] | 0x20;

		if ((b < 'a' || b > 'z') &&
		    (c->data[i] < '0' || c->data[i] > '9'))
			return false;
	}
	return true;
}

/* RFC 1876 section 2: a size, one digit and a power of ten. */
static bool
skip_loc_size(struct rdcursor *c)
{
	uint8_t b;

	if (!skip(c, 1))
		return false;
	b = c->data[c->at - 1];
	return b == 0 || (b >> 4 >= 1 && b >> 4 <= 9 && (b & 15) <= 9);
}

/* Thousandths of a second of arc around 2^31. */
static bool
skip_loc_angle(struct rdcursor *c, uint32_t degrees)
{
	uint32_t max = degrees * 3600000, v;

	if (!skip(c, 4))
		return false;
	v = (uint32_t)get16(c->data + c->at - 4) << 16 |
	    get16(c->data + c->at - 2);
	return v >= (UINT32_C(1) << 31) - max && v <= (UINT32_C(1) << 31) + max;
}

/* The fields that depend on what they or others hold. */
static bool
skip_special(char code, struct rdcursor *c)
{
	switch (code) {
	case 'B':
		return skip_bitmap(c);
	case 'D':
		return skip_digest(c, ds_digest_len(c->data[3]), 1);
	case 'Z':
		/* Lengths are those of scheme SIMPLE (RFC 8976 A.3). */
		return skip_digest(
		    c, c->data[4] == 1 ? zonemd_digest_len(c->data[5]) : 0, 12);
	case 'P':
		return skip_apl(c);
	case 'V':
		return skip_svcb(c);
	case 'G':
		return skip_gateway(c, c->data[1]);
	case 'g':
		return skip_gateway(c, c->data[1] & 0x7f);
	case 'a':
		return skip_a6(c);
	case 'h':
		return skip_hip(c);
	case 't':
		return skip_caa_tag(c);
	case 'z':
		return skip_loc_size(c);
	case 'l':
		return skip_loc_angle(c, 90);
	case 'o':
		return skip_loc_angle(c, 180);
	default:
		return false;
	}
}

bool
rdform_skip(char code, struct rdcursor *c)
{
	switch (code) {
	case '1':
	case '2':
	case '4':
	case '6':
	case '8':
		return skip(c, (size_t)(code - '0'));
	case '0':
		return skip(c, 1) && c->data[c->at - 1] == 0;
	case 'A':
		return skip(c, 4);
	case 'Q':
		return skip(c, 16);
	case 'N':
		return skip_name(c);
	case 'S':
	case 'L':
		return skip_counted(c, 0);
	case 's':
		return c->at == c->len || skip_counted(c, 0);
	case 'H':
		return skip_counted(c, 1);
	case 'T':
		return skip_strings(c);
	case '*':
		return skip(c, c->len - c->at);
	case '+':
		return c->at < c->len && skip(c, c->len - c->at);
	default:
		return skip_special(code, c);
	}
}
