/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "yearzone.h"

#include <err.h>
#include <stdio.h>

static struct set *
find_set(struct moment *m, const ldns_rdf *owner, ldns_rr_type type)
{
	for (size_t i = 0; i < m->count; i++) {
		struct set *s = &m->sets[i];

		if (s->type == type &&
		    ldns_dname_compare(
			ldns_rr_owner(ldns_rr_list_rr(s->rrs, 0)), owner) == 0)
			return s;
	}
	return NULL;
}

static void
add_rr(struct moment *m, ldns_rr *rr)
{
	struct set *s = find_set(m, ldns_rr_owner(rr), ldns_rr_get_type(rr));

	if (s == NULL) {
		if (m->count == SETS_MAX)
			errx(2, "too many RRsets");
		s = &m->sets[m->count++];
		s->rrs = ldns_rr_list_new();
		s->sigs = ldns_rr_list_new();
		s->type = ldns_rr_get_type(rr);
		s->ttl = ldns_rr_ttl(rr);
	}
	ldns_rr_list_push_rr(s->rrs, ldns_rr_clone(rr));
}

static void
add_sig(struct moment *m, ldns_rr *rr)
{
	ldns_rr_type covered = ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr));
	struct set *s = find_set(m, ldns_rr_owner(rr), covered);

	if (s == NULL)
		errx(2, "a signature over nothing");
	ldns_rr_list_push_rr(s->sigs, ldns_rr_clone(rr));
}

/* Signatures may stand before what they cover. */
static void
add_all(struct moment *m, const ldns_zone *zone)
{
	ldns_rr_list *rrs = ldns_zone_rrs(zone);

	add_rr(m, ldns_zone_soa(zone));
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrs); i++) {
		ldns_rr *rr = ldns_rr_list_rr(rrs, i);

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_RRSIG)
			add_rr(m, rr);
	}
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrs); i++) {
		ldns_rr *rr = ldns_rr_list_rr(rrs, i);

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG)
			add_sig(m, rr);
	}
}

void
read_zone(struct moment *m, const char *path)
{
	ldns_zone *zone;
	int line = 0;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		err(2, "%s", path);
	if (ldns_zone_new_frm_fp_l(
		&zone, f, NULL, 0, LDNS_RR_CLASS_IN, &line) != LDNS_STATUS_OK)
		errx(2, "%s:%d: ldns does not read it", path, line);
	(void)fclose(f);
	add_all(m, zone);
	ldns_zone_deep_free(zone);
	m->dnskey = find_type(m, LDNS_RR_TYPE_DNSKEY);
	if (m->dnskey == NULL)
		errx(2, "%s: no DNSKEY", path);
}

const struct set *
find_type(const struct moment *m, ldns_rr_type type)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->sets[i].type == type)
			return &m->sets[i];
	}
	return NULL;
}

static bool
same_rdata(const ldns_rr *a, const ldns_rr *b)
{
	if (ldns_rr_rd_count(a) != ldns_rr_rd_count(b))
		return false;
	for (size_t i = 0; i < ldns_rr_rd_count(a); i++) {
		if (ldns_rdf_compare(ldns_rr_rdf(a, i), ldns_rr_rdf(b, i)) != 0)
			return false;
	}
	return true;
}

bool
same_rdatas(const ldns_rr_list *a, const ldns_rr_list *b)
{
	size_t n = ldns_rr_list_rr_count(a);

	if (n != ldns_rr_list_rr_count(b))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		for (size_t k = 0; k < n && !found; k++)
			found = same_rdata(
			    ldns_rr_list_rr(a, i), ldns_rr_list_rr(b, k));
		if (!found)
			return false;
	}
	return true;
}

/* RFC 1982: they are less than 2^31 s apart. */
bool
covers(const ldns_rr *sig, int64_t from, int64_t to)
{
	uint32_t begin = ldns_rdf2native_int32(ldns_rr_rrsig_inception(sig));
	uint32_t end = ldns_rdf2native_int32(ldns_rr_rrsig_expiration(sig));

	return (int32_t)((uint32_t)from - begin) >= 0 &&
	       (int32_t)(end - (uint32_t)to) >= 0;
}

static bool
verifies(const struct set *set, ldns_rr *sig, ldns_rr *key, int64_t time)
{
	return ldns_dname_compare(
		   ldns_rr_owner(key), ldns_rr_rrsig_signame(sig)) == 0 &&
	       ldns_verify_rrsig_time(set->rrs, sig, key, (time_t)time) ==
		   LDNS_STATUS_OK;
}

bool
validates(const struct set *set, const struct set *keys, int64_t time)
{
	for (size_t k = 0; k < ldns_rr_list_rr_count(keys->rrs); k++) {
		ldns_rr *key = ldns_rr_list_rr(keys->rrs, k);
		unsigned flags =
		    ldns_rdf2native_int16(ldns_rr_dnskey_flags(key));

		if ((flags & LDNS_KEY_ZONE_KEY) == 0 ||
		    (flags & LDNS_KEY_REVOKE_KEY) != 0)
			continue;
		for (size_t i = 0; i < ldns_rr_list_rr_count(set->sigs); i++) {
			if (verifies(
				set, ldns_rr_list_rr(set->sigs, i), key, time))
				return true;
		}
	}
	return false;
}

/* By a signature of any time: covers() tells about that. */
static bool
signs(ldns_rr *key, const struct set *set)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(set->sigs); i++) {
		ldns_rr *sig = ldns_rr_list_rr(set->sigs, i);

		if (verifies(set, sig, key,
			ldns_rdf2native_int32(ldns_rr_rrsig_inception(sig))))
			return true;
	}
	return false;
}

bool
chains(const ldns_rr_list *ds, const struct set *keys, const struct set *set)
{
	for (size_t k = 0; k < ldns_rr_list_rr_count(keys->rrs); k++) {
		ldns_rr *key = ldns_rr_list_rr(keys->rrs, k);

		for (size_t i = 0; i < ldns_rr_list_rr_count(ds); i++) {
			if (ldns_rr_compare_ds(ldns_rr_list_rr(ds, i), key) &&
			    signs(key, set))
				return true;
		}
	}
	return false;
}
