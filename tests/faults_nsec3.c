/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults of NSEC3 and NSEC3PARAM. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

#define WWW "www.example."
#define APEX "example."

enum { RDATA_ROOM = 1024, TTL = 3600 };

static struct made_rr *
nsec3_of(struct made *m, const char *name)
{
	char text[NAME_TEXT_SIZE];

	return made_find(m, made_hashed(m, name, text), RRTYPE_NSEC3, 0);
}

static void
nsec3_drop(struct made *m, const char *name)
{
	char text[NAME_TEXT_SIZE];

	made_drop(m, made_hashed(m, name, text), RRTYPE_NSEC3, 0);
}

/* An NSEC3 that no other leads to, for a name that is not there. */
static void
nsec3_stray(struct made *m)
{
	const struct made_rr *rr = nsec3_of(m, WWW);
	char text[NAME_TEXT_SIZE];
	uint8_t rdata[RDATA_ROOM];

	memcpy(rdata, rr->rdata, rr->len);
	made_add(m, made_hashed(m, "nothing.example.", text), RRTYPE_NSEC3, TTL,
	    rdata, rr->len);
}

static const uint8_t salt_other[] = {1, 0, 0, 0, 2, 0xaa, 0xbb};

/* An NSEC3 of other parameters beside the chain. */
static void
nsec3_mixed(struct made *m)
{
	const struct made_rr *rr = nsec3_of(m, WWW);
	char text[NAME_TEXT_SIZE];
	struct buf b;

	buf_init(&b, RDATA_ROOM);
	buf_put(&b, salt_other, sizeof(salt_other));
	buf_put(&b, rr->rdata + 5, (size_t)rr->len - 5);
	made_add(m, made_hashed(m, "nothing.example.", text), RRTYPE_NSEC3, TTL,
	    b.data, b.len);
	buf_free(&b);
}

/* The record of a name that is there, with another iteration count. */
static void
nsec3_iterations(struct made *m)
{
	nsec3_of(m, WWW)->rdata[3] = 5;
}

static void
nsec3_missing(struct made *m)
{
	nsec3_drop(m, WWW);
}

static void
nsec3_empty_missing(struct made *m)
{
	nsec3_drop(m, "b.ent.example.");
}

/* Takes the link out, and closes the chain over the gap. */
static void
nsec3_cut_out(struct made *m, const char *name)
{
	struct made_rr *gone = nsec3_of(m, name);
	size_t at = edit_map_at(gone) - NSEC3_HASH_LEN;
	uint8_t next[NSEC3_HASH_LEN], hash[NSEC3_HASH_LEN];
	struct digest *d = NULL;
	struct dflow_err err = {DFLOW_OK, ""};
	uint8_t wire[NAME_MAX_LEN];

	memcpy(next, gone->rdata + at, NSEC3_HASH_LEN);
	ck_assert(digest_new(DIGEST_SHA1, &d, &err) == DFLOW_OK);
	ck_assert(name_parse(name, wire, &err) == DFLOW_OK);
	digest_nsec3(d, &m->hash, wire, hash);
	digest_free(&d);
	nsec3_drop(m, name);
	for (size_t i = 0; i < m->count; i++)
		if (m->rrs[i].type == RRTYPE_NSEC3 &&
		    memcmp(m->rrs[i].rdata + at, hash, NSEC3_HASH_LEN) == 0)
			memcpy(m->rrs[i].rdata + at, next, NSEC3_HASH_LEN);
}

static void
nsec3_empty_cut_out(struct made *m)
{
	nsec3_cut_out(m, "b.ent.example.");
}

static void
nsec3_name_cut_out(struct made *m)
{
	nsec3_cut_out(m, WWW);
}

static void
nsec3_delegation_cut_out(struct made *m)
{
	nsec3_cut_out(m, "sub.example.");
}

static void
nsec3_secure_cut_out(struct made *m)
{
	nsec3_cut_out(m, "sec.example.");
}

static void
nsec3_insecure_empty_cut_out(struct made *m)
{
	nsec3_cut_out(m, "ins.example.");
}

/* Opt-out is told of at the links that cover something left out. */
static void
nsec3_flags_off(struct made *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rrs[i].type == RRTYPE_NSEC3)
			m->rrs[i].rdata[1] = 0;
}

static void
nsec3_flag_unknown(struct made *m)
{
	nsec3_of(m, WWW)->rdata[1] = 2;
}

static void
nsec3_algorithm(struct made *m)
{
	nsec3_of(m, WWW)->rdata[0] = 2;
}

static void
nsec3_next(struct made *m)
{
	struct made_rr *rr = nsec3_of(m, WWW);

	rr->rdata[edit_map_at(rr) - 1] ^= 1;
}

