/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dflow_import: takes in a KSK.data only if it would do for signing now, and
 * keeps the one that it replaces (promise 2: signatures of an offline key
 * cannot be made again here).
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/when.h"
#include "dns/rrsig.h"
#include "dns/rrtype.h"
#include "dnssecflow/exchange.h"
#include "exchange/kskdata.h"
#include "flow/keyfacts.h"
#include "flow/kskcheck.h"
#include "flow/zsks.h"

/* A KSK.data as bytes and as what they mean. */
struct file {
	struct buf text;
	struct kskdata *data;
	struct kskcheck_window window;
};

static enum dflow_status
file_read(const char *path, struct file *f, struct dflow_err *err)
{
	enum dflow_status st = os_read(path, KSKDATA_BYTES_MAX, &f->text, err);

	if (st != DFLOW_OK)
		return st;
	return kskdata_parse(
	    path, (const char *)f->text.data, f->text.len, &f->data, err);
}

static void
file_free(struct file *f)
{
	buf_free(&f->text);
	kskdata_free(&f->data);
}

static enum dflow_status
file_check(const struct dflow_import *p, struct file *f, int64_t min_validity_s,
    struct dflow_err *err)
{
	struct zsks_choice choice = {
	    .zone = f->data->zone,
	    .dir = p->key_dir != NULL ? p->key_dir : p->dir,
	    .now = p->now,
	};
	struct kskcheck check = {
	    .data = f->data,
	    .now = p->now,
	    .min_validity_s = min_validity_s,
	};
	struct zsks *keys = NULL;
	enum dflow_status st = zsks_choose(&choice, &keys, err);

	if (st != DFLOW_OK)
		return st;
	check.zsks.keys = keys->published;
	check.zsks.count = keys->published_count;
	st = kskcheck(&check, &f->window, err);
	zsks_free(&keys);
	return st;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/*
 * A stick that was swapped holds a KSK of somebody else's; one KSK in common
 * is what a rollover has (RFC 6781 section 4.1.2).
 */
static bool
shares_ksk(const struct kskdata *a, const struct kskdata *b)
{
	for (size_t i = 0; i < a->count; i++) {
		struct dnskey ours;

		if (a->rrs[i].type != RRTYPE_DNSKEY ||
		    !dnskey_view(a->rrs[i].rdata, a->rrs[i].len, &ours))
			continue;
		for (size_t j = 0; j < b->count; j++) {
			struct dnskey theirs;

			if (b->rrs[j].type == RRTYPE_DNSKEY &&
			    dnskey_view(
				b->rrs[j].rdata, b->rrs[j].len, &theirs) &&
			    dnskey_same_key(&ours, &theirs))
				return true;
		}
	}
	return false;
}

/* May fresh take the place of stored? */
static enum dflow_status
check_order(const struct dflow_import *p, const struct file *fresh,
    struct file *stored, const char *path, struct dflow_err *err)
{
	char zone[NAME_TEXT_SIZE], ours[DFLOW_WHEN_LONG];
	char theirs[DFLOW_WHEN_LONG];

	if (!name_equal(fresh->data->zone, stored->data->zone)) {
		(void)name_text(stored->data->zone, zone);
		return err_set(err, DFLOW_REFUSED,
		    "%s is for %s; give this zone a folder of its own (-d)",
		    path, zone);
	}
	if (!shares_ksk(fresh->data, stored->data))
		return err_set(err, DFLOW_REFUSED,
		    "%s has no KSK in common with %s; if the KSK was "
		    "replaced, move the stored file away",
		    p->path, path);
	/* One that no longer does is no reason to refuse an earlier end. */
	if (file_check(p, stored, 0, NULL) != DFLOW_OK ||
	    fresh->window.expiration >= stored->window.expiration)
		return DFLOW_OK;
	dflow_when_long(fresh->window.expiration, ours);
	dflow_when_long(stored->window.expiration, theirs);
	return err_set(err, DFLOW_REFUSED,
	    "%s expires on %s, before the stored one (%s), which is still "
	    "good; is this an old stick?",
	    p->path, ours, theirs);
}

/* Copies the stored file to a name that tells its inception. */
static enum dflow_status
keep_previous(const struct file *stored, const char *path, int64_t now,
    char previous[1024], struct dflow_err *err)
{
	char when[DFLOW_WHEN_TEXT] = "";
	struct file there = {0};
	bool same;

	for (size_t i = 0; i < stored->data->count; i++) {
		struct rrsig sig;

		if (rrsig_view(stored->data->rrs[i].rdata,
			stored->data->rrs[i].len, &sig) &&
		    stored->data->rrs[i].covered == RRTYPE_DNSKEY)
			dflow_when_text(
			    when_from_serial(sig.inception, now), when);
	}
	if (snprintf(previous, 1024, "%s.%s", path, when) >= 1024)
		return err_set(err, DFLOW_FAILED, "%s: name too long", path);
	if (!os_exists(previous))
		return os_write_new(
		    previous, 0644, stored->text.data, stored->text.len, err);
	buf_init(&there.text, KSKDATA_BYTES_MAX);
	same = os_read(previous, KSKDATA_BYTES_MAX, &there.text, NULL) ==
		   DFLOW_OK &&
	       same_bytes(&there.text, &stored->text);
	buf_free(&there.text);
	if (same)
		return DFLOW_OK;
	return err_set(err, DFLOW_REFUSED,
	    "%s exists and is not the file that would be kept under that "
	    "name; move it away",
	    previous);
}

static enum dflow_status
store(const struct dflow_import *p, const struct file *fresh,
    struct dflow_imported *done, struct dflow_err *err)
{
	struct file stored = {0};
	enum dflow_status st = DFLOW_OK;

	buf_init(&stored.text, KSKDATA_BYTES_MAX);
	if (snprintf(done->stored, sizeof(done->stored), "%s/KSK.data",
		p->dir) >= (int)sizeof(done->stored))
		return err_set(err, DFLOW_FAILED, "%s: name too long", p->dir);
	if (os_exists(done->stored)) {
		st = file_read(done->stored, &stored, err);
		if (st == DFLOW_OK && same_bytes(&stored.text, &fresh->text))
			goto out;
		if (st == DFLOW_OK)
			st = check_order(p, fresh, &stored, done->stored, err);
		if (st == DFLOW_OK)
			st = keep_previous(
			    &stored, done->stored, p->now, done->previous, err);
	}
	if (st == DFLOW_OK)
		st = os_write(
		    done->stored, 0644, fresh->text.data, fresh->text.len, err);
out:
	file_free(&stored);
	return st;
}

enum dflow_status
dflow_import(const struct dflow_import *params, struct dflow_imported *done,
    struct dflow_err *err)
{
	struct dflow_imported result = {0};
	struct file fresh = {0};
	enum dflow_status st;

	buf_init(&fresh.text, KSKDATA_BYTES_MAX);
	st = file_read(params->path, &fresh, err);
	if (st == DFLOW_OK)
		st = file_check(params, &fresh, params->min_validity_s, err);
	if (st == DFLOW_OK)
		st = store(params, &fresh, &result, err);
	if (st == DFLOW_OK && done != NULL) {
		(void)name_text(fresh.data->zone, result.zone);
		result.inception = fresh.window.inception;
		result.expiration = fresh.window.expiration;
		keyfacts_sha256(fresh.text.data, fresh.text.len, result.sha256);
		*done = result;
	}
	file_free(&fresh);
	return st;
}
