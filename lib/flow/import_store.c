/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: what may take its place, what of it is needed yet, and the one
 * rename by which it changes. Signatures of an offline key cannot be made
 * again here (promise 2 of the design), so the one before is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "exchange/bundle_write.h"
#include "flow/import.h"

enum { KEPT_MAX = 100 };

static enum dflow_status
old_stick(const struct import_zone *z, const char *what, int64_t fresh,
    int64_t stored, struct dflow_err *err)
{
	char ours[DFLOW_WHEN_LONG], theirs[DFLOW_WHEN_LONG];

	dflow_when_long(fresh, ours);
	dflow_when_long(stored, theirs);
	return err_set(err, DFLOW_REFUSED,
	    "%s %s on %s, before the stored one (%s); is this an old stick?",
	    z->path, what, ours, theirs);
}

/* True if what is stored would do for signing now. */
static bool
is_good(const struct import_zone *z)
{
	struct dnskey zsks[BUNDLE_RRS_MAX];
	struct kskcheck check = {
	    .zsks = {zsks, 0},
	    .now = z->run->p->now,
	};
	struct response_force force;
	struct kskcheck_window window;
	struct kskdata *data = NULL;
	bool good;

	if (response_at(z->stored, check.now, &data, &force, NULL) != DFLOW_OK)
		return false;
	check.data = data;
	check.zsks.count =
	    import_zsks_at(&z->keys, check.now, zsks, BUNDLE_RRS_MAX);
	/* Without the keys here nobody can tell that it is not. */
	good = (force.number != 0 && z->keys.count == 0) ||
	       kskcheck(&check, &window, NULL) == DFLOW_OK;
	kskdata_free(&data);
	return good;
}

enum dflow_status
import_check_order(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundles *ours = z->fresh->bundles;
	const struct bundles *theirs = z->stored->bundles;
	int64_t end = response_until(z->stored, z->run->p->now);
	char when[DFLOW_WHEN_LONG], stored[DFLOW_WHEN_LONG];

	if (ours != NULL && theirs != NULL) {
		if (ours->footer.clock != BUNDLE_CLOCK_UNSET &&
		    theirs->footer.clock != BUNDLE_CLOCK_UNSET &&
		    ours->footer.clock < theirs->footer.clock)
			return old_stick(z, "was made", ours->footer.clock,
			    theirs->footer.clock, err);
		if (ours->list[0].time < theirs->list[0].time)
			return old_stick(z, "begins", ours->list[0].time,
			    theirs->list[0].time, err);
	}
	/* One that no longer does is no reason to refuse an earlier end. */
	if (z->done.until >= end || !is_good(z))
		return DFLOW_OK;
	dflow_when_long(z->done.until, when);
	dflow_when_long(end, stored);
	return err_set(err, DFLOW_REFUSED,
	    "%s expires on %s, before the stored one (%s), which is still "
	    "good; is this an old stick?",
	    z->path, when, stored);
}

/* A bundle of what a plain KSK.data holds, beside the ZSKs of now. */
static enum dflow_status
bundle_of_plain(
    const struct import_zone *z, struct bundle *out, struct dflow_err *err)
{
	const struct kskdata *data = z->stored->plain;
	int64_t now = z->run->p->now;
	struct dnskey zsks[BUNDLE_RRS_MAX];
	size_t count = import_zsks_at(&z->keys, now, zsks, BUNDLE_RRS_MAX);
	uint32_t ttl = 0;

	if (count + data->count > BUNDLE_RRS_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: more than %d records",
		    data->file, BUNDLE_RRS_MAX);
	out->rrs = calloc(BUNDLE_RRS_MAX, sizeof(*out->rrs));
	if (out->rrs == NULL)
		return err_memory(err);
	out->time = now;
	for (size_t i = 0; i < data->count; i++) {
		const struct kskdata_rr *rr = &data->rrs[i];

		out->rrs[out->count++] = (struct bundle_rr){
		    .rdata = rr->rdata,
		    .len = rr->len,
		    .ttl = rr->ttl,
		    .type = rr->type,
		    .covered = rr->covered,
		};
		if (rr->type == RRTYPE_DNSKEY)
			ttl = rr->ttl;
	}
	for (size_t i = 0; i < count; i++)
		out->rrs[out->count++] = (struct bundle_rr){
		    /* Borrowed for the writing alone. */
		    .rdata = (uint8_t *)(uintptr_t)zsks[i].rdata,
		    .len = zsks[i].rdata_len,
		    .ttl = ttl,
		    .type = RRTYPE_DNSKEY,
		};
	return DFLOW_OK;
}

/* The stored bundles from the one in force now to the fresh one's first. */
static size_t
needed(const struct bundles *b, int64_t now, int64_t first, struct bundle *out)
{
	const struct bundle *in = bundles_at(b, now);
	size_t count = 0;

	while (in != NULL && in < b->list + b->count && in->time < first)
		out[count++] = *in++;
	return count;
}

