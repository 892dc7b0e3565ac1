/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a signature covers, byte for byte as ldns has it; the seed's RRSIG. */
#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "zone/load.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { RRS_MAX = 8, RRS_BYTES = 2000 };

/* The RRs of one type, as they are read. */
struct bag {
	struct rdata rdata[RRS_MAX];
	uint8_t bytes[RRS_MAX][RRS_BYTES];
	size_t count;
	uint16_t type;
	uint8_t owner[NAME_MAX_LEN];
	uint8_t packed[RRS_MAX * (RRS_BYTES + 2)];
	struct rrset set;
};

static enum dflow_status
keep(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct bag *b = ctx;

	(void)err;
	if (b->type != 0 && rr->type != b->type)
		return DFLOW_OK;
	ck_assert_uint_lt(b->count, RRS_MAX);
	ck_assert_uint_le(rr->rdata_len, RRS_BYTES);
	memcpy(b->bytes[b->count], rr->rdata, rr->rdata_len);
	b->rdata[b->count].data = b->bytes[b->count];
	b->rdata[b->count++].len = rr->rdata_len;
	b->type = rr->type;
	name_copy(b->owner, rr->owner);
	return DFLOW_OK;
}

/* Sorts the RRs and packs them into b->set. */
static void
pack(struct bag *b)
{
	uint8_t *p = b->packed;
	size_t i, j;

	for (i = 1; i < b->count; i++)
		for (j = i; j > 0 && rdata_cmp(b->type, b->rdata[j].data,
					 b->rdata[j].len, b->rdata[j - 1].data,
					 b->rdata[j - 1].len) < 0;
		     j--) {
			struct rdata swap = b->rdata[j];

			b->rdata[j] = b->rdata[j - 1];
			b->rdata[j - 1] = swap;
		}
	for (i = 0; i < b->count; i++) {
		memcpy(p, &b->rdata[i].len, 2);
		memcpy(p + 2, b->rdata[i].data, b->rdata[i].len);
		p += 2 + b->rdata[i].len;
	}
	b->set.owner = b->owner;
	b->set.rdata = b->packed;
	b->set.ttl = 77;
	b->set.count = (uint32_t)b->count;
	b->set.type = b->type;
}

static void
read_bag(const char *text, uint16_t type, struct bag *b)
{
	struct dflow_err err;

	memset(b, 0, sizeof(*b));
	b->type = type;
	ck_assert_msg(text_load("test", text, strlen(text), 3600, keep, b,
			  &err) == DFLOW_OK,
	    "%s", err.text);
	pack(b);
}

