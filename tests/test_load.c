/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "dns/rrtext.h"
#include "zone/load.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char dir[256];

static const char *
in_dir(const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
save(const char *name, const void *text, size_t len)
{
	struct dflow_err err;

	ck_assert_msg(os_write(in_dir(name), 0600, text, len, &err) == DFLOW_OK,
	    "%s", err.text);
}

/* Collects "owner ttl type line;" for each RR. */
static enum dflow_status
collect(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	char owner[NAME_TEXT_SIZE];

	(void)err;
	(void)name_text(rr->owner, owner);
	buf_printf(ctx, "%s %u %u %u;", owner, rr->ttl, rr->type, rr->line);
	return DFLOW_OK;
}

#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *text;
	size_t len;
	const char *want; /* RRs; or the error, which begins "t:" */
	const char *reason;
} texts[] = {
    {TEXT(""), "", "nothing"},
    {TEXT("\n\n ; x\n\t\n"), "", "blank lines and comments"},
    {TEXT(" ; x"), "", "a comment without a newline"},
    {TEXT("a A 1.2.3.4\n"), "a. 60 1 1;", "TTL and class left out"},
    {TEXT("a A 1.2.3.4"), "a. 60 1 1;", "final newline missing"},
    {TEXT("a A 1.2.3.4 ; x"), "a. 60 1 1;", "comment at the end"},
    {TEXT("a IN 5 A 1.2.3.4\n 6 IN AAAA ::1\n"), "a. 5 1 1;a. 6 28 2;",
	"class and TTL in either order"},
    {TEXT("a 1h30m A 1.2.3.4\n"), "a. 5400 1 1;", "units of time"},
    {TEXT("$TTL 7\na A 1.2.3.4\n$ttl 8\n A 1.2.3.5\n"), "a. 7 1 2;a. 8 1 4;",
	"$TTL, twice"},
    {TEXT("a 9 A 1.1.1.1\nb A 1.1.1.1\n"), "a. 9 1 1;b. 60 1 2;",
	"the default stands"},
    {TEXT("$ORIGIN x.y.\na A 1.1.1.1\n$ORIGIN z\n@ A 1.1.1.1\n"
	  "$ORIGIN @\nb A 1.1.1.1\n$ORIGIN .\nc A 1.1.1.1\n"
	  "$ORIGIN d\ne A 1.1.1.1\n"),
	"a.x.y. 60 1 2;z.x.y. 60 1 4;b.z.x.y. 60 1 6;c. 60 1 8;"
	"e.d. 60 1 10;",
	"$ORIGIN, relative ones too"},
    {TEXT("$ORIGIN a\\.b\\\\.\nx A 1.1.1.1\n$ORIGIN q\\.\n@ A 1.1.1.1\n"),
	"x.a\\.b\\092. 60 1 2;q\\..a\\.b\\092. 60 1 4;",
	"escaped dots in $ORIGIN"},
    {TEXT("m SOA a b (\n1 ; (\n2 3 \n4 5\n)\n\n; c\nq A 1.2.3.4\n"),
	"m. 60 6 1;q. 60 1 8;", "lines behind parentheses"},
    {TEXT("a TXT \"x;(\" ; \"\n\n  ;c\nb TXT (\"\n\" )\nc A 1.1.1.1\n"),
	"a. 60 16 1;b. 60 16 4;c. 60 1 6;", "quotes hide, also newlines"},
    {TEXT("a TXT a\\\"b\\;c\\(\nb A 1.1.1.1\n"), "a. 60 16 1;b. 60 1 2;",
	"escapes"},
    {TEXT("a A 1.1.1.1\r\nb A 1.1.1.1\r\n"), "a. 60 1 1;b. 60 1 2;", "CRLF"},
    {TEXT("a TYPE1 \\# 4 01020304\nb TYPE65280 \\# 0\n"),
	"a. 60 1 1;b. 60 65280 2;", "unknown types (RFC 3597)"},
    {TEXT("\\000\\255.\\@ IN A 1.1.1.1\n"), "\\000\\255.\\@. 60 1 1;",
	"odd owners"},
    {TEXT("a 2147483647 A 1.1.1.1\n"), "a. 2147483647 1 1;", "the longest TTL"},

    {TEXT("a 2147483648 A 1.1.1.1\n"), "t:1: TTL exceeds 2147483647",
	"RFC 2181 section 8"},
    {TEXT("a 1 A 1.1.1.1\nb 4294967295 A 1.1.1.1\n"),
	"t:2: TTL exceeds 2147483647", "32 bits"},
    {TEXT("\n$TTL 2147483648\na A 1.1.1.1\n"), "t:2: TTL exceeds 2147483647",
	"$TTL too long"},
    {TEXT("a A \\# 5 0102030405\n"), "t:1: malformed A record",
	"what the scanner lets pass"},
    {TEXT("x A 1.1.1.1\n\na NS \\# 2 0161\n"), "t:3: malformed NS record",
	"a name that does not end"},
    {TEXT("a CH TXT x\n"), "t:1:", "another class"},
    {TEXT("a CLASS3 TXT x\n"), "t:1:", "another class by number"},
    {TEXT("a TYPE0 \\# 0\n"), "t:1: TYPE0", "no type"},
    {TEXT("a TYPE41 \\# 0\n"), "t:1: TYPE41", "a meta type"},
    {TEXT("a TYPE252 \\# 0\n"), "t:1:", "a query type"},
    {TEXT("a NOSUCH x\n"), "t:1:", "no such type"},
    {TEXT("$INCLUDE x\n"), "t:1: $INCLUDE is not allowed here", "no files"},
    {TEXT("a A 1.1.1.1\n$GENERATE 1-2 a$ A 1.1.1.$\n"),
	"t:2: $GENERATE is not supported", "$GENERATE"},
    {TEXT("$FOO\n"), "t:1:", "an unknown directive"},
    {TEXT(" A 1.1.1.1\n"), "t:1: no owner", "no owner to repeat"},
    {TEXT("a A 1.1.1.1\n\nb TXT (\nx\n"), "t:4: a parenthesis is not",
	"open at the end"},
    {TEXT("a A 1.1.1.1 )\n"), "t:1:", "closed but never opened"},
    {TEXT("a TXT \"x\nb A 1.1.1.1\n"), "t:1:", "an open quote"},
    {TEXT("a TXT \"x"), "t:1:", "an open quote at the end"},
    {TEXT("a TXT x\\"), "t:1:", "a backslash at the end"},
    {TEXT("a A 1.1.1.1\nb\0 A 1.1.1.1\n"), "t:2: a zero byte", "a NUL byte"},
    {TEXT("a A 1.1.1\nb\0 A 1.1.1.1\n"), "t:1:", "the first error comes first"},
    {TEXT("a A 1.1.1.1\rb A 1.1.1.1\n"), "t:1: a carriage return",
	"a CR by itself"},
    {TEXT("a A 1.1.1.1 ; x\ry\n"), "t:1: a carriage return",
	"a CR in a comment"},
    {TEXT("a A 1.1.1.1\r"), "t:1: a carriage return", "a CR at the end"},
    {TEXT("\xef\xbb\xbf"
	  "a A 1.1.1.1\n"),
	"t:1: begins with a byte "
	"order mark",
	"UTF-8 with a mark"},
    {TEXT("a\0\n\0"), "t:1: a zero byte", "UTF-16"},
    {TEXT("a TXT \xc3\xa9\n"), "t:1:", "not ASCII"},
    {TEXT("a A 1.1.1.1 5\n"), "t:1:", "something behind"},
    {TEXT("a..b A 1.1.1.1\n"), "t:1:", "an empty label"},
    {TEXT("a A\n"), "t:1:", "no RDATA"},
};

