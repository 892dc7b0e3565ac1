/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes detached CMS signatures (RFC 5652): one signer, whose certificate goes
 * along, signed attributes with the time, SHA-2. Refuses keys that are easily
 * broken, certificates that are not for signatures, and those out of their
 * time: what we would refuse to believe we do not make.
 */
#include "exchange/container_cms.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/os.h"
#include "dnssecflow/when.h"
#include "keys/pem.h"
#include "keys/pkey.h"

enum {
	KEY_FILE_MAX = 256 * 1024,
	CERTS_MAX = 16, /* of the signer's and of those above it */
	SECURITY_BITS_MIN = 112, /* RSA of 2048 bits */
};

struct cms_signer {
	char *path;
	EVP_PKEY *pkey;
	X509 *cert;
	STACK_OF(X509) * others;
};

static enum dflow_status
failed(const char *path, const char *what, struct dflow_err *err)
{
	char reason[PKEY_REASON_SIZE];

	return err_set(
	    err, DFLOW_FAILED, "%s: %s%s", path, what, pkey_reason(reason));
}

/* Where needle begins in the len bytes at text, or NULL. */
static const uint8_t *
find(const uint8_t *text, size_t len, const char *needle)
{
	return memmem(text, len, needle, strlen(needle));
}

/* A PEM block from its BEGIN to behind its END line. */
struct pem_block {
	const uint8_t *at;
	size_t len;
	bool certificate;
};

/* The next block of text from *pos on; false if there is none. */
static bool
next_block(const struct secret *text, size_t *pos, struct pem_block *out)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	const uint8_t *stop = text->data + text->len;
	const uint8_t *at, *last;

	at = find(text->data + *pos, text->len - *pos, begin);
	if (at == NULL)
		return false;
	out->at = at;
	out->certificate =
	    find(at, (size_t)(stop - at), "-----BEGIN CERTIFICATE-----") == at;
	last = find(at, (size_t)(stop - at), end);
	if (last != NULL)
		last = memchr(last, '\n', (size_t)(stop - last));
	/* Cut off: the reader of the block will say so. */
	out->len = (size_t)((last != NULL ? last + 1 : stop) - at);
	*pos = (size_t)(at - text->data) + out->len;
	return true;
}

/* The private key is read as any other of ours is. */
static enum dflow_status
take_key(struct cms_signer *s, const struct pem_block *b,
    const struct passphrase_source *pass, struct dflow_err *err)
{
	struct secret *alone = NULL;
	enum dflow_status st;

	if (s->pkey != NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds more than one private key; leave the one that "
		    "signs",
		    s->path);
	st = secret_new(b->len, &alone, err);
	if (st == DFLOW_OK)
		st = secret_put(alone, b->at, b->len, err);
	if (st == DFLOW_OK)
		st = pem_read(s->path, alone, pass, &s->pkey, err);
	secret_free(&alone);
	return st;
}

static enum dflow_status
take_cert(
    struct cms_signer *s, const struct pem_block *b, struct dflow_err *err)
{
	BIO *bio = BIO_new_mem_buf(b->at, (int)b->len);
	enum dflow_status st = DFLOW_OK;
	X509 *cert = NULL;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (cert == NULL)
		return failed(s->path, "not a certificate", err);
	if (X509_add_cert(s->others, cert,
		X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_NO_DUP) != 1)
		st = err_memory(err);
	else if (sk_X509_num(s->others) > CERTS_MAX)
		st = err_set(err, DFLOW_FAILED,
		    "%s: more than %d certificates; leave those of the signer",
		    s->path, CERTS_MAX);
	X509_free(cert);
	return st;
}

/* Certificates first: a passphrase is asked for when all else is well. */
static enum dflow_status
take_blocks(struct cms_signer *s, const struct secret *text, bool certificates,
    const struct passphrase_source *pass, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct pem_block b;
	size_t pos = 0;

	while (st == DFLOW_OK && next_block(text, &pos, &b)) {
		if (b.certificate != certificates)
			continue;
		st = certificates ? take_cert(s, &b, err)
				  : take_key(s, &b, pass, err);
	}
	return st;
}

/* Sets s->cert to the certificate of the key, the others stay. */
static enum dflow_status
choose_cert(struct cms_signer *s, struct dflow_err *err)
{
	for (int i = 0; i < sk_X509_num(s->others); i++)
		if (X509_check_private_key(
			sk_X509_value(s->others, i), s->pkey) == 1) {
			s->cert = sk_X509_delete(s->others, i);
			break;
		}
	ERR_clear_error();
	if (s->cert == NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds no certificate of its private key; put both "
		    "into one file",
		    s->path);
	if (!cms_may_sign(s->cert))
		return err_set(err, DFLOW_REFUSED,
		    "%s: the certificate is not for signatures (keyUsage); "
		    "make one with digitalSignature",
		    s->path);
	if (EVP_PKEY_get_security_bits(s->pkey) < SECURITY_BITS_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the key is too small; take EC, or RSA of 2048 bits "
		    "or more",
		    s->path);
	return DFLOW_OK;
}

