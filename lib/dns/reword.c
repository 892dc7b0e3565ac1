/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what stands between BIND's master files and libzscanner's: types that
 * have come out of use or are too new, their mnemonics in lists of types,
 * CLASS1, nested parentheses, dohpath (RFC 9461). Owner, TTL and whatever the
 * scanner knows are handed on as they stand: it is the judge of them.
 */
#include "dns/reword.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dns/master.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdrare.h"
#include "dns/rdtext.h"
#include "dns/rrtype.h"

enum { REWORD_MAX = 1024 * 1024 };

/* The record at hand. */
struct rewording {
	const struct reword *in;
	struct reworded *out;
	struct master m;
	char *rest; /* of the line */
	const char *type_word;
	uint16_t type;
	uint8_t rdata[RDATA_MAX_LEN];
};

static enum dflow_status
fail(struct rewording *w, const char *what, struct dflow_err *err)
{
	w->out->told = true;
	return err_at(err, w->in->file, w->m.line_no, "this %.20s record %s",
	    w->type_word, what);
}

/* Failure with nothing to tell: the scanner's message is the one to show. */
static enum dflow_status
leave(struct dflow_err *err)
{
	return err_set(err, DFLOW_FAILED, "not a record to be reworded");
}

static enum dflow_status
put_owner(struct rewording *w, struct dflow_err *err)
{
	char name[NAME_TEXT_SIZE];

	if (!w->m.indented) {
		buf_str(&w->out->text, master_word(&w->rest));
		return DFLOW_OK;
	}
	if (w->in->owner == NULL)
		return leave(err);
	(void)name_text(w->in->owner, name);
	buf_str(&w->out->text, name);
	return DFLOW_OK;
}

/* The TTL and the class, in either order, each once at most; then the type. */
static enum dflow_status
put_head(struct rewording *w, struct dflow_err *err)
{
	bool have_ttl = false, have_class = false;
	enum dflow_status st = put_owner(w, err);
	char *word = NULL;

	while (st == DFLOW_OK) {
		bool is_ttl, is_class;

		word = master_word(&w->rest);
		is_ttl = *word >= '0' && *word <= '9';
		is_class = strcasecmp(word, "IN") == 0 ||
			   strcasecmp(word, "CLASS1") == 0;
		if ((is_ttl && have_ttl) || (is_class && have_class))
			return leave(err);
		if (!is_ttl && !is_class)
			break;
		have_ttl |= is_ttl;
		have_class |= is_class;
		buf_u8(&w->out->text, ' ');
		buf_str(&w->out->text, is_class ? "IN" : word);
	}
	if (st != DFLOW_OK)
		return st;
	w->type_word = word;
	if (!rrtype_parse(word, &w->type))
		return leave(err);
	if (rrtype_is_meta(w->type))
		return fail(w, "is of a type that a zone cannot hold", err);
	buf_u8(&w->out->text, ' ');
	return DFLOW_OK;
}

/* Has the RDATA read, to be written in RFC 3597's form. */
static enum dflow_status
put_rare(struct rewording *w, struct dflow_err *err)
{
	struct rdread r = {w->type, w->rest, w->in->origin, w->rdata, 0};
	struct rdata rdata = {.data = w->rdata};
	const char *why = rdrare(&r);
	char text[160];

	if (why == NULL && !rdata_check(w->type, r.out, r.len))
		why = "its data is not well-formed";
	if (why != NULL) {
		(void)snprintf(text, sizeof(text),
		    "cannot be read: %s; else write it in RFC 3597's form, "
		    "TYPE%u \\# LENGTH HEX",
		    why, (unsigned)w->type);
		return fail(w, text, err);
	}
	rdata.len = (uint16_t)r.len;
	rdtext_put_generic(&w->out->text, rdata);
	return DFLOW_OK;
}

/* How many words stand before, and how many are, mnemonics of types. */
static bool
type_words(uint16_t type, size_t *from, size_t *count)
{
	*count = SIZE_MAX;
	switch (type) {
	case RRTYPE_RRSIG:
		*from = 0;
		*count = 1;
		return true;
	case RRTYPE_NSEC:
		*from = 1;
		return true;
	case RRTYPE_NSEC3:
		*from = 5;
		return true;
	case RRTYPE_CSYNC:
		*from = 2;
		return true;
	default:
		return false;
	}
}

