/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small holders of base: buf, arena, secret and the error line. */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

START_TEST(test_buf_puts)
{
	static const uint8_t want[] = {
	    'a', 'b', 7, 1, 2, 0xde, 0xad, 0xbe, 0xef, '-', '4', '2'};
	struct buf b;

	buf_init(&b, 100);
	ck_assert_ptr_null(b.data);
	buf_put(&b, NULL, 0);
	buf_put(&b, "ab", 2);
	buf_u8(&b, 7);
	buf_u16(&b, 0x0102);
	buf_u32(&b, 0xdeadbeef);
	buf_str(&b, "-");
	buf_str(&b, "");
	buf_printf(&b, "%d", 42);
	ck_assert_int_eq(buf_check(&b, "x", NULL), DFLOW_OK);
	ck_assert_uint_eq(b.len, sizeof(want));
	ck_assert_mem_eq(b.data, want, sizeof(want));
	buf_free(&b);
	ck_assert_ptr_null(b.data);
	buf_u8(&b, 1);
	ck_assert_uint_eq(b.len, 1);
	buf_free(&b);
	buf_free(NULL);
}
END_TEST

START_TEST(test_buf_ceiling)
{
	struct dflow_err err = {DFLOW_OK, ""};
	struct buf b;

	buf_init(&b, 10);
	buf_put(&b, "0123456789", 10);
	ck_assert_int_eq(buf_check(&b, "it", &err), DFLOW_OK);
	buf_u8(&b, 1);
	ck_assert(b.failed);
	ck_assert_uint_eq(b.len, 10);
	ck_assert_int_eq(buf_check(&b, "it", &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "it exceeds 10 bytes");
	ck_assert_ptr_null(buf_reserve(&b, 1));
	buf_reset(&b);
	ck_assert(!b.failed);
	/* What does not fit as a whole is not written in part. */
	buf_put(&b, "012345678", 9);
	buf_u16(&b, 1);
	ck_assert_uint_eq(b.len, 9);
	buf_u8(&b, 1);
	ck_assert_uint_eq(b.len, 9);
	buf_free(&b);
}
END_TEST

START_TEST(test_buf_printf_to_the_byte)
{
	char long_text[600];
	struct buf b;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	buf_init(&b, 599);
	buf_printf(&b, "%s", long_text);
	ck_assert(!b.failed);
	ck_assert_uint_eq(b.len, 599);
	ck_assert_mem_eq(b.data, long_text, 599);
	buf_free(&b);
	buf_init(&b, 598);
	buf_printf(&b, "%s", long_text);
	ck_assert(b.failed && b.full);
	ck_assert_uint_eq(b.len, 0);
	buf_free(&b);
}
END_TEST

START_TEST(test_buf_grows)
{
	struct buf b;
	uint8_t *at;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		buf_u8(&b, (uint8_t)(i * 7));
	ck_assert(!b.failed);
	for (int i = 0; i < 1 << 20; i++)
		if (b.data[i] != (uint8_t)(i * 7))
			ck_abort_msg("byte %d", i);
	buf_reset(&b);
	at = buf_reserve(&b, 1 << 20);
	ck_assert_ptr_nonnull(at);
	memset(at, 1, 1 << 20);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_ptr_null(buf_reserve(&b, (1 << 20) + 1));
	buf_free(&b);
	buf_init(&b, SIZE_MAX);
	buf_u8(&b, 1);
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX));
	ck_assert(b.failed && b.full);
	buf_free(&b);
	buf_init(&b, 0);
	ck_assert_ptr_null(buf_reserve(&b, 0));
	buf_free(&b);
}
END_TEST

START_TEST(test_arena)
{
	static const size_t aligns[] = {1, 2, 4, 8};
	struct arena a;
	uint8_t *p[1000];
	size_t len;

	arena_init(&a, 0);
	for (size_t i = 0; i < 1000; i++) {
		len = i * i % 997 + (i % 100 == 0 ? 50000 : 0);
		p[i] = arena_alloc(&a, len, aligns[i % 4]);
		ck_assert_ptr_nonnull(p[i]);
		ck_assert_uint_eq((uintptr_t)p[i] % aligns[i % 4], 0);
		memset(p[i], (int)(i % 251), len);
	}
	for (size_t i = 0; i < 1000; i++) {
		len = i * i % 997 + (i % 100 == 0 ? 50000 : 0);
		for (size_t j = 0; j < len; j++)
			if (p[i][j] != i % 251)
				ck_abort_msg("piece %zu overlaps", i);
	}
	ck_assert_uint_gt(a.used, 500000);
	arena_free(&a);
	ck_assert_uint_eq(a.used, 0);
	ck_assert_ptr_null(a.head);
	arena_free(NULL);
}
END_TEST

START_TEST(test_arena_ceiling)
{
	struct arena a;
	size_t given = 0;

	arena_init(&a, 100000);
	while (arena_alloc(&a, 100, 8) != NULL) {
		given += 100;
		ck_assert_uint_le(a.used, 100000);
		ck_assert_uint_le(given, 100000);
	}
	/* Most of it is of use. */
	ck_assert_uint_gt(given, 90000);
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX, 8));
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX - 8, 1));
	arena_free(&a);
	ck_assert_ptr_nonnull(arena_alloc(&a, 90000, 8));
	arena_free(&a);
	arena_init(&a, 10);
	ck_assert_ptr_null(arena_alloc(&a, 1, 1));
	arena_free(&a);
	arena_init(&a, 0);
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX, 1));
	ck_assert_ptr_nonnull(arena_alloc(&a, 0, 8));
	arena_free(&a);
}
END_TEST

