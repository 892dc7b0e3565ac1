/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that a nervous officer can read on an 80-column terminal. */
#include "page.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <dnssecflow/when.h>
#include <dnssecflow/words.h>

#include "cli.h"

enum { COLUMNS = 79, LABEL_WIDTH = 9, ESCAPE_LEN = 4, TEXT_MAX = 8192 };

/* As many words as one says in a breath, and the longest at either place. */
enum { ROW_WORDS = 4, EVEN_WIDTH = 9, ODD_WIDTH = 11 };

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
page_head(FILE *f, const struct style *s, const char *text)
{
	fprintf(f, "\n%s", style_on(s, STYLE_HEAD));
	page_text(f, 0, "", text);
	fputs(style_off(s), f);
}

/* The length of the word there, and the columns that it takes. */
static size_t
measure(const char *text, int *width)
{
	size_t len = strcspn(text, " ");

	*width = 0;
	for (size_t i = 0; i < len; i++)
		*width += is_plain(text[i]) ? 1 : ESCAPE_LEN;
	return len;
}

void
page_text(FILE *f, int indent, const char *mark, const char *text)
{
	int start = fprintf(f, "%*s%s", indent, "", mark);
	int at = start;

	for (text += strspn(text, " "); *text != '\0';
	     text += strspn(text, " ")) {
		int width;
		size_t len = measure(text, &width);

		if (at > start && at + 1 + width > COLUMNS) {
			fprintf(f, "\n%*s", start, "");
			at = start;
		} else if (at > start) {
			at += fprintf(f, " ");
		}
		for (size_t i = 0; i < len; i++) {
			if (at + (is_plain(text[i]) ? 1 : ESCAPE_LEN) >
			    COLUMNS) {
				fprintf(f, "\n%*s", start, "");
				at = start;
			}
			at += put_byte(f, text[i]);
		}
		text += len;
	}
	fputc('\n', f);
}

void
page_column(FILE *f, int indent, int width, const char *text)
{
	if (columns(text) > width) {
		page_text(f, indent, "", text);
		text = "";
	}
	fprintf(f, "%*s", indent, "");
	for (const char *p = text; *p != '\0'; p++)
		width -= put_byte(f, *p);
	fprintf(f, "%*s", width, "");
}

void
page_warnings(
    FILE *f, const struct style *s, const char *const *warnings, size_t count)
{
	if (count == 0)
		return;
	fprintf(
	    f, "\n%sWarnings%s\n", style_on(s, STYLE_WARNING), style_off(s));
	for (size_t i = 0; i < count; i++) {
		fputs(style_on(s, STYLE_WARNING), f);
		page_text(f, 2, "! ", warnings[i]);
		fputs(style_off(s), f);
	}
}

void
page_ds(FILE *f, const struct style *s, const char *const *ds, size_t count)
{
	if (count == 0)
		return;
	page_head(f, s, "DS for the parent");
	for (size_t i = 0; i < count; i++)
		page_text(f, 2, "", ds[i]);
}

void
page_minute(int64_t when, char out[PAGE_MINUTE])
{
	char text[DFLOW_WHEN_LONG];

	if (when == DFLOW_WHEN_UNSET) {
		(void)snprintf(out, PAGE_MINUTE, "not said");
		return;
	}
	dflow_when_long(when, text);
	(void)snprintf(out, PAGE_MINUTE, "%.16s", text);
}

void
page_day(int64_t when, char out[PAGE_DAY])
{
	char text[DFLOW_WHEN_LONG] = "-";

	if (when != DFLOW_WHEN_UNSET)
		dflow_when_long(when, text);
	(void)snprintf(out, PAGE_DAY, "%.10s", text);
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

static void
put_words(FILE *f, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int width = i % 2 == 0 ? EVEN_WIDTH : ODD_WIDTH;

		fprintf(f, "  %-*s", i + 1 < count ? width : 0, words[i]);
	}
	fputc('\n', f);
}

void
page_digest(FILE *f, int indent, const char *sha256)
{
	const char *words[DFLOW_WORDS_MAX];
	size_t count = dflow_words(sha256, words);

	page_field(f, indent, "SHA-256", sha256);
	for (size_t i = 0; i < count; i += ROW_WORDS) {
		size_t left = count - i < ROW_WORDS ? count - i : ROW_WORDS;

		fprintf(f, "%*s%-*s%zu  %.*s", indent, "", LABEL_WIDTH,
		    i == 0 ? "Words" : "", i / ROW_WORDS + 1, (int)(2 * left),
		    sha256 + 2 * i);
		put_words(f, words + i, left);
	}
}

void
page_digest_json(struct json *j, const char *sha256)
{
	const char *words[DFLOW_WORDS_MAX];
	size_t count = dflow_words(sha256, words);

	json_text(j, "sha256", sha256);
	json_array(j, "words");
	for (size_t i = 0; i < count; i++)
		json_text(j, NULL, words[i]);
	json_array_end(j);
}

void
page_file(FILE *f, int indent, const struct dflow_file_facts *file)
{
	page_field(f, indent, "File", file->path);
	page_digest(f, indent, file->sha256);
}

enum dflow_status
page_make(void (*put)(FILE *f, const void *ctx), const void *ctx, char **out,
    struct dflow_err *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	bool whole;

	if (f == NULL)
		return cli_error(err, DFLOW_FAILED, "out of memory");
	put(f, ctx);
	/* Memory may end at any line; fclose does not tell of that. */
	whole = ferror(f) == 0;
	if (fclose(f) != 0 || !whole || text == NULL) {
		free(text);
		return cli_error(err, DFLOW_FAILED, "out of memory");
	}
	*out = text;
	return DFLOW_OK;
}

enum dflow_status
page_say(void (*put)(FILE *f, const void *ctx), const void *ctx,
    struct dflow_err *err)
{
	char *text = NULL;
	enum dflow_status st = page_make(put, ctx, &text, err);

	if (st != DFLOW_OK)
		return st;
	cli_say(text);
	free(text);
	return DFLOW_OK;
}

static void
put_written(FILE *f, const void *ctx)
{
	fputs("\nWritten\n", f);
	page_file(f, 2, ctx);
}

enum dflow_status
page_say_written(const char *path, const char *sha256, struct dflow_err *err)
{
	struct dflow_file_facts file = {.path = path};

	(void)snprintf(file.sha256, sizeof(file.sha256), "%s", sha256);
	return page_say(put_written, &file, err);
}
