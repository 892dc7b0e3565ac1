/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the ledger: what was appended verifies; a changed, removed, moved or
 * cut off entry is found, wherever it is, and named.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "dns/digest.h"
#include "dnssecflow/ledger.h"
#include "exchange/ledger.h"
#include "folder.h"
#include "ledgers.h"

#define LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

static enum dflow_status
verify(const char *text, size_t len, size_t piece)
{
	struct ledger_reading *r = NULL;
	enum dflow_status st;

	err.text[0] = '\0';
	ck_assert(ledger_reading_new("l", NULL, NULL, &r, &err) == DFLOW_OK);
	st = DFLOW_OK;
	for (size_t at = 0; st == DFLOW_OK && at < len; at += piece)
		st = ledger_reading_add(
		    r, text + at, len - at < piece ? len - at : piece, &err);
	if (st == DFLOW_OK)
		st = ledger_reading_end(r, &err);
	if (st == DFLOW_OK)
		ck_assert_uint_eq(ledger_reading_facts(r)->bytes, len);
	else
		ck_assert_int_eq(st, DFLOW_REFUSED);
	ledger_reading_free(&r);
	return st;
}

static void
see(const struct dflow_ledger_entry *e, void *ctx)
{
	char zone[32];

	++*(size_t *)ctx;
	ck_assert_uint_eq(e->number, *(size_t *)ctx);
	ck_assert_int_eq(e->time, NOW + (int64_t)e->number);
	ck_assert_str_eq(e->act, "sign");
	ck_assert_uint_eq(e->word_count, 1);
	ck_assert_str_eq(e->words[0].name, "zone");
	(void)snprintf(zone, sizeof(zone), "zone%zu.example.", e->number);
	ck_assert_str_eq(e->words[0].value, zone);
}

START_TEST(test_whole)
{
	struct dflow_ledger_facts facts;
	size_t seen = 0;
	struct dflow_ledger_params p = {.path = "l", .each = see, .ctx = &seen};
	char text[TEXT_MAX];
	size_t len;

	umask(0);
	make("l", ENTRIES);
	ck_assert_uint_eq(mode_of("l"), 0600);
	ck_assert_int_eq(entries(), 1);
	ck_assert_msg(
	    dflow_ledger_read(&p, &facts, &err) == DFLOW_OK, "%s", err.text);
	len = slurp("l", text);
	ck_assert_uint_eq(seen, ENTRIES);
	ck_assert_uint_eq(facts.count, ENTRIES);
	ck_assert_uint_eq(facts.bytes, len);
	ck_assert_int_eq(facts.newest, NOW + ENTRIES);
	ck_assert(strncmp(text, HEAD, strlen(HEAD)) == 0);
	ck_assert(strncmp(text + len - 65, facts.digest, 64) == 0);
	for (size_t piece = 1; piece < len + 2; piece += piece / 8 + 1)
		ck_assert_msg(verify(text, len, piece) == DFLOW_OK, "%zu: %s",
		    piece, err.text);
}
END_TEST

/* The entry that the byte at that place is part of; 0: the first line. */
static int
entry_at(const char *text, size_t at)
{
	int n = 0;

	for (size_t i = 0; i < at; i++)
		n += text[i] == '\n';
	return n;
}

/* Each bit of each byte: the first bad entry is named. */
START_TEST(test_bits)
{
	char text[TEXT_MAX];
	char name[64];
	size_t len;

	make("l", ENTRIES);
	len = slurp("l", text);
	for (size_t i = 0; i < len; i++) {
		int n = entry_at(text, i);
		char old = text[i];

		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(old ^ 1 << bit);
			ck_assert_msg(verify(text, len, len) != DFLOW_OK,
			    "byte %zu, bit %d", i, bit);
			if (n == 0)
				(void)snprintf(name, sizeof(name), "l:1: ");
			else
				(void)snprintf(name, sizeof(name),
				    "l:%d: entry %d ", n + 1, n);
			ck_assert_msg(
			    strncmp(err.text, name, strlen(name)) == 0,
			    "%s, not %s", err.text, name);
		}
		text[i] = old;
	}
	ck_assert_int_eq(verify(text, len, len), DFLOW_OK);
}
END_TEST

/* Cut anywhere but behind a line: found. Behind a line it cannot be. */
START_TEST(test_cut)
{
	char text[TEXT_MAX];
	char hint[64];
	size_t len, whole = 0;

	make("l", ENTRIES);
	len = slurp("l", text);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && text[i - 1] == '\n') {
			ck_assert_int_eq(verify(text, i, len), DFLOW_OK);
			whole = i;
			continue;
		}
		ck_assert_int_eq(verify(text, i, len), DFLOW_REFUSED);
		if (whole == 0)
			continue;
		(void)snprintf(hint, sizeof(hint), "truncate -s %zu l", whole);
		ck_assert_msg(strstr(err.text, hint) != NULL, "%s", err.text);
		ck_assert_ptr_nonnull(strstr(err.text, " is cut off;"));
	}
}
END_TEST

