/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One digest of many files, by sha256sum(1)'s recipe, and which they are. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "flow/fileset.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Each digest is of lines that were typed by hand. */
static const struct {
	const char *paths[3];
	const char *digests[3];
	size_t count;
	const char *sha256;
	const char *reason;
} rows[] = {
    {{NULL}, {NULL}, 0,
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4"
	"649b934ca495991b7852b855",
	"no file"},
    {{"x/y.ksr"}, {A}, 1,
	"c96d5b06d948dc30092256d5bfa0f0561561f7d6"
	"b6c136efb07002fe634cdf71",
	"one, by its base name"},
    {{"b", "a"}, {A, B}, 2,
	"e7c7f1185e5609afeddd34d17f011d867a8cc331"
	"4b62dfefc80e6a83c3df1160",
	"by name"},
    {{"a", "Z"}, {B, A}, 2,
	"c4f013245ce30bfeebe0bd00c86ac6bbfacdab70"
	"ed554773a7a8b1bf85e1b040",
	"in byte order"},
    {{"x/a", "y/a"}, {B, A}, 2,
	"4031a505242f44cbbd775e55440231385048831e"
	"c6de7fb05965dd91167c5f01",
	"two of one name"},
    {{"a/z", "b/y", "-"}, {A, A, B}, 3,
	"16ea1292341b33833eb30ed94a966f5428e6aeb7"
	"59781032cc15a2ff18fd48e8",
	"folders do not count"},
    {{"a\\b"}, {A}, 1,
	"6e2e1191dc54e6e5582d3b40ff761ad4da29dd7b"
	"64a05a2c0606e8bcecd2e0b4",
	"a backslash"},
    {{"a\nb"}, {A}, 1,
	"adc7c4ba7d856f138977c7ee775d14d97ad2de58"
	"fa264dd7ee3c46ee689cba07",
	"a newline"},
};

START_TEST(test_digest)
{
	struct dflow_file_facts files[3];
	char sha256[DFLOW_DIGEST_TEXT];

	for (size_t i = 0; i < rows[_i].count; i++) {
		files[i].path = rows[_i].paths[i];
		strcpy(files[i].sha256, rows[_i].digests[i]);
	}
	ck_assert_int_eq(
	    fileset_sha256(files, rows[_i].count, sha256, &err), DFLOW_OK);
	ck_assert_msg(strcmp(sha256, rows[_i].sha256) == 0, "%s: %s",
	    rows[_i].reason, sha256);
}
END_TEST

static struct dflow_fileset *
list(const char *const *operands, size_t count)
{
	struct dflow_fileset *s = NULL;

	ck_assert_int_eq(
	    dflow_fileset_list(operands, count, &s, &err), DFLOW_OK);
	return s;
}

START_TEST(test_list)
{
	static const char *const expected[] = {
	    "-", "d/A.ksr", "d/b.ksr", "d/b.ksr~", "none", "f"};
	const char *const operands[] = {"-", "d/", "none", "f"};
	struct dflow_fileset *s;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	put("d/b.ksr", "", 0600);
	put("d/A.ksr", "", 0600);
	put("d/b.ksr~", "", 0600);
	put("d/b.ksr.p7s", "", 0600);
	put("d/b.ksr.asc", "", 0600);
	put("d/b.ksr.sig", "", 0600);
	put("d/.hidden", "", 0600);
	put("f", "", 0600);
	s = list(operands, 4);
	ck_assert_uint_eq(
	    dflow_fileset_count(s), sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < dflow_fileset_count(s); i++)
		ck_assert_str_eq(dflow_fileset_path(s, i), expected[i]);
	ck_assert_ptr_null(dflow_fileset_path(s, dflow_fileset_count(s)));
	ck_assert(dflow_fileset_is_folder(s));
	dflow_fileset_free(&s);
	ck_assert_ptr_null(s);
	s = list(operands + 2, 2);
	ck_assert(!dflow_fileset_is_folder(s));
	dflow_fileset_free(&s);
	ck_assert_int_eq(system("rm -r d"), 0);
}
END_TEST

START_TEST(test_empty)
{
	const char *const operand = "d";
	struct dflow_fileset *s = NULL;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	put("d/x.p7s", "", 0600);
	ck_assert_int_eq(
	    dflow_fileset_list(&operand, 1, &s, &err), DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "d: no file in this folder");
	ck_assert_ptr_null(s);
	ck_assert_int_eq(system("rm -r d"), 0);
}
END_TEST

/* Only what was named may be a pipe or a device. */
START_TEST(test_pipe)
{
	const char *const operand = "d";
	struct dflow_fileset *s = NULL;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	put("f", "", 0600);
	ck_assert_int_eq(symlink("../f", "d/a"), 0);
	s = list(&operand, 1);
	dflow_fileset_free(&s);
	ck_assert_int_eq(symlink("/dev/null", "d/b"), 0);
	ck_assert_int_eq(
	    dflow_fileset_list(&operand, 1, &s, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "d/b: is no regular file"));
	ck_assert_int_eq(unlink("d/b"), 0);
	ck_assert_int_eq(mkfifo("d/c", 0600), 0);
	ck_assert_int_eq(
	    dflow_fileset_list(&operand, 1, &s, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "d/c: is no regular file"));
	ck_assert_ptr_null(s);
	ck_assert_int_eq(system("mv d/c p; rm -r d"), 0);
	s = list((const char *const[]){"p"}, 1);
	dflow_fileset_free(&s);
	ck_assert_int_eq(system("rm p f"), 0);
}
END_TEST

START_TEST(test_many)
{
	const char **operands = calloc(FILESET_MAX + 1, sizeof(*operands));
	struct dflow_fileset *s = NULL;

	ck_assert_ptr_nonnull(operands);
	for (size_t i = 0; i <= FILESET_MAX; i++)
		operands[i] = "f";
	s = list(operands, FILESET_MAX);
	dflow_fileset_free(&s);
	ck_assert_int_eq(
	    dflow_fileset_list(operands, FILESET_MAX + 1, &s, &err),
	    DFLOW_REFUSED);
	ck_assert_str_eq(err.text, "f: more than 10000 files at once");
	free(operands);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fileset");
	TCase *tc = tcase_create("fileset");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_digest, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_list);
	tcase_add_test(tc, test_empty);
	tcase_add_test(tc, test_pipe);
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
