/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LOC, APL and SVCB as text, which libzscanner and ldns read back. */
#include <stdlib.h>

#include "dns/rdata.h"
#include "readers.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { RANDOM_ROUNDS = 100, RANDOM_LOOPS = 30 };

/* RDATA; its text, or NULL where only RFC 3597's form is alike to all. */
static const struct {
	uint16_t type;
	const char *hex;
	const char *text;
	const char *reason;
} cases[] = {
    {RRTYPE_LOC, "00000000800000008000000000989680",
	"0 0 0.000 N 0 0 0.000 E 0.00m 0.00m 0.00m 0.00m", "all zero"},
    {RRTYPE_LOC, "00121613934fd900a69fb200ffffffff",
	"90 0 0.000 N 180 0 0.000 E 42849672.95m 1m 10000m 10m", "upmost"},
    {RRTYPE_LOC, "009999996cb0270059604e0000000000",
	"90 0 0.000 S 180 0 0.000 W -100000.00m 90000000m 90000000m "
	"90000000m",
	"lowest"},
    {RRTYPE_LOC, "001191117fffffff800000010098967f",
	"0 0 0.001 S 0 0 0.001 E -0.01m 0.10m 0.90m 0.10m", "next to zero"},
    {RRTYPE_LOC, "00319012934fd8ff59604e01009896e4",
	"89 59 59.999 N 179 59 59.999 W 1.00m 0.30m 0.09m 1m",
	"next to the ends"},
    {RRTYPE_APL, "", NULL, "no item"},
    {RRTYPE_APL, "00010000", "1:0.0.0.0/0", "no address"},
    {RRTYPE_APL, "00020080", "!2:::/0", "no IPv6 address, negated"},
    {RRTYPE_APL, "000120047f000001", "1:127.0.0.1/32", "one address"},
    {RRTYPE_APL, "000108040a0b0c0d", "1:10.11.12.13/8",
	"more bytes than the prefix"},
    {RRTYPE_APL, "00011883c00200", NULL, "malformed: a zero at the end"},
    {RRTYPE_APL, "00011583c0a820000280902001000000000000000000000000000a",
	"!1:192.168.32.0/21 !2:2001::a/128", "both families"},
    {RRTYPE_APL, "0002601000000000000000000000ffff01020304",
	"2:::ffff:102:304/96", "a mapped address"},
    {RRTYPE_APL, "00030800", NULL, "another family"},
    {RRTYPE_APL, "0001000000000800", NULL, "family 0 behind IPv4"},
    {RRTYPE_SVCB, "000000", "0 .", "an alias"},
    {RRTYPE_SVCB, "ffff016100", "65535 a.", "no parameters"},
    {RRTYPE_SVCB, "00010000010003026832", "1 . alpn=\"h2\"", "alpn"},
    {RRTYPE_HTTPS, "000100000100060268320261ff", "1 . alpn=\"h2,a\\255\"",
	"a byte beyond ASCII"},
    {RRTYPE_HTTPS, "00010000010007066122203b2820", "1 . alpn=\"a\\\" ;( \"",
	"what quotes guard"},
    {RRTYPE_HTTPS, "000100000100020161", "1 . alpn=\"a\"", "a single byte"},
    {RRTYPE_HTTPS, "00010000010005026832026133", NULL, "malformed: cut short"},
    {RRTYPE_HTTPS,
	"00010000010005016102"
	"6833",
	NULL, "a single byte, then a comma"},
    {RRTYPE_HTTPS, "0001000001000403612c62", NULL, "a comma"},
    {RRTYPE_HTTPS, "0001000001000403615c62", NULL, "a backslash"},
    {RRTYPE_HTTPS, "0001000001000403610062", NULL, "a zero byte"},
    {RRTYPE_HTTPS, "0001000001000302683200020000",
	"1 . alpn=\"h2\" no-default-alpn", "a key without a value"},
    {RRTYPE_HTTPS, "000100000300020000", "1 . port=0", "port 0"},
    {RRTYPE_HTTPS, "00010000030002ffff", "1 . port=65535", "port 65535"},
    {RRTYPE_HTTPS, "000100000400080102030405060708",
	"1 . ipv4hint=1.2.3.4,5.6.7.8", "hints"},
    {RRTYPE_HTTPS,
	"0001000006002020010db8000000000000000000000001"
	"00000000000000000000ffff01020304",
	"1 . ipv6hint=2001:db8::1,::ffff:102:304", "IPv6 hints"},
    {RRTYPE_HTTPS, "00010000050001ff", "1 . ech=/w==", "ech"},
    {RRTYPE_HTTPS, "00010000050000", "1 . key5", "no ech"},
    {RRTYPE_HTTPS, "00010000070000", NULL, "no dohpath"},
    {RRTYPE_HTTPS, "000100000700082f717b3f646e737d", "1 . key7=\"/q{?dns}\"",
	"dohpath"},
    {RRTYPE_HTTPS, "00010000080000fffe0003225cff",
	"1 . key8 key65534=\"\\\"\\\\\\255\"", "unknown keys"},
    {RRTYPE_HTTPS, "00010000000004000300080003000200050008000100",
	"1 . mandatory=port,key8 port=5 key8=\"\\000\"", "mandatory"},
    {RRTYPE_HTTPS, "0001000000000200030008000100", NULL,
	"a mandatory key that lacks"},
    {RRTYPE_HTTPS, "000100ffff000161", NULL, "malformed: key 65535"},
};

