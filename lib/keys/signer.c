/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the interface to private keys: which module a name leads to, and the
 * public half that goes with it. Refuses names of devices that this build
 * cannot reach.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/file.h"
#include "keys/keyfile.h"
#include "keys/n200.h"
#include "keys/signer.h"

struct signer {
	const struct signer_ops *ops;
	void *key;
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey pub; /* a view of rdata */
};

struct signer_worker {
	const struct signer_ops *ops;
	void *worker;
};

static bool
is_n200(const char *name)
{
	return strncmp(name, N200_PREFIX, strlen(N200_PREFIX)) == 0;
}

static enum dflow_status
n200_ready(struct signer_access *a, const char *name, struct dflow_err *err)
{
	struct dflow_err why = {0};
	enum dflow_status status;

	if (a->n200 != NULL)
		return DFLOW_OK;
	status = dflow_n200_open(a->n200_conf, &a->n200, &why);
	if (status != DFLOW_OK && a->n200_conf == NULL)
		return err_set(
		    err, status, "%s is in an N200: %s", name, why.text);
	return status == DFLOW_OK ? status
				  : err_set(err, status, "%s", why.text);
}

void
signer_access_end(struct signer_access *a)
{
	dflow_n200_free(&a->n200);
	secret_free(&a->kept);
}

/* Fills k, all zeroes, with what the device says of its key. */
static enum dflow_status
read_n200(struct keyfile *k, const char *name, struct dflow_n200 *n,
    const struct signer_role *role, struct dflow_err *err)
{
	const struct dflow_n200_key *key = NULL;
	enum dflow_status status = n200_find(n, name, &key, err);
	uint8_t algorithm;

	if (status != DFLOW_OK)
		return status;
	algorithm = n200_algorithm(key);
	if (algorithm == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the device does not tell a public key of P-256 or "
		    "P-384; name another key",
		    name);
	snprintf(k->from, sizeof(k->from), "%s", name);
	snprintf(k->label, sizeof(k->label), N200_PREFIX "%s", key->key_id);
	name_copy(k->owner, role->zone);
	k->rdata[0] = (uint8_t)(role->flags >> 8);
	k->rdata[1] = (uint8_t)role->flags;
	k->rdata[2] = DNSKEY_PROTOCOL;
	k->rdata[3] = algorithm;
	memcpy(k->rdata + 4, key->public_key, key->public_len);
	k->has_private = true;
	keytimes_clear(&k->times);
	(void)dnskey_view(k->rdata, 4 + key->public_len, &k->key);
	return dnskey_check(&k->key, err);
}

enum dflow_status
signer_key_read(const char *name, struct signer_access *a,
    const struct signer_role *role, struct keyfile **out, struct dflow_err *err)
{
	enum dflow_status status;
	struct keyfile *k;

	if (strncmp(name, "pkcs11:", 7) == 0)
		return err_set(err, DFLOW_USAGE,
		    "%s: this build reaches no PKCS#11 tokens; name a key file "
		    "(as Kexample.com.+013+11238)",
		    name);
	if (!is_n200(name))
		return keyfile_read(name, out, err);
	status = n200_ready(a, name, err);
	if (status != DFLOW_OK)
		return status;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return err_memory(err);
	status = read_n200(k, name, a->n200, role, err);
	if (status != DFLOW_OK) {
		keyfile_free(&k);
		return status;
	}
	*out = k;
	return DFLOW_OK;
}

enum dflow_status
signer_open(const struct keyfile *k, struct signer_access *a,
    struct signer **out, struct dflow_err *err)
{
	enum dflow_status status;

	if (k->label[0] == '\0')
		return file_signer_open(k, &a->pass, out, err);
	if (!is_n200(k->label))
		return err_set(err, DFLOW_REFUSED,
		    "%s: its private key is in a device that this build does "
		    "not reach (%s)",
		    k->from, k->label);
	status = n200_ready(a, k->from, err);
	if (status == DFLOW_OK)
		status = n200_signer_open(a->n200, k->label, &k->key, out, err);
	return status;
}

enum dflow_status
signer_new(const struct signer_ops *ops, void *key, const struct dnskey *pub,
    struct signer **out, struct dflow_err *err)
{
	struct signer *s = NULL;

	if (pub->rdata_len > DNSKEY_RDATA_MAX) {
		ops->key_free(key);
		return err_set(err, DFLOW_REFUSED,
		    "key %u has %zu bytes; "
		    "the limit is %d",
		    (unsigned)pub->tag, pub->rdata_len, DNSKEY_RDATA_MAX);
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		ops->key_free(key);
		return err_memory(err);
	}
	s->ops = ops;
	s->key = key; /* transferred */
	memcpy(s->rdata, pub->rdata, pub->rdata_len);
	if (!dnskey_view(s->rdata, pub->rdata_len, &s->pub)) {
		signer_free(&s);
		return err_set(err, DFLOW_REFUSED, "a key has no DNSKEY");
	}
	*out = s;
	return DFLOW_OK;
}

void
signer_free(struct signer **s)
{
	if (s == NULL || *s == NULL)
		return;
	(*s)->ops->key_free((*s)->key);
	free(*s);
	*s = NULL;
}

const struct dnskey *
signer_key(const struct signer *s)
{
	return &s->pub;
}

enum dflow_status
signer_worker_new(
    const struct signer *s, struct signer_worker **out, struct dflow_err *err)
{
	struct signer_worker *w = calloc(1, sizeof(*w));
	enum dflow_status status;

	if (w == NULL)
		return err_memory(err);
	w->ops = s->ops;
	status = s->ops->worker_new(s->key, &w->worker, err);
	if (status != DFLOW_OK) {
		free(w);
		return status;
	}
	*out = w;
	return DFLOW_OK;
}

enum dflow_status
signer_sign(struct signer_worker *w, struct sign_job *jobs, size_t count,
    struct dflow_err *err)
{
	return w->ops->sign(w->worker, jobs, count, err);
}

void
signer_worker_free(struct signer_worker **w)
{
	if (w == NULL || *w == NULL)
		return;
	(*w)->ops->worker_free((*w)->worker);
	free(*w);
	*w = NULL;
}