START_TEST(small_text)
{
	struct dflow_err err = {.text = ""};
	enum dflow_status st;
	struct buf got;
	size_t i = (size_t)_i;
	bool fails = strncmp(texts[i].want, "t:", 2) == 0;

	buf_init(&got, 4096);
	st = text_load(
	    "t", texts[i].text, texts[i].len, 60, collect, &got, &err);
	buf_u8(&got, 0);
	ck_assert_msg(st == (fails ? DFLOW_FAILED : DFLOW_OK), "%s: %s",
	    texts[i].reason, err.text);
	if (fails)
		ck_assert_msg(strncmp(err.text, texts[i].want,
				  strlen(texts[i].want)) == 0,
		    "%s: %s", texts[i].reason, err.text);
	else
		ck_assert_msg(strcmp((char *)got.data, texts[i].want) == 0,
		    "%s: %s", texts[i].reason, (char *)got.data);
	buf_free(&got);
}
END_TEST

static enum dflow_status
stop(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	size_t *calls = ctx;

	(void)rr;
	(*calls)++;
	return err_set(err, DFLOW_REFUSED, "enough");
}

START_TEST(callback_ends)
{
	struct dflow_err err;
	size_t calls = 0;

	ck_assert_int_eq(text_load("t", TEXT("a A 1.1.1.1\nb A 1.1.1.1\n"), 1,
			     stop, &calls, &err),
	    DFLOW_REFUSED);
	ck_assert_uint_eq(calls, 1);
	ck_assert_str_eq(err.text, "enough");
}
END_TEST

