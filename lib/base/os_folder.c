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
#include "base/os_mkdir.h"
#include "base/os_pending.h"

struct os_folder {
	char *path; /* without slashes at its end */
	char *temp;
	int fd; /* of temp */
	int parent;
	int slot; /* of os_pending, or -1 */
	bool made; /* temp is there */
	bool placed; /* temp is path by now */
	char **names;
	size_t count;
	size_t cap;
};

static bool
is_empty(const char *path)
{
	const struct dirent *e;
	DIR *dir = opendir(path);
	size_t found = 0;

	if (dir == NULL)
		return false;
	for (e = readdir(dir); e != NULL && found <= 2; e = readdir(dir))
		found++;
	(void)closedir(dir);
	return found <= 2;
}

/* By what the kernel says; else by its device, which bind mounts keep. */
static bool
is_mount_point(const char *path, const struct stat *sb, const struct stat *dir)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &sx) == 0 &&
	    (sx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
		return true;
	return sb->st_dev != dir->st_dev;
}

/* Why no folder can be renamed over this one; NULL if one can. */
static const char *
hindrance(const char *path, const struct stat *sb)
{
	const char *name = os_last_name(path);
	char *above = os_beside(path, ".");
	struct stat dir;
	bool known = above != NULL && stat(above, &dir) == 0;

	free(above);
	if (S_ISLNK(sb->st_mode))
		return "is a link";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || *name == '\0')
		return "is no name of its own";
	if (!known)
		return "is in a folder that cannot be looked at";
	if (is_mount_point(path, sb, &dir))
		return "is a mount point";
	if ((dir.st_mode & S_ISVTX) != 0 && geteuid() != 0 &&
	    geteuid() != sb->st_uid && geteuid() != dir.st_uid)
		return "is another user's";
	return NULL;
}

/*
 * Nothing is there, or an empty folder that another can be renamed over: what
 * would fail only when all is signed is found now.
 */
static enum dflow_status
check_free(const char *path, struct dflow_err *err)
{
	const char *why;
	struct stat sb;

	if (lstat(path, &sb) != 0)
		return errno == ENOENT ? DFLOW_OK : err_errno(err, "%s", path);
	why = os_is_folder(path) ? hindrance(path, &sb) : NULL;
	if (why != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: %s, and cannot be replaced; name a new folder in it, "
		    "such as %s%sresponses",
		    path, why, path, strcmp(path, "/") == 0 ? "" : "/");
	if (!S_ISDIR(sb.st_mode) || !is_empty(path))
		return err_set(err, DFLOW_REFUSED,
		    "%s: is there already, and is no empty folder; give "
		    "another name",
		    path);
	return DFLOW_OK;
}

static enum dflow_status
make_temp(struct os_folder *f, struct dflow_err *err)
{
	char name[NAME_MAX + 1];
	enum dflow_status st;
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
	/* Before the folder is there, so that no signal comes in between. */
	st = os_pending_add(&(struct os_pending){f->parent, name, true},
	    f->path, &f->slot, err);
	if (st != DFLOW_OK)
		return st;
	if (mkdir(f->temp, 0755) != 0)
		return err_errno(
		    err, "%s: cannot make a folder beside it", f->path);
	f->made = true;
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
	f->slot = -1;
	f->path = strndup(path, len);
	st = f->path == NULL ? err_memory(err) : check_free(f->path, err);
	if (st == DFLOW_OK)
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
sync_failed(const struct os_folder *f, struct dflow_err *err)
{
	return err_errno(
	    err, "%s: cannot write; nothing is left of it", f->path);
}

static enum dflow_status
sync_all(const struct os_folder *f, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < f->count && st == DFLOW_OK; i++) {
		int fd = openat(f->fd, f->names[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return err_errno(err, "%s/%s", f->path, f->names[i]);
		while (fsync(fd) != 0)
			if (errno != EINTR) {
				st = sync_failed(f, err);
				break;
			}
		(void)close(fd);
	}
	if (st == DFLOW_OK && !os_sync_folder(f->fd))
		st = sync_failed(f, err);
	return st;
}

enum dflow_status
os_folder_place(struct os_folder *f, struct dflow_err *err)
{
	enum dflow_status st;

	if (f->placed)
		return DFLOW_OK;
	st = sync_all(f, err);
	if (st != DFLOW_OK)
		return st;
	if (rename(f->temp, f->path) != 0)
		return err_errno(err,
		    "%s: cannot put it in place; nothing is left of it",
		    f->path);
	f->placed = true;
	os_pending_drop(f->slot);
	f->slot = -1;
	return DFLOW_OK;
}

enum dflow_status
os_folder_commit(struct os_folder **f, struct dflow_err *err)
{
	enum dflow_status st = os_folder_place(*f, err);

	if (st == DFLOW_OK && !os_sync_folder((*f)->parent))
		st = err_errno(err,
		    "%s: whole and in place, but the folder above may not be "
		    "on the disk yet; run sync",
		    (*f)->path);
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
	if (o->made && !o->placed)
		os_remove_folder(o->parent, os_last_name(o->temp));
	os_pending_drop(o->slot);
	for (size_t i = 0; i < o->count; i++)
		free(o->names[i]);
	if (o->fd >= 0)
		(void)close(o->fd);
	if (o->parent >= 0)
		(void)close(o->parent);
	free(o->names);
	free(o->temp);
	free(o->path);
	free(o);
}
