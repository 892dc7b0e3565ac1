/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folders that come into being whole: hundreds of files become one rename. The
 * disk begins with each file at once and is waited for at the end, so that the
 * files cost one journal's commit and not one each.
 */
#include "base/os_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "base/os_link.h"

struct os_folder {
	char *path; /* without slashes at its end */
	char *temp;
	int fd; /* of temp */
	int parent;
	char **names;
	size_t count;
	size_t cap;
};

/* True if nothing is there, or an empty folder. */
static bool
is_free(const char *path)
{
	const struct dirent *e;
	DIR *dir = opendir(path);
	size_t found = 0;

	if (dir == NULL)
		return errno == ENOENT;
	for (e = readdir(dir); e != NULL && found <= 2; e = readdir(dir))
		found++;
	(void)closedir(dir);
	return found <= 2;
}

static enum dflow_status
make_temp(struct os_folder *f, struct dflow_err *err)
{
	char name[NAME_MAX + 1];
	uint64_t seed;
	char *dir;

	os_random(&seed, sizeof(seed));
	(void)snprintf(name, sizeof(name), ".%.200s.%016llx",
	    os_last_name(f->path), (unsigned long long)seed);
	f->temp = os_beside(f->path, name);
	dir = os_beside(f->path, ".");
	if (f->temp == NULL || dir == NULL) {
		free(dir);
		return err_memory(err);
	}
	f->parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (f->parent < 0)
		return err_errno(err, "%s: cannot open its folder", f->path);
	if (mkdir(f->temp, 0755) != 0) {
		free(f->temp);
		f->temp = NULL;
		return err_errno(
		    err, "%s: cannot make a folder beside it", f->path);
	}
	f->fd = open(f->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return err_errno(err, "%s", f->temp);
	return DFLOW_OK;
}

enum dflow_status
os_folder_open(const char *path, struct os_folder **out, struct dflow_err *err)
{
	struct os_folder *f = NULL;
	size_t len = strlen(path);
	enum dflow_status st;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0 || strcmp(path, "-") == 0)
		return err_set(err, DFLOW_USAGE,
		    "\"%s\": several files go into a folder; name it by "
		    "--output",
		    path);
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return err_memory(err);
	f->fd = -1;
	f->parent = -1;
	f->path = strndup(path, len);
	if (f->path == NULL)
		st = err_memory(err);
	else if (!is_free(f->path))
		st = err_set(err, DFLOW_REFUSED,
		    "%s: is there already, and is no empty folder; give "
		    "another name",
		    f->path);
	else
		st = make_temp(f, err);
	if (st != DFLOW_OK) {
		os_folder_abort(&f);
		return st;
	}
	*out = f;
	return DFLOW_OK;
}

static enum dflow_status
note(struct os_folder *f, const char *name, struct dflow_err *err)
{
	if (f->count == f->cap) {
		size_t cap = f->cap == 0 ? 16 : 2 * f->cap;
		char **more = realloc(f->names, cap * sizeof(*more));

		if (more == NULL)
			return err_memory(err);
		f->names = more;
		f->cap = cap;
	}
	f->names[f->count] = strdup(name);
	if (f->names[f->count] == NULL)
		return err_memory(err);
	f->count++;
	return DFLOW_OK;
}

static enum dflow_status
fill(int fd, const struct os_folder *f, const uint8_t *data, size_t len,
    struct dflow_err *err)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len < SSIZE_MAX ? len : SSIZE_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err,
			    "%s: cannot write; nothing is left of it", f->path);
		data += n;
		len -= (size_t)n;
	}
	/* Whether it goes well is fsync's to say. */
	(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return DFLOW_OK;
}

enum dflow_status
os_folder_put(struct os_folder *f, const char *name, const void *data,
    size_t len, struct dflow_err *err)
{
	enum dflow_status st = note(f, name, err);
	int fd;

	if (st != DFLOW_OK)
		return st;
	fd = openat(f->fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_errno(err, "%s/%s", f->path, name);
	st = fill(fd, f, data, len, err);
	if (close(fd) != 0 && st == DFLOW_OK)
		st = err_errno(err, "%s/%s", f->path, name);
	return st;
}

static enum dflow_status
sync_fd(int fd, const struct os_folder *f, struct dflow_err *err)
{
	while (fsync(fd) != 0)
		if (errno != EINTR)
			return err_errno(err,
			    "%s: cannot write; nothing is left of it", f->path);
	return DFLOW_OK;
}

static enum dflow_status
sync_all(const struct os_folder *f, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < f->count && st == DFLOW_OK; i++) {
		int fd = openat(f->fd, f->names[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return err_errno(err, "%s/%s", f->path, f->names[i]);
		st = sync_fd(fd, f, err);
		(void)close(fd);
	}
	return st == DFLOW_OK ? sync_fd(f->fd, f, err) : st;
}

enum dflow_status
os_folder_commit(struct os_folder **f, struct dflow_err *err)
{
	struct os_folder *o = *f;
	enum dflow_status st = sync_all(o, err);

	if (st == DFLOW_OK && rename(o->temp, o->path) != 0)
		st = err_errno(err, "%s", o->path);
	if (st == DFLOW_OK) {
		free(o->temp);
		o->temp = NULL; /* it is no more */
		if (fsync(o->parent) != 0)
			st = err_errno(err,
			    "%s: is there, but may be lost with the power; "
			    "look at the disk",
			    o->path);
	}
	os_folder_abort(f);
	return st;
}

void
os_folder_abort(struct os_folder **f)
{
	struct os_folder *o = *f;

	*f = NULL;
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->count; i++) {
		if (o->temp != NULL && o->fd >= 0)
			(void)unlinkat(o->fd, o->names[i], 0);
		free(o->names[i]);
	}
	if (o->temp != NULL)
		(void)rmdir(o->temp);
	if (o->fd >= 0)
		(void)close(o->fd);
	if (o->parent >= 0)
		(void)close(o->parent);
	free(o->names);
	free(o->temp);
	free(o->path);
	free(o);
}
