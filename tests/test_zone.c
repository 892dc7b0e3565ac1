/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rdata.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "zone/load.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
wire(const char *text, uint8_t out[NAME_MAX_LEN])
{
	struct dflow_err err;

	ck_assert_msg(name_parse(text, out, &err) == DFLOW_OK, "%s", err.text);
}

static enum dflow_status
add(const struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	return zone_builder_add(ctx, rr, err);
}

/* The zone of that text. */
static struct zone *
make(const char *text, size_t len, const char *apex, unsigned threads)
{
	struct zone_builder *b = NULL;
	uint8_t name[NAME_MAX_LEN];
	struct dflow_err err = {.text = ""};
	struct zone *z = NULL;
	uint16_t file;

	wire(apex, name);
	ck_assert_int_eq(zone_builder_new(0, &b, &err), DFLOW_OK);
	ck_assert_int_eq(zone_builder_file(b, "f", &file, &err), DFLOW_OK);
	ck_assert_msg(text_load("t", text, len, 60, add, b, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert_msg(zone_build(&b, name, threads, &z, &err) == DFLOW_OK, "%s",
	    err.text);
	ck_assert_ptr_null(b);
	return z;
}

/* "name kind;" for each node, kinds as one letter. */
static const char *
kinds(const struct zone *z)
{
	static char out[4096];
	char text[NAME_TEXT_SIZE];
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < z->node_count; i++) {
		(void)name_text(z->nodes[i].owner, text);
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s %c;",
		    text, "ADOX"[z->nodes[i].kind]);
	}
	return out;
}

#define SOA(z) z " SOA a. b. 1 2 3 4 5\n"
#define RRSIG(t) "RRSIG " t " 13 1 60 20300101000000 20200101000000 1 z. AAAA\n"

static const struct {
	const char *apex, *text, *want, *reason;
} sweep[] = {
    {"z.",
	SOA("z.") "b.z. A 1.1.1.1\na.z. A 1.1.1.1\n"
		  "z.a.z. A 1.1.1.1\n*.z. A 1.1.1.1\nB.z. AAAA ::1\n",
	"z. A;*.z. A;a.z. A;z.a.z. A;b.z. A;", "canonical order"},
    {"z.",
	SOA("z.") "z. NS a.\nd.z. NS a.\nx.d.z. A 1.1.1.1\n"
		  "e.z. A 1.1.1.1\ny.x.d.z. NS a.\ndd.z. A 1.1.1.1\n",
	"z. A;d.z. D;x.d.z. O;y.x.d.z. O;dd.z. A;e.z. A;",
	"below a delegation; nothing cuts within"},
    {"z.", SOA("z.") "d.z. DNAME a.\nx.d.z. A 1.1.1.1\nd0.z. NS a.\n",
	"z. A;d.z. A;x.d.z. O;d0.z. D;", "below a DNAME"},
    {"z.",
	SOA("z.") "z. DNAME a.\nx.z. A 1.1.1.1\n"
		  "d.z. NS a.\nx.d.z. A 1.1.1.1\n"
		  "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. NSEC3 1 0 0 - "
		  "2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n"
		  "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. " RRSIG(
		      "NSEC3") "1p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. NSEC3 1 0 "
			       "0 - "
			       "2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n"
			       "1p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. A 1.1.1.1\n"
			       "2p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. " RRSIG(
				   "NSEC3"),
	"z. A;0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. A;"
	"1p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. O;"
	"2p9mhaveqvm6t7vbl5lop2u3t2rp3tom.z. O;d.z. O;x.d.z. O;x.z. O;",
	"an apex DNAME hides all but the NSEC3 chain"},
    {"z.",
	SOA("z.") "y. A 1.1.1.1\nzz. A 1.1.1.1\n. A 1.1.1.1\n"
		  "x.z. A 1.1.1.1\n",
	". X;y. X;z. A;x.z. A;zz. X;", "outside"},
    {".", SOA(".") "com. NS a.\na.com. A 1.1.1.1\n", ". A;com. D;a.com. O;",
	"the root"},
    {"z.", "y. A 1.1.1.1\n", "y. X;", "without an apex"},
    {"z.",
	SOA("z.") "\\000.z. NS a.\nb.\\000.z. A 1.1.1.1\n"
		  "\\000\\000.z. A 1.1.1.1\n\\001.z. A 1.1.1.1\n",
	"z. A;\\000.z. D;b.\\000.z. O;\\000\\000.z. A;\\001.z. A;",
	"zero bytes in labels"},
    {"z.", SOA("z.") "d.z. NS a.\nd.z. DNAME b.\nx.d.z. A 1.1.1.1\n",
	"z. A;d.z. D;x.d.z. O;", "NS and DNAME"},
};

