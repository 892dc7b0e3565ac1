/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verifies detached CMS signatures (RFC 5652) against the certificates of one
 * file, as of a given moment, for any purpose, without a network. The chain
 * comes first: a key that nobody here trusts verifies nothing. Refuses more
 * than one signer, attributes that are not signed (a file that is one's
 * SignedAttributes would pass as what they sign), and old digests.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "exchange/container_cms.h"
#include "keys/pkey.h"

enum { AUTH_LEVEL = 2 }; /* of 112 bits: RSA of 2048, SHA-224 */

struct cms_trust {
	X509_STORE *store;
	STACK_OF(X509) * certs;
};

bool
cms_may_sign(X509 *cert)
{
	/* All bits where it does not say. */
	return (X509_get_key_usage(cert) &
		   (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

/* One thing out of the file. */
static enum dflow_status
take(struct cms_trust *t, const X509_INFO *info, struct dflow_err *err)
{
	if (info->x509 != NULL) {
		if (X509_STORE_add_cert(t->store, info->x509) != 1 ||
		    X509_add_cert(t->certs, info->x509,
			X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_NO_DUP) != 1)
			return err_memory(err);
	}
	if (info->crl != NULL) {
		if (X509_STORE_add_crl(t->store, info->crl) != 1 ||
		    X509_STORE_set_flags(t->store,
			X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) != 1)
			return err_memory(err);
	}
	return DFLOW_OK;
}

/* There need not be a list for everybody; whoever is on one is out. */
static int
go_on(int ok, X509_STORE_CTX *ctx)
{
	if (X509_STORE_CTX_get_error(ctx) != X509_V_ERR_UNABLE_TO_GET_CRL)
		return ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

static enum dflow_status
fill(struct cms_trust *t, const char *path, const struct buf *text,
    struct dflow_err *err)
{
	STACK_OF(X509_INFO) *all = NULL;
	enum dflow_status st = DFLOW_OK;
	char reason[PKEY_REASON_SIZE];
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);

	if (bio != NULL)
		all = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
	if (all == NULL)
		st = err_set(err, DFLOW_FAILED,
		    "%s: not certificates in PEM%s; restore the file", path,
		    pkey_reason(reason));
	for (int i = 0; st == DFLOW_OK && i < sk_X509_INFO_num(all); i++)
		st = take(t, sk_X509_INFO_value(all, i), err);
	if (st == DFLOW_OK && sk_X509_num(t->certs) == 0)
		st = err_set(err, DFLOW_FAILED,
		    "%s: holds no certificate; put those of the other side "
		    "into it",
		    path);
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(bio);
	return st;
}

enum dflow_status
cms_trust_read(const char *path, const struct buf *text, struct cms_trust **out,
    struct dflow_err *err)
{
	struct cms_trust *t = calloc(1, sizeof(*t));
	enum dflow_status st = pkey_ready(err);

	if (st == DFLOW_OK && t == NULL)
		st = err_memory(err);
	if (st == DFLOW_OK) {
		t->store = X509_STORE_new();
		t->certs = sk_X509_new_null();
		if (t->store == NULL || t->certs == NULL)
			st = err_memory(err);
	}
	if (st == DFLOW_OK)
		st = fill(t, path, text, err);
	if (st == DFLOW_OK) {
		*out = t;
		t = NULL; /* transferred */
	}
	cms_trust_free(&t);
	return st;
}

/* One CMS signature, with the one who made it. */
struct reading {
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	X509 *cert; /* borrowed of cms */
};

static enum dflow_status
refuse(const struct container_job *job, const char *why, struct dflow_err *err)
{
	ERR_clear_error();
	return err_set(err, DFLOW_REFUSED, "%s: %s", job->path, why);
}

static enum dflow_status
read_cms(
    struct reading *r, const struct container_job *job, struct dflow_err *err)
{
	const unsigned char *p = job->made->data;
	const unsigned char *end = p + job->made->len;
	STACK_OF(CMS_SignerInfo) * all;

	r->cms = d2i_CMS_ContentInfo(NULL, &p, (long)job->made->len);
	if (r->cms == NULL || p != end)
		return refuse(job,
		    "not a whole CMS container in DER; fetch the file and its "
		    "container anew",
		    err);
	if (OBJ_obj2nid(CMS_get0_type(r->cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(r->cms)) != NID_pkcs7_data ||
	    CMS_is_detached(r->cms) != 1)
		return refuse(job,
		    "not a detached signature; have it made with --sign-as, "
		    "or by openssl cms -sign -binary -outform DER",
		    err);
	all = CMS_get0_SignerInfos(r->cms);
	if (sk_CMS_SignerInfo_num(all) != 1)
		return refuse(
		    job, "must have one signer, and no other number", err);
	r->si = sk_CMS_SignerInfo_value(all, 0);
	return DFLOW_OK;
}

static bool
is_sound(int digest)
{
	switch (digest) {
	case NID_sha224:
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
	case NID_sha512_256:
	case NID_sha3_256:
	case NID_sha3_384:
	case NID_sha3_512:
	case NID_shake256:
		return true;
	default:
		return false;
	}
}

static enum dflow_status
check_form(const struct reading *r, const struct container_job *job,
    struct dflow_err *err)
{
	const ASN1_OBJECT *oid = NULL;
	X509_ALGOR *digest = NULL;

	if (CMS_signed_get_attr_count(r->si) < 1)
		return refuse(job,
		    "has no signed attributes; have it made without -noattr",
		    err);
	CMS_SignerInfo_get0_algs(r->si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	if (!is_sound(OBJ_obj2nid(oid)))
		return refuse(job,
		    "made with a digest that is not safe; have it made with "
		    "SHA-256",
		    err);
	return DFLOW_OK;
}

/* Finds the signer's certificate, among ours and in the container. */
static enum dflow_status
find_cert(const struct cms_trust *t, struct reading *r,
    const struct container_job *job, struct dflow_err *err)
{
	STACK_OF(X509) * found;

	(void)CMS_set1_signers_certs(r->cms, t->certs, 0);
	found = CMS_get0_signers(r->cms);
	if (sk_X509_num(found) == 1)
		r->cert = sk_X509_value(found, 0);
	sk_X509_free(found);
	if (r->cert == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: its signer's certificate is neither in it nor in %s",
		    job->path, job->trust);
	return DFLOW_OK;
}

/* Its subject, as "CN = left, O = Example". */
static void
name_cert(const X509 *cert, char out[CONTAINER_WHO])
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len = 0;

	if (bio != NULL && X509_NAME_print_ex(bio, X509_get_subject_name(cert),
			       0, XN_FLAG_ONELINE) >= 0)
		len = BIO_get_mem_data(bio, &text);
	container_who_put(out, text, len > 0 ? (size_t)len : 0);
	BIO_free(bio);
}

static enum dflow_status
refuse_chain(const struct reading *r, const struct container_job *job, int why,
    struct dflow_err *err)
{
	char who[CONTAINER_WHO];

	ERR_clear_error();
	name_cert(r->cert, who);
	switch (why) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return err_set(err, DFLOW_REFUSED,
		    "%s: made by %s, who is not in %s; do not use the file",
		    job->path, who, job->trust);
	default:
		return err_set(err, DFLOW_REFUSED, "%s: made by %s: %s",
		    job->path, who, X509_verify_cert_error_string(why));
	}
}

static enum dflow_status
check_chain(const struct cms_trust *t, const struct reading *r,
    const struct container_job *job, struct dflow_err *err)
{
	STACK_OF(X509) *along = CMS_get1_certs(r->cms);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum dflow_status st = DFLOW_OK;
	X509_VERIFY_PARAM *param;
	int why;

	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, t->store, r->cert, along) != 1) {
		st = err_memory(err);
		goto out;
	}
	param = X509_STORE_CTX_get0_param(ctx);
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_time(param, (time_t)job->now);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	X509_STORE_CTX_set_verify_cb(ctx, go_on);
	if (X509_verify_cert(ctx) != 1) {
		why = X509_STORE_CTX_get_error(ctx);
		st = refuse_chain(r, job, why, err);
	} else if (!cms_may_sign(r->cert)) {
		st = refuse_chain(r, job, X509_V_ERR_INVALID_PURPOSE, err);
	}
out:
	X509_STORE_CTX_free(ctx);
	sk_X509_pop_free(along, X509_free);
	return st;
}

static enum dflow_status
check_signature(const struct reading *r, const struct container_job *job,
    struct dflow_err *err)
{
	const struct buf *data = job->data;
	BIO *bio;
	int ok = 0;

	if (data->len > INT_MAX)
		return refuse(job, "what it is beside is too large", err);
	bio = BIO_new_mem_buf(
	    data->len != 0 ? data->data : (const void *)"", (int)data->len);
	if (bio == NULL)
		return err_memory(err);
	ok = CMS_verify(r->cms, NULL, NULL, bio, NULL,
	    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY);
	BIO_free(bio);
	if (ok != 1)
		return refuse(job,
		    "does not verify: the file or its container was changed; "
		    "do not use the file",
		    err);
	return DFLOW_OK;
}

/* RFC 5652 section 11.3; INT64_MIN if it does not say. */
static int64_t
signed_at(const CMS_SignerInfo *si)
{
	int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attr = at < 0 ? NULL : CMS_signed_get_attr(si, at);
	const ASN1_TYPE *v =
	    attr == NULL ? NULL : X509_ATTRIBUTE_get0_type(attr, 0);
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int64_t when = INT64_MIN;
	int days, seconds;

	if (epoch != NULL && v != NULL &&
	    (v->type == V_ASN1_UTCTIME || v->type == V_ASN1_GENERALIZEDTIME) &&
	    ASN1_TIME_diff(&days, &seconds, epoch, v->value.utctime) == 1)
		when = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return when;
}

enum dflow_status
cms_check(const struct cms_trust *t, const struct container_job *job,
    struct container_facts *facts, struct dflow_err *err)
{
	struct reading r = {0};
	enum dflow_status st = read_cms(&r, job, err);

	if (st == DFLOW_OK)
		st = check_form(&r, job, err);
	if (st == DFLOW_OK)
		st = find_cert(t, &r, job, err);
	if (st == DFLOW_OK)
		st = check_chain(t, &r, job, err);
	if (st == DFLOW_OK)
		st = check_signature(&r, job, err);
	if (st == DFLOW_OK) {
		name_cert(r.cert, facts->who);
		facts->signed_at = signed_at(r.si);
	}
	CMS_ContentInfo_free(r.cms);
	ERR_clear_error();
	return st;
}

void
cms_trust_free(struct cms_trust **t)
{
	struct cms_trust *old = *t;

	*t = NULL;
	if (old == NULL)
		return;
	X509_STORE_free(old->store);
	sk_X509_pop_free(old->certs, X509_free);
	free(old);
}