/* Loads name from the folder; what it holds as collect shows it. */
static enum dflow_status
load(const char *name, const char *origin, struct buf *got,
    struct dflow_err *err)
{
	struct zone_load p = {.path = in_dir(name), .threads = 2};
	uint8_t wire[NAME_MAX_LEN];
	struct zone *z = NULL;
	enum dflow_status st;
	char text[NAME_TEXT_SIZE];

	if (origin != NULL) {
		ck_assert_int_eq(name_parse(origin, wire, err), DFLOW_OK);
		p.origin = wire;
	}
	st = zone_load(&p, &z, err);
	if (st != DFLOW_OK)
		return st;
	(void)name_text(z->apex, text);
	buf_printf(got, "%s|", text);
	for (size_t i = 0; i < z->rrset_count; i++) {
		(void)name_text(z->rrsets[i].owner, text);
		buf_printf(got, "%s %u %u;", text, z->rrsets[i].ttl,
		    z->rrsets[i].type);
	}
	zone_free(&z);
	return DFLOW_OK;
}

#define SOA "@ SOA a b 1 2 3 4 77\n"

static const struct {
	const char *file, *text, *origin;
	const char *want; /* or "!" and what the error holds */
	const char *reason;
} zones[] = {
    {"test", "@ 5 SOA a b 1 2 3 4 77\nx 6 A 1.1.1.1\n", NULL,
	"test.|test. 5 6;x.test. 6 1;", "origin from the file's name"},
    {"q.zone", "test. 5 SOA a b 1 2 3 4 77\nx.test. 6 A 1.1.1.1\n", NULL,
	"test.|test. 5 6;x.test. 6 1;", "apex from the SOA"},
    {"test", "@ 5 SOA a b 1 2 3 4 77\n", "o.", "o.|o. 5 6;", "origin given"},
    {"test", "@ 5 SOA a b 1 2 3 4 77\n", ".", ".|. 5 6;", "the root"},
    {"test", "@ 5 SOA a b 1 2 3 4 77\n", "\\000\\032x\\..y",
	"\\000\\032x\\..y.|\\000\\032x\\..y. 5 6;", "an odd origin"},
    {"test", SOA "x A 1.1.1.1\ny 300 A 1.1.1.1\nz A 1.1.1.1\n", NULL,
	"test.|test. 77 6;x.test. 77 1;y.test. 300 1;z.test. 77 1;",
	"no TTL before the SOA: its MINIMUM stands, as with BIND"},
    {"test",
	"@ 9 SOA a b 1 2 3 4 77\nx A 1.1.1.1\ny 300 A 1.1.1.1\n"
	"z A 1.1.1.1\n",
	NULL, "test.|test. 9 6;x.test. 9 1;y.test. 300 1;z.test. 300 1;",
	"the last stated TTL (RFC 1035 section 5.1)"},
    {"test",
	"@ 9 SOA a b 1 2 3 4 77\ny 8 A 1.1.1.1\n$TTL 8\n"
	"v 7 A 1.1.1.1\nw A 1.1.1.1\n",
	NULL, "test.|test. 9 6;v.test. 7 1;w.test. 8 1;y.test. 8 1;",
	"$TTL fixes it (RFC 2308 section 4)"},
    {"test", "@ 0 SOA a b 1 2 3 4 77\nx A 1.1.1.1\n", NULL,
	"test.|test. 0 6;x.test. 0 1;", "zero is a TTL too"},
    {"test", "@ SOA a b (\n1 2 3\n4 1h ) ; x\nx A 1.1.1.1\n", NULL,
	"test.|test. 3600 6;x.test. 3600 1;", "MINIMUM over lines"},
    {"test",
	"$TTL 1\n" SOA "$INCLUDE sub/inc i ; x\ny A 1.1.1.1\n"
	" A 1.1.1.2\n",
	NULL, "test.|test. 1 6;a.i.test. 1 1;b.j.test. 2 1;y.test. 2 1;",
	"$INCLUDE: origin and owner come back, $TTL stays"},
    {"test",
	"$TTL 1\n" SOA "x A 1.1.1.1\n$INCLUDE \"sub/one\"\n"
	" A 1.1.1.2\n",
	NULL, "test.|test. 1 6;one.test. 1 1;x.test. 1 1;",
	"the owner is that of before"},

    {"test", "x 5 A 1.1.1.1\n", NULL, "!test: no SOA", "no SOA"},
    {"test", "", NULL, "!test: no SOA", "empty"},
    {"test", "@ 5 SOA a b 1 2 3 4 77\nx CNAME\n", NULL,
	"!test:2: ", "line and file"},
    {"test", "o. 5 SOA a b 1 2 3 4 77\n", "p.",
	"!no SOA at p.; the zone in this file is o.", "another zone"},
    {"test", "x 5 A 1.1.1.1\n", "p.", "!no SOA at p.; is it", "none"},
    {"test", "x A 1.1.1.1\n" SOA, NULL, "!test:1: no TTL is stated",
	"nothing to take the TTL from"},
    {"test", "@ 4294967295 SOA a b 1 2 3 4 77\n", NULL, "!test:1: TTL exceeds",
	"a stated TTL is not taken for none"},
    {"test", "@ SOA a b 1 2 3 4 4294967295\n", NULL, "!test:1: TTL exceeds",
	"MINIMUM as TTL"},
    {"test", "$TTL 1\n" SOA "$INCLUDE self\n", NULL,
	"!self:1: $INCLUDE more than 16", "a file that includes itself"},
    {"test", "$TTL 1\n" SOA "$INCLUDE none\n", NULL,
	"!test:3: ", "a file that is not there"},
    {"test", "$TTL 1\n" SOA "$INCLUDE sub/bad\n", NULL,
	"!sub/bad:2: ", "an error in an included file"},
    {"test", "$TTL 1\n" SOA "$INCLUDE sub\n", NULL, "!test:3: ", "a folder"},
    {"test", "$TTL 1\n" SOA "$INCLUDE\n", NULL, "!test:3: ", "no file's name"},
};

