/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that libzscanner refuses and BIND takes: types, forms, places. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "zone/load.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Each in "$ORIGIN o." as "x <text>"; the RDATA is BIND's. */
static const struct {
	const char *text;
	const char *want; /* "TYPE RDATA" as we write it; NULL: refused */
	const char *reason;
} forms[] = {
    {"WKS 10.0.0.1 tcp telnet ftp 0 1 2", "TYPE11 \\# 8 0a00000106e00005",
	"WKS with mnemonics"},
    {"WKS 10.0.0.1 6 0 1 2 21 23", "TYPE11 \\# 8 0a00000106e00005",
	"as BIND prints it"},
    {"wks 10.0.0.1 UDP Domain", "TYPE11 \\# 12 0a0000011100000000000004",
	"letter case"},
    {"WKS 10.0.0.2 65", "TYPE11 \\# 5 0a00000241", "no ports"},
    {"TYPE11 10.0.0.2 65", "TYPE11 \\# 5 0a00000241", "the type by its number"},
    {"WKS \\# 5 0A00000241", "TYPE11 \\# 5 0a00000241", "RFC 3597"},
    {"WKS 10.0.0.1", NULL, "no protocol"},
    {"WKS 10.0.0 6", NULL, "no address"},
    {"WKS 10.0.0.1 256", NULL, "a protocol of more than a byte"},
    {"WKS 10.0.0.1 6 65536", NULL, "a port of more than two bytes"},
    {"WKS 10.0.0.1 6 nosuch", NULL, "a service that is none"},
    {"WKS 10.0.0.1 nosuch 1", NULL, "a protocol that is none"},
    {"MB a", "TYPE7 \\# 5 0161016f00", "MB"},
    {"MG a.", "TYPE8 \\# 3 016100", "MG"},
    {"MR @", "TYPE9 \\# 3 016f00", "the origin"},
    {"MB a b", NULL, "two names"},
    {"MB a..b", NULL, "an empty label"},
    {"X25 311061", "TYPE19 \\# 7 06333131303631", "X25"},
    {"X25 311", NULL, "three digits"},
    {"X25 311a", NULL, "not a digit"},
    {"ISDN \"1 5\" 004",
	"TYPE20 \\# 8 03312035"
	"03303034",
	"ISDN"},
    {"ISDN 15", "TYPE20 \\# 3 023135", "no subaddress"},
    {"ISDN", NULL, "nothing"},
    {"ISDN 1 2 3", NULL, "three strings"},
    {"NSAP 0x47.0005.80", "TYPE22 \\# 4 47000580", "dots"},
    {"NSAP 47000580", NULL, "without 0x"},
    {"NSAP 0x470", NULL, "half a byte"},
    {"NSAP-PTR a", "TYPE23 \\# 5 0161016f00", "a name, not ldns's string"},
    {"SIG NXT 1 3 3600 20200101000000 20200101000000 2143 a AQMF",
	"TYPE24 \\# 26 001e010300000e105e0be1005e0be100085f"
	"0161016f00010305",
	"SIG"},
    {"SIG NXT 1 3 3600 20200101000000 20201301000000 2143 a AQMF", NULL,
	"a month that is none"},
    {"KEY 49152 3 5", "KEY \\# 4 c0000305", "no key"},
    {"KEY 256 3 5", NULL, "flags that promise a key"},
    {"PX 10 a b.", "TYPE26 \\# 10 000a0161016f00016200", "PX"},
    {"GPOS -22.6 \"1\" \"\"", "TYPE27 \\# 9 052d32322e36013100", "GPOS"},
    {"GPOS 1 2", NULL, "two strings"},
    {"NXT a A NXT", "TYPE30 \\# 9 0161016f0040000002", "NXT"},
    {"NXT a", NULL, "no types"},
    {"NXT a TYPE128", NULL, "a type too high"},
    {"EID 12 8 9ab", "TYPE31 \\# 3 1289ab", "words of hexadecimal"},
    {"EID 123", NULL, "half a byte"},
    {"NIMLOC", NULL, "nothing"},
    {"ATMA +61.200", "TYPE34 \\# 6 013631323030", "E.164"},
    {"ATMA 3.9.24", "TYPE34 \\# 3 003924", "AESA"},
    {"ATMA +", NULL, "no digits"},
    {"ATMA +6a", NULL, "not a digit"},
    {"A6 0 ::1", "TYPE38 \\# 17 0000000000000000000000000000000001",
	"A6 without a prefix"},
    {"A6 60 ffff:ffff:ffff:ffff:1:2:3:4 a",
	"TYPE38 \\# 15 3c0f0001000200030004"
	"0161016f00",
	"bits of the prefix are zero"},
    {"A6 128 a.", "TYPE38 \\# 4 80016100", "nothing but a prefix"},
    {"A6 129 a.", NULL, "a prefix too long"},
    {"A6 64 ::1", NULL, "no prefix's name"},
    {"A6 0 ::1 a", NULL, "a prefix's name too many"},
    {"SINK 8 0 2 l4ik", "TYPE40 \\# 6 0800029788a4", "SINK"},
    {"SINK 1 0 0", "TYPE40 \\# 3 010000", "without data"},
    {"HIP 2 2001 AQMF a b.",
	"TYPE55 \\# 17 020200032001010305"
	"0161016f00016200",
	"HIP"},
    {"HIP 2 2001", NULL, "no key"},
    {"HIP 2 20g1 AQMF", NULL, "not hexadecimal"},
    {"NINFO foo \"b \\\"r\\001\"",
	"TYPE56 \\# 10 03666f6f0562202272"
	"01",
	"strings and escapes"},
    {"NINFO a\\256", NULL, "an escape beyond a byte"},
    {"NINFO \"a", NULL, "an open quote"},
    {"NINFO \"a\"b", NULL, "no blank between"},
    {"NINFO \xc3\xa9", NULL, "not ASCII"},
    {"NINFO", NULL, "no string"},
    {"RKEY 0 255 RSASHA1 AQ MF", "TYPE57 \\# 7 0000ff05010305", "RKEY"},
    {"TALINK . a", "TYPE58 \\# 6 000161016f00", "TALINK"},
    {"DSYNC CDS NOTIFY 53 a.", "TYPE66 \\# 8 003b010035016100", "DSYNC"},
    {"DSYNC CDS 256 53 a.", NULL, "a scheme of more than a byte"},
    {"HHIT AQMF", "TYPE67 \\# 3 010305", "HHIT"},
    {"BRID AQM", NULL, "not padded"},
    {"NID 10 14:4fff:0:ee64", "NID 10 0014:4fff:0000:ee64",
	"NID as BIND prints it"},
    {"L64 10 14:4fff:0", NULL, "three groups"},
    {"L64 10 14:4fff:0:1:2", NULL, "five groups"},
    {"L64 10 14:4fff:0:00001", NULL, "five digits"},
    {"L64 10 14:4fff::1", NULL, "not an IPv6 address"},
    {"AVC a", "TYPE258 \\# 2 0161", "AVC"},
    {"DOA 1 2 3 \"\" AQ MF",
	"TYPE259 \\# 13 000000010000000203"
	"00010305",
	"DOA"},
    {"DOA 0 1 2 \"\" -", "TYPE259 \\# 10 00000000000000010200", "no data"},
    {"DOA 0 1 2 \"\" - x", NULL, "something behind"},
    {"AMTRELAY 10 1 0 .", "TYPE260 \\# 2 0a80", "no relay"},
    {"AMTRELAY 10 0 1 10.0.0.1", "TYPE260 \\# 6 0a010a000001", "IPv4"},
    {"AMTRELAY 10 0 2 ::1",
	"TYPE260 \\# 18 0a0200000000000000000000000000000001", "IPv6"},
    {"AMTRELAY 10 0 3 a", "TYPE260 \\# 7 0a030161016f00", "a name"},
    {"AMTRELAY 10 2 3 a", NULL, "D is a bit"},
    {"AMTRELAY 10 0 4 00", NULL, "a type without a form"},
    {"RESINFO qnamemin", "TYPE261 \\# 9 08716e616d656d696e", "RESINFO"},
    {"WALLET \"a\" \"b\"", "TYPE262 \\# 4 01610162", "WALLET"},
    {"TA 1 8 2 "
     "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE7BC5F8E6B1C2A3D4E5F60718",
	"TYPE32768 \\# 36 00010802"
	"49fd46e6c4b45c55d4ac69cbd3cd34ac1afe51de7bc5f8e6b1c2a3d4e5f60718",
	"TA"},
    {"DLV 1 8 2 49FD", NULL, "a digest too short"},
    {"NULL \\# 1 04", "TYPE10 \\# 1 04", "a name for it, but no form"},
    {"NULL 04", NULL, "no form"},
    {"UID 1", NULL, "no form"},
    {"TKEY \\# 0", NULL, "a meta type"},
    {"MAILA a", NULL, "a query type"},
    {"CSYNC 1 0 A WKS", "CSYNC 1 0 A TYPE11", "a mnemonic in a list"},
    {"NSEC a A WKS NSEC", "NSEC a.o. A TYPE11 NSEC", "as dnssec-signzone's"},
    {"RRSIG WKS 13 1 5 20200101000000 20200101000000 1 a AQMF",
	"RRSIG TYPE11 13 1 5 20200101000000 20200101000000 1 a.o. AQMF",
	"a mnemonic as the type covered"},
    {"NSEC a A NOSUCH", NULL, "a type that is none"},
    {"SVCB 1 . alpn=h2 dohpath=/q{?dns}",
	"SVCB 1 . alpn=\"h2\" key7=\"/q{?dns}\"", "dohpath"},
    {"SVCB 1 . dohpath=a mandatory=port", NULL,
	"the scanner still sees what lacks"},
    {"CLASS1 A 10.0.0.1", "A 10.0.0.1", "IN by its number"},
    {"class1 60 WKS 10.0.0.2 65", "TYPE11 \\# 5 0a00000241",
	"the same, then a TTL"},
    {"60 CLASS1 A 10.0.0.1", "A 10.0.0.1", "a TTL, then the same"},
    {"CLASS1 IN A 10.0.0.1", NULL, "two classes"},
    {"60 60 WKS 10.0.0.2 65", NULL, "two TTLs"},
    {"CLASS3 WKS 10.0.0.2 65", NULL, "another class"},
    {"TXT ( a ( \"b(\" ) c )", "TXT \"a\" \"b(\" \"c\"", "nested parentheses"},
    {"TXT ( a ( b )", NULL, "one is left open"},
    {"TXT ( a ) b )", NULL, "one too many is closed"},
    {"( CLASS1\n\n ( A ; x\n ) 10.0.0.1\n)", "A 10.0.0.1", "over lines"},
    {"2147483648 WKS 10.0.0.2 65", NULL, "a TTL too long"},
    {"CLASS1 A 10.0.0.256", NULL, "the scanner's own errors stand"},
};

