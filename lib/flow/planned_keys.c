/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ZSKs of a planned request, from the folder and back into it. What a run
 * makes and then fails is taken back; a run that is killed leaves keys with
 * their times, which the next one with the same dates takes up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "flow/planned.h"
#include "keys/keymake.h"
#include "keys/retime.h"

/* keymake has no longer ones. */
enum { NEW_PATH_MAX = KEYFILE_PATH_MAX + KEYFILE_NAME_MAX };

/* What a plan changes of a key that is there; all, of one that it moves. */
static const uint32_t ends =
    UINT32_C(1) << KEYTIME_INACTIVE | UINT32_C(1) << KEYTIME_REMOVE;
static const uint32_t all =
    UINT32_C(1) << KEYTIME_CREATED | UINT32_C(1) << KEYTIME_PUBLISH |
    UINT32_C(1) << KEYTIME_ACTIVATE | UINT32_C(1) << KEYTIME_INACTIVE |
    UINT32_C(1) << KEYTIME_REMOVE;

/* A ZSK that is, or will be, in the zone when the plan begins or later. */
static bool
is_wanted(const struct dflow_plan *d, const struct keyfile *k)
{
	const struct keytimes *t = &k->times;

	if ((k->key.flags & DNSKEY_FLAG_SEP) != 0 ||
	    (k->key.flags & DNSKEY_FLAG_REVOKE) != 0 ||
	    (k->key.flags & DNSKEY_FLAG_ZONE) == 0)
		return false;
	/* One that was only made (BIND's keygen -G) is for no use yet. */
	if (t->created != KEYTIME_UNSET && t->publish == KEYTIME_UNSET &&
	    t->activate == KEYTIME_UNSET && t->inactive == KEYTIME_UNSET)
		return false;
	return keyfile_state(t, d->p->from) != KEYSTATE_REMOVED;
}

static enum dflow_status
check_key(struct dflow_plan *d, const struct keyfile *k, struct dflow_err *err)
{
	char made[DFLOW_WHEN_LONG];

	if (k->times.created != KEYTIME_UNSET && k->times.created > d->p->now) {
		dflow_when_long(k->times.created, made);
		return err_set(err, DFLOW_REFUSED,
		    "%s was made on %s, which is still to come; set this "
		    "machine's clock right",
		    k->from, made);
	}
	if (d->alg == NULL)
		d->alg = alg_find(k->key.algorithm);
	if (d->alg == NULL || d->alg->number != k->key.algorithm)
		return err_set(err, DFLOW_REFUSED,
		    "%s is of algorithm %u; a plan has ZSKs of one algorithm, "
		    "and rolls to no other",
		    k->from, k->key.algorithm);
	return dnskey_check(&k->key, err);
}

/* One that is served is to sign when the plan begins, as the times have it. */
static bool
has_signer(const struct dflow_plan *d, const struct keylist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (d->served.here[i] && keyfile_state(&list->keys[i]->times,
					     d->p->from) == KEYSTATE_ACTIVE)
			return true;
	return false;
}

/* Moves the wanted ones out of the list. */
static enum dflow_status
take_keys(struct dflow_plan *d, struct keylist *list, struct plan_key *out,
    size_t *count, struct dflow_err *err)
{
	/* By its times the one that signs what is served may have left. */
	bool need_all = !has_signer(d, list);
	enum dflow_status st;

	*count = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct keyfile *k = list->keys[i];

		if (!is_wanted(d, k) && !(need_all && d->served.here[i]))
			continue;
		st = check_key(d, k, err);
		if (st != DFLOW_OK)
			return st;
		out[*count] = (struct plan_key){.times = k->times,
		    .name = k->from,
		    .served = d->served.here[i]};
		d->keys[*count].file = k; /* transferred */
		list->keys[i] = NULL;
		(*count)++;
	}
	return DFLOW_OK;
}

/* Caches hold what is served by its own TTL until they take the plan's. */
static struct plan_policy
policy_of(const struct dflow_plan *d)
{
	const struct dflow_plan_params *p = d->p;
	uint32_t ttl = d->served.ttl;

	return (struct plan_policy){
	    .lifetime_s = p->lifetime_s,
	    .ttl_s = ttl > p->ttl_s ? ttl : p->ttl_s,
	    .max_zone_ttl_s = p->max_zone_ttl_s,
	    .propagation_s = p->propagation_s,
	    .safety_s = p->safety_s,
	    .horizon_s = p->horizon_s,
	};
}

