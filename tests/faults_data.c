/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults of a zone's data: CNAME, SOA, TTL, CDS, ZONEMD and the like. */
#include <check.h>
#include <string.h>

#include "faults.h"

#define WWW "www.example."
#define APEX "example."

static void
cds_digest(struct made *m)
{
	made_find(m, APEX, RRTYPE_CDS, 0)->rdata[9] ^= 1;
}

/* CDS and CDNSKEY agree on a key that the zone has not. */
static void
cds_stranger(struct made *m)
{
	const struct made_key *k = made_key(STRANGER);
	uint8_t ds[DS_RDATA_MAX];
	size_t len = dnskey_ds(m->apex, &k->key, 2, ds);

	made_add(m, APEX, RRTYPE_CDS, 3600, ds, len);
	made_add(m, APEX, RRTYPE_CDNSKEY, 3600, k->rdata, k->key.rdata_len);
}

static void
cds_stranger_alone(struct made *m)
{
	made_drop(m, APEX, RRTYPE_CDS, 0);
	made_drop(m, APEX, RRTYPE_CDNSKEY, 0);
	cds_stranger(m);
}

static void
cds_more(struct made *m)
{
	const struct made_key *k = made_key(STRANGER);
	uint8_t ds[DS_RDATA_MAX];

	made_add(
	    m, APEX, RRTYPE_CDS, 3600, ds, dnskey_ds(m->apex, &k->key, 2, ds));
}

static void
cdnskey_more(struct made *m)
{
	const struct made_key *k = made_key(STRANGER);

	made_add(m, APEX, RRTYPE_CDNSKEY, 3600, k->rdata, k->key.rdata_len);
}

static void
cds_of_zsk(struct made *m)
{
	const struct made_key *k = made_key(ZSK);
	uint8_t ds[DS_RDATA_MAX];

	made_drop(m, APEX, RRTYPE_CDNSKEY, 0);
	made_add(
	    m, APEX, RRTYPE_CDS, 3600, ds, dnskey_ds(m->apex, &k->key, 2, ds));
}

static void
cdnskey_of_zsk(struct made *m)
{
	const struct made_key *k = made_key(ZSK);

	made_drop(m, APEX, RRTYPE_CDS, 0);
	made_add(m, APEX, RRTYPE_CDNSKEY, 3600, k->rdata, k->key.rdata_len);
}

static void
cds_other_digest(struct made *m)
{
	const struct made_key *k = made_key(KSK);
	uint8_t ds[DS_RDATA_MAX];

	made_add(
	    m, APEX, RRTYPE_CDS, 3600, ds, dnskey_ds(m->apex, &k->key, 4, ds));
}

static void
cds_alone(struct made *m)
{
	made_drop(m, APEX, RRTYPE_CDNSKEY, 0);
}

static void
cds_delete(struct made *m)
{
	made_add(m, APEX, RRTYPE_CDS, 3600, "\0\0\0\0\0", 5);
}

static void
cdnskey_delete(struct made *m)
{
	made_add(m, APEX, RRTYPE_CDNSKEY, 3600, "\0\0\3\0\0", 5);
}

static void
both_delete(struct made *m)
{
	cds_delete(m);
	cdnskey_delete(m);
}

static void
delete_one(struct made *m)
{
	made_drop(m, APEX, RRTYPE_CDS, 0);
	cds_delete(m);
}

static void
delete_other(struct made *m)
{
	made_drop(m, APEX, RRTYPE_CDNSKEY, 0);
	cdnskey_delete(m);
}

static void
delete_form(struct made *m)
{
	made_add(m, APEX, RRTYPE_CDS, 3600, "\0\0\0\0\0\0", 6);
}

static void
outside(struct made *m)
{
	made_add(m, "www.other.", RRTYPE_A, 3600, "\300\0\2\1", 4);
}

static void
another_a(struct made *m)
{
	made_add(m, WWW, RRTYPE_A, 3600, "\377\0\2\1", 4);
}

static void
ttl_of_one(struct made *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rrs[i].type == RRTYPE_A && m->rrs[i].rdata[0] == 255)
			m->rrs[i].ttl = 60;
}

static void
ns_drop(struct made *m)
{
	made_drop(m, APEX, RRTYPE_NS, 0);
}

static void
zonemd_wrong(struct made *m)
{
	made_find(m, APEX, RRTYPE_ZONEMD, 0)->rdata[20] ^= 1;
	made_resign(m, APEX, RRTYPE_ZONEMD);
}

static void
zonemd_serial(struct made *m)
{
	made_find(m, APEX, RRTYPE_ZONEMD, 0)->rdata[3] ^= 1;
	made_resign(m, APEX, RRTYPE_ZONEMD);
}

static void
zonemd_length(struct made *m)
{
	made_find(m, APEX, RRTYPE_ZONEMD, 0)->len -= 8;
	made_resign(m, APEX, RRTYPE_ZONEMD);
}

static void
zonemd_hash(struct made *m)
{
	made_find(m, APEX, RRTYPE_ZONEMD, 0)->rdata[5] = 240;
	made_resign(m, APEX, RRTYPE_ZONEMD);
}

static void
zonemd_twice(struct made *m)
{
	uint8_t rdata[6 + 48];

	memcpy(
	    rdata, made_find(m, APEX, RRTYPE_ZONEMD, 0)->rdata, sizeof(rdata));
	rdata[30] ^= 1;
	made_add(m, APEX, RRTYPE_ZONEMD, 3600, rdata, sizeof(rdata));
	made_resign(m, APEX, RRTYPE_ZONEMD);
}

/* Nothing but the digest tells of it: glue is not signed. */
static void
zonemd_glue(struct made *m)
{
	made_find(m, "ns.sub.example.", RRTYPE_A, 0)->rdata[3] ^= 1;
}

