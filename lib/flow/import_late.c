/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A response that came too late: the ZSKs were to be rolled over meanwhile,
 * and caches that have those of what is stored cannot go on to its own.
 */
#include <string.h>

#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/handover.h"
#include "flow/import.h"

/* What there is on one side of the change-over. */
struct side {
	struct dnskey zsks[BUNDLE_RRS_MAX];
	size_t count;
};

static struct kskcheck_keys
keys_of(const struct side *s)
{
	return (struct kskcheck_keys){s->zsks, s->count};
}

static void
note_end(int64_t time, int64_t until, int64_t *latest)
{
	if (time != KEYTIME_UNSET && time <= until && time - 1 > *latest)
		*latest = time - 1;
}

/* The last moment at which other ZSKs were in the zone; or KEYTIME_UNSET. */
static int64_t
before(const struct keylist *keys, int64_t until)
{
	int64_t latest = KEYTIME_UNSET;

	for (size_t i = 0; i < keys->count; i++) {
		note_end(keys->keys[i]->times.publish, until, &latest);
		note_end(keys->keys[i]->times.remove, until, &latest);
	}
	return latest;
}

/*
 * A plain KSK.data does not have its ZSKs in it: they are the last ones that
 * its signatures verify over.
 */
static void
find_signed(const struct import_zone *z, int64_t when, struct side *out)
{
	struct kskcheck check = {
	    .data = z->stored->plain,
	    .zsks.keys = out->zsks,
	    .now = when,
	};
	struct kskcheck_window window;

	for (int64_t at = when; at != KEYTIME_UNSET;
	     at = before(&z->keys, at)) {
		out->count =
		    import_zsks_at(&z->keys, at, out->zsks, BUNDLE_RRS_MAX);
		check.zsks.count = out->count;
		if (out->count > 0 &&
		    kskcheck(&check, &window, NULL) == DFLOW_OK)
			return;
	}
	out->count = 0;
}

/* Can a cache have the RRset with these signatures at that time? */
static bool
is_cached(const struct bundle *b, int64_t when)
{
	struct rrsig s;

	for (size_t i = 0; i < b->count; i++)
		if (b->rrs[i].covered == RRTYPE_DNSKEY &&
		    rrsig_view(b->rrs[i].rdata, b->rrs[i].len, &s) &&
		    when_from_serial(s.expiration, when) > when)
			return true;
	return false;
}

/* The ZSKs that are stored for the time until then; none if they are over. */
static void
find_old(const struct import_zone *z, int64_t when, struct side *out)
{
	const struct bundles *b = z->stored->bundles;
	const struct bundle *in;

	out->count = 0;
	if (b == NULL) {
		find_signed(z, when, out);
		return;
	}
	in = bundles_at(b, when);
	if (in != NULL && is_cached(in, when))
		out->count = import_zsks_of(b, when, out->zsks);
}

/* Those that sign then, by the times of their files. */
static void
find_signers(const struct import_zone *z, int64_t when, struct side *out)
{
	out->count = 0;
	for (size_t i = 0; i < z->keys.count && out->count < BUNDLE_RRS_MAX;
	     i++) {
		const struct keyfile *k = z->keys.keys[i];

		if (handover_is_zsk(&k->key) &&
		    keyfile_state(&k->times, when) == KEYSTATE_ACTIVE)
			out->zsks[out->count++] = k->key;
	}
}

/* Other ZSKs under the same KSK, in a folder of their own, missed nothing. */
static bool
are_elsewhere(const struct import_zone *z, const struct side *old)
{
	for (size_t i = 0; i < z->keys.count; i++)
		for (size_t k = 0; k < old->count; k++)
			if (dnskey_same_key(
				&old->zsks[k], &z->keys.keys[i]->key))
				return false;
	return z->keys.count > 0;
}

static enum dflow_status
refuse(const struct import_zone *z, const char *what, int64_t when,
    struct dflow_err *err)
{
	char date[DFLOW_WHEN_LONG];

	dflow_when_long(when, date);
	return err_set(err, DFLOW_REFUSED,
	    "%s: it comes too late: on %s %s, and caches that have those could "
	    "not verify the zone; ask anew (zsk-sign request --from now); if "
	    "that is meant, move %s away and give --ds",
	    z->path, date, what, z->done.stored);
}

enum dflow_status
import_check_late(const struct import_zone *z, struct dflow_err *err)
{
	const struct bundles *b = z->fresh->bundles;
	int64_t when = z->run->p->now, until = when;
	struct side old, fresh, signers;

	/* A later one takes over from what is stored until then. */
	if (b != NULL && b->list[0].time > when) {
		when = b->list[0].time;
		until = when - 1;
	}
	find_old(z, until, &old);
	fresh.count = b != NULL ? import_zsks_of(b, when, fresh.zsks)
				: import_zsks_at(&z->keys, when, fresh.zsks,
				      BUNDLE_RRS_MAX);
	if (old.count == 0 || fresh.count == 0 || are_elsewhere(z, &old))
		return DFLOW_OK;
	if (!handover_meet(keys_of(&old), keys_of(&fresh)))
		return refuse(z,
		    "it has none of the ZSKs that are published until then",
		    when, err);
	find_signers(z, when, &signers);
	if (signers.count > 0 &&
	    !handover_meet(keys_of(&signers), keys_of(&old)))
		return refuse(z,
		    "the ZSK signs that is not among those published until "
		    "then",
		    when, err);
	return DFLOW_OK;
}
