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
#include "flow/items.h"
#include "keys/signer.h"

enum { RANGE_TEXT_MAX = 1 << 30 /* bytes */ };

/* What one thread needs; used range after range. */
struct bench {
	struct signer_worker **workers; /* one a signer */
	struct items items;
	struct keeper keeper;
	struct sign_job *jobs; /* a signer's behind the one before's */
	size_t job_cap;
	struct buf signed_text;
	struct buf rrsig;
	struct signing_count count;
};

struct run {
	const struct signing *s;
	struct os_save *out;
	struct bench *benches;
	unsigned threads;
	size_t ranges;
	size_t taken;
};

static void
bench_free(struct bench *b, size_t signer_count)
{
	for (size_t i = 0; b->workers != NULL && i < signer_count; i++)
		signer_worker_free(&b->workers[i]);
	free(b->workers);
	free(b->jobs);
	items_free(&b->items);
	keeper_free(&b->keeper);
	buf_free(&b->signed_text);
	buf_free(&b->rrsig);
}

static enum dflow_status
bench_init(struct bench *b, const struct keep *k, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	items_init(&b->items);
	keeper_init(&b->keeper);
	buf_init(&b->signed_text, RANGE_TEXT_MAX);
	buf_init(&b->rrsig, 1 << 16);
	b->workers = calloc(k->signer_count + 1, sizeof(*b->workers));
	if (b->workers == NULL)
		return err_memory(err);
	for (size_t i = 0; st == DFLOW_OK && i < k->signer_count; i++)
		st = signer_worker_new(k->signers[i], &b->workers[i], err);
	return st;
}

/* Room for a signature over each item. */
static struct sign_job *
jobs_of(const struct bench *b, size_t signer)
{
	return b->jobs + signer * b->items.count;
}

/* FNV-1a, 64 bits, over the name in lower case. */
static uint64_t
owner_hash(const uint8_t *owner)
{
	uint8_t lower[NAME_MAX_LEN];
	size_t len = name_lower(lower, owner);
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ lower[i]) * 0x100000001b3;
	return h;
}

/* All signatures at a name end together, names apart from each other. */
static uint32_t
expiration_of(const struct signing *s, const uint8_t *owner)
{
	if (s->spread_s == 0)
		return s->expiration;
	return s->expiration -
	       (uint32_t)(owner_hash(owner) % ((uint64_t)s->spread_s + 1));
}

static struct rrsig
rrsig_for(const struct signing *s, size_t signer, const struct rrset *set)
{
	const struct dnskey *key = signer_key(s->keep->signers[signer]);
	struct rrsig sig = {
	    .signer = s->keep->apex,
	    .original_ttl = set->ttl,
	    .expiration = expiration_of(s, set->owner),
	    .inception = s->inception,
	    .covered = set->type,
	    .tag = key->tag,
	    .algorithm = key->algorithm,
	    .labels = rrsig_labels(set->owner),
	};

	return sig;
}

/* Has the signer still to sign the item? */
static bool
is_due(const struct bench *b, size_t item, size_t signer)
{
	return b->items.list[item].sign &&
	       b->keeper.rrsigs[b->keeper.list[item].rrsigs + signer].data ==
		   NULL;
}

/*
 * What one signer has to sign, in the order of the items: lengths into jobs,
 * the text behind that of the signer before. Returns how many they are.
 */
static size_t
batch_gather(struct bench *b, const struct signing *s, size_t signer,
    struct sign_job *jobs)
{
	size_t n = 0;

	for (size_t i = 0; i < b->items.count; i++) {
		const struct rrset *set = &b->items.list[i].set;
		size_t before = b->signed_text.len;
		struct rrsig sig;

		if (!is_due(b, i, signer))
			continue;
		sig = rrsig_for(s, signer, set);
		rrsig_put_signed(&b->signed_text, &sig, set);
		jobs[n++].len = b->signed_text.len - before;
	}
	return n;
}

