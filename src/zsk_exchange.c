/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign request and import: the right's ends of the exchange. */
#include <stdio.h>

#include <dnssecflow/exchange.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "zsk-sign.h"

const struct cli_option zsk_request_options[] = {
    {'K', "key-dir", "DIR", "folder of the zone's keys (default: .)"},
    {'o', "output", "FILE", "write to FILE instead of standard output"},
    {0, "ttl", "SECONDS", "TTL of the keys that have none (default: 3600)"},
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
	uint64_t ttl = 3600;
	enum dflow_status st = cli_number(c, "ttl", 0, INT32_MAX, &ttl, err);

	if (st != DFLOW_OK)
		return st;
	p.ttl_s = (uint32_t)ttl;
	if (cli_has(c, "key-dir"))
		p.key_dir = cli_text(c, "key-dir");
	if (cli_has(c, "output"))
		p.out = cli_text(c, "output");
	return dflow_request(&p, NULL, err);
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
	char until[DFLOW_WHEN_LONG], span[DFLOW_SPAN_TEXT];
	struct json j;

	if (!c->json) {
		dflow_when_long(done->expiration, until);
		dflow_when_span(done->expiration, c->now, span);
		printf("%s: stored as %s, good until %s (%s)\n", done->zone,
		    done->stored, until, span);
		if (done->previous[0] != '\0')
			printf("%s: the one before is %s\n", done->zone,
			    done->previous);
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
