/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and --config files by a verb's table, and the JSON writer. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/cli.h"
#include "../src/json.h"

static const struct cli_option options[] = {
    {'k', "key", "KEY", "a list"},
    {'e', "expiration", "TIME", "a time"},
    {0, "ttl", "SECONDS", "a number"},
    {0, "memory", "SIZE", "a size"},
    {0, "spread", "SPAN", "a length of time"},
    {'y', "yes", NULL, "a switch"},
    {'2', "sha256", NULL, "a digit"},
    CLI_OPTION_NOW,
    CLI_OPTION_END,
};

static enum dflow_status
run(const struct cli *c, struct dflow_err *err)
{
	(void)c;
	(void)err;
	return DFLOW_OK;
}

static const struct cli_verb verbs[] = {
    {"sign", "WORD...", "signs", options, "WORD", 0, 9, run},
};
static const struct cli_tool tool = {"tool", "a tool", verbs, 1};

enum { WORDS_MAX = 12 };

static struct cli cli;
static struct dflow_err err;
static char *words[WORDS_MAX + 2]; /* of the last parse */
static char conf[256];

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	memset(&cli, 0, sizeof(cli));
	memset(&err, 0, sizeof(err));
	cli.tool = &tool;
	cli.verb = &verbs[0];
	cli.now = 1795219200;
	(void)snprintf(conf, sizeof(conf), "%s/test_cli.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_int_ne(close(mkstemp(conf)), -1);
}

/* Forgets the last parse. */
static void
forget(void)
{
	for (size_t i = 0; i < cli.value_count; i++)
		free(cli.values[i].text);
	for (size_t i = 0; i < WORDS_MAX; i++) {
		free(words[i]);
		words[i] = NULL;
	}
	free(cli.operands);
	cli.operands = NULL;
	cli.operand_count = 0;
	cli.value_count = 0;
}

static void
teardown(void)
{
	forget();
	free(cli.values);
	(void)unlink(conf);
}

/* Parses line's words; CONF is the path of the --config file. */
static enum dflow_status
parse(const char *line)
{
	char *copy = strdup(line);
	enum dflow_status st;
	char *save = NULL;
	int argc = 0;

	ck_assert_ptr_nonnull(copy);
	for (char *w = strtok_r(copy, " ", &save);
	     w != NULL && argc < WORDS_MAX; w = strtok_r(NULL, " ", &save)) {
		words[argc] = strdup(strcmp(w, "CONF") == 0 ? conf : w);
		ck_assert_ptr_nonnull(words[argc++]);
	}
	st = cli_parse(&cli, argc, words, &err);
	free(copy);
	return st;
}

