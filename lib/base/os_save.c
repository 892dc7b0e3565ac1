/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that come into being whole or not at all (promise 1 of the design):
 * written beside the target, synced, then renamed over it. Refuses to replace
 * what is not a regular file.
 */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os_link.h"
#include "base/os_mkdir.h"
#include "base/os_pending.h"

enum {
	SAVE_BUFFER = 256 * 1024,
	NAME_KEPT = 200, /* of the target's name, in that of the temporary */
	WRITEBACK_LEN = 8 << 20, /* bytes */
};

struct os_save {
	int fd; /* the temporary file, or -1 */
	int dir; /* its folder, to sync and for the signal handler */
	int slot; /* of os_pending, or -1 */
	bool synced;
	bool parked; /* nothing is open */
	bool fresh; /* the target must not exist */
	bool placed; /* the target is the new file */
	char *path; /* the target, its links followed */
	char *temp;
	uint8_t *data;
	size_t used;
	off_t written;
	off_t started; /* up to here the disk is at it */
};

static enum dflow_status
check_target(const char *path, const struct stat *sb, struct dflow_err *err)
{
	const char *name = os_last_name(path);

	if (S_ISDIR(sb->st_mode) || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: is a folder; name a file in it", path);
	if (*name == '\0')
		return err_set(err, DFLOW_FAILED,
		    "\"%s\": ends without a file name; name a file", path);
	if (sb->st_mode != 0 && !S_ISREG(sb->st_mode))
		return err_set(err, DFLOW_FAILED,
		    "%s: is not a regular file and cannot be replaced; "
		    "name a file",
		    path);
	return DFLOW_OK;
}

/* Mode and owner of the file that is to be replaced. */
static enum dflow_status
inherit(int fd, const char *path, const struct stat *old, struct dflow_err *err)
{
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return err_errno(err, "%s", path);
	/* Without privilege only the group may change, or nothing may. */
	if (sb.st_uid != old->st_uid &&
	    fchown(fd, old->st_uid, old->st_gid) == 0)
		sb.st_gid = old->st_gid;
	if (sb.st_gid != old->st_gid && fchown(fd, (uid_t)-1, old->st_gid) != 0)
		errno = 0;
	/* FAT and the like have one mode for all, and refuse others. */
	if ((sb.st_mode & 0777) != (old->st_mode & 0777) &&
	    fchmod(fd, old->st_mode & 0777) != 0)
		return err_errno(err, "%s: cannot set its mode", path);
	return DFLOW_OK;
}

/* Creates the temporary file; old has st_mode 0 when there is none. */
static enum dflow_status
create_temp(struct os_save *s, const struct stat *old, mode_t mode,
    struct dflow_err *err)
{
	static const char digits[] = "0123456789abcdef";
	char name[NAME_MAX + 1], tail[17];
	enum dflow_status st;
	uint8_t seed[8];

	os_random(seed, sizeof(seed));
	for (size_t i = 0; i < sizeof(seed); i++) {
		tail[2 * i] = digits[seed[i] >> 4];
		tail[2 * i + 1] = digits[seed[i] & 15];
	}
	tail[16] = '\0';
	(void)snprintf(name, sizeof(name), ".%.*s.%s", NAME_KEPT,
	    os_last_name(s->path), tail);
	s->temp = os_beside(s->path, name);
	if (s->temp == NULL)
		return err_memory(err);
	/* Before the file is there, so that no signal comes in between. */
	st = os_pending_add(&(struct os_pending){.dir = s->dir, .name = name},
	    s->path, &s->slot, err);
	if (st != DFLOW_OK)
		return st;
	/* One to be replaced may be private: nobody gets in before fchmod. */
	s->fd =
	    open(s->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		old->st_mode != 0 ? 0600 : mode);
	if (s->fd < 0)
		return err_errno(
		    err, "%s: cannot create a file in its folder", s->path);
	if (old->st_mode != 0)
		return inherit(s->fd, s->path, old, err);
	return DFLOW_OK;
}

static enum dflow_status
open_folder(struct os_save *s, struct dflow_err *err)
{
	char *dir = os_beside(s->path, ".");

	if (dir == NULL)
		return err_memory(err);
	s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (s->dir < 0)
		return err_errno(err, "%s: cannot open its folder", s->path);
	return DFLOW_OK;
}

/* s->path is set; opens everything else. */
static enum dflow_status
begin(struct os_save *s, const struct stat *old, mode_t mode,
    struct dflow_err *err)
{
	enum dflow_status st = check_target(s->path, old, err);

	if (st != DFLOW_OK)
		return st;
	s->data = malloc(SAVE_BUFFER);
	if (s->data == NULL)
		return err_memory(err);
	st = open_folder(s, err);
	return st == DFLOW_OK ? create_temp(s, old, mode, err) : st;
}

static enum dflow_status
open_save(const char *path, unsigned mode, bool fresh, struct os_save **out,
    struct dflow_err *err)
{
	struct os_save *s = calloc(1, sizeof(*s));
	enum dflow_status st;
	struct stat old;

	if (s == NULL)
		return err_memory(err);
	s->fd = -1;
	s->dir = -1;
	s->slot = -1;
	s->fresh = fresh;
	memset(&old, 0, sizeof(old));
	if (fresh) {
		/* A link there is something that exists: not followed. */
		s->path = strdup(path);
		st = s->path == NULL ? err_memory(err) : DFLOW_OK;
	} else {
		st = os_follow_links(path, &s->path, &old, err);
	}
	if (st == DFLOW_OK)
		st = begin(s, &old, (mode_t)mode & 0777, err);
	if (st != DFLOW_OK) {
		os_save_abort(&s);
		return st;
	}
	*out = s;
	return DFLOW_OK;
}

enum dflow_status
os_save_open(const char *path, unsigned mode, struct os_save **out,
    struct dflow_err *err)
{
	return open_save(path, mode, false, out, err);
}

enum dflow_status
os_save_open_new(const char *path, unsigned mode, struct os_save **out,
    struct dflow_err *err)
{
	return open_save(path, mode, true, out, err);
}

/*
 * Has the disk begin while more is being made: fsync then waits for the last
 * part alone. Whether it went well is fsync's to say.
 */
static void
start_writeback(struct os_save *s)
{
	if (s->written - s->started < WRITEBACK_LEN)
		return;
	(void)sync_file_range(
	    s->fd, s->started, s->written - s->started, SYNC_FILE_RANGE_WRITE);
	s->started = s->written;
}

static enum dflow_status
write_out(
    struct os_save *s, const uint8_t *data, size_t len, struct dflow_err *err)
{
	ssize_t n;

	while (len > 0) {
		n = write(s->fd, data, len < SSIZE_MAX ? len : SSIZE_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err,
			    "%s: cannot write; what was there is untouched",
			    s->path);
		data += n;
		len -= (size_t)n;
		s->written += n;
	}
	start_writeback(s);
	return DFLOW_OK;
}

/* What was not written stays in the buffer no longer: the file is lost. */
static enum dflow_status
flush(struct os_save *s, struct dflow_err *err)
{
	size_t len = s->used;

	s->used = 0;
	return write_out(s, s->data, len, err);
}

enum dflow_status
os_save_write(
    struct os_save *s, const void *data, size_t len, struct dflow_err *err)
{
	enum dflow_status st;

	if (len == 0)
		return DFLOW_OK;
	s->synced = false;
	if (len > SAVE_BUFFER - s->used) {
		st = flush(s, err);
		if (st != DFLOW_OK)
			return st;
	}
	if (len >= SAVE_BUFFER)
		return write_out(s, data, len, err);
	memcpy(s->data + s->used, data, len);
	s->used += len;
	return DFLOW_OK;
}

enum dflow_status
os_save_sync(struct os_save *s, struct dflow_err *err)
{
	enum dflow_status st;

	if (s->synced)
		return DFLOW_OK;
	st = flush(s, err);
	if (st != DFLOW_OK)
		return st;
	while (fsync(s->fd) != 0)
		if (errno != EINTR)
			return err_errno(err,
			    "%s: cannot write; what was there is untouched",
			    s->path);
	s->synced = true;
	return DFLOW_OK;
}

const char *
os_save_name(const struct os_save *s)
{
	return s->temp;
}

/* Nobody else can have the name once an empty file of ours has it. */
static bool
rename_reserved(const struct os_save *s)
{
	int fd = open(s->path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int cause;

	if (fd < 0)
		return false;
	(void)close(fd);
	if (rename(s->temp, s->path) == 0)
		return true;
	cause = errno;
	(void)unlink(s->path);
	errno = cause;
	return false;
}

/* Gives the temporary file its name, or fails if there is such a file. */
static enum dflow_status
put_in_place_new(const struct os_save *s, struct dflow_err *err)
{
	if (link(s->temp, s->path) == 0)
		return DFLOW_OK;
	/* FAT and the like have no links. */
	if ((errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) &&
	    renameat2(AT_FDCWD, s->temp, AT_FDCWD, s->path, RENAME_NOREPLACE) ==
		0)
		return DFLOW_OK;
	/* In user space (FUSE) they often have no such rename, either. */
	if ((errno == EINVAL || errno == ENOSYS) && rename_reserved(s))
		return DFLOW_OK;
	if (errno == EEXIST)
		return err_set(err, DFLOW_REFUSED,
		    "%s: exists already and is not overwritten; move it away "
		    "first",
		    s->path);
	return err_errno(err, "%s: cannot put it in place", s->path);
}

static enum dflow_status
put_in_place(const struct os_save *s, struct dflow_err *err)
{
	if (s->fresh)
		return put_in_place_new(s, err);
	if (rename(s->temp, s->path) != 0)
		return err_errno(err,
		    "%s: cannot put the new file in place; what was there is "
		    "untouched",
		    s->path);
	return DFLOW_OK;
}

/* The new name must outlast a power failure, too. */
static enum dflow_status
sync_folder(const struct os_save *s, struct dflow_err *err)
{
	if (os_sync_folder(s->dir))
		return DFLOW_OK;
	if (!s->fresh)
		return err_errno(err,
		    "%s: whole and in place, but its folder may not be on the "
		    "disk yet; run sync",
		    s->path);
	(void)err_errno(err, "%s: cannot write its folder", s->path);
	/* What did not exist does not exist after a failure. */
	(void)unlink(s->path);
	return DFLOW_FAILED;
}

/* NFS reports some errors only here. EINTR has closed it as well. */
static enum dflow_status
close_file(struct os_save *s, struct dflow_err *err)
{
	int fd = s->fd;

	s->fd = -1;
	if (close(fd) != 0 && errno != EINTR)
		return err_errno(err,
		    "%s: cannot write; what was there is untouched", s->path);
	return DFLOW_OK;
}

enum dflow_status
os_save_park(struct os_save *s, struct dflow_err *err)
{
	enum dflow_status st = os_save_sync(s, err);

	if (st == DFLOW_OK)
		st = close_file(s, err);
	if (st != DFLOW_OK)
		return st;
	s->parked = true;
	os_pending_drop(s->slot);
	s->slot = -1;
	(void)close(s->dir);
	s->dir = -1;
	explicit_bzero(s->data, SAVE_BUFFER);
	free(s->data);
	s->data = NULL;
	return DFLOW_OK;
}

enum dflow_status
os_save_place(struct os_save *s, struct dflow_err *err)
{
	enum dflow_status st;

	if (s->placed)
		return DFLOW_OK;
	st = os_save_sync(s, err);
	if (st == DFLOW_OK)
		st = s->parked ? open_folder(s, err) : close_file(s, err);
	if (st == DFLOW_OK)
		st = put_in_place(s, err);
	s->placed = st == DFLOW_OK;
	return st;
}

bool
os_save_placed(const struct os_save *s)
{
	return s->placed;
}

void
os_save_take_back(struct os_save *s)
{
	if (s->placed && unlink(s->path) == 0)
		s->placed = false;
}

enum dflow_status
os_save_commit(struct os_save **save, struct dflow_err *err)
{
	enum dflow_status st = os_save_place(*save, err);

	if (st == DFLOW_OK)
		st = sync_folder(*save, err);
	os_save_abort(save);
	return st;
}

void
os_save_abort(struct os_save **save)
{
	struct os_save *s;

	if (save == NULL || *save == NULL)
		return;
	s = *save;
	if (s->fd >= 0)
		(void)close(s->fd);
	/* Once it is renamed, nothing has this name. */
	if (s->slot >= 0 || s->parked)
		(void)unlink(s->temp);
	os_pending_drop(s->slot);
	if (s->dir >= 0)
		(void)close(s->dir);
	free(s->path);
	free(s->temp);
	if (s->data != NULL)
		explicit_bzero(s->data, SAVE_BUFFER);
	free(s->data);
	free(s);
	*save = NULL;
}
