/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RDATA: what is well-formed, the canonical form and its order. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/rdata.h"
#include "dns/rrtype.h"
#include "zone/load.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { BYTES = 2000 };

/*
 * Good RDATA: in hexadecimal, with the length from which on truncated RDATA
 * is well-formed too (0: only the whole is).
 */
static const struct {
	uint16_t type;
	size_t min;
	const char *hex;
} good[] = {
    {RRTYPE_A, 0, "c0000201"},
    {RRTYPE_NS, 0, "0378797a03434f4d00"},
    {RRTYPE_CNAME, 0, "00"},
    {RRTYPE_SOA, 0,
	"016100016200"
	"00000001000000020000000300000004"
	"00000005"},
    {11, 5, "c000020106ff"},
    {RRTYPE_HINFO, 0, "0250430141"},
    {RRTYPE_HINFO, 0, "0000"},
    {RRTYPE_MINFO, 0, "016100016200"},
    {RRTYPE_MX, 0, "000a016100"},
    {RRTYPE_TXT, 0, "03616263"},
    {RRTYPE_TXT, 0, "00"},
    {RRTYPE_RP, 0, "0000"},
    {19, 0, "0131"},
    {20, 0, "0131"},
    {RRTYPE_SIG, 22, "0001080200000e10000000020000000104d2016100aabb"},
    {RRTYPE_KEY, 4, "01000305aabb"},
    {RRTYPE_PX, 0, "000a016100016200"},
    {27, 0, "013101320133"},
    {RRTYPE_AAAA, 0, "20010db8000000000000000000000001"},
    {RRTYPE_LOC, 0, "00121613800000008000000000989680"},
    {RRTYPE_SRV, 0, "000100020003016100"},
    {RRTYPE_NAPTR, 0, "00640032015300000161016200"},
    {RRTYPE_CERT, 6, "0001000203aabb"},
    {RRTYPE_A6, 0, "0020010db8000000000000000000000001"},
    {RRTYPE_A6, 0, "400000000000000001016102626200"},
    {RRTYPE_A6, 0, "80016100"},
    {RRTYPE_DNAME, 0, "0161016200"},
    {RRTYPE_DS, 5, "04d20800aabb"},
    {RRTYPE_DS, 0,
	"04d20801"
	"000102030405060708090a0b0c0d0e0f10111213"},
    {RRTYPE_DS, 0,
	"04d20802"
	"000102030405060708090a0b0c0d0e0f"
	"000102030405060708090a0b0c0d0e0f"},
    {RRTYPE_CDS, 5, "0000000000"},
    {RRTYPE_SSHFP, 3, "0101aabb"},
    {RRTYPE_IPSECKEY, 3, "0a0002aabb"},
    {RRTYPE_IPSECKEY, 7, "0a0102c0000201aabb"},
    {RRTYPE_IPSECKEY, 19, "0a020220010db8000000000000000000000001aa"},
    {RRTYPE_IPSECKEY, 6, "0a0302016100aabb"},
    {RRTYPE_RRSIG, 22, "0001080200000e10000000020000000104d2016100aabb"},
    {RRTYPE_NSEC, 0, "01610000026040"},
    {RRTYPE_DNSKEY, 5, "01000308aabb"},
    {RRTYPE_DHCID, 1, "aabb"},
    {RRTYPE_NSEC3, 0,
	"01010002"
	"02aabb"
	"02ccdd"
	"000140"},
    {RRTYPE_NSEC3, 0,
	"01000000"
	"00"
	"01cc"},
    {RRTYPE_NSEC3PARAM, 0, "0100000000"},
    {RRTYPE_NSEC3PARAM, 0, "0100000a02aabb"},
    {RRTYPE_TLSA, 4, "030101aabb"},
    {55, 0,
	"02020001"
	"aabb"
	"cc"
	"016100"
	"00"},
    {58, 0, "016100016200"},
    {RRTYPE_CSYNC, 0, "000000010003000160"},
    {RRTYPE_ZONEMD, 18, "0000000101f0000102030405060708090a0b0c"},
    {RRTYPE_SVCB, 0, "000100"},
    {RRTYPE_HTTPS, 0,
	"0001000001000302683200030002"
	"0050"},
    {RRTYPE_HTTPS, 0, "00010000040004c0000201"},
    {66, 0,
	"003b01"
	"1538016100"},
    {104, 0, "000a0014004fff20ee64"},
    {105, 0, "000ac0000201"},
    {107, 0, "000a016100"},
    {108, 0, "00005e00532a"},
    {109, 0, "00005eef1000002a"},
    {RRTYPE_URI, 5, "000a0001616263"},
    {RRTYPE_CAA, 7,
	"00056973737565"
	"aabb"},
    {259, 10, "00000000000000000100aa"},
    {260, 0, "0a03016100"},
    {260, 0, "0a81c0000201"},
    {260, 0, "0a00"},
    {32769, 5, "04d20800aabb"},
    {RRTYPE_APL, 0, "0001150385a8c0"},
};

