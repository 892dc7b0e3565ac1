/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A year of a signed zone as resolvers with caches see it, by ldns alone:
 *
 *	yearwatch [-a AGE] [-l LAG] [-p PROPAGATION] [-t DS-TTL] DS-FILE LIST
 *
 * LIST has a line for each moment at which the zone changed, growing: seconds
 * since 1970, the file. Until the next moment that file is what servers have,
 * some of them for PROPAGATION longer; a cache keeps what it got from it for
 * its TTL, and with -a for AGE more than it may. All that can be in caches
 * together has to fit together (RFC 6781 section 4.1, RFC 7583):
 *
 *	rrsig	a zone's records with a DNSKEY RRset that was got before
 *	dnskey	records that were got before with the zone's DNSKEY RRset
 *	expiry	no signature ends, or begins, while a cache has it
 *	ds	each DNSKEY RRset with each DS RRset of the parent
 *	cds	CDS and CDNSKEY tell the same, signed by a KSK that the parent
 *		knows, and what they ask for would not break the zone
 *
 * The parent starts with DS-FILE and does what CDS says (RFC 7344) after LAG.
 * All spans are in seconds. The last line counts; the status is 1 if anything
 * does not fit.
 */
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ldns/ldns.h>

#include "yearzone.h"

enum { MOMENTS_MAX = 2000, DS_MAX = 50, TOLD_MAX = 5 };

enum what { RRSIG, DNSKEY, EXPIRY, DS, CDS, WHATS };
static const char *const words[WHATS] = {
    [RRSIG] = "rrsig",
    [DNSKEY] = "dnskey",
    [EXPIRY] = "expiry",
    [DS] = "ds",
    [CDS] = "cds",
};

/* What the parent has from time to until. */
struct parent {
	int64_t time;
	int64_t until;
	ldns_rr_list *rrs;
};

struct watch {
	int64_t age;
	int64_t lag;
	int64_t propagation;
	int64_t ds_ttl;
	struct moment *moments;
	size_t count;
	struct parent parents[DS_MAX];
	size_t parent_count;
	ldns_rr_list *zsks; /* each that was ever there, once */
	size_t verified; /* pairs of RRset and DNSKEY RRset */
	size_t bad[WHATS];
};

static void
tell(struct watch *w, enum what what, int64_t time, const struct set *set,
    const char *text)
{
	char *type = ldns_rr_type2str(set->type);

	if (w->bad[what]++ < TOLD_MAX)
		printf("%s: at %lld: %s: %s\n", words[what], (long long)time,
		    type, text);
	free(type);
}

static void
read_list(struct watch *w, const char *path)
{
	char name[1024];
	long long time;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		err(2, "%s", path);
	while (fscanf(f, "%lld %1023s", &time, name) == 2) {
		struct moment *m = &w->moments[w->count];

		if (w->count == MOMENTS_MAX)
			errx(2, "%s: too long", path);
		m->time = time;
		read_zone(m, name);
		if (w->count > 0)
			m[-1].until = time;
		w->count++;
	}
	if (w->count < 2)
		errx(2, "%s: needs two moments", path);
	w->moments[w->count - 1].until = w->moments[w->count - 1].time;
	(void)fclose(f);
}

static bool
fits(struct watch *w, const struct set *set, const struct set *keys,
    int64_t time)
{
	w->verified++;
	return validates(set, keys, time);
}

/* When the last cache drops what servers had until then. */
static int64_t
gone(const struct watch *w, int64_t until, int64_t ttl)
{
	return until + w->propagation + ttl + w->age;
}

/* The moment's records with a DNSKEY RRset that caches may still have. */
static void
check_new(struct watch *w, const struct moment *now, const struct moment *was)
{
	if (gone(w, was->until, was->dnskey->ttl) <= now->time)
		return;
	for (size_t i = 0; i < now->count; i++) {
		const struct set *s = &now->sets[i];

		if (s->type != LDNS_RR_TYPE_DNSKEY &&
		    !fits(w, s, was->dnskey, now->time))
			tell(w, RRSIG, now->time, s,
			    "not with an earlier DNSKEY RRset");
	}
}

