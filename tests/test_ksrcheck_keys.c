/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left's checks of keys, at their edges: which requests are ours, and have
 * to prove every key; sizes; and which of two places in a file is told.
 */
#include "ksrscene.h"

static void
no_proofs(struct scene *s)
{
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			drop_proof(&s->b->list[i].rrs[k]);
	bundle_footer_clear(&s->b->footer);
}

static void
words_clock(struct scene *s)
{
	s->b->footer.clock = NOW;
}

static void
words_until(struct scene *s)
{
	s->b->footer.until = NOW + 90 * DAY;
}

static void
words_count(struct scene *s)
{
	s->b->footer.count = BUNDLES;
}

static void
words_id(struct scene *s)
{
	strcpy(s->b->footer.id, ID);
}

static void
words_answers(struct scene *s)
{
	strcpy(s->b->footer.answers, DB);
}

static void (*const words[])(struct scene *s) = {
    words_clock, words_until, words_count, words_id, words_answers};

/* One word of ours is enough to be held against all that ours tell. */
START_TEST(test_ours)
{
	struct checks c = {.allowed = 0};
	struct scene s;

	prepare(&s, "13", AFTER, no_proofs);
	ck_assert_int_eq(ksrcheck_shape(s.b, &c, &err), DFLOW_OK);
	ck_assert_uint_eq(c.failed, 0);
	words[_i](&s);
	ck_assert_int_eq(ksrcheck_shape(s.b, &c, &err), DFLOW_OK);
	ck_assert_uint_eq(c.failed, UINT32_C(1) << CHECK_POSSESSION);
	ck_assert_uint_eq(c.count[CHECK_POSSESSION], 4);
	scene_end(&s);
}
END_TEST

/* One proof is enough, too: no other program writes any. */
static void
one_proof(struct scene *s)
{
	bundle_footer_clear(&s->b->footer);
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			if (i != 2)
				drop_proof(&s->b->list[i].rrs[k]);
}

START_TEST(test_ours_by_proof)
{
	struct checks c = {.allowed = 0};
	struct scene s;

	prepare(&s, "13", AFTER, one_proof);
	ck_assert_int_eq(ksrcheck_shape(s.b, &c, &err), DFLOW_OK);
	ck_assert_uint_ne(c.failed & UINT32_C(1) << CHECK_POSSESSION, 0);
	ck_assert_msg(strstr(c.text[CHECK_POSSESSION], "no proof of") != NULL,
	    "%s", c.text[CHECK_POSSESSION]);
	scene_end(&s);
}
END_TEST

static void
size_below(struct scene *s)
{
	s->policy.rsa_bits_min = 1025;
}

static void
size_above(struct scene *s)
{
	s->policy.rsa_bits_max = 1023;
}

static void
size_just(struct scene *s)
{
	s->policy.rsa_bits_min = s->policy.rsa_bits_max = 1024;
}

/* Told is the one further down, whichever algorithm has the lower number. */
static void
keys_algorithm(struct scene *s)
{
	s->b->list[0].rrs[0].rdata[3] = 10;
	no_proofs(s);
	s->acts[1].last_count = 0;
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			know(s, &s->b->list[i].rrs[k]);
	s->ksks[1] = s->ksk->key;
	s->ksks[1].algorithm = 10;
	s->p.ksk_count = 2;
}

static const struct breaking breaking[] = {
    {CHECK_SIZE, BEFORE, "8", size_below, "1024 bits, not 1025 to 4096"},
    {CHECK_SIZE, BEFORE, "8", size_above, "1024 bits, not 1024 to 1023"},
    {CHECK_KEYS, AFTER, "8", keys_algorithm, "a.ksr:12: ZSK "},
    {CHECK_KEYS, AFTER, "8", keys_algorithm, "is the key on line 2 under"},
};

START_TEST(test_breaking)
{
	try_breaking(&breaking[_i]);
}
END_TEST

START_TEST(test_good)
{
	try_good("8", BEFORE, size_just);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ksrcheck_keys");
	TCase *t = tcase_create("keys");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_ours, 0, LEN(words));
	tcase_add_test(t, test_ours_by_proof);
	tcase_add_loop_test(t, test_breaking, 0, LEN(breaking));
	tcase_add_test(t, test_good);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
