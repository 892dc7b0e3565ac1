/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "zone/load.h"
#include "zone/write.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char dir[256];

static const char *
in_dir(const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
save(const char *name, const void *text, size_t len)
{
	struct dflow_err err;

	ck_assert_msg(os_write(in_dir(name), 0600, text, len, &err) == DFLOW_OK,
	    "%s", err.text);
}

/* Reads the zone in from, writes it to to. */
static void
copy(const char *from, const char *to, unsigned threads)
{
	struct zone_load p = {.path = in_dir(from), .threads = threads};
	struct dflow_err err = {.text = ""};
	struct os_save *out = NULL;
	struct zone *z = NULL;

	ck_assert_msg(zone_load(&p, &z, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_msg(os_save_open(in_dir(to), 0600, &out, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_msg(
	    zone_write(z, threads, out, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_int_eq(os_save_commit(&out, &err), DFLOW_OK);
	zone_free(&z);
}

static void
expect(const char *name, const struct buf *want)
{
	struct dflow_err err = {.text = ""};
	struct buf got;

	buf_init(&got, (size_t)64 << 20);
	ck_assert_msg(os_read(in_dir(name), got.max, &got, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_uint_eq(got.len, want->len);
	ck_assert(memcmp(got.data, want->data, got.len) == 0);
	buf_free(&got);
}

START_TEST(order)
{
	static const char text[] =
	    "$TTL 60\n$ORIGIN z.\n"
	    "b TXT x\n. A 1.1.1.1\na.b A 1.1.1.2\n@ A 1.1.1.1\n"
	    "b RRSIG TXT 13 2 60 20300101000000 20200101000000 1 @ AAAA\n"
	    "@ SOA a b 1 2 3 4 5\na.b A 1.1.1.1\nb 61 AAAA ::1\n";
	static const char want[] =
	    "z.\t60\tIN\tSOA\ta.z. b.z. 1 2 3 4 5\n"
	    ".\t60\tIN\tA\t1.1.1.1\n"
	    "z.\t60\tIN\tA\t1.1.1.1\n"
	    "b.z.\t60\tIN\tTXT\t\"x\"\n"
	    "b.z.\t61\tIN\tAAAA\t::1\n"
	    "b.z.\t60\tIN\tRRSIG\tTXT 13 2 60 20300101000000 20200101000000 "
	    "1 z. AAAA\n"
	    "a.b.z.\t60\tIN\tA\t1.1.1.1\n"
	    "a.b.z.\t60\tIN\tA\t1.1.1.2\n";
	struct buf b;

	buf_init(&b, 4096);
	buf_str(&b, want);
	save("in", text, strlen(text));
	copy("in", "out", 2);
	expect("out", &b);
	buf_free(&b);
}
END_TEST

/* What was written reads back as the same, by any number of threads. */
START_TEST(round_trip)
{
	static const unsigned threads[] = {1, 2, 5};
	struct dflow_err err = {.text = ""};
	struct buf b, first;

	buf_init(&b, (size_t)16 << 20);
	buf_init(&first, (size_t)64 << 20);
	buf_str(&b, "$TTL 60\n@ SOA a b 1 2 3 4 5\n");
	for (unsigned i = 0; i < 9000; i++)
		buf_printf(&b,
		    "n%u A 1.1.%u.%u\n%u.\\000\\.\\@ TXT \"\\%03u"
		    "\\\"\"\n TYPE65280 \\# 2 %04x\n",
		    i * 7919 % 9000, i >> 8 & 255, i & 255, i % 500, i % 256,
		    i);
	save("in", b.data, b.len);
	copy("in", "out", 1);
	ck_assert_int_eq(
	    os_read(in_dir("out"), first.max, &first, &err), DFLOW_OK);
	ck_assert_uint_gt(first.len, 500000);
	for (size_t i = 0; i < COUNT(threads); i++) {
		copy("out", "again", threads[i]);
		expect("again", &first);
	}
	buf_free(&b);
	buf_free(&first);
}
END_TEST

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(dir, sizeof(dir), "%s/test_write.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
teardown(void)
{
	os_remove(in_dir("in"));
	os_remove(in_dir("out"));
	os_remove(in_dir("again"));
	(void)rmdir(dir);
}

int
main(void)
{
	Suite *s = suite_create("write");
	TCase *tc = tcase_create("write");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, order);
	tcase_add_test(tc, round_trip);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
