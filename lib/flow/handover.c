/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the step from a published zone to the next one. A rollover by
 * pre-publication has steps between that each have their time; a run that did
 * not take place, or a response that came late, leaves one out, and caches are
 * left with keys and signatures that do not fit. It refuses that, and looks
 * for the step that comes first.
 */
#include "flow/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/response.h"

#define NEVER INT64_MIN

/* Those that are in a zone, and those of them that sign. */
struct roles {
	struct dnskey zsks[KEYLIST_MAX];
	struct dnskey signers[KEYLIST_MAX];
	size_t zsk_count;
	size_t signer_count;
};

/* What caches may hold; views of the previous zone. */
struct cached {
	struct roles roles;
	int64_t inception; /* of the SOA's signature, the latest */
	uint32_t dnskey_ttl; /* seconds */
};

/* All that the search for a step looks at. */
struct search {
	const struct handover *h;
	const struct cached *old;
	struct keylist list;
	struct response *response;
	uint32_t longest_ttl; /* seconds, of what is signed in the old zone */
	struct roles roles; /* at the moment that is looked at */
};

struct step {
	int64_t when;
	uint32_t wait_s; /* before the one after it */
};

bool
handover_is_zsk(const struct dnskey *key)
{
	return (key->flags & (DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP |
				 DNSKEY_FLAG_REVOKE)) == DNSKEY_FLAG_ZONE;
}

static bool
holds(struct kskcheck_keys l, const struct dnskey *key)
{
	for (size_t i = 0; i < l.count; i++)
		if (dnskey_same_key(&l.keys[i], key))
			return true;
	return false;
}

static bool
holds_algorithm(struct kskcheck_keys l, uint8_t algorithm)
{
	for (size_t i = 0; i < l.count; i++)
		if (l.keys[i].algorithm == algorithm)
			return true;
	return false;
}

bool
handover_meet(struct kskcheck_keys a, struct kskcheck_keys b)
{
	bool any = false;

	for (size_t i = 0; i < a.count; i++) {
		uint8_t algorithm = a.keys[i].algorithm;
		bool met = false;

		if (!holds_algorithm(b, algorithm))
			continue;
		for (size_t k = 0; k < a.count; k++)
			met |= a.keys[k].algorithm == algorithm &&
			       holds(b, &a.keys[k]);
		if (!met)
			return false;
		any = true;
	}
	return any;
}

static struct kskcheck_keys
zsks_of(const struct roles *r)
{
	return (struct kskcheck_keys){r->zsks, r->zsk_count};
}

static struct kskcheck_keys
signers_of(const struct roles *r)
{
	return (struct kskcheck_keys){r->signers, r->signer_count};
}

/* The next one's signers, to who has the old keys; and the other way round. */
static bool
can_follow(const struct roles *old, const struct roles *next)
{
	return handover_meet(signers_of(next), zsks_of(old)) &&
	       handover_meet(signers_of(old), zsks_of(next));
}

static bool
same_keys(struct kskcheck_keys a, struct kskcheck_keys b)
{
	for (size_t i = 0; i < a.count; i++)
		if (!holds(b, &a.keys[i]))
			return false;
	return a.count == b.count;
}

/* Is one of the signatures good at now? What is not is in no cache. */
static bool
any_good(const struct rrset *sigs, int64_t now)
{
	const uint8_t *p = sigs->rdata;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (rrsig_view(r.data, r.len, &s) &&
		    when_from_serial(s.inception, now) <= now &&
		    when_from_serial(s.expiration, now) > now)
			return true;
	}
	return false;
}

/* The SOA's signers are those of the whole zone: all is signed at once. */
static bool
made_one(const struct rrset *sigs, const struct dnskey *key)
{
	const uint8_t *p = sigs->rdata;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (rrsig_view(r.data, r.len, &s) && s.tag == key->tag &&
		    s.algorithm == key->algorithm)
			return true;
	}
	return false;
}

static int64_t
latest_inception(const struct rrset *sigs, int64_t now)
{
	const uint8_t *p = sigs->rdata;
	int64_t latest = NEVER;
	struct rrsig s;

	for (uint32_t i = 0; i < sigs->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (rrsig_view(r.data, r.len, &s) &&
		    when_from_serial(s.inception, now) > latest)
			latest = when_from_serial(s.inception, now);
	}
	return latest;
}

static bool
is_ksk(const struct kskdata *data, const struct dnskey *key)
{
	struct dnskey other;

	for (size_t i = 0; i < data->count; i++)
		if (data->rrs[i].type == RRTYPE_DNSKEY &&
		    dnskey_view(data->rrs[i].rdata, data->rrs[i].len, &other) &&
		    dnskey_same_key(&other, key))
			return true;
	return false;
}

