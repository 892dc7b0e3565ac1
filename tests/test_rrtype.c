/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RR type mnemonics, compared with ldns's table. */
#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* What is written is read back as the same type, by us and by ldns. */
START_TEST(test_round_trip)
{
	char text[RRTYPE_TEXT_SIZE];
	uint32_t type;

	for (type = 0; type <= UINT16_MAX; type++) {
		uint16_t back = (uint16_t)~type;

		ck_assert_ptr_eq(rrtype_text((uint16_t)type, text), text);
		ck_assert_uint_lt(strlen(text), RRTYPE_TEXT_SIZE);
		ck_assert(rrtype_parse(text, &back));
		ck_assert_uint_eq(back, type);
		if (type != 0)
			ck_assert_uint_eq(ldns_get_rr_type_by_name(text), type);
	}
}
END_TEST

/* What ldns calls a type is read by us as that type. */
START_TEST(test_ldns_names)
{
	uint32_t type;

	for (type = 1; type <= UINT16_MAX; type++) {
		char *name = ldns_rr_type2str((ldns_rr_type)type);
		uint16_t back = 0;

		ck_assert_ptr_nonnull(name);
		ck_assert_msg(rrtype_parse(name, &back), "%s", name);
		ck_assert_uint_eq(back, type);
		free(name);
	}
}
END_TEST

static const struct {
	const char *text;
	int type; /* -1: refused */
} parsed[] = {
    {"A", 1},
    {"a", 1},
    {"aaaa", 28},
    {"Nsec3Param", 51},
    {"NSAP-PTR", 23},
    {"TYPE0", 0},
    {"TYPE1", 1},
    {"type65535", 65535},
    {"TYPE00001", 1},
    {"DLV", 32769},
    {"TA", 32768},
    {"AMTRELAY", 260},
    {"DSYNC", 66},
    {"TYPE", -1},
    {"TYPE65536", -1},
    {"TYPE99999999999", -1},
    {"TYPE1x", -1},
    {"TYPE-1", -1},
    {"TYPE 1", -1},
    {"", -1},
    {"AA", -1},
    {"NSEC3PARA", -1},
    {"A ", -1},
    {"1", -1},
};

START_TEST(test_parse)
{
	uint16_t type = 4711;
	bool ok = rrtype_parse(parsed[_i].text, &type);

	ck_assert_int_eq(ok, parsed[_i].type >= 0);
	ck_assert_int_eq(type, ok ? parsed[_i].type : 4711);
}
END_TEST

/* Mnemonics that Knot or NSD do not read are never written. */
START_TEST(test_written)
{
	static const uint16_t numbers[] = {0, 3, 4, 7, 8, 9, 10, 11, 19, 20, 22,
	    23, 24, 26, 27, 30, 31, 32, 34, 38, 40, 41, 54, 55, 56, 57, 58, 66,
	    67, 68, 100, 103, 128, 249, 255, 258, 259, 260, 261, 262, 300,
	    32768, 32769, 65535};
	char text[RRTYPE_TEXT_SIZE], want[16];
	int i;

	for (i = 0; i < COUNT(numbers); i++) {
		(void)snprintf(
		    want, sizeof(want), "TYPE%u", (unsigned)numbers[i]);
		ck_assert_str_eq(rrtype_text(numbers[i], text), want);
	}
	ck_assert_str_eq(rrtype_text(RRTYPE_NSEC3PARAM, text), "NSEC3PARAM");
	ck_assert_str_eq(rrtype_text(RRTYPE_HTTPS, text), "HTTPS");
	ck_assert_str_eq(rrtype_text(RRTYPE_CAA, text), "CAA");
}
END_TEST

START_TEST(test_meta)
{
	uint32_t type;

	for (type = 0; type <= UINT16_MAX; type++)
		ck_assert_int_eq(rrtype_is_meta((uint16_t)type),
		    type == 0 || type == 41 || (type >= 128 && type <= 255));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rrtype");
	TCase *t = tcase_create("rrtype");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_round_trip);
	tcase_add_test(t, test_ldns_names);
	tcase_add_loop_test(t, test_parse, 0, COUNT(parsed));
	tcase_add_test(t, test_written);
	tcase_add_test(t, test_meta);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
