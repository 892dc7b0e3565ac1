/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The policy of the left side: what a KSK does not sign. Of plain requests it
 * is here, of KSRs in flow/ksrcheck. Every algorithm must have keys of both
 * roles, or the zone that comes of it would be bogus (RFC 4035 section 2.2, RFC
 * 6840 section 5.11).
 */
#include "base/when.h"
#include "flow/ceremony.h"
#include "flow/ksrcheck.h"
#include "keys/verifier.h"

enum {
	BUNDLES_A_YEAR = 366,
	LENGTH_MIN_S = 60, /* of a bundle's time */
	RSA_BITS_MAX = 4096,
};

/* Of plain requests. */
static enum dflow_status
check_times(const struct dflow_ceremony *c, struct dflow_err *err)
{
	int64_t inception = c->plain_inception;
	int64_t expiration = c->plain_expiration;
	char from[DFLOW_WHEN_LONG];
	char to[DFLOW_WHEN_LONG];
	char now[DFLOW_WHEN_LONG];

	dflow_when_long(c->view.now, now);
	dflow_when_long(inception, from);
	dflow_when_long(expiration, to);
	if (expiration <= inception)
		return err_set(err, DFLOW_REFUSED,
		    "expiration %s is not after inception %s", to, from);
	if (expiration <= c->view.now)
		return err_set(err, DFLOW_REFUSED,
		    "expiration %s is past: it is %s", to, now);
	if (expiration - inception > DFLOW_CEREMONY_VALIDITY_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "validity from %s to %s is more than ten years", from, to);
	/* Otherwise 32-bit times would mean other ones (RFC 4034 3.1.5). */
	if (inception - c->view.now > DFLOW_CEREMONY_VALIDITY_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "inception %s is more than ten years ahead", from);
	return DFLOW_OK;
}

static enum dflow_status
check_created(const struct dflow_ceremony *c, const struct ceremony_zone *z,
    struct dflow_err *err)
{
	char now[DFLOW_WHEN_LONG];
	char created[DFLOW_WHEN_LONG];

	for (size_t i = 0; i < z->ksk_count; i++) {
		const struct keytimes *t = &z->ksks[i]->times;

		if (t->created == KEYTIME_UNSET || t->created <= c->view.now)
			continue;
		dflow_when_long(c->view.now, now);
		dflow_when_long(t->created, created);
		return err_set(err, DFLOW_REFUSED,
		    "%s was created on %s, and it is %s by this clock; set the "
		    "clock",
		    z->ksks[i]->from, created, now);
	}
	return DFLOW_OK;
}

static enum dflow_status
check_clock(const struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	if (c->view.now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "this machine's clock has not been set (it is before "
		    "2020); set it");
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++)
		st = check_created(c, &c->zones[i], err);
	return st;
}

/* A KSK by itself. */
static enum dflow_status
check_ksk(const struct ceremony_zone *z, const struct keyfile *k,
    struct dflow_err *err)
{
	const struct alg *alg = alg_find(k->key.algorithm);
	uint16_t flags = k->key.flags;

	/* In a plan a revoked one says so, and no more (RFC 5011). */
	if (z->ksr != NULL)
		flags &= (uint16_t)~DNSKEY_FLAG_REVOKE;
	if ((flags & DNSKEY_FLAG_REVOKE) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: revoked (flags "
		    "%u); sign with a KSK that is not",
		    k->from, k->key.flags);
	if (flags != (DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP))
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
check_ksks(const struct ceremony_zone *z, struct dflow_err *err)
{
	enum dflow_status st;

	for (size_t i = 0; i < z->ksk_count; i++) {
		st = check_ksk(z, z->ksks[i], err);
		if (st != DFLOW_OK)
			return st;
		for (size_t j = 0; j < i; j++) {
			if (dnskey_same_key(&z->ksks[i]->key, &z->ksks[j]->key))
				return err_set(err, DFLOW_REFUSED,
				    "%s: "
				    "the same key as %s; give each KSK "
				    "once",
				    z->ksks[i]->from, z->ksks[j]->from);
		}
	}
	return DFLOW_OK;
}

static bool
ksk_of_algorithm(const struct ceremony_zone *z, uint8_t algorithm)
{
	for (size_t i = 0; i < z->ksk_count; i++) {
		if (z->ksks[i]->key.algorithm == algorithm)
			return true;
	}
	return false;
}

static bool
zsk_of_algorithm(const struct ceremony_zone *z, uint8_t algorithm)
{
	for (size_t i = 0; i < z->plain->count; i++) {
		if (z->plain->keys[i].key.algorithm == algorithm)
			return true;
	}
	return false;
}

/* A key of the request, beside the KSKs. */
static enum dflow_status
check_zsk(const struct ceremony_zone *z, const struct request_key *zsk,
    struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};
	struct verifier *v = NULL;

	for (size_t i = 0; i < z->ksk_count; i++) {
		if (dnskey_same_key(&z->ksks[i]->key, &zsk->key))
			return err_set(err, DFLOW_REFUSED,
			    "%s:%zu: the KSK "
			    "itself (%s) as a ZSK; a request holds other "
			    "keys",
			    zsk->file, zsk->line, z->ksks[i]->from);
	}
	if (!ksk_of_algorithm(z, zsk->key.algorithm))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: ZSK %u has "
		    "algorithm %u, which no KSK here has; add -k with one",
		    zsk->file, zsk->line, zsk->key.tag, zsk->key.algorithm);
	if (verifier_new(&zsk->key, &v, &why) != DFLOW_OK)
		return err_set(err, DFLOW_REFUSED, "%s:%zu: ZSK %u: %s",
		    zsk->file, zsk->line, zsk->key.tag, why.text);
	verifier_free(&v);
	return DFLOW_OK;
}