/* The ZSKs of a signed zone; those of them that signed its SOA. */
static void
read_roles(const struct zone *z, const struct node *apex, struct roles *out)
{
	const struct rrset *keys = node_rrset(z, apex, RRTYPE_DNSKEY);
	const struct rrset *sigs = node_rrsigs(z, apex, RRTYPE_SOA);
	const uint8_t *p;

	if (keys == NULL || keys->count > KEYLIST_MAX || sigs == NULL)
		return;
	p = keys->rdata;
	for (uint32_t i = 0; i < keys->count; i++) {
		struct rdata r = rdata_at(p, &p);
		struct dnskey key;

		if (!dnskey_view(r.data, r.len, &key) || !handover_is_zsk(&key))
			continue;
		out->zsks[out->zsk_count++] = key;
		if (made_one(sigs, &key))
			out->signers[out->signer_count++] = key;
	}
}

static bool
has_ksk(const struct rrset *keys, const struct kskdata *data)
{
	const uint8_t *p = keys->rdata;
	struct dnskey key;

	for (uint32_t i = 0; i < keys->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (dnskey_view(r.data, r.len, &key) && is_ksk(data, &key))
			return true;
	}
	return false;
}

/* False: nobody can have it in a cache, or it is of another chain of trust. */
static bool
read_cached(const struct handover *h, struct cached *out)
{
	const struct zone *z = h->previous;
	const struct node *apex = zone_apex(z);
	const struct rrset *keys, *sigs;

	if (apex == NULL || !name_equal(apex->owner, h->apex))
		return false;
	keys = node_rrset(z, apex, RRTYPE_DNSKEY);
	sigs = node_rrsigs(z, apex, RRTYPE_DNSKEY);
	if (keys == NULL || sigs == NULL || !any_good(sigs, h->now) ||
	    !has_ksk(keys, h->kskdata))
		return false;
	read_roles(z, apex, &out->roles);
	out->dnskey_ttl = keys->ttl;
	if (out->roles.signer_count == 0)
		return false;
	out->inception =
	    latest_inception(node_rrsigs(z, apex, RRTYPE_SOA), h->now);
	return true;
}

static void
note_event(int64_t event, int64_t until, int64_t *latest)
{
	if (event != KEYTIME_UNSET && event <= until && event > *latest)
		*latest = event;
}

/* The last moment of what ended at until or before; or NEVER. */
static int64_t
before_event(const struct search *s, int64_t until)
{
	const struct bundles *b = s->response->bundles;
	int64_t latest = NEVER;

	for (size_t i = 0; i < s->list.count; i++) {
		const struct keytimes *t = &s->list.keys[i]->times;

		note_event(t->publish, until, &latest);
		note_event(t->activate, until, &latest);
		note_event(t->inactive, until, &latest);
		note_event(t->remove, until, &latest);
	}
	for (size_t i = 0; b != NULL && i < b->count; i++)
		note_event(b->list[i].time, until, &latest);
	return latest == NEVER ? NEVER : latest - 1;
}

/* The ZSKs of then, as zsks_choose takes them; false if it would not. */
static bool
roles_at(struct search *s, int64_t when)
{
	struct roles *r = &s->roles;

	r->zsk_count = r->signer_count = 0;
	for (size_t i = 0; i < s->list.count; i++) {
		const struct keyfile *k = s->list.keys[i];
		enum keystate state = keyfile_state(&k->times, when);

		if (k->times.created > when)
			return false;
		if (!handover_is_zsk(&k->key) || state == KEYSTATE_FUTURE ||
		    state == KEYSTATE_REMOVED)
			continue;
		r->zsks[r->zsk_count++] = k->key;
		if (state == KEYSTATE_ACTIVE && k->has_private)
			r->signers[r->signer_count++] = k->key;
	}
	for (size_t i = 0; i < r->zsk_count; i++)
		if (!holds_algorithm(signers_of(r), r->zsks[i].algorithm))
			return false;
	return r->zsk_count > 0;
}

/*
 * Would signing for that time do it, with signatures that hold now and until
 * the wait is over?
 */
static bool
is_good(const struct search *s, const struct step *at)
{
	const struct dflow_sign *p = s->h->p;
	struct kskcheck check = {
	    .zsks = zsks_of(&s->roles),
	    .now = at->when,
	};
	struct kskcheck_window window;
	struct response_force force;
	struct kskdata *data = NULL;
	struct dflow_err ignored;
	bool good;

	if (at->when + (p->expiration - p->spread_s - p->now) <=
	    p->now + at->wait_s)
		return false;
	if (response_at(s->response, at->when, &data, &force, &ignored) !=
	    DFLOW_OK)
		return false;
	check.data = data;
	check.min_validity_s =
	    response_needed_s(&force, at->when, p->min_validity_s);
	good = kskcheck(&check, &window, &ignored) == DFLOW_OK;
	check.now = p->now;
	check.min_validity_s = at->wait_s;
	good = good && kskcheck(&check, &window, &ignored) == DFLOW_OK;
	kskdata_free(&data);
	return good;
}

