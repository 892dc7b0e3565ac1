/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store of an import: what may take its place, what is kept, what is put
 * together where a response begins later; and many zones at once.
 */
#include "importing.h"

#include "base/os_lock.h"

static char request[DFLOW_DIGEST_TEXT];

static void
setup_request(void)
{
	setup();
	begin();
	put_request(good, GOOD, request);
}

/* One that begins now, for a zone that has one ZSK. */
static void
put_one(const char *name, int64_t from, int64_t clock)
{
	const struct skr_bundle s = {
	    .time = from, .ksks = A, .signers = A, .zsks = ONE};
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b = skr_make(&maker, BUNDLE_SKR, &s, 1);

	sign_off(b, from + 9 * DAY, "");
	b->footer.id[0] = '\0';
	b->footer.clock = clock;
	skr_write(b, in_home(name), sha256);
	bundles_free(&b);
}

/* The folder's only ZSK is there all the time. */
static void
one_key(void)
{
	signer_free(&maker.zsk[0]);
	run("rm keys/*");
	maker.zsk[0] = make_key("keys", false, T0 - 9 * DAY, INT64_MIN);
}

START_TEST(test_not_older)
{
	one_key();
	put_one("a.skr", T0, T0);
	taken("a.skr");
	put_one("b.skr", T0, T0 - 1);
	refused("b.skr", "was made on 2026-11-30 23:59:59 UTC, before the");
	/* Without another clock, the beginning tells. */
	put_one("b.skr", T0 - 1, T0);
	refused("b.skr", "begins on 2026-11-30 23:59:59 UTC, before the");
	put_one("b.skr", T0 + 2, T0);
	taken("b.skr");
	run("cmp b.skr store/KSK.data && cmp a.skr store/KSK.data.2*");
	ck_assert_ptr_nonnull(strstr(done.previous, "KSK.data.20261201000000"));
	/* The same clock: another name for what is kept. */
	put_one("c.skr", T0 + 3, T0);
	taken("c.skr");
	run("cmp b.skr store/KSK.data.20261201000000~2");
	run("[ $(ls store | wc -l) -eq 3 ]");
}
END_TEST

/* As many are kept as the message says, and no name is passed over. */
START_TEST(test_all_kept)
{
	one_key();
	put_one("a.skr", T0, T0);
	taken("a.skr");
	run("for i in $(seq 2 98); do echo $i "
	    ">store/KSK.data.20261201000000~$i; done; "
	    "echo 1 >store/KSK.data.20261201000000");
	put_one("b.skr", T0 + 2, T0);
	taken("b.skr");
	run("cmp a.skr store/KSK.data.20261201000000~99");
	put_one("c.skr", T0 + 3, T0);
	refused("c.skr", "KSK.data.20261201000000 and those up to ~99 exist");
	run("cmp b.skr store/KSK.data && [ $(ls store | wc -l) -eq 100 ]");
	/* One of them has the very bytes: it is kept by that. */
	run("cp b.skr store/KSK.data.20261201000000~99");
	taken("c.skr");
}
END_TEST

START_TEST(test_sooner_end)
{
	one_key();
	put_one("a.skr", T0, T0);
	run("sed 's/until=20261210/until=20261211/' a.skr >longer.skr");
	taken("longer.skr");
	refused("a.skr", "expires on 2026-12-10 00:00:00 UTC, before the");
	/* A newer one may end earlier. */
	put_one("b.skr", T0, T0 + 1);
	taken("b.skr");
	/* A stored clock that is ahead is no clock. */
	run("rm store/*");
	run("sed 's/clock=[0-9]*/clock=20990101000000/' a.skr "
	    ">store/KSK.data");
	taken("b.skr");
	/* DS is stronger. */
	refused("a.skr", "was made on 2026-12-01 00:00:00 UTC, before the");
	params.ds_path = in_home("ds");
	run("cat left/*.ds >ds");
	taken("a.skr");
	params.ds_path = NULL;
	/* What is over stands in nobody's way. */
	run("rm store/*");
	taken("a.skr");
	params.now = T0 + 10 * DAY;
	put_one("b.skr", T0 + 9 * DAY, T0 + 9 * DAY);
	taken("b.skr");
}
END_TEST

START_TEST(test_span)
{
	one_key();
	put_one("a.skr", T0, T0);
	params.now = T0 + 9 * DAY;
	refused("a.skr", "the last one ended on 2026-12-10 00:00:00 UTC");
	params.now = T0 + 6 * DAY + 1;
	refused("a.skr", "sooner than --min-validity");
	params.now = T0 + 6 * DAY;
	taken("a.skr");
	run("rm store/*");
	params.now = T0 - 1;
	refused("a.skr", "begins on 2026-12-01 00:00:00 UTC, and nothing is");
	params.now = 1;
	refused("a.skr", "the clock says");
}
END_TEST

