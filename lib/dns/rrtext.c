/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns RRs as text, and all that is done with ldns. Writing falls back from
 * the hand-written forms (dns/rdtext) to ldns's and from those to RFC 3597's.
 * Reading takes dns/master's lines apart into owner, TTL, class, type and
 * RDATA itself, so that ldns sees nothing but the RDATA of one RR, of a bounded
 * length and without control characters. Refuses $INCLUDE and all classes but
 * IN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <ldns/ldns.h>

#include "base/encode.h"
#include "dns/master.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdread.h"
#include "dns/rdtext.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

enum {
	LDNS_TEXT_MAX = 60000, /* RDATA as text; ldns's buffers hold 65,535 */
};

/* Appends the RDATA of an RR of ldns; false if it is not whole. */
static bool
rr_rdata(const ldns_rr *rr, uint8_t *out, size_t max, size_t *len)
{
	ldns_buffer *wire = ldns_buffer_new(LDNS_MIN_BUFLEN);
	bool ok = false;

	if (wire == NULL)
		return false;
	if (ldns_rr_rdata2buffer_wire(wire, rr) == LDNS_STATUS_OK &&
	    ldns_buffer_position(wire) <= max) {
		*len = ldns_buffer_position(wire);
		memcpy(out, ldns_buffer_begin(wire), *len);
		ok = true;
	}
	ldns_buffer_free(wire);
	return ok;
}

/* Has ldns read the text of RDATA; relative names end at origin. */
static ldns_status
ldns_read(
    uint16_t type, const char *text, const ldns_rdf *origin, ldns_rr **out)
{
	size_t size = strlen(text) + 32;
	char *line = malloc(size);
	ldns_rr *rr = NULL;
	ldns_status status;

	if (line == NULL)
		return LDNS_STATUS_MEM_ERR;
	(void)snprintf(line, size, ". 1 IN TYPE%u %s", (unsigned)type, text);
	status = ldns_rr_new_frm_str(&rr, line, 1, origin, NULL);
	free(line);
	if (status != LDNS_STATUS_OK)
		return status;
	if (rr == NULL || ldns_rr_get_type(rr) != (ldns_rr_type)type) {
		ldns_rr_free(rr);
		return LDNS_STATUS_SYNTAX_TYPE_ERR;
	}
	*out = rr;
	return LDNS_STATUS_OK;
}

