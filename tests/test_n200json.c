/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON of a device, or of n200.conf, is held to RFC 8259. */
#include <stdio.h>

#include "n200tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DEEP8 "[[[[[[[["

static const struct {
	const char *text;
	const char *why; /* NULL: it is good */
	size_t line;
} texts[] = {
    {"{}", NULL, 0},
    {" \t\r\n{ } \n", NULL, 0},
    {"{\"a\":[1,-0,0.5,1e9,-1.25E-3,1E+2]}", NULL, 0},
    {"{\"a\":[true,false,null,\"\",{},[]]}", NULL, 0},
    {"{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\udd1e\":\"\"}", NULL, 0},
    {"{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\x7f\"}", NULL, 0},
    {"{\"a\":1234567890123456789012345678901234567890}", NULL, 0},
    {"{\"a\":" DEEP8 "[[[[[[["
     "]]]]]]]"
     "]]]]]]]]}",
	NULL, 0},
    {"", "not a JSON object", 1},
    {"\n\n ", "not a JSON object", 3},
    {"[]", "not a JSON object", 1},
    {"\"a\"", "not a JSON object", 1},
    {"null", "not a JSON object", 1},
    {"\xef\xbb\xbf{}", "not a JSON object", 1},
    {"{", "not JSON here", 1},
    {"{\n\"a\"", "not JSON here", 2},
    {"{\"a\":", "not JSON here", 1},
    {"{\"a\":1", "not JSON here", 1},
    {"{\"a\":1,}", "not JSON here", 1},
    {"{,}", "not JSON here", 1},
    {"{\"a\" 1}", "not JSON here", 1},
    {"{a:1}", "not JSON here", 1},
    {"{'a':1}", "not JSON here", 1},
    {"{\"a\":1 \"b\":2}", "not JSON here", 1},
    {"{\"a\":[1,]}", "not JSON here", 1},
    {"{\"a\":[1}", "not JSON here", 1},
    {"{\"a\":[1 2]}", "not JSON here", 1},
    {"{\"a\":1]", "not JSON here", 1},
    {"{\"a\":// no\n1}", "not JSON here", 1},
    {"{\"a\":01}", "not JSON here", 1},
    {"{\"a\":+1}", "not JSON here", 1},
    {"{\"a\":.5}", "not JSON here", 1},
    {"{\"a\":1.}", "not JSON here", 1},
    {"{\"a\":-}", "not JSON here", 1},
    {"{\"a\":1e}", "not JSON here", 1},
    {"{\"a\":0x1}", "not JSON here", 1},
    {"{\"a\":NaN}", "not JSON here", 1},
    {"{\"a\":True}", "not JSON here", 1},
    {"{\"a\":tru}", "not JSON here", 1},
    {"{\"a\":nul", "not JSON here", 1},
    {"{\"a\":12345678901234567890123456789012345678901}",
	"a number is too long", 1},
    {"{\"a\":\"", "a string has no end", 1},
    {"{\"a\":\"\\", "not JSON here", 1},
    {"{\"a\":\"\\x41\"}", "not JSON here", 1},
    {"{\"a\":\"\\u12G4\"}", "not JSON here", 1},
    {"{\"a\":\"\\u12", "not JSON here", 1},
    {"{\"a\":\"\\u0000\"}", "a string has the character 0", 1},
    {"{\"a\":\"\\uD834\"}", "half a \\u pair", 1},
    {"{\"a\":\"\\uD834\\u0041\"}", "half a \\u pair", 1},
    {"{\"a\":\"\\uDD1E\"}", "half a \\u pair", 1},
    {"{\"a\":\n\"x\ny\"}", "a string has a control character", 2},
    {"{\"a\":\"\t\"}", "a string has a control character", 1},
    {"{\"a\":\"\xe9\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xc0\xaf\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xe0\x80\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xf0\x80\x80\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xf5\x80\x80\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\x80\"}", "not UTF-8 here", 1},
    {"{\"a\":\"\xe2\x82", "not UTF-8 here", 1},
    {"{\"a\":" DEEP8 "[[[[[[[["
     "]]]]]]]]"
     "]]]]]]]]}",
	"nested too deep", 1},
    {"{}\n{}", "more behind the JSON object", 2},
    {"{} x", "more behind the JSON object", 1},
};

START_TEST(test_json)
{
	const char *text = texts[_i].text;
	struct n200_json_fault fault = {0};
	size_t len = strlen(text);
	char *block = malloc(len == 0 ? 1 : len);
	cJSON *tree = NULL;
	bool good;

	ck_assert_ptr_nonnull(block);
	memcpy(block, text, len);
	good = n200_json_parse(block, len, &tree, &fault);
	free(block);
	ck_assert_msg(good == (texts[_i].why == NULL), "%s: %s", text,
	    good ? "is taken" : fault.why);
	if (!good) {
		ck_assert_ptr_null(tree);
		ck_assert_str_eq(fault.why, texts[_i].why);
		ck_assert_uint_eq(fault.line, texts[_i].line);
	}
	n200_json_wipe(&tree);
	ck_assert_ptr_null(tree);
}
END_TEST

/* A byte 0 is not the end of the text. */
START_TEST(test_json_nul)
{
	struct n200_json_fault fault = {0};
	cJSON *tree = NULL;

	ck_assert(!n200_json_parse("{}\0", 3, &tree, &fault));
	ck_assert(!n200_json_parse("{\"a\0b\":1}", 9, &tree, &fault));
	ck_assert(!n200_json_parse(NULL, 0, &tree, &fault));
	ck_assert_ptr_null(tree);
	ck_assert(n200_json_parse("{}\0", 2, &tree, &fault));
	n200_json_wipe(&tree);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200json");
	TCase *t = tcase_create("n200json");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_json, 0, (int)COUNT(texts));
	tcase_add_test(t, test_json_nul);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
