/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a sign object, in devices of many kinds (tests/n200fake.c):
 * it finds what they want, asks for nothing but signatures, spares their PINs,
 * and tells what cannot be mended.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/encode.h"
#include "ecsubject.h"
#include "keys/n200seek.h"
#include "n200fake.h"

static struct fake_world world;

static void
setup(void)
{
	fake_world_make(&world);
}

static void
teardown(void)
{
	fake_world_free(&world);
}

struct told {
	size_t last;
	size_t count;
};

static void
tell(void *ctx, const char *phase, size_t done, size_t total)
{
	struct told *t = ctx;

	ck_assert_str_eq(phase, "probe");
	ck_assert_uint_eq(total, N200_SEEK_CEILING);
	ck_assert_uint_lt(done, total);
	ck_assert(t->count == 0 || done > t->last);
	t->last = done;
	t->count++;
}

/* Every command that was sent is one that only signs, or the user's. */
static void
check_commands(const struct fake *f, const char *own)
{
	char copy[sizeof(f->commands)], *save = NULL, *word;

	memcpy(copy, f->commands, sizeof(copy));
	for (word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		ck_assert_msg(
		    strcmp(word, own) == 0 || strstr(word, "sign") != NULL,
		    "it sent %s", word);
	}
}

static enum dflow_status
search(struct fake *f, struct n200_sign *s, struct dflow_err *err)
{
	struct told told = {0};
	const struct dflow_progress progress = {tell, &told};
	const struct n200_subject who = fake_who(&world, f);
	const struct n200_prober p = {.ask = fake_ask,
	    .ctx = f,
	    .who = &who,
	    .keys = world.keys,
	    .key_count = COUNT(world.keys),
	    .progress = &progress};
	char own[N200_WORD_MAX];
	enum dflow_status status;

	memcpy(own, s->command, sizeof(own));
	status = n200_search(&p, s, err);
	ck_assert_uint_le(f->asked, N200_SEEK_CEILING);
	ck_assert_uint_eq(told.count, f->asked);
	check_commands(f, own);
	return status;
}

/* What it takes differs from the defaults in these. */
static const struct way {
	const char *why;
	const char *command;
	const char *core, *key, *data, *pin;
	enum n200_key_form key_form;
	enum n200_input input;
	enum n200_encoding in, out;
	enum n200_format format;
	const char *r, *s;
	bool strict;
	enum fake_words words;
	unsigned most; /* requests; 0: up to the ceiling */
} ways[] = {
    {.why = "all as it comes", .most = 2},
    {.why = "another command", .command = "ecdsa_sign"},
    {.why = "another command, and it tells little",
	.command = "signhash",
	.words = FAKE_MUTE},
    {.why = "names", .key = "token", .data = "tbs"},
    {.why = "name of the core", .core = "core_id"},
    {.why = "name of the PIN", .pin = "user_pin", .most = 12},
    {.why = "names of all",
	.core = "core_id",
	.key = "slot",
	.data = "msg",
	.pin = "password",
	.command = "createsignature"},
    {.why = "token", .key_form = N200_KEY_TOKEN_NAME, .most = 40},
    {.why = "nice name", .key_form = N200_KEY_NICE_NAME, .most = 40},
    {.why = "CKA_ID", .key_form = N200_KEY_ID, .most = 40},
    {.why = "message", .input = N200_INPUT_MESSAGE, .most = 10},
    {.why = "lower hex", .in = N200_ENCODING_HEX, .most = 10},
    {.why = "base64", .in = N200_ENCODING_BASE64, .most = 10},
    {.why = "base64url", .in = N200_ENCODING_BASE64URL, .most = 10},
    {.why = "lower hex back", .out = N200_ENCODING_HEX, .most = 2},
    {.why = "base64 back", .out = N200_ENCODING_BASE64, .most = 7},
    {.why = "base64url back", .out = N200_ENCODING_BASE64URL, .most = 7},
    {.why = "DER", .format = N200_FORMAT_DER, .most = 2},
    {.why = "DER in base64",
	.format = N200_FORMAT_DER,
	.out = N200_ENCODING_BASE64,
	.most = 7},
    {.why = "elsewhere", .r = "result.sig.value", .most = 2},
    {.why = "apart", .r = "result.r", .s = "result.s", .most = 2},
    {.why = "apart, and far",
	.r = "a.b.c.first",
	.s = "a.d.e.second",
	.out = N200_ENCODING_BASE64URL,
	.most = 7},
    {.why = "all at once",
	.command = "eccsign",
	.key = "label",
	.data = "digest",
	.key_form = N200_KEY_NICE_NAME,
	.in = N200_ENCODING_BASE64URL,
	.r = "result.r",
	.s = "result.s",
	.input = N200_INPUT_MESSAGE,
	.out = N200_ENCODING_BASE64},
    {.why = "strict, names", .strict = true, .key = "key", .data = "data"},
    {.why = "strict, names, and it says which",
	.strict = true,
	.key = "label",
	.data = "payload",
	.core = "core_id",
	.words = FAKE_NAMED},
    {.why = "strict, command", .strict = true, .command = "signdata"},
    {.why = "strict, command, name",
	.strict = true,
	.command = "signdata",
	.data = "tbs"},
    {.why = "strict, names, shape",
	.strict = true,
	.key = "keyname",
	.data = "digest",
	.key_form = N200_KEY_TOKEN_NAME,
	.in = N200_ENCODING_BASE64},
    {.why = "strict, no core", .strict = true, .core = ""},
};

