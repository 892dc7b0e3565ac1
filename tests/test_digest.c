/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests: known answers, reuse, and the NSEC3 hashes of RFC 5155. */
#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/digest.h"
#include "dns/name.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Of "abc" (FIPS 180-4's examples). */
static const struct {
	enum digest_kind kind;
	size_t len;
	const char *hex;
} abc[] = {
    {DIGEST_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {DIGEST_SHA256, 32,
	"ba7816bf8f01cfea414140de5dae2223"
	"b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA384, 48,
	"cb00753f45a35e8bb5a03d699ac65007"
	"272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {DIGEST_SHA512, 64,
	"ddaf35a193617abacc417349ae204131"
	"12e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	"454d4423643ce80e2a9ac94fa54ca49f"},
};

START_TEST(test_abc)
{
	struct digest *d = NULL;
	uint8_t out[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1] = "";
	int round;

	ck_assert_uint_eq(digest_len(abc[_i].kind), abc[_i].len);
	digest_once(abc[_i].kind, "abc", 3, out);
	hex_encode(out, abc[_i].len, hex);
	ck_assert_str_eq(hex, abc[_i].hex);
	ck_assert(digest_new(abc[_i].kind, &d, NULL) == DFLOW_OK);
	for (round = 0; round < 3; round++) {
		memset(out, 0, sizeof(out));
		digest_add(d, "a", 1);
		digest_add(d, NULL, 0);
		digest_add(d, "bc", 2);
		digest_end(d, out);
		hex_encode(out, abc[_i].len, hex);
		ck_assert_str_eq(hex, abc[_i].hex);
	}
	/* A digest that was begun and dropped. */
	digest_add(d, "x", 1);
	digest_free(&d);
	ck_assert_ptr_null(d);
	digest_free(&d);
	digest_free(NULL);
}
END_TEST

/* RFC 5155 appendix A: salt aabbccdd, 12 iterations. */
static const struct {
	const char *name;
	const char *hash;
} rfc5155[] = {
    {"example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"},
    {"a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
    {"ai.example", "gjeqe526plbf1g8mklp59enfd789njgi"},
    {"NS1.Example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
    {"ns2.example", "q04jkcevqvmu85r014c7dkba38o0ji5r"},
    {"w.example", "k8udemvp1j2f7eg6jebps17vp3n8i58h"},
    {"*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
    {"x.w.example", "b4um86eghhds6nea196smvmlo4ors995"},
    {"y.w.example", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"},
    {"x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"},
    {"xx.example", "t644ebqk9bibcna874givr6joj62mlhv"},
};

static void
nsec3_text(struct digest *d, const struct nsec3_params *p, const char *text,
    char out[33])
{
	uint8_t name[NAME_MAX_LEN], hash[NSEC3_HASH_LEN];

	ck_assert(name_parse(text, name, NULL) == DFLOW_OK);
	digest_nsec3(d, p, name, hash);
	ck_assert_uint_eq(base32hex_encode(hash, sizeof(hash), out), 32);
	out[32] = '\0';
}

START_TEST(test_rfc5155)
{
	struct nsec3_params p = {
	    .iterations = 12, .salt_len = 4, .salt = {0xaa, 0xbb, 0xcc, 0xdd}};
	struct digest *d = NULL;
	char text[33];

	ck_assert(digest_new(DIGEST_SHA1, &d, NULL) == DFLOW_OK);
	nsec3_text(d, &p, rfc5155[_i].name, text);
	ck_assert_str_eq(text, rfc5155[_i].hash);
	p.salt[3] ^= 1;
	nsec3_text(d, &p, rfc5155[_i].name, text);
	ck_assert_str_ne(text, rfc5155[_i].hash);
	p.salt[3] ^= 1;
	p.iterations++;
	nsec3_text(d, &p, rfc5155[_i].name, text);
	ck_assert_str_ne(text, rfc5155[_i].hash);
	digest_free(&d);
}
END_TEST

static const struct {
	uint16_t iterations;
	uint8_t salt_len;
} odd[] = {{0, 0}, {0, 255}, {1, 1}, {2500, 8}};

START_TEST(test_nsec3_ldns)
{
	static const char name[] = "A.b\\000C.Example.";
	struct nsec3_params p = {
	    .iterations = odd[_i].iterations, .salt_len = odd[_i].salt_len};
	struct digest *d = NULL;
	ldns_rdf *owner = ldns_dname_new_frm_str(name), *hashed;
	char text[33], *want;

	memset(p.salt, 0x5a, sizeof(p.salt));
	ldns_dname2canonical(owner);
	hashed =
	    ldns_nsec3_hash_name(owner, 1, p.iterations, p.salt_len, p.salt);
	want = ldns_rdf2str(hashed);
	ck_assert(digest_new(DIGEST_SHA1, &d, NULL) == DFLOW_OK);
	nsec3_text(d, &p, name, text);
	ck_assert_uint_eq(strlen(want), 33); /* a dot behind */
	ck_assert_mem_eq(text, want, 32);
	digest_free(&d);
	free(want);
	ldns_rdf_deep_free(hashed);
	ldns_rdf_deep_free(owner);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_abc, 0, COUNT(abc));
	tcase_add_loop_test(t, test_rfc5155, 0, COUNT(rfc5155));
	tcase_add_loop_test(t, test_nsec3_ldns, 0, COUNT(odd));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