static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t len = 0;

	ck_assert(hex_decode(hex, strlen(hex), out, BYTES, &len));
	return len;
}

/* rdata_check of a copy without a byte to spare, so that overreads show. */
static bool
check_tight(uint16_t type, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	bool ok;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	ok = rdata_check(type, copy, len);
	free(copy);
	return ok;
}

START_TEST(test_good)
{
	uint8_t data[BYTES];
	size_t len = unhex(good[_i].hex, data), n;
	uint16_t type = good[_i].type;

	ck_assert_msg(check_tight(type, data, len), "%s", good[_i].hex);
	for (n = 0; n < len; n++) {
		bool open = good[_i].min != 0 && n >= good[_i].min;

		/* A field that may be absent, at the end. */
		if (type == RRTYPE_NSEC || type == RRTYPE_NSEC3 ||
		    type == RRTYPE_CSYNC || type == RRTYPE_HTTPS ||
		    type == RRTYPE_APL || type == 55)
			(void)check_tight(type, data, n);
		else
			ck_assert_msg(check_tight(type, data, n) == open,
			    "type %u, %zu of %s", type, n, good[_i].hex);
	}
	if (good[_i].min != 0)
		return;
	data[len] = 0xff;
	ck_assert_msg(!check_tight(type, data, len + 1), "a byte behind %s",
	    good[_i].hex);
}
END_TEST

static const struct {
	uint16_t type;
	const char *hex;
	const char *reason;
} wrong[] = {
    {RRTYPE_A, "0102030405", "five bytes"},
    {RRTYPE_A, "", "nothing"},
    {RRTYPE_NS, "0161", "no root label"},
    {RRTYPE_NS, "c00c", "a compression pointer"},
    {RRTYPE_NS, "", "nothing"},
    {RRTYPE_TXT, "", "no string"},
    {RRTYPE_TXT, "0461", "a string cut short"},
    {RRTYPE_TXT, "016103", "a second string cut short"},
    {20, "01310132ff", "three strings"},
    {RRTYPE_LOC, "01121613800000008000000000989680", "version 1"},
    {RRTYPE_LOC, "00a21613800000008000000000989680", "size a2"},
    {RRTYPE_LOC, "000a1613800000008000000000989680", "size 0a"},
    {RRTYPE_LOC, "00121613935087018000000000989680", "91 degrees N"},
    {RRTYPE_LOC,
	"001216138000000059"
	"5EF0FF00989680",
	"181 degrees W"},
    {RRTYPE_NSEC, "0000", "half a window"},
    {RRTYPE_NSEC, "000000", "an empty window"},
    {RRTYPE_NSEC, "00000100", "a trailing zero byte"},
    {RRTYPE_NSEC, "0000024000", "a trailing zero byte behind"},
    {RRTYPE_NSEC, "00000140000140", "the window twice"},
    {RRTYPE_NSEC, "00010140000140", "windows descending"},
    {RRTYPE_NSEC,
	"000021"
	"01010101010101010101010101010101"
	"0101010101010101010101010101010101",
	"33 bytes"},
    {RRTYPE_NSEC3, "010000000000", "a hash of no bytes"},
    {RRTYPE_NSEC3, "0100000005aa", "a salt cut short"},
    {RRTYPE_NSEC3PARAM, "0100000001", "a salt cut short"},
    {RRTYPE_DS, "04d20802aabb", "SHA-256 of two bytes"},
    {RRTYPE_DS, "04d20804aabb", "SHA-384 of two bytes"},
    {RRTYPE_CDS, "04d20801aabb", "SHA-1 of two bytes"},
    {RRTYPE_DS, "04d20800", "no digest"},
    {RRTYPE_ZONEMD, "000000010101aabb", "SHA-384 of two bytes"},
    {RRTYPE_ZONEMD, "0000000101f0000102030405060708090a", "eleven bytes"},
    {RRTYPE_DNSKEY, "01000308", "no key"},
    {RRTYPE_IPSECKEY, "0a0402aabb", "gateway type 4"},
    {RRTYPE_A6, "81016100", "prefix length 129"},
    {RRTYPE_A6, "00", "no address"},
    {RRTYPE_CAA, "0000", "an empty tag"},
    {RRTYPE_CAA, "00056973732d65", "a dash in the tag"},
    {RRTYPE_CAA, "0005697373", "a tag cut short"},
    {RRTYPE_APL,
	"000121"
	"00",
	"prefix 33 for IPv4"},
    {RRTYPE_APL,
	"0001"
	"18"
	"05"
	"c0a8000001",
	"IPv4 of five bytes"},
    {RRTYPE_APL,
	"0001"
	"18"
	"03"
	"c0a800",
	"a trailing zero byte"},
    {RRTYPE_APL, "00011802c0", "an item cut short"},
    {RRTYPE_HTTPS, "00010000030002005000010003026832", "parameters descending"},
    {RRTYPE_HTTPS, "000100000300020050000300020050", "one twice"},
    {RRTYPE_HTTPS, "00010000030003005000", "a port of three bytes"},
    {RRTYPE_HTTPS, "00010000040003c00002", "an IPv4 hint of three"},
    {RRTYPE_HTTPS, "00010000040000", "no IPv4 hint"},
    {RRTYPE_HTTPS,
	"000100000600042001"
	"0db8",
	"an IPv6 hint of four"},
    {RRTYPE_HTTPS, "000100000100020568", "an ALPN cut short"},
    {RRTYPE_HTTPS, "0001000001000100", "an empty ALPN"},
    {RRTYPE_HTTPS, "000100000200010a", "no-default-alpn with a value"},
    {RRTYPE_HTTPS, "000100000000020000", "mandatory mandatory"},
    {RRTYPE_HTTPS, "0001000000000400030001", "mandatory descending"},
    {RRTYPE_HTTPS, "000100ffff0000", "key 65535"},
    {260, "0a00aa", "a relay where none is"},
    {55, "0202000102aa", "a HIP cut short"},
    {55, "0002000102aabb", "a HIP without HIT"},
    {104, "000a0014004fff20ee", "a short node id"},
    {108, "00005e00532a00", "seven bytes"},
};

