/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Brings the responses of a ceremony to the disk: one beside what was there,
 * or those of many zones in a folder of their own. All that may fail there is
 * tried before anything is signed: what is in the ledger should not be lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_folder.h"
#include "base/os_link.h"
#include "flow/ceremony.h"
#include "flow/contained.h"
#include "flow/fileset.h"
#include "flow/output.h"

enum { NAME_BYTES_MAX = 255 };

static size_t
text_len(const struct ceremony_response *r)
{
	return r->text.len - 1; /* without its NUL */
}

static enum dflow_status
note_path(
    struct ceremony_zone *z, size_t i, const char *path, struct dflow_err *err)
{
	free(z->written_paths[i]);
	z->written_paths[i] = strdup(path);
	if (z->written_paths[i] == NULL)
		return err_memory(err);
	z->written[i].path = z->written_paths[i];
	return DFLOW_OK;
}

/* A response on the disk, under temporary names. */
struct staged {
	struct os_save *file;
	struct contained *container; /* NULL: there is none */
};

static enum dflow_status
stage(const struct dflow_ceremony *c, const struct ceremony_response *r,
    const char *path, struct staged *s, struct dflow_err *err)
{
	enum dflow_status st = os_save_open(path, 0644, &s->file, err);

	if (st == DFLOW_OK)
		st = os_save_write(s->file, r->text.data, text_len(r), err);
	if (st == DFLOW_OK)
		st = os_save_sync(s->file, err);
	if (st == DFLOW_OK && r->container.len > 0)
		st = contained_stage(path, container_suffix(c->container),
		    &r->container, &s->container, err);
	return st;
}

/* What was there makes way when all but the renames is done. */
static enum dflow_status
save_response(struct dflow_ceremony *c, struct ceremony_zone *z, size_t i,
    const char *path, struct dflow_err *err)
{
	struct staged s = {0};
	enum dflow_status st = DFLOW_OK;

	if (os_exists(path))
		st = ceremony_try_keep(z, path, err);
	if (st == DFLOW_OK)
		st = stage(c, &z->responses[i], path, &s, err);
	if (st == DFLOW_OK)
		st = note_path(z, i, path, err);
	if (st == DFLOW_OK)
		st = ceremony_keep(z, path, err);
	if (st == DFLOW_OK) {
		st = contained_place(s.container, s.file, err);
		c->placed += st == DFLOW_OK;
	}
	if (st == DFLOW_OK)
		st = contained_commit(&s.container, &s.file, err);
	contained_abort(&s.container);
	os_save_abort(&s.file);
	return st;
}

static enum dflow_status
emergency_path(
    const char *path, char out[CEREMONY_PATH_MAX], struct dflow_err *err)
{
	size_t len = strlen(path);
	int n;

	while (len > 1 && path[len - 1] == '/')
		len--;
	n = snprintf(out, CEREMONY_PATH_MAX, "%.*s.emergency", (int)len, path);
	if (n < 0 || n >= CEREMONY_PATH_MAX)
		return err_set(err, DFLOW_FAILED, "%s: name too long", path);
	return DFLOW_OK;
}

static bool
has_emergency(const struct dflow_ceremony *c)
{
	for (size_t i = 0; i < c->zone_count; i++)
		if (c->zones[i].response_count > 1)
			return true;
	return false;
}

static enum dflow_status
save_one(struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	struct ceremony_zone *z = &c->zones[0];
	const struct ceremony_response *r = &z->responses[0];
	char other[CEREMONY_PATH_MAX];
	enum dflow_status st = DFLOW_OK;

	if (strcmp(path, "-") == 0) {
		if (z->response_count > 1 || r->container.len > 0)
			return err_set(err, DFLOW_USAGE,
			    "more than one file is to be written; name it by "
			    "--output FILE");
		return os_write(path, 0644, r->text.data, text_len(r), err);
	}
	if (z->response_count > 1) {
		st = emergency_path(path, other, err);
		if (st == DFLOW_OK)
			st = save_response(c, z, 1, other, err);
	}
	if (st == DFLOW_OK)
		st = save_response(c, z, 0, path, err);
	return st;
}

/* As key files are named for their zones, but with no more than that. */
static void
file_name(const struct ceremony_zone *z, char *out)
{
	char zone[KEYFILE_NAME_MAX];

	keyfile_zone(z->name, zone);
	(void)snprintf(out, CEREMONY_NAME_MAX, "%s%s", zone,
	    z->ksr != NULL ? ".skr" : ".KSK.data");
}

