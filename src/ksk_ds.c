/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign ds: the DS of a KSK, or its CDS and CDNSKEY. */
#include <stdio.h>

#include <dnssecflow/ksk.h>

#include "json.h"
#include "ksk.h"
#include "page.h"

const struct cli_option ksk_ds_options[] = {
    {'2', "sha256", NULL, "digest type 2, SHA-256; so unless -4 is given"},
    {'4', "sha384", NULL, "digest type 4, SHA-384"},
    {0, "cds", NULL, "print CDS and CDNSKEY records"},
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

static void
put_json(const struct dflow_ds_facts *d)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "zone", d->zone);
	json_object(&j, "key");
	page_key_json(&j, d->key);
	json_object_end(&j);
	json_int(&j, "digest_type", d->digest_type);
	json_text(&j, "digest", d->digest);
	json_text(&j, "text", d->text);
	json_object_end(&j);
}

enum dflow_status
ksk_ds(const struct cli *c, struct dflow_err *err)
{
	struct dflow_ds_params params = {.key = c->operands[0],
	    .digest_type = cli_has(c, "sha384") ? 4 : 2,
	    .cds = cli_has(c, "cds")};
	struct dflow_ds_facts facts;
	struct dflow_ds *ds = NULL;
	enum dflow_status st;

	if (cli_has(c, "sha256") && cli_has(c, "sha384"))
		return cli_error(err, DFLOW_USAGE,
		    "-2 and -4 exclude each "
		    "other");
	st = dflow_ds(&params, &ds, err);
	if (st != DFLOW_OK)
		return st;
	facts = dflow_ds_facts(ds);
	if (c->json)
		put_json(&facts);
	else
		fputs(facts.text, stdout);
	dflow_ds_free(&ds);
	return DFLOW_OK;
}