static enum dflow_status
check_plain(const struct ceremony_zone *z, struct dflow_err *err)
{
	const struct request *r = z->plain;
	enum dflow_status st;

	for (size_t i = 0; i < r->count; i++) {
		st = check_zsk(z, &r->keys[i], err);
		if (st != DFLOW_OK)
			return st;
	}
	for (size_t i = 0; i < z->ksk_count; i++) {
		const struct keyfile *k = z->ksks[i];

		if (!zsk_of_algorithm(z, k->key.algorithm))
			return err_set(err, DFLOW_REFUSED,
			    "%s: algorithm "
			    "%u, of which the request has no ZSK; leave this "
			    "KSK out, or request such a ZSK",
			    k->from, k->key.algorithm);
	}
	return DFLOW_OK;
}

int64_t
ceremony_until(const struct dflow_ceremony *c, const struct ceremony_zone *z)
{
	const struct bundles *b = z->ksr;

	if (b->footer.until != BUNDLE_CLOCK_UNSET)
		return b->footer.until;
	if (c->p->expiration != DFLOW_WHEN_UNSET)
		return c->p->expiration;
	return b->list[b->count - 1].time + c->policy.validity_s -
	       c->policy.refresh_s;
}

static enum dflow_status
check_ksr(const struct dflow_ceremony *c, struct ceremony_zone *z,
    struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;
	const struct ksrcheck_policy policy = {
	    .horizon_s =
		p->horizon_s != 0 ? p->horizon_s : DFLOW_CEREMONY_HORIZON_S,
	    .skew_s = p->skew_s != 0 ? p->skew_s : DFLOW_CEREMONY_SKEW_S,
	    .length_min_s = LENGTH_MIN_S,
	    .length_max_s = DFLOW_CEREMONY_HORIZON_S,
	    .count_max = BUNDLES_A_YEAR,
	    .rsa_bits_min =
		p->rsa_bits != 0 ? p->rsa_bits : DFLOW_CEREMONY_RSA_BITS,
	    .rsa_bits_max = RSA_BITS_MAX,
	};
	struct dnskey ksks[DFLOW_CEREMONY_KEYS_MAX];
	struct ksrcheck check = {
	    .request = z->ksr,
	    .sha256 = z->files[0].sha256,
	    .now = c->view.now,
	    .until = ceremony_until(c, z),
	    .policy = &policy,
	    .ksks = ksks,
	    .ksk_count = z->ksk_count,
	    .newest = INT64_MIN,
	};
	static const struct history_act none[1];

	for (size_t i = 0; i < z->ksk_count; i++)
		ksks[i] = z->ksks[i]->key;
	if (c->ledger != NULL) {
		check.acts =
		    history_zone(c->history, z->text, &check.act_count);
		if (check.acts == NULL)
			check.acts = none;
		check.newest = ledger_facts(c->ledger)->newest;
	}
	return ksrcheck(&check, &z->checks, err);
}

/* What the checks found, of all zones; and that is recorded. */
static enum dflow_status
verdict(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct dflow_err first = {0}, why;
	enum dflow_status st;
	size_t refused = 0;

	for (size_t i = 0; i < c->zone_count; i++)
		if (checks_verdict(&c->zones[i].checks,
			refused == 0 ? &first : &why) != DFLOW_OK)
			refused++;
	if (refused == 0)
		return DFLOW_OK;
	st = ceremony_ledger_refuse(c, err);
	if (st != DFLOW_OK)
		return st;
	if (refused == 1)
		return err_set(err, first.status, "%s", first.text);
	return err_set(err, first.status,
	    "%s; %zu more requests are refused (ksk-sign sign each, or see "
	    "the ledger)",
	    first.text, refused - 1);
}

enum dflow_status
ceremony_check(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = check_clock(c, err);
	size_t plain = 0;

	for (size_t i = 0; i < c->zone_count; i++)
		plain += c->zones[i].plain != NULL;
	if (st == DFLOW_OK && plain > 0)
		st = check_times(c, err);
	if (st == DFLOW_OK && plain == 0 && c->p->inception != DFLOW_WHEN_UNSET)
		st = err_set(err, DFLOW_USAGE,
		    "an inception is for plain requests; a KSR's bundles have "
		    "their own times");
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++) {
		struct ceremony_zone *z = &c->zones[i];

		st = check_ksks(z, err);
		if (st == DFLOW_OK && z->plain != NULL)
			st = check_plain(z, err);
		else if (st == DFLOW_OK)
			st = check_ksr(c, z, err);
	}
	return st == DFLOW_OK ? verdict(c, err) : st;
}
