/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What officers are shown before they say yes: keys, dates, the DS for the
 * parent; of what should make them stop see ceremony_warn.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrset.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "flow/ceremony.h"
#include "flow/fileset.h"
#include "flow/keyfacts.h"

enum { TEXT_MAX = 4096 };

/* Where it is, as the page tells it. */
static const char *
ksk_place(const struct keyfile *k)
{
	return k->base[0] != '\0' ? k->base : k->from;
}

static int
by_key(const void *va, const void *vb)
{
	const struct dflow_key_facts *a = va, *b = vb;
	int order = strcmp(a->fingerprint, b->fingerprint);

	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int
by_line(const void *va, const void *vb)
{
	const struct dflow_key_facts *a = va, *b = vb;

	return (a->line > b->line) - (a->line < b->line);
}

/* The ZSKs of all bundles, each once, in the order in which they come. */
static size_t
put_zsks(const struct ceremony_zone *z, struct dflow_key_facts *out)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < z->ksr->count; i++) {
		const struct bundle *in = &z->ksr->list[i];

		for (size_t k = 0; k < in->count; k++) {
			struct dnskey key;

			(void)dnskey_view(
			    in->rrs[k].rdata, in->rrs[k].len, &key);
			keyfacts_fill(&out[count++], z->name, &key,
			    z->files[0].path, in->rrs[k].line);
		}
	}
	qsort(out, count, sizeof(*out), by_key);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 ||
		    strcmp(out[kept - 1].fingerprint, out[i].fingerprint) != 0)
			out[kept++] = out[i];
	qsort(out, kept, sizeof(*out), by_line);
	return kept;
}

static size_t
count_zsks(const struct ceremony_zone *z)
{
	size_t count = 0;

	if (z->plain != NULL)
		return z->plain->count;
	for (size_t i = 0; i < z->ksr->count; i++)
		count += z->ksr->list[i].count;
	return count;
}

static enum dflow_status
fill_keys(struct ceremony_zone *z, struct dflow_ceremony_zone *v,
    struct dflow_err *err)
{
	struct dflow_key_facts *zsks;

	z->facts = calloc(z->ksk_count + count_zsks(z), sizeof(*z->facts));
	if (z->facts == NULL)
		return err_memory(err);
	zsks = z->facts + z->ksk_count;
	for (size_t i = 0; i < z->ksk_count; i++)
		keyfacts_fill(&z->facts[i], z->name, &z->ksks[i]->key,
		    ksk_place(z->ksks[i]), 0);
	for (size_t i = 0; z->plain != NULL && i < z->plain->count; i++)
		keyfacts_fill(&zsks[v->zsk_count++], z->name,
		    &z->plain->keys[i].key, z->plain->keys[i].file,
		    z->plain->keys[i].line);
	v->ksks = z->facts;
	v->ksk_count = z->ksk_count;
	v->zsks = zsks;
	if (z->ksr != NULL)
		v->zsk_count = put_zsks(z, zsks);
	return DFLOW_OK;
}

/* The parent has the DS of KSKs that sign, and are not revoked. */
static bool
is_for_parent(const struct ceremony_zone *z, size_t ksk)
{
	for (size_t n = 0; n < z->response_count; n++) {
		const struct schedule *s = z->responses[n].schedule;

		for (size_t i = 0; i < s->count; i++)
			if ((s->periods[i].signing & ~s->periods[i].revoked &
				1u << ksk) != 0)
				return true;
	}
	return false;
}

/* "example.com. IN DS 11238 13 2 2D0D..." */
static enum dflow_status
fill_ds(struct ceremony_zone *z, struct dflow_ceremony_zone *v,
    struct dflow_err *err)
{
	z->ds = calloc(z->ksk_count, sizeof(*z->ds));
	if (z->ds == NULL)
		return err_memory(err);
	for (size_t i = 0; i < z->ksk_count; i++) {
		if (!is_for_parent(z, i))
			continue;
		uint8_t ds[DS_RDATA_MAX];
		size_t len = dnskey_ds(z->name, &z->ksks[i]->key, 2, ds);
		struct buf text;

		buf_init(&text, TEXT_MAX);
		buf_printf(&text, "%s IN DS ", z->text);
		rrtext_put_rdata(
		    &text, RRTYPE_DS, (struct rdata){ds, (uint16_t)len});
		buf_u8(&text, 0);
		if (buf_check(&text, "DS", err) != DFLOW_OK) {
			buf_free(&text);
			return err_memory(err);
		}
		z->ds[z->ds_count++] = (char *)text.data; /* transferred */
	}
	v->ds = (const char *const *)z->ds;
	v->ds_count = z->ds_count;
	return DFLOW_OK;
}

/* Before they are made, the schedule knows whose signatures there will be. */
static void
mark_signing(const struct ceremony_zone *z, const struct schedule *s,
    struct bundle_table *table)
{

