/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults of signatures, and good zones that might seem faulty. */
#include <check.h>
#include <string.h>

#include "faults.h"

#define WWW "www.example."
#define APEX "example."

/* Puts s in place of the signatures over an RRset. */
static void
replace(struct made *m, const char *owner, const struct made_sig *s)
{
	made_drop(m, owner, RRTYPE_RRSIG, s->head.covered);
	made_sig_put(m, owner, s);
}

static void
expired(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.inception = (uint32_t)(MADE_NOW - 864000);
	s.head.expiration = (uint32_t)(MADE_NOW - 1);
	replace(m, WWW, &s);
}

static void
expired_beside(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.inception = (uint32_t)(MADE_NOW - 864000);
	s.head.expiration = (uint32_t)(MADE_NOW - 86400);
	made_sig_put(m, WWW, &s);
}

static void
last_second(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.inception = (uint32_t)MADE_NOW;
	s.head.expiration = (uint32_t)MADE_NOW;
	replace(m, WWW, &s);
}

static void
early(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.inception = (uint32_t)(MADE_NOW + 1);
	replace(m, WWW, &s);
}

static void
backwards(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.inception = MADE_TO;
	s.head.expiration = MADE_FROM;
	replace(m, WWW, &s);
}

/* Ends in 2080: past 2^32 only by serial arithmetic. */
static void
far(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.expiration = (uint32_t)(MADE_NOW + INT64_C(60) * 365 * 86400);
	replace(m, WWW, &s);
}

static void
altered(struct made *m)
{
	struct made_rr *rr = made_find(m, WWW, RRTYPE_RRSIG, RRTYPE_A);

	rr->rdata[rr->len - 1] ^= 1;
}

static void
altered_data(struct made *m)
{
	made_find(m, WWW, RRTYPE_A, 0)->rdata[3] ^= 1;
}

static void
truncated(struct made *m)
{
	made_find(m, WWW, RRTYPE_RRSIG, RRTYPE_A)->len--;
}

static void
missing(struct made *m)
{
	made_drop(m, WWW, RRTYPE_RRSIG, RRTYPE_A);
}

static void
missing_ds_sig(struct made *m)
{
	made_drop(m, "sec.example.", RRTYPE_RRSIG, RRTYPE_DS);
}

static void
missing_nsec_sig(struct made *m)
{
	made_drop(m, WWW, RRTYPE_RRSIG, RRTYPE_NSEC);
}

static void
unknown_key(struct made *m)
{
	struct made_sig s = made_sig(m, STRANGER, WWW, RRTYPE_A);

	replace(m, WWW, &s);
}

/* Another key's signature under the ZSK's tag. */
static void
usurped_tag(struct made *m)
{
	struct made_sig s = made_sig(m, STRANGER, WWW, RRTYPE_A);

	s.head.tag = made_key(ZSK)->key.tag;
	replace(m, WWW, &s);
}

static void
labels_more(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.labels = 3;
	replace(m, WWW, &s);
}

/* A signature as for *.example., which a resolver would take for www. */
static void
labels_fewer(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.labels = 1;
	replace(m, WWW, &s);
}

static void
original_ttl(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.original_ttl = 7200;
	replace(m, WWW, &s);
}

static void
signer(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);
	static const uint8_t www[] = "\3www\7example";

	s.head.signer = www;
	replace(m, WWW, &s);
}

static void
algorithm(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_A);

	s.head.algorithm = ALG_RSASHA256;
	replace(m, WWW, &s);
}

static void
over(struct made *m, const char *owner, uint16_t type)
{
	struct made_sig s = made_sig(m, ZSK, owner, type);

	made_sig_put(m, owner, &s);
}

static void
over_ns(struct made *m)
{
	over(m, "sub.example.", RRTYPE_NS);
}

static void
over_glue(struct made *m)
{
	over(m, "ns.sub.example.", RRTYPE_A);
}

static void
over_occluded(struct made *m)
{
	over(m, "txt.sub.example.", RRTYPE_TXT);
}

static void
over_below_dname(struct made *m)
{
	over(m, "x.dn.example.", RRTYPE_TXT);
}

static void
over_nothing(struct made *m)
{
	struct made_sig s;

	made_add(m, WWW, RRTYPE_TXT, 3600, "\1x", 2);
	s = made_sig(m, ZSK, WWW, RRTYPE_TXT);
	made_sig_put(m, WWW, &s);
	made_drop(m, WWW, RRTYPE_TXT, 0);
}

static void
over_no_name(struct made *m)
{
	struct made_sig s;

	made_add(m, "gone.example.", RRTYPE_TXT, 3600, "\1x", 2);
	s = made_sig(m, ZSK, "gone.example.", RRTYPE_TXT);
	made_sig_put(m, "gone.example.", &s);
	made_drop(m, "gone.example.", RRTYPE_TXT, 0);
}

static void
over_rrsig(struct made *m)
{
	struct made_sig s = made_sig(m, ZSK, WWW, RRTYPE_RRSIG);

	made_sig_put(m, WWW, &s);
}

static void
rrsig_ttl(struct made *m)
{
	made_find(m, WWW, RRTYPE_RRSIG, RRTYPE_A)->ttl = 60;
}

static void
too_large(struct made *m)
{
	uint8_t text[256] = {255};

	for (int i = 0; i < 300; i++) {
		text[1] = (uint8_t)(i / 100 + '0');
		text[2] = (uint8_t)(i % 100);
		made_add(m, WWW, RRTYPE_TXT, 3600, text, sizeof(text));
	}
}

