/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64, base32hex and hex: RFC 4648's vectors, and what must be refused. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"

static const struct {
	const char *raw;
	const char *base64;
	const char *base32hex;
	const char *hex;
} good[] = {
    {"", "", "", ""},
    {"f", "Zg==", "co", "66"},
    {"fo", "Zm8=", "cpng", "666f"},
    {"foo", "Zm9v", "cpnmu", "666f6f"},
    {"foob", "Zm9vYg==", "cpnmuog", "666f6f62"},
    {"fooba", "Zm9vYmE=", "cpnmuoj1", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "cpnmuoj1e8", "666f6f626172"},
    {"\377\376\375", "//79", "vvvfq", "fffefd"},
    {"\373\357\276", "++++", "vfnrs", "fbefbe"},
};

START_TEST(test_vectors)
{
	const char *raw = good[_i].raw;
	size_t len = strlen(raw);
	uint8_t back[16];
	char out[32];
	size_t n;

	n = base64_encode((const uint8_t *)raw, len, out);
	ck_assert_uint_eq(n, BASE64_LEN(len));
	ck_assert_uint_eq(n, strlen(good[_i].base64));
	ck_assert_mem_eq(out, good[_i].base64, n);
	ck_assert(base64_decode(out, n, back, sizeof(back), &n));
	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(back, raw, len);

	n = base32hex_encode((const uint8_t *)raw, len, out);
	ck_assert_uint_eq(n, BASE32HEX_LEN(len));
	ck_assert_uint_eq(n, strlen(good[_i].base32hex));
	ck_assert_mem_eq(out, good[_i].base32hex, n);
	ck_assert(base32hex_decode(out, n, back, sizeof(back), &n));
	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(back, raw, len);

	n = hex_encode((const uint8_t *)raw, len, out);
	ck_assert_uint_eq(n, HEX_LEN(len));
	ck_assert_uint_eq(n, strlen(good[_i].hex));
	ck_assert_mem_eq(out, good[_i].hex, n);
	ck_assert(hex_decode(out, n, back, sizeof(back), &n));
	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(back, raw, len);
}
END_TEST

typedef bool decode(
    const char *in, size_t len, uint8_t *out, size_t max, size_t *out_len);

static const struct {
	decode *decode;
	const char *in;
	const char *raw; /* NULL: refused */
	const char *why;
} forms[] = {
    {base64_decode, "Zm 9v\tYm E= ", "fooba", "blanks are skipped"},
    {base64_decode, "Zg= =", "f", "blanks in the padding"},
    {base64_decode, "  ", "", "only blanks"},
    {base64_decode, "Zm9v\nYg==", NULL, "a newline"},
    {base64_decode, "Zg", NULL, "no padding"},
    {base64_decode, "Zg=", NULL, "half the padding"},
    {base64_decode, "Zg===", NULL, "too much padding"},
    {base64_decode, "Zm8==", NULL, "padding of another length"},
    {base64_decode, "Zm9v=", NULL, "padding behind a full group"},
    {base64_decode, "Zm9v====", NULL, "a group of padding"},
    {base64_decode, "=", NULL, "only padding"},
    {base64_decode, "Z", NULL, "one digit"},
    {base64_decode, "Zm9vZ", NULL, "one digit too many"},
    {base64_decode, "Zh==", NULL, "lost bits set, 4"},
    {base64_decode, "Zm9=", NULL, "lost bits set, 2"},
    {base64_decode, "Zg==Zg==", NULL, "more behind the padding"},
    {base64_decode, "Zm9_", NULL, "the other alphabet"},
    {base64_decode, "Zm9-", NULL, "the other alphabet"},
    {base64_decode, "Zm9\200", NULL, "a byte above 127"},
    {base64_decode, "Zm9v;", NULL, "a comment"},
    {base32hex_decode, "CPNMUOJ1E8", "foobar", "upper case"},
    {base32hex_decode, "cPnMuOj1E8", "foobar", "both cases"},
    {base32hex_decode, "co======", NULL, "padding"},
    {base32hex_decode, "c", NULL, "one digit"},
    {base32hex_decode, "cpn", NULL, "three digits"},
    {base32hex_decode, "cpnmuo", NULL, "six digits"},
    {base32hex_decode, "cp", NULL, "lost bits set, 2 digits"},
    {base32hex_decode, "cpnh", NULL, "lost bits set, 4 digits"},
    {base32hex_decode, "cpnmv", NULL, "lost bit set, 5 digits"},
    {base32hex_decode, "cpnmuoh", NULL, "lost bits set, 7 digits"},
    {base32hex_decode, "cw", NULL, "beyond v"},
    {base32hex_decode, "c o", NULL, "a blank"},
    {base32hex_decode, "-", NULL, "the empty salt is not for us"},
    {hex_decode, "666F6f", "foo", "both cases"},
    {hex_decode, "666", NULL, "an odd length"},
    {hex_decode, "6g", NULL, "beyond f"},
    {hex_decode, "g6", NULL, "beyond f"},
    {hex_decode, "66 6f", NULL, "a blank"},
    {hex_decode, "0x66", NULL, "a prefix"},
};

