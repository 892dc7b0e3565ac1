/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The confirmation, which has to be read by somebody who is nervous. */
#include "page_ceremony.h"

#include <stdbool.h>
#include <string.h>

#include "page.h"
#include "page_bundles.h"

enum {
	COLUMNS = 79,
	ANSWER_WIDTH = 3,
	ZONE_WIDTH = 26,
	WHO_MAX = 8,
	PATH_MAX_TEXT = 4096,
};

void
page_ledger(FILE *f, const void *view)
{
	const struct dflow_ceremony_view *v = view;
	struct style s = style_of(stderr);

	if (v->ledger == NULL)
		return;
	page_head(f, &s, "The ledger");
	page_field(f, 2, "file", v->ledger);
	if (v->ledger_count == 0) {
		page_field(f, 2, "entries", "none yet");
		return;
	}
	page_fieldf(f, 2, "entries", "%zu; the SHA-256 of the last one is",
	    v->ledger_count);
	page_field(f, 2, "", v->ledger_digest);
}

/* A line of the section Warnings, which begins with the first. */
struct warnings {
	FILE *f;
	const struct style *s;
	const char *zone; /* stands before each; NULL: there is but one */
	bool begun;
};

static void
put_warning(struct warnings *w, const char *text)
{
	char line[2048];

	if (!w->begun)
		fprintf(w->f, "\n%sWarnings%s\n", style_on(w->s, STYLE_WARNING),
		    style_off(w->s));
	w->begun = true;
	(void)snprintf(line, sizeof(line), "%s%s%s",
	    w->zone != NULL ? w->zone : "", w->zone != NULL ? ": " : "", text);
	fputs(style_on(w->s, STYLE_WARNING), w->f);
	page_text(w->f, 2, "! ", line);
	fputs(style_off(w->s), w->f);
}

static void
put_warnings(
    FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	struct warnings w = {f, s, NULL, false};

	for (size_t i = 0; i < v->zone_count; i++) {
		const struct dflow_ceremony_zone *z = &v->zones[i];

		w.zone = v->zone_count > 1 ? z->zone : NULL;
		for (size_t k = 0; k < z->warning_count; k++)
			put_warning(&w, z->warnings[k]);
	}
}

static const char *
who_made(const struct dflow_ceremony_zone *z, size_t i)
{
	return z->containers != NULL && z->containers[i] != NULL
		   ? z->containers[i]
		   : NULL;
}

static void
put_requests(
    FILE *f, const struct style *s, const struct dflow_ceremony_zone *z)
{
	page_head(f, s, z->request_count == 1 ? "The request" : "The requests");
	for (size_t i = 0; i < z->request_count; i++) {
		page_file(f, 2, &z->requests[i]);
		if (who_made(z, i) != NULL)
			page_field(f, 2, "Made by", who_made(z, i));
	}
}

static void
put_ksks(FILE *f, const struct dflow_ceremony_zone *z)
{
	for (size_t i = 0; i < z->ksk_count; i++) {
		page_key(f, 2, &z->ksks[i]);
		page_field(f, 2, "from", z->ksks[i].file);
	}
}

/* A plain request: few keys, each with its place. */
static void
put_rrset(FILE *f, const struct style *s, const struct dflow_ceremony_zone *z)
{
	page_head(f, s, "The DNSKEY RRset");
	for (size_t i = 0; i < z->zsk_count; i++) {
		page_key(f, 2, &z->zsks[i]);
		page_fieldf(
		    f, 2, "from", "%s:%zu", z->zsks[i].file, z->zsks[i].line);
	}
	put_ksks(f, z);
}

/* A KSR: the ZSKs of a year, a line each. */
static void
put_zsks(FILE *f, const struct style *s, const struct dflow_ceremony_zone *z)
{
	bool same = true;

	for (size_t i = 1; i < z->zsk_count; i++)
		same = same && z->zsks[i].algorithm == z->zsks[0].algorithm &&
		       z->zsks[i].bits == z->zsks[0].bits;
	page_head(f, s, "ZSKs, and the SHA-256 of each");
	if (same && z->zsk_count > 0)
		page_fieldf(f, 2, "all are", "%s (%u), %u bits",
		    z->zsks[0].algorithm_name, z->zsks[0].algorithm,
		    z->zsks[0].bits);
	for (size_t i = 0; i < z->zsk_count; i++) {
		if (!same)
			page_key(f, 2, &z->zsks[i]);
		else
			fprintf(f, "  %5u  %s\n", z->zsks[i].tag,
			    z->zsks[i].fingerprint);
	}
}

