/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signed zone of one moment, and its signatures, by ldns alone. */
#ifndef TESTS_YEARZONE_H
#define TESTS_YEARZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ldns/ldns.h>

enum { SETS_MAX = 100 };

/* An RRset and its signatures. */
struct set {
	ldns_rr_list *rrs;
	ldns_rr_list *sigs;
	ldns_rr_type type;
	int64_t ttl;
};

/* What the servers have from time to until, seconds since 1970. */
struct moment {
	int64_t time;
	int64_t until;
	struct set sets[SETS_MAX];
	size_t count;
	const struct set *dnskey;
};

/* Ends the program if ldns does not read it. */
void read_zone(struct moment *m, const char *path);
/* The first RRset of that type, or NULL. */
const struct set *find_type(const struct moment *m, ldns_rr_type type);
/* Of lists without duplicates, but for owners, types and TTLs. */
bool same_rdatas(const ldns_rr_list *a, const ldns_rr_list *b);
/* Is the signature valid from the one time to the other? */
bool covers(const ldns_rr *sig, int64_t from, int64_t to);
/* Is there a signature by a zone key of keys that is good at that time? */
bool validates(const struct set *set, const struct set *keys, int64_t time);
/* Is there a key that ds names and keys has, and whose signature set bears? */
bool chains(
    const ldns_rr_list *ds, const struct set *keys, const struct set *set);

#endif