/* A word of a list of types; the scanner knows what we would write. */
static void
put_type(struct rewording *w, const char *word)
{
	char text[RRTYPE_TEXT_SIZE];
	uint16_t type;

	buf_str(&w->out->text,
	    rrtype_parse(word, &type) ? rrtype_text(type, text) : word);
}

static void
put_words(struct rewording *w, size_t from, size_t count)
{
	for (size_t i = 0; *w->rest != '\0'; i++) {
		const char *word = master_word(&w->rest);

		if (i > 0)
			buf_u8(&w->out->text, ' ');
		if (i >= from && i - from < count)
			put_type(w, word);
		else
			buf_str(&w->out->text, word);
	}
}

/* Key 7 of SVCB has its name from RFC 9461; a value is in quotes or none. */
static void
put_svcb(struct rewording *w)
{
	static const char name[] = "dohpath=";
	bool quoted = false;

	for (const char *p = w->rest; *p != '\0'; p++) {
		if (!quoted && p > w->rest && p[-1] == ' ' &&
		    strncasecmp(p, name, sizeof(name) - 1) == 0) {
			buf_str(&w->out->text, "key7=");
			p += sizeof(name) - 2;
			continue;
		}
		buf_u8(&w->out->text, (uint8_t)*p);
		if (*p == '\\' && p[1] != '\0')
			buf_u8(&w->out->text, (uint8_t) * ++p);
		else if (*p == '"')
			quoted = !quoted;
	}
}

static enum dflow_status
put_known(struct rewording *w, struct dflow_err *err)
{
	char text[RRTYPE_TEXT_SIZE];
	size_t from, count;

	/* What is not written is not known to the scanner. */
	if (strncmp(rrtype_text(w->type, text), "TYPE", 4) == 0 &&
	    strncasecmp(w->type_word, "TYPE", 4) != 0)
		return fail(
		    w, "has no form but RFC 3597's; write \\# LENGTH HEX", err);
	if (type_words(w->type, &from, &count))
		put_words(w, from, count);
	else if (w->type == RRTYPE_SVCB || w->type == RRTYPE_HTTPS)
		put_svcb(w);
	else
		buf_str(&w->out->text, w->rest);
	return DFLOW_OK;
}

static enum dflow_status
put_rdata(struct rewording *w, struct dflow_err *err)
{
	bool generic = strncmp(w->rest, "\\# ", 3) == 0;
	char text[RRTYPE_TEXT_SIZE];
	enum dflow_status st = DFLOW_OK;

	if (generic || rdrare_knows(w->type))
		buf_printf(&w->out->text, "TYPE%u ", (unsigned)w->type);
	else
		buf_printf(&w->out->text, "%s ", rrtype_text(w->type, text));
	if (generic)
		buf_str(&w->out->text, w->rest);
	else if (rdrare_knows(w->type))
		st = put_rare(w, err);
	else
		st = put_known(w, err);
	buf_u8(&w->out->text, '\n');
	return st;
}

enum dflow_status
reword(const struct reword *in, struct reworded *out, struct dflow_err *err)
{
	struct rewording *w = calloc(1, sizeof(*w));
	enum dflow_status st;

	buf_init(&out->text, REWORD_MAX);
	out->told = w == NULL;
	if (w == NULL)
		return err_memory(err);
	w->in = in;
	w->out = out;
	w->type_word = "";
	master_init(&w->m, in->file, in->text, in->len);
	w->m.next_no = in->line;
	w->m.nested = true;
	st = master_line(&w->m, err);
	out->used = w->m.at;
	out->lines = w->m.next_no - in->line;
	w->rest = w->m.line;
	if (st == DFLOW_OK)
		st = put_head(w, err);
	if (st == DFLOW_OK)
		st = put_rdata(w, err);
	if (st == DFLOW_OK && out->text.failed) {
		out->told = true;
		st = buf_check(&out->text, in->file, err);
	}
	free(w);
	return st;
}
