/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A zone's keys in a folder, as BIND's and ldns's tools name and write them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "keydir.h"
#include "keys/keyfile.h"

/* The article's keys. */
#define KSK                                                                    \
	"example.com. IN DNSKEY 257 3 13 cMW3t5/jWcESqrzNgNjksnfUZdS4TtqO1gOa" \
	"e0cBRxgopoT/FNIa5GATNQAg64TJw3tgECVOq1beXpbJGSjG7Q=="
#define ZSK                                                                    \
	"EXAMPLE.com. IN DNSKEY 256 3 13 ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6ZPL" \
	"KPDhkowEMAN7o36Vs1Btdb+obk6h22D548XWTWV6cWEkbNYHPQ=="

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
put(const char *name, mode_t mode, const char *text)
{
	char path[KEYDIR_PATH];

	keydir_write(
	    keydir_path(&dir, name, "", path), mode, text, strlen(text));
}

static enum dflow_status
list(const char *zone_text, struct keylist *out, struct dflow_err *err)
{
	uint8_t zone[NAME_MAX_LEN];

	ck_assert(name_parse(zone_text, zone, NULL) == DFLOW_OK);
	return keylist_read(dir.path, zone, out, err);
}

START_TEST(test_list)
{
	struct keylist l;
	struct dflow_err err = {0};

	put("Kexample.com.+013+54147.key", 0644, ZSK "\n");
	put("KExample.com.+013+11238.key", 0644, KSK "\n");
	/* All these are not the zone's keys. */
	put("Kexample.org.+013+11238.key", 0644, "rubbish");
	put("Kwww.example.com.+013+11238.key", 0644, "rubbish");
	put("Kexample.com.+013+11238.private~", 0644, "rubbish");
	put("Kexample.com.+013+11238.state", 0644, "rubbish");
	put("Kexample.com.+013+1123.key", 0644, "rubbish");
	put("Kexample.com.+13+11238.key", 0644, "rubbish");
	put("ksk.key", 0644, "rubbish");
	put("K.key", 0644, "rubbish");
	put("K+013+11238.key", 0644, "rubbish");
	ck_assert_msg(
	    list("example.com", &l, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(l.count, 2);
	ck_assert_uint_eq(l.keys[0]->key.tag, 11238);
	ck_assert_uint_eq(l.keys[1]->key.tag, 54147);
	keylist_free(&l);
	ck_assert(list("example.net", &l, &err) == DFLOW_OK);
	ck_assert_uint_eq(l.count, 0);
	keylist_free(&l);
	/* A broken key of the zone is not passed over. */
	ck_assert(list("example.org", &l, &err) == DFLOW_FAILED);
	put("Kexample.net.+013+11238.key", 0644, KSK "\n");
	ck_assert(list("example.net", &l, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "another owner"));
}
END_TEST

START_TEST(test_list_limit)
{
	char path[KEYDIR_PATH], other[KEYDIR_PATH], name[64];
	struct keylist l;
	struct dflow_err err = {0};
	int i;

	/* The names differ in the letters' case only. */
	put("ksk.key", 0644, KSK "\n");
	keydir_path(&dir, "ksk.key", "", path);
	for (i = 0; i <= KEYLIST_MAX; i++) {
		size_t bit;

		snprintf(name, sizeof(name), "Kexample.com.+013+11238.key");
		for (bit = 0; bit < 7; bit++)
			if ((i >> bit & 1) != 0)
				name[1 + bit] = (char)(name[1 + bit] - 32);
		for (bit = 7; bit < 10; bit++)
			if ((i >> bit & 1) != 0)
				name[2 + bit] = (char)(name[2 + bit] - 32);
		ck_assert_int_eq(
		    link(path, keydir_path(&dir, name, "", other)), 0);
	}
	ck_assert(list("example.com", &l, &err) == DFLOW_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "more than 1000 keys"));
	ck_assert_int_eq(unlink(other), 0);
	ck_assert(list("example.com", &l, &err) == DFLOW_OK);
	ck_assert_uint_eq(l.count, KEYLIST_MAX);
	keylist_free(&l);
}
END_TEST

/* A zone's keys as the tools name and write them. */
START_TEST(test_tools)
{
	static const char *const zones[] = {
	    "example.com",
	    ".",
	    "A_b.Example",
	    "a\\.b.test",
	    "x\\032y.test",
	    "*.w.test",
	    "a@b.test",
	};
	const char *zone = zones[_i];
	const char *const bind[] = {"dnssec-keygen", "-q", "-a", "15", "-L",
	    "300", "-P", "20270101000000", "-A", "20270201000000", "-I",
	    "20270301000000", "-D", "20270401000000", zone, NULL};
	const char *const ldns[] = {
	    "ldns-keygen", "-k", "-a", "ED25519", zone, NULL};
	struct dflow_err err = {0};
	size_t want = 0, i;
	struct keylist l;
	char out[4096];
	int status;

	status = keydir_run(&dir, out, sizeof(out), bind);
	want += status != KEYDIR_NO_TOOL;
	ck_assert_msg(status == 0 || status == KEYDIR_NO_TOOL, "%s", out);
	status = keydir_run(&dir, out, sizeof(out), ldns);
	want += status != KEYDIR_NO_TOOL;
	ck_assert_msg(status == 0 || status == KEYDIR_NO_TOOL, "%s", out);
	ck_assert_msg(list(zone, &l, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(l.count, want);
	for (i = 0; i < l.count; i++) {
		const struct keyfile *k = l.keys[i];

		ck_assert(k->has_private);
		if (k->key.flags == 257) {
			ck_assert(keytimes_none(&k->times));
			continue;
		}
		ck_assert_uint_eq(k->ttl, 300);
		ck_assert_int_eq(k->times.publish, 1798761600);
		ck_assert_int_eq(k->times.activate, 1801440000);
		ck_assert_int_eq(k->times.inactive, 1803859200);
		ck_assert_int_eq(k->times.remove, 1806537600);
	}
	keylist_free(&l);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("keylist");
	TCase *t = tcase_create("keylist");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_list);
	tcase_add_test(t, test_list_limit);
	tcase_add_loop_test(t, test_tools, 0, 7);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
