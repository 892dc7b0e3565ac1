/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The policy of the left side: what a KSK does not sign. Every algorithm must
 * have keys of both roles, or the zone that comes of it would be bogus (RFC
 * 4035 section 2.2, RFC 6840 section 5.11).
 */
#include "base/when.h"
#include "flow/ceremony.h"
#include "keys/verifier.h"

static enum dflow_status
check_times(const struct dflow_ceremony_view *v, struct dflow_err *err)
{
	char from[DFLOW_WHEN_LONG];
	char to[DFLOW_WHEN_LONG];
	char now[DFLOW_WHEN_LONG];

	dflow_when_long(v->now, now);
	dflow_when_long(v->inception, from);
	dflow_when_long(v->expiration, to);
	if (v->expiration <= v->inception)
		return err_set(err, DFLOW_REFUSED,
		    "expiration %s is not after "
		    "inception %s",
		    to, from);
	if (v->expiration <= v->now)
		return err_set(err, DFLOW_REFUSED,
		    "expiration %s is past: it "
		    "is %s",
		    to, now);
	if (v->expiration - v->inception > DFLOW_CEREMONY_VALIDITY_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "validity from %s to %s is "
		    "more than ten years",
		    from, to);
	/* Otherwise 32-bit times would mean other ones (RFC 4034 3.1.5). */
	if (v->inception - v->now > DFLOW_CEREMONY_VALIDITY_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "inception %s is more than "
		    "ten years ahead",
		    from);
	return DFLOW_OK;
}

static enum dflow_status
check_clock(const struct dflow_ceremony *c, struct dflow_err *err)
{
	char now[DFLOW_WHEN_LONG];
	char created[DFLOW_WHEN_LONG];

	if (c->view.now < 0 || c->view.now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "this machine's clock has "
		    "not been set (it is before 2020); set it");
	dflow_when_long(c->view.now, now);
	for (size_t i = 0; i < c->ksk_count; i++) {
		const struct keytimes *t = &c->ksks[i]->times;

		if (t->created == KEYTIME_UNSET || t->created <= c->view.now)
			continue;
		dflow_when_long(t->created, created);
		return err_set(err, DFLOW_REFUSED,
		    "%s was created on %s, "
		    "and it is %s by this clock; set the clock",
		    c->ksks[i]->from, created, now);
	}
	return DFLOW_OK;
}

/* A KSK by itself. */
static enum dflow_status
check_ksk(const struct dflow_ceremony *c, const struct keyfile *k,
    struct dflow_err *err)
{
	const struct alg *alg = alg_find(k->key.algorithm);
	char owner[NAME_TEXT_SIZE];

	if (!name_equal(k->owner, c->zone)) {
		name_text(k->owner, owner);
		return err_set(err, DFLOW_REFUSED,
		    "%s: a key of %s, but "
		    "the first KSK is %s's",
		    k->from, owner, c->zone_text);
	}
	if ((k->key.flags & DNSKEY_FLAG_REVOKE) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: revoked (flags "
		    "%u); sign with a KSK that is not",
		    k->from, k->key.flags);
	if (k->key.flags != (DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP))
		return err_set(err, DFLOW_REFUSED,
		    "%s: flags %u, not a "
		    "KSK's 257; give the KSK with -k",
		    k->from, k->key.flags);
	if (alg == NULL || !alg->signs)
		return err_set(err, DFLOW_REFUSED,
		    "%s: algorithm %u is "
		    "not one to sign with any more",
		    k->from, k->key.algorithm);
	return DFLOW_OK;
}

static enum dflow_status
check_ksks(const struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st;

	for (size_t i = 0; i < c->ksk_count; i++) {
		st = check_ksk(c, c->ksks[i], err);
		if (st != DFLOW_OK)
			return st;
		for (size_t j = 0; j < i; j++) {
			if (dnskey_same_key(&c->ksks[i]->key, &c->ksks[j]->key))
				return err_set(err, DFLOW_REFUSED,
				    "%s: "
				    "the same key as %s; give each KSK "
				    "once",
				    c->ksks[i]->from, c->ksks[j]->from);
		}
	}
	return DFLOW_OK;
}

static bool
ksk_of_algorithm(const struct dflow_ceremony *c, uint8_t algorithm)
{
	for (size_t i = 0; i < c->ksk_count; i++) {
		if (c->ksks[i]->key.algorithm == algorithm)
			return true;
	}
	return false;
}

static bool
zsk_of_algorithm(const struct dflow_ceremony *c, uint8_t algorithm)
{
	for (size_t i = 0; i < c->request->count; i++) {
		if (c->request->keys[i].key.algorithm == algorithm)
			return true;
	}
	return false;
}

/* A key of the request, beside the KSKs. */
static enum dflow_status
check_zsk(const struct dflow_ceremony *c, const struct request_key *z,
    struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};
	struct verifier *v = NULL;

	for (size_t i = 0; i < c->ksk_count; i++) {
		if (dnskey_same_key(&c->ksks[i]->key, &z->key))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: the KSK "
			    "itself (%s) as a ZSK; a request holds other "
			    "keys",
			    z->file, z->line, c->ksks[i]->from);
	}
	if (!ksk_of_algorithm(c, z->key.algorithm))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: ZSK %u has "
		    "algorithm %u, which no KSK here has; add -k with one",
		    z->file, z->line, z->key.tag, z->key.algorithm);
	if (verifier_new(&z->key, &v, &why) != DFLOW_OK)
		return err_set(err, DFLOW_REFUSED, "%s:%zu: ZSK %u: %s",
		    z->file, z->line, z->key.tag, why.text);
	verifier_free(&v);
	return DFLOW_OK;
}

static enum dflow_status
check_request(const struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct request *r = c->request;
	char owner[NAME_TEXT_SIZE];
	enum dflow_status st;

	if (!name_equal(r->zone, c->zone)) {
		name_text(r->zone, owner);
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a key of %s, but "
		    "the KSK is %s's",
		    r->keys[0].file, r->keys[0].line, owner, c->zone_text);
	}
	for (size_t i = 0; i < r->count; i++) {
		st = check_zsk(c, &r->keys[i], err);
		if (st != DFLOW_OK)
			return st;
	}
	for (size_t i = 0; i < c->ksk_count; i++) {
		const struct keyfile *k = c->ksks[i];

		if (!zsk_of_algorithm(c, k->key.algorithm))
			return err_set(err, DFLOW_REFUSED,
			    "%s: algorithm "
			    "%u, of which the request has no ZSK; leave this "
			    "KSK out, or request such a ZSK",
			    k->from, k->key.algorithm);
	}
	return DFLOW_OK;
}

enum dflow_status
ceremony_check(const struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = check_clock(c, err);

	if (st == DFLOW_OK)
		st = check_times(&c->view, err);
	if (st == DFLOW_OK)
		st = check_ksks(c, err);
	if (st == DFLOW_OK)
		st = check_request(c, err);
	return st;
}
