/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private keys from files: what they sign verifies, and what is not whole, not
 * private or not the public key's is refused.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "keydir.h"
#include "keysign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

static const char *const algorithms[] = {"8", "10", "13", "14", "15", "16"};
static const size_t sig_sizes[] = {128, 128, 64, 96, 64, 114};

START_TEST(test_own)
{
	static const char *const ends[] = {"", ".key", ".private"};
	char base[KEYDIR_PATH], name[KEYDIR_PATH + 16];
	struct sign_job job = {.data = NULL, .len = 0};
	struct signer_worker *w = NULL;
	struct signer *s;
	size_t i;

	keydir_make(&dir, algorithms[_i], _i % 2 == 0, base);
	for (i = 0; i < COUNT(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", base, ends[i]);
		s = open_key(name, DFLOW_OK, NULL);
		sign_and_check(s);
		ck_assert(signer_worker_new(s, &w, NULL) == DFLOW_OK);
		ck_assert(signer_sign(w, &job, 1, NULL) == DFLOW_OK);
		ck_assert_uint_eq(job.sig_len, sig_sizes[_i]);
		signer_worker_free(&w);
		signer_free(&s);
		ck_assert_ptr_null(s);
	}
}
END_TEST

/* Keys of other tools, ZSK and KSK. */
static const struct {
	const char *tool;
	const char *algorithm;
} peers[] = {
    {"dnssec-keygen", "RSASHA256"},
    {"dnssec-keygen", "RSASHA512"},
    {"dnssec-keygen", "ECDSAP256SHA256"},
    {"dnssec-keygen", "ECDSAP384SHA384"},
    {"dnssec-keygen", "ED25519"},
    {"dnssec-keygen", "ED448"},
    {"ldns-keygen", "RSASHA256"},
    {"ldns-keygen", "RSASHA512"},
    {"ldns-keygen", "ECDSAP256SHA256"},
    {"ldns-keygen", "ECDSAP384SHA384"},
    {"ldns-keygen", "ED25519"},
    {"ldns-keygen", "ED448"},
};

START_TEST(test_peer)
{
	const char *const bind_zsk[] = {"dnssec-keygen", "-q", "-a",
	    peers[_i].algorithm, "example.com", NULL};
	const char *const bind_ksk[] = {"dnssec-keygen", "-q", "-f", "KSK",
	    "-a", peers[_i].algorithm, "example.com", NULL};
	const char *const ldns_zsk[] = {"ldns-keygen", "-a",
	    peers[_i].algorithm, "-b", "1024", "example.com", NULL};
	const char *const ldns_ksk[] = {"ldns-keygen", "-k", "-a",
	    peers[_i].algorithm, "-b", "2048", "example.com", NULL};
	bool bind = strncmp(peers[_i].tool, "dnssec", 6) == 0;
	char out[4096], name[KEYDIR_PATH], path[KEYDIR_PATH];
	const struct dnskey *key;
	struct signer *s;
	int ksk, status;

	for (ksk = 0; ksk < 2; ksk++) {
		keydir_empty(&dir);
		if (bind)
			status = keydir_run(&dir, out, sizeof(out),
			    ksk != 0 ? bind_ksk : bind_zsk);
		else
			status = keydir_run(&dir, out, sizeof(out),
			    ksk != 0 ? ldns_ksk : ldns_zsk);
		if (status == KEYDIR_NO_TOOL)
			return;
		ck_assert_msg(status == 0, "%s", out);
		ck_assert_uint_eq(keydir_find(&dir, "K", ".key", name), 1);
		s = open_key(keydir_path(&dir, name, "", path), DFLOW_OK, NULL);
		key = signer_key(s);
		ck_assert_uint_eq(key->flags, ksk != 0 ? 257 : 256);
		sign_and_check(s);
		signer_free(&s);
	}
}
END_TEST

/* RSA/SHA-1 is for verifying. */
START_TEST(test_old_algorithm)
{
	const char *const argv[] = {
	    "dnssec-keygen", "-q", "-a", "RSASHA1", "example.com", NULL};
	char out[4096], name[KEYDIR_PATH], path[KEYDIR_PATH];

	if (keydir_run(&dir, out, sizeof(out), argv) != 0)
		return;
	ck_assert_uint_eq(keydir_find(&dir, "K", ".key", name), 1);
	open_key(
	    keydir_path(&dir, name, "", path), DFLOW_REFUSED, "verifying only");
}
END_TEST

/* Opens, or is refused; what opens is the key. Returns whether it did. */
static bool
opens(const char *base)
{
	struct signer *s = NULL;
	struct dflow_err err = {0};

	if (open_with(base, "no\n", &s, &err) != DFLOW_OK) {
		ck_assert_str_ne(err.text, "");
		return false;
	}
	sign_and_check(s);
	signer_free(&s);
	return true;
}

/* Cut off at each byte: no key while any of its own fields is not whole. */
static void
truncate_private(const char *algorithm, size_t step)
{
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16], text[8192];
	size_t len, whole, cut;
	const char *created;

	keydir_make(&dir, algorithm, true, base);
	snprintf(path, sizeof(path), "%s.private", base);
	len = keydir_read(path, text, sizeof(text));
	created = strstr(text, "\nCreated:");
	ck_assert_ptr_nonnull(created);
	whole = (size_t)(created - text);
	for (cut = 0; cut < whole; cut += step) {
		ck_assert_int_eq(truncate(path, (off_t)cut), 0);
		ck_assert_msg(!opens(base), "cut at %zu", cut);
		keydir_write(path, 0600, text, len);
	}
	for (cut = whole; cut < len; cut++) {
		bool ends =
		    cut == whole || text[cut] == '\n' || text[cut - 1] == '\n';

		ck_assert_int_eq(truncate(path, (off_t)cut), 0);
		ck_assert_msg(opens(base) == ends, "cut at %zu", cut);
		keydir_write(path, 0600, text, len);
	}
}

