/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of the N200: those of the articles are taken; each that is a bit
 * off gives one line and no secret.
 */
#include <stdio.h>

#include "keys/n200answer.h"
#include "n200tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define POINT                                                              \
	"FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61" \
	"FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C"
#define KEY_ID "hsm010123F13C56131E1EEE0000000000000025"

static const struct {
	unsigned status;
	const char *body;
	const char *says; /* NULL: it is good */
	enum dflow_status is;
	bool locks;
} answers[] = {
    {200, "{\"command\": \"sign\", \"core\": 1, \"result\": \"AB\"}", NULL,
	DFLOW_OK, false},
    {201, "{\"result\": \"AB\"}\n", NULL, DFLOW_OK, false},
    {200, "{\"command\": null, \"error\": null}", NULL, DFLOW_OK, false},
    {200, "{\"result\": \"wJpinA7/access\"}", NULL, DFLOW_OK, false},
    {200, "{\"result\": {\"nice_name\": \"PIN access denied\"}}", NULL,
	DFLOW_OK, false},
    {200, "{\"command\": \"Sign\"}", "another command", DFLOW_FAILED, false},
    {200, "{\"command\": 1}", "another command", DFLOW_FAILED, false},
    {200, "{\"error\": \"key not found\"}", "says (HTTP 200): \"key not found",
	DFLOW_FAILED, false},
    {200, "{\"error\": 17}", "{\"error\": 17}", DFLOW_FAILED, false},
    {200, "{\"error\": \"\"}", "the device says", DFLOW_FAILED, false},
    {200, "{\"error\": false}", "the device says", DFLOW_FAILED, false},
    {200, "{\"error\": {\"text\": \"Access Denied\"}}", "access rule",
	DFLOW_REFUSED, true},
    {200, "{\"error\": \"ACCESS_DENIED for pin\"}", "access rule",
	DFLOW_REFUSED, true},
    {200, "{\"command\":\"error\",\"error\":\"access denied\"}", "access rule",
	DFLOW_REFUSED, true},
    {200, "{\"result\": \"Access denied\"}", "access rule", DFLOW_REFUSED,
	true},
    {200, "{\"error\": \"wrong PIN\"}", "check keygen_pin", DFLOW_FAILED, true},
    {200, "{\"error\": {\"code\": \"PIN_LOCKED\"}}", "check keygen_pin",
	DFLOW_FAILED, true},
    {200, "{\"result\": \"Pin missing\"}", "check keygen_pin", DFLOW_FAILED,
	true},
    {200, "{\"error\": \"userpin is off\"}", "check keygen_pin", DFLOW_FAILED,
	true},
    {200, "{\"error\": \"stopping, typing, mapping\"}", "the device says",
	DFLOW_FAILED, false},
    {200, "{\"error\": \"key locked, 1 try left\"}", "lock the key",
	DFLOW_FAILED, true},
    {200, "{\"error\": \"invalid key password\"}", "lock the key", DFLOW_FAILED,
	true},
    {200, "{\"error\": \"Authentication failed\"}", "lock the key",
	DFLOW_FAILED, true},
    {200, "{\"error\": \"permission denied\"}", "access rule", DFLOW_REFUSED,
	true},
    {423, "", "lock the key", DFLOW_FAILED, true},
    {429, "", "lock the key", DFLOW_FAILED, true},
    {200, "{\"result\": \"AB\", \"result\": \"CD\"}", "there twice",
	DFLOW_FAILED, false},
    {200, "{\"error\": null, \"error\": \"x\"}", "there twice", DFLOW_FAILED,
	false},
    {401, "", "HTTP 401", DFLOW_REFUSED, true},
    {403, "<html>", "access denied (HTTP 403)", DFLOW_REFUSED, true},
    {500, "{\"result\": \"access denied\"}", "(HTTP 500)", DFLOW_REFUSED, true},
    {500, "{\"error\": \"bad pin\"}", "keygen_pin", DFLOW_FAILED, true},
    {500, "<html>oops</html>", "cannot do it; its log may say why (HTTP 500)",
	DFLOW_FAILED, false},
    {404, "{\"command\": \"sign\"}", "(HTTP 404)", DFLOW_FAILED, false},
    {302, "", "redirects, which is not followed", DFLOW_FAILED, false},
    {304, "{}", "redirects", DFLOW_FAILED, false},
    {199, "{}", "(HTTP 199)", DFLOW_FAILED, false},
    {0, "{}", "(HTTP 0)", DFLOW_FAILED, false},
    {200, "", "not a JSON object", DFLOW_FAILED, false},
    {200, "<html>hello</html>", "is this the device?", DFLOW_FAILED, false},
    {200, "<html>access denied</html>", "access rule", DFLOW_REFUSED, true},
    {200, "[{\"result\": \"AB\"}]", "not a JSON object", DFLOW_FAILED, false},
    {200, "{\"result\": \"AB\"", "not JSON here", DFLOW_FAILED, false},
    {200, "{\"result\": \"AB\"} <p>", "more behind", DFLOW_FAILED, false},
    {200, "{\n\"result\": }", "line 2: not JSON here", DFLOW_FAILED, false},
};

