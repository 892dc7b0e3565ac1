/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign request and import: the right's ends of the exchange. */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/exchange.h>

#include "json.h"
#include "n200.h"
#include "page.h"
#include "zsk-sign.h"

const struct cli_option zsk_request_options[] = {
    {'K', "key-dir", "DIR", "folder of the zone's keys (default: .)"},
    {'o', "output", "FILE", "write to FILE instead of standard output"},
    {0, "ttl", "SECONDS",
	"TTL of keys that have none, and of a plan's (default: 3600)"},
    ZSK_OPTIONS_PLAN,
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

enum dflow_status
zsk_request(const struct cli *c, struct dflow_err *err)
{
	struct dflow_request p = {
	    .zone = c->operands[0],
	    .key_dir = ".",
	    .out = "-",
	    .now = c->now,
	};
	struct dflow_requested done;
	uint64_t ttl = 3600;
	enum dflow_status st;

	if (zsk_is_plan(c))
		return zsk_plan(c, err);
	st = cli_number(c, "ttl", 0, INT32_MAX, &ttl, err);
	if (st != DFLOW_OK)
		return st;
	p.ttl_s = (uint32_t)ttl;
	if (cli_has(c, "key-dir"))
		p.key_dir = cli_text(c, "key-dir");
	if (cli_has(c, "output"))
		p.out = cli_text(c, "output");
	st = dflow_request(&p, &done, err);
	/* cron asks for one too, and wants no mail; ksk-sign show tells it. */
	if (st == DFLOW_OK && strcmp(p.out, "-") != 0 && cli_watched())
		st = page_say_written(p.out, done.sha256, err);
	return st;
}

const struct cli_option zsk_import_options[] = {
    {'d', "dir", "DIR", "folder to keep it in, as KSK.data (default: .)"},
    {'K', "key-dir", "DIR", "folder of the zone's ZSKs (default: that of -d)"},
    {0, "min-validity", "SPAN",
	"refuse if it ends sooner than this (default: 3d)"},
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
report_import(const struct cli *c, const struct dflow_imported *done)
{
	struct json j;

	if (!c->json) {
		page_field(stdout, 0, "Zone", done->zone);
		page_field(stdout, 0, "Stored", done->stored);
		if (done->previous[0] != '\0')
			page_fieldf(stdout, 0, "Kept", "%s, the one before",
			    done->previous);
		page_when(stdout, 0, "Until", done->expiration, c->now, NULL);
		page_digest(stdout, 0, done->sha256);
		return;
	}
	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", done->zone);
	json_text(&j, "stored", done->stored);
	json_text(
	    &j, "previous", done->previous[0] != '\0' ? done->previous : NULL);
	json_int(&j, "inception", done->inception);
	json_int(&j, "expiration", done->expiration);
	page_digest_json(&j, done->sha256);
	json_object_end(&j);
}

enum dflow_status
zsk_import(const struct cli *c, struct dflow_err *err)
{
	struct dflow_import p = {
	    .path = c->operands[0],
	    .dir = ".",
	    .key_dir = cli_text(c, "key-dir"),
	    .now = c->now,
	    .min_validity_s = ZSK_MIN_VALIDITY_S,
	};
	struct dflow_imported done;
	enum dflow_status st;

	if (cli_has(c, "dir"))
		p.dir = cli_text(c, "dir");
	st = cli_span(c, "min-validity", &p.min_validity_s, err);
	if (st == DFLOW_OK)
		st = dflow_import(&p, &done, err);
	if (st == DFLOW_OK)
		report_import(c, &done);
	return st;
}
