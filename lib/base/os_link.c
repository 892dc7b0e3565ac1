/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which file a path names in the end, so that a new one can be made beside it.
 * Refuses links that strangers have laid in folders that are open to all.
 */
#include "base/os_link.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

const char *
os_last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

char *
os_beside(const char *path, const char *name)
{
	size_t dir_len = (size_t)(os_last_name(path) - path);
	size_t len = strlen(name) + 1;
	char *out = malloc(dir_len + len);

	if (out == NULL)
		return NULL;
	memcpy(out, path, dir_len);
	memcpy(out + dir_len, name, len);
	return out;
}

/*
 * As the kernel does under fs.protected_symlinks: in a folder such as /tmp a
 * stranger's link would make us overwrite a file of the stranger's choice.
 */
static bool
link_is_trusted(const char *path, const struct stat *link)
{
	struct stat dir;
	char *name = os_beside(path, ".");
	bool trusted = false;

	if (name != NULL && stat(name, &dir) == 0)
		trusted = (dir.st_mode & (S_ISVTX | S_IWOTH)) !=
			      (S_ISVTX | S_IWOTH) ||
			  link->st_uid == geteuid() ||
			  link->st_uid == dir.st_uid;
	free(name);
	return trusted;
}

/* The path that the link at path names; the caller frees it. */
static enum dflow_status
follow_one(const char *path, char **out, struct dflow_err *err)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len < 0)
		return err_errno(err, "%s", path);
	target[len] = '\0';
	*out = target[0] == '/' ? strdup(target) : os_beside(path, target);
	return *out == NULL ? err_memory(err) : DFLOW_OK;
}

enum dflow_status
os_follow_links(
    const char *path, char **out, struct stat *sb, struct dflow_err *err)
{
	char *next = NULL, *at = strdup(path);
	enum dflow_status st;

	if (at == NULL)
		return err_memory(err);
	for (int i = 0; i < LINKS_MAX; i++) {
		if (lstat(at, sb) != 0) {
			memset(sb, 0, sizeof(*sb));
			if (errno == ENOENT)
				goto found;
			st = err_errno(err, "%s", at);
			goto failed;
		}
		if (!S_ISLNK(sb->st_mode))
			goto found;
		if (!link_is_trusted(at, sb)) {
			st = err_set(err, DFLOW_REFUSED,
			    "%s: symbolic link of another user in a folder "
			    "open to all; remove it",
			    at);
			goto failed;
		}
		st = follow_one(at, &next, err);
		if (st != DFLOW_OK)
			goto failed;
		free(at);
		at = next;
		next = NULL;
	}
	st = err_set(err, DFLOW_FAILED, "%s: too many symbolic links", path);
failed:
	free(at);
	return st;
found:
	*out = at;
	return DFLOW_OK;
}
