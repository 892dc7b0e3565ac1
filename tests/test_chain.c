/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rdata.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "zone/chain.h"
#include "zone/load.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static enum dflow_status
add(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	return zone_builder_add(ctx, rr, err);
}

static struct zone *
make(const char *text, size_t len, const char *apex)
{
	struct zone_builder *b = NULL;
	uint8_t name[NAME_MAX_LEN];
	struct dflow_err err = {.text = ""};
	struct zone *z = NULL;
	uint16_t file;

	ck_assert_int_eq(name_parse(apex, name, &err), DFLOW_OK);
	ck_assert_int_eq(zone_builder_new(0, &b, &err), DFLOW_OK);
	ck_assert_int_eq(zone_builder_file(b, "f", &file, &err), DFLOW_OK);
	ck_assert_msg(text_load("t", text, len, 60, add, b, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_msg(
	    zone_build(&b, name, 2, &z, &err) == DFLOW_OK, "%s", err.text);
	return z;
}

/* Each link as "owner<TAB>rdata". */
static void
dump(const struct chain *c, struct buf *out)
{
	uint16_t type = c->params.nsec3 ? RRTYPE_NSEC3 : RRTYPE_NSEC;
	uint8_t owner[NAME_MAX_LEN];
	char text[NAME_TEXT_SIZE];
	struct buf rdata;

	buf_init(&rdata, 65535);
	for (size_t i = 0; i < c->count; i++) {
		struct rdata r;

		chain_owner(c, i, owner);
		(void)name_text(owner, text);
		buf_reset(&rdata);
		chain_rdata(c, i, &rdata);
		ck_assert(!rdata.failed);
		r.data = rdata.data;
		r.len = (uint16_t)rdata.len;
		ck_assert(rdata_check(type, r.data, r.len));
		buf_str(out, text);
		buf_str(out, "\t");
		rrtext_put_rdata(out, type, r);
		buf_str(out, "\n");
	}
	buf_u8(out, 0);
	buf_free(&rdata);
}

static void
check_chain(const char *text, const char *apex, const struct chain_params *p,
    const char *want, const char *reason)
{
	struct dflow_err err = {.text = ""};
	struct zone *z = make(text, strlen(text), apex);
	struct chain *c = NULL;
	struct buf got;

	ck_assert_msg(
	    chain_build(z, p, 2, &c, &err) == DFLOW_OK, "%s", err.text);
	buf_init(&got, 65536);
	dump(c, &got);
	ck_assert_msg(strcmp((char *)got.data, want) == 0, "%s:\n%s", reason,
	    (char *)got.data);
	buf_free(&got);
	chain_free(&c);
	zone_free(&z);
}

#define DIGEST                             \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define SOA(z) z " SOA a. b. 1 2 3 4 5\n"
#define RRSIG(t) "RRSIG " t " 13 1 60 20300101000000 20200101000000 1 z. AAAA\n"

static const struct {
	const char *apex, *text, *want, *reason;
} nsec[] = {
    {"z.", SOA("z."), "z.\tz. SOA RRSIG NSEC\n", "one name"},
    {".", SOA(".") "com. NS a.\na.com. A 1.1.1.1\n",
	".\tcom. SOA RRSIG NSEC\ncom.\t. NS RRSIG NSEC\n", "the root"},
    {"z.",
	SOA("z.") "z. NS ns.d.z.\n"
		  "d.z. NS ns.d.z.\nd.z. A 1.1.1.1\nd.z. DS 1 13 2 " DIGEST "\n"
		  "ns.d.z. A 1.1.1.1\na.b.c.z. TXT x\n*.z. TYPE65280 \\# 0\n"
		  "e.z. NS a.\nn.z. DNAME d.\nx.n.z. A 1.1.1.1\ny. A 1.1.1.1\n",
	"z.\t*.z. NS SOA RRSIG NSEC\n"
	"*.z.\ta.b.c.z. RRSIG NSEC TYPE65280\n"
	"a.b.c.z.\td.z. TXT RRSIG NSEC\n"
	"d.z.\te.z. NS DS RRSIG NSEC\n"
	"e.z.\tn.z. NS RRSIG NSEC\n"
	"n.z.\tz. DNAME RRSIG NSEC\n",
	"delegations, glue, wildcards, DNAME, outside"},
    {"z.",
	SOA("z.") "z. " RRSIG("SOA") "z. NSEC a.z. SOA\n"
				     "a.z. NSEC z. A\na.z. " RRSIG(
					 "A") "b.z. A 1.1.1.1\n",
	"z.\tb.z. SOA RRSIG NSEC\nb.z.\tz. A RRSIG NSEC\n",
	"what an earlier signer left is not data"},
    {"z.", SOA("z.") "B.z. A 1.1.1.1\n",
	"z.\tB.z. SOA RRSIG NSEC\nB.z.\tz. A RRSIG NSEC\n",
	"letter case stays (RFC 6840 section 5.1)"},
};

START_TEST(nsec_chain)
{
	struct chain_params p = {.nsec3 = false, .opt_out = true};

	check_chain(
	    nsec[_i].text, nsec[_i].apex, &p, nsec[_i].want, nsec[_i].reason);
}
END_TEST

START_TEST(apex_types)
{
	static const uint16_t types[] = {
	    RRTYPE_A, RRTYPE_SOA, RRTYPE_NSEC3PARAM, RRTYPE_ZONEMD, RRTYPE_CAA};
	struct chain_params p = {
	    .apex_types = types, .apex_type_count = COUNT(types)};

	check_chain(SOA("z.") "z. TXT x\nz. TYPE300 \\# 0\na.z. TXT x\n", "z.",
	    &p,
	    "z.\ta.z. A SOA TXT RRSIG NSEC NSEC3PARAM ZONEMD CAA "
	    "TYPE300\na.z.\tz. TXT RRSIG NSEC\n",
	    "added at the apex only");
}
END_TEST

/* RFC 5155 appendix A. */
#define RFC5155_ZONE                                                         \
	"example. SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 "    \
	"3600\n"                                                             \
	"example. NS ns1.example.\nexample. NS ns2.example.\n"               \
	"example. MX 1 xx.example.\nexample. DNSKEY 256 3 7 AAAA\n"          \
	"example. NSEC3PARAM 1 0 12 aabbccdd\n"                              \
	"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. A 192.0.2.127\n"          \
	"a.example. NS ns1.a.example.\na.example. NS ns2.a.example.\n"       \
	"a.example. DS 58470 5 1 3079F1593EBAD6DC121E202A8B766A6A4837206C\n" \
	"ns1.a.example. A 192.0.2.5\nns2.a.example. A 192.0.2.6\n"           \
	"ai.example. A 192.0.2.9\nai.example. HINFO \"KLH-10\" \"ITS\"\n"    \
	"ai.example. AAAA 2001:db8:0:0:0:0:f00:baa9\n"                       \
	"c.example. NS ns1.c.example.\nc.example. NS ns2.c.example.\n"       \
	"ns1.c.example. A 192.0.2.7\nns2.c.example. A 192.0.2.8\n"           \
	"ns1.example. A 192.0.2.1\nns2.example. A 192.0.2.2\n"               \
	"*.w.example. MX 1 ai.example.\nx.w.example. MX 1 xx.example.\n"     \
	"x.y.w.example. MX 1 xx.example.\nxx.example. A 192.0.2.10\n"        \
	"xx.example. HINFO \"KLH-10\" \"TOPS-20\"\n"                         \
	"xx.example. AAAA 2001:db8:0:0:0:0:f00:baaa\n"

START_TEST(rfc5155)
{
	static const char want[] =
	    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.\t1 1 12 aabbccdd "
	    "2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY "
	    "NSEC3PARAM\n"
	    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.\t1 1 12 aabbccdd "
	    "2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG\n"
	    "2vptu5timamqttgl4luu9kg21e0aor3s.example.\t1 1 12 aabbccdd "
	    "35mthgpgcu1qg68fab165klnsnk3dpvl MX RRSIG\n"
	    "35mthgpgcu1qg68fab165klnsnk3dpvl.example.\t1 1 12 aabbccdd "
	    "b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG\n"
	    "b4um86eghhds6nea196smvmlo4ors995.example.\t1 1 12 aabbccdd "
	    "gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG\n"
	    "gjeqe526plbf1g8mklp59enfd789njgi.example.\t1 1 12 aabbccdd "
	    "ji6neoaepv8b5o6k4ev33abha8ht9fgc A HINFO AAAA RRSIG\n"
	    "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example.\t1 1 12 aabbccdd "
	    "k8udemvp1j2f7eg6jebps17vp3n8i58h\n"
	    "k8udemvp1j2f7eg6jebps17vp3n8i58h.example.\t1 1 12 aabbccdd "
	    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi\n"
	    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example.\t1 1 12 aabbccdd "
	    "q04jkcevqvmu85r014c7dkba38o0ji5r A RRSIG\n"
	    "q04jkcevqvmu85r014c7dkba38o0ji5r.example.\t1 1 12 aabbccdd "
	    "r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG\n"
	    "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example.\t1 1 12 aabbccdd "
	    "t644ebqk9bibcna874givr6joj62mlhv MX RRSIG\n"
	    "t644ebqk9bibcna874givr6joj62mlhv.example.\t1 1 12 aabbccdd "
	    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A HINFO AAAA RRSIG\n";
	struct chain_params p = {
	    .nsec3 = true,
	    .opt_out = true,
	    .hash = {.iterations = 12,
		.salt_len = 4,
		.salt = {0xaa, 0xbb, 0xcc, 0xdd}},
	};

	check_chain(RFC5155_ZONE, "example.", &p, want, "the RFC's chain");
}
END_TEST

/* How many links, and of these empty non-terminals. */
static const struct {
	const char *text;
	size_t all, all_ents, optout, optout_ents;
	const char *reason;
} counts[] = {
    {SOA("z."), 1, 0, 1, 0, "the apex"},
    {SOA("z.") "a.b.c.z. A 1.1.1.1\n", 4, 2, 4, 2, "two in a row"},
    {SOA("z.") "a.b.c.z. A 1.1.1.1\nc.z. A 1.1.1.1\nd.b.c.z. A 1.1.1.1\n"
	       "a.a.c.z. A 1.1.1.1\n",
	7, 2, 7, 2, "shared ones once"},
    {SOA("z.") "a.b.z. NS a.\n", 3, 1, 1, 0,
	"only because of a delegation that is left out"},
    {SOA("z.") "a.b.z. NS a.\nc.b.z. A 1.1.1.1\n", 4, 1, 3, 1,
	"not only because of it"},
    {SOA("z.") "a.b.z. NS a.\na.b.z. DS 1 13 2 " DIGEST "\n", 3, 1, 3, 1,
	"because of a secure delegation"},
    {SOA("z.") "d.z. NS a.\na.b.d.z. A 1.1.1.1\n", 2, 0, 1, 0,
	"none below a delegation"},
    {SOA("z.") "d.z. DNAME a.\na.b.d.z. A 1.1.1.1\n", 2, 0, 2, 0,
	"none below a DNAME"},
    {SOA("z.") "z. DNAME a.\na.b.z. A 1.1.1.1\n", 1, 0, 1, 0,
	"nothing below the apex's DNAME"},
    {SOA("z.") "a.*.z. A 1.1.1.1\n", 3, 1, 3, 1, "a wildcard that is empty"},
    {SOA("z.") "a.y. A 1.1.1.1\n", 1, 0, 1, 0, "nothing outside"},
    {SOA("z.") "\\000.b.z. A 1.1.1.1\n\\000\\000.b.z. A 1.1.1.1\n"
	       "\\001.b.z. A 1.1.1.1\n",
	5, 1, 5, 1, "zero bytes"},
};

static void
count_links(const struct zone *z, bool opt_out, size_t want, size_t ents,
    const char *reason)
{
	struct chain_params p = {.nsec3 = true, .opt_out = opt_out};
	struct dflow_err err = {.text = ""};
	struct chain *c = NULL;
	size_t n = 0;

	ck_assert_msg(
	    chain_build(z, &p, 3, &c, &err) == DFLOW_OK, "%s", err.text);
	for (size_t i = 0; i < c->count; i++)
		n += c->links[i].node == UINT32_MAX;
	ck_assert_msg(
	    c->count == want && n == ents, "%s: %zu, %zu", reason, c->count, n);
	chain_free(&c);
}

START_TEST(non_terminals)
{
	struct zone *z = make(counts[_i].text, strlen(counts[_i].text), "z.");

	count_links(
	    z, false, counts[_i].all, counts[_i].all_ents, counts[_i].reason);
	count_links(z, true, counts[_i].optout, counts[_i].optout_ents,
	    counts[_i].reason);
	zone_free(&z);
}
END_TEST

/* An insecure delegation in a chain without opt-out shows NS alone. */
START_TEST(insecure)
{
	struct chain_params p = {.nsec3 = true};
	struct zone *z = make(SOA("z.") "d.z. NS a.\nd.z. A 1.1.1.1\n",
	    sizeof(SOA("z.") "d.z. NS a.\nd.z. A 1.1.1.1\n") - 1, "z.");
	static const uint8_t ns_only[] = {0, 1, 0x20};
	struct dflow_err err;
	struct chain *c = NULL;
	struct buf rdata;
	size_t i;

	ck_assert_int_eq(chain_build(z, &p, 1, &c, &err), DFLOW_OK);
	ck_assert_uint_eq(c->count, 2);
	i = z->nodes[c->links[0].node].kind == NODE_DELEGATION ? 0 : 1;
	buf_init(&rdata, 1000);
	chain_rdata(c, i, &rdata);
	ck_assert_uint_eq(rdata.len, 26 + sizeof(ns_only));
	ck_assert(memcmp(rdata.data + 26, ns_only, sizeof(ns_only)) == 0);
	buf_free(&rdata);
	chain_free(&c);
	zone_free(&z);
}
END_TEST

/* Enough links for the bucket sort; each next hash is the next owner's. */
START_TEST(many)
{
	struct chain_params p = {.nsec3 = true};
	struct dflow_err err;
	struct chain *c = NULL;
	struct zone *z;
	struct buf b;

	buf_init(&b, (size_t)4 << 20);
	buf_str(&b, SOA("z."));
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&b, "n%u.z. A 1.1.1.1\n", i);
	z = make((const char *)b.data, b.len, "z.");
	ck_assert_int_eq(chain_build(z, &p, 2, &c, &err), DFLOW_OK);
	ck_assert_uint_eq(c->count, 20001);
	for (size_t i = 1; i < c->count; i++)
		ck_assert(memcmp(c->links[i - 1].hash, c->links[i].hash,
			      NSEC3_HASH_LEN) < 0);
	chain_free(&c);
	zone_free(&z);
	buf_free(&b);
}
END_TEST

START_TEST(refused)
{
	struct chain_params p = {.nsec3 = true};
	struct dflow_err err = {.text = ""};
	struct zone *z = make("y.z. A 1.1.1.1\n", 15, "z.");
	struct chain *c = NULL;
	char long_soa[512];
	char apex[256];
	size_t at = 0;

	ck_assert_int_eq(chain_build(z, &p, 1, &c, &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "no records at the apex z.");
	zone_free(&z);

	/* 112 labels: 225 bytes; a hash label makes 258. */
	for (int i = 0; i < 112; i++) {
		apex[at++] = 'x';
		apex[at++] = '.';
	}
	apex[at] = '\0';
	(void)snprintf(
	    long_soa, sizeof(long_soa), "%s SOA a. b. 1 2 3 4 5\n", apex);
	z = make(long_soa, strlen(long_soa), apex);
	ck_assert_int_eq(chain_build(z, &p, 1, &c, &err), DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "too long for NSEC3"));
	p.nsec3 = false;
	ck_assert_int_eq(chain_build(z, &p, 1, &c, &err), DFLOW_OK);
	chain_free(&c);
	zone_free(&z);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("chain");
	TCase *tc = tcase_create("chain");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, nsec_chain, 0, COUNT(nsec));
	tcase_add_test(tc, apex_types);
	tcase_add_test(tc, rfc5155);
	tcase_add_loop_test(tc, non_terminals, 0, COUNT(counts));
	tcase_add_test(tc, insecure);
	tcase_add_test(tc, many);
	tcase_add_test(tc, refused);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
