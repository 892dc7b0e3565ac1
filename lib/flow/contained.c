/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the container of a file that is about to be written: it is on the
 * disk before the file takes its place, so that what is left then is a rename.
 * Checks those of files that were read.
 */
#include "flow/contained.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "flow/keyfacts.h"

_Static_assert(sizeof(((struct dflow_maker *)NULL)->container) ==
		       sizeof(((struct container_facts *)NULL)->path) &&
		   sizeof(((struct dflow_maker *)NULL)->who) == CONTAINER_WHO,
    "what a container says is copied");

struct contained {
	struct os_save *save;
};

enum dflow_status
contained_signer(const struct contained_wish *w, struct container_signer **out,
    struct dflow_err *err)
{
	struct container_signer *s = NULL;
	enum dflow_status st;

	if (w->sign_as == NULL) {
		*out = NULL;
		return DFLOW_OK;
	}
	if (w->path != NULL &&
	    (strcmp(w->path, "-") == 0 ||
		(os_exists(w->path) && !os_is_file(w->path))))
		return err_set(err, DFLOW_USAGE,
		    "a container stands beside a file: --sign-as wants -o "
		    "FILE");
	st = container_signer_open(w->sign_as, w->pass_fd, &s, err);
	if (st == DFLOW_OK)
		st = container_signer_check(s, w->now, err);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	container_signer_free(&s);
	return st;
}

/* path and suffix in a string that the caller frees; NULL for want of memory.
 */
static char *
joined(const char *path, const char *suffix)
{
	size_t size = strlen(path) + strlen(suffix) + 1;
	char *s = malloc(size);

	if (s != NULL)
		(void)snprintf(s, size, "%s%s", path, suffix);
	return s;
}

enum dflow_status
contained_stage(const char *path, const char *suffix, const struct buf *made,
    struct contained **out, struct dflow_err *err)
{
	struct contained *c = calloc(1, sizeof(*c));
	char *beside = joined(path, suffix);
	enum dflow_status st;

	st = c == NULL || beside == NULL
		 ? err_memory(err)
		 : os_save_open(beside, 0644, &c->save, err);
	if (st == DFLOW_OK)
		st = os_save_write(c->save, made->data, made->len, err);
	if (st == DFLOW_OK)
		st = os_save_sync(c->save, err);
	free(beside);
	if (st == DFLOW_OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	contained_abort(&c);
	return st;
}

enum dflow_status
contained_open(struct container_signer *s, const char *path,
    const struct buf *data, int64_t now, struct contained **out,
    struct dflow_err *err)
{
	enum dflow_status st;
	struct buf made;

	*out = NULL;
	if (s == NULL)
		return DFLOW_OK;
	buf_init(&made, CONTAINER_BYTES_MAX);
	st = container_sign(s, data, now, &made, err);
	if (st == DFLOW_OK)
		st =
		    contained_stage(path, container_suffix(s), &made, out, err);
	buf_free(&made);
	return st;
}

enum dflow_status
contained_place(
    struct contained *c, struct os_save *file, struct dflow_err *err)
{
	enum dflow_status st = os_save_place(file, err);

	if (st != DFLOW_OK || c == NULL)
		return st;
	st = os_save_place(c->save, err);
	if (st != DFLOW_OK)
		os_save_take_back(file);
	return st;
}

enum dflow_status
contained_commit(
    struct contained **c, struct os_save **file, struct dflow_err *err)
{
	enum dflow_status st = contained_place(*c, *file, err);
	enum dflow_status st_container = DFLOW_OK;

	if (st == DFLOW_OK) {
		st = os_save_commit(file, err);
		if (*c != NULL)
			st_container = os_save_commit(
			    &(*c)->save, st == DFLOW_OK ? err : NULL);
	}
	contained_abort(c);
	os_save_abort(file);
	return st != DFLOW_OK ? st : st_container;
}

void
contained_abort(struct contained **c)
{
	struct contained *old = *c;

	*c = NULL;
	if (old == NULL)
		return;
	os_save_abort(&old->save);
	free(old);
}

enum dflow_status
contained_policy_read(const char *trust, bool require, int64_t now,
    struct contained_policy *out, struct dflow_err *err)
{
	struct container_trust *t = NULL;
	enum dflow_status st = DFLOW_OK;

	if (require && trust == NULL)
		return err_set(err, DFLOW_USAGE,
		    "--require-container wants --trust FILE, with those who "
		    "may have made one");
	if (trust != NULL)
		st = container_trust_read(trust, &t, err);
	if (st == DFLOW_OK)
		*out = (struct contained_policy){t, now, require};
	return st;
}

void
contained_policy_end(struct contained_policy *p)
{
	container_trust_free(&p->trust);
}

enum dflow_status
contained_maker(const struct contained_policy *p, const char *path,
    const struct buf *data, struct dflow_maker *maker, struct dflow_err *err)
{
	struct dflow_maker told = {.at = INT64_MIN};
	struct container_facts found;
	enum dflow_status st =
	    container_check(p->trust, path, data, p->now, &found, err);

	if (st != DFLOW_OK)
		return st;
	if (p->require && found.path[0] == '\0')
		return err_set(err, DFLOW_REFUSED,
		    "%s: no container stands beside it (%s.p7s, .asc or .sig); "
		    "have it made with --sign-as",
		    path, path);
	memcpy(told.container, found.path, sizeof(told.container));
	memcpy(told.who, found.who, sizeof(told.who));
	told.at = found.signed_at;
	keyfacts_sha256(data->data, data->len, told.sha256);
	*maker = told;
	return DFLOW_OK;
}
