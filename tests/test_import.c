/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What zsk-sign import takes of SKRs, and what not: signatures, times, whose
 * KSK, whose ZSKs; each with a twin that breaks just that.
 */
#include "importing.h"

static char request[DFLOW_DIGEST_TEXT];

static void
setup_request(void)
{
	setup();
	begin();
	put_request(good, GOOD, request);
}

START_TEST(test_good)
{
	put_response("a.skr", good, GOOD, request);
	taken("a.skr");
	ck_assert_uint_eq(done.bundle_count, GOOD);
	ck_assert(done.from == T0 && done.until == T0 + 24 * DAY);
	ck_assert(done.expiration == T0 + 14 * DAY);
	ck_assert(!done.unchanged && !done.joined);
	ck_assert_str_eq(done.zone, "example.com.");
	run("cmp a.skr store/KSK.data");
	taken("a.skr");
	ck_assert(done.unchanged);
	run("[ $(ls store | wc -l) -eq 1 ]");
}
END_TEST

/* BIND's and Knot's do not say which request they answer. */
START_TEST(test_without_words)
{
	put_response("a.skr", good, GOOD, "");
	taken("a.skr");
}
END_TEST

/* Without a request the keys' own times say which they should be. */
START_TEST(test_by_times)
{
	static const struct skr_bundle late[] = {
	    {.time = T0, .ksks = A, .signers = A, .zsks = ONE},
	    {.time = T0 + 10 * DAY, .ksks = A, .signers = A, .zsks = ONE | TWO},
	    {.time = T0 + 15 * DAY, .ksks = A, .signers = A, .zsks = TWO},
	};

	run("rm keys/key-request");
	put_response("late.skr", late, GOOD, "");
	refused("late.skr", "on 2026-12-10 00:00:00 UTC it lacks ZSK");
	put_response("odd.skr",
	    &(struct skr_bundle){
		.time = T0, .ksks = A, .signers = A, .zsks = ONE | ODD},
	    1, "");
	refused("odd.skr", "on 2026-12-02 00:00:00 UTC it has ZSK");
	put_response("a.skr", good, GOOD, request);
	run("mv keys/*.private . && mkdir private && mv *.private private");
	taken("a.skr");
	run("rm -r store/* keys/*");
	refused("a.skr", "no ZSK of example.com. there");
}
END_TEST

/* A request is no help if the keys in the zone now are others. */
START_TEST(test_keys_of_now)
{
	put_response("a.skr", good, GOOD, request);
	run("cp evil/*+?????.key keys && rm keys/*.private; true");
	refused("a.skr", "does not cover");
	run("rm keys/K*");
	taken("a.skr");
}
END_TEST

/* Where that text stands in the file for the nth time. */
static size_t
find(const struct buf *b, const char *text, size_t nth)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= b->len; i++)
		if (memcmp(b->data + i, text, len) == 0 && nth-- == 0)
			return i;
	return b->len;
}

/* Each signature, and every few characters of all that is a record. */
START_TEST(test_one_bit)
{
	const char *path = in_home("b.skr");
	size_t tried = 0;
	struct buf text;

	put_response("a.skr", good, GOOD, request);
	buf_init(&text, 1 << 20);
	ck_assert(os_read(in_home("a.skr"), 1 << 20, &text, &err) == DFLOW_OK);
	for (size_t n = 0; n < 2 * GOOD; n++) {
		size_t at = find(&text, "example.com. ", n) + 33;
		uint8_t was;

		ck_assert_uint_lt(at, text.len);
		was = text.data[at];
		text.data[at] = was == 'A' ? 'B' : 'A';
		keydir_write(path, 0644, text.data, text.len);
		refused("b.skr", "does not verify over its bundle");
		text.data[at] = was;
	}
	ck_assert_uint_eq(
	    find(&text, "example.com. ", (size_t)2 * GOOD), text.len);
	for (size_t i = 0; i < text.len; i += 5) {
		size_t line = i;
		uint8_t was = text.data[i];

		while (line > 0 && text.data[line - 1] != '\n')
			line--;
		if (text.data[line] == ';' || was <= ' ')
			continue;
		text.data[i] ^= 1;
		keydir_write(path, 0644, text.data, text.len);
		ck_assert_msg(import("b.skr") != DFLOW_OK, "byte %zu", i);
		text.data[i] = was;
		tried++;
	}
	ck_assert_uint_gt(tried, 400);
	run("[ $(ls store | wc -l) -eq 0 ]");
	buf_free(&text);
}
END_TEST

/* KSKs: who signs, who stands there. */
struct keys_case {
	struct skr_bundle b[3];
	const char *says; /* NULL: it is taken */
	bool stored; /* a good response by A is there before */
};

