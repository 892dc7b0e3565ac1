/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the responses of a ceremony, bundle by bundle, with all but their
 * signatures: the KSKs that are in the zone then, the ZSKs of the request, CDS
 * and CDNSKEY (RFC 7344 sections 3 and 4, RFC 8078 section 4). An emergency
 * response has the standby KSKs instead: those that stand in the first bundle
 * and never sign.
 */
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrset.h"
#include "dns/rrtype.h"
#include "exchange/bundle_check.h"
#include "flow/ceremony.h"

/* RFC 8078 section 4: CDS 0 0 0 00 and CDNSKEY 0 3 0 AA==. */
static const uint8_t cds_delete[] = {0, 0, 0, 0, 0};
static const uint8_t cdnskey_delete[] = {0, 0, 3, 0, 0};

struct dnskey
ceremony_ksk(const struct ceremony_zone *z, size_t ksk, bool revoked,
    uint8_t rdata[DNSKEY_RDATA_MAX])
{
	const struct dnskey *from = &z->ksks[ksk]->key;
	struct dnskey key;

	memcpy(rdata, from->rdata, from->rdata_len);
	if (revoked)
		rdata[1] |= DNSKEY_FLAG_REVOKE;
	(void)dnskey_view(rdata, from->rdata_len, &key);
	return key;
}

static enum dflow_status
put_rr(struct bundle *in, uint16_t type, uint32_t ttl, struct rdata rd,
    struct dflow_err *err)
{
	struct bundle_rr *rr = &in->rrs[in->count];

	rr->rdata = malloc(rd.len);
	if (rr->rdata == NULL)
		return err_memory(err);
	memcpy(rr->rdata, rd.data, rd.len);
	rr->len = rd.len;
	rr->type = type;
	rr->ttl = ttl;
	in->count++;
	return DFLOW_OK;
}

/* One bundle that is being filled. */
struct filling {
	const struct dflow_ceremony *c;
	const struct ceremony_zone *z;
	const struct schedule_period *period;
	struct bundle *in;
	size_t ksk_count; /* of its first records */
	uint32_t ttl;
};

static enum dflow_status
put_ksks(struct filling *f, struct dflow_err *err)
{
	uint8_t rdata[DNSKEY_RDATA_MAX];
	enum dflow_status st = DFLOW_OK;
	struct dnskey key;

	for (size_t i = 0; i < f->z->ksk_count && st == DFLOW_OK; i++) {
		if ((f->period->published & 1u << i) == 0)
			continue;
		key = ceremony_ksk(
		    f->z, i, (f->period->revoked & 1u << i) != 0, rdata);
		st = put_rr(f->in, RRTYPE_DNSKEY, f->ttl,
		    (struct rdata){rdata, (uint16_t)key.rdata_len}, err);
	}
	return st;
}

static enum dflow_status
put_zsks(struct filling *f, struct dflow_err *err)
{
	const struct ceremony_zone *z = f->z;
	enum dflow_status st = DFLOW_OK;

	if (z->ksr != NULL) {
		const struct bundle *from = &z->ksr->list[f->period->from];

		for (size_t i = 0; i < from->count && st == DFLOW_OK; i++)
			st = put_rr(f->in, RRTYPE_DNSKEY, f->ttl,
			    (struct rdata){
				from->rrs[i].rdata, (uint16_t)from->rrs[i].len},
			    err);
		return st;
	}
	for (size_t i = 0; i < z->plain->count && st == DFLOW_OK; i++) {
		const struct dnskey *k = &z->plain->keys[i].key;

		st = put_rr(f->in, RRTYPE_DNSKEY, f->ttl,
		    (struct rdata){k->rdata, (uint16_t)k->rdata_len}, err);
	}
	return st;
}

static enum dflow_status
put_delete(struct filling *f, struct dflow_err *err)
{
	enum dflow_status st = put_rr(f->in, RRTYPE_CDNSKEY, f->ttl,
	    (struct rdata){cdnskey_delete, sizeof(cdnskey_delete)}, err);

	if (st == DFLOW_OK)
		st = put_rr(f->in, RRTYPE_CDS, f->ttl,
		    (struct rdata){cds_delete, sizeof(cds_delete)}, err);
	return st;
}

static enum dflow_status
put_child(struct filling *f, struct dflow_err *err)
{
	static const uint16_t types[] = {RRTYPE_CDNSKEY, RRTYPE_CDS};
	uint8_t rdata[DNSKEY_RDATA_MAX];
	enum dflow_status st = DFLOW_OK;
	uint8_t ds[DS_RDATA_MAX];
	struct dnskey key;
	struct rdata rd;

	if (f->c->view.cds == DFLOW_CDS_DELETE)
		return put_delete(f, err);
	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < f->z->ksk_count && st == DFLOW_OK; i++) {
			if ((f->period->cds & 1u << i) == 0)
				continue;
			key = ceremony_ksk(f->z, i, false, rdata);
			rd = (struct rdata){rdata, (uint16_t)key.rdata_len};
			if (types[t] == RRTYPE_CDS)
				rd = (struct rdata){
				    ds, (uint16_t)dnskey_ds(
					    f->z->name, &key, 2, ds)};
			st = put_rr(f->in, types[t], f->ttl, rd, err);
		}
	return st;
}

