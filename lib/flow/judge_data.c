/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a zone's data must be even without DNSSEC: one SOA and some NS at the
 * apex, nothing outside it, one TTL an RRset (RFC 2181 section 5.2), CNAME
 * alone (RFC 1034 section 3.6.2, RFC 4034 for what may stand beside it),
 * DNAME single and with neither CNAME nor NS (RFC 6672 section 2.4). Data
 * below a DNAME is occluded like glue: no fault, but never signed.
 */
#include "flow/judge_parts.h"

void
data_judge_apex(struct judge *j)
{
	const uint8_t *apex = j->zone->apex;

	if (j->apex == NULL) {
		notes_add(&j->notes, apex, RRTYPE_SOA,
		    "nothing stands at the zone's apex");
		return;
	}
	const struct rrset *soa = node_rrset(j->zone, j->apex, RRTYPE_SOA);
	if (soa == NULL)
		notes_add(&j->notes, apex, RRTYPE_SOA, "no SOA at the apex");
	else if (soa->count > 1)
		notes_add(&j->notes, apex, RRTYPE_SOA,
		    "%u SOA records; there must be one", soa->count);
	if (node_rrset(j->zone, j->apex, RRTYPE_NS) == NULL)
		notes_add(&j->notes, apex, RRTYPE_NS, "no NS at the apex");
	if (node_rrset(j->zone, j->apex, RRTYPE_DS) != NULL)
		notes_add(&j->notes, apex, RRTYPE_DS,
		    "a DS at the apex; it belongs into the parent zone");
}

void
data_judge_flaws(struct judge *j)
{
	const struct flaw *last = NULL;

	for (size_t i = 0; i < j->zone->flaw_count; i++) {
		const struct flaw *f = &j->zone->flaws[i];

		if (f->kind == FLAW_OUTSIDE) {
			/* Names that the zone holds are noted by name. */
			if (zone_find(j->zone, f->owner) == NULL)
				notes_add(&j->notes, f->owner, f->type,
				    "outside the zone (%s:%u)", f->file,
				    f->line);
			continue;
		}
		/* One note an RRset. */
		if (last != NULL && last->kind == f->kind &&
		    last->type == f->type && name_equal(last->owner, f->owner))
			continue;
		notes_add(&j->notes, f->owner, f->type,
		    "its TTL differs from that of the other records of its "
		    "RRset (%s:%u)",
		    f->file, f->line);
		last = f;
	}
}

/* The types of a node that the rules below are about. */
struct kinds {
	const struct rrset *cname;
	const struct rrset *dname;
	bool ns;
	bool beside_cname; /* what may not stand there */
	uint16_t beside;
};

static struct kinds
kinds_of(const struct zone *z, const struct node *n)
{
	struct kinds k = {0};

	for (uint16_t i = 0; i < n->count; i++) {
		const struct rrset *s = &z->rrsets[n->first + i];

		switch (s->type) {
		case RRTYPE_CNAME:
			k.cname = s;
			break;
		case RRTYPE_RRSIG:
		case RRTYPE_NSEC:
		case RRTYPE_NSEC3: /* an NSEC3 owner by chance */
		case RRTYPE_KEY: /* RFC 3007 section 4.1.1 */
			break;
		default:
			if (s->type == RRTYPE_DNAME)
				k.dname = s;
			if (s->type == RRTYPE_NS)
				k.ns = true;
			if (!k.beside_cname)
				k.beside = s->type;
			k.beside_cname = true;
		}
	}
	return k;
}

static void
outside_note(const struct zone *z, const struct node *n, struct notes *notes)
{
	uint16_t last = 0;

	for (uint16_t i = 0; i < n->count; i++) {
		uint16_t type = z->rrsets[n->first + i].type;

		if (i > 0 && type == last)
			continue; /* RRSIGs over several types */
		notes_add(notes, n->owner, type, "outside the zone");
		last = type;
	}
}

void
data_judge_node(const struct judge *j, size_t i, struct notes *notes)
{
	const struct zone *z = j->zone;
	const struct node *n = &z->nodes[i];
	char text[RRTYPE_TEXT_SIZE];

	if (j->roles[i] == ROLE_OUTSIDE) {
		outside_note(z, n, notes);
		return;
	}
	if (n != j->apex && node_rrset(z, n, RRTYPE_SOA) != NULL)
		notes_add(
		    notes, n->owner, RRTYPE_SOA, "a SOA away from the apex");
	struct kinds k = kinds_of(z, n);
	if (k.cname != NULL && k.cname->count > 1)
		notes_add(notes, n->owner, RRTYPE_CNAME,
		    "%u CNAME records; there may be one", k.cname->count);
	if (k.cname != NULL && k.beside_cname)
		notes_add(notes, n->owner, RRTYPE_CNAME,
		    "a CNAME with other data (%s) beside it",
		    rrtype_text(k.beside, text));
	if (k.dname != NULL && k.dname->count > 1)
		notes_add(notes, n->owner, RRTYPE_DNAME,
		    "%u DNAME records; there may be one", k.dname->count);
	if (k.dname != NULL && k.ns && n != j->apex)
		notes_add(notes, n->owner, RRTYPE_DNAME,
		    "a DNAME with NS beside it, away from the apex");
}