static enum dflow_status
write_one(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];

	(void)err;
	buf_printf(ctx, "%s ", rrtype_text(rr->type, type));
	rrtext_put_rdata(
	    ctx, rr->type, (struct rdata){rr->rdata, rr->rdata_len});
	return DFLOW_OK;
}

START_TEST(form)
{
	struct dflow_err err = {.text = ""};
	enum dflow_status st;
	struct buf got, text;
	size_t i = (size_t)_i;

	buf_init(&got, 4096);
	buf_init(&text, 4096);
	buf_printf(&text, "$ORIGIN o.\nx %s\n", forms[i].text);
	st = text_load(
	    "t", (const char *)text.data, text.len, 60, write_one, &got, &err);
	buf_u8(&got, 0);
	if (forms[i].want == NULL) {
		ck_assert_msg(
		    st == DFLOW_FAILED && strncmp(err.text, "t:2: ", 5) == 0,
		    "%s: %s%s", forms[i].reason, (char *)got.data, err.text);
	} else {
		ck_assert_msg(
		    st == DFLOW_OK, "%s: %s", forms[i].reason, err.text);
		ck_assert_msg(strcmp((char *)got.data, forms[i].want) == 0,
		    "%s: %s", forms[i].reason, (char *)got.data);
	}
	buf_free(&got);
	buf_free(&text);
}
END_TEST

