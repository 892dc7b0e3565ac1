/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last response, as a plan needs it: what the request answers, and which
 * ZSKs are in the zone before the plan begins. An SKR tells these; a plain
 * KSK.data has none, but its signatures verify with these alone.
 */
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/handover.h"
#include "flow/kskcheck.h"
#include "flow/planned.h"

enum {
	PATH_TEXT_MAX = 4096,
	TOGETHER_MAX = 3, /* ZSKs that are tried together, at any time */
	TRIES_MAX = 5000,
};

enum dflow_status
planned_response(struct dflow_plan *d, struct dflow_err *err)
{
	const char *path = d->p->response;
	char found[PATH_TEXT_MAX];
	enum dflow_status st;
	struct buf text;
	int n;

	if (path == NULL) {
		n = snprintf(
		    found, sizeof(found), "%s/KSK.data", d->p->key_dir);
		if (n < 0 || (size_t)n >= sizeof(found) || !os_exists(found))
			return DFLOW_OK;
		path = found;
	}
	buf_init(&text, BUNDLES_BYTES_MAX);
	st = path == found ? os_read_found(path, BUNDLES_BYTES_MAX, &text, err)
			   : os_read(path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = response_parse(path, &text, &d->response, err);
	buf_free(&text);
	if (st == DFLOW_OK && !name_equal(response_zone(d->response), d->zone))
		st = err_set(err, DFLOW_REFUSED,
		    "%s is no response for %s; name the last one", path,
		    d->zone_text);
	return st;
}

/* A store that was put together here tells the digest of what came. */
void
planned_answers(const struct dflow_plan *d, char out[BUNDLE_ANSWERS_SIZE])
{
	const struct response *r = d->response;

	if (r == NULL)
		(void)snprintf(out, BUNDLE_ANSWERS_SIZE, "none");
	else if (r->bundles != NULL && r->bundles->footer.response[0] != '\0')
		(void)snprintf(out, BUNDLE_ANSWERS_SIZE, "%s",
		    r->bundles->footer.response);
	else
		(void)snprintf(out, BUNDLE_ANSWERS_SIZE, "%.*s",
		    BUNDLE_ANSWERS_SIZE - 1, r->sha256);
}

static void
mark_bundle(const struct bundle *in, const struct keylist *list,
    struct planned_served *out)
{
	struct dnskey key;

	for (size_t i = 0; i < in->count; i++) {
		const struct bundle_rr *rr = &in->rrs[i];

		if (rr->type != RRTYPE_DNSKEY ||
		    !dnskey_view(rr->rdata, rr->len, &key) ||
		    !handover_is_zsk(&key))
			continue;
		out->count++;
		for (size_t k = 0; k < list->count; k++)
			if (handover_is_zsk(&list->keys[k]->key) &&
			    dnskey_same_key(&list->keys[k]->key, &key))
				out->here[k] = true;
	}
}

static bool
any_here(const struct planned_served *s, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (s->here[i])
			return true;
	return false;
}

/* The earliest end of what signs DNSKEY in the bundle. */
static int64_t
bundle_end(const struct bundle *in)
{
	int64_t end = INT64_MAX;
	struct rrsig sig;

	for (size_t i = 0; i < in->count; i++) {
		const struct bundle_rr *rr = &in->rrs[i];
		int64_t to;

		if (rr->covered != RRTYPE_DNSKEY ||
		    !rrsig_view(rr->rdata, rr->len, &sig))
			continue;
		to = when_from_serial(sig.expiration, in->time);
		if (to < end)
			end = to;
	}
	return end;
}

/* The search for the ZSKs that a plain response signs. */
struct search {
	const struct keylist *list;
	struct kskcheck check;
	struct dnskey keys[BUNDLE_RRS_MAX];
	size_t places[BUNDLE_RRS_MAX]; /* of keys, in the list */
	unsigned tries;
};

static void
put_key(struct search *s, size_t place)
{
	s->keys[s->check.zsks.count] = s->list->keys[place]->key;
	s->places[s->check.zsks.count++] = place;
}

static bool
is_signed(struct search *s)
{
	struct kskcheck_window window;
	struct dflow_err ignored = {0};

	s->tries++;
	return s->check.zsks.count > 0 &&
	       kskcheck(&s->check, &window, &ignored) == DFLOW_OK;
}

/* Those that were in the zone then, by their times. */
static bool
find_by_times(struct search *s, int64_t when)
{
	s->check.zsks.count = 0;
	for (size_t i = 0;
	     i < s->list->count && s->check.zsks.count < BUNDLE_RRS_MAX; i++) {
		const struct keyfile *k = s->list->keys[i];
		enum keystate state = keyfile_state(&k->times, when);

		if (handover_is_zsk(&k->key) && state != KEYSTATE_FUTURE &&
		    state != KEYSTATE_REMOVED)
			put_key(s, i);
	}
	return is_signed(s);
}

/* So many together that are behind start, with those that are there. */
static bool
find_together(struct search *s, size_t more, size_t start)
{
	if (more == 0)
		return is_signed(s);
	for (size_t i = start; i < s->list->count; i++) {
		if (!handover_is_zsk(&s->list->keys[i]->key))
			continue;
		if (s->tries >= TRIES_MAX)
			return false;
		put_key(s, i);
		if (find_together(s, more - 1, i + 1))
			return true;
		s->check.zsks.count--;
	}
	return false;
}

/* The times may have changed since: what verifies was signed. */
static bool
find_signed(struct search *s, int64_t now)
{
	if (find_by_times(s, now) || find_by_times(s, s->check.now))
		return true;
	s->check.zsks.count = 0;
	for (size_t n = 1; n <= TOGETHER_MAX; n++)
		if (find_together(s, n, 0))
			return true;
	return false;
}

static enum dflow_status
mark_plain(struct dflow_plan *d, int64_t when, const struct keylist *list,
    struct dflow_err *err)
{
	const struct kskdata *data = d->response->plain;
	struct planned_served *out = &d->served;
	struct search s = {
	    .list = list,
	    .check = {.data = data, .now = when, .what = KSKCHECK_ZONE},
	};
	bool found;

	s.check.zsks.keys = s.keys;
	for (size_t i = 0; i < data->count; i++)
		if (data->rrs[i].type == RRTYPE_DNSKEY)
			out->ttl = data->rrs[i].ttl;
	if (response_until(d->response, d->p->now) <= d->p->now)
		return DFLOW_OK;
	if (response_until(d->response, d->p->now) <= when)
		s.check.now = d->p->now;
	/* A file that was named may be of other ZSKs, in another folder. */
	found = find_signed(&s, d->p->now);
	if (!found && d->p->response != NULL)
		return DFLOW_OK;
	if (!found)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the ZSKs that it signs are not all here, so no plan "
		    "can go on from what is served; bring their files back, "
		    "or, if they are lost, move it away: then a new ZSK signs "
		    "at once, and caches fail until they forget the old one",
		    data->file);
	for (size_t i = 0; i < s.check.zsks.count; i++)
		out->here[s.places[i]] = true;
	out->count = s.check.zsks.count;
	return DFLOW_OK;
}

enum dflow_status
planned_find_served(
    struct dflow_plan *d, const struct keylist *list, struct dflow_err *err)
{
	int64_t now = d->p->now;
	/* The bundle that begins with the plan is not served before it. */
	int64_t when = d->p->from > now ? d->p->from - 1 : now;
	const struct bundle *in;

	if (d->response == NULL)
		return DFLOW_OK;
	if (d->response->plain != NULL)
		return mark_plain(d, when, list, err);
	in = bundles_at(d->response->bundles, when);
	if (in == NULL)
		return DFLOW_OK;
	for (size_t i = 0; i < in->count; i++)
		if (in->rrs[i].type == RRTYPE_DNSKEY)
			d->served.ttl = in->rrs[i].ttl;
	if (bundle_end(in) > now)
		mark_bundle(in, list, &d->served);
	if (d->p->response != NULL && !any_here(&d->served, list->count))
		d->served.count = 0;
	return DFLOW_OK;
}
