/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of DNSKEY, DS, RRSIG and their twins, good and spoiled. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/rdata.h"
#include "dns/rdread.h"
#include "dns/rrtype.h"

static const uint8_t origin[] = "\7example\3com";

static const struct {
	uint16_t type;
	const char *text;
	const char *hex; /* NULL: refused */
	const char *why;
} cases[] = {
    {RRTYPE_DNSKEY, "257 3 13 AQID", "0101030d010203", NULL},
    {RRTYPE_DNSKEY, "256 3 ECDSAP256SHA256 AQ ID", "0100030d010203", NULL},
    {RRTYPE_DNSKEY, "65535 255 255 AQ==", "ffffffff01", NULL},
    {RRTYPE_DNSKEY, "00256 3 13 AQID", "0100030d010203", NULL},
    {RRTYPE_CDNSKEY, "0 3 0 AA==", "0000030000", NULL},
    {RRTYPE_DNSKEY, "65536 3 13 AQID", NULL, "wrong flags"},
    {RRTYPE_DNSKEY, "-1 3 13 AQID", NULL, "wrong flags"},
    {RRTYPE_DNSKEY, "0x101 3 13 AQID", NULL, "wrong flags"},
    {RRTYPE_DNSKEY, "99999999999999999999999 3 13 AQID", NULL, "wrong flags"},
    {RRTYPE_DNSKEY, "", NULL, "wrong flags"},
    {RRTYPE_DNSKEY, "257 256 13 AQID", NULL, "wrong protocol"},
    {RRTYPE_DNSKEY, "257 3 256 AQID", NULL, "wrong algorithm"},
    {RRTYPE_DNSKEY, "257 3 NONSUCH AQID", NULL, "wrong algorithm"},
    {RRTYPE_DNSKEY, "257 3", NULL, "wrong algorithm"},
    {RRTYPE_DNSKEY, "257 3 13", NULL, "not base64"},
    {RRTYPE_DNSKEY, "257 3 13 AQI", NULL, "not base64"},
    {RRTYPE_DNSKEY, "257 3 13 AQID;", NULL, "not base64"},
    {RRTYPE_DS, "11238 13 2 00ff", "2be60d0200ff", NULL},
    {RRTYPE_DS, "11238 ecdsap256sha256 2 00 fF 01", "2be60d0200ff01", NULL},
    {RRTYPE_CDS, "0 0 0 00", "0000000000", NULL},
    {RRTYPE_DS, "65536 13 2 00ff", NULL, "wrong key tag"},
    {RRTYPE_DS, "11238 13 256 00ff", NULL, "wrong digest type"},
    {RRTYPE_DS, "11238 13 SHA256 00ff", NULL, "wrong digest type"},
    {RRTYPE_DS, "11238 13 2", NULL, "not hexadecimal"},
    {RRTYPE_DS, "11238 13 2 00f", NULL, "not hexadecimal"},
    {RRTYPE_DS, "11238 13 2 00fg", NULL, "not hexadecimal"},
    {RRTYPE_RRSIG, "A 13 2 3600 20221224000000 20220922073938 1 . AQ==",
	"00010d0200000e1063a64100632c113a00010001", NULL},
    {RRTYPE_RRSIG, "TYPE9 13 2 0 4294967295 0 1 a AQ==",
	"00090d0200000000ffffffff0000000000010161076578616d706c6503636f6d00"
	"01",
	NULL},
    {RRTYPE_RRSIG, "A 13 2 0 21060207062816 1 1 @ AQ==",
	"00010d020000000000000000000000010001076578616d706c6503636f6d0001",
	NULL},
    {RRTYPE_RRSIG, "NOTYPE 13 2 0 1 1 1 . AQ==", NULL, "type covered"},
    {RRTYPE_RRSIG, "A 13 256 0 1 1 1 . AQ==", NULL, "labels"},
    {RRTYPE_RRSIG, "A 13 2 4294967296 1 1 1 . AQ==", NULL, "original TTL"},
    {RRTYPE_RRSIG, "A 13 2 0 4294967296 1 1 . AQ==", NULL, "expiration"},
    {RRTYPE_RRSIG, "A 13 2 0 20230229000000 1 1 . AQ==", NULL, "expiration"},
    {RRTYPE_RRSIG, "A 13 2 0 now 1 1 . AQ==", NULL, "expiration"},
    {RRTYPE_RRSIG, "A 13 2 0 1 2022092207393x 1 . AQ==", NULL, "inception"},
    {RRTYPE_RRSIG, "A 13 2 0 1 1 65536 . AQ==", NULL, "key tag"},
    {RRTYPE_RRSIG, "A 13 2 0 1 1 1 a..b AQ==", NULL, "signer"},
    {RRTYPE_RRSIG, "A 13 2 0 1 1 1", NULL, "signer"},
    {RRTYPE_RRSIG, "A 13 2 0 1 1 1 .", NULL, "not base64"},
    {RRTYPE_RRSIG, "A 13 2 0 1 1 1 . !", NULL, "not base64"},
};

START_TEST(test_read)
{
	static uint8_t out[RDATA_MAX_LEN];
	char text[128], hex[256] = "";
	struct rdread r = {cases[_i].type, text, origin, out, 0};
	const char *why;

	memcpy(text, cases[_i].text, strlen(cases[_i].text) + 1);
	ck_assert(rdread_knows(cases[_i].type));
	why = rdread(&r);
	if (cases[_i].hex == NULL) {
		ck_assert_msg(why != NULL && strstr(why, cases[_i].why) != NULL,
		    "%s: %s", cases[_i].text, why);
		return;
	}
	ck_assert_msg(why == NULL, "%s: %s", cases[_i].text, why);
	ck_assert_uint_lt(r.len, sizeof(hex) / 2);
	hex_encode(out, r.len, hex);
	ck_assert_str_eq(hex, cases[_i].hex);
}
END_TEST

/* Names that the origin makes too long; what is not read here. */
START_TEST(test_limits)
{
	uint8_t far[NAME_MAX_LEN] = "", out[NAME_MAX_LEN];
	struct dflow_err err;
	char label[66];

	for (size_t i = 0; i < 3; i++) {
		far[i * 64] = 63;
		memset(far + i * 64 + 1, 'a', 63);
	}
	far[192] = 0;
	memset(label, 'b', sizeof(label));
	label[61] = '\0';
	ck_assert_int_eq(rdread_name(label, far, out, &err), DFLOW_OK);
	ck_assert_uint_eq(name_len(out), 255);
	label[61] = 'b';
	label[62] = '\0';
	ck_assert_int_ne(rdread_name(label, far, out, &err), DFLOW_OK);
	ck_assert_int_ne(rdread_name("", far, out, &err), DFLOW_OK);
	ck_assert(!rdread_knows(RRTYPE_A));
	ck_assert(!rdread_knows(RRTYPE_SOA));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rdread");
	TCase *t = tcase_create("rdread");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(
	    t, test_read, 0, (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(t, test_limits);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
