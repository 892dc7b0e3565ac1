/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain key requests: what is read, and each refusal with its file:line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "requests.h"
#include "exchange/request.h"

#define ZSK                                                        \
	"ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6ZPLKPDhkowEMAN7o36Vs1Bt" \
	"db+obk6h22D548XWTWV6cWEkbNYHPQ=="
#define KSK                                                         \
	"cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GATN" \
	"QAg64TJw3tgECVOq1beXpbJGSjG7Q=="
#define ED "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4="
#define KEY(owner, fields, key) owner " IN DNSKEY " fields " " key "\n"
#define GOOD KEY("example.com.", "256 3 13", ZSK)

static const struct {
	const char *text;
	size_t count;
	const char *reason;
} good[] = {
    {GOOD, 1, "one key"},
    {"; a comment\n\n$TTL 3600\n" GOOD, 1, "comments and $TTL"},
    {"example.com.\t3600\tIN\tDNSKEY\t256 3 13 " ZSK, 1,
	"no newline at the end"},
    {"example.com. IN DNSKEY 256 3 13 ( ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6Z"
     "PLKPDhkowE\n MAN7o36Vs1Bt db+obk6h22D548XWTWV6cWEkbNYHPQ== ) ; x\n",
	1, "several lines"},
    {"example.com. IN DNSKEY 256 3 13 " ZSK "\r\n", 1, "CRLF"},
    {KEY("Example.COM.", "256 3 15", ED) GOOD, 2, "two algorithms"},
    {GOOD KEY("example.com.", "256 3 13", KSK), 2, "two of one algorithm"},
    {KEY(".", "256 3 13", ZSK), 1, "the root"},
    {KEY("example.com.", "256 3 ECDSAP256SHA256", ZSK), 1, "a mnemonic"},
};

static const struct {
	const char *text;
	const char *says;
} bad[] = {
    {"", "req: no DNSKEY record"},
    {"\n; nothing\n", "req: no DNSKEY record"},
    {KEY("example.com.", "257 3 13", ZSK), "req:1: flags 257: a KSK"},
    {KEY("example.com.", "384 3 13", ZSK), "req:1: flags 384: a revoked"},
    {KEY("example.com.", "385 3 13", ZSK), "req:1: flags 385: a revoked"},
    {KEY("example.com.", "0 3 13", ZSK), "req:1: flags 0: not a zone"},
    {KEY("example.com.", "258 3 13", ZSK), "req:1: flags 258: "},
    {KEY("example.com.", "256 2 13", ZSK), "req:1: protocol 2"},
    {KEY("example.com.", "256 3 99", ZSK), "req:1: algorithm 99"},
    {KEY("example.com.", "256 3 14", ZSK), "req:1: "},
    {KEY("example.com.", "256 3 15", ZSK), "req:1: "},
    {KEY("example.com.", "256 3 8", "AQ=="), "req:1: "},
    {GOOD KEY("example.org.", "256 3 13", KSK),
	"req:2: owner example.org., but"},
    {GOOD "\n" GOOD, "req:3: the same key (tag 54147) as in req:1"},
    {GOOD "example.com. IN A 192.0.2.1\n", "req:2: A record"},
    {GOOD "example.com. IN RRSIG DNSKEY 13 2 3600 20221224000000 "
	  "20220922073938 11238 example.com. AAAA\n",
	"req:2: RRSIG record"},
    {GOOD "example.com. CH TXT x\n", "req:2: "},
    {GOOD "trailing rubbish\n", "req:2: "},
    {GOOD "$INCLUDE /etc/passwd\n", "req:2: "},
    {"example.com. IN DNSKEY 256 3 13 ah+p9L1y*dOM\n", "req:1: "},
    {"example.com. IN DNSKEY 256 3 13\n", "req:1: "},
    {"\377\376e\n", "req:1: "},
    {"<html>\n", "req:1: "},
    {";; KeySigningRequest 1.0 20240813133035 (now)\n" GOOD,
	"req:1: a KSR, not a plain"},
    {GOOD ";; KeySigningRequest 1.0 20240813133035 (now)\n",
	"req:2: a KSR, not a plain"},
    {GOOD " ;;signedkeyresponse\n", "req:2: an SKR, not a plain"},
};

