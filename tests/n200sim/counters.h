/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the simulator counts, and the file that tells of it. */
#ifndef N200SIM_COUNTERS_H
#define N200SIM_COUNTERS_H

#include <pthread.h>
#include <stdbool.h>

enum count {
	COUNT_CONNECTIONS,
	COUNT_CONNECTIONS_OPEN,
	COUNT_CONNECTIONS_MAX,
	COUNT_HANDSHAKES,
	COUNT_HANDSHAKES_RESUMED,
	COUNT_REQUESTS_BEGUN,
	COUNT_REQUEST_BYTES,
	COUNT_REQUESTS,
	COUNT_REQUESTS_GENECCKEY,
	COUNT_REQUESTS_IMPORTECCKEY,
	COUNT_REQUESTS_TIMESTAMP,
	COUNT_REQUESTS_GETRANDOM,
	COUNT_REQUESTS_GETKEYATTRIBUTES,
	COUNT_REQUESTS_LISTKEYS,
	COUNT_REQUESTS_SIGN,
	COUNT_REQUESTS_FACTORYRESET,
	COUNT_REQUESTS_UNKNOWN,
	COUNT_IN_FLIGHT,
	COUNT_IN_FLIGHT_MAX,
	COUNT_SIGNATURES,
	COUNT_KEYS_MADE,
	COUNT_WRONG_PASSWORDS,
	COUNT_ACCESS_DENIED,
	COUNT_WRONG_PINS,
	COUNT_PINS_IN_PATHS,
	COUNT_FAULTS,
	COUNTS,
};

struct counters {
	pthread_mutex_t lock;
	unsigned long n[COUNTS];
	const char *file; /* NULL: none */
};

void counters_init(struct counters *c, const char *file);
void counters_add(struct counters *c, enum count which, unsigned long n);
/* One more (less) of what goes on at a time, whose most is counted too. */
void counters_enter(struct counters *c, enum count now, enum count most);
void counters_leave(struct counters *c, enum count now);
unsigned long counters_get(struct counters *c, enum count which);
/* "requests_NAME" for a command, COUNT_REQUESTS_UNKNOWN if it has none. */
enum count counters_command(const char *command);
/* Writes the file, "name value" lines, by a rename. False: errno says why. */
bool counters_write(struct counters *c);

#endif
