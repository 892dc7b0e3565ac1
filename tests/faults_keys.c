/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults of keys: unknown and revoked ones, roles, algorithms, DS. Where the
 * KSK does not sign, CDS and CDNSKEY would lead nowhere, so there are none.
 */
#include <check.h>
#include <string.h>

#include "faults.h"

#define WWW "www.example."
#define APEX "example."

/* Puts s in place of the signatures over an RRset. */
static void
replace(struct made *m, const char *owner, const struct made_sig *s)
{
	made_drop(m, owner, RRTYPE_RRSIG, s->head.covered);
	made_sig_put(m, owner, s);
}

static void
missing_dnskey_sig(struct made *m)
{
	made_drop(m, APEX, RRTYPE_RRSIG, RRTYPE_DNSKEY);
}

/* Adds k to the DNSKEY RRset as a revoked key. */
static uint16_t
add_revoked(struct made *m, enum made_key_number k)
{
	const struct made_key *key = made_key(k);
	struct made_rr *rr = made_add(
	    m, APEX, RRTYPE_DNSKEY, 3600, key->rdata, key->key.rdata_len);

	rr->rdata[1] |= DNSKEY_FLAG_REVOKE;
	return dnskey_tag(rr->rdata, rr->len);
}

static void
put_revoked(struct made *m)
{
	add_revoked(m, STRANGER);
}

static void
by_revoked(struct made *m)
{
	struct made_sig s = made_sig(m, STRANGER, WWW, RRTYPE_A);

	s.head.tag = dnskey_tag_revoked(
	    made_key(STRANGER)->rdata, made_key(STRANGER)->key.rdata_len);
	replace(m, WWW, &s);
}

static void
by_unrevoked_tag(struct made *m)
{
	struct made_sig s = made_sig(m, STRANGER, WWW, RRTYPE_A);

	replace(m, WWW, &s);
}

/* RFC 5011: a revoked key may sign DNSKEY, to say so. */
static void
revoked_itself(struct made *m)
{
	struct made_sig s = made_sig(m, STRANGER, APEX, RRTYPE_DNSKEY);

	s.head.tag = dnskey_tag_revoked(
	    made_key(STRANGER)->rdata, made_key(STRANGER)->key.rdata_len);
	made_sig_put(m, APEX, &s);
}

static void
revoked_alone(struct made *m)
{
	made_drop(m, APEX, RRTYPE_RRSIG, RRTYPE_DNSKEY);
	revoked_itself(m);
}

static void
dnskey_by_zsk(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, APEX, RRTYPE_DNSKEY);

	replace(m, APEX, &s);
}

static void
dnskey_by_both(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, APEX, RRTYPE_DNSKEY);

	made_sig_put(m, APEX, &s);
}

static void
cds_by_zsk(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, APEX, RRTYPE_CDS);

	replace(m, APEX, &s);
}

static void
cdnskey_by_zsk(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, APEX, RRTYPE_CDNSKEY);

	replace(m, APEX, &s);
}

static void
one_algorithm(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	replace(m, WWW, &s);
}

static void
dnskey_one_algorithm(struct made *m)
{
	struct made_sig s = made_sig(m, KSK, APEX, RRTYPE_DNSKEY);

	replace(m, APEX, &s);
}

static void
dnskey_one_ksk(struct made *m)
{
	struct made_sig s = made_sig(m, KSK, APEX, RRTYPE_DNSKEY);

	replace(m, APEX, &s);
	s = made_sig(m, ZSK_ED, APEX, RRTYPE_DNSKEY);
	made_sig_put(m, APEX, &s);
}

static void
no_keys(struct made *m)
{
	made_drop(m, APEX, RRTYPE_DNSKEY, 0);
}

static void
no_ksk(struct made *m)
{
	made_drop(m, APEX, RRTYPE_DNSKEY, 0);
	made_add(m, APEX, RRTYPE_DNSKEY, 3600, made_key(ZSK)->rdata,
	    made_key(ZSK)->key.rdata_len);
}

/* Of a private algorithm (253), of which nothing can be checked. */
static void
strange_key(struct made *m)
{
	static const uint8_t key[] = {1, 0, 3, 253, 1, 'x', 0, 9, 9};

	made_add(m, APEX, RRTYPE_DNSKEY, 3600, key, sizeof(key));
}

static void
strange_key_alone(struct made *m)
{
	made_drop(m, APEX, RRTYPE_DNSKEY, 0);
	strange_key(m);
}

static void
broken_key(struct made *m)
{
	struct made_rr *rr = made_add(m, APEX, RRTYPE_DNSKEY, 3600,
	    made_key(STRANGER)->rdata, made_key(STRANGER)->key.rdata_len);

	rr->rdata[rr->len - 1] ^= 1;
}

