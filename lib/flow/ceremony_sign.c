/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the signatures of a ceremony. Each is verified with the DNSKEY that
 * stands in its bundle before the response is written as text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/pool.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/ceremony.h"
#include "flow/rrpack.h"
#include "keys/verifier.h"

enum { SIGNED_MAX = 4 << 20 };

static const uint16_t types[] = {RRTYPE_DNSKEY, RRTYPE_CDNSKEY, RRTYPE_CDS};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* One signature that is due: by a KSK, over an RRset of a bundle. */
struct due {
	struct bundle *in;
	struct rrsig sig;
	struct buf data; /* what it covers */
};

/* All that one KSK signs in one response. */
struct batch {
	const struct ceremony_zone *z;
	struct ceremony_response *r;
	size_t ksk;
	struct due *dues;
	struct sign_job *jobs;
	size_t count;
};

/* The RRset of that type, or a count of 0. */
static enum dflow_status
gather(const struct bundles *b, const struct bundle *in, struct rrpack *pack,
    struct rrset *set, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	uint32_t ttl = 0;

	for (size_t i = 0; i < in->count && st == DFLOW_OK; i++) {
		if (in->rrs[i].type != pack->type)
			continue;
		ttl = in->rrs[i].ttl;
		st = rrpack_add(pack, in->rrs[i].rdata, in->rrs[i].len, err);
	}
	if (st == DFLOW_OK && pack->count > 0)
		st = rrpack_set(pack, b->zone, ttl, set, err);
	return st;
}

static enum dflow_status
add_due(struct batch *b, const struct schedule_period *p, struct bundle *in,
    uint16_t type, struct dflow_err *err)
{
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey key =
	    ceremony_ksk(b->z, b->ksk, (p->revoked & 1u << b->ksk) != 0, rdata);
	struct due *due = &b->dues[b->count];
	struct rrset set = {0};
	struct rrpack pack;
	enum dflow_status st;

	rrpack_init(&pack, type);
	st = gather(b->r->bundles, in, &pack, &set, err);
	if (st != DFLOW_OK || pack.count == 0)
		goto out;
	due->in = in;
	due->sig = (struct rrsig){.signer = b->z->name,
	    .original_ttl = set.ttl,
	    .expiration = (uint32_t)p->expiration,
	    .inception = (uint32_t)p->inception,
	    .covered = type,
	    .tag = key.tag,
	    .algorithm = key.algorithm,
	    .labels = rrsig_labels(b->z->name)};
	buf_init(&due->data, SIGNED_MAX);
	b->count++;
	rrsig_put_signed(&due->data, &due->sig, &set);
	st = buf_check(&due->data, "DNSKEY RRset", err);
	b->jobs[b->count - 1].data = due->data.data;
	b->jobs[b->count - 1].len = due->data.len;
out:
	rrpack_free(&pack);
	return st;
}

/* A revoked key signs nothing but the keys (RFC 5011 section 2.1). */
static bool
is_due(const struct schedule_period *p, size_t ksk, uint16_t type)
{
	if ((p->signing & 1u << ksk) == 0)
		return false;
	return type == RRTYPE_DNSKEY || (p->revoked & 1u << ksk) == 0;
}

static enum dflow_status
fill_batch(struct batch *b, struct dflow_err *err)
{
	const struct schedule *s = b->r->schedule;
	enum dflow_status st = DFLOW_OK;

	b->dues = calloc(s->count * TYPES, sizeof(*b->dues));
	b->jobs = calloc(s->count * TYPES, sizeof(*b->jobs));
	if (b->dues == NULL || b->jobs == NULL)
		return err_memory(err);
	for (size_t i = 0; i < s->count; i++)
		for (size_t t = 0; t < TYPES && st == DFLOW_OK; t++)
			if (is_due(&s->periods[i], b->ksk, types[t]))
				st = add_due(b, &s->periods[i],
				    &b->r->bundles->list[i], types[t], err);
	return st;
}

