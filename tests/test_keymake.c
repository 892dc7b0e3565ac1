/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New keys: their files, what they never overwrite, what failures leave, and
 * that BIND's and ldns's tools take them.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "keydir.h"
#include "keys/keymake.h"
#include "keysign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define U DFLOW_KEYGEN_UNSET

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

static void
count_one(const char *path, const char *name, void *ctx)
{
	(void)path;
	(void)name;
	(void)ctx;
}

static size_t
files(void)
{
	return keydir_each(&dir, count_one, NULL);
}

static mode_t
mode_of(const char *base, const char *ending)
{
	char path[KEYDIR_PATH + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", base, ending);
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static const char *const algorithms[] = {"8", "10", "13", "14", "15", "16"};

START_TEST(test_files)
{
	static const unsigned bits[] = {1024, 1024, 256, 384, 256, 456};
	char base[KEYDIR_PATH];
	struct keyfile *k = NULL;

	umask(0);
	keydir_make(&dir, algorithms[_i], false, base);
	ck_assert_uint_eq(files(), 2);
	ck_assert_uint_eq(mode_of(base, ".private"), 0600);
	ck_assert_uint_eq(mode_of(base, ".key"), 0644);
	ck_assert(keyfile_read(base, &k, NULL) == DFLOW_OK);
	ck_assert_uint_eq(k->key.flags, 256);
	ck_assert_uint_eq(dnskey_bits(&k->key), bits[_i]);
	ck_assert_int_eq(k->times.created, KEYDIR_NOW);
	ck_assert_int_eq(k->times.publish, KEYDIR_NOW);
	ck_assert_int_eq(k->times.activate, KEYDIR_NOW);
	ck_assert(k->times.inactive == KEYTIME_UNSET);
	ck_assert_uint_eq(k->ttl, 0);
	keyfile_free(&k);
	keydir_make(&dir, algorithms[_i], true, base);
	ck_assert_uint_eq(files(), 5);
	ck_assert_uint_eq(mode_of(base, ".private"), 0600);
	ck_assert_uint_eq(mode_of(base, ".ds"), 0644);
	ck_assert(keyfile_read(base, &k, NULL) == DFLOW_OK);
	ck_assert_uint_eq(k->key.flags, 257);
	keyfile_free(&k);
}
END_TEST

static const struct {
	const char *reason;
	const char *zone;
	const char *algorithm;
	unsigned bits;
	int64_t now, publish, activate, inactive, remove;
	enum dflow_status status;
} words[] = {
    {"default", "example.com", NULL, 0, KEYDIR_NOW, U, U, U, U, 0},
    {"mnemonic", "a.", "ecdsap384sha384", 0, KEYDIR_NOW, U, U, U, U, 0},
    {"root", ".", "ED25519", 0, KEYDIR_NOW, U, U, U, U, 0},
    {"escapes", "0/25.a\\.b", "15", 0, KEYDIR_NOW, U, U, U, U, 0},
    {"size said", "a", "13", 256, KEYDIR_NOW, U, U, U, U, 0},
    {"all times", "a", "15", 0, KEYDIR_NOW, KEYDIR_NOW + 1, KEYDIR_NOW + 2,
	KEYDIR_NOW + 3, KEYDIR_NOW + 4, 0},
    {"active before now", "a", "15", 0, KEYDIR_NOW, U, KEYDIR_NOW - 9, U, U, 0},
    {"published after now", "a", "15", 0, KEYDIR_NOW, KEYDIR_NOW + 9, U, U, U,
	0},
    {"no zone", "", "13", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"no name", "a..b", "13", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"no algorithm", "a", "", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"algorithm 3", "a", "3", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"algorithm 5", "a", "5", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"algorithm 7", "a", "7", 0, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"bits of 13", "a", "13", 384, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"small RSA", "a", "8", 1023, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"large RSA", "a", "8", 4097, KEYDIR_NOW, U, U, U, U, DFLOW_USAGE},
    {"1970", "a", "15", 0, 0, U, U, U, U, DFLOW_REFUSED},
    {"before 1970", "a", "15", 0, -1, U, U, U, U, DFLOW_USAGE},
    {"after 2106", "a", "15", 0, KEYTIME_MAX + 1, U, U, U, U, DFLOW_USAGE},
    {"deleted in 9999", "a", "15", 0, KEYDIR_NOW, U, U, U, 253402300799,
	DFLOW_USAGE},
    {"signs unpublished", "a", "15", 0, KEYDIR_NOW, KEYDIR_NOW + 9,
	KEYDIR_NOW + 8, U, U, DFLOW_USAGE},
    {"never active", "a", "15", 0, KEYDIR_NOW, U, U, KEYDIR_NOW, U,
	DFLOW_USAGE},
    {"deleted while active", "a", "15", 0, KEYDIR_NOW, U, U, KEYDIR_NOW + 9,
	KEYDIR_NOW + 8, DFLOW_USAGE},
    {"deleted at once", "a", "15", 0, KEYDIR_NOW, U, U, U, KEYDIR_NOW,
	DFLOW_USAGE},
};

START_TEST(test_words)
{
	struct dflow_keygen p = keydir_params(&dir, words[_i].algorithm);
	char base[DFLOW_KEYGEN_BASE] = "";
	struct dflow_err err = {0};
	enum dflow_status status;

	p.zone = words[_i].zone;
	p.bits = words[_i].bits;
	p.now = words[_i].now;
	p.publish = words[_i].publish;
	p.activate = words[_i].activate;
	p.inactive = words[_i].inactive;
	p.remove = words[_i].remove;
	status = dflow_keygen(&p, base, &err);
	ck_assert_msg(status == words[_i].status, "%s: %d %s", words[_i].reason,
	    status, err.text);
	ck_assert_uint_eq(files(), status == DFLOW_OK ? 2 : 0);
	ck_assert_int_eq(base[0] != '\0', status == DFLOW_OK);
}
END_TEST

/* The times that were asked for are in both files; so is the TTL. */
START_TEST(test_times)
{
	static const char *const ends[] = {".private", ".key"};
	struct dflow_keygen p = keydir_params(&dir, "15");
	char name[DFLOW_KEYGEN_BASE], path[KEYDIR_PATH], text[2048];
	size_t i;

	p.publish = KEYDIR_NOW + 86400;
	p.activate = KEYDIR_NOW + 2 * 86400;
	p.inactive = KEYDIR_NOW + 3 * 86400;
	p.remove = KEYDIR_NOW + 4 * 86400;
	p.ttl_s = 7200;
	ck_assert(dflow_keygen(&p, name, NULL) == DFLOW_OK);
	for (i = 0; i < COUNT(ends); i++) {
		keydir_read(
		    keydir_path(&dir, name, ends[i], path), text, sizeof(text));
		ck_assert_ptr_nonnull(strstr(text, "Created: 20260921141320"));
		ck_assert_ptr_nonnull(strstr(text, "Publish: 20260922141320"));
		ck_assert_ptr_nonnull(strstr(text, "Activate: 20260923141320"));
		ck_assert_ptr_nonnull(strstr(text, "Inactive: 20260924141320"));
		ck_assert_ptr_nonnull(strstr(text, "Delete: 20260925141320"));
	}
	ck_assert_ptr_nonnull(
	    strstr(text, "\nexample.com. 7200 IN DNSKEY 256 3 15 "));
}
END_TEST

START_TEST(test_rsa_sizes)
{
	static const unsigned sizes[] = {2048, 1280};
	struct dflow_keygen p = keydir_params(&dir, _i % 2 == 0 ? "8" : "10");
	char name[DFLOW_KEYGEN_BASE], path[KEYDIR_PATH];
	struct signer *s;

	/* The default first. */
	p.bits = _i == 0 ? 0 : sizes[_i];
	ck_assert(dflow_keygen(&p, name, NULL) == DFLOW_OK);
	s = open_key(keydir_path(&dir, name, "", path), DFLOW_OK, NULL);
	ck_assert_uint_eq(dnskey_bits(signer_key(s)), sizes[_i]);
	/* The exponent is 65537, in RFC 3110's short form. */
	ck_assert_mem_eq(signer_key(s)->key, "\3\1\0\1", 4);
	signer_free(&s);
}
END_TEST

/* A key of that tag: its first two bytes are tried through. */
static void
key_of_tag(struct keyfile *k, uint16_t flags, uint8_t algorithm, uint16_t tag)
{
	uint32_t i;

	memset(k, 0, sizeof(*k));
	k->rdata[0] = (uint8_t)(flags >> 8);
	k->rdata[1] = (uint8_t)flags;
	k->rdata[2] = 3;
	k->rdata[3] = algorithm;
	for (i = 0; i < 65536 && dnskey_tag(k->rdata, 36) != tag; i++) {
		k->rdata[4] = (uint8_t)(i >> 8);
		k->rdata[5] = (uint8_t)i;
	}
	ck_assert(dnskey_view(k->rdata, 36, &k->key));
	ck_assert_uint_eq(k->key.tag, tag);
}

static const struct {
	const char *reason;
	uint16_t flags;
	uint8_t algorithm;
	uint16_t tag;
	uint16_t old_flags;
	uint8_t old_algorithm;
	uint16_t old_tag;
	bool collides;
} tags[] = {
    {"others", 257, 15, 1000, 257, 15, 2000, false},
    {"plain, plain", 257, 15, 1000, 257, 15, 1000, true},
    {"ZSK and KSK", 256, 15, 1000, 257, 15, 1000, true},
    {"another algorithm", 257, 15, 1000, 257, 13, 1000, true},
    {"revoked, plain", 257, 15, 1000, 257, 15, 1128, true},
    {"plain, revoked", 257, 15, 1128, 257, 15, 1000, true},
    {"plain, and one that is revoked", 257, 15, 1000, 385, 15, 1000, true},
    {"revoked, and one that is revoked", 257, 15, 1000, 385, 15, 1128, true},
    {"plain, and what the revoked was", 257, 15, 872, 385, 15, 1000, true},
    {"near", 257, 15, 1000, 257, 15, 1129, false},
};

START_TEST(test_collision)
{
	static struct keyfile fresh, old;
	struct keyfile *olds[1] = {&old};
	struct keylist list = {.keys = olds, .count = 1};

	key_of_tag(&fresh, tags[_i].flags, tags[_i].algorithm, tags[_i].tag);
	key_of_tag(
	    &old, tags[_i].old_flags, tags[_i].old_algorithm, tags[_i].old_tag);
	ck_assert_msg(keymake_collides(&list, &fresh.key) == tags[_i].collides,
	    "%s", tags[_i].reason);
	list.count = 0;
	ck_assert(!keymake_collides(&list, &fresh.key));
}
END_TEST

/* Many keys, and still each has tags of its own. */
START_TEST(test_many)
{
	char base[KEYDIR_PATH];
	struct keylist l;
	uint8_t zone[NAME_MAX_LEN];
	size_t i, j;

	for (i = 0; i < 60; i++)
		keydir_make(&dir, i % 2 == 0 ? "15" : "13", i % 3 == 0, base);
	ck_assert(name_parse("example.com", zone, NULL) == DFLOW_OK);
	ck_assert(keylist_read(dir.path, zone, &l, NULL) == DFLOW_OK);
	ck_assert_uint_eq(l.count, 60);
	for (i = 0; i < l.count; i++)
		for (j = 0; j < i; j++)
			ck_assert_uint_ne(
			    l.keys[i]->key.tag, l.keys[j]->key.tag);
	keylist_free(&l);
}
END_TEST

/* In a folder with a broken key of the zone, or none at all: nothing. */
START_TEST(test_bad_folder)
{
	struct dflow_keygen p = keydir_params(&dir, "15");
	char name[DFLOW_KEYGEN_BASE], path[KEYDIR_PATH];
	struct dflow_err err = {0};

	keydir_path(&dir, "Kexample.com.+013+00001.key", "", path);
	keydir_write(path, 0644, "broken", 6);
	ck_assert(dflow_keygen(&p, name, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_uint_eq(files(), 1);
	p.dir = "/nowhere";
	ck_assert(dflow_keygen(&p, name, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "/nowhere"));
}
END_TEST

/* A disk that is full in the middle: no file of the key is left. */
START_TEST(test_full_disk)
{
	static const rlim_t limits[] = {0, 100, 190, 270};
	struct dflow_keygen p = keydir_params(&dir, "15");
	struct rlimit old, small;
	char name[DFLOW_KEYGEN_BASE];
	enum dflow_status status;
	int set, reset;

	p.ksk = true;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = limits[_i];
	/* check writes to a file too: not a word to it in between. */
	set = setrlimit(RLIMIT_FSIZE, &small);
	status = dflow_keygen(&p, name, NULL);
	reset = setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_int_eq(set, 0);
	ck_assert_int_eq(reset, 0);
	/* 179 bytes private, about 300 public: the tag has 1 to 5 digits. */
	ck_assert(status == DFLOW_FAILED);
	ck_assert_uint_eq(files(), 0);
}
END_TEST

START_TEST(test_encrypted)
{
	struct dflow_keygen p = keydir_params(&dir, algorithms[_i]);
	char name[DFLOW_KEYGEN_BASE], base[KEYDIR_PATH], path[KEYDIR_PATH];
	char text[8192];
	struct keyfile *k = NULL;
	struct signer *s = NULL;
	struct dflow_err err = {0};

	p.encrypt = true;
	p.ksk = true;
	p.passphrase_fd = keydir_line("\n");
	ck_assert(dflow_keygen(&p, name, &err) != DFLOW_OK);
	ck_assert_uint_eq(files(), 0);
	close(p.passphrase_fd);
	p.passphrase_fd = keydir_line("correct horse\n");
	ck_assert_msg(dflow_keygen(&p, name, &err) == DFLOW_OK, "%s", err.text);
	close(p.passphrase_fd);
	keydir_path(&dir, name, "", base);
	ck_assert_uint_eq(files(), 3);
	ck_assert_uint_eq(mode_of(base, ".pem"), 0600);
	keydir_read(keydir_path(&dir, name, ".pem", path), text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "BEGIN ENCRYPTED PRIVATE KEY"));
	ck_assert(keyfile_read(base, &k, NULL) == DFLOW_OK);
	ck_assert(k->has_private);
	ck_assert_int_eq(k->times.activate, KEYDIR_NOW);
	keyfile_free(&k);
	ck_assert(open_with(base, "correct horse\n", &s, &err) == DFLOW_OK);
	sign_and_check(s);
	signer_free(&s);
	ck_assert(open_with(base, "correct horse", &s, &err) == DFLOW_OK);
	signer_free(&s);
	ck_assert(open_with(base, "correct hors\n", &s, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "wrong passphrase"));
}
END_TEST

static const char zone_text[] =
    "$TTL 3600\n"
    "@ IN SOA ns.example.com. root.example.com. 1 3600 900 604800 3600\n"
    "@ IN NS ns.example.com.\nns IN A 192.0.2.1\nwww IN A 192.0.2.2\n";

/* Runs it; true if it is installed, and then it must succeed. */
static bool
tool(char out[8192], const char *const argv[])
{
	int status = keydir_run(&dir, out, 8192, argv);

	if (status == KEYDIR_NO_TOOL)
		return false;
	ck_assert_msg(status == 0, "%s: %s", argv[0], out);
	return true;
}

static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

/* The zone; the keys in it too, for BIND's signer without its clock. */
static void
write_zone(const char *name, const char *ksk, const char *zsk)
{
	char text[1024], path[KEYDIR_PATH];
	int n = snprintf(text, sizeof(text),
	    "%s$INCLUDE %s.key\n"
	    "$INCLUDE %s.key\n",
	    zone_text, ksk, zsk);

	ck_assert(n > 0 && (size_t)n < sizeof(text));
	keydir_write(keydir_path(&dir, name, "", path), 0644, text, (size_t)n);
}

/* Not past 2038, where ldns-verify-zone 1.8 is wrong. */
#define INCEPTION "20260921150000"
#define EXPIRATION "20361221150000"
#define BETWEEN "20260921160000"

/* BIND reads times, DS and both halves of the keys. */
static void
try_bind(const char *ksk, const char *zsk)
{
	const char *const settime[] = {
	    "dnssec-settime", "-p", "all", zsk, NULL};
	const char *const ds[] = {"dnssec-dsfromkey", "-2", ksk, NULL};
	const char *const sign[] = {"dnssec-signzone", "-P", "-o",
	    "example.com", "-f", "bind.signed", "-s", INCEPTION, "-e",
	    EXPIRATION, "-k", ksk, "bind", zsk, NULL};
	const char *const verify[] = {
	    "ldns-verify-zone", "-t", BETWEEN, "bind.signed", NULL};
	char out[8192], path[KEYDIR_PATH], own[512];

	if (tool(out, settime)) {
		ck_assert_ptr_nonnull(strstr(out, "Created: Mon Sep 21 "
						  "14:13:20 2026"));
		ck_assert_ptr_nonnull(strstr(out, "Activate: Mon Sep 21 "
						  "14:13:20 2026"));
	}
	if (tool(out, ds)) {
		keydir_read(
		    keydir_path(&dir, ksk, ".ds", path), own, sizeof(own));
		lower(own);
		lower(out);
		ck_assert_str_eq(own, out);
	}
	write_zone("bind", ksk, zsk);
	if (tool(out, sign))
		(void)tool(out, verify);
}

static void
try_ldns(const char *ksk, const char *zsk)
{
	const char *const sign[] = {"ldns-signzone", "-o", "example.com", "-f",
	    "ldns.signed", "-i", INCEPTION, "-e", EXPIRATION, "zone", zsk, ksk,
	    NULL};
	const char *const verify[] = {
	    "ldns-verify-zone", "-t", BETWEEN, "ldns.signed", NULL};
	char out[8192], path[KEYDIR_PATH];

	keydir_write(keydir_path(&dir, "zone", "", path), 0644, zone_text,
	    sizeof(zone_text) - 1);
	if (tool(out, sign))
		(void)tool(out, verify);
}

START_TEST(test_tools)
{
	char ksk[KEYDIR_PATH], zsk[KEYDIR_PATH];

	setenv("TZ", "UTC", 1);
	keydir_make(&dir, algorithms[_i], true, ksk);
	keydir_make(&dir, algorithms[_i], false, zsk);
	try_bind(strrchr(ksk, '/') + 1, strrchr(zsk, '/') + 1);
	try_ldns(strrchr(ksk, '/') + 1, strrchr(zsk, '/') + 1);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_files, 0, (int)COUNT(algorithms));
	tcase_add_loop_test(t, test_words, 0, (int)COUNT(words));
	tcase_add_test(t, test_times);
	tcase_add_loop_test(t, test_rsa_sizes, 0, 2);
	tcase_add_loop_test(t, test_collision, 0, (int)COUNT(tags));
	tcase_add_test(t, test_many);
	tcase_add_test(t, test_bad_folder);
	tcase_add_loop_test(t, test_full_disk, 0, 4);
	tcase_add_loop_test(t, test_encrypted, 2, 4);
	tcase_add_loop_test(t, test_tools, 0, (int)COUNT(algorithms));
}

int
main(void)
{
	Suite *s = suite_create("keymake");
	TCase *t = tcase_create("keymake");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	add_tests(t);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
