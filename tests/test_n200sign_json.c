/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sign object of n200.conf: what is taken, what is refused and why. */
#include "keys/n200sign.h"
#include "n200tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define X16 "xxxxxxxxxxxxxxxx"
#define X63 X16 X16 X16 "xxxxxxxxxxxxxxx"
#define X127 X16 X16 X16 X16 X63
#define X255 X16 X16 X16 X16 X16 X16 X16 X16 X127

static struct dflow_err err;

static enum dflow_status
read_text(const char *text, struct n200_sign *out)
{
	cJSON *tree = tree_of(text);
	enum dflow_status status;

	err.text[0] = '\0';
	status = n200_sign_read("f", tree, out, &err);
	cJSON_Delete(tree);
	return status;
}

static const struct {
	const char *text;
	const char *says; /* NULL: it is good */
} objects[] = {
    {"{}", NULL},
    {"{\"command\": \"ecc_sign.v1-A\"}", NULL},
    {"{\"command\": \"" X63 "\"}", NULL},
    {"{\"command\": \"" X63 "x\"}", "sign.command: give 1 to 63"},
    {"{\"command\": \"\"}", "sign.command: give 1 to 63"},
    {"{\"command\": \"a b\"}", "sign.command: give 1 to 63"},
    {"{\"command\": \"a/b\"}", "sign.command: give 1 to 63"},
    {"{\"command\": \"\xc3\xa9\"}", "sign.command: give 1 to 63"},
    {"{\"command\": 1}", "sign.command: give 1 to 63"},
    {"{\"command\": null}", "sign.command: give 1 to 63"},
    {"{\"command\": \"FactoryReset\"}", "factoryreset does not sign"},
    {"{\"command\": \"genecckey\"}", "does not sign"},
    {"{\"command\": \"importecckey\"}", "does not sign"},
    {"{\"command\": \"encrypt\"}", "does not sign"},
    {"{\"command\": \"Decrypt\"}", "does not sign"},
    {"{\"command\": \"LISTKEYS\"}", "does not sign"},
    {"{\"command\": \"getkeyattributes\"}", "does not sign"},
    {"{\"command\": \"getrandom\"}", "does not sign"},
    {"{\"command\": \"timestamp\"}", "does not sign"},
    {"{\"command\": \"timestamps\"}", NULL},
    {"{\"comand\": \"sign\"}", "sign.comand: not known; is command meant?"},
    {"{\"zzz\": \"sign\"}", "sign.zzz: not known; take it out"},
    {"{\"input\": \"digest\", \"input\": \"message\"}",
	"sign.input: there twice"},
    {"{\"fields\": {}}", NULL},
    {"{\"fields\": {\"core\": \"\", \"pin\": \"\"}}", NULL},
    {"{\"fields\": {\"data\": \"" X63 "\"}}", NULL},
    {"{\"fields\": {\"data\": \"" X63 "x\"}}", "sign.fields.data: give 1 to"},
    {"{\"fields\": []}", "sign.fields: is an object"},
    {"{\"fields\": {\"key\": \"\"}}", "sign.fields.key: give 1 to 63"},
    {"{\"fields\": {\"data\": \"\"}}", "sign.fields.data: give 1 to 63"},
    {"{\"fields\": {\"core\": 1}}", "sign.fields.core: give 0 to 63"},
    {"{\"fields\": {\"pin\": \"a b\"}}", "sign.fields.pin: give 0 to 63"},
    {"{\"fields\": {\"pin\": \"\\u0007\"}}", "sign.fields.pin: give 0 to 63"},
    {"{\"fields\": {\"hash\": \"x\"}}", "sign.fields.hash: not known"},
    {"{\"fields\": {\"key\": \"a\", \"key\": \"b\"}}",
	"sign.fields.key: there twice"},
    {"{\"fields\": {\"key\": \"hash\"}}", "the name hash is taken"},
    {"{\"fields\": {\"key\": \"hash\", \"data\": \"key_id\"}}", NULL},
    {"{\"fields\": {\"core\": \"command\"}}", "the name command is taken"},
    {"{\"extra\": {\"mode\": \"ECDSA\", \"n\": 7, \"e\": \"\"}}", NULL},
    {"{\"extra\": {\"a\": \"" X255 "\", \"" X63 "\": \"\"}}", NULL},
    {"{\"extra\": {\"a\": \"" X255 "x\"}}", "sign.extra.a: give a text of"},
    {"{\"extra\": {\"" X63 "x\": \"\"}}", "sign.extra: a name is not"},
    {"{\"extra\": {\"\": \"x\"}}", "sign.extra: a name is not"},
    {"{\"extra\": {\"a b\": \"x\"}}", "sign.extra: a name is not"},
    {"{\"extra\": {\"a\": 1.5}}", "sign.extra.a: give a text"},
    {"{\"extra\": {\"a\": -1}}", "sign.extra.a: give a text"},
    {"{\"extra\": {\"a\": true}}", "sign.extra.a: give a text"},
    {"{\"extra\": {\"a\": \"b\\nc\"}}", "sign.extra.a: give a text"},
    {"{\"extra\": \"a\"}", "sign.extra: is an object"},
    {"{\"extra\": {\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
     "\"h\":1}}",
	NULL},
    {"{\"extra\": {\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
     "\"h\":1,\"i\":1}}",
	"sign.extra: has more than 8"},
    {"{\"extra\": {\"a\": 1, \"a\": 2}}", "sign.extra: the name a is taken"},
    {"{\"extra\": {\"A\": 1, \"a\": 2}}", NULL},
    {"{\"extra\": {\"pin\": \"\"}}", "sign.extra: the name pin is taken"},
    {"{\"extra\": {\"command\": \"x\"}}", "the name command is taken"},
    {"{\"extra\": {\"pin\": \"\"}, \"fields\": {\"pin\": \"\"}}", NULL},
    {"{\"key_form\": \"token_name\"}", NULL},
    {"{\"key_form\": \"slot\"}",
	"sign.key_form: give key_id, token_name, nice_name, id"},
    {"{\"key_form\": 1}", "sign.key_form: give"},
    {"{\"input\": \"message\"}", NULL},
    {"{\"input\": \"Message\"}", "sign.input: give digest, message"},
    {"{\"input_encoding\": \"hex\"}", NULL},
    {"{\"input_encoding\": \"Hex\"}",
	"sign.input_encoding: give HEX, hex, base64, base64url"},
    {"{\"result_encoding\": \"hex\"}", NULL},
    {"{\"result_encoding\": \"HEX\"}",
	"sign.result_encoding: give hex, base64, base64url"},
    {"{\"signature_format\": \"der\"}", NULL},
    {"{\"signature_format\": \"\"}",
	"sign.signature_format: give auto, raw, der"},
    {"{\"result\": \"result.signature\"}", NULL},
    {"{\"result\": \"" X127 "\"}", NULL},
    {"{\"result\": \"" X127 "x\"}", "sign.result: give a path"},
    {"{\"result\": \"\"}", "sign.result: give a path"},
    {"{\"result\": \".a\"}", "sign.result: give a path"},
    {"{\"result\": \"a.\"}", "sign.result: give a path"},
    {"{\"result\": \"a..b\"}", "sign.result: give a path"},
    {"{\"result\": \"a b\"}", "sign.result: give a path"},
    {"{\"result\": 0}", "sign.result: give a path"},
    {"{\"result\": {\"r\": \"a.r\", \"s\": \"a.s\"}}", NULL},
    {"{\"result\": {\"r\": \"a\", \"s\": \"a\"}}", "sign.result: give a path"},
    {"{\"result\": {\"r\": \"a\"}}", "sign.result: give a path"},
    {"{\"result\": {\"r\": \"a\", \"s\": \"b\", \"t\": \"c\"}}",
	"sign.result.t: not known"},
};

