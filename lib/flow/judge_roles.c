/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each name of the zone is: authoritative, a delegation, below one, an
 * NSEC3 owner (RFC 4035 section 2, RFC 5155 section 7.1, RFC 6672). The zone
 * has an opinion of its own (node->kind), which is what `sign` goes by and is
 * therefore not asked here.
 */
#include <stdlib.h>

#include "flow/judge_parts.h"

bool
role_in_chain(uint8_t role)
{
	return role == ROLE_AUTH || role == ROLE_CUT;
}

bool
role_is_occluded(uint8_t role)
{
	return role == ROLE_BELOW || role == ROLE_DNAMED;
}

bool
role_directly_below_apex(const struct judge *j, const uint8_t *owner)
{
	return !name_is_root(owner) &&
	       name_equal(name_parent(owner), j->zone->apex);
}

/* The types at a node that matter here. */
struct owned {
	bool data; /* anything but RRSIG, NSEC and NSEC3 */
	bool ns;
	bool dname;
	bool nsec;
	bool nsec3;
};

static struct owned
owned_types(const struct zone *z, const struct node *n)
{
	struct owned o = {0};

	for (uint16_t k = 0; k < n->count; k++) {
		uint16_t type = z->rrsets[n->first + k].type;

		if (type == RRTYPE_NSEC)
			o.nsec = true;
		else if (type == RRTYPE_NSEC3)
			o.nsec3 = true;
		else if (type != RRTYPE_RRSIG)
			o.data = true;
		if (type == RRTYPE_NS)
			o.ns = true;
		if (type == RRTYPE_DNAME)
			o.dname = true;
	}
	return o;
}

/* Looks at the names in order and knows what covers them. */
struct cover {
	const uint8_t *owner; /* the last delegation or DNAME, or NULL */
	bool dname;
};

static enum role
role_of(const struct judge *j, const struct node *n, const struct owned *o,
    struct cover *cover)
{
	if (!name_within(n->owner, j->zone->apex))
		return ROLE_OUTSIDE;
	bool apex = name_equal(n->owner, j->zone->apex);
	if (apex) {
		cover->owner = o->dname ? n->owner : NULL;
		cover->dname = true;
		return ROLE_AUTH;
	}
	/* A DNAME at the apex covers all names but the NSEC3 owners. */
	if (!o->data && o->nsec3 && role_directly_below_apex(j, n->owner))
		return ROLE_HASH;
	if (cover->owner != NULL && name_within(n->owner, cover->owner))
		return cover->dname ? ROLE_DNAMED : ROLE_BELOW;
	cover->owner = o->ns || o->dname ? n->owner : NULL;
	cover->dname = !o->ns;
	if (o->ns)
		return ROLE_CUT;
	return o->data ? ROLE_AUTH : ROLE_BARE;
}

/* What there is more of; the other kind is then what was left over. */
static enum denial
denial_of(const struct judge *j)
{
	if (j->nsec_nodes > j->nsec3_nodes)
		return DENIAL_NSEC;
	return j->nsec3_nodes > 0 ? DENIAL_NSEC3 : DENIAL_NONE;
}

enum dflow_status
roles_find(struct judge *j, struct dflow_err *err)
{
	const struct zone *z = j->zone;
	struct cover cover = {NULL, false};

	j->roles = calloc(z->node_count == 0 ? 1 : z->node_count, 1);
	if (j->roles == NULL)
		return err_memory(err);
	for (size_t i = 0; i < z->node_count; i++) {
		struct owned o = owned_types(z, &z->nodes[i]);
		enum role role = role_of(j, &z->nodes[i], &o, &cover);

		j->roles[i] = (uint8_t)role;
		if (role == ROLE_OUTSIDE)
			continue;
		j->nsec_nodes += o.nsec;
		j->nsec3_nodes += o.nsec3;
	}
	j->denial = denial_of(j);
	return DFLOW_OK;
}
