/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether an SKR answers what was asked for, or what the keys' own times say:
 * at its own times and at theirs, from now on. And what the bundles whose time
 * is over still tell: who was revoked in them.
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

/* One more bundle than was asked for, with a key that nobody asked for. */
START_TEST(test_between)
{
	struct skr_bundle list[GOOD + 1] = {good[0], good[0], good[1], good[2]};

	list[1].time = T0 + 4 * DAY;
	put_response("a.skr", list, GOOD + 1, request);
	taken("a.skr");
	run("rm store/*");
	list[1].zsks = ONE | ODD;
	put_response("a.skr", list, GOOD + 1, request);
	refused("a.skr", "on 2026-12-05 00:00:00 UTC it has ZSK");
}
END_TEST

/* Caches hold the DNSKEY RRset for longer than the plan took it to be. */
START_TEST(test_ttl)
{
	put_response("a.skr", good, GOOD, "");
	run("sed -i 's/\t3600\t/\t3601\t/' keys/key-request");
	taken("a.skr");
	run("rm store/* && sed -i 's/\t3601\t/\t3599\t/' keys/key-request");
	refused("a.skr", "its DNSKEY RRset has a TTL of 3600 seconds, but");
	/* A plain request asks for none: there the left chooses. */
	run("rm keys/key-request");
	taken("a.skr");
}
END_TEST

/* The keys are here anew: the first all the time, or until that moment. */
static void
new_keys(int64_t remove, int64_t publish)
{
	for (size_t i = 0; i < 2; i++)
		signer_free(&maker.zsk[i]);
	run("rm keys/* && mkdir coming");
	maker.zsk[0] = make_key("keys", false, T0 - 9 * DAY, remove);
	maker.zsk[1] = make_key("coming", false, publish, INT64_MIN);
	run("rm coming/*.private");
}

/* The second key's times, of which the first may be left out. */
static void
set_times(int64_t publish, int64_t activate)
{
	char command[200], when[DFLOW_WHEN_TEXT];

	dflow_when_text(activate, when);
	(void)snprintf(command, sizeof(command),
	    "sed -i 's/^; Activate: [0-9]*/; Activate: %s/' coming/*", when);
	run(command);
	if (publish == INT64_MIN)
		run("sed -i '/^; Publish:/d' coming/*");
	run("mv coming/* keys");
}

/* Moments at which a key comes, and what lacks it until the next bundle. */
static const struct {
	int64_t publish, activate;
	const char *says;
} coming[] = {
    {T0 + 9 * DAY, T0 + 12 * DAY, "on 2026-12-10 00:00:00 UTC it lacks ZSK"},
    {INT64_MIN, T0 + 9 * DAY, "on 2026-12-10 00:00:00 UTC it lacks ZSK"},
    {T0 + 10 * DAY, T0 + 12 * DAY, NULL},
    {INT64_MIN, T0 + 10 * DAY, NULL},
};

START_TEST(test_coming)
{
	static const struct skr_bundle list[] = {
	    {.time = T0, .ksks = A, .signers = A, .zsks = ONE},
	    {.time = T0 + 10 * DAY, .ksks = A, .signers = A, .zsks = ONE | TWO},
	};

	new_keys(INT64_MIN,
	    coming[_i].publish != INT64_MIN ? coming[_i].publish : T0);
	set_times(coming[_i].publish, coming[_i].activate);
	put_response("a.skr", list, 2, "");
	if (coming[_i].says == NULL)
		taken("a.skr");
	else
		refused("a.skr", coming[_i].says);
}
END_TEST

/* A key that has gone since the first bundle began is missed by nobody. */
START_TEST(test_gone)
{
	static const struct skr_bundle list[] = {
	    {.time = T0, .ksks = A, .signers = A, .zsks = TWO},
	};

	new_keys(T0 + DAY / 2, T0 - 9 * DAY);
	run("mv coming/* keys");
	put_response("a.skr", list, 1, "");
	params.now = T0 + DAY / 2 - 1;
	refused("a.skr", "it lacks ZSK");
	params.now = T0 + DAY / 2;
	taken("a.skr");
}
END_TEST

/* A revoked key is no ZSK, whatever its times. */
START_TEST(test_revoked_zsk)
{
	static const struct skr_bundle list[] = {
	    {.time = T0, .ksks = A, .signers = A, .zsks = ONE},
	};
	uint8_t rdata[DNSKEY_RDATA_MAX];
	const struct dnskey *k;
	char command[200];

	new_keys(INT64_MIN, T0 - 9 * DAY);
	k = signer_key(maker.zsk[1]);
	memcpy(rdata, k->rdata, k->rdata_len);
	rdata[1] |= DNSKEY_FLAG_REVOKE;
	(void)snprintf(command, sizeof(command),
	    "sed -i 's/ 256 3 / 384 3 /' coming/* && "
	    "mv coming/* keys/Kexample.com.+013+%05u.key",
	    dnskey_tag(rdata, k->rdata_len));
	run(command);
	put_response("a.skr", list, 1, "");
	taken("a.skr");
}
END_TEST

/* What is over, and what is in force then, on the day after that. */
static const struct {
	struct skr_bundle over, is;
	const char *says; /* NULL: it is taken */
} past[] = {
    /* A has revoked itself. */
    {{.ksks = A | B, .signers = A | B, .revoked = A}, {.ksks = A, .signers = A},
	"which was revoked before"},
    {{.ksks = A | B, .signers = A | B, .revoked = A}, {.ksks = B, .signers = B},
	NULL},
    /* Only A can do that: B has shown it so, and A did not sign. */
    {{.ksks = A | B, .signers = B, .revoked = A}, {.ksks = A, .signers = A},
	NULL},
};
enum { PAST = sizeof(past) / sizeof(past[0]) };

START_TEST(test_past)
{
	struct skr_bundle list[2] = {past[_i].over, past[_i].is};

	run("rm keys/*");
	for (size_t i = 0; i < 2; i++) {
		list[i].time = T0 + (int64_t)i * 9 * DAY;
		list[i].zsks = ONE;
	}
	put_request(list, 2, request);
	put_response("a.skr", list, 2, "");
	params.now = T0 + 10 * DAY;
	if (past[_i].says == NULL)
		taken("a.skr");
	else
		refused("a.skr", past[_i].says);
}
END_TEST

/* A DS of a digest that we do not know, and then of more than there is room. */
START_TEST(test_long_ds)
{
	char command[300];

	put_response("a.skr", good, GOOD, request);
	params.ds_path = in_home("ds");
	for (size_t digits = 96; digits <= 200; digits += 104) {
		(void)snprintf(command, sizeof(command),
		    "{ cat left/*.ds; printf '%%s%%0%zud\\n' "
		    "'example.com. 60 IN DS 1 13 200 ' 0; } >ds",
		    digits);
		run(command);
		if (digits == 96)
			taken("a.skr");
		else
			ck_assert(import("a.skr") != DFLOW_OK);
	}
	ck_assert_msg(strstr(err.text, "not a DS record that we know") != NULL,
	    "%s", err.text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("import_answer");
	TCase *c = tcase_create("answer");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup_request, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, test_between);
	tcase_add_test(c, test_ttl);
	tcase_add_loop_test(
	    c, test_coming, 0, sizeof(coming) / sizeof(coming[0]));
	tcase_add_test(c, test_gone);
	tcase_add_test(c, test_revoked_zsk);
	tcase_add_loop_test(c, test_past, 0, PAST);
	tcase_add_test(c, test_long_ds);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
