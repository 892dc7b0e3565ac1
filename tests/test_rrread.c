/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RRs from text: key files and what is none. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtext.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { TEXT_MAX = 1 << 20 };

/* The RRs that were read, the last one kept. */
struct last {
	struct rrtext rr;
	size_t count;
	size_t stop_at; /* fail at this one; 0: never */
};

static enum dflow_status
keep(const struct rrtext *rr, void *ctx, struct dflow_err *err)
{
	struct last *l = ctx;

	memcpy(&l->rr, rr, sizeof(*rr));
	l->count++;
	if (l->count == l->stop_at)
		return err_set(err, DFLOW_REFUSED, "stopped");
	return DFLOW_OK;
}

static void
read_one(const char *text, struct last *l)
{
	struct dflow_err err;

	l->count = 0;
	l->stop_at = 0;
	ck_assert_msg(rrtext_read("f", text, strlen(text), 3600, keep, l,
			  &err) == DFLOW_OK,
	    "%s: %s", text, err.text);
	ck_assert_uint_eq(l->count, 1);
}

static const struct {
	const char *text;
	size_t count; /* RRs, when it is good */
	const char *err; /* NULL: good */
	const char *reason;
} files[] = {
    {"", 0, NULL, "nothing"},
    {"\n\r\n ; c\n\t\n", 0, NULL, "blank lines"},
    {"x. A \\# 4 c0000201", 1, NULL, "no final newline"},
    {"x. A \\# 4 c0000201\r\ny. A \\# 4 c0000202\r\n", 2, NULL, "CRLF"},
    {"x. A \\# 4 c0000201\r", 1, NULL, "a CRLF that was cut"},
    {"x. 1h30m IN A \\# 4 c0000201 ; (c \"\n", 1, NULL, "a comment"},
    {"x. IN 5 A \\# 4 c0000201\n", 1, NULL, "class first"},
    {"x. CLASS1 A \\# 4 c0000201\n", 1, NULL, "class by number"},
    {"$TTL 5\n$ORIGIN x.\n@ A \\# 4 c0000201\n A \\# 4 c0000202\n", 2, NULL,
	"directives, the same owner again"},
    {"x. DNSKEY ( 257 3 ; c\n 13 AQ\n\tID ) ;{id = 1 (ksk)}\n", 1, NULL,
	"several lines"},
    {"\\(\\;. A \\# 4 c0000201\n", 1, NULL, "escapes"},
    {"; m\303\274ller\nx. A \\# 4 c0000201\n", 1, NULL, "UTF-8 in a comment"},
    {"x. TYPE48 257 3 13 AQID\n", 1, NULL, "a known type by its number"},
    {"x. 9 DNSKEY 257 3 13 AQID\nx. CDNSKEY 0 3 0 AA==\nx. CDS 0 0 0 00\n"
     "x. RRSIG A 13 1 60 20221224000000 20220922073938 1 . AQID\n",
	4, NULL, "types that have a form here"},
    {"x. TYPE9999 \\# 3 aa bb cc\n", 1, NULL, "hex in words"},
    {" A \\# 4 c0000201\n", 0, "f:1: ", "no owner"},
    {"x. A \\# 4 c0000201\nhello\n", 1, "f:2: ", "a word"},
    {"x. A \\# 4 c0000201\nhello world\n", 1, "f:2: ", "two words"},
    {"x. CH A \\# 4 c0000201\n", 0, "f:1: class CH", "class CH"},
    {"x. CLASS3 A \\# 4 c0000201\n", 0, "f:1: class", "class 3"},
    {"x. IN IN A \\# 4 c0000201\n", 0, "f:1: a second class", "IN IN"},
    {"x. 1 2 A \\# 4 c0000201\n", 0, "f:1: a second TTL", "two TTLs"},
    {"x. 2147483648 A \\# 4 c0000201\n", 0, "f:1: 2147483648 is not a TTL",
	"a TTL of 2^31"},
    {"x. 1x A \\# 4 c0000201\n", 0, "f:1: ", "a unit of no time"},
    {"x. 99999999999999999999 A \\# 4 c0000201\n", 0, "f:1: ", "a huge TTL"},
    {"$TTL\n", 0, "f:1: ", "no TTL"},
    {"$TTL 1 2\n", 0, "f:1: ", "two TTLs"},
    {"$INCLUDE /etc/passwd\n", 0, "f:1: $INCLUDE", "an include"},
    {"$GENERATE 1-9 x$ A 192.0.2.$\n", 0, "f:1: ", "BIND's own"},
    {"$ORIGIN a..b\n", 0, "f:1: ", "a broken origin"},
    {"\n\nx. DNSKEY ( 257 3\n13 AQID\n", 0, "f:3: a parenthesis is not",
	"an open parenthesis"},
    {"x. A ) 192.0.2.1\n", 0, "f:1: a parenthesis too", "a closed one"},
    {"x. DS ((1))\n", 0, "f:1: a parenthesis too", "two"},
    {"x. TXT \"a\ny. A \\# 4 c0000201\n", 0, "f:1: a quotation mark",
	"an open quote"},
    {"x. TXT \"a", 0, "f:1: a quotation mark", "one at the end"},
    {"x. TXT a\\\n", 0, "f:1: a backslash", "a backslash"},
    {"x. TXT a\\", 0, "f:1: a backslash", "one at the end"},
    {"x. TXT \001\n", 0, "f:1: a control character", "a control"},
    {"x. A\r192.0.2.1\n", 0, "f:1: a control character", "a bare CR"},
    {"x. A 192.0.2.9\n", 0, "f:1: a record of type A", "an address"},
    {"x. TXT a\n", 0, "f:1: a record of type TXT", "a text"},
    {"x. TYPE9999 a\n", 0, "f:1: a record of type TYPE9999", "whatever"},
    {"x. CDS 0 0 0 00 5\n", 0, "f:1: ", "half a byte behind"},
    {"x. DNSKEY\n", 0, "f:1: ", "no data"},
    {"x. \n", 0, "f:1: ", "no type"},
    {"x. A \\# 5 0102030405\n", 0, "f:1: ", "an A of five bytes"},
    {"x. TYPE9999 \\# 3 aabb\n", 0, "f:1: ", "too little"},
    {"x. TYPE9999 \\# 1 aabb\n", 0, "f:1: ", "too much"},
    {"x. TYPE9999 \\# 65536 aabb\n", 0, "f:1: ", "too long"},
    {"x. TYPE9999 \\# aabb\n", 0, "f:1: ", "no length"},
    {"x. TYPE9999 \\# 1 a\n", 0, "f:1: ", "half a byte"},
    {"x. TYPE9999 aabb\n", 0, "f:1: ", "an unknown type's data"},
    {"x. ANY 1\n", 0, "f:1: ", "a query type"},
    {"x. TYPE0 \\# 0\n", 0, "f:1: ", "type 0"},
    {"x. OPT \\# 0\n", 0, "f:1: ", "OPT"},
    {"a..b. A \\# 4 c0000201\n", 0, "f:1: ", "a broken owner"},
    {"x. DNSKEY 257 3 13 AQ!D\n", 0, "f:1: ", "not base64"},
    {"x. DNSKEY 257 3 13\n", 0, "f:1: ", "no key"},
    {"\177ELF\002\n", 0, "f:1: a control character", "a program"},
    {"-----BEGIN PRIVATE KEY-----\nMIGH\n", 0, "f:1: ", "a PEM file"},
    {"{\"zone\": \"x\"}\n", 0, "f:1: ", "JSON"},
};

