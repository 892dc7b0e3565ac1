/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written is dnssec-ksr's to the byte, and is read back; with proofs
 * of possession, whose readers and judges are tried here, too.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrtype.h"
#include "exchange/bundle_write.h"
#include "flow/possession.h"
#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/signer.h"

#define NOW INT64_C(1795279255) /* 2026-11-21 16:40:55 UTC */
#define ID "000102030405060708090a0b0c0d0e0f"
#define DIGEST ID ID

static void
read_data(const char *name, struct buf *out)
{
	struct dflow_err err;
	char path[1024];

	snprintf(
	    path, sizeof(path), "%s/tests/data/%s", getenv("srcdir"), name);
	buf_init(out, BUNDLES_BYTES_MAX);
	ck_assert_msg(os_read(path, BUNDLES_BYTES_MAX, out, &err) == DFLOW_OK,
	    "%s", err.text);
}

static struct bundles *
parse(const char *text, size_t len)
{
	struct bundles *b = NULL;
	struct dflow_err err;

	ck_assert_msg(bundles_parse("b", text, len, &b, &err) == DFLOW_OK, "%s",
	    err.text);
	return b;
}

static void
footer(struct bundles *b, const char *id, const char *answers)
{
	b->footer.clock = NOW;
	snprintf(b->footer.id, sizeof(b->footer.id), "%s", id);
	snprintf(b->footer.answers, sizeof(b->footer.answers), "%s", answers);
}

/* Where the last line begins. */
static size_t
footer_at(const char *text, size_t len)
{
	ck_assert(len > 1);
	for (len--; len > 0 && text[len - 1] != '\n';)
		len--;
	return len;
}

/* dnssec-ksr sign leaves one in some bundles. */
static void
drop_empty_lines(struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] != '\n' || n == 0 ||
		    text->data[n - 1] != '\n')
			text->data[n++] = text->data[i];
	text->len = n;
}

static const char *const bind_files[] = {"bind.ksr", "bind.skr"};

/* All but the footer, which bears the program's name, is as BIND wrote it. */
START_TEST(test_bind)
{
	struct buf was, is;
	struct bundles *b, *again;
	const char *text;
	char want[512];
	size_t at;

	read_data(bind_files[_i], &was);
	text = (const char *)was.data;
	b = parse(text, was.len);
	drop_empty_lines(&was);
	footer(b, ID, "none");
	buf_init(&is, BUNDLES_BYTES_MAX);
	bundles_write(b, BUNDLE_BIND, &is);
	ck_assert(!is.failed);
	at = footer_at(text, was.len);
	ck_assert_uint_ge(is.len, at);
	for (size_t i = 0; i < at; i++)
		ck_assert_msg(is.data[i] == was.data[i], "byte %zu", i);
	snprintf(want, sizeof(want),
	    ";; %s 1.0 generated at Sat Nov 21 16:40:55 2026 by dnssecflow "
	    "%s clock=20261121164055 id=" ID " answers=none\n",
	    _i == 0 ? "KeySigningRequest" : "SignedKeyResponse",
	    PACKAGE_VERSION);
	ck_assert_uint_eq(is.len - at, strlen(want));
	ck_assert(memcmp(is.data + at, want, strlen(want)) == 0);
	again = parse((const char *)is.data, is.len);
	ck_assert_uint_eq(again->count, b->count);
	ck_assert_str_eq(again->footer.id, ID);
	ck_assert_str_eq(again->footer.answers, "none");
	ck_assert(again->footer.clock == NOW);
	bundles_free(&again);
	bundles_free(&b);
	buf_free(&was);
	buf_free(&is);
}
END_TEST

/* Knot's headers and dates; its records have a form of their own. */
START_TEST(test_knot)
{
	struct buf was, is;
	struct bundles *b;
	const char *text;

	read_data("knot.ksr", &was);
	text = (const char *)was.data;
	b = parse(text, was.len);
	footer(b, ID, DIGEST);
	buf_init(&is, BUNDLES_BYTES_MAX);
	bundles_write(b, BUNDLE_KNOT, &is);
	buf_u8(&is, 0);
	ck_assert(!is.failed);
	/* Each header line of Knot's file is in ours. */
	for (const char *at = text; (at = strstr(at, ";; Key")) != NULL; at++) {
		char line[128];

		snprintf(
		    line, sizeof(line), "%.*s", (int)strcspn(at, "\n") + 1, at);
		if (strstr(line, "generated") == NULL)
			ck_assert_msg(
			    strstr((char *)is.data, line) != NULL, "%s", line);
	}
	ck_assert_ptr_nonnull(strstr((char *)is.data,
	    "generated at 2026-11-21T16:40:55Z by dnssecflow "));
	bundles_free(&b);
	b = parse((const char *)is.data, is.len - 1);
	ck_assert_uint_eq(b->count, 5);
	ck_assert_str_eq(b->footer.answers, DIGEST);
	bundles_free(&b);
	buf_free(&was);
	buf_free(&is);
}
END_TEST

