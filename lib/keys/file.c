/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the signer whose private key is in a file: BIND's .private, or PKCS#8
 * in a .pem. Signatures in DNSSEC's form: RSA PKCS#1 v1.5 (RFC 3110, 5702),
 * ECDSA r||s (RFC 6605), pure EdDSA (RFC 8080). Refuses algorithms that are
 * for verifying only, files that others can read, and a private key that is
 * not the public one's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/os.h"
#include "keys/ecsig.h"
#include "keys/file.h"
#include "keys/keyfile.h"
#include "keys/libctx.h"
#include "keys/pem.h"
#include "keys/pkey.h"
#include "keys/private.h"
#include "keys/verifier.h"

/* Signatures that a worker makes in the context of all threads. */
enum { SHARED_MAX = 256 };

struct file_key {
	const struct pkey_alg *alg;
	EVP_PKEY *pkey;
};

/* A thread's own copy of the key: no lock is shared on the hot path. */
struct file_worker {
	const struct pkey_alg *alg;
	const EVP_PKEY *shared; /* what it is a copy of */
	OSSL_LIB_CTX *lib; /* NULL: the shared one */
	bool moved; /* to one of its own, if there was one */
	size_t made; /* signatures */
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *ctx; /* RSA, ECDSA: initialised once */
	EVP_MD_CTX *md; /* EdDSA */
	bool md_ready; /* initialised */
	struct digest *digest; /* RSA, ECDSA */
};

