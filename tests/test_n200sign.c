/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form that asks for a signature, and the signature in the answer, for
 * each setting of the sign object.
 */
#include <stdio.h>

#include "base/encode.h"
#include "keys/n200sign.h"
#include "n200tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
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

/* SHA-256 and SHA-384 of "abc" (FIPS 180-2). */
#define ABC256 \
	"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define ABC384                                                             \
	"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" \
	"8086072ba1e7cc2358baeca134c825a7"

static const struct {
	const char *object;
	const char *pin; /* NULL: none */
	enum digest_kind digest;
	const char *form;
} forms[] = {
    {"{}", "12345678", DIGEST_SHA256,
	"command=sign&core=1&key_id=hsm25&hash=" ABC256 "&pin=12345678"},
    {"{}", NULL, DIGEST_SHA256,
	"command=sign&core=1&key_id=hsm25&hash=" ABC256},
    {"{\"input_encoding\": \"hex\", \"key_form\": \"nice_name\"}", NULL,
	DIGEST_SHA384,
	"command=sign&core=1&key_id=JP.example%20%26&hash=" ABC384},
    {"{\"fields\": {\"core\": \"\", \"pin\": \"\"}, \"key_form\": \"id\"}", "1",
	DIGEST_SHA256, "command=sign&key_id=AAAB&hash=" ABC256},
    {"{\"input\": \"message\", \"key_form\": \"token_name\"}", "a+b&c=%",
	DIGEST_SHA256,
	"command=sign&core=1&key_id=hsm2&hash=616263&pin=a%2Bb%26c%3D%25"},
    {"{\"input\": \"message\", \"input_encoding\": \"base64\"}", NULL,
	DIGEST_SHA256, "command=sign&core=1&key_id=hsm25&hash=YWJj"},
    {"{\"input_encoding\": \"base64\"}", NULL, DIGEST_SHA256,
	"command=sign&core=1&key_id=hsm25&hash="
	"ungWv48Bz%2BpBQUDeXa4iI7ADYaOWF3qctBD%2FYfIAFa0%3D"},
    {"{\"input_encoding\": \"base64url\"}", NULL, DIGEST_SHA256,
	"command=sign&core=1&key_id=hsm25&hash="
	"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"},
    {"{\"command\": \"s\", \"fields\": {\"core\": \"c\", \"key\": \"k\","
     "\"data\": \"d&\", \"pin\": \"p\"}, \"extra\": {\"m\": \"a b\","
     "\"n\": 7}, \"input\": \"message\"}",
	"1", DIGEST_SHA256,
	"command=s&c=1&k=hsm25&d%26=616263&p=1&m=a%20b&n=7"},
};

static const struct dflow_n200_key key = {
    .key_id = "hsm25",
    .token_name = "hsm2",
    .id = "AAAB",
    .nice_name = "JP.example &",
};

