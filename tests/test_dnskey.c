/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DNSKEY: tags, sizes, DS and form; the seed's keys and the N200's. */
#include <check.h>
#include <ldns/ldns.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/dnskey.h"
#include "dns/name.h"
#include "dns/rrtype.h"
#include "zone/load.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const uint8_t owner[] = "\7Example\3COM";

/* The first DNSKEY of a file in tests/data. */
struct found {
	uint8_t rdata[DNSKEY_RDATA_MAX];
	size_t len;
};

static enum dflow_status
keep_dnskey(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct found *f = ctx;

	(void)err;
	if (rr->type == RRTYPE_DNSKEY && f->len == 0) {
		ck_assert(name_equal(rr->owner, owner));
		ck_assert_uint_le(rr->rdata_len, sizeof(f->rdata));
		memcpy(f->rdata, rr->rdata, rr->rdata_len);
		f->len = rr->rdata_len;
	}
	return DFLOW_OK;
}

static void
seed_key(const char *file, struct found *f, struct dnskey *key)
{
	const char *dir = getenv("srcdir");
	char path[1024], text[4096];
	struct dflow_err err;
	size_t len;
	FILE *in;

	f->len = 0;
	(void)snprintf(path, sizeof(path), "%s/tests/data/%s",
	    dir == NULL ? "." : dir, file);
	in = fopen(path, "rb");
	ck_assert_msg(in != NULL, "%s", path);
	len = fread(text, 1, sizeof(text), in);
	(void)fclose(in);
	ck_assert_msg(
	    text_load(file, text, len, 3600, keep_dnskey, f, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert(dnskey_view(f->rdata, f->len, key));
}

START_TEST(test_seed)
{
	struct found f;
	struct dnskey ksk, zsk;
	uint8_t ds[DS_RDATA_MAX];
	char hex[2 * DS_RDATA_MAX + 1] = "";

	seed_key("seed-ZSK.key", &f, &zsk);
	ck_assert_uint_eq(zsk.tag, 54147);
	ck_assert_uint_eq(zsk.flags, 256);
	ck_assert(dnskey_check(&zsk, NULL) == DFLOW_OK);
	seed_key("seed-KSK.data", &f, &ksk);
	ck_assert_uint_eq(ksk.tag, 11238);
	ck_assert_uint_eq(ksk.flags, 257);
	ck_assert_uint_eq(ksk.algorithm, ALG_ECDSAP256);
	ck_assert(dnskey_check(&ksk, NULL) == DFLOW_OK);
	ck_assert_uint_eq(dnskey_ds(owner, &ksk, 2, ds), 36);
	hex_encode(ds + 4, 32, hex);
	ck_assert_str_eq(hex, "2d0d834fe6aea4c80ec3bcbf5af753653c9d9ea6dc997e"
			      "a86e90c2615edef19f");
	f.rdata[40] ^= 4;
	ck_assert_uint_eq(dnskey_ds(owner, &ksk, 2, ds), 36);
	ck_assert_str_ne((hex_encode(ds + 4, 32, hex), hex),
	    "2d0d834fe6aea4c8"
	    "0ec3bcbf5af753653c9d9ea6dc997ea86e90c2615edef19f");
	ck_assert_uint_ne(dnskey_tag(f.rdata, f.len), 11238);
}
END_TEST

static const char device_key[] =
    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";

START_TEST(test_device_key)
{
	uint8_t rdata[68] = {1, 1, 3, ALG_ECDSAP256};
	size_t len;

	ck_assert(
	    hex_decode(device_key, strlen(device_key), rdata + 4, 64, &len));
	ck_assert_uint_eq(len, 64);
	ck_assert_uint_eq(dnskey_tag(rdata, sizeof(rdata)), 29467);
	rdata[1] |= DNSKEY_FLAG_REVOKE;
	ck_assert_uint_eq(dnskey_tag(rdata, sizeof(rdata)), 29467 + 128);
	ck_assert_uint_eq(dnskey_tag_revoked(rdata, sizeof(rdata)), 29467);
	rdata[67] ^= 1;
	ck_assert_uint_ne(dnskey_tag(rdata, sizeof(rdata)), 29467 + 128);
}
END_TEST

/* The public key of a known private scalar, computed by OpenSSL. */
START_TEST(test_device_scalar)
{
	uint8_t rdata[69] = {0, 1, 1, 3, ALG_ECDSAP256}, point[65];
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *q = EC_POINT_new(group);
	BIGNUM *scalar = NULL;

	ck_assert_int_eq(BN_hex2bn(&scalar, "443A5A0F630559075B8ED453E69FB134"
					    "E73BED96B7E7695D55AFBBFC085278CD"),
	    64);
	ck_assert_int_eq(EC_POINT_mul(group, q, scalar, NULL, NULL, NULL), 1);
	ck_assert_uint_eq(
	    EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED, point,
		sizeof(point), NULL),
	    65);
	memcpy(rdata + 5, point + 1, 64);
	ck_assert_uint_eq(dnskey_tag(rdata + 1, 68), 37354);
	BN_free(scalar);
	EC_POINT_free(q);
	EC_GROUP_free(group);
}
END_TEST

/* Tags and DS of random keys, odd lengths among them, as ldns has them. */
START_TEST(test_ldns)
{
	static const uint8_t types[] = {1, 2, 4};
	static const ldns_hash hashes[] = {LDNS_SHA1, LDNS_SHA256, LDNS_SHA384};
	uint8_t rdata[300], wire[400], ds[DS_RDATA_MAX];
	size_t len = 5 + (size_t)_i, at = 0, i, n, ds_len;
	struct dnskey key;
	ldns_rr *rr = NULL;

	for (i = 0; i < len; i++)
		rdata[i] = (uint8_t)(i * 197 + (size_t)_i * 31 + 0x80);
	rdata[2] = 3;
	rdata[3] = 8;
	n = name_copy(wire, owner);
	memcpy(wire + n, "\0\60\0\1\0\0\16\20", 8);
	wire[n + 8] = (uint8_t)(len >> 8);
	wire[n + 9] = (uint8_t)len;
	memcpy(wire + n + 10, rdata, len);
	ck_assert(ldns_wire2rr(&rr, wire, n + 10 + len, &at,
		      LDNS_SECTION_ANSWER) == LDNS_STATUS_OK);
	ck_assert(dnskey_view(rdata, len, &key));
	ck_assert_uint_eq(key.tag, ldns_calc_keytag(rr));
	for (i = 0; i < sizeof(types); i++) {
		ldns_rr *want = ldns_key_rr2ds(rr, hashes[i]);
		ldns_buffer *b = ldns_buffer_new(128);

		ck_assert_ptr_nonnull(want);
		ldns_rr_rdata2buffer_wire(b, want);
		ds_len = dnskey_ds(owner, &key, types[i], ds);
		ck_assert_uint_eq(ds_len, ldns_buffer_position(b));
		ck_assert_mem_eq(ds, ldns_buffer_begin(b), ds_len);
		ldns_buffer_free(b);
		ldns_rr_free(want);
	}
	ck_assert_uint_eq(dnskey_ds(owner, &key, 3, ds), 0);
	ldns_rr_free(rr);
}
END_TEST

START_TEST(test_short)
{
	static const uint8_t rdata[] = {1, 0, 3, 13, 9};
	struct dnskey key;

	ck_assert(!dnskey_view(rdata, 4, &key));
	ck_assert(!dnskey_view(rdata, 0, &key));
	ck_assert(dnskey_view(rdata, 5, &key));
	ck_assert_uint_eq(key.key_len, 1);
	ck_assert_uint_eq(dnskey_tag(rdata, 0), 0);
	ck_assert_uint_eq(dnskey_tag_revoked(rdata, 1), 0);
}
END_TEST

static const struct {
	const char *text;
	int number; /* 0: not known */
} algs[] = {
    {"13", 13},
    {"8", 8},
    {"008", 8},
    {"ECDSAP256SHA256", 13},
    {"ecdsap384sha384", 14},
    {"Ed25519", 15},
    {"ED448", 16},
    {"RSASHA1", 5},
    {"NSEC3RSASHA1", 7},
    {"RSASHA1-NSEC3-SHA1", 7},
    {"RSASHA256", 8},
    {"rsasha512", 10},
    {"ECDSAP256", 13},
    {"1", 0},
    {"3", 0},
    {"12", 0},
    {"256", 0},
    {"269", 0},
    {"13x", 0},
    {"", 0},
    {"-13", 0},
    {" 13", 0},
    {"0013", 0},
    {"RSAMD5", 0},
    {"ED", 0},
};

START_TEST(test_alg_parse)
{
	const struct alg *alg = alg_parse(algs[_i].text);

	ck_assert_int_eq(alg == NULL ? 0 : alg->number, algs[_i].number);
}
END_TEST

START_TEST(test_alg_table)
{
	static const uint8_t signs[] = {8, 10, 13, 14, 15, 16};
	unsigned number, count = 0;
	size_t i;

	for (number = 0; number < 256; number++)
		count += alg_find((uint8_t)number) != NULL;
	ck_assert_uint_eq(count, 8);
	for (i = 0; i < sizeof(signs); i++)
		ck_assert(alg_find(signs[i])->signs);
	ck_assert(!alg_find(5)->signs);
	ck_assert(!alg_find(7)->signs);
	ck_assert_uint_eq(alg_find(8)->bits_default, 2048);
}
END_TEST

/* A DNSKEY of algorithm alg whose key field is head, then ff up to len. */
static const struct {
	uint8_t alg;
	const char *head;
	size_t head_len;
	size_t len;
	bool ok;
	unsigned bits;
	const char *reason;
} forms[] = {
    {8, "\3\1\0\1", 4, 4 + 256, true, 2048, "2,048 bits, exponent F4"},
    {8, "\1\3", 2, 2 + 128, true, 1024, "the least size"},
    {8, "\1\3", 2, 2 + 512, true, 4096, "the largest size"},
    {5, "\3\1\0\1", 4, 4 + 256, true, 2048, "algorithm 5 is like 8"},
    {10, "\1\3\1", 3, 3 + 255, true, 2041, "an odd number of bits"},
    {8, "\1\3\177", 3, 3 + 127, false, 1023, "one bit too few"},
    {8, "\1\3\1", 3, 3 + 512, false, 4097, "one bit too many"},
    {8, "\1\3\0", 3, 3 + 256, false, 2048, "a modulus of leading zeros"},
    {8, "\4\0\1\0\1", 5, 5 + 256, false, 2048, "a padded exponent"},
    {8, "\0\0\3\1\0\1", 6, 6 + 256, false, 2048, "a long short length"},
    {8, "\0\1\0", 3, 3 + 256 + 256, true, 2048, "a long exponent"},
    {8, "\0\1\1", 3, 3 + 257 + 256, false, 2048,
	"an exponent longer than the modulus"},
    {8, "\1\1", 2, 2 + 256, false, 2048, "exponent 1"},
    {8, "\1\2", 2, 2 + 256, false, 2048, "an even exponent"},
    {8, "\0\0\0", 3, 3 + 256, false, 0, "no exponent"},
    {8, "\0\0", 2, 2, false, 0, "only half a length"},
    {8, "\3\1\0\1", 4, 4, false, 0, "no modulus"},
    {8, "\3\1\0", 3, 3, false, 0, "half an exponent"},
    {8, "\0\377\377", 3, 3 + 256, false, 0, "a length beyond the end"},
    {13, "", 0, 64, true, 256, "P-256"},
    {13, "", 0, 63, false, 256, "a byte short"},
    {13, "\4", 1, 65, false, 256, "SEC 1's leading 04"},
    {14, "", 0, 96, true, 384, "P-384"},
    {14, "", 0, 64, false, 384, "P-256's size"},
    {15, "", 0, 32, true, 256, "Ed25519"},
    {15, "", 0, 33, false, 256, "a byte more"},
    {16, "", 0, 57, true, 456, "Ed448"},
    {16, "", 0, 56, false, 456, "a byte short"},
    {1, "\3\1\0\1", 4, 4 + 256, false, 0, "RSA/MD5"},
    {12, "", 0, 64, false, 0, "GOST"},
};

START_TEST(test_forms)
{
	uint8_t rdata[1024] = {1, 0, 3, forms[_i].alg};
	struct dflow_err err = {.text = ""};
	enum dflow_status status;
	struct dnskey key;

	memset(rdata + 4, 0xff, sizeof(rdata) - 4);
	memcpy(rdata + 4, forms[_i].head, forms[_i].head_len);
	ck_assert(dnskey_view(rdata, 4 + forms[_i].len, &key));
	status = dnskey_check(&key, &err);
	ck_assert_msg(status == (forms[_i].ok ? DFLOW_OK : DFLOW_REFUSED),
	    "%s: %s", forms[_i].reason, err.text);
	ck_assert_int_eq(err.text[0] == '\0', forms[_i].ok);
	ck_assert_msg(dnskey_bits(&key) == forms[_i].bits, "%s: %u",
	    forms[_i].reason, dnskey_bits(&key));
	if (!forms[_i].ok || forms[_i].alg > 10)
		return;
	rdata[4 + forms[_i].len - 1] = 0xfe;
	ck_assert_msg(
	    dnskey_check(&key, &err) == DFLOW_REFUSED, "an even modulus");
}
END_TEST

START_TEST(test_same_key)
{
	uint8_t a_rdata[] = {1, 0, 3, 13, 9, 8, 7};
	uint8_t b_rdata[] = {1, 1, 3, 13, 9, 8, 7};
	struct dnskey a, b;

	ck_assert(dnskey_view(a_rdata, sizeof(a_rdata), &a));
	ck_assert(dnskey_view(b_rdata, sizeof(b_rdata), &b));
	ck_assert(dnskey_same_key(&a, &b));
	b_rdata[6] = 6;
	ck_assert(!dnskey_same_key(&a, &b));
	b_rdata[6] = 7;
	b_rdata[3] = 14;
	ck_assert(dnskey_view(b_rdata, sizeof(b_rdata), &b));
	ck_assert(!dnskey_same_key(&a, &b));
	b_rdata[3] = 13;
	ck_assert(dnskey_view(b_rdata, sizeof(b_rdata) - 1, &b));
	ck_assert(!dnskey_same_key(&a, &b));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dnskey");
	TCase *t = tcase_create("dnskey");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_seed);
	tcase_add_test(t, test_device_key);
	tcase_add_test(t, test_device_scalar);
	tcase_add_loop_test(t, test_ldns, 0, 80);
	tcase_add_test(t, test_short);
	tcase_add_loop_test(t, test_alg_parse, 0, COUNT(algs));
	tcase_add_test(t, test_alg_table);
	tcase_add_loop_test(t, test_forms, 0, COUNT(forms));
	tcase_add_test(t, test_same_key);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
