/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks of a KSR's ZSKs: possession, flags, algorithm, size, keys. All
 * ZSKs of all bundles are put in an order in which equal ones are neighbours:
 * so none is compared with all others, and one verifier, of which there is one
 * at a time, serves all proofs of a key. Failures are noted in the order of the
 * bundles.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/keyfacts.h"
#include "flow/ksrcheck_parts.h"
#include "flow/possession.h"

enum { FLAGS_ZSK = DNSKEY_FLAG_ZONE };
#define FLAGS_TEXT \
	"%s:%zu: ZSK %u has flags %u, %s; ask the right for ZSKs alone"

/* A ZSK where it stands. */
struct place {
	struct dnskey key;
	const struct bundle_rr *rr;
	size_t bundle; /* its index */
	size_t number; /* in the order of the bundles */
	enum possession proof;
	bool known; /* by the last response */
	const struct place *same; /* the same key under another id */
	const struct place *twin; /* another key under the same id */
};

struct places {
	const struct ksrcheck *p;
	struct place *list;
	struct place **sorted;
	size_t count;
	struct possession_set *sets; /* of each bundle; NULL: no proofs */
	bool ours;
};

static size_t
count_rrs(const struct bundles *b, bool *proofs)
{
	size_t count = 0;

	*proofs = false;
	for (size_t i = 0; i < b->count; i++) {
		count += b->list[i].count;
		for (size_t k = 0; k < b->list[i].count; k++)
			*proofs = *proofs || b->list[i].rrs[k].proof != NULL;
	}
	return count;
}

static void
places_free(struct places *s)
{
	for (size_t i = 0; s->sets != NULL && i < s->p->request->count; i++)
		possession_set_free(&s->sets[i]);
	free(s->sets);
	free(s->list);
	free(s->sorted);
}

static void
add_bundle(struct places *s, size_t bundle)
{
	const struct bundle *in = &s->p->request->list[bundle];

	for (size_t i = 0; i < in->count; i++) {
		struct place *at = &s->list[s->count];

		if (!dnskey_view(in->rrs[i].rdata, in->rrs[i].len, &at->key))
			continue;
		at->rr = &in->rrs[i];
		at->bundle = bundle;
		at->number = s->count;
		s->sorted[s->count++] = at;
	}
}

static enum dflow_status
places_make(struct places *s, const struct ksrcheck *p, struct dflow_err *err)
{
	const struct bundles *b = p->request;
	enum dflow_status st = DFLOW_OK;
	bool proofs;
	size_t count = count_rrs(b, &proofs);

	*s = (struct places){.p = p, .ours = ksrcheck_is_ours(b)};
	s->list = calloc(count, sizeof(*s->list));
	s->sorted = calloc(count, sizeof(struct place *));
	if (proofs)
		s->sets = calloc(b->count, sizeof(*s->sets));
	if (s->list == NULL || s->sorted == NULL || (proofs && s->sets == NULL))
		return err_memory(err);
	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++) {
		add_bundle(s, i);
		if (proofs)
			st = possession_set_make(
			    b, &b->list[i], &s->sets[i], err);
	}
	return st;
}

static int
compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int
compare_public(const struct place *x, const struct place *y)
{
	if (x->key.key_len != y->key.key_len)
		return compare_numbers(x->key.key_len, y->key.key_len);
	return memcmp(x->key.key, y->key.key, x->key.key_len);
}

/* By public key, then by what stands before it: flags and so on. */
static int
by_key(const void *a, const void *b)
{
	const struct place *x = *(struct place *const *)a;
	const struct place *y = *(struct place *const *)b;
	int c = compare_public(x, y);

	if (c == 0)
		c = memcmp(x->key.rdata, y->key.rdata,
		    (size_t)(x->key.key - x->key.rdata));
	return c != 0 ? c : compare_numbers(x->number, y->number);
}

static int
compare_ids(const struct place *x, const struct place *y)
{
	if (x->key.algorithm != y->key.algorithm)
		return compare_numbers(x->key.algorithm, y->key.algorithm);
	return compare_numbers(x->key.tag, y->key.tag);
}

static int
by_id(const void *a, const void *b)
{
	const struct place *x = *(struct place *const *)a;
	const struct place *y = *(struct place *const *)b;
	int c = compare_ids(x, y);

	return c != 0 ? c : compare_numbers(x->number, y->number);
}