static void
too_many(struct made *m)
{
	uint8_t rdata[512];
	size_t len = made_find(m, WWW, RRTYPE_RRSIG, RRTYPE_A)->len;

	memcpy(rdata, made_find(m, WWW, RRTYPE_RRSIG, RRTYPE_A)->rdata, len);
	for (int i = 0; i < 600; i++) {
		rdata[len - 1] = (uint8_t)i;
		rdata[len - 2] = (uint8_t)(i >> 8);
		made_add(m, WWW, RRTYPE_RRSIG, 3600, rdata, len);
	}
}

const struct fault faults_sigs[] = {
    {.name = "good-nsec"},
    {.name = "good-nsec3", .kind = MADE_NSEC3},
    {.name = "good-opt-out", .kind = MADE_OPTOUT},
    {.name = "good-two-algorithms", .with = WITH_TWO},
    {.name = "good-combined-key", .with = WITH_CSK},
    {.name = "good-rrsig-ttl", .sigs = rrsig_ttl},
    {.name = "good-last-second", .sigs = last_second},
    {.name = "good-past-2038", .sigs = far},
    {.name = "sig-expired",
	.sigs = expired,
	.owner = WWW,
	.type = "A",
	.words = "expired 2026-09-21"},
    {.name = "sig-expired-beside-good",
	.sigs = expired_beside,
	.owner = WWW,
	.type = "A",
	.words = "expired"},
    {.name = "sig-not-yet-valid",
	.sigs = early,
	.owner = WWW,
	.type = "A",
	.words = "is not valid before"},
    {.name = "sig-backwards",
	.sigs = backwards,
	.owner = WWW,
	.type = "A",
	.words = "inception after its expiration"},
    {.name = "sig-altered",
	.sigs = altered,
	.owner = WWW,
	.type = "A",
	.words = "altered"},
    {.name = "sig-altered-data",
	.sigs = altered_data,
	.owner = WWW,
	.type = "A",
	.words = "altered"},
    {.name = "sig-truncated",
	.sigs = truncated,
	.owner = WWW,
	.type = "A",
	.words = "altered"},
    {.name = "sig-missing",
	.sigs = missing,
	.owner = WWW,
	.type = "A",
	.words = "not signed"},
    {.name = "sig-missing-ds",
	.sigs = missing_ds_sig,
	.owner = "sec.example.",
	.type = "DS",
	.words = "not signed"},
    {.name = "sig-missing-nsec",
	.sigs = missing_nsec_sig,
	.owner = WWW,
	.type = "NSEC",
	.words = "not signed"},
    {.name = "sig-unknown-key",
	.sigs = unknown_key,
	.owner = WWW,
	.type = "A",
	.words = "not in the DNSKEY RRset"},
    {.name = "sig-usurped-tag",
	.sigs = usurped_tag,
	.owner = WWW,
	.type = "A",
	.words = "altered"},
    {.name = "sig-labels-more",
	.sigs = labels_more,
	.owner = WWW,
	.type = "A",
	.words = "has labels 3; the owner has 2"},
    {.name = "sig-labels-fewer",
	.sigs = labels_fewer,
	.owner = WWW,
	.type = "A",
	.words = "has labels 1; the owner has 2"},
    {.name = "sig-original-ttl",
	.sigs = original_ttl,
	.owner = WWW,
	.type = "A",
	.words = "original TTL 7200"},
    {.name = "sig-signer",
	.sigs = signer,
	.owner = WWW,
	.type = "A",
	.words = "has signer www.example."},
    {.name = "sig-algorithm",
	.sigs = algorithm,
	.owner = WWW,
	.type = "A",
	.words = "says algorithm 8"},
    {.name = "rrsig-over-delegation-ns",
	.sigs = over_ns,
	.owner = "sub.example.",
	.type = "RRSIG",
	.words = "a delegation's NS"},
    {.name = "rrsig-over-glue",
	.sigs = over_glue,
	.owner = "ns.sub.example.",
	.type = "RRSIG",
	.words = "over glue"},
    {.name = "rrsig-over-occluded",
	.extra = "txt.sub.example. TXT x\n",
	.sigs = over_occluded,
	.owner = "txt.sub.example.",
	.type = "RRSIG",
	.words = "over occluded data"},
    {.name = "rrsig-below-dname",
	.extra = "x.dn.example. TXT x\n",
	.sigs = over_below_dname,
	.owner = "x.dn.example.",
	.type = "RRSIG",
	.words = "over occluded data"},
    {.name = "rrsig-over-nothing",
	.sigs = over_nothing,
	.owner = WWW,
	.type = "RRSIG",
	.words = "over TXT, an RRset that is not there"},
    {.name = "rrsig-at-no-name",
	.sigs = over_no_name,
	.owner = "gone.example.",
	.type = "RRSIG",
	.words = "over TXT, an RRset that is not there"},
    {.name = "rrsig-over-rrsig",
	.sigs = over_rrsig,
	.owner = WWW,
	.type = "RRSIG",
	.words = "over RRSIGs"},
    {.name = "rrset-too-large",
	.extra = WWW " TXT x\n",
	.sigs = too_large,
	.owner = WWW,
	.type = "TXT",
	.words = "more than a DNS message can hold"},
    {.name = "sigs-too-many",
	.sigs = too_many,
	.owner = WWW,
	.type = "A",
	.words = "signatures; no more than the first 512",
	.count = SIZE_MAX},
};
const size_t faults_sigs_count = sizeof(faults_sigs) / sizeof(faults_sigs[0]);
