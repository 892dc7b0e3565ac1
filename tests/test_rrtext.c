/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RRs to text and back; ldns reads what we write. */
#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { TEXT_MAX = 1 << 20 };

/* The RRs that were read, the last one kept. */
struct last {
	struct rrtext rr;
	size_t count;
	size_t stop_at; /* fail at this one; 0: never */
};

static enum dflow_status
keep(const struct rrtext *rr, void *ctx, struct dflow_err *err)
{
	struct last *l = ctx;

	memcpy(&l->rr, rr, sizeof(*rr));
	l->count++;
	if (l->count == l->stop_at)
		return err_set(err, DFLOW_REFUSED, "stopped");
	return DFLOW_OK;
}

static void
read_one(const char *text, struct last *l)
{
	struct dflow_err err;

	l->count = 0;
	l->stop_at = 0;
	ck_assert_msg(rrtext_read("f", text, strlen(text), 3600, keep, l,
			  &err) == DFLOW_OK,
	    "%s: %s", text, err.text);
	ck_assert_uint_eq(l->count, 1);
}

/* The line that rrtext_put writes, without its newline; the caller frees. */
static char *
put_one(const struct rrtext *rr)
{
	struct rdata rdata = {rr->rdata, rr->rdata_len};
	struct buf out;
	char *text;

	buf_init(&out, TEXT_MAX);
	rrtext_put(&out, rr->owner, rr->ttl, rr->type, rdata);
	ck_assert(!out.failed);
	ck_assert_uint_eq(out.data[out.len - 1], '\n');
	text = strndup((char *)out.data, out.len - 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), out.len - 1);
	buf_free(&out);
	return text;
}

