/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns PKCS#8 in PEM, as `openssl genpkey` writes it: PRIVATE KEY, and
 * ENCRYPTED PRIVATE KEY by PBES2 (RFC 8018) with scrypt (RFC 7914) or PBKDF2.
 * Refuses the older forms, a second key in the file, and derivations that
 * would keep a machine busy for more than seconds.
 */
#include <stdbool.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/os.h"
#include "keys/pem.h"
#include "keys/pkey.h"

enum {
	/*
	 * scrypt with 16 MiB, half of what OpenSSL lets anyone read back,
	 * eight times over: about half a second.
	 */
	SCRYPT_N = 16384,
	SCRYPT_R = 8,
	SCRYPT_P = 8,
	SALT_LEN = 16,
	SCRYPT_WORK_MAX = 1 << 24, /* N * r * p; ours is 1 << 20 */
	PBKDF2_ITERATIONS_MAX = 20000000,
};

static enum dflow_status
decode_failed(const char *file, const char *what, struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];

	return err_set(err, DFLOW_FAILED, "%s: %s%s; restore the file", file,
	    what, pkey_reason(reason));
}

/* A number of 1 to max, or 0. */
static uint64_t
bounded(const ASN1_INTEGER *n, uint64_t max)
{
	uint64_t v = 0;

	if (n == NULL || ASN1_INTEGER_get_uint64(&v, n) != 1 || v > max)
		return 0;
	return v;
}

static bool
scrypt_bounded(const X509_ALGOR *kdf)
{
	SCRYPT_PARAMS *s = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(SCRYPT_PARAMS), kdf->parameter);
	uint64_t n = 0, r = 0, p = 0;

	if (s != NULL) {
		n = bounded(s->costParameter, SCRYPT_WORK_MAX);
		r = bounded(s->blockSize, SCRYPT_WORK_MAX);
		p = bounded(s->parallelizationParameter, SCRYPT_WORK_MAX);
	}
	SCRYPT_PARAMS_free(s);
	/* Each factor has at most 24 bits and a bit: no overflow of two. */
	return n != 0 && r != 0 && p != 0 && n * r <= SCRYPT_WORK_MAX &&
	       n * r * p <= SCRYPT_WORK_MAX;
}

static bool
pbkdf2_bounded(const X509_ALGOR *kdf)
{
	PBKDF2PARAM *p = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(PBKDF2PARAM), kdf->parameter);
	uint64_t n = 0;

	if (p != NULL)
		n = bounded(p->iter, PBKDF2_ITERATIONS_MAX);
	PBKDF2PARAM_free(p);
	return n != 0;
}

/* PBES2 with a derivation that ends in our lifetime? */
static bool
derivation_bounded(const X509_SIG *sig)
{
	const X509_ALGOR *alg = NULL;
	PBE2PARAM *pbe = NULL;
	bool ok = false;

	X509_SIG_get0(sig, &alg, NULL);
	if (OBJ_obj2nid(alg->algorithm) == NID_pbes2)
		pbe = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(PBE2PARAM), alg->parameter);
	if (pbe != NULL) {
		int kdf = OBJ_obj2nid(pbe->keyfunc->algorithm);

		if (kdf == NID_id_scrypt)
			ok = scrypt_bounded(pbe->keyfunc);
		else if (kdf == NID_id_pbkdf2)
			ok = pbkdf2_bounded(pbe->keyfunc);
	}
	PBE2PARAM_free(pbe);
	return ok;
}

/* The passphrase of the key before: hundreds of keys may have one. */
static bool
try_kept(const X509_SIG *sig, const struct passphrase_source *source,
    PKCS8_PRIV_KEY_INFO **out)
{
	const struct secret *pass;

	if (source == NULL || source->kept == NULL || *source->kept == NULL)
		return false;
	pass = *source->kept;
	*out = PKCS8_decrypt(sig, (const char *)pass->data, (int)pass->len);
	if (*out == NULL)
		ERR_clear_error();
	return *out != NULL;
}

static enum dflow_status
decrypt(const char *file, const X509_SIG *sig,
    const struct passphrase_source *source, PKCS8_PRIV_KEY_INFO **out,
    struct dflow_err *err)
{
	struct secret *pass = NULL;
	PKCS8_PRIV_KEY_INFO *info;
	enum dflow_status status;
	char prompt[512];

	if (!derivation_bounded(sig))
		return err_set(err, DFLOW_FAILED,
		    "%s: not encrypted by PBES2 "
		    "with scrypt or PBKDF2 of a sane length; convert it with "
		    "openssl pkcs8 -topk8 -scrypt",
		    file);
	if (try_kept(sig, source, out))
		return DFLOW_OK;
	BIO_snprintf(prompt, sizeof(prompt), "Passphrase for %s: ", file);
	status = os_passphrase(
	    prompt, source == NULL ? -1 : source->fd, false, &pass, err);
	if (status != DFLOW_OK)
		return status;
	info = PKCS8_decrypt(sig, (const char *)pass->data, (int)pass->len);
	if (info != NULL && source != NULL && source->kept != NULL) {
		secret_free(source->kept);
		*source->kept = pass;
		pass = NULL; /* transferred */
	}
	secret_free(&pass);
	if (info == NULL) {
		ERR_clear_error();
		return err_set(err, DFLOW_FAILED,
		    "%s: wrong passphrase (or a "
		    "damaged file); try again",
		    file);
	}
	*out = info;
	return DFLOW_OK;
}

