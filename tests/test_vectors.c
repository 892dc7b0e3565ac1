/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts that were there before us, as others found them: a test each. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundlesigs.h"
#include "keydir.h"
#include "requests.h"
#include "base/encode.h"
#include "dnssecflow/when.h"
#include "exchange/kskdata.h"
#include "exchange/request.h"
#include "keys/keyfile.h"
#include "keys/pkey.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

static const char *
data_path(const char *name, char out[KEYDIR_PATH])
{
	const char *dir = getenv("srcdir");

	(void)snprintf(out, KEYDIR_PATH, "%s/tests/data/%s",
	    dir != NULL ? dir : ".", name);
	return out;
}

static void
from_hex(const char *hex, uint8_t *out, size_t len)
{
	size_t got = 0;

	ck_assert(hex_decode(hex, strlen(hex), out, len, &got));
	ck_assert_uint_eq(got, len);
}

/* 1: the article's exchange. */
struct article {
	struct kskdata *k;
	struct request *r;
	struct dnskey ksk;
	struct rrsig sig;
};

static struct article
article_read(void)
{
	char zsk[KEYDIR_PATH], ksk[KEYDIR_PATH];
	struct article a = {.k = NULL};
	struct dflow_err err;

	ck_assert(kskdata_read(data_path("seed-KSK.data", ksk), &a.k, &err) ==
		  DFLOW_OK);
	a.r = requests_read(data_path("seed-ZSK.key", zsk));
	ck_assert_uint_eq(a.k->count, 2);
	ck_assert_uint_eq(a.r->count, 1);
	ck_assert(dnskey_view(a.k->rrs[0].rdata, a.k->rrs[0].len, &a.ksk));
	ck_assert(rrsig_view(a.k->rrs[1].rdata, a.k->rrs[1].len, &a.sig));
	return a;
}

static void
article_free(struct article *a)
{
	kskdata_free(&a->k);
	request_free(&a->r);
}

START_TEST(test_article_tags)
{
	struct article a = article_read();

	ck_assert_uint_eq(a.r->keys[0].key.tag, 54147);
	ck_assert_uint_eq(a.r->keys[0].key.algorithm, ALG_ECDSAP256);
	ck_assert_uint_eq(a.ksk.tag, 11238);
	ck_assert_uint_eq(a.ksk.algorithm, ALG_ECDSAP256);
	article_free(&a);
}
END_TEST

/* The article's RRSIG verifies over its KSK and, if it is given, this ZSK. */
static bool
article_verifies(const struct article *a, const struct dnskey *zsk)
{
	struct verifier *v = NULL;
	struct rrpack pack;
	struct dflow_err err;
	struct rrset set;
	struct buf data;
	bool ok;

	buf_init(&data, 65536);
	rrpack_init(&pack, RRTYPE_DNSKEY);
	ck_assert(rrpack_add(&pack, a->ksk.rdata, a->ksk.rdata_len, &err) ==
		  DFLOW_OK);
	if (zsk != NULL)
		ck_assert(rrpack_add(&pack, zsk->rdata, zsk->rdata_len, &err) ==
			  DFLOW_OK);
	ck_assert(rrpack_set(&pack, a->k->zone, 3600, &set, &err) == DFLOW_OK);
	rrsig_put_signed(&data, &a->sig, &set);
	ck_assert(verifier_new(&a->ksk, &v, &err) == DFLOW_OK);
	ok = verifier_check(v, data.data, data.len, a->sig.sig, a->sig.sig_len);
	verifier_free(&v);
	rrpack_free(&pack);
	buf_free(&data);
	return ok;
}

START_TEST(test_article_signature)
{
	struct article a = article_read();
	uint8_t zone[NAME_MAX_LEN];
	struct dflow_err err;

	ck_assert(name_parse("example.com.", zone, &err) == DFLOW_OK);
	ck_assert(name_equal(a.k->zone, zone));
	ck_assert_uint_eq(a.sig.original_ttl, 3600);
	ck_assert(article_verifies(&a, &a.r->keys[0].key));
	ck_assert(!article_verifies(&a, NULL));
	article_free(&a);
}
END_TEST

