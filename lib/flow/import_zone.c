/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One response from the file to the verdict. Whatever it is checked against,
 * the stored response, the request, the keys, is read here; nothing is
 * written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "flow/import.h"
#include "flow/zsks.h"

static enum dflow_status
too_long(const char *path, struct dflow_err *err)
{
	return err_set(err, DFLOW_FAILED, "%s: name too long", path);
}

/* "A/B" */
static enum dflow_status
join_path(
    char out[IMPORT_PATH], const char *a, const char *b, struct dflow_err *err)
{
	int n = snprintf(out, IMPORT_PATH, "%s/%s", a, b);

	return n < 0 || n >= IMPORT_PATH ? too_long(a, err) : DFLOW_OK;
}

/*
 * KEYS/ZONE, for the keys if it has keys of the zone, else count stays 0, and
 * for the request if it has one of these.
 */
static enum dflow_status
look_in_own(struct import_zone *z, const char *keys, const char *name,
    struct dflow_err *err)
{
	char request[IMPORT_PATH];
	enum dflow_status st = join_path(z->key_dir, keys, name, err);

	if (st == DFLOW_OK)
		st = join_path(request, z->key_dir, "key-request", err);
	if (st != DFLOW_OK || !os_is_folder(z->key_dir))
		return st;
	st = keylist_read(z->key_dir, z->zone, &z->keys, err);
	if (st == DFLOW_OK && z->keys.count == 0)
		keylist_free(&z->keys);
	if (st == DFLOW_OK && (z->keys.count > 0 || os_exists(request)))
		memcpy(z->request_dir, z->key_dir, sizeof(z->request_dir));
	return st;
}

enum dflow_status
import_find_folders(struct import_zone *z, struct dflow_err *err)
{
	const struct dflow_import *p = z->run->p;
	const char *keys = p->key_dir != NULL ? p->key_dir : p->dir;
	char name[KEYFILE_NAME_MAX];
	enum dflow_status st = DFLOW_OK;

	keyfile_zone(z->zone, name);
	if (z->run->many) {
		st = join_path(z->dir, p->dir, name, err);
		if (st == DFLOW_OK)
			st = look_in_own(z, keys, name, err);
	} else if (snprintf(z->dir, sizeof(z->dir), "%s", p->dir) >=
		   IMPORT_PATH) {
		st = too_long(p->dir, err);
	}
	if (st != DFLOW_OK)
		return st;
	if (join_path(z->done.stored, z->dir, "KSK.data", err) != DFLOW_OK)
		return DFLOW_FAILED;
	if (z->keys.keys != NULL)
		return DFLOW_OK;
	if (snprintf(z->key_dir, sizeof(z->key_dir), "%s", keys) >= IMPORT_PATH)
		return too_long(keys, err);
	if (z->request_dir[0] == '\0')
		memcpy(z->request_dir, z->key_dir, sizeof(z->request_dir));
	return z->run->many
		   ? keyindex_list(z->run->index, z->zone, &z->keys, err)
		   : keylist_read(z->key_dir, z->zone, &z->keys, err);
}

/* What is damaged is of no use; what cannot be got at may be whole. */
static enum dflow_status
read_there(const char *path, struct response **out, struct dflow_err *err)
{
	struct dflow_err why = {0};
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	st = os_read_found(path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK &&
	    response_parse(path, &text, out, &why) != DFLOW_OK)
		st = err_set(err, DFLOW_REFUSED,
		    "%s; what was stored here is damaged: move %s away, and "
		    "give --ds to say whom to trust",
		    why.text, path);
	buf_free(&text);
	return st;
}

/* What is there already. */
static enum dflow_status
read_stored(struct import_zone *z, struct dflow_err *err)
{
	const char *path = z->done.stored;
	char zone[NAME_TEXT_SIZE];
	enum dflow_status st;

	if (!os_exists(path))
		return DFLOW_OK;
	st = read_there(path, &z->stored, err);
	if (st != DFLOW_OK)
		return st;
	if (name_equal(z->zone, response_zone(z->stored)))
		return DFLOW_OK;
	(void)name_text(response_zone(z->stored), zone);
	return err_set(err, DFLOW_REFUSED,
	    "%s is for %s; give this zone a folder of its own (-d)", path,
	    zone);
}

/*
 * Who signed what is stored, as it is in force then; it was verified when it
 * came here. DS takes its place, but for what was revoked until then.
 */
static enum dflow_status
learn_stored(const struct import_zone *z, int64_t when, struct trust *t,
    struct dflow_err *err)
{
	const struct bundles *b = z->stored->bundles;
	bool signers[KSKDATA_RRS_MAX] = {false};
	enum dflow_status st = DFLOW_OK;
	struct kskdata *data = NULL;
	size_t last = 0;