START_TEST(test_text)
{
	static struct one rr;
	const char *hex = cases[_i].hex, *reason = cases[_i].reason, *at;
	size_t len;
	char *text;

	ck_assert(
	    hex_decode(hex, strlen(hex), rr.rdata, sizeof(rr.rdata), &len));
	memcpy(rr.owner, "\1x", 3);
	rr.type = cases[_i].type;
	rr.rdata_len = (uint16_t)len;
	text = one_write(&rr);
	at = strrchr(text, '\t') + 1;
	if (cases[_i].text != NULL)
		ck_assert_msg(
		    strcmp(at, cases[_i].text) == 0, "%s: %s", reason, at);
	else
		ck_assert_msg(
		    at[0] == '\\' && at[1] == '#', "%s: %s", reason, at);
	ck_assert_msg(rdata_check(rr.type, rr.rdata, len) ==
			  (strncmp(reason, "malformed", 9) != 0),
	    "%s", reason);
	if (rdata_check(rr.type, rr.rdata, len))
		one_back(&rr, text);
	free(text);
}
END_TEST

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static uint32_t
below(uint32_t *seed, uint32_t n)
{
	return next_random(seed) % n;
}

static void
put16(struct one *rr, uint32_t v)
{
	rr->rdata[rr->rdata_len++] = (uint8_t)(v >> 8);
	rr->rdata[rr->rdata_len++] = (uint8_t)v;
}

static void
put32(struct one *rr, uint32_t v)
{
	put16(rr, v >> 16);
	put16(rr, v);
}

/* Bytes that are mostly letters, often zero, and not zero at the end. */
static void
put_bytes(struct one *rr, uint32_t n, uint32_t *seed)
{
	for (; n > 0; n--) {
		uint32_t kind = below(seed, 4), v = below(seed, 256);

		if (kind == 0)
			v = n == 1;
		else if (kind == 1)
			v = 0x21 + v % 0x5e;
		rr->rdata[rr->rdata_len++] =
		    (uint8_t)(n == 1 && v == 0 ? 1 : v);
	}
}

/* Around 2^31, at the ends or anywhere. */
static void
put_angle(struct one *rr, uint32_t degrees, uint32_t *seed)
{
	uint32_t max = degrees * 3600000, v = max, kind = below(seed, 3);

	if (kind == 0)
		v = below(seed, 100000);
	else if (kind == 1)
		v = (below(seed, 1 << 12) << 20 | below(seed, 1 << 20)) % max;
	put32(rr, (UINT32_C(1) << 31) + (below(seed, 2) == 0 ? v : -v));
}

static void
random_loc(struct one *rr, uint32_t *seed)
{
	rr->type = RRTYPE_LOC;
	rr->rdata[rr->rdata_len++] = 0;
	for (int i = 0; i < 3; i++) {
		uint32_t size = (1 + below(seed, 9)) << 4 | below(seed, 10);

		if (below(seed, 9) == 0)
			size = 0;
		rr->rdata[rr->rdata_len++] = (uint8_t)size;
	}
	put_angle(rr, 90, seed);
	put_angle(rr, 180, seed);
	put32(rr, below(seed, 2) == 0 ? 10000000 - 200 + below(seed, 400)
				      : below(seed, 1 << 16) << 16);
}