START_TEST(test_article_times)
{
	struct article a = article_read();
	int64_t inception, expiration;
	struct dflow_err err;

	ck_assert(dflow_when_parse("20220922073938", 0, &inception, &err) ==
		  DFLOW_OK);
	ck_assert(dflow_when_parse("20221224000000", 0, &expiration, &err) ==
		  DFLOW_OK);
	ck_assert_int_eq(a.sig.inception, inception);
	ck_assert_int_eq(a.sig.expiration, expiration);
	article_free(&a);
}
END_TEST

START_TEST(test_article_ds)
{
	struct article a = article_read();
	uint8_t ds[DS_RDATA_MAX], digest[32];

	from_hex("2d0d834fe6aea4c80ec3bcbf5af753653c9d9ea6dc997ea86e90c2615"
		 "edef19f",
	    digest, sizeof(digest));
	ck_assert_uint_eq(dnskey_ds(a.k->zone, &a.ksk, 2, ds), 36);
	ck_assert_mem_eq(ds + 4, digest, sizeof(digest));
	article_free(&a);
}
END_TEST

/* 2: a public key that an N200 made. */
START_TEST(test_n200_tag)
{
	uint8_t rdata[68] = {1, 1, DNSKEY_PROTOCOL, ALG_ECDSAP256};

	from_hex(
	    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
	    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C",
	    rdata + 4, 64);
	ck_assert_uint_eq(dnskey_tag(rdata, sizeof(rdata)), 29467);
	rdata[67] ^= 1;
	ck_assert_uint_ne(dnskey_tag(rdata, sizeof(rdata)), 29467);
}
END_TEST

/* 3: a private scalar on P-256; its public point is OpenSSL's word. */
static const char scalar_hex[] =
    "443A5A0F630559075B8ED453E69FB134E73BED96B7E7695D55AFBBFC085278CD";

static void
scalar_public(uint8_t point[65])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = EC_POINT_new(group);
	BIGNUM *k = NULL;

	ck_assert_int_eq(BN_hex2bn(&k, scalar_hex), 64);
	ck_assert_int_eq(EC_POINT_mul(group, p, k, NULL, NULL, NULL), 1);
	ck_assert_uint_eq(EC_POINT_point2oct(group, p,
			      POINT_CONVERSION_UNCOMPRESSED, point, 65, NULL),
	    65);
	BN_free(k);
	EC_POINT_free(p);
	EC_GROUP_free(group);
}

/* What pkey_belongs says of that scalar as pub's private key. */
static enum dflow_status
scalar_belongs(const uint8_t scalar[32], const struct dnskey *pub)
{
	const struct pkey_part parts[PKEY_PARTS] = {{scalar, 32}};
	EVP_PKEY *pkey = NULL;
	enum dflow_status st;
	struct dflow_err err;

	st = pkey_private(pub, parts, &pkey, &err);
	if (st == DFLOW_OK)
		st = pkey_belongs(pkey, pub, &err);
	EVP_PKEY_free(pkey);
	return st;
}

START_TEST(test_scalar_tag)
{
	/* The point's first byte, its form, gives way to the DNSKEY's head. */
	uint8_t rdata[4 + 64], point[65], scalar[32];
	struct dnskey pub;

	scalar_public(point);
	memcpy(rdata, "\1\1\3\15", 4);
	memcpy(rdata + 4, point + 1, 64);
	ck_assert(dnskey_view(rdata, sizeof(rdata), &pub));
	ck_assert_uint_eq(pub.tag, 37354);
	from_hex(scalar_hex, scalar, sizeof(scalar));
	ck_assert_int_eq(scalar_belongs(scalar, &pub), DFLOW_OK);
	scalar[31] ^= 1;
	ck_assert_int_ne(scalar_belongs(scalar, &pub), DFLOW_OK);
}
END_TEST

/* 4: the article's helper, the program itself. */
START_TEST(test_eitime)
{
	const char *build = getenv("builddir");
	struct keydir here;
	char path[KEYDIR_PATH], out[4096];
	const char *const argv[] = {
	    path, "-z", "--now", "20220922073938", "180", NULL};

	(void)snprintf(
	    path, sizeof(path), "%s/eitime", build != NULL ? build : ".");
	if (build == NULL || access(path, X_OK) != 0) {
		printf("skipped: no eitime in builddir\n");
		return;
	}
	keydir_new(&here);
	ck_assert_int_eq(keydir_run(&here, out, sizeof(out), argv), 0);
	ck_assert_str_eq(out, "20230321000000\n");
	keydir_free(&here);
}
END_TEST

