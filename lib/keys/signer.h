/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes signatures with a private key, wherever that key lives. Behind
 * it stand a key file (keys/file.c) and, later, devices. A signer may be used
 * by several threads at once, each with a worker of its own.
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

struct signer;
struct signer_worker;

/* How to get at a key's passphrase, should it have one. */
struct passphrase_source {
	int fd; /* -1: ask on the terminal */
};

/*
 * Opens the private key that name stands for: the base name of a key file
 * pair (with or without .key or .private, with a folder) or a PEM file beside
 * whose private key a .key file of the same base stands. The private key must
 * belong to the public one. DFLOW_REFUSED for a file that others can read.
 * pass may be NULL: ask on the terminal.
 */
DFLOW_NODISCARD enum dflow_status signer_open(const char *name,
    const struct passphrase_source *pass, struct signer **out,
    struct dflow_err *err);
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
