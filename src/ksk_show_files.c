/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign show of many files: what a ceremony with all of them shows on the
 * other side, and the digest by which the two are compared.
 */
#include <stdlib.h>
#include <string.h>

#include "ksk_show.h"
#include "page.h"
#include "page_maker.h"

enum {
	COLUMNS = 79,
	ZONE_WIDTH = 23,
	KIND_WIDTH = 9,
	DIGITS = 8, /* of a file's digest that are shown */
	WARNINGS_MAX = 64, /* different ones that are told */
	WARNING_TEXT = 512,
};

/* What one file, or many, are warned of. */
struct warning {
	char text[WARNING_TEXT];
	const char *path; /* of the first, borrowed */
	size_t count;
};

/* What is kept of the files that were read. */
struct reading {
	const struct cli *c;
	struct show_by *by;
	struct style style;
	struct json json;
	struct dflow_file_facts *files;
	size_t count; /* of those with a digest */
	size_t contained; /* that have a container */
	size_t bad;
	struct dflow_err first; /* problem */
	bool unread; /* one was not even read */
	struct warning *warnings;
	size_t warning_count;
};

/* A kind in a column. */
static const char *
short_kind(const char *kind)
{
	static const struct {
		const char *kind;
		const char *text;
	} kinds[] = {{"KSR 1.0", "KSR"}, {"SKR 1.0", "SKR"},
	    {"key request", "request"}, {"KSK.data", "KSK.data"},
	    {"DS for the parent", "DS"}, {"public key of a KSK", "KSK"},
	    {"public keys of KSKs", "KSKs"}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			return kinds[i].text;
	return "records";
}

static void
put_problem(struct reading *r, const struct dflow_err *problem)
{
	if (r->bad == 0)
		r->first = *problem;
	if (problem->status > r->first.status)
		r->first.status = problem->status;
	r->bad++;
	if (r->c->json)
		return;
	fputs(style_on(&r->style, STYLE_BAD), stdout);
	page_text(stdout, 4, "! ", problem->text);
	fputs(style_off(&r->style), stdout);
}

static void
take_warning(struct reading *r, const char *path, const char *text)
{
	struct warning *w = r->warnings;

	while (w < r->warnings + r->warning_count && strcmp(w->text, text) != 0)
		w++;
	if (w == r->warnings + WARNINGS_MAX)
		return;
	if (w == r->warnings + r->warning_count) {
		(void)snprintf(w->text, sizeof(w->text), "%s", text);
		w->path = path;
		r->warning_count++;
	}
	w->count++;
}

static void
put_warnings(const struct reading *r)
{
	const struct style *s = &r->style;
	char line[2 * WARNING_TEXT];

	if (r->warning_count == 0)
		return;
	printf("\n%sWarnings%s\n", style_on(s, STYLE_WARNING), style_off(s));
	for (size_t i = 0; i < r->warning_count; i++) {
		const struct warning *w = &r->warnings[i];

		if (w->count == 1)
			(void)snprintf(
			    line, sizeof(line), "%s: %s", w->path, w->text);
		else
			(void)snprintf(line, sizeof(line), "%zu files: %s",
			    w->count, w->text);
		fputs(style_on(s, STYLE_WARNING), stdout);
		page_text(stdout, 2, "! ", line);
		fputs(style_off(s), stdout);
	}
}

/* When it begins and ends: a plain file does not say. */
static void
put_row(struct reading *r, const char *path, const struct dflow_show_facts *f)
{
	int64_t end = f->until;
	char from[PAGE_DAY] = "-";
	char until[PAGE_DAY] = "-";
	char bundles[24] = "-";

	if (f->bundle_count > 0) {
		const struct dflow_bundle *last =
		    &f->bundles[f->bundle_count - 1];

		if (end == DFLOW_WHEN_UNSET)
			end = last->expiration;
		page_day(f->bundles[0].time, from);
		page_day(end, until);
		(void)snprintf(
		    bundles, sizeof(bundles), "%zu", f->bundle_count);
	}
	page_column(stdout, 0, ZONE_WIDTH,
	    f->zone[0] != '\0' ? f->zone : "(several zones)");
	printf("  %-*s  %7s  %-10s  %-10s  %.*s%s\n", KIND_WIDTH,
	    short_kind(f->kind), bundles, from, until, DIGITS, f->sha256,
	    f->warning_count > 0 ? " !" : "");
	for (size_t i = 0; i < f->warning_count; i++)
		take_warning(r, path, f->warnings[i]);
}

static void
take_file(struct reading *r, const char *path)
{
	struct dflow_err problem = {.status = DFLOW_REFUSED};
	struct dflow_show *s = NULL;
	const struct dflow_show_facts *f;

	if (show_open(path, r->c->now, r->by, &s, &problem) != DFLOW_OK) {
		r->unread = true;
		if (r->c->json) {
			json_object(&r->json, NULL);
			json_text(&r->json, "file", path);
			json_text(&r->json, "problem", problem.text);
			json_object_end(&r->json);
		} else {
			page_text(stdout, 0, "", path);
		}
		put_problem(r, &problem);
		return;
	}
	f = dflow_show_facts(s);
	r->files[r->count].path = path; /* as f->path, which ends with s */
	memcpy(r->files[r->count].sha256, f->sha256, sizeof(f->sha256));
	r->count++;
	r->contained += r->by->maker.container[0] != '\0';
	if (r->c->json) {
		json_object(&r->json, NULL);
		show_json(&r->json, s, r->c->now, cli_has(r->c, "records"));
		page_maker_json(&r->json, &r->by->maker);
		json_object_end(&r->json);
	} else {
		put_row(r, path, f);
	}
	if (f->problem[0] != '\0') {
		(void)snprintf(
		    problem.text, sizeof(problem.text), "%s", f->problem);
		put_problem(r, &problem);
	}
	dflow_show_free(&s);
}

static void
begin(struct reading *r, size_t count)
{
	if (r->c->json) {
		json_init(&r->json, stdout);
		json_object(&r->json, NULL);
		json_array(&r->json, "files");
		return;
	}
	page_fieldf(stdout, 0, "Files", "%zu", count);
	printf("\n%s%-*s  %-*s  %7s  %-10s  %-10s  %s%s\n",
	    style_on(&r->style, STYLE_HEAD), ZONE_WIDTH, "Zone", KIND_WIDTH,
	    "Kind", "Bundles", "from (UTC)", "until", "SHA-256",
	    style_off(&r->style));
	style_rule(&r->style, stdout, COLUMNS);
}

/* The digest of all, if there is one, and what is wrong. */
static void
end(struct reading *r, const char *sha256)
{
	if (r->c->json) {
		json_array_end(&r->json);
		if (sha256 != NULL)
			page_digest_json(&r->json, sha256);
		json_text(
		    &r->json, "problem", r->bad > 0 ? r->first.text : NULL);
		json_object_end(&r->json);
		return;
	}
	if (r->by->trust != NULL)
		page_fieldf(stdout, 0, "Containers", "%zu of %zu", r->contained,
		    r->count);
	put_warnings(r);
	if (sha256 == NULL) {
		puts("\nNot every file could be read: there is no digest of "
		     "all.");
		return;
	}
	page_head(stdout, &r->style, "All files together");
	page_digest(stdout, 2, sha256);
	page_text(stdout, 2, "",
	    "It is what `LC_ALL=C sha256sum * | sha256sum' says in a folder of "
	    "these files.");
}

enum dflow_status
show_files(const struct cli *c, const struct dflow_fileset *files,
    struct show_by *by, struct dflow_err *err)
{
	struct reading r = {.c = c, .by = by, .style = style_of(stdout)};
	size_t count = dflow_fileset_count(files);
	char sha256[DFLOW_DIGEST_TEXT];
	enum dflow_status st = DFLOW_OK;

	r.files = calloc(count, sizeof(*r.files));
	r.warnings = calloc(WARNINGS_MAX, sizeof(*r.warnings));
	if (r.files == NULL || r.warnings == NULL) {
		st = cli_error(err, DFLOW_FAILED, "out of memory");
		goto out;
	}
	begin(&r, count);
	for (size_t i = 0; i < count; i++)
		take_file(&r, dflow_fileset_path(files, i));
	if (!r.unread)
		st = dflow_fileset_sha256(r.files, r.count, sha256, err);
	if (st != DFLOW_OK)
		goto out;
	end(&r, r.unread ? NULL : sha256);
	/* The page comes before the complaint, in a pipe as well. */
	(void)fflush(stdout);
	if (r.bad > 1)
		st = cli_error(err, r.first.status,
		    "%zu of %zu files have a problem; the first: %s", r.bad,
		    count, r.first.text);
	else if (r.bad == 1)
		st = cli_error(err, r.first.status, "%s", r.first.text);
out:
	free(r.warnings);
	free(r.files);
	return st;
}
