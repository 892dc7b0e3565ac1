/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an SKR's bundles may tell the parent (RFC 7344, RFC 8078): the judge
 * would refuse it on the day, so that zsk-sign import does it before. Each
 * fault beside the good form that it breaks, and stored as KSK.data by hand.
 */
#include "importing.h"

static char request[DFLOW_DIGEST_TEXT];

static void
setup_request(void)
{
	setup();
	begin();
	put_request(good, GOOD, request);
}

struct cds_case {
	struct skr_cds cds[SKR_CDS_MAX];
	size_t count;
	unsigned ksks, signers; /* 0: A */
	unsigned revoked, cds_signers;
	const char *says; /* NULL: it is taken */
};

#define KSK(f, i)           \
	{                   \
		f, i, false \
	}
#define ZSK(f, i)          \
	{                  \
		f, i, true \
	}
static const struct cds_case cases[] = {
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDS, 0)}, 2, .says = NULL},
    {{KSK(SKR_CDNSKEY, 0)}, 1, .says = NULL},
    {{KSK(SKR_CDS, 0)}, 1, .says = NULL},
    {{KSK(SKR_CDS_DELETE, 0)}, 1, .says = NULL},
    {{KSK(SKR_CDNSKEY_DELETE, 0)}, 1, .says = NULL},
    {{KSK(SKR_CDNSKEY_DELETE, 0), KSK(SKR_CDS_DELETE, 0)}, 2, .says = NULL},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDNSKEY, 1), KSK(SKR_CDS, 0),
	 KSK(SKR_CDS, 1)},
	4, A | B, A | B, .says = NULL},
    /* A standby key beside the one that signs; one still to come. */
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDNSKEY, 1), KSK(SKR_CDS, 0),
	 KSK(SKR_CDS, 1)},
	4, A | B, A, .says = NULL},
    {{KSK(SKR_CDS, 0), KSK(SKR_CDS, 1)}, 2, .says = NULL},
    {{KSK(SKR_CDS, 0), KSK(SKR_CDS_UNKNOWN, 0)}, 2, .says = NULL},

    /* Of a key that is not there. */
    {{KSK(SKR_CDS, 1)}, 1, .says = ": CDS: of algorithm 13, none leads to a"},
    {{KSK(SKR_CDNSKEY, 1)}, 1, .says = ": CDNSKEY: of algorithm 13, none"},
    {{KSK(SKR_CDS_BENT, 0)}, 1, .says = ": CDS: the digest (type 2) is not"},
    {{KSK(SKR_CDS_UNKNOWN, 0)}, 1, .says = ": CDS: of algorithm 13, none"},
    /* Of one that is published, but does not sign. */
    {{KSK(SKR_CDS, 1)}, 1, A | B, A, .says = ": CDS: of algorithm 13, none"},
    /* The two do not agree. */
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDS, 1)}, 2, A | B, A | B,
	.says = ": CDS: no CDNSKEY is that of CDS"},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDNSKEY, 1), KSK(SKR_CDS, 1)}, 3, A | B,
	A | B, .says = ": CDNSKEY: no CDS is that of key"},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDS, 0), KSK(SKR_CDS, 1)}, 3, A | B, A | B,
	.says = ": CDS: no CDNSKEY is that of CDS"},
    /* Of a ZSK. */
    {{KSK(SKR_CDS, 0), ZSK(SKR_CDS, 0)}, 2, .says = "is a ZSK; ask the left"},
    {{KSK(SKR_CDNSKEY, 0), ZSK(SKR_CDNSKEY, 0)}, 2, .says = "is a ZSK"},
    /* The delete form of RFC 8078 is alone, and says it exactly. */
    {{KSK(SKR_CDS, 0), KSK(SKR_CDS_DELETE, 0)}, 2,
	.says = ": CDS: the delete form with other records beside it"},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDNSKEY_DELETE, 0)}, 2,
	.says = ": CDNSKEY: the delete form with other"},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDS_DELETE, 0)}, 2,
	.says = ": CDS: the delete form, but CDNSKEY holds keys"},
    {{KSK(SKR_CDS, 0), KSK(SKR_CDS_ODD, 0)}, 2,
	.says = ": CDS: algorithm 0, but not the delete form"},
    {{KSK(SKR_CDNSKEY, 0), KSK(SKR_CDNSKEY_ODD, 0)}, 2,
	.says = ": CDNSKEY: algorithm 0, but not the delete form"},
    /* A revoked key: its own, and its signature. */
    {{KSK(SKR_CDS, 1)}, 1, A | B, A | B, .revoked = A, .says = NULL},
    {{KSK(SKR_CDS, 1)}, 1, A | B, A | B, .revoked = A, .cds_signers = A,
	.says = ": CDS: no KSK of algorithm 13 that is not revoked signs"},
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

/* All bundles but the second are good, which is still to come. */
static void
make_bundles(const struct cds_case *c, struct skr_bundle list[GOOD])
{
	struct skr_bundle *bad = &list[1];

	memcpy(list, good, sizeof(good));
	if (c->signers != 0)
		for (size_t i = 0; i < GOOD; i++) {
			list[i].ksks = c->ksks;
			list[i].signers = c->signers;
		}
	bad->revoked = c->revoked;
	bad->cds_signers = c->cds_signers;
	bad->cds_count = c->count;
	memcpy(bad->cds, c->cds, sizeof(bad->cds));
	if (c->revoked != 0)
		list[2].ksks = list[2].signers = c->signers & ~c->revoked;
}

START_TEST(test_cds)
{
	const struct cds_case *c = &cases[_i];
	struct skr_bundle list[GOOD];

	make_bundles(c, list);
	put_response("a.skr", list, GOOD, request);
	if (c->says == NULL) {
		taken("a.skr");
		return;
	}
	refused("a.skr", c->says);
	ck_assert_ptr_nonnull(strstr(err.text, "/a.skr:"));
	ck_assert_ptr_nonnull(strstr(err.text, "; ask the left for another"));
}
END_TEST

/* A plain KSK.data is held to the same. */
START_TEST(test_plain)
{
	const struct cds_case *c = &cases[_i];
	struct skr_bundle list[GOOD];

	make_bundles(c, list);
	list[1].zsks = ONE;
	list[1].time = T0;
	put_response("a.skr", &list[1], 1, "");
	run("grep -v '^;;\\|[[:blank:]]DNSKEY[[:blank:]]*256' a.skr >KSK.data");
	if (c->says != NULL)
		refused("KSK.data", c->says);
	else
		taken("KSK.data");
}
END_TEST

/* One that an older program stored is no reason to refuse what follows it. */
START_TEST(test_stored)
{
	struct skr_bundle list[GOOD];
	static const struct skr_bundle old = {.time = T0,
	    .ksks = A,
	    .signers = A,
	    .zsks = ONE,
	    .cds = {KSK(SKR_CDS, 1)},
	    .cds_count = 1};

	put_response("old.skr", &old, 1, "");
	run("rm keys/key-request && cp old.skr store/KSK.data");
	memcpy(list, good, sizeof(good));
	list[0].time = T0 + 2 * DAY;
	put_response("a.skr", list, GOOD, "");
	taken("a.skr");
	ck_assert(done.joined);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("import_cds");
	TCase *c = tcase_create("import_cds");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup_request, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, test_cds, 0, CASES);
	tcase_add_loop_test(c, test_plain, 0, CASES);
	tcase_add_test(c, test_stored);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