/* Where such a record stands; "owner ttl type line;" as read. */
static const struct {
	const char *text;
	const char *want; /* or the error, which begins "t:" */
	const char *reason;
} places[] = {
    {"a 5 A 1.1.1.1\n WKS 1.1.1.1 6\n AAAA ::1\n",
	"a. 5 1 1;a. 60 11 2;a. 60 28 3;", "the owner of before and behind"},
    {"a WKS 1.1.1.1 6\n\n WKS 1.1.1.1 17 ; x\n\n; y\n 7 A 1.1.1.1\n",
	"a. 60 11 1;a. 60 11 3;a. 7 1 6;", "the first, and comments"},
    {"a WKS ( 1.1.1.1\n6 ; (\n21 )\nb A 1.1.1.1\n", "a. 60 11 1;b. 60 1 4;",
	"lines are counted on"},
    {"a A ( 1.1.1.1\n)\nb WKS 1.1.1.1 6\nc A 1.1.1.1",
	"a. 60 1 1;b. 60 11 3;c. 60 1 4;", "behind a parenthesis"},
    {"a A 1.1.1.1\nb WKS 1.1.1.1 6", "a. 60 1 1;b. 60 11 2;",
	"no newline behind"},
    {"$TTL 9\n$ORIGIN o.\na MB b\n$TTL 8\n$ORIGIN p\n MB b\n",
	"a.o. 9 7 3;a.o. 8 7 6;", "directives"},
    {"a A 1.1.1.1\r\nb WKS ( 1.1.1.1\r\n6 )\r\nc A 1.1.1.1\r\n",
	"a. 60 1 1;b. 60 11 2;c. 60 1 4;", "CRLF"},
    {"\\000.\\( WKS 1.1.1.1 6\n A 1.1.1.1\n",
	"\\000.\\(. 60 11 1;"
	"\\000.\\(. 60 1 2;",
	"an odd owner"},
    {" WKS 1.1.1.1 6\n", "t:1: ", "no owner to take"},
    {"a WKS 1.1.1.1 6\nb WKS 1.1.1.1\n",
	"t:2: this WKS record cannot be read: ", "the second is wrong"},
    {"a WKS ( 1.1.1.1\n6 )\nb A 1.1.1\n", "t:3: ", "an error behind it"},
    {"a A 1.1.1.1 ( \n ) b WKS 1.1.1.1 6\n", "t:", "two in one line"},
    {"a A 1.1.1.1\nb UNSPEC x\n",
	"t:2: this UNSPEC record has no form but RFC 3597's", "the way out"},
    {"a A 1.1.1.1\nb WKS ( 1.1.1.1\n6 \n", "t:", "cut short"},
    {"a WKS 1.1.1.1 6 \"\n", "t:1: ", "an open quote"},
};

