/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public key files: their texts, names and times. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The article's keys. */
#define KSK64                                                       \
	"cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GATN" \
	"QAg64TJw3tgECVOq1beXpbJGSjG7Q=="
#define KSK "example.com. IN DNSKEY 257 3 13 " KSK64

static struct keydir dir;

static void
setup(void)
{
	keydir_new(&dir);
}

static void
teardown(void)
{
	keydir_free(&dir);
}

static const struct {
	const char *reason;
	const char *text;
	uint32_t ttl;
} good[] = {
    {"plain", KSK "\n", 0},
    {"no final newline", KSK, 0},
    {"CRLF", "; a comment\r\n" KSK "\r\n", 0},
    {"ldns-keygen",
	"example.com.\tIN\tDNSKEY\t257 3 13 " KSK64
	" ;{id = 11238 (ksk), size = 256b}\n",
	0},
    {"dnssec-keygen",
	"; This is a key-signing key, keyid 11238, for example.com.\n"
	"; Created: 20220922073938 (Thu Sep 22 07:39:38 2022)\n"
	"example.com. 3600 IN DNSKEY 257 3 13 "
	"cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GAT "
	"NQAg64TJw3tgECVOq1beXpbJGSjG7Q==\n",
	3600},
    {"parentheses",
	"example.com. 60 IN DNSKEY 257 3 13 (\n cMW3t5/jWcE"
	"SqrzNgNjksnfUZdS4TtqO1gOae0cBRxgopoT/FNIa5GAT ; half\n"
	" NQAg64TJw3tgECVOq1beXpbJGSjG7Q== )\n",
	60},
    {"$TTL", "$TTL 300\n" KSK "\n", 300},
};

START_TEST(test_good)
{
	static struct keyfile k;
	struct dflow_err err = {0};
	uint8_t owner[NAME_MAX_LEN];

	ck_assert(name_parse("example.com", owner, NULL) == DFLOW_OK);
	ck_assert_msg(keyfile_parse("f", good[_i].text, strlen(good[_i].text),
			  &k, &err) == DFLOW_OK,
	    "%s: %s", good[_i].reason, err.text);
	ck_assert_uint_eq(k.key.tag, 11238);
	ck_assert_uint_eq(k.key.flags, 257);
	ck_assert_uint_eq(k.key.algorithm, 13);
	ck_assert_uint_eq(k.ttl, good[_i].ttl);
	ck_assert(name_equal(k.owner, owner));
}
END_TEST

static const struct {
	const char *reason;
	const char *text;
} bad[] = {
    {"empty", ""},
    {"only comments", "; nothing\n\n"},
    {"two keys", KSK "\n" KSK "\n"},
    {"another type", "example.com. IN A 192.0.2.1\n"},
    {"a type beside", KSK "\nexample.com. IN A 192.0.2.1\n"},
    {"a DS", "example.com. IN DS 1 13 2 2d0d834fe6aea4c80ec3bcbf5af75365"
	     "3c9d9ea6dc997ea86e90c2615edef19f\n"},
    {"class CH", "example.com. CH DNSKEY 257 3 13 " KSK64 "\n"},
    {"protocol 2", "example.com. IN DNSKEY 257 2 13 " KSK64 "\n"},
    {"protocol 255", "example.com. IN DNSKEY 257 255 13 " KSK64 "\n"},
    {"no zone key", "example.com. IN DNSKEY 1 3 13 " KSK64 "\n"},
    {"algorithm not known", "example.com. IN DNSKEY 257 3 3 " KSK64 "\n"},
    {"RSA that is none", "example.com. IN DNSKEY 257 3 8 " KSK64 "\n"},
    {"short key", "example.com. IN DNSKEY 257 3 13 cMW3t5/jWcE=\n"},
    {"long key", "example.com. IN DNSKEY 257 3 14 " KSK64 "\n"},
    {"no key", "example.com. IN DNSKEY 257 3 13\n"},
    {"not base64", "example.com. IN DNSKEY 257 3 13 !!!!\n"},
    {"rubbish behind", KSK "\nrubbish\n"},
    {"$INCLUDE", "$INCLUDE /etc/passwd\n" KSK "\n"},
    {"open parenthesis", "example.com. IN DNSKEY ( 257 3 13 " KSK64 "\n"},
    {"binary", "\x01\x02\x7f\xff\n"},
};