START_TEST(test_good)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct request *r = NULL;

	ck_assert_msg(request_parse("req", good[_i].text, strlen(good[_i].text),
			  &r, &err) == DFLOW_OK,
	    "%s: %s", good[_i].reason, err.text);
	ck_assert_uint_eq(r->count, good[_i].count);
	for (size_t i = 0; i < r->count; i++) {
		ck_assert_uint_eq(r->keys[i].key.flags, 256);
		ck_assert_str_eq(r->keys[i].file, "req");
		ck_assert_uint_gt(r->keys[i].line, 0);
		if (i > 0)
			ck_assert_uint_le(r->keys[i - 1].key.algorithm,
			    r->keys[i].key.algorithm);
	}
	request_free(&r);
	ck_assert_ptr_null(r);
}
END_TEST

START_TEST(test_bad)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct request *r = NULL;

	ck_assert_msg(request_parse("req", bad[_i].text, strlen(bad[_i].text),
			  &r, &err) != DFLOW_OK,
	    "taken, not refused: %s", bad[_i].says);
	ck_assert_ptr_null(r);
	ck_assert_msg(
	    strncmp(err.text, bad[_i].says, strlen(bad[_i].says)) == 0,
	    "'%s', not '%s'", err.text, bad[_i].says);
}
END_TEST

/* A request that was cut off anywhere never gives another key. */
START_TEST(test_truncated)
{
	static const char text[] = GOOD;

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct dflow_err err = {.status = DFLOW_OK};
		struct request *r = NULL;

		if (request_parse("req", text, len, &r, &err) != DFLOW_OK)
			continue;
		ck_assert_uint_eq(r->count, 1);
		ck_assert_uint_eq(r->keys[0].key.tag, 54147);
		request_free(&r);
	}
}
END_TEST

START_TEST(test_binary)
{
	static const char text[] = "example.com. IN DNSKEY 256 3 13 \0" ZSK;
	struct dflow_err err = {.status = DFLOW_OK};
	struct request *r = NULL;

	ck_assert(
	    request_parse("req", text, sizeof(text) - 1, &r, &err) != DFLOW_OK);
}
END_TEST

START_TEST(test_limits)
{
	struct dflow_err err = {.status = DFLOW_OK};
	size_t size = REQUEST_BYTES_MAX + 1;
	char *text = malloc(size);
	struct request *r = NULL;
	size_t len = 0;

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', size);
	ck_assert(request_parse("req", text, size, &r, &err) == DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "req: larger than 1048576 bytes");
	for (int i = 0; i <= REQUEST_KEYS_MAX; i++)
		len += (size_t)snprintf(text + len, size - len,
		    "a. IN DNSKEY 256 3 15 %c%c%s\n", 'A' + i / 26,
		    'A' + i % 26, &ED[2]);
	ck_assert(request_parse("req", text, len, &r, &err) == DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "req:65: more than 64 keys");
	memset(text, 'a', size - 1);
	ck_assert(request_parse("req", text, size - 1, &r, &err) != DFLOW_OK);
	free(text);
}
END_TEST

/* Several files make one request, and messages name the right one. */
START_TEST(test_join)
{
	static const char other[] =
	    "example.com. IN DNSKEY 256 3 13 "
	    "cMW3fe7dPRXCmTVMmIO/TUMN3vP3AOaHjgNlwNNoU7Zh9cbsn7kCGvVLfXjZ"
	    "NVYmkRuY5m1ZQTPQVzAAIfpG7Q==\n";
	const char *dir = getenv("srcdir");
	struct dflow_err err = {.status = DFLOW_OK};
	struct request *a, *b, *c = NULL;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/data/seed-ZSK.key",
	    dir != NULL ? dir : ".");
	a = requests_read(path);
	b = requests_read(path);
	ck_assert_uint_eq(a->keys[0].key.tag, 54147);
	ck_assert(request_join(a, &b, &err) == DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "the same key (tag 54147)"));
	ck_assert_ptr_nonnull(b);
	ck_assert_msg(request_parse("other.key", other, strlen(other), &c,
			  &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert(request_join(a, &c, &err) == DFLOW_OK);
	ck_assert_ptr_null(c);
	ck_assert_uint_eq(a->count, 2);
	ck_assert_uint_eq(a->file_count, 2);
	ck_assert_uint_lt(a->keys[0].key.tag, a->keys[1].key.tag);
	for (size_t i = 0; i < 2; i++)
		ck_assert_str_eq(a->keys[i].file,
		    a->keys[i].key.tag == 54147 ? path : "other.key");
	request_free(&a);
	request_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_good, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, test_bad, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_truncated);
	tcase_add_test(t, test_binary);
	tcase_add_test(t, test_limits);
	tcase_add_test(t, test_join);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
