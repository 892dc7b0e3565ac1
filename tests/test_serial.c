/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "flow/serial.h"

enum {
	KEEP = DFLOW_SERIAL_KEEP,
	INC = DFLOW_SERIAL_INCREMENT,
	UNIX = DFLOW_SERIAL_UNIXTIME,
	DATE = DFLOW_SERIAL_DATE,
};

/* 2026-11-21 00:00:00 UTC */
#define NOW INT64_C(1795219200)

static const struct {
	int how;
	uint32_t old, published, want;
	const char *reason;
} table[] = {
    {KEEP, 1, 1, 1, "keep keeps"},
    {KEEP, 5, 9, 5, "keep keeps, whatever was published"},
    {INC, 1, 1, 2, "one further"},
    {INC, 1, 7, 8, "further than what was published"},
    {INC, 9, 7, 10, "further than the file's"},
    {INC, UINT32_MAX, UINT32_MAX, 1, "0 is left out"},
    {INC, 1, UINT32_MAX - 1, 2, "1 is later than 2^32-2 (RFC 1982)"},
    {UNIX, 1, 1, 1795219200, "the clock"},
    {UNIX, 1795219200, 1795219200, 1795219201, "twice in one second"},
    {UNIX, 2026112100, 2026112100, 2026112101, "a later date scheme"},
    {DATE, 1, 1, 2026112100, "the day"},
    {DATE, 2026112100, 2026112100, 2026112101, "again on that day"},
    {DATE, 2026112105, 2026112107, 2026112108, "beyond the published"},
    {DATE, 4200000000u, 4200000000u, 2026112100,
	"4.2e9 is before 2026112100 on the circle"},
};

START_TEST(next)
{
	uint32_t got = serial_next((enum dflow_serial)table[_i].how,
	    table[_i].old, table[_i].published, NOW);

	ck_assert_msg(got == table[_i].want, "%s: %u", table[_i].reason, got);
}
END_TEST

START_TEST(soa_field)
{
	uint8_t soa[22] = {0, 0, 1, 2, 3, 4, 5};

	ck_assert_uint_eq(serial_of_soa(soa, sizeof(soa)), 0x01020304);
	serial_put_soa(soa, sizeof(soa), 0xa0b0c0d0);
	ck_assert_uint_eq(serial_of_soa(soa, sizeof(soa)), 0xa0b0c0d0);
	ck_assert_uint_eq(soa[6], 5);
}
END_TEST

START_TEST(no_file)
{
	uint32_t serial = 7;

	ck_assert(
	    !serial_read("/nonexistent/zone", (const uint8_t *)"\0", &serial));
	ck_assert_uint_eq(serial, 7);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("serial");
	TCase *c = tcase_create("serial");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, next, 0, sizeof(table) / sizeof(table[0]));
	tcase_add_test(c, soa_field);
	tcase_add_test(c, no_file);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
