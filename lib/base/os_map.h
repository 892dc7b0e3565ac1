/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Big pieces of memory that the system has back as soon as they are freed;
 * malloc keeps what lies between pieces in use, however big.
 */
#ifndef BASE_OS_MAP_H
#define BASE_OS_MAP_H

#include <stddef.h>

/* len bytes, cleared, in whole pages; NULL for want of memory. */
void *os_map_new(size_t len);
/* p is from os_map_new(len), or NULL. */
void os_map_free(void *p, size_t len);

#endif
