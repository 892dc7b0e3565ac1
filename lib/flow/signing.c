/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signing at the speed of the primitive: the zone and its chain are cut into
 * ranges; a thread makes all signatures of a range in one batch a signer and
 * formats the text; pool_stream keeps the order. No signature stays in memory.
 */
#include "flow/signing.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "dns/rrsig.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

enum {
	NODES_A_RANGE = 64,
	LINKS_A_RANGE = 128,
	RANGE_TEXT_MAX = 1 << 30, /* bytes */
};

/* One RRset to write. */
struct item {
	struct rrset set;
	const struct rrset *kept; /* RRSIGs that the zone holds over it */
	size_t owner_at, rdata_at; /* of a chain's RRset: in extra */
	bool sign;
	bool extra;
};

/* What one thread needs; used range after range. */
struct bench {
	struct signer_worker **workers; /* one a signer */
	struct item *items;
	size_t item_count, item_cap;
	struct sign_job *jobs; /* a signer's jobs behind the one before's */
	size_t job_cap;
	struct buf extra; /* owners and RDATA of the chain */
	struct buf signed_text;
	struct buf rrsig;
	struct signing_count count;
};

struct run {
	const struct signing *s;
	struct os_save *out;
	struct bench *benches;
	unsigned threads;
	size_t node_ranges;
	size_t link_ranges; /* NSEC3; NSEC goes with its node */
	size_t taken; /* ranges */
};

static void
bench_free(struct bench *b, size_t signer_count)
{
	for (size_t i = 0; b->workers != NULL && i < signer_count; i++)
		signer_worker_free(&b->workers[i]);
	free(b->workers);
	free(b->items);
	free(b->jobs);
	buf_free(&b->extra);
	buf_free(&b->signed_text);
	buf_free(&b->rrsig);
}

static enum dflow_status
bench_init(struct bench *b, const struct signing *s, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	buf_init(&b->extra, RANGE_TEXT_MAX);
	buf_init(&b->signed_text, RANGE_TEXT_MAX);
	buf_init(&b->rrsig, 1 << 16);
	b->workers = calloc(s->signer_count + 1, sizeof(*b->workers));
	if (b->workers == NULL)
		return err_memory(err);
	for (size_t i = 0; st == DFLOW_OK && i < s->signer_count; i++)
		st = signer_worker_new(s->signers[i], &b->workers[i], err);
	return st;
}

static struct item *
bench_item(struct bench *b)
{
	struct item *more;
	size_t cap;

	if (b->item_count == b->item_cap) {
		cap = b->item_cap == 0 ? 256 : b->item_cap * 2;
		more = realloc(b->items, cap * sizeof(*more));
		if (more == NULL)
			return NULL;
		b->items = more;
		b->item_cap = cap;
	}
	more = &b->items[b->item_count++];
	memset(more, 0, sizeof(*more));
	return more;
}

/* What RFC 4035 section 2.2 has signed. */
static bool
is_signed(const struct node *n, uint16_t type)
{
	if (n->kind == NODE_DELEGATION)
		return type == RRTYPE_DS;
	return n->kind == NODE_AUTH;
}

static bool
add_set(struct bench *b, const struct signing *s, const struct node *n,
    const struct rrset *set)
{
	struct item *it;

	if (set->type == RRTYPE_RRSIG)
		return true;
	it = bench_item(b);
	if (it == NULL)
		return false;
	it->set = *set;
	it->kept = node_rrsigs(s->zone, n, set->type);
	it->sign = it->kept == NULL && is_signed(n, set->type);
	return true;
}

/* The node's RRsets; the SOA comes first, as readers of zones want it. */
static bool
add_node(struct bench *b, const struct signing *s, const struct node *n)
{
	const struct rrset *soa = node_rrset(s->zone, n, RRTYPE_SOA);
	const struct rrset *sets = &s->zone->rrsets[n->first];

	if (soa != NULL && !add_set(b, s, n, soa))
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (&sets[i] != soa && !add_set(b, s, n, &sets[i]))
			return false;
	return true;
}

/* The NSEC or NSEC3 of link i. */
static bool
add_link(struct bench *b, const struct signing *s, size_t i)
{
	struct item *it = bench_item(b);
	uint8_t owner[NAME_MAX_LEN];
	uint16_t len;
	size_t len_at;

	if (it == NULL)
		return false;
	chain_owner(s->chain, i, owner);
	it->owner_at = b->extra.len;
	buf_put(&b->extra, owner, name_len(owner));
	/* An RRset's RDATA has its length in front (dns/rrset.h). */
	it->rdata_at = len_at = b->extra.len;
	buf_put(&b->extra, "\0", sizeof(len));
	chain_rdata(s->chain, i, &b->extra);
	if (b->extra.failed)
		return false;
	len = (uint16_t)(b->extra.len - len_at - sizeof(len));
	memcpy(b->extra.data + len_at, &len, sizeof(len));
	it->set.ttl = s->chain->params.ttl;
	it->set.count = 1;
	it->set.type = s->chain->params.nsec3 ? RRTYPE_NSEC3 : RRTYPE_NSEC;
	it->sign = true;
	it->extra = true;
	return true;
}

