/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KSR 1.0 and SKR 1.0: those of both writers, and each refusal's file:line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundlesigs.h"
#include "base/os.h"
#include "dns/rrtype.h"
#include "exchange/bundle.h"

#define KEY                                                         \
	"cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GATN" \
	"QAg64TJw3tgECVOq1beXpbJGSjG7Q=="
#define ZKEY                                                       \
	"ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6ZPLKPDhkowEMAN7o36Vs1Bt" \
	"db+obk6h22D548XWTWV6cWEkbNYHPQ=="
#define OTHER                                                       \
	"OI/UBUP8lQZrBPa81Xv9LMkwnFbSs5G39Qr1B/2J6RjH8RohhOdWTXNfq" \
	"rvwAp8WuoOOKoLZiHRcEFUEHeR54g=="
#define SIG                                                        \
	"35J+toX0FyIyXRTNpamM6UVyivLFV1deUSWrJl+3DCVH2feolbDP45i/" \
	"myLDnnywAS4NzQIZqjdkZQMTyVSxfg=="

/* The owner, the flags, and the rest of a line. */
#define DNSKEY(owner, fields, key) owner " 3600 IN DNSKEY " fields " " key "\n"
#define ZSK DNSKEY("example.com.", "256 3 13", ZKEY)
#define ZSK2 DNSKEY("example.com.", "256 3 13", OTHER)
#define KSK DNSKEY("example.com.", "257 3 13", KEY)
#define RRSIG_FULL(ttl, type, fields, times, by)                          \
	"example.com. " ttl " IN RRSIG " type " " fields " " times " " by \
	" " SIG "\n"
#define TIMES "20221224000000 20220922073938"
#define RRSIG_OVER(type) \
	RRSIG_FULL("3600", type, "13 2 3600", TIMES, "11238 example.com.")
#define RRSIG RRSIG_OVER("DNSKEY")
#define CDS                                                             \
	"example.com. 3600 IN CDS 11238 13 2 2d0d834fe6aea4c80ec3bcbf5" \
	"af753653c9d9ea6dc997ea86e90c2615edef19f\n"
#define SIGNED KSK ZSK RRSIG

#define KSR(time) ";; KeySigningRequest 1.0 " time "\n"
#define SKR(time) ";; SignedKeyResponse 1.0 " time "\n"
#define KSR1 KSR("20220922073938 (Thu Sep 22 09:39:38 2022)")
#define SKR1 SKR("20220922073938 (Thu Sep 22 09:39:38 2022)")
#define KSR_END KSR("generated at Thu Sep 22 09:39:38 2022 by 9.20.27")
#define OURS(words) KSR("generated at x by dnssecflow 9 " words)
#define SKR_END SKR("generated at Thu Sep 22 09:39:38 2022 by 9.20.27")

