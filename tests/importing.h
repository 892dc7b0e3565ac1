/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A right side in a folder of a test's own: ZSKs, a store, what comes there. */
#ifndef TESTS_IMPORTING_H
#define TESTS_IMPORTING_H

#include "base/when.h"
#include "dnssecflow/exchange.h"
#include "skrmaker.h"

#define T0 INT64_C(1796083200) /* 2026-12-01 00:00:00 UTC */
#define DAY INT64_C(86400)
#define ID "000102030405060708090a0b0c0d0e0f"

/* KSKs and ZSKs by index: 3 of each; the last of each is a stranger's. */
enum { A = 1, B = 2, EVIL = 4, ONE = 1, TWO = 2, ODD = 4 };

static char home[200];
static struct skr_maker maker;
static struct dflow_err err;
static struct dflow_imported done;
static struct dflow_import params;

/* A path that stands until the test ends. */
static inline const char *
in_home(const char *name)
{
	static char paths[64][KEYDIR_PATH];
	static unsigned count;
	char *path = paths[count++];

	ck_assert_uint_le(count, 64);
	snprintf(path, KEYDIR_PATH, "%s/%s", home, name);
	return path;
}

static inline struct signer *
make_key(const char *dir, bool ksk, int64_t publish, int64_t remove)
{
	struct keydir d;
	struct dflow_keygen p;
	char name[DFLOW_KEYGEN_BASE], base[KEYDIR_PATH];

	snprintf(d.path, sizeof(d.path), "%s/%s", home, dir);
	p = keydir_params(&d, "13");
	p.ksk = ksk;
	p.now = T0 - 10 * DAY;
	p.publish = publish;
	p.activate = publish;
	p.remove = remove;
	if (remove != DFLOW_KEYGEN_UNSET)
		p.inactive = remove;
	ck_assert_msg(dflow_keygen(&p, name, &err) == DFLOW_OK, "%s", err.text);
	keydir_path(&d, name, "", base);
	return skr_open(base);
}

static inline void
run(const char *command)
{
	char text[KEYDIR_PATH];

	snprintf(text, sizeof(text), "cd '%s' && %s", home, command);
	ck_assert_int_eq(system(text), 0);
}

static inline void
setup(void)
{
	const char *tmp = getenv("TMPDIR");
	struct dflow_err why;

	snprintf(home, sizeof(home), "%s/importing.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(home));
	run("mkdir left evil keys store");
	ck_assert(name_parse("example.com", maker.zone, &why) == DFLOW_OK);
	maker.ksk[0] = make_key("left", true, T0 - 9 * DAY, INT64_MIN);
	maker.ksk[1] = make_key("left", true, T0 - 9 * DAY, INT64_MIN);
	maker.ksk[2] = make_key("evil", true, T0 - 9 * DAY, INT64_MIN);
	maker.zsk[0] = make_key("keys", false, T0 - 9 * DAY, T0 + 15 * DAY);
	maker.zsk[1] = make_key("keys", false, T0 + 9 * DAY, INT64_MIN);
	maker.zsk[2] = make_key("evil", false, T0 - 9 * DAY, INT64_MIN);
}

static inline void
teardown(void)
{
	skr_free(&maker);
	run("cd / && rm -rf \"$OLDPWD\"");
}

/* What a good request asks for, and its answer: until day 24. */
static const struct skr_bundle good[] = {
    {.time = T0, .ksks = A, .signers = A, .zsks = ONE},
    {.time = T0 + 9 * DAY, .ksks = A, .signers = A, .zsks = ONE | TWO},
    {.time = T0 + 15 * DAY, .ksks = A, .signers = A, .zsks = TWO},
};
enum { GOOD = 3 };

/* A footer as ours have it; the request's digest or none. */
static inline void
sign_off(struct bundles *b, int64_t until, const char *answers)
{
	b->footer.clock = T0 - DAY;
	b->footer.until = until;
	b->footer.count = b->count;
	snprintf(b->footer.id, sizeof(b->footer.id), "%s", ID);
	snprintf(
	    b->footer.answers, sizeof(b->footer.answers), "%.64s", answers);
}

/* keys/key-request of that answer; its digest goes out. */
static inline void
put_request(
    const struct skr_bundle *list, size_t count, char sha256[DFLOW_DIGEST_TEXT])
{
	struct bundles *b = skr_make(&maker, BUNDLE_KSR, list, count);

	sign_off(b, list[count - 1].time + 9 * DAY, "none");
	skr_write(b, in_home("keys/key-request"), sha256);
	bundles_free(&b);
}

/* The answer as a file of that name. */
static inline void
put_response(const char *name, const struct skr_bundle *list, size_t count,
    const char *answers)
{
	char sha256[DFLOW_DIGEST_TEXT];
	struct bundles *b = skr_make(&maker, BUNDLE_SKR, list, count);

	sign_off(b, list[count - 1].time + 9 * DAY, answers);
	if (answers[0] == '\0')
		b->footer.id[0] = '\0';
	skr_write(b, in_home(name), sha256);
	bundles_free(&b);
}

static inline void
begin(void)
{
	params = (struct dflow_import){
	    .dir = in_home("store"),
	    .key_dir = in_home("keys"),
	    .now = T0 + DAY,
	    .min_validity_s = 3 * DAY,
	};
}

static inline enum dflow_status
import(const char *name)
{
	struct dflow_imports *l = NULL;
	char path[KEYDIR_PATH];
	const char *paths[1] = {path};
	struct dflow_import p = params;
	enum dflow_status st;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	p.paths = paths;
	p.path_count = 1;
	err.text[0] = '\0';
	st = dflow_import(&p, &l, &err);
	if (st == DFLOW_OK)
		done = *dflow_imports_at(l, 0);
	if (l != NULL)
		dflow_imports_free(&l);
	return st;
}

static inline void
taken(const char *name)
{
	enum dflow_status st = import(name);

	ck_assert_msg(st == DFLOW_OK, "%s: %s", name, err.text);
}

/* Refused with that text, and the store is what it was. */
static inline void
refused(const char *name, const char *says)
{
	enum dflow_status st;

	run("rm -rf before && cp -a store before");
	st = import(name);
	ck_assert_msg(st == DFLOW_REFUSED, "%s: %d %s", name, st, err.text);
	ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
	ck_assert_ptr_null(strchr(err.text, '\n'));
	run("diff -r before store");
}

#endif