/* The first link whose node is not before node. */
static size_t
link_from(const struct chain *c, size_t node)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->links[mid].node < node)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
gather_nodes(struct bench *b, const struct signing *s, size_t range)
{
	const struct chain *c = s->chain;
	size_t from = range * NODES_A_RANGE;
	size_t to = from + NODES_A_RANGE;
	size_t link = c->params.nsec3 ? c->count : link_from(c, from);

	if (to > s->zone->node_count)
		to = s->zone->node_count;
	for (size_t i = from; i < to; i++) {
		if (!add_node(b, s, &s->zone->nodes[i]))
			return false;
		if (link < c->count && c->links[link].node == i &&
		    !add_link(b, s, link++))
			return false;
	}
	return true;
}

static bool
gather_links(struct bench *b, const struct signing *s, size_t range)
{
	size_t from = range * LINKS_A_RANGE;
	size_t to = from + LINKS_A_RANGE;

	if (to > s->chain->count)
		to = s->chain->count;
	for (size_t i = from; i < to; i++)
		if (!add_link(b, s, i))
			return false;
	return true;
}

/* extra has stopped moving: its RRsets can point into it. */
static void
settle(struct bench *b)
{
	for (size_t i = 0; i < b->item_count; i++) {
		struct item *it = &b->items[i];

		if (!it->extra)
			continue;
		it->set.owner = b->extra.data + it->owner_at;
		it->set.rdata = b->extra.data + it->rdata_at;
	}
}

static struct rrsig
rrsig_for(const struct signing *s, size_t signer, const struct rrset *set)
{
	const struct dnskey *key = signer_key(s->signers[signer]);
	struct rrsig sig = {
	    .signer = s->apex,
	    .original_ttl = set->ttl,
	    .expiration = s->expiration,
	    .inception = s->inception,
	    .covered = set->type,
	    .tag = key->tag,
	    .algorithm = key->algorithm,
	    .labels = rrsig_labels(set->owner),
	};

	return sig;
}

/* One signer's signatures over all items, into jobs[0 ..]. */
static enum dflow_status
sign_batch(struct bench *b, const struct signing *s, size_t signer,
    struct sign_job *jobs, struct dflow_err *err)
{
	size_t n = 0, at = 0;
	enum dflow_status st;

	buf_reset(&b->signed_text);
	for (size_t i = 0; i < b->item_count; i++) {
		struct rrsig sig;
		size_t before = b->signed_text.len;

		if (!b->items[i].sign)
			continue;
		sig = rrsig_for(s, signer, &b->items[i].set);
		rrsig_put_signed(&b->signed_text, &sig, &b->items[i].set);
		jobs[n++].len = b->signed_text.len - before;
	}
	st = buf_check(&b->signed_text, "a range of the zone", err);
	if (st != DFLOW_OK)
		return st;
	for (size_t i = 0; i < n; i++) {
		jobs[i].data = b->signed_text.data + at;
		at += jobs[i].len;
	}
	b->count.signatures += n;
	return signer_sign(b->workers[signer], jobs, n, err);
}

static enum dflow_status
sign_items(struct bench *b, const struct signing *s, size_t *count,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct sign_job *more;
	size_t n = 0;

	for (size_t i = 0; i < b->item_count; i++)
		if (b->items[i].sign)
			n++;
	*count = n;
	if (n * s->signer_count > b->job_cap) {
		more = realloc(b->jobs, n * s->signer_count * sizeof(*more));
		if (more == NULL)
			return err_memory(err);
		b->jobs = more;
		b->job_cap = n * s->signer_count;
	}
	for (size_t i = 0; st == DFLOW_OK && n > 0 && i < s->signer_count; i++)
		st = sign_batch(b, s, i, b->jobs + i * n, err);
	return st;
}

/* The RRSIG that a job made, behind its RRset. */
static void
put_rrsig(struct bench *b, const struct rrsig *head, const struct sign_job *job,
    const struct rrset *set, struct buf *out)
{
	struct rdata rdata;

	buf_reset(&b->rrsig);
	rrsig_put_head(&b->rrsig, head);
	buf_put(&b->rrsig, job->sig, job->sig_len);
	rdata.data = b->rrsig.data;
	rdata.len = (uint16_t)b->rrsig.len;
	if (b->rrsig.failed)
		out->failed = true;
	else
		rrtext_put(out, set->owner, set->ttl, RRTYPE_RRSIG, rdata);
	b->count.rrs++;
}