START_TEST(test_wrong)
{
	uint8_t data[BYTES];
	size_t len = unhex(wrong[_i].hex, data);

	ck_assert_msg(
	    !check_tight(wrong[_i].type, data, len), "%s", wrong[_i].reason);
}
END_TEST

START_TEST(test_unknown)
{
	static const uint8_t data[] = {0xff, 0, 0xc0};

	ck_assert(rdata_check(65280, data, 3));
	ck_assert(rdata_check(65280, data, 0));
	ck_assert(rdata_check(RRTYPE_NULL, data, 3));
	ck_assert(!rdata_check(65280, data, RDATA_MAX_LEN + 1));
	ck_assert(!rdata_has_canon(65280));
}
END_TEST

/* RFC 4034 section 6.2's list without NSEC and HINFO, nothing else. */
START_TEST(test_canon_types)
{
	static const uint16_t types[] = {2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 17,
	    18, 21, 24, 26, 30, 33, 35, 36, 38, 39, 46};
	uint32_t type;
	size_t i = 0;

	for (type = 0; type <= UINT16_MAX; type++) {
		bool want =
		    i < sizeof(types) / sizeof(types[0]) && types[i] == type;

		ck_assert_msg(rdata_has_canon((uint16_t)type) == want,
		    "type %u", (unsigned)type);
		i += want;
	}
}
END_TEST

struct rr {
	uint8_t rdata[BYTES];
	uint16_t type;
	uint16_t rdata_len;
};

static enum dflow_status
keep(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct rr *out = ctx;

	(void)err;
	ck_assert_uint_le(rr->rdata_len, BYTES);
	memcpy(out->rdata, rr->rdata, rr->rdata_len);
	out->rdata_len = rr->rdata_len;
	out->type = rr->type;
	return DFLOW_OK;
}

static void
read_rr(const char *text, struct rr *rr)
{
	struct dflow_err err;

	ck_assert_msg(text_load("test", text, strlen(text), 1, keep, rr,
			  &err) == DFLOW_OK,
	    "%s: %s", text, err.text);
}

