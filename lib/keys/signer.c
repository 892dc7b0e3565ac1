/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the interface to private keys: which module a name leads to, and the
 * public half that goes with it. Refuses names of devices that this build
 * cannot reach.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/file.h"
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

enum dflow_status
signer_open(const char *name, const struct passphrase_source *pass,
    struct signer **out, struct dflow_err *err)
{
	static const char *const devices[] = {"n200:", "pkcs11:"};
	size_t i;

	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (strncmp(name, devices[i], strlen(devices[i])) == 0)
			return err_set(err, DFLOW_USAGE,
			    "%s: this build "
			    "signs with key files only; name one (as "
			    "Kexample.com.+013+11238)",
			    name);
	return file_signer_open(name, pass, out, err);
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