static void
put_items(
    struct bench *b, const struct signing *s, size_t job_count, struct buf *out)
{
	size_t job = 0;

	for (size_t i = 0; i < b->item_count; i++) {
		const struct item *it = &b->items[i];

		rrtext_put_rrset(out, &it->set);
		b->count.rrs += it->set.count;
		if (it->kept != NULL) {
			rrtext_put_rrset(out, it->kept);
			b->count.rrs += it->kept->count;
		}
		for (size_t k = 0; it->sign && k < s->signer_count; k++) {
			struct rrsig head = rrsig_for(s, k, &it->set);

			put_rrsig(b, &head, &b->jobs[k * job_count + job],
			    &it->set, out);
		}
		if (it->sign)
			job++;
	}
}

static enum dflow_status
make_range(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	struct run *r = ctx;
	struct bench *b = &r->benches[worker];
	size_t count = 0;
	bool ok;
	enum dflow_status st;

	b->item_count = 0;
	buf_reset(&b->extra);
	ok = i < r->node_ranges ? gather_nodes(b, r->s, i)
				: gather_links(b, r->s, i - r->node_ranges);
	if (!ok)
		return err_memory(err);
	settle(b);
	st = sign_items(b, r->s, &count, err);
	if (st != DFLOW_OK)
		return st;
	put_items(b, r->s, count, out);
	return buf_check(out, "a range of the zone", err);
}

/* How many names, hashed ones among them, the first ranges hold. */
static size_t
names_done(const struct run *r, size_t ranges)
{
	size_t nodes = ranges * NODES_A_RANGE, links;

	if (ranges <= r->node_ranges)
		return nodes < r->s->zone->node_count ? nodes
						      : r->s->zone->node_count;
	links = (ranges - r->node_ranges) * LINKS_A_RANGE;
	return r->s->zone->node_count +
	       (links < r->s->chain->count ? links : r->s->chain->count);
}

static enum dflow_status
take_range(void *ctx, const struct buf *in, struct dflow_err *err)
{
	struct run *r = ctx;
	const struct dflow_progress *p = &r->s->progress;

	r->taken++;
	if (p->tell != NULL)
		p->tell(p->ctx, "sign", names_done(r, r->taken),
		    names_done(r, r->node_ranges + r->link_ranges));
	return os_save_write(r->out, in->data, in->len, err);
}

static void
run_free(struct run *r, struct signing_count *count)
{
	for (unsigned i = 0; r->benches != NULL && i < r->threads; i++) {
		count->rrs += r->benches[i].count.rrs;
		count->signatures += r->benches[i].count.signatures;
		bench_free(&r->benches[i], r->s->signer_count);
	}
	free(r->benches);
}

static size_t
ranges(size_t count, size_t each)
{
	return (count + each - 1) / each;
}

enum dflow_status
signing_write(const struct signing *s, struct os_save *out,
    struct signing_count *count, struct dflow_err *err)
{
	struct run r = {
	    .s = s,
	    .out = out,
	    .threads = s->threads,
	    .node_ranges = ranges(s->zone->node_count, NODES_A_RANGE),
	};
	struct pool_stream stream = {
	    make_range, take_range, &r, RANGE_TEXT_MAX};
	enum dflow_status st = DFLOW_OK;

	if (s->chain->params.nsec3)
		r.link_ranges = ranges(s->chain->count, LINKS_A_RANGE);
	r.benches = calloc(r.threads, sizeof(*r.benches));
	if (r.benches == NULL)
		return err_memory(err);
	for (unsigned i = 0; st == DFLOW_OK && i < r.threads; i++)
		st = bench_init(&r.benches[i], s, err);
	if (st == DFLOW_OK)
		st = pool_stream(
		    r.threads, r.node_ranges + r.link_ranges, &stream, err);
	run_free(&r, count);
	return st;
}

enum dflow_status
signing_write_rrset(const struct signing *s, const struct rrset *set,
    struct os_save *out, struct signing_count *count, struct dflow_err *err)
{
	struct bench b = {0};
	struct buf text;
	struct item *it;
	size_t n = 0;
	enum dflow_status st = bench_init(&b, s, err);

	buf_init(&text, RANGE_TEXT_MAX);
	if (st != DFLOW_OK)
		goto out;
	it = bench_item(&b);
	if (it == NULL) {
		st = err_memory(err);
		goto out;
	}
	it->set = *set;
	it->sign = true;
	st = sign_items(&b, s, &n, err);
	if (st != DFLOW_OK)
		goto out;
	put_items(&b, s, n, &text);
	st = buf_check(&text, "an RRset", err);
	if (st == DFLOW_OK)
		st = os_save_write(out, text.data, text.len, err);
	count->rrs += b.count.rrs;
	count->signatures += b.count.signatures;
out:
	bench_free(&b, s->signer_count);
	buf_free(&text);
	return st;
}
