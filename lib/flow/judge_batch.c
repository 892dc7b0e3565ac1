/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cryptography of the judge: says whether a key made a signature. Before
 * the signatures of a range of nodes are judged they are gathered here in the
 * same order, with the key that will be tried first, and verified many at a
 * time; what was not gathered is verified when it is asked for. So the judge
 * itself knows nothing of batches, and a verdict is never given for any other
 * RRset, signature or key than the one it was made for. A key with signatures
 * enough to repay it gets a table (keys/ectable).
 */
#include <stdlib.h>

#include "base/pool.h"
#include "flow/judge_parts.h"
#include "keys/ectable.h"

enum {
	/* What a signature covers: an RRset that fits a message, with the
	 * owner written out for each of its records. */
	SIGNED_MAX = 4 << 20,
	DATA_ENOUGH = 64 << 10, /* a queue with so much is verified */
	VERDICTS_MAX = 4096, /* of one range; what is beyond goes singly */
	SAMPLE_NODES = 4096,
	/* One thread makes a table, and all of them save by it. More threads
	 * than this may be more than there are cores. */
	THREADS_COUNTED = 8,
};

/* The verdict on one signature, by one key. */
struct verdict {
	const struct rrset *set;
	const uint8_t *sig;
	size_t key;
	bool known;
	bool good;
	bool proven; /* in an earlier run: see flow/proofs.h */
};

/* What waits to be verified by one key. */
struct queue {
	struct buf data; /* what they cover, one behind the other */
	size_t count;
	size_t starts[ECTABLE_BATCH];
	struct verdict *verdicts[ECTABLE_BATCH];
	struct verify_job jobs[ECTABLE_BATCH];
};

struct batch {
	struct verifier **verifiers; /* by key; made when first needed */
	struct queue **queues; /* the same */
	size_t key_count;
	struct buf data; /* of a signature that is verified singly */
	size_t proven; /* verdicts that were asked for */
	size_t count;
	size_t at; /* the search for the next verdict begins here */
	struct verdict verdicts[VERDICTS_MAX];
};

/* The first key that may have made s, or SIZE_MAX. */
static size_t
key_first(const struct judge *j, const struct rrset *set, const struct rrsig *s)
{
	for (size_t k = 0; k < j->key_count; k++) {
		const struct judge_key *key = &j->keys[k];

		if (key->dnskey.tag == s->tag &&
		    key->dnskey.algorithm == s->algorithm && key->usable &&
		    (!key->revoked || set->type == RRTYPE_DNSKEY))
			return k;
	}
	return SIZE_MAX;
}

/* Counts the node's signatures by key. */
static void
node_count_keys(const struct judge *j, const struct node *n, size_t *counts)
{
	struct rrsig s;

	for (uint16_t i = 0; i < n->count; i++) {
		const struct rrset *set = &j->zone->rrsets[n->first + i];
		const uint8_t *p = set->rdata;

		if (set->type != RRTYPE_RRSIG)
			continue;
		for (uint32_t c = 0; c < set->count && c < JUDGE_SIGS_MAX;
		     c++) {
			struct rdata r = rdata_at(p, &p);

			if (!rrsig_view(r.data, r.len, &s))
				continue;
			size_t k = key_first(j, set, &s);
			if (k != SIZE_MAX)
				counts[k]++;
		}
	}
}

static enum dflow_status
table_make(void *ctx, unsigned worker, size_t k, struct dflow_err *err)
{
	struct judge *j = ctx;
	struct judge_key *key = &j->keys[k];

	(void)worker;
	/* Where no table can be made EVP does. */
	if (key->wants_table &&
	    ectable_new(&key->dnskey, &key->table, err) != DFLOW_OK)
		key->table = NULL;
	return DFLOW_OK;
}

/*
 * A sample of the nodes tells how many signatures each key has. The apex
 * stands for no other node. What a table saves is spread over the threads,
 * and the time to make it is not.
 */
enum dflow_status
tables_make(struct judge *j, struct dflow_err *err)
{
	const struct zone *z = j->zone;
	size_t step = z->node_count / SAMPLE_NODES + 1;
	size_t threads =
	    j->threads < THREADS_COUNTED ? j->threads : THREADS_COUNTED;
	size_t *counts = calloc(j->key_count + 1, sizeof(*counts));
	size_t proven = proofs_count(j->params->proofs);
	bool any = false;

	if (counts == NULL)
		return err_memory(err);
	for (size_t i = 0; j->key_count > 0 && i < z->node_count; i += step)
		if (&z->nodes[i] != j->apex)
			node_count_keys(j, &z->nodes[i], counts);
	for (size_t k = 0; k < j->key_count; k++) {
		struct judge_key *key = &j->keys[k];
		size_t repays = ectable_repays(key->dnskey.algorithm);
		size_t count = counts[k] * step;

		count -= count < proven ? count : proven;
		key->wants_table = repays > 0 && count >= repays * threads;
		any |= key->wants_table;
	}
	free(counts);
	return any ? pool_run(j->threads, j->key_count, table_make, j, err)
		   : DFLOW_OK;
}

void
tables_free(struct judge *j)
{
	for (size_t k = 0; k < j->key_count; k++)
		ectable_free(&j->keys[k].table);
}

enum dflow_status
batch_new(const struct judge *j, struct batch **out, struct dflow_err *err)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_memory(err);
	buf_init(&b->data, SIGNED_MAX);
	b->key_count = j->key_count;
	b->verifiers = calloc(j->key_count + 1, sizeof(struct verifier *));
	b->queues = calloc(j->key_count + 1, sizeof(struct queue *));
	if (b->verifiers == NULL || b->queues == NULL) {
		batch_free(&b);
		return err_memory(err);
	}
	*out = b;
	return DFLOW_OK;
}

