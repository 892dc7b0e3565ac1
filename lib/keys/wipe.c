/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns OpenSSL's memory in programs that hold secrets. OpenSSL wipes its own
 * private keys, but not every copy that it makes on the way: encoding a key
 * as PKCS#8, for one, leaves the whole of it in a block that is free.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "keys/wipe.h"

static void *
wipe_malloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(len);
}

static void
wipe_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	if (p == NULL)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* As realloc(3), but a block that moves leaves nothing behind. */
static void *
wipe_realloc(void *p, size_t len, const char *file, int line)
{
	size_t old;
	void *moved;

	if (p == NULL)
		return wipe_malloc(len, file, line);
	if (len == 0) {
		wipe_free(p, file, line);
		return NULL;
	}
	old = malloc_usable_size(p);
	moved = malloc(len);
	if (moved == NULL)
		return NULL;
	memcpy(moved, p, old < len ? old : len);
	wipe_free(p, file, line);
	return moved;
}

void
wipe_openssl(void)
{
	/* 0: OpenSSL has memory already. Then it is as it would have been. */
	(void)CRYPTO_set_mem_functions(wipe_malloc, wipe_realloc, wipe_free);
}
