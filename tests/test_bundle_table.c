/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles as rows: ends, keys in their order, who signs, enters and leaves. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dnssecflow/when.h"
#include "exchange/bundle.h"
#include "flow/bundle_table.h"

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

#define RR "example.com. 3600 IN "
#define ZSK RR "DNSKEY 256 3 13 " ZKEY "\n"
#define ZSK2 RR "DNSKEY 256 3 13 " OTHER "\n"
#define KSK RR "DNSKEY 257 3 13 " KEY "\n"
#define KSK2 RR "DNSKEY 257 3 13 " OTHER "\n"
#define REVOKED RR "DNSKEY 385 3 13 " KEY "\n"
#define RRSIG(type, until, from, tag)                         \
	RR "RRSIG " type " 13 2 3600 " until " " from " " tag \
	   " example.com. " SIG "\n"
#define SIGNED(tag) RRSIG("DNSKEY", "20261224000000", "20261122000000", tag)
#define CDS                                                             \
	RR "CDS 11238 13 2 2d0d834fe6aea4c80ec3bcbf5af753653c9d9ea6dc9" \
	   "97ea86e90c2615edef19f\n"
#define DELETE RR "CDS 0 0 0 00\n" RR "CDNSKEY 0 3 0 AA==\n"
#define SIGNED_CDS RRSIG("CDS", "20261201000000", "20261130000000", "11238")
#define SIGNED_CDNSKEY \
	RRSIG("CDNSKEY", "20261201000000", "20261130000000", "11238")

#define KSR(time) ";; KeySigningRequest 1.0 " time "\n"
#define SKR(time) ";; SignedKeyResponse 1.0 " time "\n"
#define KSR_END KSR("generated at x by y")
#define SKR_END SKR("generated at x by y")
#define T1 "1790000000"
#define T2 "1791000000"
#define T3 "1792000000"

enum { UNTIL = 1799999999 };

/* A row is said as "time-until" in thousands, the keys with their marks, and
 * how many CDS there are, "d" behind that for the delete form. */
static const struct {
	const char *text;
	const char *rows;
	const char *reason;
} tables[] = {
    {KSR(T1) ZSK KSR_END, "1790000-1799999 54147 0;", "one bundle"},
    {KSR(T1) ZSK KSR(T2) ZSK ZSK2 KSR(T3) ZSK2 KSR_END,
	"1790000-1791000 54147 0;1791000-1792000 +49163 -54147 0;"
	"1792000-1799999 49163 0;",
	"a rollover, by tag"},
    {KSR(T1) ZSK KSR(T2) ZSK2 KSR(T3) ZSK KSR_END,
	"1790000-1791000 -54147 0;1791000-1792000 +-49163 0;"
	"1792000-1799999 +54147 0;",
	"in and out"},
    {KSR(T1) ZSK KSR(T1) ZSK2 KSR(T2) ZSK2 KSR_END,
	"1790000-1791000 -54147 0;1790000-1791000 +49163 0;"
	"1791000-1799999 49163 0;",
	"two of one time"},
    {KSR(T1) ZSK KSR(T2) ZSK KSR(T2) ZSK2 KSR_END,
	"1790000-1791000 54147 0;1791000-1799999 -54147 0;"
	"1791000-1799999 +49163 0;",
	"two of the last time"},
    {SKR(T1) ZSK KSK SIGNED("11238") SKR_END,
	"1790000-1799999 k11238* 54147 0 i20261122000000 e20261224000000;",
	"a KSK first, and it signs"},
    {SKR(T1) ZSK KSK2 KSK SIGNED("11238") SKR(T2) KSK ZSK KSK2 SIGNED("49164")
	    SKR_END,
	"1790000-1791000 k11238* k49164 54147 0 i20261122000000 "
	"e20261224000000;1791000-1799999 k11238 k49164* 54147 0 "
	"i20261122000000 e20261224000000;",
	"another one signs"},
    {SKR(T1) ZSK KSK SIGNED("11238") SKR(T2) ZSK REVOKED KSK2 SIGNED("11366")
	    SIGNED("49164") SKR_END,
	"1790000-1791000 k11238* 54147 0 i20261122000000 e20261224000000;"
	"1791000-1799999 k11366* k+49164* 54147 0 i20261122000000 "
	"e20261224000000;",
	"revoked: another tag, and no other key"},
    {SKR(T1) ZSK KSK KSK2 SIGNED("11238") RRSIG(
	 "DNSKEY", "20261220000000", "20261123000000", "49164") SKR_END,
	"1790000-1799999 k11238* k49164* 54147 0 i20261123000000 "
	"e20261220000000;",
	"the latest inception, the earliest expiration"},
    {SKR(T1) ZSK KSK SIGNED("11238") CDS SIGNED_CDS SKR_END,
	"1790000-1799999 k11238* 54147 1 i20261122000000 e20261224000000;",
	"CDS, whose signatures do not count"},
    {SKR(T1) ZSK KSK SIGNED("11238") DELETE SIGNED_CDS SIGNED_CDNSKEY SKR_END,
	"1790000-1799999 k11238* 54147 1d i20261122000000 e20261224000000;",
	"the delete form"},
    {SKR(T1) ZSK KSK SIGNED("11238") RR "CDS 0 0 0 00\n" SIGNED_CDS SKR_END,
	"1790000-1799999 k11238* 54147 1d i20261122000000 e20261224000000;",
	"of a CDS alone"},
};