/* Records that caches may still have with the moment's DNSKEY RRset. */
static void
check_old(struct watch *w, const struct moment *now, const struct moment *was)
{
	for (size_t i = 0; i < was->count; i++) {
		const struct set *s = &was->sets[i];

		if (s->type != LDNS_RR_TYPE_DNSKEY &&
		    gone(w, was->until, s->ttl) > now->time &&
		    !fits(w, s, now->dnskey, now->time))
			tell(w, DNSKEY, now->time, s,
			    "of earlier does not validate any more");
	}
}

static void
check_data(struct watch *w, size_t at)
{
	const struct moment *now = &w->moments[at];

	for (size_t i = 0; i < now->count; i++) {
		if (!fits(w, &now->sets[i], now->dnskey, now->time))
			tell(w, RRSIG, now->time, &now->sets[i],
			    "does not validate in its own zone");
	}
	for (size_t k = 0; k < at; k++) {
		check_new(w, now, &w->moments[k]);
		check_old(w, now, &w->moments[k]);
	}
}

static void
check_expiry(struct watch *w, size_t at)
{
	const struct moment *now = &w->moments[at];

	for (size_t i = 0; i < now->count; i++) {
		const struct set *s = &now->sets[i];

		for (size_t k = 0; k < ldns_rr_list_rr_count(s->sigs); k++) {
			if (!covers(ldns_rr_list_rr(s->sigs, k), now->time,
				gone(w, now->until, s->ttl)))
				tell(w, EXPIRY, now->time, s,
				    "a cache has it longer than it is valid");
		}
	}
}

/* RFC 7344 section 4: the two tell the same keys. */
static bool
same_keys(const struct set *cds, const struct set *cdnskey)
{
	ldns_rr_list *made = ldns_rr_list_new();
	bool same;

	for (size_t i = 0; i < ldns_rr_list_rr_count(cdnskey->rrs); i++) {
		ldns_rr *key = ldns_rr_clone(ldns_rr_list_rr(cdnskey->rrs, i));

		ldns_rr_set_type(key, LDNS_RR_TYPE_DNSKEY);
		ldns_rr_list_push_rr(made, ldns_key_rr2ds(key, LDNS_SHA256));
		ldns_rr_free(key);
	}
	same = same_rdatas(made, cds->rrs);
	ldns_rr_list_deep_free(made);
	return same;
}

/* From now on the parent has what CDS says, if it may. */
static void
parent_follows(struct watch *w, const struct moment *m, const struct set *cds)
{
	struct parent *last = &w->parents[w->parent_count - 1];
	struct parent *next = last + 1;

	if (w->parent_count == DS_MAX)
		errx(2, "CDS changes all the time");
	if (!chains(last->rrs, m->dnskey, cds))
		tell(w, CDS, m->time, cds, "signed by no KSK that has a DS");
	last->until = m->time + w->lag;
	*next = (struct parent){.time = last->until, .until = INT64_MAX};
	next->rrs = ldns_rr_list_clone(cds->rrs);
	for (size_t i = 0; i < ldns_rr_list_rr_count(next->rrs); i++)
		ldns_rr_set_type(
		    ldns_rr_list_rr(next->rrs, i), LDNS_RR_TYPE_DS);
	if (!chains(next->rrs, m->dnskey, m->dnskey))
		tell(w, CDS, m->time, cds, "what it asks for breaks the zone");
	w->parent_count++;
}

static void
parent_looks(struct watch *w, const struct moment *m)
{
	const struct set *cds = find_type(m, LDNS_RR_TYPE_CDS);
	const struct set *cdnskey = find_type(m, LDNS_RR_TYPE_CDNSKEY);

	if (cds == NULL || cdnskey == NULL) {
		tell(w, CDS, m->time, m->dnskey, "no CDS or no CDNSKEY");
		return;
	}
	if (!same_keys(cds, cdnskey))
		tell(w, CDS, m->time, cds, "CDNSKEY does not tell the same");
	if (!same_rdatas(cds->rrs, w->parents[w->parent_count - 1].rrs))
		parent_follows(w, m, cds);
}