static const struct {
	const char *text;
	enum bundle_kind kind;
	size_t bundles;
	size_t rrs; /* of the last one */
	int64_t time; /* the same */
	const char *reason;
} good[] = {
    {KSR1 ZSK KSR_END, BUNDLE_KSR, 1, 1, 1663832378, "a KSR"},
    {SKR1 SIGNED SKR_END, BUNDLE_SKR, 1, 3, 1663832378, "an SKR"},
    {SKR1 RRSIG ZSK KSK SKR_END, BUNDLE_SKR, 1, 3, 1663832378, "any order"},
    {KSR("20220922") ZSK KSR_END, BUNDLE_KSR, 1, 1, 1663804800, "8 digits"},
    {KSR("1663832378 (2022-09-22T07:39:38Z) =========") ZSK KSR_END, BUNDLE_KSR,
	1, 1, 1663832378, "an epoch, as Knot's"},
    {KSR1 ZSK KSR("20221001000000") ZSK ZSK2 KSR_END, BUNDLE_KSR, 2, 2,
	1664582400, "two bundles"},
    {KSR1 ZSK ZSK2 KSR1 ZSK2 KSR_END, BUNDLE_KSR, 2, 1, 1663832378,
	"two of one time"},
    {KSR1 ZSK KSR("20221001") ZSK OURS("bundles=2 until=20221001000001"),
	BUNDLE_KSR, 2, 1, 1664582400, "a footer that counts them"},
    {"\n; made by hand\n\n" KSR1 "\n; a ZSK\n\n" ZSK "\n" KSR_END "\n \t\n",
	BUNDLE_KSR, 1, 1, 1663832378, "comments, blank lines"},
    {KSR1 "example.com. 3600 DNSKEY 256 3 13 (\n\t" ZKEY "\n\t) ; ZSK, "
	  "ECDSAP256SHA256 (256b), id = 54147\n" KSR_END,
	BUNDLE_KSR, 1, 1, 1663832378, "parentheses, no class"},
    {KSR1 "EXAMPLE.com. 3600 IN DNSKEY 256 3 13 " ZKEY
	  " ; RRSIG DNSKEY 13 2 3600\n" ZSK2 KSR_END,
	BUNDLE_KSR, 1, 2, 1663832378, "letter case, a comment behind"},
    {";; KeySigningRequest 1.0 20220922073938\r\nexample.com. IN DNSKEY 256 3 "
     "13 " ZKEY "\r\n;; KeySigningRequest 1.0 generated at x\r\n",
	BUNDLE_KSR, 1, 1, 1663832378, "CRLF, no TTL"},
    {";;\tKeySigningRequest  1.0\t20220922073938 \t\n" ZSK KSR_END, BUNDLE_KSR,
	1, 1, 1663832378, "blanks in a header"},
    {SKR1 SIGNED CDS RRSIG_OVER("CDS") SKR_END, BUNDLE_SKR, 1, 5, 1663832378,
	"CDS"},
    {SKR1 SIGNED "example.com. 0 CDNSKEY 257 3 13 " KEY "\n" RRSIG_FULL(
	 "0", "CDNSKEY", "13 2 0", TIMES, "11238 example.com.") SKR_END,
	BUNDLE_SKR, 1, 5, 1663832378, "CDNSKEY, with a TTL of its own"},
    {SKR1 KSK RRSIG SKR_END, BUNDLE_SKR, 1, 2, 1663832378, "no ZSK"},
    /* These are for the left's checks. */
    {KSR1 KSK KSR_END, BUNDLE_KSR, 1, 1, 1663832378, "flags 257"},
    {KSR1 DNSKEY("example.com.", "384 3 13", ZKEY) KSR_END, BUNDLE_KSR, 1, 1,
	1663832378, "flags 384"},
    {KSR1 DNSKEY("example.com.", "0 3 13", ZKEY) KSR_END, BUNDLE_KSR, 1, 1,
	1663832378, "flags 0"},
    {KSR1 DNSKEY("example.com.", "256 2 13", ZKEY) KSR_END, BUNDLE_KSR, 1, 1,
	1663832378, "protocol 2"},
    {KSR1 DNSKEY("example.com.", "256 3 77", "AAAA") KSR_END, BUNDLE_KSR, 1, 1,
	1663832378, "algorithm 77"},
    {KSR1 ZSK DNSKEY("example.com.", "257 3 13", ZKEY) KSR_END, BUNDLE_KSR, 1,
	2, 1663832378, "one key, two flags"},
    {KSR1 ZSK ZSK2 KSR("20220922073937") ZSK KSR_END, BUNDLE_KSR, 2, 2,
	1663832378, "times that go back"},
};

