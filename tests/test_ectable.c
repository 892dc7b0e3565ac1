/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Batches by a key's table against EVP, which is the oracle: chance keys and
 * signatures, good and altered in every way, and want of memory. The corners
 * of the numbers are test_ecnumbers's. DNSSECFLOW_TEST_ROUNDS=N makes N batches
 * of chance (some 65 signatures each) instead of the few that `make check` has
 * time for.
 */
#include <check.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>

#include "ecsubject.h"
#include "keys/ecsig.h"

enum { JOBS = 130, DATA = 40 };

/* Fails one of OpenSSL's allocations: the one that counts it down to 0. */
static size_t fail_at;

static bool
fails(void)
{
	return fail_at > 0 && --fail_at == 0;
}

static void *
fail_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(size);
}

static void *
fail_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : realloc(p, size);
}

static void
fail_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static void
sign(const struct subject *s, const uint8_t *data, size_t len, uint8_t *sig)
{
	const EVP_MD *hash = s->size == 32 ? EVP_sha256() : EVP_sha384();
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t der[ECSIG_DER_MAX];
	size_t der_len = sizeof(der);

	ck_assert_int_eq(EVP_DigestSignInit(md, NULL, hash, NULL, s->pkey), 1);
	ck_assert_int_eq(EVP_DigestSign(md, der, &der_len, data, len), 1);
	ck_assert(ecsig_from_der(der, der_len, s->size, sig));
	EVP_MD_CTX_free(md);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* A number at the edge of something: n or p, and a little more or less. */
static void
edge(const struct subject *s, uint32_t *seed, uint8_t *out)
{
	BIGNUM *v = BN_new(), *p = BN_new();
	uint32_t kind = next(seed) % 8, by = next(seed) % 4;
	size_t len = s->size;

	EC_GROUP_get_curve(s->group, p, NULL, NULL, NULL);
	BN_zero(v);
	if (kind == 1 || kind == 2)
		BN_copy(v, s->n);
	else if (kind == 3)
		BN_copy(v, p);
	else if (kind == 4)
		BN_sub(v, p, s->n);
	else if (kind == 5)
		BN_rshift1(v, s->n);
	else if (kind == 6)
		BN_set_bit(v, (int)(next(seed) % (len * 8)));
	else if (kind == 7)
		BN_set_bit(v, (int)len * 8);
	if (kind == 7 || (next(seed) % 2 == 0 && !BN_is_zero(v))) {
		BN_sub_word(v, by + (kind == 7));
		if (BN_is_negative(v))
			BN_zero(v);
	} else {
		BN_add_word(v, by);
	}
	ck_assert_int_eq(BN_bn2binpad(v, out, (int)len), (int)len);
	BN_free(v);
	BN_free(p);
}

/* The other s that goes with the same r. */
static void
negate(const struct subject *s, uint8_t *number)
{
	BIGNUM *v = BN_bin2bn(number, (int)s->size, NULL);

	if (BN_cmp(v, s->n) < 0)
		BN_sub(v, s->n, v);
	ck_assert_int_ge(BN_bn2binpad(v, number, (int)s->size), 0);
	BN_free(v);
}

/* The data and signatures of a batch. */
struct batch {
	uint8_t data[JOBS][DATA];
	uint8_t sigs[JOBS][2 * NUMBER + 1];
	struct verify_job jobs[JOBS];
	size_t count;
};

static void
batch_make(const struct subject *s, struct batch *b, size_t count)
{
	b->count = count;
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(RAND_bytes(b->data[i], DATA), 1);
		sign(s, b->data[i], DATA, b->sigs[i]);
		b->jobs[i] = (struct verify_job){
		    b->data[i], DATA, b->sigs[i], 2 * s->size, false};
	}
}

/* Changes job i in one of many ways; some of them leave it good. */
static void
alter(const struct subject *s, struct batch *b, size_t i, uint32_t *seed)
{
	uint8_t *sig = b->sigs[i], *second = sig + s->size;
	size_t other = next(seed) % b->count;
	size_t bit = next(seed) % (s->size * 8);
	uint8_t swap[NUMBER];

	switch (next(seed) % 14) {
	case 0:
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		break;
	case 1:
		second[bit / 8] ^= (uint8_t)(1 << bit % 8);
		break;
	case 2:
		b->data[i][bit % DATA] ^= (uint8_t)(1 << bit % 8);
		break;
	case 3:
	case 4:
		negate(s, second);
		break;
	case 5:
		negate(s, sig);
		break;
	case 6:
		edge(s, seed, sig);
		break;
	case 7:
		edge(s, seed, second);
		break;
	case 8:
		edge(s, seed, sig);
		edge(s, seed, second);
		break;
	case 9:
		memcpy(swap, sig, s->size);
		memmove(sig, second, s->size);
		memcpy(second, swap, s->size);
		break;
	case 10:
		b->jobs[i].sig_len = next(seed) % 2 == 0
					 ? next(seed) % (2 * s->size)
					 : 2 * s->size + 1;
		break;
	case 11:
		b->jobs[i].len = next(seed) % DATA;
		break;
	case 12:
		b->jobs[i] = b->jobs[other];
		break;
	default:
		b->jobs[i].sig = b->sigs[other];
		break;
	}
}