START_TEST(node_kinds)
{
	struct zone *z;

	z = make(sweep[_i].text, strlen(sweep[_i].text), sweep[_i].apex, 1);
	ck_assert_msg(strcmp(kinds(z), sweep[_i].want) == 0, "%s: %s",
	    sweep[_i].reason, kinds(z));
	zone_free(&z);
}
END_TEST

START_TEST(rrsets)
{
	static const char text[] =
	    SOA("z.") "z. MX 2 B.\nz. A 2.2.2.2\nz. A 1.1.1.1\nz. A 2.2.2.2\n"
		      "z. MX 2 b.\nz. MX 1 c.\n"
		      "z. " RRSIG("MX") "z. " RRSIG("A") "z. " RRSIG("SOA");
	struct zone *z = make(text, strlen(text), "z.", 1);
	const struct node *n = zone_apex(z);
	const struct rrset *set;
	const uint8_t *p;
	struct rdata r;

	ck_assert_ptr_nonnull(n);
	ck_assert_uint_eq(z->rr_count, 8);
	ck_assert_uint_eq(n->count, 6);
	for (size_t i = 1; i < n->count; i++)
		ck_assert_uint_le(z->rrsets[i - 1].type, z->rrsets[i].type);

	set = node_rrset(z, n, RRTYPE_A);
	ck_assert_uint_eq(set->count, 2);
	r = rdata_at(set->rdata, &p);
	ck_assert(r.len == 4 && r.data[0] == 1);
	r = rdata_at(p, &p);
	ck_assert(r.len == 4 && r.data[0] == 2);

	/* "2 B." and "2 b." are one RR; the first is kept as it was. */
	set = node_rrset(z, n, RRTYPE_MX);
	ck_assert_uint_eq(set->count, 2);
	r = rdata_at(set->rdata, &p);
	ck_assert(r.data[1] == 1);
	r = rdata_at(p, &p);
	ck_assert(r.data[3] == 'B');

	ck_assert_ptr_null(node_rrset(z, n, RRTYPE_RRSIG));
	ck_assert_ptr_null(node_rrset(z, n, RRTYPE_AAAA));
	ck_assert_ptr_null(node_rrsigs(z, n, RRTYPE_AAAA));
	set = node_rrsigs(z, n, RRTYPE_SOA);
	ck_assert(set != NULL && rrset_covered(set) == RRTYPE_SOA);
	ck_assert_ptr_eq(set, node_rrsigs(z, n, RRTYPE_A) + 1);
	ck_assert_ptr_eq(set, node_rrsigs(z, n, RRTYPE_MX) - 1);
	ck_assert_uint_eq(z->flaw_count, 0);
	zone_free(&z);
	ck_assert_ptr_null(z);
	zone_free(&z);
}
END_TEST