static void
say(char *out, const struct dflow_bundle *row)
{
	out += sprintf(out, "%lld-%lld", (long long)row->time / 1000,
	    (long long)row->until / 1000);
	for (size_t i = 0; i < row->key_count; i++) {
		const struct dflow_bundle_key *k = &row->keys[i];

		out += sprintf(out, " %s%s%s%u%s",
		    (k->flags & 1) != 0 ? "k" : "", k->enters ? "+" : "",
		    k->leaves ? "-" : "", k->tag, k->signs ? "*" : "");
	}
	out +=
	    sprintf(out, " %zu%s", row->cds_count, row->cds_delete ? "d" : "");
	if (row->inception != INT64_MIN) {
		char from[DFLOW_WHEN_TEXT];
		char until[DFLOW_WHEN_TEXT];

		dflow_when_text(row->inception, from);
		dflow_when_text(row->expiration, until);
		out += sprintf(out, " i%s e%s", from, until);
	}
	(void)sprintf(out, ";");
}

static struct bundle_table *
make(const char *text, int64_t until)
{
	struct bundles *b = NULL;
	struct bundle_table *t = NULL;
	struct dflow_err err = {.text = ""};

	ck_assert_msg(
	    bundles_parse("f", text, strlen(text), &b, &err) == DFLOW_OK, "%s",
	    err.text);
	ck_assert_int_eq(bundle_table_make(b, until, &t, &err), DFLOW_OK);
	/* Not needed any more. */
	bundles_free(&b);
	return t;
}

START_TEST(test_table)
{
	struct bundle_table *t = make(tables[_i].text, UNTIL);
	char said[1024] = "";

	for (size_t i = 0; i < t->count; i++)
		say(said + strlen(said), &t->rows[i]);
	ck_assert_msg(strcmp(said, tables[_i].rows) == 0,
	    "%s:\n%s\nand not\n%s", tables[_i].reason, said, tables[_i].rows);
	bundle_table_free(&t);
	ck_assert_ptr_null(t);
}
END_TEST

START_TEST(test_no_end)
{
	struct bundle_table *t =
	    make(KSR(T1) ZSK KSR(T2) ZSK KSR_END, INT64_MIN);

	ck_assert_int_eq(t->rows[0].until, 1791000000);
	ck_assert_int_eq(t->rows[1].until, INT64_MIN);
	ck_assert_int_eq(t->rows[1].inception, INT64_MIN);
	ck_assert_int_eq(t->rows[1].expiration, INT64_MIN);
	bundle_table_free(&t);
}
END_TEST

/* Times beyond 2106 are of the century of their bundle (RFC 4034 3.1.5). */
START_TEST(test_wrap)
{
	struct bundle_table *t =
	    make(SKR("21070101000000") ZSK KSK RRSIG("DNSKEY", "21070201000000",
		     "21061231000000", "11238") SKR_END,
		INT64_MIN);
	char text[DFLOW_WHEN_TEXT];

	dflow_when_text(t->rows[0].expiration, text);
	ck_assert_str_eq(text, "21070201000000");
	dflow_when_text(t->rows[0].inception, text);
	ck_assert_str_eq(text, "21061231000000");
	bundle_table_free(&t);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bundle_table");
	TCase *tc = tcase_create("bundle_table");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    tc, test_table, 0, sizeof(tables) / sizeof(tables[0]));
	tcase_add_test(tc, test_no_end);
	tcase_add_test(tc, test_wrap);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
