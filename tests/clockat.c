/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program that has no option for it: the time of day is
 * CLOCK_AT, seconds since 1970. Clocks that only measure go on as they are.
 * Nothing is looked up and nothing allocated, for the allocator may be the
 * first to ask.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
clock_at(void)
{
	const char *at = getenv("CLOCK_AT");
	struct timespec real;

	if (at != NULL)
		return (time_t)strtoll(at, NULL, 10);
	(void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &real);
	return real.tv_sec;
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, t);
	t->tv_sec = clock_at();
	t->tv_nsec = 0;
	return 0;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	(void)zone;
	t->tv_sec = clock_at();
	t->tv_usec = 0;
	return 0;
}

time_t
time(time_t *t)
{
	time_t now = clock_at();

	if (t != NULL)
		*t = now;
	return now;
}