static void
protocol(struct made *m)
{
	struct made_rr *rr = made_add(m, APEX, RRTYPE_DNSKEY, 3600,
	    made_key(STRANGER)->rdata, made_key(STRANGER)->key.rdata_len);

	rr->rdata[2] = 2;
}

/*
 * Fourteen keys with the KSK's tag, which stand before it: the flags are one
 * less, another word of the sum is one more.
 */
static void
colliding_keys(struct made *m)
{
	const struct made_key *z = made_key(KSK_ED);

	for (size_t k = 4; k < 32; k += 2) {
		struct made_rr *rr = made_add(
		    m, APEX, RRTYPE_DNSKEY, 3600, z->rdata, z->key.rdata_len);

		rr->rdata[1] &= (uint8_t)~DNSKEY_FLAG_SEP;
		rr->rdata[k + 1]++;
		if (rr->rdata[k + 1] == 0)
			rr->rdata[k]++;
	}
}

const struct fault faults_keys[] = {
    {.name = "good-ds", .with = WITH_DS},
    {.name = "good-revoked-key", .data = put_revoked, .sigs = revoked_itself},
    {.name = "good-unknown-algorithm", .data = strange_key},
    {.name = "good-dnskey-by-both", .sigs = dnskey_by_both},
    {.name = "good-dnskey-by-zsk-any-key",
	.with = WITH_ANY_KEY | WITHOUT_CDS,
	.sigs = dnskey_by_zsk},
    {.name = "sig-missing-dnskey",
	.with = WITHOUT_CDS,
	.sigs = missing_dnskey_sig,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "not signed"},
    {.name = "sig-revoked-key",
	.data = put_revoked,
	.sigs = by_revoked,
	.owner = WWW,
	.type = "A",
	.words = "which is revoked"},
    {.name = "sig-revoked-key-old-tag",
	.data = put_revoked,
	.sigs = by_unrevoked_tag,
	.owner = WWW,
	.type = "A",
	.words = "which is revoked"},
    {.name = "sig-dnskey-by-revoked-alone",
	.with = WITHOUT_CDS,
	.data = put_revoked,
	.sigs = revoked_alone,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "only by a revoked key"},
    {.name = "role-dnskey-by-zsk",
	.with = WITHOUT_CDS,
	.sigs = dnskey_by_zsk,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "a KSK must sign it"},
    {.name = "role-cds-by-zsk",
	.sigs = cds_by_zsk,
	.owner = APEX,
	.type = "CDS",
	.words = "a KSK must sign it"},
    {.name = "role-cdnskey-by-zsk",
	.sigs = cdnskey_by_zsk,
	.owner = APEX,
	.type = "CDNSKEY",
	.words = "a KSK must sign it"},
    {.name = "role-no-ksk",
	.with = WITHOUT_CDS,
	.data = no_ksk,
	.sigs = dnskey_by_zsk,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "no key is a KSK"},
    {.name = "algorithm-lacking",
	.with = WITH_TWO,
	.sigs = one_algorithm,
	.owner = WWW,
	.type = "A",
	.words = "no signature of algorithm 15"},
    {.name = "algorithm-lacking-dnskey",
	.with = WITH_TWO | WITHOUT_CDS,
	.sigs = dnskey_one_algorithm,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "no signature of algorithm 15"},
    {.name = "role-one-algorithm-by-zsk",
	.with = WITH_TWO | WITHOUT_CDS,
	.sigs = dnskey_one_ksk,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "a KSK must sign it"},
    {.name = "keys-none",
	.with = WITHOUT_CDS,
	.sigs = no_keys,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "the zone is not signed"},
    {.name = "keys-of-unknown-algorithm",
	.with = WITHOUT_CDS,
	.data = strange_key_alone,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "no key of an algorithm",
	.count = SIZE_MAX},
    {.name = "key-not-on-the-curve",
	.data = broken_key,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "is not a valid key"},
    {.name = "key-protocol",
	.data = protocol,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "has protocol 2"},
    {.name = "keys-colliding",
	.with = WITH_TWO | WITHOUT_CDS,
	.data = colliding_keys,
	.owner = APEX,
	.type = "DNSKEY",
	.words = "keys have tag and algorithm"},
    {.name = "ds-of-another-key",
	.with = WITH_WRONG_DS,
	.owner = APEX,
	.type = "DS",
	.words = "matches no key"},
    {.name = "ds-key-does-not-sign",
	.with = WITH_DS | WITH_ANY_KEY | WITHOUT_CDS,
	.sigs = dnskey_by_zsk,
	.owner = APEX,
	.type = "DS",
	.words = "no valid signature over DNSKEY"},
};
const size_t faults_keys_count = sizeof(faults_keys) / sizeof(faults_keys[0]);