/* What is read, and the very line that is written for it. */
static const struct {
	const char *in;
	const char *out;
} lines[] = {
    {"x. 60 IN A 192.0.2.255", "x.\t60\tIN\tA\t192.0.2.255"},
    {"x. A 0.0.0.0", "x.\t3600\tIN\tA\t0.0.0.0"},
    {". NS A.Root.", ".\t3600\tIN\tNS\tA.Root."},
    {"x. SOA a. b\\.c.d. 1 2 3 4 4294967295",
	"x.\t3600\tIN\tSOA\ta. b\\.c.d. 1 2 3 4 4294967295"},
    {"a\\032b.\\@. CNAME \\000.x.", "a\\032b.\\@.\t3600\tIN\tCNAME\t\\000.x."},
    {"x. DNAME y.", "x.\t3600\tIN\tDNAME\ty."},
    {"x. PTR y.", "x.\t3600\tIN\tPTR\ty."},
    {"x. MX 10 y.", "x.\t3600\tIN\tMX\t10 y."},
    {"x. AAAA ::", "x.\t3600\tIN\tAAAA\t::"},
    {"x. AAAA ::1", "x.\t3600\tIN\tAAAA\t::1"},
    {"x. AAAA 1::", "x.\t3600\tIN\tAAAA\t1::"},
    {"x. AAAA 2001:DB8:0:0:1:0:0:1", "x.\t3600\tIN\tAAAA\t2001:db8::1:0:0:1"},
    {"x. AAAA 2001:db8:0:1:1:1:1:1",
	"x.\t3600\tIN\tAAAA\t2001:db8:0:1:1:1:1:1"},
    {"x. AAAA 0:0:1:0:0:0:1:0", "x.\t3600\tIN\tAAAA\t0:0:1::1:0"},
    {"x. AAAA ::ffff:192.0.2.1", "x.\t3600\tIN\tAAAA\t::ffff:c000:201"},
    {"x. TXT \"a;b\" \"\" c", "x.\t3600\tIN\tTXT\t\"a;b\" \"\" \"c\""},
    {"x. TXT \"\\\"\\\\\\000\\255 \"",
	"x.\t3600\tIN\tTXT\t\"\\\"\\\\\\000\\255 \""},
    {"x. SPF v", "x.\t3600\tIN\tSPF\t\"v\""},
    {"x. HINFO \"\" b", "x.\t3600\tIN\tHINFO\t\"\" \"b\""},
    {"x. SRV 1 2 65535 .", "x.\t3600\tIN\tSRV\t1 2 65535 ."},
    {"x. CAA 128 issue \"a;\\\"\"", "x.\t3600\tIN\tCAA\t128 issue \"a;\\\"\""},
    {"x. CAA \\# 8 0005497373756578",
	"x.\t3600\tIN\tCAA\t\\# 8 0005497373756578"},
    {"x. CAA 0 issue \"\"", "x.\t3600\tIN\tCAA\t0 issue \"\""},
    {"x. DS 1 8 2 000102030405060708090A0B0C0D0E0F 0001020304050607"
     "08090A0B0C0D0E0F",
	"x.\t3600\tIN\tDS\t1 8 2 000102030405060708090a0b0c0d0e0f"
	"000102030405060708090a0b0c0d0e0f"},
    {"x. CDS 0 0 0 00", "x.\t3600\tIN\tCDS\t0 0 0 00"},
    {"x. DNSKEY 257 3 13 AQ ID", "x.\t3600\tIN\tDNSKEY\t257 3 13 AQID"},
    {"x. CDNSKEY 0 3 0 AA==", "x.\t3600\tIN\tCDNSKEY\t0 3 0 AA=="},
    {"x. RRSIG A 13 1 60 20221224000000 20220922073938 11238 X. AQID",
	"x.\t3600\tIN\tRRSIG\tA 13 1 60 20221224000000 20220922073938 "
	"11238 X. AQID"},
    {"x. RRSIG TYPE3 13 1 60 4294967295 0 1 . AQID",
	"x.\t3600\tIN\tRRSIG\tTYPE3 13 1 60 21060207062815 "
	"19700101000000 1 . AQID"},
    {"x. NSEC y. A NS TYPE3 RRSIG NSEC TYPE65535",
	"x.\t3600\tIN\tNSEC\ty. A NS TYPE3 RRSIG NSEC TYPE65535"},
    {"x. NSEC3 1 1 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR",
	"x.\t3600\tIN\tNSEC3\t1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
    {"x. NSEC3 1 0 10 AABB 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG",
	"x.\t3600\tIN\tNSEC3\t1 0 10 aabb "
	"2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG"},
    {"x. NSEC3PARAM 1 0 0 -", "x.\t3600\tIN\tNSEC3PARAM\t1 0 0 -"},
    {"x. ZONEMD 1 1 240 000102030405060708090a0b",
	"x.\t3600\tIN\tZONEMD\t1 1 240 000102030405060708090a0b"},
    {"x. TLSA 3 1 1 0Aff", "x.\t3600\tIN\tTLSA\t3 1 1 0aff"},
    {"x. SMIMEA 3 1 1 0Aff", "x.\t3600\tIN\tSMIMEA\t3 1 1 0aff"},
    {"x. SSHFP 4 2 0Aff", "x.\t3600\tIN\tSSHFP\t4 2 0aff"},
    {"x. MINFO a. b.", "x.\t3600\tIN\tMINFO\ta. b."},
    {"x. RP a. b.", "x.\t3600\tIN\tRP\ta. b."},
    {"x. AFSDB 1 a.", "x.\t3600\tIN\tAFSDB\t1 a."},
    {"x. RT 1 a.", "x.\t3600\tIN\tRT\t1 a."},
    {"x. KX 1 a.", "x.\t3600\tIN\tKX\t1 a."},
    {"x. KEY 256 3 5 AQID", "x.\t3600\tIN\tKEY\t256 3 5 AQID"},
    {"x. CERT PGP 0 0 AQID", "x.\t3600\tIN\tCERT\t3 0 0 AQID"},
    {"x. NAPTR 1 2 \"S\" \"a+b\" \"!^.*$!x!\" y.",
	"x.\t3600\tIN\tNAPTR\t1 2 \"S\" \"a+b\" \"!^.*$!x!\" y."},
    {"x. DHCID AQID", "x.\t3600\tIN\tDHCID\tAQID"},
    {"x. OPENPGPKEY AQID", "x.\t3600\tIN\tOPENPGPKEY\tAQID"},
    {"x. CSYNC 66 3 A NS", "x.\t3600\tIN\tCSYNC\t66 3 A NS"},
    {"x. NID 10 0014:4fff:ff20:ee64",
	"x.\t3600\tIN\tNID\t10 0014:4fff:ff20:ee64"},
    {"x. L32 10 192.0.2.1", "x.\t3600\tIN\tL32\t10 192.0.2.1"},
    {"x. L64 10 2001:db8:1140:1000",
	"x.\t3600\tIN\tL64\t10 2001:0db8:1140:1000"},
    {"x. LP 10 y.", "x.\t3600\tIN\tLP\t10 y."},
    {"x. EUI48 00-00-5E-00-53-2a", "x.\t3600\tIN\tEUI48\t00-00-5e-00-53-2a"},
    {"x. EUI64 00-00-5e-ef-10-00-00-2a",
	"x.\t3600\tIN\tEUI64\t00-00-5e-ef-10-00-00-2a"},
    {"x. URI 10 1 \"a\\\"b\"", "x.\t3600\tIN\tURI\t10 1 \"a\\\"b\""},
    /* Written by ldns. */
    {"x. HTTPS 1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1",
	"x.\t3600\tIN\tHTTPS\t1 . alpn=h2,h3 port=443 "
	"ipv4hint=192.0.2.1"},
    {"x. SVCB 0 y.", "x.\t3600\tIN\tSVCB\t0 y."},
    {"x. APL 1:192.0.2.0/24 !2:2001:db8::/32", NULL},
    {"x. LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0m 10000m 10m", NULL},
    /* What BIND, ldns, NSD and Knot do not all read in another form. */
    {"x. TYPE731 \\# 2 AbcD", "x.\t3600\tIN\tTYPE731\t\\# 2 abcd"},
    {"x. TYPE731 \\# 0", "x.\t3600\tIN\tTYPE731\t\\# 0"},
    {"x. MD y.", "x.\t3600\tIN\tTYPE3\t\\# 3 017900"},
    {"x. X25 311", "x.\t3600\tIN\tTYPE19\t\\# 4 03333131"},
    {"x. PX 10 a. b.", "x.\t3600\tIN\tTYPE26\t\\# 8 000a016100016200"},
    {"x. HIP \\# 6 01020001aabb", "x.\t3600\tIN\tTYPE55\t\\# 6 01020001aabb"},
    {"x. IPSECKEY \\# 3 0a0000", "x.\t3600\tIN\tIPSECKEY\t\\# 3 0a0000"},
    {"x. CSYNC \\# 6 000000420003", "x.\t3600\tIN\tCSYNC\t\\# 6 000000420003"},
    {"x. CERT \\# 6 00000000000a", "x.\t3600\tIN\tCERT\t\\# 6 00000000000a"},
    {"x. NSEC3 \\# 8 0100000000020810",
	"x.\t3600\tIN\tNSEC3\t\\# 8 0100000000020810"},
    {"x. KEY \\# 4 c0000305", "x.\t3600\tIN\tKEY\t\\# 4 c0000305"},
    {"x. APL \\# 0", "x.\t3600\tIN\tAPL\t\\# 0"},
    {"x. A \\# 4 c0000201", "x.\t3600\tIN\tA\t192.0.2.1"},
};

START_TEST(test_lines)
{
	static struct last l, back;
	char *text;

	read_one(lines[_i].in, &l);
	text = put_one(&l.rr);
	if (lines[_i].out != NULL)
		ck_assert_str_eq(text, lines[_i].out);
	else
		ck_assert_ptr_null(strchr(text, '#'));
	read_one(text, &back);
	ck_assert_uint_eq(back.rr.type, l.rr.type);
	ck_assert_uint_eq(back.rr.ttl, l.rr.ttl);
	ck_assert_uint_eq(back.rr.rdata_len, l.rr.rdata_len);
	ck_assert_mem_eq(back.rr.rdata, l.rr.rdata, l.rr.rdata_len);
	ck_assert_mem_eq(back.rr.owner, l.rr.owner, name_len(l.rr.owner));
	free(text);
}
END_TEST

/* Every ceiling from nothing up: a whole line or a failed buffer. */
START_TEST(test_ceiling)
{
	static struct last l;
	struct rdata rdata;
	size_t max, len = 0;

	read_one(lines[_i].in, &l);
	rdata.data = l.rr.rdata;
	rdata.len = l.rr.rdata_len;
	for (max = 0; max < 1400; max += 7) {
		struct buf out;

		buf_init(&out, max);
		rrtext_put(&out, l.rr.owner, 1, l.rr.type, rdata);
		if (!out.failed) {
			ck_assert(len == 0 || len == out.len);
			len = out.len;
		}
		ck_assert_uint_le(out.len, max);
		buf_free(&out);
	}
}
END_TEST

/* Malformed RDATA goes out as it is, whatever its type. */
START_TEST(test_malformed)
{
	static const uint8_t bytes[] = {0xc0, 0x0c, 0x40, 0, 1};
	struct rdata rdata = {bytes, 5};
	struct buf out;

	buf_init(&out, 10000);
	rrtext_put(&out, (const uint8_t *)"\1x", 1, (uint16_t)_i, rdata);
	buf_u8(&out, 0);
	ck_assert(!out.failed);
	if (!rdata_check((uint16_t)_i, bytes, 5))
		ck_assert_ptr_nonnull(
		    strstr((char *)out.data, "\t\\# 5 c00c400001\n"));
	buf_free(&out);
}
END_TEST

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Random RDATA of every type, from our writer through our reader and ldns. */
START_TEST(test_random)
{
	static struct last l, back;
	uint32_t seed = (uint32_t)_i, round, i;
	uint16_t type = (uint16_t)_i;

	if (rrtype_is_meta(type))
		return;
	memcpy(l.rr.owner, "\1x", 3);
	for (round = 0; round < 400; round++) {
		char *text;

		l.rr.type = type;
		l.rr.ttl = next_random(&seed) & 0x7fffffff;
		l.rr.rdata_len = (uint16_t)(next_random(&seed) % 40);
		for (i = 0; i < l.rr.rdata_len; i++)
			l.rr.rdata[i] = (uint8_t)(next_random(&seed) %
						  (round % 2 == 0 ? 4 : 256));
		if (!rdata_check(type, l.rr.rdata, l.rr.rdata_len))
			continue;
		text = put_one(&l.rr);
		read_one(text, &back);
		ck_assert_uint_eq(back.rr.type, type);
		ck_assert_uint_eq(back.rr.ttl, l.rr.ttl);
		ck_assert_msg(
		    back.rr.rdata_len == l.rr.rdata_len &&
			memcmp(back.rr.rdata, l.rr.rdata, l.rr.rdata_len) == 0,
		    "%s", text);
		free(text);
	}
}
END_TEST

/* The largest RDATA of all. */
START_TEST(test_largest)
{
	static struct last l, back;
	char *text;
	size_t i;

	l.rr.type = _i == 0 ? RRTYPE_TXT : 65280;
	l.rr.rdata_len = 65535;
	for (i = 0; i < 65535; i++)
		l.rr.rdata[i] = i % 256 == 0 ? 255 : (uint8_t)(i * 7);
	text = put_one(&l.rr);
	if (_i == 1) {
		read_one(text, &back);
		ck_assert_uint_eq(back.rr.rdata_len, 65535);
		ck_assert_mem_eq(back.rr.rdata, l.rr.rdata, 65535);
	}
	free(text);
}
END_TEST

START_TEST(test_rrset)
{
	uint8_t packed[12] = {0, 0, 192, 0, 2, 1, 0, 0, 192, 0, 2, 2};
	struct rrset set = {(const uint8_t *)"\1x", packed, 60, 2, 1};
	uint16_t four = 4;
	struct buf out;

	memcpy(packed, &four, 2);
	memcpy(packed + 6, &four, 2);
	buf_init(&out, 10000);
	rrtext_put_rrset(&out, &set);
	buf_u8(&out, 0);
	ck_assert_str_eq((char *)out.data, "x.\t60\tIN\tA\t192.0.2.1\n"
					   "x.\t60\tIN\tA\t192.0.2.2\n");
	buf_free(&out);
}
END_TEST

static const struct {
	const char *text;
	size_t count; /* RRs, when it is good */
	const char *err; /* NULL: good */
	const char *reason;
} files[] = {
    {"", 0, NULL, "nothing"},
    {"\n\r\n ; c\n\t\n", 0, NULL, "blank lines"},
    {"x. A 192.0.2.1", 1, NULL, "no final newline"},
    {"x. A 192.0.2.1\r\ny. A 192.0.2.2\r\n", 2, NULL, "CRLF"},
    {"x. A 192.0.2.1\r", 1, NULL, "a CRLF that was cut"},
    {"x. 1h30m IN A 192.0.2.1 ; (c \"\n", 1, NULL, "a comment"},
    {"x. IN 5 A 192.0.2.1\n", 1, NULL, "class first"},
    {"x. CLASS1 A 192.0.2.1\n", 1, NULL, "class by number"},
    {"$TTL 5\n$ORIGIN x.\n@ A 192.0.2.1\n A 192.0.2.2\n", 2, NULL,
	"directives, the same owner again"},
    {"x. DNSKEY ( 257 3 ; c\n 13 AQ\n\tID ) ;{id = 1 (ksk)}\n", 1, NULL,
	"several lines"},
    {"x. TXT \"( ; \" a\\;b c\\ d\n", 1, NULL, "quotes and escapes"},
    {"; m\303\274ller\nx. A 192.0.2.1\n", 1, NULL, "UTF-8 in a comment"},
    {"x. TYPE1 192.0.2.1\n", 1, NULL, "a known type by its number"},
    {"x. TYPE9999 \\# 3 aa bb cc\n", 1, NULL, "hex in words"},
    {" A 192.0.2.1\n", 0, "f:1: ", "no owner"},
    {"x. A 192.0.2.1\nhello\n", 1, "f:2: ", "a word"},
    {"x. A 192.0.2.1\nhello world\n", 1, "f:2: ", "two words"},
    {"x. CH A 192.0.2.1\n", 0, "f:1: class CH", "class CH"},
    {"x. CLASS3 A 192.0.2.1\n", 0, "f:1: class", "class 3"},
    {"x. IN IN A 192.0.2.1\n", 0, "f:1: a second class", "IN IN"},
    {"x. 1 2 A 192.0.2.1\n", 0, "f:1: a second TTL", "two TTLs"},
    {"x. 2147483648 A 192.0.2.1\n", 0, "f:1: 2147483648 is not a TTL",
	"a TTL of 2^31"},
    {"x. 1x A 192.0.2.1\n", 0, "f:1: ", "a unit of no time"},
    {"x. 99999999999999999999 A 192.0.2.1\n", 0, "f:1: ", "a huge TTL"},
    {"$TTL\n", 0, "f:1: ", "no TTL"},
    {"$TTL 1 2\n", 0, "f:1: ", "two TTLs"},
    {"$INCLUDE /etc/passwd\n", 0, "f:1: $INCLUDE", "an include"},
    {"$GENERATE 1-9 x$ A 192.0.2.$\n", 0, "f:1: ", "BIND's own"},
    {"$ORIGIN a..b\n", 0, "f:1: ", "a broken origin"},
    {"\n\nx. DNSKEY ( 257 3\n13 AQID\n", 0, "f:3: a parenthesis is not",
	"an open parenthesis"},
    {"x. A ) 192.0.2.1\n", 0, "f:1: a parenthesis too", "a closed one"},
    {"x. A ((192.0.2.1))\n", 0, "f:1: a parenthesis too", "two"},
    {"x. TXT \"a\ny. A 192.0.2.1\n", 0, "f:1: a quotation mark",
	"an open quote"},
    {"x. TXT \"a", 0, "f:1: a quotation mark", "one at the end"},
    {"x. TXT a\\\n", 0, "f:1: a backslash", "a backslash"},
    {"x. TXT a\\", 0, "f:1: a backslash", "one at the end"},
    {"x. TXT \001\n", 0, "f:1: a control character", "a control"},
    {"x. A\r192.0.2.1\n", 0, "f:1: a control character", "a bare CR"},
    {"x. A 192.0.2\n", 0, "f:1: ", "a short address"},
    {"x. A 192.0.2.1 5\n", 0, "f:1: ", "rubbish behind"},
    {"x. A\n", 0, "f:1: ", "no data"},
    {"x. \n", 0, "f:1: ", "no type"},
    {"x. A \\# 5 0102030405\n", 0, "f:1: ", "an A of five bytes"},
    {"x. TYPE9999 \\# 3 aabb\n", 0, "f:1: ", "too little"},
    {"x. TYPE9999 \\# 1 aabb\n", 0, "f:1: ", "too much"},
    {"x. TYPE9999 \\# 65536 aabb\n", 0, "f:1: ", "too long"},
    {"x. TYPE9999 \\# aabb\n", 0, "f:1: ", "no length"},
    {"x. TYPE9999 \\# 1 a\n", 0, "f:1: ", "half a byte"},
    {"x. TYPE9999 aabb\n", 0, "f:1: ", "an unknown type's data"},
    {"x. ANY 1\n", 0, "f:1: ", "a query type"},
    {"x. TYPE0 \\# 0\n", 0, "f:1: ", "type 0"},
    {"x. OPT \\# 0\n", 0, "f:1: ", "OPT"},
    {"a..b. A 192.0.2.1\n", 0, "f:1: ", "a broken owner"},
    {"x. IPSECKEY 10 0 2 . AQID\n", 0, "f:1: ", "ldns leaks"},
    {"x. DNSKEY 257 3 13 AQ!D\n", 0, "f:1: ", "not base64"},
    {"x. DNSKEY 257 3 13\n", 0, "f:1: ", "no key"},
    {"\177ELF\002\n", 0, "f:1: a control character", "a program"},
    {"-----BEGIN PRIVATE KEY-----\nMIGH\n", 0, "f:1: ", "a PEM file"},
    {"{\"zone\": \"x\"}\n", 0, "f:1: ", "JSON"},
};

START_TEST(test_files)
{
	static struct last l;
	struct dflow_err err = {.text = ""};
	enum dflow_status status;

	memset(&l, 0, sizeof(l));
	status = rrtext_read(
	    "f", files[_i].text, strlen(files[_i].text), 77, keep, &l, &err);
	if (files[_i].err == NULL)
		ck_assert_msg(
		    status == DFLOW_OK, "%s: %s", files[_i].reason, err.text);
	else
		ck_assert_msg(
		    status == DFLOW_FAILED && strncmp(err.text, files[_i].err,
						  strlen(files[_i].err)) == 0,
		    "%s: %s", files[_i].reason, err.text);
	ck_assert_msg(l.count == files[_i].count, "%s: %zu RRs",
	    files[_i].reason, l.count);
	ck_assert_ptr_null(strpbrk(err.text, "\n\r\177\001"));
}
END_TEST

START_TEST(test_fields)
{
	static struct last l;

	read_one(
	    "$TTL 5\n$ORIGIN Sub.Example.\n\n\nwww 1W2d MX (\n10 mx )\n", &l);
	ck_assert_uint_eq(l.rr.line, 5);
	ck_assert_uint_eq(l.rr.ttl, 9 * 86400);
	ck_assert_mem_eq(l.rr.owner, "\3www\3Sub\7Example", 17);
	ck_assert_uint_eq(l.rr.rdata_len, 18);
	ck_assert_mem_eq(l.rr.rdata, "\0\12\2mx\3Sub\7Example", 18);
	read_one("$ORIGIN Sub.Example.\n@ NS @\n", &l);
	ck_assert_uint_eq(l.rr.ttl, 3600);
	ck_assert_mem_eq(l.rr.owner, "\3Sub\7Example", 13);
	ck_assert_mem_eq(l.rr.rdata, "\3Sub\7Example", 13);
	read_one("www 0 A 192.0.2.1", &l);
	ck_assert_mem_eq(l.rr.owner, "\3www", 5);
	ck_assert_uint_eq(l.rr.ttl, 0);
	read_one("x\\. A 192.0.2.1", &l);
	ck_assert_mem_eq(l.rr.owner, "\2x.", 4);
}
END_TEST

START_TEST(test_stop)
{
	static const char text[] = "a. A 192.0.2.1\nb. A 192.0.2.2\n$bad\n";
	static struct last l;
	struct dflow_err err;

	memset(&l, 0, sizeof(l));
	l.stop_at = 1;
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "stopped");
	ck_assert_uint_eq(l.count, 1);
}
END_TEST