START_TEST(test_answer)
{
	const char *body = answers[_i].body;
	struct https_answer a = {.status = answers[_i].status,
	    .data = (const uint8_t *)body,
	    .len = strlen(body)};
	struct redact none = {.count = 0};
	struct dflow_err err = {0};
	struct cJSON *tree = NULL;
	enum dflow_status status;

	status = n200_answer(&a, "sign", &none, &tree, &err);
	ck_assert_msg(status == answers[_i].is, "%s: %s", body, err.text);
	if (status == DFLOW_OK) {
		ck_assert_ptr_nonnull(tree);
		cJSON_Delete(tree);
		return;
	}
	ck_assert_ptr_null(tree);
	ck_assert_msg(strstr(err.text, answers[_i].says) != NULL, "%s: %s",
	    body, err.text);
	ck_assert_msg(
	    strncmp(err.text, "N200: sign: ", 12) == 0, "%s", err.text);
	ck_assert_msg(n200_answer_locks(&err) == answers[_i].locks, "%s: %s",
	    body, err.text);
}
END_TEST

/* Neither is the whole answer quoted, nor a secret in it. */
START_TEST(test_quote)
{
	static char body[4096];
	struct https_answer a = {.status = 500, .data = (uint8_t *)body};
	struct redact redact = {.count = 0};
	struct dflow_err err = {0};
	struct secret *pin = NULL;
	struct cJSON *tree = NULL;

	ck_assert(secret_new(8, &pin, &err) == DFLOW_OK);
	ck_assert(secret_put(pin, "12345678", 8, &err) == DFLOW_OK);
	ck_assert(redact_add(&redact, pin, &err) == DFLOW_OK);
	memset(body, 'x', sizeof(body));
	memcpy(body, "y 12345678 3132333435363738 \033[1m\n", 33);
	memcpy(body + 190, "12345678", 8);
	a.len = sizeof(body);
	ck_assert(
	    n200_answer(&a, "sign", &redact, &tree, &err) == DFLOW_FAILED);
	ck_assert_msg(strstr(err.text, "\"y [secret] [secret] .[1m.x") != NULL,
	    "%s", err.text);
	ck_assert_ptr_null(strstr(err.text, "1234"));
	ck_assert_ptr_null(strchr(err.text, '\n'));
	ck_assert_uint_lt(strlen(err.text), 350);
	/* The device's own text of an error likewise. */
	a.status = 200;
	a.data = (const uint8_t *)"{\"error\": \"12345678\\u001b[1m\"}";
	a.len = strlen((const char *)a.data);
	ck_assert(
	    n200_answer(&a, "sign", &redact, &tree, &err) == DFLOW_FAILED);
	ck_assert_msg(
	    strstr(err.text, "\"[secret].[1m\"") != NULL, "%s", err.text);
	secret_free(&pin);
}
END_TEST

START_TEST(test_locks_alone)
{
	struct dflow_err err = {.text = "N200: the PIN? access denied"};

	ck_assert(!n200_answer_locks(&err));
	err.text[0] = '\0';
	ck_assert(!n200_answer_locks(&err));
}
END_TEST

static const struct {
	const char *path;
	const char *text; /* NULL: nothing is there */
} paths[] = {
    {"a", "1"},
    {"b.c.d", "2"},
    {"e.0", "3"},
    {"e.1.f", "4"},
    {"b.0", "5"},
    {"A", NULL},
    {"b.c.d.x", NULL},
    {"b..d", NULL},
    {"e.2", NULL},
    {"e.-1", NULL},
    {"e.00000000", NULL},
    {"e.9999999999999999", NULL},
    {"e.", NULL},
    {"e.x", NULL},
    {"", NULL},
    {".a", NULL},
    {"a.", NULL},
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	NULL},
};