static const struct {
	const char *text;
	const char *says;
} bad[] = {
    {KSR1 ZSK KSR("20221001") ZSK OURS("bundles=1"),
	"b:5: 2 bundles, but the footer says 1; bring"},
    {KSR1 ZSK KSR("20221001") ZSK OURS("bundles=3"),
	"b:5: 2 bundles, but the footer says 3; bring"},
    {KSR1 ZSK KSR("20221001") ZSK OURS("until=20221001000000"),
	"b:5: until= in the footer is not after the last bundle's time"},
    {"", "b: no header"},
    {ZSK, "b:1: a record before the first header"},
    {"\n" ZSK KSR1 ZSK KSR_END, "b:2: a record before the first header"},
    {"; only a comment\n", "b: no header"},
    {KSR_END, "b:1: a footer, but no bundle"},
    {KSR1, "b:1: ends without a footer"},
    {KSR1 ZSK, "b:2: ends without a footer"},
    {KSR1 ZSK KSR("20221001000000") ZSK, "b:4: ends without a footer"},
    {KSR1 KSR_END, "b:1: a bundle without a DNSKEY"},
    {KSR1 KSR1 ZSK KSR_END, "b:1: a bundle without a DNSKEY"},
    {KSR1 ZSK KSR_END ZSK, "b:4: something stands behind the footer"},
    {KSR1 ZSK KSR_END "\n;\n", "b:5: something stands behind the footer"},
    {KSR1 ZSK KSR_END KSR1 ZSK KSR_END, "b:4: something stands behind"},
    {KSR1 ZSK KSR_END KSR_END, "b:4: something stands behind"},
    {KSR1 ZSK SKR1 SIGNED SKR_END, "b:3: a header of SignedKeyResponse"},
    {KSR1 ZSK SKR_END, "b:3: a header of SignedKeyResponse"},
    {SKR1 SIGNED KSR1 ZSK SKR_END, "b:5: a header of KeySigningRequest"},
    {";; KeySigningRequest 1.1 20220922073938\n" ZSK KSR_END,
	"b:1: version '1.1'"},
    {";; KeySigningRequest 2.0 20220922073938\n" ZSK KSR_END,
	"b:1: version '2.0'"},
    {";; KeySigningRequest\n" ZSK KSR_END, "b:1: version ''"},
    {KSR1 ZSK ";; KeySigningRequest 1.1 generated at x\n",
	"b:3: version '1.1'"},
    {";; keysigningrequest 1.0 20220922073938\n" ZSK KSR_END,
	"b:1: begins with ';;'"},
    {";;KeySigningRequest 1.0 20220922073938\n" ZSK KSR_END,
	"b:1: malformed header"},
    {" ;; KeySigningRequest 1.0 20220922073938\n" ZSK KSR_END,
	"b:1: blanks before ';;'"},
    {KSR1 ZSK ";; hello\n" KSR_END, "b:3: begins with ';;'"},
    {KSR1 ZSK ";;;\n" KSR_END, "b:3: begins with ';;'"},
    {KSR1 ZSK ";;", "b:3: begins with ';;'"},
    {KSR("20220922073938 (\033[31m)") ZSK KSR_END, "b:1: malformed header"},
    {KSR("") ZSK KSR_END, "b:1: '' is not a bundle's time"},
    {KSR("20221301000000") ZSK KSR_END, "b:1: '20221301000000' is not a"},
    {KSR("20230229000000") ZSK KSR_END, "b:1: '20230229000000' is not a"},
    {KSR("20220922240000") ZSK KSR_END, "b:1: '20220922240000' is not a"},
    {KSR("20220931") ZSK KSR_END, "b:1: '20220931' is not a bundle's time"},
    {KSR("2022092207393") ZSK KSR_END, "b:1: '2022092207393' is not a"},
    {KSR("202209220739388") ZSK KSR_END, "b:1: '202209220739388' is not a"},
    {KSR("1234567") ZSK KSR_END, "b:1: '1234567' is not a bundle's time"},
    {KSR("now") ZSK KSR_END, "b:1: 'now' is not a bundle's time"},
    {KSR("+1d") ZSK KSR_END, "b:1: '+1d' is not a bundle's time"},
    {KSR("-1663832378") ZSK KSR_END, "b:1: '-1663832378' is not a"},
    {KSR("2022092207393x") ZSK KSR_END, "b:1: '2022092207393x' is not a"},
    {SKR1 SIGNED SKR("20220922073937") SIGNED SKR_END,
	"b:5: a bundle of an earlier time than the one on line 1"},
    {KSR1 ZSK KSR("generated") KSR_END, "b:3: neither a header nor a footer"},
    {KSR1 ZSK KSR("generated by x") KSR_END, "b:3: neither a header nor"},
    {KSR1 "$TTL 3600\n" ZSK KSR_END, "b:2: a directive"},
    {"$ORIGIN com.\n" KSR1 ZSK KSR_END, "b:1: a directive"},
    {KSR1 "example.com. IN DNSKEY 256 3 13 (\n" KSR_END ZSK, "b:2: a paren"},
    {KSR1 "( ; hidden\n" ZSK KSR("20221001") ZSK KSR_END, "b:"},
    {KSR1 ZSK KSR("20221001") " 3600 IN DNSKEY 256 3 13 " ZKEY "\n" KSR_END,
	"b:4: no owner"},
    {KSR1 ZSK "rubbish\n" KSR_END, "b:3: "},
    {KSR1 ZSK "\377\n" KSR_END, "b:3: "},
    {KSR1 ZSK "\n\n" ZSK "rubbish\n" KSR_END, "b:5: the same as on line 2"},
    {KSR1 ZSK "\n\nrubbish\n" KSR_END, "b:5: "},
    {KSR1 ZSK ZSK KSR_END, "b:3: the same as on line 2"},
    {KSR1 ZSK "example.com. 3600 IN A 192.0.2.1\n" KSR_END, "b:3: A record"},
    {KSR1 ZSK RRSIG KSR_END, "b:3: RRSIG record; a KSR holds DNSKEY alone"},
    {KSR1 ZSK CDS KSR_END, "b:3: CDS record; a KSR holds DNSKEY alone"},
    {SKR1 SIGNED DNSKEY("example.com.", "0 3 13", OTHER) SKR_END,
	"b:5: flags 0"},
    {SKR1 SIGNED DNSKEY("example.com.", "256 2 13", OTHER) SKR_END,
	"b:5: protocol 2"},
    {SKR1 SIGNED DNSKEY("example.com.", "256 3 77", OTHER) SKR_END,
	"b:5: algorithm 77"},
    {KSR1 DNSKEY("example.com.", "256 3 13", "AAAA") KSR_END, "b:2: "},
    {KSR1 "example.com. 3600 CH DNSKEY 256 3 13 " ZKEY "\n" KSR_END, "b:2: "},
    {KSR1 ZSK DNSKEY("example.org.", "256 3 13", OTHER) KSR_END,
	"b:3: owner example.org., another"},
    {KSR1 ZSK KSR("20221001") DNSKEY("example.org.", "256 3 13", ZKEY) KSR_END,
	"b:4: owner example.org., another"},
    {KSR1 ZSK "example.com. 7200 IN DNSKEY 256 3 13 " OTHER "\n" KSR_END,
	"b:3: TTL 7200, but 3600 on line 2"},
    {SKR1 KSK ZSK SKR_END, "b:2: DNSKEY without an RRSIG"},
    {SKR1 RRSIG SKR_END, "b:1: a bundle without a DNSKEY"},
    {SKR1 SIGNED SKR("20221001") SKR_END, "b:5: a bundle without a DNSKEY"},
    {SKR1 SIGNED SKR("20221001") KSK ZSK SKR_END, "b:6: DNSKEY without an"},
    {SKR1 ZSK RRSIG SKR_END, "b:3: RRSIG by key 11238, which is no KSK"},
    {SKR1 DNSKEY("example.com.", "257 3 13", OTHER) RRSIG SKR_END,
	"b:3: RRSIG by key 11238, which is no KSK"},
    {SKR1 SIGNED RRSIG SKR_END, "b:5: the same as on line 4"},
    {SKR1 SIGNED DNSKEY("example.com.", "385 3 13", KEY) SKR_END,
	"b:5: the key of line 2 with other flags"},
    {SKR1 SIGNED CDS SKR_END, "b:5: CDS without an RRSIG"},
    {SKR1 SIGNED RRSIG_OVER("CDS") SKR_END, "b:5: RRSIG over CDS, but"},
    {SKR1 SIGNED RRSIG_OVER("SOA") SKR_END, "b:5: RRSIG over a type other"},
    {SKR1 SIGNED "example.com. 3600 IN A 192.0.2.1\n" SKR_END,
	"b:5: A record; an SKR holds"},
    {SKR1 SIGNED DNSKEY("example.com.", "384 3 13", OTHER) SKR_END,
	"b:5: flags 384; a ZSK has 256"},
    {SKR1 KSK RRSIG_FULL(
	 "3600", "DNSKEY", "13 2 3600", TIMES, "11238 example.org.") SKR_END,
	"b:3: RRSIG by a signer other"},
    {SKR1 KSK RRSIG_FULL(
	 "3600", "DNSKEY", "13 3 3600", TIMES, "11238 example.com.") SKR_END,
	"b:3: RRSIG with another count of labels"},
    {SKR1 KSK RRSIG_FULL(
	 "3600", "DNSKEY", "13 2 7200", TIMES, "11238 example.com.") SKR_END,
	"b:3: RRSIG with a TTL other than"},
    {SKR1 KSK RRSIG_FULL(
	 "7200", "DNSKEY", "13 2 7200", TIMES, "11238 example.com.") SKR_END,
	"b:3: TTL 7200, but 3600 on line 2"},
    {SKR1 KSK RRSIG_FULL("3600", "DNSKEY", "13 2 3600",
	 "20220922073938 20221224000000", "11238 example.com.") SKR_END,
	"b:3: RRSIG that expires before"},
};