static enum dflow_status
collect(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	char owner[NAME_TEXT_SIZE];

	(void)err;
	(void)name_text(rr->owner, owner);
	buf_printf(ctx, "%s %u %u %u;", owner, rr->ttl, rr->type, rr->line);
	return DFLOW_OK;
}

START_TEST(place)
{
	struct dflow_err err = {.text = ""};
	const char *want = places[_i].want, *reason = places[_i].reason;
	bool fails = strncmp(want, "t:", 2) == 0;
	enum dflow_status st;
	struct buf got;

	buf_init(&got, 4096);
	st = text_load("t", places[_i].text, strlen(places[_i].text), 60,
	    collect, &got, &err);
	buf_u8(&got, 0);
	ck_assert_msg(st == (fails ? DFLOW_FAILED : DFLOW_OK), "%s: %s%s",
	    reason, (char *)got.data, err.text);
	if (fails)
		ck_assert_msg(strncmp(err.text, want, strlen(want)) == 0,
		    "%s: %s", reason, err.text);
	else
		ck_assert_msg(strcmp((char *)got.data, want) == 0, "%s: %s",
		    reason, (char *)got.data);
	buf_free(&got);
}
END_TEST

/* Longer than any RDATA, than a record of master.c, than the scanner's. */
START_TEST(too_long)
{
	static const char *const begin[] = {"a NINFO (", "a EID (",
	    "a HIP 2 20", "a RKEY 1 2 3 (", "a DOA 1 2 3 x (",
	    "a HIP 2 20 AQMF ("};
	static const char *const part[] = {" \"aaaaaaaaaaaaaaaa\"", " abcd",
	    "abcd", " ABCD", " ABCD", " a.b.c."};
	struct dflow_err err;
	struct buf text, got;

	for (size_t i = 0; i < COUNT(begin); i++) {
		for (size_t len = 60000; len < 700000; len *= 2) {
			enum dflow_status st;

			buf_init(&text, (size_t)1 << 20);
			buf_init(&got, (size_t)1 << 20);
			buf_str(&text, begin[i]);
			while (text.len < len)
				buf_str(&text, part[i]);
			buf_str(&text, strchr(begin[i], '(') ? " )\n" : "\n");
			st = text_load("t", (const char *)text.data, text.len,
			    60, collect, &got, &err);
			ck_assert(st == DFLOW_OK || len > 60000 || i == 2);
			ck_assert(st == DFLOW_FAILED || len < 240000);
			buf_free(&text);
			buf_free(&got);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("load_types");
	TCase *tc = tcase_create("load_types");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, form, 0, COUNT(forms));
	tcase_add_loop_test(tc, place, 0, COUNT(places));
	tcase_add_test(tc, too_long);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