START_TEST(test_form)
{
	struct n200_subject who = {
	    .key = &key, .core = 1, .digest = forms[_i].digest};
	struct secret *pin = NULL, *body = NULL;
	struct n200_sign s;
	size_t size;

	ck_assert(read_text(forms[_i].object, &s) == DFLOW_OK);
	if (forms[_i].pin != NULL) {
		size_t len = strlen(forms[_i].pin);

		ck_assert(secret_new(len, &pin, &err) == DFLOW_OK);
		ck_assert(
		    secret_put(pin, forms[_i].pin, len, &err) == DFLOW_OK);
		who.pin = pin;
	}
	size = n200_sign_body_size(&s, &who, 3);
	ck_assert_uint_ge(size, strlen(forms[_i].form));
	ck_assert(secret_new(size, &body, &err) == DFLOW_OK);
	ck_assert_msg(n200_sign_body(&s, &who, (const uint8_t *)"abc", 3, body,
			  &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_uint_eq(body->len, strlen(forms[_i].form));
	ck_assert_mem_eq(body->data, forms[_i].form, body->len);
	secret_free(&body);
	secret_free(&pin);
}
END_TEST

/* The size is enough for the worst of all, and what does not fit is told. */
START_TEST(test_form_size)
{
	static uint8_t data[70000];
	struct n200_subject who = {.core = 4294967295U};
	struct secret *body = NULL, *pin = NULL;
	struct dflow_n200_key bare = {.key_id = "hsm25"};
	struct n200_sign s;

	memset(data, 0xff, sizeof(data));
	ck_assert(secret_new(1023, &pin, &err) == DFLOW_OK);
	memset(pin->data, '%', pin->cap);
	pin->len = pin->cap;
	who.key = &bare;
	who.pin = pin;
	n200_sign_defaults(&s);
	ck_assert(secret_new(n200_sign_body_size(&s, &who, 3), &body, &err) ==
		  DFLOW_OK);
	ck_assert(n200_sign_body(&s, &who, data, 3, body, &err) == DFLOW_OK);
	secret_free(&body);
	s.input = N200_INPUT_MESSAGE;
	for (s.input_encoding = 0; s.input_encoding < N200_ENCODINGS;
	     s.input_encoding++) {
		size_t size = n200_sign_body_size(&s, &who, sizeof(data));

		ck_assert(secret_new(size, &body, &err) == DFLOW_OK);
		ck_assert(n200_sign_body(&s, &who, data, sizeof(data), body,
			      &err) == DFLOW_OK);
		secret_free(&body);
	}
	ck_assert_uint_eq(n200_sign_body_size(&s, &who, SIZE_MAX), SIZE_MAX);
	s.input_encoding = N200_ENCODING_HEX;
	ck_assert(secret_new(1000, &body, &err) == DFLOW_OK);
	ck_assert(n200_sign_body(&s, &who, data, sizeof(data), body, &err) ==
		  DFLOW_FAILED);
	secret_free(&body);
	/* A name that the device did not tell. */
	s.key_form = N200_KEY_TOKEN_NAME;
	ck_assert(secret_new(1000, &body, &err) == DFLOW_OK);
	ck_assert(
	    n200_sign_body(&s, &who, data, 3, body, &err) == DFLOW_FAILED);
	ck_assert_msg(
	    strstr(err.text, "sign.key_form") != NULL, "%s", err.text);
	secret_free(&body);
	secret_free(&pin);
}
END_TEST

/* r and s of 32 bytes, the DER of them, and parts for the tables. */
#define R "8f000000000000000000000000000000000000000000000000000000000000fE"
#define S "0100000000000000000000000000000000000000000000000000000000000002"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define FULL R R
#define DER "3045022100" R "0220" S
#define HEAD "{\"signature_format\": "

static const struct {
	const char *object;
	const char *answer;
	const char *sig; /* hex; NULL: says */
	const char *says;
} answers[] = {
    {"{}", "{\"result\": \"" R S "\"}", R S, NULL},
    {"{}", "{\"result\": \"" DER "\"}", R S, NULL},
    {"{}", "{\"result\": \"3006020101020102\"}",
	"0000000000000000000000000000000000000000000000000000000000000001"
	"0000000000000000000000000000000000000000000000000000000000000002",
	NULL},
    {HEAD "\"raw\"}", "{\"result\": \"" R S "\"}", R S, NULL},
    {HEAD "\"raw\"}", "{\"result\": \"" DER "\"}", NULL,
	"71 bytes at result in the answer are not r and s of 32 bytes"},
    {HEAD "\"der\"}", "{\"result\": \"" DER "\"}", R S, NULL},
    {HEAD "\"der\"}", "{\"result\": \"" R S "\"}", NULL, "not strict DER"},
    {"{}", "{\"result\": \"" DER "00\"}", NULL, "sign.signature_format"},
    {"{}",
	"{\"result\": \"3007020101020200"
	"02\"}",
	NULL, "nor DER"},
    {"{}", "{\"result\": \"" R S "00\"}", NULL, "65 bytes"},
    {"{}", "{\"result\": \"" R "\"}", NULL, "32 bytes"},
    {"{}", "{\"result\": \"" R ZERO "\"}", NULL, "signature is 0"},
    {"{}", "{\"result\": \"" ZERO S "\"}", NULL, "signature is 0"},
    {"{}", "{\"result\": \"3006020100020102\"}", NULL, "nor DER"},
    {"{}", "{\"result\": \"" R S "0\"}", NULL, "is not hex"},
    {"{}", "{\"result\": \"" R " " S "\"}", NULL, "is not hex"},
    {"{}", "{\"result\": \"xx" R S "\"}", NULL, "is not hex"},
    {"{}", "{\"result\": \"\"}", NULL, "is not hex"},
    {"{}", "{\"result\": {\"signature\": \"" R S "\"}}", NULL,
	"no text at result; set sign.result"},
    {"{}", "{\"result\": 17}", NULL, "no text at result"},
    {"{}", "{}", NULL, "no text at result"},
    {"{\"result\": \"result.signature\"}",
	"{\"result\": {\"signature\": \"" R S "\"}}", R S, NULL},
    {"{\"result\": \"sig.0\"}", "{\"sig\": [\"" R S "\"]}", R S, NULL},
    {"{\"result\": {\"r\": \"a.0\", \"s\": \"a.1\"}}",
	"{\"a\": [\"" R "\", \"" S "\"]}", R S, NULL},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"00" R "\", \"s\": \"02\"}",
	R "0000000000000000000000000000000000000000000000000000000000000002",
	NULL},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"1\", \"s\": \"fbf\"}",
	"0000000000000000000000000000000000000000000000000000000000000001"
	"0000000000000000000000000000000000000000000000000000000000000fbf",
	NULL},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"0000" R "\", \"s\": \"02\"}", NULL,
	"r in the answer has 34"},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"01\", \"s\": \"01" S "\"}", NULL, "s in the answer has 33"},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"01\", \"s\": \"00\"}", NULL, "signature is 0"},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}", "{\"r\": \"01\"}", NULL,
	"no text at s"},
    {"{\"result\": {\"r\": \"r\", \"s\": \"s\"}}",
	"{\"r\": \"01\", \"s\": \"\"}", NULL, "s in the answer is not hex"},
    /* DER of 1 and 0xfbff, in which '+' and '/' or '-' and '_' are. */
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"MAgCAQECAwD7/w==\"}",
	"0000000000000000000000000000000000000000000000000000000000000001"
	"000000000000000000000000000000000000000000000000000000000000fbff",
	NULL},
    {"{\"result_encoding\": \"base64url\"}", "{\"result\": \"MAgCAQECAwD7_w\"}",
	"0000000000000000000000000000000000000000000000000000000000000001"
	"000000000000000000000000000000000000000000000000000000000000fbff",
	NULL},
    {"{\"result_encoding\": \"base64url\"}",
	"{\"result\": \"MAgCAQECAwD7_w==\"}",
	"0000000000000000000000000000000000000000000000000000000000000001"
	"000000000000000000000000000000000000000000000000000000000000fbff",
	NULL},
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"MAgCAQECAwD7/w\"}",
	NULL, "is not base64;"},
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"MAgCAQECAwD7_w==\"}",
	NULL, "is not base64;"},
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"MAgC AQECAwD7/w==\"}",
	NULL, "is not base64;"},
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"MAgCAQECAwD7/x==\"}",
	NULL, "is not base64;"},
    {"{\"result_encoding\": \"base64\"}", "{\"result\": \"" DER "\"}", NULL,
	"set sign.result_encoding"},
    {"{\"result_encoding\": \"base64url\"}",
	"{\"result\": \"MAgCAQECAwD7/w==\"}", NULL, "is not base64url;"},
    {"{\"result_encoding\": \"base64url\"}",
	"{\"result\": \"MAgCAQECAwD7_w=\"}", NULL, "is not base64url;"},
    {"{\"result_encoding\": \"base64url\"}", "{\"result\": \"MAgCA\"}", NULL,
	"is not base64url;"},
    {"{\"result_encoding\": \"base64url\"}",
	"{\"result\": \"MAgC\\tAQECAwD7_w\"}", NULL, "is not base64url;"},
    {"{\"result_encoding\": \"base64url\"}", "{\"result\": \"====\"}", NULL,
	"is not base64url;"},
};