static enum dflow_status
check_batch(const struct batch *b, struct dflow_err *err)
{
	struct verifier *v = NULL;
	enum dflow_status st = verifier_new(&b->z->ksks[b->ksk]->key, &v, err);

	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++)
		if (!verifier_check(v, b->jobs[i].data, b->jobs[i].len,
			b->jobs[i].sig, b->jobs[i].sig_len))
			st = err_set(err, DFLOW_REFUSED,
			    "%s: a signature that was just made does not "
			    "verify; nothing was written",
			    b->z->ksks[b->ksk]->from);
	verifier_free(&v);
	return st;
}

/* Puts the RRSIGs into their bundles. */
static enum dflow_status
place_batch(const struct batch *b, struct dflow_err *err)
{
	for (size_t i = 0; i < b->count; i++) {
		struct bundle *in = b->dues[i].in;
		struct bundle_rr *rr = &in->rrs[in->count];
		enum dflow_status st;
		struct buf rdata;

		buf_init(&rdata, UINT16_MAX);
		rrsig_put_head(&rdata, &b->dues[i].sig);
		buf_put(&rdata, b->jobs[i].sig, b->jobs[i].sig_len);
		st = buf_check(&rdata, "RRSIG", err);
		if (st != DFLOW_OK) {
			buf_free(&rdata);
			return st;
		}
		rr->rdata = rdata.data; /* transferred */
		rr->len = rdata.len;
		rr->type = RRTYPE_RRSIG;
		rr->covered = b->dues[i].sig.covered;
		rr->ttl = b->dues[i].sig.original_ttl;
		in->count++;
	}
	return DFLOW_OK;
}

/* All that the KSK signs in the response, in one batch: a device likes that. */
static enum dflow_status
sign_by(struct ceremony_zone *z, struct ceremony_response *r, size_t ksk,
    struct dflow_err *err)
{
	struct batch b = {.z = z, .r = r, .ksk = ksk};
	struct signer_worker *w = NULL;
	enum dflow_status st = fill_batch(&b, err);

	if (st != DFLOW_OK || b.count == 0)
		goto out;
	st = signer_worker_new(z->signers[ksk], &w, err);
	if (st == DFLOW_OK)
		st = signer_sign(w, b.jobs, b.count, err);
	if (st == DFLOW_OK)
		st = check_batch(&b, err);
	if (st == DFLOW_OK)
		st = place_batch(&b, err);
out:
	signer_worker_free(&w);
	for (size_t i = 0; i < b.count; i++)
		buf_free(&b.dues[i].data);
	free(b.dues);
	free(b.jobs);
	return st;
}

/* DNSKEY, CDNSKEY, CDS, each with its RRSIGs behind it, as BIND has them. */
static int
compare_rrs(const void *va, const void *vb)
{
	const struct bundle_rr *a = va, *b = vb;
	uint16_t sa = a->covered != 0 ? a->covered : a->type;
	uint16_t sb = b->covered != 0 ? b->covered : b->type;
	size_t ra = 0, rb = 0;

	while (types[ra] != sa)
		ra++;
	while (types[rb] != sb)
		rb++;
	if (ra != rb)
		return ra < rb ? -1 : 1;
	if ((a->covered != 0) != (b->covered != 0))
		return a->covered == 0 ? -1 : 1;
	/* Their order so far, which line holds meanwhile. */
	return (a->line > b->line) - (a->line < b->line);
}

static void
order_bundle(struct bundle *in)
{
	for (size_t i = 0; i < in->count; i++)
		in->rrs[i].line = i;
	qsort(in->rrs, in->count, sizeof(*in->rrs), compare_rrs);
	for (size_t i = 0; i < in->count; i++)
		in->rrs[i].line = 0;
}

static size_t
count_rrsigs(const struct bundle *in)
{
	size_t count = 0;

	for (size_t i = 0; i < in->count; i++)
		count += in->rrs[i].type == RRTYPE_RRSIG;
	return count;
}

/* What the threads work on, zone by zone. */
struct signing_all {
	struct dflow_ceremony *c;
	size_t told; /* zones */
	size_t made; /* signatures in them */
};

