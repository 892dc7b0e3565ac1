/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns what makes an old output fit to build upon. The digest is taken of the
 * very bytes that are read into the zone. Whatever is wrong with the file, or
 * if there is no room for it, is no failure: it is done without.
 */
#include "flow/previous.h"

#include <string.h>

#include "base/os.h"
#include "dns/digest.h"
#include "dns/rrtype.h"
#include "flow/seal.h"
#include "keys/keyfile.h"
#include "zone/load.h"

static bool
is_below(const struct zone_rr *rr, const void *apex)
{
	return !name_equal(rr->owner, apex);
}

static enum dflow_status
load(const struct previous *p, const uint8_t sealed[SEAL_LEN],
    struct zone **zone, struct dflow_err *cause)
{
	struct zone_load load = {
	    .path = p->out,
	    .origin = p->apex,
	    .max_memory = p->max_memory,
	    .taken = p->taken,
	    .alone = true, /* another file would escape the digest */
	    .threads = p->threads,
	    .drop = p->apex_only ? is_below : NULL,
	    .ctx = (void *)(uintptr_t)p->apex, /* read only */
	};
	uint8_t digest[DIGEST_MAX];
	struct zone *z = NULL;
	enum dflow_status st = digest_new(DIGEST_SHA256, &load.digest, cause);

	if (st != DFLOW_OK)
		return st;
	st = zone_load(&load, &z, cause);
	digest_end(load.digest, digest);
	if (st == DFLOW_OK && memcmp(digest, sealed, SEAL_LEN) != 0)
		st = err_set(cause, DFLOW_REFUSED,
		    "%s is not the file that was verified (see %s.sha256)",
		    p->out, p->out);
	digest_free(&load.digest);
	if (st != DFLOW_OK) {
		zone_free(&z);
		return st;
	}
	*zone = z;
	return DFLOW_OK;
}

void
previous_read(
    const struct previous *p, struct zone **zone, struct dflow_err *cause)
{
	uint8_t sealed[SEAL_LEN];

	*zone = NULL;
	cause->status = DFLOW_OK;
	cause->text[0] = '\0';
	if (strcmp(p->out, "-") == 0 || !os_is_file(p->out))
		return;
	if (seal_read(p->out, sealed, cause) == DFLOW_OK)
		(void)load(p, sealed, zone, cause);
}

static bool
signs_now(const struct zsks *keys, const struct dnskey *key)
{
	for (size_t i = 0; i < keys->signer_count; i++)
		if (dnskey_same_key(signer_key(keys->signers[i]), key))
			return true;
	return false;
}

/* In the zone, but without signing; or past that, by its files' times. */
static bool
was_rolled(const struct zsks *keys, const struct keylist *list, int64_t now,
    const struct dnskey *key)
{
	for (size_t i = 0; i < keys->published_count; i++)
		if (dnskey_same_key(&keys->published[i], key))
			return true;
	for (size_t i = 0; i < list->count; i++) {
		enum keystate s = keyfile_state(&list->keys[i]->times, now);

		if ((s == KEYSTATE_RETIRED || s == KEYSTATE_REMOVED) &&
		    dnskey_same_key(&list->keys[i]->key, key))
			return true;
	}
	return false;
}

bool
previous_rolled(const struct zone *zone, const uint8_t *apex,
    const struct zsks *keys, const char *dir, int64_t now)
{
	const struct node *node = zone_apex(zone);
	const struct rrset *set = NULL;
	struct keylist list = {0};
	struct dflow_err ignored;
	struct dnskey key;
	const uint8_t *p;
	bool rolled = false, signs = false;

	if (node != NULL)
		set = node_rrset(zone, node, RRTYPE_DNSKEY);
	if (set == NULL)
		return false;
	if (dir != NULL && keylist_read(dir, apex, &list, &ignored) != DFLOW_OK)
		list = (struct keylist){0};
	p = set->rdata;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (!dnskey_view(r.data, r.len, &key) ||
		    (key.flags & DNSKEY_FLAG_SEP) != 0)
			continue;
		signs |= signs_now(keys, &key);
		rolled |= was_rolled(keys, &list, now, &key);
	}
	keylist_free(&list);
	return rolled && !signs;
}
