/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the rules by which a signature is kept. A key counts as the one that
 * made a signature only if the previous zone had it, and no other of its tag
 * and algorithm: tags collide.
 */
#include "flow/keep.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/when.h"
#include "dns/rrtype.h"

enum { SCRATCH_MAX = 1 << 20 };

/* Is the key in the DNSKEY RRset, alone of its tag and algorithm? */
static bool
key_known(const struct rrset *dnskeys, const struct dnskey *key)
{
	const uint8_t *p = dnskeys->rdata;
	struct dnskey other;
	size_t alike = 0;
	bool found = false;

	for (uint32_t i = 0; i < dnskeys->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!dnskey_view(r.data, r.len, &other) ||
		    other.tag != key->tag || other.algorithm != key->algorithm)
			continue;
		alike++;
		found |= r.len == key->rdata_len &&
			 memcmp(r.data, key->rdata, r.len) == 0;
	}
	return found && alike == 1;
}

bool
keep_init(struct keep *k)
{
	const struct node *apex = zone_apex(k->zone);
	const struct rrset *dnskeys = NULL;
	bool any = false;

	if (apex != NULL)
		dnskeys = node_rrset(k->zone, apex, RRTYPE_DNSKEY);
	for (size_t i = 0; dnskeys != NULL && i < k->signer_count; i++) {
		k->known[i] = key_known(dnskeys, signer_key(k->signers[i]));
		any |= k->known[i];
	}
	if (!any)
		k->zone = NULL;
	return any;
}

void
keeper_init(struct keeper *r)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->scratch, SCRATCH_MAX);
}

void
keeper_free(struct keeper *r)
{
	free(r->list);
	free(r->rrsigs);
	proof_list_free(&r->proofs);
	buf_free(&r->scratch);
}

static bool
make_room(struct keeper *r, const struct keep *k, size_t count)
{
	void *list, *rrsigs;

	if (count <= r->cap)
		return true;
	list = realloc(r->list, count * sizeof(*r->list));
	if (list == NULL)
		return false;
	r->list = list;
	rrsigs = realloc(
	    r->rrsigs, count * (k->signer_count + 1) * sizeof(*r->rrsigs));
	if (rrsigs == NULL)
		return false;
	r->rrsigs = rrsigs;
	r->cap = count;
	return true;
}

static size_t
packed_len(const struct rrset *set)
{
	const uint8_t *p = set->rdata;

	for (uint32_t i = 0; i < set->count; i++)
		(void)rdata_at(p, &p);
	return (size_t)(p - set->rdata);
}

/* Same TTL and the same RDATA; the owner is known to be the same. */
static bool
set_same(const struct rrset *a, const struct rrset *b)
{
	size_t len;

	if (a->ttl != b->ttl || a->count != b->count)
		return false;
	len = packed_len(a);
	return len == packed_len(b) && memcmp(a->rdata, b->rdata, len) == 0;
}

/* May this signature over the set stay? */
static bool
sig_stays(const struct keep *k, const struct rrsig *s, const struct rrset *set)
{
	int64_t expiration = when_from_serial(s->expiration, k->now);

	return expiration > k->after && expiration <= k->latest &&
	       when_from_serial(s->inception, k->now) <= k->now &&
	       s->original_ttl == set->ttl &&
	       s->labels == rrsig_labels(set->owner) &&
	       name_equal(s->signer, k->apex);
}

static struct rdata
find_sig(const struct keep *k, const struct kept *kept, size_t signer)
{
	const struct dnskey *key = signer_key(k->signers[signer]);
	struct rdata none = {NULL, 0};
	const uint8_t *p;
	struct rrsig s;

	if (kept->sigs == NULL || !k->known[signer])
		return none;
	p = kept->sigs->rdata;
	for (uint32_t i = 0; i < kept->sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (rrsig_view(r.data, r.len, &s) && s.tag == key->tag &&
		    s.algorithm == key->algorithm &&
		    sig_stays(k, &s, kept->set))
			return r;
	}
	return none;
}

static void
match(struct keeper *r, const struct keep *k, const struct item *item,
    struct kept *kept)
{
	const struct node *n = zone_find_next(k->zone, item->set.owner, &r->at);
	const struct rrset *set;

	if (n == NULL)
		return;
	kept->sigs = node_rrsigs(k->zone, n, item->set.type);
	set = node_rrset(k->zone, n, item->set.type);
	if (set == NULL || !set_same(set, &item->set))
		return;
	kept->set = set;
	for (size_t i = 0; item->sign && i < k->signer_count; i++)
		r->rrsigs[kept->rrsigs + i] = find_sig(k, kept, i);
}

enum dflow_status
keeper_match(struct keeper *r, const struct keep *k, const struct items *it,
    struct dflow_err *err)
{
	if (!make_room(r, k, it->count))
		return err_memory(err);
	memset(r->list, 0, it->count * sizeof(*r->list));
	memset(r->rrsigs, 0,
	    it->count * (k->signer_count + 1) * sizeof(*r->rrsigs));
	r->at = 0;
	for (size_t i = 0; i < it->count; i++) {
		r->list[i].rrsigs = i * k->signer_count;
		if (k->zone != NULL)
			match(r, k, &it->list[i], &r->list[i]);
	}
	return DFLOW_OK;
}

static bool
prove(struct keeper *r, const struct keep *k, const struct item *item,
    const struct rdata *rrsigs)
{
	uint8_t proof[PROOF_LEN];
	struct rrsig s;

	for (size_t i = 0; i < k->signer_count; i++) {
		if (rrsigs[i].data == NULL ||
		    !rrsig_view(rrsigs[i].data, rrsigs[i].len, &s))
			continue;
		/* What is too big for the scratch room is verified again. */
		if (proof_make(signer_key(k->signers[i]), &s, &item->set,
			&r->scratch, proof) &&
		    !proof_list_add(&r->proofs, proof))
			return false;
	}
	return true;
}

