/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms and paths: what is escaped, what fits, and that libcurl reads it. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "keys/form.h"

static struct dflow_err err;

static struct secret *
room(size_t cap)
{
	struct secret *s = NULL;

	ck_assert_int_eq(secret_new(cap, &s, &err), DFLOW_OK);
	return s;
}

static void
check_body(const struct secret *s, const char *text)
{
	ck_assert_uint_eq(s->len, strlen(text));
	ck_assert_mem_eq(s->data, text, s->len);
}

static const struct {
	const char *value;
	const char *encoded;
} values[] = {
    {"", ""},
    {"JP.example", "JP.example"},
    {"A-Z_a-z~0.9", "A-Z_a-z~0.9"},
    {"a b", "a%20b"},
    {"a+b", "a%2Bb"},
    {"a&b=c", "a%26b%3Dc"},
    {"100%", "100%25"},
    {"p\303\266", "p%C3%B6"},
    {"\"\\/\r\n", "%22%5C%2F%0D%0A"},
    {"\001\177\377", "%01%7F%FF"},
    {"@`[{", "%40%60%5B%7B"},
};

START_TEST(test_values)
{
	struct secret *s = room(100);
	char want[100] = "pin=", path[100] = "", name[100] = "";
	int back_len = 0;
	char *back;

	strcat(want, values[_i].encoded);
	ck_assert_int_eq(form_put(s, "pin", values[_i].value,
			     strlen(values[_i].value), &err),
	    DFLOW_OK);
	check_body(s, want);
	/* A name is escaped likewise. */
	s->len = 0;
	ck_assert_int_eq(form_put(s, values[_i].value, "1", 1, &err), DFLOW_OK);
	strcat(strcat(name, values[_i].encoded), "=1");
	check_body(s, name);
	secret_free(&s);

	ck_assert(form_path(path, sizeof(path), values[_i].value));
	ck_assert_str_eq(path + 1, values[_i].encoded);
	ck_assert_int_eq(path[0], '/');
	back = curl_easy_unescape(NULL, path + 1, 0, &back_len);
	ck_assert_str_eq(back, values[_i].value);
	curl_free(back);
}
END_TEST

START_TEST(test_several)
{
	struct secret *s = room(100);

	ck_assert_int_eq(form_put(s, "core", "1", 1, &err), DFLOW_OK);
	ck_assert_int_eq(form_put(s, "pin", "", 0, &err), DFLOW_OK);
	ck_assert_int_eq(form_put(s, "nul", "a\0b", 3, &err), DFLOW_OK);
	check_body(s, "core=1&pin=&nul=a%00b");
	secret_free(&s);
}
END_TEST

/* It fits to the byte, or not at all. */
START_TEST(test_ceiling)
{
	static const char whole[] = "a=1&b=%26";
	struct secret *s;

	for (size_t cap = 3; cap <= strlen(whole); cap++) {
		s = room(cap);
		ck_assert_int_eq(form_put(s, "a", "1", 1, &err), DFLOW_OK);
		err.text[0] = '\0';
		if (cap == strlen(whole)) {
			ck_assert_int_eq(
			    form_put(s, "b", "&", 1, &err), DFLOW_OK);
			check_body(s, whole);
		} else {
			ck_assert_int_eq(
			    form_put(s, "b", "&", 1, &err), DFLOW_FAILED);
			check_body(s, "a=1");
			ck_assert_ptr_nonnull(strstr(err.text, "larger than"));
		}
		secret_free(&s);
	}
	s = room(2);
	ck_assert_int_eq(form_put(s, "a", "1", 1, &err), DFLOW_FAILED);
	ck_assert_int_eq(form_put(s, "abc", "1", 1, &err), DFLOW_FAILED);
	ck_assert_uint_eq(s->len, 0);
	secret_free(&s);
}
END_TEST

static const struct {
	const char *before;
	const char *part;
	size_t size;
	const char *after; /* NULL: refused */
} paths[] = {
    {"/n200", "timestamp", 32, "/n200/timestamp"},
    {"/n200/timestamp", "", 32, "/n200/timestamp/"},
    {"", "a", 3, "/a"},
    {"", "a", 2, NULL},
    {"/a", "b", 5, "/a/b"},
    {"/a", "b", 4, NULL},
    {"/a", "%", 6, NULL},
    {"/a", "%", 7, "/a/%25"},
    {"/a", "", 4, "/a/"},
    {"/a", "", 3, NULL},
    {"/a", ".", 32, NULL},
    {"/a", "..", 32, NULL},
    {"/a", "...", 32, "/a/..."},
    {"/a", "../b", 32, "/a/..%2Fb"},
    {"/a", ".b", 32, "/a/.b"},
};

START_TEST(test_paths)
{
	char path[32];
	const char *after = paths[_i].after;

	strcpy(path, paths[_i].before);
	ck_assert_int_eq(
	    form_path(path, paths[_i].size, paths[_i].part), after != NULL);
	ck_assert_str_eq(path, after != NULL ? after : paths[_i].before);
}
END_TEST

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("form");
	TCase *t = tcase_create("form");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_values, 0, LEN(values));
	tcase_add_test(t, test_several);
	tcase_add_test(t, test_ceiling);
	tcase_add_loop_test(t, test_paths, 0, LEN(paths));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
