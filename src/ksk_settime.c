/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ksk-sign settime: when a key enters, signs and leaves; the letters are
 * BIND's.
 */
#include <string.h>

#include <dnssecflow/keygen.h>

#include "ksk.h"

const struct cli_option ksk_settime_options[] = {
    {'P', "publish", "TIME", "when it enters the zone; or none, as each"},
    {'A', "activate", "TIME", "when it begins to sign"},
    {'R', "revoke", "TIME", "when it is revoked (RFC 5011)"},
    {'I', "inactive", "TIME", "when it ceases to sign"},
    {'D', "delete", "TIME", "when it leaves the zone"},
    {0, "sync-publish", "TIME", "when its CDS and CDNSKEY enter the zone"},
    {0, "sync-delete", "TIME", "when they leave it"},
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

static const char *const names[DFLOW_KEYTIMES] = {
    [DFLOW_KEYTIME_PUBLISH] = "publish",
    [DFLOW_KEYTIME_ACTIVATE] = "activate",
    [DFLOW_KEYTIME_REVOKE] = "revoke",
    [DFLOW_KEYTIME_INACTIVE] = "inactive",
    [DFLOW_KEYTIME_DELETE] = "delete",
    [DFLOW_KEYTIME_SYNC_PUBLISH] = "sync-publish",
    [DFLOW_KEYTIME_SYNC_DELETE] = "sync-delete",
};

static enum dflow_status
read_time(const struct cli *c, enum dflow_keytime i, struct dflow_settime *p,
    struct dflow_err *err)
{
	const char *text = cli_text(c, names[i]);

	p->set[i] = text != NULL;
	p->times[i] = DFLOW_KEYGEN_UNSET;
	if (text == NULL || strcmp(text, "none") == 0)
		return DFLOW_OK;
	return cli_when(c, names[i], &p->times[i], err);
}

enum dflow_status
ksk_settime(const struct cli *c, struct dflow_err *err)
{
	struct dflow_settime p = {.key = c->operands[0]};
	enum dflow_status st = DFLOW_OK;

	for (enum dflow_keytime i = 0; i < DFLOW_KEYTIMES && st == DFLOW_OK;
	     i++)
		st = read_time(c, i, &p, err);
	return st == DFLOW_OK ? dflow_settime(&p, err) : st;
}
