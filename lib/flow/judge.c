/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge itself: sends its parts over the zone and makes one report of
 * their notes. What concerns one name is done range by range, by several
 * threads; each range keeps its own notes, so that the report does not depend
 * on how the work was spread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "flow/judge_parts.h"

enum {
	RANGE_NODES = 256,
	THREADS_MAX = 256,
};

struct ranges {
	struct judge *judge;
	struct notes *notes; /* by range */
	size_t count;
};

static enum dflow_status
range_judge(void *ctx, unsigned worker, size_t range, struct dflow_err *err)
{
	struct ranges *r = ctx;
	struct judge *j = r->judge;
	struct judge_worker *w = &j->workers[worker];
	struct notes *notes = &r->notes[range];
	const struct dflow_progress *p = &j->params->progress;
	size_t first = range * RANGE_NODES, end = first + RANGE_NODES;

	(void)err;
	if (worker == 0 && p->tell != NULL)
		p->tell(p->ctx, "verify", first, j->zone->node_count);
	if (end > j->zone->node_count)
		end = j->zone->node_count;
	batch_begin(w->batch);
	for (size_t i = first; j->key_count > 0 && i < end; i++)
		if (j->roles[i] != ROLE_OUTSIDE)
			sigs_gather_node(j, w->batch, i);
	batch_end(j, w->batch);
	for (size_t i = first; i < end; i++) {
		data_judge_node(j, i, notes);
		if (j->key_count == 0 || j->roles[i] == ROLE_OUTSIDE)
			continue;
		sigs_judge_node(j, w, i, notes);
		nsec_judge_node(j, w, i, notes);
	}
	return DFLOW_OK;
}

static void
workers_free(struct judge *j)
{
	for (unsigned t = 0; j->workers != NULL && t < j->threads; t++) {
		struct judge_worker *w = &j->workers[t];

		batch_free(&w->batch);
		digest_free(&w->sha1);
		free(w->types);
		free(w->wanted);
	}
	free(j->workers);
	j->workers = NULL;
}

static enum dflow_status
workers_make(struct judge *j, struct dflow_err *err)
{
	j->workers = calloc(j->threads, sizeof(*j->workers));
	if (j->workers == NULL)
		return err_memory(err);
	for (unsigned t = 0; t < j->threads; t++) {
		struct judge_worker *w = &j->workers[t];

		w->types = malloc(65536 * sizeof(*w->types));
		w->wanted = malloc(65536 * sizeof(*w->wanted));
		if (w->types == NULL || w->wanted == NULL)
			return err_memory(err);
		enum dflow_status st = digest_new(DIGEST_SHA1, &w->sha1, err);
		if (st == DFLOW_OK)
			st = batch_new(j, &w->batch, err);
		if (st != DFLOW_OK)
			return st;
	}
	return DFLOW_OK;
}

