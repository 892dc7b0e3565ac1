/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The corners of ECDSA by a key's table, with EVP as the oracle: signatures
 * made from the numbers that they shall be computed with, and sums that are
 * special points. And keys that are none.
 */
#include <openssl/bn.h>
#include <stdlib.h>

#include "ecsubject.h"
#include "keys/ecsig.h"

static const uint8_t algorithms[] = {ALG_ECDSAP256, ALG_ECDSAP384};

/* EVP's verdict on a hash that nobody hashed. */
static bool
oracle_says(const struct subject *s, const uint8_t *hash, const uint8_t *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(s->oracle, NULL);
	uint8_t der[ECSIG_DER_MAX];
	int verdict;

	ck_assert_int_eq(EVP_PKEY_verify_init(ctx), 1);
	verdict = EVP_PKEY_verify(
	    ctx, der, ecsig_to_der(sig, s->size, der), hash, s->size);
	EVP_PKEY_CTX_free(ctx);
	return verdict == 1;
}

/*
 * EVP's verdict, which is the table's too, in a batch with signatures between
 * whose r or s is out of its range: they must not spoil the others.
 */
static bool
says(struct subject *s, const BIGNUM *hash, const BIGNUM *r, const BIGNUM *sn)
{
	enum { ODD = 6 };
	uint8_t h[NUMBER], sig[2 * NUMBER], odd[ODD][2 * NUMBER];
	struct ectable_job jobs[2 * ODD + 1];
	struct ectable_worker *w = NULL;
	int size = (int)s->size;
	bool want;

	ck_assert_int_eq(BN_bn2binpad(hash, h, size), size);
	ck_assert_int_eq(BN_bn2binpad(r, sig, size), size);
	ck_assert_int_eq(BN_bn2binpad(sn, sig + size, size), size);
	want = oracle_says(s, h, sig);
	for (size_t i = 0; i < ODD; i++) {
		uint8_t *number = odd[i] + i % 2 * s->size;

		memcpy(odd[i], sig, sizeof(sig));
		memset(number, i / 2 == 0 ? 0 : 0xff, s->size);
		if (i / 2 == 1)
			BN_bn2binpad(s->n, number, size);
		jobs[2 * i] = (struct ectable_job){h, sig, !want};
		jobs[2 * i + 1] = (struct ectable_job){h, odd[i], true};
	}
	jobs[2 * ODD] = jobs[0];
	ck_assert(ectable_worker_new(s->table, &w, NULL) == DFLOW_OK);
	ck_assert(ectable_check(w, jobs, COUNT(jobs)));
	for (size_t i = 0; i < COUNT(jobs); i++) {
		if (jobs[i].good != (i % 2 == 0 && want))
			show(s, h, jobs[i].sig, jobs[i].good);
		ck_assert(jobs[i].good == (i % 2 == 0 && want));
	}
	ectable_worker_free(&w);
	ck_assert_ptr_null(w);
	return want;
}

/*
 * The signature whose two parts are u1 and u2, whatever Q is: r is the x of
 * u1*G + u2*Q, s = r / u2 and the hash is u1 * s. If the sum is at infinity,
 * r is 1 and no signature can be good.
 */