static enum dflow_status
read_signer(struct cms_signer *s, int pass_fd, struct dflow_err *err)
{
	const struct passphrase_source pass = {.fd = pass_fd};
	struct secret *text = NULL;
	enum dflow_status st = pkey_ready(err);

	if (st == DFLOW_OK)
		st = os_read_private(s->path, KEY_FILE_MAX, &text, err);
	if (st != DFLOW_OK)
		return st;
	st = take_blocks(s, text, true, &pass, err);
	if (st == DFLOW_OK && sk_X509_num(s->others) == 0)
		st = err_set(err, DFLOW_FAILED,
		    "%s: holds no certificate in PEM; put it beside the "
		    "private key",
		    s->path);
	if (st == DFLOW_OK)
		st = take_blocks(s, text, false, &pass, err);
	if (st == DFLOW_OK && s->pkey == NULL)
		st = err_set(err, DFLOW_FAILED,
		    "%s: holds no private key in PEM; put it beside the "
		    "certificate",
		    s->path);
	secret_free(&text);
	return st == DFLOW_OK ? choose_cert(s, err) : st;
}

/* SHA-256, but for EdDSA, which has its own (RFC 8419). */
static const EVP_MD *
digest_for(EVP_PKEY *pkey)
{
	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return EVP_sha512();
	if (EVP_PKEY_is_a(pkey, "ED448"))
		return EVP_shake256();
	return EVP_sha256();
}

/* RFC 5652 section 11.3: UTCTime through 2049; ASN1_TIME_set knows. */
static bool
put_time(CMS_SignerInfo *si, int64_t now)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)now);
	bool ok =
	    t != NULL && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime,
			     ASN1_STRING_type(t), t, -1) == 1;

	ASN1_TIME_free(t);
	return ok;
}

static bool
fill(const struct cms_signer *s, CMS_ContentInfo *cms, BIO *data, int64_t now)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP;
	CMS_SignerInfo *si =
	    CMS_add1_signer(cms, s->cert, s->pkey, digest_for(s->pkey), flags);

	if (si == NULL || !put_time(si, now))
		return false;
	for (int i = 0; i < sk_X509_num(s->others); i++)
		if (CMS_add1_cert(cms, sk_X509_value(s->others, i)) != 1)
			return false;
	return CMS_final(cms, data, NULL, flags) == 1;
}

/* Appends the DER; false with OpenSSL's reason. */
static bool
make(const struct cms_signer *s, const struct buf *data, int64_t now,
    struct buf *out)
{
	BIO *bio = BIO_new_mem_buf(
	    data->len != 0 ? data->data : (const void *)"", (int)data->len);
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	uint8_t *der = NULL;
	int len = -1;

	if (bio != NULL && cms != NULL && fill(s, cms, bio, now))
		len = i2d_CMS_ContentInfo(cms, &der);
	if (len > 0)
		buf_put(out, der, (size_t)len);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	return len > 0;
}

enum dflow_status
cms_signer_check(const struct cms_signer *s, int64_t now, struct dflow_err *err)
{
	time_t when = (time_t)now;
	char text[DFLOW_WHEN_LONG];

	dflow_when_long(now, text);
	if (X509_cmp_time(X509_get0_notBefore(s->cert), &when) > 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the certificate is not yet valid on %s; check the "
		    "clock",
		    s->path, text);
	if (X509_cmp_time(X509_get0_notAfter(s->cert), &when) < 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the certificate has expired by %s; make a new one",
		    s->path, text);
	return DFLOW_OK;
}

enum dflow_status
cms_sign(const struct cms_signer *s, const struct buf *data, int64_t now,
    struct buf *out, struct dflow_err *err)
{
	enum dflow_status st = cms_signer_check(s, now, err);

	if (st != DFLOW_OK)
		return st;
	if (data->len > INT_MAX)
		return err_set(err, DFLOW_FAILED,
		    "%s: cannot sign more than %d bytes", s->path, INT_MAX);
	if (!make(s, data, now, out))
		return failed(s->path, "no container could be made", err);
	return buf_check(out, "a container", err);
}

/* A container of nothing, thrown away. */
static enum dflow_status
try(const struct cms_signer *s, struct dflow_err *err)
{
	const struct buf none = {0};
	struct buf out;
	bool ok;

	buf_init(&out, CONTAINER_BYTES_MAX);
	ok = make(s, &none, 0, &out);
	buf_free(&out);
	ERR_clear_error();
	if (ok)
		return DFLOW_OK;
	return err_set(err, DFLOW_FAILED,
	    "%s: OpenSSL makes no CMS with a key of type %s; take EC or RSA",
	    s->path, EVP_PKEY_get0_type_name(s->pkey));
}

enum dflow_status
cms_signer_open(const char *path, int pass_fd, struct cms_signer **out,
    struct dflow_err *err)
{
	struct cms_signer *s = calloc(1, sizeof(*s));
	enum dflow_status st;

	if (s == NULL)
		return err_memory(err);
	s->path = strdup(path);
	s->others = sk_X509_new_null();
	if (s->path == NULL || s->others == NULL)
		st = err_memory(err);
	else
		st = read_signer(s, pass_fd, err);
	if (st == DFLOW_OK)
		st = try(s, err);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	cms_signer_free(&s);
	return st;
}

void
cms_signer_free(struct cms_signer **s)
{
	struct cms_signer *old = *s;

	*s = NULL;
	if (old == NULL)
		return;
	EVP_PKEY_free(old->pkey);
	X509_free(old->cert);
	sk_X509_pop_free(old->others, X509_free);
	free(old->path);
	free(old);
}