	for (size_t i = 0; i < table->count; i++) {
		struct dflow_bundle *row = &table->rows[i];
		const struct schedule_period *p = &s->periods[i];
		size_t first = (size_t)(row->keys - table->keys);

		row->inception = p->inception;
		row->expiration = p->expiration;
		for (size_t k = 0; k < z->ksk_count; k++) {
			uint8_t rdata[DNSKEY_RDATA_MAX];
			struct dnskey key = ceremony_ksk(
			    z, k, (p->revoked & 1u << k) != 0, rdata);

			for (size_t n = 0; n < row->key_count; n++) {
				struct dflow_bundle_key *at =
				    &table->keys[first + n];

				if ((p->signing & 1u << k) != 0 &&
				    at->tag == key.tag &&
				    at->flags == key.flags)
					at->signs = true;
			}
		}
	}
}

static enum dflow_status
fill_bundles(struct ceremony_zone *z, struct dflow_ceremony_zone *v,
    struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	if (z->ksr == NULL)
		return DFLOW_OK;
	for (size_t n = 0; n < z->response_count && st == DFLOW_OK; n++) {
		const struct ceremony_response *r = &z->responses[n];

		st = bundle_table_make(
		    r->bundles, r->schedule->until, &z->tables[n], err);
		if (st == DFLOW_OK)
			mark_signing(z, r->schedule, z->tables[n]);
	}
	if (st != DFLOW_OK)
		return st;
	v->bundles = z->tables[0]->rows;
	v->bundle_count = z->tables[0]->count;
	if (z->response_count > 1) {
		v->emergency = z->tables[1]->rows;
		v->emergency_count = z->tables[1]->count;
	}
	return DFLOW_OK;
}

static void
fill_times(const struct ceremony_zone *z, struct dflow_ceremony_zone *v)
{
	const struct schedule *s = z->responses[0].schedule;

	v->from = s->periods[0].time;
	v->until = s->until;
	v->inception = INT64_MAX;
	v->expiration = INT64_MIN;
	for (size_t i = 0; i < s->count; i++) {
		if (s->periods[i].inception < v->inception)
			v->inception = s->periods[i].inception;
		if (s->periods[i].expiration > v->expiration)
			v->expiration = s->periods[i].expiration;
	}
	v->ttl_s = z->responses[0].bundles->list[0].rrs[0].ttl;
}

static size_t
count_signatures(const struct dflow_ceremony *c, const struct ceremony_zone *z)
{
	size_t count = 0;

	for (size_t n = 0; n < z->response_count; n++) {
		const struct schedule *s = z->responses[n].schedule;

		for (size_t i = 0; i < s->count; i++) {
			const struct schedule_period *p = &s->periods[i];
			uint32_t signing = p->signing;
			uint32_t child = p->signing & ~p->revoked;
			bool has_child =
			    c->view.cds == DFLOW_CDS_DELETE ||
			    (c->view.cds == DFLOW_CDS_KSKS && p->cds != 0);

			for (; signing != 0; signing &= signing - 1)
				count++;
			for (; has_child && child != 0; child &= child - 1)
				count += 2;
		}
	}
	return count;
}

static enum dflow_status
fill_zone(struct dflow_ceremony *c, size_t i, struct dflow_err *err)
{
	struct dflow_ceremony_zone *v = &c->zone_views[i];
	struct ceremony_zone *z = &c->zones[i];
	enum dflow_status st = fill_keys(z, v, err);

	if (st == DFLOW_OK)
		st = fill_ds(z, v, err);
	if (st == DFLOW_OK)
		st = fill_bundles(z, v, err);
	if (st == DFLOW_OK)
		st = ceremony_warnings(c, z, v, err);
	if (st != DFLOW_OK)
		return st;
	fill_times(z, v);
	v->zone = z->text;
	v->requests = z->files;
	v->request_count = z->file_count;
	v->containers = (const char *const *)z->containers;
	c->view.signature_count += count_signatures(c, z);
	return DFLOW_OK;
}

/* One digest of all requests, for people to compare. */
static enum dflow_status
fill_digest(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct dflow_file_facts *all;
	enum dflow_status st;
	size_t count = 0;

	for (size_t i = 0; i < c->zone_count; i++)
		count += c->zones[i].file_count;
	all = calloc(count, sizeof(*all));
	if (all == NULL)
		return err_memory(err);
	count = 0;
	for (size_t i = 0; i < c->zone_count; i++)
		for (size_t k = 0; k < c->zones[i].file_count; k++)
			all[count++] = c->zones[i].files[k];
	st = fileset_sha256(all, count, c->view.requests_sha256, err);
	free(all);
	return st;
}

enum dflow_status
ceremony_view(struct dflow_ceremony *c, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	c->zone_views = calloc(c->zone_count, sizeof(*c->zone_views));
	if (c->zone_views == NULL)
		return err_memory(err);
	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++)
		st = fill_zone(c, i, err);
	c->view.zones = c->zone_views;
	c->view.zone_count = c->zone_count;
	return st == DFLOW_OK ? fill_digest(c, err) : st;
}
