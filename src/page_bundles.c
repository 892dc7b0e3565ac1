/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A year of key rollovers on a screen or two. */
#include "page_bundles.h"

#include <stdbool.h>
#include <string.h>

#include "page.h"

enum {
	COLUMNS = 79,
	GAP = 2,
	NUMBER_WIDTH = 4, /* up to 1,000 */
	DATE_WIDTH = 16,
	KEY_TEXT = 16,
	KSKS_MIN = 6,
	KSKS_MAX = 17, /* two that enter and sign */
	KEYS_AT = GAP + NUMBER_WIDTH + 2 * (GAP + DATE_WIDTH) + GAP,
	FLAG_SEP = 0x0001,
	FLAG_REVOKE = 0x0080,
};

/* The marks that occur in a table. */
struct marks {
	bool signs;
	bool enters;
	bool leaves;
	bool revoked;
	bool force;
};

static bool
is_ksk(const struct dflow_bundle_key *key)
{
	return (key->flags & FLAG_SEP) != 0;
}

/* "+-12345*c"; how long it is. */
static int
key_text(const struct dflow_bundle_key *key, char out[KEY_TEXT])
{
	return snprintf(out, KEY_TEXT, "%s%s%u%s%s%s", key->enters ? "+" : "",
	    key->leaves ? "-" : "", key->tag, key->signs ? "*" : "",
	    (key->flags & FLAG_REVOKE) != 0 ? "r" : "", key->cds ? "c" : "");
}

/* The row of now, or count: the last of those that bear the latest time. */
static size_t
find_force(const struct dflow_bundle *rows, size_t count, int64_t now)
{
	size_t at = count;

	for (size_t i = 0; i < count && rows[i].time <= now; i++)
		at = i;
	if (at < count && rows[at].until != DFLOW_WHEN_UNSET &&
	    rows[at].until <= now)
		at = count;
	return at;
}

static struct marks
find_marks(const struct dflow_bundle *rows, size_t count)
{
	struct marks m = {0};

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < rows[i].key_count; k++) {
			const struct dflow_bundle_key *key = &rows[i].keys[k];

			m.signs = m.signs || key->signs;
			m.enters = m.enters || key->enters;
			m.leaves = m.leaves || key->leaves;
			m.revoked =
			    m.revoked || (key->flags & FLAG_REVOKE) != 0;
		}
	}
	return m;
}

/* The widest list of KSKs, within bounds; 0 if there is none in any row. */
static int
find_width(const struct dflow_bundle *rows, size_t count)
{
	char text[KEY_TEXT];
	int widest = 0;

	for (size_t i = 0; i < count; i++) {
		int width = 0;

		for (size_t k = 0; k < rows[i].key_count; k++)
			if (is_ksk(&rows[i].keys[k]) && width <= KSKS_MAX)
				width += key_text(&rows[i].keys[k], text) +
					 (width > 0);
		widest = width > widest ? width : widest;
	}
	if (widest > 0 && widest < KSKS_MIN)
		return KSKS_MIN;
	return widest < KSKS_MAX ? widest : KSKS_MAX;
}

/* A column of keys of one kind in a row, of which lines are left. */
struct cell {
	const struct dflow_bundle *row;
	bool ksks;
	int width;
	size_t next;
};

static void
skip_others(struct cell *c)
{
	while (c->next < c->row->key_count &&
	       is_ksk(&c->row->keys[c->next]) != c->ksks)
		c->next++;
}

static bool
is_done(struct cell *c)
{
	skip_others(c);
	return c->next == c->row->key_count;
}

/* As many keys as fit, padded to the width unless this column is the last. */
static void
put_cell(FILE *f, struct cell *c)
{
	char text[KEY_TEXT];
	int at = 0;

	for (skip_others(c); c->next < c->row->key_count; skip_others(c)) {
		int len = key_text(&c->row->keys[c->next], text);

		if (at > 0 && at + 1 + len > c->width)
			break;
		at += fprintf(f, "%s%s", at > 0 ? " " : "", text);
		c->next++;
	}
	if (c->ksks && c->width > 0)
		fprintf(f, "%*s", c->width - at + GAP, "");
}

static void
put_row(FILE *f, const struct dflow_bundle *row, size_t number, int ksks_width)
{
	int at = KEYS_AT + (ksks_width > 0 ? ksks_width + GAP : 0);
	struct cell ksks = {row, true, ksks_width, 0};
	struct cell zsks = {row, false, COLUMNS - at, 0};
	char from[PAGE_MINUTE];
	char until[PAGE_MINUTE];

	page_minute(row->time, from);
	page_minute(row->until, until);
	fprintf(f, "%*zu  %-*s  %-*s  ", NUMBER_WIDTH, number, DATE_WIDTH, from,
	    DATE_WIDTH, until);
	for (;;) {
		put_cell(f, &ksks);
		put_cell(f, &zsks);
		if (is_done(&ksks) && is_done(&zsks))
			break;
		fprintf(f, "\n%*s", KEYS_AT, "");
	}
}

