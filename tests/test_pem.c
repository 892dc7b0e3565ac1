/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private keys in PEM: those of OpenSSL, under a passphrase or not, sign; what
 * is no single PKCS#8 key, or would take hours to open, is refused.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/private.h"
#include "keysign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct keydir dir;

static void
setup(void)
{
	keydir_new(&dir);
}

static void
teardown(void)
{
	keydir_free(&dir);
}

static const char *const algorithms[] = {"8", "10", "13", "14", "15", "16"};

/* The pair's private key from its .private file, as OpenSSL has it. */
static EVP_PKEY *
load(const char *base)
{
	char path[KEYDIR_PATH + 16], text[8192];
	struct secret *s = NULL;
	struct keyfile *k = NULL;
	EVP_PKEY *pkey = NULL;
	size_t len;

	ck_assert(keyfile_read(base, &k, NULL) == DFLOW_OK);
	snprintf(path, sizeof(path), "%s.private", base);
	len = keydir_read(path, text, sizeof(text));
	ck_assert(secret_new(sizeof(text), &s, NULL) == DFLOW_OK);
	ck_assert(secret_put(s, text, len, NULL) == DFLOW_OK);
	ck_assert(private_read(path, s, &k->key, &pkey, NULL) == DFLOW_OK);
	secret_free(&s);
	keyfile_free(&k);
	ck_assert_int_eq(unlink(path), 0);
	return pkey;
}

/* Writes pkey in PKCS#8; encrypted if there is a passphrase. */
static void
pem_file(EVP_PKEY *pkey, const char *path, const char *passphrase)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(
	    PEM_write_PKCS8PrivateKey(f, pkey,
		passphrase == NULL ? NULL : EVP_aes_256_cbc(), passphrase,
		passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL),
	    1);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

/* OpenSSL's own PEM files beside a public key. */
START_TEST(test_pem)
{
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16];
	struct dflow_err err = {0};
	struct signer *s = NULL;
	EVP_PKEY *pkey;

	keydir_make(&dir, algorithms[_i], true, base);
	pkey = load(base);
	open_key(base, DFLOW_FAILED, "there is no private key");
	snprintf(path, sizeof(path), "%s.pem", base);
	pem_file(pkey, path, NULL);
	s = open_key(base, DFLOW_OK, NULL);
	sign_and_check(s);
	signer_free(&s);
	s = open_key(path, DFLOW_OK, NULL);
	signer_free(&s);
	ck_assert_int_eq(chmod(path, 0644), 0);
	open_key(path, DFLOW_REFUSED, "chmod");
	/* Under a passphrase, by PBKDF2. */
	pem_file(pkey, path, "open sesame");
	ck_assert_msg(open_with(base, "open sesame\n", &s, &err) == DFLOW_OK,
	    "%s", err.text);
	sign_and_check(s);
	signer_free(&s);
	open_key(base, DFLOW_FAILED, "wrong passphrase");
	ck_assert(open_with(base, "\n", &s, &err) != DFLOW_OK);
	ck_assert(open_with(base, "", &s, &err) != DFLOW_OK);
	EVP_PKEY_free(pkey);
}
END_TEST

/* PEM texts that hold no key or more than one. */
START_TEST(test_pem_bad)
{
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16], text[2048];
	size_t len, cut;
	struct signer *s;
	EVP_PKEY *pkey;
	FILE *f;

	keydir_make(&dir, "13", true, base);
	pkey = load(base);
	snprintf(path, sizeof(path), "%s.pem", base);
	pem_file(pkey, path, NULL);
	len = keydir_read(path, text, sizeof(text) / 2);
	for (cut = 0; cut + 1 < len; cut++) {
		ck_assert_int_eq(truncate(path, (off_t)cut), 0);
		open_key(base, DFLOW_FAILED, ".pem");
		keydir_write(path, 0600, text, len);
	}
	memcpy(text + len, text, len);
	keydir_write(path, 0600, text, 2 * len);
	open_key(base, DFLOW_FAILED, "behind the private key");
	keydir_write(path, 0600, text, len);
	s = open_key(base, DFLOW_OK, NULL);
	signer_free(&s);
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_PrivateKey_ex(
			     f, pkey, NULL, NULL, 0, NULL, NULL, NULL, NULL),
	    1);
	ck_assert_int_eq(PEM_write_PUBKEY(f, pkey), 1);
	ck_assert_int_eq(fclose(f), 0);
	open_key(base, DFLOW_FAILED, "behind the private key");
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_PUBKEY(f, pkey), 1);
	ck_assert_int_eq(fclose(f), 0);
	open_key(base, DFLOW_FAILED, "openssl pkcs8 -topk8");
	EVP_PKEY_free(pkey);
}
END_TEST