/*
 * By the keys' times others signed then: the zone was signed late, as of an
 * earlier moment.
 */
static bool
was_late(struct search *s)
{
	return s->old->inception >= WHEN_SANE_MIN &&
	       roles_at(s, s->old->inception) &&
	       !same_keys(signers_of(&s->roles), signers_of(&s->old->roles));
}

/* From now back to what stands there: the last moment that can follow it. */
static bool
look_back(struct search *s, struct step *out)
{
	const struct roles *old = &s->old->roles;
	int64_t when = before_event(s, s->h->now);

	for (; when >= WHEN_SANE_MIN; when = before_event(s, when)) {
		bool signs = false;

		if (!roles_at(s, when))
			continue;
		signs = same_keys(signers_of(&s->roles), signers_of(old));
		if (signs && same_keys(zsks_of(&s->roles), zsks_of(old)))
			return false; /* this is what stands there */
		out->when = when;
		/* Until what no longer fits has left the caches. */
		out->wait_s = signs ? s->old->dnskey_ttl : s->longest_ttl;
		if (can_follow(old, &s->roles) && is_good(s, out))
			return true;
	}
	return false;
}

static uint32_t
longest_ttl(const struct zone *z)
{
	uint32_t longest = 0;

	for (size_t i = 0; i < z->rrset_count; i++)
		if (z->rrsets[i].type == RRTYPE_RRSIG &&
		    z->rrsets[i].ttl > longest)
			longest = z->rrsets[i].ttl;
	return longest;
}

static bool
any_here(const struct search *s)
{
	for (size_t i = 0; i < s->list.count; i++)
		if (holds(zsks_of(&s->old->roles), &s->list.keys[i]->key))
			return true;
	return false;
}

/* Keys that are named sign at all times, and others' are not ours. */
static void
find_step(const struct handover *h, const struct cached *old,
    struct handover_found *out)
{
	struct search *s;
	struct dflow_err ignored;
	struct step step;

	if (h->p == NULL || h->p->key_dir == NULL)
		return;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return;
	s->h = h;
	s->old = old;
	s->longest_ttl = longest_ttl(h->previous);
	if (keylist_read(h->p->key_dir, h->apex, &s->list, &ignored) ==
		DFLOW_OK &&
	    response_read(h->p->kskdata, &s->response, &ignored) == DFLOW_OK) {
		out->ours = any_here(s);
		/* Standard input cannot be read again for it. */
		out->has_step =
		    strcmp(h->p->path, "-") != 0 &&
		    (out->fault == HANDOVER_UNKNOWN || was_late(s)) &&
		    look_back(s, &step);
		if (out->has_step)
			out->step = step.when;
	}
	keylist_free(&s->list);
	response_free(&s->response);
	free(s);
}

static void
tell(const struct handover *h, const struct cached *old,
    const struct roles *next, struct handover_found *out)
{
	bool unknown = !handover_meet(signers_of(next), zsks_of(&old->roles));

	out->fault = unknown ? HANDOVER_UNKNOWN : HANDOVER_GONE;
	(void)snprintf(out->text, sizeof(out->text), "%s: %s (%u)", h->out,
	    unknown ? "it lacks the ZSK that signs now"
		    : "it was signed by a ZSK that is not in the zone now",
	    unknown ? next->signers[0].tag : old->roles.signers[0].tag);
	find_step(h, old, out);
}

static void
read_next(const struct handover *h, struct roles *out)
{
	if (h->next != NULL) {
		read_roles(h->next, zone_apex(h->next), out);
		return;
	}
	for (size_t i = 0; i < h->keys->published_count; i++)
		out->zsks[out->zsk_count++] = h->keys->published[i];
	for (size_t i = 0; i < h->keys->signer_count; i++)
		out->signers[out->signer_count++] =
		    *signer_key(h->keys->signers[i]);
}

enum dflow_status
handover_check(
    const struct handover *h, struct handover_found *out, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct cached *old;
	struct roles *next;

	*out = (struct handover_found){.fault = HANDOVER_GOOD};
	if (h->previous == NULL)
		return DFLOW_OK;
	old = calloc(1, sizeof(*old));
	next = calloc(1, sizeof(*next));
	if (old == NULL || next == NULL) {
		st = err_memory(err);
		goto out;
	}
	read_next(h, next);
	/* A zone that nobody signed is for the judge. */
	if (next->signer_count > 0 && read_cached(h, old) &&
	    !can_follow(&old->roles, next))
		tell(h, old, next, out);
out:
	free(old);
	free(next);
	return st;
}