START_TEST(test_files)
{
	static struct last l;
	struct dflow_err err = {.text = ""};
	enum dflow_status status;

	memset(&l, 0, sizeof(l));
	status = rrtext_read(
	    "f", files[_i].text, strlen(files[_i].text), 77, keep, &l, &err);
	if (files[_i].err == NULL)
		ck_assert_msg(
		    status == DFLOW_OK, "%s: %s", files[_i].reason, err.text);
	else
		ck_assert_msg(
		    status == DFLOW_FAILED && strncmp(err.text, files[_i].err,
						  strlen(files[_i].err)) == 0,
		    "%s: %s", files[_i].reason, err.text);
	ck_assert_msg(l.count == files[_i].count, "%s: %zu RRs",
	    files[_i].reason, l.count);
	ck_assert_ptr_null(strpbrk(err.text, "\n\r\177\001"));
}
END_TEST

START_TEST(test_fields)
{
	static struct last l;

	read_one("$TTL 5\n$ORIGIN Sub.Example.\n\n\n"
		 "www 1W2d RRSIG (\nA 13 3 0 1 1 1 mx AQID )\n",
	    &l);
	ck_assert_uint_eq(l.rr.line, 5);
	ck_assert_uint_eq(l.rr.ttl, 9 * 86400);
	ck_assert_mem_eq(l.rr.owner, "\3www\3Sub\7Example", 17);
	ck_assert_uint_eq(l.rr.rdata_len, 37);
	ck_assert_mem_eq(l.rr.rdata + 18, "\2mx\3Sub\7Example", 16);
	read_one("$ORIGIN Sub.Example.\n@ RRSIG A 13 2 0 1 1 1 @ AQ==\n", &l);
	ck_assert_uint_eq(l.rr.ttl, 3600);
	ck_assert_mem_eq(l.rr.owner, "\3Sub\7Example", 13);
	ck_assert_mem_eq(l.rr.rdata + 18, "\3Sub\7Example", 13);
	read_one("www 0 A \\# 4 c0000201", &l);
	ck_assert_mem_eq(l.rr.owner, "\3www", 5);
	ck_assert_uint_eq(l.rr.ttl, 0);
	read_one("x\\. A \\# 4 c0000201", &l);
	ck_assert_mem_eq(l.rr.owner, "\2x.", 4);
}
END_TEST

