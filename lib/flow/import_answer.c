/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is an SKR the answer to what the right asked for? The request that the right
 * kept says so, to the byte, where the response tells which one it answers;
 * and the ZSKs of each time have to be those that will be in the zone then.
 */
#include "flow/import.h"

#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "dns/rrtype.h"
#include "exchange/request.h"
#include "flow/keyfacts.h"

static bool
is_zsk(const struct dnskey *key)
{
	return (key->flags & DNSKEY_FLAG_ZONE) != 0 &&
	       (key->flags & (DNSKEY_FLAG_SEP | DNSKEY_FLAG_REVOKE)) == 0;
}

size_t
import_zsks_at(
    const struct keylist *keys, int64_t when, struct dnskey *out, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < keys->count && count < max; i++) {
		const struct keyfile *k = keys->keys[i];
		enum keystate state = keyfile_state(&k->times, when);

		if (is_zsk(&k->key) && state != KEYSTATE_FUTURE &&
		    state != KEYSTATE_REMOVED)
			out[count++] = k->key;
	}
	return count;
}

size_t
import_zsks_of(
    const struct bundles *b, int64_t when, struct dnskey out[BUNDLE_RRS_MAX])
{
	const struct bundle *in = bundles_at(b, when);
	size_t count = 0;

	for (size_t i = 0; in != NULL && i < in->count; i++)
		if (in->rrs[i].type == RRTYPE_DNSKEY &&
		    dnskey_view(
			in->rrs[i].rdata, in->rrs[i].len, &out[count]) &&
		    is_zsk(&out[count]))
			count++;
	return count;
}

static bool
is_plain(const struct buf *text)
{
	size_t line;

	return bundle_marked((const char *)text->data, text->len, &line) ==
	       NULL;
}

/* A request that is there, but tells nothing, is not the same as none. */
static enum dflow_status
not_read(const struct import_request *r, const struct dflow_err *why,
    struct dflow_err *err)
{
	return err_set(err, DFLOW_REFUSED,
	    "%s; move %s away, or name the request with --request", why->text,
	    r->path);
}

static enum dflow_status
check_plain(const struct import_request *r, const struct buf *text,
    struct dflow_err *err)
{
	struct request *plain = NULL;
	struct dflow_err why = {0};
	enum dflow_status st = request_parse(
	    r->path, (const char *)text->data, text->len, &plain, &why);

	request_free(&plain);
	return st == DFLOW_OK ? st : not_read(r, &why, err);
}

/*
 * A request that was named has to do; one that was found may be another
 * zone's, or a plain one, and then there is none.
 */
static enum dflow_status
take_request(struct import_zone *z, const struct buf *text, bool named,
    struct dflow_err *err)
{
	struct import_request *r = &z->request;
	struct bundles *b = NULL;
	struct dflow_err why = {0};
	enum dflow_status st;
	bool ours;

	if (!named && is_plain(text))
		return check_plain(r, text, err);
	st = bundles_parse(
	    r->path, (const char *)text->data, text->len, &b, &why);
	if (st != DFLOW_OK)
		return not_read(r, &why, err);
	ours = b->kind == BUNDLE_KSR &&
	       name_equal(b->zone, response_zone(z->fresh));
	if (ours) {
		keyfacts_sha256(text->data, text->len, r->sha256);
		r->bundles = b;
		b = NULL; /* transferred */
	}
	bundles_free(&b);
	if (ours || !named)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s is no KSR for %s; name the request that %s answers", r->path,
	    z->done.zone, z->path);
}

/* z->request.path, which was named or found. */
static enum dflow_status
read_request(struct import_zone *z, bool named, struct dflow_err *err)
{
	struct import_request *r = &z->request;
	struct dflow_err why = {0};
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	st = named ? os_read(r->path, BUNDLES_BYTES_MAX, &text, &why)
		   : os_read_found(r->path, BUNDLES_BYTES_MAX, &text, &why);
	if (st == DFLOW_OK)
		st = take_request(z, &text, named, err);
	else
		st = not_read(r, &why, err);
	buf_free(&text);
	return st;
}

static enum dflow_status
look_for(struct import_zone *z, const char *zone, const char *end,
    struct dflow_err *err)
{
	struct import_request *r = &z->request;
	int n = snprintf(
	    r->path, sizeof(r->path), "%s/%s%s", z->request_dir, zone, end);

