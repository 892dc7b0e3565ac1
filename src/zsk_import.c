/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign import: what the right takes from the left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/exchange.h>
#include <dnssecflow/ksk.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "page.h"
#include "page_maker.h"
#include "zsk-sign.h"

/* All that stands behind it fits into 80 columns. */
enum { NAME_WIDTH_MAX = 30 };

const struct cli_option zsk_import_options[] = {
    {'d', "dir", "DIR",
	"folder to keep it in, as KSK.data, or, with several files or a "
	"folder, as ZONE/KSK.data (default: .)"},
    {'K', "key-dir", "DIR",
	"folder of the zone's ZSKs, or of all zones' (default: that of -d)"},
    {0, "ds", "FILE",
	"trust the KSKs of these DS records, and not those stored"},
    {0, "request", "FILE",
	"the KSR that it answers (default: key-request in the ZSKs' folder)"},
    {0, "min-validity", "SPAN",
	"refuse if it ends sooner than this (default: 3d)"},
    MAKER_OPTIONS_TRUST,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
report_one(const struct cli *c, const struct dflow_imported *done)
{
	char from[DFLOW_WHEN_LONG];

	page_field(stdout, 0, "Zone", done->zone);
	page_field(stdout, 0, "Stored", done->stored);
	if (done->previous[0] != '\0')
		page_fieldf(
		    stdout, 0, "Kept", "%s, the one before", done->previous);
	if (done->bundle_count != 0) {
		dflow_when_long(done->from, from);
		page_fieldf(stdout, 0, "Bundles", "%zu, from %s%s",
		    done->bundle_count, from,
		    done->joined ? "; until then those of before" : "");
	}
	page_when(stdout, 0, "Until", done->until, c->now, NULL);
	page_digest(stdout, 0, done->sha256);
	if (cli_has(c, "trust"))
		page_maker(stdout, &done->maker, c->now);
}

/* A line a zone. */
static void
report_many(const struct cli *c, const struct dflow_imports *l)
{
	size_t changed = 0, contained = 0;
	int width = 1;

	for (size_t i = 0; i < dflow_imports_count(l); i++) {
		int len = (int)strlen(dflow_imports_at(l, i)->zone);

		if (len > width && len <= NAME_WIDTH_MAX)
			width = len;
	}
	for (size_t i = 0; i < dflow_imports_count(l); i++) {
		const struct dflow_imported *d = dflow_imports_at(l, i);
		char until[DFLOW_WHEN_LONG];

		dflow_when_long(d->until, until);
		page_column(stdout, 0, width, d->zone);
		printf("  %s", until);
		if (d->bundle_count != 0)
			printf("  %zu bundles", d->bundle_count);
		printf("%s\n", d->unchanged ? "  as before" : "");
		changed += !d->unchanged;
		contained += d->maker.container[0] != '\0';
	}
	printf("%zu zone%s, %zu stored anew\n", dflow_imports_count(l),
	    dflow_imports_count(l) == 1 ? "" : "s", changed);
	if (cli_has(c, "trust"))
		printf("%zu of them by a container\n", contained);
}

/* One digest of all files, which the left told, too, when it wrote them. */
static enum dflow_status
report_digest(const struct dflow_imports *l, struct dflow_err *err)
{
	size_t count = dflow_imports_count(l);
	struct dflow_file_facts *files = calloc(count, sizeof(*files));
	char sha256[DFLOW_DIGEST_TEXT];
	enum dflow_status st;

	if (files == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const struct dflow_imported *d = dflow_imports_at(l, i);

		files[i].path = d->file;
		memcpy(files[i].sha256, d->sha256, sizeof(d->sha256));
	}
	st = dflow_fileset_sha256(files, count, sha256, err);
	free(files);
	if (st == DFLOW_OK)
		page_digest(stdout, 0, sha256);
	return st;
}

static void
report_json(struct json *j, const struct dflow_imported *done)
{
	json_object(j, NULL);
	json_text(j, "zone", done->zone);
	json_text(j, "file", done->file);
	json_text(j, "stored", done->stored);
	json_text(
	    j, "previous", done->previous[0] != '\0' ? done->previous : NULL);
	json_bool(j, "unchanged", done->unchanged);
	json_int(j, "inception", done->inception);
	json_int(j, "expiration", done->expiration);
	if (done->bundle_count != 0) {
		json_int(j, "bundles", (int64_t)done->bundle_count);
		json_bool(j, "joined", done->joined);
	}
	json_int(j, "from", done->from);
	json_int(j, "until", done->until);
	page_digest_json(j, done->sha256);
	page_maker_json(j, &done->maker);
	json_object_end(j);
}

static enum dflow_status
report(
    const struct cli *c, const struct dflow_imports *l, struct dflow_err *err)
{
	bool many = dflow_imports_many(l);
	struct json j;

	if (!c->json && many) {
		report_many(c, l);
		return report_digest(l, err);
	}
	if (!c->json) {
		report_one(c, dflow_imports_at(l, 0));
		return DFLOW_OK;
	}
	json_init(&j, stdout);
	if (many)
		json_array(&j, NULL);
	for (size_t i = 0; i < dflow_imports_count(l); i++)
		report_json(&j, dflow_imports_at(l, i));
	if (many)
		json_array_end(&j);
	return DFLOW_OK;
}

enum dflow_status
zsk_import(const struct cli *c, struct dflow_err *err)
{
	struct dflow_import p = {
	    .paths = c->operands,
	    .path_count = c->operand_count,
	    .dir = ".",
	    .key_dir = cli_text(c, "key-dir"),
	    .request = cli_text(c, "request"),
	    .ds_path = cli_text(c, "ds"),
	    .now = c->now,
	    .min_validity_s = ZSK_MIN_VALIDITY_S,
	    .trust = cli_text(c, "trust"),
	    .require_container = cli_has(c, "require-container"),
	};
	struct dflow_imports *done = NULL;
	enum dflow_status st;

	if (cli_has(c, "dir"))
		p.dir = cli_text(c, "dir");
	st = cli_span(c, "min-validity", &p.min_validity_s, err);
	if (st == DFLOW_OK)
		st = dflow_import(&p, &done, err);
	if (st == DFLOW_OK)
		st = report(c, done, err);
	dflow_imports_free(&done);
	return st;
}