/* Every DS RRset with every DNSKEY RRset that is in caches together with it. */
static void
check_ds(struct watch *w)
{
	for (size_t p = 0; p < w->parent_count; p++) {
		const struct parent *ds = &w->parents[p];
		int64_t ds_gone = ds->until == INT64_MAX
				      ? INT64_MAX
				      : gone(w, ds->until, w->ds_ttl);

		for (size_t i = 0; i < w->count; i++) {
			const struct moment *m = &w->moments[i];

			if (m->time < ds_gone &&
			    gone(w, m->until, m->dnskey->ttl) > ds->time &&
			    !chains(ds->rrs, m->dnskey, m->dnskey))
				tell(w, DS, m->time, m->dnskey,
				    "not signed by a KSK that a DS names");
		}
	}
}

static void
collect_zsks(struct watch *w, const struct set *keys)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(keys->rrs); i++) {
		ldns_rr *key = ldns_rr_list_rr(keys->rrs, i);

		if (ldns_rdf2native_int16(ldns_rr_dnskey_flags(key)) ==
			LDNS_KEY_ZONE_KEY &&
		    !ldns_rr_list_contains_rr(w->zsks, key))
			ldns_rr_list_push_rr(w->zsks, key);
	}
}

static void
read_parent(struct watch *w, const char *path)
{
	struct parent *first = &w->parents[w->parent_count++];
	ldns_rr *rr;
	int line = 0;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		err(2, "%s", path);
	if (ldns_rr_new_frm_fp_l(&rr, f, NULL, NULL, NULL, &line) !=
		LDNS_STATUS_OK ||
	    ldns_rr_get_type(rr) != LDNS_RR_TYPE_DS)
		errx(2, "%s: no DS", path);
	(void)fclose(f);
	first->time = INT64_MIN;
	first->until = INT64_MAX;
	first->rrs = ldns_rr_list_new();
	ldns_rr_list_push_rr(first->rrs, rr);
}

static int
report(const struct watch *w)
{
	size_t all = 0;

	printf("moments %zu, pairs %zu, zsks %zu, ds %zu:", w->count,
	    w->verified, ldns_rr_list_rr_count(w->zsks), w->parent_count);
	for (int i = 0; i < WHATS; i++) {
		printf(" %s %zu", words[i], w->bad[i]);
		all += w->bad[i];
	}
	printf("\n");
	return all > 0;
}

int
main(int argc, char **argv)
{
	struct watch w = {.ds_ttl = 86400, .zsks = ldns_rr_list_new()};
	int opt;

	while ((opt = getopt(argc, argv, "a:l:p:t:")) != -1) {
		switch (opt) {
		case 'a':
			w.age = strtoll(optarg, NULL, 10);
			break;
		case 'l':
			w.lag = strtoll(optarg, NULL, 10);
			break;
		case 'p':
			w.propagation = strtoll(optarg, NULL, 10);
			break;
		case 't':
			w.ds_ttl = strtoll(optarg, NULL, 10);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2)
		errx(2, "usage: yearwatch [OPTION...] DS-FILE LIST");
	w.moments = calloc(MOMENTS_MAX, sizeof(*w.moments));
	if (w.moments == NULL)
		err(2, "moments");
	read_parent(&w, argv[optind]);
	read_list(&w, argv[optind + 1]);
	for (size_t i = 0; i < w.count; i++) {
		collect_zsks(&w, w.moments[i].dnskey);
		parent_looks(&w, &w.moments[i]);
		check_data(&w, i);
		check_expiry(&w, i);
	}
	check_ds(&w);
	/* Not by return: what w holds is not lost, to a leak checker. */
	exit(report(&w));
}