START_TEST(test_at)
{
	cJSON *tree = tree_of("{\"a\":\"1\",\"b\":{\"c\":{\"d\":\"2\"},"
			      "\"0\":\"5\"},\"e\":[\"3\",{\"f\":\"4\"}]}");
	const cJSON *at = n200_at(tree, paths[_i].path);

	ck_assert_msg(
	    (at != NULL) == (paths[_i].text != NULL), "%s", paths[_i].path);
	if (at != NULL)
		ck_assert_str_eq(at->valuestring, paths[_i].text);
	ck_assert_str_eq(n200_text(tree, "a"), "1");
	ck_assert_ptr_null(n200_text(tree, "b"));
	ck_assert_ptr_null(n200_text(tree, "x"));
	ck_assert_ptr_null(n200_text(NULL, "x"));
	ck_assert_ptr_null(n200_at(NULL, "x"));
	cJSON_Delete(tree);
}
END_TEST

static const struct {
	const char *json;
	bool good;
	uint64_t is;
} numbers[] = {
    {"{\"n\":0}", true, 0},
    {"{\"n\":-0}", true, 0},
    {"{\"n\":256}", true, 256},
    {"{\"n\":\"256\"}", true, 256},
    {"{\"n\":\"007\"}", true, 7},
    {"{\"n\":2.56e2}", true, 256},
    {"{\"n\":9007199254740992}", true, 9007199254740992},
    {"{\"n\":\"9007199254740992\"}", true, 9007199254740992},
    {"{\"n\":9007199254740994}", false, 0},
    {"{\"n\":\"9007199254740993\"}", false, 0},
    {"{\"n\":\"99999999999999999999999999\"}", false, 0},
    {"{\"n\":1e400}", false, 0},
    {"{\"n\":-1}", false, 0},
    {"{\"n\":\"-1\"}", false, 0},
    {"{\"n\":\"+1\"}", false, 0},
    {"{\"n\":1.5}", false, 0},
    {"{\"n\":\"1.5\"}", false, 0},
    {"{\"n\":\"\"}", false, 0},
    {"{\"n\":\" 1\"}", false, 0},
    {"{\"n\":\"0x1\"}", false, 0},
    {"{\"n\":true}", false, 0},
    {"{\"n\":null}", false, 0},
    {"{\"n\":[1]}", false, 0},
    {"{}", false, 0},
};

START_TEST(test_number)
{
	cJSON *tree = tree_of(numbers[_i].json);
	uint64_t v = 4711;

	ck_assert_msg(n200_number(n200_at(tree, "n"), &v) == numbers[_i].good,
	    "%s", numbers[_i].json);
	ck_assert_uint_eq(v, numbers[_i].good ? numbers[_i].is : 4711);
	cJSON_Delete(tree);
}
END_TEST

/* The article's key, and what the device leaves out. */
START_TEST(test_key)
{
	cJSON *tree = tree_of(
	    "{\"slot\": \"hsm010123F13C56131E1EEE00000025\","
	    "\"key_id\": \"" KEY_ID "\", \"id\": \"AAAB68606BE2\","
	    "\"key_type\": \"NIST\", \"key_len\": 256, \"key_acl\": \"FFFF\","
	    "\"nice_name\": \"JP.example\","
	    "\"date_of_creation\": \"2022/10/01 20:15\","
	    "\"date_of_last_use\": \"2022/10/01 20:32\","
	    "\"date_planned_lifetime_until\": null,"
	    "\"token_name\": \"hsm010123F13C56131E1EEE00000025\","
	    "\"key_owner\": \"pkmaster\", \"public_key\": \"" POINT "\"}");
	struct dflow_n200_key k;

	ck_assert(n200_key_read("other", tree, &k));
	ck_assert_str_eq(k.key_id, KEY_ID);
	ck_assert_str_eq(k.token_name, "hsm010123F13C56131E1EEE00000025");
	ck_assert_str_eq(k.id, "AAAB68606BE2");
	ck_assert_str_eq(k.nice_name, "JP.example");
	ck_assert_str_eq(k.key_type, "NIST");
	ck_assert_str_eq(k.key_acl, "FFFF");
	ck_assert_str_eq(k.key_owner, "pkmaster");
	ck_assert_str_eq(k.created, "2022/10/01 20:15");
	ck_assert_str_eq(k.last_used, "2022/10/01 20:32");
	ck_assert_uint_eq(k.key_len, 256);
	ck_assert_uint_eq(k.public_len, 64);
	ck_assert_uint_eq(k.public_key[0], 0xfa);
	ck_assert_uint_eq(k.public_key[63], 0x3c);
	cJSON_Delete(tree);
	tree = tree_of("{\"slot\": \"S\", \"token_name\": null, \"key_len\": "
		       "\"256\", \"publickey\": \"04" POINT "\"}");
	ck_assert(n200_key_read(KEY_ID, tree, &k));
	ck_assert_str_eq(k.key_id, KEY_ID);
	ck_assert_str_eq(k.token_name, "S");
	ck_assert_str_eq(k.nice_name, "");
	ck_assert_uint_eq(k.key_len, 256);
	ck_assert_uint_eq(k.public_len, 64);
	cJSON_Delete(tree);
}
END_TEST

