/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures: each RRset that needs them has them, of every algorithm, each
 * one right in every field and by a key that may make it; what must not be
 * signed is not (RFC 4034 section 3.1, RFC 4035 sections 2.2 and 5.3,
 * RFC 5011, RFC 6840 section 5.11, RFC 7344 section 4.1). A bad signature is
 * told also where a good one stands beside it: a resolver may be served it.
 * An RRSIG's own TTL is not looked at: resolvers take the lesser of the two.
 */
#include <string.h>

#include "base/when.h"
#include "flow/judge_parts.h"

enum {
	MESSAGE_MAX = 65535,
	RR_MIN = 12, /* with its owner compressed, and without its RDATA */
};

enum need {
	NEED_SIGNED,
	NEED_UNSIGNED,
	NEED_NEITHER, /* has no place here at all, which is noted elsewhere */
};

static enum need
need_of(const struct judge *j, size_t i, uint16_t type)
{
	uint8_t role = j->roles[i];

	if (type == RRTYPE_NSEC)
		return role_in_chain(role) && j->denial == DENIAL_NSEC
			   ? NEED_SIGNED
			   : NEED_NEITHER;
	if (type == RRTYPE_NSEC3)
		return !role_is_occluded(role) && j->denial == DENIAL_NSEC3
			   ? NEED_SIGNED
			   : NEED_NEITHER;
	if (role == ROLE_AUTH)
		return NEED_SIGNED;
	return role == ROLE_CUT && type == RRTYPE_DS ? NEED_SIGNED
						     : NEED_UNSIGNED;
}

static const char *
unsigned_name(uint8_t role, uint16_t type)
{
	if (role == ROLE_CUT && type == RRTYPE_NS)
		return "a delegation's NS";
	if (role != ROLE_DNAMED && (type == RRTYPE_A || type == RRTYPE_AAAA))
		return "glue";
	return "occluded data";
}

/* One RRset and what was learnt of its signatures, by algorithm. */
struct set_case {
	struct judge *judge;
	struct judge_worker *worker;
	struct notes *notes;
	const struct rrset *set;
	bool by_ksk; /* one of the types that the KSK must sign */
	bool good[256]; /* a valid one by a key that counts */
	bool told[256]; /* a bad one, which was noted */
	bool revoked[256]; /* a valid one by a revoked key */
	bool sep_good[256]; /* a valid one by a KSK */
	bool sep_told[256]; /* a bad one in a KSK's name */
	uint16_t zsk_tag; /* of a valid one that is not by a KSK */
};

static void
note_time(
    struct set_case *c, const struct rrsig *s, const char *what, int64_t when)
{
	char date[DFLOW_WHEN_LONG], span[DFLOW_SPAN_TEXT];

	if (when < 0)
		when = 0;
	dflow_when_long(when, date);
	dflow_when_span(when, c->judge->params->now, span);
	notes_add(c->notes, c->set->owner, c->set->type,
	    "signature by key %u/%u %s %s (%s)", s->tag, s->algorithm, what,
	    date, span);
}

static bool
fields_equal(
    const struct judge *j, const struct rrset *set, const struct rrsig *s)
{
	return s->original_ttl == set->ttl &&
	       s->labels == rrsig_labels(set->owner) &&
	       name_equal(s->signer, j->zone->apex);
}

/* Everything but the key: true when it is as it must be. */
static bool
fields_right(struct set_case *c, const struct rrsig *s)
{
	const struct rrset *set = c->set;
	uint8_t labels = rrsig_labels(set->owner);
	char name[JUDGE_NAME];

	if (fields_equal(c->judge, set, s))
		return true;
	if (!name_equal(s->signer, c->judge->zone->apex))
		notes_add(c->notes, set->owner, set->type,
		    "signature by key %u/%u has signer %s, not the zone",
		    s->tag, s->algorithm, note_name(s->signer, name));
	else if (s->labels != labels)
		notes_add(c->notes, set->owner, set->type,
		    "signature by key %u/%u has labels %u; the owner has %u",
		    s->tag, s->algorithm, s->labels, labels);
	else
		notes_add(c->notes, set->owner, set->type,
		    "signature by key %u/%u has original TTL %u; the RRset "
		    "has %u",
		    s->tag, s->algorithm, s->original_ttl, set->ttl);
	return false;
}

