/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the officer is warned of before anything is signed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "flow/ceremony.h"

enum {
	TEXT_MAX = 4096,
	WARNINGS_MAX = CHECKS + 4 * DFLOW_CEREMONY_KEYS_MAX + 64
};

static void __attribute__((format(printf, 2, 3)))
warn(struct ceremony_zone *z, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	if (z->warning_count == WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	z->warnings[z->warning_count] = strdup(text);
	if (z->warnings[z->warning_count] != NULL)
		z->warning_count++;
}

/*
 * A KSK that begins to sign needs its DS at the parent before; one that ends
 * must have lost it (RFC 7583 section 3.3).
 */
static void
warn_of_ds(struct ceremony_zone *z, size_t ksk)
{
	const struct schedule *s = z->responses[0].schedule;
	uint16_t tag = z->ksks[ksk]->key.tag;
	uint32_t bit = 1u << ksk;
	char when[DFLOW_WHEN_LONG];

	for (size_t i = 1; i < s->count; i++) {
		uint32_t is = s->periods[i].signing & ~s->periods[i].revoked;
		uint32_t was =
		    s->periods[i - 1].signing & ~s->periods[i - 1].revoked;

		dflow_when_long(s->periods[i].time, when);
		if ((is & bit) != 0 && (was & bit) == 0)
			warn(z,
			    "KSK %u signs from %s on; its DS belongs into the "
			    "parent before others cease to",
			    tag, when);
		if ((is & bit) == 0 && (was & bit) != 0)
			warn(z,
			    "KSK %u ceases to sign on %s; by then the DS of "
			    "another one must be in the parent and in all "
			    "caches",
			    tag, when);
	}
}

/*
 * Who knows the old KSK alone can follow to the new one where both sign (RFC
 * 6781 section 4.1.2); import wants the parent's DS otherwise.
 */
static void
warn_of_jump(struct ceremony_zone *z)
{
	const struct schedule *s = z->responses[0].schedule;
	char when[DFLOW_WHEN_LONG];

	for (size_t i = 1; i < s->count; i++) {
		uint32_t is = s->periods[i].signing & ~s->periods[i].revoked;
		uint32_t was =
		    s->periods[i - 1].signing & ~s->periods[i - 1].revoked;

		if ((is & was) != 0)
			continue;
		dflow_when_long(s->periods[i].time, when);
		warn(z,
		    "no KSK signs both before and from %s on; the right takes "
		    "that only with --ds of the two, so let the old one sign "
		    "for some days more (ksk-sign settime -I)",
		    when);
	}
}

/* The pages and the ledger name keys by their tags. */
static void
warn_of_twins(struct ceremony_zone *z)
{
	const struct bundles *b = z->ksr;
	uint32_t seen = 0;
	struct dnskey zsk;

	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < b->list[i].count; k++) {
			const struct bundle_rr *rr = &b->list[i].rrs[k];

			if (!dnskey_view(rr->rdata, rr->len, &zsk))
				continue;
			for (size_t n = 0; n < z->ksk_count; n++) {
				const struct dnskey *ksk = &z->ksks[n]->key;

				if ((seen & 1u << n) != 0 ||
				    ksk->algorithm != zsk.algorithm ||
				    ksk->tag != zsk.tag)
					continue;
				seen |= 1u << n;
				warn(z,
				    "KSK %u and a ZSK have the same tag; tell "
				    "them apart by their SHA-256",
				    ksk->tag);
			}
		}
}

/* A KSK that was brought here and is in no bundle. */
static void
warn_of_unused(struct ceremony_zone *z, size_t ksk)
{
	for (size_t n = 0; n < z->response_count; n++) {
		const struct schedule *s = z->responses[n].schedule;

		for (size_t i = 0; i < s->count; i++)
			if ((s->periods[i].published & 1u << ksk) != 0)
				return;
	}
	warn(z, "KSK %u is in no bundle, by its timing metadata",
	    z->ksks[ksk]->key.tag);
}

/* The second response must not take the first one's way. */
static void
warn_of_emergency(struct ceremony_zone *z)
{
	uint32_t standby;

	if (z->response_count < 2)
		return;
	standby = z->responses[1].schedule->periods[0].signing;
	for (size_t i = 0; i < z->ksk_count; i++)
		if ((standby & 1u << i) != 0)
			warn(z,
			    "a second response, for emergencies, is signed by "
			    "the standby KSK %u: lock it away, and have the "
			    "DS of that KSK in the parent before it is used",
			    z->ksks[i]->key.tag);
}

enum dflow_status
ceremony_warnings(const struct dflow_ceremony *c, struct ceremony_zone *z,
    struct dflow_ceremony_zone *v, struct dflow_err *err)
{
	z->warnings = calloc(WARNINGS_MAX, sizeof(*z->warnings));
	if (z->warnings == NULL)
		return err_memory(err);
	for (unsigned i = 0; i < CHECKS; i++) {
		if ((z->checks.failed & 1u << i) == 0)
			continue;
		z->allowed[v->allowed_count++] = check_name(i);
		if (z->checks.count[i] == 1)
			warn(z, "%s (allowed: %s)", z->checks.text[i],
			    check_name(i));
		else
			warn(z, "%s (allowed: %s, and %zu more such)",
			    z->checks.text[i], check_name(i),
			    z->checks.count[i] - 1);
	}
	for (size_t i = 0; i < z->file_count && c->trust != NULL; i++)
		if (z->containers[i] == NULL)
			warn(z, "%s: no container says who made it",
			    z->files[i].path);
	for (size_t i = 0; i < z->ksk_count && z->ksr != NULL; i++) {
		warn_of_ds(z, i);
		warn_of_unused(z, i);
	}
	if (z->ksr != NULL) {
		warn_of_jump(z);
		warn_of_twins(z);
	}
	warn_of_emergency(z);
	if (z->ksr != NULL && z == c->zones && ledger_is_new(c->ledger))
		warn(z,
		    "the ledger %s begins with this: if there was one before, "
		    "look for it, as nothing of before can be checked",
		    ledger_path(c->ledger));
	if (c->view.cds == DFLOW_CDS_DELETE)
		warn(z, "CDS and CDNSKEY will ask the parent to remove the DS: "
			"the zone becomes insecure");
	v->warnings = (const char *const *)z->warnings;
	v->warning_count = z->warning_count;
	v->allowed = z->allowed;
	return DFLOW_OK;
}