START_TEST(test_secret)
{
	struct dflow_err err;
	struct secret *s = NULL;

	ck_assert_int_eq(secret_new(8, &s, &err), DFLOW_OK);
	ck_assert_uint_eq(s->cap, 8);
	ck_assert_uint_eq(s->len, 0);
	for (size_t i = 0; i < 8; i++)
		ck_assert_uint_eq(s->data[i], 0);
	ck_assert_int_eq(secret_put(s, "hush", 4, &err), DFLOW_OK);
	ck_assert_int_eq(secret_put(s, NULL, 0, &err), DFLOW_OK);
	ck_assert_int_eq(secret_put(s, "12345", 5, &err), DFLOW_FAILED);
	ck_assert_uint_eq(s->len, 4);
	ck_assert_int_eq(secret_put(s, "1234", 4, &err), DFLOW_OK);
	ck_assert_mem_eq(s->data, "hush1234", 8);
	ck_assert_int_eq(secret_put(s, "", 1, &err), DFLOW_FAILED);
	secret_free(&s);
	ck_assert_ptr_null(s);
	secret_free(&s);
	secret_free(NULL);
	ck_assert_int_eq(secret_new(0, &s, &err), DFLOW_FAILED);
	ck_assert_int_eq(secret_new(1024 * 1024 + 1, &s, &err), DFLOW_FAILED);
	ck_assert_int_eq(secret_new(SIZE_MAX, &s, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s);
	ck_assert_int_eq(secret_new(1024 * 1024, &s, &err), DFLOW_OK);
	s->data[1024 * 1024 - 1] = 1;
	secret_free(&s);
}
END_TEST

static const struct {
	const char *in;
	const char *want;
} lines[] = {
    {"plain text", "plain text"},
    {"a\nb", "a\\010b"},
    {"\033[31mred\033[0m", "\\027[31mred\\027[0m"},
    {"\r\t\001\037\177", "\\013\\009\\001\\031\\127"},
    {"caf\303\251 \302\233", "caf\\195\\169 \\194\\155"},
    {"\377", "\\255"},
    {"back\\slash", "back\\slash"},
    {"", ""},
};

START_TEST(test_err_visible)
{
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(
	    err_set(&err, DFLOW_REFUSED, "%s", lines[_i].in), DFLOW_REFUSED);
	ck_assert_int_eq(err.status, DFLOW_REFUSED);
	ck_assert_str_eq(err.text, lines[_i].want);
}
END_TEST

START_TEST(test_err_forms)
{
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert_int_eq(err_set(NULL, DFLOW_USAGE, "x"), DFLOW_USAGE);
	ck_assert_int_eq(
	    err_at(&err, "a.zone", 17, "TTL exceeds %d", 5), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "a.zone:17: TTL exceeds 5");
	ck_assert_int_eq(
	    err_set(&err, DFLOW_REFUSED, "again: %s", err.text), DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "again: a.zone:17: TTL exceeds 5");
	errno = ENOSPC;
	ck_assert_int_eq(err_errno(&err, "%s", "a"), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "a: No space left on device");
	ck_assert_int_eq(err_memory(&err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "out of memory");
}
END_TEST

/* Whatever the length and the escapes, it ends within the struct. */
START_TEST(test_err_truncated)
{
	struct dflow_err err;
	char in[3000];

	for (size_t len = 200; len < sizeof(in); len += 7) {
		memset(in, len % 2 == 0 ? 'x' : '\033', len);
		in[len] = '\0';
		memset(&err, 'y', sizeof(err));
		(void)err_set(&err, DFLOW_FAILED, "%s", in);
		ck_assert_ptr_nonnull(memchr(err.text, 0, DFLOW_ERR_TEXT));
		if (len >= DFLOW_ERR_TEXT)
			ck_assert_str_eq(
			    err.text + strlen(err.text) - 3, "...");
		(void)err_at(&err, in, 1, "%s", in);
		ck_assert_ptr_nonnull(memchr(err.text, 0, DFLOW_ERR_TEXT));
	}
	/* The cause of a failure survives a long file name. */
	memset(in, 'x', sizeof(in) - 1);
	in[sizeof(in) - 1] = '\0';
	errno = EACCES;
	(void)err_errno(&err, "%s", in);
	ck_assert_ptr_nonnull(strstr(err.text, "x: Permission denied"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_buf_puts);
	tcase_add_test(t, test_buf_ceiling);
	tcase_add_test(t, test_buf_printf_to_the_byte);
	tcase_add_test(t, test_buf_grows);
	tcase_add_test(t, test_arena);
	tcase_add_test(t, test_arena_ceiling);
	tcase_add_test(t, test_secret);
	tcase_add_loop_test(
	    t, test_err_visible, 0, (int)(sizeof(lines) / sizeof(*lines)));
	tcase_add_test(t, test_err_forms);
	tcase_add_test(t, test_err_truncated);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
