/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign show: what a file that crosses the gap holds, for people. */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/ksk.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "ksk.h"
#include "page.h"

const struct cli_option ksk_show_options[] = {
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static const char *
check_text(enum dflow_check check)
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

/* The same as a word for programs. */
static const char *
check_word(enum dflow_check check)
{
	switch (check) {
	case DFLOW_CHECK_GOOD:
		return "good";
	case DFLOW_CHECK_BAD:
		return "bad";
	case DFLOW_CHECK_NEEDS_KEY:
		return "needs-key";
	case DFLOW_CHECK_NEEDS_ZSKS:
		return "needs-zsks";
	case DFLOW_CHECK_NEEDS_SET:
		return "needs-rrset";
	case DFLOW_CHECK_NONE:
		break;
	}
	return "none";
}

static const char *
force_word(enum dflow_force force)
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

static const char *
proof_word(enum dflow_proof proof)
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
	    r->force != DFLOW_FORCE_NOW ? force_word(r->force) : NULL);
	page_field(stdout, 2, "check", check_text(r->check));
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
			    "proof of possession:", proof_word(r->proof));
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

static void
put_record_json(struct json *j, const struct dflow_record *r)
{
	json_object(j, NULL);
	if (r->bundle != 0) {
		json_int(j, "bundle", (int64_t)r->bundle);
		json_int(j, "bundle_time", r->bundle_time);
		json_bool(j, "in_force", r->bundle_in_force);
	}
	json_int(j, "line", (int64_t)r->line);
	json_text(j, "owner", r->owner);
	json_text(j, "type", r->type);
	json_int(j, "ttl", r->ttl_s);
	if (r->key.role != NULL) {
		json_object(j, "key");
		page_key_json(j, &r->key);
		json_object_end(j);
		if (r->proof != DFLOW_PROOF_NONE)
			json_text(j, "proof",
			    r->proof == DFLOW_PROOF_BAD ? "bad"
							: proof_word(r->proof));
		json_object_end(j);
		return;
	}
	json_int(j, "tag", r->tag);
	json_int(j, "algorithm", r->algorithm);
	json_text(j, "mnemonic", r->algorithm_name);
	if (r->covered != NULL) {
		json_text(j, "covered", r->covered);
		json_text(j, "signer", r->signer);
		json_int(j, "inception", r->inception);
		json_int(j, "expiration", r->expiration);
		json_text(j, "force", force_word(r->force));
		json_text(j, "check", check_word(r->check));
	} else {
		json_int(j, "digest_type", r->digest_type);
		json_text(j, "digest", r->digest);
		json_bool(j, "matches", r->matches);
	}
	json_object_end(j);
}

static void
put_json(const struct dflow_show *s)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "file", f->path);
	json_text(&j, "kind", f->kind);
	json_int(&j, "bytes", (int64_t)f->bytes);
	page_digest_json(&j, f->sha256);
	if (f->bundle_count > 0)
		json_int(&j, "bundles", (int64_t)f->bundle_count);
	if (f->id[0] != '\0')
		json_text(&j, "id", f->id);
	if (f->answers[0] != '\0')
		json_text(&j, "answers", f->answers);
	if (f->clock != DFLOW_WHEN_UNSET)
		json_int(&j, "clock", f->clock);
	json_array(&j, "records");
	for (size_t i = 0; i < f->count; i++)
		put_record_json(&j, dflow_show_record(s, i));
	json_array_end(&j);
	json_text(&j, "problem", f->problem[0] != '\0' ? f->problem : NULL);
	json_object_end(&j);
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
}

static void
put_text(const struct dflow_show *s, int64_t now)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);
	bool has_key = false;
	size_t bundle = 0;

	page_field(stdout, 0, "File", f->path);
	put_kind(f);
	page_digest(stdout, 0, f->sha256);
	put_footer(f, now);
	for (size_t i = 0; i < f->count; i++) {
		const struct dflow_record *r = dflow_show_record(s, i);

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

enum dflow_status
ksk_show(const struct cli *c, struct dflow_err *err)
{
	struct dflow_show *s = NULL;
	enum dflow_status st;

	st = dflow_show(c->operands[0], c->now, &s, err);
	if (st != DFLOW_OK)
		return st;
	if (c->json)
		put_json(s);
	else
		put_text(s, c->now);
	/* The page comes before the complaint, in a pipe as well. */
	(void)fflush(stdout);
	if (dflow_show_facts(s)->problem[0] != '\0')
		st = cli_error(
		    err, DFLOW_REFUSED, "%s", dflow_show_facts(s)->problem);
	dflow_show_free(&s);
	return st;
}