/* Does what is stored cover now until then? */
static enum dflow_status
check_gap(const struct import_zone *z, int64_t first, struct dflow_err *err)
{
	int64_t now = z->run->p->now;
	struct kskdata *data = NULL;
	char from[DFLOW_WHEN_LONG], to[DFLOW_WHEN_LONG];
	enum dflow_status st;
	int64_t until;

	dflow_when_long(first, from);
	if (z->stored == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s begins on %s, and nothing is stored for the time until "
		    "then; import it then, or ask for one that begins now",
		    z->path, from);
	st = response_at(z->stored, now, &data, NULL, NULL);
	kskdata_free(&data);
	until = response_until(z->stored, now);
	if (st == DFLOW_OK && until >= first)
		return DFLOW_OK;
	dflow_when_long(until, to);
	return err_set(err, DFLOW_REFUSED,
	    "%s begins on %s, but what is stored ends on %s: a gap; ask the "
	    "left for a response that begins before that",
	    z->path, from, to);
}

/* The text of the bundles in list, and then of all of fresh's. */
static enum dflow_status
write_joined(struct import_zone *z, struct bundle *list, size_t count,
    struct buf *text, struct dflow_err *err)
{
	struct bundles *fresh = z->fresh->bundles;
	struct bundles b = *fresh;

	if (count + fresh->count > BUNDLES_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "%s: more than %d bundles, with those of before that are "
		    "needed yet",
		    z->path, BUNDLES_MAX);
	memcpy(list + count, fresh->list, fresh->count * sizeof(*list));
	b.list = list;
	b.count = count + fresh->count;
	if (b.footer.clock == BUNDLE_CLOCK_UNSET)
		b.footer.clock = z->run->p->now;
	b.footer.count = b.count;
	(void)snprintf(b.footer.response, sizeof(b.footer.response), "%.*s",
	    BUNDLE_ANSWERS_SIZE - 1, z->fresh->sha256);
	bundles_write(&b, BUNDLE_BIND, text);
	return buf_check(text, z->done.stored, err);
}

enum dflow_status
import_join(struct import_zone *z, struct dflow_err *err)
{
	int64_t first = z->fresh->bundles->list[0].time;
	struct bundle plain = {0};
	struct bundle *list = NULL;
	enum dflow_status st;
	size_t count = 0;
	struct buf text;

	if (first <= z->run->p->now)
		return DFLOW_OK;
	st = check_gap(z, first, err);
	if (st != DFLOW_OK)
		return st;
	buf_init(&text, BUNDLES_BYTES_MAX);
	list = calloc(2 * BUNDLES_MAX, sizeof(*list));
	if (list == NULL)
		st = err_memory(err);
	else if (z->stored->plain != NULL)
		st = bundle_of_plain(z, &plain, err);
	if (st != DFLOW_OK)
		goto out;
	if (z->stored->plain != NULL)
		list[count++] = plain;
	else
		count = needed(z->stored->bundles, z->run->p->now, first, list);
	st = write_joined(z, list, count, &text, err);
	if (st == DFLOW_OK)
		st = response_parse(z->done.stored, &text, &z->joined, err);
out:
	buf_free(&text);
	free(plain.rrs);
	free(list);
	return st;
}

/* A moment that tells the stored file from others. */
static int64_t
birth(const struct import_zone *z)
{
	const struct kskdata *data = z->stored->plain;
	int64_t when = 0;

	if (data == NULL &&
	    z->stored->bundles->footer.clock != BUNDLE_CLOCK_UNSET)
		return z->stored->bundles->footer.clock;
	if (data == NULL)
		return z->stored->bundles->list[0].time;
	for (size_t i = 0; i < data->count; i++) {
		struct rrsig sig;

		if (data->rrs[i].covered == RRTYPE_DNSKEY &&
		    rrsig_view(data->rrs[i].rdata, data->rrs[i].len, &sig))
			when = when_from_serial(sig.inception, z->run->p->now);
	}
	return when;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* True if the file at path has these bytes. */
static bool
holds(const char *path, const struct buf *text)
{
	struct buf there;
	bool same;

	buf_init(&there, text->len);
	same = os_read(path, text->len, &there, NULL) == DFLOW_OK &&
	       same_bytes(&there, text);
	buf_free(&there);
	return same;
}

/* Copies the stored file to a name that tells when it began. */
static enum dflow_status
keep_previous(struct import_zone *z, struct dflow_err *err)
{
	const struct buf *text = &z->stored->text;
	char *name = z->done.previous;
	const size_t size = sizeof(z->done.previous);
	char when[DFLOW_WHEN_TEXT];
	int n;

	dflow_when_text(birth(z), when);
	n = snprintf(name, size, "%s.%s", z->done.stored, when);
	for (int i = 2; i < KEPT_MAX && n > 0 && (size_t)n < size; i++) {
		if (!os_exists(name))
			return os_write_new(
			    name, 0644, text->data, text->len, err);
		if (holds(name, text))
			return DFLOW_OK;
		n = snprintf(name, size, "%s.%s~%d", z->done.stored, when, i);
	}
	if (n < 0 || (size_t)n >= size)
		return err_set(
		    err, DFLOW_FAILED, "%s: name too long", z->done.stored);
	return err_set(err, DFLOW_REFUSED,
	    "%s.%s and %d more like it exist and are other files; move them "
	    "away",
	    z->done.stored, when, KEPT_MAX);
}

enum dflow_status
import_save(struct import_zone *z, struct dflow_err *err)
{
	const struct buf *text =
	    z->joined != NULL ? &z->joined->text : &z->fresh->text;
	enum dflow_status st = DFLOW_OK;

	if (z->done.unchanged)
		return DFLOW_OK;
	if (z->stored != NULL)
		st = keep_previous(z, err);
	if (st == DFLOW_OK)
		st = os_write(z->done.stored, 0644, text->data, text->len, err);
	return st;
}
