/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chooses the keys of the right side by their timing metadata (RFC 7583
 * section 2, the states of a key as dnssec-settime knows them), or takes the
 * ones it is told to take.
 */
#include "flow/zsks.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/when.h"
#include "keys/keyfile.h"

void
zsks_free(struct zsks **z)
{
	if (*z == NULL)
		return;
	for (size_t i = 0; i < (*z)->signer_count; i++)
		signer_free(&(*z)->signers[i]);
	for (size_t i = 0; i < (*z)->file_count; i++)
		keyfile_free(&(*z)->files[i]);
	signer_access_end(&(*z)->access);
	free(*z);
	*z = NULL;
}

static bool
has_key(const struct zsks *z, const struct dnskey *key)
{
	for (size_t i = 0; i < z->published_count; i++)
		if (dnskey_same_key(&z->published[i], key))
			return true;
	return false;
}

static enum dflow_status
check_clock(const struct keyfile *k, int64_t now, struct dflow_err *err)
{
	char made[DFLOW_WHEN_LONG];

	if (k->times.created == KEYTIME_UNSET || k->times.created <= now)
		return DFLOW_OK;
	dflow_when_long(k->times.created, made);
	return err_set(err, DFLOW_REFUSED,
	    "%s was made on %s, which is still to come; set this "
	    "machine's clock right",
	    k->from, made);
}

/* Takes over *file when the key belongs into the zone; else it is left. */
static enum dflow_status
take(struct zsks *z, const struct zsks_choice *p, struct keyfile **file,
    bool active, struct dflow_err *err)
{
	struct keyfile *k = *file;
	enum dflow_status st;

	st = check_clock(k, p->now, err);
	if (st == DFLOW_OK)
		st = dnskey_check(&k->key, err);
	if (st != DFLOW_OK)
		return st;
	if (has_key(z, &k->key))
		return err_set(err, DFLOW_REFUSED,
		    "%s: this key is there twice; name it once", k->from);
	if (z->file_count == ZSKS_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d keys for one zone; remove old ones",
		    ZSKS_MAX);
	z->published[z->published_count++] = k->key;
	z->files[z->file_count++] = k;
	*file = NULL; /* transferred */
	if (!active || !p->sign)
		return DFLOW_OK;
	st = signer_open(k, &z->access, &z->signers[z->signer_count], err);
	if (st == DFLOW_OK)
		z->signer_count++;
	return st;
}

static enum dflow_status
take_named(struct zsks *z, const struct zsks_choice *p, const char *name,
    struct dflow_err *err)
{
	const struct signer_role role = {
	    p->zone, p->combined ? DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP
				 : DNSKEY_FLAG_ZONE};
	struct keyfile *k = NULL;
	enum dflow_status st =
	    signer_key_read(name, &z->access, &role, &k, err);

	if (st != DFLOW_OK)
		return st;
	if (!name_equal(k->owner, p->zone)) {
		char owner[NAME_TEXT_SIZE];

		(void)name_text(k->owner, owner);
		st = err_set(err, DFLOW_REFUSED,
		    "%s is a key of %s; name one of this zone", k->from, owner);
	} else if ((k->key.flags & DNSKEY_FLAG_REVOKE) != 0) {
		st = err_set(err, DFLOW_REFUSED,
		    "%s is revoked; it may not sign a zone", k->from);
	} else if ((k->key.flags & DNSKEY_FLAG_ZONE) == 0) {
		st = err_set(err, DFLOW_REFUSED, "%s is no zone key (flags %u)",
		    k->from, k->key.flags);
	} else if ((k->key.flags & DNSKEY_FLAG_SEP) != 0 && !p->combined) {
		st = err_set(err, DFLOW_REFUSED,
		    "%s is a KSK; name a ZSK, or give -z if it is a "
		    "combined key",
		    k->from);
	} else {
		st = take(z, p, &k, true, err);
	}
	keyfile_free(&k);
	return st;
}

static const char *
state_text(enum keystate s)
{
	static const char *const texts[] = {
	    [KEYSTATE_FUTURE] = "not yet published",
	    [KEYSTATE_PUBLISHED] = "published",
	    [KEYSTATE_ACTIVE] = "active",
	    [KEYSTATE_RETIRED] = "inactive",
	    [KEYSTATE_REMOVED] = "deleted",
	};

	return texts[s];
}

static const char *
why_not(const struct zsks_choice *p, const struct keyfile *k)
{
	enum keystate s = keyfile_state(&k->times, p->now);

	if ((k->key.flags & DNSKEY_FLAG_SEP) != 0 && !p->combined)
		return "is a KSK";
	if ((k->key.flags & DNSKEY_FLAG_REVOKE) != 0)
		return "is revoked";
	if (s == KEYSTATE_ACTIVE && !k->has_private)
		return "lacks its .private file";
	return state_text(s);
}

