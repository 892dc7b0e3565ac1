/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NSEC (RFC 4034 section 4, RFC 4035 section 2.3): each authoritative name
 * and each delegation has one, that names the next of them and the types
 * that are there; no other name has any. The type bit maps are NSEC3's too.
 */
#include <stdio.h>

#include "flow/judge_parts.h"
#include "zone/bitmap.h"

static void
type_insert(uint16_t *types, size_t *count, uint16_t type)
{
	size_t at = *count;

	while (at > 0 && types[at - 1] > type) {
		types[at] = types[at - 1];
		at--;
	}
	types[at] = type;
	(*count)++;
}

size_t
types_expected(const struct judge *j, size_t i, uint16_t *out)
{
	const struct zone *z = j->zone;
	const struct node *n = &z->nodes[i];
	bool nsec = j->denial == DENIAL_NSEC;
	bool cut = j->roles[i] == ROLE_CUT;
	bool signs = nsec || !cut;
	size_t count = 0;

	for (uint16_t k = 0; k < n->count; k++) {
		uint16_t type = z->rrsets[n->first + k].type;

		if (type == RRTYPE_RRSIG || type == RRTYPE_NSEC ||
		    type == RRTYPE_NSEC3)
			continue;
		if (cut && type != RRTYPE_NS && type != RRTYPE_DS)
			continue; /* glue (RFC 4035 section 2.3) */
		signs |= type == RRTYPE_DS;
		out[count++] = type;
	}
	if (signs)
		type_insert(out, &count, RRTYPE_RRSIG);
	if (nsec)
		type_insert(out, &count, RRTYPE_NSEC);
	return count;
}

/* A list of types for a reason, which ends in "..." when it is long. */
struct type_list {
	char text[96];
	size_t len;
	size_t count;
};

static void
type_list_add(struct type_list *l, uint16_t type)
{
	char text[RRTYPE_TEXT_SIZE];

	l->count++;
	rrtype_text(type, text);
	size_t left = sizeof(l->text) - l->len;
	if (left < RRTYPE_TEXT_SIZE + 8) {
		if (l->len > 0 && l->text[l->len - 1] != '.')
			l->len +=
			    (size_t)snprintf(l->text + l->len, left, ", ...");
		return;
	}
	l->len += (size_t)snprintf(
	    l->text + l->len, left, "%s%s", l->len > 0 ? ", " : "", text);
}

void
bits_judge(struct judge_worker *w, const struct bits *b, size_t count,
    struct notes *notes)
{
	struct type_list lacks = {{0}, 0, 0}, over = {{0}, 0, 0};
	char about[JUDGE_NAME + 4] = "", name[JUDGE_NAME];
	size_t i = 0, k = 0;

	if (b->len > 0 && !bitmap_check(b->map, b->len)) {
		notes_add(
		    notes, b->owner, b->type, "its type bit map is malformed");
		return;
	}
	size_t named = bitmap_types(b->map, b->len, w->types, 65536);
	while (i < count || k < named) {
		if (k == named || (i < count && w->wanted[i] < w->types[k]))
			type_list_add(&lacks, w->wanted[i++]);
		else if (i == count || w->types[k] < w->wanted[i])
			type_list_add(&over, w->types[k++]);
		else {
			i++;
			k++;
		}
	}
	if (lacks.count == 0 && over.count == 0)
		return;
	if (b->about != b->owner)
		snprintf(
		    about, sizeof(about), " of %s", note_name(b->about, name));
	if (lacks.count > 0)
		notes_add(notes, b->owner, b->type, "its bit map%s lacks %s",
		    about, lacks.text);
	if (over.count > 0)
		notes_add(notes, b->owner, b->type,
		    "its bit map%s names %s, which %s not there", about,
		    over.text, over.count == 1 ? "is" : "are");
}

/* The owner that the NSEC at node i must name. */
static const uint8_t *
next_expected(const struct judge *j, size_t i)
{
	for (size_t k = i + 1; k < j->zone->node_count; k++)
		if (role_in_chain(j->roles[k]))
			return j->zone->nodes[k].owner;
	return j->zone->apex;
}

static void
next_judge(
    const struct judge *j, size_t i, const uint8_t *next, struct notes *notes)
{
	const uint8_t *owner = j->zone->nodes[i].owner;
	const uint8_t *want = next_expected(j, i);
	char is[JUDGE_NAME], should[JUDGE_NAME];

	if (name_equal(next, want))
		return;
	note_name(next, is);
	note_name(want, should);
	if (!name_within(next, j->zone->apex))
		notes_add(notes, owner, RRTYPE_NSEC,
		    "its next name is %s, "
		    "outside the zone; it must be %s",
		    is, should);
	else if (name_cmp(next, owner) <= 0 && !name_equal(want, j->zone->apex))
		notes_add(notes, owner, RRTYPE_NSEC,
		    "its next name %s loops "
		    "back; it must be %s",
		    is, should);
	else
		notes_add(notes, owner, RRTYPE_NSEC,
		    "its next name is %s; it must be %s", is, should);
}

static void
nsec_judge(const struct judge *j, struct judge_worker *w, size_t i,
    const struct rrset *set, struct notes *notes)
{
	const uint8_t *owner = j->zone->nodes[i].owner;
	const uint8_t *p = set->rdata;
	struct rdata r = rdata_at(p, &p);
	size_t next_len = name_check(r.data, r.len);
	struct bits bits = {owner, owner, r.data, 0, RRTYPE_NSEC};

	if (set->count > 1)
		notes_add(notes, owner, RRTYPE_NSEC,
		    "%u NSEC records; there must be one", set->count);
	if (next_len == 0) {
		notes_add(notes, owner, RRTYPE_NSEC, "it is malformed");
		return;
	}
	next_judge(j, i, r.data, notes);
	bits.map = r.data + next_len;
	bits.len = r.len - next_len;
	bits_judge(w, &bits, types_expected(j, i, w->wanted), notes);
}

/* Why a name may not have the NSEC that it has, or NULL. */
static const char *
misplaced_reason(const struct judge *j, size_t i)
{
	if (j->denial == DENIAL_NSEC3)
		return "an NSEC in a zone that uses NSEC3";
	switch (j->roles[i]) {
	case ROLE_BELOW:
		return "an NSEC below a delegation, where none may be";
	case ROLE_DNAMED:
		return "an NSEC below a DNAME, where none may be";
	case ROLE_BARE:
		return "an NSEC at a name without data, where none may be";
	case ROLE_HASH:
		return "an NSEC at an NSEC3's owner, where none may be";
	default:
		return NULL;
	}
}

void
nsec_judge_node(const struct judge *j, struct judge_worker *w, size_t i,
    struct notes *notes)
{
	const struct node *n = &j->zone->nodes[i];
	const struct rrset *set = node_rrset(j->zone, n, RRTYPE_NSEC);

	if (j->roles[i] == ROLE_OUTSIDE)
		return;
	if (set == NULL) {
		if (j->denial == DENIAL_NSEC && role_in_chain(j->roles[i]))
			notes_add(notes, n->owner, RRTYPE_NSEC,
			    "no NSEC: a link of the chain is missing");
		return;
	}
	const char *reason = misplaced_reason(j, i);
	if (reason != NULL) {
		notes_add(notes, n->owner, RRTYPE_NSEC, "%s", reason);
		return;
	}
	nsec_judge(j, w, i, set, notes);
}