static enum dflow_status
parse(const char *text, size_t len, struct bundles **out, struct dflow_err *err)
{
	enum dflow_status st = bundles_parse("b", text, len, out, err);

	ck_assert((st == DFLOW_OK) == (*out != NULL));
	ck_assert(st == DFLOW_OK || err->text[0] != '\0');
	return st;
}

START_TEST(test_good)
{
	struct dflow_err err = {.status = DFLOW_OK};
	const struct bundle *last;
	struct bundles *b = NULL;
	uint8_t zone[NAME_MAX_LEN];
	const char *kind;
	size_t line = 0;

	ck_assert_msg(
	    parse(good[_i].text, strlen(good[_i].text), &b, &err) == DFLOW_OK,
	    "%s: %s", good[_i].reason, err.text);
	ck_assert_int_eq(b->kind, good[_i].kind);
	ck_assert_uint_eq(b->count, good[_i].bundles);
	last = &b->list[b->count - 1];
	ck_assert_uint_eq(last->count, good[_i].rrs);
	ck_assert_int_eq(last->time, good[_i].time);
	ck_assert_str_eq(b->file, "b");
	ck_assert(name_parse("example.com.", zone, &err) == DFLOW_OK);
	ck_assert_mem_eq(b->zone, zone, name_len(zone));
	kind = bundle_marked(good[_i].text, strlen(good[_i].text), &line);
	ck_assert_str_eq(kind, b->kind == BUNDLE_KSR ? "a KSR" : "an SKR");
	ck_assert_uint_eq(line, b->back != 0 ? 1 : b->list[0].line);
	bundles_free(&b);
	ck_assert_ptr_null(b);
}
END_TEST

