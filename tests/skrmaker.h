/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes SKRs and KSRs from keys in a folder, good ones and others, for tests.
 */
#ifndef TESTS_SKRMAKER_H
#define TESTS_SKRMAKER_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/dnskey.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle_write.h"
#include "flow/keyfacts.h"
#include "flow/rrpack.h"
#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

enum { SKR_KEYS = 8, SKR_TTL = 3600 };

/* What a CDS or CDNSKEY holds. */
enum skr_cds_form {
	SKR_CDNSKEY,
	SKR_CDNSKEY_DELETE,
	SKR_CDNSKEY_ODD, /* algorithm 0, but not the delete form */
	SKR_CDS, /* SHA-256 */
	SKR_CDS_BENT, /* of another digest than that */
	SKR_CDS_UNKNOWN, /* of a digest type that nobody knows */
	SKR_CDS_DELETE,
	SKR_CDS_ODD,
};

struct skr_cds {
	enum skr_cds_form form;
	unsigned key; /* its index */
	bool zsk; /* among those, not among the KSKs */
};

enum { SKR_CDS_MAX = 4 };

/* Bits of a mask stand for keys: 1 << index. */
struct skr_bundle {
	int64_t time;
	unsigned ksks, zsks;
	unsigned signers; /* of DNSKEY and CDNSKEY */
	unsigned revoked; /* of ksks */
	int64_t inception; /* 0: an hour before time */
	int64_t expiration; /* 0: 14 days after it */
	/* These; without any, the CDNSKEY of each KSK that is not revoked. */
	struct skr_cds cds[SKR_CDS_MAX];
	size_t cds_count;
	unsigned cds_signers; /* 0: signers that are not revoked */
};

struct skr_maker {
	uint8_t zone[NAME_MAX_LEN];
	struct signer *ksk[SKR_KEYS];
	struct signer *zsk[SKR_KEYS];
};

/* The private key of the files at base. */
static inline struct signer *
skr_open(const char *base)
{
	struct signer_access access = {.pass.fd = -1};
	struct signer *s = NULL;
	struct keyfile *k = NULL;
	struct dflow_err err;

	ck_assert_msg(
	    signer_key_read(base, &access, NULL, &k, &err) == DFLOW_OK, "%s",
	    err.text);
	ck_assert_msg(
	    signer_open(k, &access, &s, &err) == DFLOW_OK, "%s", err.text);
	keyfile_free(&k);
	return s;
}

static inline void
skr_free(struct skr_maker *m)
{
	for (size_t i = 0; i < SKR_KEYS; i++) {
		signer_free(&m->ksk[i]);
		signer_free(&m->zsk[i]);
	}
}

static inline struct bundle_rr *
skr_add(struct bundle *in, uint16_t type, const uint8_t *rdata, size_t len)
{
	struct bundle_rr *rr = &in->rrs[in->count++];

	ck_assert_uint_le(in->count, BUNDLE_RRS_MAX);
	rr->rdata = malloc(len);
	ck_assert_ptr_nonnull(rr->rdata);
	memcpy(rr->rdata, rdata, len);
	rr->len = len;
	rr->ttl = SKR_TTL;
	rr->type = type;
	return rr;
}

/* The RRSIG over the records of that type, by key as it stands in rr. */
static inline void
skr_sign(const struct skr_maker *m, struct bundle *in, uint16_t type,
    const struct signer *key, const struct bundle_rr *rr, uint32_t from,
    uint32_t to)
{
	struct rrsig sig = {.signer = m->zone,
	    .original_ttl = SKR_TTL,
	    .inception = from,
	    .expiration = to,
	    .covered = type,
	    .tag = dnskey_tag(rr->rdata, rr->len),
	    .algorithm = signer_key(key)->algorithm,
	    .labels = rrsig_labels(m->zone)};
	struct signer_worker *w = NULL;
	struct sign_job job = {0};
	struct buf data, rdata;
	struct rrpack pack;
	struct rrset set;
	struct dflow_err err;

	buf_init(&data, 1 << 20);
	buf_init(&rdata, 1 << 16);
	rrpack_init(&pack, type);
	for (size_t i = 0; i < in->count; i++)
		if (in->rrs[i].type == type)
			ck_assert(rrpack_add(&pack, in->rrs[i].rdata,
				      in->rrs[i].len, &err) == DFLOW_OK);
	ck_assert(rrpack_set(&pack, m->zone, SKR_TTL, &set, &err) == DFLOW_OK);
	rrsig_put_signed(&data, &sig, &set);
	job.data = data.data;
	job.len = data.len;
	ck_assert(signer_worker_new(key, &w, &err) == DFLOW_OK);
	ck_assert(signer_sign(w, &job, 1, &err) == DFLOW_OK);
	signer_worker_free(&w);
	rrsig_put_head(&rdata, &sig);
	buf_put(&rdata, job.sig, job.sig_len);
	skr_add(in, RRTYPE_RRSIG, rdata.data, rdata.len)->covered = type;
	rrpack_free(&pack);
	buf_free(&data);
	buf_free(&rdata);
}

