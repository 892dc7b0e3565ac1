/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counters.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const names[COUNTS] = {
    [COUNT_CONNECTIONS] = "connections",
    [COUNT_CONNECTIONS_OPEN] = "connections_open",
    [COUNT_CONNECTIONS_MAX] = "connections_max",
    [COUNT_HANDSHAKES] = "handshakes",
    [COUNT_HANDSHAKES_RESUMED] = "handshakes_resumed",
    [COUNT_REQUESTS_BEGUN] = "requests_begun",
    [COUNT_REQUEST_BYTES] = "request_bytes",
    [COUNT_REQUESTS] = "requests",
    [COUNT_REQUESTS_GENECCKEY] = "requests_genecckey",
    [COUNT_REQUESTS_IMPORTECCKEY] = "requests_importecckey",
    [COUNT_REQUESTS_TIMESTAMP] = "requests_timestamp",
    [COUNT_REQUESTS_GETRANDOM] = "requests_getrandom",
    [COUNT_REQUESTS_GETKEYATTRIBUTES] = "requests_getkeyattributes",
    [COUNT_REQUESTS_LISTKEYS] = "requests_listkeys",
    [COUNT_REQUESTS_SIGN] = "requests_sign",
    [COUNT_REQUESTS_FACTORYRESET] = "requests_factoryreset",
    [COUNT_REQUESTS_UNKNOWN] = "requests_unknown",
    [COUNT_IN_FLIGHT] = "in_flight",
    [COUNT_IN_FLIGHT_MAX] = "in_flight_max",
    [COUNT_SIGNATURES] = "signatures",
    [COUNT_KEYS_MADE] = "keys_made",
    [COUNT_WRONG_PASSWORDS] = "wrong_passwords",
    [COUNT_ACCESS_DENIED] = "access_denied",
    [COUNT_WRONG_PINS] = "wrong_pins",
    [COUNT_PINS_IN_PATHS] = "pins_in_paths",
    [COUNT_FAULTS] = "faults",
};

void
counters_init(struct counters *c, const char *file)
{
	memset(c, 0, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	c->file = file;
}

void
counters_add(struct counters *c, enum count which, unsigned long n)
{
	pthread_mutex_lock(&c->lock);
	c->n[which] += n;
	pthread_mutex_unlock(&c->lock);
}

void
counters_enter(struct counters *c, enum count now, enum count most)
{
	pthread_mutex_lock(&c->lock);
	c->n[now]++;
	if (c->n[now] > c->n[most])
		c->n[most] = c->n[now];
	pthread_mutex_unlock(&c->lock);
}

void
counters_leave(struct counters *c, enum count now)
{
	pthread_mutex_lock(&c->lock);
	c->n[now]--;
	pthread_mutex_unlock(&c->lock);
}

unsigned long
counters_get(struct counters *c, enum count which)
{
	unsigned long n = 0;

	pthread_mutex_lock(&c->lock);
	n = c->n[which];
	pthread_mutex_unlock(&c->lock);
	return n;
}

enum count
counters_command(const char *command)
{
	static const char prefix[] = "requests_";

	for (int i = COUNT_REQUESTS_GENECCKEY; i < COUNT_REQUESTS_UNKNOWN; i++)
		if (strcmp(names[i] + sizeof(prefix) - 1, command) == 0)
			return (enum count)i;
	return COUNT_REQUESTS_UNKNOWN;
}

bool
counters_write(struct counters *c)
{
	unsigned long n[COUNTS];
	char temporary[4096];
	FILE *f = NULL;
	bool ok = true;

	if (c->file == NULL)
		return true;
	pthread_mutex_lock(&c->lock);
	memcpy(n, c->n, sizeof(n));
	pthread_mutex_unlock(&c->lock);
	if (snprintf(temporary, sizeof(temporary), "%s.new", c->file) >=
	    (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	f = fopen(temporary, "w");
	if (f == NULL)
		return false;
	for (int i = 0; i < COUNTS; i++)
		ok = fprintf(f, "%s %lu\n", names[i], n[i]) > 0 && ok;
	ok = fclose(f) == 0 && ok;
	return ok && rename(temporary, c->file) == 0;
}
