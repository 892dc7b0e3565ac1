/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign verify: what the judge says, for people and for programs. */
#include <inttypes.h>
#include <stdio.h>

#include <dnssecflow/when.h>
#include <dnssecflow/zone.h>

#include "json.h"
#include "zsk-sign.h"

const struct cli_option zsk_verify_options[] = {
    {'o', "origin", "ORIGIN",
	"the zone's name (default: the file's name, else its SOA's owner)"},
    {0, "ds", "FILE", "the parent's DS records must lead to the zone's KSK"},
    {'z', "combined", NULL, "any key may sign DNSKEY, CDS and CDNSKEY"},
    ZSK_OPTION_THREADS,
    ZSK_OPTION_MAX_MEMORY,
    ZSK_OPTION_STATS,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
say(const struct cli *c, const struct dflow_verdict *v)
{
	struct dflow_verdict_facts f = dflow_verdict_facts(v);
	size_t kept = dflow_verdict_kept(v), count = dflow_verdict_count(v);
	char until[DFLOW_WHEN_LONG], span[DFLOW_SPAN_TEXT];

	for (size_t i = 0; i < kept; i++) {
		struct dflow_finding x = dflow_verdict_finding(v, i);

		printf("%s %s: %s\n", x.owner, x.type, x.reason);
	}
	if (count > kept)
		printf("... and %zu more\n", count - kept);
	if (count > 0) {
		printf("%s: %zu finding%s: bogus\n", f.zone, count,
		    count == 1 ? "" : "s");
		zsk_figures(c, NULL, &f.stats);
		return;
	}
	dflow_when_long(f.first_expiration, until);
	dflow_when_span(f.first_expiration, c->now, span);
	printf("%s: secure: serial %" PRIu32 ", %zu records, %zu signatures "
	       "checked; the first expires on %s (%s)\n",
	    f.zone, f.serial, f.rrs, f.signatures, until, span);
	zsk_figures(c, NULL, &f.stats);
}

static void
say_json(const struct cli *c, const struct dflow_verdict *v)
{
	struct dflow_verdict_facts f = dflow_verdict_facts(v);
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", f.zone);
	json_bool(&j, "secure", dflow_verdict_count(v) == 0);
	json_int(&j, "serial", f.serial);
	json_int(&j, "records", (int64_t)f.rrs);
	json_int(&j, "rrsets", (int64_t)f.rrsets);
	json_int(&j, "signatures_checked", (int64_t)f.signatures);
	json_int(&j, "first_expiration", f.first_expiration);
	json_int(&j, "finding_count", (int64_t)dflow_verdict_count(v));
	json_array(&j, "findings");
	for (size_t i = 0; i < dflow_verdict_kept(v); i++) {
		struct dflow_finding x = dflow_verdict_finding(v, i);

		json_object(&j, NULL);
		json_text(&j, "owner", x.owner);
		json_text(&j, "type", x.type);
		json_text(&j, "reason", x.reason);
		json_object_end(&j);
	}
	json_array_end(&j);
	zsk_figures(c, &j, &f.stats);
	json_object_end(&j);
}

enum dflow_status
zsk_verify(const struct cli *c, struct dflow_err *err)
{
	struct cli_progress progress = {0};
	struct dflow_verify p = {
	    .path = c->operands[0],
	    .origin = cli_text(c, "origin"),
	    .ds_path = cli_text(c, "ds"),
	    .any_key = cli_has(c, "combined"),
	    .now = c->now,
	    .progress = {cli_tell, &progress},
	};
	struct dflow_verdict *v = NULL;
	enum dflow_status st = zsk_limits(c, &p.threads, &p.max_memory, err);

	if (st != DFLOW_OK)
		return st;
	st = dflow_verify(&p, &v, err);
	cli_progress_end(&progress);
	if (v == NULL)
		return st;
	if (c->json)
		say_json(c, v);
	else
		say(c, v);
	dflow_verdict_free(&v);
	return st;
}
