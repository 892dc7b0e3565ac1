/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge on a zone with signatures enough that its key gets a table: what
 * it says is what it says without (with so many threads that no table would
 * be repaid).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/ectable.h"
#include "zonemaker.h"

enum { NAMES = 200, THREADS = 8 };

static void
owner_of(size_t i, char out[NAME_TEXT_SIZE])
{
	(void)snprintf(out, NAME_TEXT_SIZE, "n%zu.example.", i);
}

/* NAMES names, each with three signatures. */
static void
make(struct made *m)
{
	char text[2 * NAME_TEXT_SIZE + 64], owner[NAME_TEXT_SIZE];

	made_init(m, MADE_NSEC);
	made_text(m,
	    "example. SOA ns.example. host.example. 1 3600 900 1209600 300\n"
	    "example. NS ns.example.\n"
	    "ns.example. A 192.0.2.1\n");
	for (size_t i = 0; i < NAMES; i++) {
		owner_of(i, owner);
		(void)snprintf(text, sizeof(text),
		    "%s A 192.0.2.%zu\n%s TXT \"%zu\"\n", owner, i % 256, owner,
		    i);
		made_text(m, text);
	}
	made_put_keys(m);
	made_put_chain(m);
	made_put_sigs(m);
}

static struct judge_report *
judge(const struct made *m, unsigned threads)
{
	struct judge_params p = {
	    .now = MADE_NOW, .threads = threads, .findings_max = 1000};
	struct zone *z = made_zone(m);
	struct judge_report *r = NULL;
	struct dflow_err err = {0};

	ck_assert_msg(
	    judge_zone(z, &p, &r, &err) != DFLOW_FAILED, "%s", err.text);
	zone_free(&z);
	return r;
}

/* Both say so many findings, and the same ones. */
static void
expect(const struct made *m, size_t count)
{
	struct judge_report *with = judge(m, 1), *without = judge(m, THREADS);

	ck_assert_uint_eq(with->count, count);
	ck_assert_uint_eq(without->count, count);
	ck_assert_uint_eq(with->signatures, without->signatures);
	ck_assert_uint_eq(with->kept, without->kept);
	for (size_t i = 0; i < with->kept; i++) {
		const struct finding *a = &with->findings[i];
		const struct finding *b = &without->findings[i];

		ck_assert_str_eq(a->owner, b->owner);
		ck_assert_str_eq(a->type, b->type);
		ck_assert_str_eq(a->reason, b->reason);
	}
	judge_report_free(&with);
	judge_report_free(&without);
}

START_TEST(test_threshold)
{
	size_t repays = ectable_repays(ALG_ECDSAP256);

	ck_assert_uint_gt(3 * NAMES, repays);
	ck_assert_uint_lt(3 * NAMES + 10, repays * THREADS);
}
END_TEST

START_TEST(test_good)
{
	struct made m;

	make(&m);
	expect(&m, 0);
	made_free(&m);
}
END_TEST

/* An altered bit in every one of a few signatures, first and last too. */
START_TEST(test_altered)
{
	static const size_t at[] = {0, 1, 62, 63, 64, 65, 130, 131, 198, 199};
	char owner[NAME_TEXT_SIZE];
	struct made m;

	make(&m);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		owner_of(at[i], owner);
		struct made_rr *rr = made_find(
		    &m, owner, RRTYPE_RRSIG, i % 2 ? RRTYPE_NSEC : RRTYPE_A);
		rr->rdata[rr->len - 1 - i] ^= 1;
	}
	expect(&m, sizeof(at) / sizeof(at[0]));
	made_free(&m);
}
END_TEST

/* Signatures of one name over the RRset of another, which are good there. */
START_TEST(test_exchanged)
{
	struct made_rr *a, *b;
	struct made m;
	uint8_t *rdata;

	make(&m);
	a = made_find(&m, "n7.example.", RRTYPE_RRSIG, RRTYPE_A);
	b = made_find(&m, "n8.example.", RRTYPE_RRSIG, RRTYPE_A);
	ck_assert_uint_eq(a->len, b->len);
	rdata = a->rdata;
	a->rdata = b->rdata;
	b->rdata = rdata;
	expect(&m, 2);
	made_free(&m);
}
END_TEST

/* A second signature over a few: a stranger's, one expired, a cut one. */
START_TEST(test_others)
{
	struct made_sig s;
	struct made_rr *rr;
	struct made m;

	make(&m);
	s = made_sig(&m, STRANGER, "n9.example.", RRTYPE_A);
	made_sig_put(&m, "n9.example.", &s);
	s = made_sig(&m, ZSK, "n10.example.", RRTYPE_A);
	s.head.expiration = s.head.inception + 1;
	made_sig_put(&m, "n10.example.", &s);
	rr = made_find(&m, "n11.example.", RRTYPE_RRSIG, RRTYPE_A);
	rr->len--;
	s = made_sig(&m, ZSK, "n12.example.", RRTYPE_A);
	s.head.original_ttl++;
	made_sig_put(&m, "n12.example.", &s);
	s = made_sig(&m, KSK, "n13.example.", RRTYPE_A);
	made_sig_put(&m, "n13.example.", &s);
	expect(&m, 4);
	made_free(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("judge_batch");
	TCase *t = tcase_create("judge_batch");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 240);
	tcase_add_unchecked_fixture(t, made_keys_init, made_keys_free);
	tcase_add_test(t, test_threshold);
	tcase_add_test(t, test_good);
	tcase_add_test(t, test_altered);
	tcase_add_test(t, test_exchanged);
	tcase_add_test(t, test_others);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
