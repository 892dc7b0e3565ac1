/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names: parsing and text, order, sort keys; ldns is the oracle. */
#include <check.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A small generator, so that a failure can be had again. */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* A name of few different bytes, 00, 01 and both letter cases among them. */
static void
random_name(uint32_t *seed, uint8_t name[NAME_MAX_LEN])
{
	static const uint8_t bytes[] = {
	    0, 1, 2, '*', 'A', 'a', 'Z', 'z', '@', '[', 0x7f, 0xff};
	size_t at = 0;
	uint32_t labels = next_random(seed) % 5, i, len;

	for (; labels > 0; labels--) {
		len = 1 + next_random(seed) % 3;
		name[at++] = (uint8_t)len;
		for (i = 0; i < len; i++)
			name[at++] = bytes[next_random(seed) % sizeof(bytes)];
	}
	name[at] = 0;
}

static const struct {
	const char *text;
	const char *shown; /* NULL: refused */
	const char *reason;
} texts[] = {
    {".", ".", "the root"},
    {"example.com", "example.com.", "without the final dot"},
    {"example.com.", "example.com.", "with it"},
    {"Www.EXAMPLE.com", "Www.EXAMPLE.com.", "letter case stays"},
    {"*.example", "*.example.", "a wildcard"},
    {"a\\.b.example", "a\\.b.example.", "a dot in a label"},
    {"a\\046b", "a\\.b.", "the same as a number"},
    {"a\\\\b", "a\\092b.", "a backslash"},
    {"\\[\\#\\!", "\\091\\035\\033.", "marks that need their number"},
    {"\\000\\255.x", "\\000\\255.x.", "bytes out of ASCII"},
    {"a\\032b", "a\\032b.", "a blank"},
    {"\\@\\$\\;\\\"\\(\\)", "\\@\\$\\;\\\"\\(\\).", "marks"},
    {"@x.$y", "\\@x.\\$y.", "marks that may stand bare here"},
    {"_sip._tcp.a-b", "_sip._tcp.a-b.", "what is often seen"},
    {L63 ".b", L63 ".b.", "63 bytes"},
    {L63 "." L63 "." L63 "." L61, L63 "." L63 "." L63 "." L61 ".", "255 bytes"},
    {"", NULL, "nothing"},
    {"..", NULL, "two dots"},
    {".a", NULL, "an empty first label"},
    {"a..b", NULL, "an empty label"},
    {"a..", NULL, "two final dots"},
    {"a b", NULL, "a blank"},
    {"a\tb", NULL, "a tab"},
    {"a;b", NULL, "a comment"},
    {"(a)", NULL, "parentheses"},
    {"a\"b", NULL, "a quotation mark"},
    {"m\303\274ller", NULL, "raw UTF-8"},
    {"a\\", NULL, "a backslash at the end"},
    {"a\\25", NULL, "a short number"},
    {"a\\256", NULL, "a number over 255"},
    {"a\\2x5", NULL, "a number with a letter"},
    {L63 "a", NULL, "64 bytes in a label"},
    {L63 "." L63 "." L63 "." L61 "a", NULL, "256 bytes"},
    {L63 "." L63 "." L63 "." L61 ".a", NULL, "256 bytes, five labels"},
};

START_TEST(test_text)
{
	uint8_t name[NAME_MAX_LEN];
	char shown[NAME_TEXT_SIZE];
	struct dflow_err err;
	enum dflow_status status = name_parse(texts[_i].text, name, &err);

	if (texts[_i].shown == NULL) {
		ck_assert_msg(status == DFLOW_FAILED, "%s", texts[_i].reason);
		return;
	}
	ck_assert_msg(status == DFLOW_OK, "%s", texts[_i].reason);
	ck_assert_uint_eq(name_text(name, shown), strlen(texts[_i].shown));
	ck_assert_str_eq(shown, texts[_i].shown);
	ck_assert_uint_eq(name_check(name, sizeof(name)), name_len(name));
}
END_TEST

