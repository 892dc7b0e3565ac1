/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CDS and CDNSKEY of the zone, by the rules of flow/cdscheck.h. */
#include "flow/cdscheck.h"
#include "flow/judge_parts.h"

static void
note(void *ctx, uint16_t type, const struct rdata *rdata, const char *reason)
{
	struct judge *j = ctx;

	(void)rdata;
	notes_add(&j->notes, j->zone->apex, type, "%s", reason);
}

void
cds_judge(struct judge *j)
{
	struct cdscheck_key keys[JUDGE_KEYS_MAX];
	const struct cdscheck check = {
	    .apex = j->zone->apex,
	    .cds = node_rrset(j->zone, j->apex, RRTYPE_CDS),
	    .cdnskey = node_rrset(j->zone, j->apex, RRTYPE_CDNSKEY),
	    .keys = keys,
	    .key_count = j->key_count,
	    .tell = note,
	    .ctx = j,
	};

	for (size_t i = 0; i < j->key_count; i++)
		keys[i] = (struct cdscheck_key){
		    .dnskey = j->keys[i].dnskey,
		    .signs = j->keys[i].signs,
		    .zsk = !j->keys[i].sep && !j->params->any_key && j->has_sep,
		};
	(void)cdscheck(&check);
}