static void
crafted(struct subject *s, const BIGNUM *u1, const BIGNUM *u2)
{
	BN_CTX *ctx = BN_CTX_new();
	EC_POINT *q = EC_POINT_new(s->group), *sum = EC_POINT_new(s->group);
	BIGNUM *r = BN_new(), *sn = BN_new(), *hash = BN_new();
	BIGNUM *x = BN_new();
	uint8_t point[1 + 2 * NUMBER] = {POINT_CONVERSION_UNCOMPRESSED};
	bool infinite;

	memcpy(point + 1, s->key.key, 2 * s->size);
	ck_assert_int_eq(
	    EC_POINT_oct2point(s->group, q, point, 1 + 2 * s->size, ctx), 1);
	ck_assert_int_eq(EC_POINT_mul(s->group, sum, u1, q, u2, ctx), 1);
	infinite = EC_POINT_is_at_infinity(s->group, sum) == 1;
	if (infinite)
		BN_one(r);
	else
		EC_POINT_get_affine_coordinates(s->group, sum, r, NULL, ctx);
	ck_assert_ptr_nonnull(BN_copy(x, r));
	BN_nnmod(r, r, s->n, ctx);
	BN_mod_inverse(sn, u2, s->n, ctx);
	BN_mod_mul(sn, sn, r, s->n, ctx);
	BN_mod_mul(hash, u1, sn, s->n, ctx);
	ck_assert(says(s, hash, r, sn) == !infinite);
	/* r is not x where that is too large. */
	if (BN_cmp(x, r) != 0)
		ck_assert(!says(s, hash, x, sn));
	/* The same hash by another name, if it fits. */
	BN_add(hash, hash, s->n);
	if ((size_t)BN_num_bits(hash) <= 8 * s->size)
		ck_assert(says(s, hash, r, sn) == !infinite);
	BN_add_word(r, 1);
	ck_assert(!says(s, sn, r, sn));
	BN_free(x);
	BN_free(r);
	BN_free(sn);
	BN_free(hash);
	EC_POINT_free(q);
	EC_POINT_free(sum);
	BN_CTX_free(ctx);
}

/* Small numbers, those below n, powers of two and those below them. */
static void
scalar_at(const struct subject *s, size_t i, BIGNUM *out)
{
	BN_zero(out);
	if (i < 6) {
		BN_set_word(out, i);
	} else if (i < 10) {
		BN_copy(out, s->n);
		BN_sub_word(out, i - 5);
	} else {
		size_t bit = (i - 10) / 2 * 7 + 1;

		BN_set_bit(out, (int)(bit % (s->size * 8 - 1)));
		BN_sub_word(out, i % 2);
	}
}

START_TEST(test_scalars)
{
	enum { SCALARS = 84 };
	BIGNUM *a = BN_new(), *b = BN_new();
	struct subject s;

	subject_make(&s, algorithms[_i]);
	for (size_t i = 0; i < SCALARS; i++) {
		scalar_at(&s, i, a);
		for (size_t k = 1; k < SCALARS;
		     k += i < 10 && _i == 0 ? 5 : 29) {
			scalar_at(&s, k, b);
			crafted(&s, a, b);
		}
	}
	BN_free(a);
	BN_free(b);
	subject_free(&s);
}
END_TEST

/* u1*G is u2*Q, or its opposite, or one of them is twice the other. */
START_TEST(test_same_points)
{
	BIGNUM *d = NULL, *u1 = BN_new(), *u2 = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	struct subject s;

	subject_make(&s, algorithms[_i]);
	ck_assert_int_eq(
	    EVP_PKEY_get_bn_param(s.pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d), 1);
	for (size_t i = 0; i < 20; i++) {
		if (i < 6)
			BN_set_word(u2, i + 1);
		else
			BN_rand_range(u2, s.n);
		BN_mod_mul(u1, u2, d, s.n, ctx);
		crafted(&s, u1, u2);
		BN_sub(u1, s.n, u1);
		crafted(&s, u1, u2);
		BN_mod_lshift1(u1, u1, s.n, ctx);
		crafted(&s, u1, u2);
		BN_zero(u1);
		crafted(&s, u1, u2);
	}
	BN_clear_free(d);
	BN_free(u1);
	BN_free(u2);
	BN_CTX_free(ctx);
	subject_free(&s);
}
END_TEST