static void
random_apl(struct one *rr, uint32_t *seed)
{
	rr->type = RRTYPE_APL;
	for (uint32_t n = 1 + below(seed, below(seed, 9) == 0 ? 70 : 4); n > 0;
	     n--) {
		uint32_t family = 1 + below(seed, 2);
		uint32_t max = family == 1 ? 4 : 16;
		uint32_t len = below(seed, max + 1);

		put16(rr, family);
		put16(rr,
		    below(seed, max * 8 + 1) << 8 | below(seed, 2) << 7 | len);
		put_bytes(rr, len, seed);
	}
}

static void
random_value(struct one *rr, uint32_t key, uint32_t *seed)
{
	uint32_t n = 1 + below(seed, 3);

	switch (key) {
	case 1:
		for (; n > 0; n--) {
			uint8_t len = (uint8_t)(1 + below(seed, 5));

			rr->rdata[rr->rdata_len++] = len;
			put_bytes(rr, len, seed);
		}
		break;
	case 2:
		break;
	case 3:
		put_bytes(rr, 2, seed);
		break;
	case 4:
		put_bytes(rr, n * 4, seed);
		break;
	case 6:
		put_bytes(rr, n * 16, seed);
		break;
	default:
		put_bytes(rr, below(seed, 20), seed);
	}
}

static void
random_svcb(struct one *rr, uint32_t *seed)
{
	uint32_t key = 1 + below(seed, 8), mandatory = below(seed, 2), len;

	rr->type = (uint16_t)(RRTYPE_SVCB + below(seed, 2));
	put16(rr, below(seed, 3));
	rr->rdata[rr->rdata_len++] = 0;
	if (mandatory != 0) {
		put16(rr, 0);
		put16(rr, 2);
		put16(rr, key);
	}
	for (uint32_t n = below(seed, 70); n > 0; n--) {
		uint16_t head = rr->rdata_len;

		put32(rr, key << 16);
		random_value(rr, key, seed);
		len = (uint32_t)(rr->rdata_len - head - 4);
		rr->rdata[head + 3] = (uint8_t)len;
		key += 1 + below(seed, key < 9 ? 4 : 900);
	}
}

START_TEST(test_random)
{
	static void (*const fill[])(struct one *, uint32_t *) = {
	    random_loc, random_apl, random_svcb};
	static struct one rr;
	uint32_t seed = (uint32_t)_i;

	memcpy(rr.owner, "\1x", 3);
	for (int round = 0; round < RANDOM_ROUNDS; round++) {
		char *text;

		rr.rdata_len = 0;
		fill[_i % 3](&rr, &seed);
		ck_assert(rdata_check(rr.type, rr.rdata, rr.rdata_len));
		text = one_write(&rr);
		one_back(&rr, text);
		free(text);
	}
}
END_TEST

/* Records at and beyond what NSD takes: the form changes, no byte does. */
START_TEST(test_many)
{
	static struct one rr;
	char *text;

	memcpy(rr.owner, "\1x", 3);
	rr.rdata_len = 0;
	rr.type = _i < 2 ? RRTYPE_APL : RRTYPE_SVCB;
	if (_i >= 2) {
		put16(&rr, 1);
		rr.rdata[rr.rdata_len++] = 0;
	}
	if (_i >= 4) {
		put16(&rr, 667);
		put16(&rr, 3996 + (uint32_t)_i - 4);
		memset(rr.rdata + rr.rdata_len, 0xff, 5000);
		rr.rdata_len = (uint16_t)(rr.rdata_len + 3996 + _i - 4);
	} else {
		for (uint32_t i = 0; i < 60 + (uint32_t)_i % 2; i++)
			put32(&rr, _i < 2 ? 0x00011000 : (100 + i) << 16);
	}
	ck_assert(rdata_check(rr.type, rr.rdata, rr.rdata_len));
	text = one_write(&rr);
	ck_assert((strstr(text, "\\#") != NULL) == (_i % 2 != 0));
	one_back(&rr, text);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rdtext");
	TCase *t = tcase_create("rdtext");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_text, 0, COUNT(cases));
	tcase_add_loop_test(t, test_random, 0, RANDOM_LOOPS);
	tcase_add_loop_test(t, test_many, 0, 6);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
