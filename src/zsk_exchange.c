/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zsk-sign request: what the right asks of the left. */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/exchange.h>

#include "json.h"
#include "n200.h"
#include "page.h"
#include "page_maker.h"
#include "zsk-sign.h"

const struct cli_option zsk_request_options[] = {
    {'K', "key-dir", "DIR", "folder of the zone's keys (default: .)"},
    {'o', "output", "FILE", "write to FILE instead of standard output"},
    {0, "ttl", "SECONDS",
	"TTL of keys that have none, and of a plan's (default: 3600)"},
    ZSK_OPTIONS_PLAN,
    MAKER_OPTION_SIGN_AS,
    N200_OPTION_CONF,
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
put_json(const char *path, const struct dflow_requested *done)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", done->zone);
	json_text(&j, "file", path);
	json_int(&j, "zsk_count", (int64_t)done->key_count);
	page_digest_json(&j, done->sha256);
	json_object_end(&j);
}

/* cron asks for one too, and wants no mail; ksk-sign show tells it. */
static enum dflow_status
report(const struct cli *c, const char *path,
    const struct dflow_requested *done, struct dflow_err *err)
{
	if (c->json)
		put_json(path, done);
	else if (strcmp(path, "-") != 0 && cli_watched())
		return page_say_written(path, done->sha256, err);
	return DFLOW_OK;
}

enum dflow_status
zsk_request(const struct cli *c, struct dflow_err *err)
{
	struct dflow_request p = {
	    .zone = c->operands[0],
	    .key_dir = ".",
	    .out = "-",
	    .now = c->now,
	    .sign_as = cli_text(c, "sign-as"),
	    .passphrase_fd = -1,
	};
	struct dflow_requested done;
	uint64_t ttl = 3600, fd = 0;
	enum dflow_status st;

	if (cli_has(c, "output"))
		p.out = cli_text(c, "output");
	if (c->json && strcmp(p.out, "-") == 0)
		return cli_refuse(c, "json",
		    "and a request on standard output do not go together; "
		    "give --output FILE",
		    err);
	if (zsk_is_plan(c))
		return zsk_plan(c, err);
	st = cli_number(c, "ttl", 0, INT32_MAX, &ttl, err);
	if (st == DFLOW_OK)
		st = cli_number(c, "passphrase-fd", 0, INT32_MAX, &fd, err);
	if (st != DFLOW_OK)
		return st;
	p.ttl_s = (uint32_t)ttl;
	if (cli_has(c, "passphrase-fd"))
		p.passphrase_fd = (int)fd;
	if (cli_has(c, "key-dir"))
		p.key_dir = cli_text(c, "key-dir");
	st = dflow_request(&p, &done, err);
	return st == DFLOW_OK ? report(c, p.out, &done, err) : st;
}
