/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pause.h"

#include <errno.h>
#include <string.h>
#include <time.h>

void
pause_init(struct pause *p)
{
	pthread_condattr_t attr;

	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->over, &attr);
	pthread_condattr_destroy(&attr);
}

bool
pause_ms(struct pause *p, unsigned ms)
{
	struct timespec end;
	bool stopped = false;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += (long)(ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	pthread_mutex_lock(&p->lock);
	while (!p->stopped && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&p->over, &p->lock, &end);
	stopped = p->stopped;
	pthread_mutex_unlock(&p->lock);
	return !stopped;
}

void
pause_stop(struct pause *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_cond_broadcast(&p->over);
	pthread_mutex_unlock(&p->lock);
}
