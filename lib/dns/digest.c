/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns OpenSSL's digests and the NSEC3 hash (RFC 5155 section 5). The hash
 * functions are called directly: behind EVP each digest allocates, so that in
 * want of memory it could only fail where there is no way back.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "dns/digest.h"
#include "dns/name.h"

struct digest {
	enum digest_kind kind;
	union {
		SHA_CTX sha1;
		SHA256_CTX sha256;
		SHA512_CTX sha512; /* SHA-384 too */
	} state;
};

size_t
digest_len(enum digest_kind kind)
{
	static const size_t len[] = {
	    [DIGEST_SHA1] = SHA_DIGEST_LENGTH,
	    [DIGEST_SHA256] = SHA256_DIGEST_LENGTH,
	    [DIGEST_SHA384] = SHA384_DIGEST_LENGTH,
	    [DIGEST_SHA512] = SHA512_DIGEST_LENGTH,
	};

	return len[kind];
}

/* Their answer is always 1: these functions have nothing that could fail. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

static void
begin(struct digest *d)
{
	switch (d->kind) {
	case DIGEST_SHA1:
		must(SHA1_Init(&d->state.sha1));
		break;
	case DIGEST_SHA256:
		must(SHA256_Init(&d->state.sha256));
		break;
	case DIGEST_SHA384:
		must(SHA384_Init(&d->state.sha512));
		break;
	case DIGEST_SHA512:
		must(SHA512_Init(&d->state.sha512));
		break;
	}
}

enum dflow_status
digest_new(enum digest_kind kind, struct digest **out, struct dflow_err *err)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_memory(err);
	d->kind = kind;
	begin(d);
	*out = d;
	return DFLOW_OK;
}

void
digest_add(struct digest *d, const void *data, size_t len)
{
	switch (d->kind) {
	case DIGEST_SHA1:
		must(SHA1_Update(&d->state.sha1, data, len));
		break;
	case DIGEST_SHA256:
		must(SHA256_Update(&d->state.sha256, data, len));
		break;
	case DIGEST_SHA384:
		must(SHA384_Update(&d->state.sha512, data, len));
		break;
	case DIGEST_SHA512:
		must(SHA512_Update(&d->state.sha512, data, len));
		break;
	}
}

void
digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	switch (d->kind) {
	case DIGEST_SHA1:
		must(SHA1_Final(out, &d->state.sha1));
		break;
	case DIGEST_SHA256:
		must(SHA256_Final(out, &d->state.sha256));
		break;
	case DIGEST_SHA384:
		must(SHA384_Final(out, &d->state.sha512));
		break;
	case DIGEST_SHA512:
		must(SHA512_Final(out, &d->state.sha512));
		break;
	}
	begin(d);
}

void
digest_free(struct digest **d)
{
	if (d == NULL || *d == NULL)
		return;
	free(*d);
	*d = NULL;
}

void
digest_once(enum digest_kind kind, const void *data, size_t len,
    uint8_t out[DIGEST_MAX])
{
	struct digest d = {.kind = kind};

	begin(&d);
	digest_add(&d, data, len);
	digest_end(&d, out);
}

void
digest_nsec3(struct digest *d, const struct nsec3_params *p,
    const uint8_t *name, uint8_t out[NSEC3_HASH_LEN])
{
	uint8_t hash[DIGEST_MAX], canon[NAME_MAX_LEN];
	unsigned round;

	digest_add(d, canon, name_lower(canon, name));
	digest_add(d, p->salt, p->salt_len);
	digest_end(d, hash);
	for (round = 0; round < p->iterations; round++) {
		digest_add(d, hash, NSEC3_HASH_LEN);
		digest_add(d, p->salt, p->salt_len);
		digest_end(d, hash);
	}
	memcpy(out, hash, NSEC3_HASH_LEN);
}
