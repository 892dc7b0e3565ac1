/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain KSK.data: the article's own, and each refusal with its file:line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "requests.h"
#include "base/os.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/kskdata.h"
#include "exchange/request.h"
#include "flow/rrpack.h"
#include "keys/verifier.h"

#define KEY                                                         \
	"cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GATN" \
	"QAg64TJw3tgECVOq1beXpbJGSjG7Q=="
#define OTHER                                                      \
	"ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6ZPLKPDhkowEMAN7o36Vs1Bt" \
	"db+obk6h22D548XWTWV6cWEkbNYHPQ=="
#define SIG                                                        \
	"35J+toX0FyIyXRTNpamM6UVyivLFV1deUSWrJl+3DCVH2feolbDP45i/" \
	"myLDnnywAS4NzQIZqjdkZQMTyVSxfg=="
#define KSK "example.com. 3600 IN DNSKEY 257 3 13 " KEY "\n"
#define RRSIG_OVER(type)                                 \
	"example.com. 3600 IN RRSIG " type " 13 2 3600 " \
	"20221224000000 20220922073938 11238 example.com. " SIG "\n"
#define RRSIG RRSIG_OVER("DNSKEY")
#define CDS                                                             \
	"example.com. 3600 IN CDS 11238 13 2 2d0d834fe6aea4c80ec3bcbf5" \
	"af753653c9d9ea6dc997ea86e90c2615edef19f\n"

static const struct {
	const char *text;
	size_t count;
	const char *reason;
} good[] = {
    {KSK RRSIG, 2, "two lines"},
    {RRSIG KSK, 2, "the other way round"},
    {"; a comment\n" KSK "\n" RRSIG, 2, "comments, empty lines"},
    {KSK RRSIG CDS RRSIG_OVER("CDS"), 4, "CDS"},
    {KSK RRSIG "example.com. 3600 IN CDNSKEY 257 3 13 " KEY
	       "\n" RRSIG_OVER("CDNSKEY"),
	4, "CDNSKEY"},
    {"EXAMPLE.com. 3600 IN DNSKEY 257 3 13 " KEY "\n" RRSIG, 2, "case"},
};

static const struct {
	const char *text;
	const char *says;
} bad[] = {
    {"", "k: no KSK in it"},
    {KSK, "k: no RRSIG over DNSKEY"},
    {RRSIG, "k: no KSK in it"},
    {KSK CDS RRSIG_OVER("CDS"), "k: no RRSIG over DNSKEY"},
    {KSK RRSIG CDS, "k:3: CDS without an RRSIG"},
    {KSK RRSIG RRSIG_OVER("CDS"), "k:3: RRSIG over CDS, but"},
    {KSK RRSIG RRSIG_OVER("SOA"), "k:3: RRSIG over SOA"},
    {KSK RRSIG RRSIG, "k:3: the same as on line 2"},
    {KSK KSK RRSIG, "k:2: the same as on line 1"},
    {KSK RRSIG "example.com. 3600 IN DNSKEY 385 3 13 " KEY "\n",
	"k:3: the same as on line 1"},
    {"example.com. 3600 IN DNSKEY 256 3 13 " KEY "\n" RRSIG, "k:1: flags 256"},
    {"example.com. 3600 IN DNSKEY 1 3 13 " KEY "\n" RRSIG, "k:1: flags 1;"},
    {"example.com. 3600 IN DNSKEY 257 4 13 " KEY "\n" RRSIG, "k:1: protocol 4"},
    {"example.com. 3600 IN DNSKEY 257 3 77 " KEY "\n" RRSIG,
	"k:1: algorithm 77"},
    {"example.com. 3600 IN DNSKEY 257 3 13 AAAA\n" RRSIG, "k:1: "},
    {"example.org. 3600 IN DNSKEY 257 3 13 " KEY "\n" RRSIG,
	"k:2: owner example.com., another"},
    {"example.com. 300 IN DNSKEY 257 3 13 " KEY "\n" RRSIG,
	"k:2: TTL 3600, but 300"},
    {"example.com. 3600 IN DNSKEY 257 3 13 " OTHER "\n" RRSIG,
	"k:2: RRSIG by a key that is not in the file"},
    {KSK "example.com. 3600 IN RRSIG DNSKEY 13 2 3600 20221224000000 "
	 "20220922073938 11238 example.org. " SIG "\n",
	"k:2: RRSIG by another signer, example.org."},
    {KSK "example.com. 3600 IN RRSIG DNSKEY 13 3 3600 20221224000000 "
	 "20220922073938 11238 example.com. " SIG "\n",
	"k:2: RRSIG of 3 labels"},
    {KSK "example.com. 3600 IN RRSIG DNSKEY 13 2 7200 20221224000000 "
	 "20220922073938 11238 example.com. " SIG "\n",
	"k:2: RRSIG with original TTL 7200"},
    {KSK "example.com. 3600 IN RRSIG DNSKEY 13 2 3600 20220922073938 "
	 "20221224000000 11238 example.com. " SIG "\n",
	"k:2: RRSIG's expiration is not after"},
    {KSK "example.com. 3600 IN RRSIG DNSKEY 13 2 3600 20221224000000 "
	 "20220922073938 11238 example.com. 35J+toX0\n",
	"k:2: signature of 6 bytes; key 11238 makes 64"},
    {KSK RRSIG "example.com. 3600 IN A 192.0.2.1\n", "k:3: A record"},
    {KSK RRSIG "rubbish", "k:3: "},
    {KSK RRSIG "\377\n", "k:3: "},
    {";; SignedKeyResponse 1.0 20240813134020 (x)\n" KSK RRSIG,
	"k:1: an SKR, not"},
};