/* The key (R - u1*G) / u2, of which nobody knows the private half. */
static void
key_for(struct subject *s, EC_GROUP *g, const EC_POINT *sum, BIGNUM *u[2])
{
	uint8_t point[1 + 2 * NUMBER];
	BN_CTX *ctx = BN_CTX_new();
	EC_POINT *q = EC_POINT_new(g);
	BIGNUM *inverse = BN_new();
	size_t len;

	EC_POINT_mul(g, q, u[0], NULL, NULL, ctx);
	EC_POINT_invert(g, q, ctx);
	EC_POINT_add(g, q, q, sum, ctx);
	BN_mod_inverse(inverse, u[1], EC_GROUP_get0_order(g), ctx);
	EC_POINT_mul(g, q, NULL, q, inverse, ctx);
	len = EC_POINT_point2oct(
	    g, q, POINT_CONVERSION_UNCOMPRESSED, point, sizeof(point), ctx);
	memset(s, 0, sizeof(*s));
	memcpy(s->rdata + 4, point + 1, len - 1);
	subject_open(s, len == 65 ? ALG_ECDSAP256 : ALG_ECDSAP384);
	BN_free(inverse);
	EC_POINT_free(q);
	BN_CTX_free(ctx);
}

/* An x that is n or more: r is what it exceeds n by. */
START_TEST(test_large_x)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(
	    _i == 0 ? NID_X9_62_prime256v1 : NID_secp384r1);
	const BIGNUM *n = EC_GROUP_get0_order(g);
	BIGNUM *x = BN_new(), *p = BN_new(), *u[2] = {BN_new(), BN_new()};
	EC_POINT *sum = EC_POINT_new(g);
	struct subject s;

	EC_GROUP_get_curve(g, p, NULL, NULL, NULL);
	for (size_t found = 0, i = 0; found < 8; i++) {
		/* From n up, and from p - 1 down. */
		BN_copy(x, i % 2 == 0 ? n : p);
		ck_assert_int_eq(i % 2 == 0 ? BN_add_word(x, 1 + i / 2)
					    : BN_sub_word(x, 1 + i / 2),
		    1);
		if (EC_POINT_set_compressed_coordinates(
			g, sum, x, (int)(i & 1), NULL) != 1)
			continue;
		BN_rand_range(u[0], n);
		BN_rand_range(u[1], n);
		key_for(&s, g, sum, u);
		crafted(&s, u[0], u[1]);
		subject_free(&s);
		found++;
	}
	BN_free(x);
	BN_free(p);
	BN_free(u[0]);
	BN_free(u[1]);
	EC_POINT_free(sum);
	EC_GROUP_free(g);
}
END_TEST

/* Keys that get no table. */
START_TEST(test_refused)
{
	static const struct {
		const char *reason;
		uint8_t algorithm;
		uint8_t fill;
		uint8_t len;
	} keys[] = {
	    {"RSA", 8, 3, 68},
	    {"Ed25519", 15, 1, 32},
	    {"unknown", 12, 1, 64},
	    {"P-256: short", 13, 1, 63},
	    {"P-256: long", 13, 1, 65},
	    {"P-256: off the curve", 13, 1, 64},
	    {"P-256: infinity", 13, 0, 64},
	    {"P-256: over p", 13, 0xff, 64},
	    {"P-384: of P-256's length", 14, 1, 64},
	    {"P-384: off the curve", 14, 1, 96},
	    {"empty", 13, 0, 0},
	};
	uint8_t rdata[4 + 2 * NUMBER] = {1, 0, 3};

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct dnskey key = {.rdata = rdata,
		    .rdata_len = 4u + keys[i].len,
		    .key = rdata + 4,
		    .key_len = keys[i].len,
		    .algorithm = keys[i].algorithm};
		struct ectable *t = NULL;
		struct dflow_err err = {0};

		memset(rdata + 4, keys[i].fill, keys[i].len);
		ck_assert_msg(ectable_new(&key, &t, &err) != DFLOW_OK, "%s",
		    keys[i].reason);
		ck_assert_ptr_null(t);
		ck_assert_str_ne(err.text, "");
	}
	for (unsigned a = 0; a < 256; a++)
		ck_assert(
		    (ectable_repays((uint8_t)a) > 0) == (a == 13 || a == 14));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ecnumbers");
	TCase *t = tcase_create("ecnumbers");
	int both = (int)COUNT(algorithms), failed;
	SRunner *sr = srunner_create(s);

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, test_scalars, 0, both);
	tcase_add_loop_test(t, test_same_points, 0, both);
	tcase_add_loop_test(t, test_large_x, 0, both);
	tcase_add_test(t, test_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
