/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Test keys and certificates by OpenSSL, made on the fly, and CMS of any kind.
 */
#ifndef TESTS_CERTS_H
#define TESTS_CERTS_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct cert {
	EVP_PKEY *pkey;
	X509 *x509;
};

struct cert_wish {
	const char *key; /* "EC:P-256", "RSA:2048", "ED25519" */
	const char *name;
	const char *usage; /* keyUsage as openssl.cnf has it; or NULL */
	const char *extended;
	const struct cert *issuer; /* NULL: itself */
	int64_t from;
	int64_t to;
	long serial;
	bool ca;
};

static inline EVP_PKEY *
cert_key(const char *what)
{
	EVP_PKEY *pkey;

	if (strncmp(what, "RSA:", 4) == 0)
		pkey = EVP_RSA_gen((unsigned)strtoul(what + 4, NULL, 10));
	else if (strncmp(what, "EC:", 3) == 0)
		pkey = EVP_EC_gen(what + 3);
	else
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, what);
	ck_assert_ptr_nonnull(pkey);
	return pkey;
}

static inline void
cert_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e;

	if (value == NULL)
		return;
	e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* The certificate is of a test key: nothing that it signs means anything. */
static inline struct cert
cert_make(const struct cert_wish *w)
{
	struct cert c = {cert_key(w->key), X509_new()};
	X509_NAME *name = X509_get_subject_name(c.x509);
	EVP_PKEY *by = w->issuer != NULL ? w->issuer->pkey : c.pkey;

	X509_set_version(c.x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x509), w->serial);
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
			     (const unsigned char *)w->name, -1, -1, 0),
	    1);
	X509_set_issuer_name(c.x509,
	    w->issuer != NULL ? X509_get_subject_name(w->issuer->x509) : name);
	ASN1_TIME_set(X509_getm_notBefore(c.x509), (time_t)w->from);
	ASN1_TIME_set(X509_getm_notAfter(c.x509), (time_t)w->to);
	X509_set_pubkey(c.x509, c.pkey);
	cert_extension(
	    c.x509, NID_basic_constraints, w->ca ? "CA:TRUE" : "CA:FALSE");
	cert_extension(c.x509, NID_key_usage, w->usage);
	cert_extension(c.x509, NID_ext_key_usage, w->extended);
	ck_assert_int_ne(
	    X509_sign(
		c.x509, by, EVP_PKEY_is_a(by, "ED25519") ? NULL : EVP_sha256()),
	    0);
	return c;
}

static inline void
cert_free(struct cert *c)
{
	EVP_PKEY_free(c->pkey);
	X509_free(c->x509);
}

/* Appends to path, made anew if mode is not 0: cert, then pkey; NULL: none. */
static inline void
cert_write(const char *path, X509 *x, EVP_PKEY *pkey, const char *pass)
{
	BIO *bio = BIO_new_file(path, "a");

	ck_assert_ptr_nonnull(bio);
	if (x != NULL)
		ck_assert_int_eq(PEM_write_bio_X509(bio, x), 1);
	if (pkey != NULL)
		ck_assert_int_eq(
		    PEM_write_bio_PKCS8PrivateKey(bio, pkey,
			pass != NULL ? EVP_aes_256_cbc() : NULL, pass,
			pass != NULL ? (int)strlen(pass) : 0, NULL, NULL),
		    1);
	BIO_free(bio);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

/* Writes what OpenSSL makes of data by these flags, with md, signed twice. */
static inline void
cms_write(const char *path, const char *data, const struct cert *a,
    const struct cert *b, unsigned flags, const EVP_MD *md)
{
	BIO *in = BIO_new_mem_buf(data, -1), *out = BIO_new_file(path, "w");
	CMS_ContentInfo *cms =
	    CMS_sign(NULL, NULL, NULL, in, flags | CMS_PARTIAL);

	ck_assert_ptr_nonnull(cms);
	ck_assert_ptr_nonnull(
	    CMS_add1_signer(cms, a->x509, a->pkey, md, flags));
	if (b != NULL)
		ck_assert_ptr_nonnull(
		    CMS_add1_signer(cms, b->x509, b->pkey, md, flags));
	ck_assert_int_eq(CMS_final(cms, in, NULL, flags), 1);
	ck_assert_int_eq(i2d_CMS_bio(out, cms), 1);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
}

/* Appends a list of ca's with that serial number on it. */
static inline void
crl_write(const char *path, const struct cert *ca, long serial, int64_t now)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)now - 3600);
	BIO *bio = BIO_new_file(path, "a");

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->x509));
	X509_CRL_set1_lastUpdate(crl, t);
	ASN1_INTEGER_set(n, serial);
	X509_REVOKED_set_serialNumber(r, n);
	X509_REVOKED_set_revocationDate(r, t);
	ck_assert_int_eq(X509_CRL_add0_revoked(crl, r), 1);
	ASN1_TIME_set(t, (time_t)now + 3600);
	X509_CRL_set1_nextUpdate(crl, t);
	ck_assert_int_ne(X509_CRL_sign(crl, ca->pkey, EVP_sha256()), 0);
	ck_assert_int_eq(PEM_write_bio_X509_CRL(bio, crl), 1);
	BIO_free(bio);
	ASN1_TIME_free(t);
	ASN1_INTEGER_free(n);
	X509_CRL_free(crl);
}

#endif
