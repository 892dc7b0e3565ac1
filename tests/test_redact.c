/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in text, however they are written there. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "keys/redact.h"

#define PASS "Pa55:w\303\266 d\"%+/\\9"
#define PIN "13579"
/* In base64 it has a '+' and a '/', wherever it begins. */
#define ODD "\373\357\276\377\377\377"

static struct dflow_err err;
static struct secret *pass, *pin, *odd;
static struct redact all;

static struct secret *
secret_of(const char *text)
{
	struct secret *s = NULL;

	ck_assert_int_eq(secret_new(100, &s, &err), DFLOW_OK);
	ck_assert_int_eq(secret_put(s, text, strlen(text), &err), DFLOW_OK);
	return s;
}

static void
setup(void)
{
	memset(&all, 0, sizeof(all));
	pass = secret_of(PASS);
	pin = secret_of(PIN);
	odd = secret_of(ODD);
	ck_assert_int_eq(redact_add(&all, pass, &err), DFLOW_OK);
	ck_assert_int_eq(redact_add(&all, pin, &err), DFLOW_OK);
	ck_assert_int_eq(redact_add(&all, odd, &err), DFLOW_OK);
}

static void
teardown(void)
{
	secret_free(&pass);
	secret_free(&pin);
	secret_free(&odd);
}

static void
check_text(const char *text, size_t len, const char *want)
{
	char out[512];

	ck_assert_uint_eq(
	    redact_text(&all, text, len, out, sizeof(out)), strlen(want));
	ck_assert_str_eq(out, want);
}

static const struct {
	const char *text;
	const char *want;
	const char *why;
} texts[] = {
    {"", "", "nothing"},
    {"harmless 1357 3579 Pa55", "harmless 1357 3579 Pa55", "parts alone"},
    {"13579", "[secret]", "all of it"},
    {"pin=13579&x", "pin=[secret]&x", "as it is"},
    {"1357913579", "[secret][secret]", "twice"},
    {"113579", "1[secret]", "behind its first"},
    {"x" PASS "x", "x[secret]x", "with all characters"},
    {"3133353739", "[secret]", "hex"},
    {"x50 50613535", "x50 50613535", "a part in hex"},
    {"x506135353A77C3b620642225"
     "2b2F5c39y",
	"x[secret]y", "hex, any case"},
    {"p=Pa55%3Aw%C3%B6%20d%22%25%2B%2F%5C9&", "p=[secret]&", "a form"},
    {"p=Pa55%3aw%c3%b6+d%22%25%2b%2f%5c9&", "p=[secret]&", "another form"},
    {"p=Pa55:w\303\266%20d%22%25%2B/%5C9&", "p=[secret]&", "as some browsers"},
    {"p=%31%33%35%37%39", "p=[secret]", "needless escapes"},
    {"\"Pa55:w\303\266 d\\\"%+/\\\\9\"", "\"[secret]\"", "JSON"},
    {"\"Pa55:w\\u00f6 d\\\"%+\\/\\\\9\"", "\"[secret]\"", "more of JSON"},
    {"\\u0031\\u0033\\u0035\\u0037\\u0039", "[secret]", "JSON's numbers"},
    {"\\u00312", "\\u00312", "another in JSON"},
    {"Pa55:w\303\266 d&quot;%+/\\9", "[secret]", "HTML"},
    {"Pa55&#58;w\303\266 d&#x22;%&#x2B;/\\9", "[secret]", "more of HTML"},
    {"&#49;&#51;&#53;&#55;&#57", "&#49;&#51;&#53;&#55;&#57", "cut short"},
    {"&#;&#x;&;&amp", "&#;&#x;&;&amp", "references that are none"},
    {"%", "%", "an escape without an end"},
    {"%3", "%3", "an escape cut short"},
    {"%31%33%35%37%3", "%31%33%35%37%3", "the last one cut short"},
    {"\\", "\\", "a backslash alone"},
    {"\\u", "\\u", "an escape without digits"},
    {"\\u003", "\\u003", "an escape with few"},
    {"a\tb\nc\001\177\377", "a.b.c...", "what drives a terminal"},
};

START_TEST(test_texts)
{
	check_text(texts[_i].text, strlen(texts[_i].text), texts[_i].want);
}
END_TEST