	if (b == NULL) {
		trust_signers(z->stored->plain, signers);
		return t->ds == NULL
			   ? trust_learn(t, z->stored->plain, signers, err)
			   : trust_note(t, z->stored->plain, NULL, err);
	}
	while (last + 1 < b->count && b->list[last + 1].time <= when)
		last++;
	for (size_t i = 0; i <= last && st == DFLOW_OK; i++) {
		kskdata_free(&data);
		st = kskdata_of_bundle(b, &b->list[i], &data, err);
		if (st == DFLOW_OK)
			st = trust_note(t, data, NULL, err);
	}
	if (st == DFLOW_OK && t->ds == NULL) {
		trust_signers(data, signers);
		st = trust_learn(t, data, signers, err);
	}
	kskdata_free(&data);
	return st;
}

/* Trust in what follows the stored one's part that is in force then. */
static enum dflow_status
trust_begin(const struct import_zone *z, int64_t when, struct trust *t,
    struct dflow_err *err)
{
	const struct import_run *run = z->run;

	trust_free(t);
	t->zone = z->zone;
	t->ds = run->ds;
	t->any = run->ds == NULL && z->stored == NULL;
	t->whose = z->stored != NULL ? z->done.stored : "its first bundle";
	if (run->ds != NULL)
		t->whose = run->p->ds_path;
	if (run->ds != NULL && !trust_ds_has(run->ds, z->zone))
		return err_set(err, DFLOW_REFUSED,
		    "%s has no DS of %s, which %s is for", t->whose,
		    z->done.zone, z->path);
	return z->stored != NULL ? learn_stored(z, when, t, err) : DFLOW_OK;
}

/* What is in force now, held against the ZSKs that are in the zone now. */
static enum dflow_status
check_now(struct import_zone *z, const struct response *r, bool *signers,
    struct dflow_err *err)
{
	const struct dflow_import *p = z->run->p;
	struct zsks_choice choice = {
	    .zone = z->zone,
	    .dir = z->key_dir,
	    .index = z->run->index,
	    .now = p->now,
	};
	struct dnskey zsks[BUNDLE_RRS_MAX];
	struct kskcheck check = {.now = p->now, .signers = signers};
	struct kskcheck_window window = {0};
	struct response_force force;
	struct kskdata *data = NULL;
	struct zsks *keys = NULL;
	enum dflow_status st = response_at(r, p->now, &data, &force, err);

	/* The index is of the common folder. */
	if (p->key_dir != NULL ? strcmp(z->key_dir, p->key_dir) != 0
			       : strcmp(z->key_dir, p->dir) != 0)
		choice.index = NULL;
	if (st == DFLOW_OK && (r->plain != NULL || z->keys.count > 0))
		st = zsks_choose(&choice, &keys, err);
	if (st == DFLOW_OK) {
		check.data = data;
		check.min_validity_s =
		    response_needed_s(&force, p->now, p->min_validity_s);
		check.zsks.keys = keys != NULL ? keys->published : zsks;
		check.zsks.count =
		    keys != NULL ? keys->published_count
				 : import_zsks_of(r->bundles, p->now, zsks);
		st = kskcheck(&check, &window, err);
		if (st == DFLOW_OK && r->plain != NULL)
			st = import_check_cds(data, &check.zsks, signers, err);
	}
	z->done.inception = window.inception;
	z->done.expiration = window.expiration;
	zsks_free(&keys);
	kskdata_free(&data);
	return st;
}

/* True if these very bytes were stored before, alone or joined. */
static bool
is_stored(const struct import_zone *z)
{
	const struct bundles *b = z->stored != NULL ? z->stored->bundles : NULL;

	if (z->stored == NULL)
		return false;
	return strcmp(z->stored->sha256, z->fresh->sha256) == 0 ||
	       (b != NULL && strcmp(b->footer.response, z->fresh->sha256) == 0);
}

static enum dflow_status
verify_plain(struct import_zone *z, struct trust *t, struct dflow_err *err)
{
	bool signers[KSKDATA_RRS_MAX] = {false};
	enum dflow_status st;

	if (z->run->p->request != NULL)
		return err_set(err, DFLOW_USAGE,
		    "%s is a plain KSK.data, which answers no KSR; leave "
		    "--request out",
		    z->path);
	st = check_now(z, z->fresh, signers, err);
	z->done.from = z->done.inception;
	z->done.until = z->done.expiration;
	if (st == DFLOW_OK)
		st = read_stored(z, err);
	if (st == DFLOW_OK)
		st = trust_begin(z, z->run->p->now, t, err);
	if (st != DFLOW_OK)
		return st;
	z->done.unchanged = is_stored(z);
	st = trust_check(t, z->fresh->plain, signers, err);
	if (st == DFLOW_OK && z->stored != NULL && !z->done.unchanged)
		st = import_check_order(z, err);
	if (st == DFLOW_OK && z->stored != NULL && !z->done.unchanged)
		st = import_check_late(z, err);
	return st;
}