/* Has ldns take in RDATA. */
static ldns_rr *
ldns_from_wire(uint16_t type, struct rdata rdata)
{
	/* The root as the owner, type, class IN, TTL 0, length. */
	uint8_t head[11] = {0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1, 0, 0,
	    0, 0, (uint8_t)(rdata.len >> 8), (uint8_t)rdata.len};
	uint8_t *wire = malloc(sizeof(head) + rdata.len);
	ldns_rr *rr = NULL;
	size_t at = 0;

	if (wire == NULL)
		return NULL;
	memcpy(wire, head, sizeof(head));
	memcpy(wire + sizeof(head), rdata.data, rdata.len);
	if (ldns_wire2rr(&rr, wire, sizeof(head) + rdata.len, &at,
		LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		rr = NULL;
	free(wire);
	return rr;
}

/* A field as text; a name in our way, which more readers take. */
static bool
put_rdf(ldns_buffer *text, const ldns_rdf *rdf)
{
	char name[NAME_TEXT_SIZE];

	if (ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
		return ldns_rdf2buffer_str(text, rdf) == LDNS_STATUS_OK;
	(void)name_text(ldns_rdf_data(rdf), name);
	return ldns_buffer_printf(text, "%s", name) >= 0;
}

/*
 * The RDATA of an RR of ldns, field by field; NULL if ldns cannot. Text with
 * an escape in it is not used: readers do not all undo escapes in SVCB's
 * lists in the same way.
 */
static char *
ldns_text(const ldns_rr *rr)
{
	ldns_buffer *text = ldns_buffer_new(LDNS_MIN_BUFLEN);
	char *out = NULL;
	size_t i;

	if (text == NULL)
		return NULL;
	for (i = 0; i < ldns_rr_rd_count(rr); i++) {
		if (i > 0)
			(void)ldns_buffer_printf(text, " ");
		if (!put_rdf(text, ldns_rr_rdf(rr, i)))
			goto out;
	}
	out = ldns_buffer_export2str(text);
	if (out != NULL && (out[0] == '\0' || strchr(out, '\\') != NULL)) {
		free(out);
		out = NULL;
	}
out:
	ldns_buffer_free(text);
	return out;
}

/* Whether ldns reads text back as rdata. */
static bool
reads_back(uint16_t type, const char *text, struct rdata rdata)
{
	uint8_t *back = malloc(rdata.len);
	ldns_rr *rr = NULL;
	size_t len = 0;
	bool same = false;

	if (back != NULL && strlen(text) <= LDNS_TEXT_MAX &&
	    ldns_read(type, text, NULL, &rr) == LDNS_STATUS_OK &&
	    rr_rdata(rr, back, rdata.len, &len))
		same = len == rdata.len && memcmp(back, rdata.data, len) == 0;
	ldns_rr_free(rr);
	free(back);
	return same;
}

/* The types whose text is left to ldns; their RDATA is not empty. */
static bool
is_ldns_type(uint16_t type)
{
	return type == RRTYPE_LOC || type == RRTYPE_APL ||
	       type == RRTYPE_SVCB || type == RRTYPE_HTTPS;
}

/*
 * An SVCB with a key beyond ipv6hint (6), of which old readers know nothing,
 * or an empty ech (5), which they do not read. The RDATA is well-formed.
 */
static bool
has_odd_svcb_key(uint16_t type, struct rdata rdata)
{
	size_t at, len;

	if (type != RRTYPE_SVCB && type != RRTYPE_HTTPS)
		return false;
	for (at = 2 + name_len(rdata.data + 2); at < rdata.len; at += len) {
		const uint8_t *p = rdata.data + at;

		len = 4 + ((size_t)p[2] << 8 | p[3]);
		if (p[0] != 0 || p[1] > 6 || (p[1] == 5 && len == 4))
			return true;
	}
	return false;
}

static bool
put_by_ldns(struct buf *out, uint16_t type, struct rdata rdata)
{
	ldns_rr *rr = NULL;
	char *text = NULL;
	bool ok = false;

	if (!is_ldns_type(type) || rdata.len == 0 ||
	    has_odd_svcb_key(type, rdata))
		return false;
	rr = ldns_from_wire(type, rdata);
	if (rr != NULL)
		text = ldns_text(rr);
	if (text != NULL && reads_back(type, text, rdata)) {
		buf_str(out, text);
		ok = true;
	}
	free(text);
	ldns_rr_free(rr);
	return ok;
}

void
rrtext_put_rdata(struct buf *out, uint16_t type, struct rdata rdata)
{
	if (rdata_check(type, rdata.data, rdata.len) &&
	    (rdtext_put(out, type, rdata) || put_by_ldns(out, type, rdata)))
		return;
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
		    "%.40s is not known; $TTL and $ORIGIN are",
		    word);
	if (!master_ttl(value, &r->ttl))
		return err_at(err, r->in.file, r->in.line_no,
		    "%.40s is not a TTL (0 to %d)",
		    value, MASTER_TTL_MAX);
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

#define IN_GENERIC                                            \
	"this record's data cannot be read in its own form; " \
	"write it in the \\# form of RFC 3597"

static enum dflow_status
cannot_read(const struct reader *r, const char *why, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];

	return err_at(err, r->in.file, r->in.line_no,
	    "the data of this %s record cannot be read: %s",
	    rrtype_text(r->rr.type, type), why);
}

static enum dflow_status
read_by_ldns(struct reader *r, const char *text, struct dflow_err *err)
{
	ldns_rdf *origin = NULL;
	ldns_rr *rr = NULL;
	ldns_status why = LDNS_STATUS_MEM_ERR;
	enum dflow_status status = DFLOW_OK;
	size_t len = 0;

	/* ldns loses memory over malformed IPSECKEYs. */
	if (strlen(text) > LDNS_TEXT_MAX || r->rr.type == RRTYPE_IPSECKEY)
		return bad(r, IN_GENERIC, err);
	origin = ldns_rdf_new_frm_data(
	    LDNS_RDF_TYPE_DNAME, name_len(r->origin), r->origin);
	if (origin != NULL)
		why = ldns_read(r->rr.type, text, origin, &rr);
	if (why == LDNS_STATUS_OK &&
	    !rr_rdata(rr, r->rr.rdata, RDATA_MAX_LEN, &len))
		why = LDNS_STATUS_MEM_ERR;
	if (why != LDNS_STATUS_OK)
		status = cannot_read(r, ldns_get_errorstr_by_id(why), err);
	r->rr.rdata_len = (uint16_t)len;
	ldns_rr_free(rr);
	ldns_rdf_deep_free(origin);
	return status;
}

static enum dflow_status
read_by_hand(struct reader *r, char *p, struct dflow_err *err)
{
	struct rdread in = {r->rr.type, p, r->origin, r->rr.rdata, 0};
	const char *why = rdread(&in);

	r->rr.rdata_len = (uint16_t)in.len;
	return why == NULL ? DFLOW_OK : cannot_read(r, why, err);
}

static enum dflow_status
read_rdata(struct reader *r, char *p, struct dflow_err *err)
{
	char type[RRTYPE_TEXT_SIZE];
	enum dflow_status status;

	if (p[0] == '\\' && p[1] == '#' && (p[2] == ' ' || p[2] == '\0'))
		status = read_generic(r, p + 2, err);
	else if (rdread_knows(r->rr.type))
		status = read_by_hand(r, p, err);
	else
		status = read_by_ldns(r, p, err);
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
		    "%.40s is not a TTL (0 to %d)",
		    word, MASTER_TTL_MAX);
	if (strcasecmp(word, "CH") == 0 || strcasecmp(word, "HS") == 0 ||
	    (strncasecmp(word, "CLASS", 5) == 0 && !is_in))
		return err_at(err, r->in.file, r->in.line_no,
		    "class %.40s; only IN is taken",
		    word);
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