static void
key_free(void *key)
{
	struct file_key *k = key;

	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

static void
worker_free(void *worker)
{
	struct file_worker *w = worker;

	if (w == NULL)
		return;
	EVP_PKEY_CTX_free(w->ctx);
	EVP_MD_CTX_free(w->md);
	digest_free(&w->digest);
	EVP_PKEY_free(w->pkey);
	OSSL_LIB_CTX_free(w->lib);
	free(w);
}

/* Sets up what EVP_PKEY_sign needs. */
static bool
worker_ctx(struct file_worker *w)
{
	EVP_MD *md = NULL;
	bool ok;

	w->ctx = EVP_PKEY_CTX_new_from_pkey(w->lib, w->pkey, NULL);
	if (w->ctx == NULL || EVP_PKEY_sign_init(w->ctx) != 1)
		return false;
	if (w->alg->kind != PKEY_RSA)
		return true;
	md = EVP_MD_fetch(w->lib, w->alg->openssl, NULL);
	ok = md != NULL &&
	     EVP_PKEY_CTX_set_rsa_padding(w->ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(w->ctx, md) == 1;
	EVP_MD_free(md);
	return ok;
}

/* Makes what signs, in the context that w->lib is. */
static bool
worker_ready(struct file_worker *w)
{
	w->pkey = libctx_pkey(w->lib, w->shared);
	if (w->pkey == NULL)
		return false;
	if (w->alg->kind != PKEY_ED)
		return worker_ctx(w);
	w->md = EVP_MD_CTX_new();
	return w->md != NULL;
}

/*
 * From the context of all threads to one of its own, which takes as long as
 * some dozens of signatures: not for the few of a ceremony.
 */
static bool
worker_move(struct file_worker *w)
{
	EVP_PKEY_CTX_free(w->ctx);
	w->ctx = NULL;
	EVP_MD_CTX_free(w->md);
	w->md = NULL;
	w->md_ready = false;
	EVP_PKEY_free(w->pkey);
	w->lib = libctx_new();
	return worker_ready(w);
}

static enum dflow_status
worker_new(void *key, void **worker, struct dflow_err *err)
{
	const struct file_key *k = key;
	struct file_worker *w = calloc(1, sizeof(*w));
	char reason[PKEY_REASON_SIZE];
	enum dflow_status status;

	if (w == NULL)
		return err_memory(err);
	w->alg = k->alg;
	w->shared = k->pkey;
	status = k->alg->kind == PKEY_ED
		     ? DFLOW_OK
		     : digest_new(k->alg->digest, &w->digest, err);
	if (status == DFLOW_OK && !worker_ready(w))
		status = err_set(err, DFLOW_FAILED,
		    "signing cannot be set up%s", pkey_reason(reason));
	if (status != DFLOW_OK) {
		worker_free(w);
		return status;
	}
	*worker = w;
	return DFLOW_OK;
}

static bool
sign_ec(struct file_worker *w, struct sign_job *job, const uint8_t *hash)
{
	uint8_t der[ECSIG_DER_MAX];
	size_t len = sizeof(der);

	if (EVP_PKEY_sign(
		w->ctx, der, &len, hash, digest_len(w->alg->digest)) != 1)
		return false;
	job->sig_len = w->alg->sig_size;
	return ecsig_from_der(der, len, w->alg->size, job->sig);
}

/*
 * Some versions of OpenSSL want the context initialised for each signature,
 * others (3.0) sign on with it, which takes less.
 */
static bool
sign_ed(struct file_worker *w, struct sign_job *job)
{
	if (w->md_ready && EVP_DigestSign(w->md, job->sig, &job->sig_len,
			       job->data, job->len) == 1)
		return true;
	ERR_clear_error();
	job->sig_len = sizeof(job->sig);
	w->md_ready = EVP_DigestSignInit_ex(
			  w->md, NULL, NULL, w->lib, NULL, w->pkey, NULL) == 1;
	return w->md_ready && EVP_DigestSign(w->md, job->sig, &job->sig_len,
				  job->data, job->len) == 1;
}

static bool
sign_one(struct file_worker *w, struct sign_job *job)
{
	uint8_t hash[DIGEST_MAX];

	job->sig_len = sizeof(job->sig);
	if (w->alg->kind == PKEY_ED)
		return sign_ed(w, job) && job->sig_len == w->alg->sig_size;
	digest_add(w->digest, job->data, job->len);
	digest_end(w->digest, hash);
	if (w->alg->kind == PKEY_EC)
		return sign_ec(w, job, hash);
	return EVP_PKEY_sign(w->ctx, job->sig, &job->sig_len, hash,
		   digest_len(w->alg->digest)) == 1;
}

static enum dflow_status
sign(void *worker, struct sign_job *jobs, size_t count, struct dflow_err *err)
{
	struct file_worker *w = worker;
	char reason[PKEY_REASON_SIZE];
	size_t i;

	w->made += count;
	if (w->lib == NULL && w->made > SHARED_MAX && !w->moved) {
		w->moved = true;
		if (!worker_move(w))
			return err_set(err, DFLOW_FAILED,
			    "signing cannot be set up%s", pkey_reason(reason));
	}
	for (i = 0; i < count; i++)
		if (!sign_one(w, &jobs[i]))
			return err_set(err, DFLOW_FAILED,
			    "a signature could not be made%s",
			    pkey_reason(reason));
	return DFLOW_OK;
}

static const struct signer_ops file_ops = {
    .worker_new = worker_new,
    .sign = sign,
    .worker_free = worker_free,
    .key_free = key_free,
};

/* One signature there and back: it fails here, not in the published zone. */
static enum dflow_status
try_key(const struct signer *s, struct dflow_err *err)
{
	static const uint8_t text[] = "dnssecflow tries a key";
	struct signer_worker *w = NULL;
	struct verifier *v = NULL;
	struct sign_job job = {.data = text, .len = sizeof(text)};
	enum dflow_status status;

	status = signer_worker_new(s, &w, err);
	if (status == DFLOW_OK)
		status = signer_sign(w, &job, 1, err);
	if (status == DFLOW_OK)
		status = verifier_new(signer_key(s), &v, err);
	if (status == DFLOW_OK &&
	    !verifier_check(v, job.data, job.len, job.sig, job.sig_len))
		status = err_set(err, DFLOW_REFUSED,
		    "its signatures are not "
		    "the public key's; files of two keys are mixed up");
	verifier_free(&v);
	signer_worker_free(&w);
	return status;
}

/* Does name end in .pem? */
static bool
is_pem(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".pem") == 0;
}

/* The path of the private half: that of BIND's form, if both are there. */
static enum dflow_status
private_path(const char *base, char *out, size_t size, struct dflow_err *err)
{
	snprintf(out, size, "%s.private", base);
	if (os_exists(out))
		return DFLOW_OK;
	snprintf(out, size, "%s.pem", base);
	if (os_exists(out))
		return DFLOW_OK;
	return err_set(err, DFLOW_FAILED,
	    "%s: there is no private key beside "
	    "it (.private or .pem); name the key whose private half is here",
	    base);
}

static enum dflow_status
private_load(const char *path, const struct passphrase_source *pass,
    const struct dnskey *pub, EVP_PKEY **out, struct dflow_err *err)
{
	struct secret *text = NULL;
	EVP_PKEY *pkey = NULL;
	enum dflow_status status;
	struct dflow_err why = {0};

	status = os_read_private(path, PRIVATE_FILE_MAX, &text, err);
	if (status != DFLOW_OK)
		return status;
	if (is_pem(path))
		status = pem_read(path, text, pass, &pkey, err);
	else
		status = private_read(path, text, pub, &pkey, err);
	secret_free(&text);
	if (status != DFLOW_OK)
		return status;
	status = pkey_belongs(pkey, pub, &why);
	if (status != DFLOW_OK) {
		EVP_PKEY_free(pkey);
		return err_set(err, status, "%s: %s", path, why.text);
	}
	*out = pkey;
	return DFLOW_OK;
}

/* Whether this key may sign at all. */
static enum dflow_status
check_signs(const struct keyfile *kf, struct dflow_err *err)
{
	const struct alg *alg = alg_find(kf->key.algorithm);

	if (alg == NULL || !alg->signs)
		return err_set(err, DFLOW_REFUSED,
		    "%s: algorithm %u is for "
		    "verifying only; make a key of algorithm 13",
		    kf->base, (unsigned)kf->key.algorithm);
	return DFLOW_OK;
}

static enum dflow_status
key_new(EVP_PKEY *pkey, const struct dnskey *pub, struct file_key **out,
    struct dflow_err *err)
{
	struct file_key *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return err_memory(err);
	}
	k->pkey = pkey; /* transferred */
	k->alg = pkey_alg(pub->algorithm);
	*out = k;
	return DFLOW_OK;
}

