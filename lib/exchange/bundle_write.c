/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes what bundle.c reads, in the form of dnssec-ksr 9.20. Its reader fails
 * at blank lines and at lines that begin with a semicolon and are no header;
 * it reads over what stands behind a record on its line, and over any word in
 * the footer. So that is where our own things stand.
 */
#include "exchange/bundle_write.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"

/* BIND's columns, of tabs of eight, and how it cuts up base64. */
enum { TAB = 8, TTL_AT = 24, CLASS_AT = 32, TYPE_AT = 40, RDATA_AT = 48 };
enum { WORD = 56, RDATA_TEXT_MAX = 16384, DATE_SIZE = 48 };

static const char *const marks[] = {
    [BUNDLE_KSR] = "KeySigningRequest",
    [BUNDLE_SKR] = "SignedKeyResponse",
};

/* "Sat Nov 21 16:40:55 2026", as ctime(3) writes it, but always UTC. */
static void
put_date(int64_t when, char out[DATE_SIZE])
{
	static const char days[][4] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char d[DFLOW_WHEN_TEXT];
	int month, day;

	dflow_when_text(when, d);
	month = (d[4] - '0') * 10 + d[5] - '0';
	day = (d[6] - '0') * 10 + d[7] - '0';
	(void)snprintf(out, DATE_SIZE, "%s %s %2d %.2s:%.2s:%.2s %.4s",
	    days[when / 86400 % 7], months[month - 1], day, d + 8, d + 10,
	    d + 12, d);
}

/* "2026-11-21T16:40:55Z", as Knot writes it. */
static void
put_date_iso(int64_t when, char out[DATE_SIZE])
{
	char d[DFLOW_WHEN_TEXT];

	dflow_when_text(when, d);
	(void)snprintf(out, DATE_SIZE, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d,
	    d + 4, d + 6, d + 8, d + 10, d + 12);
}

static void
put_header(
    struct buf *out, enum bundle_kind kind, enum bundle_form form, int64_t when)
{
	char date[DATE_SIZE], digits[DFLOW_WHEN_TEXT];

	if (form == BUNDLE_KNOT) {
		put_date_iso(when, date);
		buf_printf(out, ";; %s 1.0 %lld (%s) =========\n", marks[kind],
		    (long long)when, date);
		return;
	}
	put_date(when, date);
	dflow_when_text(when, digits);
	buf_printf(out, ";; %s 1.0 %s (%s)\n", marks[kind], digits, date);
}

/* Fills a line from there to that column; one blank at the least. */
static size_t
put_blanks(struct buf *out, size_t from, size_t to)
{
	if (to <= from)
		to = from + 1;
	while (from / TAB < to / TAB) {
		buf_u8(out, '\t');
		from = (from / TAB + 1) * TAB;
	}
	for (; from < to; from++)
		buf_u8(out, ' ');
	return to;
}

/* The last word of the RDATA, base64 or hex, is written in pieces. */
static void
put_rdata(struct buf *out, const struct bundle_rr *rr)
{
	struct buf text;
	size_t start;

	buf_init(&text, RDATA_TEXT_MAX);
	rrtext_put_rdata(
	    &text, rr->type, (struct rdata){rr->rdata, (uint16_t)rr->len});
	out->failed = out->failed || text.failed;
	start = text.len;
	while (start > 0 && text.data[start - 1] != ' ')
		start--;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (i > start && (i - start) % WORD == 0)
			buf_u8(out, ' ');
		/* BIND's hex is in capitals. */
		if (rr->type == RRTYPE_CDS && c >= 'a' && c <= 'f')
			c = (uint8_t)(c - 'a' + 'A');
		buf_u8(out, c);
	}
	buf_free(&text);
}

static void
put_proof(struct buf *out, const struct bundle_rr *rr)
{
	buf_str(out, " ; pop RRSIG ");
	rrtext_put_rdata(out, RRTYPE_RRSIG,
	    (struct rdata){rr->proof, (uint16_t)rr->proof_len});
}

static void
put_rr(struct buf *out, const uint8_t *zone, const struct bundle_rr *rr)
{
	char owner[NAME_TEXT_SIZE], ttl[16], type[RRTYPE_TEXT_SIZE];
	size_t at = name_text(zone, owner);

	buf_str(out, owner);
	at = put_blanks(out, at, TTL_AT);
	(void)snprintf(ttl, sizeof(ttl), "%lu", (unsigned long)rr->ttl);
	buf_str(out, ttl);
	at = put_blanks(out, at + strlen(ttl), CLASS_AT);
	buf_str(out, "IN");
	at = put_blanks(out, at + 2, TYPE_AT);
	(void)rrtype_text(rr->type, type);
	buf_str(out, type);
	(void)put_blanks(out, at + strlen(type), RDATA_AT);
	put_rdata(out, rr);
	if (rr->proof != NULL)
		put_proof(out, rr);
	buf_u8(out, '\n');
}

static void
put_footer(struct buf *out, const struct bundles *b, enum bundle_form form)
{
	const struct bundle_footer *f = &b->footer;
	char date[DATE_SIZE], clock[DFLOW_WHEN_TEXT];
	char until[DFLOW_WHEN_TEXT];

	if (form == BUNDLE_KNOT)
		put_date_iso(f->clock, date);
	else
		put_date(f->clock, date);
	dflow_when_text(f->clock, clock);
	buf_printf(out, ";; %s 1.0 generated at %s by dnssecflow %s clock=%s",
	    marks[b->kind], date, PACKAGE_VERSION, clock);
	if (f->id[0] != '\0')
		buf_printf(out, " id=%s", f->id);
	if (f->answers[0] != '\0')
		buf_printf(out, " answers=%s", f->answers);
	if (f->response[0] != '\0')
		buf_printf(out, " response=%s", f->response);
	if (f->until != BUNDLE_CLOCK_UNSET) {
		dflow_when_text(f->until, until);
		buf_printf(out, " until=%s", until);
	}
	if (f->count != 0)
		buf_printf(out, " bundles=%zu", f->count);
	buf_u8(out, '\n');
}

void
bundles_write(const struct bundles *b, enum bundle_form form, struct buf *out)
{
	assert(b->footer.clock != BUNDLE_CLOCK_UNSET);
	for (size_t i = 0; i < b->count; i++) {
		const struct bundle *in = &b->list[i];

		put_header(out, b->kind, form, in->time);
		for (size_t k = 0; k < in->count; k++)
			put_rr(out, b->zone, &in->rrs[k]);
	}
	put_footer(out, b, form);
}