static bool
same_rdata(const struct place *x, const struct place *y)
{
	return x->rr->len == y->rr->len &&
	       memcmp(x->rr->rdata, y->rr->rdata, x->rr->len) == 0;
}

/* Judges the proofs of one key, count places that are neighbours. */
static enum dflow_status
judge_run(const struct places *s, struct place **run, size_t count,
    const struct history_act *last, struct dflow_err *err)
{
	struct verifier *v = NULL;
	struct dflow_err why;
	bool known = false;
	enum dflow_status st =
	    ksrcheck_known(s->p->request, run[0]->rr, last, &known, err);

	/* A key that is none leaves no verifier: its proofs are bad. */
	if (s->sets != NULL && verifier_new(&run[0]->key, &v, &why) != DFLOW_OK)
		v = NULL;
	for (size_t i = 0; i < count && st == DFLOW_OK; i++) {
		run[i]->known = known;
		if (s->sets != NULL)
			st = possession_judge(&s->sets[run[i]->bundle],
			    run[i]->rr, v, &run[i]->proof, err);
	}
	verifier_free(&v);
	return st;
}

static enum dflow_status
judge_all(const struct places *s, const struct history_act *last,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	size_t n;

	for (size_t i = 0; i < s->count && st == DFLOW_OK; i += n) {
		n = 1;
		while (i + n < s->count &&
		       same_rdata(s->sorted[i], s->sorted[i + n]))
			n++;
		st = judge_run(s, &s->sorted[i], n, last, err);
	}
	return st;
}

/* Which of those that compare as equal stands first in the file. */
static const struct place *
first_of(struct place *const *run, size_t count)
{
	const struct place *first = run[0];

	for (size_t i = 1; i < count; i++)
		if (run[i]->number < first->number)
			first = run[i];
	return first;
}

/* Sorted by key: marks those whose key has another id before. */
static void
find_same(const struct places *s)
{
	const struct place *first;
	size_t n;

	for (size_t i = 0; i < s->count; i += n) {
		for (n = 1; i + n < s->count; n++)
			if (compare_public(s->sorted[i], s->sorted[i + n]) != 0)
				break;
		first = first_of(&s->sorted[i], n);
		for (size_t k = i; k < i + n; k++)
			if (!same_rdata(s->sorted[k], first))
				s->sorted[k]->same = first;
	}
}

/* Sorted by id: marks those whose id has another key before. */
static void
find_twins(const struct places *s)
{
	const struct place *first = NULL;

	for (size_t i = 0; i < s->count; i++) {
		if (first == NULL || compare_ids(first, s->sorted[i]) != 0)
			first = s->sorted[i];
		else if (compare_public(first, s->sorted[i]) != 0)
			s->sorted[i]->twin = first;
	}
}

static void
check_possession(
    const struct places *s, const struct place *at, struct checks *c)
{
	const struct bundles *b = s->p->request;
	/* The right proves all that it asks for; others do not. */
	bool wanted = s->ours || (s->p->policy != NULL && !at->known);

	if (at->proof == POSSESSION_BAD)
		checks_fail(c, CHECK_POSSESSION,
		    "%s:%zu: the proof of possession of key %u does not "
		    "verify; ask the right for a new request",
		    ksrcheck_file(b), at->rr->line, at->key.tag);
	else if (at->proof == POSSESSION_MISSING && s->ours)
		checks_fail(c, CHECK_POSSESSION,
		    "%s:%zu: no proof of possession of key %u; ask the right "
		    "for a request with proofs",
		    ksrcheck_file(b), at->rr->line, at->key.tag);
	else if (at->proof == POSSESSION_MISSING && wanted)
		checks_fail(c, CHECK_POSSESSION,
		    "%s:%zu: no proof of possession of key %u, which the last "
		    "response did not have; compare its SHA-256 with the "
		    "right's own, as BIND and Knot write no proofs",
		    ksrcheck_file(b), at->rr->line, at->key.tag);
}

static void
check_flags(const struct places *s, const struct place *at, struct checks *c)
{
	const char *file = ksrcheck_file(s->p->request);
	const struct dnskey *k = &at->key;
	const char *what = "not 256";

	if ((k->flags & DNSKEY_FLAG_REVOKE) != 0)
		what = "the REVOKE flag of a key that is over";
	else if ((k->flags & DNSKEY_FLAG_SEP) != 0)
		what = "the SEP flag of a KSK";
	/* What no reader of responses takes is not to be allowed. */
	if (k->flags == (FLAGS_ZSK | DNSKEY_FLAG_SEP))
		checks_fail(c, CHECK_FLAGS, FLAGS_TEXT, file, at->rr->line,
		    k->tag, k->flags, what);
	else if (k->flags != FLAGS_ZSK)
		checks_fail_final(c, CHECK_FLAGS, FLAGS_TEXT, file,
		    at->rr->line, k->tag, k->flags, what);
	if (k->protocol != DNSKEY_PROTOCOL)
		checks_fail_final(c, CHECK_FLAGS,
		    "%s:%zu: ZSK %u has protocol %u, not 3; ask the right for "
		    "another key",
		    file, at->rr->line, k->tag, k->protocol);
}

