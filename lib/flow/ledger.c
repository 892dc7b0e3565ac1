/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verifies a ledger and compares its end with what officers wrote down. */
#include "dnssecflow/ledger.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "exchange/ledger.h"

enum { READ_PIECE = 64 * 1024, HEX_DIGEST = DFLOW_LEDGER_DIGEST - 1 };

struct watch {
	const struct dflow_ledger_params *params;
	size_t found; /* the number of the entry that params expect, or 0 */
};

static void
watch_entry(const struct dflow_ledger_entry *e, void *ctx)
{
	struct watch *w = ctx;

	if (w->params->expect != NULL &&
	    strcasecmp(w->params->expect, e->digest) == 0)
		w->found = e->number;
	if (w->params->each != NULL)
		w->params->each(e, w->params->ctx);
}

static enum dflow_status
read_file(struct ledger_reading *r, const char *path, struct dflow_err *err)
{
	struct os_reader *in = NULL;
	uint8_t *piece = NULL;
	enum dflow_status st;
	size_t got = 0;

	st = os_reader_open(path, &in, err);
	if (st != DFLOW_OK)
		return st;
	piece = malloc(READ_PIECE);
	if (piece == NULL)
		st = err_memory(err);
	while (st == DFLOW_OK) {
		st = os_reader_read(in, piece, READ_PIECE, &got, err);
		if (st != DFLOW_OK || got == 0)
			break;
		st = ledger_reading_add(r, piece, got, err);
	}
	if (st == DFLOW_OK)
		st = ledger_reading_end(r, err);
	free(piece);
	os_reader_close(&in);
	return st;
}

static enum dflow_status
check_expect(const char *expect, struct dflow_err *err)
{
	if (expect == NULL ||
	    (strlen(expect) == HEX_DIGEST &&
		strspn(expect, "0123456789abcdefABCDEF") == HEX_DIGEST))
		return DFLOW_OK;
	return err_set(err, DFLOW_USAGE,
	    "'%.80s' is no digest of an entry, which has %d hex digits", expect,
	    (int)HEX_DIGEST);
}

static enum dflow_status
compare_end(const struct watch *w, const struct dflow_ledger_facts *facts,
    struct dflow_err *err)
{
	const char *expect = w->params->expect;

	if (expect == NULL || strcasecmp(expect, facts->digest) == 0)
		return DFLOW_OK;
	if (w->found != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the digest is that of entry %zu, but %zu more follow; "
		    "see in the log book who made them",
		    w->params->path, w->found, facts->count - w->found);
	return err_set(err, DFLOW_REFUSED,
	    "%s: no entry has the digest; entries behind entry %zu were "
	    "removed, or this is another ledger",
	    w->params->path, facts->count);
}

enum dflow_status
dflow_ledger_read(const struct dflow_ledger_params *params,
    struct dflow_ledger_facts *facts, struct dflow_err *err)
{
	const char *name =
	    strcmp(params->path, "-") == 0 ? "standard input" : params->path;
	struct watch w = {.params = params};
	struct ledger_reading *r = NULL;
	enum dflow_status st = check_expect(params->expect, err);

	if (st != DFLOW_OK)
		return st;
	st = ledger_reading_new(name, watch_entry, &w, &r, err);
	if (st != DFLOW_OK)
		return st;
	st = read_file(r, params->path, err);
	if (st == DFLOW_OK)
		st = compare_end(&w, ledger_reading_facts(r), err);
	if (facts != NULL)
		*facts = *ledger_reading_facts(r);
	ledger_reading_free(&r);
	return st;
}