static bool
is_timely(const struct rrsig *s, int64_t now)
{
	return !when_serial_gt(s->inception, s->expiration) &&
	       when_from_serial(s->inception, now) <= now &&
	       when_from_serial(s->expiration, now) >= now;
}

static bool
times_right(struct set_case *c, const struct rrsig *s)
{
	int64_t now = c->judge->params->now;
	int64_t inception = when_from_serial(s->inception, now);

	if (is_timely(s, now))
		return true;
	if (when_serial_gt(s->inception, s->expiration))
		notes_add(c->notes, c->set->owner, c->set->type,
		    "signature by key %u/%u has its inception after its "
		    "expiration",
		    s->tag, s->algorithm);
	else if (inception > now)
		note_time(c, s, "is not valid before", inception);
	else
		note_time(
		    c, s, "expired", when_from_serial(s->expiration, now));
	return false;
}

static bool
sig_by_key(struct set_case *c, const struct rrsig *s, size_t k)
{
	struct sig_try t = {c->set, s, k};
	bool good = false;

	if (!batch_verify(c->judge, c->worker->batch, &t, &good))
		c->notes->failed = true;
	return good;
}

/* Why no key could be tried. */
static void
note_no_key(struct set_case *c, const struct rrsig *s)
{
	const struct judge *j = c->judge;
	const uint8_t *owner = c->set->owner;

	for (size_t k = 0; k < j->key_count; k++) {
		const struct dnskey *d = &j->keys[k].dnskey;

		if (d->tag == s->tag) {
			notes_add(c->notes, owner, c->set->type,
			    "signature says algorithm %u, but key %u has "
			    "algorithm %u",
			    s->algorithm, d->tag, d->algorithm);
			c->told[d->algorithm] = true; /* one note is enough */
			return;
		}
		if (j->keys[k].revoked && d->algorithm == s->algorithm &&
		    dnskey_tag_revoked(d->rdata, d->rdata_len) == s->tag) {
			notes_add(c->notes, owner, c->set->type,
			    "signature by key %u/%u, which is revoked (its "
			    "tag is %u now)",
			    s->tag, s->algorithm, d->tag);
			return;
		}
	}
	notes_add(c->notes, owner, c->set->type,
	    "signature by key %u/%u, which is not in the DNSKEY RRset", s->tag,
	    s->algorithm);
}

/* The keys that a signature's tag and algorithm may mean. */
struct tries {
	size_t matches; /* of tag and algorithm */
	size_t tried;
	size_t over; /* not tried: too many */
	bool revoked; /* a match may not sign this, being revoked */
	bool unknown; /* a match is of an unknown algorithm */
};

/* The key that made s, or SIZE_MAX. */
static size_t
signer_find(struct set_case *c, const struct rrsig *s, struct tries *t)
{
	const struct judge *j = c->judge;

	for (size_t k = 0; k < j->key_count; k++) {
		const struct judge_key *key = &j->keys[k];

		if (key->dnskey.tag != s->tag ||
		    key->dnskey.algorithm != s->algorithm)
			continue;
		t->matches++;
		t->unknown |= !key->known;
		if (key->revoked && c->set->type != RRTYPE_DNSKEY) {
			t->revoked = true;
			continue;
		}
		if (!key->usable)
			continue;
		if (t->tried >= JUDGE_TRIES_MAX) {
			t->over++;
			continue;
		}
		t->tried++;
		if (sig_by_key(c, s, k))
			return k;
	}
	return SIZE_MAX;
}

static void
note_unverified(
    struct set_case *c, const struct rrsig *s, const struct tries *t)
{
	const uint8_t *owner = c->set->owner;
	uint16_t type = c->set->type;