static void
write_conf(const char *text)
{
	FILE *f = fopen(conf, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(test_words)
{
	ck_assert(
	    parse("sign a -k one b --key=two --yes -2 -- -k") == DFLOW_OK);
	ck_assert_uint_eq(cli.operand_count, 3);
	ck_assert_str_eq(cli.operands[0], "a");
	ck_assert_str_eq(cli.operands[1], "b");
	ck_assert_str_eq(cli.operands[2], "-k");
	ck_assert_uint_eq(cli_count(&cli, "key"), 2);
	ck_assert_str_eq(cli_nth(&cli, "key", 0), "one");
	ck_assert_str_eq(cli_text(&cli, "key"), "two");
	ck_assert(cli_has(&cli, "yes"));
	ck_assert(cli_has(&cli, "sha256"));
	ck_assert(!cli_has(&cli, "ttl"));
	ck_assert_ptr_null(cli_text(&cli, "ttl"));
}
END_TEST

START_TEST(test_dash)
{
	ck_assert(parse("sign - -e -1h") == DFLOW_OK);
	ck_assert_str_eq(cli.operands[0], "-");
	ck_assert_str_eq(cli_text(&cli, "expiration"), "-1h");
}
END_TEST

START_TEST(test_posixly_correct)
{
	ck_assert_int_eq(setenv("POSIXLY_CORRECT", "1", 1), 0);
	ck_assert(parse("sign a -y") == DFLOW_OK);
	ck_assert(cli_has(&cli, "yes"));
	ck_assert_int_eq(unsetenv("POSIXLY_CORRECT"), 0);
}
END_TEST

static const struct {
	const char *line;
	const char *says;
} bad[] = {
    {"sign --foo", "unknown option '--foo'"},
    {"sign --foo=x", "unknown option '--foo=x'"},
    {"sign -x", "unknown option '-x'"},
    {"sign -yx", "unknown option '-x'"},
    {"sign -k", "option '-k' wants KEY"},
    {"sign --key", "option '--key' wants KEY"},
    {"sign --yes=1", "option '--yes' takes no argument"},
};

START_TEST(test_bad_words)
{
	ck_assert(parse(bad[_i].line) == DFLOW_USAGE);
	ck_assert_str_eq(err.text, bad[_i].says);
	ck_assert_int_eq(err.status, DFLOW_USAGE);
}
END_TEST

START_TEST(test_values)
{
	uint64_t n = 7;
	int64_t when = 7;

	ck_assert(parse("sign -e +1d --ttl 300") == DFLOW_OK);
	ck_assert(cli_when(&cli, "expiration", &when, &err) == DFLOW_OK);
	ck_assert_int_eq(when, 1795219200 + 86400);
	ck_assert(cli_number(&cli, "ttl", 1, 300, &n, &err) == DFLOW_OK);
	ck_assert_uint_eq(n, 300);
	ck_assert(cli_number(&cli, "ttl", 1, 299, &n, &err) == DFLOW_USAGE);
	ck_assert_str_eq(err.text, "--ttl is 1 to 299, not '300'");
	ck_assert(cli_when(&cli, "now", &when, &err) == DFLOW_OK);
}
END_TEST

START_TEST(test_numbers)
{
	static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "1x",
	    "0x1", "18446744073709551616", "99999999999999999999999"};
	uint64_t n;

	ck_assert(cli_number_parse("18446744073709551615", 0, UINT64_MAX, &n));
	ck_assert(n == UINT64_MAX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(!cli_number_parse(wrong[i], 0, UINT64_MAX, &n),
		    "%s", wrong[i]);
}
END_TEST

static const struct {
	const char *text;
	size_t size; /* 0: refused */
} sizes[] = {
    {"1M", 1 << 20},
    {"1048576", 1 << 20},
    {"1024K", 1 << 20},
    {"3G", (size_t)3 << 30},
    {"18446744073709551615", SIZE_MAX},
    {"18446744073709551616", 0},
    {"17179869183G", (size_t)17179869183 << 30},
    {"17179869184G", 0},
    {"17179869185G", 0}, /* 1G more than there is */
    {"99999999999999999999999999999999G", 0},
    {"0", 0},
    {"0G", 0},
    {"1048575", 0},
    {"1023K", 0},
    {"1.5G", 0},
    {"-1G", 0},
    {"+1G", 0},
    {" 1G", 0},
    {"1GB", 0},
    {"1KK", 0},
    {"1T", 0},
    {"1m", 0},
    {"G", 0},
    {"", 0},
    {"much", 0},
};

START_TEST(test_sizes)
{
	static char memory[] = "--memory", sign[] = "sign";
	char text[64], want[160];
	char *args[] = {sign, memory, text, NULL};
	size_t size = 7;

	(void)snprintf(text, sizeof(text), "%s", sizes[_i].text);
	ck_assert(cli_parse(&cli, 3, args, &err) == DFLOW_OK);
	if (sizes[_i].size > 0) {
		ck_assert_msg(cli_size(&cli, "memory", &size, &err) == DFLOW_OK,
		    "%s", err.text);
		ck_assert_uint_eq(size, sizes[_i].size);
		return;
	}
	ck_assert(cli_size(&cli, "memory", &size, &err) == DFLOW_USAGE);
	ck_assert_uint_eq(size, 7);
	(void)snprintf(want, sizeof(want),
	    "--memory is bytes, 1M or more, with K, M or G behind as in "
	    "500M, not '%s'",
	    text);
	ck_assert_str_eq(err.text, want);
}
END_TEST

/* What is wrong in a file is told with its place. */
START_TEST(test_refuse)
{
	size_t size = 7;
	int64_t span = 7;

	write_conf("yes\nmemory 0\nspread -1d\n");
	ck_assert(parse("sign --config CONF") == DFLOW_OK);
	ck_assert(cli_size(&cli, "memory", &size, &err) == DFLOW_USAGE);
	ck_assert_mem_eq(err.text, conf, strlen(conf));
	ck_assert_mem_eq(err.text + strlen(conf), ":2: memory is bytes", 19);
	ck_assert(cli_span(&cli, "spread", &span, &err) == DFLOW_USAGE);
	ck_assert_mem_eq(
	    err.text + strlen(conf), ":3: spread: \"-1d\" is not", 24);
	ck_assert(cli_refuse(&cli, "spread", "too long", &err) == DFLOW_USAGE);
	ck_assert_str_eq(err.text + strlen(conf), ":3: spread: too long");
	ck_assert(cli_size(&cli, "ttl", &size, &err) == DFLOW_OK);
	ck_assert_uint_eq(size, 7);
	forget();
	ck_assert(parse("sign --spread 1d") == DFLOW_OK);
	ck_assert(cli_refuse(&cli, "spread", "too long", &err) == DFLOW_USAGE);
	ck_assert_str_eq(err.text, "--spread: too long");
}
END_TEST

START_TEST(test_config)
{
	write_conf("# a comment\n\n  expiration 30d  # a month\r\n"
		   "key /a dir/K#1\nkey two\nyes\nttl\t60");
	ck_assert_msg(
	    parse("sign --ttl 5 --config CONF") == DFLOW_OK, "%s", err.text);
	ck_assert_str_eq(cli_text(&cli, "expiration"), "30d");
	ck_assert_uint_eq(cli_count(&cli, "key"), 2);
	ck_assert_str_eq(cli_nth(&cli, "key", 0), "/a dir/K#1");
	ck_assert(cli_has(&cli, "yes"));
	ck_assert_str_eq(cli_text(&cli, "ttl"), "5");
	ck_assert_uint_eq(cli_count(&cli, "ttl"), 1);
}
END_TEST

/* A list that the command line gives is not added to. */
START_TEST(test_config_list)
{
	write_conf("key one\nkey two\n");
	ck_assert(parse("sign -k mine --config CONF") == DFLOW_OK);
	ck_assert_uint_eq(cli_count(&cli, "key"), 1);
	ck_assert_str_eq(cli_text(&cli, "key"), "mine");
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} bad_conf[] = {
    {"expiry 3d\n", ":1: unknown option 'expiry'"},
    {"yes\n\n--yes\n", ":3: unknown option '--yes'"},
    {"yes 1\n", ":1: option 'yes' takes no argument"},
    {"ttl\n", ":1: option 'ttl' wants SECONDS"},
    {"config x\n", ":1: option 'config' is for the command line alone"},
    {"help\n", ":1: option 'help' is for the command line alone"},
    {"k one\n", ":1: unknown option 'k'"},
};

START_TEST(test_bad_config)
{
	write_conf(bad_conf[_i].text);
	ck_assert(parse("sign --config CONF") == DFLOW_USAGE);
	ck_assert_mem_eq(err.text, conf, strlen(conf));
	ck_assert_str_eq(err.text + strlen(conf), bad_conf[_i].says);
}
END_TEST

START_TEST(test_config_limits)
{
	char *text = malloc(CLI_CONFIG_LINE_MAX + 1);
	int64_t when = 0;

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', CLI_CONFIG_LINE_MAX);
	text[CLI_CONFIG_LINE_MAX] = '\0';
	write_conf(text);
	ck_assert(parse("sign --config CONF") == DFLOW_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, ":1: line longer than"));
	free(text);
	write_conf("expiration soon\n");
	forget();
	ck_assert(parse("sign --config CONF") == DFLOW_OK);
	ck_assert(cli_when(&cli, "expiration", &when, &err) == DFLOW_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, ":1: expiration: "));
	forget();
	ck_assert(parse("sign --config /nonexistent/x") == DFLOW_FAILED);
}
END_TEST