static void
nsec3_itself(struct made *m)
{
	struct made_rr *rr = nsec3_of(m, WWW);
	uint8_t wire[NAME_MAX_LEN];
	struct dflow_err err = {DFLOW_OK, ""};
	struct digest *d = NULL;

	ck_assert(name_parse(WWW, wire, &err) == DFLOW_OK);
	ck_assert(digest_new(DIGEST_SHA1, &d, &err) == DFLOW_OK);
	digest_nsec3(
	    d, &m->hash, wire, rr->rdata + edit_map_at(rr) - NSEC3_HASH_LEN);
	digest_free(&d);
}

static void
nsec3_bit_more(struct made *m)
{
	edit_bit(nsec3_of(m, WWW), RRTYPE_TXT);
}

static void
nsec3_bit_fewer(struct made *m)
{
	edit_bit(nsec3_of(m, WWW), RRTYPE_AAAA);
}

static void
nsec3_bit_empty(struct made *m)
{
	edit_bit(nsec3_of(m, "ent.example."), RRTYPE_A);
}

static void
nsec3_bit_rrsig_of_insecure(struct made *m)
{
	edit_bit(nsec3_of(m, "sub.example."), RRTYPE_RRSIG);
}

static void
nsec3_deep(struct made *m)
{
	struct made_rr *rr = nsec3_of(m, WWW);
	uint8_t rdata[RDATA_ROOM];
	size_t len = rr->len;

	memcpy(rdata, rr->rdata, len);
	made_add(m, "2t7b4g4vsa5smi47k61mv5bv1a22bojr.sub.example.",
	    RRTYPE_NSEC3, TTL, rdata, len);
}

static void
nsec3_no_hash(struct made *m)
{
	struct made_rr *rr = nsec3_of(m, WWW);
	uint8_t rdata[RDATA_ROOM];
	size_t len = rr->len;

	memcpy(rdata, rr->rdata, len);
	made_add(m, "2t7b4g4.example.", RRTYPE_NSEC3, TTL, rdata, len);
}

static void
nsec_beside_nsec3(struct made *m)
{
	static const uint8_t rdata[] = "\7example\0\0\1\x40";

	made_add(m, WWW, RRTYPE_NSEC, TTL, rdata, sizeof(rdata) - 1);
}

static void
param_drop(struct made *m)
{
	made_drop(m, APEX, RRTYPE_NSEC3PARAM, 0);
}

static void
param_salt(struct made *m)
{
	param_drop(m);
	made_add(m, APEX, RRTYPE_NSEC3PARAM, 0, salt_other, sizeof(salt_other));
}

static void
param_flags(struct made *m)
{
	made_find(m, APEX, RRTYPE_NSEC3PARAM, 0)->rdata[1] = 1;
}

static void
param_second(struct made *m)
{
	made_add(m, APEX, RRTYPE_NSEC3PARAM, 0, salt_other, sizeof(salt_other));
}

static void
salted(struct made *m)
{
	/* made_put_keys has written the plain one. */
	m->hash.iterations = 3;
	m->hash.salt_len = 2;
	m->hash.salt[0] = 0xab;
	made_drop(m, APEX, RRTYPE_NSEC3PARAM, 0);
	made_add(m, APEX, RRTYPE_NSEC3PARAM, 0, "\1\0\0\3\2\xab", 7);
}

#define N3 .kind = MADE_NSEC3
#define OPT .kind = MADE_OPTOUT

