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

/* A thief's keys, each of which proves itself, behind the right's. */
static void
chain_theft(struct scene *s)
{
	struct bundle *in = &s->b->list[1];

	free(in->rrs[0].rdata);
	in->rrs[0] = in->rrs[1];
	in->count = 1;
}

static void
chain_theft_last(struct scene *s)
{
	struct bundle *in = &s->b->list[1];

	free(in->rrs[1].rdata);
	in->count = 1;
}

/* Allowed to be a conflict, it has to go on with what was signed. */
static void
chain_conflict(struct scene *s)
{
	s->acts[1].until = NOW + 1;
	s->acts[1].last_count = 0;
	know(s, &s->b->list[2].rrs[0]);
	s->within[0] = s->known[0];
	s->acts[1].zsks = s->within;
	s->acts[1].zsk_count = 1;
}

static void
chain_maker(struct scene *s)
{
	strcpy(s->acts[1].id, "000102030405060708090a0b0c0d0e0e");
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++) {
			drop_proof(&s->b->list[i].rrs[k]);
			know(s, &s->b->list[i].rrs[k]);
		}
	bundle_footer_clear(&s->b->footer);
}

static void
chain_ksk(struct scene *s)
{
	s->signed_by[0].digest[0] = 'x';
}

/* It lies here, but by its times it signs no more. */
static void
chain_retired(struct scene *s)
{
	s->p.first_signers = 0;
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

/* Made again so late that the right's clock and the first bundle are past. */
static void
replay_late(struct scene *s)
{
	replay_file(s);
	s->p.now = s->b->list[1].time;
}

/* The first KSR of a zone that had a plain response before. */
static void
replay_first(struct scene *s)
{
	replay_file(s);
	s->acts[0] = s->acts[1];
	strcpy(s->acts[0].plain, DB);
	s->p.act_count = 1;
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

static void
ttl_none(struct scene *s)
{
	s->b->list[0].rrs[0].ttl = 0;
}

static void
ttl_long(struct scene *s)
{
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			s->b->list[i].rrs[k].ttl = 7 * DAY + 1;
}

static void
ttl_other(struct scene *s)
{
	s->b->list[2].rrs[0].ttl = 3601;
}

static void
horizon_signed(struct scene *s)
{
	s->policy.horizon_s = 90 * DAY;
	s->policy.validity_s = 35 * DAY + 1;
}

static void
horizon(struct scene *s)
{
	s->policy.horizon_s = 90 * DAY - 1;
}

static const struct breaking breaking[] = {
    {CHECK_HORIZON, BEFORE, "13", horizon, "reaches to 2027-02-19 12:00:00"},
    {CHECK_TTL, BEFORE, "13", ttl_none, "a.ksr:2: a TTL of 0, not of 1 s"},
    {CHECK_TTL, BEFORE, "13", ttl_long, "a.ksr:2: a TTL of 604801, not"},
    {CHECK_TTL, BEFORE, "13", ttl_other, "a.ksr:22: a TTL of 3601, but of"},
    {CHECK_HORIZON, BEFORE, "13", horizon_signed, "to 2027-03-26 12:00:01"},
    {CHECK_GAP, BEFORE, "13", gap, "a.ksr:1: it begins on 2026-11-21 12:00:00"},
    {CHECK_CHAIN, BEFORE, "13", chain_other, "response, entry 7 of the led"},
    {CHECK_CHAIN, BEFORE, "13", chain_none, "response, entry 7 of the ledg"},
    {CHECK_CHAIN, BEFORE, "13", chain_silent, "does not tell the last resp"},
    {CHECK_CHAIN, BEFORE, "13", chain_lost, "none was signed for this zone"},
    {CHECK_CHAIN, AFTER, "13", chain_retired, "does not sign the first bun"},
    {CHECK_CHAIN, BEFORE, "13", chain_keys, "a.ksr:1: its first bundle has"},
    {CHECK_CHAIN, BEFORE, "13", chain_theft, "a.ksr:11: this bundle has no"},
    {CHECK_CHAIN, BEFORE, "13", chain_theft_last, "a.ksr:21: this bundle "},
    {CHECK_CHAIN, AFTER, "13", chain_maker, "made by dnssecflow, and this"},
    {CHECK_CHAIN, BEFORE, "13", chain_ksk, "entry 7 of the ledger; bring"},
    {CHECK_REPLAY, BEFORE, "13", replay_late, "already, entry 9 of the"},
    {CHECK_REPLAY, BEFORE, "13", replay_first, "already, entry 9 of the"},
    {CHECK_REPLAY, BEFORE, "13", replay_file, "already, entry 9 of the"},
    {CHECK_REPLAY, BEFORE, "13", replay_id, "a.ksr: another file of its id"},
    {CHECK_REPLAY, BEFORE, "13", replay_silent, "without its id"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_end, "entry 4 of the ledger"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_begin, "entry 4 of the ledger"},
    {CHECK_CONFLICT, BEFORE, "13", conflict_around, "entry 4 of the ledger"},
    {CHECK_CLOCK, BEFORE, "13", clock_late, "more than 1 hour apart"},
    {CHECK_CLOCK, BEFORE, "13", clock_early, "more than 1 hour apart"},
    {CHECK_CLOCK, BEFORE, "13", clock_silent, "without its clock"},
    {CHECK_CLOCK, BEFORE, "13", clock_ledger, "the ledger's newest signing is"},
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

/* Of two responses to one request the first arrived. */
static void
either_response(struct scene *s)
{
	strcpy(s->acts[0].request, DD);
	strcpy(s->acts[0].response, DB);
	strcpy(s->acts[1].response, DC);
}

static void
revoked_ksk(struct scene *s)
{
	uint16_t tag = s->ksk->key.tag;

	memcpy(s->other, s->ksk->key.rdata, s->ksk->key.rdata_len);
	s->other[1] |= DNSKEY_FLAG_REVOKE;
	ck_assert(dnskey_view(s->other, s->ksk->key.rdata_len, &s->ksks[0]));
	ck_assert_uint_ne(s->ksks[0].tag, tag);
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
    {BEFORE, "13", either_response},
    {BEFORE, "13", revoked_ksk},
    {BEFORE, "13", first_ever},
    {BEFORE, "13", no_ledger},
};

START_TEST(test_good)
{
	try_good(good[_i].algorithm, good[_i].moment, good[_i].makes);
}
END_TEST

/* A conflict is not a chain that is broken, and neither allows the other. */
START_TEST(test_conflict)
{
	uint32_t bit = UINT32_C(1) << CHECK_CONFLICT;
	struct checks c;
	struct scene s;

	prepare(&s, "13", AFTER, chain_conflict);
	run(&s, &c);
	ck_assert_uint_eq(c.failed, bit | UINT32_C(1) << CHECK_CHAIN);
	ck_assert_ptr_nonnull(strstr(c.text[CHECK_CHAIN], "a.ksr:1: its firs"));
	/* The response had the key, if not to the end. */
	s.acts[1].last_count = 0;
	know(&s, &s.b->list[0].rrs[0]);
	s.within[0] = s.known[0];
	s.acts[1].last_count = 0;
	run(&s, &c);
	ck_assert_uint_eq(c.failed, bit);
	/* Behind that one's end it is too old. */
	s.acts[1].until = NOW;
	run(&s, &c);
	ck_assert_uint_eq(c.failed, UINT32_C(1) << CHECK_CHAIN);
	scene_end(&s);
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
	tcase_add_test(t, test_conflict);
	tcase_add_test(t, test_stripped);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
