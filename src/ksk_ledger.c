/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign ledger: what was signed here, entry by entry as each is verified.
 * So what stands on the page is good, also when the complaint comes last.
 */
#include <stdio.h>
#include <string.h>

#include <dnssecflow/ledger.h>
#include <dnssecflow/when.h>

#include "json.h"
#include "ksk.h"
#include "page.h"

const struct cli_option ksk_ledger_options[] = {
    {0, "expect", "DIGEST",
	"the last entry must have this SHA-256, as the log book has it"},
    CLI_OPTION_NOW,
    CLI_OPTION_JSON,
    CLI_OPTION_END,
};

struct report {
	const struct cli *c;
	bool begun;
	struct json json;
};

/* Nothing is printed of a file that cannot be read at all. */
static void
begin(struct report *r)
{
	if (r->begun)
		return;
	r->begun = true;
	if (!r->c->json) {
		page_field(stdout, 0, "File", r->c->operands[0]);
		return;
	}
	json_init(&r->json, stdout);
	json_object(&r->json, NULL);
	json_text(&r->json, "file", r->c->operands[0]);
	json_array(&r->json, "entries");
}

/* A key's tag and, for a KSK, behind a slash the digest of its DS. */
static void
put_key(const char *role, const char *value)
{
	const char *slash = strchr(value, '/');

	if (slash == NULL) {
		page_field(stdout, 2, role, value);
		return;
	}
	page_fieldf(stdout, 2, role, "%.*s", (int)(slash - value), value);
	page_field(stdout, 2, "SHA-256", slash + 1);
}

static void
put_word(const struct dflow_ledger_word *w, int64_t now)
{
	static const struct {
		const char *name;
		const char *label; /* as on the page of ksk-sign sign */
	} times[] = {{"inception", "from"}, {"expiration", "until"}};
	struct dflow_err why;
	int64_t when;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(w->name, times[i].name) != 0 ||
		    dflow_when_parse(w->value, now, &when, &why) != DFLOW_OK)
			continue;
		page_when(stdout, 2, times[i].label, when, now, NULL);
		return;
	}
	if (strcmp(w->name, "ksk") == 0)
		put_key("KSK", w->value);
	else if (strcmp(w->name, "zsk") == 0)
		put_key("ZSK", w->value);
	else
		page_field(stdout, 2, w->name, w->value);
}

static void
put_entry(const struct dflow_ledger_entry *e, int64_t now)
{
	char date[DFLOW_WHEN_LONG];
	char span[DFLOW_SPAN_TEXT];

	dflow_when_long(e->time, date);
	dflow_when_span(e->time, now, span);
	printf("\nEntry %zu: %s (%s)\n", e->number, date, span);
	page_field(stdout, 2, "act", e->act);
	for (size_t i = 0; i < e->word_count; i++)
		put_word(&e->words[i], now);
}

static void
put_entry_json(struct json *j, const struct dflow_ledger_entry *e)
{
	json_object(j, NULL);
	json_int(j, "entry", (int64_t)e->number);
	json_text(j, "after", e->after);
	json_int(j, "time", e->time);
	json_text(j, "act", e->act);
	json_array(j, "words");
	for (size_t i = 0; i < e->word_count; i++) {
		json_object(j, NULL);
		json_text(j, "name", e->words[i].name);
		json_text(j, "value", e->words[i].value);
		json_object_end(j);
	}
	json_array_end(j);
	json_text(j, "sha256", e->digest);
	json_object_end(j);
}

static void
each(const struct dflow_ledger_entry *e, void *ctx)
{
	struct report *r = ctx;

	begin(r);
	if (r->c->json)
		put_entry_json(&r->json, e);
	else
		put_entry(e, r->c->now);
}

static void
end_json(
    struct json *j, const struct dflow_ledger_facts *f, const char *problem)
{
	json_array_end(j);
	json_int(j, "count", (int64_t)f->count);
	json_text(j, "sha256", f->digest);
	json_text(j, "problem", problem);
	json_object_end(j);
}

static void
end_text(const struct dflow_ledger_facts *f)
{
	printf("\nVerified: %zu %s. The SHA-256 of the last %s is\n"
	       "           %s\n"
	       "Compare it with the log book: that entries were cut off behind "
	       "it cannot be\nseen in the file.\n",
	    f->count, f->count == 1 ? "entry" : "entries",
	    f->count == 0 ? "line" : "one", f->digest);
}

enum dflow_status
ksk_ledger(const struct cli *c, struct dflow_err *err)
{
	struct report report = {.c = c};
	struct dflow_ledger_params params = {.path = c->operands[0],
	    .expect = cli_text(c, "expect"),
	    .each = each,
	    .ctx = &report};
	struct dflow_ledger_facts facts = {0};
	enum dflow_status st = dflow_ledger_read(&params, &facts, err);

	if (st == DFLOW_OK || st == DFLOW_REFUSED)
		begin(&report);
	if (report.begun && c->json)
		end_json(
		    &report.json, &facts, st != DFLOW_OK ? err->text : NULL);
	else if (st == DFLOW_OK)
		end_text(&facts);
	/* The page comes before the complaint, in a pipe as well. */
	(void)fflush(stdout);
	return st;
}
