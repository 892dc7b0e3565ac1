/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_splice: a zone that another signer signed with the ZSKs gets the KSKs
 * and their signatures. The rest of the zone goes through untouched; if it
 * does not fit the new keys (a ZONEMD, a bitmap), the judge says so and
 * nothing is published.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_lock.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/kskdata.h"
#include "flow/handover.h"
#include "flow/kskcheck.h"
#include "flow/output.h"
#include "flow/previous.h"
#include "flow/publish.h"
#include "flow/source.h"
#include "flow/zsks.h"
#include "zone/load.h"
#include "zone/write.h"

/* What the filter takes out of the zone and keeps. */
struct splice {
	const struct dflow_splice *p;
	struct kskdata *data;
	struct response_force force; /* which part of KSK.data that is */
	struct dnskey zsks[ZSKS_MAX]; /* views of zsk_rdata */
	uint8_t *zsk_rdata[ZSKS_MAX];
	size_t zsk_count;
	uint32_t ttl; /* that the KSK signed */
	bool cds, cdnskey; /* the zone had them */
	struct kskcheck_window window;
	struct meter meter;
};

static bool
is_ksk_signed(uint16_t type)
{
	return type == RRTYPE_DNSKEY || type == RRTYPE_CDS ||
	       type == RRTYPE_CDNSKEY;
}