/* One PEM block, all of it OpenSSL's wiped memory. */
struct block {
	char *name;
	char *header;
	uint8_t *der;
	long der_len;
};

static void
block_free(struct block *b)
{
	OPENSSL_secure_free(b->name);
	OPENSSL_secure_free(b->header);
	if (b->der != NULL)
		OPENSSL_secure_clear_free(b->der, (size_t)b->der_len);
}

static bool
rest_is_blank(BIO *bio)
{
	char c;

	while (BIO_read(bio, &c, 1) == 1)
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return false;
	return true;
}

static enum dflow_status
block_read(const char *file, const struct secret *text, struct block *out,
    struct dflow_err *err)
{
	enum dflow_status status = DFLOW_OK;
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);

	if (bio == NULL)
		return err_memory(err);
	if (PEM_read_bio_ex(bio, &out->name, &out->header, &out->der,
		&out->der_len, PEM_FLAG_SECURE) != 1)
		status = decode_failed(file, "no whole PEM block", err);
	else if (!rest_is_blank(bio))
		status = err_set(err, DFLOW_FAILED,
		    "%s: something stands "
		    "behind the private key; leave only the key in the file",
		    file);
	BIO_free(bio);
	return status;
}

static enum dflow_status
block_info(const char *file, const struct block *b,
    const struct passphrase_source *pass, PKCS8_PRIV_KEY_INFO **out,
    struct dflow_err *err)
{
	const unsigned char *p = b->der;
	const unsigned char *end = p + b->der_len;
	enum dflow_status status;
	X509_SIG *sig;

	if (strcmp(b->name, PEM_STRING_PKCS8INF) == 0) {
		*out = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, b->der_len);
		if (*out == NULL || p != end)
			return decode_failed(file, "not a PKCS#8 key", err);
		return DFLOW_OK;
	}
	if (strcmp(b->name, PEM_STRING_PKCS8) != 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds %s, not a PKCS#8 "
		    "private key; convert it with openssl pkcs8 -topk8",
		    file, b->name);
	sig = d2i_X509_SIG(NULL, &p, b->der_len);
	if (sig == NULL || p != end)
		status =
		    decode_failed(file, "not an encrypted PKCS#8 key", err);
	else
		status = decrypt(file, sig, pass, out, err);
	X509_SIG_free(sig);
	return status;
}

enum dflow_status
pem_read(const char *file, const struct secret *text,
    const struct passphrase_source *pass, EVP_PKEY **out, struct dflow_err *err)
{
	PKCS8_PRIV_KEY_INFO *info = NULL;
	struct block b = {0};
	enum dflow_status status;
	EVP_PKEY *pkey;

	status = pkey_ready(err);
	if (status == DFLOW_OK)
		status = block_read(file, text, &b, err);
	if (status == DFLOW_OK)
		status = block_info(file, &b, pass, &info, err);
	block_free(&b);
	if (status == DFLOW_OK) {
		pkey = EVP_PKCS82PKEY(info);
		if (pkey == NULL)
			status = decode_failed(file,
			    "not a private key that "
			    "OpenSSL knows",
			    err);
		else
			*out = pkey;
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	return status;
}

static X509_SIG *
encrypt(EVP_PKEY *pkey, const struct secret *pass)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	uint8_t salt[SALT_LEN];
	X509_ALGOR *pbe = NULL;
	X509_SIG *sig = NULL;

	os_random(salt, sizeof(salt));
	if (info != NULL)
		pbe = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt,
		    sizeof(salt), NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
	if (pbe != NULL) {
		sig = PKCS8_set0_pbe(
		    (const char *)pass->data, (int)pass->len, info, pbe);
		if (sig != NULL)
			pbe = NULL; /* transferred */
	}
	X509_ALGOR_free(pbe);
	PKCS8_PRIV_KEY_INFO_free(info);
	return sig;
}

enum dflow_status
pem_write(EVP_PKEY *pkey, const struct secret *pass, struct buf *out,
    struct dflow_err *err)
{
	X509_SIG *sig = encrypt(pkey, pass);
	BIO *bio = BIO_new(BIO_s_mem());
	enum dflow_status status;
	char reason[PKEY_REASON_SIZE];
	char *text = NULL;
	long len;

	if (sig == NULL || bio == NULL || PEM_write_bio_PKCS8(bio, sig) != 1) {
		status = err_set(err, DFLOW_FAILED,
		    "the key could not be "
		    "encrypted%s",
		    pkey_reason(reason));
	} else {
		len = BIO_get_mem_data(bio, &text);
		buf_put(out, text, (size_t)len);
		status = buf_check(out, "a PEM file", err);
	}
	BIO_free(bio);
	X509_SIG_free(sig);
	return status;
}