	if (t->matches == 0)
		note_no_key(c, s);
	else if (t->over > 0)
		notes_add(c->notes, owner, type,
		    "%zu keys have tag and algorithm %u/%u; %d were tried "
		    "and none made this signature",
		    t->matches, s->tag, s->algorithm, JUDGE_TRIES_MAX);
	else if (t->tried > 0)
		notes_add(c->notes, owner, type,
		    "signature by key %u/%u does not verify: it or the "
		    "data was altered",
		    s->tag, s->algorithm);
	else if (t->revoked)
		notes_add(c->notes, owner, type,
		    "signature by key %u/%u, "
		    "which is revoked",
		    s->tag, s->algorithm);
	else
		notes_add(c->notes, owner, type,
		    "signature by key %u/%u, "
		    "which is not a valid zone key",
		    s->tag, s->algorithm);
}

/* Checks one signature; its key, or SIZE_MAX after a note. */
static size_t
sig_check(struct set_case *c, const struct rrsig *s)
{
	const struct judge *j = c->judge;
	struct tries t = {0};

	if (fields_right(c, s) && times_right(c, s)) {
		size_t k = signer_find(c, s, &t);

		c->worker->signatures += t.tried > 0;
		if (k != SIZE_MAX || t.unknown)
			return k;
		note_unverified(c, s, &t);
	}
	c->told[s->algorithm] = true;
	for (size_t k = 0; k < j->key_count; k++)
		if (j->keys[k].sep && j->keys[k].dnskey.tag == s->tag)
			c->sep_told[s->algorithm] = true;
	return SIZE_MAX;
}

static void
sig_judge(struct set_case *c, const struct rdata *r)
{
	struct judge *j = c->judge;
	struct rrsig s;

	if (!rrsig_view(r->data, r->len, &s)) {
		notes_add(c->notes, c->set->owner, c->set->type,
		    "a signature is malformed");
		return;
	}
	size_t k = sig_check(c, &s);
	if (k == SIZE_MAX)
		return;
	if (j->keys[k].revoked) {
		/* It tells of the revocation, and counts for nothing. */
		c->revoked[s.algorithm] = true;
		return;
	}
	c->good[s.algorithm] = true;
	if (j->keys[k].sep)
		c->sep_good[s.algorithm] = true;
	else
		c->zsk_tag = s.tag;
	/* Only one thread has the apex. */
	if (c->set->type == RRTYPE_DNSKEY && c->by_ksk)
		j->keys[k].signs = true;
}

/* What is missing, given all that is there. */
static void
completeness_judge(struct set_case *c)
{
	const struct judge *j = c->judge;
	const uint8_t *owner = c->set->owner;
	uint16_t type = c->set->type;

	for (unsigned a = 0; a < 256; a++) {
		if (!j->alg_needed[a])
			continue;
		if (!c->good[a] && c->revoked[a])
			notes_add(c->notes, owner, type,
			    "signed with algorithm %u only by a revoked key",
			    a);
		else if (!c->good[a] && !c->told[a])
			notes_add(c->notes, owner, type,
			    "no signature of algorithm %u, which the zone "
			    "has keys of",
			    a);
		if (!c->by_ksk || j->params->any_key || !j->alg_sep[a])
			continue;
		if (c->good[a] && !c->sep_good[a] && !c->sep_told[a])
			notes_add(c->notes, owner, type,
			    "signed by key %u/%u "
			    "alone, which is a ZSK; a KSK must sign it",
			    c->zsk_tag, a);
	}
}

/*
 * An RRset that no message can hold is of no use, and would make the work for
 * its signatures grow with their number times its size.
 */
static bool
fits_message(const struct rrset *set)
{
	const uint8_t *p = set->rdata;
	size_t len = 0;

	for (uint32_t i = 0; i < set->count && len <= MESSAGE_MAX; i++) {
		struct rdata r = rdata_at(p, &p);
		len += (size_t)RR_MIN + r.len;
	}
	return len <= MESSAGE_MAX;
}