/* The end is far enough, and the beginning not still to come with a gap. */
static enum dflow_status
check_span(const struct import_zone *z, struct dflow_err *err)
{
	const struct dflow_import *p = z->run->p;
	int64_t until = z->done.until;
	struct kskdata *data = NULL;
	char when[DFLOW_WHEN_LONG];
	enum dflow_status st = DFLOW_OK;

	if (z->done.from <= p->now)
		st = response_at(z->fresh, p->now, &data, NULL, err);
	kskdata_free(&data);
	if (st != DFLOW_OK || until - p->now >= p->min_validity_s)
		return st;
	dflow_when_long(until, when);
	return err_set(err, DFLOW_REFUSED,
	    "%s ends on %s, sooner than --min-validity allows; ask the left "
	    "for a new response",
	    z->path, when);
}

static enum dflow_status
check_answer(struct import_zone *z, struct dflow_err *err)
{
	enum dflow_status st = import_find_request(z, err);

	return st == DFLOW_OK ? import_check_answer(z, err) : st;
}

/* The parts of a new one that only a new one needs. */
static enum dflow_status
verify_new(struct import_zone *z, struct trust *t, struct dflow_err *err)
{
	int64_t now = z->run->p->now;
	enum dflow_status st = check_answer(z, err);

	if (st == DFLOW_OK && z->stored != NULL)
		st = import_check_order(z, err);
	if (st == DFLOW_OK && z->stored != NULL)
		st = import_check_late(z, err);
	if (st == DFLOW_OK)
		st = import_join(z, err);
	if (st != DFLOW_OK || z->joined == NULL)
		return st;
	z->done.joined = true;
	st = trust_begin(z, now, t, err);
	if (st == DFLOW_OK)
		st = import_check_bundles(
		    &(struct import_span){z->joined->bundles,
			response_until(z->joined, now), now, IMPORT_JOINED},
		    t, err);
	return st;
}

static enum dflow_status
verify_bundles(struct import_zone *z, struct trust *t, struct dflow_err *err)
{
	const struct bundles *b = z->fresh->bundles;
	const struct response *effective = z->fresh;
	int64_t now = z->run->p->now;
	enum dflow_status st;

	z->done.bundle_count = b->count;
	z->done.from = b->list[0].time;
	z->done.until = response_until(z->fresh, now);
	if (b->footer.response[0] != '\0')
		return err_set(err, DFLOW_REFUSED,
		    "%s was put together on the right side; import what came "
		    "from the left",
		    z->path);
	st = read_stored(z, err);
	/* Just before it begins, if that is still to come. */
	if (st == DFLOW_OK)
		st = trust_begin(
		    z, z->done.from > now ? z->done.from - 1 : now, t, err);
	if (st == DFLOW_OK)
		st = import_check_footer(z, err);
	if (st == DFLOW_OK)
		st = import_check_bundles(
		    &(struct import_span){b, z->done.until, now, IMPORT_FRESH},
		    t, err);
	if (st == DFLOW_OK)
		st = check_span(z, err);
	if (st != DFLOW_OK)
		return st;
	z->done.unchanged = is_stored(z);
	if (!z->done.unchanged)
		st = verify_new(z, t, err);
	else if (z->run->p->request != NULL)
		st = check_answer(z, err);
	if (z->joined != NULL)
		effective = z->joined;
	else if (z->done.unchanged)
		effective = z->stored;
	return st == DFLOW_OK ? check_now(z, effective, NULL, err) : st;
}

/* Who made it comes before what it says. */
static enum dflow_status
read_fresh(struct import_zone *z, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	st = os_read(z->path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = contained_maker(
		    &z->run->whose, z->path, &text, &z->done.maker, err);
	if (st == DFLOW_OK)
		st = response_parse(z->path, &text, &z->fresh, err);
	buf_free(&text);
	return st;
}

enum dflow_status
import_verify(struct import_zone *z, struct dflow_err *err)
{
	struct trust *t = calloc(1, sizeof(*t));
	enum dflow_status st;

	if (t == NULL)
		return err_memory(err);
	st = read_fresh(z, err);
	if (st == DFLOW_OK) {
		(void)name_lower(z->zone, response_zone(z->fresh));
		(void)name_text(z->zone, z->done.zone);
		(void)memcpy(
		    z->done.sha256, z->fresh->sha256, sizeof(z->done.sha256));
		if (snprintf(z->done.file, sizeof(z->done.file), "%s",
			z->path) >= (int)sizeof(z->done.file))
			st = too_long(z->path, err);
	}
	if (st == DFLOW_OK)
		st = import_find_folders(z, err);
	if (st == DFLOW_OK)
		st = z->fresh->plain != NULL ? verify_plain(z, t, err)
					     : verify_bundles(z, t, err);
	trust_free(t);
	free(t);
	/* Many zones: what is not needed to store it goes. */
	keylist_free(&z->keys);
	bundles_free(&z->request.bundles);
	return st;
}

void
import_zone_free(struct import_zone *z)
{
	import_unstage(z);
	response_free(&z->fresh);
	response_free(&z->stored);
	response_free(&z->joined);
	keylist_free(&z->keys);
	bundles_free(&z->request.bundles);
}
