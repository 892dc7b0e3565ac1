/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that goes back to the system when it is freed. Secrets have pages of
 * their own kind (os_pages_new).
 */
#include "base/os_map.h"

#include <sys/mman.h>

void *
os_map_new(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
os_map_free(void *p, size_t len)
{
	if (p != NULL)
		(void)munmap(p, len);
}