START_TEST(whole_zone)
{
	struct dflow_err err = {.text = ""};
	enum dflow_status st;
	struct buf got;
	size_t i = (size_t)_i;

	save("sub/inc", TEXT("a A 1.1.1.1\n$TTL 2\n$ORIGIN j.test.\n"
			     "b A 1.1.1.1\n"));
	save("sub/one", TEXT("$INCLUDE two\n"));
	save("sub/two", TEXT("one A 1.1.1.1\n"));
	save("sub/bad", TEXT("a A 1.1.1.1\nb A x\n"));
	save("self", TEXT("$INCLUDE self\n"));
	save(zones[i].file, zones[i].text, strlen(zones[i].text));
	buf_init(&got, 4096);
	st = load(zones[i].file, zones[i].origin, &got, &err);
	buf_u8(&got, 0);
	if (zones[i].want[0] == '!') {
		ck_assert_msg(st == DFLOW_FAILED, "%s: %s", zones[i].reason,
		    (char *)got.data);
		ck_assert_msg(strstr(err.text, zones[i].want + 1) != NULL,
		    "%s: %s", zones[i].reason, err.text);
	} else {
		ck_assert_msg(
		    st == DFLOW_OK, "%s: %s", zones[i].reason, err.text);
		ck_assert_msg(strcmp((char *)got.data, zones[i].want) == 0,
		    "%s: %s", zones[i].reason, (char *)got.data);
	}
	buf_free(&got);
}
END_TEST