#define ZMD .with = WITH_ZONEMD

const struct fault faults_data[] = {
    {.name = "good-data-below-dname", .extra = "x.dn.example. TXT x\n"},
    {.name = "good-cds-alone", .data = cds_alone},
    {.name = "good-cds-two-digests", .data = cds_other_digest},
    {.name = "good-cds-key-to-come", .data = cds_stranger},
    {.name = "good-cds-delete", .with = WITHOUT_CDS, .data = both_delete},
    {.name = "good-zonemd", ZMD},
    {.name = "good-zonemd-unknown-hash", ZMD, .sigs = zonemd_hash},
    {.name = "good-zonemd-elsewhere",
	.extra =
	    WWW " ZONEMD 7 1 1 000102030405060708090a0b0c0d0e0f1011121314"
		"15161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f\n"},
    {.name = "cname-with-data",
	.extra = "alias.example. TXT x\n",
	.owner = "alias.example.",
	.type = "CNAME",
	.words = "with other data (TXT)"},
    {.name = "cname-twice",
	.extra = "alias.example. CNAME ns.example.\n",
	.owner = "alias.example.",
	.type = "CNAME",
	.words = "2 CNAME"},
    {.name = "dname-with-cname",
	.extra = "dn.example. CNAME ns.example.\n",
	.owner = "dn.example.",
	.type = "CNAME",
	.words = "with other data (DNAME)"},
    {.name = "dname-twice",
	.extra = "dn.example. DNAME more.\n",
	.owner = "dn.example.",
	.type = "DNAME",
	.words = "2 DNAME"},
    {.name = "dname-with-ns",
	.extra = "sub.example. DNAME more.\n",
	.owner = "sub.example.",
	.type = "DNAME",
	.words = "with NS"},
    {.name = "soa-twice",
	.extra = APEX " SOA a. b. 1 2 3 4 6\n",
	.owner = APEX,
	.type = "SOA",
	.words = "2 SOA records"},
    {.name = "soa-away-from-apex",
	.extra = WWW " SOA a. b. 1 2 3 4 5\n",
	.owner = WWW,
	.type = "SOA",
	.words = "away from the apex"},
    {.name = "ns-none",
	.data = ns_drop,
	.owner = APEX,
	.type = "NS",
	.words = "no NS at the apex"},
    {.name = "ds-at-apex",
	.extra = APEX " DS 1 13 2 00000000000000000000000000000000000000000000"
		      "00000000000000000000\n",
	.owner = APEX,
	.type = "DS",
	.words = "a DS at the apex"},
    {.name = "outside",
	.sigs = outside,
	.owner = "www.other.",
	.type = "A",
	.words = "outside the zone"},
    {.name = "ttl-differs",
	.data = another_a,
	.sigs = ttl_of_one,
	.owner = WWW,
	.type = "A",
	.words = "its TTL differs"},
    {.name = "cds-digest",
	.with = 0,
	.data = cds_digest,
	.owner = APEX,
	.type = "CDS",
	.words = "is not that of key"},
    {.name = "cds-key-not-there",
	.data = cds_stranger_alone,
	.owner = APEX,
	.type = "CDS",
	.words = "none leads to a key that signs",
	.count = 2},
    {.name = "cds-of-zsk",
	.data = cds_of_zsk,
	.owner = APEX,
	.type = "CDS",
	.words = "is a ZSK"},
    {.name = "cdnskey-of-zsk",
	.data = cdnskey_of_zsk,
	.owner = APEX,
	.type = "CDNSKEY",
	.words = "is a ZSK"},
    {.name = "cds-without-its-cdnskey",
	.data = cds_more,
	.owner = APEX,
	.type = "CDS",
	.words = "no CDNSKEY is that of CDS"},
    {.name = "cdnskey-without-its-cds",
	.data = cdnskey_more,
	.owner = APEX,
	.type = "CDNSKEY",
	.words = "no CDS is that of key"},
    {.name = "cds-delete-beside-others",
	.data = cds_delete,
	.owner = APEX,
	.type = "CDS",
	.words = "with other records beside it",
	.count = 2},
    {.name = "cds-delete-alone-of-two",
	.data = delete_one,
	.owner = APEX,
	.type = "CDS",
	.words = "but CDNSKEY holds keys"},
    {.name = "cdnskey-delete-alone-of-two",
	.data = delete_other,
	.owner = APEX,
	.type = "CDNSKEY",
	.words = "but CDS holds keys"},
    {.name = "cds-delete-form",
	.with = WITHOUT_CDS,
	.data = delete_form,
	.owner = APEX,
	.type = "CDS",
	.words = "not the delete form"},
    {.name = "zonemd-wrong",
	ZMD,
	.sigs = zonemd_wrong,
	.owner = APEX,
	.type = "ZONEMD",
	.words = "is not that of the zone"},
    {.name = "zonemd-glue-altered",
	ZMD,
	.sigs = zonemd_glue,
	.owner = APEX,
	.type = "ZONEMD",
	.words = "is not that of the zone"},
    {.name = "zonemd-serial",
	ZMD,
	.sigs = zonemd_serial,
	.owner = APEX,
	.type = "ZONEMD",
	.words = "it is for serial 0; the SOA has 1"},
    {.name = "zonemd-length",
	.with = WITH_ZONEMD | WITHOUT_FILE,
	.sigs = zonemd_length,
	.owner = APEX,
	.type = "ZONEMD",
	.words = "the digest has 40 bytes"},
    {.name = "zonemd-twice",
	ZMD,
	.sigs = zonemd_twice,
	.owner = APEX,
	.type = "ZONEMD",
	.words = "several records",
	.count = 2},
};
const size_t faults_data_count = sizeof(faults_data) / sizeof(faults_data[0]);