static const char *
cds_text(enum dflow_cds cds)
{
	switch (cds) {
	case DFLOW_CDS_KSKS:
		return "To be signed, with CDS and CDNSKEY of the KSKs";
	case DFLOW_CDS_DELETE:
		return "To be signed, with CDS and CDNSKEY that remove the DS";
	case DFLOW_CDS_NONE:
		break;
	}
	return "To be signed";
}

static bool
signs_in(const struct dflow_bundle *rows, size_t count, uint16_t tag)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < rows[i].key_count; k++)
			if (rows[i].keys[k].signs && rows[i].keys[k].tag == tag)
				return true;
	return false;
}

static void
put_signing(FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	const struct dflow_ceremony_zone *z = &v->zones[0];

	page_head(f, s, cds_text(v->cds));
	for (size_t i = 0; i < z->ksk_count; i++)
		if (z->bundle_count == 0 ||
		    signs_in(z->bundles, z->bundle_count, z->ksks[i].tag))
			page_fieldf(f, 2, "by", "%s %u", z->ksks[i].role,
			    z->ksks[i].tag);
	for (size_t i = 0; i < z->ksk_count; i++)
		if (signs_in(z->emergency, z->emergency_count, z->ksks[i].tag))
			page_fieldf(f, 2, "by", "%s %u, the emergency's",
			    z->ksks[i].role, z->ksks[i].tag);
	page_when(f, 2, "from", z->inception, v->now, NULL);
	page_when(f, 2, "until", z->expiration, v->now, NULL);
	page_fieldf(f, 2, "TTL", "%u seconds", z->ttl_s);
	if (z->bundle_count > 0)
		page_fieldf(f, 2, "in all", "%zu signature%s, in %zu bundle%s",
		    v->signature_count, v->signature_count == 1 ? "" : "s",
		    z->bundle_count + z->emergency_count,
		    z->bundle_count + z->emergency_count == 1 ? "" : "s");
}

static void
put_one(FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	const struct dflow_ceremony_zone *z = &v->zones[0];

	page_field(f, 0, "Zone", z->zone);
	if (z->bundle_count > 0) {
		page_head(f, s, "The bundles of the response");
		page_bundles(f, s, z->bundles, z->bundle_count, v->now);
		page_head(f, s, "KSKs");
		put_ksks(f, z);
		put_zsks(f, s, z);
	} else {
		put_rrset(f, s, z);
	}
	if (z->emergency_count > 0) {
		page_head(f, s, "The bundles of the emergency's response");
		page_bundles(f, s, z->emergency, z->emergency_count, v->now);
	}
	page_ds(f, s, z->ds, z->ds_count);
	put_signing(f, s, v);
}

/* ZSKs that a bundle has and the one before had not. */
static size_t
count_new(const struct dflow_ceremony_zone *z)
{
	size_t count = 0;

	for (size_t i = 0; i < z->bundle_count; i++)
		for (size_t k = 0; k < z->bundles[i].key_count; k++)
			count += z->bundles[i].keys[k].enters &&
				 (z->bundles[i].keys[k].flags & 1) == 0;
	return count;
}

static void
put_zone_row(
    FILE *f, const struct style *s, const struct dflow_ceremony_zone *z)
{
	size_t warned = z->warning_count; /* also of what is allowed */
	char from[PAGE_DAY];
	char until[PAGE_DAY];

	page_day(z->from, from);
	page_day(z->until, until);
	page_column(f, 2, ZONE_WIDTH, z->zone);
	fprintf(f, "  %7zu  %-10s  %-10s  %4zu  %3zu  ", z->bundle_count, from,
	    until, z->zsk_count, count_new(z));
	if (warned > 0)
		fprintf(f, "%s%4zu%s", style_on(s, STYLE_WARNING), warned,
		    style_off(s));
	else
		fprintf(f, "%4s", "-");
	fputc('\n', f);
}