/* RRsets with letters of either case wherever a name can stand. */
static const char *const sets[] = {
    "A.Example. IN A 192.0.2.2\nA.Example. IN A 192.0.2.1\n",
    "Example. IN NS NS2.Example.\nexample. IN NS ns1.Example.\n"
    "example. IN NS NS.Sub.Example.\n",
    "x.Example. IN CNAME Target.EXAMPLE.\n",
    "Example. IN SOA Ns.Example. Root.Example. 1 2 3 4 5\n",
    "x. IN PTR Host.Example.\n",
    "x. IN HINFO \"PC\" \"Linux\"\n",
    "x. IN MINFO A.b. C.d.\n",
    "x. IN MX 10 Mail.Example.\nx. IN MX 5 MAIL2.example.\n",
    "x. IN TXT \"Upper Case\" b\nx. IN TXT A\nx. IN TXT \"\"\n",
    "x. IN RP Mbox.X. Txt.X.\n",
    "x. IN AFSDB 1 Host.X.\n",
    "x. IN RT 10 Host.X.\n",
    "x. IN KEY 256 3 5 AQID\n",
    "x. IN PX 10 Map822.X. MapX400.Y.\n",
    "X. IN AAAA 2001:DB8::1\nX. IN AAAA ::\n",
    "x. IN LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0m 10000m 10m\n",
    "_x._tcp.y. IN SRV 1 2 3 Host.X.\n_x._tcp.y. IN SRV 1 1 3 Host.Y.\n",
    "x. IN NAPTR 100 50 \"S\" \"HTTP+I2L\" \"\" _Http._Tcp.X.\n",
    "x. IN KX 10 Host.X.\n",
    "x. IN CERT 1 2 3 AQID\n",
    "x. IN DNAME Host.X.\n",
    "x. IN APL 1:192.168.32.0/21 !1:192.168.38.0/28\n",
    "x. IN DS 1 8 2 000102030405060708090A0B0C0D0E0F"
    "101112131415161718191a1b1c1d1e1f\n",
    "x. IN SSHFP 1 1 0A0b\n",
    "x. IN IPSECKEY \\# 12 0a0302044761746501580001\n",
    "x. IN NSEC Host.X. A RRSIG NSEC TYPE1234\n",
    "x. IN DNSKEY 257 3 8 AwEAAQID\nx. IN DNSKEY 256 3 8 AwEAAQID\n",
    "x. IN DHCID AQID\n",
    "x. IN NSEC3 1 1 2 AABB 2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n",
    "x. IN NSEC3PARAM 1 0 2 AABB\n",
    "x. IN TLSA 3 1 1 0Aff\n",
    "x. IN CDS 0 0 0 00\n",
    "x. IN CDNSKEY 0 3 0 AA==\n",
    "x. IN OPENPGPKEY AQID\n",
    "x. IN CSYNC 1 3 A NS\n",
    "x. IN HTTPS 1 Host.X. alpn=H2\nx. IN HTTPS 0 Pool.X.\n",
    "x. IN SPF \"V=spf1\"\n",
    "x. IN LP 10 Host.X.\n",
    "x. IN URI 10 1 \"HTTP://X\"\n",
    "x. IN CAA 0 Issue \"Ca.X\"\n",
    "x. IN TYPE65280 \\# 5 0148495A00\n",
    "*.W.Example. IN A 192.0.2.1\n",
    ". IN NS A.Root-Servers.NET.\n",
};

/* The RRs of a bag for ldns, in our order. */
static ldns_rr_list *
to_ldns(const struct bag *b)
{
	ldns_rr_list *list = ldns_rr_list_new();
	uint8_t wire[NAME_MAX_LEN + 10 + RRS_BYTES];
	size_t i;

	for (i = 0; i < b->count; i++) {
		size_t n = name_copy(wire, b->owner), at = 0;
		const struct rdata *r = &b->rdata[i];
		uint8_t head[10] = {(uint8_t)(b->type >> 8), (uint8_t)b->type,
		    0, 1, 0, 0, 0, 77, (uint8_t)(r->len >> 8), (uint8_t)r->len};
		ldns_rr *rr = NULL;

		memcpy(wire + n, head, 10);
		memcpy(wire + n + 10, r->data, r->len);
		ck_assert(ldns_wire2rr(&rr, wire, n + 10 + r->len, &at,
			      LDNS_SECTION_ANSWER) == LDNS_STATUS_OK);
		ck_assert(ldns_rr_list_push_rr(list, rr));
	}
	return list;
}

/* What ldns would have signed: it sorts and canonicalises by itself. */
static void
ldns_signed(const struct bag *b, const struct rrsig *sig, ldns_buffer *out)
{
	ldns_rr_list *list = to_ldns(b);
	char text[512];
	ldns_rr *rr = NULL;
	size_t i;

	(void)snprintf(text, sizeof(text),
	    "x. IN RRSIG TYPE%u 8 %u %u "
	    "20220102030405 20210102030405 4711 Example.COM. AA==",
	    (unsigned)sig->covered, (unsigned)sig->labels,
	    (unsigned)sig->original_ttl);
	ck_assert(
	    ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL) == LDNS_STATUS_OK);
	ck_assert(ldns_rrsig2buffer_wire(out, rr) == LDNS_STATUS_OK);
	for (i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr_set_ttl(ldns_rr_list_rr(list, i), sig->original_ttl);
		ldns_rr2canonical(ldns_rr_list_rr(list, i));
	}
	ldns_rr_list_sort(list);
	ck_assert(ldns_rr_list2buffer_wire(out, list) == LDNS_STATUS_OK);
	ldns_rr_list_deep_free(list);
	ldns_rr_free(rr);
}

