/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The NSEC3 records of a zone (RFC 5155 section 3): gathered in hash order,
 * the malformed and the misplaced among them noted and left out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "flow/judge_parts.h"

enum { NSEC3_FLAG_OPT_OUT = 1 };

static uint16_t
link_iterations(const struct link *l)
{
	return (uint16_t)(l->rdata[2] << 8 | l->rdata[3]);
}

bool
link_has(const struct link *l, const struct nsec3_params *p)
{
	return link_iterations(l) == p->iterations &&
	       l->rdata[4] == p->salt_len &&
	       memcmp(l->rdata + 5, p->salt, p->salt_len) == 0;
}

bool
link_opt_out(const struct link *l)
{
	return (l->rdata[1] & NSEC3_FLAG_OPT_OUT) != 0;
}

const uint8_t *
link_next(const struct link *l)
{
	return l->rdata + 5 + l->rdata[4] + 1;
}

const uint8_t *
link_map(const struct link *l, size_t *len)
{
	const uint8_t *map = link_next(l) + NSEC3_HASH_LEN;

	*len = l->len - (size_t)(map - l->rdata);
	return map;
}

size_t
nsec3_params_read(const struct rdata *r, struct nsec3_params *p)
{
	if (r->len < 5 || (size_t)r->len < 5 + (size_t)r->data[4])
		return 0;
	p->iterations = (uint16_t)(r->data[2] << 8 | r->data[3]);
	p->salt_len = r->data[4];
	memcpy(p->salt, r->data + 5, p->salt_len);
	return 5 + (size_t)p->salt_len;
}

/* What is wrong with an NSEC3's RDATA, or NULL. */
static const char *
link_wrong(const struct rdata *r)
{
	struct nsec3_params p;
	size_t at = nsec3_params_read(r, &p);

	if (at == 0 || at + 1 > r->len)
		return "it is malformed";
	if (r->data[0] != 1)
		return "its hash algorithm is not 1 (SHA-1)";
	if ((r->data[1] & ~NSEC3_FLAG_OPT_OUT) != 0)
		return "it has flags that are not known, so it is ignored";
	if (p.iterations > NSEC3_ITERATIONS_MAX)
		return "it has over 2500 iterations (RFC 5155 section 10.3)";
	if (r->data[at] != NSEC3_HASH_LEN || at + 1 + NSEC3_HASH_LEN > r->len)
		return "its next hash is not 20 bytes long";
	return NULL;
}

static bool
owner_hash(const uint8_t *owner, uint8_t hash[NSEC3_HASH_LEN])
{
	size_t len = 0;

	return owner[0] == BASE32HEX_LEN(NSEC3_HASH_LEN) &&
	       base32hex_decode((const char *)owner + 1, owner[0], hash,
		   NSEC3_HASH_LEN, &len) &&
	       len == NSEC3_HASH_LEN;
}

static bool
links_add(struct links *links, const struct link *l)
{
	if (links->count == links->cap) {
		size_t cap = links->cap == 0 ? 64 : links->cap * 2;
		struct link *list = realloc(links->list, cap * sizeof(*list));
		if (list == NULL)
			return false;
		links->list = list;
		links->cap = cap;
	}
	links->list[links->count++] = *l;
	return true;
}

static enum dflow_status
links_gather_node(
    struct judge *j, size_t i, struct links *links, struct dflow_err *err)
{
	const struct node *n = &j->zone->nodes[i];
	const struct rrset *set = node_rrset(j->zone, n, RRTYPE_NSEC3);
	const char *wrong = NULL;
	struct link l;

	if (set == NULL || j->roles[i] == ROLE_OUTSIDE)
		return DFLOW_OK;
	memset(&l, 0, sizeof(l));
	l.owner = n->owner;
	if (j->denial != DENIAL_NSEC3)
		wrong = "an NSEC3 in a zone that uses NSEC";
	else if (!role_directly_below_apex(j, n->owner))
		wrong = "an NSEC3 that is not directly below the apex";
	else if (!owner_hash(n->owner, l.hash))
		wrong = "its owner's first label is not a hash";
	if (wrong != NULL) {
		notes_add(&j->notes, n->owner, RRTYPE_NSEC3, "%s", wrong);
		return DFLOW_OK;
	}
	const uint8_t *p = set->rdata;
	for (uint32_t k = 0; k < set->count; k++) {
		struct rdata r = rdata_at(p, &p);

		l.rdata = r.data;
		l.len = r.len;
		wrong = link_wrong(&r);
		if (wrong != NULL)
			notes_add(
			    &j->notes, n->owner, RRTYPE_NSEC3, "%s", wrong);
		else if (!links_add(links, &l))
			return err_memory(err);
	}
	return DFLOW_OK;
}

/* Base32hex keeps the order of the bytes: zone order is hash order. */
enum dflow_status
links_gather(struct judge *j, struct links *links, struct dflow_err *err)
{
	for (size_t i = 0; i < j->zone->node_count; i++) {
		enum dflow_status st = links_gather_node(j, i, links, err);
		if (st != DFLOW_OK)
			return st;
	}
	return DFLOW_OK;
}