/* Lines of a ledger of four entries, by number; 0 is the first line. */
static const struct {
	const char *order;
	const char *words; /* NULL: verifies */
} moved[] = {
    {"01234", NULL},
    {"0123", NULL}, /* --expect is for that */
    {"0", NULL},
    {"1234", "l:1: no ledger"},
    {"0234", "l:2: entry 1 was removed or moved: entry 2 stands"},
    {"0134", "l:3: entry 2 was removed or moved: entry 3 stands"},
    {"0124", "l:4: entry 3 was removed or moved: entry 4 stands"},
    {"01324", "l:3: entry 2 was removed or moved: entry 3 stands"},
    {"02134", "l:2: entry 1 was removed or moved: entry 2 stands"},
    {"01243", "l:4: entry 3 was removed or moved: entry 4 stands"},
    {"04321", "l:2: entry 1 was removed or moved: entry 4 stands"},
    {"012234", "l:4: entry 3 was removed or moved: entry 2 stands"},
    {"012344", "l:6: entry 5 was removed or moved: entry 4 stands"},
    {"012340", "l:6: entry 5 was changed"},
    {"001234", "l:2: entry 1 was changed"},
    {"", "empty, and no ledger"},
};

static const char *
line_of(const char *text, int n, size_t *len)
{
	while (n-- > 0)
		text = strchr(text, '\n') + 1;
	*len = (size_t)(strchr(text, '\n') - text) + 1;
	return text;
}

START_TEST(test_moved)
{
	char text[TEXT_MAX];
	char other[2 * TEXT_MAX];
	size_t at = 0;

	make("l", ENTRIES);
	(void)slurp("l", text);
	for (const char *p = moved[_i].order; *p != '\0'; p++) {
		size_t len;
		const char *line = line_of(text, *p - '0', &len);

		memcpy(other + at, line, len);
		at += len;
	}
	if (moved[_i].words == NULL) {
		ck_assert_msg(
		    verify(other, at, at) == DFLOW_OK, "%s", err.text);
		return;
	}
	ck_assert_int_eq(verify(other, at, at == 0 ? 1 : at), DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, moved[_i].words) != NULL, "%s", err.text);
}
END_TEST

/* Puts an entry behind text as one would who can compute digests. */
static size_t
put_sealed(char *text, size_t at, const char *words, size_t len)
{
	uint8_t digest[DIGEST_MAX];

	memcpy(text + at, words, len);
	text[at + len] = '\n';
	digest_once(DIGEST_SHA256, text + at, len + 1, digest);
	at += len;
	memcpy(text + at, " sha256=", 8);
	at += 8;
	at += hex_encode(digest, 32, text + at);
	text[at++] = '\n';
	return at;
}

#define FIRST "8a902a3416e3111d6655dc60082679cdb7cc153cc6a8fe138456d8965c6d55da"
#define OTHER "9a902a3416e3111d6655dc60082679cdb7cc153cc6a8fe138456d8965c6d55da"
#define SHAPE "l:2: entry 1 is not one that our tools write"

/* Entries with the digest that they should have: the shape is wrong. */
static const struct {
	const char *words;
	const char *said; /* NULL: verifies */
} shapes[] = {
    {"entry=1 after=" FIRST " time=20261121120000 act=sign", NULL},
    {"entry=1 after=" FIRST " time=20261121120000 act=a-b9 c=\"d=e\" c=~",
	NULL},
    {"entry=1 after=" FIRST " time=99991231235959 act=sign", NULL},
    {"entry=1 after=" OTHER " time=20261121120000 act=sign",
	"l:2: entry 1 was replaced"},
    {"entry=0 after=" FIRST " time=20261121120000 act=sign",
	"l:2: entry 1 was removed or moved: entry 0"},
    {"entry=01 after=" FIRST " time=20261121120000 act=sign",
	"l:2: entry 1 was removed or moved: entry 01"},
    {"entry=1 after=" FIRST " time=20261121 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=20261321120000 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=2026112112000x act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=202611211200000 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=now+10000000000 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000", SHAPE},
    {"entry=1 after=" FIRST " act=sign time=20261121120000", SHAPE},
    {"after=" FIRST " entry=1 time=20261121120000 act=sign", SHAPE},
    {"entry=1  after=" FIRST " time=20261121120000 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=Sign", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign ", SHAPE},
    {" entry=1 after=" FIRST " time=20261121120000 act=sign", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign zone", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign zone=", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign =a", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign Zone=a", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign zone=a\tb", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign z=\033[1m", SHAPE},
    {"entry=1 after=" FIRST " time=20261121120000 act=sign z=\303\251", SHAPE},
    {"x", "entry 1 is not one"},
};

START_TEST(test_shapes)
{
	char text[TEXT_MAX];
	size_t at = strlen(HEAD);

	memcpy(text, HEAD, at);
	at = put_sealed(text, at, shapes[_i].words, strlen(shapes[_i].words));
	if (shapes[_i].said == NULL)
		ck_assert_msg(verify(text, at, at) == DFLOW_OK, "%s", err.text);
	else
		ck_assert_msg(verify(text, at, at) == DFLOW_REFUSED &&
				  strstr(err.text, shapes[_i].said) != NULL,
		    "%s", err.text);
}
END_TEST

/* What no string in a table can be: a byte 0, and too much. */
START_TEST(test_limits)
{
	static const char first[] =
	    "entry=1 after=" FIRST " time=20261121120000 act=sign zone=a";
	static char text[2 * LEDGER_LINE_MAX];
	static char words[LEDGER_LINE_MAX];
	size_t at = strlen(HEAD), len = strlen(first);

	memcpy(text, HEAD, at);
	/* With the NUL, and something behind it. */
	memcpy(words, first, len + 1);
	words[len + 1] = 'b';
	ck_assert(verify(text, put_sealed(text, at, words, len + 2), 100) !=
		  DFLOW_OK);
	ck_assert_ptr_nonnull(strstr(err.text, SHAPE));
	/* A line as long as may be, and one byte more. */
	memset(words, 'a', sizeof(words));
	memcpy(words, first, len);
	len = LEDGER_LINE_MAX - 73;
	ck_assert_msg(
	    verify(text, put_sealed(text, at, words, len), 100) == DFLOW_OK,
	    "%s", err.text);
	ck_assert(verify(text, put_sealed(text, at, words, len + 1), 100) !=
		  DFLOW_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "l:2: a line of more than"));
	/* As many words as may be, and one more. */
	len = strlen(first);
	for (int i = 1; i < LEDGER_WORDS_MAX; i++) {
		memcpy(words + len, " b=c", 4);
		len += 4;
	}
	ck_assert_msg(
	    verify(text, put_sealed(text, at, words, len), 100) == DFLOW_OK,
	    "%s", err.text);
	memcpy(words + len, " b=c", 4);
	ck_assert(verify(text, put_sealed(text, at, words, len + 4), 100) !=
		  DFLOW_OK);
}
END_TEST

