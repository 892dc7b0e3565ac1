/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A response as text: the plain KSK.data, or an SKR. It is read back as the
 * right side will read it, and must hold the very records whose signatures
 * were verified, and no others.
 */
#include <string.h>

#include "dns/rrset.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "exchange/bundle_check.h"
#include "exchange/bundle_write.h"
#include "exchange/kskdata.h"
#include "flow/ceremony.h"
#include "flow/keyfacts.h"

/* Without the ZSKs, which are known on the right. */
static void
put_plain(const struct bundles *b, struct buf *out)
{
	const struct bundle *in = &b->list[0];

	for (size_t i = 0; i < in->count; i++)
		if (!bundle_rr_is_zsk(&in->rrs[i]))
			rrtext_put(out, b->zone, in->rrs[i].ttl,
			    in->rrs[i].type,
			    (struct rdata){
				in->rrs[i].rdata, (uint16_t)in->rrs[i].len});
}

static enum dflow_status
differs(struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED,
	    "what was signed reads back as something else; nothing was "
	    "written");
}

/* True if the text has exactly the records that were meant. */
static enum dflow_status
check_plain(
    const struct bundles *b, const struct buf *text, struct dflow_err *err)
{
	const struct bundle *in = &b->list[0];
	struct kskdata *data = NULL;
	enum dflow_status st = kskdata_parse(
	    "what was signed", (const char *)text->data, text->len, &data, err);
	size_t at = 0;
	bool same = st == DFLOW_OK && name_equal(data->zone, b->zone);

	for (size_t i = 0; same && i < in->count; i++) {
		const struct bundle_rr *rr = &in->rrs[i];

		if (bundle_rr_is_zsk(rr))
			continue;
		same = at < data->count && data->rrs[at].type == rr->type &&
		       data->rrs[at].ttl == rr->ttl &&
		       data->rrs[at].len == rr->len &&
		       memcmp(data->rrs[at].rdata, rr->rdata, rr->len) == 0;
		at++;
	}
	same = same && at == data->count;
	kskdata_free(&data);
	return st != DFLOW_OK || same ? st : differs(err);
}

static bool
same_bundle(const struct bundle *a, const struct bundle *b)
{
	if (a->time != b->time || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->rrs[i].type != b->rrs[i].type ||
		    a->rrs[i].ttl != b->rrs[i].ttl ||
		    a->rrs[i].len != b->rrs[i].len ||
		    memcmp(a->rrs[i].rdata, b->rrs[i].rdata, a->rrs[i].len) !=
			0)
			return false;
	return true;
}

static enum dflow_status
check_skr(
    const struct bundles *b, const struct buf *text, struct dflow_err *err)
{
	struct bundles *back = NULL;
	enum dflow_status st = bundles_parse(
	    "what was signed", (const char *)text->data, text->len, &back, err);
	bool same = st == DFLOW_OK && back->kind == BUNDLE_SKR &&
		    back->count == b->count && name_equal(back->zone, b->zone);

	for (size_t i = 0; same && i < b->count; i++)
		same = same_bundle(&back->list[i], &b->list[i]);
	bundles_free(&back);
	return st != DFLOW_OK || same ? st : differs(err);
}

enum dflow_status
ceremony_text(const struct dflow_ceremony *c, const struct ceremony_zone *z,
    struct ceremony_response *r, struct dflow_err *err)
{
	enum dflow_status st;

	buf_reset(&r->text);
	if (z->plain != NULL)
		put_plain(r->bundles, &r->text);
	else
		bundles_write(
		    r->bundles, c->knot ? BUNDLE_KNOT : BUNDLE_BIND, &r->text);
	st = buf_check(&r->text, "the response", err);
	if (st == DFLOW_OK)
		st = z->plain != NULL ? check_plain(r->bundles, &r->text, err)
				      : check_skr(r->bundles, &r->text, err);
	if (st != DFLOW_OK)
		return st;
	keyfacts_sha256(r->text.data, r->text.len, r->sha256);
	buf_u8(&r->text, 0);
	return buf_check(&r->text, "the response", err);
}