void
batch_free(struct batch **batch)
{
	struct batch *b;

	if (batch == NULL || *batch == NULL)
		return;
	b = *batch;
	for (size_t k = 0; b->verifiers != NULL && k < b->key_count; k++)
		verifier_free(&b->verifiers[k]);
	for (size_t k = 0; b->queues != NULL && k < b->key_count; k++) {
		if (b->queues[k] != NULL)
			buf_free(&b->queues[k]->data);
		free(b->queues[k]);
	}
	free(b->verifiers);
	free(b->queues);
	buf_free(&b->data);
	free(b);
	*batch = NULL;
}

static struct verifier *
verifier_of(const struct judge *j, struct batch *b, size_t k)
{
	const struct judge_key *key = &j->keys[k];
	struct dflow_err why;

	if (b->verifiers[k] == NULL &&
	    verifier_new_with(
		&key->dnskey, key->table, &b->verifiers[k], &why) != DFLOW_OK)
		return NULL;
	return b->verifiers[k];
}

static struct queue *
queue_of(struct batch *b, size_t k)
{
	struct queue *q = b->queues[k];

	if (q != NULL)
		return q;
	q = calloc(1, sizeof(*q));
	if (q != NULL)
		buf_init(&q->data, SIGNED_MAX);
	b->queues[k] = q;
	return q;
}

/* Verifies what waits for key k, and empties its queue. */
static void
queue_end(const struct judge *j, struct batch *b, size_t k)
{
	struct queue *q = b->queues[k];
	struct verifier *v = verifier_of(j, b, k);

	for (size_t i = 0; i < q->count; i++)
		q->jobs[i].data = q->data.data + q->starts[i];
	if (v != NULL)
		verifier_check_batch(v, q->jobs, q->count);
	for (size_t i = 0; v != NULL && i < q->count; i++) {
		q->verdicts[i]->known = true;
		q->verdicts[i]->good = q->jobs[i].good;
	}
	q->count = 0;
	buf_reset(&q->data);
}

void
batch_begin(struct batch *b)
{
	b->count = 0;
	b->at = 0;
}

/* Puts a verdict to come, which is v, into the queue of its key. */
static void
queue_add(const struct judge *j, struct batch *b, struct verdict *v,
    const struct rrsig *s)
{
	struct queue *q = queue_of(b, v->key);

	if (q == NULL)
		return;
	size_t start = q->data.len;
	rrsig_put_signed(&q->data, s, v->set);
	if (q->data.failed) { /* what stands before it is whole */
		queue_end(j, b, v->key);
		return;
	}
	q->starts[q->count] = start;
	q->verdicts[q->count] = v;
	q->jobs[q->count++] = (struct verify_job){
	    NULL, q->data.len - start, s->sig, s->sig_len, false};
	if (q->count == ECTABLE_BATCH || q->data.len >= DATA_ENOUGH)
		queue_end(j, b, v->key);
}

static bool
is_proven(const struct judge *j, struct batch *b, const struct verdict *v,
    const struct rrsig *s)
{
	uint8_t proof[PROOF_LEN];

	return j->params->proofs != NULL &&
	       proof_make(
		   &j->keys[v->key].dnskey, s, v->set, &b->data, proof) &&
	       proofs_have(j->params->proofs, proof);
}

void
batch_add(const struct judge *j, struct batch *b, const struct rrset *set,
    const struct rrsig *s)
{
	size_t k = key_first(j, set, s);
	struct verdict *v;

	if (k == SIZE_MAX || b->count == VERDICTS_MAX)
		return;
	v = &b->verdicts[b->count];
	*v = (struct verdict){set, s->sig, k, false, false, false};
	if (is_proven(j, b, v, s)) {
		v->known = v->good = v->proven = true;
		b->count++;
	} else if (j->keys[k].table != NULL) {
		b->count++;
		queue_add(j, b, v, s);
	} /* Nothing is won by a batch without a table. */
}

size_t
batch_proven(const struct batch *b)
{
	return b->proven;
}

void
batch_end(const struct judge *j, struct batch *b)
{
	for (size_t k = 0; k < b->key_count; k++)
		if (b->queues[k] != NULL && b->queues[k]->count > 0)
			queue_end(j, b, k);
}

/* They are asked for in the order in which they were gathered. */
static const struct verdict *
verdict_find(struct batch *b, const struct sig_try *t)
{
	for (size_t i = b->at; i < b->count; i++) {
		const struct verdict *v = &b->verdicts[i];

		if (v->sig != t->sig->sig || v->set != t->set ||
		    v->key != t->key)
			continue;
		b->at = i + 1;
		return v->known ? v : NULL;
	}
	return NULL;
}

bool
batch_verify(
    const struct judge *j, struct batch *b, const struct sig_try *t, bool *good)
{
	const struct verdict *known = verdict_find(b, t);
	struct verifier *v;

	if (known != NULL) {
		*good = known->good;
		b->proven += known->proven;
		return true;
	}
	v = verifier_of(j, b, t->key);
	buf_reset(&b->data);
	rrsig_put_signed(&b->data, t->sig, t->set);
	if (v == NULL || b->data.failed)
		return false;
	*good = verifier_check(
	    v, b->data.data, b->data.len, t->sig->sig, t->sig->sig_len);
	return true;
}