/* Every byte, and the longest text there is, read back by ldns. */
START_TEST(test_text_ldns)
{
	uint8_t name[NAME_MAX_LEN] = {63};
	char shown[NAME_TEXT_SIZE];
	uint8_t back[NAME_MAX_LEN];
	ldns_rdf *rdf;
	size_t i, len;

	for (i = 0; i < NAME_MAX_LEN; i++)
		name[i] = i % 64 == 0 ? 63 : (uint8_t)(i + (size_t)_i);
	name[192] = 61;
	name[254] = 0;
	len = name_text(name, shown);
	ck_assert_uint_lt(len, NAME_TEXT_SIZE);
	rdf = ldns_dname_new_frm_str(shown);
	ck_assert_ptr_nonnull(rdf);
	ck_assert_uint_eq(ldns_rdf_size(rdf), 255);
	ck_assert_mem_eq(ldns_rdf_data(rdf), name, 255);
	ldns_rdf_deep_free(rdf);
	ck_assert(name_parse(shown, back, NULL) == DFLOW_OK);
	ck_assert_mem_eq(back, name, 255);
}
END_TEST

static const struct {
	const char *bytes;
	size_t avail;
	size_t len;
} checks[] = {
    {"\0", 1, 1}, {"\0x", 2, 1}, {"", 0, 0}, {"\1a\0", 3, 3}, {"\1a\0", 2, 0},
    {"\1a\0", 1, 0}, {"\2a\0", 3, 0}, {"\100a\0", 3, 0}, /* 64 */
    {"\300\0", 2, 0}, /* a compression pointer */
};

START_TEST(test_check)
{
	uint8_t *copy = malloc(checks[_i].avail + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy + 1, checks[_i].bytes, checks[_i].avail);
	ck_assert_uint_eq(
	    name_check(copy + 1, checks[_i].avail), checks[_i].len);
	free(copy);
}
END_TEST

START_TEST(test_check_longest)
{
	uint8_t name[300];
	size_t i;

	/* 127 labels of one byte are 255 bytes; one more is too many. */
	for (i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 1 : 'x';
	name[254] = 0;
	ck_assert_uint_eq(name_check(name, sizeof(name)), 255);
	ck_assert_uint_eq(name_labels(name), NAME_MAX_LABELS);
	ck_assert_int_eq(name_cmp(name, name), 0);
	name[254] = 1;
	name[256] = 0;
	ck_assert_uint_eq(name_check(name, sizeof(name)), 0);
}
END_TEST

/* RFC 4034 section 6.1's own list. */
static const char *const ordered[] = {"example.", "a.example.",
    "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.",
    "\\001.z.example.", "*.z.example.", "\\200.z.example."};

START_TEST(test_order)
{
	uint8_t a[NAME_MAX_LEN], b[NAME_MAX_LEN];
	int j;

	ck_assert(name_parse(ordered[_i], a, NULL) == DFLOW_OK);
	for (j = 0; j < COUNT(ordered); j++) {
		int d;

		ck_assert(name_parse(ordered[j], b, NULL) == DFLOW_OK);
		d = name_cmp(a, b);
		ck_assert_int_eq((d > 0) - (d < 0), (_i > j) - (_i < j));
	}
}
END_TEST

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

static int
key_order(const uint8_t *a, const uint8_t *b)
{
	uint8_t a_key[NAME_KEY_MAX], b_key[NAME_KEY_MAX];
	size_t a_len = name_key(a, a_key), b_len = name_key(b, b_key);
	int d = memcmp(a_key, b_key, a_len < b_len ? a_len : b_len);

	return d != 0 ? sign(d) : (a_len > b_len) - (a_len < b_len);
}

START_TEST(test_random_order)
{
	uint8_t a[NAME_MAX_LEN], b[NAME_MAX_LEN];
	uint32_t seed = 1, i;

	for (i = 0; i < 50000; i++) {
		ldns_rdf *ra, *rb;
		int d;

		random_name(&seed, a);
		random_name(&seed, b);
		d = sign(name_cmp(a, b));
		ck_assert_int_eq(d, key_order(a, b));
		ck_assert_int_eq(-d, sign(name_cmp(b, a)));
		ck_assert_int_eq(d == 0, name_equal(a, b));
		ra = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(a), a);
		rb = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(b), b);
		ck_assert_int_eq(name_within(a, b),
		    ldns_dname_is_subdomain(ra, rb) || d == 0);
		ldns_dname2canonical(ra);
		ldns_dname2canonical(rb);
		ck_assert_int_eq(d, sign(ldns_dname_compare(ra, rb)));
		ldns_rdf_deep_free(ra);
		ldns_rdf_deep_free(rb);
	}
}
END_TEST

