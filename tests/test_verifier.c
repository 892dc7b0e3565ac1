/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures of the RFCs' own examples, each with its tampered twins, and
 * keys that are none.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "dns/name.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "keys/ecsig.h"
#include "keys/verifier.h"

/* One RR, the key that signed it, and the signature. */
struct example {
	const char *reason;
	const char *owner;
	const char *signer;
	const char *rdata_hex;
	uint16_t type;
	uint16_t tag;
	uint16_t flags;
	uint8_t algorithm;
	uint32_t expiration;
	uint32_t inception;
	const char *key;
	const char *sig;
};

#define A_91 "c000025b"
#define A_1 "c0000201"
#define MX "000a046d61696c076578616d706c6503636f6d00"

static const struct example examples[] = {
    {"RFC 5702 6.1", "www.example.net", "example.net", A_91, RRTYPE_A, 9033,
	256, ALG_RSASHA256, 1893456000, 946684800,
	"AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4"
	"cAgtvd4Qs8PkxUdp6p/DlUmObdk=",
	"kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwl"
	"MgNEacFYK/lPtPiVYP4bwg=="},
    {"RFC 5702 6.2", "www.example.net", "example.net", A_91, RRTYPE_A, 3740,
	256, ALG_RSASHA512, 1893456000, 946684800,
	"AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnj"
	"JQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8g"
	"pMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
	"tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDt"
	"suJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5"
	"g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw="},
    {"RFC 6605 6.1", "www.example.net", "example.net", A_1, RRTYPE_A, 55648,
	257, ALG_ECDSAP256, 1284026679, 1281607479,
	"GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+"
	"e+MAnLr+Wi9xMWyQLc8NAA==",
	"qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLB"
	"LlUzGGus7ZwmwWep666VCw=="},
    {"RFC 6605 6.2", "www.example.net", "example.net", A_1, RRTYPE_A, 10771,
	257, ALG_ECDSAP384, 1284027625, 1281608425,
	"xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RC"
	"OpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
	"/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFax"
	"sT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm"},
    {"RFC 8080 6.1", "example.com", "example.com", MX, 15, 3613, 257,
	ALG_ED25519, 1440021600, 1438207200,
	"l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
	"oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M"
	"3e23mRZ9VrbpMngwcrqNAg=="},
    {"RFC 8080 6.1, the other", "example.com", "example.com", MX, 15, 35217,
	257, ALG_ED25519, 1440021600, 1438207200,
	"zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
	"zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5p"
	"oJ7gD7AQR0O7KuI5k2pcBg=="},
    {"RFC 8080 6.2", "example.com", "example.com", MX, 15, 9713, 257, ALG_ED448,
	1440021600, 1438207200,
	"3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYU"
	"cJKm1MDpJtIA",
	"3cPAHkmlnxcDHMyg7vFC34l0blBhuG1qpwLmjInI8w1CMB29FkEAIJUA0amxWndk"
	"mnBZ6SKiwZSAxGILn/NBtOXft0+Gj7FSvOKxE/07+4RQvE581N3Aj/JtIyaiYVdn"
	"YtyMWbSNyGEY2213WKsJlwEA"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* An example in bytes. */
struct bytes {
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey key;
	struct buf data;
	uint8_t sig[RRSIG_SIG_MAX];
	size_t sig_len;
};

static void
key_set(struct bytes *b, uint16_t flags, uint8_t algorithm, const uint8_t *key,
    size_t len)
{
	b->rdata[0] = (uint8_t)(flags >> 8);
	b->rdata[1] = (uint8_t)flags;
	b->rdata[2] = 3;
	b->rdata[3] = algorithm;
	ck_assert_uint_le(len, sizeof(b->rdata) - 4);
	memcpy(b->rdata + 4, key, len);
	memset(&b->key, 0, sizeof(b->key));
	b->key.rdata = b->rdata;
	b->key.rdata_len = 4 + len;
	b->key.key = b->rdata + 4;
	b->key.key_len = len;
	b->key.flags = flags;
	b->key.protocol = 3;
	b->key.algorithm = algorithm;
	b->key.tag = dnskey_tag(b->rdata, 4 + len);
}

static void
example_bytes(const struct example *e, struct bytes *b)
{
	uint8_t owner[NAME_MAX_LEN], signer[NAME_MAX_LEN], packed[64];
	uint8_t key[DNSKEY_RDATA_MAX];
	struct rrset set = {0};
	struct rrsig sig = {0};
	uint16_t packed_len;
	size_t len;

	ck_assert(
	    base64_decode(e->key, strlen(e->key), key, sizeof(key) - 4, &len));
	key_set(b, e->flags, e->algorithm, key, len);
	ck_assert_uint_eq(b->key.tag, e->tag);
	ck_assert(base64_decode(
	    e->sig, strlen(e->sig), b->sig, sizeof(b->sig), &b->sig_len));
	ck_assert(name_parse(e->owner, owner, NULL) == DFLOW_OK);
	ck_assert(name_parse(e->signer, signer, NULL) == DFLOW_OK);
	ck_assert(hex_decode(e->rdata_hex, strlen(e->rdata_hex), packed + 2,
	    sizeof(packed) - 2, &len));
	packed_len = (uint16_t)len;
	memcpy(packed, &packed_len, 2);
	set.owner = owner;
	set.rdata = packed;
	set.ttl = 3600;
	set.count = 1;
	set.type = e->type;
	sig.signer = signer;
	sig.original_ttl = 3600;
	sig.expiration = e->expiration;
	sig.inception = e->inception;
	sig.covered = e->type;
	sig.tag = e->tag;
	sig.algorithm = e->algorithm;
	sig.labels = rrsig_labels(owner);
	buf_init(&b->data, 4096);
	rrsig_put_signed(&b->data, &sig, &set);
	ck_assert(buf_check(&b->data, "data", NULL) == DFLOW_OK);
}

START_TEST(test_example)
{
	const struct example *e = &examples[_i];
	struct verifier *v = NULL;
	struct dflow_err err = {0};
	struct bytes b;
	size_t i;

	example_bytes(e, &b);
	ck_assert_msg(verifier_new(&b.key, &v, &err) == DFLOW_OK, "%s: %s",
	    e->reason, err.text);
	ck_assert_msg(
	    verifier_check(v, b.data.data, b.data.len, b.sig, b.sig_len), "%s",
	    e->reason);
	/* A byte of the data, of the signature; the signature's length. */
	for (i = 0; i < b.data.len; i++) {
		b.data.data[i] ^= (uint8_t)(1 << (i % 8));
		ck_assert(!verifier_check(
		    v, b.data.data, b.data.len, b.sig, b.sig_len));
		b.data.data[i] ^= (uint8_t)(1 << (i % 8));
	}
	for (i = 0; i < b.sig_len; i++) {
		b.sig[i] ^= (uint8_t)(1 << (i % 8));
		ck_assert(!verifier_check(
		    v, b.data.data, b.data.len, b.sig, b.sig_len));
		b.sig[i] ^= (uint8_t)(1 << (i % 8));
	}
	for (i = 0; i < b.sig_len + 8; i++)
		ck_assert(verifier_check(v, b.data.data, b.data.len, b.sig,
			      i) == (i == b.sig_len));
	ck_assert(
	    !verifier_check(v, b.data.data, b.data.len - 1, b.sig, b.sig_len));
	/* And it still knows the good one. */
	ck_assert(verifier_check(v, b.data.data, b.data.len, b.sig, b.sig_len));
	verifier_free(&v);
	ck_assert_ptr_null(v);
	verifier_free(&v);
	verifier_free(NULL);
	buf_free(&b.data);
}
END_TEST

/* Another key of the same algorithm does not do. */
START_TEST(test_other_key)
{
	struct verifier *v = NULL;
	struct bytes a, b;

	example_bytes(&examples[4], &a);
	example_bytes(&examples[5], &b);
	ck_assert(verifier_new(&b.key, &v, NULL) == DFLOW_OK);
	ck_assert(
	    !verifier_check(v, a.data.data, a.data.len, a.sig, a.sig_len));
	verifier_free(&v);
	buf_free(&a.data);
	buf_free(&b.data);
}
END_TEST

/* The order of P-256's group, and numbers about it, as r and as s. */
#define N256 "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

START_TEST(test_ranges)
{
	static const char *const odd[] = {ZERO, N256, ONES};
	struct verifier *v = NULL;
	uint8_t sig[64];
	struct bytes b;
	size_t i, len;

	example_bytes(&examples[2], &b);
	ck_assert(verifier_new(&b.key, &v, NULL) == DFLOW_OK);
	for (i = 0; i < 2 * COUNT(odd); i++) {
		memcpy(sig, b.sig, sizeof(sig));
		ck_assert(
		    hex_decode(odd[i / 2], 64, sig + i % 2 * 32, 32, &len));
		ck_assert(!verifier_check(
		    v, b.data.data, b.data.len, sig, sizeof(sig)));
	}
	memset(sig, 0, sizeof(sig));
	ck_assert(
	    !verifier_check(v, b.data.data, b.data.len, sig, sizeof(sig)));
	verifier_free(&v);
	buf_free(&b.data);
}
END_TEST

#define X256                                   \
	"1a88c88615d437fbb8bf9e1942a1929f2856" \
	"2706ae6c2bd399e7b1bfb6d1e9e7"
#define P256 "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

/* Keys that are none; hex, and how many 0xff bytes follow. */
static const struct {
	const char *reason;
	const char *hex;
	uint16_t fill;
	uint8_t algorithm;
} bad_keys[] = {
    {"unknown algorithm", X256, 32, 12},
    {"algorithm 0", X256, 32, 0},
    {"algorithm 253", X256, 32, 253},
    {"P-256: empty", "", 0, 13},
    {"P-256: (0, 0), infinity", ZERO ZERO, 0, 13},
    {"P-256: off the curve", X256, 32, 13},
    {"P-256: x alone", X256, 0, 13},
    {"P-256: compressed", "02" X256, 0, 13},
    {"P-256: a byte short", X256, 31, 13},
    {"P-256: a byte long", X256, 33, 13},
    {"P-256: coordinates of p", P256 P256, 0, 13},
    {"P-256: SEC1 form byte", "04" X256, 32, 13},
    {"P-384: empty", "", 0, 14},
    {"P-384: of P-256's size", X256, 32, 14},
    {"P-384: off the curve", ZERO ZERO ZERO, 0, 14},
    {"P-384: too large", "", 96, 14},
    {"Ed25519: empty", "", 0, 15},
    {"Ed25519: short", ONES, 0, 16},
    {"Ed25519: long", "", 33, 15},
    {"Ed448: short", "", 56, 16},
    {"Ed448: long", "", 58, 16},
    {"RSA: empty", "", 0, 8},
    {"RSA: no exponent", "01", 0, 8},
    {"RSA: no modulus", "0103", 0, 8},
    {"RSA: long form cut", "00", 0, 8},
    {"RSA: long form cut", "0000", 0, 8},
    {"RSA: long form of a short exponent", "000003010001", 128, 8},
    {"RSA: exponent longer than the field", "ff03", 128, 8},
    {"RSA: exponent of 9 bytes", "09010000000000000001", 128, 8},
    {"RSA: exponent of 300 bytes", "00012c", 600, 8},
    {"RSA: exponent 1", "0101", 128, 8},
    {"RSA: exponent 0", "0100", 128, 8},
    {"RSA: exponent even", "010c", 128, 8},
    {"RSA: exponent with a zero before it", "020003", 128, 8},
    {"RSA: modulus with a zero before it", "010300", 128, 8},
    {"RSA: modulus 0", "010300", 0, 8},
    {"RSA: 504 bits", "0103", 63, 8},
    {"RSA: 511 bits", "01037f", 63, 8},
    {"RSA: 4104 bits", "0103", 513, 8},
    {"RSA: 16384 bits", "0103", 2040, 8},
};

START_TEST(test_bad_key)
{
	struct verifier *v = NULL;
	struct dflow_err err = {0};
	uint8_t key[DNSKEY_RDATA_MAX];
	struct bytes b;
	size_t len = 0;

	ck_assert(bad_keys[_i].hex[0] == '\0' ||
		  hex_decode(bad_keys[_i].hex, strlen(bad_keys[_i].hex), key,
		      sizeof(key), &len));
	memset(key + len, 0xff, bad_keys[_i].fill);
	key_set(&b, 257, bad_keys[_i].algorithm, key, len + bad_keys[_i].fill);
	ck_assert_msg(verifier_new(&b.key, &v, &err) == DFLOW_REFUSED, "%s",
	    bad_keys[_i].reason);
	ck_assert_ptr_null(v);
	ck_assert_str_ne(err.text, "");
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

/* The smallest and the largest RSA key that is one. */
START_TEST(test_rsa_bounds)
{
	static const uint16_t sizes[] = {64, 512};
	struct verifier *v = NULL;
	uint8_t key[2 + 512], sig[512];
	struct bytes b;
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		memset(key, 0xff, sizeof(key));
		key[0] = 1;
		key[1] = 3;
		key_set(&b, 257, 8, key, 2u + sizes[i]);
		ck_assert(verifier_new(&b.key, &v, NULL) == DFLOW_OK);
		memset(sig, 0xfe, sizeof(sig));
		ck_assert(!verifier_check(v, sig, 10, sig, sizes[i]));
		memset(sig, 0, sizeof(sig));
		ck_assert(!verifier_check(v, sig, 10, sig, sizes[i]));
		ck_assert(!verifier_check(v, sig, 10, sig, sizes[i] - 1u));
		verifier_free(&v);
	}
}
END_TEST

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* Chance keys and chance signatures: never right, never a crash. */
START_TEST(test_chance)
{
	static const uint8_t algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};
	static const uint16_t sizes[] = {140, 140, 260, 260, 64, 96, 32, 57};
	uint8_t key[260], sig[512];
	struct verifier *v = NULL;
	uint32_t seed = 1;
	struct bytes b;
	size_t i, j;

	for (i = 0; i < 400; i++) {
		size_t a = i % COUNT(algorithms);

		for (j = 0; j < sizeof(key); j++)
			key[j] = (uint8_t)next(&seed);
		for (j = 0; j < sizeof(sig); j++)
			sig[j] = (uint8_t)next(&seed);
		if (sizes[a] >= 140)
			key[0] = (uint8_t)(1 + next(&seed) % 8);
		key_set(&b, 256, algorithms[a], key, sizes[a]);
		if (verifier_new(&b.key, &v, NULL) != DFLOW_OK)
			continue;
		for (j = 0; j < sizeof(sig); j += 1)
			ck_assert(!verifier_check(v, key, sizes[a], sig, j));
		verifier_free(&v);
	}
}
END_TEST

/* DER, hex, of 32-byte numbers; NULL if it is to be refused. */
static const struct {
	const char *reason;
	const char *der;
	const char *r;
	const char *s;
} ders[] = {
    {"small", "3006020101020102", "01", "02"},
    {"sign bit", "30080202008002020081", "80", "81"},
    {"zero is no number of a signature", "3006020100020102", NULL, NULL},
    {"negative", "3006020181020102", NULL, NULL},
    {"needless zero", "300702020001020102", NULL, NULL},
    {"empty number", "30050200020102", NULL, NULL},
    {"trailing byte inside", "300702010102010200", NULL, NULL},
    {"trailing byte outside", "300602010102010200", NULL, NULL},
    {"length too large", "3007020101020102", NULL, NULL},
    {"length too small", "3005020101020102", NULL, NULL},
    {"long length form", "308106020101020102", NULL, NULL},
    {"not a sequence", "3106020101020102", NULL, NULL},
    {"not an integer", "3006030101020102", NULL, NULL},
    {"one number", "3003020101", NULL, NULL},
    {"inner length too large", "3006020101020202", NULL, NULL},
    {"nothing", "30", NULL, NULL},
    {"33 bytes",
	"30260221017f"
	"ffffffffffffffffffffffffffffffffffffffff"
	"ffffffffffffffffffffff"
	"020102",
	NULL, NULL},
};

START_TEST(test_der)
{
	uint8_t der[ECSIG_DER_MAX], again[ECSIG_DER_MAX], raw[64];
	uint8_t want[64] = {0};
	size_t len, n;
	bool ok;

	ck_assert(hex_decode(
	    ders[_i].der, strlen(ders[_i].der), der, sizeof(der), &len));
	ok = ecsig_from_der(der, len, 32, raw);
	ck_assert_msg(ok == (ders[_i].r != NULL), "%s", ders[_i].reason);
	if (!ok)
		return;
	ck_assert(hex_decode(ders[_i].r, 2, want + 31, 1, &n));
	ck_assert(hex_decode(ders[_i].s, 2, want + 63, 1, &n));
	ck_assert_mem_eq(raw, want, 64);
	ck_assert_uint_eq(ecsig_to_der(raw, 32, again), len);
	ck_assert_mem_eq(again, der, len);
	/* Cut off anywhere it is none. */
	for (n = 0; n < len; n++)
		ck_assert(!ecsig_from_der(der, n, 32, raw));
}
END_TEST

START_TEST(test_der_largest)
{
	uint8_t raw[96], back[96], der[ECSIG_DER_MAX];
	size_t len;

	memset(raw, 0xff, sizeof(raw));
	len = ecsig_to_der(raw, 48, der);
	ck_assert_uint_eq(len, ECSIG_DER_MAX);
	ck_assert(ecsig_from_der(der, len, 48, back));
	ck_assert_mem_eq(raw, back, sizeof(raw));
	ck_assert(!ecsig_from_der(der, len, 32, back));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("verifier");
	TCase *t = tcase_create("verifier");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, test_example, 0, (int)COUNT(examples));
	tcase_add_test(t, test_other_key);
	tcase_add_test(t, test_ranges);
	tcase_add_loop_test(t, test_bad_key, 0, (int)COUNT(bad_keys));
	tcase_add_test(t, test_rsa_bounds);
	tcase_add_test(t, test_chance);
	tcase_add_loop_test(t, test_der, 0, (int)COUNT(ders));
	tcase_add_test(t, test_der_largest);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