	if (n < 0 || (size_t)n >= sizeof(r->path))
		return err_set(
		    err, DFLOW_FAILED, "%s: name too long", z->request_dir);
	return os_exists(r->path) ? read_request(z, false, err) : DFLOW_OK;
}

/* True if the response tells that it answers this one. */
static bool
is_answered(const struct import_zone *z)
{
	const struct bundles *r = z->request.bundles;

	return r != NULL &&
	       strcmp(r->footer.id, z->fresh->bundles->footer.id) == 0;
}

/*
 * In a folder with the keys of many zones one zone's is key-request, and that
 * of each other has the zone in its name. A request may have been made before
 * the answer to the one before is back: that one is beside it, with a tilde.
 */
static enum dflow_status
look_for_all(struct import_zone *z, struct dflow_err *err)
{
	static const char *const ends[] = {"key-request", "key-request~"};
	bool tells = z->fresh->bundles->footer.id[0] != '\0';
	struct import_request *r = &z->request;
	struct import_request last = {.bundles = NULL};
	char zone[KEYFILE_NAME_MAX + 1];
	enum dflow_status st = DFLOW_OK;

	keyfile_zone(z->zone, zone);
	(void)strcat(zone, ".");
	/* Without that word it answers the last one. */
	for (size_t i = 0; i < (tells ? 4 : 2) && st == DFLOW_OK; i++) {
		st = look_for(z, i % 2 == 0 ? zone : "", ends[i / 2], err);
		if (r->bundles == NULL)
			continue;
		if (!tells || is_answered(z))
			break;
		if (last.bundles == NULL)
			last = *r; /* transferred */
		else
			bundles_free(&r->bundles);
		r->bundles = NULL;
	}
	if (st == DFLOW_OK && r->bundles == NULL) {
		*r = last;
		last.bundles = NULL; /* transferred */
	}
	bundles_free(&last.bundles);
	return st;
}

enum dflow_status
import_find_request(struct import_zone *z, struct dflow_err *err)
{
	const char *named = z->run->p->request;
	struct import_request *r = &z->request;
	int n;

	if (named == NULL)
		return look_for_all(z, err);
	n = snprintf(r->path, sizeof(r->path), "%s", named);
	if (n < 0 || (size_t)n >= sizeof(r->path))
		return err_set(err, DFLOW_FAILED, "%s: name too long", named);
	return read_request(z, true, err);
}

/* The id and the digest that ours tell of the request that they answer. */
static enum dflow_status
check_footer(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundle_footer *f = &z->fresh->bundles->footer;
	const struct import_request *r = &z->request;

	if ((f->answers[0] == '\0' || strcmp(f->answers, r->sha256) == 0) &&
	    (f->id[0] == '\0' || strcmp(f->id, r->bundles->footer.id) == 0))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s answers another request than %s; bring the answer to that "
	    "one, or name the request that it answers with --request",
	    z->path, r->path);
}

/* A key of a that is not among b; or NULL. */
static const struct dnskey *
missing(const struct dnskey *a, size_t a_count, const struct dnskey *b,
    size_t b_count)
{
	for (size_t i = 0; i < a_count; i++) {
		size_t k = 0;

		while (k < b_count && !dnskey_same_key(&a[i], &b[k]))
			k++;
		if (k == b_count)
			return &a[i];
	}
	return NULL;
}

/* Of the DNSKEY RRset that is in force then; 0 if none is. */
static uint32_t
ttl_at(const struct bundles *b, int64_t when)
{
	const struct bundle *in = bundles_at(b, when);

	for (size_t i = 0; in != NULL && i < in->count; i++)
		if (in->rrs[i].type == RRTYPE_DNSKEY)
			return in->rrs[i].ttl;
	return 0;
}

/* The plan's keys are published in time for the TTL that it asked for. */
static enum dflow_status
check_ttl(const struct import_zone *z, int64_t when, struct dflow_err *err)
{
	const struct import_request *r = &z->request;
	uint32_t has = ttl_at(z->fresh->bundles, when);
	uint32_t wants = ttl_at(r->bundles, when);
	char date[DFLOW_WHEN_LONG];

	if (has <= wants || wants == 0)
		return DFLOW_OK;
	dflow_when_long(when, date);
	return err_set(err, DFLOW_REFUSED,
	    "%s: on %s its DNSKEY RRset has a TTL of %u seconds, but %s asks "
	    "for %u, and caches would know a new ZSK too late; ask the left to "
	    "sign with the request's TTL, or request anew with --ttl %u",
	    z->path, date, has, r->path, wants, has);
}

