/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns RRs as text. Writing falls back from the forms of dns/rdtext to RFC
 * 3597's. Reading takes dns/master's lines apart into owner, TTL, class, type
 * and RDATA. Refuses $INCLUDE, all classes but IN, and the types of which
 * dns/rdread does not know the form, unless they are in RFC 3597's.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "dns/master.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdread.h"
#include "dns/rdtext.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

void
rrtext_put_rdata(struct buf *out, uint16_t type, struct rdata rdata)
{
	if (!rdata_check(type, rdata.data, rdata.len) ||
	    !rdtext_put(out, type, rdata))
		rdtext_put_generic(out, rdata);
}

/* "owner<TAB>ttl<TAB>IN<TAB>TYPE<TAB>"; room is what one RR's prefix takes. */
enum { PREFIX_MAX = NAME_TEXT_SIZE + RDTEXT_U32_MAX + RRTYPE_TEXT_SIZE + 8 };

void
rrtext_put(struct buf *out, const uint8_t *owner, uint32_t ttl, uint16_t type,
    struct rdata rdata)
{
	uint8_t *start = buf_reserve(out, PREFIX_MAX);
	char *p = (char *)start;

	if (p == NULL)
		return;
	p += name_text(owner, p);
	*p++ = '\t';
	p += rdtext_u32(ttl, p);
	memcpy(p, "\tIN\t", 4);
	p += 4;
	p += strlen(rrtype_text(type, p));
	*p++ = '\t';
	out->len += (size_t)(p - (char *)start);
	rrtext_put_rdata(out, type, rdata);
	buf_u8(out, '\n');
}

void
rrtext_put_rrset(struct buf *out, const struct rrset *set)
{
	const uint8_t *at = set->rdata;
	uint32_t i;

	for (i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(at, &at);

		rrtext_put(out, set->owner, set->ttl, set->type, r);
	}
}

/* What reading a text needs from RR to RR. */
struct reader {
	struct master in;
	bool have_owner;
	uint32_t ttl; /* for RRs without one */
	uint8_t origin[NAME_MAX_LEN];
	struct rrtext rr;
};

static enum dflow_status
bad(const struct reader *r, const char *why, struct dflow_err *err)
{
	return err_at(err, r->in.file, r->in.line_no, "%s", why);
}

/* Reads a name that may be relative to the origin. */
static enum dflow_status
read_name(const struct reader *r, const char *text, uint8_t out[NAME_MAX_LEN],
    struct dflow_err *err)
{
	struct dflow_err why;

	return rdread_name(text, r->origin, out, &why) == DFLOW_OK
		   ? DFLOW_OK
		   : bad(r, why.text, err);
}

static enum dflow_status
read_directive(struct reader *r, struct dflow_err *err)
{
	char *p = r->in.line;
	char *word = master_word(&p), *value = master_word(&p);

	if (strcasecmp(word, "$INCLUDE") == 0)
		return bad(r,
		    "$INCLUDE is not taken here; "
		    "put all records into one file",
		    err);
	if (*value == '\0' || *p != '\0')
		return bad(r, "a directive wants one value", err);
	if (strcasecmp(word, "$ORIGIN") == 0)
		return read_name(r, value, r->origin, err);
	if (strcasecmp(word, "$TTL") != 0)
		return err_at(err, r->in.file, r->in.line_no,
		    "%.40s is not known; $TTL and $ORIGIN are", word);
	if (!master_ttl(value, &r->ttl))
		return err_at(err, r->in.file, r->in.line_no,
		    "%.40s is not a TTL (0 to %d)", value, MASTER_TTL_MAX);
	return DFLOW_OK;
}

/* "\# length hex", the hex in any number of words (RFC 3597 section 5). */
static enum dflow_status
read_generic(struct reader *r, char *p, struct dflow_err *err)
{
	char *word = master_word(&p), *hex = p, *end = p;
	size_t len = 0, want = 0, i;

	for (i = 0; word[i] >= '0' && word[i] <= '9' && i < 5; i++)
		want = want * 10 + (size_t)(word[i] - '0');
	for (; *p != '\0'; p++)
		if (*p != ' ')
			*end++ = *p;
	if (i == 0 || word[i] != '\0' || want > RDATA_MAX_LEN ||
	    !hex_decode(hex, (size_t)(end - hex), r->rr.rdata, want, &len) ||
	    len != want)
		return bad(r,
		    "\\# wants a length and as many bytes in "
		    "hexadecimal",
		    err);
	r->rr.rdata_len = (uint16_t)len;
	return DFLOW_OK;
}

