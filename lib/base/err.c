/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one line that tells why. Owns the escaping: whatever a file or an
 * argument holds, the line is printable ASCII and fits struct dflow_err.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	ESCAPE_LEN = 4, /* \NNN */
	CAUSE_LEN = 128, /* kept free for the text of errno */
};

/*
 * Copies raw to out as printable ASCII. A line that is too long ends in "..."
 * and never within an escape.
 */
static void
make_visible(const char *raw, char out[DFLOW_ERR_TEXT])
{
	static const char more[] = "...";
	size_t end = DFLOW_ERR_TEXT - sizeof(more);
	size_t len = 0;
	uint8_t c;

	for (; *raw != '\0' && len + ESCAPE_LEN <= end; raw++) {
		c = (uint8_t)*raw;
		if (c >= 0x20 && c < 0x7f) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '\\';
		out[len++] = (char)('0' + c / 100);
		out[len++] = (char)('0' + c / 10 % 10);
		out[len++] = (char)('0' + c % 10);
	}
	if (*raw != '\0') {
		memcpy(out + len, more, sizeof(more) - 1);
		len += sizeof(more) - 1;
	}
	out[len] = '\0';
}

/* raw may quote err->text: it is a copy by now. */
static enum dflow_status
fill(struct dflow_err *err, enum dflow_status status, const char *raw)
{
	if (err != NULL) {
		err->status = status;
		make_visible(raw, err->text);
	}
	return status;
}

static void format(char raw[DFLOW_ERR_TEXT], size_t at, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static void
format(char raw[DFLOW_ERR_TEXT], size_t at, const char *fmt, va_list ap)
{
	if (vsnprintf(raw + at, DFLOW_ERR_TEXT - at, fmt, ap) < 0)
		raw[at] = '\0';
}

enum dflow_status
err_set(struct dflow_err *err, enum dflow_status status, const char *fmt, ...)
{
	char raw[DFLOW_ERR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	format(raw, 0, fmt, ap);
	va_end(ap);
	return fill(err, status, raw);
}

enum dflow_status
err_at(
    struct dflow_err *err, const char *file, size_t line, const char *fmt, ...)
{
	char raw[DFLOW_ERR_TEXT];
	size_t at;
	va_list ap;
	int n;

	n = snprintf(raw, sizeof(raw), "%s:%zu: ", file, line);
	if (n < 0)
		n = 0;
	at = (size_t)n < sizeof(raw) ? (size_t)n : sizeof(raw) - 1;
	va_start(ap, fmt);
	format(raw, at, fmt, ap);
	va_end(ap);
	return fill(err, DFLOW_FAILED, raw);
}

enum dflow_status
err_errno(struct dflow_err *err, const char *fmt, ...)
{
	char raw[DFLOW_ERR_TEXT];
	int cause = errno;
	size_t at;
	va_list ap;

	va_start(ap, fmt);
	format(raw, 0, fmt, ap);
	va_end(ap);
	at = strlen(raw);
	if (at > sizeof(raw) - CAUSE_LEN)
		at = sizeof(raw) - CAUSE_LEN;
	errno = cause;
	/* %m rather than strerror(), which is not for threads. */
	(void)snprintf(raw + at, sizeof(raw) - at, ": %m");
	return fill(err, DFLOW_FAILED, raw);
}

enum dflow_status
err_memory(struct dflow_err *err)
{
	return err_set(err, DFLOW_FAILED, "out of memory");
}
