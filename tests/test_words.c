/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The PGP word list: published digests and their words, and what is known of
 * the lists as a whole, which a slip of the pen in any word would hardly leave
 * as it is.
 */
#include <check.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "dnssecflow/words.h"
#include "flow/keyfacts.h"

enum { LIST_LEN = 256, HEX_MAX = 2 * DFLOW_WORDS_MAX };

static const struct {
	const char *hex;
	const char *words;
} published[] = {
    /* The example that goes with the list. */
    {"E58294F2E9A227486E8B061B31CC528FD7FA3F19",
	"topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator "
	"goldfish Medusa afflict bravado chatter revolver Dupont midsummer "
	"stopwatch whimsical cowbell bottomless"},
    /* SHA-256 of "mekmitasdigoat" and of the quick brown fox. */
    {"8d9eadc1f305d46f1f203886aa5df98f1ed62fcbacc23d2f6732d24d928703e8",
	"optic onlooker ringbolt recover upset almighty steamship hemisphere "
	"billiard butterfat classic letterhead reward filament waffle "
	"midsummer berserk speculate cement revival ribcage repellent "
	"commence combustion freedom component standard disruptive physique "
	"liberty acme typewriter"},
    {"d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
	"stopwatch paramount watchword pocketful ahead stethoscope merit "
	"molecule gazelle revenue pupil pyramid ruffled antenna buzzard "
	"document optic escapade drunken tradition goggles crossover suspense "
	"impetus button aftermath stagnate rebellion clamshell retrospect "
	"topmost misnomer"},
    {"0000", "aardvark adroitness"},
    {"FfFf", "Zulu Yucatan"},
    {"", ""},
};

START_TEST(test_published)
{
	const char *words[DFLOW_WORDS_MAX];
	size_t count = dflow_words(published[_i].hex, words);
	char said[1024] = "";

	ck_assert_uint_eq(count, strlen(published[_i].hex) / 2);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			strcat(said, " ");
		strcat(said, words[i]);
	}
	ck_assert_str_eq(said, published[_i].words);
}
END_TEST

/* list[i][place] is byte i's word there. */
static void
read_list(const char *list[LIST_LEN][2])
{
	for (unsigned i = 0; i < LIST_LEN; i++) {
		char hex[5];

		(void)snprintf(hex, sizeof(hex), "%02x%02x", i, i);
		ck_assert_uint_eq(dflow_words(hex, list[i]), 2);
	}
}

/* "Apollo" comes behind "applicant": the list's one word out of order. */
START_TEST(test_order)
{
	static const char *known[] = {NULL, "applicant"};
	const char *list[LIST_LEN][2] = {{NULL}};

	read_list(list);
	for (size_t i = 1; i < LIST_LEN; i++) {
		const char *before = list[i - 1][_i];
		bool odd = known[_i] != NULL && strcmp(before, known[_i]) == 0;

		ck_assert_msg((strcasecmp(before, list[i][_i]) < 0) != odd,
		    "%s, %s", before, list[i][_i]);
	}
}
END_TEST

/*
 * Letters alone, and no more than the pages have room for.
 */
START_TEST(test_shape)
{
	static const size_t longest[] = {9, 11};
	const char *list[LIST_LEN][2] = {{NULL}};
	size_t max = 0;

	read_list(list);
	for (size_t i = 0; i < LIST_LEN; i++) {
		const char *word = list[i][_i];
		size_t len = strlen(word);

		max = len > max ? len : max;
		ck_assert_uint_ge(len, 4);
		for (size_t k = 0; k < len; k++)
			ck_assert(k == 0 ? isalpha((unsigned char)word[k])
					 : islower((unsigned char)word[k]));
	}
	ck_assert_uint_eq(max, longest[_i]);
}
END_TEST

/* No word stands for two bytes, nor at both places. */
START_TEST(test_distinct)
{
	const char *list[LIST_LEN][2] = {{NULL}};
	const char **all = &list[0][0];

	read_list(list);
	for (size_t i = 0; i < 2 * LIST_LEN; i++) {
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(
			    strcasecmp(all[i], all[k]) != 0, "%s", all[i]);
	}
}
END_TEST

/*
 * Every letter: the 512 words, a line each, all of the even list first, have
 * the digest of the list as ICANN and others publish it.
 */
START_TEST(test_letters)
{
	static const char published_digest[] =
	    "7e5237abee2c4ed4374b29a853b0ac3ac108a0ea11e8c7f50f6dc667402a49b6";
	const char *list[LIST_LEN][2] = {{NULL}};
	char hex[DFLOW_DIGEST_TEXT];
	struct buf text;

	read_list(list);
	buf_init(&text, 1 << 16);
	for (size_t i = 0; i < 2 * LIST_LEN; i++) {
		const char *word = list[i % LIST_LEN][i / LIST_LEN];

		buf_put(&text, word, strlen(word));
		buf_u8(&text, '\n');
	}
	keyfacts_sha256(text.data, text.len, hex);
	buf_free(&text);
	ck_assert_str_eq(hex, published_digest);
}
END_TEST

static const char *const not_hex[] = {
    "0", "000", "0g", " 00", "00 ", "0x00", "00\n", "\xc3\xa9"};

START_TEST(test_refused)
{
	const char *words[DFLOW_WORDS_MAX] = {"untouched"};

	ck_assert_uint_eq(dflow_words(not_hex[_i], words), 0);
	ck_assert_str_eq(words[0], "untouched");
}
END_TEST

START_TEST(test_longest)
{
	const char *words[DFLOW_WORDS_MAX + 1] = {"untouched"};
	char hex[HEX_MAX + 3];

	memset(hex, '0', sizeof(hex));
	hex[HEX_MAX + 2] = '\0';
	ck_assert_uint_eq(dflow_words(hex, words), 0);
	ck_assert_str_eq(words[0], "untouched");
	hex[HEX_MAX] = '\0';
	ck_assert_uint_eq(dflow_words(hex, words), DFLOW_WORDS_MAX);
	ck_assert_str_eq(words[0], "aardvark");
	ck_assert_str_eq(words[DFLOW_WORDS_MAX - 1], "adroitness");
	ck_assert_ptr_null(words[DFLOW_WORDS_MAX]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_published, 0,
	    (int)(sizeof(published) / sizeof(*published)));
	tcase_add_loop_test(t, test_order, 0, 2);
	tcase_add_loop_test(t, test_shape, 0, 2);
	tcase_add_test(t, test_distinct);
	tcase_add_test(t, test_letters);
	tcase_add_loop_test(
	    t, test_refused, 0, (int)(sizeof(not_hex) / sizeof(*not_hex)));
	tcase_add_test(t, test_longest);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
