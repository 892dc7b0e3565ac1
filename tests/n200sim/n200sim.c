/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A simulator of the se.SAM N200, the network HSM, for tests: see README. It
 * is ours, not the vendor's, and shares no code with what it tests.
 *
 * Prints "port N" once it listens. Ends on SIGTERM or SIGINT, or after its
 * lifetime; status 1 if it was told to reset itself.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http.h"

int64_t
sim_now(const struct sim *s)
{
	return s->set.clock >= 0 ? s->set.clock : (int64_t)time(NULL);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
write_counters(struct sim *s)
{
	if (!counters_write(&s->counters))
		fprintf(stderr, "n200sim: %s: %s\n", s->counters.file,
		    strerror(errno));
}

/* Until it is told to end, or its time is over. */
static void
wait_for_end(struct sim *s, const sigset_t *signals)
{
	int64_t end = monotonic_ms() + (int64_t)s->set.lifetime_s * 1000;

	for (;;) {
		int64_t left = end - monotonic_ms();
		struct timespec t = {
		    .tv_sec = left / 1000,
		    .tv_nsec = left % 1000 * 1000000,
		};
		int got = 0;

		if (left <= 0)
			return;
		got = sigtimedwait(signals, NULL, &t);
		if (got == SIGUSR1)
			write_counters(s);
		else if (got > 0)
			return;
	}
}

/* The device as the options want it; false: stderr says why. */
static bool
furnish(struct sim *s)
{
	const struct settings *set = &s->set;

	device_init(&s->device, set->next_number, sim_now(s));
	if (set->users != NULL && !device_read_users(&s->device, set->users)) {
		fprintf(stderr, "n200sim: --users %s: cannot be read\n",
		    set->users);
		return false;
	}
	if (set->article)
		device_add_article(&s->device);
	for (size_t i = 0; i < set->load_count; i++) {
		if (!sim_load(s, set->loads[i])) {
			fprintf(stderr, "n200sim: --load %s: cannot be had\n",
			    set->loads[i]);
			return false;
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct sim s = {0};
	struct MHD_Daemon *daemon = NULL;
	sigset_t signals;
	int status = 1;

	fault_init(&s.faults);
	sim_options(&s, argc, argv);
	counters_init(&s.counters, s.set.counters);
	pause_init(&s.pause);
	/* Before there are threads, so that none takes a signal. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!furnish(&s))
		goto out;
	daemon = http_start(&s);
	if (daemon == NULL)
		goto out;
	printf("port %u\n", s.set.port);
	fflush(stdout);
	wait_for_end(&s, &signals);
	pause_stop(&s.pause);
	http_stop(daemon);
	write_counters(&s);
	status = counters_get(&s.counters, COUNT_REQUESTS_FACTORYRESET) > 0;
out:
	device_free(&s.device);
	return status;
}