START_TEST(test_object)
{
	struct n200_sign s = {.command = "as it was"};
	enum dflow_status status = read_text(objects[_i].text, &s);

	if (objects[_i].says == NULL) {
		ck_assert_msg(
		    status == DFLOW_OK, "%s: %s", objects[_i].text, err.text);
		return;
	}
	ck_assert_msg(status == DFLOW_FAILED, "%s", objects[_i].text);
	ck_assert_msg(strncmp(err.text, "f: sign.", 8) == 0, "%s", err.text);
	ck_assert_msg(strstr(err.text, objects[_i].says) != NULL, "%s: %s",
	    objects[_i].text, err.text);
	ck_assert_str_eq(s.command, "as it was");
}
END_TEST

START_TEST(test_no_object)
{
	cJSON *tree = tree_of("{\"sign\": \"sign\"}");
	struct n200_sign s;

	ck_assert(n200_sign_read("f", tree->child, &s, &err) == DFLOW_FAILED);
	ck_assert_str_eq(err.text, "f: sign: is an object");
	cJSON_Delete(tree);
}
END_TEST

static void
same(const struct n200_sign *a, const struct n200_sign *b)
{
	ck_assert_str_eq(a->command, b->command);
	for (size_t i = 0; i < N200_FIELDS; i++)
		ck_assert_str_eq(a->fields[i], b->fields[i]);
	ck_assert_uint_eq(a->extra_count, b->extra_count);
	for (size_t i = 0; i < a->extra_count; i++) {
		ck_assert_str_eq(a->extra[i].name, b->extra[i].name);
		ck_assert_str_eq(a->extra[i].value, b->extra[i].value);
	}
	ck_assert_int_eq(a->key_form, b->key_form);
	ck_assert_int_eq(a->input, b->input);
	ck_assert_int_eq(a->input_encoding, b->input_encoding);
	ck_assert_int_eq(a->apart, b->apart);
	ck_assert_str_eq(a->result[0], b->result[0]);
	if (a->apart)
		ck_assert_str_eq(a->result[1], b->result[1]);
	ck_assert_int_eq(a->result_encoding, b->result_encoding);
	ck_assert_int_eq(a->format, b->format);
}