/* What already stands right is not copied. */
START_TEST(in_place)
{
	static const char text[] = "x.z. A 1.1.1.1\nx.z. A 1.1.1.2\n"
				   "x.z. A 1.1.1.3\nx.z. AAAA ::1\n";
	struct zone *z = make(text, strlen(text), "z.", 1);
	const uint8_t *p = z->rrsets[0].rdata;

	for (int i = 0; i < 3; i++)
		(void)rdata_at(p, &p);
	ck_assert_ptr_eq(z->rrsets[1].rdata, p);
	/* Behind key and owner, x.z., stands the first RDATA. */
	ck_assert_mem_eq(node_key(&z->nodes[0]), "z\0x\0\001x\001z", 9);
	ck_assert_ptr_eq(z->nodes[0].owner + 5, z->rrsets[0].rdata);
	zone_free(&z);
}
END_TEST

START_TEST(flaws)
{
	static const char text[] =
	    SOA("z.") "x.z. 5 A 1.1.1.2\nx.z. 6 A 1.1.1.1\ny. 5 A 1.1.1.1\n"
		      "x.z. 7 A 1.1.1.2\ny. 5 AAAA ::1\nx.z. 8 AAAA ::1\n"
		      "x.z. 1 " RRSIG("A") "x.z. 2 " RRSIG("AAAA");
	static const struct {
		uint32_t line;
		uint16_t type;
		uint8_t kind;
	} want[] = {
	    {4, RRTYPE_A, FLAW_OUTSIDE},
	    {6, RRTYPE_AAAA, FLAW_OUTSIDE},
	    {3, RRTYPE_A, FLAW_TTL},
	    {5, RRTYPE_A, FLAW_TTL},
	};
	struct zone *z = make(text, strlen(text), "z.", 1);
	uint8_t name[NAME_MAX_LEN];
	const struct rrset *set;

	ck_assert_uint_eq(z->flaw_count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		ck_assert_uint_eq(z->flaws[i].line, want[i].line);
		ck_assert_uint_eq(z->flaws[i].type, want[i].type);
		ck_assert_uint_eq(z->flaws[i].kind, want[i].kind);
		ck_assert_str_eq(z->flaws[i].file, "f");
	}
	wire("x.z", name);
	set = node_rrset(z, zone_find(z, name), RRTYPE_A);
	ck_assert_uint_eq(set->ttl, 5);
	ck_assert_uint_eq(set->count, 2);
	zone_free(&z);
}
END_TEST

START_TEST(flaws_are_bounded)
{
	struct zone *z;
	struct buf b;

	buf_init(&b, (size_t)4 << 20);
	for (unsigned i = 0; i < ZONE_FLAWS_MAX + 100; i++)
		buf_printf(&b, "n%u.y. A 1.1.1.1\n", i);
	z = make((const char *)b.data, b.len, "z.", 2);
	ck_assert_uint_eq(z->flaw_count, ZONE_FLAWS_MAX);
	ck_assert_uint_eq(z->node_count, ZONE_FLAWS_MAX + 100);
	zone_free(&z);
	buf_free(&b);
}
END_TEST

START_TEST(empty)
{
	struct zone *z = make("", 0, "z.", 3);
	uint8_t name[NAME_MAX_LEN];

	wire("z.", name);
	ck_assert_ptr_null(zone_apex(z));
	ck_assert_ptr_null(zone_find(z, name));
	ck_assert_uint_eq(z->rr_count, 0);
	zone_free(&z);
}
END_TEST

START_TEST(too_many_types)
{
	struct zone_builder *b = NULL;
	struct dflow_err err = {.text = ""};
	struct zone *z = NULL;
	uint8_t sig[19] = {0};
	uint8_t apex[] = {1, 'z', 0};
	struct zone_rr rr = {.owner = apex,
	    .rdata = sig,
	    .ttl = 1,
	    .line = 7,
	    .type = RRTYPE_RRSIG,
	    .rdata_len = sizeof(sig)};

	ck_assert_int_eq(zone_builder_new(0, &b, &err), DFLOW_OK);
	ck_assert_int_eq(zone_builder_file(b, "f", &rr.file, &err), DFLOW_OK);
	for (unsigned i = 0; i < 65536; i++) {
		sig[0] = (uint8_t)(i >> 8);
		sig[1] = (uint8_t)i;
		ck_assert_int_eq(zone_builder_add(b, &rr, &err), DFLOW_OK);
	}
	ck_assert_int_eq(zone_build(&b, apex, 1, &z, &err), DFLOW_FAILED);
	ck_assert_str_eq(err.text, "f:7: more than 65535 RRsets at one name");
	ck_assert_ptr_null(b);
	ck_assert_ptr_null(z);
}
END_TEST

