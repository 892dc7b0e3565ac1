/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns folders that go away again. Follows no link when it removes one: what
 * it finds there another program has made.
 */
#include "base/os_temp.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 3 };

struct os_temp {
	char path[PATH_MAX];
};

enum dflow_status
os_temp_new(struct os_temp **out, struct dflow_err *err)
{
	const char *base = getenv("TMPDIR");
	struct os_temp *t = calloc(1, sizeof(*t));
	int n;

	if (t == NULL)
		return err_memory(err);
	if (base == NULL || base[0] == '\0')
		base = "/tmp";
	n = snprintf(t->path, sizeof(t->path), "%s/dnssecflow.XXXXXX", base);
	if (n < 0 || (size_t)n >= sizeof(t->path)) {
		free(t);
		return err_set(err, DFLOW_FAILED, "%s: name too long", base);
	}
	if (mkdtemp(t->path) == NULL) {
		free(t);
		return err_errno(
		    err, "%s: cannot make a folder (see TMPDIR)", base);
	}
	*out = t;
	return DFLOW_OK;
}

const char *
os_temp_path(const struct os_temp *t)
{
	return t->path;
}

/* Empties the folder that fd is of, and closes it. */
static void
empty(int fd, unsigned depth)
{
	DIR *d = fdopendir(fd);
	const struct dirent *e;
	int sub;

	if (d == NULL) {
		(void)close(fd);
		return;
	}
	for (e = readdir(d); e != NULL; e = readdir(d)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0 || depth == 0)
			continue;
		sub = openat(dirfd(d), e->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			empty(sub, depth - 1);
		(void)unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	(void)closedir(d);
}

void
os_temp_free(struct os_temp **t)
{
	int fd;

	if (t == NULL || *t == NULL)
		return;
	fd = open((*t)->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		empty(fd, DEPTH_MAX);
	(void)rmdir((*t)->path);
	free(*t);
	*t = NULL;
}