#define HEAD ";; KeySigningRequest 1.0 "
#define ZKEY                                                       \
	"ah+p9L1ydOMAWsHTW9sLokRDrA1by6TV6ZPLKPDhkowEMAN7o36Vs1Bt" \
	"db+obk6h22D548XWTWV6cWEkbNYHPQ=="
#define SIG                                                        \
	"35J+toX0FyIyXRTNpamM6UVyivLFV1deUSWrJl+3DCVH2feolbDP45i/" \
	"myLDnnywAS4NzQIZqjdkZQMTyVSxfg=="
#define ZSK "example.com. 3600 IN DNSKEY 256 3 13 " ZKEY
#define OURS "generated at x by dnssecflow 9 "
#define KSR(behind, words) \
	HEAD "20220922073938 (x)\n" ZSK behind "\n" HEAD words "\n"
#define POP(fields) KSR(" ; pop RRSIG " fields, OURS)
#define TIMES " 20221224000000 20220922073938 "

static const struct {
	const char *text;
	const char *says; /* NULL: it is taken */
} readings[] = {
    {POP("DNSKEY 13 2 3600" TIMES "54147 example.com. " SIG), NULL},
    {KSR(" ;pop RRSIG DNSKEY 13 2 3600" TIMES "54147 example.com. " SIG "\r",
	 OURS),
	NULL},
    {KSR(" ; popular", OURS), NULL},
    {KSR(" ; a pop RRSIG", OURS), NULL},
    {KSR(" ; pop", OURS), "b:2: "},
    {KSR(" ; pop ; RRSIG", OURS), "b:2: "},
    {KSR(" ; pop RRSIG DNSKEY 13 2 3600", OURS), "b:2: "},
    {KSR(" ; pop A 192.0.2.1", OURS), "b:2: a proof of possession that is no"},
    {KSR(" ; pop (", OURS), "b:2: "},
    {POP("DNSKEY 13 2 3600" TIMES "54148 example.com. " SIG),
	"b:2: a proof of possession by another key"},
    {POP("DNSKEY 8 2 3600" TIMES "54147 example.com. " SIG),
	"b:2: a proof of possession by another key"},
    {POP("CDS 13 2 3600" TIMES "54147 example.com. " SIG),
	"b:2: a proof of possession over a type other"},
    {POP("SOA 13 2 3600" TIMES "54147 example.com. " SIG),
	"b:2: a proof of possession over a type other"},
    {POP("DNSKEY 13 2 3601" TIMES "54147 example.com. " SIG),
	"b:2: a proof of possession with a TTL other"},
    {POP("DNSKEY 13 1 3600" TIMES "54147 example.com. " SIG),
	"b:2: a proof of possession with another count of labels"},
    {POP("DNSKEY 13 2 3600" TIMES "54147 example.org. " SIG),
	"b:2: a proof of possession by a signer other"},
    {POP("DNSKEY 13 2 3600 20220922073938 20221224000000 54147 "
	 "example.com. " SIG),
	"b:2: a proof of possession that expires before"},
    {HEAD "20220922073938\n; pop RRSIG x\n" ZSK "\n" HEAD OURS "\n",
	"b:2: a proof of possession that stands behind no key"},
    {KSR("", OURS "clock=20270101000000 id=" ID " answers=none"), NULL},
    {KSR("", OURS "answers=" DIGEST " id=" ID "  clock=20270101000000 "), NULL},
    {KSR("", OURS), NULL},
    {KSR("", "generated at x by 9.20 of whatever kind=zzz"), NULL},
    {KSR("", "generated at x by dnssecflowers 9"), NULL},
    {KSR("", "generated at x by 9.20 id=zzz clock=1"), "b:3: a footer of ours"},
    {KSR("", "generated at x by dnssecfloW 9 until=zzz"),
	"b:3: a footer of ours that was changed"},
    {KSR("", "generated at x by dnssecflow"), "b:3: a footer of ours without"},
    {KSR("", OURS "id=" ID "0"), "b:3: id= in the footer"},
    {KSR("", OURS "id=00010203"), "b:3: id= in the footer"},
    {KSR("", OURS "id="), "b:3: id= in the footer"},
    {KSR("", OURS "id=000102030405060708090A0B0C0D0E0F"),
	"b:3: id= in the footer"},
    {KSR("", OURS "id=" ID " id=" ID), "b:3: id= in the footer"},
    {KSR("", OURS "answers=" ID), "b:3: answers= in the footer"},
    {KSR("", OURS "answers=nonesuch"), "b:3: answers= in the footer"},
    {KSR("", OURS "answers=none answers=none"), "b:3: answers= in the"},
    {KSR("", OURS "clock=20270101"), "b:3: clock= in the footer"},
    {KSR("", OURS "clock=20270229000000"), "b:3: clock= in the footer"},
    {KSR("", OURS "clock=20270101000000 clock=20270101000000"),
	"b:3: clock= in the footer"},
    {KSR("", OURS "ID=" ID), "b:3: a word in the footer that we do not"},
    {KSR("", OURS "and so on"), "b:3: a word in the footer that we do not"},
};