START_TEST(test_good)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct kskdata *k = NULL;

	ck_assert_msg(kskdata_parse("k", good[_i].text, strlen(good[_i].text),
			  &k, &err) == DFLOW_OK,
	    "%s: %s", good[_i].reason, err.text);
	ck_assert_uint_eq(k->count, good[_i].count);
	ck_assert_str_eq(k->file, "k");
	kskdata_free(&k);
	ck_assert_ptr_null(k);
}
END_TEST

START_TEST(test_bad)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct kskdata *k = NULL;

	ck_assert_msg(kskdata_parse("k", bad[_i].text, strlen(bad[_i].text), &k,
			  &err) != DFLOW_OK,
	    "taken, not refused: %s", bad[_i].says);
	ck_assert_ptr_null(k);
	ck_assert_msg(
	    strncmp(err.text, bad[_i].says, strlen(bad[_i].says)) == 0,
	    "'%s', not '%s'", err.text, bad[_i].says);
}
END_TEST

/* Cut off anywhere, it is whole or refused (a comment may be cut). */
START_TEST(test_truncated)
{
	static const char text[] = KSK RRSIG;

	for (size_t len = 0; len + 2 < sizeof(text); len++) {
		struct dflow_err err = {.status = DFLOW_OK};
		struct kskdata *k = NULL;

		ck_assert_msg(
		    kskdata_parse("k", text, len, &k, &err) != DFLOW_OK ||
			len >= sizeof(text) - 6,
		    "%zu bytes", len);
		kskdata_free(&k);
	}
}
END_TEST

static void
vector_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("srcdir");

	(void)snprintf(
	    out, size, "%s/tests/data/%s", dir != NULL ? dir : ".", name);
}

