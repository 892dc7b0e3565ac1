/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads proofs of possession. To every other reader they are comments, so
 * a comment whose first word is "pop" has to be one: two readers must not see
 * two files.
 */
#include "exchange/pop.h"

#include <stdlib.h>
#include <string.h>

#include "dns/dnskey.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle_check.h"

enum { LINE_MAX_BYTES = 8192 };

/* What is done with the record that a comment holds. */
struct taking {
	const struct bundles *b;
	struct bundle_rr *rr; /* whose proof it is */
	bool taken;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * What stands behind "; pop" on the line, and its length; or NULL. There are
 * no quotes in lines that hold DNSKEY alone.
 */
static const char *
find_comment(const char *line, size_t len, size_t *left)
{
	static const char word[] = "pop";
	const size_t n = sizeof(word) - 1;
	size_t i = 0;

	while (i < len && line[i] != ';')
		i += line[i] == '\\' ? 2 : 1;
	if (i >= len)
		return NULL;
	for (i++; i < len && is_blank(line[i]);)
		i++;
	if (len - i < n || memcmp(line + i, word, n) != 0 ||
	    (len - i > n && !is_blank(line[i + n]) && line[i + n] != '\r'))
		return NULL;
	*left = len - i - n;
	return line + i + n;
}

static enum dflow_status
take_proof(const struct zone_rr *in, void *ctx, struct dflow_err *err)
{
	struct taking *t = ctx;
	const char *fault = NULL;
	struct dnskey key;
	struct rrsig sig;

	if (t->taken || in->type != RRTYPE_RRSIG ||
	    !rdata_check(in->type, in->rdata, in->rdata_len) ||
	    !rrsig_view(in->rdata, in->rdata_len, &sig) ||
	    !dnskey_view(t->rr->rdata, t->rr->len, &key))
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession that is no RRSIG",
		    t->b->file, t->rr->line);
	fault = bundle_rrsig_fault(in, &sig);
	if (fault == NULL && sig.covered != RRTYPE_DNSKEY)
		fault = "over a type other than DNSKEY";
	if (fault == NULL &&
	    (sig.tag != key.tag || sig.algorithm != key.algorithm))
		fault = "by another key than the one before it";
	if (fault != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession %s", t->b->file, t->rr->line,
		    fault);
	t->rr->proof = malloc(in->rdata_len);
	if (t->rr->proof == NULL)
		return err_memory(err);
	memcpy(t->rr->proof, in->rdata, in->rdata_len);
	t->rr->proof_len = in->rdata_len;
	t->taken = true;
	return DFLOW_OK;
}

static struct bundle_rr *
find_rr(const struct bundle *in, size_t line)
{
	for (size_t i = 0; i < in->count; i++)
		if (in->rrs[i].line == line)
			return &in->rrs[i];
	return NULL;
}

/* Reads the words of the comment as a record of the key's owner and TTL. */
static enum dflow_status
read_comment(
    const struct text_part *comment, struct taking *t, struct dflow_err *err)
{
	struct text_part part = *comment;
	char owner[NAME_TEXT_SIZE];
	enum dflow_status st;
	struct buf text;

	(void)name_text(t->b->zone, owner);
	buf_init(&text, LINE_MAX_BYTES + NAME_TEXT_SIZE);
	buf_printf(&text, "%s %lu IN", owner, (unsigned long)t->rr->ttl);
	buf_put(&text, comment->text, comment->len);
	buf_u8(&text, '\n');
	st = buf_check(&text, "a proof of possession", err);
	part.text = (const char *)text.data;
	part.len = text.len;
	if (st == DFLOW_OK)
		st = text_load_part(&part, take_proof, t, err);
	/* What is no record is no proof: the file is refused, not the disk. */
	if (st == DFLOW_FAILED) {
		st = DFLOW_REFUSED;
		if (err != NULL)
			err->status = st;
	}
	buf_free(&text);
	if (st == DFLOW_OK && !t->taken)
		st = err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession that is no RRSIG", part.file,
		    part.line);
	return st;
}

static enum dflow_status
take_comment(const struct bundles *b, const struct bundle *in,
    const struct text_part *comment, struct dflow_err *err)
{
	struct taking t = {.b = b, .rr = find_rr(in, comment->line)};

	if (b->kind != BUNDLE_KSR)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession, which has no place in an "
		    "SKR",
		    comment->file, comment->line);
	if (t.rr == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession that stands behind no key",
		    comment->file, comment->line);
	if (comment->len > LINE_MAX_BYTES)
		return err_set(err, DFLOW_REFUSED,
		    "%s:%zu: a proof of possession of over %d bytes",
		    comment->file, comment->line, LINE_MAX_BYTES);
	return read_comment(comment, &t, err);
}

enum dflow_status
pop_read(const struct bundles *b, struct bundle *in,
    const struct text_part *text, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	struct text_part comment = *text;
	size_t at = 0, len;

	while (at < text->len && st == DFLOW_OK) {
		const char *line = text->text + at;
		const char *newline = memchr(line, '\n', text->len - at);

		len =
		    newline == NULL ? text->len - at : (size_t)(newline - line);
		comment.text = find_comment(line, len, &comment.len);
		if (comment.text != NULL)
			st = take_comment(b, in, &comment, err);
		at += len + 1;
		comment.line++;
	}
	return st;
}
