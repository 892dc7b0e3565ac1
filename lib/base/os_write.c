/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing bytes at hand: to standard output, to a pipe or device that the
 * caller names, or through os_save to a file.
 */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_PIECE = 64 * 1024 };

static bool
is_stdout(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

/* Writes all to fd and sees to it that it has arrived. */
static enum dflow_status
write_fd(int fd, const char *name, const uint8_t *data, size_t len,
    struct dflow_err *err)
{
	ssize_t n;
	int copy;

	while (len > 0) {
		n = write(fd, data, len < SSIZE_MAX ? len : SSIZE_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "%s: cannot write", name);
		data += n;
		len -= (size_t)n;
	}
	/* Some errors come only with close(), but fd stays the caller's. */
	copy = dup(fd);
	if (copy >= 0 && close(copy) != 0 && errno != EINTR)
		return err_errno(err, "%s: cannot write", name);
	return DFLOW_OK;
}

/* FIFOs (such as the shell makes for >(...)), terminals, /dev/null. */
static bool
is_direct(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 &&
	       (S_ISFIFO(sb.st_mode) || S_ISCHR(sb.st_mode));
}

static enum dflow_status
write_direct(
    const char *path, const void *data, size_t len, struct dflow_err *err)
{
	enum dflow_status st;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(err, "%s", path);
	st = write_fd(fd, path, data, len, err);
	(void)close(fd);
	return st;
}

/* Takes over s. */
static enum dflow_status
write_save(
    struct os_save *s, const void *data, size_t len, struct dflow_err *err)
{
	enum dflow_status st = os_save_write(s, data, len, err);

	if (st != DFLOW_OK) {
		os_save_abort(&s);
		return st;
	}
	return os_save_commit(&s, err);
}

enum dflow_status
os_write(const char *path, unsigned mode, const void *data, size_t len,
    struct dflow_err *err)
{
	struct os_save *s = NULL;
	enum dflow_status st;

	if (is_stdout(path))
		return write_fd(
		    STDOUT_FILENO, "standard output", data, len, err);
	if (is_direct(path))
		return write_direct(path, data, len, err);
	st = os_save_open(path, mode, &s, err);
	return st == DFLOW_OK ? write_save(s, data, len, err) : st;
}

enum dflow_status
os_write_new(const char *path, unsigned mode, const void *data, size_t len,
    struct dflow_err *err)
{
	struct os_save *s = NULL;
	enum dflow_status st;

	st = os_save_open_new(path, mode, &s, err);
	return st == DFLOW_OK ? write_save(s, data, len, err) : st;
}

enum dflow_status
os_cat(const char *path, struct dflow_err *err)
{
	struct os_reader *r = NULL;
	uint8_t *piece = NULL;
	enum dflow_status st;
	size_t got = 0;

	st = os_reader_open(path, &r, err);
	if (st != DFLOW_OK)
		return st;
	piece = malloc(COPY_PIECE);
	if (piece == NULL) {
		st = err_memory(err);
		goto out;
	}
	do {
		st = os_reader_read(r, piece, COPY_PIECE, &got, err);
		if (st == DFLOW_OK)
			st = os_write("-", 0, piece, got, err);
	} while (st == DFLOW_OK && got > 0);
out:
	free(piece);
	os_reader_close(&r);
	return st;
}
