/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much memory there is for this process: the machine's, or what its
 * control group (cgroup version 2: a container, systemd's MemoryMax) allows.
 */
#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

enum { PATH_LEN = 4096, NUMBER_LEN = 64 };

uint64_t
os_peak_memory(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return 0;
	return (uint64_t)usage.ru_maxrss * 1024; /* Linux counts in KiB */
}

static uint64_t
physical_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long size = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || size <= 0)
		return 0;
	return (uint64_t)pages * (uint64_t)size;
}

/* The limit of one group; 0 if it has none. */
static uint64_t
group_limit(const char *group)
{
	char path[sizeof(CGROUP_ROOT) + PATH_LEN + sizeof("/memory.max")];
	unsigned long long limit = 0;
	struct buf text;

	(void)snprintf(path, sizeof(path), CGROUP_ROOT "%s/memory.max", group);
	buf_init(&text, NUMBER_LEN);
	if (os_read(path, NUMBER_LEN - 1, &text, NULL) == DFLOW_OK) {
		buf_u8(&text, 0);
		/* "max" is none, and no number. */
		limit = strtoull((const char *)text.data, NULL, 10);
	}
	buf_free(&text);
	return limit;
}

/* The group that this process is in, from its line "0::/path"; or "". */
static void
own_group(char out[PATH_LEN])
{
	struct buf text;
	const char *line, *end;

	out[0] = '\0';
	buf_init(&text, 16 * PATH_LEN);
	if (os_read("/proc/self/cgroup", 16 * PATH_LEN - 1, &text, NULL) !=
	    DFLOW_OK)
		goto out;
	buf_u8(&text, 0);
	line = text.failed ? NULL : strstr((const char *)text.data, "0::/");
	end = line == NULL ? NULL : strchr(line, '\n');
	if (end != NULL && end - line < PATH_LEN)
		(void)snprintf(
		    out, PATH_LEN, "%.*s", (int)(end - line - 3), line + 3);
out:
	buf_free(&text);
}

size_t
os_memory_ceiling(void)
{
	uint64_t least = physical_memory(), limit;
	char group[PATH_LEN];
	char *slash;

	own_group(group);
	/* A group's limit holds for all below it. */
	for (;;) {
		limit = group_limit(strcmp(group, "/") == 0 ? "" : group);
		if (limit != 0 && (least == 0 || limit < least))
			least = limit;
		slash = strrchr(group, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	return (size_t)(least / 4 * 3);
}
