/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an import's store changes: not where another run was faster, and nothing
 * stays behind then; what does for now; what is put together.
 */
#include "importing.h"

#include "flow/import.h"

static struct import_run whole;
static struct import_zone zone;

/* One ZSK, all the time; a response is stored, and another one is to come. */
static void
setup_save(void)
{
	setup();
	begin();
	signer_free(&maker.zsk[0]);
	run("rm keys/*");
	maker.zsk[0] = make_key("keys", false, T0 - 9 * DAY, INT64_MIN);
}

static void
put_one(const char *name, unsigned zsks, int64_t clock, int64_t until)
{
	const struct skr_bundle s = {
	    .time = T0, .ksks = A, .signers = A, .zsks = zsks};
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b = skr_make(&maker, BUNDLE_SKR, &s, 1);

	sign_off(b, until, "");
	b->footer.id[0] = '\0';
	b->footer.clock = clock;
	skr_write(b, in_home(name), sha256);
	bundles_free(&b);
}

/* b.skr is to follow a.skr, which is stored; and is verified. */
static void
verify_second(void)
{
	put_one("a.skr", ONE, T0, T0 + 9 * DAY);
	put_one("b.skr", ONE, T0 + 1, T0 + 9 * DAY);
	taken("a.skr");
	whole = (struct import_run){.p = &params};
	ck_assert(contained_policy_read(
		      NULL, false, params.now, &whole.whose, &err) == DFLOW_OK);
	zone = (struct import_zone){.run = &whole, .path = in_home("b.skr")};
	ck_assert_msg(import_verify(&zone, &err) == DFLOW_OK, "%s", err.text);
}

static void
lost(enum dflow_status st)
{
	ck_assert_int_eq(st, DFLOW_FAILED);
	ck_assert_msg(
	    strstr(err.text, "another run has stored another response") != NULL,
	    "%s", err.text);
	import_zone_free(&zone);
	contained_policy_end(&whole.whose);
	/* It stands there alone. */
	run("cmp other store/KSK.data && [ $(ls -A store | wc -l) -eq 1 ]");
}

/* Without locks: another run stores something before the first byte of ours. */
START_TEST(test_before_stage)
{
	verify_second();
	run("sed 's/clock=20261201000000/clock=20261201000009/' a.skr >other");
	run("cp other store/KSK.data");
	lost(import_stage(&zone, &err));
}
END_TEST

/* The same between all that can fail and the rename. */
START_TEST(test_before_commit)
{
	verify_second();
	run("sed 's/clock=20261201000000/clock=20261201000009/' a.skr >other");
	ck_assert_msg(import_stage(&zone, &err) == DFLOW_OK, "%s", err.text);
	run("cmp a.skr store/KSK.data && cp other store/KSK.data");
	lost(import_commit(&zone, &err));
}
END_TEST

/* Where nothing was there, and is now. */
START_TEST(test_first)
{
	verify_second();
	import_zone_free(&zone);
	run("cp a.skr other && rm store/*");
	zone = (struct import_zone){.run = &whole, .path = in_home("b.skr")};
	ck_assert(import_verify(&zone, &err) == DFLOW_OK);
	ck_assert(import_stage(&zone, &err) == DFLOW_OK);
	run("cp other store/KSK.data");
	lost(import_commit(&zone, &err));
}
END_TEST

/* Undisturbed, the one before is kept. */
START_TEST(test_commit)
{
	verify_second();
	ck_assert_msg(import_stage(&zone, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_msg(import_commit(&zone, &err) == DFLOW_OK, "%s", err.text);
	import_zone_free(&zone);
	contained_policy_end(&whole.whose);
	run("cmp b.skr store/KSK.data && cmp a.skr store/KSK.data.2*");
	run("[ $(ls -A store | wc -l) -eq 2 ]");
}
END_TEST

/* A stored one with other keys than the zone does not do for now. */
START_TEST(test_no_good)
{
	put_one("a.skr", ONE, T0, T0 + 9 * DAY);
	put_one("good.skr", ONE, T0, T0 + 10 * DAY);
	run("cp good.skr store/KSK.data");
	refused("a.skr", "which is still good; is this an old stick?");
	put_one("bad.skr", ONE | ODD, T0, T0 + 10 * DAY);
	run("cp bad.skr store/KSK.data");
	taken("a.skr");
}
END_TEST

/* Without the keys here, what is stored counts as good. */
START_TEST(test_no_keys)
{
	static const struct skr_bundle asked[] = {
	    {.time = T0, .zsks = ONE},
	};
	char sha256[DFLOW_DIGEST_TEXT];

	put_one("a.skr", ONE, T0, T0 + 9 * DAY);
	put_one("good.skr", ONE, T0, T0 + 10 * DAY);
	run("rm keys/* && cp good.skr store/KSK.data");
	put_request(asked, 1, sha256);
	refused("a.skr", "which is still good; is this an old stick?");
}
END_TEST

/* When the left made it, not when it was put together here. */
START_TEST(test_joined_clock)
{
	static const struct skr_bundle later = {
	    .time = T0 + 8 * DAY, .ksks = A, .signers = A, .zsks = ONE};
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b = skr_make(&maker, BUNDLE_SKR, &later, 1);

	sign_off(b, T0 + 20 * DAY, "");
	b->footer.id[0] = '\0';
	b->footer.clock = T0 - DAY + 7;
	skr_write(b, in_home("ours.skr"), sha256);
	bundles_free(&b);
	run("sed '$s/ by .*/ by others/' ours.skr >others.skr");
	put_one("a.skr", ONE, T0 - DAY, T0 + 9 * DAY);
	run("sed '$s/ by .*/ by others/' a.skr >stored");
	for (int ours = 0; ours < 2; ours++) {
		run("cp stored store/KSK.data");
		taken(ours == 1 ? "ours.skr" : "others.skr");
		ck_assert(done.joined);
		ck_assert(bundles_read(in_home("store/KSK.data"), &b, &err) ==
			  DFLOW_OK);
		ck_assert_int_eq(
		    b->footer.clock, ours == 1 ? T0 - DAY + 7 : params.now);
		bundles_free(&b);
	}
}
END_TEST

/* Beside the responses in a folder: the standby's, as ksk-sign names it. */
START_TEST(test_emergency)
{
	put_one("a.skr", ONE, T0, T0 + 9 * DAY);
	put_one("b.skr", ONE, T0, T0 + 10 * DAY);
	run("mkdir sent && cp a.skr sent && cp b.skr sent/a.skr.emergency");
	taken("sent");
	run("cmp a.skr store/example.com/KSK.data");
	run("cp b.skr sent/b.skr");
	ck_assert_int_eq(import("sent"), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "are both for example.com."));
	run("rm sent/?.skr");
	ck_assert_int_eq(import("sent"), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "no response in this folder"));
	/* On its day it is named. */
	taken("sent/a.skr.emergency");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("import_save");
	TCase *c = tcase_create("save");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup_save, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, test_before_stage);
	tcase_add_test(c, test_before_commit);
	tcase_add_test(c, test_first);
	tcase_add_test(c, test_commit);
	tcase_add_test(c, test_no_good);
	tcase_add_test(c, test_no_keys);
	tcase_add_test(c, test_joined_clock);
	tcase_add_test(c, test_emergency);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