static void
set(char *to, size_t size, const char *from)
{
	if (from != NULL)
		snprintf(to, size, "%s", from);
}

static void
fake_way(struct fake *f, const struct way *w)
{
	struct n200_sign *s = &f->way;
	const char *const names[N200_FIELDS] = {
	    w->core, w->key, w->data, w->pin};

	set(s->command, sizeof(s->command), w->command);
	for (size_t i = 0; i < N200_FIELDS; i++)
		set(s->fields[i], sizeof(s->fields[i]), names[i]);
	s->key_form = w->key_form;
	s->input = w->input;
	s->input_encoding = w->in;
	s->result_encoding = w->out;
	s->format = w->format;
	s->apart = w->s != NULL;
	set(s->result[0], sizeof(s->result[0]), w->r);
	set(s->result[1], sizeof(s->result[1]), w->s);
	f->strict = w->strict;
	f->words = w->words;
}

START_TEST(test_ways)
{
	const struct way *w = &ways[_i];

	for (size_t key = 0; key < 2; key++) {
		struct fake f = fake_of(&world, key);
		struct n200_sign s;
		struct dflow_err err = {0};
		enum dflow_status status;

		n200_sign_defaults(&s);
		fake_way(&f, w);
		status = search(&f, &s, &err);
		ck_assert_msg(status == DFLOW_OK, "%s: %s", w->why, err.text);
		if (w->most != 0)
			ck_assert_msg(f.asked <= w->most, "%s: %u requests",
			    w->why, f.asked);
		ck_assert_uint_eq(f.wrong_pins, 0);
		for (unsigned i = 0; i < 20; i++)
			ck_assert_msg(
			    fake_signs(&world, &f, &s, i), "%s", w->why);
		if (f.way.result_encoding == N200_ENCODING_UPPER)
			f.way.result_encoding = N200_ENCODING_HEX;
		ck_assert_int_eq(s.result_encoding, f.way.result_encoding);
		ck_assert_int_eq(s.input_encoding, f.way.input_encoding);
		ck_assert_int_eq(s.key_form, f.way.key_form);
		ck_assert_int_eq(s.input, f.way.input);
		ck_assert_str_eq(s.command, f.way.command);
		for (size_t i = 0; i < N200_FIELDS; i++)
			ck_assert_str_eq(s.fields[i], f.way.fields[i]);
	}
}
END_TEST

