/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns OUT.sha256: one line, the digest in hex, two blanks and the file's
 * name, so that `sha256sum -c` in that folder checks it too.
 */
#include "flow/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/os.h"

enum { HEX_LEN = 2 * SEAL_LEN, SEAL_FILE_MAX = 4096 + HEX_LEN };

static char *
seal_path(const char *out)
{
	size_t size = strlen(out) + sizeof(".sha256");
	char *path = malloc(size);

	if (path != NULL)
		(void)snprintf(path, size, "%s.sha256", out);
	return path;
}

/* A pipe would be waited for. */
static enum dflow_status
check_file(const char *path, struct dflow_err *err)
{
	if (!os_exists(path) || os_is_file(path))
		return DFLOW_OK;
	return err_set(err, DFLOW_FAILED, "%s is not a regular file", path);
}

static enum dflow_status
parse(const char *path, const struct buf *text, uint8_t digest[SEAL_LEN],
    struct dflow_err *err)
{
	const char *line = (const char *)text->data;
	size_t len = 0;

	if (text->len <= HEX_LEN + 2 || line[HEX_LEN] != ' ' ||
	    line[HEX_LEN + 1] != ' ' ||
	    !hex_decode(line, HEX_LEN, digest, SEAL_LEN, &len) ||
	    len != SEAL_LEN)
		return err_set(
		    err, DFLOW_FAILED, "%s: not a line of sha256sum's", path);
	return DFLOW_OK;
}

enum dflow_status
seal_read(const char *out, uint8_t digest[SEAL_LEN], struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;
	char *path = seal_path(out);

	if (path == NULL)
		return err_memory(err);
	buf_init(&text, SEAL_FILE_MAX);
	st = check_file(path, err);
	if (st == DFLOW_OK)
		st = os_read(path, SEAL_FILE_MAX, &text, err);
	if (st == DFLOW_OK)
		st = parse(path, &text, digest, err);
	buf_free(&text);
	free(path);
	return st;
}

enum dflow_status
seal_write(
    const char *out, const uint8_t digest[SEAL_LEN], struct dflow_err *err)
{
	const char *slash = strrchr(out, '/');
	char hex[HEX_LEN + 1];
	enum dflow_status st;
	struct buf text;
	char *path = seal_path(out);

	if (path == NULL)
		return err_memory(err);
	hex[hex_encode(digest, SEAL_LEN, hex)] = '\0';
	buf_init(&text, SEAL_FILE_MAX);
	buf_printf(&text, "%s  %s\n", hex, slash == NULL ? out : slash + 1);
	st = buf_check(&text, path, err);
	if (st == DFLOW_OK)
		st = check_file(path, err);
	if (st == DFLOW_OK)
		st = os_write(path, 0644, text.data, text.len, err);
	buf_free(&text);
	free(path);
	return st;
}