START_TEST(test_answer)
{
	cJSON *tree = tree_of("{\"result\": \"" FULL "\"}");
	uint8_t sig[96], want[64];
	enum dflow_status status;
	struct n200_sign s;
	size_t len;

	/* What it leaves on the stack is no padding. */
	n200_sign_defaults(&s);
	ck_assert(n200_sign_answer(&s, tree, 32, sig, &err) == DFLOW_OK);
	cJSON_Delete(tree);
	tree = tree_of(answers[_i].answer);
	ck_assert_msg(
	    read_text(answers[_i].object, &s) == DFLOW_OK, "%s", err.text);
	memset(sig, 0xee, sizeof(sig));
	status = n200_sign_answer(&s, tree, 32, sig, &err);
	cJSON_Delete(tree);
	ck_assert_msg((status == DFLOW_OK) == (answers[_i].sig != NULL),
	    "%s: %s", answers[_i].answer, err.text);
	if (status == DFLOW_OK) {
		ck_assert(hex_decode(answers[_i].sig, 128, want, 64, &len));
		ck_assert_mem_eq(sig, want, 64);
	} else {
		ck_assert_int_eq(status, DFLOW_FAILED);
		ck_assert_uint_eq(sig[0], 0xee);
		ck_assert_msg(
		    strstr(err.text, answers[_i].says) != NULL, "%s", err.text);
	}
	ck_assert_uint_eq(sig[64], 0xee);
}
END_TEST