/* Every verdict of the batch is EVP's; how many are good. */
static size_t
compare(const struct subject *s, struct batch *b)
{
	size_t good = 0;

	verifier_check_batch(s->batch, b->jobs, b->count);
	for (size_t i = 0; i < b->count; i++) {
		const struct verify_job *j = &b->jobs[i];
		bool want = verifier_check(
		    s->single, j->data, j->len, j->sig, j->sig_len);

		if (want != j->good)
			show(s, j->data, j->sig, j->good);
		ck_assert(want == j->good);
		good += want;
	}
	return good;
}

static const uint8_t algorithms[] = {ALG_ECDSAP256, ALG_ECDSAP384};

/* The batches of chance to make: few, or what the environment says. */
static size_t
rounds(uint8_t algorithm)
{
	const char *text = getenv("DNSSECFLOW_TEST_ROUNDS");
	size_t n = text == NULL ? 0 : strtoul(text, NULL, 10);

	if (n == 0)
		n = 160;
	return algorithm == ALG_ECDSAP256 ? n : n / 16 + 1;
}

START_TEST(test_chance)
{
	static struct batch b;
	uint8_t algorithm = algorithms[_i];
	uint32_t seed = (uint32_t)_i + 1;
	size_t good = 0, all = 0;
	struct subject s;

	for (size_t r = 0; r < rounds(algorithm); r++) {
		if (r % 30 == 0) {
			if (r > 0)
				subject_free(&s);
			subject_make(&s, algorithm);
		}
		batch_make(&s, &b, next(&seed) % (JOBS + 1));
		/* All altered, or one in a few. */
		uint32_t one_in = 1 + next(&seed) % 8;
		for (size_t i = 0; i < b.count; i++)
			if (next(&seed) % one_in == 0)
				alter(&s, &b, i, &seed);
		good += compare(&s, &b);
		all += b.count;
	}
	subject_free(&s);
	if (all > 2000) {
		ck_assert_uint_gt(good, all / 4);
		ck_assert_uint_lt(good, all - all / 8);
	}
	if (getenv("DNSSECFLOW_TEST_ROUNDS") != NULL)
		printf("algorithm %d: %zu compared, %zu good\n", algorithm, all,
		    good);
}
END_TEST

/* Batches of every size, and one that is bad at every place. */
START_TEST(test_places)
{
	static struct batch b;
	uint8_t keep[2 * NUMBER];
	struct subject s;

	subject_make(&s, algorithms[_i]);
	batch_make(&s, &b, JOBS);
	for (size_t n = 0; n <= JOBS; n += _i == 0 ? 1 : 13) {
		for (size_t i = 0; i < JOBS; i++)
			b.jobs[i].good = i >= n;
		verifier_check_batch(s.batch, b.jobs, n);
		for (size_t i = 0; i < JOBS; i++)
			ck_assert(b.jobs[i].good);
	}
	for (size_t bad = 0; bad < 66; bad += _i == 0 ? 1 : 13) {
		for (size_t way = 0; way < 6; way++) {
			memcpy(keep, b.sigs[bad], sizeof(keep));
			if (way == 0)
				memset(b.sigs[bad], 0, s.size);
			if (way == 1)
				memset(b.sigs[bad] + s.size, 0, s.size);
			if (way == 2)
				memset(b.sigs[bad], 0xff, s.size);
			if (way == 3)
				BN_bn2binpad(
				    s.n, b.sigs[bad] + s.size, (int)s.size);
			if (way == 4)
				b.sigs[bad][5] ^= 1;
			if (way == 5)
				b.jobs[bad].sig_len--;
			verifier_check_batch(s.batch, b.jobs, 66);
			for (size_t i = 0; i < 66; i++)
				ck_assert(b.jobs[i].good == (i != bad));
			memcpy(b.sigs[bad], keep, sizeof(keep));
			b.jobs[bad].sig_len = 2 * s.size;
		}
	}
	/* None is good. */
	for (size_t i = 0; i < JOBS; i++)
		memset(b.sigs[i] + (i % 2) * s.size, 0, s.size);
	ck_assert_uint_eq(compare(&s, &b), 0);
	subject_free(&s);
}
END_TEST

/* An allocation that fails anywhere in a batch changes no verdict. */
START_TEST(test_memory)
{
	static struct batch b;
	uint32_t seed = 1;
	struct subject s;
	size_t failed = 0;

	subject_make(&s, algorithms[_i]);
	batch_make(&s, &b, 8);
	for (size_t i = 0; i < b.count; i += 3)
		alter(&s, &b, i, &seed);
	for (size_t i = 1;; i += i < 100 || _i == 0 ? 1 : 150) {
		fail_at = i;
		verifier_check_batch(s.batch, b.jobs, b.count);
		failed += fail_at == 0;
		if (fail_at > 0)
			break;
		for (size_t k = 0; k < b.count; k++) {
			const struct verify_job *j = &b.jobs[k];

			ck_assert(j->good == verifier_check(s.single, j->data,
						 j->len, j->sig, j->sig_len));
		}
	}
	fail_at = 0;
	ck_assert_uint_gt(failed, 8);
	subject_free(&s);
}
END_TEST

