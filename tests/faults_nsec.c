/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults of NSEC. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

#define WWW "www.example."
#define APEX "example."

enum { RDATA_ROOM = 1024, TTL = 3600 };

static void
next_set(struct made_rr *rr, const char *next)
{
	uint8_t name[NAME_MAX_LEN];
	struct dflow_err err = {DFLOW_OK, ""};
	struct buf b;
	size_t at = edit_map_at(rr);

	ck_assert(name_parse(next, name, &err) == DFLOW_OK);
	buf_init(&b, RDATA_ROOM);
	buf_put(&b, name, name_len(name));
	buf_put(&b, rr->rdata + at, rr->len - at);
	edit_rdata(rr, &b);
	buf_free(&b);
}

static void
nsec_missing(struct made *m)
{
	made_drop(m, WWW, RRTYPE_NSEC, 0);
}

static void
nsec_apex_missing(struct made *m)
{
	made_drop(m, APEX, RRTYPE_NSEC, 0);
}

static void
nsec_none(struct made *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->rrs[i].type == RRTYPE_NSEC)
			free(m->rrs[i].rdata);
		else
			m->rrs[n++] = m->rrs[i];
	}
	m->count = n;
}

static void
nsec_skips(struct made *m)
{
	next_set(made_find(m, "ns.example.", RRTYPE_NSEC, 0), WWW);
}

static void
nsec_loops(struct made *m)
{
	next_set(made_find(m, "ns.example.", RRTYPE_NSEC, 0), "alias.example.");
}

static void
nsec_itself(struct made *m)
{
	next_set(made_find(m, "ns.example.", RRTYPE_NSEC, 0), "ns.example.");
}

static void
nsec_ends_early(struct made *m)
{
	next_set(made_find(m, "ns.example.", RRTYPE_NSEC, 0), APEX);
}

static void
nsec_last_wrong(struct made *m)
{
	next_set(made_find(m, WWW, RRTYPE_NSEC, 0), "alias.example.");
}

static void
nsec_next_outside(struct made *m)
{
	next_set(made_find(m, WWW, RRTYPE_NSEC, 0), "other.");
}

static void
nsec_next_case(struct made *m)
{
	next_set(
	    made_find(m, "sub.example.", RRTYPE_NSEC, 0), "*.WILD.example.");
}

static void
nsec_bit_more(struct made *m)
{
	edit_bit(made_find(m, WWW, RRTYPE_NSEC, 0), RRTYPE_TXT);
}

static void
nsec_bit_fewer(struct made *m)
{
	edit_bit(made_find(m, WWW, RRTYPE_NSEC, 0), RRTYPE_AAAA);
}

static void
nsec_bit_rrsig(struct made *m)
{
	edit_bit(made_find(m, "sub.example.", RRTYPE_NSEC, 0), RRTYPE_RRSIG);
}

static void
nsec_bit_ds(struct made *m)
{
	edit_bit(made_find(m, "sec.example.", RRTYPE_NSEC, 0), RRTYPE_DS);
}

static void
nsec_bit_glue(struct made *m)
{
	edit_bit(made_find(m, "glued.example.", RRTYPE_NSEC, 0), RRTYPE_A);
}

static void
nsec_double(struct made *m)
{
	const struct made_rr *rr = made_find(m, WWW, RRTYPE_NSEC, 0);
	uint8_t rdata[RDATA_ROOM];

	memcpy(rdata, rr->rdata, rr->len);
	made_add(m, WWW, RRTYPE_NSEC, TTL, rdata, rr->len);
	edit_bit(made_find(m, WWW, RRTYPE_NSEC, 0), RRTYPE_TXT);
}

/* A copy of an NSEC at a name that should have none. */
static void
nsec_put(struct made *m, const char *owner)
{
	const struct made_rr *rr = made_find(m, WWW, RRTYPE_NSEC, 0);
	uint8_t rdata[RDATA_ROOM];

	memcpy(rdata, rr->rdata, rr->len);
	made_add(m, owner, RRTYPE_NSEC, TTL, rdata, rr->len);
}

static void
nsec_at_glue(struct made *m)
{
	nsec_put(m, "ns.sub.example.");
}

static void
nsec_below_dname(struct made *m)
{
	nsec_put(m, "x.dn.example.");
}

static void
nsec_at_empty(struct made *m)
{
	nsec_put(m, "b.ent.example.");
}

static void
nsec_at_nothing(struct made *m)
{
	nsec_put(m, "nothing.example.");
}