static void
put_legend(FILE *f, const struct marks *m)
{
	const struct {
		bool used;
		const char *text;
	} words[] = {
	    {m->force, "> in force now"},
	    {m->signs, "* signs"},
	    {m->enters, "+ enters"},
	    {m->leaves, "- not in the next one"},
	    {m->revoked, "r revoked"},
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!words[i].used)
			continue;
		fprintf(f, "%s%s", any ? "   " : "  ", words[i].text);
		any = true;
	}
	if (any)
		fputc('\n', f);
}

/* Where CDS and CDNSKEY are, of what is signed. */
static void
put_cds(FILE *f, const struct dflow_bundle *rows, size_t count)
{
	bool is_signed = false;
	size_t with = 0;
	size_t deletes = 0;
	size_t first = 0;
	size_t last = 0;

	for (size_t i = 0; i < count; i++) {
		is_signed = is_signed || rows[i].inception != DFLOW_WHEN_UNSET;
		deletes += rows[i].cds_delete;
		if (rows[i].cds_count == 0 && !rows[i].cds_delete)
			continue;
		first = with == 0 ? i + 1 : first;
		last = i + 1;
		with++;
	}
	if (!is_signed)
		return;
	if (with == 0)
		fputs("  CDS are in no bundle", f);
	else if (with == count)
		fputs("  CDS (c) are in every bundle", f);
	else if (with == 1)
		fprintf(f, "  CDS (c) are in bundle %zu alone", first);
	else if (last - first + 1 == with)
		fprintf(f, "  CDS (c) are in bundles %zu to %zu", first, last);
	else
		fprintf(f, "  CDS (c) are in %zu of %zu bundles", with, count);
	if (deletes > 0)
		fprintf(
		    f, "; in %zu they ask for the DS to be removed", deletes);
	fputc('\n', f);
}

void
page_bundles(FILE *f, const struct style *s, const struct dflow_bundle *rows,
    size_t count, int64_t now)
{
	int width = find_width(rows, count);
	size_t force = find_force(rows, count, now);
	struct marks m = find_marks(rows, count);

	m.force = force < count;
	fprintf(f, "%*s%*s  %-*s  %-*s  ", GAP, "", NUMBER_WIDTH, "No",
	    DATE_WIDTH, "from (UTC)", DATE_WIDTH, "until (UTC)");
	if (width > 0)
		fprintf(f, "%-*s  ", width, "KSKs");
	fputs("ZSKs\n  ", f);
	style_rule(s, f, COLUMNS - 2);
	for (size_t i = 0; i < count; i++) {
		bool now_in = i == force;

		fprintf(f, "%s%c ", now_in ? style_on(s, STYLE_GOOD) : "",
		    now_in ? '>' : ' ');
		put_row(f, &rows[i], i + 1, width);
		fprintf(f, "%s\n", now_in ? style_off(s) : "");
	}
	fputs("  ", f);
	style_rule(s, f, COLUMNS - 2);
	put_legend(f, &m);
	put_cds(f, rows, count);
}

static void
put_time(struct json *j, const char *name, int64_t when)
{
	if (when != DFLOW_WHEN_UNSET)
		json_int(j, name, when);
}

void
page_bundles_json(
    struct json *j, const struct dflow_bundle *rows, size_t count, int64_t now)
{
	size_t force = find_force(rows, count, now);

	json_array(j, "table");
	for (size_t i = 0; i < count; i++) {
		const struct dflow_bundle *row = &rows[i];

		json_object(j, NULL);
		json_int(j, "number", (int64_t)i + 1);
		json_int(j, "from", row->time);
		put_time(j, "until", row->until);
		put_time(j, "inception", row->inception);
		put_time(j, "expiration", row->expiration);
		json_bool(j, "in_force", i == force);
		json_array(j, "keys");
		for (size_t k = 0; k < row->key_count; k++) {
			json_object(j, NULL);
			json_int(j, "tag", row->keys[k].tag);
			json_int(j, "flags", row->keys[k].flags);
			json_bool(j, "signs", row->keys[k].signs);
			json_bool(j, "enters", row->keys[k].enters);
			json_bool(j, "leaves", row->keys[k].leaves);
			json_bool(j, "cds", row->keys[k].cds);
			json_object_end(j);
		}
		json_array_end(j);
		json_int(j, "cds", (int64_t)row->cds_count);
		json_bool(j, "cds_delete", row->cds_delete);
		json_object_end(j);
	}
	json_array_end(j);
}