/* A folder that is being filled. */
struct filling {
	struct dflow_ceremony *c;
	struct os_folder *f;
	const char *path;
	size_t i; /* which of the zones' responses it gets */
};

static enum dflow_status
put_response(
    const struct filling *to, struct ceremony_zone *z, struct dflow_err *err)
{
	const struct ceremony_response *r = &z->responses[to->i];
	char name[CEREMONY_NAME_MAX], path[CEREMONY_PATH_MAX];
	char beside[CEREMONY_NAME_MAX + 8];
	enum dflow_status st;

	file_name(z, name);
	st = os_folder_put(to->f, name, r->text.data, text_len(r), err);
	if (st == DFLOW_OK && r->container.len > 0) {
		(void)snprintf(beside, sizeof(beside), "%s%s", name,
		    container_suffix(to->c->container));
		st = os_folder_put(
		    to->f, beside, r->container.data, r->container.len, err);
	}
	(void)snprintf(path, sizeof(path), "%.900s/%s", to->path, name);
	return st == DFLOW_OK ? note_path(z, to->i, path, err) : st;
}

/* The i-th response of every zone that has one. */
static enum dflow_status
save_folder(
    struct dflow_ceremony *c, size_t i, const char *path, struct dflow_err *err)
{
	struct filling to = {.c = c, .path = path, .i = i};
	enum dflow_status st = os_folder_open(path, &to.f, err);

	for (size_t k = 0; k < c->zone_count && st == DFLOW_OK; k++)
		if (i < c->zones[k].response_count)
			st = put_response(&to, &c->zones[k], err);
	if (st == DFLOW_OK) {
		st = os_folder_place(to.f, err);
		c->placed += st == DFLOW_OK;
	}
	if (st == DFLOW_OK)
		st = os_folder_commit(&to.f, err);
	os_folder_abort(&to.f);
	return st;
}

/* The digest of a folder, for people to compare. */
static enum dflow_status
digest_all(struct dflow_ceremony *c, size_t i, char out[DFLOW_DIGEST_TEXT],
    struct dflow_err *err)
{
	struct dflow_file_facts *all = calloc(c->zone_count, sizeof(*all));
	enum dflow_status st;
	size_t count = 0;

	if (all == NULL)
		return err_memory(err);
	for (size_t k = 0; k < c->zone_count; k++)
		if (i < c->zones[k].response_count)
			all[count++] = c->zones[k].written[i];
	st = fileset_sha256(all, count, out, err);
	free(all);
	return st;
}

/* The emergency's in a folder of their own: they do not travel with these. */
static enum dflow_status
save_many(struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	char other[CEREMONY_PATH_MAX];
	enum dflow_status st = DFLOW_OK;

	if (has_emergency(c)) {
		st = emergency_path(path, other, err);
		if (st == DFLOW_OK)
			st = save_folder(c, 1, other, err);
		if (st == DFLOW_OK)
			st = digest_all(c, 1, c->view.emergency_sha256, err);
	}
	if (st == DFLOW_OK)
		st = save_folder(c, 0, path, err);
	if (st == DFLOW_OK)
		st = digest_all(c, 0, c->view.responses_sha256, err);
	return st;
}

/* The ledger is, or will be, in that folder. */
static bool
has_ledger(const struct dflow_ceremony *c, const char *folder)
{
	char *above;
	bool same;

	if (c->ledger == NULL)
		return false;
	above = os_beside(ledger_path(c->ledger), ".");
	same = above != NULL && os_same_file(above, folder);
	free(above);
	return same;
}

/* The ledger is, or will be, that very file. */
static bool
is_ledger(const struct dflow_ceremony *c, const char *path)
{
	char *above = os_beside(path, ".");
	bool same = above != NULL && has_ledger(c, above) &&
		    strcmp(os_last_name(path),
			os_last_name(ledger_path(c->ledger))) == 0;

	free(above);
	return same;
}

/* Nothing is there, and no container of another file waits for it. */
static enum dflow_status
try_new(const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	char beside[CEREMONY_PATH_MAX];

	for (size_t i = 0; i < CEREMONY_ENDS; i++)
		if (ceremony_join(path, ceremony_ends[i], beside, NULL) ==
			DFLOW_OK &&
		    os_exists(beside))
			return err_set(err, DFLOW_REFUSED,
			    "%s is there already, and is not of what is to be "
			    "signed; move it away",
			    beside);
	if (is_ledger(c, path))
		return err_set(err, DFLOW_USAGE,
		    "%s: is the ledger; give the response another name", path);
	return DFLOW_OK;
}

