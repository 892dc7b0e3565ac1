/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_import: takes in what came from the left, for one zone or for
 * hundreds. All of it is verified before any of it is stored.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_lock.h"
#include "base/pool.h"
#include "base/when.h"
#include "flow/fileset.h"
#include "flow/import.h"

/* Each waits for the disk most of the time; os_save has 16 places. */
enum { SAVE_THREADS = 8 };

struct dflow_imports {
	struct import_run run;
	struct trust_ds ds;
	struct keyindex *index;
	struct os_lock *lock; /* on the folder, until all is stored */
	struct dflow_fileset *files;
	struct import_zone *zones;
	struct import_zone **order; /* by name */
	size_t count;
};

static bool
has_end(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

/* The emergency's response is for another day, unless it is named. */
static bool
is_passed_over(const struct dflow_import *p, const char *path)
{
	for (size_t i = 0; i < p->path_count; i++)
		if (strcmp(p->paths[i], path) == 0)
			return false;
	return has_end(path, ".emergency.skr") || has_end(path, ".emergency");
}

static enum dflow_status
list_files(struct dflow_imports *l, struct dflow_err *err)
{
	const struct dflow_import *p = l->run.p;
	enum dflow_status st =
	    dflow_fileset_list(p->paths, p->path_count, &l->files, err);
	size_t count;

	if (st != DFLOW_OK)
		return st;
	count = dflow_fileset_count(l->files);
	l->run.many = p->path_count > 1 || dflow_fileset_is_folder(l->files);
	l->zones = calloc(count + 1, sizeof(*l->zones));
	l->order = calloc(count + 1, sizeof(*l->order));
	if (l->zones == NULL || l->order == NULL)
		return err_memory(err);
	for (size_t i = 0; i < count; i++) {
		const char *path = dflow_fileset_path(l->files, i);

		if (is_passed_over(p, path))
			continue;
		l->zones[l->count].run = &l->run;
		l->zones[l->count].path = path;
		l->order[l->count] = &l->zones[l->count];
		l->count++;
	}
	if (l->count == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: no response in this folder", p->paths[0]);
	return DFLOW_OK;
}

static enum dflow_status
check(const struct dflow_import *p, struct dflow_err *err)
{
	if (p->path_count == 0 || p->dir == NULL)
		return err_set(err, DFLOW_USAGE,
		    "a response and a folder for it are needed");
	if (p->now < WHEN_SANE_MIN)
		return err_set(err, DFLOW_REFUSED,
		    "the clock says a time before 2020; set it right");
	return DFLOW_OK;
}

/* Everything that is read once, for all zones. */
static enum dflow_status
prepare(struct dflow_imports *l, struct dflow_err *err)
{
	const struct dflow_import *p = l->run.p;
	enum dflow_status st = contained_policy_read(
	    p->trust, p->require_container, p->now, &l->run.whose, err);

	if (st == DFLOW_OK)
		st = list_files(l, err);
	if (st == DFLOW_OK && l->run.many && p->request != NULL)
		st = err_set(err, DFLOW_USAGE,
		    "--request is one zone's; import that response alone");
	if (st == DFLOW_OK)
		st = os_lock_new(p->dir, &l->lock, err);
	if (st == DFLOW_OK && p->ds_path != NULL) {
		st = trust_ds_read(p->ds_path, &l->ds, err);
		l->run.ds = &l->ds;
	}
	if (st == DFLOW_OK && l->run.many) {
		st = keyindex_new(
		    p->key_dir != NULL ? p->key_dir : p->dir, &l->index, err);
		l->run.index = l->index;
	}
	return st;
}

static enum dflow_status
verify_job(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct dflow_imports *l = ctx;

	(void)worker;
	return import_verify(&l->zones[i], err);
}

static enum dflow_status
stage_job(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct dflow_imports *l = ctx;

	(void)worker;
	return import_stage(l->order[i], err);
}

static enum dflow_status
commit_job(void *ctx, unsigned worker, size_t i, struct dflow_err *err)
{
	struct dflow_imports *l = ctx;

	(void)worker;
	return import_commit(l->order[i], err);
}

/* How far it came, when the disk fails between two renames. */
static enum dflow_status
tell_part(const struct dflow_imports *l, const struct dflow_err *why,
    enum dflow_status st, struct dflow_err *err)
{
	size_t all = 0, renamed = 0;

	for (size_t i = 0; i < l->count; i++) {
		all += l->order[i]->done.unchanged ? 0 : 1;
		renamed += l->order[i]->renamed ? 1 : 0;
	}
	if (renamed == all)
		return err_set(err, st,
		    "all %zu responses were stored, but may not be on the "
		    "disk yet: %s",
		    all, why->text);
	return err_set(err, st,
	    "%zu of %zu responses were stored, the others were not; import "
	    "all again when this is mended: %s",
	    renamed, all, why->text);
}

/* The renames begin when all else is done. */
static enum dflow_status
store(struct dflow_imports *l, struct dflow_err *err)
{
	struct dflow_err why = {0};
	enum dflow_status st =
	    pool_run(SAVE_THREADS, l->count, stage_job, l, err);

	if (st != DFLOW_OK)
		return st;
	st = pool_run(SAVE_THREADS, l->count, commit_job, l, &why);
	if (st == DFLOW_OK)
		return DFLOW_OK;
	if (l->run.many)
		return tell_part(l, &why, st, err);
	return err_set(err, st, "%s", why.text);
}

static int
by_zone(const void *a, const void *b)
{
	const struct import_zone *const *x = a, *const *y = b;

	return name_cmp((*x)->zone, (*y)->zone);
}

/* Two responses for one zone: which one should count? */
static enum dflow_status
sort(struct dflow_imports *l, struct dflow_err *err)
{
	qsort(l->order, l->count, sizeof(struct import_zone *), by_zone);
	for (size_t i = 1; i < l->count; i++)
		if (name_equal(l->order[i - 1]->zone, l->order[i]->zone))
			return err_set(err, DFLOW_REFUSED,
			    "%s and %s are both for %s; import one of them",
			    l->order[i - 1]->path, l->order[i]->path,
			    l->order[i]->done.zone);
	return DFLOW_OK;
}

enum dflow_status
dflow_import(const struct dflow_import *params, struct dflow_imports **out,
    struct dflow_err *err)
{
	struct dflow_imports *l;
	enum dflow_status st = check(params, err);

	if (st != DFLOW_OK)
		return st;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return err_memory(err);
	l->run.p = params;
	st = prepare(l, err);
	if (st == DFLOW_OK)
		st = pool_run(os_cores(), l->count, verify_job, l, err);
	if (st == DFLOW_OK)
		st = sort(l, err);
	if (st == DFLOW_OK)
		st = store(l, err);
	l->run.p = NULL;
	os_lock_free(&l->lock);
	if (st == DFLOW_OK) {
		*out = l;
		l = NULL; /* transferred */
	}
	dflow_imports_free(&l);
	return st;
}

size_t
dflow_imports_count(const struct dflow_imports *l)
{
	return l->count;
}

bool
dflow_imports_many(const struct dflow_imports *l)
{
	return l->run.many;
}

const struct dflow_imported *
dflow_imports_at(const struct dflow_imports *l, size_t i)
{
	return i < l->count ? &l->order[i]->done : NULL;
}

void
dflow_imports_free(struct dflow_imports **l)
{
	struct dflow_imports *old = *l;

	*l = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++)
		import_zone_free(&old->zones[i]);
	free(old->zones);
	free(old->order);
	trust_ds_free(&old->ds);
	keyindex_free(&old->index);
	contained_policy_end(&old->run.whose);
	dflow_fileset_free(&old->files);
	free(old);
}