/* What a store holds from that day on: the RRSIGs' first bundle, and so on. */
static void
store_has(size_t count, int64_t first, const char *came)
{
	struct bundles *b = NULL;

	ck_assert_msg(
	    bundles_read(in_home("store/KSK.data"), &b, &err) == DFLOW_OK, "%s",
	    err.text);
	ck_assert_uint_eq(b->count, count);
	ck_assert(b->list[0].time == first);
	ck_assert_str_eq(b->footer.response, came);
	bundles_free(&b);
}

START_TEST(test_joined)
{
	static const struct skr_bundle more[] = {
	    {.time = T0 + 18 * DAY, .ksks = A, .signers = A, .zsks = TWO},
	    {.time = T0 + 27 * DAY, .ksks = A, .signers = A, .zsks = TWO},
	};
	char came[DFLOW_DIGEST_TEXT];
	struct bundles *b;

	put_response("a.skr", good, GOOD, request);
	taken("a.skr");
	run("rm keys/key-request");
	b = skr_make(&maker, BUNDLE_SKR, more, 2);
	sign_off(b, T0 + 36 * DAY, ID ID);
	skr_write(b, in_home("b.skr"), came);
	bundles_free(&b);
	params.now = T0 + 10 * DAY;
	taken("b.skr");
	ck_assert(done.joined && !done.unchanged);
	ck_assert(done.until == T0 + 36 * DAY);
	ck_assert_uint_eq(done.bundle_count, 2);
	store_has(4, T0 + 9 * DAY, came);
	run("cmp a.skr store/KSK.data.2*");
	taken("b.skr");
	ck_assert(done.unchanged);
	/* It is ours alone. */
	run("cp store/KSK.data c.skr");
	refused("c.skr", "was put together on the right side");
	/* Once it has begun it still is the same. */
	params.now = T0 + 19 * DAY;
	taken("b.skr");
	ck_assert(done.unchanged);
	store_has(4, T0 + 9 * DAY, came);
}
END_TEST

START_TEST(test_gap)
{
	one_key();
	put_one("a.skr", T0, T0);
	taken("a.skr");
	put_one("b.skr", T0 + 9 * DAY + 1, T0);
	refused("b.skr", "but what is stored ends on 2026-12-10 00:00:00 UTC");
	put_one("b.skr", T0 + 9 * DAY, T0);
	taken("b.skr");
	ck_assert(done.joined);
}
END_TEST

/* 32-bit times come round in 2106, in the middle of a bundle. */
START_TEST(test_2106)
{
	const int64_t wrap = INT64_C(1) << 32;
	const struct skr_bundle s = {
	    .time = wrap - 5 * DAY, .ksks = A, .signers = A, .zsks = ONE};
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b;

	one_key();
	b = skr_make(&maker, BUNDLE_SKR, &s, 1);
	b->footer.clock = T0;
	skr_write(b, in_home("a.skr"), sha256);
	bundles_free(&b);
	params.now = wrap - 4 * DAY;
	taken("a.skr");
	ck_assert(done.until == wrap + 9 * DAY);
	params.now = wrap + 4 * DAY;
	taken("a.skr");
	params.now = wrap + 9 * DAY;
	refused("a.skr", "the last one ended on 2106-02-16");
}
END_TEST

/* A plain one before: its signatures hold until the first bundle. */
START_TEST(test_joined_to_plain)
{
	one_key();
	put_one("a.skr", T0, T0);
	run("grep -v '^;;\\|DNSKEY[[:blank:]]*256' a.skr >store/KSK.data");
	put_one("b.skr", T0 + 14 * DAY + 1, T0);
	refused("b.skr", "but what is stored ends on 2026-12-15");
	put_one("b.skr", T0 + 9 * DAY, T0);
	taken("b.skr");
	ck_assert(done.joined);
	run("[ $(grep -c '^;; SignedKeyResponse' store/KSK.data) -eq 3 ]");
	run("grep -q 'DNSKEY[[:blank:]]*256' store/KSK.data");
}
END_TEST

/* A plain one that only shows our KSK, and is signed by another. */
START_TEST(test_plain)
{
	static const struct skr_bundle bad = {
	    .time = T0, .ksks = A | EVIL, .signers = EVIL, .zsks = ONE};
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b;

	one_key();
	put_one("a.skr", T0, T0);
	run("grep -v '^;;\\|DNSKEY[[:blank:]]*256' a.skr >a.data");
	taken("a.data");
	ck_assert_uint_eq(done.bundle_count, 0);
	ck_assert(done.until == T0 + 14 * DAY);
	b = skr_make(&maker, BUNDLE_SKR, &bad, 1);
	b->footer.clock = T0;
	skr_write(b, in_home("b.skr"), sha256);
	bundles_free(&b);
	run("grep -v '^;;\\|DNSKEY[[:blank:]]*256' b.skr >b.data");
	refused("b.data", "signed by no KSK that");
}
END_TEST

