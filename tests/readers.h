/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a master file as libzscanner and as ldns read it. */
#ifndef TESTS_READERS_H
#define TESTS_READERS_H

#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <string.h>

#include "base/encode.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "zone/load.h"

enum { READERS_TEXT_MAX = 1 << 20 };

/* An RR; of those that were read, the last. */
struct one {
	uint8_t owner[NAME_MAX_LEN];
	uint8_t rdata[65536];
	uint32_t ttl;
	uint16_t type;
	uint16_t rdata_len;
	size_t count;
};

static inline enum dflow_status
one_keep(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct one *out = ctx;

	(void)err;
	name_copy(out->owner, rr->owner);
	memcpy(out->rdata, rr->rdata, rr->rdata_len);
	out->ttl = rr->ttl;
	out->type = rr->type;
	out->rdata_len = rr->rdata_len;
	out->count++;
	return DFLOW_OK;
}

static inline void
one_read(const char *text, struct one *out)
{
	struct dflow_err err;

	out->count = 0;
	ck_assert_msg(text_load("f", text, strlen(text), 3600, one_keep, out,
			  &err) == DFLOW_OK,
	    "%s: %s", text, err.text);
	ck_assert_msg(out->count == 1, "%s", text);
}

static inline void
one_read_ldns(const char *text, struct one *out)
{
	ldns_buffer *wire = ldns_buffer_new(LDNS_MIN_BUFLEN);
	ldns_rr *rr = NULL;
	ldns_status status = ldns_rr_new_frm_str(&rr, text, 3600, NULL, NULL);

	ck_assert_msg(status == LDNS_STATUS_OK, "%s: %s", text,
	    ldns_get_errorstr_by_id(status));
	ck_assert_ptr_nonnull(wire);
	ck_assert(ldns_rr_rdata2buffer_wire(wire, rr) == LDNS_STATUS_OK);
	ck_assert_uint_le(ldns_buffer_position(wire), UINT16_MAX);
	out->rdata_len = (uint16_t)ldns_buffer_position(wire);
	memcpy(out->rdata, ldns_buffer_begin(wire), out->rdata_len);
	name_copy(out->owner, ldns_rdf_data(ldns_rr_owner(rr)));
	out->ttl = ldns_rr_ttl(rr);
	out->type = (uint16_t)ldns_rr_get_type(rr);
	ldns_rr_free(rr);
	ldns_buffer_free(wire);
}

/* The line that rrtext_put writes, without its newline; the caller frees. */
static inline char *
one_write(const struct one *rr)
{
	struct rdata rdata = {rr->rdata, rr->rdata_len};
	struct buf out;
	char *text;

	buf_init(&out, READERS_TEXT_MAX);
	rrtext_put(&out, rr->owner, rr->ttl, rr->type, rdata);
	ck_assert(!out.failed);
	ck_assert_uint_eq(out.data[out.len - 1], '\n');
	text = strndup((char *)out.data, out.len - 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), out.len - 1);
	buf_free(&out);
	return text;
}

static inline void
one_same(const struct one *a, const struct one *b, const char *text)
{
	ck_assert_msg(a->type == b->type && a->ttl == b->ttl &&
			  a->rdata_len == b->rdata_len &&
			  memcmp(a->rdata, b->rdata, a->rdata_len) == 0 &&
			  name_equal(a->owner, b->owner),
	    "%s", text);
}

/*
 * Both must read text as rr; but ldns only what its buffers hold, and not
 * NSAP-PTR and SINK, which it takes to be something else.
 */
static inline void
one_back(const struct one *rr, const char *text)
{
	static struct one back;

	one_read(text, &back);
	one_same(rr, &back, text);
	if (strlen(text) > 60000 || rr->type == 23 || rr->type == 40)
		return;
	one_read_ldns(text, &back);
	one_same(rr, &back, text);
}

#endif
