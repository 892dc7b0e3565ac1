/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "flow/proofs.h"

static struct dflow_err err;

/* Number i's proof; many begin with the same bytes. */
static void
proof(unsigned i, uint8_t out[PROOF_LEN])
{
	memset(out, 0, PROOF_LEN);
	out[0] = (uint8_t)(i % 7);
	memcpy(out + 20, &i, sizeof(i));
	out[PROOF_LEN - 1] = 1;
}

START_TEST(has_what_was_added)
{
	static const unsigned counts[] = {1, 2, 3, 64, 5000};
	struct proof_list lists[3] = {{0}};
	struct proofs *p = NULL;
	uint8_t one[PROOF_LEN];
	unsigned n = counts[_i];

	for (unsigned i = 0; i < n; i++) {
		proof(2 * i, one);
		/* Twice does no harm. */
		ck_assert(proof_list_add(&lists[i % 3], one));
		ck_assert(proof_list_add(&lists[(i + 1) % 3], one));
	}
	ck_assert(proofs_new(lists, 3, &p, &err) == DFLOW_OK);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(lists[i].count, 0);
	for (unsigned i = 0; i < 2 * n; i++) {
		proof(i, one);
		ck_assert_int_eq(proofs_have(p, one), i % 2 == 0);
		one[31] ^= 1;
		ck_assert(!proofs_have(p, one));
	}
	memset(one, 0, sizeof(one));
	ck_assert(!proofs_have(p, one));
	proofs_free(&p);
	ck_assert_ptr_null(p);
}
END_TEST

START_TEST(nothing_has_nothing)
{
	struct proof_list lists[2] = {{0}};
	struct proofs *p = NULL;
	uint8_t one[PROOF_LEN];

	proof(1, one);
	ck_assert(proofs_new(lists, 2, &p, &err) == DFLOW_OK);
	ck_assert_ptr_null(p);
	ck_assert(!proofs_have(NULL, one));
	proofs_free(&p);
	proofs_free(NULL);
}
END_TEST

/* Each byte that a proof is about makes it another. */
START_TEST(proves_just_that)
{
	uint8_t rdata[] = {1, 0, 3, 13, 1, 2, 3, 4};
	uint8_t sig[] = {9, 8, 7, 6, 5, 4, 3, 2};
	uint8_t owner[] = {1, 'a', 0}, apex[] = {0};
	uint8_t packed[] = {4, 0, 192, 0, 2, 1};
	struct dnskey key;
	struct rrset set = {owner, packed, 300, 1, 1};
	struct rrsig s = {
	    .signer = apex,
	    .sig = sig,
	    .sig_len = sizeof(sig),
	    .original_ttl = 300,
	    .expiration = 2000,
	    .inception = 1000,
	    .covered = 1,
	    .tag = 77,
	    .algorithm = 13,
	    .labels = 1,
	};
	uint8_t first[PROOF_LEN], other[PROOF_LEN];
	uint8_t *bytes[] = {&rdata[7], &sig[0], &sig[7], &owner[1], &packed[5]};
	struct buf scratch;

	buf_init(&scratch, 4096);
	ck_assert(dnskey_view(rdata, sizeof(rdata), &key));
	ck_assert(proof_make(&key, &s, &set, &scratch, first));
	ck_assert(proof_make(&key, &s, &set, &scratch, other));
	ck_assert_mem_eq(first, other, PROOF_LEN);
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		*bytes[i] ^= 1;
		ck_assert(proof_make(&key, &s, &set, &scratch, other));
		ck_assert_mem_ne(first, other, PROOF_LEN);
		*bytes[i] ^= 1;
	}
	s.expiration++;
	ck_assert(proof_make(&key, &s, &set, &scratch, other));
	ck_assert_mem_ne(first, other, PROOF_LEN);
	s.expiration--;
	s.sig_len--;
	ck_assert(proof_make(&key, &s, &set, &scratch, other));
	ck_assert_mem_ne(first, other, PROOF_LEN);
	buf_free(&scratch);
	/* No room, no proof. */
	buf_init(&scratch, 8);
	ck_assert(!proof_make(&key, &s, &set, &scratch, other));
	buf_free(&scratch);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("proofs");
	TCase *t = tcase_create("proofs");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, has_what_was_added, 0, 5);
	tcase_add_test(t, nothing_has_nothing);
	tcase_add_test(t, proves_just_that);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
