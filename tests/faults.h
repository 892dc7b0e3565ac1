/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zones that have just one fault each, and their good twins: what is done to
 * a zone as it is made, and what the judge must say of it.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include "base/buf.h"
#include "zonemaker.h"

enum {
	WITH_CSK = 1, /* one key signs all; judged with any_key */
	WITH_TWO = 2, /* keys of two algorithms */
	WITH_ZONEMD = 4,
	WITHOUT_CDS = 8, /* else CDS and CDNSKEY of the KSK are there */
	WITH_ANY_KEY = 16, /* judged so */
	WITH_DS = 32, /* judged with the KSK's DS */
	WITH_WRONG_DS = 64,
	WITHOUT_FILE = 128, /* no zone file can say it */
};

struct fault {
	const char *name;
	enum made_kind kind;
	unsigned with;
	const char *extra; /* further data, or NULL */
	void (*data)(struct made *m); /* before there is a chain */
	void (*chain)(struct made *m); /* before there are signatures */
	void (*sigs)(struct made *m); /* at the end */
	/* The one finding that there must be; NULL: the zone is good. */
	const char *owner; /* "#name": that of the name's NSEC3 */
	const char *type;
	const char *words; /* within the reason */
	size_t count; /* findings, if more than one */
};

/* For an NSEC or NSEC3: where its bit map begins; a bit turned over. */
size_t edit_map_at(const struct made_rr *rr);
void edit_bit(struct made_rr *rr, uint16_t type);
void edit_rdata(struct made_rr *rr, const struct buf *b);

extern const struct fault faults_keys[];
extern const size_t faults_keys_count;
extern const struct fault faults_sigs[];
extern const size_t faults_sigs_count;
extern const struct fault faults_nsec[];
extern const size_t faults_nsec_count;
extern const struct fault faults_nsec3[];
extern const size_t faults_nsec3_count;
extern const struct fault faults_data[];
extern const size_t faults_data_count;

#endif
