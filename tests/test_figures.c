/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An operation's figures, for people and as JSON. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/digits.h"
#include "../src/figures.h"

static const struct dflow_stats typical = {
    .phases =
	{
	    [DFLOW_PHASE_LOAD] = {0.125, 1234567, 0},
	    [DFLOW_PHASE_ORDER] = {0.0004, 1234567, 0},
	    [DFLOW_PHASE_PREVIOUS] = {0.0009, 0, 0}, /* there was none */
	    [DFLOW_PHASE_CHAIN] = {0.5, 0, 0},
	    [DFLOW_PHASE_SIGN] = {2, 1500000, 270017},
	    [DFLOW_PHASE_WRITE] = {0.25, 1500000, 0},
	    [DFLOW_PHASE_VERIFY] = {4, 1500000, 270017},
	},
    .peak_memory = 700 * 1024 * 1024 + 1,
};

/* No line for what there was not, no rate of the disk or of no time. */
START_TEST(test_text)
{
	char out[FIGURES_TEXT];

	figures_text(&typical, out);
	ck_assert_str_eq(out,
	    "phase        seconds         records      signatures"
	    "      per second\n"
	    "load           0.125       1,234,567"
	    "                       9,876,536\n"
	    "order          0.000       1,234,567"
	    "\n"
	    "chain          0.500\n"
	    "sign           2.000       1,500,000         270,017"
	    "         135,008\n"
	    "write          0.250       1,500,000"
	    "\n"
	    "verify         4.000       1,500,000         270,017"
	    "          67,504\n"
	    "peak memory 701 MB, 6.875 seconds in all\n");
}
END_TEST

/* Nothing at all, and the largest of everything: whole lines of 80 columns. */
START_TEST(test_text_limits)
{
	char out[FIGURES_TEXT];
	struct dflow_stats s = {0};
	size_t lines = 0;

	figures_text(&s, out);
	ck_assert_ptr_nonnull(strstr(out, "\npeak memory 0 MB, 0.000 seconds"));
	for (size_t i = 0; i < DFLOW_PHASES; i++) {
		s.phases[i].seconds = 9999999;
		s.phases[i].records = 99999999999;
		s.phases[i].signatures = 99999999999;
	}
	s.peak_memory = UINT64_C(1) << 60;
	figures_text(&s, out);
	for (char *p = out; *p != '\0'; lines++) {
		size_t len = strcspn(p, "\n");

		ck_assert_uint_le(len, 80);
		ck_assert(p[len] == '\n');
		p += len + 1;
	}
	ck_assert_uint_eq(lines, DFLOW_PHASES + 2);
	/* Numbers that no machine has may be cut, but not run over. */
	for (size_t i = 0; i < DFLOW_PHASES; i++) {
		s.phases[i].seconds = 1e300;
		s.phases[i].records = SIZE_MAX;
	}
	s.peak_memory = UINT64_MAX;
	figures_text(&s, out);
	ck_assert_uint_lt(strlen(out), FIGURES_TEXT);
}
END_TEST

START_TEST(test_json)
{
	struct dflow_stats s = {
	    .phases[DFLOW_PHASE_PREVIOUS] = {0.000001, 1, 0},
	    .phases[DFLOW_PHASE_SIGN] = {1.5, 3, 2},
	    .peak_memory = 5000000000,
	};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct json j;

	ck_assert_ptr_nonnull(f);
	json_init(&j, f);
	json_object(&j, NULL);
	figures_json(&j, &s);
	json_object_end(&j);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_str_eq(text,
	    "{\n  \"stats\": {\n    \"phases\": [\n"
	    "      {\n        \"phase\": \"previous\",\n"
	    "        \"seconds\": 0.000001,\n        \"records\": 1,\n"
	    "        \"signatures\": 0\n      },\n"
	    "      {\n        \"phase\": \"sign\",\n"
	    "        \"seconds\": 1.500000,\n        \"records\": 3,\n"
	    "        \"signatures\": 2\n      }\n    ],\n"
	    "    \"peak_memory\": 5000000000\n  }\n}\n");
	free(text);
}
END_TEST

static const struct {
	uint64_t n;
	const char *text;
} counts[] = {
    {0, "0"},
    {999, "999"},
    {1000, "1,000"},
    {123456, "123,456"},
    {1234567, "1,234,567"},
    {UINT64_MAX, "18,446,744,073,709,551,615"},
};

START_TEST(test_digits)
{
	char out[DIGITS_TEXT];

	ck_assert_str_eq(digits_group(counts[_i].n, out), counts[_i].text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("figures");
	TCase *t = tcase_create("figures");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, test_text);
	tcase_add_test(t, test_text_limits);
	tcase_add_test(t, test_json);
	tcase_add_loop_test(
	    t, test_digits, 0, sizeof(counts) / sizeof(counts[0]));
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
