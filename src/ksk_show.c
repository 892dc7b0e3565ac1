/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign show: what a file that crosses the gap holds, for people. */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/ksk.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "ksk.h"
#include "ksk_show.h"
#include "page.h"
#include "page_bundles.h"
#include "page_maker.h"

const struct cli_option ksk_show_options[] = {
    {0, "records", NULL,
	"of a KSR or SKR, list every record behind the table; of many files, "
	"in JSON"},
    MAKER_OPTIONS_TRUST,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

const char *
show_check_text(enum dflow_check check)
{
	switch (check) {
	case DFLOW_CHECK_GOOD:
		return "verifies";
	case DFLOW_CHECK_BAD:
		return "does NOT verify";
	case DFLOW_CHECK_NEEDS_KEY:
		return "not checked: its key is not in this file";
	case DFLOW_CHECK_NEEDS_ZSKS:
		return "not checked: needs the ZSKs, which are not in this "
		       "file";
	case DFLOW_CHECK_NEEDS_SET:
		return "not checked: what it covers is not in this file";
	case DFLOW_CHECK_NONE:
		break;
	}
	return "malformed";
}

const char *
show_force_text(enum dflow_force force)
{
	switch (force) {
	case DFLOW_FORCE_NOW:
		return "valid";
	case DFLOW_FORCE_LATER:
		return "not yet valid";
	case DFLOW_FORCE_OVER:
		return "expired";
	case DFLOW_FORCE_NONE:
		break;
	}
	return "none";
}

const char *
show_proof_text(enum dflow_proof proof)
{
	switch (proof) {
	case DFLOW_PROOF_GOOD:
		return "good";
	case DFLOW_PROOF_MISSING:
		return "missing";
	case DFLOW_PROOF_BAD:
		return "BAD";
	case DFLOW_PROOF_NONE:
		break;
	}
	return NULL;
}

static void
put_rrsig(const struct dflow_record *r, int64_t now)
{
	page_fieldf(stdout, 2, "over", "%s", r->covered);
	page_fieldf(stdout, 2, "by", "key %u, %s (%u), of %s", r->tag,
	    r->algorithm_name, r->algorithm, r->signer);
	page_when(stdout, 2, "from", r->inception, now, NULL);
	page_when(stdout, 2, "until", r->expiration, now,
	    r->force != DFLOW_FORCE_NOW ? show_force_text(r->force) : NULL);
	page_field(stdout, 2, "check", show_check_text(r->check));
}

static void
put_record(const struct dflow_record *r, int64_t now)
{
	page_fieldf(stdout, 0, r->type, "%s, TTL %u, line %zu", r->owner,
	    r->ttl_s, r->line);
	if (r->key.role != NULL) {
		page_key(stdout, 2, &r->key);
		if (r->proof != DFLOW_PROOF_NONE)
			page_field(stdout, 2,
			    "proof of possession:", show_proof_text(r->proof));
		return;
	}
	if (r->covered != NULL) {
		put_rrsig(r, now);
		return;
	}
	page_fieldf(stdout, 2, "of", "key %u, %s (%u)%s", r->tag,
	    r->algorithm_name, r->algorithm,
	    r->matches ? ", which is in this file" : "");
	page_fieldf(stdout, 2, "type", "%u", r->digest_type);
	page_field(stdout, 2, "digest", r->digest);
}

/* One line above the first record of each bundle. */
static void
put_bundle(const struct dflow_record *r, size_t count, int64_t now)
{
	char when[DFLOW_WHEN_LONG];
	char span[DFLOW_SPAN_TEXT];

	dflow_when_long(r->bundle_time, when);
	dflow_when_span(r->bundle_time, now, span);
	printf("Bundle %zu of %zu: %s (%s)%s\n", r->bundle, count, when, span,
	    r->bundle_in_force ? ", in force" : "");
}

/* What the file is, in a line. */
static void
put_kind(const struct dflow_show_facts *f)
{
	char bundles[48] = "";

	if (f->bundle_count > 0)
		(void)snprintf(bundles, sizeof(bundles), "%zu bundle%s, ",
		    f->bundle_count, f->bundle_count == 1 ? "" : "s");
	page_fieldf(stdout, 0, "Kind", "%s, %s%zu record%s, %zu bytes", f->kind,
	    bundles, f->count, f->count == 1 ? "" : "s", f->bytes);
}

/* What our own footers tell. */
static void
put_footer(const struct dflow_show_facts *f, int64_t now)
{
	if (f->id[0] != '\0')
		page_field(stdout, 0, "Request", f->id);
	if (strcmp(f->answers, "none") == 0)
		page_field(stdout, 0, "Answers", "no response: the first");
	else if (f->answers[0] != '\0')
		page_field(stdout, 0, "Answers", f->answers);
	if (f->clock != DFLOW_WHEN_UNSET)
		page_when(stdout, 0, "Clock", f->clock, now, NULL);
	if (f->until != DFLOW_WHEN_UNSET)
		page_when(stdout, 0, "Until", f->until, now, NULL);
}

/* How many signatures and proofs are good, of how many. */
static void
put_verdict(const struct dflow_show *s, const struct style *style)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);
	char end[PAGE_MINUTE];
	size_t sigs = 0, good_sigs = 0, proofs = 0, good_proofs = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct dflow_record *r = dflow_show_record(s, i);

		sigs += r->covered != NULL;
		good_sigs += r->check == DFLOW_CHECK_GOOD;
		proofs += r->proof != DFLOW_PROOF_NONE;
		good_proofs += r->proof == DFLOW_PROOF_GOOD;
	}
	if (sigs > 0) {
		page_minute(f->bundles[f->bundle_count - 1].expiration, end);
		printf("  %s%zu of %zu signatures verify%s",
		    sigs > good_sigs ? style_on(style, STYLE_BAD) : "",
		    good_sigs, sigs, sigs > good_sigs ? style_off(style) : "");
		printf("; the last bundle's end on %s\n", end);
	}
	if (proofs > 0)
		printf("  %zu of %zu proofs of possession are good\n",
		    good_proofs, proofs);
}

