/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The periods of a ceremony's responses: of a plain request the one that the
 * officer chose, of a KSR those of exchange/schedule. Refuses a policy whose
 * signatures end while caches still have them.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/ceremony.h"

/* Between the last server's change and the end of a signature. */
enum { REFRESH_SPARE_S = 3600 };

/* A plain request asks for one period, which the officer chose. */
enum dflow_status
ceremony_times_plain(const struct dflow_ceremony *c,
    const struct ceremony_zone *z, struct ceremony_response *r,
    struct dflow_err *err)
{
	struct keytimes times[DFLOW_CEREMONY_KEYS_MAX];
	const struct schedule_params params = {
	    .policy = &c->policy,
	    .times = &c->view.now,
	    .count = 1,
	    .until = c->view.now + 1,
	    .ksks = times,
	    .ksk_count = z->ksk_count,
	};
	struct schedule_period *only;
	enum dflow_status st;

	/* Who is named signs, whatever its metadata say. */
	for (size_t i = 0; i < z->ksk_count; i++) {
		keytimes_clear(&times[i]);
		if (c->p->key_dir != NULL)
			times[i] = z->ksks[i]->times;
	}
	st = schedule_make(&params, &r->schedule, err);
	if (st != DFLOW_OK)
		return st;
	only = &r->schedule->periods[0];
	only->time = c->plain_inception;
	only->until = c->plain_expiration;
	only->inception = c->plain_inception;
	only->expiration = c->plain_expiration;
	r->schedule->until = c->plain_expiration;
	return DFLOW_OK;
}

/*
 * Caches keep the keys and their signatures for the TTL: these must last that
 * much longer than their bundle (RFC 6781 section 4.4.2).
 */
static enum dflow_status
check_refresh(const struct dflow_ceremony *c, const struct ceremony_zone *z,
    struct dflow_err *err)
{
	uint32_t ttl = 0;

	for (size_t i = 0; i < z->ksr->count; i++)
		if (z->ksr->list[i].rrs[0].ttl > ttl)
			ttl = z->ksr->list[i].rrs[0].ttl;
	if (c->policy.refresh_s >= (int64_t)ttl + REFRESH_SPARE_S)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s: signatures that end %lld seconds behind their bundle are too "
	    "short for keys with a TTL of %u; give a longer --refresh",
	    z->text, (long long)c->policy.refresh_s, ttl);
}

/* Nobody needs what was in force; the last one stays in any case. */
static void
drop_past(struct schedule *s, int64_t now)
{
	size_t past = 0;

	while (past + 1 < s->count && s->periods[past].until <= now)
		past++;
	s->count -= past;
	memmove(s->periods, s->periods + past, s->count * sizeof(*s->periods));
}

/*
 * Nothing is in force before it is signed. What a KSK's times say of the time
 * between the request's beginning and now is as if it had been so throughout:
 * a KSK that was made today signs the request of yesterday.
 */
static struct keytimes
settled(const struct keytimes *times, int64_t begin, int64_t now)
{
	struct keytimes t = *times;
	int64_t *const events[] = {&t.publish, &t.activate, &t.revoke,
	    &t.inactive, &t.remove, &t.sync_publish, &t.sync_delete};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (*events[i] != KEYTIME_UNSET && *events[i] > begin &&
		    *events[i] <= now)
			*events[i] = begin;
	return t;
}

/* A key file that dnssec-revoke made is revoked from the beginning. */
void
ceremony_ksk_times(const struct ceremony_zone *z, struct keytimes *times)
{
	for (size_t i = 0; i < z->ksk_count; i++) {
		times[i] = z->ksks[i]->times;
		if ((z->ksks[i]->key.flags & DNSKEY_FLAG_REVOKE) != 0)
			times[i].revoke = 0;
	}
}

uint32_t
ceremony_first_signers(
    const struct dflow_ceremony *c, const struct ceremony_zone *z)
{
	struct keytimes times[DFLOW_CEREMONY_KEYS_MAX];
	int64_t first = z->ksr->list[0].time;
	uint32_t signers = 0;

	ceremony_ksk_times(z, times);
	for (size_t i = 0; i < z->ksk_count; i++) {
		struct keytimes t = settled(&times[i], first, c->view.now);
		bool revoked = t.revoke != KEYTIME_UNSET && t.revoke <= first;

		if (!revoked && keyfile_state(&t, first) == KEYSTATE_ACTIVE)
			signers |= 1u << i;
	}
	return signers;
}

enum dflow_status
ceremony_times_ksr(const struct dflow_ceremony *c,
    const struct ceremony_zone *z, const struct keytimes *times,
    struct schedule **out, struct dflow_err *err)
{
	struct keytimes here[DFLOW_CEREMONY_KEYS_MAX];
	struct schedule_params params = {
	    .policy = &c->policy,
	    .until = ceremony_until(c, z),
	    .ksks = here,
	    .ksk_count = z->ksk_count,
	};
	int64_t *starts = calloc(z->ksr->count, sizeof(*starts));
	size_t *from = calloc(z->ksr->count, sizeof(*from));
	enum dflow_status st = DFLOW_OK;

	if (starts == NULL || from == NULL)
		st = err_memory(err);
	else
		st = check_refresh(c, z, err);
	/* Of two bundles with one time, should that be allowed, the last. */
	for (size_t i = 0; st == DFLOW_OK && i < z->ksr->count; i++) {
		int64_t time = z->ksr->list[i].time;

		if (params.count > 0 && starts[params.count - 1] == time)
			params.count--;
		from[params.count] = i;
		starts[params.count++] = time;
	}
	for (size_t i = 0; i < z->ksk_count; i++)
		here[i] = settled(&times[i], z->ksr->list[0].time, c->view.now);
	params.times = starts;
	if (st == DFLOW_OK)
		st = schedule_make(&params, out, err);
	for (size_t i = 0; st == DFLOW_OK && i < (*out)->count; i++)
		(*out)->periods[i].from = from[(*out)->periods[i].from];
	if (st == DFLOW_OK && (z->checks.failed & 1u << CHECK_PAST) == 0)
		drop_past(*out, c->view.now);
	free(starts);
	free(from);
	return st;
}
