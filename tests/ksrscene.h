/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A KSR of real keys, a ledger that it follows from, and what breaks them. */
#ifndef TESTS_KSRSCENE_H
#define TESTS_KSRSCENE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/digest.h"
#include "dns/rrtype.h"
#include "flow/keyfacts.h"
#include "flow/ksrcheck.h"
#include "flow/possession.h"
#include "keysign.h"

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))
#define NOW INT64_C(1795262400) /* 2026-11-21 12:00:00 UTC */
#define DAY INT64_C(86400)
#define ID "000102030405060708090a0b0c0d0e0f"
#define DA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DB "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DC "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define DD "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

enum { BUNDLES = 3, ZSKS = 2, ACTS = 2, KNOWN_MAX = 8 };

/*
 * A request for three months: the first ZSK, which the last response has, then
 * both, then the second; it begins where that response ends.
 */
struct scene {
	struct keydir dir;
	struct keyfile *zsks[ZSKS];
	struct keyfile *ksk;
	struct dnskey ksks[2];
	uint8_t other[DNSKEY_RDATA_MAX]; /* of ksks[1] */
	struct bundles *b;
	struct ksrcheck_policy policy;
	struct ksrcheck p;
	struct history_act acts[ACTS];
	struct history_key known[KNOWN_MAX]; /* last= of the last response */
	struct history_key within[1]; /* zsk= of it, no more in last= */
	struct history_key signed_by[1]; /* ksk= of it */
};

static struct dflow_err err;

static inline void
add_key(struct bundle *in, const struct keyfile *k)
{
	struct bundle_rr *rr = &in->rrs[in->count++];

	*rr = (struct bundle_rr){.ttl = 3600, .type = RRTYPE_DNSKEY};
	rr->len = k->key.rdata_len;
	rr->line = in->line + in->count;
	rr->rdata = malloc(rr->len);
	ck_assert_ptr_nonnull(rr->rdata);
	memcpy(rr->rdata, k->key.rdata, rr->len);
}

static inline void
make_bundles(struct scene *s)
{
	s->b = calloc(1, sizeof(*s->b));
	ck_assert_ptr_nonnull(s->b);
	s->b->kind = BUNDLE_KSR;
	s->b->file = strdup("a.ksr");
	name_lower(s->b->zone, s->zsks[0]->owner);
	s->b->list = calloc(BUNDLES, sizeof(*s->b->list));
	ck_assert_ptr_nonnull(s->b->list);
	s->b->count = BUNDLES;
	for (size_t i = 0; i < BUNDLES; i++) {
		struct bundle *in = &s->b->list[i];

		in->time = NOW + (int64_t)i * 30 * DAY;
		in->line = 1 + 10 * i;
		in->rrs = calloc(ZSKS, sizeof(struct bundle_rr));
		ck_assert_ptr_nonnull(in->rrs);
		if (i < 2)
			add_key(in, s->zsks[0]);
		if (i > 0)
			add_key(in, s->zsks[1]);
	}
	bundle_footer_clear(&s->b->footer);
	s->b->footer.clock = NOW - 60;
	s->b->footer.until = NOW + 90 * DAY;
	strcpy(s->b->footer.id, ID);
	strcpy(s->b->footer.answers, DB);
}

static inline void
make_key(struct scene *s, const char *algorithm, bool ksk, struct keyfile **out)
{
	char base[KEYDIR_PATH];

	keydir_make(&s->dir, algorithm, ksk, base);
	ck_assert(keyfile_read(base, out, &err) == DFLOW_OK);
}

static inline void
digest(const struct scene *s, const struct dnskey *key,
    char out[DFLOW_LEDGER_DIGEST])
{
	char text[DFLOW_DIGEST_TEXT];
	uint8_t ds[DS_RDATA_MAX];

	ck_assert_uint_eq(dnskey_ds(s->b->zone, key, 2, ds), 36);
	keyfacts_hex(ds + 4, 32, text);
	ck_assert_uint_eq(strlen(text), DFLOW_LEDGER_DIGEST - 1);
	memcpy(out, text, DFLOW_LEDGER_DIGEST);
}

static inline void
scene_begin(struct scene *s, const char *algorithm)
{
	*s = (struct scene){.ksk = NULL};
	keydir_new(&s->dir);
	for (size_t i = 0; i < ZSKS; i++)
		make_key(s, algorithm, false, &s->zsks[i]);
	make_key(s, algorithm, true, &s->ksk);
	make_bundles(s);
	s->policy = (struct ksrcheck_policy){
	    .horizon_s = 400 * DAY,
	    .skew_s = 3600,
	    .length_min_s = 3600,
	    .length_max_s = 60 * DAY,
	    .validity_s = 14 * DAY,
	    .count_max = 12,
	    .rsa_bits_min = 1024,
	    .rsa_bits_max = 4096,
	};
	/* Long over; then the last response. */
	s->acts[0] = (struct history_act){.entry = 4,
	    .request = DC,
	    .response = DC,
	    .from = NOW - 200 * DAY,
	    .until = NOW - 100 * DAY};
	s->acts[1] = (struct history_act){.entry = 7,
	    .time = NOW - 100 * DAY,
	    .request = DD,
	    .response = DB,
	    .from = NOW - 100 * DAY,
	    .until = NOW,
	    .last = s->known};
	digest(s, &s->ksk->key, s->signed_by[0].digest);
	strcpy(s->signed_by[0].tag, "12345");
	s->acts[1].ksks = s->signed_by;
	s->acts[1].ksk_count = 1;
	s->ksks[0] = s->ksk->key;
	s->p = (struct ksrcheck){
	    .request = s->b,
	    .sha256 = DA,
	    .now = NOW,
	    .until = NOW + 90 * DAY,
	    .policy = &s->policy,
	    .ksks = s->ksks,
	    .ksk_count = 1,
	    .first_signers = 1,
	    .acts = s->acts,
	    .act_count = ACTS,
	    .newest = NOW - DAY,
	};
}

