/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DS records of a KSK for its parent (RFC 4034 section 5, 4509, 6605), or CDS
 * and CDNSKEY (RFC 7344). SHA-1 is not made (RFC 8624 section 3.3).
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "dnssecflow/ceremony.h"
#include "flow/keyfacts.h"
#include "keys/keyfile.h"
#include "keys/n200.h"

enum { TEXT_MAX = 1 << 16 };

struct dflow_ds {
	struct keyfile *file;
	struct dflow_key_facts key;
	char zone[NAME_TEXT_SIZE];
	char digest[DFLOW_DIGEST_TEXT];
	uint8_t digest_type;
	struct buf text; /* with a NUL behind it */
};

static enum dflow_status
check_key(const struct keyfile *k, struct dflow_err *err)
{
	if ((k->key.flags & DNSKEY_FLAG_REVOKE) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: revoked (flags "
		    "%u); no DS may refer to it",
		    k->from, k->key.flags);
	if (k->key.flags != (DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP))
		return err_set(err, DFLOW_REFUSED,
		    "%s: flags %u, not a "
		    "KSK's 257; a DS refers to a KSK",
		    k->from, k->key.flags);
	if (alg_find(k->key.algorithm) == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: algorithm %u is "
		    "not one that we know",
		    k->from, k->key.algorithm);
	return dnskey_check(&k->key, err);
}

static enum dflow_status
fill(struct dflow_ds *d, const struct dflow_ds_params *p, struct dflow_err *err)
{
	const struct keyfile *k = d->file;
	uint32_t ttl = k->ttl != 0 ? k->ttl : DFLOW_CEREMONY_TTL;
	uint8_t ds[DS_RDATA_MAX];
	size_t len = dnskey_ds(k->owner, &k->key, p->digest_type, ds);
	struct rdata rdata = {ds, (uint16_t)len};

	if (len <= 4)
		return err_set(err, DFLOW_USAGE,
		    "digest type %u; 2 (SHA-256) "
		    "and 4 (SHA-384) can be made",
		    p->digest_type);
	d->digest_type = p->digest_type;
	name_text(k->owner, d->zone);
	keyfacts_fill(&d->key, k->owner, &k->key, k->base, 0);
	keyfacts_hex(ds + 4, len - 4, d->digest);
	rrtext_put(
	    &d->text, k->owner, ttl, p->cds ? RRTYPE_CDS : RRTYPE_DS, rdata);
	if (p->cds)
		rrtext_put(&d->text, k->owner, ttl, RRTYPE_CDNSKEY,
		    (struct rdata){k->key.rdata, (uint16_t)k->key.rdata_len});
	buf_u8(&d->text, 0);
	return buf_check(&d->text, "DS", err);
}

enum dflow_status
dflow_ds(const struct dflow_ds_params *params, struct dflow_ds **out,
    struct dflow_err *err)
{
	struct dflow_ds *d = NULL;
	enum dflow_status st;

	if (params->digest_type != 2 && params->digest_type != 4)
		return err_set(err, DFLOW_USAGE,
		    "digest type %u; 2 (SHA-256) "
		    "and 4 (SHA-384) can be made",
		    params->digest_type);
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return err_memory(err);
	buf_init(&d->text, TEXT_MAX);
	if (strncmp(params->key, N200_PREFIX, strlen(N200_PREFIX)) == 0)
		st = err_set(err, DFLOW_USAGE,
		    "%s: the DS is of a zone's key; name its files, which "
		    "keygen --n200 --n200-existing writes",
		    params->key);
	else
		st = keyfile_read(params->key, &d->file, err);
	if (st == DFLOW_OK)
		st = check_key(d->file, err);
	if (st == DFLOW_OK)
		st = fill(d, params, err);
	if (st != DFLOW_OK)
		goto out;
	*out = d;
	d = NULL; /* transferred */
out:
	dflow_ds_free(&d);
	return st;
}

struct dflow_ds_facts
dflow_ds_facts(const struct dflow_ds *d)
{
	return (struct dflow_ds_facts){.zone = d->zone,
	    .key = &d->key,
	    .digest_type = d->digest_type,
	    .digest = d->digest,
	    .text = (const char *)d->text.data};
}

void
dflow_ds_free(struct dflow_ds **d)
{
	struct dflow_ds *old = *d;

	*d = NULL;
	if (old == NULL)
		return;
	keyfile_free(&old->file);
	buf_free(&old->text);
	free(old);
}