/* What the user has, and works, stays; and the shape is sought around it. */
START_TEST(test_own)
{
	struct fake f = fake_of(&world, 0);
	struct n200_sign s, own;
	struct dflow_err err = {0};

	memset(&s, 0, sizeof(s));
	n200_sign_defaults(&s);
	strcpy(s.command, "zeichne");
	strcpy(s.fields[N200_FIELD_KEY], "schluessel");
	strcpy(s.fields[N200_FIELD_DATA], "text");
	strcpy(s.extra[0].name, "mode");
	strcpy(s.extra[0].value, "ecdsa");
	s.extra_count = 1;
	s.format = N200_FORMAT_RAW;
	s.result_encoding = N200_ENCODING_BASE64;
	f.way = s;
	own = s;
	ck_assert_msg(search(&f, &s, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_mem_eq(&s, &own, sizeof(s));

	f.asked = 0;
	f.way.input = N200_INPUT_MESSAGE;
	f.way.format = N200_FORMAT_DER;
	ck_assert_msg(search(&f, &s, &err) == DFLOW_OK, "%s", err.text);
	ck_assert_str_eq(s.command, "zeichne");
	ck_assert_str_eq(s.fields[N200_FIELD_DATA], "text");
	ck_assert_str_eq(s.extra[0].value, "ecdsa");
	ck_assert_int_eq(s.format, N200_FORMAT_AUTO);
	ck_assert(fake_signs(&world, &f, &s, 1));
}
END_TEST

/* The first text's signature may look the same in both kinds of base64. */
START_TEST(test_base64s)
{
	for (unsigned i = 0; i < 8; i++) {
		struct fake f = fake_of(&world, 1);
		struct n200_sign s;
		struct dflow_err err = {0};

		n200_sign_defaults(&s);
		f.way.result_encoding =
		    i % 2 == 0 ? N200_ENCODING_BASE64 : N200_ENCODING_BASE64URL;
		f.plain = i / 2;
		f.way.apart = true;
		strcpy(f.way.result[0], "result.r");
		strcpy(f.way.result[1], "result.s");
		ck_assert_msg(search(&f, &s, &err) == DFLOW_OK, "%s", err.text);
		ck_assert_int_eq(s.result_encoding, f.way.result_encoding);
		ck_assert_str_eq(s.result[0], "result.r");
		ck_assert_uint_ge(f.asked, i / 2 + 1);
	}
}
END_TEST

static const struct {
	enum fake_fault fault;
	enum n200_input input;
	const char *says;
	unsigned most;
} faults[] = {
    {FAKE_HASHES_TEXT, N200_INPUT_DIGEST,
	"the SHA-256 of the hex text of the digest", 0},
    {FAKE_HASHES_AGAIN, N200_INPUT_DIGEST,
	"the SHA-256 of the digest that it got", 0},
    {FAKE_SHA512, N200_INPUT_MESSAGE, "the SHA-512 of the digest that it got",
	0},
    {FAKE_UNHASHED, N200_INPUT_DIGEST, "the hex text of the digest itself", 0},
    {FAKE_OTHER_KEY, N200_INPUT_DIGEST, "by another key, hsm01010000000002", 0},
    {FAKE_NO_KEY, N200_INPUT_DIGEST, "over something else or by another key",
	0},
    {FAKE_REPLAYS, N200_INPUT_DIGEST, "signed one text, but another not", 0},
    {FAKE_NO_SIGNATURE, N200_INPUT_DIGEST, "there is no signature in it", 0},
    {FAKE_BROKEN, N200_INPUT_DIGEST, "cannot", 0},
    {FAKE_DENIES, N200_INPUT_DIGEST, "the search ends here", 1},
    {FAKE_DEAD, N200_INPUT_DIGEST, "the device is gone", 1},
};

START_TEST(test_faults)
{
	struct fake f = fake_of(&world, 0);
	struct n200_sign s, before;
	struct dflow_err err = {0};
	enum dflow_status status;

	memset(&s, 0, sizeof(s));
	n200_sign_defaults(&s);
	before = s;
	f.fault = faults[_i].fault;
	f.way.input = faults[_i].input;
	status = search(&f, &s, &err);
	if (f.fault == FAKE_DEAD)
		ck_assert_int_eq(status, DFLOW_FAILED);
	else
		ck_assert_int_eq(status, DFLOW_REFUSED);
	ck_assert_msg(
	    strstr(err.text, faults[_i].says) != NULL, "%s", err.text);
	ck_assert_ptr_null(strchr(err.text, '\n'));
	ck_assert_mem_eq(&s, &before, sizeof(s));
	if (faults[_i].most != 0)
		ck_assert_uint_eq(f.asked, faults[_i].most);
	else
		ck_assert_ptr_nonnull(strstr(err.text,
		    "set command and fields of sign in n200.conf by the "
		    "device's manual, and probe again"));
}
END_TEST

/* A device that wants one, where there is none. */
START_TEST(test_no_pin)
{
	struct fake f = fake_of(&world, 0);
	struct n200_sign s;
	struct dflow_err err = {0};

	n200_sign_defaults(&s);
	secret_free(&world.pin);
	ck_assert(search(&f, &s, &err) != DFLOW_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "pin missing"));
	ck_assert_uint_eq(f.asked, 1);
	f.asked = 0;
	f.pin = NULL;
	ck_assert(search(&f, &s, &err) == DFLOW_OK);
	ck_assert_uint_eq(f.asked, 2);
}
END_TEST

/* A wrong PIN is sent once. */
START_TEST(test_pin)
{
	struct fake f = fake_of(&world, 0);
	struct n200_sign s;
	struct dflow_err err = {0};

	n200_sign_defaults(&s);
	f.pin = "87654321";
	ck_assert(search(&f, &s, &err) != DFLOW_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "wrong pin"));
	ck_assert_ptr_nonnull(strstr(err.text, "the search ends here"));
	ck_assert_uint_eq(f.asked, 1);
	ck_assert_uint_eq(f.wrong_pins, 1);

	/* Nor more than once, if the search finds its name only later. */
	f.asked = f.wrong_pins = 0;
	strcpy(f.way.fields[N200_FIELD_PIN], "user_pin");
	ck_assert(search(&f, &s, &err) != DFLOW_OK);
	ck_assert_uint_eq(f.wrong_pins, 1);
}
END_TEST

