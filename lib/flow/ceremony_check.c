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
	OTHERS_MAX = 5, /* zones that are named beside the first */
	OTHERS_TEXT_MAX = 8192,
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

/* Refuses a clock that is before the ledger's newest entry. */
static void
check_ledger(const struct dflow_ceremony *c, struct ceremony_zone *z)
{
	char then[DFLOW_WHEN_LONG];
	char now[DFLOW_WHEN_LONG];

	if (c->ledger == NULL || history_newest(c->history) <= c->view.now)
		return;
	dflow_when_long(history_newest(c->history), then);
	dflow_when_long(c->view.now, now);
	checks_fail(&z->checks, CHECK_CLOCK,
	    "%s: its newest signing is of %s, and it is %s by this clock; set "
	    "the clock",
	    c->view.ledger, then, now);
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
	    .validity_s = c->policy.validity_s,
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
	    .first_signers = ceremony_first_signers(c, z),
	    .newest = INT64_MIN,
	};
	for (size_t i = 0; i < z->ksk_count; i++)
		ksks[i] = z->ksks[i]->key;
	if (c->ledger != NULL) {
		check.acts =
		    history_zone(c->history, z->text, &check.act_count);
		check.plain = history_plain(c->history, z->text);
		check.newest = history_newest(c->history);
	}
	return ksrcheck(&check, &z->checks, err);
}

static enum dflow_status
check_zone(const struct dflow_ceremony *c, struct ceremony_zone *z,
    struct dflow_err *err)
{
	enum dflow_status st = check_created(c, z, err);

	if (st == DFLOW_OK)
		st = check_ksks(z, err);
	if (st != DFLOW_OK || z->ksk_count == 0)
		return st;
	if (z->ksr != NULL)
		return check_ksr(c, z, err);
	check_ledger(c, z);
	return check_plain(z, err);
}

/* "b.example. (replay), c.example." and how many more. */
static void
put_others(struct buf *out, const struct dflow_ceremony *c)
{
	size_t seen = 0;

	for (size_t i = 0; i < c->zone_count; i++) {
		const struct ceremony_zone *z = &c->zones[i];
		uint32_t failed = checks_left(&z->checks);
		unsigned k = 0;

		if (!z->refused || seen++ == 0 || seen > OTHERS_MAX + 1)
			continue;
		while (k < CHECKS && (failed & 1u << k) == 0)
			k++;
		buf_printf(out, "%s%s%s%s%s", seen > 2 ? ", " : "", z->text,
		    k < CHECKS ? " (" : "", k < CHECKS ? check_name(k) : "",
		    k < CHECKS ? ")" : "");
	}
	if (seen > OTHERS_MAX + 1)
		buf_printf(out, " and %zu more", seen - OTHERS_MAX - 1);
	buf_u8(out, 0);
}

/* One line for all that was refused, once it is recorded. */
static enum dflow_status
refuse(struct dflow_ceremony *c, const struct dflow_err *first, size_t count,
    struct dflow_err *err)
{
	enum dflow_status st = ceremony_ledger_refuse(c, err);
	struct buf others;

	if (st != DFLOW_OK)
		return st;
	if (count == 1)
		return err_set(err, first->status, "%s%s", first->text,
		    c->zone_count > 1 ? "; none of the others was signed" : "");
	buf_init(&others, OTHERS_TEXT_MAX);
	put_others(&others, c);
	st = err_set(err, first->status, "%s; refused, too: %s", first->text,
	    others.failed ? "others" : (const char *)others.data);
	buf_free(&others);
	return st;
}

static enum dflow_status
check_zones(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct dflow_err first = {0}, why;
	size_t refused = 0;

	for (size_t i = 0; i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];
		struct dflow_err *to = refused == 0 ? &first : &why;
		enum dflow_status st = check_zone(c, z, to);

		if (st != DFLOW_OK && st != DFLOW_REFUSED)
			return err_set(err, st, "%s", to->text);
		if (st == DFLOW_OK)
			st = checks_verdict(&z->checks, to);
		if (st == DFLOW_OK && z->ksk_count == 0)
			st = err_set(to, DFLOW_REFUSED,
			    "%s: no KSK of this zone was brought, so nothing "
			    "can sign it",
			    z->text);
		z->refused = st != DFLOW_OK;
		refused += z->refused;
	}
	return refused == 0 ? DFLOW_OK : refuse(c, &first, refused, err);
}

/* What is given is of use to something. */
static enum dflow_status
check_params(const struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;
	size_t plain = 0, endless = 0;

	for (size_t i = 0; i < c->zone_count; i++) {
		plain += c->zones[i].plain != NULL;
		endless += c->zones[i].plain == NULL &&
			   c->zones[i].ksr->footer.until == BUNDLE_CLOCK_UNSET;
	}
	if (plain == 0 && p->inception != DFLOW_WHEN_UNSET)
		return err_set(err, DFLOW_USAGE,
		    "an inception is for plain requests; a KSR's bundles have "
		    "their own times");
	if (plain == 0 && p->ttl_s != 0)
		return err_set(err, DFLOW_USAGE,
		    "a TTL is for plain requests; a KSR has its own");
	if (plain + endless == 0 && p->expiration != DFLOW_WHEN_UNSET)
		return err_set(err, DFLOW_USAGE,
		    "an expiration is for plain requests, and for KSRs that "
		    "do not say their end, as this one does");
	return plain > 0 ? check_times(c, err) : DFLOW_OK;
}

enum dflow_status
ceremony_check(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st;

	if (c->view.now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "this machine's clock has not been set (it is before "
		    "2020); set it");
	st = check_params(c, err);
	return st == DFLOW_OK ? check_zones(c, err) : st;
}