START_TEST(test_signed)
{
	static struct bag b;
	struct rrsig sig = {.signer = (const uint8_t *)"\7Example\3COM",
	    .original_ttl = 86400,
	    .expiration = 1641092645,
	    .inception = 1609556645,
	    .tag = 4711,
	    .algorithm = 8};
	ldns_buffer *want = ldns_buffer_new(LDNS_MIN_BUFLEN);
	struct buf got;

	read_bag(sets[_i], 0, &b);
	sig.covered = b.type;
	sig.labels = rrsig_labels(b.owner);
	ldns_signed(&b, &sig, want);
	buf_init(&got, 100000);
	rrsig_put_signed(&got, &sig, &b.set);
	ck_assert(!got.failed);
	ck_assert_uint_eq(got.len, ldns_buffer_position(want));
	ck_assert_mem_eq(got.data, ldns_buffer_begin(want), got.len);
	/* A ceiling that is hit leaves a failed buffer. */
	buf_free(&got);
	buf_init(&got, ldns_buffer_position(want) - 1);
	rrsig_put_signed(&got, &sig, &b.set);
	ck_assert(got.failed);
	buf_free(&got);
	ldns_buffer_free(want);
}
END_TEST

/* RFC 4035 section 5.3.2: an answer from a wildcard. */
static const struct {
	const char *owner;
	uint8_t labels;
	const char *signed_owner;
} wildcards[] = {
    {"a.W.Example.", 2, "*.w.example."},
    {"c.b.a.W.Example.", 2, "*.w.example."},
    {"a.W.Example.", 3, "a.w.example."}, {"*.W.Example.", 2, "*.w.example."},
    {"*.W.Example.", 1, "*.example."}, {"x.", 0, "*."}, {".", 0, "."},
    {"a.Example.", 9, "a.example."}, /* for others to refuse */
};

START_TEST(test_wildcard)
{
	uint8_t owner[NAME_MAX_LEN], want[NAME_MAX_LEN];
	uint8_t packed[6] = {0, 0, 192, 0, 2, 1};
	struct rrset set = {owner, packed, 60, 1, RRTYPE_A};
	struct rrsig sig = {.signer = (const uint8_t *)"",
	    .covered = 1,
	    .labels = wildcards[_i].labels};
	struct buf got;
	uint16_t four = 4;
	size_t len;

	memcpy(packed, &four, 2);
	ck_assert(name_parse(wildcards[_i].owner, owner, NULL) == DFLOW_OK);
	ck_assert(
	    name_parse(wildcards[_i].signed_owner, want, NULL) == DFLOW_OK);
	len = name_len(want);
	buf_init(&got, 1000);
	rrsig_put_signed(&got, &sig, &set);
	ck_assert_uint_eq(got.len, RRSIG_FIXED_LEN + 1 + len + 10 + 4);
	ck_assert_mem_eq(got.data + RRSIG_FIXED_LEN + 1, want, len);
	buf_free(&got);
}
END_TEST

START_TEST(test_view)
{
	static const uint8_t rdata[] = {0, 48, 13, 2, 0, 0, 14, 16, 0x63, 0xa6,
	    0x42, 0, 0x63, 0x2c, 0x17, 0xba, 0x2b, 0xe6, 2, 'C', 'o', 0, 9, 8,
	    7};
	struct rrsig sig;
	struct buf head;
	size_t len;

	ck_assert(rrsig_view(rdata, sizeof(rdata), &sig));
	ck_assert_uint_eq(sig.covered, 48);
	ck_assert_uint_eq(sig.algorithm, 13);
	ck_assert_uint_eq(sig.labels, 2);
	ck_assert_uint_eq(sig.original_ttl, 3600);
	ck_assert_uint_eq(sig.expiration, 0x63a64200);
	ck_assert_uint_eq(sig.inception, 0x632c17ba);
	ck_assert_uint_eq(sig.tag, 11238);
	ck_assert_ptr_eq(sig.signer, rdata + 18);
	ck_assert_uint_eq(sig.sig_len, 3);
	ck_assert_ptr_eq(sig.sig, rdata + 22);
	buf_init(&head, 100);
	rrsig_put_head(&head, &sig);
	ck_assert(head.failed); /* room for a longest name is asked for */
	buf_free(&head);
	buf_init(&head, 1000);
	rrsig_put_head(&head, &sig);
	ck_assert_uint_eq(head.len, 22);
	ck_assert_mem_eq(head.data, rdata, 19);
	ck_assert_mem_eq(head.data + 19, "co", 3);
	buf_free(&head);
	for (len = 0; len < 22; len++)
		ck_assert(!rrsig_view(rdata, len, &sig));
	ck_assert(rrsig_view(rdata, 22, &sig));
	ck_assert_uint_eq(sig.sig_len, 0);
}
END_TEST