START_TEST(test_error_text)
{
	(void)cli_error(&err, DFLOW_FAILED, "a\033[2J\nb%s", "\177");
	ck_assert_str_eq(err.text, "a\\027[2J\\010b\\127");
}
END_TEST

/* A warning is one line that no terminal obeys. */
START_TEST(test_warn)
{
	char seen[64] = "";
	int fds[2], saved = dup(STDERR_FILENO);

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	cli_warn(&cli, "a\033[2J\nb");
	ck_assert_int_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	ck_assert_int_eq(read(fds[0], seen, sizeof(seen) - 1), 20);
	ck_assert_str_eq(seen, "tool: a\\027[2J\\010b\n");
	close(saved);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(test_json)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct json j;

	ck_assert_ptr_nonnull(f);
	json_init(&j, f);
	json_object(&j, NULL);
	json_text(
	    &j, "a", "q\"\\\n\x7f\xc3\xa9\xff\xed\xa0\x80\xf0\x9f\x98\x80");
	json_array(&j, "b");
	json_int(&j, NULL, INT64_MIN);
	json_bool(&j, NULL, true);
	json_object(&j, NULL);
	json_object_end(&j);
	json_array_end(&j);
	json_text(&j, "c", NULL);
	json_fraction(&j, "d", 0.1234567);
	json_fraction(&j, "e", 1.0 / 0.0);
	json_object_end(&j);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_str_eq(text,
	    "{\n  \"a\": \"q\\\"\\\\\\u000a\\u007f\\u00e9"
	    "\\ufffd\\ufffd\\ufffd\\ufffd\\ud83d\\ude00\",\n  \"b\": [\n"
	    "    -9223372036854775808,\n    true,\n    {}\n  ],\n"
	    "  \"c\": null,\n  \"d\": 0.123457,\n  \"e\": null\n}\n");
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cli");
	TCase *t = tcase_create("cli");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_words);
	tcase_add_test(t, test_dash);
	tcase_add_test(t, test_posixly_correct);
	tcase_add_loop_test(t, test_bad_words, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_values);
	tcase_add_test(t, test_numbers);
	tcase_add_loop_test(t, test_sizes, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(t, test_refuse);
	tcase_add_test(t, test_config);
	tcase_add_test(t, test_config_list);
	tcase_add_loop_test(
	    t, test_bad_config, 0, sizeof(bad_conf) / sizeof(bad_conf[0]));
	tcase_add_test(t, test_config_limits);
	tcase_add_test(t, test_error_text);
	tcase_add_test(t, test_warn);
	tcase_add_test(t, test_json);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