/* From the list of keys to the plan; known is room for PLAN_KEYS_MAX. */
static enum dflow_status
plan_from(struct dflow_plan *d, struct keylist *list, struct plan_key *known,
    struct dflow_err *err)
{
	struct plan_params params = {
	    .now = d->p->now,
	    .from = d->p->from,
	    .to = d->p->to,
	    .keys = known,
	};
	struct plan_policy policy;
	enum dflow_status st = planned_find_served(d, list, err);

	if (st == DFLOW_OK)
		st = take_keys(d, list, known, &params.count, err);
	if (st != DFLOW_OK)
		return st;
	policy = policy_of(d);
	params.policy = &policy;
	params.served_count = d->served.count;
	return plan_make(&params, &d->plan, err);
}

enum dflow_status
planned_read(struct dflow_plan *d, struct dflow_err *err)
{
	struct plan_key *known = calloc(PLAN_KEYS_MAX, sizeof(*known));
	struct keylist list = {0};
	enum dflow_status st;

	d->keys = calloc(PLAN_KEYS_MAX, sizeof(*d->keys));
	if (known == NULL || d->keys == NULL) {
		free(known);
		return err_memory(err);
	}
	st = keylist_read(d->p->key_dir, d->zone, &list, err);
	if (st == DFLOW_OK)
		st = plan_from(d, &list, known, err);
	if (st == DFLOW_OK && d->alg == NULL)
		d->alg = alg_find(ALG_ECDSAP256);
	keylist_free(&list);
	free(known);
	return st;
}

/* Those of a key that was made here; base is without an ending. */
static void
remove_files(const char *base)
{
	char path[NEW_PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s.key", base);
	os_remove(path);
	(void)snprintf(path, sizeof(path), "%s.private", base);
	os_remove(path);
}

static enum dflow_status
make_one(struct dflow_plan *d, size_t i, struct dflow_err *err)
{
	const struct keytimes *t = &d->plan->keys[i].times;
	struct keymake make = {
	    .zone = d->zone,
	    .dir = d->p->key_dir,
	    .alg = d->alg,
	    .bits = d->p->bits,
	    .pass = {.fd = -1},
	    .ttl = d->p->ttl_s,
	    .now = d->p->now,
	    .publish = t->publish,
	    .activate = t->activate,
	    .inactive = t->inactive,
	    .remove = t->remove,
	};
	char base[KEYFILE_NAME_MAX], path[NEW_PATH_MAX];
	enum dflow_status st = keymake(&make, base, err);

	if (st != DFLOW_OK)
		return st;
	(void)snprintf(path, sizeof(path), "%s/%s", d->p->key_dir, base);
	st = keyfile_read(path, &d->keys[i].file, err);
	if (st != DFLOW_OK) {
		/* No one else knows of it. */
		remove_files(path);
		return st;
	}
	d->keys[i].made = true;
	return DFLOW_OK;
}

enum dflow_status
planned_make(struct dflow_plan *d, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < d->plan->count && st == DFLOW_OK; i++)
		if (d->keys[i].file == NULL)
			st = make_one(d, i, err);
	return st;
}

enum dflow_status
planned_retime(struct dflow_plan *d, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < d->plan->count && st == DFLOW_OK; i++) {
		const struct plan_key *key = &d->plan->keys[i];

		if (!key->changed && !key->moved)
			continue;
		st = retime(
		    d->keys[i].file, &key->times, key->moved ? all : ends, err);
		d->keys[i].retimed = st == DFLOW_OK;
	}
	return st;
}

void
planned_undo(struct dflow_plan *d)
{
	struct dflow_err ignored;

	for (size_t i = 0; d->plan != NULL && i < d->plan->count; i++) {
		const struct keyfile *k = d->keys[i].file;

		if (d->keys[i].retimed &&
		    retime(k, &k->times, d->plan->keys[i].moved ? all : ends,
			&ignored) == DFLOW_OK)
			d->keys[i].retimed = false;
		if (d->keys[i].made)
			remove_files(k->base);
	}
}