/* Deterministic numbers (an LCG); good enough to shuffle with. */
static uint32_t
dice(uint64_t *state, uint32_t sides)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % sides;
}

static void
dump(const struct zone *z, struct buf *out)
{
	for (size_t i = 0; i < z->rrset_count; i++)
		rrtext_put_rrset(out, &z->rrsets[i]);
}

/* Any order of reading, any number of threads: one zone. */
/* Names of the zone and others, asked for in order by various steps. */
static void
find_in_order(const struct zone *z)
{
	for (size_t step = 1; step < 6000; step = step * 5 + 2) {
		size_t at = 0;

		for (size_t i = 0; i < z->node_count; i += step) {
			const uint8_t *owner = z->nodes[i].owner;
			uint8_t below[NAME_MAX_LEN] = {1, '!'};

			/* Twice, and a name that is not there behind it. */
			ck_assert_ptr_eq(
			    zone_find_next(z, owner, &at), &z->nodes[i]);
			ck_assert_ptr_eq(
			    zone_find_next(z, owner, &at), &z->nodes[i]);
			(void)name_copy(below + 2, owner);
			ck_assert_ptr_null(zone_find_next(z, below, &at));
			ck_assert_uint_eq(at, i + 1);
		}
	}
}

START_TEST(shuffled)
{
	enum { NAMES = 30000 };
	static uint32_t order[NAMES];
	static const unsigned threads[] = {1, 2, 3, 7};
	struct buf text, first, next;
	uint64_t state = 1;
	struct zone *z;

	for (uint32_t i = 0; i < NAMES; i++)
		order[i] = i;
	buf_init(&first, (size_t)16 << 20);
	for (size_t t = 0; t < COUNT(threads); t++) {
		buf_init(&text, (size_t)16 << 20);
		buf_init(&next, (size_t)16 << 20);
		for (uint32_t i = 0; i < NAMES; i++) {
			uint32_t k = order[i];

			buf_printf(&text, "l%u.n%u.z. A 1.1.%u.%u\n", k % 7,
			    k % 9973, k >> 8 & 255, k & 255);
		}
		z = make((const char *)text.data, text.len, "z.", threads[t]);
		for (size_t i = 1; i < z->node_count; i++)
			ck_assert(name_cmp(z->nodes[i - 1].owner,
				      z->nodes[i].owner) < 0);
		for (size_t i = 0; i < z->node_count; i++)
			ck_assert_ptr_eq(
			    zone_find(z, z->nodes[i].owner), &z->nodes[i]);
		find_in_order(z);
		ck_assert_uint_eq(z->rr_count, NAMES);
		dump(z, t == 0 ? &first : &next);
		ck_assert(!first.failed && first.len > 0);
		if (t > 0)
			ck_assert(
			    next.len == first.len &&
			    memcmp(next.data, first.data, first.len) == 0);
		zone_free(&z);
		buf_free(&text);
		buf_free(&next);
		for (uint32_t i = NAMES - 1; i > 0; i--) {
			uint32_t k = dice(&state, i + 1);
			uint32_t x = order[i];

			order[i] = order[k];
			order[k] = x;
		}
	}
	buf_free(&first);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("zone");
	TCase *tc = tcase_create("zone");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, node_kinds, 0, COUNT(sweep));
	tcase_add_test(tc, rrsets);
	tcase_add_test(tc, in_place);
	tcase_add_test(tc, flaws);
	tcase_add_test(tc, flaws_are_bounded);
	tcase_add_test(tc, empty);
	tcase_add_test(tc, too_many_types);
	tcase_add_test(tc, shuffled);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