/* The whole: not a byte of more than 64 MiB is looked at. */
START_TEST(test_huge)
{
	struct ledger_reading *r = NULL;

	ck_assert(ledger_reading_new("l", NULL, NULL, &r, &err) == DFLOW_OK);
	ck_assert(ledger_reading_add(r, HEAD, strlen(HEAD), &err) == DFLOW_OK);
	ck_assert_int_eq(ledger_reading_add(r, HEAD,
			     LEDGER_BYTES_MAX - strlen(HEAD) + 1, &err),
	    DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "begin another ledger"));
	ledger_reading_free(&r);
}
END_TEST

START_TEST(test_heads)
{
	static const char *const texts[] = {"dnssecflow-ledger 2\n",
	    "dnssecflow-ledger 10\n", "dnssecflow-ledger 1 \n"};

	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(
		    verify(texts[i], strlen(texts[i]), 3), DFLOW_REFUSED);
		ck_assert_ptr_nonnull(strstr(err.text, "another version"));
	}
	ck_assert_int_eq(verify("\n", 1, 1), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "no ledger"));
}
END_TEST

START_TEST(test_expect)
{
	struct dflow_ledger_facts facts;
	char digest[ENTRIES + 1][DFLOW_LEDGER_DIGEST];
	struct dflow_ledger_params p = {.path = "l"};
	char text[TEXT_MAX];
	char name[32];

	for (int i = 1; i <= ENTRIES; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		make(name, i);
		p.path = name;
		ck_assert_int_eq(dflow_ledger_read(&p, &facts, &err), DFLOW_OK);
		memcpy(digest[i], facts.digest, sizeof(digest[i]));
	}
	p.path = "3";
	p.expect = digest[3];
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_OK);
	for (char *c = digest[3]; *c != '\0'; c++)
		*c = (char)(*c >= 'a' ? *c - 32 : *c);
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_OK);
	p.expect = digest[1];
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "entry 1, but 2 more follow"));
	p.expect = digest[4];
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "behind entry 3 were removed"));
	p.expect = "";
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_USAGE);
	digest[2][63] = 'g';
	p.expect = digest[2];
	ck_assert_int_eq(dflow_ledger_read(&p, NULL, &err), DFLOW_USAGE);
	/* As far as it is whole, the facts are there. */
	p.expect = NULL;
	text[slurp("3", text) - 1] = '\0';
	put("3", text, 0600);
	ck_assert_int_eq(dflow_ledger_read(&p, &facts, &err), DFLOW_REFUSED);
	ck_assert_uint_eq(facts.count, 2);
	p.path = "none";
	ck_assert_int_eq(dflow_ledger_read(&p, &facts, &err), DFLOW_FAILED);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger");
	TCase *t = tcase_create("ledger");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_whole);
	tcase_add_test(t, test_bits);
	tcase_add_test(t, test_cut);
	tcase_add_loop_test(t, test_moved, 0, LEN(moved));
	tcase_add_loop_test(t, test_shapes, 0, LEN(shapes));
	tcase_add_test(t, test_limits);
	tcase_add_test(t, test_huge);
	tcase_add_test(t, test_heads);
	tcase_add_test(t, test_expect);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