enum dflow_status
file_private(const struct keyfile *k, const struct passphrase_source *pass,
    EVP_PKEY **out, struct dflow_err *err)
{
	char path[KEYFILE_PATH_MAX];
	enum dflow_status status;

	status = private_path(k->base, path, sizeof(path), err);
	if (status == DFLOW_OK)
		status = private_load(path, pass, &k->key, out, err);
	return status;
}

enum dflow_status
file_signer_open(const struct keyfile *k, const struct passphrase_source *pass,
    struct signer **out, struct dflow_err *err)
{
	struct file_key *key = NULL;
	struct signer *s = NULL;
	EVP_PKEY *pkey = NULL;
	struct dflow_err why = {0};
	enum dflow_status status;

	status = check_signs(k, err);
	if (status == DFLOW_OK)
		status = file_private(k, pass, &pkey, err);
	if (status == DFLOW_OK)
		status = key_new(pkey, &k->key, &key, err);
	if (status == DFLOW_OK)
		status = signer_new(&file_ops, key, &k->key, &s, err);
	if (status == DFLOW_OK) {
		status = try_key(s, &why);
		if (status != DFLOW_OK)
			status =
			    err_set(err, status, "%s: %s", k->from, why.text);
	}
	if (status != DFLOW_OK) {
		signer_free(&s);
		return status;
	}
	*out = s;
	return DFLOW_OK;
}
