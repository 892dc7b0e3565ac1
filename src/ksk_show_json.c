/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign show as JSON: every record, and what a page says of them. */
#include "ksk_show.h"
#include "page.h"
#include "page_bundles.h"

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
			    r->proof == DFLOW_PROOF_BAD
				? "bad"
				: show_proof_text(r->proof));
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
		json_text(j, "force", show_force_text(r->force));
		json_text(j, "check", check_word(r->check));
	} else {
		json_int(j, "digest_type", r->digest_type);
		json_text(j, "digest", r->digest);
		json_bool(j, "matches", r->matches);
	}
	json_object_end(j);
}

static void
put_footer(struct json *j, const struct dflow_show_facts *f)
{
	if (f->id[0] != '\0')
		json_text(j, "id", f->id);
	if (f->answers[0] != '\0')
		json_text(j, "answers", f->answers);
	if (f->clock != DFLOW_WHEN_UNSET)
		json_int(j, "clock", f->clock);
	if (f->until != DFLOW_WHEN_UNSET)
		json_int(j, "until", f->until);
}

void
show_json(struct json *j, const struct dflow_show *s, int64_t now, bool records)
{
	const struct dflow_show_facts *f = dflow_show_facts(s);

	json_text(j, "file", f->path);
	json_text(j, "zone", f->zone[0] != '\0' ? f->zone : NULL);
	json_text(j, "kind", f->kind);
	json_int(j, "bytes", (int64_t)f->bytes);
	page_digest_json(j, f->sha256);
	if (f->bundle_count > 0)
		json_int(j, "bundles", (int64_t)f->bundle_count);
	put_footer(j, f);
	if (f->bundle_count > 0)
		page_bundles_json(j, f->bundles, f->bundle_count, now);
	json_texts(j, "ds", f->ds, f->ds_count);
	json_texts(j, "warnings", f->warnings, f->warning_count);
	if (records) {
		json_array(j, "records");
		for (size_t i = 0; i < f->count; i++)
			put_record_json(j, dflow_show_record(s, i));
		json_array_end(j);
	}
	json_text(j, "problem", f->problem[0] != '\0' ? f->problem : NULL);
}