START_TEST(test_truncated)
{
	static const size_t steps[] = {7, 7, 1, 1, 1, 1};

	truncate_private(algorithms[_i], steps[_i]);
}
END_TEST

/* A changed character in each line that holds the key: refused. */
START_TEST(test_altered)
{
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16], text[8192];
	char *line, *next;
	size_t len;

	keydir_make(&dir, algorithms[_i], true, base);
	snprintf(path, sizeof(path), "%s.private", base);
	len = keydir_read(path, text, sizeof(text));
	line = strchr(text, '\n') + 1;
	for (line = strchr(line, '\n') + 1; strncmp(line, "Created", 7) != 0;
	     line = next) {
		char *c = strstr(line, ": ") + 3;
		char was = *c;

		next = strchr(line, '\n') + 1;
		*c = was == 'A' ? 'B' : 'A';
		keydir_write(path, 0600, text, len);
		ck_assert_msg(!opens(base), "%.12s", line);
		*c = was;
	}
	keydir_write(path, 0600, text, len);
	ck_assert(opens(base));
}
END_TEST

START_TEST(test_mode)
{
	static const mode_t modes[] = {0640, 0620, 0604, 0602, 0644, 0666};
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16];
	struct signer *s;
	size_t i;

	keydir_make(&dir, "13", false, base);
	snprintf(path, sizeof(path), "%s.private", base);
	for (i = 0; i < COUNT(modes); i++) {
		ck_assert_int_eq(chmod(path, modes[i]), 0);
		open_key(base, DFLOW_REFUSED, "chmod");
	}
	ck_assert_int_eq(chmod(path, 0400), 0);
	s = open_key(base, DFLOW_OK, NULL);
	signer_free(&s);
}
END_TEST

/* Two keys' files mixed up; and what is not there. */
START_TEST(test_mixed)
{
	char a[KEYDIR_PATH], b[KEYDIR_PATH];
	char from[KEYDIR_PATH + 16], to[KEYDIR_PATH + 16];

	keydir_make(&dir, algorithms[_i], false, a);
	keydir_make(&dir, algorithms[_i], false, b);
	snprintf(from, sizeof(from), "%s.private", a);
	snprintf(to, sizeof(to), "%s.private", b);
	ck_assert_int_eq(rename(from, to), 0);
	/* An ECDSA key takes its public half from the .key file. */
	open_key(b, DFLOW_REFUSED,
	    _i == 2 || _i == 3 ? "does not fit" : "is not that of key");
	open_key(a, DFLOW_FAILED, "there is no private key");
}
END_TEST

START_TEST(test_names)
{
	open_key("n200:ksk", DFLOW_USAGE, "n200:ksk is in an N200: ");
	open_key("pkcs11:object=ksk", DFLOW_USAGE, "no PKCS#11 tokens");
	open_key("", DFLOW_USAGE, "not the name of a key");
	open_key("/nowhere/K", DFLOW_FAILED, "/nowhere/K.key");
}
END_TEST

static void *
thread(void *arg)
{
	const struct signer *s = arg;
	struct signer_worker *w = NULL;
	struct verifier *v = NULL;
	struct sign_job job = {.data = (const uint8_t *)"x", .len = 1};
	bool good = true;
	int i;

	if (signer_worker_new(s, &w, NULL) != DFLOW_OK ||
	    verifier_new(signer_key(s), &v, NULL) != DFLOW_OK)
		good = false;
	for (i = 0; good && i < 50; i++)
		good =
		    signer_sign(w, &job, 1, NULL) == DFLOW_OK &&
		    verifier_check(v, job.data, job.len, job.sig, job.sig_len);
	verifier_free(&v);
	signer_worker_free(&w);
	return good ? arg : NULL;
}

START_TEST(test_threads)
{
	char base[KEYDIR_PATH];
	pthread_t threads[4];
	struct signer *s;
	void *result;
	size_t i;

	keydir_make(&dir, algorithms[_i], false, base);
	s = open_key(base, DFLOW_OK, NULL);
	for (i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, thread, s), 0);
	for (i = 0; i < COUNT(threads); i++) {
		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_eq(result, s);
	}
	signer_free(&s);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_own, 0, (int)COUNT(algorithms));
	tcase_add_loop_test(t, test_peer, 0, (int)COUNT(peers));
	tcase_add_test(t, test_old_algorithm);
	tcase_add_loop_test(t, test_truncated, 0, (int)COUNT(algorithms));
	tcase_add_loop_test(t, test_altered, 0, (int)COUNT(algorithms));
	tcase_add_test(t, test_mode);
	tcase_add_loop_test(t, test_mixed, 0, (int)COUNT(algorithms));
	tcase_add_test(t, test_names);
	tcase_add_loop_test(t, test_threads, 0, (int)COUNT(algorithms));
}

int
main(void)
{
	Suite *s = suite_create("signer");
	TCase *t = tcase_create("signer");
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
