/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns libcurl's memory: the password, the header made of it and the bodies
 * that carry a PIN are copied there, and leave nothing behind.
 */
#include "keys/https_memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

static void
wipe_free(void *p)
{
	if (p == NULL)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* As realloc(3), but a block that moves leaves nothing behind. */
static void *
wipe_realloc(void *p, size_t len)
{
	size_t old = p == NULL ? 0 : malloc_usable_size(p);
	void *moved = malloc(len == 0 ? 1 : len);

	if (moved == NULL)
		return NULL;
	if (p != NULL)
		memcpy(moved, p, old < len ? old : len);
	wipe_free(p);
	return moved;
}

bool
https_memory_start(void)
{
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free,
		   wipe_realloc, strdup, calloc) == CURLE_OK;
}