static enum dflow_status
read_own_form(struct reader *r, char *p, struct dflow_err *err)
{
	struct rdread in = {r->rr.type, p, r->origin, r->rr.rdata, 0};
	char type[RRTYPE_TEXT_SIZE];
	const char *why;

	(void)rrtype_text(r->rr.type, type);
	if (!rdread_knows(r->rr.type))
		return err_at(err, r->in.file, r->in.line_no,
		    "a record of type %s, where only records of keys and "
		    "signatures belong; remove it",
		    type);
	why = rdread(&in);
	if (why != NULL)
		return err_at(err, r->in.file, r->in.line_no,
		    "the data of this %s record cannot be read: %s", type, why);
	r->rr.rdata_len = (uint16_t)in.len;
	return DFLOW_OK;
}

static enum dflow_status
read_rdata(struct reader *r, char *p, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];
	enum dflow_status status;

	if (p[0] == '\\' && p[1] == '#' && (p[2] == ' ' || p[2] == '\0'))
		status = read_generic(r, p + 2, err);
	else
		status = read_own_form(r, p, err);
	if (status != DFLOW_OK)
		return status;
	if (!rdata_check(r->rr.type, r->rr.rdata, r->rr.rdata_len))
		return err_at(err, r->in.file, r->in.line_no,
		    "the data of this %s record is not well-formed",
		    rrtype_text(r->rr.type, type));
	return DFLOW_OK;
}

/*
 * Takes word if it is the TTL or the class; *done is then false. Each stands
 * once at most, in either order.
 */
static enum dflow_status
read_ttl_or_class(struct reader *r, const char *word, bool seen[2], bool *done,
    struct dflow_err *err)
{
	bool is_ttl = *word >= '0' && *word <= '9';
	bool is_in =
	    strcasecmp(word, "IN") == 0 || strcasecmp(word, "CLASS1") == 0;

	*done = false;
	if (is_ttl && !master_ttl(word, &r->rr.ttl))
		return err_at(err, r->in.file, r->in.line_no,
		    "%.40s is not a TTL (0 to %d)", word, MASTER_TTL_MAX);
	if (strcasecmp(word, "CH") == 0 || strcasecmp(word, "HS") == 0 ||
	    (strncasecmp(word, "CLASS", 5) == 0 && !is_in))
		return err_at(err, r->in.file, r->in.line_no,
		    "class %.40s; only IN is taken", word);
	if (!is_ttl && !is_in) {
		*done = true;
		return DFLOW_OK;
	}
	if (seen[is_ttl])
		return bad(r, is_ttl ? "a second TTL" : "a second class", err);
	seen[is_ttl] = true;
	return DFLOW_OK;
}

static enum dflow_status
read_rr(struct reader *r, struct dflow_err *err)
{
	enum dflow_status status;
	bool seen[2] = {false, false}, done = false;
	char *p = r->in.line, *word;

	if (!r->in.indented) {
		status = read_name(r, master_word(&p), r->rr.owner, err);
		if (status != DFLOW_OK)
			return status;
		r->have_owner = true;
	}
	if (!r->have_owner)
		return bad(r, "a record without an owner name", err);
	r->rr.ttl = r->ttl;
	r->rr.line = r->in.line_no;
	do {
		word = master_word(&p);
		status = read_ttl_or_class(r, word, seen, &done, err);
		if (status != DFLOW_OK)
			return status;
	} while (!done);
	if (!rrtype_parse(word, &r->rr.type))
		return err_at(err, r->in.file, r->in.line_no,
		    "\"%.40s\" stands "
		    "where a record's type should; is this a file of DNS "
		    "records?",
		    word);
	if (rrtype_is_meta(r->rr.type))
		return err_at(err, r->in.file, r->in.line_no,
		    "%.40s records are "
		    "for messages, not for files",
		    word);
	return read_rdata(r, p, err);
}

enum dflow_status
rrtext_read(const char *file, const char *text, size_t len,
    uint32_t ttl_default,
    enum dflow_status (*each)(
	const struct rrtext *rr, void *ctx, struct dflow_err *err),
    void *ctx, struct dflow_err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	enum dflow_status status = DFLOW_OK;

	if (r == NULL)
		return err_memory(err);
	master_init(&r->in, file, text, len);
	r->ttl = ttl_default;
	while (status == DFLOW_OK && r->in.at < len) {
		status = master_line(&r->in, err);
		if (status != DFLOW_OK || r->in.line_len == 0)
			continue;
		if (r->in.line[0] == '$') {
			status = read_directive(r, err);
			continue;
		}
		status = read_rr(r, err);
		if (status == DFLOW_OK)
			status = each(&r->rr, ctx, err);
	}
	free(r);
	return status;
}
