/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "zone/bitmap.h"

#define ZEROS_31 \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	uint16_t types[8];
	size_t count;
	const char *map;
	size_t len;
	const char *reason;
} good[] = {
    {{0}, 0, "", 0, "no types, no bytes"},
    {{1}, 1, "\x00\x01\x40", 3, "A alone"},
    {{1, 15, 46, 47, 1234}, 5,
	"\x00\x06\x40\x01\x00\x00\x00\x03"
	"\x04\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20",
	37, "the example of RFC 4034 section 4.3"},
    {{1, 1, 2, 2}, 4, "\x00\x01\x60", 3, "duplicates"},
    {{255, 256}, 2, "\x00\x20" ZEROS_31 "\x01\x01\x01\x80", 37,
	"across a window's edge"},
    {{65535}, 1, "\xff\x20" ZEROS_31 "\x01", 34, "the last type"},
};

START_TEST(put)
{
	uint16_t types[16];
	struct buf b;
	size_t i = (size_t)_i, n;

	buf_init(&b, 4096);
	bitmap_put(&b, good[i].types, good[i].count);
	ck_assert_msg(b.len == good[i].len, "%s", good[i].reason);
	if (b.len > 0)
		ck_assert_msg(memcmp(b.data, good[i].map, b.len) == 0, "%s",
		    good[i].reason);
	ck_assert_msg(bitmap_check(b.data, b.len), "%s", good[i].reason);
	n = bitmap_types(b.data, b.len, types, COUNT(types));
	for (size_t k = 0, at = 0; k < good[i].count; k++) {
		if (k > 0 && good[i].types[k] == good[i].types[k - 1])
			continue;
		ck_assert_uint_lt(at, n);
		ck_assert_uint_eq(types[at++], good[i].types[k]);
	}
	buf_free(&b);
}
END_TEST

static const struct {
	const char *map;
	size_t len;
	const char *reason;
} bad[] = {
    {"\x00", 1, "a window without a length"},
    {"\x00\x00", 2, "an empty window"},
    {"\x00\x01", 2, "cut off"},
    {"\x00\x02\x40", 3, "cut off within a window"},
    {"\x00\x02\x40\x00", 4, "trailing zero byte"},
    {"\x00\x01\x00", 3, "a window of zeros"},
    {"\x00\x01\x40\x00\x01\x40", 6, "a window twice"},
    {"\x01\x01\x40\x00\x01\x40", 6, "windows descending"},
    {"\x00\x21\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
     "\1\1\1\1\1",
	35, "33 bytes"},
};

START_TEST(check)
{
	ck_assert_msg(!bitmap_check((const uint8_t *)bad[_i].map, bad[_i].len),
	    "%s", bad[_i].reason);
}
END_TEST

START_TEST(every_type)
{
	static uint16_t types[65536], back[65536];
	struct buf b;

	for (size_t i = 0; i < COUNT(types); i++)
		types[i] = (uint16_t)i;
	buf_init(&b, 65536);
	bitmap_put(&b, types, COUNT(types));
	ck_assert_uint_eq(b.len, 256 * 34);
	ck_assert(bitmap_check(b.data, b.len));
	ck_assert_uint_eq(
	    bitmap_types(b.data, b.len, back, COUNT(back)), COUNT(types));
	ck_assert(memcmp(types, back, sizeof(types)) == 0);
	ck_assert_uint_eq(bitmap_types(b.data, b.len, back, 5), 5);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("bitmap");
	TCase *tc = tcase_create("bitmap");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, put, 0, COUNT(good));
	tcase_add_loop_test(tc, check, 0, COUNT(bad));
	tcase_add_test(tc, every_type);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
