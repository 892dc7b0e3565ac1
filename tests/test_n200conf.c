/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * n200.conf: the article's is taken; each fault is one line that names the
 * key and holds no secret; and no memory that is given back does.
 */
#include <malloc.h>

#include "keys/n200conf.h"
#include "n200tree.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define X16 "xxxxxxxxxxxxxxxx"
#define X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
#define X1008                                                                  \
	X256 X256 X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 \
	    X16
#define X1023 X1008 "xxxxxxxxxxxxxxx"

/* What no message may hold. */
#define PASS "hush-hush"
#define PIN "87654321"
#define URL "\"url\": \"https://seSAM-nserie-101/n200/web/postv1\""
#define CERT "\"tlscert\": \"/etc/tls/server63.crt\""
#define USER "\"user\": \"pkmaster\""
#define SECRETS "\"pass\": \"" PASS "\", \"keygen_pin\": \"" PIN "\""
#define REST CERT ", " USER ", " SECRETS "}"
#define WITH(more) "{" URL ", " CERT ", " USER ", " SECRETS ", " more "}"
#define URL_IS(url) "{\"url\": \"" url "\", " REST

static struct dflow_err err;

static enum dflow_status
parse(const char *text, struct n200_conf **out)
{
	struct secret *s = NULL;
	enum dflow_status status;
	size_t len = strlen(text);

	err.text[0] = '\0';
	ck_assert(secret_new(len == 0 ? 1 : len, &s, &err) == DFLOW_OK);
	ck_assert(secret_put(s, text, len, &err) == DFLOW_OK);
	status = n200_conf_parse("f", s, out, &err);
	secret_free(&s);
	return status;
}

static void
holds(const struct secret *s, const char *text)
{
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->len, strlen(text));
	ck_assert_mem_eq(s->data, text, s->len);
}

