/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the store changes: all that can fail is done before the one rename, and
 * only where nobody else stored anything meanwhile. Signatures of an offline
 * key cannot be made again here (promise 2 of the design), so the one before
 * is kept.
 */
#include <stdio.h>
#include <string.h>

#include "base/os_lock.h"
#include "base/os_mkdir.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "flow/import.h"

enum { KEPT_MAX = 99 };

/* A moment that tells the stored file from others. */
static int64_t
birth(const struct import_zone *z)
{
	const struct kskdata *data = z->stored->plain;
	int64_t when = 0;

	if (data == NULL &&
	    z->stored->bundles->footer.clock != BUNDLE_CLOCK_UNSET)
		return z->stored->bundles->footer.clock;
	if (data == NULL)
		return z->stored->bundles->list[0].time;
	for (size_t i = 0; i < data->count; i++) {
		struct rrsig sig;

		if (data->rrs[i].covered == RRTYPE_DNSKEY &&
		    rrsig_view(data->rrs[i].rdata, data->rrs[i].len, &sig))
			when = when_from_serial(sig.inception, z->run->p->now);
	}
	return when;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* True if the file at path has these bytes. */
static bool
holds(const char *path, const struct buf *text)
{
	struct buf there;
	bool same;

	buf_init(&there, text->len);
	same = os_read_found(path, text->len, &there, NULL) == DFLOW_OK &&
	       same_bytes(&there, text);
	buf_free(&there);
	return same;
}

/* Copies the stored file to a name that tells when it began. */
static enum dflow_status
keep_previous(struct import_zone *z, struct dflow_err *err)
{
	const struct buf *text = &z->stored->text;
	char *name = z->done.previous;
	const size_t size = sizeof(z->done.previous);
	char when[DFLOW_WHEN_TEXT], number[16] = "";
	enum dflow_status st;
	int n;

	dflow_when_text(birth(z), when);
	for (int i = 1; i <= KEPT_MAX; i++) {
		if (i > 1)
			(void)snprintf(number, sizeof(number), "~%d", i);
		n = snprintf(
		    name, size, "%s.%s%s", z->done.stored, when, number);
		if (n < 0 || (size_t)n >= size)
			return err_set(err, DFLOW_FAILED, "%s: name too long",
			    z->done.stored);
		if (!os_exists(name)) {
			st = os_write_new(
			    name, 0644, text->data, text->len, err);
			z->kept = st == DFLOW_OK;
			return st;
		}
		if (holds(name, text))
			return DFLOW_OK;
	}
	return err_set(err, DFLOW_REFUSED,
	    "%s.%s and those up to ~%d exist and are other files; move them "
	    "away",
	    z->done.stored, when, KEPT_MAX);
}

/*
 * File systems without locks exist, and folders that were not there to be
 * locked: nothing that another run stored meanwhile may get lost.
 */
static enum dflow_status
check_untouched(const struct import_zone *z, struct dflow_err *err)
{
	const char *path = z->done.stored;

	if (z->stored != NULL ? holds(path, &z->stored->text)
			      : !os_exists(path))
		return DFLOW_OK;
	return err_set(err, DFLOW_FAILED,
	    "%s: another run has stored another response meanwhile; import "
	    "%s again",
	    path, z->path);
}

/* A zone of many has a folder of its own, where one may be imported alone. */
static enum dflow_status
lock_own(
    const struct import_zone *z, struct os_lock **out, struct dflow_err *err)
{
	return z->run->many ? os_lock_new(z->dir, out, err) : DFLOW_OK;
}

static enum dflow_status
stage(struct import_zone *z, struct dflow_err *err)
{
	const struct buf *text =
	    z->joined != NULL ? &z->joined->text : &z->fresh->text;
	enum dflow_status st = check_untouched(z, err);

	if (st == DFLOW_OK && z->stored != NULL)
		st = keep_previous(z, err);
	if (st == DFLOW_OK)
		st = os_save_open(z->done.stored, 0644, &z->save, err);
	if (st == DFLOW_OK)
		st = os_save_write(z->save, text->data, text->len, err);
	if (st == DFLOW_OK)
		st = z->run->many ? os_save_park(z->save, err)
				  : os_save_sync(z->save, err);
	return st;
}

enum dflow_status
import_stage(struct import_zone *z, struct dflow_err *err)
{
	struct os_lock *lock = NULL;
	enum dflow_status st = DFLOW_OK;

	if (z->done.unchanged)
		return DFLOW_OK;
	if (z->run->many)
		st = os_mkdir(z->dir, &z->made_dir, err);
	if (st == DFLOW_OK)
		st = lock_own(z, &lock, err);
	if (st == DFLOW_OK)
		st = stage(z, err);
	/* Thousands of locks would be more files than may be open. */
	os_lock_free(&lock);
	return st;
}

enum dflow_status
import_commit(struct import_zone *z, struct dflow_err *err)
{
	struct os_lock *lock = NULL;
	enum dflow_status st;

	if (z->save == NULL)
		return DFLOW_OK;
	st = lock_own(z, &lock, err);
	if (st == DFLOW_OK)
		st = check_untouched(z, err);
	if (st == DFLOW_OK) {
		st = os_save_place(z->save, err);
		z->renamed = st == DFLOW_OK;
	}
	if (st == DFLOW_OK) {
		z->kept = false;
		st = os_save_commit(&z->save, err);
	}
	os_lock_free(&lock);
	return st;
}

void
import_unstage(struct import_zone *z)
{
	os_save_abort(&z->save);
	if (z->kept)
		os_remove(z->done.previous);
	z->kept = false;
	if (z->made_dir && !z->renamed)
		os_rmdir(z->dir);
	z->made_dir = false;
}