static bool
is_bad(const struct dflow_record *r)
{
	return r->check == DFLOW_CHECK_BAD || r->proof == DFLOW_PROOF_BAD;
}

/* All records, or those that are not what they seem. */
static void
put_records(const struct dflow_show *s, int64_t now, bool all)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);
	bool has_key = false;
	size_t bundle = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct dflow_record *r = dflow_show_record(s, i);

		if (!all && !is_bad(r))
			continue;
		putchar('\n');
		if (r->bundle != bundle) {
			bundle = r->bundle;
			put_bundle(r, f->bundle_count, now);
		}
		put_record(r, now);
		has_key = has_key || r->key.role != NULL;
	}
	if (has_key)
		puts("\nSHA-256 of a key is the digest in its DS record.");
}

static void
put_text(const struct dflow_show *s, const struct show_by *by, int64_t now,
    bool records)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);
	struct style style = style_of(stdout);

	page_field(stdout, 0, "File", f->path);
	put_kind(f);
	page_digest(stdout, 0, f->sha256);
	if (by->trust != NULL)
		page_maker(stdout, &by->maker, now);
	put_footer(f, now);
	if (f->bundle_count > 0) {
		page_head(stdout, &style, f->zone);
		page_bundles(stdout, &style, f->bundles, f->bundle_count, now);
		put_verdict(s, &style);
	}
	page_ds(stdout, &style, f->ds, f->ds_count);
	page_warnings(stdout, &style, f->warnings, f->warning_count);
	put_records(s, now, records || f->bundle_count == 0);
	if (f->bundle_count > 0 && !records)
		puts("\nEach record: ksk-sign show --records FILE");
}

static enum dflow_status
show_one(const struct cli *c, const char *path, struct show_by *by,
    struct dflow_err *err)
{
	struct dflow_show *s = NULL;
	struct json j;
	enum dflow_status st = show_open(path, c->now, by, &s, err);

	if (st != DFLOW_OK)
		return st;
	if (c->json) {
		json_init(&j, stdout);
		json_object(&j, NULL);
		show_json(&j, s, c->now, true);
		page_maker_json(&j, &by->maker);
		json_object_end(&j);
	} else {
		put_text(s, by, c->now, cli_has(c, "records"));
	}
	/* The page comes before the complaint, in a pipe as well. */
	(void)fflush(stdout);
	if (dflow_show_facts(s)->problem[0] != '\0')
		st = cli_error(
		    err, DFLOW_REFUSED, "%s", dflow_show_facts(s)->problem);
	dflow_show_free(&s);
	return st;
}

enum dflow_status
ksk_show(const struct cli *c, struct dflow_err *err)
{
	struct dflow_fileset *files = NULL;
	struct show_by by = {0};
	enum dflow_status st =
	    dflow_fileset_list(c->operands, c->operand_count, &files, err);

	if (st == DFLOW_OK &&
	    (cli_has(c, "trust") || cli_has(c, "require-container")))
		st = dflow_trust_read(cli_text(c, "trust"),
		    cli_has(c, "require-container"), &by.trust, err);
	if (st != DFLOW_OK)
		goto out;
	if (dflow_fileset_count(files) == 1 && !dflow_fileset_is_folder(files))
		st = show_one(c, dflow_fileset_path(files, 0), &by, err);
	else
		st = show_files(c, files, &by, err);
out:
	dflow_trust_free(&by.trust);
	dflow_fileset_free(&files);
	return st;
}