/* The article's file, whose PIN and password are other ones. */
START_TEST(test_article)
{
	struct n200_conf *c = NULL;

	ck_assert_msg(parse("{\n\"url\": "
			    "\"https://10.195.10.11/n200/web/postv1\",\n" CERT
			    ",\n" USER ",\n" SECRETS ",\n\"core\": 1,\n"
			    "\"log_level\": 10,\n"
			    "\"log_output\": \"/tmp/seSAM_p11.log\"\n}\n",
			  &c) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_str_eq(c->file, "f");
	ck_assert_str_eq(c->server, "https://10.195.10.11");
	ck_assert_str_eq(c->base, "/n200");
	ck_assert_str_eq(c->address, "");
	ck_assert_str_eq(c->tlscert, "/etc/tls/server63.crt");
	ck_assert_str_eq(c->user, "pkmaster");
	holds(c->pass, PASS);
	holds(c->pin, PIN);
	ck_assert_uint_eq(c->core, 1);
	ck_assert_uint_eq(c->log_level, 10);
	ck_assert_str_eq(c->log_output, "/tmp/seSAM_p11.log");
	ck_assert_uint_eq(c->timeout_s, 30);
	ck_assert_uint_eq(c->connections, 4);
	ck_assert_uint_eq(c->retries, 3);
	ck_assert_str_eq(c->sign.command, "sign");
	n200_conf_free(&c);
	ck_assert_ptr_null(c);
	n200_conf_free(&c);
	n200_conf_free(NULL);
}
END_TEST

START_TEST(test_ours)
{
	struct n200_conf *c = NULL;

	ck_assert_msg(
	    parse("{" URL ", " CERT ", " USER ", \"pass\": \"p\\u00e9\","
		  "\"core\": \"2\", \"timeout_s\": 600, \"connections\": 64,"
		  "\"retries\": 0, \"address\": \"[::1]:8443\","
		  "\"sign\": {\"command\": \"ecsign\"}}",
		&c) == DFLOW_OK,
	    "%s", err.text);
	holds(c->pass, "p\xc3\xa9");
	ck_assert_ptr_null(c->pin);
	ck_assert_uint_eq(c->core, 2);
	ck_assert_uint_eq(c->timeout_s, 600);
	ck_assert_uint_eq(c->connections, 64);
	ck_assert_uint_eq(c->retries, 0);
	ck_assert_uint_eq(c->log_level, 0);
	ck_assert_str_eq(c->address, "[::1]:8443");
	ck_assert_str_eq(c->sign.command, "ecsign");
	ck_assert_str_eq(c->sign.fields[N200_FIELD_DATA], "hash");
	n200_conf_free(&c);
	ck_assert(parse("{" URL ", " CERT ", " USER ", \"pass\": \"x\"}", &c) ==
		  DFLOW_OK);
	ck_assert_uint_eq(c->core, 1);
	n200_conf_free(&c);
}
END_TEST

static const struct {
	const char *more;
	unsigned level;
} levels[] = {
    {WITH("\"log_output\": \"l\""), 1},
    {WITH("\"log_output\": \"l\", \"log_level\": 0"), 0},
    {WITH("\"log_output\": \"l\", \"log_level\": \"10\""), 10},
    {WITH("\"log_level\": 10"), 0},
    {WITH("\"core\": 1"), 0},
};

START_TEST(test_level)
{
	struct n200_conf *c = NULL;

	ck_assert(parse(levels[_i].more, &c) == DFLOW_OK);
	ck_assert_uint_eq(c->log_level, levels[_i].level);
	n200_conf_free(&c);
}
END_TEST

static const struct {
	const char *text;
	const char *says; /* NULL: it is good */
} texts[] = {
    {WITH("\"core\": 0"), NULL},
    {"", "f:1: not a JSON object"},
    {"[]", "f:1: not a JSON object"},
    {"{\n" URL ",\n" CERT "\n" USER "}", "f:4: not JSON here"},
    {WITH("\"core\": 1") "\n x", "f:2: more behind the JSON object"},
    {WITH("\"core\": 1") "\n\n", NULL},
    {WITH("\"sign\": {\"extra\": {\"a\": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}"),
	"f:1: nested too deep"},
    {"{" URL ", " CERT ", \"user\": \"a\\u0000b\", " SECRETS "}",
	"f:1: a string has the character 0"},
    {"{" URL ", " CERT ", \"user\": \"\xe9\", " SECRETS "}",
	"f:1: not UTF-8 here"},
    {WITH("\"pas\": 1"), "f: pas: not known; is pass meant?"},
    {WITH("\"password\": 1"), "f: password: not known; is pass meant?"},
    {WITH("\"tls_cert\": 1"), "f: tls_cert: not known; is tlscert meant?"},
    {WITH("\"timeout\": 1"), "f: timeout: not known; is timeout_s meant?"},
    {WITH("\"pin\": 1"), "f: pin: not known; is keygen_pin meant?"},
    {WITH("\"colour\": 1"), "f: colour: not known; take it out"},
    {WITH("\"URL\": 1"), "f: URL: not known"},
    {WITH("\"\": 1"), "f: : not known"},
    {WITH("\"a_key_that_is_longer_than_what_is_compared\": 1"), "take it out"},
    {WITH("\"a\\u001bb\": 1"), "a\\027b: not known"},
    {WITH(URL), "f: url: there twice; keep one"},
    {WITH("\"pass\": \"other\""), "f: pass: there twice"},
    {"{" REST, "f: url: is missing"},
    {"{" URL ", " USER ", " SECRETS "}", "f: tlscert: is missing"},
    {"{" URL ", " CERT ", " SECRETS "}", "f: user: is missing"},
    {"{\"url\": 1, " REST, "f: url: give a text"},
    {URL_IS(""), "f: url: is empty"},
    {URL_IS("HTTPS://h:8443/web/postv1"), NULL},
    {URL_IS("https://h:1/a/b-c.d_e~f/web/postv1"), NULL},
    {URL_IS("https://[::1]:65535/n200/web/postv1"), NULL},
    {URL_IS("http://h/n200/web/postv1"), "in clear; use https"},
    {URL_IS("HTTP://h/n200/web/postv1"), "in clear; use https"},
    {URL_IS("ftp://h/n200/web/postv1"), "f: url: give https://HOST"},
    {URL_IS("h/n200/web/postv1"), "f: url: give https://HOST"},
    {URL_IS("https://u:" PASS "@h/n200/web/postv1"), "not in the url"},
    {URL_IS("https://u@h/n200/web/postv1"), "not in the url"},
    {URL_IS("https://h/n200/web/postv1?a"), "without '?' and '#'"},
    {URL_IS("https://h/n200/web/postv1#a"), "without '?' and '#'"},
    {URL_IS("https://h?/n200/web/postv1"), "without '?' and '#'"},
    {URL_IS("https:///n200/web/postv1"), "its host is not"},
    {URL_IS("https://:1/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h:/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h:0/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h:65536/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h:+1/n200/web/postv1"), "its host is not"},
    {URL_IS("https://a b/n200/web/postv1"), "its host is not"},
    {URL_IS("https://-h/n200/web/postv1"), "its host is not"},
    {URL_IS("https://[::1/n200/web/postv1"), "its host is not"},
    {URL_IS("https://[]/n200/web/postv1"), "its host is not"},
    {URL_IS("https://[::g]/n200/web/postv1"), "its host is not"},
    {URL_IS("https://[::1]1/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h\xc3\xa9/n200/web/postv1"), "its host is not"},
    {URL_IS("https://h"), "ends in /web/postv1"},
    {URL_IS("https://h/n200/web/postv1/"), "ends in /web/postv1"},
    {URL_IS("https://h/n200/web/postv2"), "ends in /web/postv1"},
    {URL_IS("https://h/n200web/postv1"), "ends in /web/postv1"},
    {URL_IS("https://h//web/postv1"), "its path has more"},
    {URL_IS("https://h/a//b/web/postv1"), "its path has more"},
    {URL_IS("https://h/../web/postv1"), "its path has more"},
    {URL_IS("https://h/./web/postv1"), "its path has more"},
    {URL_IS("https://h/a%2Fb/web/postv1"), "its path has more"},
    {URL_IS("https://h/a b/web/postv1"), "its path has more"},
    {URL_IS("https://h/a\\nb/web/postv1"), "has a control character"},
    {URL_IS(X1023), "f: url: give https"},
    {URL_IS(X1023 "x"), "f: url: is longer than 1023 bytes"},
    {WITH("\"address\": \"h\""), NULL},
    {WITH("\"address\": \"10.195.10.11:443\""), NULL},
    {WITH("\"address\": \"[::1]\""), NULL},
    {WITH("\"address\": \"::1\""), "f: address: give HOST"},
    {WITH("\"address\": \"h:\""), "f: address: give HOST"},
    {WITH("\"address\": \"h:1:2\""), "f: address: give HOST"},
    {WITH("\"address\": \"https://h\""), "f: address: give HOST"},
    {WITH("\"address\": \"\""), "f: address: is empty"},
    {WITH("\"address\": null"), "f: address: give a text"},
    {"{" URL ", " CERT ", \"user\": \"a:b\", " SECRETS "}",
	"f: user: HTTP cannot say"},
    {"{" URL ", " CERT ", \"user\": \"a\\u007fb\", " SECRETS "}",
	"f: user: has a control character"},
    {"{" URL ", " CERT ", \"user\": \"a\\u009bb\", " SECRETS "}",
	"f: user: has a control character"},
    {"{" URL ", \"tlscert\": \"a\\nb\", " USER ", " SECRETS "}",
	"f: tlscert: has a control character"},
    {WITH("\"core\": 255"), NULL},
    {WITH("\"core\": 256"), "f: core: give a whole number from 0 to 255"},
    {WITH("\"core\": \"one\""), "f: core: give a whole number"},
    {WITH("\"core\": 1.5"), "f: core: give a whole number"},
    {WITH("\"core\": -1"), "f: core: give a whole number"},
    {WITH("\"core\": null"), "f: core: give a whole number"},
    {WITH("\"timeout_s\": 1"), NULL},
    {WITH("\"timeout_s\": 0"), "f: timeout_s: give a whole number from 1 to"},
    {WITH("\"timeout_s\": 601"), "from 1 to 600"},
    {WITH("\"connections\": 1"), NULL},
    {WITH("\"connections\": 0"), "f: connections: give"},
    {WITH("\"connections\": 65"), "from 1 to 64"},
    {WITH("\"retries\": 10"), NULL},
    {WITH("\"retries\": 11"), "f: retries: give a whole number from 0 to 10"},
    {WITH("\"log_level\": \"high\""), "f: log_level: give"},
    {WITH("\"log_output\": 1"), "f: log_output: give a text"},
    {WITH("\"log_output\": \"\""), NULL},
    {WITH("\"sign\": {}"), NULL},
    {WITH("\"sign\": \"sign\""), "f: sign: is an object"},
    {WITH("\"sign\": {\"input\": 1}"), "f: sign.input: give"},
    {WITH("\"pass_file\": \"p\""), "f: pass_file: pass is there too"},
    {WITH("\"keygen_pin_file\": \"p\""),
	"f: keygen_pin_file: keygen_pin is there too"},
    {WITH("\"pass_file\": 1"), "f: pass_file: give a text"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"\"}", "f: pass: is empty"},
    {"{" URL ", " CERT ", " USER ", \"pass\": 12345}", "f: pass: give a text"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"" PASS "\\n\"}",
	"f: pass: has a control character"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"x\\u007f\"}",
	"f: pass: has a control character"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"" X1023 "\"}", NULL},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"" X1023 "x\"}",
	"f: pass: is longer than 1023 bytes"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"x\", \"keygen_pin\": 12345}",
	"f: keygen_pin: give a text"},
    {"{" URL ", " CERT ", " USER ", \"pass\": \"x\", \"keygen_pin\": \"\"}",
	NULL},
};