/*
 * RFC 4035 section 2.2: each algorithm among the keys of the bundle signs all
 * of the zone, so it has keys of both roles, and a KSK of it signs.
 */
static enum dflow_status
check_algorithms(const struct filling *f, struct dflow_err *err)
{
	enum { HAS_ZSK = 1, HAS_KSK = 2, SIGNS = 4, ALL = 7 };
	uint8_t algs[256] = {0};
	char when[DFLOW_WHEN_LONG];
	uint8_t rdata[DNSKEY_RDATA_MAX];
	struct dnskey key;

	/* Whose role it is, whatever flags were allowed. */
	for (size_t i = 0; i < f->in->count; i++)
		if (dnskey_view(f->in->rrs[i].rdata, f->in->rrs[i].len, &key))
			algs[key.algorithm] |=
			    i < f->ksk_count ? HAS_KSK : HAS_ZSK;
	for (size_t i = 0; i < f->z->ksk_count; i++) {
		key = ceremony_ksk(f->z, i, false, rdata);
		if ((f->period->signing & ~f->period->revoked & 1u << i) != 0)
			algs[key.algorithm] |= SIGNS;
	}
	for (unsigned a = 0; a < 256; a++) {
		if (algs[a] == 0 || algs[a] == ALL ||
		    (f->z->checks.failed & 1u << CHECK_ALGORITHM) != 0)
			continue;
		dflow_when_long(f->period->time, when);
		return err_set(err, DFLOW_REFUSED,
		    "%s: on %s algorithm %u would have no %s; every algorithm "
		    "must sign the whole zone",
		    f->z->text, when, a,
		    (algs[a] & HAS_ZSK) == 0 ? "ZSK" : "KSK that signs");
	}
	return DFLOW_OK;
}

static size_t
rrs_max(const struct ceremony_zone *z, const struct schedule_period *period)
{
	size_t zsks = z->plain != NULL ? z->plain->count
				       : z->ksr->list[period->from].count;

	/* KSKs, CDS, CDNSKEY, and an RRSIG by each KSK over three RRsets. */
	return zsks + 6 * DFLOW_CEREMONY_KEYS_MAX + 2;
}

static enum dflow_status
fill_bundle(struct filling *f, struct dflow_err *err)
{
	enum dflow_status st;

	f->in->time = f->period->time;
	f->in->rrs = calloc(rrs_max(f->z, f->period), sizeof(*f->in->rrs));
	if (f->in->rrs == NULL)
		return err_memory(err);
	st = put_ksks(f, err);
	f->ksk_count = f->in->count;
	if (st == DFLOW_OK)
		st = put_zsks(f, err);
	if (st == DFLOW_OK)
		st = check_algorithms(f, err);
	if (st == DFLOW_OK && f->c->view.cds != DFLOW_CDS_NONE)
		st = put_child(f, err);
	return st;
}

/*
 * Whoever reads the response must take each record, whatever was allowed: that
 * is found out before anybody says yes.
 */
static enum dflow_status
check_bundle(const struct bundles *b, struct bundle *in, struct dflow_err *err)
{
	struct bundle before = {.time = in->time, .rrs = in->rrs};
	enum dflow_status st = DFLOW_OK;
	struct dflow_err why = {0};
	uint16_t covered;

	for (; before.count < in->count && st == DFLOW_OK; before.count++) {
		struct bundle_rr *at = &in->rrs[before.count];
		struct zone_rr rr = {
		    .owner = b->zone,
		    .rdata = at->rdata,
		    .ttl = at->ttl,
		    .line = (uint32_t)before.count + 1,
		    .type = at->type,
		    .rdata_len = (uint16_t)at->len,
		};

		at->line = rr.line;
		st = bundle_check_rr(b, &before, &rr, &covered, &why);
	}
	return st == DFLOW_OK
		   ? st
		   : err_set(err, st,
			 "%s (which nobody would read, so it is not signed)",
			 why.text);
}

/* From the schedule to bundles. */
static enum dflow_status
fill_bundles(const struct dflow_ceremony *c, const struct ceremony_zone *z,
    struct ceremony_response *r, struct dflow_err *err)
{
	struct filling f = {.c = c, .z = z, .ttl = c->plain_ttl_s};
	struct bundles *b = calloc(1, sizeof(*b));
	enum dflow_status st = DFLOW_OK;