/* A device that dies on the way ends the search, wherever it is. */
START_TEST(test_dies)
{
	for (unsigned after = 1; after < 60; after++) {
		struct fake f = fake_of(&world, 0);
		struct n200_sign s;
		struct dflow_err err = {0};

		n200_sign_defaults(&s);
		strcpy(f.way.fields[N200_FIELD_DATA], "to_sign");
		strcpy(f.way.fields[N200_FIELD_PIN], "user_pin");
		f.dies_after = after;
		if (search(&f, &s, &err) == DFLOW_OK) {
			ck_assert_uint_le(f.asked, after);
			return;
		}
		ck_assert_str_eq(err.text, "the device is gone");
		ck_assert_uint_eq(f.asked, after + 1);
	}
	ck_abort_msg("never found");
}
END_TEST

/* Nothing that may be signed on the way can stand in a zone. */
START_TEST(test_messages)
{
	static const enum digest_kind kinds[] = {DIGEST_SHA256, DIGEST_SHA384};
	uint8_t hash[DIGEST_MAX];
	char text[N200_WISH_DATA];
	struct n200_sign s;
	struct dflow_err err = {0};

	n200_sign_defaults(&s);
	/* The first looks different in each encoding. */
	ck_assert_uint_ne(strlen(n200_seek_message(0)) % 3, 0);
	digest_once(DIGEST_SHA384, n200_seek_message(0),
	    strlen(n200_seek_message(0)), hash);
	text[base64_encode(hash, 48, text)] = '\0';
	ck_assert_ptr_nonnull(strpbrk(text, "+/"));
	for (unsigned i = 0; i < N200_SEEK_MESSAGES; i++) {
		const char *m = n200_seek_message(i);
		const struct n200_wish_bytes data = {
		    (const uint8_t *)m, strlen(m)};

		for (const char *c = m; *c != '\0'; c++)
			ck_assert(*c >= ' ' && *c <= '~');
		for (size_t k = 0; k < COUNT(kinds); k++) {
			digest_once(kinds[k], m, strlen(m), hash);
			ck_assert(hash[2] != ALG_ECDSAP256 &&
				  hash[2] != ALG_ECDSAP384);
			for (unsigned e = 0; e < N200_ENCODINGS * 2; e++) {
				s.input_encoding = e % N200_ENCODINGS;
				s.input = e / N200_ENCODINGS;
				ck_assert(n200_wish_data(&s, kinds[k], &data,
					      text, &err) == DFLOW_OK);
				ck_assert(text[2] >= ' ');
			}
		}
	}
}
END_TEST

/* A key that cannot sign DNSSEC is not even asked for. */
START_TEST(test_key)
{
	struct fake f = fake_of(&world, 0);
	struct n200_sign s;
	struct dflow_err err = {0};

	n200_sign_defaults(&s);
	world.keys[0].public_len = 0;
	ck_assert_int_eq(search(&f, &s, &err), DFLOW_REFUSED);
	ck_assert_uint_eq(f.asked, 0);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot sign DNSSEC"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("n200probe");
	TCase *tc = tcase_create("n200probe");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_ways, 0, (int)COUNT(ways));
	tcase_add_test(tc, test_own);
	tcase_add_test(tc, test_base64s);
	tcase_add_loop_test(tc, test_faults, 0, (int)COUNT(faults));
	tcase_add_test(tc, test_no_pin);
	tcase_add_test(tc, test_pin);
	tcase_add_test(tc, test_dies);
	tcase_add_test(tc, test_messages);
	tcase_add_test(tc, test_key);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