static inline void
skr_add_cds(
    const struct skr_maker *m, const struct skr_cds *c, struct bundle *in)
{
	static const uint8_t none[] = {0, 0, 3, 0, 0};
	const struct dnskey *k =
	    signer_key(c->zsk ? m->zsk[c->key] : m->ksk[c->key]);
	uint8_t ds[DS_RDATA_MAX] = {0};
	size_t len = dnskey_ds(m->zone, k, 2, ds);

	switch (c->form) {
	case SKR_CDNSKEY:
		skr_add(in, RRTYPE_CDNSKEY, k->rdata, k->rdata_len);
		return;
	case SKR_CDNSKEY_DELETE:
		skr_add(in, RRTYPE_CDNSKEY, none, sizeof(none));
		return;
	case SKR_CDNSKEY_ODD:
		skr_add(in, RRTYPE_CDNSKEY, k->rdata, k->rdata_len)->rdata[3] =
		    0;
		return;
	case SKR_CDS:
		break;
	case SKR_CDS_BENT:
		ds[len - 1] ^= 1;
		break;
	case SKR_CDS_UNKNOWN:
		ds[3] = 200;
		break;
	case SKR_CDS_DELETE:
		len = 5;
		memset(ds, 0, len);
		break;
	case SKR_CDS_ODD:
		ds[2] = 0;
		break;
	}
	skr_add(in, RRTYPE_CDS, ds, len);
}

static inline bool
skr_has(const struct bundle *in, uint16_t type)
{
	for (size_t i = 0; i < in->count; i++)
		if (in->rrs[i].type == type)
			return true;
	return false;
}

/* KSKs with their CDNSKEY, ZSKs, RRSIGs. */
static inline void
skr_fill(const struct skr_maker *m, const struct skr_bundle *s,
    enum bundle_kind kind, struct bundle *in)
{
	int64_t from = s->inception != 0 ? s->inception : s->time - 3600;
	int64_t to = s->expiration != 0 ? s->expiration : s->time + 14 * 86400;
	static const uint16_t types[] = {
	    RRTYPE_DNSKEY, RRTYPE_CDNSKEY, RRTYPE_CDS};
	unsigned cds_signers =
	    s->cds_signers != 0 ? s->cds_signers : s->signers & ~s->revoked;
	size_t at[SKR_KEYS] = {0};

	in->time = s->time;
	in->rrs = calloc(BUNDLE_RRS_MAX, sizeof(*in->rrs));
	ck_assert_ptr_nonnull(in->rrs);
	for (unsigned i = 0; kind == BUNDLE_SKR && i < SKR_KEYS; i++) {
		const struct dnskey *k;

		if ((s->ksks & 1u << i) == 0)
			continue;
		k = signer_key(m->ksk[i]);
		at[i] = in->count;
		skr_add(in, RRTYPE_DNSKEY, k->rdata, k->rdata_len);
		if ((s->revoked & 1u << i) != 0)
			in->rrs[at[i]].rdata[1] |= DNSKEY_FLAG_REVOKE;
		else if (s->cds_count == 0)
			skr_add(in, RRTYPE_CDNSKEY, k->rdata, k->rdata_len);
	}
	for (size_t i = 0; kind == BUNDLE_SKR && i < s->cds_count; i++)
		skr_add_cds(m, &s->cds[i], in);
	for (unsigned i = 0; i < SKR_KEYS; i++)
		if ((s->zsks & 1u << i) != 0)
			skr_add(in, RRTYPE_DNSKEY, signer_key(m->zsk[i])->rdata,
			    signer_key(m->zsk[i])->rdata_len);
	for (unsigned i = 0; kind == BUNDLE_SKR && i < SKR_KEYS; i++)
		for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
			if (((t == 0 ? s->signers : cds_signers) & 1u << i) !=
				0 &&
			    skr_has(in, types[t]))
				skr_sign(m, in, types[t], m->ksk[i],
				    &in->rrs[at[i]], (uint32_t)from,
				    (uint32_t)to);
}

/* The caller sets the footer and frees it. */
static inline struct bundles *
skr_make(const struct skr_maker *m, enum bundle_kind kind,
    const struct skr_bundle *list, size_t count)
{
	struct bundles *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	b->kind = kind;
	(void)name_copy(b->zone, m->zone);
	b->list = calloc(BUNDLES_MAX, sizeof(*b->list));
	ck_assert_ptr_nonnull(b->list);
	bundle_footer_clear(&b->footer);
	for (size_t i = 0; i < count; i++)
		skr_fill(m, &list[i], kind, &b->list[b->count++]);
	return b;
}

/* Writes it and tells its digest. */
static inline void
skr_write(
    const struct bundles *b, const char *path, char sha256[DFLOW_DIGEST_TEXT])
{
	struct dflow_err err;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	bundles_write(b, BUNDLE_BIND, &text);
	ck_assert(!text.failed);
	ck_assert_msg(
	    os_write(path, 0644, text.data, text.len, &err) == DFLOW_OK, "%s",
	    err.text);
	keyfacts_sha256(text.data, text.len, sha256);
	buf_free(&text);
}

#endif