const struct fault faults_nsec3[] = {
    {.name = "good-nsec3-salted", N3, .data = salted},
    {.name = "good-opt-out-salted", OPT, .data = salted},
    {.name = "good-opt-out-nothing-left-out",
	OPT,
	.extra = "z.b.ent.example. NS ns.\n"},
    {.name = "good-nsec3-apex-dname", N3, .extra = "example. DNAME other.\n"},
    {.name = "nsec-beside-nsec3",
	N3,
	.chain = nsec_beside_nsec3,
	.owner = WWW,
	.type = "NSEC",
	.words = "in a zone that uses NSEC3"},
    {.name = "nsec3-missing",
	N3,
	.chain = nsec3_missing,
	.owner = WWW,
	.type = "NSEC3",
	.words = "no NSEC3 for this name"},
    {.name = "nsec3-missing-chain-closed",
	N3,
	.chain = nsec3_name_cut_out,
	.owner = WWW,
	.type = "NSEC3",
	.words = "no NSEC3 for this name"},
    {.name = "nsec3-missing-empty",
	N3,
	.chain = nsec3_empty_missing,
	.owner = "b.ent.example.",
	.type = "NSEC3",
	.words = "no NSEC3 for this empty non-terminal"},
    {.name = "nsec3-missing-empty-chain-closed",
	N3,
	.chain = nsec3_empty_cut_out,
	.owner = "b.ent.example.",
	.type = "NSEC3",
	.words = "no NSEC3 for this empty non-terminal"},
    {.name = "nsec3-opt-out-without-flag",
	N3,
	.chain = nsec3_delegation_cut_out,
	.owner = "sub.example.",
	.type = "NSEC3",
	.words = "is without opt-out"},
    {.name = "nsec3-opt-out-empty-without-flag",
	N3,
	.chain = nsec3_insecure_empty_cut_out,
	.owner = "ins.example.",
	.type = "NSEC3",
	.words = "is without opt-out"},
    {.name = "nsec3-opt-out-flags-off",
	OPT,
	.chain = nsec3_flags_off,
	.owner = "sub.example.",
	.type = "NSEC3",
	.words = "is without opt-out",
	.count = SIZE_MAX},
    {.name = "nsec3-opt-out-of-secure",
	OPT,
	.chain = nsec3_secure_cut_out,
	.owner = "sec.example.",
	.type = "NSEC3",
	.words = "no NSEC3 for this delegation"},
    {.name = "nsec3-opt-out-of-name",
	OPT,
	.chain = nsec3_name_cut_out,
	.owner = WWW,
	.type = "NSEC3",
	.words = "no NSEC3 for this name"},
    {.name = "nsec3-opt-out-of-empty",
	OPT,
	.chain = nsec3_empty_cut_out,
	.owner = "b.ent.example.",
	.type = "NSEC3",
	.words = "no NSEC3 for this empty non-terminal"},
    {.name = "nsec3-hash-of-nothing",
	N3,
	.chain = nsec3_stray,
	.owner = "#nothing.example.",
	.type = "NSEC3",
	.words = "the hash of no name",
	.count = SIZE_MAX},
    {.name = "nsec3-mixed-salt",
	N3,
	.chain = nsec3_mixed,
	.owner = "#nothing.example.",
	.type = "NSEC3",
	.words = "its parameters 1 0 0 aabb are not those of the chain"},
    {.name = "nsec3-mixed-iterations",
	N3,
	.chain = nsec3_iterations,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "its parameters 1 0 5 - are not",
	.count = 2},
    {.name = "nsec3-flag-unknown",
	N3,
	.chain = nsec3_flag_unknown,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "flags that are not known",
	.count = 2},
    {.name = "nsec3-algorithm",
	N3,
	.chain = nsec3_algorithm,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "hash algorithm is not 1",
	.count = 2},
    {.name = "nsec3-next-wrong",
	N3,
	.chain = nsec3_next,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "its next hash is"},
    {.name = "nsec3-next-itself",
	N3,
	.chain = nsec3_itself,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "its next hash is"},
    {.name = "nsec3-bit-too-many",
	N3,
	.chain = nsec3_bit_more,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "its bit map of www.example. names TXT"},
    {.name = "nsec3-bit-too-few",
	N3,
	.chain = nsec3_bit_fewer,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "its bit map of www.example. lacks AAAA"},
    {.name = "nsec3-bit-at-empty",
	N3,
	.chain = nsec3_bit_empty,
	.owner = "#ent.example.",
	.type = "NSEC3",
	.words = "of ent.example. names A,"},
    {.name = "nsec3-bit-rrsig",
	N3,
	.chain = nsec3_bit_rrsig_of_insecure,
	.owner = "#sub.example.",
	.type = "NSEC3",
	.words = "names RRSIG"},
    {.name = "nsec3-below-a-cut",
	N3,
	.chain = nsec3_deep,
	.owner = "2t7b4g4vsa5smi47k61mv5bv1a22bojr.sub.example.",
	.type = "NSEC3",
	.words = "not directly below the apex"},
    {.name = "nsec3-owner-no-hash",
	N3,
	.chain = nsec3_no_hash,
	.owner = "2t7b4g4.example.",
	.type = "NSEC3",
	.words = "is not a hash"},
    {.name = "nsec3param-absent",
	N3,
	.data = param_drop,
	.owner = APEX,
	.type = "NSEC3PARAM",
	.words = "no NSEC3PARAM"},
    {.name = "nsec3param-different",
	N3,
	.data = param_salt,
	.owner = APEX,
	.type = "NSEC3PARAM",
	.words = "no NSEC3 has its parameters"},
    {.name = "nsec3param-flags",
	N3,
	.data = param_flags,
	.owner = APEX,
	.type = "NSEC3PARAM",
	.words = "its flags are not 0"},
    {.name = "nsec3param-without-chain",
	N3,
	.data = param_second,
	.owner = APEX,
	.type = "NSEC3PARAM",
	.words = "no NSEC3 has its parameters 1 0 0 aabb"},
};
const size_t faults_nsec3_count =
    sizeof(faults_nsec3) / sizeof(faults_nsec3[0]);
