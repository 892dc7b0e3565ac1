/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys of two algorithms are enough to go from one zone to the next. */
#include <check.h>
#include <string.h>

#include "flow/handover.h"

enum { KEYS_MAX = 4 };

struct made {
	uint8_t rdata[KEYS_MAX][8];
	struct dnskey keys[KEYS_MAX];
	size_t count;
};

/* A word a key: a digit for the algorithm (8, 9 is 13), a letter for itself. */
static struct kskcheck_keys
make(struct made *m, const char *words)
{
	for (m->count = 0; *words != '\0'; words += words[2] == ' ' ? 3 : 2) {
		uint8_t *r = m->rdata[m->count];

		r[0] = 1;
		r[1] = 0;
		r[2] = 3;
		r[3] = words[0] == '8' ? ALG_RSASHA256 : ALG_ECDSAP256;
		r[4] = (uint8_t)words[1];
		memset(r + 5, 7, 3);
		ck_assert(dnskey_view(r, 8, &m->keys[m->count++]));
	}
	return (struct kskcheck_keys){m->keys, m->count};
}

static const struct {
	const char *a;
	const char *b;
	bool meet;
	const char *why;
} meetings[] = {
    {"8a", "8a", true, "the same"},
    {"8a", "8b", false, "another"},
    {"8a", "8b 8a", true, "among others"},
    {"8a 8c", "8b 8a", true, "one is enough"},
    {"8a", "9a", false, "another algorithm, the same bytes"},
    {"8a 9b", "8a", true, "an algorithm comes"},
    {"9b", "8a 9b", true, "an algorithm goes"},
    {"8a 9b", "8a 9c", false, "one of two algorithms breaks"},
    {"8a 9b 9c", "8a 9c", true, "one each"},
    {"", "8a", false, "none"},
    {"8a", "", false, "none either"},
};

START_TEST(test_meet)
{
	struct made a, b;

	ck_assert_msg(handover_meet(make(&a, meetings[_i].a),
			  make(&b, meetings[_i].b)) == meetings[_i].meet,
	    "%s", meetings[_i].why);
}
END_TEST

static const struct {
	uint16_t flags;
	bool zsk;
} kinds[] = {{256, true}, {257, false}, {384, false}, {385, false}, {0, false}};

START_TEST(test_zsk)
{
	struct dnskey key = {.flags = kinds[_i].flags};

	ck_assert(handover_is_zsk(&key) == kinds[_i].zsk);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("handover");
	TCase *tc = tcase_create("keys");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(
	    tc, test_meet, 0, sizeof(meetings) / sizeof(meetings[0]));
	tcase_add_loop_test(tc, test_zsk, 0, sizeof(kinds) / sizeof(kinds[0]));
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
