/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left side as a library: what is shown, signed and saved; ds and show.
 * The refusals are in flow_left.sh, with the files that cause them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "dnssecflow/keygen.h"
#include "dnssecflow/ceremony.h"
#include "exchange/kskdata.h"
#include "flow/ceremony.h"
#include "flow/keyfacts.h"

/* 2026-11-21 12:00:00 UTC */
#define NOW INT64_C(1795262400)

enum { PATH_SIZE = 1400 };

static char dir[256];
static char ksk[PATH_SIZE];
static char zsk[PATH_SIZE];
static struct dflow_err err;

static void
make_key(bool is_ksk, const char *algorithm, char out[PATH_SIZE])
{
	struct dflow_keygen p = {.zone = "example.com",
	    .dir = dir,
	    .algorithm = algorithm,
	    .ksk = is_ksk,
	    .passphrase_fd = -1,
	    .now = NOW,
	    .publish = DFLOW_KEYGEN_UNSET,
	    .activate = DFLOW_KEYGEN_UNSET,
	    .inactive = DFLOW_KEYGEN_UNSET,
	    .remove = DFLOW_KEYGEN_UNSET};
	char base[DFLOW_KEYGEN_BASE];

	/* Small, because valgrind takes minutes for a usual one. */
	if (strcmp(algorithm, "8") == 0 || strcmp(algorithm, "10") == 0)
		p.bits = 1024;
	ck_assert_msg(dflow_keygen(&p, base, &err) == DFLOW_OK, "%s", err.text);
	(void)snprintf(
	    out, PATH_SIZE, "%s/%s%s", dir, base, is_ksk ? "" : ".key");
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	memset(&err, 0, sizeof(err));
	(void)snprintf(dir, sizeof(dir), "%s/test_ceremony.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	make_key(true, "13", ksk);
	make_key(false, "13", zsk);
}

static enum dflow_status
remove_one(const char *name, void *ctx, struct dflow_err *e)
{
	char path[PATH_SIZE];

	(void)ctx;
	(void)e;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	os_remove(path);
	return DFLOW_OK;
}

static void
teardown(void)
{
	ck_assert(os_list(dir, remove_one, NULL, &err) == DFLOW_OK);
	ck_assert_int_eq(rmdir(dir), 0);
}

static enum dflow_status
open_it(int64_t now, int64_t from, int64_t to, struct dflow_ceremony **out)
{
	const char *keys[1] = {ksk};
	const char *requests[1] = {zsk};
	struct dflow_ceremony_params p = {.keys = keys,
	    .key_count = 1,
	    .requests = requests,
	    .request_count = 1,
	    .now = now,
	    .inception = from,
	    .expiration = to,
	    .passphrase_fd = -1};

	return dflow_ceremony_open(&p, out, &err);
}

START_TEST(test_view)
{
	const struct dflow_ceremony_zone *v;
	struct dflow_ceremony *c = NULL;

	ck_assert_msg(
	    open_it(NOW, DFLOW_WHEN_UNSET, DFLOW_WHEN_UNSET, &c) == DFLOW_OK,
	    "%s", err.text);
	v = dflow_ceremony_view(c)->zones;
	ck_assert_str_eq(v->zone, "example.com.");
	ck_assert_uint_eq(v->ksk_count, 1);
	ck_assert_uint_eq(v->zsk_count, 1);
	ck_assert_str_eq(v->ksks[0].role, "KSK");
	ck_assert_str_eq(v->ksks[0].file, ksk);
	ck_assert_str_eq(v->zsks[0].role, "ZSK");
	ck_assert_str_eq(v->zsks[0].algorithm_name, "ECDSAP256SHA256");
	ck_assert_uint_eq(v->zsks[0].bits, 256);
	ck_assert_uint_eq(strlen(v->zsks[0].fingerprint), 64);
	ck_assert_str_eq(v->zsks[0].file, zsk);
	ck_assert_int_eq(v->inception, NOW - 3600);
	ck_assert_int_eq(v->expiration, NOW + 90 * 86400);
	ck_assert_uint_eq(v->ttl_s, 3600);
	ck_assert_ptr_null(dflow_ceremony_text(c, 0));
	ck_assert(dflow_ceremony_save(c, "-", &err) == DFLOW_USAGE);
	dflow_ceremony_free(&c);
	ck_assert_ptr_null(c);
}
END_TEST

/* What people compare: the bytes that were read, not what is there later. */
START_TEST(test_digests)
{
	char before[DFLOW_DIGEST_TEXT];
	const struct dflow_ceremony_zone *v;
	struct dflow_ceremony *c = NULL;
	struct buf text;

	buf_init(&text, 1 << 20);
	ck_assert(os_read(zsk, 1 << 20, &text, &err) == DFLOW_OK);
	keyfacts_sha256(text.data, text.len, before);
	buf_free(&text);
	ck_assert(open_it(NOW, NOW, NOW + 60, &c) == DFLOW_OK);
	v = dflow_ceremony_view(c)->zones;
	ck_assert_uint_eq(v->request_count, 1);
	ck_assert_str_eq(v->requests[0].path, zsk);
	ck_assert_str_eq(v->requests[0].sha256, before);
	ck_assert_uint_eq(v->response_count, 0);
	ck_assert(os_write(zsk, 0644, "other", 5, &err) == DFLOW_OK);
	ck_assert(dflow_ceremony_sign(c, &err) == DFLOW_OK);
	ck_assert_str_eq(v->requests[0].sha256, before);
	keyfacts_sha256(dflow_ceremony_text(c, 0),
	    strlen(dflow_ceremony_text(c, 0)), before);
	ck_assert_uint_eq(v->response_count, 1);
	ck_assert_str_eq(v->responses[0].sha256, before);
	dflow_ceremony_free(&c);
}
END_TEST

/* now, inception, expiration, all from NOW on. */
static const struct {
	int64_t now, from, to;
	enum dflow_status want;
	const char *reason;
} times[] = {
    {0, -1, 1, DFLOW_OK, "around now"},
    {0, 0, 1, DFLOW_OK, "from now on"},
    {0, 86400, 2 * 86400, DFLOW_OK, "all in the future"},
    {0, -1, 0, DFLOW_REFUSED, "ends now"},
    {0, -10, -5, DFLOW_REFUSED, "over"},
    {0, 10, 10, DFLOW_REFUSED, "no time at all"},
    {0, 10, 5, DFLOW_REFUSED, "backwards"},
    {0, -1, DFLOW_CEREMONY_VALIDITY_MAX - 1, DFLOW_OK, "ten years"},
    {0, -1, DFLOW_CEREMONY_VALIDITY_MAX, DFLOW_REFUSED, "longer"},
    {0, INT64_C(6000000000), INT64_C(6000000100), DFLOW_REFUSED,
	"beyond 32-bit times"},
    {-1, 0, 100, DFLOW_REFUSED, "before the key was created"},
    {-NOW, 0, 100, DFLOW_REFUSED, "1970"},
};

START_TEST(test_times)
{
	struct dflow_ceremony *c = NULL;
	enum dflow_status st = open_it(
	    NOW + times[_i].now, NOW + times[_i].from, NOW + times[_i].to, &c);

	ck_assert_msg(st == times[_i].want, "%s: %d %s", times[_i].reason,
	    (int)st, err.text);
	ck_assert((c != NULL) == (st == DFLOW_OK));
	if (c != NULL)
		ck_assert_msg(dflow_ceremony_sign(c, &err) == DFLOW_OK,
		    "%s: %s", times[_i].reason, err.text);
	dflow_ceremony_free(&c);
}
END_TEST

/* Each algorithm signs what our own reader takes. */
static const char *const algorithms[] = {"8", "10", "14", "15", "16"};

START_TEST(test_algorithms)
{
	struct dflow_ceremony *c = NULL;
	struct kskdata *k = NULL;
	const char *text;

	make_key(true, algorithms[_i], ksk);
	make_key(false, algorithms[_i], zsk);
	ck_assert_msg(
	    open_it(NOW, NOW, NOW + 60, &c) == DFLOW_OK, "%s", err.text);
	ck_assert_msg(dflow_ceremony_sign(c, &err) == DFLOW_OK, "%s", err.text);
	text = dflow_ceremony_text(c, 0);
	ck_assert_ptr_nonnull(text);
	ck_assert(kskdata_parse("k", text, strlen(text), &k, &err) == DFLOW_OK);
	ck_assert_uint_eq(k->count, 2);
	kskdata_free(&k);
	dflow_ceremony_free(&c);
}
END_TEST

/* A key that signs as another one would: none of it is to leave the room. */
START_TEST(test_wrong_signature)
{
	struct signer_access access = {.pass = {.fd = -1}};
	char path[PATH_SIZE], other[PATH_SIZE];
	struct dflow_ceremony *c = NULL;
	struct keyfile *k = NULL;

	make_key(true, "13", other);
	ck_assert(open_it(NOW, NOW, NOW + 60, &c) == DFLOW_OK);
	ck_assert(signer_key_read(other, &access, NULL, &k, &err) == DFLOW_OK);
	ck_assert(
	    signer_open(k, &access, &c->zones[0].signers[0], &err) == DFLOW_OK);
	keyfile_free(&k);
	signer_access_end(&access);
	ck_assert_int_eq(dflow_ceremony_sign(c, &err), DFLOW_REFUSED);
	ck_assert_msg(strstr(err.text,
			  "was just made does not verify; nothing was") != NULL,
	    "%s", err.text);
	ck_assert_ptr_null(dflow_ceremony_text(c, 0));
	(void)snprintf(path, sizeof(path), "%s/KSK.data", dir);
	ck_assert(dflow_ceremony_save(c, path, &err) == DFLOW_USAGE);
	ck_assert(!os_exists(path));
	dflow_ceremony_free(&c);
}
END_TEST

START_TEST(test_save)
{
	struct dflow_ceremony *c = NULL;
	char path[PATH_SIZE];
	char kept[PATH_SIZE + 1];

	(void)snprintf(path, sizeof(path), "%s/KSK.data", dir);
	(void)snprintf(kept, sizeof(kept), "%s~", path);
	ck_assert(open_it(NOW, NOW, NOW + 60, &c) == DFLOW_OK);
	ck_assert(dflow_ceremony_sign(c, &err) == DFLOW_OK);
	ck_assert(dflow_ceremony_save(c, path, &err) == DFLOW_OK);
	ck_assert(!os_exists(kept));
	ck_assert(dflow_ceremony_save(c, path, &err) == DFLOW_OK);
	ck_assert(os_exists(kept));
	ck_assert(dflow_ceremony_save(c, zsk, &err) == DFLOW_REFUSED);
	ck_assert(dflow_ceremony_save(c, dir, &err) == DFLOW_REFUSED);
	(void)snprintf(path, sizeof(path), "%s/no/KSK.data", dir);
	ck_assert(dflow_ceremony_save(c, path, &err) == DFLOW_FAILED);
	dflow_ceremony_free(&c);
}
END_TEST

START_TEST(test_ds)
{
	struct dflow_ds_params p = {.key = ksk, .digest_type = 2};
	struct dflow_ds *d = NULL;

	ck_assert_msg(dflow_ds(&p, &d, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_str_eq(
	    dflow_ds_facts(d).digest, dflow_ds_facts(d).key->fingerprint);
	ck_assert_ptr_nonnull(strstr(dflow_ds_facts(d).text, "\tIN\tDS\t"));
	dflow_ds_free(&d);
	p.cds = true;
	p.digest_type = 4;
	ck_assert(dflow_ds(&p, &d, &err) == DFLOW_OK);
	ck_assert_uint_eq(strlen(dflow_ds_facts(d).digest), 96);
	ck_assert_ptr_nonnull(strstr(dflow_ds_facts(d).text, "\tCDS\t"));
	ck_assert_ptr_nonnull(strstr(dflow_ds_facts(d).text, "\tCDNSKEY\t"));
	dflow_ds_free(&d);
	p.digest_type = 1;
	ck_assert(dflow_ds(&p, &d, &err) == DFLOW_USAGE);
	p.digest_type = 2;
	p.key = zsk;
	ck_assert(dflow_ds(&p, &d, &err) == DFLOW_REFUSED);
	ck_assert_ptr_null(d);
}
END_TEST

/* The article's files, and both together. */
START_TEST(test_show)
{
	static const struct {
		const char *key, *data, *kind;
		enum dflow_check check;
		int64_t now;
		enum dflow_force force;
	} table[] = {
	    {"seed-ZSK.key", NULL, "key request", DFLOW_CHECK_NONE, NOW,
		DFLOW_FORCE_NONE},
	    {NULL, "seed-KSK.data", "KSK.data", DFLOW_CHECK_NEEDS_ZSKS,
		1664582400, DFLOW_FORCE_NOW},
	    {"seed-ZSK.key", "seed-KSK.data", "DNSSEC records",
		DFLOW_CHECK_GOOD, 1671840001, DFLOW_FORCE_OVER},
	    {"seed-ZSK.key", "seed-KSK.data", "DNSSEC records",
		DFLOW_CHECK_GOOD, 1663832377, DFLOW_FORCE_LATER},
	};
	const char *src = getenv("srcdir");

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *parts[2] = {table[i].key, table[i].data};
		const struct dflow_record *last;
		struct dflow_show *s = NULL;
		char path[PATH_SIZE];
		struct buf text;

		buf_init(&text, 65536);
		for (size_t n = 0; n < 2; n++) {
			struct buf part;

			if (parts[n] == NULL)
				continue;
			buf_init(&part, 65536);
			(void)snprintf(path, sizeof(path), "%s/tests/data/%s",
			    src != NULL ? src : ".", parts[n]);
			ck_assert(
			    os_read(path, 65536, &part, &err) == DFLOW_OK);
			buf_put(&text, part.data, part.len);
			buf_free(&part);
		}
		(void)snprintf(path, sizeof(path), "%s/shown", dir);
		ck_assert(os_write(path, 0644, text.data, text.len, &err) ==
			  DFLOW_OK);
		buf_free(&text);
		ck_assert_msg(
		    dflow_show(path, table[i].now, &s, &err) == DFLOW_OK, "%s",
		    err.text);
		ck_assert_str_eq(dflow_show_facts(s)->kind, table[i].kind);
		ck_assert_str_eq(dflow_show_facts(s)->problem, "");
		last = dflow_show_record(s, dflow_show_facts(s)->count - 1);
		ck_assert_int_eq((int)last->check, (int)table[i].check);
		ck_assert_int_eq((int)last->force, (int)table[i].force);
		ck_assert_ptr_null(
		    dflow_show_record(s, dflow_show_facts(s)->count));
		dflow_show_free(&s);
	}
}
END_TEST

START_TEST(test_show_refuses)
{
	static const char *const texts[] = {"", "example.com. IN A 192.0.2.1\n",
	    "rubbish\n", "Private-key-format: v1.3\n",
	    "-----BEGIN PRIVATE KEY-----\n"};
	struct dflow_show *s = NULL;
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/shown", dir);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert(os_write(path, 0644, texts[i], strlen(texts[i]),
			      &err) == DFLOW_OK);
		ck_assert_msg(dflow_show(path, NOW, &s, &err) != DFLOW_OK, "%s",
		    texts[i]);
		ck_assert_ptr_null(s);
	}
	ck_assert(dflow_show(dir, NOW, &s, &err) != DFLOW_OK);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ceremony");
	TCase *t = tcase_create("ceremony");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_view);
	tcase_add_test(t, test_digests);
	tcase_add_loop_test(t, test_times, 0, sizeof(times) / sizeof(times[0]));
	tcase_add_loop_test(
	    t, test_algorithms, 0, sizeof(algorithms) / sizeof(algorithms[0]));
	tcase_add_test(t, test_wrong_signature);
	tcase_add_test(t, test_save);
	tcase_add_test(t, test_ds);
	tcase_add_test(t, test_show);
	tcase_add_test(t, test_show_refuses);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