/* A NUL anywhere, a comment too; a relative name that grows too long. */
START_TEST(test_hostile)
{
	static const char nul[] = "; a\0b\nx. A 192.0.2.1\n";
	static struct last l;
	struct dflow_err err;
	char *text = malloc(TEXT_MAX);
	size_t i;

	ck_assert_ptr_nonnull(text);
	ck_assert(rrtext_read("f", nul, sizeof(nul) - 1, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	ck_assert_str_eq(err.text, "f:1: a control character (byte 0); this "
				   "is not a text file of DNS records");
	memset(text, 'a', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '\\', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '(', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '\n', TEXT_MAX);
	text[0] = '(';
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	/* Long words; those of OPENPGPKEY go to ldns, in one piece. */
	for (i = 100; i < 190000; i += 9000) {
		(void)snprintf(
		    text, TEXT_MAX, "x. DNSKEY 257 3 8 %0*d\n", (int)i, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == (i < 87372 ? DFLOW_OK : DFLOW_FAILED));
		(void)snprintf(
		    text, TEXT_MAX, "x. OPENPGPKEY %0*d\n", (int)i, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == (i < 60000 ? DFLOW_OK : DFLOW_FAILED));
		(void)snprintf(
		    text, TEXT_MAX, "x. TXT %0*d\n", (int)i + 200, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == DFLOW_FAILED);
		(void)snprintf(text, TEXT_MAX, "x. NS %0*d.\n", (int)i, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == DFLOW_FAILED);
	}
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.\n"
	    "%060d.b NS a.\n",
	    0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_OK);
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.%060d.\n"
	    "%060d NS a.\n",
	    0, 0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.%060d.\n"
	    "a NS %060d\n",
	    0, 0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rrtext");
	TCase *t = tcase_create("rrtext");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_lines, 0, COUNT(lines));
	tcase_add_loop_test(t, test_ceiling, 0, COUNT(lines));
	tcase_add_loop_test(t, test_malformed, 0, 300);
	tcase_add_loop_test(t, test_random, 0, 270);
	tcase_add_loop_test(t, test_largest, 0, 2);
	tcase_add_test(t, test_rrset);
	tcase_add_loop_test(t, test_files, 0, COUNT(files));
	tcase_add_test(t, test_fields);
	tcase_add_test(t, test_stop);
	tcase_add_test(t, test_hostile);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