/* Why the folder has no key to use: each of the zone's keys and its state. */
static enum dflow_status
none_fits(const struct zsks_choice *p, const struct keylist *list,
    struct dflow_err *err)
{
	char zone[NAME_TEXT_SIZE];
	enum dflow_status st;
	struct buf what;

	(void)name_text(p->zone, zone);
	if (list->count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no %s of %s there; is that the zone's name, and its "
		    "keys' folder? If so, make one with zsk-sign keygen",
		    p->dir, p->combined ? "key" : "ZSK", zone);
	buf_init(&what, 400);
	for (size_t i = 0; i < list->count; i++)
		buf_printf(&what, "%s %u %s", i == 0 ? ":" : ",",
		    list->keys[i]->key.tag, why_not(p, list->keys[i]));
	buf_u8(&what, 0);
	st = err_set(err, DFLOW_REFUSED,
	    "%s: no %s of %s is %s%s; make one with zsk-sign keygen, or set "
	    "its times with dnssec-settime",
	    p->dir, p->combined ? "key" : "ZSK", zone,
	    p->sign ? "active" : "to be published",
	    what.failed ? "" : (const char *)what.data);
	buf_free(&what);
	return st;
}

static enum dflow_status
list_keys(
    const struct zsks_choice *p, struct keylist *out, struct dflow_err *err)
{
	return p->index != NULL ? keyindex_list(p->index, p->zone, out, err)
				: keylist_read(p->dir, p->zone, out, err);
}

static enum dflow_status
take_folder(struct zsks *z, const struct zsks_choice *p, struct dflow_err *err)
{
	struct keylist list = {0};
	enum dflow_status st = list_keys(p, &list, err);

	for (size_t i = 0; st == DFLOW_OK && i < list.count; i++) {
		const struct keyfile *k = list.keys[i];
		enum keystate state = keyfile_state(&k->times, p->now);
		bool ksk = (k->key.flags & DNSKEY_FLAG_SEP) != 0;

		st = check_clock(k, p->now, err);
		if (st != DFLOW_OK || (ksk && !p->combined) ||
		    (k->key.flags & DNSKEY_FLAG_ZONE) == 0 ||
		    (k->key.flags & DNSKEY_FLAG_REVOKE) != 0 ||
		    state == KEYSTATE_FUTURE || state == KEYSTATE_REMOVED)
			continue;
		if (!k->has_private && state == KEYSTATE_ACTIVE && p->sign)
			state = KEYSTATE_PUBLISHED;
		st = take(z, p, &list.keys[i], state == KEYSTATE_ACTIVE, err);
		if (st == DFLOW_OK) {
			/* The list keeps no hole behind. */
			memmove(&list.keys[i], &list.keys[i + 1],
			    (list.count - i - 1) * sizeof(list.keys[0]));
			list.count--;
			i--;
		}
	}
	if (st == DFLOW_OK &&
	    (z->published_count == 0 || (p->sign && z->signer_count == 0))) {
		keylist_free(&list);
		st = list_keys(p, &list, err);
		if (st == DFLOW_OK)
			st = none_fits(p, &list, err);
	}
	keylist_free(&list);
	return st;
}

/* RFC 4035 section 2.2: a signer for each algorithm that is published. */
static enum dflow_status
check_algorithms(const struct zsks *z, struct dflow_err *err)
{
	for (size_t i = 0; i < z->published_count; i++) {
		uint8_t alg = z->published[i].algorithm;
		bool signs = false;

		for (size_t j = 0; j < z->signer_count; j++)
			if (signer_key(z->signers[j])->algorithm == alg)
				signs = true;
		if (!signs)
			return err_set(err, DFLOW_REFUSED,
			    "key %u of algorithm %u is published, but no "
			    "active key of that algorithm can sign; activate "
			    "one, or take the key out",
			    z->published[i].tag, alg);
	}
	return DFLOW_OK;
}

enum dflow_status
zsks_choose(
    const struct zsks_choice *p, struct zsks **out, struct dflow_err *err)
{
	struct zsks *z = NULL;
	enum dflow_status st = DFLOW_OK;

	if (p->now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock says a time before 2020; set it right");
	z = calloc(1, sizeof(*z));
	if (z == NULL)
		return err_memory(err);
	z->access.pass = p->pass;
	z->access.n200_conf = p->n200_conf;
	for (size_t i = 0; st == DFLOW_OK && i < p->key_count; i++)
		st = take_named(z, p, p->keys[i], err);
	if (st == DFLOW_OK && p->key_count == 0)
		st = take_folder(z, p, err);
	if (st == DFLOW_OK && p->sign)
		st = check_algorithms(z, err);
	if (st != DFLOW_OK) {
		zsks_free(&z);
		return st;
	}
	*out = z;
	return DFLOW_OK;
}