/* Behind up to three bytes and before others, as in user:password. */
START_TEST(test_base64)
{
	static const char *const inner[] = {PIN, PASS, ODD};
	char plain[200], text[300], out[300], *p;
	size_t len;

	snprintf(plain, sizeof(plain), "%.*s%s%.*s", _i % 4, "abc",
	    inner[_i / 16], _i / 4 % 4, "xyz");
	len = base64_encode((const uint8_t *)plain, strlen(plain), text);
	text[len] = '\0';
	redact_text(&all, text, len, out, sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "[secret]"));
	/* At most what stands for the bytes around it is left. */
	ck_assert_uint_le(strlen(out), strlen("[secret]") + 4 + 6);
	/* The other alphabet (RFC 4648 section 5), unpadded. */
	for (p = text; *p != '\0'; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? '\0' : *p;
	redact_text(&all, text, strlen(text), out, sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "[secret]"));
	/* One byte is another: it is no secret. */
	plain[_i % 4 + 2] ^= 1;
	len = base64_encode((const uint8_t *)plain, strlen(plain), text);
	text[len] = '\0';
	redact_text(&all, text, len, out, sizeof(out));
	ck_assert_str_eq(out, text);
}
END_TEST

/* U+1F511, as two numbers. */
START_TEST(test_pair)
{
	struct secret *key = secret_of("a\360\237\224\221b");
	static const char text[] = "\"a\\uD83D\\uDD11b\", \"a\\uD83Db\"";

	ck_assert_int_eq(redact_add(&all, key, &err), DFLOW_OK);
	check_text(text, strlen(text), "\"[secret]\", \"a\\uD83Db\"");
	secret_free(&key);
}
END_TEST

/* No room shows a part of a secret, which begins before the end of it. */
START_TEST(test_room)
{
	static const char text[] = "pin 13579 and more";
	char out[32];

	for (size_t size = 0; size < sizeof(out); size++) {
		size_t n, most = strlen("pin [secret] and more");

		memset(out, '#', sizeof(out));
		n = redact_text(&all, text, strlen(text), out, size);
		ck_assert_uint_eq(n, size == 0      ? 0
				     : size <= most ? size - 1
						    : most);
		ck_assert_int_eq(out[n], size == 0 ? '#' : '\0');
		ck_assert(
		    size == 0 || strncmp(out, "pin [secret] and more", n) == 0);
		ck_assert_int_eq(out[size], '#');
	}
}
END_TEST

/* Two that share bytes: neither's rest is left. */
START_TEST(test_overlap)
{
	struct secret *more = secret_of("7924"), *less = secret_of("357");

	ck_assert_int_eq(redact_add(&all, more, &err), DFLOW_OK);
	ck_assert_int_eq(redact_add(&all, less, &err), DFLOW_OK);
	check_text("a1357924b", 9, "a[secret]b");
	secret_free(&more);
	secret_free(&less);
}
END_TEST

START_TEST(test_add)
{
	struct redact r = {0};
	struct secret *none = secret_of("");
	char out[16];

	ck_assert_int_eq(redact_add(&r, NULL, &err), DFLOW_OK);
	ck_assert_int_eq(redact_add(&r, none, &err), DFLOW_OK);
	ck_assert_uint_eq(r.count, 0);
	redact_text(&r, PIN, 5, out, sizeof(out));
	ck_assert_str_eq(out, PIN);
	redact_text(NULL, PIN, 5, out, sizeof(out));
	ck_assert_str_eq(out, PIN);
	for (int i = 0; i < REDACT_MAX; i++)
		ck_assert_int_eq(redact_add(&r, pin, &err), DFLOW_OK);
	ck_assert_int_eq(redact_add(&r, pin, &err), DFLOW_FAILED);
	secret_free(&none);
}
END_TEST

/* Bytes behind a NUL count, and nothing behind len is read. */
START_TEST(test_length)
{
	check_text("a\00013579", 7, "a.[secret]");
	check_text("13579", 4, "1357");
	check_text("%31%33%35%37%39", 14, "%31%33%35%37%3");
	check_text("3133353739", 9, "313335373");
}
END_TEST

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("redact");
	TCase *t = tcase_create("redact");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_texts, 0, LEN(texts));
	tcase_add_loop_test(t, test_base64, 0, 48);
	tcase_add_test(t, test_pair);
	tcase_add_test(t, test_room);
	tcase_add_test(t, test_overlap);
	tcase_add_test(t, test_add);
	tcase_add_test(t, test_length);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
