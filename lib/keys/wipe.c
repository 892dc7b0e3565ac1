/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns memory that is wiped when it is given back, and OpenSSL's in programs
 * that hold secrets. OpenSSL wipes its own private keys, but not every copy
 * that it makes on the way: encoding a key as PKCS#8, for one, leaves the
 * whole of it in a block that is free.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "keys/wipe.h"

void
wipe_free(void *p)
{
	if (p == NULL)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

void *
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

static void *
openssl_malloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(len);
}

static void
openssl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	wipe_free(p);
}

static void *
openssl_realloc(void *p, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	if (p != NULL && len == 0) {
		wipe_free(p);
		return NULL;
	}
	return wipe_realloc(p, len);
}

void
wipe_openssl(void)
{
	/* 0: OpenSSL has memory already. Then it is as it would have been. */
	(void)CRYPTO_set_mem_functions(
	    openssl_malloc, openssl_realloc, openssl_free);
}