/* The AlgorithmIdentifier of PBES2 with p in scrypt's place for it. */
static void
set_parallel(X509_ALGOR *pbe, uint64_t p)
{
	PBE2PARAM *outer = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(PBE2PARAM), pbe->parameter);
	SCRYPT_PARAMS *inner = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(SCRYPT_PARAMS), outer->keyfunc->parameter);

	ck_assert_int_eq(
	    ASN1_INTEGER_set_uint64(inner->parallelizationParameter, p), 1);
	ck_assert_ptr_nonnull(ASN1_TYPE_pack_sequence(
	    ASN1_ITEM_rptr(SCRYPT_PARAMS), inner, &outer->keyfunc->parameter));
	ck_assert_ptr_nonnull(ASN1_TYPE_pack_sequence(
	    ASN1_ITEM_rptr(PBE2PARAM), outer, &pbe->parameter));
	SCRYPT_PARAMS_free(inner);
	PBE2PARAM_free(outer);
}

static void
set_iterations(X509_ALGOR *pbe, long iterations)
{
	PBE2PARAM *outer = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(PBE2PARAM), pbe->parameter);
	PBKDF2PARAM *inner = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(PBKDF2PARAM), outer->keyfunc->parameter);

	ck_assert_int_eq(ASN1_INTEGER_set(inner->iter, iterations), 1);
	ck_assert_ptr_nonnull(ASN1_TYPE_pack_sequence(
	    ASN1_ITEM_rptr(PBKDF2PARAM), inner, &outer->keyfunc->parameter));
	ck_assert_ptr_nonnull(ASN1_TYPE_pack_sequence(
	    ASN1_ITEM_rptr(PBE2PARAM), outer, &pbe->parameter));
	PBKDF2PARAM_free(inner);
	PBE2PARAM_free(outer);
}

/* The key under "no"; only the numbers are changed: nobody waits for it. */
static X509_SIG *
derive(EVP_PKEY *pkey, long iterations, uint64_t p)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	uint8_t salt[16] = {1};
	ASN1_OCTET_STRING *bytes = NULL;
	X509_ALGOR *pbe, *where = NULL;
	X509_SIG *sig;

	if (iterations != 0)
		pbe = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), 1000, salt,
		    sizeof(salt), NULL, NID_hmacWithSHA256);
	else
		pbe = PKCS5_pbe2_set_scrypt(
		    EVP_aes_256_cbc(), salt, sizeof(salt), NULL, 1024, 8, 1);
	ck_assert_ptr_nonnull(pbe);
	sig = PKCS8_set0_pbe("no", 2, info, pbe);
	ck_assert_ptr_nonnull(sig);
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_getm(sig, &where, &bytes);
	if (iterations == 0 && p != 1)
		set_parallel(where, p);
	if (iterations > 1000)
		set_iterations(where, iterations);
	return sig;
}

static const struct {
	const char *reason;
	long iterations; /* PBKDF2's; 0: scrypt */
	uint64_t p; /* scrypt's parallelisation */
	const char *says; /* NULL: it is good */
} derivations[] = {
    {"PBKDF2", 1000, 0, NULL},
    {"PBKDF2 of hours", 2000000000, 0, "sane length"},
    {"scrypt", 0, 1, NULL},
    {"scrypt of none", 0, 0, "sane length"},
    {"scrypt of hours", 0, 1 << 20, "sane length"},
    {"scrypt that overflows", 0, UINT64_MAX, "sane length"},
};

START_TEST(test_derivation)
{
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16];
	struct signer *s;
	X509_SIG *sig;
	EVP_PKEY *pkey;
	FILE *f;

	keydir_make(&dir, "15", true, base);
	pkey = load(base);
	sig = derive(pkey, derivations[_i].iterations, derivations[_i].p);
	snprintf(path, sizeof(path), "%s.pem", base);
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_PKCS8(f, sig), 1);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
	X509_SIG_free(sig);
	EVP_PKEY_free(pkey);
	if (derivations[_i].says != NULL) {
		open_key(base, DFLOW_FAILED, derivations[_i].says);
		return;
	}
	s = open_key(base, DFLOW_OK, NULL);
	signer_free(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pem");
	TCase *t = tcase_create("pem");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_pem, 0, (int)COUNT(algorithms));
	tcase_add_test(t, test_pem_bad);
	tcase_add_loop_test(t, test_derivation, 0, (int)COUNT(derivations));
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
