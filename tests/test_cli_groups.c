/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs of one word and of two: what is run, what is said. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/cli.h"

enum { WORDS_MAX = 12 };

static const struct cli_option options[] = {
    {'y', "yes", NULL, "a switch"},
    CLI_OPTION_END,
};

/* Says which verb it is and the words behind it. */
static enum dflow_status
run_words(const struct cli *c, struct dflow_err *e)
{
	(void)e;
	printf("%s", c->verb->name);
	for (size_t i = 0; i < c->operand_count; i++)
		printf(" %s", c->operands[i]);
	printf("%s\n", cli_has(c, "yes") ? " yes" : "");
	return DFLOW_OK;
}

static const struct cli_verb grouped[] = {
    {"sign", "WORD...", "signs", options, "WORD", 1, 9, run_words},
    {"box", "ACTION [word]...", "a box", NULL, "ACTION", 0, 0, NULL},
    {"box list", "", "lists what is in it", options, "WORD", 0, 0, run_words},
    {"box put", "WORD...", "puts", options, "WORD", 1, 9, run_words},
    {"boxes", "", "no box", options, "WORD", 0, 0, run_words},
};
static const struct cli_tool grouped_tool = {"tool", "a tool", grouped, 5};

/* The whole of what the tool prints for these words, and its status. */
static const struct {
	const char *words;
	int status;
	const char *says;
} groups[] = {
    {"sign a", 0, "sign a\n"},
    {"box list -y", 0, "box list yes\n"},
    {"box put a -y b", 0, "box put a b yes\n"},
    {"boxes", 0, "boxes\n"},
    {"box", 2,
	"tool: box wants one of these words behind it: list, put; see "
	"'tool box --help'\n"},
    {"box lst", 2,
	"tool: box has no 'lst'; it has list, put; see 'tool box --help'\n"},
    {"box -y", 2,
	"tool: box has no '-y'; it has list, put; see 'tool box --help'\n"},
    {"box list a", 2,
	"tool: one word too many: 'a'; see 'tool box list --help'\n"},
    {"box put", 2, "tool: no WORD given; see 'tool box put --help'\n"},
    {"box put -x", 2, "tool: unknown option '-x'; see 'tool box put --help'\n"},
    {"list", 2, "tool: unknown verb 'list'; see 'tool --help'\n"},
    {"box --help", 0,
	"usage: tool box ACTION [word]...\n\na box\n\n"
	"  list        lists what is in it\n"
	"  put         puts\n\n"
	"See 'tool box ACTION --help', and tool-box(1).\n"},
    {"--help", 0,
	"usage: tool VERB [option]... [word]...\n\na tool\n\n"
	"  sign        signs\n"
	"  box         a box\n"
	"  boxes       no box\n\n"
	"See 'tool VERB --help' for a verb's options, and tool(1).\n"},
    {"box --version", 0, "tool (dnssecflow) " PACKAGE_VERSION "\n"},
};

/* In a process of its own, for cli_main closes standard output. */
START_TEST(test_groups)
{
	char line[64], seen[1024] = "";
	char *args[WORDS_MAX], *save = NULL;
	int count = 0, status, fds[2];
	pid_t pid;

	(void)snprintf(line, sizeof(line), "tool %s", groups[_i].words);
	for (char *w = strtok_r(line, " ", &save);
	     w != NULL && count < WORDS_MAX - 1; w = strtok_r(NULL, " ", &save))
		args[count++] = w;
	args[count] = NULL;
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) != STDOUT_FILENO ||
		    dup2(fds[1], STDERR_FILENO) != STDERR_FILENO)
			_exit(99);
		_exit(cli_main(&grouped_tool, count, args));
	}
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ge(read(fds[0], seen, sizeof(seen) - 1), 0);
	close(fds[0]);
	ck_assert_str_eq(seen, groups[_i].says);
	ck_assert_int_eq(WEXITSTATUS(status), groups[_i].status);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cli_groups");
	TCase *t = tcase_create("cli_groups");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(
	    t, test_groups, 0, sizeof(groups) / sizeof(groups[0]));
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
