/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ksk-sign ledger: what was signed here, entry by entry as each is verified.
 * So what stands on the page is good, also when the complaint comes last.
 */
#include <stdbool.h>
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

enum { LIST_MAX = 65536 }; /* as long as an entry */

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

static bool
has_word(const struct dflow_ledger_entry *e, const char *name)
{
	for (size_t i = 0; i < e->word_count; i++)
		if (strcmp(e->words[i].name, name) == 0)
			return true;
	return false;
}

/*
 * A time, as on the page of ksk-sign sign. The signatures of a KSR's bundles
 * have other times than the bundles, which are then what counts.
 */
static bool
put_time(const struct dflow_ledger_entry *e, const struct dflow_ledger_word *w,
    int64_t now)
{
	static const struct {
		const char *name;
		const char *label;
		const char *beside; /* the same, where bundles have times */
	} times[] = {{"from", "from", "from"}, {"until", "until", "until"},
	    {"inception", "from", "valid"},
	    {"expiration", "until", "valid to"}};
	const bool bundles = has_word(e, "from");
	struct dflow_err why;
	int64_t when;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(w->name, times[i].name) != 0 ||
		    dflow_when_parse(w->value, now, &when, &why) != DFLOW_OK)
			continue;
		page_when(stdout, 2, bundles ? times[i].beside : times[i].label,
		    when, now, NULL);
		return true;
	}
	return false;
}

/* The words from there on that have one name, as one list; how many. */
static size_t
put_list(const struct dflow_ledger_entry *e, size_t at, const char *label)
{
	char list[LIST_MAX];
	char mark[16];
	size_t len = 0;
	size_t count = 0;

	while (at + count < e->word_count && len < sizeof(list) &&
	       strcmp(e->words[at + count].name, e->words[at].name) == 0) {
		const char *value = e->words[at + count].value;

		/* Of a key the tag; --json has its digest. */
		len +=
		    (size_t)snprintf(list + len, sizeof(list) - len, "%s%.*s",
			count > 0 ? " " : "", (int)strcspn(value, "/"), value);
		count++;
	}
	/* "a,b" is one word; a comma is where to break it. */
	for (char *p = list; *p != '\0'; p++)
		if (*p == ',')
			*p = ' ';
	(void)snprintf(mark, sizeof(mark), "%-8s ", label);
	page_text(stdout, 2, mark, list);
	return count;
}

/* What was overridden or failed, which is what one looks for. */
static void
put_loud(const struct style *s, enum style_part part,
    const struct dflow_ledger_word *w)
{
	fputs(style_on(s, part), stdout);
	page_field(stdout, 2, w->name, w->value);
	fputs(style_off(s), stdout);
}

/* The words from there on; how many were taken. */
static size_t
put_words(const struct dflow_ledger_entry *e, size_t at, const struct style *s,
    int64_t now)
{
	const struct dflow_ledger_word *w = &e->words[at];

	if (put_time(e, w, now))
		return 1;
	if (strcmp(w->name, "zsk") == 0)
		return put_list(e, at, "ZSK");
	if (strcmp(w->name, "checks") == 0)
		return put_list(e, at, "checks");
	if (strcmp(w->name, "ksk") == 0)
		put_key("KSK", w->value);
	else if (strcmp(w->name, "last") == 0)
		put_key("last ZSK", w->value);
	else if (strcmp(w->name, "allow") == 0)
		put_loud(s, STYLE_WARNING, w);
	else if (strcmp(w->name, "check") == 0)
		put_loud(s, STYLE_BAD, w);
	else
		page_field(stdout, 2, w->name, w->value);
	return 1;
}

static void
put_entry(const struct dflow_ledger_entry *e, int64_t now)
{
	const bool refused = strcmp(e->act, "refuse") == 0;
	struct style s = style_of(stdout);
	char date[DFLOW_WHEN_LONG];
	char span[DFLOW_SPAN_TEXT];

	dflow_when_long(e->time, date);
	dflow_when_span(e->time, now, span);
	printf("\n%sEntry %zu: %s (%s)%s\n", style_on(&s, STYLE_HEAD),
	    e->number, date, span, style_off(&s));
	fputs(refused ? style_on(&s, STYLE_BAD) : "", stdout);
	page_field(stdout, 2, "act", e->act);
	fputs(refused ? style_off(&s) : "", stdout);
	for (size_t i = 0; i < e->word_count;)
		i += put_words(e, i, &s, now);
}

static void
put_entry_json(struct json *j, const struct dflow_ledger_entry *e)
{
	json_object(j, NULL);
	json_int(j, "entry", (int64_t)e->number);
	json_text(j, "after", e->after);
	json_int(j, "time", e->time);
	json_text(j, "act", e->act);
	json_array(j, "facts");
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
