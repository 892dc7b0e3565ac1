/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes signatures with a private key, wherever that key lives. Behind
 * it stand a key file (keys/file.c) and a device (keys/n200signer.c). A signer
 * may be used by several threads at once, each with a worker of its own.
 */
#ifndef KEYS_SIGNER_H
#define KEYS_SIGNER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "dns/dnskey.h"

enum { SIGNER_SIG_MAX = 512 };

/* One signature to be made over data, in DNSSEC's own form (RFC 6605, 8080). */
struct sign_job {
	const uint8_t *data;
	size_t len;
	size_t sig_len; /* filled */
	uint8_t sig[SIGNER_SIG_MAX];
};

struct dflow_n200;
struct keyfile;
struct signer;
struct signer_worker;

/* How to get at a key's passphrase, should it have one. */
struct passphrase_source {
	int fd; /* -1: ask on the terminal */
	/* The last one that was right, to be tried first with further keys;
	 * NULL: none is kept. */
	struct secret **kept;
};

/* What keys may need beside their names; one for all keys of an operation. */
struct signer_access {
	struct passphrase_source pass;
	const char *n200_conf; /* NULL: none was given */
	struct dflow_n200 *n200; /* NULL until a key needs it */
	struct secret *kept; /* for pass.kept, where one is to be asked once */
};
/* After the signers that were opened with it. */
void signer_access_end(struct signer_access *a);

/* What a key that has no files is for. */
struct signer_role {
	const uint8_t *zone;
	uint16_t flags; /* of its DNSKEY */
};

/*
 * The public key that name stands for, as keyfile_read; or, for n200:NAME, the
 * device's key, in that role, without timing metadata. Free by keyfile_free.
 */
DFLOW_NODISCARD enum dflow_status signer_key_read(const char *name,
    struct signer_access *a, const struct signer_role *role,
    struct keyfile **out, struct dflow_err *err);

/*
 * Opens the private key of k: in the .private or .pem file beside its .key
 * file, or in the device. It must belong to the public one. DFLOW_REFUSED for
 * a file that others can read. a must outlive the signer, k need not.
 */
DFLOW_NODISCARD enum dflow_status signer_open(const struct keyfile *k,
    struct signer_access *a, struct signer **out, struct dflow_err *err);
void signer_free(struct signer **s);

/* The public key; valid as long as the signer. */
const struct dnskey *signer_key(const struct signer *s);

/* One thread's way to sign; s must outlive it. */
DFLOW_NODISCARD enum dflow_status signer_worker_new(
    const struct signer *s, struct signer_worker **out, struct dflow_err *err);
/* Makes count signatures, or fails as a whole. */
DFLOW_NODISCARD enum dflow_status signer_sign(struct signer_worker *w,
    struct sign_job *jobs, size_t count, struct dflow_err *err);
void signer_worker_free(struct signer_worker **w);

/* For the modules behind the interface (keys/file.c and its like). */
struct signer_ops {
	enum dflow_status (*worker_new)(
	    void *key, void **worker, struct dflow_err *err);
	enum dflow_status (*sign)(void *worker, struct sign_job *jobs,
	    size_t count, struct dflow_err *err);
	void (*worker_free)(void *worker);
	void (*key_free)(void *key);
};
/* Takes over key, also on failure. pub's RDATA are copied. */
DFLOW_NODISCARD enum dflow_status signer_new(const struct signer_ops *ops,
    void *key, const struct dnskey *pub, struct signer **out,
    struct dflow_err *err);

#endif