/* Of P-384 in each encoding, and what is longer than any signature. */
START_TEST(test_answer_long)
{
	uint8_t raw[96], sig[96];
	char text[2200], in[1100];
	struct n200_sign s;
	cJSON *tree;
	int n;

	memset(raw, 0xfb, sizeof(raw));
	n200_sign_defaults(&s);
	s.result_encoding = N200_ENCODING_BASE64;
	in[base64_encode(raw, sizeof(raw), in)] = '\0';
	snprintf(text, sizeof(text), "{\"result\": \"%s\"}", in);
	tree = tree_of(text);
	ck_assert(n200_sign_answer(&s, tree, 48, sig, &err) == DFLOW_OK);
	ck_assert_mem_eq(sig, raw, sizeof(raw));
	ck_assert(n200_sign_answer(&s, tree, 32, sig, &err) == DFLOW_FAILED);
	cJSON_Delete(tree);
	for (s.result_encoding = N200_ENCODING_HEX;
	     s.result_encoding < N200_ENCODINGS; s.result_encoding++)
		for (int len = 500; len < 1100; len++) {
			n = snprintf(text, sizeof(text),
			    "{\"result\": \"%0*d\"}", len, 0);
			ck_assert_int_lt(n, (int)sizeof(text));
			tree = tree_of(text);
			ck_assert(n200_sign_answer(&s, tree, 48, sig, &err) ==
				  DFLOW_FAILED);
			cJSON_Delete(tree);
		}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200sign");
	TCase *t = tcase_create("n200sign");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_form, 0, (int)COUNT(forms));
	tcase_add_test(t, test_form_size);
	tcase_add_loop_test(t, test_answer, 0, (int)COUNT(answers));
	tcase_add_test(t, test_answer_long);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