static void
signed_judge(struct set_case *c, const struct rrset *sigs)
{
	const struct rrset *set = c->set;

	if (sigs == NULL) {
		notes_add(c->notes, set->owner, set->type, "not signed");
		return;
	}
	if (!fits_message(set)) {
		notes_add(c->notes, set->owner, set->type,
		    "%u records, more than a DNS message can hold", set->count);
		return;
	}
	uint32_t count = sigs->count;
	if (count > JUDGE_SIGS_MAX) {
		notes_add(c->notes, set->owner, set->type,
		    "%u signatures; no "
		    "more than the first %d are looked at",
		    count, JUDGE_SIGS_MAX);
		count = JUDGE_SIGS_MAX;
	}
	const uint8_t *p = sigs->rdata;
	for (uint32_t i = 0; i < count; i++) {
		struct rdata r = rdata_at(p, &p);
		sig_judge(c, &r);
	}
	completeness_judge(c);
}

/* As signed_judge and sig_check go, as far as the key. */
static void
signed_gather(const struct judge *j, struct batch *b, const struct rrset *set,
    const struct rrset *sigs)
{
	const uint8_t *p = sigs->rdata;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count && i < JUDGE_SIGS_MAX; i++) {
		struct rdata r = rdata_at(p, &p);

		if (rrsig_view(r.data, r.len, &s) && fields_equal(j, set, &s) &&
		    is_timely(&s, j->params->now))
			batch_add(j, b, set, &s);
	}
}

void
sigs_gather_node(const struct judge *j, struct batch *b, size_t i)
{
	const struct zone *z = j->zone;
	const struct node *n = &z->nodes[i];

	for (uint16_t k = 0; k < n->count; k++) {
		const struct rrset *set = &z->rrsets[n->first + k];

		if (set->type == RRTYPE_RRSIG ||
		    need_of(j, i, set->type) != NEED_SIGNED)
			continue;
		const struct rrset *sigs = node_rrsigs(z, n, set->type);
		if (sigs != NULL && fits_message(set))
			signed_gather(j, b, set, sigs);
	}
}

static bool
type_is_by_ksk(uint16_t type)
{
	return type == RRTYPE_DNSKEY || type == RRTYPE_CDS ||
	       type == RRTYPE_CDNSKEY;
}

static void
expirations_gather(
    struct judge_worker *w, const struct rrset *sigs, int64_t now)
{
	const uint8_t *p = sigs->rdata;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!rrsig_view(r.data, r.len, &s))
			continue;
		int64_t when = when_from_serial(s.expiration, now);
		if (!w->any_expiration || when < w->first_expiration)
			w->first_expiration = when;
		w->any_expiration = true;
	}
}

static void
orphan_note(const struct judge *j, const struct node *n, uint16_t covered,
    struct notes *notes)
{
	char type[RRTYPE_TEXT_SIZE];

	if (covered == RRTYPE_RRSIG)
		notes_add(notes, n->owner, RRTYPE_RRSIG,
		    "an RRSIG over RRSIGs, which are never signed");
	else if (node_rrset(j->zone, n, covered) == NULL)
		notes_add(notes, n->owner, RRTYPE_RRSIG,
		    "an RRSIG over %s, an RRset that is not there",
		    rrtype_text(covered, type));
}

void
sigs_judge_node(
    struct judge *j, struct judge_worker *w, size_t i, struct notes *notes)
{
	const struct zone *z = j->zone;
	const struct node *n = &z->nodes[i];
	struct set_case c;

	for (uint16_t k = 0; k < n->count; k++) {
		const struct rrset *set = &z->rrsets[n->first + k];

		if (set->type == RRTYPE_RRSIG) {
			expirations_gather(w, set, j->params->now);
			orphan_note(j, n, rrset_covered(set), notes);
			continue;
		}
		const struct rrset *sigs = node_rrsigs(z, n, set->type);
		enum need need = need_of(j, i, set->type);
		if (need == NEED_UNSIGNED && sigs != NULL)
			notes_add(notes, n->owner, RRTYPE_RRSIG,
			    "an RRSIG over %s, which must not be signed",
			    unsigned_name(j->roles[i], set->type));
		if (need != NEED_SIGNED)
			continue;
		memset(&c, 0, sizeof(c));
		c.judge = j;
		c.worker = w;
		c.notes = notes;
		c.set = set;
		c.by_ksk = n == j->apex && type_is_by_ksk(set->type);
		signed_judge(&c, sigs);
	}
}