static void
check_algorithm(
    const struct places *s, const struct place *at, struct checks *c)
{
	const struct alg *alg = alg_find(at->key.algorithm);
	const char *why = "no KSK here has";
	bool good = false;

	for (size_t i = 0; i < s->p->ksk_count; i++)
		good = good || s->p->ksks[i].algorithm == at->key.algorithm;
	if (alg == NULL || !alg->signs) {
		good = false;
		why = "is not one to sign with";
	}
	if (!good)
		(alg == NULL ? checks_fail_final : checks_fail)(c,
		    CHECK_ALGORITHM,
		    "%s:%zu: ZSK %u has algorithm %u (%s), which %s; ask the "
		    "right for a key of the KSK's algorithm",
		    ksrcheck_file(s->p->request), at->rr->line, at->key.tag,
		    at->key.algorithm, keyfacts_algorithm(at->key.algorithm),
		    why);
}

static void
check_size(const struct places *s, const struct place *at, struct checks *c)
{
	const struct alg *alg = alg_find(at->key.algorithm);
	const struct ksrcheck_policy *policy = s->p->policy;
	unsigned bits = dnskey_bits(&at->key);

	if (alg == NULL || alg->bits_min == alg->bits_max ||
	    (bits >= policy->rsa_bits_min && bits <= policy->rsa_bits_max))
		return;
	checks_fail(c, CHECK_SIZE,
	    "%s:%zu: ZSK %u has %u bits, not %u to %u; ask the right for a key "
	    "of another size",
	    ksrcheck_file(s->p->request), at->rr->line, at->key.tag, bits,
	    policy->rsa_bits_min, policy->rsa_bits_max);
}

static void
check_keys(const struct places *s, const struct place *at, struct checks *c)
{
	const char *file = ksrcheck_file(s->p->request);

	if (at->same != NULL)
		checks_fail(c, CHECK_KEYS,
		    "%s:%zu: ZSK %u is the key on line %zu under another id, "
		    "with other flags, protocol or algorithm; find out who "
		    "changed the request",
		    file, at->rr->line, at->key.tag, at->same->rr->line);
	if (at->twin != NULL)
		checks_fail(c, CHECK_KEYS,
		    "%s:%zu: ZSK %u is another key than the one of that tag on "
		    "line %zu; ask the right for another key",
		    file, at->rr->line, at->key.tag, at->twin->rr->line);
	for (size_t i = 0; i < s->p->ksk_count; i++) {
		const struct dnskey *ksk = &s->p->ksks[i];

		if (ksk->key_len == at->key.key_len &&
		    memcmp(ksk->key, at->key.key, ksk->key_len) == 0)
			checks_fail_final(c, CHECK_KEYS,
			    "%s:%zu: ZSK %u is the KSK %u itself; ask the "
			    "right for a key of its own",
			    file, at->rr->line, at->key.tag, ksk->tag);
	}
}

enum dflow_status
ksrcheck_keys(const struct ksrcheck *p, const struct history_act *last,
    struct checks *c, struct dflow_err *err)
{
	enum dflow_status st;
	struct places s;

	st = places_make(&s, p, err);
	if (st != DFLOW_OK)
		goto out;
	qsort(s.sorted, s.count, sizeof(struct place *), by_key);
	find_same(&s);
	st = judge_all(&s, last, err);
	if (st != DFLOW_OK)
		goto out;
	qsort(s.sorted, s.count, sizeof(struct place *), by_id);
	find_twins(&s);
	for (size_t i = 0; i < s.count; i++) {
		check_possession(&s, &s.list[i], c);
		check_flags(&s, &s.list[i], c);
		check_keys(&s, &s.list[i], c);
		if (p->policy == NULL)
			continue;
		check_algorithm(&s, &s.list[i], c);
		check_size(&s, &s.list[i], c);
	}
out:
	places_free(&s);
	return st;
}