static enum dflow_status
sign_zone(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	struct dflow_ceremony *c = ((struct signing_all *)ctx)->c;
	struct ceremony_zone *z = &c->zones[i];
	enum dflow_status st = DFLOW_OK;

	(void)worker;
	(void)out;
	for (size_t n = 0; n < z->response_count; n++) {
		struct ceremony_response *r = &z->responses[n];

		for (size_t k = 0; k < z->ksk_count && st == DFLOW_OK; k++)
			if ((z->used & 1u << k) != 0)
				st = sign_by(z, r, k, err);
		for (size_t k = 0; k < r->bundles->count && st == DFLOW_OK; k++)
			order_bundle(&r->bundles->list[k]);
		if (st == DFLOW_OK)
			st = ceremony_text(c, z, r, err);
	}
	return st;
}

/* In the order of the zones, and by one thread at a time. */
static enum dflow_status
tell(void *ctx, const struct buf *in, struct dflow_err *err)
{
	struct signing_all *all = ctx;
	const struct ceremony_zone *z = &all->c->zones[all->told++];

	(void)in;
	(void)err;
	for (size_t n = 0; n < z->response_count; n++)
		for (size_t k = 0; k < z->responses[n].bundles->count; k++)
			all->made +=
			    count_rrsigs(&z->responses[n].bundles->list[k]);
	if (all->c->progress.tell != NULL && all->c->zone_count > 1)
		all->c->progress.tell(all->c->progress.ctx, "sign", all->made,
		    all->c->view.signature_count);
	return DFLOW_OK;
}

static enum dflow_status
sign_all(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct signing_all all = {.c = c};
	const struct pool_stream stream = {sign_zone, tell, &all, 1};

	return pool_stream(os_cores(), c->zone_count, &stream, err);
}

/* Last of all, so that nobody types a passphrase for what is refused. */
static enum dflow_status
open_signers(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		for (size_t k = 0; k < z->ksk_count && st == DFLOW_OK; k++)
			if (z->signers[k] == NULL && (z->used & 1u << k) != 0)
				st = signer_open(z->ksks[k], &c->access,
				    &z->signers[k], err);
	}
	return st;
}

/* One after the other: whoever signs may be asked for a passphrase. */
static enum dflow_status
make_containers(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; c->container != NULL && i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		for (size_t n = 0; n < z->response_count && st == DFLOW_OK;
		     n++) {
			struct ceremony_response *r = &z->responses[n];
			struct buf text = r->text;

			text.len--; /* without its NUL */
			st = container_sign(c->container, &text, c->view.now,
			    &r->container, err);
		}
	}
	return st;
}

static void
tell_digests(struct dflow_ceremony *c)
{
	for (size_t i = 0; i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		for (size_t n = 0; n < z->response_count; n++) {
			z->written[n].path = "";
			memcpy(z->written[n].sha256, z->responses[n].sha256,
			    sizeof(z->written[n].sha256));
		}
		c->zone_views[i].responses = z->written;
		c->zone_views[i].response_count = z->response_count;
	}
}

enum dflow_status
dflow_ceremony_sign(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st;

	if (c->tried)
		return err_set(err, DFLOW_USAGE,
		    "it was signed, or that failed; begin another ceremony");
	/* A mistyped passphrase may be typed again. */
	st = open_signers(c, err);
	if (st != DFLOW_OK)
		return st;
	c->tried = true;
	st = sign_all(c, err);
	if (st == DFLOW_OK)
		st = make_containers(c, err);
	if (st == DFLOW_OK)
		st = ceremony_ledger_record(c, err);
	if (st != DFLOW_OK)
		return st;
	c->done = true;
	tell_digests(c);
	return DFLOW_OK;
}

const char *
dflow_ceremony_text(const struct dflow_ceremony *c, size_t i)
{
	return c->done && i < c->zone_count
		   ? (const char *)c->zones[i].responses[0].text.data
		   : NULL;
}