/* All batches are gathered, so that their text does not move any more. */
static enum dflow_status
sign_batches(struct bench *b, const struct signing *s, struct dflow_err *err)
{
	size_t counts[ZSKS_MAX], at = 0;
	enum dflow_status st;

	buf_reset(&b->signed_text);
	for (size_t k = 0; k < s->keep->signer_count; k++)
		counts[k] = batch_gather(b, s, k, jobs_of(b, k));
	st = buf_check(&b->signed_text, "a range of the zone", err);
	for (size_t k = 0; st == DFLOW_OK && k < s->keep->signer_count; k++) {
		struct sign_job *jobs = jobs_of(b, k);

		for (size_t i = 0; i < counts[k]; i++) {
			jobs[i].data = b->signed_text.data + at;
			at += jobs[i].len;
		}
		b->count.made += counts[k];
		if (counts[k] > 0)
			st = signer_sign(b->workers[k], jobs, counts[k], err);
	}
	return st;
}

static enum dflow_status
sign_items(struct bench *b, const struct signing *s, struct dflow_err *err)
{
	size_t need = b->items.count * s->keep->signer_count;
	enum dflow_status st =
	    keeper_match(&b->keeper, s->keep, &b->items, err);
	struct sign_job *more;

	if (st == DFLOW_OK)
		st = keeper_prove(&b->keeper, s->keep, &b->items, err);
	if (st == DFLOW_OK && need > b->job_cap) {
		more = realloc(b->jobs, need * sizeof(*more));
		if (more == NULL)
			return err_memory(err);
		b->jobs = more;
		b->job_cap = need;
	}
	return st == DFLOW_OK ? sign_batches(b, s, err) : st;
}

/*
 * The RRSIG that a job made, behind its RRset. What was signed begins with all
 * of its RDATA but the signature (RFC 4034 section 3.1.8.1).
 */
static void
put_made(struct bench *b, const struct signing *s, const struct sign_job *job,
    const struct rrset *set, struct buf *out)
{
	struct rdata rdata;

	buf_reset(&b->rrsig);
	buf_put(
	    &b->rrsig, job->data, RRSIG_FIXED_LEN + name_len(s->keep->apex));
	buf_put(&b->rrsig, job->sig, job->sig_len);
	rdata.data = b->rrsig.data;
	rdata.len = (uint16_t)b->rrsig.len;
	if (b->rrsig.failed)
		out->failed = true;
	else
		rrtext_put(out, set->owner, set->ttl, RRTYPE_RRSIG, rdata);
}

/* next is, by signer, its first job that was not used yet. */
static void
put_rrsigs(struct bench *b, const struct signing *s, size_t item,
    struct sign_job **next, struct buf *out)
{
	const struct rrset *set = &b->items.list[item].set;

	for (size_t k = 0; k < s->keep->signer_count; k++) {
		if (is_due(b, item, k)) {
			put_made(b, s, next[k]++, set, out);
		} else {
			rrtext_put(out, set->owner, set->ttl, RRTYPE_RRSIG,
			    b->keeper.rrsigs[b->keeper.list[item].rrsigs + k]);
			b->count.kept++;
		}
		b->count.rrs++;
	}
}

static void
put_items(struct bench *b, const struct signing *s, struct buf *out)
{
	struct sign_job *next[ZSKS_MAX];

	for (size_t k = 0; k < s->keep->signer_count; k++)
		next[k] = jobs_of(b, k);
	for (size_t i = 0; i < b->items.count; i++) {
		const struct item *it = &b->items.list[i];

		rrtext_put_rrset(out, &it->set);
		b->count.rrs += it->set.count;
		if (it->fixed != NULL) {
			rrtext_put_rrset(out, it->fixed);
			b->count.rrs += it->fixed->count;
		}
		if (it->sign)
			put_rrsigs(b, s, i, next, out);
	}
}

static enum dflow_status
make_range(void *ctx, unsigned worker, size_t i, struct buf *out,
    struct dflow_err *err)
{
	struct run *r = ctx;
	struct bench *b = &r->benches[worker];
	const struct chain *c = r->s->chain;
	enum dflow_status st = items_gather(&b->items, c->zone, c, i, err);

