/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planned request as a file. What was written is read back from the disk,
 * as the left will read it, and has to be what was meant, with a good proof
 * of every ZSK in every bundle; only then does it take its place.
 */
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "dns/digest.h"
#include "exchange/bundle_write.h"
#include "exchange/request.h"
#include "exchange/request.h"
#include "flow/contained.h"
#include "flow/keyfacts.h"
#include "flow/planned.h"
#include "flow/possession.h"
#include "keys/keyfile.h"

enum { PATH_TEXT_MAX = 4096 };

static bool
same_rr(const struct bundle_rr *a, const struct bundle_rr *b)
{
	return a->type == b->type && a->ttl == b->ttl && a->len == b->len &&
	       memcmp(a->rdata, b->rdata, a->len) == 0;
}

/* One bundle as it was meant and as it was read, with all its proofs. */
static enum dflow_status
check_bundle(const struct bundles *b, const struct bundle *in,
    const struct bundle *meant, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;
	enum possession proof;

	if (in->time != meant->time || in->count != meant->count)
		return err_set(err, DFLOW_FAILED,
		    "%s:%zu: reads back as another bundle than was written",
		    b->file, in->line);
	for (size_t i = 0; i < in->count && st == DFLOW_OK; i++) {
		const struct bundle_rr *rr = &in->rrs[i];

		st = possession_check(b, in, rr, &proof, err);
		if (st != DFLOW_OK)
			break;
		if (!same_rr(rr, &meant->rrs[i]) || proof != POSSESSION_GOOD)
			st = err_set(err, DFLOW_REFUSED,
			    "%s:%zu: the proof of possession does not verify",
			    b->file, rr->line);
	}
	return st;
}

static enum dflow_status
check_back(
    const struct dflow_plan *d, const struct bundles *b, struct dflow_err *err)
{
	const struct bundles *meant = d->bundles;
	enum dflow_status st = DFLOW_OK;

	if (b->kind != BUNDLE_KSR || b->count != meant->count ||
	    !name_equal(b->zone, meant->zone) ||
	    b->footer.clock != meant->footer.clock ||
	    b->footer.until != meant->footer.until ||
	    b->footer.count != meant->footer.count ||
	    strcmp(b->footer.id, meant->footer.id) != 0 ||
	    strcmp(b->footer.answers, meant->footer.answers) != 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: reads back as another request than was written",
		    b->file);
	for (size_t i = 0; i < b->count && st == DFLOW_OK; i++)
		st = check_bundle(b, &b->list[i], &meant->list[i], err);
	return st;
}

/* A file of ours in the keys' folder, and what it was before this run. */
struct copy {
	char path[PATH_TEXT_MAX];
	struct buf before;
	bool there;
	bool written;
};

/*
 * The right's own copy of the request, to know the answer by; and the one
 * before, whose answer may still be on its way.
 */
struct copies {
	struct copy last;
	struct copy older;
};

static enum dflow_status
copy_begin(struct copy *c, const struct dflow_plan *d, const char *name,
    struct dflow_err *err)
{
	int n =
	    snprintf(c->path, sizeof(c->path), "%s/%s", d->p->key_dir, name);

	buf_init(&c->before, BUNDLES_BYTES_MAX);
	c->written = false;
	if (n < 0 || (size_t)n >= sizeof(c->path))
		return err_set(
		    err, DFLOW_FAILED, "%s: name too long", d->p->key_dir);
	c->there = os_exists(c->path);
	return c->there
		   ? os_read_found(c->path, BUNDLES_BYTES_MAX, &c->before, err)
		   : DFLOW_OK;
}

/* The zone of a request, of either form; false if it is none. */
static bool
zone_of(const struct buf *text, uint8_t zone[NAME_MAX_LEN])
{
	const char *chars = (const char *)text->data;
	struct request *plain = NULL;
	struct bundles *b = NULL;
	struct dflow_err why;
	bool is = false;
	size_t line;

	if (text->len > 0 && bundle_marked(chars, text->len, &line) != NULL)
		is = bundles_parse("", chars, text->len, &b, &why) == DFLOW_OK;
	else if (text->len > 0)
		is = request_parse("", chars, text->len, &plain, &why) ==
		     DFLOW_OK;
	if (is)
		(void)name_copy(zone, b != NULL ? b->zone : plain->zone);
	bundles_free(&b);
	request_free(&plain);
	return is;
}

/*
 * A zone's copy is key-request, unless that is another zone's, whose keys are
 * in this folder, too: then it has the zone in its name, and keeps it.
 */
static enum dflow_status
copies_begin(
    struct copies *c, const struct dflow_plan *d, struct dflow_err *err)
{
	char zone[KEYFILE_NAME_MAX], name[KEYFILE_NAME_MAX + 16];
	char other[KEYFILE_NAME_MAX + 20];
	uint8_t whose[NAME_MAX_LEN];
	enum dflow_status st = copy_begin(&c->last, d, "key-request", err);