static uint32_t
serial_of(const struct judge *j)
{
	const struct rrset *soa =
	    j->apex == NULL ? NULL : node_rrset(j->zone, j->apex, RRTYPE_SOA);

	if (soa == NULL)
		return 0;
	const uint8_t *p = soa->rdata;
	struct rdata r = rdata_at(p, &p);
	if (r.len < 20)
		return 0;
	const uint8_t *s = r.data + r.len - 20;
	return (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 |
	       (uint32_t)s[2] << 8 | s[3];
}

static void
facts_fill(const struct judge *j, struct judge_report *r)
{
	bool any = false;

	r->rrs = j->zone->rr_count;
	r->rrsets = j->zone->rrset_count;
	r->serial = serial_of(j);
	for (unsigned t = 0; t < j->threads; t++) {
		const struct judge_worker *w = &j->workers[t];

		r->signatures += w->signatures - batch_proven(w->batch);
		if (w->any_expiration &&
		    (!any || w->first_expiration < r->first_expiration)) {
			r->first_expiration = w->first_expiration;
			any = true;
		}
	}
}

/* The parts that look at the whole zone, once the signatures are known. */
static enum dflow_status
whole_judge(struct judge *j, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	data_judge_flaws(j);
	if (j->apex == NULL)
		return DFLOW_OK;
	st = zonemd_judge(j, err);
	if (st != DFLOW_OK || j->key_count == 0)
		return st;
	keys_judge_ds(j);
	cds_judge(j);
	return nsec3_judge(j, err);
}

static enum dflow_status
report_make(const struct judge *j, const struct ranges *r, size_t max,
    struct judge_report **out, struct dflow_err *err)
{
	const struct notes **lists = NULL;
	struct judge_report *report = calloc(1, sizeof(*report));
	enum dflow_status st = DFLOW_OK;

	lists = calloc(r->count + 1, sizeof(const struct notes *));
	if (report == NULL || lists == NULL) {
		st = err_memory(err);
		goto out;
	}
	lists[0] = &j->notes;
	for (size_t i = 0; i < r->count; i++)
		lists[i + 1] = &r->notes[i];
	st = notes_report(lists, r->count + 1, max, report, err);
	if (st != DFLOW_OK)
		goto out;
	facts_fill(j, report);
	*out = report;
	report = NULL; /* transferred */
out:
	free(lists);
	judge_report_free(&report);
	return st;
}

static enum dflow_status
judge_run(struct judge *j, size_t max, struct judge_report **out,
    struct dflow_err *err)
{
	struct ranges r = {j, NULL, 0};
	enum dflow_status st;

	r.count = (j->zone->node_count + RANGE_NODES - 1) / RANGE_NODES;
	r.notes = calloc(r.count + 1, sizeof(*r.notes));
	if (r.notes == NULL)
		return err_memory(err);
	for (size_t i = 0; i < r.count; i++)
		notes_init(&r.notes[i], max);
	data_judge_apex(j);
	st = keys_judge(j, err);
	if (st == DFLOW_OK)
		st = roles_find(j, err);
	if (st == DFLOW_OK)
		st = tables_make(j, err);
	if (st == DFLOW_OK)
		st = workers_make(j, err);
	if (st == DFLOW_OK)
		st = pool_run(j->threads, r.count, range_judge, &r, err);
	if (st == DFLOW_OK)
		st = whole_judge(j, err);
	if (st == DFLOW_OK)
		st = report_make(j, &r, max, out, err);
	for (size_t i = 0; i < r.count; i++)
		notes_free(&r.notes[i]);
	free(r.notes);
	return st;
}

static enum dflow_status
refuse(
    const struct zone *z, const struct judge_report *r, struct dflow_err *err)
{
	char zone[NAME_TEXT_SIZE];

	name_text(z->apex, zone);
	if (r->kept == 0)
		return err_set(err, DFLOW_REFUSED, "%s: %zu finding%s", zone,
		    r->count, r->count == 1 ? "" : "s");
	return err_set(err, DFLOW_REFUSED,
	    "%s: %zu finding%s; first: %s %s: "
	    "%s",
	    zone, r->count, r->count == 1 ? "" : "s", r->findings[0].owner,
	    r->findings[0].type, r->findings[0].reason);
}

enum dflow_status
judge_zone(const struct zone *z, const struct judge_params *p,
    struct judge_report **out, struct dflow_err *err)
{
	struct judge_report *report = NULL;
	size_t max = p->findings_max < JUDGE_FINDINGS_MAX ? p->findings_max
							  : JUDGE_FINDINGS_MAX;
	struct judge j = {.zone = z, .params = p, .apex = zone_apex(z)};
	size_t ranges;
	enum dflow_status st;

	ranges = (z->node_count + RANGE_NODES - 1) / RANGE_NODES;
	j.threads = p->threads < THREADS_MAX ? p->threads : THREADS_MAX;
	if (j.threads > ranges)
		j.threads = (unsigned)ranges;
	if (j.threads == 0)
		j.threads = 1;
	notes_init(&j.notes, max);
	st = judge_run(&j, max, &report, err);
	workers_free(&j);
	tables_free(&j);
	free(j.roles);
	free(j.keys);
	notes_free(&j.notes);
	if (st != DFLOW_OK)
		return st;
	*out = report; /* transferred */
	return report->count == 0 ? DFLOW_OK : refuse(z, report, err);
}

void
judge_report_free(struct judge_report **r)
{
	if (r == NULL || *r == NULL)
		return;
	free((*r)->findings);
	free(*r);
	*r = NULL;
}