/* A plain one after an SKR, and before: whichever was made later. */
START_TEST(test_plain_and_skr)
{
	const char *plain = "grep -v '^;;\\|DNSKEY[[:blank:]]*256'";
	char text[200];

	one_key();
	params.min_validity_s = 0;
	params.now = T0 + 9 * DAY;
	/* Made at T0: its signatures begin an hour before that. */
	put_one("old.skr", T0, T0);
	(void)snprintf(text, sizeof(text), "%s old.skr >old.data", plain);
	run(text);
	put_one("a.skr", T0 + 2 * DAY, T0 + 1);
	taken("a.skr");
	refused("old.data", "before the stored one (2026-12-01 00:00:01 UTC)");
	put_one("a.skr", T0 + 2 * DAY, T0);
	run("rm store/*");
	taken("a.skr");
	/* It ends later than the SKR, and just is not older. */
	taken("old.data");
	/* The SKR is the newer one, and ends earlier. */
	taken("a.skr");
	run("cp old.data store/KSK.data");
	put_one("b.skr", T0 - DAY, T0 - 2 * 3600 - 1);
	params.now = T0 + DAY;
	refused("b.skr", "was made on 2026-11-30 21:59:59 UTC, before the");
	put_one("b.skr", T0 - DAY, T0 - 2 * 3600);
	taken("b.skr");
	ck_assert(done.until == T0 + 8 * DAY);
}
END_TEST

START_TEST(test_damaged_store)
{
	put_response("a.skr", good, GOOD, request);
	run("head -n 9 a.skr >store/KSK.data");
	refused("a.skr", "store/KSK.data away, and give --ds");
	run("sed 's/example.com/example.org/g' a.skr >store/KSK.data");
	refused("a.skr", "is for example.org.; give this zone a folder");
	run(": >store/KSK.data");
	refused("a.skr", "store/KSK.data away, and give --ds");
}
END_TEST

/* Not taken, with that text, and without waiting for anything. */
static void
failed_with(const char *name, const char *says)
{
	ck_assert(import(name) != DFLOW_OK);
	ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
}

/* Whole, perhaps: to move it away would be no help. */
START_TEST(test_unreadable_store)
{
	put_response("a.skr", good, GOOD, request);
	run("ln -s nowhere store/KSK.data");
	failed_with("a.skr", "store/KSK.data: No such file");
	ck_assert_ptr_null(strstr(err.text, "--ds"));
	run("rm store/KSK.data && mkdir store/KSK.data");
	failed_with("a.skr", "store/KSK.data: is a folder");
	ck_assert_ptr_null(strstr(err.text, "--ds"));
}
END_TEST

START_TEST(test_two_at_once)
{
	struct os_lock *other = NULL;

	put_response("a.skr", good, GOOD, request);
	ck_assert(os_lock_new(in_home("store"), &other, &err) == DFLOW_OK);
	failed_with("a.skr", "store: another run is at work on it");
	run("[ -z \"$(ls -A store)\" ]");
	os_lock_free(&other);
	taken("a.skr");
	taken("a.skr");
}
END_TEST

/* Nobody named these, and no other end of theirs will come. */
START_TEST(test_pipes)
{
	put_response("a.skr", good, GOOD, request);
	run("mkfifo store/KSK.data");
	failed_with("a.skr", "store/KSK.data: is no regular file");
	run("rm store/KSK.data && ln -s /dev/zero store/KSK.data");
	failed_with("a.skr", "store/KSK.data: is no regular file");
	run("rm store/KSK.data && mv keys/key-request keys/asked");
	run("mkfifo keys/key-request");
	failed_with("a.skr", "keys/key-request");
	run("rm keys/key-request && ln -s asked keys/key-request");
	taken("a.skr");
}
END_TEST

/* A new request was made before the answer to the one before came back. */
START_TEST(test_request_before)
{
	put_response("a.skr", good, GOOD, request);
	run("mv keys/key-request keys/key-request~");
	run("sed 's/id=00/id=ff/' keys/key-request~ >keys/key-request");
	taken("a.skr");
	run("rm store/* && cp keys/key-request keys/key-request~");
	refused("a.skr", "answers another request than");
	ck_assert_ptr_null(strstr(err.text, "key-request~"));
	run("rm keys/key-request~");
	refused("a.skr", "answers another request than");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("import_store");
	TCase *c = tcase_create("store");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup_request, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, test_not_older);
	tcase_add_test(c, test_all_kept);
	tcase_add_test(c, test_sooner_end);
	tcase_add_test(c, test_span);
	tcase_add_test(c, test_joined);
	tcase_add_test(c, test_gap);
	tcase_add_test(c, test_2106);
	tcase_add_test(c, test_joined_to_plain);
	tcase_add_test(c, test_plain);
	tcase_add_test(c, test_plain_and_skr);
	tcase_add_test(c, test_damaged_store);
	tcase_add_test(c, test_unreadable_store);
	tcase_add_test(c, test_two_at_once);
	tcase_add_test(c, test_pipes);
	tcase_add_test(c, test_request_before);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