/* Nor is half a table made. */
START_TEST(test_memory_table)
{
	struct ectable_worker *w = NULL;
	struct ectable *t = NULL;
	struct dflow_err err;
	struct subject s;
	size_t failed = 0;

	subject_make(&s, algorithms[_i]);
	for (size_t i = 1; i < 100000; i += i < 60 ? 1 : i / 4) {
		fail_at = i;
		if (ectable_new(&s.key, &t, &err) == DFLOW_OK) {
			ectable_free(&t);
		} else {
			ck_assert_ptr_null(t);
			ck_assert_str_ne(err.text, "");
			failed++;
		}
		fail_at = i;
		if (ectable_worker_new(s.table, &w, &err) == DFLOW_OK)
			ectable_worker_free(&w);
		else
			ck_assert_ptr_null(w);
	}
	fail_at = 0;
	ck_assert_uint_gt(failed, 20);
	subject_free(&s);
}
END_TEST

static void *
thread_run(void *arg)
{
	const struct subject *shared = arg;
	static const uint8_t text[3] = "abc";
	struct verify_job jobs[ECTABLE_BATCH + 1];
	struct verifier *v = NULL;
	uint8_t sig[2 * NUMBER], bad[2 * NUMBER];
	size_t wrong = 0;

	sign(shared, text, 3, sig);
	memcpy(bad, sig, sizeof(sig));
	bad[7] ^= 4;
	if (verifier_new_with(&shared->key, shared->table, &v, NULL) !=
	    DFLOW_OK)
		return arg;
	for (size_t round = 0; round < 4; round++) {
		for (size_t i = 0; i < COUNT(jobs); i++)
			jobs[i] = (struct verify_job){text, 3,
			    i % 5 == round ? bad : sig, 2 * shared->size,
			    false};
		verifier_check_batch(v, jobs, COUNT(jobs));
		for (size_t i = 0; i < COUNT(jobs); i++)
			wrong += jobs[i].good == (i % 5 == round);
	}
	verifier_free(&v);
	return wrong == 0 ? NULL : arg;
}

START_TEST(test_threads)
{
	pthread_t threads[4];
	struct subject s;
	void *wrong;

	subject_make(&s, algorithms[_i]);
	for (size_t i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, thread_run, &s), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	subject_free(&s);
}
END_TEST

/* A batch where no table is: one by one, with the same verdicts. */
START_TEST(test_without)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t rdata[4 + 32] = {1, 0, 3, 15}, sigs[3][64];
	struct verify_job jobs[COUNT(sigs)];
	struct verifier *v = NULL;
	struct dnskey key;
	size_t len = 32;

	ck_assert_int_eq(EVP_PKEY_get_raw_public_key(pkey, rdata + 4, &len), 1);
	ck_assert(dnskey_view(rdata, sizeof(rdata), &key));
	for (size_t i = 0; i < COUNT(jobs); i++) {
		EVP_MD_CTX *md = EVP_MD_CTX_new();

		len = 64;
		EVP_DigestSignInit(md, NULL, NULL, NULL, pkey);
		ck_assert_int_eq(
		    EVP_DigestSign(md, sigs[i], &len, rdata, i), 1);
		EVP_MD_CTX_free(md);
		jobs[i] = (struct verify_job){rdata, i, sigs[i], 64, false};
	}
	sigs[1][3] ^= 1;
	ck_assert(verifier_new(&key, &v, NULL) == DFLOW_OK);
	verifier_check_batch(v, jobs, COUNT(jobs));
	for (size_t i = 0; i < COUNT(jobs); i++)
		ck_assert(jobs[i].good == (i != 1));
	verifier_check_batch(v, NULL, 0);
	verifier_free(&v);
	EVP_PKEY_free(pkey);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ectable");
	TCase *t = tcase_create("ectable");
	int both = (int)COUNT(algorithms), failed;
	SRunner *sr = srunner_create(s);

	/* Before OpenSSL has allocated anything. */
	if (CRYPTO_set_mem_functions(fail_malloc, fail_realloc, fail_free) != 1)
		return EXIT_FAILURE;
	tcase_set_timeout(
	    t, getenv("DNSSECFLOW_TEST_ROUNDS") == NULL ? 240 : 0);
	tcase_add_loop_test(t, test_chance, 0, both);
	tcase_add_loop_test(t, test_places, 0, both);
	tcase_add_loop_test(t, test_memory, 0, both);
	tcase_add_loop_test(t, test_memory_table, 0, both);
	tcase_add_loop_test(t, test_threads, 0, both);
	tcase_add_test(t, test_without);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