	if (st == DFLOW_OK)
		st = sign_items(b, r->s, err);
	if (st != DFLOW_OK)
		return st;
	put_items(b, r->s, out);
	return buf_check(out, "a range of the zone", err);
}

static enum dflow_status
take_range(void *ctx, const struct buf *in, struct dflow_err *err)
{
	struct run *r = ctx;
	const struct dflow_progress *p = &r->s->progress;
	const struct chain *c = r->s->chain;

	r->taken++;
	if (p->tell != NULL)
		p->tell(p->ctx, "sign", items_names(c->zone, c, r->taken),
		    items_names(c->zone, c, r->ranges));
	return os_save_write(r->out, in->data, in->len, err);
}

static enum dflow_status
join_proofs(const struct run *r, struct proofs **proofs, struct dflow_err *err)
{
	struct proof_list *lists = calloc(r->threads, sizeof(*lists));
	enum dflow_status st;

	if (lists == NULL)
		return err_memory(err);
	for (unsigned i = 0; i < r->threads; i++) {
		lists[i] = r->benches[i].keeper.proofs; /* transferred */
		memset(&r->benches[i].keeper.proofs, 0, sizeof(*lists));
	}
	st = proofs_new(lists, r->threads, proofs, err);
	for (unsigned i = 0; i < r->threads; i++)
		proof_list_free(&lists[i]);
	free(lists);
	return st;
}

static void
run_free(struct run *r, struct signing_count *count)
{
	for (unsigned i = 0; r->benches != NULL && i < r->threads; i++) {
		count->rrs += r->benches[i].count.rrs;
		count->made += r->benches[i].count.made;
		count->kept += r->benches[i].count.kept;
		bench_free(&r->benches[i], r->s->keep->signer_count);
	}
	free(r->benches);
}

enum dflow_status
signing_write(const struct signing *s, struct os_save *out,
    struct signing_count *count, struct proofs **proofs, struct dflow_err *err)
{
	struct run r = {
	    .s = s,
	    .out = out,
	    .threads = s->threads,
	    .ranges = items_ranges(s->chain->zone, s->chain),
	};
	struct pool_stream stream = {
	    make_range, take_range, &r, RANGE_TEXT_MAX};
	enum dflow_status st = DFLOW_OK;

	if (r.threads > r.ranges)
		r.threads = (unsigned)r.ranges;
	r.benches = calloc(r.threads, sizeof(*r.benches));
	if (r.benches == NULL)
		return err_memory(err);
	for (unsigned i = 0; st == DFLOW_OK && i < r.threads; i++)
		st = bench_init(&r.benches[i], s->keep, err);
	if (st == DFLOW_OK)
		st = pool_stream(r.threads, r.ranges, &stream, err);
	if (st == DFLOW_OK)
		st = join_proofs(&r, proofs, err);
	run_free(&r, count);
	return st;
}

enum dflow_status
signing_write_rrset(const struct signing *s, const struct rrset *set,
    struct os_save *out, struct signing_count *count, struct dflow_err *err)
{
	/* Nothing of the previous zone can be over an RRset that is new. */
	struct keep keep = *s->keep;
	struct signing one = *s;
	struct bench b = {0};
	struct buf text;
	enum dflow_status st;

	keep.zone = NULL;
	one.keep = &keep;
	buf_init(&text, RANGE_TEXT_MAX);
	st = bench_init(&b, &keep, err);
	if (st == DFLOW_OK)
		st = items_single(&b.items, set, err);
	if (st == DFLOW_OK)
		st = sign_items(&b, &one, err);
	if (st != DFLOW_OK)
		goto out;
	put_items(&b, &one, &text);
	st = buf_check(&text, "an RRset", err);
	if (st == DFLOW_OK)
		st = os_save_write(out, text.data, text.len, err);
	count->rrs += b.count.rrs;
	count->made += b.count.made;
out:
	bench_free(&b, keep.signer_count);
	buf_free(&text);
	return st;
}