static void
nsec3_beside_nsec(struct made *m)
{
	uint8_t rdata[6 + NSEC3_HASH_LEN] = {1, 0, 0, 0, 0, NSEC3_HASH_LEN};
	char text[NAME_TEXT_SIZE];

	made_add(m, made_hashed(m, WWW, text), RRTYPE_NSEC3, TTL, rdata,
	    sizeof(rdata));
}

static void
param_alone(struct made *m)
{
	made_add(m, APEX, RRTYPE_NSEC3PARAM, 0, "\1\0\0\0\0", 5);
}

const struct fault faults_nsec[] = {
    {.name = "good-nsec-next-case", .chain = nsec_next_case},
    {.name = "good-nsec-apex-dname", .extra = "example. DNAME other.\n"},
    {.name = "nsec-missing",
	.chain = nsec_missing,
	.owner = WWW,
	.type = "NSEC",
	.words = "a link of the chain is missing"},
    {.name = "nsec-missing-at-apex",
	.chain = nsec_apex_missing,
	.owner = APEX,
	.type = "NSEC",
	.words = "a link of the chain is missing"},
    {.name = "nsec-none",
	.chain = nsec_none,
	.owner = APEX,
	.type = "NSEC",
	.words = "no NSEC and no NSEC3"},
    {.name = "nsec-next-skips",
	.chain = nsec_skips,
	.owner = "ns.example.",
	.type = "NSEC",
	.words = "its next name is www.example.; it must be"},
    {.name = "nsec-next-loops",
	.chain = nsec_loops,
	.owner = "ns.example.",
	.type = "NSEC",
	.words = "loops back"},
    {.name = "nsec-next-itself",
	.chain = nsec_itself,
	.owner = "ns.example.",
	.type = "NSEC",
	.words = "loops back"},
    {.name = "nsec-ends-early",
	.chain = nsec_ends_early,
	.owner = "ns.example.",
	.type = "NSEC",
	.words = "loops back"},
    {.name = "nsec-last-not-apex",
	.chain = nsec_last_wrong,
	.owner = WWW,
	.type = "NSEC",
	.words = "it must be example."},
    {.name = "nsec-next-outside",
	.chain = nsec_next_outside,
	.owner = WWW,
	.type = "NSEC",
	.words = "outside the zone"},
    {.name = "nsec-bit-too-many",
	.chain = nsec_bit_more,
	.owner = WWW,
	.type = "NSEC",
	.words = "names TXT, which is not there"},
    {.name = "nsec-bit-too-few",
	.chain = nsec_bit_fewer,
	.owner = WWW,
	.type = "NSEC",
	.words = "lacks AAAA"},
    {.name = "nsec-bit-rrsig",
	.chain = nsec_bit_rrsig,
	.owner = "sub.example.",
	.type = "NSEC",
	.words = "lacks RRSIG"},
    {.name = "nsec-bit-ds",
	.chain = nsec_bit_ds,
	.owner = "sec.example.",
	.type = "NSEC",
	.words = "lacks DS"},
    {.name = "nsec-bit-glue",
	.chain = nsec_bit_glue,
	.extra = "glued.example. NS glued.example.\n"
		 "glued.example. A 192.0.2.7\n",
	.owner = "glued.example.",
	.type = "NSEC",
	.words = "names A,"},
    {.name = "nsec-two",
	.chain = nsec_double,
	.owner = WWW,
	.type = "NSEC",
	.words = "2 NSEC records",
	.count = SIZE_MAX},
    {.name = "nsec-at-glue",
	.chain = nsec_at_glue,
	.owner = "ns.sub.example.",
	.type = "NSEC",
	.words = "where none may be"},
    {.name = "nsec-below-dname",
	.chain = nsec_below_dname,
	.owner = "x.dn.example.",
	.type = "NSEC",
	.words = "where none may be"},
    {.name = "nsec-at-empty-non-terminal",
	.chain = nsec_at_empty,
	.owner = "b.ent.example.",
	.type = "NSEC",
	.words = "a name without data"},
    {.name = "nsec-at-nothing",
	.chain = nsec_at_nothing,
	.owner = "nothing.example.",
	.type = "NSEC",
	.words = "a name without data"},
    {.name = "nsec3-beside-nsec",
	.chain = nsec3_beside_nsec,
	.owner = "#" WWW,
	.type = "NSEC3",
	.words = "in a zone that uses NSEC"},
    {.name = "nsec3param-beside-nsec",
	.data = param_alone,
	.owner = APEX,
	.type = "NSEC3PARAM",
	.words = "no NSEC3 has its parameters"},
};
const size_t faults_nsec_count = sizeof(faults_nsec) / sizeof(faults_nsec[0]);
