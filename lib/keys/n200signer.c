/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the signer whose private key is in the device. A batch's requests are
 * in flight together, but for the very first: a wrong PIN is to be tried once,
 * not once a connection, a thread or a lost answer, because devices lock keys.
 * No signature leaves here that was not verified with the DNSKEY: how the
 * device takes its input and gives its answer is assumed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "keys/n200answer.h"
#include "keys/n200device.h"
#include "keys/verifier.h"

struct device_key {
	struct dflow_n200 *n;
	struct dflow_n200_key facts; /* the list may be read anew */
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey pub; /* a view of rdata */
	pthread_mutex_t lock; /* for */
	bool proven; /* it has signed once */
	struct dflow_err why; /* what failed: nobody asks again */
};

struct device_worker {
	struct device_key *key;
	struct verifier *verifier;
};

/* One call of sign. */
struct signing_batch {
	struct device_worker *w;
	struct sign_job *jobs;
};

static void
worker_free(void *worker)
{
	struct device_worker *w = worker;

	if (w == NULL)
		return;
	verifier_free(&w->verifier);
	free(w);
}

static enum dflow_status
worker_new(void *key, void **worker, struct dflow_err *err)
{
	struct device_worker *w = calloc(1, sizeof(*w));
	enum dflow_status status;

	if (w == NULL)
		return err_memory(err);
	w->key = key;
	status = verifier_new(&w->key->pub, &w->verifier, err);
	if (status != DFLOW_OK) {
		worker_free(w);
		return status;
	}
	*worker = w;
	return DFLOW_OK;
}

struct n200_subject
n200_subject(const struct dflow_n200 *n, const struct dflow_n200_key *key)
{
	return (struct n200_subject){.key = key,
	    .core = n->conf->core,
	    .pin = n->conf->pin,
	    .digest = key->public_len == 96 ? DIGEST_SHA384 : DIGEST_SHA256};
}

static enum dflow_status
ask(void *ctx, size_t i, struct https_request *r, struct dflow_err *err)
{
	const struct signing_batch *b = ctx;
	const struct device_key *k = b->w->key;
	const struct n200_sign *sign = &k->n->conf->sign;
	const struct n200_subject who = n200_subject(k->n, &k->facts);
	const struct sign_job *job = &b->jobs[i];
	enum dflow_status status;

	n200_sign_request(k->n, sign, r);
	r->once = !k->proven && k->n->conf->pin != NULL;
	status = https_body(r, n200_sign_body_size(sign, &who, job->len), err);
	if (status == DFLOW_OK)
		status = n200_sign_body(
		    sign, &who, job->data, job->len, r->body, err);
	return status;
}

/* What does not verify is not used, and not asked for again. */
static enum dflow_status
take(void *ctx, size_t i, const struct https_answer *a, struct dflow_err *err)
{
	const struct signing_batch *b = ctx;
	const struct device_key *k = b->w->key;
	const struct n200_sign *sign = &k->n->conf->sign;
	size_t n = k->pub.key_len / 2;
	struct sign_job *job = &b->jobs[i];
	struct dflow_err why = {0};
	enum dflow_status status;
	cJSON *answer = NULL;

	status = n200_answer(a, sign->command, &k->n->redact, &answer, err);
	if (status != DFLOW_OK)
		return status;
	if (n200_sign_answer(sign, answer, n, job->sig, &why) != DFLOW_OK)
		status = n200_answer_unfit(
		    answer, sign->command, &k->n->redact, why.text, err);
	cJSON_Delete(answer);
	if (status != DFLOW_OK)
		return status;
	job->sig_len = 2 * n;
	if (verifier_check(
		b->w->verifier, job->data, job->len, job->sig, job->sig_len))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "the device's signature does not verify with its key \"%s\"; "
	    "ksk-sign n200 probe --key %s tells the sign object that fits",
	    k->facts.nice_name, k->facts.key_id);
}

static enum dflow_status
run(struct device_worker *w, struct sign_job *jobs, size_t count,
    struct dflow_err *err)
{
	struct signing_batch b = {w, jobs};
	const struct https_batch batch = {count, ask, take, &b};

	return https_run(w->key->n->https, &batch, err);
}

/* For other threads: they would wait in vain, or try a wrong PIN again. */
static enum dflow_status
give_up(
    struct device_key *k, const struct dflow_err *why, struct dflow_err *err)
{
	pthread_mutex_lock(&k->lock);
	k->why = *why;
	pthread_mutex_unlock(&k->lock);
	return err_set(err, why->status, "%s", why->text);
}

/* Makes the first job's signature if it is the key's first; counts it. */
static enum dflow_status
sign_first(struct device_worker *w, struct sign_job *jobs, size_t *done,
    struct dflow_err *err)
{
	struct device_key *k = w->key;
	enum dflow_status status = DFLOW_OK;

	pthread_mutex_lock(&k->lock);
	if (!k->proven && k->why.status == DFLOW_OK) {
		k->proven = run(w, jobs, 1, &k->why) == DFLOW_OK;
		*done = 1;
	}
	if (k->why.status != DFLOW_OK)
		status = err_set(err, k->why.status, "%s", k->why.text);
	pthread_mutex_unlock(&k->lock);
	return status;
}

static enum dflow_status
sign(void *worker, struct sign_job *jobs, size_t count, struct dflow_err *err)
{
	struct device_worker *w = worker;
	struct dflow_err why = {0};
	enum dflow_status status;
	size_t done = 0;

	if (count == 0)
		return DFLOW_OK;
	status = sign_first(w, jobs, &done, err);
	if (status == DFLOW_OK && done < count) {
		status = run(w, jobs + done, count - done, &why);
		if (status != DFLOW_OK)
			status = give_up(w->key, &why, err);
	}
	return status;
}

static void
key_free(void *key)
{
	struct device_key *k = key;

	if (k == NULL)
		return;
	pthread_mutex_destroy(&k->lock);
	free(k);
}

static const struct signer_ops device_ops = {
    .worker_new = worker_new,
    .sign = sign,
    .worker_free = worker_free,
    .key_free = key_free,
};

enum dflow_status
n200_signer_open(struct dflow_n200 *n, const char *key_id,
    const struct dnskey *pub, struct signer **out, struct dflow_err *err)
{
	const struct dflow_n200_key *facts = NULL;
	enum dflow_status status = n200_find_id(n, key_id, &facts, err);
	struct device_key *k;

	if (status != DFLOW_OK)
		return status;
	if (n200_algorithm(facts) != pub->algorithm ||
	    facts->public_len != pub->key_len ||
	    memcmp(facts->public_key, pub->key, pub->key_len) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "the device's key %s (\"%s\") has another public key than "
		    "the DNSKEY %u; name the key that belongs to it",
		    facts->key_id, facts->nice_name, pub->tag);
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return err_memory(err);
	if (pthread_mutex_init(&k->lock, NULL) != 0) {
		free(k);
		return err_memory(err);
	}
	k->n = n;
	k->facts = *facts;
	memcpy(k->rdata, pub->rdata, pub->rdata_len);
	(void)dnskey_view(k->rdata, pub->rdata_len, &k->pub);
	return signer_new(&device_ops, k, pub, out, err);
}