START_TEST(test_bad)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct bundles *b = NULL;

	ck_assert_msg(
	    parse(bad[_i].text, strlen(bad[_i].text), &b, &err) != DFLOW_OK,
	    "taken, not refused: %s", bad[_i].says);
	ck_assert_msg(
	    strncmp(err.text, bad[_i].says, strlen(bad[_i].says)) == 0,
	    "'%s', not '%s'", err.text, bad[_i].says);
}
END_TEST

/* A bundle is in force from its time on; of two with one time the last is. */
START_TEST(test_in_force)
{
	static const char text[] = KSR("20221001") ZSK KSR("20221002")
	    ZSK KSR("20221002") ZSK ZSK2 KSR("20221003") ZSK2 KSR_END;
	struct dflow_err err = {.status = DFLOW_OK};
	struct bundles *b = NULL;
	int64_t day = 1664582400;

	ck_assert(parse(text, strlen(text), &b, &err) == DFLOW_OK);
	ck_assert_uint_eq(b->count, 4);
	ck_assert_ptr_null(bundles_at(b, day - 1));
	ck_assert_ptr_eq(bundles_at(b, day), &b->list[0]);
	ck_assert_ptr_eq(bundles_at(b, day + 86399), &b->list[0]);
	ck_assert_ptr_eq(bundles_at(b, day + 86400), &b->list[2]);
	ck_assert_ptr_eq(bundles_at(b, INT64_MAX), &b->list[3]);
	ck_assert_uint_eq(b->list[2].line, 5);
	ck_assert_uint_eq(b->list[2].rrs[1].line, 7);
	bundles_free(&b);
}
END_TEST

