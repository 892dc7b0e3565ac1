/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log that only grows. What it refuses is os_own.c's, and a file that does
 * not begin as a log does: a slip in a configuration must not add lines to a
 * private key.
 */
#include "base/os_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/os_own.h"

enum {
	LINE_MAX_LEN = 4096, /* bytes of a line; what is more is cut */
	ESCAPE_LEN = 4, /* \NNN */
	TAIL_LEN = 4, /* "..." and a newline */
};

struct os_log {
	int fd;
};

static bool
begins_as_log(int fd)
{
	static const char form[] = "0000-00-00T00:00:00.000Z ";
	char head[sizeof(form) - 1];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n == 0)
		return true;
	if (n != (ssize_t)sizeof(head))
		return false;
	for (size_t i = 0; i < sizeof(head); i++)
		if (form[i] == '0' ? head[i] < '0' || head[i] > '9'
				   : head[i] != form[i])
			return false;
	return true;
}

static enum dflow_status
open_old(const char *path, int *out, struct dflow_err *err)
{
	enum dflow_status st;
	int fd = -1;

	st = os_own_open(path, "log", O_RDWR, &fd, err);
	if (st != DFLOW_OK)
		return st;
	if (!begins_as_log(fd)) {
		(void)close(fd);
		return err_set(err, DFLOW_REFUSED,
		    "%s: is no log of ours; name another file for it", path);
	}
	*out = fd;
	return DFLOW_OK;
}

static enum dflow_status
open_log(const char *path, int *out, struct dflow_err *err)
{
	int fd;

	if (path[0] == '\0')
		return err_set(err, DFLOW_FAILED,
		    "the name of the log is empty; name a file");
	fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0 && errno == EEXIST)
		return open_old(path, out, err);
	if (fd < 0)
		return err_errno(err, "%s", path);
	/* A umask may have taken our own rights from it. */
	if (fchmod(fd, 0600) != 0) {
		(void)err_errno(err, "%s", path);
		(void)close(fd);
		return DFLOW_FAILED;
	}
	*out = fd;
	return DFLOW_OK;
}

enum dflow_status
os_log_open(const char *path, struct os_log **out, struct dflow_err *err)
{
	struct os_log *log = calloc(1, sizeof(*log));
	enum dflow_status st;

	if (log == NULL)
		return err_memory(err);
	st = open_log(path, &log->fd, err);
	if (st != DFLOW_OK) {
		free(log);
		return st;
	}
	*out = log;
	return DFLOW_OK;
}

/* 2022-09-22T07:39:38.123Z and a blank (RFC 3339). */
static size_t
put_time(char *out, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0 ||
	    gmtime_r(&now.tv_sec, &tm) == NULL)
		return 0;
	n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(
	    out + n, size - n, ".%03ldZ ", now.tv_nsec / 1000000);
	return n;
}

void
os_log_line(struct os_log *log, const char *text)
{
	char line[LINE_MAX_LEN];
	size_t n = put_time(line, sizeof(line));
	ssize_t done;
	uint8_t c;

	for (; *text != '\0' && n + ESCAPE_LEN + TAIL_LEN <= sizeof(line);
	     text++) {
		c = (uint8_t)*text;
		if (c >= 0x20 && c < 0x7f)
			line[n++] = (char)c;
		else
			n += (size_t)snprintf(
			    line + n, ESCAPE_LEN + 1, "\\%03u", (unsigned)c);
	}
	if (*text != '\0') {
		memcpy(line + n, "...", 3);
		n += 3;
	}
	line[n++] = '\n';
	do
		done = write(log->fd, line, n);
	while (done < 0 && errno == EINTR);
}

void
os_log_close(struct os_log **log)
{
	if (log == NULL || *log == NULL)
		return;
	(void)close((*log)->fd);
	free(*log);
	*log = NULL;
}