	keyfile_zone(d->zone, zone);
	(void)snprintf(name, sizeof(name), "%s.key-request", zone);
	if (st == DFLOW_OK)
		st = copy_begin(&c->older, d, name, err);
	if (st != DFLOW_OK)
		return st;
	if (c->older.there ||
	    (zone_of(&c->last.before, whose) && !name_equal(whose, d->zone))) {
		buf_free(&c->last.before);
		c->last = c->older; /* transferred */
		c->older = (struct copy){.there = false};
	} else {
		(void)snprintf(name, sizeof(name), "key-request");
	}
	buf_free(&c->older.before);
	(void)snprintf(other, sizeof(other), "%s~", name);
	return copy_begin(&c->older, d, other, err);
}

static enum dflow_status
copy_write(struct copy *c, const struct buf *text, struct dflow_err *err)
{
	c->written = true;
	return os_write(c->path, 0644, text->data, text->len, err);
}

/* Unless the request itself goes there; then it takes its place anyway. */
static enum dflow_status
copies_write(struct copies *c, const struct dflow_plan *d,
    const struct buf *text, struct dflow_err *err)
{
	enum dflow_status st = DFLOW_OK;

	if (c->last.there)
		st = copy_write(&c->older, &c->last.before, err);
	if (st == DFLOW_OK && strcmp(c->last.path, d->p->out) != 0)
		st = copy_write(&c->last, text, err);
	return st;
}

/* The request did not come to be: the copy is what it was. */
static void
copy_undo(const struct copy *c)
{
	struct dflow_err ignored;

	if (!c->written)
		return;
	if (!c->there)
		os_remove(c->path);
	else if (os_write(c->path, 0644, c->before.data, c->before.len,
		     &ignored) != DFLOW_OK)
		return; /* the disk is full; the next request writes it */
}

/* To standard output, a pipe, a device: what cannot be read back. */
static enum dflow_status
save_stream(struct dflow_plan *d, struct copies *c, const struct buf *text,
    struct dflow_err *err)
{
	struct bundles *b = NULL;
	enum dflow_status st = bundles_parse(
	    d->p->out, (const char *)text->data, text->len, &b, err);

	if (st == DFLOW_OK)
		st = check_back(d, b, err);
	bundles_free(&b);
	if (st == DFLOW_OK)
		st = planned_retime(d, err);
	if (st == DFLOW_OK)
		st = copies_write(c, d, text, err);
	if (st == DFLOW_OK)
		st = os_write(d->p->out, 0644, text->data, text->len, err);
	return st;
}

static enum dflow_status
save_file(struct dflow_plan *d, struct copies *c, const struct buf *text,
    struct dflow_err *err)
{
	struct contained *container = NULL;
	struct os_save *save = NULL;
	struct bundles *b = NULL;
	enum dflow_status st = os_save_open(d->p->out, 0644, &save, err);

	if (st == DFLOW_OK)
		st = os_save_write(save, text->data, text->len, err);
	if (st == DFLOW_OK)
		st = os_save_sync(save, err);
	if (st == DFLOW_OK)
		st = bundles_read(os_save_name(save), &b, err);
	if (st == DFLOW_OK)
		st = check_back(d, b, err);
	bundles_free(&b);
	if (st == DFLOW_OK)
		st = contained_open(
		    d->signer, d->p->out, text, d->p->now, &container, err);
	if (st == DFLOW_OK)
		st = planned_retime(d, err);
	if (st == DFLOW_OK)
		st = copies_write(c, d, text, err);
	if (st == DFLOW_OK) {
		st = contained_place(container, save, err);
		d->placed = os_save_placed(save);
	}
	if (st == DFLOW_OK)
		st = contained_commit(&container, &save, err);
	contained_abort(&container);
	os_save_abort(&save);
	return st;
}

enum dflow_status
planned_save(struct dflow_plan *d, struct dflow_err *err)
{
	const char *out = d->p->out;
	bool stream =
	    strcmp(out, "-") == 0 || (os_exists(out) && !os_is_file(out));
	struct copies copies = {0};
	uint8_t digest[DIGEST_MAX];
	enum dflow_status st;
	struct buf text;

	buf_init(&text, BUNDLES_BYTES_MAX);
	bundles_write(
	    d->bundles, d->p->knot ? BUNDLE_KNOT : BUNDLE_BIND, &text);
	st = buf_check(&text, "the key request", err);
	if (st == DFLOW_OK)
		st = copies_begin(&copies, d, err);
	if (st == DFLOW_OK) {
		digest_once(DIGEST_SHA256, text.data, text.len, digest);
		keyfacts_hex(digest, digest_len(DIGEST_SHA256), d->sha256);
		st = stream ? save_stream(d, &copies, &text, err)
			    : save_file(d, &copies, &text, err);
	}
	if (st != DFLOW_OK && !d->placed) {
		copy_undo(&copies.last);
		copy_undo(&copies.older);
	}
	buf_free(&text);
	buf_free(&copies.last.before);
	buf_free(&copies.older.before);
	return st;
}