/* The longest keys, and that a key begins with the parent's. */
START_TEST(test_key)
{
	uint8_t name[NAME_MAX_LEN], key[NAME_KEY_MAX], parent[NAME_KEY_MAX];
	uint32_t seed = 7, i;
	size_t len, parent_len;

	for (i = 0; i < NAME_MAX_LEN; i++)
		name[i] = i % 64 == 0 ? 63 : 0;
	name[192] = 61;
	ck_assert_uint_le(name_key(name, key), NAME_KEY_MAX);
	for (i = 0; i < 1000; i++) {
		random_name(&seed, name);
		if (name_is_root(name)) {
			ck_assert_uint_eq(name_key(name, key), 0);
			continue;
		}
		len = name_key(name, key);
		parent_len = name_key(name_parent(name), parent);
		ck_assert_uint_lt(parent_len, len);
		ck_assert_mem_eq(key, parent, parent_len);
		ck_assert_uint_eq(key[len - 1], 0);
	}
}
END_TEST

START_TEST(test_parts)
{
	static const uint8_t name[] = "\1*\3WwW\7example\3Com";
	static const uint8_t other[] = "\7xample\1\3com";
	uint8_t copy[NAME_MAX_LEN];

	ck_assert_uint_eq(name_len(name), sizeof(name));
	ck_assert_uint_eq(name_labels(name), 4);
	ck_assert_ptr_eq(name_suffix(name, 4), name);
	ck_assert_ptr_eq(name_suffix(name, 2), name + 6);
	ck_assert(name_is_root(name_suffix(name, 0)));
	ck_assert_ptr_eq(name_parent(name), name + 2);
	ck_assert(name_is_wildcard(name));
	ck_assert(!name_is_wildcard(name + 2));
	ck_assert(!name_is_wildcard((const uint8_t *)"\2**"));
	ck_assert(name_within(name, name + 2));
	ck_assert(name_within(name, (const uint8_t *)""));
	ck_assert(!name_within(name + 2, name));
	/* The same bytes at the end, but not at a label's beginning. */
	ck_assert(!name_within(
	    (const uint8_t *)"\5a\3com\3net", (const uint8_t *)"\3com\3net"));
	ck_assert(!name_within(name, other));
	ck_assert_uint_eq(name_lower(copy, name), sizeof(name));
	ck_assert_mem_eq(copy, "\1*\3www\7example\3com", sizeof(name));
	ck_assert(name_equal(copy, name));
	ck_assert_uint_eq(name_copy(copy, name), sizeof(name));
	ck_assert_mem_eq(copy, name, sizeof(name));
	copy[5] = '7' - 0x20; /* 0x17 differs from '7' by the case bit only */
	name_lower(copy, copy);
	ck_assert_uint_eq(copy[5], '7' - 0x20);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("name");
	TCase *t = tcase_create("name");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_text, 0, COUNT(texts));
	tcase_add_loop_test(t, test_text_ldns, 0, 5);
	tcase_add_loop_test(t, test_check, 0, COUNT(checks));
	tcase_add_test(t, test_check_longest);
	tcase_add_loop_test(t, test_order, 0, COUNT(ordered));
	tcase_add_test(t, test_random_order);
	tcase_add_test(t, test_key);
	tcase_add_test(t, test_parts);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