START_TEST(test_bad)
{
	static struct keyfile k;
	struct dflow_err err = {0};

	ck_assert_msg(keyfile_parse("f", bad[_i].text, strlen(bad[_i].text), &k,
			  &err) == DFLOW_FAILED,
	    "%s", bad[_i].reason);
	ck_assert_msg(strncmp(err.text, "f:", 2) == 0, "%s: %s", bad[_i].reason,
	    err.text);
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

/* What is left of a file when its end is lost is no key. */
START_TEST(test_truncated)
{
	static const char text[] = "; Publish: 20220922073938\n" KSK;
	static struct keyfile k;
	size_t len;

	for (len = 0; len < sizeof(text) - 1; len++) {
		char *copy = malloc(len + 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, text, len);
		ck_assert(keyfile_parse("f", copy, len, &k, NULL) != DFLOW_OK);
		free(copy);
	}
	ck_assert(keyfile_parse("f", text, len, &k, NULL) == DFLOW_OK);
}
END_TEST

START_TEST(test_comment_times)
{
	static const char text[] =
	    "; Created: 20220922073938 (Thu Sep 22 07:39:38 2022)\n"
	    ";Publish:20220923000000\n"
	    "; Activate: 2022092300000 (a digit short)\n"
	    "; Inactive: 202209230000000 (a digit long)\n"
	    "; Delete: 20221324000000 (no month 13)\n"
	    "; SyncPublish: 20220924000000\r\n"
	    "; Note: 20220924000000\n" KSK " ; Revoke: 20220924000000\n";
	static struct keyfile k;

	ck_assert(
	    keyfile_parse("f", text, sizeof(text) - 1, &k, NULL) == DFLOW_OK);
	ck_assert_int_eq(k.times.created, 1663832378);
	ck_assert_int_eq(k.times.publish, 1663891200);
	ck_assert(k.times.activate == KEYTIME_UNSET);
	ck_assert(k.times.inactive == KEYTIME_UNSET);
	ck_assert(k.times.remove == KEYTIME_UNSET);
	ck_assert(k.times.revoke == KEYTIME_UNSET);
	ck_assert_int_eq(k.times.sync_publish, 1663977600);
}
END_TEST

static const struct {
	const char *name;
	const char *base; /* NULL: refused */
} bases[] = {
    {"Kexample.com.+013+11238", "Kexample.com.+013+11238"},
    {"Kexample.com.+013+11238.key", "Kexample.com.+013+11238"},
    {"d/Kexample.com.+013+11238.private", "d/Kexample.com.+013+11238"},
    {"/Kexample.com.+013+11238.ds", "/Kexample.com.+013+11238"},
    {"ksk.pem", "ksk"},
    {"ksk.key.key", "ksk.key"},
    {"ZSK", "ZSK"},
    {"", NULL},
    {".key", ".key"},
    {"d/", NULL},
    {"d/.key", NULL},
    {"0123456789012345678901234567890123456789", NULL},
};

START_TEST(test_base)
{
	struct dflow_err err = {0};
	char out[32];
	enum dflow_status status =
	    keyfile_base(bases[_i].name, out, sizeof(out), &err);

	if (bases[_i].base == NULL) {
		ck_assert(status == DFLOW_USAGE);
		return;
	}
	ck_assert(status == DFLOW_OK);
	ck_assert_str_eq(out, bases[_i].base);
}
END_TEST

static void
put(const char *name, mode_t mode, const char *text)
{
	char path[KEYDIR_PATH];

	keydir_write(
	    keydir_path(&dir, name, "", path), mode, text, strlen(text));
}

/* Reads dir/name; the message must hold says if it fails. */
static struct keyfile *
get(const char *name, const char *says)
{
	char path[KEYDIR_PATH];
	struct keyfile *k = NULL;
	struct dflow_err err = {0};
	enum dflow_status status;

	status = keyfile_read(keydir_path(&dir, name, "", path), &k, &err);
	if (says == NULL) {
		ck_assert_msg(status == DFLOW_OK, "%s", err.text);
	} else {
		ck_assert(status == DFLOW_FAILED);
		ck_assert_ptr_null(k);
		ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
	}
	return k;
}

START_TEST(test_names)
{
	struct keyfile *k;

	put("ksk.key", 0644, KSK "\n");
	put("Kexample.com.+013+11238.key", 0644, KSK "\n");
	put("Kexample.com.+013+11239.key", 0644, KSK "\n");
	put("Kexample.com.+014+11238.key", 0644, KSK "\n");
	k = get("ksk", NULL);
	ck_assert(!k->has_private);
	keyfile_free(&k);
	k = get("Kexample.com.+013+11238.private", NULL);
	keyfile_free(&k);
	get("Kexample.com.+013+11239", "not the one of its name");
	get("Kexample.com.+014+11238", "not the one of its name");
	get("absent", "absent.key");
	put("long.key", 0644, "");
	ck_assert_int_eq(
	    truncate(keydir_path(&dir, "long.key", "", (char[KEYDIR_PATH]){0}),
		70000),
	    0);
	get("long", "long.key");
}
END_TEST

#define PRIVATE                                         \
	"Private-key-format: v1.3\nAlgorithm: 13 (X)\n" \
	"PrivateKey: AAAA\n"

/* Which times count, and what a broken private file does. */
START_TEST(test_private_times)
{
	struct keyfile *k;

	put("k.key", 0644,
	    "; Publish: 20220101000000\n"
	    "; Inactive: 20220401000000\n" KSK "\n");
	k = get("k", NULL);
	ck_assert_int_eq(k->times.publish, 1640995200);
	keyfile_free(&k);
	put("k.private", 0600, PRIVATE "Publish: 20220201000000\n");
	k = get("k", NULL);
	ck_assert(k->has_private);
	ck_assert_int_eq(k->times.publish, 1643673600);
	ck_assert(k->times.inactive == KEYTIME_UNSET);
	keyfile_free(&k);
	/* One that others can read is not ours to read. */
	put("k.private", 0644, PRIVATE "Publish: 20220201000000\n");
	k = get("k", NULL);
	ck_assert_int_eq(k->times.publish, 1640995200);
	keyfile_free(&k);
	/* None, as ldns writes it. */
	put("k.private", 0600, PRIVATE);
	k = get("k", NULL);
	ck_assert_int_eq(k->times.publish, 1640995200);
	keyfile_free(&k);
	put("k.private", 0600, PRIVATE "Publish: 2022020100000\n");
	get("k", "k.private:4: the time");
	put("k.private", 0600, "");
	get("k", "k.private: cut off");
}
END_TEST

#define U KEYTIME_UNSET
static const struct {
	int64_t created, publish, activate, inactive, remove;
	enum keystate state; /* at 100 */
} states[] = {
    {U, U, U, U, U, KEYSTATE_ACTIVE},
    {10, U, U, U, U, KEYSTATE_FUTURE},
    {10, 100, 101, U, U, KEYSTATE_PUBLISHED},
    {10, 101, 102, U, U, KEYSTATE_FUTURE},
    {10, 50, 100, U, U, KEYSTATE_ACTIVE},
    {10, 50, U, U, U, KEYSTATE_PUBLISHED},
    {10, U, 100, U, U, KEYSTATE_ACTIVE},
    {10, U, 101, U, U, KEYSTATE_FUTURE},
    {10, 101, 100, U, U, KEYSTATE_ACTIVE},
    {10, 50, 60, 100, U, KEYSTATE_RETIRED},
    {10, 50, 60, 101, 200, KEYSTATE_ACTIVE},
    {10, 50, 60, 70, 100, KEYSTATE_REMOVED},
    {10, 50, 60, 70, 101, KEYSTATE_RETIRED},
    {U, U, U, 101, U, KEYSTATE_ACTIVE},
    {U, U, U, 100, U, KEYSTATE_RETIRED},
    {10, 101, 102, U, 100, KEYSTATE_REMOVED},
};

START_TEST(test_state)
{
	struct keytimes t;

	keytimes_clear(&t);
	ck_assert(keytimes_none(&t));
	t.created = states[_i].created;
	t.publish = states[_i].publish;
	t.activate = states[_i].activate;
	t.inactive = states[_i].inactive;
	t.remove = states[_i].remove;
	ck_assert_int_eq(keyfile_state(&t, 100), states[_i].state);
}
END_TEST

static const struct {
	const char *zone;
	const char *name;
} names[] = {
    {".", "K.+013+00001"},
    {"example.com", "Kexample.com.+013+00001"},
    {"A_b-c.Example", "Ka_b-c.example.+013+00001"},
    {"0/25.2.0.192.in-addr.arpa", "K0%2F25.2.0.192.in-addr.arpa.+013+00001"},
    {"a\\.b.test", "Ka%2Eb.test.+013+00001"},
    {"\\200x.test", "K%C8x.test.+013+00001"},
};

START_TEST(test_file_name)
{
	uint8_t zone[NAME_MAX_LEN];
	char out[KEYFILE_NAME_MAX];

	ck_assert(name_parse(names[_i].zone, zone, NULL) == DFLOW_OK);
	keyfile_name(zone, 13, 1, out);
	ck_assert_str_eq(out, names[_i].name);
}
END_TEST

START_TEST(test_longest_file_name)
{
	char out[KEYFILE_NAME_MAX];
	uint8_t zone[NAME_MAX_LEN];

	memset(zone, 0, sizeof(zone));
	zone[0] = zone[64] = zone[128] = 63;
	zone[192] = 61;
	keyfile_name(zone, 255, 65535, out);
	ck_assert_uint_eq(strlen(out), 1 + 250 * 3 + 4 + 10);
}
END_TEST

/* What names a device's key is read back; dnssec-settime's times stay. */
START_TEST(test_label)
{
	static const char label[] =
	    "n200:hsm010123F13C56131E1EEE0000000000000025";
	const struct alg *alg = alg_find(ALG_ECDSAP256);
	struct keytimes times;
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16];
	struct secret *text = NULL;
	struct keyfile *k = NULL;
	struct dflow_err err = {0};

	keydir_make(&dir, "13", true, base);
	ck_assert(keyfile_read(base, &k, &err) == DFLOW_OK);
	ck_assert_str_eq(k->label, "");
	keyfile_free(&k);
	keytimes_clear(&times);
	times.created = KEYDIR_NOW;
	times.activate = KEYDIR_NOW + 1;
	ck_assert(
	    private_write_label(label, alg, &times, &text, &err) == DFLOW_OK);
	ck_assert_ptr_nonnull(
	    memmem(text->data, text->len, "Engine: bjIwMAA=\nLabel: ", 24));
	snprintf(path, sizeof(path), "%s.private", base);
	keydir_write(path, 0600, text->data, text->len);
	secret_free(&text);
	ck_assert_msg(keyfile_read(base, &k, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_str_eq(k->label, label);
	ck_assert_int_eq(k->times.activate, KEYDIR_NOW + 1);
	ck_assert(k->has_private);
	keyfile_free(&k);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_good, 0, (int)COUNT(good));
	tcase_add_loop_test(t, test_bad, 0, (int)COUNT(bad));
	tcase_add_test(t, test_truncated);
	tcase_add_test(t, test_comment_times);
	tcase_add_loop_test(t, test_base, 0, (int)COUNT(bases));
	tcase_add_test(t, test_label);
	tcase_add_test(t, test_names);
	tcase_add_test(t, test_private_times);
	tcase_add_loop_test(t, test_state, 0, (int)COUNT(states));
	tcase_add_loop_test(t, test_file_name, 0, (int)COUNT(names));
	tcase_add_test(t, test_longest_file_name);
}

int
main(void)
{
	Suite *s = suite_create("keyfile");
	TCase *t = tcase_create("keyfile");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	add_tests(t);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