static bool
same_who(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Who made how many of the requests. */
static void
put_who(FILE *f, const struct dflow_ceremony_view *v)
{
	const char *who[WHO_MAX];
	size_t counts[WHO_MAX] = {0};
	size_t others = 0;
	size_t used = 0;

	for (size_t i = 0; i < v->zone_count; i++) {
		for (size_t k = 0; k < v->zones[i].request_count; k++) {
			const char *by = who_made(&v->zones[i], k);
			size_t at = 0;

			while (at < used && !same_who(who[at], by))
				at++;
			if (at == WHO_MAX) {
				others++;
				continue;
			}
			if (at == used)
				who[used++] = by;
			counts[at]++;
		}
	}
	if (used == 1 && who[0] == NULL)
		return; /* no containers here */
	for (size_t i = 0; i < used; i++)
		page_fieldf(f, 2, "Made by", "%s (%zu)",
		    who[i] != NULL ? who[i] : "nobody says", counts[i]);
	if (others > 0)
		page_fieldf(f, 2, "Made by", "others (%zu)", others);
}

static size_t
count_requests(const struct dflow_ceremony_view *v)
{
	size_t count = 0;

	for (size_t i = 0; i < v->zone_count; i++)
		count += v->zones[i].request_count;
	return count;
}

static void
put_zones(FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	page_head(f, s, cds_text(v->cds));
	fprintf(f, "  %-*s  %7s  %-10s  %-10s  %4s  %3s  %4s\n  ", ZONE_WIDTH,
	    "Zone", "Bundles", "from (UTC)", "until", "ZSKs", "new", "Warn");
	style_rule(s, f, COLUMNS - 2);
	for (size_t i = 0; i < v->zone_count; i++)
		put_zone_row(f, s, &v->zones[i]);
}

static void
put_many(FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	size_t count = count_requests(v);

	page_fieldf(f, 0, "Zones", "%zu, with %zu request%s", v->zone_count,
	    count, count == 1 ? "" : "s");
	page_fieldf(f, 0, "To make", "%zu signature%s", v->signature_count,
	    v->signature_count == 1 ? "" : "s");
	put_zones(f, s, v);
}

/* What is compared in place of each file, and how the other side gets it. */
static void
put_all(FILE *f, const struct style *s, const struct dflow_ceremony_view *v)
{
	page_head(f, s, "All requests together");
	put_who(f, v);
	page_digest(f, 2, v->requests_sha256);
	page_text(f, 2, "",
	    "The other side has the same rows from `ksk-sign show FOLDER', of "
	    "the folder with these files and no others.");
}

void
page_ceremony(FILE *f, const void *view)
{
	const struct dflow_ceremony_view *v = view;
	struct style s = style_of(stderr);
	bool one = v->zone_count == 1 && !v->many;

	if (one)
		put_one(f, &s, v);
	else
		put_many(f, &s, v);
	page_ledger(f, v);
	put_warnings(f, &s, v);
	/* What is read aloud comes last: it is still there at the question. */
	if (one)
		put_requests(f, &s, &v->zones[0]);
	else
		put_all(f, &s, v);
	fputs("\nCompare the words, row by row, with what the other side reads "
	      "out to you. The\nSHA-256 of a key is the digest in its DS "
	      "record.\n\n",
	    f);
}

void
page_question(FILE *f, const void *view)
{
	static const char answer[] = "Type yes to sign: ";
	const struct dflow_ceremony_view *v = view;
	char what[2048];
	int len;

	if (v->zone_count == 1)
		len = snprintf(
		    what, sizeof(what), "Sign this for %s?", v->zones[0].zone);
	else
		len = snprintf(
		    what, sizeof(what), "Sign these %zu zones?", v->zone_count);
	if (len + (int)sizeof(answer) + ANSWER_WIDTH <= COLUMNS)
		fprintf(f, "%s ", what);
	else
		page_text(f, 0, "", what);
	fputs(answer, f);
}

/* The folder of a path, "." if it has none. */
static void
folder_of(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');
	int len = slash != NULL ? (int)(slash - path) : 1;

	(void)snprintf(
	    out, size, "%.*s", len > 0 ? len : 1, slash != NULL ? path : ".");
}

/* The folder of the zones' responses of that number. */
static void
put_folder(FILE *f, const struct dflow_ceremony_view *v, size_t number,
    const char *sha256)
{
	char folder[PATH_MAX_TEXT] = ".";
	size_t count = 0;

	for (size_t i = 0; i < v->zone_count; i++) {
		const struct dflow_ceremony_zone *z = &v->zones[i];

		if (z->response_count <= number)
			continue;
		if (count == 0)
			folder_of(
			    z->responses[number].path, folder, sizeof(folder));
		count++;
	}
	if (count == 0)
		return;
	page_field(f, 2, "Folder", folder);
	page_fieldf(f, 2, "Files", "%zu", count);
	page_digest(f, 2, sha256);
}

void
page_responses(FILE *f, const void *view)
{
	const struct dflow_ceremony_view *v = view;
	struct style s = style_of(stderr);
	bool begun = false;

	if (v->zone_count != 1 || v->many) {
		page_head(f, &s, "Written");
		put_folder(f, v, 0, v->responses_sha256);
		put_folder(f, v, 1, v->emergency_sha256);
		return;
	}
	for (size_t i = 0; i < v->zones[0].response_count; i++) {
		const struct dflow_file_facts *file = &v->zones[0].responses[i];

		if (file->path == NULL || strcmp(file->path, "-") == 0)
			continue;
		if (!begun)
			page_head(f, &s, "Written");
		begun = true;
		page_file(f, 2, file);
	}
}
