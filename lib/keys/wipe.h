/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libraries that hold secrets leave in memory. */
#ifndef KEYS_WIPE_H
#define KEYS_WIPE_H

#include <stddef.h>

/*
 * As free(3) and realloc(3), for blocks of malloc(3), but nothing is left in
 * what is given back. A block of 0 bytes is one, too.
 */
void wipe_free(void *p);
void *wipe_realloc(void *p, size_t len);

/*
 * From now on OpenSSL's memory is wiped when it is given back. For programs,
 * before anything else of OpenSSL is called; later it has no effect.
 */
void wipe_openssl(void);

#endif