	if (b == NULL)
		return err_memory(err);
	r->bundles = b;
	b->kind = BUNDLE_SKR;
	(void)name_copy(b->zone, z->name);
	b->list = calloc(r->schedule->count, sizeof(*b->list));
	b->file = strdup("the response");
	if (b->list == NULL || b->file == NULL)
		return err_memory(err);
	for (size_t i = 0; i < r->schedule->count && st == DFLOW_OK; i++) {
		f.period = &r->schedule->periods[i];
		f.in = &b->list[i];
		if (z->ksr != NULL)
			f.ttl = z->ksr->list[f.period->from].rrs[0].ttl;
		b->count++;
		st = fill_bundle(&f, err);
		if (st == DFLOW_OK)
			st = check_bundle(b, f.in, err);
	}
	bundle_footer_clear(&b->footer);
	b->footer.clock = c->view.now;
	if (z->ksr != NULL) {
		memcpy(b->footer.id, z->ksr->footer.id, sizeof(b->footer.id));
		memcpy(b->footer.answers, z->files[0].sha256,
		    sizeof(b->footer.answers));
		b->footer.until = r->schedule->until;
		b->footer.count = b->count;
	}
	return st;
}

/* Those that stand in the first bundle, and sign in none. */
static uint32_t
find_standby(const struct schedule *s)
{
	uint32_t standby = s->periods[0].published;

	for (size_t i = 0; i < s->count; i++)
		standby &= ~s->periods[i].signing;
	return standby;
}

static enum dflow_status
plan_emergency(const struct dflow_ceremony *c, struct ceremony_zone *z,
    struct dflow_err *err)
{
	struct ceremony_response *r = &z->responses[z->response_count];
	uint32_t standby = find_standby(z->responses[0].schedule);
	struct keytimes times[DFLOW_CEREMONY_KEYS_MAX];
	enum dflow_status st;

	if (standby == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no standby KSK, which would be in the zone from the "
		    "first bundle on and not sign; make one (ksk-sign keygen, "
		    "then settime) well before it is needed",
		    z->text);
	for (size_t i = 0; i < z->ksk_count; i++) {
		keytimes_clear(&times[i]);
		/* In no zone at any time. */
		if ((standby & 1u << i) == 0)
			times[i].remove = 0;
	}
	st = ceremony_times_ksr(c, z, times, &r->schedule, err);
	if (st == DFLOW_OK)
		st = fill_bundles(c, z, r, err);
	z->response_count++;
	return st;
}

static enum dflow_status
plan_zone(
    struct dflow_ceremony *c, struct ceremony_zone *z, struct dflow_err *err)
{
	struct ceremony_response *r = &z->responses[0];
	struct keytimes times[DFLOW_CEREMONY_KEYS_MAX];
	enum dflow_status st;

	if (z->plain != NULL) {
		st = ceremony_times_plain(c, z, r, err);
	} else {
		ceremony_ksk_times(z, times);
		st = ceremony_times_ksr(c, z, times, &r->schedule, err);
	}
	/* A parent that heard nothing of the standby's DS would remove it. */
	if (st == DFLOW_OK && c->p->emergency)
		for (size_t i = 0; i < r->schedule->count; i++)
			r->schedule->periods[i].cds |=
			    find_standby(r->schedule);
	if (st == DFLOW_OK)
		st = fill_bundles(c, z, r, err);
	z->response_count = 1;
	if (st == DFLOW_OK && c->p->emergency && z->ksr == NULL)
		st = err_set(err, DFLOW_USAGE,
		    "%s: an emergency response answers a KSR, and this is a "
		    "plain request",
		    z->files[0].path);
	if (st == DFLOW_OK && c->p->emergency)
		st = plan_emergency(c, z, err);
	for (size_t i = 0; st == DFLOW_OK && i < z->response_count; i++) {
		const struct schedule *s = z->responses[i].schedule;

		for (size_t k = 0; k < s->count; k++)
			z->used |= s->periods[k].signing;
	}
	return st;
}

/* Names the zone, and has the ledger tell of it. */
static enum dflow_status
refuse(struct dflow_ceremony *c, struct ceremony_zone *z,
    const struct dflow_err *why, struct dflow_err *err)
{
	bool named = c->zone_count == 1 ||
		     strncmp(why->text, z->text, strlen(z->text)) == 0;
	enum dflow_status st = DFLOW_OK;

	z->refused = true;
	if (why->status == DFLOW_REFUSED)
		st = ceremony_ledger_refuse(c, err);
	if (st != DFLOW_OK)
		return st;
	return err_set(err, why->status, "%s%s%s", named ? "" : z->text,
	    named ? "" : ": ", why->text);
}

enum dflow_status
ceremony_plan(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct dflow_err why = {0};

	for (size_t i = 0; i < c->zone_count; i++)
		if (plan_zone(c, &c->zones[i], &why) != DFLOW_OK)
			return refuse(c, &c->zones[i], &why, err);
	return DFLOW_OK;
}
