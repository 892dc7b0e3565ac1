/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RRs to text; libzscanner and ldns read what we write. */
#include <stdlib.h>

#include "dns/rdata.h"
#include "readers.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

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
    {"x. DNSKEY ( 257 3 13 AQID )", "x.\t3600\tIN\tDNSKEY\t257 3 13 AQID"},
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
    {"x. HTTPS 1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1",
	"x.\t3600\tIN\tHTTPS\t1 . alpn=\"h2,h3\" port=443 "
	"ipv4hint=192.0.2.1"},
    {"x. SVCB 0 y.", "x.\t3600\tIN\tSVCB\t0 y."},
    {"x. APL 1:192.0.2.0/24 !2:2001:db8::/32",
	"x.\t3600\tIN\tAPL\t1:192.0.2.0/24 !2:2001:db8::/32"},
    {"x. LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0m 10000m 10m",
	"x.\t3600\tIN\tLOC\t52 22 23.000 N 4 53 32.000 E -2.00m 0.00m "
	"10000m 10m"},
    /* What BIND, ldns, NSD and Knot do not all read in another form. */
    {"x. TYPE731 \\# 2 AbcD", "x.\t3600\tIN\tTYPE731\t\\# 2 abcd"},
    {"x. TYPE731 \\# 0", "x.\t3600\tIN\tTYPE731\t\\# 0"},
    {"x. MD y.", "x.\t3600\tIN\tTYPE3\t\\# 3 017900"},
    {"x. X25 3111", "x.\t3600\tIN\tTYPE19\t\\# 5 0433313131"},
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
	static struct one rr;
	char *text;

	one_read(lines[_i].in, &rr);
	text = one_write(&rr);
	ck_assert_str_eq(text, lines[_i].out);
	one_back(&rr, text);
	free(text);
}
END_TEST

/* Every ceiling from nothing up: a whole line or a failed buffer. */
START_TEST(test_ceiling)
{
	static struct one l;
	struct rdata rdata;
	size_t max, len = 0;

	one_read(lines[_i].in, &l);
	rdata.data = l.rdata;
	rdata.len = l.rdata_len;
	for (max = 0; max < 1400; max += 7) {
		struct buf out;

		buf_init(&out, max);
		rrtext_put(&out, l.owner, 1, l.type, rdata);
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

/* Random RDATA of every type. */
START_TEST(test_random)
{
	static struct one l;
	uint32_t seed = (uint32_t)_i, round, i;

	l.type = (uint16_t)_i;
	if (rrtype_is_meta(l.type))
		return;
	memcpy(l.owner, "\1x", 3);
	for (round = 0; round < 400; round++) {
		char *text;

		l.ttl = next_random(&seed) & 0x7fffffff;
		l.rdata_len = (uint16_t)(next_random(&seed) % 40);
		for (i = 0; i < l.rdata_len; i++)
			l.rdata[i] = (uint8_t)(next_random(&seed) %
					       (round % 2 == 0 ? 4 : 256));
		if (!rdata_check(l.type, l.rdata, l.rdata_len))
			continue;
		text = one_write(&l);
		one_back(&l, text);
		free(text);
	}
}
END_TEST

/* The largest RDATA of all. */
START_TEST(test_largest)
{
	static struct one l;
	char *text;
	size_t i;

	memcpy(l.owner, "\1x", 3);
	l.type = _i == 0 ? RRTYPE_TXT : 65280;
	l.rdata_len = 65535;
	for (i = 0; i < 65535; i++)
		l.rdata[i] = i % 256 == 0 ? 255 : (uint8_t)(i * 7);
	l.rdata[65280] = 254; /* the last string of a TXT */
	text = one_write(&l);
	one_back(&l, text);
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
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