static const struct {
	const char *in;
	const char *canon;
} canons[] = {
    {"x. NS A.B.", "x. NS a.b."},
    {"x. SOA A.B. C.D. 65 66 67 68 1094795585",
	"x. SOA a.b. c.d. 65 66 67 68 1094795585"},
    {"x. MX 16705 A.", "x. MX 16705 a."},
    {"x. RP A. B.", "x. RP a. b."},
    {"x. SRV 16705 16705 16705 A.", "x. SRV 16705 16705 16705 a."},
    {"x. NAPTR 16705 1 \"A\" \"B\" \"C\" D.",
	"x. NAPTR 16705 1 \"A\" \"B\" \"C\" d."},
    {"x. RRSIG A 8 1 1094795585 20040918190625 20040918190625 16705 A. "
     "QUFB",
	"x. RRSIG A 8 1 1094795585 20040918190625 20040918190625 16705 "
	"a. QUFB"},
    {"x. TYPE38 \\# 15 404141414141414141014102424200",
	"x. TYPE38 \\# 15 404141414141414141016102626200"},
    {"x. TYPE30 \\# 6 014100414141", "x. TYPE30 \\# 6 016100414141"},
    {"x. HINFO A B", "x. HINFO A B"},
    {"x. NSEC A.B. A", "x. NSEC A.B. A"},
    {"x. HTTPS 1 A.B.", "x. HTTPS 1 A.B."},
    {"x. LP 1 A.B.", "x. LP 1 A.B."},
    {"x. TXT A", "x. TXT A"},
};

START_TEST(test_canon)
{
	struct rr in, want;
	uint8_t *out;

	read_rr(canons[_i].in, &in);
	read_rr(canons[_i].canon, &want);
	out = malloc(in.rdata_len);
	ck_assert_ptr_nonnull(out);
	rdata_canon(in.type, in.rdata, in.rdata_len, out);
	ck_assert_uint_eq(in.rdata_len, want.rdata_len);
	ck_assert_mem_eq(out, want.rdata, want.rdata_len);
	ck_assert_int_eq(rdata_cmp(in.type, in.rdata, in.rdata_len, want.rdata,
			     want.rdata_len),
	    0);
	free(out);
}
END_TEST

/* A small generator, so that a failure can be had again. */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

/* The order by its definition: canonical forms side by side. */
static int
order(uint16_t type, const uint8_t *a, size_t a_len, const uint8_t *b,
    size_t b_len)
{
	uint8_t a_canon[BYTES], b_canon[BYTES];
	int d;

	rdata_canon(type, a, a_len, a_canon);
	rdata_canon(type, b, b_len, b_canon);
	d = memcmp(a_canon, b_canon, a_len < b_len ? a_len : b_len);
	return d != 0 ? sign(d) : (a_len > b_len) - (a_len < b_len);
}

/* Changes a few bytes: letter case, small and any. */
static void
mutate(uint8_t *data, size_t len, uint32_t *seed)
{
	uint32_t n = next_random(seed) % 4;

	for (; n > 0; n--) {
		uint8_t *p = data + next_random(seed) % len;

		switch (next_random(seed) % 3) {
		case 0:
			*p ^= 0x20;
			break;
		case 1:
			(*p)++;
			break;
		default:
			*p = (uint8_t)next_random(seed);
		}
	}
}

START_TEST(test_order)
{
	uint8_t a[BYTES], b[BYTES];
	uint32_t seed = (uint32_t)_i + 1, round, seen = 0;
	uint16_t type = good[_i].type;

	for (round = 0; round < 3000; round++) {
		size_t a_len = unhex(good[_i].hex, a);
		size_t b_len = unhex(good[_i].hex, b);
		int d;

		mutate(a, a_len, &seed);
		mutate(b, b_len, &seed);
		if (next_random(&seed) % 4 == 0)
			a_len = next_random(&seed) % (a_len + 1);
		if (!rdata_check(type, a, a_len) ||
		    !rdata_check(type, b, b_len))
			continue;
		seen++;
		d = sign(rdata_cmp(type, a, a_len, b, b_len));
		ck_assert_int_eq(d, order(type, a, a_len, b, b_len));
		ck_assert_int_eq(sign(rdata_cmp(type, b, b_len, a, a_len)), -d);
		ck_assert_int_eq(rdata_cmp(type, a, a_len, a, a_len), 0);
	}
	ck_assert_uint_gt(seen, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rdata");
	TCase *t = tcase_create("rdata");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_good, 0, COUNT(good));
	tcase_add_loop_test(t, test_wrong, 0, COUNT(wrong));
	tcase_add_test(t, test_unknown);
	tcase_add_test(t, test_canon_types);
	tcase_add_loop_test(t, test_canon, 0, COUNT(canons));
	tcase_add_loop_test(t, test_order, 0, COUNT(good));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
