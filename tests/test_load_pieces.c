/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file is read in pieces by threads: for any number of them and any size of
 * piece the zone is the same, and so is the first error.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "dns/rrtext.h"
#include "zone/loader.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { FILES = 3, RUNS = 150, DUMP_MAX = 64 << 20 };

static char dir[256];

/* A generator of its own: the same files on every machine. */
static uint32_t seed;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
in_dir(const char *name, char path[600])
{
	(void)snprintf(path, 600, "%s/%s", dir, name);
}

static void
dump_zone(const struct zone *z, struct buf *out)
{
	char name[NAME_TEXT_SIZE];

	(void)name_text(z->apex, name);
	buf_printf(out, "%s %zu\n", name, z->rr_count);
	for (size_t i = 0; i < z->node_count; i++) {
		const struct node *n = &z->nodes[i];

		buf_printf(out, "%u:\n", n->kind);
		for (size_t k = 0; k < n->count; k++)
			rrtext_put_rrset(out, &z->rrsets[n->first + k]);
	}
	for (size_t i = 0; i < z->flaw_count; i++) {
		const struct flaw *f = &z->flaws[i];

		(void)name_text(f->owner, name);
		buf_printf(out, "%s:%u: %s %u %u\n", f->file, f->line, name,
		    f->type, f->kind);
	}
}

/* What comes of the file, or the error. */
static void
dump(const struct zone_load *p, size_t piece, struct buf *out)
{
	struct dflow_err err = {.text = ""};
	struct zone_builder *b = NULL;
	struct zone *z = NULL;
	uint8_t apex[NAME_MAX_LEN];

	buf_init(out, DUMP_MAX);
	if (zone_load_pieces(p, piece, &b, apex, &err) == DFLOW_OK &&
	    zone_build(&b, apex, p->threads, &z, &err) == DFLOW_OK)
		dump_zone(z, out);
	else
		buf_printf(out, "error: %s", err.text);
	zone_free(&z);
	ck_assert(!out->failed);
	buf_u8(out, 0);
}

static const struct {
	unsigned threads;
	size_t piece;
} ways[] = {{1, 1}, {1, 100}, {2, 1}, {2, 100}, {2, 4000}, {3, 1}, {3, 300},
    {8, 1}, {8, 37}};

static void
dump_file(const char *path, unsigned threads, size_t piece, struct buf *out)
{
	struct zone_load p = {.path = path, .threads = threads};

	dump(&p, piece, out);
}

/* True if it is a zone. */
static bool
compare(const char *path)
{
	struct buf want, got;
	bool zone;

	dump_file(path, 1, LINES_RECORD_MAX, &want);
	zone = strncmp((char *)want.data, "error", 5) != 0;
	for (size_t i = 0; i < COUNT(ways); i++) {
		dump_file(path, ways[i].threads, ways[i].piece, &got);
		ck_assert_msg(strcmp((char *)want.data, (char *)got.data) == 0,
		    "%s, seed %u, %u threads, pieces of %zu: %.2000s\n"
		    "instead of %.2000s",
		    path, seed, ways[i].threads, ways[i].piece, got.data,
		    want.data);
		buf_free(&got);
	}
	buf_free(&want);
	return zone;
}

static size_t
compare_all(const char *folder, size_t *zones)
{
	const char *src = getenv("srcdir");
	char from[300], path[600];
	struct dirent *e;
	size_t files = 0;
	DIR *d;

	(void)snprintf(
	    from, sizeof(from), "%s/%s", src == NULL ? "." : src, folder);
	d = opendir(from);
	ck_assert_msg(d != NULL, "%s", from);
	for (e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", from, e->d_name);
		*zones += compare(path);
		files++;
	}
	(void)closedir(d);
	return files;
}

START_TEST(given_files)
{
	size_t zones = 0;

	ck_assert_uint_gt(compare_all("testzones", &zones), 5);
	ck_assert_uint_gt(zones, 5);
	ck_assert_uint_gt(compare_all("tests/fuzz/corpus/zone", &zones), 2);
}
END_TEST

static const char *const mistakes[] = {"x A 1.2.3", "x A", "x NOSUCH 1",
    "x A 1.1.1.1 )", "x TXT \"y", "x TYPE41 \\# 0", "x 4294967295 A 1.1.1.1",
    "x A \\# 5 0102030405", "$FOO", "$INCLUDE none", "$TTL 2147483648",
    "x A 1.1.1.1\r; y", "a..b A 1.1.1.1"};