/* Many megabytes: records, lines and CRs lie across every edge of a read. */
START_TEST(big)
{
	struct dflow_err err = {.text = ""};
	struct zone_load p = {.path = NULL, .threads = 2};
	struct zone *z = NULL;
	struct buf b;

	buf_init(&b, (size_t)64 << 20);
	buf_str(&b, "$TTL 5\r\n@ SOA a b 1 2 3 4 5\r\n");
	for (unsigned i = 0; i < 60000; i++) {
		buf_printf(&b, "n%u TXT \"%.*s;(\" ; \" (\r\n", i, i % 40,
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu");
		if (i % 3 == 0)
			buf_printf(
			    &b, "m%u MX (\r\n%u\r\n;)\r\n x )\r\n", i, i);
	}
	save("big", b.data, b.len);
	p.path = in_dir("big");
	ck_assert_msg(zone_load(&p, &z, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(z->rr_count, 80001);
	zone_free(&z);
	/* The twin: an error in its last line, whose number is known. */
	buf_str(&b, "last A 1.2.3\r\n");
	save("big", b.data, b.len);
	ck_assert_int_eq(zone_load(&p, &z, &err), DFLOW_FAILED);
	ck_assert_msg(
	    strstr(err.text, "/big:140003: ") != NULL, "%s", err.text);
	buf_free(&b);
}
END_TEST

START_TEST(too_long)
{
	struct dflow_err err = {.text = ""};
	struct buf b, got;

	buf_init(&b, (size_t)8 << 20);
	buf_init(&got, 4096);
	buf_str(&b, "x 5 A 1.1.1.1\ny 5 TXT (");
	while (b.len < (size_t)2 << 20)
		buf_str(&b, "\n");
	buf_str(&b, ")\n");
	save("long", b.data, b.len);
	ck_assert_int_eq(load("long", NULL, &got, &err), DFLOW_FAILED);
	ck_assert_msg(strstr(err.text, "/long:2: a record of more") != NULL,
	    "%s", err.text);
	buf_free(&b);
	buf_free(&got);
}
END_TEST

/* Every prefix of a zone is read or refused, never more. */
START_TEST(cut_short)
{
	static const char zone_text[] =
	    "$TTL 5\n@ SOA a b (\n1 2 3 4 5 )\n"
	    "$ORIGIN x\ny TXT \"a;\\\"(\" ; (\n A 1.1.1.1\n"
	    "$INCLUDE sub/two z\n\\000 TYPE9 \\# 1 00\n";
	struct dflow_err err = {.text = ""};
	struct buf got;

	save("sub/two", TEXT("one A 1.1.1.1\n"));
	for (size_t n = 0; n < sizeof(zone_text); n++) {
		enum dflow_status st;

		buf_init(&got, 4096);
		save("cut", zone_text, n);
		st = load("cut", NULL, &got, &err);
		ck_assert(st == DFLOW_OK || st == DFLOW_FAILED);
		ck_assert(st == DFLOW_OK || strstr(err.text, "/cut") != NULL);
		buf_free(&got);
	}
}
END_TEST

START_TEST(ceiling)
{
	struct dflow_err err = {.text = ""};
	struct zone_load p = {.path = NULL, .threads = 1};
	struct zone *z = NULL;
	struct buf b;
	bool refused = false;

	buf_init(&b, (size_t)8 << 20);
	buf_str(&b, "$TTL 5\n@ SOA a b 1 2 3 4 5\n");
	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&b, "n%u A 1.1.1.1\n", i * 7919 % 5000);
	save("ceil", b.data, b.len);
	p.path = in_dir("ceil");
	/* At every ceiling it fails with the one message, or succeeds. */
	for (p.max_memory = 1; z == NULL; p.max_memory += 30000) {
		if (zone_load(&p, &z, &err) == DFLOW_OK)
			break;
		refused = true;
		ck_assert_msg(
		    strstr(err.text, "--max-memory") != NULL, "%s", err.text);
	}
	ck_assert(refused);
	ck_assert_uint_eq(z->rr_count, 5001);
	zone_free(&z);
	buf_free(&b);
}
END_TEST

static enum dflow_status
drop_a(struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err)
{
	(void)ctx;
	(void)err;
	*keep = rr->type != 1;
	rr->ttl = 99;
	return DFLOW_OK;
}

START_TEST(filter)
{
	struct dflow_err err = {.text = ""};
	struct zone_load p = {.threads = 1, .filter = drop_a};
	struct zone *z = NULL;

	save("filtered", TEXT("@ 5 SOA a b 1 2 3 4 5\nx 5 A 1.1.1.1\n"));
	p.path = in_dir("filtered");
	ck_assert_msg(zone_load(&p, &z, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(z->rr_count, 1);
	ck_assert_uint_eq(z->rrsets[0].ttl, 99);
	zone_free(&z);
}
END_TEST

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(dir, sizeof(dir), "%s/test_load.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(mkdir(in_dir("sub"), 0700), 0);
}

static void
teardown(void)
{
	static const char *const names[] = {"sub/inc", "sub/one", "sub/two",
	    "sub/bad", "self", "test", "q.zone", "big", "long", "cut", "ceil",
	    "filtered"};

	for (size_t i = 0; i < COUNT(names); i++)
		os_remove(in_dir(names[i]));
	(void)rmdir(in_dir("sub"));
	(void)rmdir(dir);
}

int
main(void)
{
	Suite *s = suite_create("load");
	TCase *tc = tcase_create("load");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, small_text, 0, COUNT(texts));
	tcase_add_test(tc, callback_ends);
	tcase_add_loop_test(tc, whole_zone, 0, COUNT(zones));
	tcase_add_test(tc, big);
	tcase_add_test(tc, too_long);
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, ceiling);
	tcase_add_test(tc, filter);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