/* Each of them that is good comes back from its own text. */
START_TEST(test_round_trip)
{
	char text[DFLOW_N200_SIGN], again[DFLOW_N200_SIGN];
	struct n200_sign s, back;

	if (objects[_i].says != NULL)
		return;
	ck_assert(read_text(objects[_i].text, &s) == DFLOW_OK);
	ck_assert_msg(
	    n200_sign_write(&s, text, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_msg(
	    read_text(text, &back) == DFLOW_OK, "%s: %s", text, err.text);
	same(&s, &back);
	ck_assert(n200_sign_write(&back, again, &err) == DFLOW_OK);
	ck_assert_str_eq(text, again);
}
END_TEST

static const char all_set[] =
    "{\n"
    "    \"command\": \"ecdsa\",\n"
    "    \"fields\": {\"core\": \"\", \"key\": \"k\", \"data\": \"d\\\"\", "
    "\"pin\": \"p\"},\n"
    "    \"extra\": {\"a\": \"\\\\ \xc3\xa9\", \"b\": \"7\"},\n"
    "    \"key_form\": \"id\",\n"
    "    \"input\": \"message\",\n"
    "    \"input_encoding\": \"base64url\",\n"
    "    \"result\": {\"r\": \"x.r\", \"s\": \"x.s\"},\n"
    "    \"result_encoding\": \"base64\",\n"
    "    \"signature_format\": \"raw\"\n"
    "}\n";

START_TEST(test_write)
{
	char text[DFLOW_N200_SIGN];
	struct n200_sign s, defaults;

	ck_assert(read_text(all_set, &s) == DFLOW_OK);
	ck_assert(n200_sign_write(&s, text, &err) == DFLOW_OK);
	ck_assert_str_eq(text, all_set);
	n200_sign_defaults(&defaults);
	ck_assert(read_text("{}", &s) == DFLOW_OK);
	same(&s, &defaults);
	/* Eight values of quotes alone, each of which takes two bytes. */
	s.extra_count = N200_EXTRA_MAX;
	for (size_t i = 0; i < N200_EXTRA_MAX; i++) {
		s.extra[i].name[0] = (char)('a' + i);
		s.extra[i].name[1] = '\0';
		memset(s.extra[i].value, '"', N200_VALUE_MAX - 1);
		s.extra[i].value[N200_VALUE_MAX - 1] = '\0';
	}
	ck_assert(n200_sign_write(&s, text, &err) == DFLOW_OK);
	/* More than the text can have is a failure and no overrun. */
	for (size_t i = 0; i < N200_EXTRA_MAX; i++)
		memset(s.extra[i].value, 1, N200_VALUE_MAX - 1);
	ck_assert(n200_sign_write(&s, text, &err) == DFLOW_FAILED);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200sign_json");
	TCase *t = tcase_create("n200sign_json");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_object, 0, (int)COUNT(objects));
	tcase_add_test(t, test_no_object);
	tcase_add_loop_test(t, test_round_trip, 0, (int)COUNT(objects));
	tcase_add_test(t, test_write);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