START_TEST(test_reading)
{
	const char *text = readings[_i].text, *says = readings[_i].says;
	struct bundles *b = NULL;
	struct dflow_err err = {0};
	enum dflow_status st = bundles_parse("b", text, strlen(text), &b, &err);

	ck_assert_msg(
	    (st == DFLOW_OK) == (says == NULL), "%s%s", text, err.text);
	if (says != NULL)
		ck_assert_msg(strncmp(err.text, says, strlen(says)) == 0,
		    "%s is not %s", err.text, says);
	bundles_free(&b);
}
END_TEST

/* A KSR of two bundles, made with real keys; and what to try with it. */
struct scene {
	struct keydir dir;
	struct bundles *b;
	struct keyfile *keys[2];
};

static void
add_key(struct bundle *in, const struct keyfile *k)
{
	struct bundle_rr *rr = &in->rrs[in->count++];

	*rr = (struct bundle_rr){.ttl = 3600, .type = RRTYPE_DNSKEY};
	rr->len = k->key.rdata_len;
	rr->rdata = malloc(rr->len);
	ck_assert_ptr_nonnull(rr->rdata);
	memcpy(rr->rdata, k->key.rdata, rr->len);
}

static void
prove(struct scene *s, size_t key)
{
	struct signer_access access = {.pass = {.fd = -1}};
	struct signer *signer = NULL;
	struct dflow_err err;

	ck_assert(
	    signer_open(s->keys[key], &access, &signer, &err) == DFLOW_OK);
	ck_assert_msg(
	    possession_prove(s->b, signer, NOW + 90000, &err) == DFLOW_OK, "%s",
	    err.text);
	signer_free(&signer);
	signer_access_end(&access);
}

static void
scene_begin(struct scene *s, const char *algorithm)
{
	struct dflow_err err;
	char base[KEYDIR_PATH];

	keydir_new(&s->dir);
	for (size_t i = 0; i < 2; i++) {
		keydir_make(&s->dir, algorithm, false, base);
		ck_assert(keyfile_read(base, &s->keys[i], &err) == DFLOW_OK);
	}
	s->b = calloc(1, sizeof(*s->b));
	ck_assert_ptr_nonnull(s->b);
	s->b->kind = BUNDLE_KSR;
	name_lower(s->b->zone, s->keys[0]->owner);
	s->b->list = calloc(2, sizeof(*s->b->list));
	ck_assert_ptr_nonnull(s->b->list);
	s->b->count = 2;
	for (size_t i = 0; i < 2; i++) {
		s->b->list[i].time = NOW + (int64_t)i * 3600;
		s->b->list[i].rrs = calloc(2, sizeof(struct bundle_rr));
		ck_assert_ptr_nonnull(s->b->list[i].rrs);
		add_key(&s->b->list[i], s->keys[0]);
	}
	add_key(&s->b->list[1], s->keys[1]);
	bundle_footer_clear(&s->b->footer);
	footer(s->b, ID, "none");
	prove(s, 0);
	prove(s, 1);
}

static void
scene_end(struct scene *s)
{
	bundles_free(&s->b);
	keyfile_free(&s->keys[0]);
	keyfile_free(&s->keys[1]);
	keydir_free(&s->dir);
}

static enum possession
judge(const struct bundles *b, size_t bundle, size_t key)
{
	struct dflow_err err;
	enum possession proof;

	ck_assert(possession_check(b, &b->list[bundle],
		      &b->list[bundle].rrs[key], &proof, &err) == DFLOW_OK);
	return proof;
}

static size_t
good_proofs(const struct bundles *b)
{
	size_t good = 0;

	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < b->list[i].count; k++)
			good += judge(b, i, k) == POSSESSION_GOOD;
	return good;
}

