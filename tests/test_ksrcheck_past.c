/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left's checks against the ledger and the clocks, as in test_ksrcheck.c:
 * what each refuses, and how near to that is taken.
 */
#include "ksrscene.h"

static void
gap(struct scene *s)
{
	s->acts[1].until--;
}

static void
chain_other(struct scene *s)
{
	strcpy(s->b->footer.answers, DC);
}

static void
chain_none(struct scene *s)
{
	strcpy(s->b->footer.answers, "none");
}

static void
chain_silent(struct scene *s)
{
	s->b->footer.answers[0] = '\0';
}

static void
chain_lost(struct scene *s)
{
	s->p.act_count = 0;
}

static void
chain_keys(struct scene *s)
{
	s->acts[1].last_count = 0;
	know(s, &s->b->list[2].rrs[0]);
}

/* The very file. Its own period is no conflict, nor is it its own past. */
static void
replay_file(struct scene *s)
{
	s->acts[0] = s->acts[1];
	s->acts[1] = (struct history_act){.entry = 9,
	    .request = DA,
	    .response = DC,
	    .id = ID,
	    .from = NOW,
	    .until = NOW + 90 * DAY};
}

static void
replay_id(struct scene *s)
{
	strcpy(s->acts[0].id, ID);
}

static void
replay_silent(struct scene *s)
{
	s->b->footer.id[0] = '\0';
}

static void
conflict_end(struct scene *s)
{
	s->acts[0].until = NOW + 1;
}

static void
conflict_begin(struct scene *s)
{
	s->acts[0].from = NOW + 90 * DAY - 1;
	s->acts[0].until = NOW + 91 * DAY;
}

static void
conflict_around(struct scene *s)
{
	s->acts[0].until = NOW + 100 * DAY;
}

static void
clock_late(struct scene *s)
{
	s->b->footer.clock = NOW - 3601;
}

static void
clock_early(struct scene *s)
{
	s->b->footer.clock = NOW + 3601;
}

static void
clock_silent(struct scene *s)
{
	s->b->footer.clock = BUNDLE_CLOCK_UNSET;
}

static void
clock_ledger(struct scene *s)
{
	s->p.newest = NOW + 1;
}

static const struct breaking breaking[] = {
    {CHECK_GAP, BEFORE, "13", gap, "a.ksr:1: it begins on 2026-11-21 12:00:00"},
    {CHECK_CHAIN, BEFORE, "13", chain_other, "response, entry 7 of the led"},
    {CHECK_CHAIN, BEFORE, "13", chain_none, "response, entry 7 of the ledg"},
    {CHECK_CHAIN, BEFORE, "13", chain_silent, "does not tell the last resp"},
    {CHECK_CHAIN, BEFORE, "13", chain_lost, "none was signed for this zone"},
    {CHECK_CHAIN, BEFORE, "13", chain_keys, "a.ksr:1: its first bundle has"},
    {CHECK_REPLAY, BEFORE, "13", replay_file, "already, entry 9 of the"},
    {CHECK_REPLAY, BEFORE, "13", replay_id, "a.ksr: another file of its id"},
    {CHECK_REPLAY, BEFORE, "13", replay_silent, "without its id"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_end, "entry 4 of the ledger"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_begin, "entry 4 of the ledger"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_around, "entry 4 of the ledger"},
    {CHECK_CLOCK, BEFORE, "13", clock_late, "more than 1 hour apart"},
    {CHECK_CLOCK, BEFORE, "13", clock_early, "more than 1 hour apart"},
    {CHECK_CLOCK, BEFORE, "13", clock_silent, "without its clock"},
    {CHECK_CLOCK, BEFORE, "13", clock_ledger, "the ledger's newest entry is"},
};

START_TEST(test_breaking)
{
	try_breaking(&breaking[_i]);
}
END_TEST

static void
emergency(struct scene *s)
{
	strcpy(s->acts[1].response, DD);
	strcpy(s->acts[1].emergency, DB);
}

static void
first_ever(struct scene *s)
{
	s->p.act_count = 0;
	strcpy(s->b->footer.answers, "none");
}

/* No ledger: what it would tell is not checked. */
static void
no_ledger(struct scene *s)
{
	s->p.acts = NULL;
	s->p.newest = INT64_MIN;
	chain_other(s);
	s->b->list[0].time -= 60;
}

static const struct {
	enum moment moment;
	const char *algorithm;
	void (*makes)(struct scene *s);
} good[] = {
    {BEFORE, "13", emergency},
    {BEFORE, "13", first_ever},
    {BEFORE, "13", no_ledger},
};

START_TEST(test_good)
{
	try_good(good[_i].algorithm, good[_i].moment, good[_i].makes);
}
END_TEST

/* Without its footer, a request of ours is none of others'. */
START_TEST(test_stripped)
{
	uint32_t bits =
	    UINT32_C(1) << CHECK_LENGTH | UINT32_C(1) << CHECK_CHAIN |
	    UINT32_C(1) << CHECK_REPLAY | UINT32_C(1) << CHECK_CLOCK;
	struct checks c;
	struct scene s;

	prepare(&s, "13", AFTER, nothing);
	bundle_footer_clear(&s.b->footer);
	run(&s, &c);
	ck_assert_uint_eq(c.failed, bits);
	scene_end(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ksrcheck_past");
	TCase *t = tcase_create("ksrcheck_past");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_breaking, 0, LEN(breaking));
	tcase_add_loop_test(t, test_good, 0, LEN(good));
	tcase_add_test(t, test_stripped);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