static inline void
scene_end(struct scene *s)
{
	bundles_free(&s->b);
	for (size_t i = 0; i < ZSKS; i++)
		keyfile_free(&s->zsks[i]);
	keyfile_free(&s->ksk);
	keydir_free(&s->dir);
}

static inline void
prove(struct scene *s)
{
	struct signer_access access = {.pass = {.fd = -1}};
	struct signer *signer = NULL;

	if (s->b->footer.until != BUNDLE_CLOCK_UNSET)
		s->b->footer.until = s->p.until;
	for (size_t i = 0; i < ZSKS; i++) {
		ck_assert(signer_open(s->zsks[i], &access, &signer, &err) ==
			  DFLOW_OK);
		ck_assert_msg(possession_prove(
				  s->b, signer, s->p.until, &err) == DFLOW_OK,
		    "%s", err.text);
		signer_free(&signer);
	}
	signer_access_end(&access);
}

/* The last response had this very key. */
static inline void
know(struct scene *s, const struct bundle_rr *rr)
{
	struct dnskey key;

	ck_assert(dnskey_view(rr->rdata, rr->len, &key));
	digest(s, &key, s->known[s->acts[1].last_count++].digest);
}

/* What the first ZSK is in each bundle. */
static inline void
know_first(struct scene *s)
{
	s->acts[1].last_count = 0;
	know(s, &s->b->list[0].rrs[0]);
	know(s, &s->b->list[1].rrs[0]);
}

static inline void
drop_proof(struct bundle_rr *rr)
{
	free(rr->proof);
	rr->proof = NULL;
	rr->proof_len = 0;
}

/* What is broken before the proofs are made is proven, too. */
enum moment { BEFORE, AFTER };

struct breaking {
	enum check check;
	enum moment moment;
	const char *algorithm;
	void (*breaks)(struct scene *s);
	const char *says;
};

static inline void
run(struct scene *s, struct checks *c)
{
	*c = (struct checks){.allowed = 0};
	ck_assert_msg(ksrcheck(&s->p, c, &err) == DFLOW_OK, "%s", err.text);
}

static inline void
prepare(struct scene *s, const char *algorithm, enum moment moment,
    void (*breaks)(struct scene *s))
{
	scene_begin(s, algorithm);
	know_first(s);
	if (moment == BEFORE)
		breaks(s);
	if (moment == BEFORE && s->acts[1].last_count == 2)
		know_first(s);
	prove(s);
	if (moment == AFTER)
		breaks(s);
}

/* Refused by its name alone, and passes with that alone, if at all. */
static inline void
try_breaking(const struct breaking *b)
{
	uint32_t bit = UINT32_C(1) << b->check;
	const char *text;
	struct checks c;
	struct scene s;

	prepare(&s, b->algorithm, b->moment, b->breaks);
	run(&s, &c);
	text = c.text[b->check];
	ck_assert_msg(c.failed == bit, "%x, not %x: %s", c.failed, bit,
	    checks_verdict(&c, &err) == DFLOW_OK ? "" : err.text);
	ck_assert_msg(strstr(text, b->says) != NULL, "%s", text);
	ck_assert_ptr_nonnull(strchr(text, ';'));
	c.allowed = ~bit;
	ck_assert_int_eq(checks_verdict(&c, &err), DFLOW_REFUSED);
	ck_assert((strstr(err.text, " --allow ") != NULL) == (c.final == 0));
	c.allowed = bit;
	ck_assert_int_eq(ksrcheck(&s.p, &c, &err), DFLOW_OK);
	ck_assert_int_eq(
	    checks_verdict(&c, &err), c.final == 0 ? DFLOW_OK : DFLOW_REFUSED);
	scene_end(&s);
}

/* Nothing fails. */
static inline void
try_good(
    const char *algorithm, enum moment moment, void (*makes)(struct scene *s))
{
	struct checks c;
	struct scene s;

	prepare(&s, algorithm, moment, makes);
	run(&s, &c);
	ck_assert_msg(checks_verdict(&c, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(c.failed, 0);
	scene_end(&s);
}

static inline void
nothing(struct scene *s)
{
	(void)s;
}

#endif