/* A KSR's bundles are sorted, and where they went back is told. */
START_TEST(test_sorted)
{
	static const char text[] =
	    KSR("20221003") ZSK KSR("20221002") ZSK ZSK2 KSR("20221003")
		ZSK2 KSR("20221001") ZSK KSR("20221002") ZSK2 KSR_END;
	static const size_t lines[] = {8, 3, 10, 1, 6};
	struct dflow_err err = {.status = DFLOW_OK};
	struct bundles *b = NULL;

	ck_assert(parse(text, strlen(text), &b, &err) == DFLOW_OK);
	ck_assert_uint_eq(b->count, 5);
	ck_assert_uint_eq(b->back, 3);
	for (size_t i = 0; i < b->count; i++) {
		ck_assert_uint_eq(b->list[i].line, lines[i]);
		ck_assert_uint_eq(b->list[i].rrs[0].line, lines[i] + 1);
	}
	ck_assert_uint_eq(b->list[1].count, 2);
	bundles_free(&b);
}
END_TEST

static void
read_data(const char *name, struct buf *text)
{
	const char *dir = getenv("srcdir");
	struct dflow_err err = {.status = DFLOW_OK};
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/data/%s",
	    dir != NULL ? dir : ".", name);
	buf_init(text, BUNDLES_BYTES_MAX);
	ck_assert_msg(os_read(path, BUNDLES_BYTES_MAX, text, &err) == DFLOW_OK,
	    "%s", err.text);
}

static const struct {
	const char *name;
	enum bundle_kind kind;
	size_t bundles;
	size_t sigs;
	int64_t first;
	size_t step; /* between the lengths that it is cut to */
} files[] = {
    {"bind.ksr", BUNDLE_KSR, 3, 0, 1795279255, 1},
    {"bind.skr", BUNDLE_SKR, 9, 27, 1795279255, 499},
    {"knot.ksr", BUNDLE_KSR, 5, 0, 1796083200, 1},
    {"knot.skr", BUNDLE_SKR, 7, 21, 1796083200, 499},
};

