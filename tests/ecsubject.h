/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ECDSA key in tests, by its table and by EVP. */
#ifndef TESTS_ECSUBJECT_H
#define TESTS_ECSUBJECT_H

#include <check.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <stdio.h>
#include <string.h>

#include "dns/dnskey.h"
#include "keys/ectable.h"
#include "keys/pkey.h"
#include "keys/verifier.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { NUMBER = 48 }; /* bytes of the longest */

struct subject {
	uint8_t rdata[4 + 2 * NUMBER];
	struct dnskey key;
	EVP_PKEY *pkey; /* its private half; NULL if nobody knows it */
	EC_GROUP *group;
	const BIGNUM *n;
	size_t size;
	struct ectable *table;
	struct verifier *batch; /* with the table */
	struct verifier *single; /* EVP */
	EVP_PKEY *oracle;
};

/* The rest of a subject, whose public point is at rdata + 4. */
static inline void
subject_open(struct subject *s, uint8_t algorithm)
{
	struct dflow_err err = {0};
	bool p256 = algorithm == ALG_ECDSAP256;

	s->size = p256 ? 32 : 48;
	memcpy(s->rdata, (uint8_t[4]){1, 0, 3, algorithm}, 4);
	ck_assert(dnskey_view(s->rdata, 4 + 2 * s->size, &s->key));
	s->group = EC_GROUP_new_by_curve_name(
	    p256 ? NID_X9_62_prime256v1 : NID_secp384r1);
	s->n = EC_GROUP_get0_order(s->group);
	ck_assert_msg(
	    ectable_new(&s->key, &s->table, &err) == DFLOW_OK, "%s", err.text);
	ck_assert(verifier_new(&s->key, &s->single, &err) == DFLOW_OK);
	ck_assert(
	    verifier_new_with(&s->key, s->table, &s->batch, &err) == DFLOW_OK);
	ck_assert(pkey_public(&s->key, &s->oracle, &err) == DFLOW_OK);
}

static inline void
subject_make(struct subject *s, uint8_t algorithm)
{
	uint8_t point[1 + 2 * NUMBER];
	size_t len;

	memset(s, 0, sizeof(*s));
	s->pkey = EVP_EC_gen(algorithm == ALG_ECDSAP256 ? "P-256" : "P-384");
	ck_assert_ptr_nonnull(s->pkey);
	ck_assert_int_eq(
	    EVP_PKEY_get_octet_string_param(
		s->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len),
	    1);
	memcpy(s->rdata + 4, point + 1, len - 1);
	subject_open(s, algorithm);
}

static inline void
subject_free(struct subject *s)
{
	verifier_free(&s->batch);
	verifier_free(&s->single);
	ectable_free(&s->table);
	EVP_PKEY_free(s->pkey);
	EVP_PKEY_free(s->oracle);
	EC_GROUP_free(s->group);
}

static inline void
show(const struct subject *s, const uint8_t *hash, const uint8_t *sig,
    bool batch)
{
	fprintf(stderr, "the batch says %s; key, hash or data, signature:\n",
	    batch ? "good" : "bad");
	for (size_t i = 0; i < 2 * s->size; i++)
		fprintf(stderr, "%02x", s->key.key[i]);
	fprintf(stderr, "\n");
	for (size_t i = 0; i < s->size; i++)
		fprintf(stderr, "%02x", hash[i]);
	fprintf(stderr, "\n");
	for (size_t i = 0; i < 2 * s->size; i++)
		fprintf(stderr, "%02x", sig[i]);
	fprintf(stderr, "\n");
}

#endif