START_TEST(test_forms)
{
	uint8_t out[16];
	size_t n = 77;
	bool ok;

	ok = forms[_i].decode(
	    forms[_i].in, strlen(forms[_i].in), out, sizeof(out), &n);
	ck_assert_msg(ok == (forms[_i].raw != NULL), "%s", forms[_i].why);
	if (!ok) {
		ck_assert_uint_eq(n, 77);
		return;
	}
	ck_assert_uint_eq(n, strlen(forms[_i].raw));
	ck_assert_mem_eq(out, forms[_i].raw, n);
}
END_TEST

START_TEST(test_nul_is_no_digit)
{
	uint8_t out[16];
	size_t n;

	ck_assert(!base64_decode("Zm9\0", 4, out, sizeof(out), &n));
	ck_assert(!base32hex_decode("c\0", 2, out, sizeof(out), &n));
	ck_assert(!hex_decode("6\0", 2, out, sizeof(out), &n));
}
END_TEST

/* Every length and many values there and back; the room to the byte. */
START_TEST(test_round_trip)
{
	uint8_t raw[67], back[67];
	char text[160];
	size_t len = (size_t)_i, n, m;

	for (unsigned seed = 0; seed < 50; seed++) {
		for (size_t i = 0; i < len; i++)
			raw[i] = (uint8_t)(i * 37 + seed * 101 + i * i);
		n = base64_encode(raw, len, text);
		ck_assert(base64_decode(text, n, back, len, &m));
		ck_assert_uint_eq(m, len);
		ck_assert(len == 0 || memcmp(raw, back, len) == 0);
		ck_assert(
		    len == 0 || !base64_decode(text, n, back, len - 1, &m));
		n = base32hex_encode(raw, len, text);
		ck_assert(base32hex_decode(text, n, back, len, &m));
		ck_assert_uint_eq(m, len);
		ck_assert(len == 0 || memcmp(raw, back, len) == 0);
		ck_assert(
		    len == 0 || !base32hex_decode(text, n, back, len - 1, &m));
		n = hex_encode(raw, len, text);
		ck_assert(hex_decode(text, n, back, len, &m));
		ck_assert_uint_eq(m, len);
		ck_assert(len == 0 || memcmp(raw, back, len) == 0);
		ck_assert(len == 0 || !hex_decode(text, n, back, len - 1, &m));
	}
}
END_TEST

/* No change of one character may decode to the same bytes. */
START_TEST(test_one_spelling)
{
	static const char text[] = "Zm9vYmE=";
	uint8_t want[8], out[8];
	char other[9];
	size_t want_len, n;

	ck_assert(base64_decode(text, 8, want, sizeof(want), &want_len));
	for (size_t i = 0; i < 8; i++)
		for (int c = 0; c < 256; c++) {
			memcpy(other, text, sizeof(other));
			other[i] = (char)c;
			if (other[i] == text[i])
				continue;
			if (base64_decode(other, 8, out, sizeof(out), &n))
				ck_assert(
				    n != want_len || memcmp(out, want, n) != 0);
		}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("encode");
	TCase *t = tcase_create("encode");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(
	    t, test_vectors, 0, (int)(sizeof(good) / sizeof(*good)));
	tcase_add_loop_test(
	    t, test_forms, 0, (int)(sizeof(forms) / sizeof(*forms)));
	tcase_add_test(t, test_nul_is_no_digit);
	tcase_add_loop_test(t, test_round_trip, 0, 67);
	tcase_add_test(t, test_one_spelling);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