/* The article's RRSIG, over its KSK and, if there is one, this ZSK. */
static bool
verifies(const struct kskdata *k, const struct dnskey *zsk, size_t flip)
{
	struct dflow_err err;
	struct verifier *v = NULL;
	struct rrpack pack;
	struct dnskey ksk;
	struct rrset set;
	struct rrsig sig;
	uint8_t copy[512];
	struct buf data;
	bool ok;

	buf_init(&data, 65536);
	rrpack_init(&pack, RRTYPE_DNSKEY);
	ck_assert(dnskey_view(k->rrs[0].rdata, k->rrs[0].len, &ksk));
	ck_assert(rrsig_view(k->rrs[1].rdata, k->rrs[1].len, &sig));
	ck_assert(
	    rrpack_add(&pack, ksk.rdata, ksk.rdata_len, &err) == DFLOW_OK);
	if (zsk != NULL)
		ck_assert(rrpack_add(&pack, zsk->rdata, zsk->rdata_len, &err) ==
			  DFLOW_OK);
	ck_assert(rrpack_set(&pack, k->zone, 3600, &set, &err) == DFLOW_OK);
	rrsig_put_signed(&data, &sig, &set);
	ck_assert(!data.failed);
	memcpy(copy, sig.sig, sig.sig_len);
	if (flip < sig.sig_len * 8)
		copy[flip / 8] ^= (uint8_t)(1 << flip % 8);
	ck_assert(verifier_new(&ksk, &v, &err) == DFLOW_OK);
	ok = verifier_check(v, data.data, data.len, copy, sig.sig_len);
	verifier_free(&v);
	rrpack_free(&pack);
	buf_free(&data);
	return ok;
}

START_TEST(test_article)
{
	struct dflow_err err = {.status = DFLOW_OK};
	uint8_t ds[DS_RDATA_MAX];
	struct request *r = NULL;
	struct kskdata *k = NULL;
	char zsk_path[4096];
	char path[4096];
	struct dnskey ksk;
	struct rrsig sig;

	vector_path(path, sizeof(path), "seed-KSK.data");
	vector_path(zsk_path, sizeof(zsk_path), "seed-ZSK.key");
	ck_assert_msg(kskdata_read(path, &k, &err) == DFLOW_OK, "%s", err.text);
	r = requests_read(zsk_path);
	ck_assert_uint_eq(k->count, 2);
	ck_assert(dnskey_view(k->rrs[0].rdata, k->rrs[0].len, &ksk));
	ck_assert(rrsig_view(k->rrs[1].rdata, k->rrs[1].len, &sig));
	ck_assert_uint_eq(ksk.tag, 11238);
	ck_assert_uint_eq(r->keys[0].key.tag, 54147);
	ck_assert_uint_eq(sig.inception, 1663832378);
	ck_assert_uint_eq(sig.expiration, 1671840000);
	ck_assert_uint_eq(dnskey_ds(k->zone, &ksk, 2, ds), 36);
	ck_assert_uint_eq(ds[4], 0x2d);
	ck_assert_uint_eq(ds[35], 0x9f);
	ck_assert(verifies(k, &r->keys[0].key, SIZE_MAX));
	ck_assert(!verifies(k, NULL, SIZE_MAX));
	for (size_t bit = 0; bit < 512; bit += 37)
		ck_assert(!verifies(k, &r->keys[0].key, bit));
	kskdata_free(&k);
	request_free(&r);
}
END_TEST

START_TEST(test_limits)
{
	struct dflow_err err = {.status = DFLOW_OK};
	size_t size = KSKDATA_BYTES_MAX + 1;
	char *text = malloc(size);
	struct kskdata *k = NULL;
	size_t len = 0;

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', size);
	ck_assert(kskdata_parse("k", text, size, &k, &err) == DFLOW_REFUSED);
	for (int i = 0; i <= KSKDATA_RRS_MAX; i++)
		len += (size_t)snprintf(text + len, size - len,
		    "a. 1 IN CDS %d 13 2 2d0d834fe6aea4c80ec3bcbf5af753653c9d"
		    "9ea6dc997ea86e90c2615edef19f\n",
		    i);
	ck_assert(kskdata_parse("k", text, len, &k, &err) == DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "k:257: more than 256 records");
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("kskdata");
	TCase *t = tcase_create("kskdata");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_good, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, test_bad, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_truncated);
	tcase_add_test(t, test_article);
	tcase_add_test(t, test_limits);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
