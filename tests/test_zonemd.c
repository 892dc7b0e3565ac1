/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "zone/load.h"
#include "zone/zonemd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct zone *
load(const char *path, const char *origin)
{
	uint8_t name[NAME_MAX_LEN];
	struct zone_load p = {.path = path, .origin = name, .threads = 2};
	struct dflow_err err = {.text = ""};
	struct zone *z = NULL;

	ck_assert_int_eq(name_parse(origin, name, &err), DFLOW_OK);
	ck_assert_msg(zone_load(&p, &z, &err) == DFLOW_OK, "%s", err.text);
	return z;
}

static void
data_path(const char *name, char path[600])
{
	const char *src = getenv("srcdir");

	(void)snprintf(
	    path, 600, "%s/tests/data/%s", src == NULL ? "." : src, name);
}

/* The digest in the apex's ZONEMD RR of that kind. */
static struct rdata
published(const struct zone *z, uint8_t scheme, uint8_t hash)
{
	const struct rrset *set = node_rrset(z, zone_apex(z), RRTYPE_ZONEMD);
	const uint8_t *p;

	ck_assert_ptr_nonnull(set);
	p = set->rdata;
	for (uint32_t i = 0; i < set->count; i++) {
		struct rdata r = rdata_at(p, &p);

		if (r.data[4] != scheme || r.data[5] != hash)
			continue;
		r.data += 6;
		r.len = (uint16_t)(r.len - 6);
		return r;
	}
	ck_abort_msg("no such digest");
}

/* The last two were signed by ldns-signzone -z. */
static const struct {
	const char *file;
	enum digest_kind kind;
	uint8_t hash;
} vectors[] = {
    {"zonemd-a1.zone", DIGEST_SHA384, ZONEMD_SHA384},
    {"zonemd-a2.zone", DIGEST_SHA384, ZONEMD_SHA384},
    {"zonemd-a3.zone", DIGEST_SHA384, ZONEMD_SHA384},
    {"zonemd-a3.zone", DIGEST_SHA512, ZONEMD_SHA512},
    {"zonemd-nsec.zone", DIGEST_SHA384, ZONEMD_SHA384},
    {"zonemd-nsec.zone", DIGEST_SHA512, ZONEMD_SHA512},
    {"zonemd-nsec3.zone", DIGEST_SHA384, ZONEMD_SHA384},
};

START_TEST(rfc8976)
{
	uint8_t digest[DIGEST_MAX];
	struct dflow_err err;
	struct zone *z;
	struct rdata want;
	struct rrset *set;
	char path[600];

	data_path(vectors[_i].file, path);
	z = load(path, "example.");
	want = published(z, ZONEMD_SIMPLE, vectors[_i].hash);
	ck_assert_int_eq(
	    zonemd_digest(z, vectors[_i].kind, digest, &err), DFLOW_OK);
	ck_assert_uint_eq(want.len, digest_len(vectors[_i].kind));
	ck_assert(memcmp(want.data, digest, want.len) == 0);

	/* The twin: one TTL differs by a second. */
	set = &z->rrsets[zone_apex(z)->first];
	set->ttl++;
	ck_assert_int_eq(
	    zonemd_digest(z, vectors[_i].kind, digest, &err), DFLOW_OK);
	ck_assert(memcmp(want.data, digest, want.len) != 0);

	/* And back. */
	set->ttl--;
	ck_assert_int_eq(
	    zonemd_digest(z, vectors[_i].kind, digest, &err), DFLOW_OK);
	ck_assert(memcmp(want.data, digest, want.len) == 0);
	zone_free(&z);
}
END_TEST

/* Without an apex there is nothing to leave out, nor to digest. */
START_TEST(no_apex)
{
	uint8_t digest[DIGEST_MAX], empty[DIGEST_MAX];
	struct zone z = {.apex = {1, 'z', 0}};
	struct dflow_err err;

	ck_assert_int_eq(
	    zonemd_digest(&z, DIGEST_SHA384, digest, &err), DFLOW_OK);
	digest_once(DIGEST_SHA384, "", 0, empty);
	ck_assert(memcmp(digest, empty, digest_len(DIGEST_SHA384)) == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("zonemd");
	TCase *tc = tcase_create("zonemd");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, rfc8976, 0, COUNT(vectors));
	tcase_add_test(tc, no_apex);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