/* At that moment, has the response the ZSKs that it should have? */
static enum dflow_status
check_at(const struct import_zone *z, int64_t when, struct dflow_err *err)
{
	struct dnskey has[BUNDLE_RRS_MAX], wants[BUNDLE_RRS_MAX];
	const struct import_request *r = &z->request;
	const char *whose = r->bundles != NULL ? r->path : z->key_dir;
	size_t has_count = import_zsks_of(z->fresh->bundles, when, has);
	size_t wants_count =
	    r->bundles != NULL
		? import_zsks_of(r->bundles, when, wants)
		: import_zsks_at(&z->keys, when, wants, BUNDLE_RRS_MAX);
	const struct dnskey *more = missing(has, has_count, wants, wants_count);
	const struct dnskey *less = missing(wants, wants_count, has, has_count);
	char date[DFLOW_WHEN_LONG];

	if (more == NULL && less == NULL)
		return r->bundles != NULL ? check_ttl(z, when, err) : DFLOW_OK;
	dflow_when_long(when, date);
	if (more != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: on %s it has ZSK %u, which %s does not have then; do "
		    "not use this file, and send the request anew",
		    z->path, date, more->tag, whose);
	return err_set(err, DFLOW_REFUSED,
	    "%s: on %s it lacks ZSK %u, which %s has then; bring the whole "
	    "file anew, or send a new request",
	    z->path, date, less->tag, whose);
}

/* All that was asked for is answered, and no more. */
static enum dflow_status
check_request(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundles *b = z->fresh->bundles;
	const struct bundles *r = z->request.bundles;
	enum dflow_status st = check_footer(z, err);
	char ours[DFLOW_WHEN_LONG], theirs[DFLOW_WHEN_LONG];
	int64_t end = r->list[r->count - 1].time + 1;

	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++)
		st = check_at(z, b->list[i].time, err);
	for (size_t i = 0; i < r->count && st == DFLOW_OK; i++)
		st = check_at(z, r->list[i].time, err);
	if (st != DFLOW_OK)
		return st;
	if (r->footer.until != BUNDLE_CLOCK_UNSET)
		end = r->footer.until;
	dflow_when_long(z->done.until, ours);
	dflow_when_long(end, theirs);
	if (r->footer.until != BUNDLE_CLOCK_UNSET &&
	    b->footer.until != BUNDLE_CLOCK_UNSET && b->footer.until > end)
		return err_set(err, DFLOW_REFUSED,
		    "%s ends on %s, but %s goes to %s only; bring the whole "
		    "file anew",
		    z->path, ours, z->request.path, theirs);
	if (z->done.until >= end)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s ends on %s, but %s goes to %s; bring the whole file anew, or "
	    "ask the left for the rest",
	    z->path, ours, z->request.path, theirs);
}

/* From now on: what is past needs no keys any more. */
static enum dflow_status
check_time(const struct import_zone *z, int64_t when, struct dflow_err *err)
{
	int64_t now = z->run->p->now;
	int64_t from = z->fresh->bundles->list[0].time;

	if (when == KEYTIME_UNSET || when < from || when >= z->done.until ||
	    when < now)
		return DFLOW_OK;
	return check_at(z, when, err);
}

/* Without a request: by the keys' own times, whenever one of them changes. */
static enum dflow_status
check_keys(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundles *b = z->fresh->bundles;
	enum dflow_status st;

	if (z->keys.count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no ZSK of %s there, and no request that %s could "
		    "answer; name the keys' folder (-K) or the request "
		    "(--request)",
		    z->key_dir, z->done.zone, z->path);
	st = check_time(z, z->run->p->now, err);
	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++)
		st = check_time(z, b->list[i].time, err);
	for (size_t i = 0; i < z->keys.count && st == DFLOW_OK; i++) {
		const struct keytimes *t = &z->keys.keys[i]->times;

		st = check_time(z, t->publish, err);
		if (st == DFLOW_OK)
			st = check_time(z, t->activate, err);
		if (st == DFLOW_OK)
			st = check_time(z, t->remove, err);
	}
	return st;
}

enum dflow_status
import_check_answer(const struct import_zone *z, struct dflow_err *err)
{
	return z->request.bundles != NULL ? check_request(z, err)
					  : check_keys(z, err);
}