/* 5: what dnssec-ksr wrote. */
static struct bundles *
bind_read(const char *name, enum bundle_kind kind, size_t count)
{
	char path[KEYDIR_PATH];
	struct bundles *b = NULL;
	struct dflow_err err;

	ck_assert_msg(bundles_read(data_path(name, path), &b, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_int_eq(b->kind, kind);
	ck_assert_uint_eq(b->count, count);
	return b;
}

START_TEST(test_bind_ksr)
{
	struct bundles *ksr = bind_read("bind.ksr", BUNDLE_KSR, 3);
	struct bundles *skr = bind_read("bind.skr", BUNDLE_SKR, 9);
	const struct bundle *first = &ksr->list[0];

	ck_assert(name_equal(ksr->zone, skr->zone));
	ck_assert_uint_eq(first->count, 1);
	ck_assert_int_eq(first->time, skr->list[0].time);
	/* The SKR's first bundle has the KSK, then the ZSK that was sent. */
	ck_assert_uint_eq(skr->list[0].rrs[1].len, first->rrs[0].len);
	ck_assert_mem_eq(
	    skr->list[0].rrs[1].rdata, first->rrs[0].rdata, first->rrs[0].len);
	bundles_free(&ksr);
	bundles_free(&skr);
}
END_TEST

/* Every bundle's first record is the KSK of the .key file. */
START_TEST(test_bind_ksk)
{
	struct bundles *b = bind_read("bind.skr", BUNDLE_SKR, 9);
	struct keyfile *k = NULL;
	char path[KEYDIR_PATH];
	struct dflow_err err;

	ck_assert_msg(
	    keyfile_read(data_path("Kexample.net.+013+49164.key", path), &k,
		&err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_uint_eq(k->key.tag, 49164);
	for (size_t i = 0; i < b->count; i++) {
		ck_assert_uint_eq(b->list[i].rrs[0].len, k->key.rdata_len);
		ck_assert_mem_eq(
		    b->list[i].rrs[0].rdata, k->key.rdata, k->key.rdata_len);
	}
	keyfile_free(&k);
	bundles_free(&b);
}
END_TEST

/* The bundle's RRSIG number n. */
static struct bundle_rr *
nth_rrsig(const struct bundle *in, size_t n)
{
	for (size_t i = 0; i < in->count; i++) {
		if (in->rrs[i].type == RRTYPE_RRSIG && n-- == 0)
			return &in->rrs[i];
	}
	ck_abort_msg("too few RRSIGs");
	return NULL;
}

START_TEST(test_bind_signatures)
{
	struct bundles *b = bind_read("bind.skr", BUNDLE_SKR, 9);

	ck_assert_uint_eq(bundlesigs_count(b), 27);
	ck_assert_uint_eq(bundlesigs_good(b), 27);
	for (size_t i = 0; i < b->count; i++) {
		struct bundle_rr *rr = nth_rrsig(&b->list[i], i % 3);
		struct bundle_rr *zsk = &b->list[i].rrs[1];

		/* One bit of one signature, one of a record signed. */
		rr->rdata[rr->len - 1 - i] ^= (uint8_t)(1 << i % 8);
		ck_assert_uint_eq(bundlesigs_good(b), 26);
		rr->rdata[rr->len - 1 - i] ^= (uint8_t)(1 << i % 8);
		zsk->rdata[10 + i] ^= 1;
		ck_assert_uint_eq(bundlesigs_good(b), 26);
		zsk->rdata[10 + i] ^= 1;
	}
	ck_assert_uint_eq(bundlesigs_good(b), 27);
	bundles_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vectors");
	TCase *t = tcase_create("vectors");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, test_article_tags);
	tcase_add_test(t, test_article_signature);
	tcase_add_test(t, test_article_times);
	tcase_add_test(t, test_article_ds);
	tcase_add_test(t, test_n200_tag);
	tcase_add_test(t, test_scalar_tag);
	tcase_add_test(t, test_eitime);
	tcase_add_test(t, test_bind_ksr);
	tcase_add_test(t, test_bind_ksk);
	tcase_add_test(t, test_bind_signatures);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
