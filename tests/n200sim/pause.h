/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting that ends when the simulator does. */
#ifndef N200SIM_PAUSE_H
#define N200SIM_PAUSE_H

#include <pthread.h>
#include <stdbool.h>

struct pause {
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool stopped;
};

void pause_init(struct pause *p);
/* False if it was cut short. */
bool pause_ms(struct pause *p, unsigned ms);
/* Ends all waits, now and later. */
void pause_stop(struct pause *p);

#endif