/* A ZSK of the zone: its TTL becomes the one that the KSK signed. */
static enum dflow_status
keep_zsk(struct splice *s, struct zone_rr *rr, struct dflow_err *err)
{
	struct dnskey key;
	uint8_t *copy;

	if (s->zsk_count == ZSKS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d ZSKs in the zone", ZSKS_MAX);
	copy = malloc(rr->rdata_len);
	if (copy == NULL)
		return err_memory(err);
	memcpy(copy, rr->rdata, rr->rdata_len);
	s->zsk_rdata[s->zsk_count] = copy;
	(void)dnskey_view(copy, rr->rdata_len, &key);
	for (size_t i = 0; i < s->zsk_count; i++) {
		if (dnskey_same_key(&s->zsks[i], &key)) {
			free(copy); /* the same RR again */
			return DFLOW_OK;
		}
	}
	s->zsks[s->zsk_count++] = key;
	rr->ttl = s->ttl;
	return DFLOW_OK;
}

static enum dflow_status
filter(struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err)
{
	struct splice *s = ctx;
	struct dnskey key;
	struct rrsig sig;

	if (!name_equal(rr->owner, s->data->zone))
		return DFLOW_OK;
	switch (rr->type) {
	case RRTYPE_DNSKEY:
		if (!dnskey_view(rr->rdata, rr->rdata_len, &key))
			return err_set(
			    err, DFLOW_FAILED, "a DNSKEY is too short");
		*keep = (key.flags & DNSKEY_FLAG_SEP) == 0;
		return *keep ? keep_zsk(s, rr, err) : DFLOW_OK;
	case RRTYPE_RRSIG:
		if (rrsig_view(rr->rdata, rr->rdata_len, &sig))
			*keep = !is_ksk_signed(sig.covered);
		return DFLOW_OK;
	case RRTYPE_CDS:
		s->cds = true;
		*keep = false;
		return DFLOW_OK;
	case RRTYPE_CDNSKEY:
		s->cdnskey = true;
		*keep = false;
		return DFLOW_OK;
	default:
		return DFLOW_OK;
	}
}

/*
 * The zone's own chain says whether there are CDS and CDNSKEY; without the
 * ZSK that cannot be changed. So they stay out if the zone had none.
 */
static enum dflow_status
match_cds(struct splice *s, uint16_t type, bool in_zone, struct dflow_err *err)
{
	char text[RRTYPE_TEXT_SIZE];
	bool in_data = false;
	size_t kept = 0;

	for (size_t i = 0; i < s->data->count; i++) {
		struct kskdata_rr *rr = &s->data->rrs[i];

		if (rr->type != type && rr->covered != type) {
			s->data->rrs[kept++] = *rr;
			continue;
		}
		in_data = true;
		if (in_zone)
			s->data->rrs[kept++] = *rr;
		else
			free(rr->rdata);
	}
	s->data->count = kept;
	if (in_zone && !in_data)
		return err_set(err, DFLOW_REFUSED,
		    "the zone has %s records, which only the KSK may sign, "
		    "and %s holds none; take them out of the zone",
		    rrtype_text(type, text), s->p->kskdata);
	return DFLOW_OK;
}

static enum dflow_status
check_keys(struct splice *s, struct dflow_err *err)
{
	struct kskcheck check = {
	    .data = s->data,
	    .zsks = {s->zsks, s->zsk_count},
	    .now = s->p->now,
	    .min_validity_s =
		response_needed_s(&s->force, s->p->now, s->p->min_validity_s),
	};
	enum dflow_status st;

	if (s->zsk_count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no ZSK in the zone; sign it with its ZSKs first",
		    s->p->path);
	st = kskcheck(&check, &s->window, err);
	if (st == DFLOW_OK)
		st = match_cds(s, RRTYPE_CDS, s->cds, err);
	if (st == DFLOW_OK)
		st = match_cds(s, RRTYPE_CDNSKEY, s->cdnskey, err);
	return st;
}

/* The zone as it will be, in memory. */
static enum dflow_status
load(struct splice *s, struct zone **out, struct dflow_err *err)
{
	uint8_t origin[NAME_MAX_LEN], apex[NAME_MAX_LEN];
	struct zone_load params = {
	    .path = s->p->path,
	    .max_memory = s->p->max_memory,
	    .threads = s->p->threads,
	    .filter = filter,
	    .ctx = s,
	};
	struct zone_builder *b = NULL;
	struct dflow_err why = {0};
	enum dflow_status st;

	if (s->p->origin != NULL) {
		if (name_parse(s->p->origin, origin, &why) != DFLOW_OK)
			return err_set(err, DFLOW_USAGE, "%s", why.text);
		params.origin = origin;
	}
	st = zone_load_begin(&params, &b, apex, err);
	if (st == DFLOW_OK && !name_equal(apex, s->data->zone)) {
		char theirs[NAME_TEXT_SIZE], ours[NAME_TEXT_SIZE];

		(void)name_text(s->data->zone, theirs);
		(void)name_text(apex, ours);
		st = err_set(err, DFLOW_REFUSED,
		    "%s is for %s, not for %s; give that zone's KSK.data",
		    s->p->kskdata, theirs, ours);
	}
	if (st == DFLOW_OK)
		st = check_keys(s, err);
	if (st == DFLOW_OK)
		st = source_add_kskdata(b, s->data, err);
	if (st == DFLOW_OK)
		meter_phase(
		    &s->meter, DFLOW_PHASE_LOAD, zone_builder_count(b), 0);
	if (st == DFLOW_OK)
		st = zone_build(&b, apex, s->p->threads, out, err);
	if (st == DFLOW_OK)
		meter_phase(&s->meter, DFLOW_PHASE_ORDER, (*out)->rr_count, 0);
	if (st == DFLOW_OK)
		st = source_check_flaws(*out, err);
	zone_builder_free(&b);
	return st;
}

/*
 * What was published before is looked at for its keys alone. Who signed the
 * zone chose when: that is told, and not refused.
 */
static enum dflow_status
check_previous(const struct splice *s, const struct zone *z,
    struct dflow_published *done, struct dflow_err *err)
{
	struct handover_found found;
	const struct previous previous = {
	    .out = s->p->out,
	    .apex = s->data->zone,
	    .threads = s->p->threads,
	    .max_memory = s->p->max_memory,
	    .taken = zone_bytes(z),
	    .apex_only = true,
	};
	struct handover h = {
	    .out = s->p->out,
	    .apex = s->data->zone,
	    .now = s->p->now,
	    .next = z,
	    .kskdata = s->data,
	};
	struct zone *before = NULL;
	struct dflow_err ignored;
	enum dflow_status st;

	previous_read(&previous, &before, &ignored);
	h.previous = before;
	st = handover_check(&h, &found, err);
	zone_free(&before);
	if (st == DFLOW_OK && found.fault != HANDOVER_GOOD)
		(void)snprintf(done->note, sizeof(done->note),
		    "%s, so caches that hold the one cannot verify the other: "
		    "a rollover goes too fast, or a part of it was missed",
		    found.text);
	return st;
}

static enum dflow_status
write_and_publish(struct splice *s, struct zone **z,
    struct dflow_published *done, struct dflow_err *err)
{
	struct publish pub = {
	    .out = s->p->out,
	    .apex = s->data->zone,
	    .threads = s->p->threads,
	    .max_memory = s->p->max_memory,
	    .now = s->p->now,
	    .rrs = (*z)->rr_count,
	    .progress = s->p->progress,
	    .meter = &s->meter,
	};
	struct os_save *save = NULL;
	enum dflow_status st = check_previous(s, *z, done, err);

	if (st == DFLOW_OK)
		st = publish_open(s->p->out, &save, err);
	if (st == DFLOW_OK)
		st = zone_write(*z, s->p->threads, save, err);
	meter_phase(&s->meter, DFLOW_PHASE_SIGN, (*z)->rr_count, 0);
	zone_free(z); /* memory for what is read back */
	if (st == DFLOW_OK)
		st = publish_finish(&pub, &save, done, err);
	os_save_abort(&save);
	return st;
}

enum dflow_status
dflow_splice(const struct dflow_splice *params, struct dflow_published *done,
    struct dflow_err *err)
{
	struct dflow_splice p = *params;
	struct dflow_published result = {0};
	struct splice s = {.p = &p};
	const struct output output = {
	    .path = p.out,
	    .kind = OUTPUT_ZONE,
	    .inputs = &p.kskdata,
	    .input_count = 1,
	};
	struct os_lock *lock = NULL;
	struct zone *z = NULL;
	enum dflow_status st;

	if (p.now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock says a time before 2020; set it right");
	st = output_check(&output, err);
	if (st == DFLOW_OK)
		st = os_lock_new(p.out, &lock, err);
	if (st != DFLOW_OK)
		return st;
	if (p.threads == 0)
		p.threads = os_cores();
	if (p.max_memory == 0)
		p.max_memory = os_memory_ceiling();
	meter_start(&s.meter, &result.stats);
	st = response_take(p.kskdata, p.now, &s.data, &s.force, err);
	for (size_t i = 0; st == DFLOW_OK && i < s.data->count; i++)
		if (s.data->rrs[i].type == RRTYPE_DNSKEY)
			s.ttl = s.data->rrs[i].ttl;
	if (st == DFLOW_OK)
		st = load(&s, &z, err);
	if (st == DFLOW_OK) {
		(void)name_text(s.data->zone, result.zone);
		result.ksk_expiration = s.window.expiration;
		publish_tell(&result, p.kskdata, &s.force, p.now);
		st = write_and_publish(&s, &z, &result, err);
	}
	zone_free(&z);
	os_lock_free(&lock);
	meter_end(&s.meter);
	for (size_t i = 0; i < s.zsk_count; i++)
		free(s.zsk_rdata[i]);
	kskdata_free(&s.data);
	if (st == DFLOW_OK && done != NULL)
		*done = result;
	return st;
}