/* One record or directive more. */
static void
put_record(struct buf *b, unsigned file, unsigned flaw, const char *eol)
{
	const char *ttl = pick(3) == 0 ? " 300" : pick(4) == 0 ? " 60" : "";
	unsigned n = pick(40);

	if (pick(flaw) == 0)
		buf_printf(b, "%s%s", mistakes[pick(COUNT(mistakes))], eol);
	switch (pick(16)) {
	case 0:
		buf_printf(b, "$ORIGIN s%u%s", n % 3, pick(2) ? eol : ".test.");
		if (b->data[b->len - 1] != '\n')
			buf_str(b, eol);
		break;
	case 1:
		if (pick(4) == 0)
			buf_printf(b, "$TTL %u%s", n, eol);
		break;
	case 2:
		if (file + 1 < FILES && pick(4) == 0)
			buf_printf(b, "$INCLUDE f%u%s%s", file + 1,
			    pick(2) ? " i" : "", eol);
		break;
	case 3:
		buf_printf(b, "n%u%s MX (%s\t%u ; (%s%s ) x%s", n, ttl, eol, n,
		    eol, eol, eol);
		break;
	case 4:
		buf_printf(b, "n%u%s TXT \"a;b(\" \\\" ; ) c%s", n, ttl, eol);
		break;
	case 5:
	case 6:
	case 7:
		buf_printf(b, " %s A 10.0.0.%u%s", ttl, n, eol);
		break;
	case 8:
		buf_printf(b, "%s ; comment%s", eol, eol);
		break;
	case 9:
		buf_printf(b, "n%u%s NS d%u%s", n, ttl, n, eol);
		break;
	case 10:
		buf_printf(b, "x.n%u%s CLASS1 A 10.0.1.%u%s", n, ttl, n, eol);
		break;
	case 11:
		buf_printf(b, "n%u%s DNAME d%s", n, ttl, eol);
		break;
	default:
		buf_printf(b, "N%u%s A 10.0.0.%u%s", n, ttl, pick(9), eol);
	}
}

/* f0 includes f1, and that f2. */
static void
make_files(unsigned flaw)
{
	const char *eol = pick(3) == 0 ? "\r\n" : "\n";
	struct dflow_err err;
	char name[8], path[600];
	struct buf b;

	for (unsigned i = 0; i < FILES; i++) {
		unsigned count = 20 + pick(200);

		buf_init(&b, 1 << 20);
		if (pick(2) == 0)
			buf_printf(&b, "$TTL 77%s", eol);
		if (i == 0)
			buf_printf(&b, "@%s SOA a b 1 2 3 4 55%s",
			    pick(2) ? " 60" : "", eol);
		while (count-- > 0)
			put_record(&b, i, flaw, eol);
		(void)snprintf(name, sizeof(name), "f%u", i);
		in_dir(name, path);
		ck_assert_int_eq(
		    os_write(path, 0600, b.data, b.len, &err), DFLOW_OK);
		buf_free(&b);
	}
}

START_TEST(made_files)
{
	char path[600];
	size_t zones = 0;

	in_dir("f0", path);
	for (unsigned i = 0; i < RUNS; i++) {
		seed = i;
		make_files(_i == 0 ? 1u << 20 : 400);
		zones += compare(path);
	}
	/* Both sorts were there, or this shows less than it says. */
	ck_assert_uint_gt(zones, RUNS / 10);
	ck_assert_uint_lt(zones, _i == 0 ? RUNS + 1 : RUNS);
}
END_TEST

/*
 * In canonical order, so that pieces are the ranges that threads build: cuts
 * reach over their ends, and so do names.
 */
