/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libcurl leaves in memory; for https.c. */
#ifndef KEYS_HTTPS_MEMORY_H
#define KEYS_HTTPS_MEMORY_H

#include <stdbool.h>

/*
 * Starts libcurl, which counts its users, with memory that is wiped when it is
 * given back: it keeps copies of the password. A program that has started it
 * before keeps its own memory. False if it does not start; else the caller
 * ends it by curl_global_cleanup.
 */
bool https_memory_start(void);

#endif
