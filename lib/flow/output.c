/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A slip of -o or -f must not cost a key, or what the left signed. A link is
 * followed when the output is written, so it is here.
 */
#include "flow/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_link.h"
#include "flow/response.h"
#include "keys/keyfile.h"

static const char *const key_ends[] = {".key", ".private", ".pem"};

enum { KEY_ENDS = sizeof(key_ends) / sizeof(key_ends[0]) };

/* Is that how a key's files are named? */
static bool
is_key_name(const char *path)
{
	const char *name = os_last_name(path);
	size_t len = strlen(name);
	struct keyfile_facts facts;

	for (size_t i = 0; i < KEY_ENDS; i++) {
		size_t n = strlen(key_ends[i]);

		if (len > n && strcmp(name + len - n, key_ends[i]) == 0 &&
		    keyfile_facts(name, len - n, &facts))
			return true;
	}
	return false;
}

static enum dflow_status
check_names(const char *path, struct dflow_err *err)
{
	struct dflow_err why;
	char *behind = NULL;
	struct stat sb;
	bool key = is_key_name(path);

	if (!key && os_follow_links(path, &behind, &sb, &why) == DFLOW_OK)
		key = is_key_name(behind);
	free(behind);
	if (!key)
		return DFLOW_OK;
	return err_set(err, DFLOW_USAGE,
	    "%s: a key file's name; give another one for --output", path);
}

static enum dflow_status
same(const char *path, const char *input, struct dflow_err *err)
{
	return err_set(err, DFLOW_USAGE,
	    "%s: is %s, which is read; give another name for --output", path,
	    input);
}

static enum dflow_status
check_inputs(const struct output *o, struct dflow_err *err)
{
	char base[KEYFILE_BASE_MAX], file[KEYFILE_PATH_MAX];
	struct dflow_err why;

	for (size_t i = 0; i < o->input_count; i++)
		if (o->inputs[i] != NULL && strcmp(o->inputs[i], "-") != 0 &&
		    os_same_file(o->path, o->inputs[i]))
			return same(o->path, o->inputs[i], err);
	for (size_t i = 0; i < o->key_count; i++) {
		if (keyfile_base(o->keys[i], base, sizeof(base), &why) !=
		    DFLOW_OK)
			continue; /* its reader says so */
		for (size_t k = 0; k < KEY_ENDS; k++) {
			(void)snprintf(
			    file, sizeof(file), "%s%s", base, key_ends[k]);
			if (os_same_file(o->path, file))
				return same(o->path, file, err);
		}
	}
	return DFLOW_OK;
}

/* By its first line: the rest is nobody's business here. */
static bool
is_private(const char *path)
{
	static const char form[] = "Private-key-format:";
	static const char begin[] = "-----BEGIN ";
	static const char key[] = "PRIVATE KEY-----";
	struct os_reader *r = NULL;
	struct dflow_err why;
	char line[48];
	size_t len = 0, got = 1;

	if (os_reader_open(path, &r, &why) != DFLOW_OK)
		return false;
	while (len + 1 < sizeof(line) && got > 0 &&
	       (len == 0 || line[len - 1] != '\n')) {
		if (os_reader_read(r, line + len, 1, &got, &why) != DFLOW_OK)
			break;
		len += got;
	}
	os_reader_close(&r);
	line[len] = '\0';
	return strncmp(line, form, strlen(form)) == 0 ||
	       (strncmp(line, begin, strlen(begin)) == 0 &&
		   strstr(line, key) != NULL);
}

/* True for a damaged SKR, too: it may be all that there is. */
static bool
is_response(const char *path)
{
	struct response *r = NULL;
	struct dflow_err why;
	const char *mark;
	bool is = false;
	struct buf text;
	size_t line;

	buf_init(&text, BUNDLES_BYTES_MAX);
	if (os_read_found(path, BUNDLES_BYTES_MAX, &text, &why) == DFLOW_OK &&
	    text.len > 0) {
		mark = bundle_marked((const char *)text.data, text.len, &line);
		is = mark != NULL
			 ? strcmp(mark, "an SKR") == 0
			 : response_parse(path, &text, &r, &why) == DFLOW_OK;
	}
	response_free(&r);
	buf_free(&text);
	return is;
}

static enum dflow_status
check_request(const char *path, struct dflow_err *err)
{
	if (strcmp(os_last_name(path), "KSK.data") != 0 &&
	    !(os_is_file(path) && is_response(path)))
		return DFLOW_OK;
	return err_set(err, DFLOW_USAGE,
	    "%s: is for a response from the left; give the request another "
	    "name (--output)",
	    path);
}

enum dflow_status
output_check(const struct output *o, struct dflow_err *err)
{
	enum dflow_status st;

	if (strcmp(o->path, "-") == 0)
		return DFLOW_OK;
	st = check_names(o->path, err);
	if (st == DFLOW_OK)
		st = check_inputs(o, err);
	if (st == DFLOW_OK && os_is_file(o->path) && is_private(o->path))
		st = err_set(err, DFLOW_USAGE,
		    "%s: holds a private key; give another name for --output",
		    o->path);
	if (st == DFLOW_OK && o->kind == OUTPUT_REQUEST)
		st = check_request(o->path, err);
	return st;
}
