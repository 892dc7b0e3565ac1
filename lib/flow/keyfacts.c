/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about a key, in the words that people use. */
#include "flow/keyfacts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/digest.h"

const char *
keyfacts_algorithm(uint8_t number)
{
	const struct alg *alg = alg_find(number);

	return alg != NULL ? alg->mnemonic : "unknown";
}

void
keyfacts_hex(const uint8_t *data, size_t len, char out[DFLOW_DIGEST_TEXT])
{
	assert(HEX_LEN(len) < DFLOW_DIGEST_TEXT);
	out[hex_encode(data, len, out)] = '\0';
}

void
keyfacts_sha256(const void *data, size_t len, char out[DFLOW_DIGEST_TEXT])
{
	uint8_t digest[DIGEST_MAX];

	digest_once(DIGEST_SHA256, data, len, digest);
	keyfacts_hex(digest, digest_len(DIGEST_SHA256), out);
}

enum dflow_status
keyfacts_ds(const char *zone, const struct dflow_key_facts *key, char **out,
    struct dflow_err *err)
{
	size_t room = strlen(zone) + DFLOW_DIGEST_TEXT + 40;
	char *text = malloc(room);

	if (text == NULL)
		return err_memory(err);
	(void)snprintf(text, room, "%s IN DS %u %u 2 %s", zone, key->tag,
	    key->algorithm, key->fingerprint);
	*out = text;
	return DFLOW_OK;
}

static const char *
role(uint16_t flags)
{
	if ((flags & DNSKEY_FLAG_ZONE) == 0)
		return "not a zone key";
	if ((flags & DNSKEY_FLAG_REVOKE) != 0)
		return (flags & DNSKEY_FLAG_SEP) != 0 ? "revoked KSK"
						      : "revoked ZSK";
	return (flags & DNSKEY_FLAG_SEP) != 0 ? "KSK" : "ZSK";
}

void
keyfacts_fill(struct dflow_key_facts *out, const uint8_t *owner,
    const struct dnskey *key, const char *file, size_t line)
{
	uint8_t ds[DS_RDATA_MAX];
	size_t len = dnskey_ds(owner, key, 2, ds);

	memset(out, 0, sizeof(*out));
	out->file = file;
	out->line = line;
	out->role = role(key->flags);
	out->algorithm_name = keyfacts_algorithm(key->algorithm);
	out->bits = dnskey_bits(key);
	out->tag = key->tag;
	out->flags = key->flags;
	out->algorithm = key->algorithm;
	if (len > 4)
		keyfacts_hex(ds + 4, len - 4, out->fingerprint);
}
