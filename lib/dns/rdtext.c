/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the presentation form of RDATA for the types that fill zones, as a
 * table of field codes. It is called for every record of a zone, millions of
 * times: nothing is allocated but the buffer itself, and no printf is here.
 */
#include <string.h>

#include "base/encode.h"
#include "dns/addr.h"
#include "dns/name.h"
#include "dns/rdform.h"
#include "dns/rdplace.h"
#include "dns/rdsvcb.h"
#include "dns/rdtext.h"
#include "dns/rrtype.h"
#include "dnssecflow/when.h"

/*
 * The codes are those of dns/rdform, and, for what text tells apart:
 *   y      two bytes, the mnemonic of a type
 *   w      four bytes, a time
 *   i      eight bytes, hexadecimal in four groups
 *   e      bytes up to the end, hexadecimal with dashes
 *   x b    bytes up to the end, hexadecimal or base64
 *   q      bytes up to the end, in quotes
 *   u      a character string that needs no quotes
 *   o P    the whole of a LOC, of an APL
 *   B V    with a blank before each: types, parameters of an SVCB
 */
static const char *const texts[] = {
    [RRTYPE_A] = "A",
    [RRTYPE_NS] = "N",
    [RRTYPE_CNAME] = "N",
    [RRTYPE_SOA] = "NN44444",
    [RRTYPE_PTR] = "N",
    [RRTYPE_HINFO] = "SS",
    [RRTYPE_MINFO] = "NN",
    [RRTYPE_MX] = "2N",
    [RRTYPE_TXT] = "T",
    [RRTYPE_RP] = "NN",
    [RRTYPE_AFSDB] = "2N",
    [RRTYPE_RT] = "2N",
    [RRTYPE_KEY] = "211b",
    [RRTYPE_AAAA] = "Q",
    [RRTYPE_LOC] = "o",
    [RRTYPE_SRV] = "222N",
    [RRTYPE_NAPTR] = "22SSSN",
    [RRTYPE_KX] = "2N",
    [RRTYPE_CERT] = "221b",
    [RRTYPE_DNAME] = "N",
    [RRTYPE_APL] = "P",
    [RRTYPE_DS] = "211x",
    [RRTYPE_SSHFP] = "11x",
    [RRTYPE_RRSIG] = "y114ww2Nb",
    [RRTYPE_NSEC] = "NB",
    [RRTYPE_DNSKEY] = "211b",
    [RRTYPE_DHCID] = "b",
    [RRTYPE_NSEC3] = "112LHB",
    [RRTYPE_NSEC3PARAM] = "112L",
    [RRTYPE_TLSA] = "111x",
    [RRTYPE_SMIMEA] = "111x",
    [RRTYPE_CDS] = "211x",
    [RRTYPE_CDNSKEY] = "211b",
    [RRTYPE_OPENPGPKEY] = "b",
    [RRTYPE_CSYNC] = "42B",
    [RRTYPE_ZONEMD] = "411x",
    [RRTYPE_SVCB] = "2NV",
    [RRTYPE_HTTPS] = "2NV",
    [RRTYPE_SPF] = "T",
    [104] = "2i", /* NID */
    [105] = "2A", /* L32 */
    [106] = "2i", /* L64 */
    [107] = "2N", /* LP */
    [108] = "e", /* EUI48 */
    [109] = "e", /* EUI64 */
    [RRTYPE_URI] = "22q",
    [RRTYPE_CAA] = "1uq",
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

size_t
rdtext_u32(uint32_t v, char *out)
{
	char digits[RDTEXT_U32_MAX];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	memcpy(out, digits + i, sizeof(digits) - i);
	return sizeof(digits) - i;
}

static size_t
left(const struct rdcursor *c)
{
	return c->len - c->at;
}

/* Takes n bytes, at most four, as a number. */
static uint32_t
take(struct rdcursor *c, size_t n)
{
	uint32_t v = 0;

	for (; n > 0; n--)
		v = v << 8 | c->data[c->at++];
	return v;
}

void
rdtext_put_number(struct buf *out, uint32_t v)
{
	uint8_t *p = buf_reserve(out, RDTEXT_U32_MAX);

	if (p != NULL)
		out->len += rdtext_u32(v, (char *)p);
}

static void
put_name(struct buf *out, struct rdcursor *c)
{
	const uint8_t *name = c->data + c->at;
	uint8_t *p = buf_reserve(out, NAME_TEXT_SIZE);

	c->at += name_len(name);
	if (p != NULL)
		out->len += name_text(name, (char *)p);
}

static void
put_type(struct buf *out, uint16_t type)
{
	uint8_t *p = buf_reserve(out, RRTYPE_TEXT_SIZE);

	if (p != NULL)
		out->len += strlen(rrtype_text(type, (char *)p));
}

void
rdtext_put_addr(struct buf *out, const uint8_t *addr, size_t size)
{
	uint8_t *p = buf_reserve(out, ADDR_TEXT_MAX);

	if (p == NULL)
		return;
	out->len += size == 4 ? addr_text4(addr, (char *)p)
			      : addr_text6(addr, (char *)p);
}

static void
put_addr(struct buf *out, struct rdcursor *c, size_t size)
{
	rdtext_put_addr(out, c->data + c->at, size);
	c->at += size;
}

/* A byte between quotes; p has room for four. */
static char *
put_quoted_byte(uint8_t b, char *p)
{
	if (b >= 0x20 && b < 0x7f) {
		if (b == '"' || b == '\\')
			*p++ = '\\';
		*p++ = (char)b;
		return p;
	}
	*p++ = '\\';
	*p++ = (char)('0' + b / 100);
	*p++ = (char)('0' + b / 10 % 10);
	*p++ = (char)('0' + b % 10);
	return p;
}

void
rdtext_put_escaped(struct buf *out, const uint8_t *b, size_t n)
{
	uint8_t *start = buf_reserve(out, n * 4);
	char *p = (char *)start;

	if (p == NULL)
		return;
	for (const uint8_t *end = b + n; b < end; b++)
		p = put_quoted_byte(*b, p);
	out->len += (size_t)(p - (char *)start);
}

static void
put_quoted(struct buf *out, struct rdcursor *c, size_t n)
{
	buf_u8(out, '"');
	rdtext_put_escaped(out, c->data + c->at, n);
	buf_u8(out, '"');
	c->at += n;
}

static void
put_strings(struct buf *out, struct rdcursor *c)
{
	put_quoted(out, c, take(c, 1));
	while (left(c) > 0) {
		buf_u8(out, ' ');
		put_quoted(out, c, take(c, 1));
	}
}

static void
put_plain_string(struct buf *out, struct rdcursor *c)
{
	size_t n = take(c, 1);

	buf_put(out, c->data + c->at, n);
	c->at += n;
}

static void
put_hex(struct buf *out, struct rdcursor *c, size_t n)
{
	uint8_t *p = buf_reserve(out, HEX_LEN(n));

	if (p != NULL)
		out->len += hex_encode(c->data + c->at, n, (char *)p);
	c->at += n;
}

/* No bytes at all have no base64 or hexadecimal that could be read back. */
static bool
put_rest(char code, struct buf *out, struct rdcursor *c)
{
	size_t n = left(c);
	uint8_t *p;

	if (n == 0)
		return false;
	if (code == 'x') {
		put_hex(out, c, n);
		return true;
	}
	p = buf_reserve(out, BASE64_LEN(n));
	if (p != NULL)
		out->len += base64_encode(c->data + c->at, n, (char *)p);
	c->at += n;
	return true;
}

/* Groups of bytes with a mark between them. */
static void
put_groups(struct buf *out, struct rdcursor *c, size_t group, char mark)
{
	put_hex(out, c, group);
	while (left(c) > 0) {
		buf_u8(out, (uint8_t)mark);
		put_hex(out, c, group);
	}
}

static void
put_salt(struct buf *out, struct rdcursor *c)
{
	size_t n = take(c, 1);

	if (n == 0)
		buf_u8(out, '-');
	else
		put_hex(out, c, n);
}

static void
put_hash(struct buf *out, struct rdcursor *c)
{
	size_t n = take(c, 1);
	uint8_t *p = buf_reserve(out, BASE32HEX_LEN(n));

	if (p != NULL)
		out->len += base32hex_encode(c->data + c->at, n, (char *)p);
	c->at += n;
}

/* A blank and a mnemonic for each type; nothing for an empty map. */
static void
put_bitmap(struct buf *out, struct rdcursor *c)
{
	while (left(c) > 0) {
		uint32_t window = take(c, 1), n = take(c, 1), i;

		for (i = 0; i < n * 8; i++) {
			if ((c->data[c->at + i / 8] & 0x80 >> i % 8) == 0)
				continue;
			buf_u8(out, ' ');
			put_type(out, (uint16_t)(window << 8 | i));
		}
		c->at += n;
	}
}

/* Taken as unsigned seconds since 1970: that is what readers make of it. */
static void
put_time(struct buf *out, uint32_t t)
{
	uint8_t *p = buf_reserve(out, DFLOW_WHEN_TEXT);

	if (p == NULL)
		return;
	dflow_when_text(t, (char *)p);
	out->len += strlen((char *)p);
}

/* The fields that are bytes; false if no reader would know what is meant. */
static bool
put_bytes(char code, struct buf *out, struct rdcursor *c)
{
	switch (code) {
	case 'x':
	case 'b':
		return put_rest(code, out, c);
	case 'S':
		put_quoted(out, c, take(c, 1));
		return true;
	case 'T':
		put_strings(out, c);
		return true;
	case 'q':
		put_quoted(out, c, left(c));
		return true;
	case 'u':
		put_plain_string(out, c);
		return true;
	case 'L':
		put_salt(out, c);
		return true;
	case 'H':
		put_hash(out, c);
		return true;
	case 'i':
		put_groups(out, c, 2, ':');
		return true;
	case 'e':
		put_groups(out, c, 1, '-');
		return true;
	case 'o':
		rdplace_put_loc(out, c);
		return true;
	case 'P':
		return rdplace_put_apl(out, c);
	case 'V':
		return rdsvcb_put(out, c);
	default:
		return false;
	}
}

static bool
put_field(char code, struct buf *out, struct rdcursor *c)
{
	switch (code) {
	case '1':
	case '2':
	case '4':
		rdtext_put_number(out, take(c, (size_t)(code - '0')));
		return true;
	case 'N':
		put_name(out, c);
		return true;
	case 'A':
		put_addr(out, c, 4);
		return true;
	case 'Q':
		put_addr(out, c, 16);
		return true;
	case 'y':
		put_type(out, (uint16_t)take(c, 2));
		return true;
	case 'w':
		put_time(out, take(c, 4));
		return true;
	default:
		return put_bytes(code, out, c);
	}
}

/* NSD reads no property tag with a capital, although case has no meaning. */
static bool
has_capital(const uint8_t *tag)
{
	size_t i;

	for (i = 1; i <= tag[0]; i++)
		if (tag[i] >= 'A' && tag[i] <= 'Z')
			return true;
	return false;
}

/* Content that one of the readers refuses in the type's own form. */
static bool
is_odd(uint16_t type, struct rdata rdata)
{
	switch (type) {
	case RRTYPE_CSYNC: /* without types: ldns */
		return rdata.len == 6;
	case RRTYPE_CERT: /* of type 0: ldns */
		return rdata.data[0] == 0 && rdata.data[1] == 0;
	case RRTYPE_NSEC3: /* a hash that is not SHA-1's: ldns */
		return rdata.data[5 + rdata.data[4]] != 20;
	case RRTYPE_CAA:
		return has_capital(rdata.data + 1);
	default:
		return false;
	}
}

bool
rdtext_put(struct buf *out, uint16_t type, struct rdata rdata)
{
	struct rdcursor c = {rdata.data, rdata.len, 0};
	size_t start = out->len;
	const char *f;

	if (type >= TEXTS || texts[type] == NULL)
		return false;
	if (is_odd(type, rdata))
		return false;
	for (f = texts[type]; *f != '\0'; f++) {
		if (*f == 'B') {
			put_bitmap(out, &c);
			continue;
		}
		if (f != texts[type] && *f != 'V')
			buf_u8(out, ' ');
		if (!put_field(*f, out, &c)) {
			out->len = start;
			return false;
		}
	}
	return true;
}

void
rdtext_put_generic(struct buf *out, struct rdata rdata)
{
	struct rdcursor c = {rdata.data, rdata.len, 0};

	buf_str(out, "\\# ");
	rdtext_put_number(out, rdata.len);
	if (rdata.len == 0)
		return;
	buf_u8(out, ' ');
	put_hex(out, &c, rdata.len);
}
