/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of SHA-256 digests by open addressing: they are evenly spread as they
 * are, so that their first bytes tell their place.
 */
#include "flow/proofs.h"

#include <stdlib.h>
#include <string.h>

#include "dns/digest.h"

struct proofs {
	uint8_t (*table)[PROOF_LEN]; /* all zeros: free */
	size_t size;
	size_t count;
};

bool
proof_make(const struct dnskey *key, const struct rrsig *s,
    const struct rrset *set, struct buf *scratch, uint8_t out[PROOF_LEN])
{
	uint8_t digest[DIGEST_MAX];

	buf_reset(scratch);
	/* Lengths stand in front: no two triples give the same bytes. */
	buf_u32(scratch, (uint32_t)key->rdata_len);
	buf_put(scratch, key->rdata, key->rdata_len);
	buf_u32(scratch, (uint32_t)s->sig_len);
	buf_put(scratch, s->sig, s->sig_len);
	rrsig_put_signed(scratch, s, set);
	if (scratch->failed)
		return false;
	digest_once(DIGEST_SHA256, scratch->data, scratch->len, digest);
	memcpy(out, digest, PROOF_LEN);
	return true;
}

bool
proof_list_add(struct proof_list *l, const uint8_t proof[PROOF_LEN])
{
	uint8_t(*more)[PROOF_LEN];
	size_t cap;

	if (l->count == l->cap) {
		cap = l->cap == 0 ? 256 : l->cap + l->cap / 2;
		more = realloc(l->list, cap * sizeof(*more));
		if (more == NULL)
			return false;
		l->list = more;
		l->cap = cap;
	}
	memcpy(l->list[l->count++], proof, PROOF_LEN);
	return true;
}

void
proof_list_free(struct proof_list *l)
{
	free(l->list);
	memset(l, 0, sizeof(*l));
}

/* Where the proof stands, or the free place where it would. */
static size_t
place(const struct proofs *p, const uint8_t proof[PROOF_LEN])
{
	static const uint8_t none[PROOF_LEN];
	uint64_t head;
	size_t at;

	memcpy(&head, proof, sizeof(head));
	at = (size_t)(head % p->size);
	while (memcmp(p->table[at], none, PROOF_LEN) != 0 &&
	       memcmp(p->table[at], proof, PROOF_LEN) != 0)
		at = at + 1 == p->size ? 0 : at + 1;
	return at;
}

enum dflow_status
proofs_new(struct proof_list *lists, size_t count, struct proofs **out,
    struct dflow_err *err)
{
	struct proofs *p;
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += lists[i].count;
	if (total == 0) {
		*out = NULL;
		return DFLOW_OK;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_memory(err);
	p->count = total;
	p->size = total + total / 4 + 1;
	p->table = calloc(p->size, sizeof(*p->table));
	if (p->table == NULL) {
		free(p);
		return err_memory(err);
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < lists[i].count; k++)
			memcpy(p->table[place(p, lists[i].list[k])],
			    lists[i].list[k], PROOF_LEN);
		proof_list_free(&lists[i]);
	}
	*out = p;
	return DFLOW_OK;
}

size_t
proofs_count(const struct proofs *p)
{
	return p == NULL ? 0 : p->count;
}

bool
proofs_have(const struct proofs *p, const uint8_t proof[PROOF_LEN])
{
	static const uint8_t none[PROOF_LEN];

	/* A digest of zeros alone is never found: it is only verified. */
	return p != NULL && memcmp(proof, none, PROOF_LEN) != 0 &&
	       memcmp(p->table[place(p, proof)], proof, PROOF_LEN) == 0;
}

void
proofs_free(struct proofs **p)
{
	if (p == NULL || *p == NULL)
		return;
	free((*p)->table);
	free(*p);
	*p = NULL;
}