START_TEST(ordered_file)
{
	struct dflow_err err;
	char path[600];
	struct buf b, got;

	buf_init(&b, 1 << 20);
	buf_str(&b, "$TTL 5\ntest. SOA a. b. 1 2 3 4 5\n");
	for (unsigned i = 100; i < 200; i++) {
		buf_printf(&b, "d%u.test. %s x.\n", i, i % 2 ? "NS" : "DNAME");
		for (unsigned k = 100; k < 105; k++)
			buf_printf(&b,
			    "e%u.d%u.test. NS y.\ne%u.d%u.test. A 1.1.1.1\n", k,
			    i, k, i);
	}
	in_dir("f0", path);
	ck_assert_int_eq(os_write(path, 0600, b.data, b.len, &err), DFLOW_OK);
	ck_assert(compare(path));
	dump_file(path, 2, 1, &got);
	/* All below a cut are occluded (2). */
	ck_assert_ptr_null(strstr((char *)got.data, "1:\ne1"));
	ck_assert_ptr_nonnull(strstr((char *)got.data, "2:\ne1"));
	buf_free(&got);
	buf_free(&b);
}
END_TEST

/* What a filter saw, and what it does by the number of the record. */
struct watch {
	struct buf seen;
	unsigned count;
	unsigned fails_at;
};

static enum dflow_status
watch(struct zone_rr *rr, bool *keep, void *ctx, struct dflow_err *err)
{
	struct watch *w = ctx;

	buf_printf(&w->seen, "%u:%u:%u ", rr->file, rr->line, rr->type);
	w->count++;
	if (w->count == w->fails_at)
		return err_set(err, DFLOW_REFUSED, "enough");
	if (w->count % 50 == 40)
		rr->ttl = 5;
	*keep = w->count % 100 != 30;
	return DFLOW_OK;
}

static bool
drop(const struct zone_rr *rr, const void *ctx)
{
	(void)ctx;
	return rr->type == 15; /* MX */
}

/* A filter sees the same RRs in the same order, and what it does holds. */
START_TEST(filtered)
{
	char path[600];

	in_dir("f0", path);
	for (unsigned i = 0; i < RUNS; i++) {
		struct watch one = {.fails_at = i % 5 == 0 ? 60 : 0};
		struct watch many = one;
		struct zone_load p = {.path = path,
		    .threads = 1,
		    .drop = i % 2 ? drop : NULL,
		    .filter = watch,
		    .ctx = &one};
		struct buf want, got;

		seed = i;
		make_files(_i == 0 ? 1u << 20 : 400);
		buf_init(&one.seen, DUMP_MAX);
		buf_init(&many.seen, DUMP_MAX);
		dump(&p, LINES_RECORD_MAX, &want);
		p.threads = 3;
		p.ctx = &many;
		dump(&p, 50 + i, &got);
		buf_u8(&one.seen, 0);
		buf_u8(&many.seen, 0);
		ck_assert_str_eq((char *)one.seen.data, (char *)many.seen.data);
		ck_assert_str_eq((char *)want.data, (char *)got.data);
		buf_free(&want);
		buf_free(&got);
		buf_free(&one.seen);
		buf_free(&many.seen);
	}
}
END_TEST

/* At every ceiling it fails with the one message, or succeeds. */
START_TEST(ceiling)
{
	char path[600];
	size_t max = 1;
	bool done = false;

	in_dir("f0", path);
	for (unsigned i = 0; i == 0 || !compare(path); i++) {
		seed = i;
		make_files(1u << 20);
	}
	for (; !done; max += 20000) {
		struct zone_load p = {
		    .path = path, .threads = 3, .max_memory = max};
		struct buf got;

		dump(&p, 200, &got);
		done = strncmp((char *)got.data, "error", 5) != 0;
		if (!done)
			ck_assert_ptr_nonnull(
			    strstr((char *)got.data, "--max-memory"));
		buf_free(&got);
	}
	ck_assert_uint_gt(max, 20001);
}
END_TEST

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(dir, sizeof(dir), "%s/test_load_pieces.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
teardown(void)
{
	static const char *const names[FILES] = {"f0", "f1", "f2"};
	char path[600];

	for (size_t i = 0; i < COUNT(names); i++) {
		in_dir(names[i], path);
		os_remove(path);
	}
	(void)rmdir(dir);
}

int
main(void)
{
	Suite *s = suite_create("load_pieces");
	TCase *tc = tcase_create("load_pieces");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, given_files);
	tcase_add_loop_test(tc, made_files, 0, 2);
	tcase_add_test(tc, ordered_file);
	tcase_add_loop_test(tc, filtered, 0, 2);
	tcase_add_test(tc, ceiling);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