/* What BIND and Knot wrote: taken whole, and in no part. */
START_TEST(test_file)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct bundles *b = NULL;
	struct buf text;
	const char *chars;

	read_data(files[_i].name, &text);
	chars = (const char *)text.data;
	ck_assert_msg(
	    parse(chars, text.len, &b, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_int_eq(b->kind, files[_i].kind);
	ck_assert_uint_eq(b->count, files[_i].bundles);
	ck_assert_int_eq(b->list[0].time, files[_i].first);
	ck_assert_uint_eq(bundlesigs_count(b), files[_i].sigs);
	ck_assert_uint_eq(bundlesigs_good(b), files[_i].sigs);
	bundles_free(&b);
	for (size_t len = 0; len < text.len;
	     len += len + 100 < text.len ? files[_i].step : 1)
		ck_assert_msg(
		    parse(chars, len, &b, &err) != DFLOW_OK, "%zu bytes", len);
	buf_free(&text);
}
END_TEST

/* Cut off anywhere, a file is not whole. */
START_TEST(test_truncated)
{
	static const char *const texts[] = {
	    KSR1 ZSK KSR("20221001") ZSK ZSK2 KSR_END,
	    SKR1 SIGNED SKR("20221001") SIGNED SKR_END,
	};
	struct dflow_err err;
	struct bundles *b = NULL;
	size_t len = strlen(texts[_i]);

	ck_assert(parse(texts[_i], len, &b, &err) == DFLOW_OK);
	bundles_free(&b);
	while (len-- > 0)
		ck_assert_msg(parse(texts[_i], len, &b, &err) != DFLOW_OK,
		    "%zu bytes", len);
}
END_TEST

/* Whatever is turned, what still verifies has the same records. */
START_TEST(test_bit)
{
	static const char whole[] = SKR1 SIGNED SKR_END;
	struct dflow_err err;
	struct bundles *first = NULL, *b = NULL;
	char text[sizeof(whole)];

	ck_assert(parse(whole, strlen(whole), &first, &err) == DFLOW_OK);
	ck_assert_uint_eq(bundlesigs_good(first), 1);
	for (size_t i = 0; i < strlen(whole); i++) {
		memcpy(text, whole, sizeof(text));
		text[i] ^= (char)(1 << (i + 2 * (size_t)_i) % 8);
		if (parse(text, strlen(whole), &b, &err) != DFLOW_OK)
			continue;
		if (bundlesigs_good(b) == bundlesigs_count(b))
			ck_assert_msg(bundlesigs_same(first, b), "byte %zu", i);
		bundles_free(&b);
	}
	bundles_free(&first);
}
END_TEST

/* An SKR of so many bundles, which begins on line 1. */
static void
put_bundles(struct buf *text, int count)
{
	buf_reset(text);
	for (int i = 0; i < count; i++)
		buf_str(text, SKR1 SIGNED);
	buf_str(text, SKR_END);
}

START_TEST(test_limits)
{
	struct dflow_err err;
	struct bundles *b = NULL;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX + 1);
	buf_str(&text, SKR1);
	for (int i = 0; i <= BUNDLE_RRS_MAX; i++)
		buf_printf(&text,
		    "a. 1 CDS %d 13 1 2d0d834fe6aea4c80ec3bcbf5a"
		    "f753653c9d9ea6\n",
		    i);
	buf_str(&text, SKR_END);
	ck_assert(parse((char *)text.data, text.len, &b, &err) != DFLOW_OK);
	ck_assert_str_eq(err.text, "b:258: more than 256 records in a bundle");
	put_bundles(&text, BUNDLES_MAX + 1);
	ck_assert(parse((char *)text.data, text.len, &b, &err) != DFLOW_OK);
	ck_assert_str_eq(err.text, "b:4001: more than 1000 bundles");
	put_bundles(&text, BUNDLES_MAX);
	ck_assert_msg(parse((char *)text.data, text.len, &b, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_uint_eq(b->count, BUNDLES_MAX);
	bundles_free(&b);
	while (text.len <= BUNDLES_BYTES_MAX)
		buf_u8(&text, '\n');
	ck_assert(parse((char *)text.data, text.len, &b, &err) != DFLOW_OK);
	ck_assert_str_eq(err.text, "b: larger than 4194304 bytes");
	buf_free(&text);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *s = suite_create("bundle");
	TCase *t = tcase_create("bundle");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_good, 0, COUNT(good));
	tcase_add_loop_test(t, test_bad, 0, COUNT(bad));
	tcase_add_test(t, test_in_force);
	tcase_add_test(t, test_sorted);
	tcase_add_loop_test(t, test_file, 0, COUNT(files));
	tcase_add_loop_test(t, test_truncated, 0, 2);
	tcase_add_loop_test(t, test_bit, 0, 4);
	tcase_add_test(t, test_limits);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
