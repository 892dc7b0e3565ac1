/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left's checks: for each a request that breaks just it, which is refused
 * by its name, and passes when that name alone is allowed. Those against the
 * ledger are in test_ksrcheck_past.c.
 */
#include "ksrscene.h"

#include <time.h>

static void
missing(struct scene *s)
{
	drop_proof(&s->b->list[1].rrs[1]);
}

static void
missing_once(struct scene *s)
{
	drop_proof(&s->b->list[2].rrs[0]);
}

static void
missing_known(struct scene *s)
{
	drop_proof(&s->b->list[0].rrs[0]);
}

static void
bad_bit(struct scene *s)
{
	struct bundle_rr *rr = &s->b->list[1].rrs[1];

	rr->proof[rr->proof_len - 1] ^= 1;
}

static void
bad_known(struct scene *s)
{
	s->b->list[0].rrs[0].proof[20] ^= 1;
}

static void
bad_bundle(struct scene *s)
{
	struct bundle_rr *a = &s->b->list[1].rrs[1];
	struct bundle_rr *b = &s->b->list[2].rrs[0];
	uint8_t *proof = a->proof;

	a->proof = b->proof;
	b->proof = proof;
}

static void
bad_until(struct scene *s)
{
	s->b->footer.until = s->p.until + 1;
}

/* As in BIND's: no proofs, and the second key was never seen. */
static void
no_proofs(struct scene *s)
{
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			drop_proof(&s->b->list[i].rrs[k]);
	bundle_footer_clear(&s->b->footer);
}

/* The same, but the last response has all keys: they need none. */
static void
others(struct scene *s)
{
	no_proofs(s);
	s->acts[1].last_count = 0;
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			know(s, &s->b->list[i].rrs[k]);
}

static void
set_flags(struct scene *s, uint16_t flags)
{
	struct bundle_rr *rrs[] = {
	    &s->b->list[1].rrs[1], &s->b->list[2].rrs[0]};

	for (size_t i = 0; i < 2; i++) {
		rrs[i]->rdata[0] = (uint8_t)(flags >> 8);
		rrs[i]->rdata[1] = (uint8_t)flags;
	}
}

static void
flags_sep(struct scene *s)
{
	set_flags(s, 257);
}

static void
flags_revoked(struct scene *s)
{
	set_flags(s, 384);
}

static void
flags_none(struct scene *s)
{
	set_flags(s, 0);
}

/* No key of ours would prove that it has it. */
static void
set_first(struct scene *s, size_t at, uint8_t value)
{
	s->b->list[0].rrs[0].rdata[at] = value;
	s->b->list[1].rrs[0].rdata[at] = value;
	others(s);
}

static void
protocol(struct scene *s)
{
	set_first(s, 2, 2);
}

static void
algorithm_unknown(struct scene *s)
{
	set_first(s, 3, 77);
	s->ksks[0].algorithm = 77;
	s->ksks[1] = s->ksk->key;
	s->p.ksk_count = 2;
}

static void
algorithm_other(struct scene *s)
{
	s->ksks[0].algorithm = 14;
}

static void
size_min(struct scene *s)
{
	s->policy.rsa_bits_min = 2048;
}

static void
size_max(struct scene *s)
{
	s->policy.rsa_bits_max = 1023;
}

/* RSA/SHA-1 is not to sign with, whatever KSK there is. */
static void
algorithm_old(struct scene *s)
{
	set_first(s, 3, 7);
	s->ksks[1] = s->ksk->key;
	s->ksks[1].algorithm = 7;
	s->p.ksk_count = 2;
}

static void
keys_algorithm(struct scene *s)
{
	s->b->list[1].rrs[0].rdata[3] = 10;
	others(s);
	s->ksks[1] = s->ksk->key;
	s->ksks[1].algorithm = 10;
	s->p.ksk_count = 2;
}