#define LONG127                                                               \
	"1234567890123456789012345678901234567890123456789012345678901234567" \
	"890123456789012345678901234567890123456789012345678901234567"

static const struct {
	const char *json;
	bool told;
} facts[] = {
    {"{\"nice_name\": \"" LONG127 "\"}", true},
    {"{\"nice_name\": \"" LONG127 "8\"}", false},
    {"{\"nice_name\": null}", false},
    {"{\"nice_name\": \"\xc3\xa9\"}", true},
    {"{\"nice_name\": \"a\\u001bb\"}", false},
    {"{\"nice_name\": \"a\\nb\"}", false},
    {"{\"nice_name\": \"a\\u007fb\"}", false},
    {"{\"nice_name\": \"a\\u009bb\"}", false},
    {"{\"nice_name\": 1}", false},
    {"{\"token_name\": []}", false},
    {"{\"key_len\": null}", false},
    {"{\"key_len\": 4294967295}", true},
    {"{\"key_len\": 4294967296}", false},
    {"{\"key_len\": -1}", false},
    {"{\"key_len\": \"long\"}", false},
    {"{\"public_key\": \"\"}", false},
    {"{\"public_key\": \"30820122\"}", false},
    {"{\"public_key\": 1}", false},
    {"{\"other\": {}}", false},
};

START_TEST(test_fact)
{
	cJSON *tree = tree_of(facts[_i].json);
	struct dflow_n200_key k;
	bool told;

	ck_assert(n200_key_read("name", tree, &k));
	ck_assert_str_eq(k.key_id, "name");
	ck_assert_uint_eq(k.public_len, 0);
	told =
	    k.nice_name[0] != '\0' || k.token_name[0] != '\0' || k.key_len != 0;
	ck_assert_msg(told == facts[_i].told, "%s", facts[_i].json);
	ck_assert(!n200_key_read("name", n200_at(tree, "nice_name"), &k));
	ck_assert(!n200_key_read("name", NULL, &k));
	cJSON_Delete(tree);
	tree = tree_of("{}");
	ck_assert(n200_key_read("name", tree, &k));
	ck_assert(n200_key_read("na\nme", tree, &k));
	ck_assert_str_eq(k.key_id, "");
	cJSON_Delete(tree);
}
END_TEST

START_TEST(test_point)
{
	static const char half[] = POINT;
	char text[200];
	uint8_t out[96];

	ck_assert_uint_eq(n200_point_read(half, out), 64);
	snprintf(text, sizeof(text), "04%s", half);
	ck_assert_uint_eq(n200_point_read(text, out), 64);
	ck_assert_uint_eq(out[0], 0xfa);
	snprintf(text, sizeof(text), "02%s", half);
	ck_assert_uint_eq(n200_point_read(text, out), 0);
	snprintf(text, sizeof(text), "%s%.64s", half, half);
	ck_assert_uint_eq(n200_point_read(text, out), 96);
	text[5] = 'a';
	ck_assert_uint_eq(n200_point_read(text, out), 96);
	text[5] = 'g';
	ck_assert_uint_eq(n200_point_read(text, out), 0);
	snprintf(text, sizeof(text), "04%s%.64s", half, half);
	ck_assert_uint_eq(n200_point_read(text, out), 96);
	text[193] = '\0';
	ck_assert_uint_eq(n200_point_read(text, out), 0);
	ck_assert_uint_eq(n200_point_read("", out), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200answer");
	TCase *t = tcase_create("n200answer");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_answer, 0, (int)COUNT(answers));
	tcase_add_test(t, test_quote);
	tcase_add_test(t, test_locks_alone);
	tcase_add_loop_test(t, test_at, 0, (int)COUNT(paths));
	tcase_add_loop_test(t, test_number, 0, (int)COUNT(numbers));
	tcase_add_test(t, test_key);
	tcase_add_loop_test(t, test_fact, 0, (int)COUNT(facts));
	tcase_add_test(t, test_point);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