START_TEST(test_text)
{
	struct n200_conf *c = NULL;
	enum dflow_status status = parse(texts[_i].text, &c);

	if (texts[_i].says == NULL) {
		ck_assert_msg(
		    status == DFLOW_OK, "%s: %s", texts[_i].text, err.text);
		n200_conf_free(&c);
		return;
	}
	ck_assert_msg(status == DFLOW_FAILED, "%s", texts[_i].text);
	ck_assert_ptr_null(c);
	ck_assert_msg(strstr(err.text, texts[_i].says) != NULL, "%s: %s",
	    texts[_i].text, err.text);
	ck_assert_ptr_null(strstr(err.text, PASS));
	ck_assert_ptr_null(strstr(err.text, PIN));
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

START_TEST(test_too_large)
{
	struct secret *s = NULL;
	struct n200_conf *c = NULL;

	ck_assert(secret_new(N200_CONF_FILE_MAX + 1, &s, &err) == DFLOW_OK);
	memset(s->data, ' ', s->cap);
	memcpy(s->data, WITH("\"core\": 1"), strlen(WITH("\"core\": 1")));
	s->len = N200_CONF_FILE_MAX;
	ck_assert(n200_conf_parse("f", s, &c, &err) == DFLOW_OK);
	n200_conf_free(&c);
	s->len++;
	ck_assert(n200_conf_parse("f", s, &c, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "larger than 65536 bytes"));
	secret_free(&s);
}
END_TEST

static unsigned leaks, blocks;

/* Looks for what cJSON gives back unwiped. */
static void
look_and_free(void *p)
{
	size_t size = p == NULL ? 0 : malloc_usable_size(p);

	blocks++;
	if (size > 0 && (memmem(p, size, PASS, strlen(PASS)) != NULL ||
			    memmem(p, size, PIN, strlen(PIN)) != NULL))
		leaks++;
	free(p);
}

/* After success and failure alike. */
START_TEST(test_wiped)
{
	cJSON_Hooks hooks = {malloc, look_and_free};
	struct n200_conf *c = NULL;
	cJSON *tree;

	cJSON_InitHooks(&hooks);
	tree = tree_of(texts[0].text);
	cJSON_Delete(tree);
	ck_assert_uint_eq(leaks, 2); /* so it can find them */
	leaks = 0;
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (parse(texts[i].text, &c) == DFLOW_OK)
			n200_conf_free(&c);
		ck_assert_msg(leaks == 0, "%s", texts[i].text);
	}
	ck_assert_uint_gt(blocks, 1000);
	cJSON_InitHooks(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("n200conf");
	TCase *t = tcase_create("n200conf");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, test_article);
	tcase_add_test(t, test_ours);
	tcase_add_loop_test(t, test_level, 0, (int)COUNT(levels));
	tcase_add_loop_test(t, test_text, 0, (int)COUNT(texts));
	tcase_add_test(t, test_too_large);
	tcase_add_test(t, test_wiped);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
