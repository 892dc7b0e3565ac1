/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_verify: loads a zone file and has the judge look at it. Owns what
 * the report is for the library's users, and the reading of the parent's DS
 * (RFC 4034 section 5) from a file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rdata.h"
#include "dns/rrtype.h"
#include "dnssecflow/zone.h"
#include "flow/judge.h"
#include "flow/meter.h"
#include "zone/load.h"

enum {
	FINDINGS_DEFAULT = 20,
	DS_FILE_MAX = 1 << 20,
	DS_COUNT_MAX = 256,
	DS_TTL = 3600, /* stands for none; a DS's TTL is not looked at */
};

struct dflow_verdict {
	struct judge_report *report;
	struct dflow_stats stats;
	char zone[NAME_TEXT_SIZE];
};

/* The DS RRs of one file, packed as an RRset. */
struct ds_file {
	const char *path;
	uint8_t owner[NAME_MAX_LEN];
	struct buf rdata;
	struct rrset set;
};

static enum dflow_status
ds_add(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct ds_file *f = ctx;

	if (rr->type != RRTYPE_DS)
		return err_at(err, f->path, rr->line,
		    "not a DS record; give a file of DS records alone");
	if (f->set.count == DS_COUNT_MAX)
		return err_at(err, f->path, rr->line, "more than %d DS records",
		    DS_COUNT_MAX);
	if (f->set.count == 0)
		name_copy(f->owner, rr->owner);
	else if (!name_equal(f->owner, rr->owner))
		return err_at(err, f->path, rr->line,
		    "a DS of another zone than the first");
	buf_put(&f->rdata, &rr->rdata_len, sizeof(rr->rdata_len));
	buf_put(&f->rdata, rr->rdata, rr->rdata_len);
	f->set.count++;
	return buf_check(&f->rdata, f->path, err);
}

static enum dflow_status
ds_read(const char *path, struct ds_file *f, struct dflow_err *err)
{
	struct buf text;
	enum dflow_status st;

	buf_init(&text, DS_FILE_MAX);
	f->path = path;
	st = os_read(path, DS_FILE_MAX, &text, err);
	if (st == DFLOW_OK)
		st = text_load(path, (const char *)text.data, text.len, DS_TTL,
		    ds_add, f, err);
	buf_free(&text);
	if (st != DFLOW_OK)
		return st;
	if (f->set.count == 0)
		return err_set(
		    err, DFLOW_FAILED, "%s: no DS record in it", path);
	f->set.owner = f->owner;
	f->set.rdata = f->rdata.data;
	f->set.ttl = DS_TTL;
	f->set.type = RRTYPE_DS;
	return DFLOW_OK;
}

static enum dflow_status
zone_read(const struct dflow_verify *p, unsigned threads, struct meter *meter,
    struct zone **out, struct dflow_err *err)
{
	uint8_t origin[NAME_MAX_LEN], apex[NAME_MAX_LEN];
	struct zone_load load = {
	    .path = p->path,
	    .max_memory =
		p->max_memory == 0 ? os_memory_ceiling() : p->max_memory,
	    .threads = threads,
	};
	struct zone_builder *b = NULL;
	struct dflow_err why = {0};
	enum dflow_status st;

	if (p->origin != NULL) {
		if (name_parse(p->origin, origin, &why) != DFLOW_OK)
			return err_set(err, DFLOW_USAGE, "%s", why.text);
		load.origin = origin;
	}
	st = zone_load_begin(&load, &b, apex, err);
	meter_phase(meter, DFLOW_PHASE_LOAD, zone_builder_count(b), 0);
	if (st == DFLOW_OK)
		st = zone_build(&b, apex, threads, out, err);
	if (st == DFLOW_OK)
		meter_phase(meter, DFLOW_PHASE_ORDER, (*out)->rr_count, 0);
	return st;
}

static enum dflow_status
verdict_make(const struct zone *z, struct judge_report **report,
    struct dflow_verdict **out, struct dflow_err *err)
{
	struct dflow_verdict *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		judge_report_free(report);
		return err_memory(err);
	}
	name_text(z->apex, v->zone);
	v->report = *report;
	*report = NULL; /* transferred */
	*out = v;
	return DFLOW_OK;
}

enum dflow_status
dflow_verify(const struct dflow_verify *params, struct dflow_verdict **out,
    struct dflow_err *err)
{
	struct ds_file ds = {0};
	struct zone *z = NULL;
	struct judge_report *report = NULL;
	struct judge_params p = {
	    .now = params->now,
	    .any_key = params->any_key,
	    .threads = params->threads,
	    .findings_max = params->findings_max,
	    .progress = params->progress,
	};
	struct dflow_stats stats = {0};
	struct meter meter;
	enum dflow_status st = DFLOW_OK, verdict;

	if (params->path == NULL)
		return err_set(err, DFLOW_USAGE, "no zone file was named");
	if (p.threads == 0)
		p.threads = os_cores();
	if (p.findings_max == 0)
		p.findings_max = FINDINGS_DEFAULT;
	buf_init(&ds.rdata, DS_COUNT_MAX * (size_t)RDATA_MAX_LEN);
	meter_start(&meter, &stats);
	if (params->ds_path != NULL) {
		st = ds_read(params->ds_path, &ds, err);
		p.ds = &ds.set;
	}
	if (st == DFLOW_OK)
		st = zone_read(params, p.threads, &meter, &z, err);
	if (st != DFLOW_OK)
		goto out;
	verdict = judge_zone(z, &p, &report, err);
	st = verdict;
	if (verdict != DFLOW_OK && verdict != DFLOW_REFUSED)
		goto out;
	meter_phase(
	    &meter, DFLOW_PHASE_VERIFY, report->rrs, report->signatures);
	meter_end(&meter);
	st = verdict_make(z, &report, out, err);
	if (st == DFLOW_OK) {
		(*out)->stats = stats;
		st = verdict;
	}
out:
	zone_free(&z);
	buf_free(&ds.rdata);
	return st;
}

size_t
dflow_verdict_count(const struct dflow_verdict *v)
{
	return v->report->count;
}

size_t
dflow_verdict_kept(const struct dflow_verdict *v)
{
	return v->report->kept;
}

struct dflow_finding
dflow_verdict_finding(const struct dflow_verdict *v, size_t i)
{
	struct dflow_finding f = {"", "", ""};

	if (i >= v->report->kept)
		return f;
	f.owner = v->report->findings[i].owner;
	f.type = v->report->findings[i].type;
	f.reason = v->report->findings[i].reason;
	return f;
}

struct dflow_verdict_facts
dflow_verdict_facts(const struct dflow_verdict *v)
{
	struct dflow_verdict_facts f = {
	    .zone = v->zone,
	    .serial = v->report->serial,
	    .rrs = v->report->rrs,
	    .rrsets = v->report->rrsets,
	    .signatures = v->report->signatures,
	    .first_expiration = v->report->first_expiration,
	    .stats = v->stats,
	};

	return f;
}

void
dflow_verdict_free(struct dflow_verdict **v)
{
	if (v == NULL || *v == NULL)
		return;
	judge_report_free(&(*v)->report);
	free(*v);
	*v = NULL;
}
