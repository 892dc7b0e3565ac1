/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns OpenSSL's digests: fetched once, then used without allocation, and the
 * NSEC3 hash (RFC 5155 section 5). A digest that fails midway is a broken
 * machine and ends the process rather than signing nonsense.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "dns/digest.h"
#include "dns/name.h"

struct digest {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct digest_facts {
	const char *name;
	size_t len;
};

static const struct digest_facts facts[] = {
	[DIGEST_SHA1] = { "SHA1", 20 },
	[DIGEST_SHA256] = { "SHA256", 32 },
	[DIGEST_SHA384] = { "SHA384", 48 },
	[DIGEST_SHA512] = { "SHA512", 64 },
};

size_t
digest_len(enum digest_kind kind)
{
	return facts[kind].len;
}

static void
must(int ok)
{
	if (ok != 1)
		abort();
}

enum dflow_status
digest_new(enum digest_kind kind, struct digest **out, struct dflow_err *err)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_memory(err);
	d->md = EVP_MD_fetch(NULL, facts[kind].name, NULL);
	if (d->md == NULL) {
		digest_free(&d);
		return err_set(err, DFLOW_FAILED, "OpenSSL has no %s; "
		    "check its configuration (FIPS mode?)", facts[kind].name);
	}
	d->ctx = EVP_MD_CTX_new();
	if (d->ctx == NULL || EVP_DigestInit_ex2(d->ctx, d->md, NULL) != 1) {
		digest_free(&d);
		return err_memory(err);
	}
	*out = d;
	return DFLOW_OK;
}

void
digest_add(struct digest *d, const void *data, size_t len)
{
	must(EVP_DigestUpdate(d->ctx, data, len));
}

void
digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	must(EVP_DigestFinal_ex(d->ctx, out, NULL));
	must(EVP_DigestInit_ex2(d->ctx, NULL, NULL));
}

void
digest_free(struct digest **d)
{
	if (d == NULL || *d == NULL)
		return;
	EVP_MD_CTX_free((*d)->ctx);
	EVP_MD_free((*d)->md);
	free(*d);
	*d = NULL;
}

void
digest_once(enum digest_kind kind, const void *data, size_t len,
    uint8_t out[DIGEST_MAX])
{
	size_t written = 0;

	must(EVP_Q_digest(NULL, facts[kind].name, NULL, data, len, out,
	    &written));
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
