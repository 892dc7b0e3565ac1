/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are read: whole, as a secret, or piece by piece. Refuses folders
 * and devices, whatever is larger than its caller allows, and private files
 * that others can read.
 */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_PIECE = 64 * 1024 };

/* How a path came to us, and what follows from that. */
enum way { NAMED, TRUSTED, FOUND };

static bool
is_stdin(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
}

/* read(2) that is not cut short by a signal; -1 with errno. */
static ssize_t
read_some(int fd, void *data, size_t len)
{
	ssize_t n;

	if (len > SSIZE_MAX)
		len = SSIZE_MAX;
	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static enum dflow_status
refuse_kind(const char *path, mode_t mode, enum way way, struct dflow_err *err)
{
	if (S_ISDIR(mode))
		return err_set(err, DFLOW_FAILED,
		    "%s: is a folder; name a file in it", path);
	if (way == FOUND)
		return err_set(err, DFLOW_FAILED,
		    "%s: is no regular file; move it away", path);
	return err_set(err, DFLOW_FAILED,
	    "%s: is neither a file nor a pipe; copy it into a file first",
	    path);
}

static bool
is_input(mode_t mode, enum way way)
{
	return S_ISREG(mode) || (way != FOUND && S_ISFIFO(mode));
}

/*
 * Opens a regular file, or a FIFO that was named, for reading. It is looked at
 * before it is opened as well as after: opening some devices has effects.
 */
static enum dflow_status
open_input(const char *path, enum way way, int *out, struct stat *st,
    struct dflow_err *err)
{
	/* A FIFO's other end may never come. */
	int wait = way == FOUND ? O_NONBLOCK : 0;
	int fd;

	if (path[0] == '\0')
		return err_set(
		    err, DFLOW_FAILED, "a file name is empty; name a file");
	if (way != FOUND && is_stdin(path)) {
		if (fstat(STDIN_FILENO, st) != 0)
			return err_errno(err, "standard input");
		if (S_ISDIR(st->st_mode))
			return refuse_kind(
			    "standard input", st->st_mode, way, err);
		*out = STDIN_FILENO;
		return DFLOW_OK;
	}
	if (stat(path, st) != 0)
		return err_errno(err, "%s", path);
	if (!is_input(st->st_mode, way))
		return refuse_kind(path, st->st_mode, way, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | wait);
	if (fd < 0)
		return err_errno(err, "%s", path);
	if (fstat(fd, st) != 0) {
		(void)err_errno(err, "%s", path);
		(void)close(fd);
		return DFLOW_FAILED;
	}
	if (!is_input(st->st_mode, way)) {
		(void)close(fd);
		return refuse_kind(path, st->st_mode, way, err);
	}
	*out = fd;
	return DFLOW_OK;
}

static void
close_input(int fd)
{
	if (fd != STDIN_FILENO)
		(void)close(fd);
}

static const char *
input_name(const char *path)
{
	return is_stdin(path) ? "standard input" : path;
}

static enum dflow_status
too_large(const char *path, size_t max, struct dflow_err *err)
{
	return err_set(err, DFLOW_FAILED, "%s: larger than %zu bytes",
	    input_name(path), max);
}

/* Reads fd to its end. */
static enum dflow_status
read_all(int fd, const char *path, size_t max, struct buf *out,
    struct dflow_err *err)
{
	size_t room, left = max;
	uint8_t *at;
	ssize_t n;
	uint8_t beyond;

	if (left > out->max - out->len)
		left = out->max - out->len;
	max = left;
	while (left > 0) {
		room = left < READ_PIECE ? left : READ_PIECE;
		at = buf_reserve(out, room);
		if (at == NULL)
			return buf_check(out, input_name(path), err);
		n = read_some(fd, at, room);
		if (n < 0)
			return err_errno(err, "%s", input_name(path));
		if (n == 0)
			return DFLOW_OK;
		out->len += (size_t)n;
		left -= (size_t)n;
	}
	n = read_some(fd, &beyond, 1);
	if (n < 0)
		return err_errno(err, "%s", input_name(path));
	return n == 0 ? DFLOW_OK : too_large(path, max, err);
}

static enum dflow_status
check_trusted(const char *path, const struct stat *sb, struct dflow_err *err)
{
	if ((sb->st_mode & 022) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: group or others may write it, and so deceive us (mode "
		    "%04o); chmod go-w %s",
		    path, (unsigned)(sb->st_mode & 07777), path);
	if (sb->st_uid != geteuid() && sb->st_uid != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: another user's, who could deceive us; have a file of "
		    "your own or root's",
		    path);
	return DFLOW_OK;
}

static enum dflow_status
read_whole(const char *path, size_t max, enum way way, struct buf *out,
    struct dflow_err *err)
{
	enum dflow_status st;
	struct stat sb;
	int fd = -1;

	st = open_input(path, way, &fd, &sb, err);
	if (st != DFLOW_OK)
		return st;
	if (way == TRUSTED)
		st = check_trusted(path, &sb, err);
	if (st != DFLOW_OK)
		goto out;
	/* Before it costs memory; a file that grows is caught in read_all. */
	if (S_ISREG(sb.st_mode) && fd != STDIN_FILENO &&
	    (uintmax_t)sb.st_size > max)
		st = too_large(path, max, err);
	else
		st = read_all(fd, path, max, out, err);
out:
	close_input(fd);
	return st;
}

enum dflow_status
os_read(const char *path, size_t max, struct buf *out, struct dflow_err *err)
{
	return read_whole(path, max, NAMED, out, err);
}

enum dflow_status
os_read_found(
    const char *path, size_t max, struct buf *out, struct dflow_err *err)
{
	return read_whole(path, max, FOUND, out, err);
}

enum dflow_status
os_read_trusted(
    const char *path, size_t max, struct buf *out, struct dflow_err *err)
{
	return read_whole(path, max, TRUSTED, out, err);
}

/* Reads exactly the file's size, so that nothing else ever held the bytes. */
static enum dflow_status
read_secret(int fd, const char *path, struct secret *s, struct dflow_err *err)
{
	uint8_t beyond;
	ssize_t n;

	while (s->len < s->cap) {
		n = read_some(fd, s->data + s->len, s->cap - s->len);
		if (n < 0)
			return err_errno(err, "%s", path);
		if (n == 0)
			return DFLOW_OK;
		s->len += (size_t)n;
	}
	n = read_some(fd, &beyond, 1);
	explicit_bzero(&beyond, sizeof(beyond));
	if (n < 0)
		return err_errno(err, "%s", path);
	if (n > 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: grew while it was read; try again", path);
	return DFLOW_OK;
}

static enum dflow_status
check_private(
    const char *path, const struct stat *sb, size_t max, struct dflow_err *err)
{
	if (!S_ISREG(sb->st_mode))
		return err_set(err, DFLOW_REFUSED,
		    "%s: a private file must be a regular file", path);
	if ((sb->st_mode & 066) != 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: group or others may read or write this private file "
		    "(mode %04o); chmod 600 %s",
		    path, (unsigned)(sb->st_mode & 07777), path);
	if ((uintmax_t)sb->st_size > max)
		return too_large(path, max, err);
	return DFLOW_OK;
}

enum dflow_status
os_read_private(
    const char *path, size_t max, struct secret **out, struct dflow_err *err)
{
	struct secret *s = NULL;
	enum dflow_status st;
	struct stat sb;
	int fd = -1;

	/* Not to wait for a FIFO's other end: it is refused below. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, "%s", path);
	if (fstat(fd, &sb) != 0) {
		st = err_errno(err, "%s", path);
		goto out;
	}
	st = check_private(path, &sb, max, err);
	if (st != DFLOW_OK)
		goto out;
	st = secret_new(sb.st_size > 0 ? (size_t)sb.st_size : 1, &s, err);
	if (st != DFLOW_OK)
		goto out;
	st = read_secret(fd, path, s, err);
	if (st != DFLOW_OK)
		goto out;
	*out = s;
	s = NULL; /* transferred */
out:
	secret_free(&s);
	(void)close(fd);
	return st;
}

struct os_reader {
	int fd;
	char *name; /* for messages */
};

enum dflow_status
os_reader_open(const char *path, struct os_reader **out, struct dflow_err *err)
{
	struct os_reader *r = NULL;
	enum dflow_status st;
	struct stat sb;
	int fd = -1;

	st = open_input(path, NAMED, &fd, &sb, err);
	if (st != DFLOW_OK)
		return st;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		goto memory;
	r->name = strdup(input_name(path));
	if (r->name == NULL)
		goto memory;
	r->fd = fd;
	/* Advice only: a pipe has none. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*out = r;
	return DFLOW_OK;
memory:
	free(r);
	close_input(fd);
	return err_memory(err);
}

enum dflow_status
os_reader_read(struct os_reader *r, void *data, size_t len, size_t *got,
    struct dflow_err *err)
{
	ssize_t n = read_some(r->fd, data, len);

	if (n < 0)
		return err_errno(err, "%s", r->name);
	*got = (size_t)n;
	return DFLOW_OK;
}

void
os_reader_close(struct os_reader **r)
{
	if (r == NULL || *r == NULL)
		return;
	close_input((*r)->fd);
	free((*r)->name);
	free(*r);
	*r = NULL;
}