static enum dflow_status
try_file(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	char beside[CEREMONY_PATH_MAX];
	enum dflow_status st = os_exists(path)
				   ? ceremony_try_keep(&c->zones[0], path, err)
				   : try_new(c, path, err);

	if (st == DFLOW_OK)
		st = ceremony_try_file(path, err);
	if (st != DFLOW_OK || c->container == NULL)
		return st;
	st = ceremony_join(path, container_suffix(c->container), beside, err);
	return st == DFLOW_OK ? ceremony_try_file(beside, err) : st;
}

/* Every name that will be in it. */
static enum dflow_status
try_names(
    const struct dflow_ceremony *c, struct os_folder *f, struct dflow_err *err)
{
	char name[CEREMONY_NAME_MAX], beside[CEREMONY_NAME_MAX + 8];
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < c->zone_count && st == DFLOW_OK; i++) {
		file_name(&c->zones[i], name);
		if (strlen(name) + strlen(".p7s") > NAME_BYTES_MAX)
			return err_set(err, DFLOW_REFUSED,
			    "%s: its name is too long for a file's; sign it "
			    "by itself",
			    c->zones[i].text);
		st = os_folder_put(f, name, NULL, 0, err);
		if (st != DFLOW_OK || c->container == NULL)
			continue;
		(void)snprintf(beside, sizeof(beside), "%s%s", name,
		    container_suffix(c->container));
		st = os_folder_put(f, beside, NULL, 0, err);
	}
	return st;
}

/* The ledger would make of a folder to be one that is there. */
static enum dflow_status
try_folder(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	struct os_folder *f = NULL;
	size_t len = strlen(path);
	enum dflow_status st;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (c->ledger != NULL &&
	    (has_ledger(c, path) || is_ledger(c, path) ||
		(strncmp(path, ledger_path(c->ledger), len) == 0 &&
		    (ledger_path(c->ledger)[len] == '/' ||
			ledger_path(c->ledger)[len] == '\0'))))
		return err_set(err, DFLOW_USAGE,
		    "%s: the ledger is in it; give the responses another "
		    "folder",
		    path);
	st = os_folder_open(path, &f, err);
	if (st == DFLOW_OK)
		st = try_names(c, f, err);
	os_folder_abort(&f);
	return st;
}

static enum dflow_status
try_one(const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	if (c->view.many)
		return try_folder(c, path, err);
	return strcmp(path, "-") == 0 ? DFLOW_OK : try_file(c, path, err);
}

enum dflow_status
dflow_ceremony_try_path(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	/* Anything that is there and no response is refused below. */
	const struct output output = {.path = path, .kind = OUTPUT_RESPONSE};
	char other[CEREMONY_PATH_MAX];
	enum dflow_status st = output_check(&output, err);

	if (st == DFLOW_OK && has_emergency(c) && strcmp(path, "-") != 0) {
		st = emergency_path(path, other, err);
		if (st == DFLOW_OK)
			st = try_one(c, other, err);
	}
	return st == DFLOW_OK ? try_one(c, path, err) : st;
}

/* How many files or folders there are to be. */
static size_t
wanted(const struct dflow_ceremony *c)
{
	return has_emergency(c) ? 2 : 1;
}

static bool
has_ksr(const struct dflow_ceremony *c)
{
	for (size_t i = 0; i < c->zone_count; i++)
		if (c->zones[i].ksr != NULL)
			return true;
	return false;
}

/* The ledger says signed, and nobody has it: what to do about that. */
static enum dflow_status
tell_lost(
    const struct dflow_ceremony *c, enum dflow_status st, struct dflow_err *err)
{
	struct dflow_err why;

	if (err == NULL || c->ledger == NULL || c->placed == wanted(c))
		return st;
	why = *err;
	return err_set(err, st,
	    "the ledger has it as signed, but it is not written, or not all of "
	    "it; mend this, and the same command%s makes it again: %s",
	    has_ksr(c) ? " with --allow replay" : "", why.text);
}

enum dflow_status
dflow_ceremony_save(
    struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	enum dflow_status st;

	if (!c->done)
		return err_set(err, DFLOW_USAGE, "nothing is signed yet");
	c->placed = 0;
	st = c->view.many ? save_many(c, path, err) : save_one(c, path, err);
	return st == DFLOW_OK ? st : tell_lost(c, st, err);
}