/* Other bytes of the same sum: a third key, of the first one's tag. */
static void
keys_tag(struct scene *s)
{
	struct bundle *in = &s->b->list[1];
	struct bundle_rr *rr;
	uint8_t *rdata;
	size_t i = 4;
	uint8_t old;

	in->rrs = realloc(in->rrs, 3 * sizeof(*rr));
	ck_assert_ptr_nonnull(in->rrs);
	add_key(in, s->zsks[0]);
	rdata = in->rrs[2].rdata;
	while (rdata[i] == rdata[i + 2])
		i++;
	old = rdata[i];
	rdata[i] = rdata[i + 2];
	rdata[i + 2] = old;
	others(s);
}

static void
keys_ksk(struct scene *s)
{
	memcpy(s->other, s->zsks[1]->key.rdata, s->zsks[1]->key.rdata_len);
	s->other[1] = 1;
	ck_assert(
	    dnskey_view(s->other, s->zsks[1]->key.rdata_len, &s->ksks[1]));
	s->p.ksk_count = 2;
}

static void
order_back(struct scene *s)
{
	s->b->back = 11;
}

static void
order_same(struct scene *s)
{
	s->b->list[2].time = s->b->list[1].time;
}

static void
count(struct scene *s)
{
	s->policy.count_max = 2;
}

static void
length_min(struct scene *s)
{
	s->policy.length_min_s = 30 * DAY + 1;
}

static void
length_max(struct scene *s)
{
	s->policy.length_max_s = 30 * DAY - 1;
}

static void
length_last(struct scene *s)
{
	s->p.until = s->b->list[2].time + 3599;
}

static void
length_end(struct scene *s)
{
	s->p.until = s->b->list[2].time;
}

static void
length_silent(struct scene *s)
{
	s->b->footer.until = BUNDLE_CLOCK_UNSET;
}

static void
past(struct scene *s)
{
	s->p.now = s->b->footer.clock = s->b->list[1].time;
}

static const struct breaking breaking[] = {
    {CHECK_POSSESSION, AFTER, "13", missing, "a.ksr:13: no proof of"},
    {CHECK_POSSESSION, AFTER, "13", missing_once, "a.ksr:22: no proof of"},
    {CHECK_POSSESSION, AFTER, "13", bad_bit, "a.ksr:13: the proof of"},
    {CHECK_POSSESSION, AFTER, "8", bad_bit, "a.ksr:13: the proof of"},
    {CHECK_POSSESSION, AFTER, "15", bad_bit, "a.ksr:13: the proof of"},
    {CHECK_POSSESSION, AFTER, "13", bad_known, "a.ksr:2: the proof of"},
    {CHECK_POSSESSION, AFTER, "13", bad_bundle, "a.ksr:13: the proof of"},
    {CHECK_POSSESSION, AFTER, "13", bad_until, "a.ksr:22: the proof of"},
    {CHECK_POSSESSION, AFTER, "13", missing_known, "a.ksr:2: no proof of"},
    {CHECK_POSSESSION, AFTER, "13", no_proofs, "a.ksr:13: no proof of"},
    {CHECK_FLAGS, BEFORE, "13", flags_sep, "has flags 257, the SEP flag"},
    {CHECK_FLAGS, BEFORE, "13", flags_revoked, "has flags 384, the REVOKE"},
    {CHECK_FLAGS, BEFORE, "13", flags_none, "has flags 0, not 256"},
    {CHECK_FLAGS, AFTER, "13", protocol, "has protocol 2, not 3"},
    {CHECK_ALGORITHM, AFTER, "13", algorithm_unknown, "77 (unknown)"},
    {CHECK_ALGORITHM, BEFORE, "13", algorithm_other, "no KSK here has"},
    {CHECK_ALGORITHM, AFTER, "8", algorithm_old, "not one to sign with"},
    {CHECK_SIZE, BEFORE, "8", size_min, "1024 bits, not 2048 to 4096"},
    {CHECK_SIZE, BEFORE, "8", size_max, "1024 bits, not 1024 to 1023"},
    {CHECK_KEYS, AFTER, "8", keys_algorithm, "is the key on line 2 under"},
    {CHECK_KEYS, AFTER, "13", keys_tag, "than the one of that tag on line 2"},
    {CHECK_KEYS, BEFORE, "13", keys_ksk, "is the KSK "},
    {CHECK_ORDER, BEFORE, "13", order_back, "a.ksr:11: a bundle of an earl"},
    {CHECK_ORDER, BEFORE, "13", order_same, "a.ksr:21: a second bundle of"},
    {CHECK_COUNT, BEFORE, "13", count, "a.ksr:21: 3 bundles, and no more th"},
    {CHECK_LENGTH, BEFORE, "13", length_min, "a.ksr:1: a bundle for 30 days"},
    {CHECK_LENGTH, BEFORE, "13", length_max, "a.ksr:1: a bundle for 30 days"},
    {CHECK_LENGTH, BEFORE, "13", length_last, "a.ksr:21: a bundle for 3599 s"},
    {CHECK_LENGTH, BEFORE, "13", length_end, "a.ksr:21: the last bundle ends"},
    {CHECK_LENGTH, AFTER, "13", length_silent, "of ours without its end"},
    {CHECK_PAST, BEFORE, "13", past, "a.ksr:1: a bundle that was over on"},
};

