/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Brings the responses of a ceremony to the disk: one beside what was there,
 * or those of many zones in a folder of their own. What a ceremony of last
 * year made is never written over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_folder.h"
#include "exchange/kskdata.h"
#include "flow/ceremony.h"
#include "flow/fileset.h"

enum { PATH_TEXT_MAX = 4096, KEPT_MAX = 99, NAME_BYTES_MAX = 255 };

static const char *const container_ends[] = {".p7s", ".asc", ".sig"};

enum { ENDS = sizeof(container_ends) / sizeof(container_ends[0]) };

/* Moves what says who made the old one to where that one is kept. */
static enum dflow_status
keep_containers(const char *path, const char *kept, struct dflow_err *err)
{
	char from[PATH_TEXT_MAX], to[PATH_TEXT_MAX];
	enum dflow_status st = DFLOW_OK;

	for (size_t i = 0; i < ENDS && st == DFLOW_OK; i++) {
		struct buf text;
		int n = snprintf(
		    from, sizeof(from), "%s%s", path, container_ends[i]);
		int m =
		    snprintf(to, sizeof(to), "%s%s", kept, container_ends[i]);

		if (n < 0 || (size_t)n >= sizeof(from) || m < 0 ||
		    (size_t)m >= sizeof(to) || !os_is_file(from))
			continue;
		buf_init(&text, CONTAINER_BYTES_MAX);
		st = os_read(from, CONTAINER_BYTES_MAX, &text, err);
		if (st == DFLOW_OK)
			st = os_write_new(to, 0644, text.data, text.len, err);
		if (st == DFLOW_OK)
			os_remove(from);
		buf_free(&text);
	}
	return st;
}

/*
 * Copies old to the first free one of path~, path~2, path~3 and so on: what a
 * ceremony of last year made must outlive two attempts today.
 */
static enum dflow_status
keep_copy(const char *path, const struct buf *old, struct dflow_err *err)
{
	char kept[PATH_TEXT_MAX];
	char number[16] = "";
	enum dflow_status st;
	int n;

	for (int i = 1; i <= KEPT_MAX; i++) {
		if (i > 1)
			(void)snprintf(number, sizeof(number), "%d", i);
		n = snprintf(kept, sizeof(kept), "%s~%s", path, number);
		if (n < 0 || (size_t)n >= sizeof(kept))
			return err_set(err, DFLOW_FAILED,
			    "%.200s...: name too long", path);
		if (os_exists(kept))
			continue;
		st = os_write_new(kept, 0644, old->data, old->len, err);
		return st == DFLOW_OK ? keep_containers(path, kept, err) : st;
	}
	return err_set(err, DFLOW_REFUSED,
	    "%s~ to %s~%d are there already; move them away", path, path,
	    KEPT_MAX);
}

/* True if it is a response for the zone, of either form. */
static bool
is_response(const struct ceremony_zone *z, const struct buf *text)
{
	const char *chars = (const char *)text->data;
	struct dflow_err why = {.status = DFLOW_OK};
	struct kskdata *data = NULL;
	struct bundles *b = NULL;
	bool same = false;
	size_t line;

	if (text->len > 0 && bundle_marked(chars, text->len, &line) != NULL)
		same =
		    bundles_parse("", chars, text->len, &b, &why) == DFLOW_OK &&
		    b->kind == BUNDLE_SKR && name_equal(b->zone, z->name);
	else
		same = kskdata_parse("", chars, text->len, &data, &why) ==
			   DFLOW_OK &&
		       name_equal(data->zone, z->name);
	kskdata_free(&data);
	bundles_free(&b);
	return same;
}

/* What stands at path must be a response for this zone. */
static enum dflow_status
read_previous(const struct ceremony_zone *z, const char *path, struct buf *old,
    struct dflow_err *err)
{
	struct dflow_err why = {.status = DFLOW_OK};

	/* A pipe would be read for ever, as nobody writes to it. */
	if (os_is_file(path) &&
	    os_read(path, BUNDLES_BYTES_MAX, old, &why) == DFLOW_OK &&
	    is_response(z, old))
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s is there already and is no KSK.data of %s; give another name",
	    path, z->text);
}

static enum dflow_status
keep_previous(
    const struct ceremony_zone *z, const char *path, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf old;

	if (!os_exists(path))
		return DFLOW_OK;
	buf_init(&old, BUNDLES_BYTES_MAX);
	st = read_previous(z, path, &old, err);
	if (st == DFLOW_OK)
		st = keep_copy(path, &old, err);
	buf_free(&old);
	return st;
}

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

