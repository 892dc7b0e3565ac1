/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the check of a signature against one DNSKEY, by OpenSSL's EVP: RSA
 * PKCS#1 v1.5 (RFC 3110, 5702), ECDSA (RFC 6605), EdDSA (RFC 8080). Batches go
 * through the key's table if it has one (keys/ectable), and where that fails
 * through EVP as well.
 * Refuses signatures of any other length than the algorithm's one.
 */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "dns/digest.h"
#include "keys/ecsig.h"
#include "keys/ectable.h"
#include "keys/pkey.h"
#include "keys/verifier.h"

struct verifier {
	const struct pkey_alg *alg;
	size_t sig_size;
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *ctx; /* RSA, ECDSA: initialised once */
	EVP_MD_CTX *md; /* EdDSA */
	struct digest *digest; /* RSA, ECDSA */
	struct ectable_worker *fast; /* NULL without a table */
};

static bool
setup_rsa(struct verifier *v)
{
	EVP_MD *md = EVP_MD_fetch(NULL, v->alg->openssl, NULL);
	bool ok;

	ok = md != NULL &&
	     EVP_PKEY_CTX_set_rsa_padding(v->ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(v->ctx, md) == 1;
	EVP_MD_free(md);
	return ok;
}

static bool
setup(struct verifier *v)
{
	v->sig_size = v->alg->sig_size;
	if (v->alg->kind == PKEY_ED) {
		v->md = EVP_MD_CTX_new();
		return v->md != NULL;
	}
	v->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, v->pkey, NULL);
	if (v->ctx == NULL || EVP_PKEY_verify_init(v->ctx) != 1)
		return false;
	if (v->alg->kind == PKEY_EC)
		return true;
	v->sig_size = (size_t)EVP_PKEY_get_size(v->pkey);
	return setup_rsa(v);
}

enum dflow_status
verifier_new(
    const struct dnskey *key, struct verifier **out, struct dflow_err *err)
{
	return verifier_new_with(key, NULL, out, err);
}

enum dflow_status
verifier_new_with(const struct dnskey *key, const struct ectable *table,
    struct verifier **out, struct dflow_err *err)
{
	struct verifier *v = calloc(1, sizeof(*v));
	char reason[PKEY_REASON_SIZE];
	enum dflow_status status;

	if (v == NULL)
		return err_memory(err);
	v->alg = pkey_alg(key->algorithm);
	status = pkey_public(key, &v->pkey, err);
	if (status == DFLOW_OK && v->alg->kind != PKEY_ED)
		status = digest_new(v->alg->digest, &v->digest, err);
	if (status == DFLOW_OK && !setup(v))
		status = err_set(err, DFLOW_FAILED,
		    "key %u of algorithm %u: "
		    "verifying cannot be set up%s",
		    (unsigned)key->tag, (unsigned)key->algorithm,
		    pkey_reason(reason));
	if (status == DFLOW_OK && table != NULL)
		status = ectable_worker_new(table, &v->fast, err);
	if (status != DFLOW_OK) {
		verifier_free(&v);
		return status;
	}
	*out = v;
	return DFLOW_OK;
}

static bool
check_ed(struct verifier *v, const uint8_t *data, size_t len,
    const uint8_t *sig, size_t sig_len)
{
	return EVP_DigestVerifyInit(v->md, NULL, NULL, NULL, v->pkey) == 1 &&
	       EVP_DigestVerify(v->md, sig, sig_len, data, len) == 1;
}

static bool
check_hash(
    struct verifier *v, const uint8_t *hash, const uint8_t *sig, size_t sig_len)
{
	uint8_t der[ECSIG_DER_MAX];

	if (v->alg->kind == PKEY_EC) {
		sig_len = ecsig_to_der(sig, v->alg->size, der);
		sig = der;
	}
	return EVP_PKEY_verify(
		   v->ctx, sig, sig_len, hash, digest_len(v->alg->digest)) == 1;
}

bool
verifier_check(struct verifier *v, const uint8_t *data, size_t len,
    const uint8_t *sig, size_t sig_len)
{
	uint8_t hash[DIGEST_MAX];
	bool good;

	if (sig_len != v->sig_size)
		return false;
	if (v->alg->kind == PKEY_ED) {
		good = check_ed(v, data, len, sig, sig_len);
	} else {
		digest_add(v->digest, data, len);
		digest_end(v->digest, hash);
		good = check_hash(v, hash, sig, sig_len);
	}
	if (!good)
		ERR_clear_error();
	return good;
}

/* At most ECTABLE_BATCH jobs; false if OpenSSL failed. */
static bool
check_fast(struct verifier *v, struct verify_job *jobs, size_t count)
{
	struct ectable_job fast[ECTABLE_BATCH];
	uint8_t hashes[ECTABLE_BATCH][DIGEST_MAX];
	size_t from[ECTABLE_BATCH], m = 0;

	for (size_t i = 0; i < count; i++) {
		jobs[i].good = false;
		if (jobs[i].sig_len != v->sig_size)
			continue;
		digest_add(v->digest, jobs[i].data, jobs[i].len);
		digest_end(v->digest, hashes[m]);
		fast[m].hash = hashes[m];
		fast[m].sig = jobs[i].sig;
		from[m++] = i;
	}
	if (!ectable_check(v->fast, fast, m))
		return false;
	for (size_t i = 0; i < m; i++)
		jobs[from[i]].good = fast[i].good;
	return true;
}

void
verifier_check_batch(struct verifier *v, struct verify_job *jobs, size_t count)
{
	size_t n;

	for (; count > 0; jobs += n, count -= n) {
		n = count < ECTABLE_BATCH ? count : ECTABLE_BATCH;
		if (v->fast != NULL && check_fast(v, jobs, n))
			continue;
		for (size_t i = 0; i < n; i++) {
			struct verify_job *j = &jobs[i];

			j->good = verifier_check(
			    v, j->data, j->len, j->sig, j->sig_len);
		}
	}
}

void
verifier_free(struct verifier **v)
{
	if (v == NULL || *v == NULL)
		return;
	EVP_PKEY_CTX_free((*v)->ctx);
	EVP_MD_CTX_free((*v)->md);
	digest_free(&(*v)->digest);
	ectable_worker_free(&(*v)->fast);
	EVP_PKEY_free((*v)->pkey);
	free(*v);
	*v = NULL;
}
