/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `show` says beside the records: the zone, the DS records that the
 * parent needs, and what is no error but will be one day.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dnssecflow/when.h"
#include "flow/keyfacts.h"
#include "flow/show.h"

enum { SOON_S = 30 * 86400, LINE_TEXT = 512 };

/* The line, which is taken over. Beyond the ceiling it is dropped. */
static void
add_line(struct show_lines *to, char *line)
{
	if (to->count < SHOW_LINES_MAX)
		to->list[to->count++] = line;
	else
		free(line);
}

static enum dflow_status warn(struct dflow_show *s, struct dflow_err *err,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static enum dflow_status
warn(struct dflow_show *s, struct dflow_err *err, const char *fmt, ...)
{
	char text[LINE_TEXT];
	va_list ap;
	char *line;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line = strdup(n < 0 ? fmt : text);
	if (line == NULL)
		return err_memory(err);
	add_line(&s->warnings, line);
	return DFLOW_OK;
}

static void
find_zone(struct dflow_show *s)
{
	(void)snprintf(s->zone, sizeof(s->zone), "%s", s->rrs[0].record.owner);
	for (size_t i = 1; i < s->count; i++)
		if (strcasecmp(s->zone, s->rrs[i].record.owner) != 0)
			s->zone[0] = '\0';
	s->facts.zone = s->zone;
}

/* A key that a DS may refer to, and that no record before it was. */
static bool
is_new_ksk(const struct dflow_show *s, size_t at)
{
	const struct dflow_record *r = &s->rrs[at].record;

	if (s->rrs[at].type != RRTYPE_DNSKEY || r->key.role == NULL ||
	    strcmp(r->key.role, "KSK") != 0)
		return false;
	for (size_t i = 0; i < at; i++)
		if (s->rrs[i].type == RRTYPE_DNSKEY &&
		    strcasecmp(s->rrs[i].record.owner, r->owner) == 0 &&
		    strcmp(s->rrs[i].record.key.fingerprint,
			r->key.fingerprint) == 0)
			return false;
	return true;
}

static enum dflow_status
find_ds(struct dflow_show *s, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < s->count && st == DFLOW_OK; i++) {
		const struct dflow_record *r = &s->rrs[i].record;
		char *line;

		if (s->ds.count == SHOW_LINES_MAX || !is_new_ksk(s, i))
			continue;
		st = keyfacts_ds(r->owner, &r->key, &line, err);
		if (st == DFLOW_OK)
			add_line(&s->ds, line);
	}
	return st;
}

static enum dflow_status
warn_proofs(struct dflow_show *s, struct dflow_err *err)
{
	size_t missing = 0;
	size_t all = 0;

	for (size_t i = 0; i < s->count; i++) {
		all += s->rrs[i].record.proof != DFLOW_PROOF_NONE;
		missing += s->rrs[i].record.proof == DFLOW_PROOF_MISSING;
	}
	if (missing == 0 || s->footer.id[0] != '\0')
		return DFLOW_OK;
	return warn(s, err,
	    "%zu of %zu keys have no proof of possession, as is usual in "
	    "requests of other programs",
	    missing, all);
}

/* The bundle whose time it is, or NULL. */
static const struct dflow_bundle *
in_force(const struct dflow_show *s)
{
	const struct dflow_bundle *at = NULL;

	for (size_t i = 0; i < s->table->count; i++)
		if (s->table->rows[i].time <= s->now)
			at = &s->table->rows[i];
	return at;
}

/* Of an SKR: a bundle whose signatures end before the next one begins. */
static enum dflow_status
warn_short(struct dflow_show *s, struct dflow_err *err)
{
	const struct dflow_bundle *rows = s->table->rows;
	char end[DFLOW_WHEN_LONG];
	char until[DFLOW_WHEN_LONG];

	for (size_t i = 0; i < s->table->count; i++) {
		if (rows[i].expiration == INT64_MIN ||
		    rows[i].until == INT64_MIN ||
		    rows[i].expiration >= rows[i].until)
			continue;
		dflow_when_long(rows[i].expiration, end);
		dflow_when_long(rows[i].until, until);
		return warn(s, err,
		    "signatures of bundle %zu end on %s, before its time does, "
		    "on %s",
		    i + 1, end, until);
	}
	return DFLOW_OK;
}

static enum dflow_status
warn_expired(struct dflow_show *s, struct dflow_err *err)
{
	const struct dflow_bundle *at = in_force(s);
	char when[DFLOW_WHEN_LONG];

	if (at == NULL) {
		dflow_when_long(s->table->rows[0].time, when);
		return warn(s, err,
		    "no bundle is in force yet; the first one begins on %s",
		    when);
	}
	if (at->expiration == INT64_MIN || at->expiration >= s->now)
		return DFLOW_OK;
	dflow_when_long(at->expiration, when);
	return warn(s, err,
	    "signatures of bundle %zu, the one in force, expired on %s",
	    (size_t)(at - s->table->rows) + 1, when);
}

/* The end of what was planned, or of what is signed where no plan is told. */
static enum dflow_status
warn_end(struct dflow_show *s, struct dflow_err *err)
{
	const struct dflow_bundle *last = &s->table->rows[s->table->count - 1];
	int64_t end = last->until != INT64_MIN ? last->until : last->expiration;
	char when[DFLOW_WHEN_LONG];
	char span[DFLOW_SPAN_TEXT];

	if (end == INT64_MIN || end - s->now > SOON_S)
		return DFLOW_OK;
	dflow_when_long(end, when);
	dflow_when_span(end, s->now, span);
	return warn(s, err, "the last bundle %s %s (%s)%s",
	    end <= s->now ? "ended on" : "ends on", when, span,
	    s->request ? "" : "; plan and sign the next ones");
}

static enum dflow_status
find_warnings(struct dflow_show *s, struct dflow_err *err)
{
	enum dflow_status st = warn_proofs(s, err);

	if (st == DFLOW_OK && !s->request)
		st = warn_expired(s, err);
	if (st == DFLOW_OK)
		st = warn_short(s, err);
	if (st == DFLOW_OK)
		st = warn_end(s, err);
	return st;
}

enum dflow_status
show_notes(struct dflow_show *s, struct dflow_err *err)
{
	enum dflow_status st;

	find_zone(s);
	st = find_ds(s, err);
	if (st == DFLOW_OK && s->table != NULL) {
		s->facts.bundles = s->table->rows;
		st = find_warnings(s, err);
	}
	s->facts.ds = (const char *const *)s->ds.list;
	s->facts.ds_count = s->ds.count;
	s->facts.warnings = (const char *const *)s->warnings.list;
	s->facts.warning_count = s->warnings.count;
	return st;
}