START_TEST(test_breaking)
{
	try_breaking(&breaking[_i]);
}
END_TEST

/* At the very edge of what each check takes. */
static void
edges(struct scene *s)
{
	s->policy.horizon_s = 90 * DAY;
	s->policy.validity_s = 35 * DAY;
	for (size_t i = 0; i < BUNDLES; i++)
		for (size_t k = 0; k < s->b->list[i].count; k++)
			s->b->list[i].rrs[k].ttl = 7 * DAY;
	s->policy.length_min_s = s->policy.length_max_s = 30 * DAY;
	s->policy.count_max = BUNDLES;
	s->policy.rsa_bits_min = s->policy.rsa_bits_max = 1024;
	s->p.newest = NOW;
	s->b->footer.clock = NOW + 3600;
	s->acts[0].from = s->p.until;
	s->acts[0].until = s->p.until + 1;
	strcpy(s->acts[0].id, "000102030405060708090a0b0c0d0e0e");
}

static const struct {
	enum moment moment;
	const char *algorithm;
	void (*makes)(struct scene *s);
} good[] = {
    {BEFORE, "13", nothing},
    {BEFORE, "8", nothing},
    {BEFORE, "10", edges},
    {BEFORE, "14", nothing},
    {BEFORE, "15", edges},
    {AFTER, "13", others},
};

START_TEST(test_good)
{
	try_good(good[_i].algorithm, good[_i].moment, good[_i].makes);
}
END_TEST

static const int64_t far[] = {INT64_MAX, INT64_MAX - 1, NOW + INT32_MAX,
    NOW + (INT64_C(1) << 32), 253402300799};

/* Which no signature can tell is refused, whatever is allowed. */
START_TEST(test_far)
{
	struct checks c = {.allowed = UINT32_MAX};
	struct scene s;

	prepare(&s, "13", BEFORE, nothing);
	if (_i % 2 == 0)
		s.p.until = far[_i / 2];
	else
		s.p.now = far[_i / 2];
	ck_assert_int_eq(ksrcheck(&s.p, &c, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "than any signature can tell"));
	/* Not allowed, it is the check's, which has a name. */
	c = (struct checks){.allowed = 0};
	ck_assert_int_eq(ksrcheck(&s.p, &c, &err), DFLOW_OK);
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(
	    strstr(err.text, _i % 2 == 0 ? "horizon" : "past"));
	ck_assert_uint_eq(c.failed >> CHECK_HORIZON & 1, _i % 2 == 0 ? 1 : 0);
	scene_end(&s);
}
END_TEST

/* 2038 and 2106 are times like others. */
START_TEST(test_wrap)
{
	static const int64_t moments[] = {INT32_MAX, UINT32_MAX};
	int64_t by = moments[_i] - (NOW + 45 * DAY);
	struct checks c;
	struct scene s;

	scene_begin(&s, "13");
	for (size_t i = 0; i < BUNDLES; i++)
		s.b->list[i].time += by;
	s.p.until += by;
	s.p.now += by;
	s.b->footer.clock += by;
	for (size_t i = 0; i < ACTS; i++) {
		s.acts[i].from += by;
		s.acts[i].until += by;
	}
	know_first(&s);
	prove(&s);
	run(&s, &c);
	ck_assert_msg(checks_verdict(&c, &err) == DFLOW_OK, "%s", err.text);
	scene_end(&s);
}
END_TEST