enum dflow_status
keeper_prove(struct keeper *r, const struct keep *k, const struct items *it,
    struct dflow_err *err)
{
	for (size_t i = 0; i < it->count; i++)
		if (it->list[i].sign &&
		    !prove(r, k, &it->list[i], r->rrsigs + r->list[i].rrsigs))
			return err_memory(err);
	return DFLOW_OK;
}

/* The comparison of two whole zones. */
struct comparing {
	const struct keep *k;
	const struct chain *c;
	struct desk *desks; /* one a thread */
	atomic_bool differs;
};

struct desk {
	struct items items;
	struct keeper keeper;
	size_t rrs; /* of the previous zone, that were met */
	size_t sigs; /* of these, signatures that the signers made */
	int64_t first_expiration;
};

static void
note_expirations(struct desk *d, const struct keep *k, const struct rrset *sigs)
{
	const uint8_t *p = sigs->rdata;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);
		int64_t when;

		if (!rrsig_view(r.data, r.len, &s))
			continue;
		when = when_from_serial(s.expiration, k->now);
		if (when < d->first_expiration)
			d->first_expiration = when;
	}
}

/* Would the item come out as it stands in the previous zone? */
static bool
item_same(struct desk *d, const struct keep *k, size_t i)
{
	const struct item *item = &d->items.list[i];
	const struct kept *kept = &d->keeper.list[i];

	/* Case counts for nothing in a signature, but for what is served. */
	if (kept->set == NULL || memcmp(kept->set->owner, item->set.owner,
				     name_len(item->set.owner)) != 0)
		return false;
	d->rrs += kept->set->count;
	if (kept->sigs != NULL) {
		d->rrs += kept->sigs->count;
		note_expirations(d, k, kept->sigs);
	}
	if (item->fixed != NULL)
		return kept->sigs != NULL && set_same(kept->sigs, item->fixed);
	if (!item->sign)
		return kept->sigs == NULL;
	if (kept->sigs == NULL || kept->sigs->count != k->signer_count ||
	    kept->sigs->ttl != item->set.ttl)
		return false;
	d->sigs += kept->sigs->count;
	for (size_t s = 0; s < k->signer_count; s++)
		if (d->keeper.rrsigs[kept->rrsigs + s].data == NULL)
			return false;
	return true;
}

static enum dflow_status
items_same(
    struct desk *d, const struct keep *k, bool *same, struct dflow_err *err)
{
	enum dflow_status st = keeper_match(&d->keeper, k, &d->items, err);

	*same = st == DFLOW_OK;
	for (size_t i = 0; *same && i < d->items.count; i++)
		*same = item_same(d, k, i);
	return st;
}

static enum dflow_status
compare_range(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct comparing *c = ctx;
	struct desk *d = &c->desks[worker];
	enum dflow_status st;
	bool same = true;

	if (atomic_load(&c->differs))
		return DFLOW_OK;
	st = items_gather(&d->items, c->c->zone, c->c, i, err);
	if (st == DFLOW_OK)
		st = items_same(d, c->k, &same, err);
	if (!same)
		atomic_store(&c->differs, true);
	return st;
}

/* ZONEMD is not in the zone that is to be signed. */
static enum dflow_status
compare_zonemd(struct comparing *c, struct dflow_err *err)
{
	const struct node *apex = zone_apex(c->k->zone);
	const struct rrset *set = node_rrset(c->k->zone, apex, RRTYPE_ZONEMD);
	enum dflow_status st;
	bool same = true;

	if (set == NULL)
		return DFLOW_OK;
	st = items_single(&c->desks[0].items, set, err);
	if (st == DFLOW_OK)
		st = items_same(&c->desks[0], c->k, &same, err);
	if (!same)
		atomic_store(&c->differs, true);
	return st;
}

static void
conclude(struct comparing *c, unsigned threads, struct keep_verdict *out)
{
	size_t rrs = 0;

	out->first_expiration = INT64_MAX;
	out->kept = 0;
	for (unsigned i = 0; i < threads; i++) {
		rrs += c->desks[i].rrs;
		out->kept += c->desks[i].sigs;
		if (c->desks[i].first_expiration < out->first_expiration)
			out->first_expiration = c->desks[i].first_expiration;
	}
	/* Everything was met again; was there anything else? */
	out->unchanged =
	    !atomic_load(&c->differs) && rrs == c->k->zone->rr_count;
}

enum dflow_status
keep_all(const struct keep *k, const struct chain *chain, unsigned threads,
    struct keep_verdict *out, struct dflow_err *err)
{
	struct comparing c = {.k = k, .c = chain};
	size_t ranges = items_ranges(chain->zone, chain);
	enum dflow_status st;

	out->unchanged = false;
	if (k->zone == NULL)
		return DFLOW_OK;
	if (threads > ranges)
		threads = (unsigned)ranges;
	c.desks = calloc(threads, sizeof(*c.desks));
	if (c.desks == NULL)
		return err_memory(err);
	for (unsigned i = 0; i < threads; i++) {
		items_init(&c.desks[i].items);
		keeper_init(&c.desks[i].keeper);
		c.desks[i].first_expiration = INT64_MAX;
	}
	st = pool_run(threads, ranges, compare_range, &c, err);
	if (st == DFLOW_OK)
		st = compare_zonemd(&c, err);
	if (st == DFLOW_OK)
		conclude(&c, threads, out);
	for (unsigned i = 0; i < threads; i++) {
		items_free(&c.desks[i].items);
		keeper_free(&c.desks[i].keeper);
	}
	free(c.desks);
	return st;
}
