/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a command and tells what it took:
 *
 *     measure SECONDS REPORT COMMAND...
 *
 * REPORT becomes one line: how it ended (good, failed or stopped), seconds by
 * the clock on the wall, seconds of processors, peak resident memory in KiB.
 * A command that takes longer than SECONDS is killed, and so is one whose
 * measure is told to end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct outcome {
	const char *how;
	double wall_s;
	struct rusage used;
};

static double
clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
timeval_s(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/*
 * Waits for a signal of those in set until the clock says end_s. Returns its
 * number, SIGALRM if none came.
 */
static int
signal_before(const sigset_t *set, double end_s)
{
	for (;;) {
		double left = end_s - clock_s();
		struct timespec t;
		int got;

		if (left <= 0)
			return SIGALRM;
		t.tv_sec = (time_t)left;
		t.tv_nsec = (long)((left - (double)t.tv_sec) * 1e9);
		got = sigtimedwait(set, NULL, &t);
		if (got > 0)
			return got;
		if (errno == EAGAIN)
			return SIGALRM;
	}
}

/* Runs argv with the signals that measure itself blocks let through. */
static void
become(char **argv, const sigset_t *mask)
{
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Returns 0, or the signal that told measure to end. */
static int
run(char **argv, double limit_s, struct outcome *out)
{
	sigset_t set;
	sigset_t old;
	double start = clock_s();
	int status;
	int got;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (pid == -1)
		return SIGABRT;
	if (pid == 0)
		become(argv, &old);
	do {
		got = signal_before(&set, start + limit_s);
		if (got != SIGCHLD)
			kill(pid, SIGKILL);
		/* A child that was only stopped by job control goes on. */
	} while (
	    wait4(pid, &status, got == SIGCHLD ? WNOHANG : 0, &out->used) == 0);
	out->wall_s = clock_s() - start;
	out->how = "good";
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		out->how = "failed";
	if (got == SIGALRM)
		out->how = "stopped";
	return got == SIGALRM || got == SIGCHLD ? 0 : got;
}

int
main(int argc, char **argv)
{
	struct outcome out = {0};
	FILE *report;
	double limit_s;

	limit_s = argc < 4 ? 0 : strtod(argv[1], NULL);
	if (!(limit_s > 0)) {
		fprintf(stderr, "usage: measure SECONDS REPORT COMMAND...\n");
		return 2;
	}
	if (run(argv + 3, limit_s, &out) != 0) {
		fprintf(stderr, "measure: interrupted\n");
		return 1;
	}
	report = fopen(argv[2], "w");
	if (report == NULL) {
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	fprintf(report, "%s %.4f %.4f %ld\n", out.how, out.wall_s,
	    timeval_s(out.used.ru_utime) + timeval_s(out.used.ru_stime),
	    out.used.ru_maxrss);
	if (fclose(report) != 0) {
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	return 0;
}