/* What `show` tells of a file by itself. */
START_TEST(test_shape)
{
	static const enum check shape[] = {
	    CHECK_POSSESSION, CHECK_FLAGS, CHECK_KEYS, CHECK_ORDER};
	uint32_t bit = UINT32_C(1) << breaking[_i].check;
	struct checks c = {.allowed = 0};
	struct scene s;
	bool told = false;

	for (size_t i = 0; i < 4; i++)
		told = told || shape[i] == breaking[_i].check;
	/* Those that need to know more. */
	if (breaking[_i].breaks == no_proofs || breaking[_i].breaks == keys_ksk)
		told = false;
	prepare(&s, breaking[_i].algorithm, breaking[_i].moment,
	    breaking[_i].breaks);
	ck_assert_int_eq(ksrcheck_shape(s.b, &c, &err), DFLOW_OK);
	if (told)
		ck_assert_uint_ne(c.failed & bit, 0);
	else
		ck_assert_uint_eq(
		    c.failed & ~(UINT32_C(1) << CHECK_POSSESSION), 0);
	scene_end(&s);
}
END_TEST

static void (*const shapely[])(struct scene *s) = {nothing, edges, no_proofs};

/* What needs a policy or a ledger to be wrong is not wrong to show. */
START_TEST(test_shape_good)
{
	struct checks c = {.allowed = 0};
	struct scene s;

	prepare(&s, "13", AFTER, shapely[_i]);
	ck_assert_int_eq(ksrcheck_shape(s.b, &c, &err), DFLOW_OK);
	ck_assert_uint_eq(c.failed, 0);
	scene_end(&s);
}
END_TEST

enum { MANY = 1000, MANY_KEYS = 30 };

/* As many keys as a file can hold, all of them different. */
START_TEST(test_many)
{
	struct ksrcheck_policy policy = {.length_max_s = 2, .count_max = MANY};
	struct bundles b = {.kind = BUNDLE_KSR, .count = MANY};
	struct ksrcheck p = {.request = &b, .sha256 = DA, .policy = &policy};
	struct checks c = {.allowed = 0};
	clock_t start = clock();

	b.list = calloc(MANY, sizeof(*b.list));
	b.file = strdup("many.ksr");
	bundle_footer_clear(&b.footer);
	ck_assert(b.list != NULL && b.file != NULL);
	for (size_t i = 0; i < MANY; i++) {
		b.list[i].time = (int64_t)i + 1;
		b.list[i].count = MANY_KEYS;
		b.list[i].rrs = calloc(MANY_KEYS, sizeof(struct bundle_rr));
		for (size_t k = 0; k < MANY_KEYS; k++) {
			struct bundle_rr *rr = &b.list[i].rrs[k];

			rr->type = RRTYPE_DNSKEY;
			rr->len = 68;
			rr->rdata = calloc(1, rr->len);
			memcpy(rr->rdata, "\1\0\3\15", 4);
			snprintf((char *)rr->rdata + 4, 60, "%zu-%zu", i, k);
		}
	}
	p.until = MANY + 1;
	ck_assert_int_eq(ksrcheck(&p, &c, &err), DFLOW_OK);
	ck_assert_uint_ne(c.failed & (UINT32_C(1) << CHECK_KEYS), 0);
	ck_assert_int_lt((int)((clock() - start) / CLOCKS_PER_SEC), 10);
	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0; k < MANY_KEYS; k++)
			free(b.list[i].rrs[k].rdata);
		free(b.list[i].rrs);
	}
	free(b.list);
	free(b.file);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ksrcheck");
	TCase *t = tcase_create("ksrcheck");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_breaking, 0, LEN(breaking));
	tcase_add_loop_test(t, test_good, 0, LEN(good));
	tcase_add_loop_test(t, test_far, 0, 2 * LEN(far));
	tcase_add_loop_test(t, test_wrap, 0, 2);
	tcase_add_loop_test(t, test_shape, 0, LEN(breaking));
	tcase_add_loop_test(t, test_shape_good, 0, LEN(shapely));
	tcase_add_test(t, test_many);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
