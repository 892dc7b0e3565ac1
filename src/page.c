/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that a nervous officer can read on an 80-column terminal. */
#include "page.h"

#include <stdarg.h>
#include <stdbool.h>

#include <dnssecflow/when.h>

enum { COLUMNS = 79, LABEL_WIDTH = 9, ESCAPE_LEN = 4, TEXT_MAX = 8192 };

/* Beyond ASCII, too, there are bytes that drive a terminal. */
static bool
is_plain(char ch)
{
	return ch >= ' ' && ch < 0x7f;
}

static int
columns(const char *text)
{
	int count = 0;

	for (const char *p = text; *p != '\0'; p++)
		count += is_plain(*p) ? 1 : ESCAPE_LEN;
	return count;
}

/* Prints one byte, visibly; how many columns it took. */
static int
put_byte(FILE *f, char ch)
{
	if (!is_plain(ch))
		return fprintf(f, "\\%03u", (unsigned char)ch);
	fputc(ch, f);
	return 1;
}

void
page_field(FILE *f, int indent, const char *label, const char *text)
{
	/* A label too long for its column keeps a blank behind it. */
	int start = fprintf(f, "%*s%-*s ", indent, "", LABEL_WIDTH - 1, label);
	int left = columns(text);
	int at = start;

	for (const char *p = text; *p != '\0'; p++) {
		int n;

		if (at + ESCAPE_LEN > COLUMNS && left > COLUMNS - at) {
			fprintf(f, "\n%*s", start, "");
			at = start;
		}
		n = put_byte(f, *p);
		at += n;
		left -= n;
	}
	fputc('\n', f);
}

void
page_fieldf(FILE *f, int indent, const char *label, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	page_field(f, indent, label, text);
}

void
page_when(FILE *f, int indent, const char *label, int64_t when, int64_t now,
    const char *note)
{
	char date[DFLOW_WHEN_LONG];
	char span[DFLOW_SPAN_TEXT];

	dflow_when_long(when, date);
	dflow_when_span(when, now, span);
	page_fieldf(f, indent, label, "%s (%s)%s%s", date, span,
	    note != NULL ? ": " : "", note != NULL ? note : "");
}

void
page_key(FILE *f, int indent, const struct dflow_key_facts *key)
{
	page_fieldf(f, indent, key->role, "%u, %s (%u), %u bits", key->tag,
	    key->algorithm_name, key->algorithm, key->bits);
	page_field(f, indent, "SHA-256", key->fingerprint);
}

void
page_key_json(struct json *j, const struct dflow_key_facts *key)
{
	json_text(j, "role", key->role);
	json_int(j, "tag", key->tag);
	json_int(j, "flags", key->flags);
	json_int(j, "algorithm", key->algorithm);
	json_text(j, "mnemonic", key->algorithm_name);
	json_int(j, "bits", key->bits);
	json_text(j, "sha256", key->fingerprint);
	json_text(j, "file", key->file);
	if (key->line != 0)
		json_int(j, "line", (int64_t)key->line);
}