/* The container first: a response without it would not be taken. */
static enum dflow_status
save_response(struct dflow_ceremony *c, struct ceremony_zone *z, size_t i,
    const char *path, struct dflow_err *err)
{
	const struct ceremony_response *r = &z->responses[i];
	char beside[PATH_TEXT_MAX];
	enum dflow_status st = keep_previous(z, path, err);
	int n;

	if (st == DFLOW_OK && r->container.len > 0) {
		n = snprintf(beside, sizeof(beside), "%s%s", path,
		    container_suffix(c->container));
		if (n < 0 || (size_t)n >= sizeof(beside))
			return err_set(
			    err, DFLOW_FAILED, "%s: name too long", path);
		st = os_write(
		    beside, 0644, r->container.data, r->container.len, err);
	}
	if (st == DFLOW_OK)
		st = os_write(path, 0644, r->text.data, text_len(r), err);
	if (st == DFLOW_OK)
		st = note_path(z, i, path, err);
	return st;
}

static enum dflow_status
emergency_path(const char *path, char out[PATH_TEXT_MAX], struct dflow_err *err)
{
	size_t len = strlen(path);
	int n;

	while (len > 1 && path[len - 1] == '/')
		len--;
	n = snprintf(out, PATH_TEXT_MAX, "%.*s.emergency", (int)len, path);
	if (n < 0 || n >= PATH_TEXT_MAX)
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
	char other[PATH_TEXT_MAX];
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
	char name[CEREMONY_NAME_MAX], path[PATH_TEXT_MAX];
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
	char other[PATH_TEXT_MAX];
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

/* A file can be made there, and no container of another one waits for it. */
static enum dflow_status
try_new(const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	struct os_save *save = NULL;
	char beside[PATH_TEXT_MAX];
	enum dflow_status st;
	int n;

	for (size_t i = 0; i < ENDS; i++) {
		n = snprintf(
		    beside, sizeof(beside), "%s%s", path, container_ends[i]);
		if (n >= 0 && (size_t)n < sizeof(beside) && os_exists(beside))
			return err_set(err, DFLOW_REFUSED,
			    "%s is there already, and is not of what is to be "
			    "signed; move it away",
			    beside);
	}
	if (c->ledger != NULL && strcmp(path, ledger_path(c->ledger)) == 0)
		return err_set(err, DFLOW_USAGE,
		    "%s: is the ledger; give the response another name", path);
	st = os_save_open(path, 0644, &save, err);
	os_save_abort(&save);
	return st;
}

/* The ledger would make of a folder to be one that is there. */
static enum dflow_status
try_folder(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	char name[CEREMONY_NAME_MAX];
	struct os_folder *f = NULL;
	size_t len = strlen(path);
	enum dflow_status st;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (c->ledger != NULL &&
	    strncmp(path, ledger_path(c->ledger), len) == 0 &&
	    (ledger_path(c->ledger)[len] == '/' ||
		ledger_path(c->ledger)[len] == '\0'))
		return err_set(err, DFLOW_USAGE,
		    "%s: the ledger is in it; give the responses another "
		    "folder",
		    path);
	for (size_t i = 0; i < c->zone_count; i++) {
		file_name(&c->zones[i], name);
		if (strlen(name) + strlen(".p7s") > NAME_BYTES_MAX)
			return err_set(err, DFLOW_REFUSED,
			    "%s: its name is too long for a file's; sign it "
			    "by itself",
			    c->zones[i].text);
	}
	st = os_folder_open(path, &f, err);
	os_folder_abort(&f);
	return st;
}

static enum dflow_status
try_one(const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf old;

	if (c->view.many)
		return try_folder(c, path, err);
	if (strcmp(path, "-") == 0)
		return DFLOW_OK;
	if (!os_exists(path))
		return try_new(c, path, err);
	buf_init(&old, BUNDLES_BYTES_MAX);
	st = read_previous(&c->zones[0], path, &old, err);
	buf_free(&old);
	return st;
}

enum dflow_status
dflow_ceremony_try_path(
    const struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	char other[PATH_TEXT_MAX];
	enum dflow_status st = DFLOW_OK;

	if (has_emergency(c) && strcmp(path, "-") != 0) {
		st = emergency_path(path, other, err);
		if (st == DFLOW_OK)
			st = try_one(c, other, err);
	}
	return st == DFLOW_OK ? try_one(c, path, err) : st;
}

enum dflow_status
dflow_ceremony_save(
    struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	if (!c->done)
		return err_set(err, DFLOW_USAGE, "nothing is signed yet");
	return c->view.many ? save_many(c, path, err) : save_one(c, path, err);
}