#define AT(n) .time = T0 + (n)*9 * DAY
static const struct keys_case keys_cases[] = {
    /* A rollover: B comes, then signs beside A, then A goes. */
    {{{AT(0), .ksks = A | B, .signers = A},
	 {AT(1), .ksks = A | B, .signers = A | B},
	 {AT(2), .ksks = B, .signers = B}},
	NULL, true},
    /* B stood there, but has not signed: it may be in no DS yet. */
    {{{AT(0), .ksks = A | B, .signers = A},
	 {AT(1), .ksks = A | B, .signers = B},
	 {AT(2), .ksks = B, .signers = B}},
	"signed by no KSK that", true},
    {{{AT(0), .ksks = A | B, .signers = A}, {AT(1), .ksks = B, .signers = B},
	 {AT(2), .ksks = B, .signers = B}},
	"if the KSK was replaced, give --ds", true},
    /* The same between the stored one and the first. */
    {{{AT(0), .ksks = A | B, .signers = B},
	 {AT(1), .ksks = A | B, .signers = A | B},
	 {AT(2), .ksks = A, .signers = A}},
	"signed by no KSK that", true},
    /* B signs where it stands for the first time. */
    {{{AT(0), .ksks = A, .signers = A}, {AT(1), .ksks = A | B, .signers = B},
	 {AT(2), .ksks = B, .signers = B}},
	"signed by no KSK that", true},
    {{{AT(0), .ksks = A, .signers = A}, {AT(1), .ksks = B, .signers = B},
	 {AT(2), .ksks = B, .signers = B}},
	"no KSK in common with the bundle before", false},
    /* An attacker's key beside ours, with its own signature. */
    {{{AT(0), .ksks = A, .signers = A}, {AT(1), .ksks = A, .signers = A},
	 {AT(2), .ksks = A | EVIL, .signers = EVIL}},
	"signed by no KSK that", true},
    {{{AT(0), .ksks = EVIL, .signers = EVIL},
	 {AT(1), .ksks = EVIL, .signers = EVIL},
	 {AT(2), .ksks = EVIL, .signers = EVIL}},
	"no KSK in common with", true},
    {{{AT(0), .ksks = A | EVIL, .signers = EVIL},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"signed by no KSK that", true},
    /* Revoked (RFC 5011): it signs itself away, and is not trusted after. */
    {{{AT(0), .ksks = A | B, .signers = A | B},
	 {AT(1), .ksks = A | B, .signers = A | B, .revoked = A},
	 {AT(2), .ksks = B, .signers = B}},
	NULL, false},
    {{{AT(0), .ksks = A | B, .signers = A},
	 {AT(1), .ksks = A | B, .signers = A | B, .revoked = A},
	 {AT(2), .ksks = B, .signers = B}},
	"no KSK in common with", false},
    {{{AT(0), .ksks = A | B, .signers = A | B},
	 {AT(1), .ksks = A | B, .signers = A | B, .revoked = A},
	 {AT(2), .ksks = A, .signers = A}},
	"which was revoked before", false},
    {{{AT(0), .ksks = A | B, .signers = A | B, .revoked = A},
	 {AT(1), .ksks = A | B, .signers = A | B},
	 {AT(2), .ksks = A, .signers = A}},
	"which was revoked before", false},
    {{{AT(0), .ksks = A | B, .signers = A, .revoked = A},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"", false},
    /* A revoked key alone makes no chain. */
    {{{AT(0), .ksks = A, .signers = A}, {AT(1), .ksks = A, .signers = A},
	 {AT(2), .ksks = A, .signers = A, .revoked = A}},
	"no KSK in common with", false},
    /* Times: a signature ends before its bundle does, or begins behind it. */
    {{{AT(0), .ksks = A, .signers = A, .expiration = T0 + 9 * DAY - 1},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"expires on 2026-12-09 23:59:59 UTC, but nothing takes", false},
    /* And as long as it is in caches: its TTL, and an hour. */
    {{{AT(0), .ksks = A, .signers = A, .expiration = T0 + 9 * DAY + 7199},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"expires on 2026-12-10 01:59:59 UTC, before 2026-12-10 02:00:00",
	false},
    {{{AT(0), .ksks = A, .signers = A, .expiration = T0 + 9 * DAY + 7200},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	NULL, false},
    {{{AT(0), .ksks = A, .signers = A},
	 {AT(1), .ksks = A, .signers = A, .inception = T0 + 9 * DAY + 1},
	 {AT(2), .ksks = A, .signers = A}},
	"not valid before 2026-12-10 00:00:01 UTC", false},
    {{{AT(0), .ksks = A, .signers = A}, {AT(1), .ksks = A, .signers = A},
	 {AT(2), .ksks = A, .signers = A, .expiration = T0 + 27 * DAY - 1}},
	"expires on 2026-12-27 23:59:59 UTC", false},
    /* In force since yesterday: it has to be good from then on. */
    {{{AT(0), .ksks = A, .signers = A, .inception = T0 + 1},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"is not valid before 2026-12-01 00:00:01", false},
    {{{AT(0), .ksks = A, .signers = A, .inception = T0 + DAY + 1},
	 {AT(1), .ksks = A, .signers = A}, {AT(2), .ksks = A, .signers = A}},
	"not valid before", false},
    /* A day before its bundle, and not more: else the header was moved. */
    {{{AT(0), .ksks = A, .signers = A, .inception = T0},
	 {AT(1), .ksks = A, .signers = A, .inception = T0 + 8 * DAY},
	 {AT(2), .ksks = A, .signers = A}},
	NULL, false},
    {{{AT(0), .ksks = A, .signers = A},
	 {AT(1), .ksks = A, .signers = A, .inception = T0 + 8 * DAY - 1},
	 {AT(2), .ksks = A, .signers = A}},
	"that is not at most a day later", false},
};
enum { KEYS_CASES = sizeof(keys_cases) / sizeof(keys_cases[0]) };

START_TEST(test_keys)
{
	const struct keys_case *c = &keys_cases[_i];
	struct skr_bundle list[3];

	run("rm keys/*");
	for (size_t i = 0; i < 3; i++) {
		list[i] = c->b[i];
		list[i].zsks = ONE;
	}
	put_request(list, 3, request);
	put_response("a.skr", list, 3, "");
	if (c->stored) {
		static const struct skr_bundle first = {
		    .time = T0, .ksks = A, .signers = A, .zsks = ONE};

		put_response("old.skr", &first, 1, "");
		run("mv keys/key-request . && cp old.skr store/KSK.data");
		run("mv key-request keys");
	}
	if (c->says == NULL)
		taken("a.skr");
	else
		refused("a.skr", c->says);
}
END_TEST

START_TEST(test_ds)
{
	put_response("a.skr", good, GOOD, request);
	params.ds_path = in_home("ds");
	run("cat left/*.ds > ds");
	taken("a.skr");
	run("rm store/* && cat evil/*.ds >ds");
	refused("a.skr", "no KSK in common with");
	run("sed 's/example.com/example.org/' evil/*.ds >ds");
	refused("a.skr", "has no DS of example.com.");
	run("echo 'example.com. 60 IN A 192.0.2.1' >ds");
	ck_assert(import("a.skr") != DFLOW_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "not a DS record"));
}
END_TEST

/* DS takes the pin's place. */
START_TEST(test_ds_over_pin)
{
	static const struct skr_bundle other = {
	    .time = T0, .ksks = EVIL, .signers = EVIL, .zsks = ONE};

	run("rm keys/*");
	put_response("old.skr", &other, 1, "");
	run("cp old.skr store/KSK.data");
	put_request(good, GOOD, request);
	put_response("a.skr", good, GOOD, request);
	refused("a.skr", "if the KSK was replaced, give --ds");
	params.ds_path = in_home("ds");
	run("cat left/*.ds > ds");
	taken("a.skr");
	run("cmp a.skr store/KSK.data");
}
END_TEST

/* DS names a new KSK that signs at once; but never one that was revoked. */
START_TEST(test_ds_for_new)
{
	static const struct skr_bundle list[] = {
	    {.time = T0, .ksks = A, .signers = A, .zsks = ONE},
	    {.time = T0 + 9 * DAY, .ksks = B, .signers = B, .zsks = ONE},
	};
	static const struct skr_bundle old = {.time = T0,
	    .ksks = A | B,
	    .signers = A | B,
	    .revoked = A,
	    .zsks = ONE};

	run("rm keys/*");
	put_request(list, 2, request);
	put_response("a.skr", list, 2, "");
	refused("a.skr", "give --ds a file with");
	params.ds_path = in_home("ds");
	run("cat left/*.ds >ds");
	taken("a.skr");
	put_response("old.skr", &old, 1, "");
	run("cp old.skr store/KSK.data");
	refused("a.skr", "which was revoked before");
	run("grep -v '^;;\\|DNSKEY[[:blank:]]*256' old.skr >store/KSK.data");
	refused("a.skr", "which was revoked before");
}
END_TEST

/* The footer of the left's clock, and who took words out of it. */
START_TEST(test_footer)
{
	put_response("a.skr", good, GOOD, request);
	run("sed 's/clock=[0-9]*/clock=20261202010001/' a.skr >b.skr");
	refused("b.skr", "was made on 2026-12-02 01:00:01 UTC, by the left's");
	run("sed 's/clock=[0-9]*/clock=20261202010000/' a.skr >b.skr");
	taken("b.skr");
	run("rm store/* && sed 's/ by dnssecflow/ by dnssecfloW/' a.skr "
	    ">b.skr");
	refused("b.skr", "a footer of ours that was changed");
	run("sed 's/ by dnssecflow.* until/ until/' a.skr >b.skr");
	refused("b.skr", "a footer of ours that was changed");
	/* Once words were told, they are always told. */
	taken("a.skr");
	for (size_t i = 0; i < 5; i++) {
		static const char *const words[] = {
		    "clock", "id", "answers", "until", "bundles"};
		char text[200];

		(void)snprintf(text, sizeof(text),
		    "sed 's/ %s=[0-9a-f]*//' a.skr >b.skr", words[i]);
		run(text);
		refused("b.skr", "made by another program than the stored one");
	}
	run("sed 's/ by dnssecflow.*/ by others/' a.skr >b.skr");
	refused("b.skr", "give --ds if the left changed it");
	params.ds_path = in_home("ds");
	run("cat left/*.ds >ds");
	taken("b.skr");
}
END_TEST

/* A request that is there is never none. */
START_TEST(test_bad_request)
{
	put_response("a.skr", good, GOOD, request);
	run("sed 's/until=[0-9]*/until=20261225000001/' a.skr >b.skr");
	refused("b.skr", "to 2026-12-25 00:00:00 UTC only");
	run("mv keys/key-request kept && : >keys/key-request");
	refused("a.skr", "key-request away, or name the request");
	run("head -n 3 kept >keys/key-request");
	refused("a.skr", "key-request away, or name the request");
	run("rm keys/key-request && mkdir keys/key-request");
	refused("a.skr", "key-request away, or name the request");
	params.request = in_home("kept");
	taken("a.skr");
	/* The same once more, for another request. */
	run("sed 's/clock=20261130/clock=20261129/' kept >wrong");
	params.request = in_home("wrong");
	refused("a.skr", "answers another request than");
	params.request = in_home("kept");
	taken("a.skr");
	ck_assert(done.unchanged);
	run("rmdir keys/key-request && grep -h '^[^;]' kept | head -n 1 "
	    ">keys/key-request && rm store/*");
	params.request = NULL;
	taken("a.skr");
}
END_TEST

/* Which request, and all of it. */
START_TEST(test_request)
{
	struct skr_bundle list[GOOD];

	put_response("a.skr", good, GOOD, request);
	put_response("bad.skr", good, GOOD, ID ID);
	refused("bad.skr", "answers another request than");
	run("sed 's/id=00/id=01/' a.skr >bad.skr");
	refused("bad.skr", "answers another request than");
	run("sed 's/clock=20261130/clock=20261129/' keys/key-request >k && "
	    "mv keys/key-request kept && mv k keys/key-request");
	refused("a.skr", "name the request that it answers with --request");
	params.request = in_home("kept");
	taken("a.skr");
	run("rm store/* && mv kept keys/key-request");
	params.request = in_home("a.skr");
	refused("a.skr", "is no KSR for example.com.");
	params.request = NULL;
	put_response("bad.skr", good, GOOD - 1, "");
	refused("bad.skr", "it has ZSK");
	memcpy(list, good, sizeof(list));
	list[1].zsks = ONE;
	put_response("bad.skr", list, GOOD, "");
	refused("bad.skr", "on 2026-12-10 00:00:00 UTC it lacks ZSK");
	list[1].zsks = ONE | TWO | ODD;
	put_response("bad.skr", list, GOOD, "");
	refused("bad.skr", "on 2026-12-10 00:00:00 UTC it has ZSK");
	memcpy(list, good, sizeof(list));
	list[2].expiration = T0 + 30 * DAY;
	put_response("bad.skr", list, GOOD, "");
	run("sed 's/until=20261225/until=20261224/' bad.skr >b.skr");
	refused("b.skr", "ends on 2026-12-24 00:00:00 UTC, but");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("import");
	TCase *c = tcase_create("import");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup_request, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, test_good);
	tcase_add_test(c, test_without_words);
	tcase_add_test(c, test_by_times);
	tcase_add_test(c, test_keys_of_now);
	tcase_add_test(c, test_one_bit);
	tcase_add_loop_test(c, test_keys, 0, KEYS_CASES);
	tcase_add_test(c, test_ds);
	tcase_add_test(c, test_ds_over_pin);
	tcase_add_test(c, test_ds_for_new);
	tcase_add_test(c, test_footer);
	tcase_add_test(c, test_bad_request);
	tcase_add_test(c, test_request);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
