/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ceremony for programs: members that one zone has stand at the top. */
#include <string.h>

#include "page.h"
#include "page_bundles.h"
#include "page_ceremony.h"

static void
put_keys(struct json *j, const char *name, const struct dflow_key_facts *keys,
    size_t count)
{
	json_array(j, name);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		page_key_json(j, &keys[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_files(struct json *j, const char *name, const struct dflow_file_facts *list,
    size_t count, const char *const *containers)
{
	json_array(j, name);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		json_text(j, "file", list[i].path);
		if (containers != NULL && containers[i] != NULL)
			json_text(j, "made_by", containers[i]);
		page_digest_json(j, list[i].sha256);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_zone(struct json *j, const struct dflow_ceremony_zone *z, int64_t now)
{
	json_text(j, "zone", z->zone);
	put_files(j, "requests", z->requests, z->request_count, z->containers);
	put_keys(j, "ksks", z->ksks, z->ksk_count);
	json_texts(j, "ds", z->ds, z->ds_count);
	put_keys(j, "zsks", z->zsks, z->zsk_count);
	if (z->bundle_count > 0) {
		json_int(j, "bundles", (int64_t)z->bundle_count);
		page_bundles_json(j, z->bundles, z->bundle_count, now);
		if (z->emergency_count > 0) {
			json_object(j, "emergency");
			page_bundles_json(
			    j, z->emergency, z->emergency_count, now);
			json_object_end(j);
		}
		json_int(j, "from", z->from);
		json_int(j, "until", z->until);
	}
	json_int(j, "inception", z->inception);
	json_int(j, "expiration", z->expiration);
	json_int(j, "ttl", z->ttl_s);
	json_texts(j, "warnings", z->warnings, z->warning_count);
	json_texts(j, "allowed", z->allowed, z->allowed_count);
}

static void
put_one(struct json *j, const struct dflow_ceremony_view *v)
{
	const struct dflow_ceremony_zone *z = &v->zones[0];

	put_zone(j, z, v->now);
	if (z->response_count > 1)
		put_files(
		    j, "responses", z->responses, z->response_count, NULL);
	if (z->response_count > 0)
		page_digest_json(j, z->responses[0].sha256);
}

static void
put_many(struct json *j, const struct dflow_ceremony_view *v)
{
	json_array(j, "zones");
	for (size_t i = 0; i < v->zone_count; i++) {
		const struct dflow_ceremony_zone *z = &v->zones[i];

		json_object(j, NULL);
		put_zone(j, z, v->now);
		put_files(
		    j, "responses", z->responses, z->response_count, NULL);
		json_object_end(j);
	}
	json_array_end(j);
	json_object(j, "all_requests");
	page_digest_json(j, v->requests_sha256);
	json_object_end(j);
	if (v->responses_sha256[0] != '\0') {
		json_object(j, "all_responses");
		page_digest_json(j, v->responses_sha256);
		json_object_end(j);
	}
	if (v->emergency_sha256[0] != '\0') {
		json_object(j, "all_emergency");
		page_digest_json(j, v->emergency_sha256);
		json_object_end(j);
	}
}

void
page_ceremony_json(struct json *j, const struct dflow_ceremony_view *v)
{
	json_int(j, "now", v->now);
	json_bool(j, "cds", v->cds != DFLOW_CDS_NONE);
	json_bool(j, "cds_delete", v->cds == DFLOW_CDS_DELETE);
	json_int(j, "signatures", (int64_t)v->signature_count);
	if (v->zone_count == 1 && !v->many)
		put_one(j, v);
	else
		put_many(j, v);
	if (v->ledger == NULL)
		return;
	json_object(j, "ledger");
	json_text(j, "file", v->ledger);
	json_int(j, "entries", (int64_t)v->ledger_count);
	json_text(j, "sha256", v->ledger_digest);
	json_object_end(j);
}