static const char *const algorithms[] = {"8", "13", "14", "15"};

/* Written, read back: all proofs are good, and BIND's part is as without. */
START_TEST(test_proofs)
{
	struct scene s;
	struct bundles *back;
	struct buf text;

	scene_begin(&s, algorithms[_i]);
	ck_assert_uint_eq(good_proofs(s.b), 3);
	buf_init(&text, BUNDLES_BYTES_MAX);
	bundles_write(s.b, _i % 2 == 0 ? BUNDLE_BIND : BUNDLE_KNOT, &text);
	back = parse((const char *)text.data, text.len);
	ck_assert_uint_eq(good_proofs(back), 3);
	bundles_free(&back);
	buf_free(&text);
	scene_end(&s);
}
END_TEST

static void
swap_proofs(struct bundle_rr *a, struct bundle_rr *b)
{
	uint8_t *proof = a->proof;
	size_t len = a->proof_len;

	a->proof = b->proof;
	a->proof_len = b->proof_len;
	b->proof = proof;
	b->proof_len = len;
}

/* A key, a time, a bit, or a bundle more or less: the proof is none. */
START_TEST(test_tampered)
{
	struct bundle_rr *rr;
	struct scene s;

	scene_begin(&s, "13");
	rr = &s.b->list[1].rrs[0];
	for (size_t i = 0; i < rr->proof_len; i++) {
		rr->proof[i] ^= 1;
		ck_assert_msg(
		    judge(s.b, 1, 0) == POSSESSION_BAD, "byte %zu", i);
		rr->proof[i] ^= 1;
	}
	s.b->list[0].time++;
	ck_assert(judge(s.b, 0, 0) == POSSESSION_BAD);
	s.b->list[0].time--;
	s.b->list[1].time++;
	ck_assert(judge(s.b, 0, 0) == POSSESSION_BAD);
	ck_assert(judge(s.b, 1, 0) == POSSESSION_BAD);
	s.b->list[1].time--;
	ck_assert_uint_eq(good_proofs(s.b), 3);
	/* Another's, and the same key's of another bundle. */
	swap_proofs(rr, &s.b->list[1].rrs[1]);
	ck_assert_uint_eq(good_proofs(s.b), 1);
	swap_proofs(rr, &s.b->list[1].rrs[1]);
	swap_proofs(rr, &s.b->list[0].rrs[0]);
	ck_assert_uint_eq(good_proofs(s.b), 1);
	swap_proofs(rr, &s.b->list[0].rrs[0]);
	/* A key is taken out of the bundle: nobody signed that. */
	s.b->list[1].count = 1;
	ck_assert(judge(s.b, 1, 0) == POSSESSION_BAD);
	s.b->list[1].count = 2;
	free(rr->proof);
	rr->proof = NULL;
	ck_assert(judge(s.b, 1, 0) == POSSESSION_MISSING);
	ck_assert_uint_eq(good_proofs(s.b), 2);
	scene_end(&s);
}
END_TEST

/* A bit of the file: what is read has no more good proofs than it says. */
START_TEST(test_bits)
{
	struct dflow_err err;
	struct bundles *b = NULL;
	struct scene s;
	struct buf text;
	size_t at;

	scene_begin(&s, "15");
	buf_init(&text, BUNDLES_BYTES_MAX);
	bundles_write(s.b, BUNDLE_BIND, &text);
	at = footer_at((const char *)text.data, text.len);
	for (size_t i = 0; i < at; i++) {
		uint8_t c = text.data[i];

		text.data[i] = c ^ (uint8_t)(1 << i % 7);
		if (bundles_parse("b", (const char *)text.data, text.len, &b,
			&err) == DFLOW_OK) {
			/* Only letter case and words for people go unseen. */
			for (size_t n = 0; n < b->count && good_proofs(b) == 3;
			     n++) {
				ck_assert(b->list[n].time == s.b->list[n].time);
				ck_assert_uint_eq(
				    b->list[n].count, s.b->list[n].count);
			}
			bundles_free(&b);
		}
		text.data[i] = c;
	}
	buf_free(&text);
	scene_end(&s);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *s = suite_create("bundle_write");
	TCase *t = tcase_create("bundle_write");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_bind, 0, COUNT(bind_files));
	tcase_add_test(t, test_knot);
	tcase_add_loop_test(t, test_reading, 0, COUNT(readings));
	tcase_add_loop_test(t, test_proofs, 0, COUNT(algorithms));
	tcase_add_test(t, test_tampered);
	tcase_add_test(t, test_bits);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