static void
seed_text(const char *file, char *text, size_t size)
{
	const char *dir = getenv("srcdir");
	char path[1024];
	size_t len;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/tests/data/%s",
	    dir == NULL ? "." : dir, file);
	in = fopen(path, "rb");
	ck_assert_msg(in != NULL, "%s", path);
	len = fread(text, 1, size - 1, in);
	(void)fclose(in);
	text[len] = '\0';
}

/* Whether the seed's signature is the KSK's over that RRset. */
static bool
seed_verifies(const struct bag *keys, const struct bag *sigs)
{
	ldns_buffer *data = ldns_buffer_new(LDNS_MIN_BUFLEN);
	const struct rdata *ksk = &keys->rdata[keys->count - 1];
	ldns_buffer *der = ldns_buffer_new(LDNS_MIN_BUFLEN);
	uint8_t key[64];
	ldns_rdf *raw;
	struct buf got;
	struct rrsig sig;
	bool ok;

	ck_assert(rrsig_view(sigs->rdata[0].data, sigs->rdata[0].len, &sig));
	ck_assert_uint_eq(sig.sig_len, 64);
	ck_assert_uint_eq(ksk->len, 68);
	raw = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, 64, sig.sig);
	ck_assert(
	    ldns_convert_ecdsa_rrsig_rdf2asn1(der, raw) == LDNS_STATUS_OK);
	memcpy(key, ksk->data + 4, 64);
	buf_init(&got, 10000);
	rrsig_put_signed(&got, &sig, &keys->set);
	ldns_buffer_write(data, got.data, got.len);
	ok =
	    ldns_verify_rrsig_buffers_raw(ldns_buffer_begin(der),
		ldns_buffer_position(der), data, key, 64, 13) == LDNS_STATUS_OK;
	ldns_rdf_deep_free(raw);
	ldns_buffer_free(der);
	ldns_buffer_free(data);
	buf_free(&got);
	return ok;
}

START_TEST(test_seed)
{
	static char text[8192], response[4096];
	static struct bag keys, sigs;
	struct rrsig sig;

	seed_text("seed-KSK.data", response, sizeof(response));
	read_bag(response, RRTYPE_RRSIG, &sigs);
	ck_assert(rrsig_view(sigs.rdata[0].data, sigs.rdata[0].len, &sig));
	ck_assert_uint_eq(sig.original_ttl, 3600);
	read_bag(response, RRTYPE_DNSKEY, &keys);
	ck_assert_msg(!seed_verifies(&keys, &sigs), "the KSK alone");
	seed_text("seed-ZSK.key", text, 4096);
	memcpy(text + strlen(text), response, strlen(response) + 1);
	read_bag(text, RRTYPE_DNSKEY, &keys);
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_msg(seed_verifies(&keys, &sigs), "ZSK and KSK");
	sigs.bytes[0][sigs.rdata[0].len - 1] ^= 1;
	ck_assert_msg(!seed_verifies(&keys, &sigs), "one bit changed");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rrsig");
	TCase *t = tcase_create("rrsig");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_signed, 0, COUNT(sets));
	tcase_add_loop_test(t, test_wildcard, 0, COUNT(wildcards));
	tcase_add_test(t, test_view);
	tcase_add_test(t, test_seed);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
