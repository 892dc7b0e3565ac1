/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes signed zones for the judge's tests: a signer of its own, small and
 * slow, which shares no code with `sign`, and which lets a test put its hand
 * in at every step. Anything unforeseen ends the test.
 */
#ifndef TESTS_ZONEMAKER_H
#define TESTS_ZONEMAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/digest.h"
#include "dns/dnskey.h"
#include "dns/name.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/judge.h"
#include "keys/signer.h"
#include "zone/zone.h"

/* 2026-09-21 14:13:20 UTC */
#define MADE_NOW INT64_C(1790000000)
#define MADE_FROM ((uint32_t)(MADE_NOW - 3600))
#define MADE_TO ((uint32_t)(MADE_NOW + 30 * 86400))

enum made_key_number {
	KSK,
	ZSK,
	KSK_ED, /* of another algorithm */
	ZSK_ED,
	STRANGER, /* never in the zone */
	MADE_KEYS,
};

struct made_key {
	struct signer *signer;
	struct signer_worker *worker;
	struct dnskey key;
	uint8_t rdata[DNSKEY_RDATA_MAX];
};

struct made_rr {
	uint8_t owner[NAME_MAX_LEN];
	uint8_t *rdata;
	uint32_t ttl;
	uint16_t type;
	uint16_t len;
};

enum made_kind { MADE_NSEC, MADE_NSEC3, MADE_OPTOUT };

struct made {
	struct made_rr *rrs;
	size_t count;
	size_t cap;
	enum made_kind kind;
	bool csk; /* the KSK signs everything, alone */
	bool two; /* keys of two algorithms */
	struct nsec3_params hash;
	uint8_t apex[NAME_MAX_LEN];
};

/* Keys of example. for all tests of the process. */
void made_keys_init(void);
void made_keys_free(void);
const struct made_key *made_key(enum made_key_number k);

void made_init(struct made *m, enum made_kind kind);
void made_free(struct made *m);

/* Records in presentation form; names end at the root. */
void made_text(struct made *m, const char *text);
/* One record; data may be NULL if len is 0. Valid until the next is added. */
struct made_rr *made_add(struct made *m, const char *owner, uint16_t type,
    uint32_t ttl, const void *data, size_t len);
struct made_rr *made_add_wire(struct made *m, const uint8_t *owner,
    uint16_t type, uint32_t ttl, const void *data, size_t len);
bool made_has(const struct made *m, const uint8_t *owner, uint16_t type);
/* Below a delegation or a DNAME, or outside. */
bool made_is_hidden(const struct made *m, const uint8_t *owner);
bool made_is_cut(const struct made *m, const uint8_t *owner);
/* The first of that type (RRSIG: over covered); ends the test if none is. */
struct made_rr *made_find(
    struct made *m, const char *owner, uint16_t type, uint16_t covered);
void made_drop(
    struct made *m, const char *owner, uint16_t type, uint16_t covered);
/* The owner of a name's NSEC3, in presentation form. */
const char *made_hashed(
    const struct made *m, const char *name, char out[NAME_TEXT_SIZE]);

/* The steps: DNSKEYs and NSEC3PARAM; the chain; the signatures. */
void made_put_keys(struct made *m);
void made_put_chain(struct made *m);
void made_put_sigs(struct made *m);
/* Fills the apex's ZONEMD (SIMPLE, SHA-384) and signs it. */
void made_put_zonemd(struct made *m);

/* A signature as it should be; change what shall be wrong, then put it. */
struct made_sig {
	struct rrsig head;
	enum made_key_number key;
};
struct made_sig made_sig(const struct made *m, enum made_key_number key,
    const char *owner, uint16_t type);
void made_sig_put(struct made *m, const char *owner, const struct made_sig *s);
/* Drops the signatures over an RRset and makes them anew. */
void made_resign(struct made *m, const char *owner, uint16_t type);

/* The zone, to be freed with zone_free. */
struct zone *made_zone(const struct made *m);

#endif
