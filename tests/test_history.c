/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ledger tells of signed KSRs, and how fast, of a long one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exchange/history.h"

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))
#define ID "000102030405060708090a0b0c0d0e0f"
#define DA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DB "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DC "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

enum { WORDS_MAX = 32, NOW = 1795262400 };

static struct dflow_err err;

/* Takes an entry whose words stand in text, a blank between them. */
static void
take(struct history *h, size_t number, const char *act, const char *text)
{
	static char copy[4096];
	struct dflow_ledger_word words[WORDS_MAX];
	struct dflow_ledger_entry e = {
	    .number = number,
	    .time = NOW + (int64_t)number,
	    .act = act,
	    .words = words,
	};

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " ")) {
		char *value = strchr(w, '=');

		ck_assert(value != NULL && e.word_count < WORDS_MAX);
		*value++ = '\0';
		words[e.word_count].name = w;
		words[e.word_count++].value = value;
	}
	history_take(&e, h);
}

#define TIMES " from=20270101000000 until=20280101000000"
#define KSR "zone=example.com. request=" DA " response=" DB " last=1/" DC TIMES

START_TEST(test_act)
{
	const struct history_act *acts;
	struct history *h = NULL;
	size_t count;

	ck_assert(history_new(&h, &err) == DFLOW_OK);
	ck_assert_ptr_nonnull(history_zone(h, "example.com.", &count));
	ck_assert_uint_eq(count, 0);
	take(h, 1, "sign",
	    KSR " emergency=" DC " id=" ID " last=65535/" DA " ksk=7/" DB
		" zsk=8/" DA " zsk=9/" DC);
	/* A plain request, a refusal, and what is to come. */
	take(h, 2, "sign", "zone=example.com. request=" DA " response=" DB);
	take(h, 3, "refuse", KSR);
	take(h, 4, "sign", "colour=red " KSR);
	take(h, 5, "sign",
	    "from=20270101000000 until=20270101000001 zone=b. "
	    "request=" DB " response=" DA " last=2/" DC);
	ck_assert_msg(history_check(h, &err) == DFLOW_OK, "%s", err.text);
	acts = history_zone(h, "Example.COM.", &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(acts[0].entry, 1);
	ck_assert_int_eq(acts[0].time, NOW + 1);
	ck_assert_str_eq(acts[0].id, ID);
	ck_assert_str_eq(acts[0].request, DA);
	ck_assert_str_eq(acts[0].response, DB);
	ck_assert_str_eq(acts[0].emergency, DC);
	ck_assert_int_eq(acts[0].from, 1798761600);
	ck_assert_int_eq(acts[0].until, 1830297600);
	ck_assert_uint_eq(acts[0].last_count, 2);
	ck_assert_str_eq(acts[0].last[0].digest, DC);
	ck_assert_str_eq(acts[0].last[1].digest, DA);
	ck_assert_str_eq(acts[0].last[1].tag, "65535");
	ck_assert_uint_eq(acts[0].ksk_count, 1);
	ck_assert_str_eq(acts[0].ksks[0].tag, "7");
	ck_assert_str_eq(acts[0].ksks[0].digest, DB);
	ck_assert_uint_eq(acts[0].zsk_count, 2);
	ck_assert_str_eq(acts[0].zsks[0].digest, DA);
	ck_assert_str_eq(acts[0].zsks[1].tag, "9");
	ck_assert_uint_eq(acts[1].ksk_count + acts[1].zsk_count, 0);
	ck_assert_uint_eq(acts[1].entry, 4);
	ck_assert_str_eq(acts[1].id, "");
	ck_assert_str_eq(acts[1].emergency, "");
	/* Its keys were allowed to have the flags of KSKs. */
	take(h, 6, "sign",
	    "zone=c. request=" DA " response=" DB
	    " from=21060207062816 until=21070101000000");
	ck_assert_msg(history_check(h, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_uint_eq(history_zone(h, "c.", &count)->last_count, 0);
	ck_assert_int_eq(history_zone(h, "c.", &count)->from, 1LL << 32);
	acts = history_zone(h, "Example.COM.", &count);
	ck_assert_uint_eq(history_zone(h, "b.", &count)->entry, 5);
	ck_assert_uint_eq(count, 1);
	(void)history_zone(h, "com.", &count);
	ck_assert_uint_eq(count, 0);
	history_free(&h);
	ck_assert_ptr_null(h);
	history_free(&h);
}
END_TEST

static const char *const bad[] = {
    "zone=a. request=" DA " response=" DB " last=1/" DC " from=20270101000000",
    "zone=a. request=" DA " last=1/" DC TIMES,
    "zone=a. response=" DA " last=1/" DC TIMES,
    "request=" DA " response=" DB " last=1/" DC TIMES,
    KSR " request=" DB,
    KSR " response=" DB,
    KSR " id=" ID " id=" ID,
    KSR " id=00",
    KSR " id=000102030405060708090a0b0c0d0e0g",
    KSR " id=000102030405060708090A0B0C0D0E0F",
    KSR " zsk=1/" ID "000102030405060708090a0b0c0d0e0g",
    KSR " emergency=" ID "000102030405060708090a0b0c0d0e-f",
    KSR " emergency=none",
    KSR " emergency=" DA " emergency=" DA,
    KSR " until=20280101000000",
    KSR " from=20270101000000",
    KSR " zsk=1",
    KSR " zsk=1:" DA,
    KSR " zsk=/" DA,
    KSR " ksk=123456/" DA,
    KSR " ksk=1/" ID,
    KSR " last=1",
    KSR " last=" DA,
    KSR " last=1/" ID,
    "zone=a. request=" DA " response=" DB " last=1/" DC
    " from=20270101000000 until=20270101000000",
    "zone=a. request=" DA " response=" DB " last=1/" DC
    " from=20270101 until=20280101000000",
    "zone=a. request=" DA " response=" DB " last=1/" DC
    " from=20270101000000 until=20271301000000",
};

/* Half of what was signed is not known: nothing is, and that is told. */
START_TEST(test_bad)
{
	struct history *h = NULL;

	ck_assert(history_new(&h, &err) == DFLOW_OK);
	take(h, 6, "sign", KSR);
	ck_assert(history_check(h, &err) == DFLOW_OK);
	take(h, 7, "sign", bad[_i]);
	take(h, 8, "sign", KSR);
	ck_assert_int_eq(history_check(h, &err), DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, "the ledger's entry 7 ") != NULL, "%s", err.text);
	history_free(&h);
}
END_TEST

/* A plain response can be what a request follows from, until the next KSR. */
START_TEST(test_plain)
{
	struct history *h = NULL;
	size_t count;

	ck_assert(history_new(&h, &err) == DFLOW_OK);
	ck_assert(history_newest(h) == INT64_MIN);
	take(h, 1, "refuse", KSR);
	ck_assert(history_newest(h) == INT64_MIN);
	take(h, 2, "sign", "zone=example.com. request=" DA " response=" DB);
	ck_assert_str_eq(history_plain(h, "Example.com."), DB);
	ck_assert_str_eq(history_plain(h, "example.org."), "");
	ck_assert_ptr_nonnull(history_zone(h, "example.com.", &count));
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(history_newest(h), NOW + 2);
	take(h, 3, "sign", KSR);
	ck_assert_str_eq(history_plain(h, "example.com."), "");
	take(h, 4, "sign", "zone=example.com. request=" DA " response=" DC);
	ck_assert_str_eq(history_plain(h, "example.com."), DC);
	take(h, 9, "refuse", KSR);
	ck_assert_int_eq(history_newest(h), NOW + 4);
	/* A clock that went back does not make it older. */
	take(h, 3, "sign", "zone=example.com. request=" DA " response=" DC);
	ck_assert_int_eq(history_newest(h), NOW + 4);
	ck_assert(history_check(h, &err) == DFLOW_OK);
	history_free(&h);
}
END_TEST

/* As many keys as there may be, and one more. */
START_TEST(test_many)
{
	static const struct {
		const char *name;
		size_t max;
	} words[] = {{"last", HISTORY_LAST_MAX}, {"zsk", HISTORY_ZSKS_MAX},
	    {"ksk", HISTORY_KSKS_MAX}};
	static struct dflow_ledger_word list[HISTORY_ZSKS_MAX + 6] = {
	    {"zone", "a."}, {"request", DA}, {"response", DB},
	    {"from", "20270101000000"}, {"until", "20280101000000"}};
	struct dflow_ledger_entry e = {.number = 3, .act = "sign"};
	struct history *h = NULL;

	e.words = list;
	for (size_t i = 5; i < sizeof(list) / sizeof(list[0]); i++) {
		list[i].name = words[_i].name;
		list[i].value = "1/" DA;
	}
	ck_assert(history_new(&h, &err) == DFLOW_OK);
	e.word_count = 5 + words[_i].max;
	history_take(&e, h);
	ck_assert_msg(history_check(h, &err) == DFLOW_OK, "%s", err.text);
	e.word_count++;
	history_take(&e, h);
	ck_assert_int_eq(history_check(h, &err), DFLOW_REFUSED);
	history_free(&h);
}
END_TEST

/* 50,000 entries of 300 zones: a search of all for each would take minutes. */
START_TEST(test_long)
{
	const struct history_act *acts;
	struct history *h = NULL;
	char text[1024];
	clock_t start;
	size_t count;

	ck_assert(history_new(&h, &err) == DFLOW_OK);
	start = clock();
	for (size_t i = 0; i < 50000; i++) {
		snprintf(text, sizeof(text),
		    "zone=z%zu.example. request=" DA " response=" DB
		    " last=1/" DC TIMES,
		    i * 7 % 300);
		take(h, i + 1, "sign", text);
	}
	ck_assert(history_check(h, &err) == DFLOW_OK);
	for (size_t i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "z%zu.example.", i);
		acts = history_zone(h, text, &count);
		ck_assert_uint_ge(count, 166);
		for (size_t k = 0; k < count; k++)
			ck_assert_uint_eq((acts[k].entry - 1) * 7 % 300, i);
		for (size_t k = 1; k < count; k++)
			ck_assert_uint_lt(acts[k - 1].entry, acts[k].entry);
	}
	history_free(&h);
	ck_assert_int_lt((int)((clock() - start) / CLOCKS_PER_SEC), 10);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("history");
	TCase *t = tcase_create("history");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_act);
	tcase_add_loop_test(t, test_bad, 0, LEN(bad));
	tcase_add_test(t, test_plain);
	tcase_add_loop_test(t, test_many, 0, 3);
	tcase_add_test(t, test_long);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