START_TEST(test_stop)
{
	static const char text[] =
	    "a. A \\# 4 c0000201\nb. A \\# 4 c0000202\n$bad\n";
	static struct last l;
	struct dflow_err err;

	memset(&l, 0, sizeof(l));
	l.stop_at = 1;
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "stopped");
	ck_assert_uint_eq(l.count, 1);
}
END_TEST

/* A NUL anywhere, a comment too; a relative name that grows too long. */
START_TEST(test_hostile)
{
	static const char nul[] = "; a\0b\nx. A \\# 4 c0000201\n";
	static struct last l;
	struct dflow_err err;
	char *text = malloc(TEXT_MAX);
	size_t i;

	ck_assert_ptr_nonnull(text);
	ck_assert(rrtext_read("f", nul, sizeof(nul) - 1, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	ck_assert_str_eq(err.text, "f:1: a control character (byte 0); this "
				   "is not a text file of DNS records");
	memset(text, 'a', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '\\', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '(', TEXT_MAX);
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	memset(text, '\n', TEXT_MAX);
	text[0] = '(';
	ck_assert(rrtext_read("f", text, TEXT_MAX, 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	for (i = 100; i < 190000; i += 9000) {
		(void)snprintf(
		    text, TEXT_MAX, "x. DNSKEY 257 3 8 %0*d\n", (int)i, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == (i < 87372 ? DFLOW_OK : DFLOW_FAILED));
		(void)snprintf(
		    text, TEXT_MAX, "%0*d. CDS 0 0 0 00\n", (int)i + 200, 0);
		ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l,
			      &err) == DFLOW_FAILED);
	}
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.\n"
	    "%060d.b CDS 0 0 0 00\n",
	    0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_OK);
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.%060d.\n"
	    "%060d CDS 0 0 0 00\n",
	    0, 0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	(void)snprintf(text, TEXT_MAX,
	    "$ORIGIN %060d.%060d.%060d.%060d.\n"
	    "a RRSIG A 13 2 0 1 1 1 %060d AQID\n",
	    0, 0, 0, 0, 0);
	ck_assert(rrtext_read("f", text, strlen(text), 0, keep, &l, &err) ==
		  DFLOW_FAILED);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rrread");
	TCase *t = tcase_create("rrread");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_files, 0, COUNT(files));
	tcase_add_test(t, test_fields);
	tcase_add_test(t, test_stop);
	tcase_add_test(t, test_hostile);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
