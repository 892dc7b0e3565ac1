/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The planned request as a file. What was written is read back from the disk,
 * as the left will read it, and has to be what was meant, with a good proof
 * of every ZSK in every bundle; only then does it take its place.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/os.h"
#include "dns/digest.h"
#include "exchange/bundle_write.h"
#include "exchange/kskdata.h"
#include "flow/contained.h"
#include "flow/keyfacts.h"
#include "flow/planned.h"
#include "flow/possession.h"

enum { PATH_TEXT_MAX = 4096 };

/*
 * A response of another zone answers nothing that was asked here. A store that
 * was put together here tells the digest of what came, else joined stays "".
 */
static enum dflow_status
check_response(const struct dflow_plan *d, const char *path,
    const struct buf *text, char joined[BUNDLE_ANSWERS_SIZE],
    struct dflow_err *err)
{
	const char *chars = (const char *)text->data;
	struct kskdata *data = NULL;
	struct bundles *b = NULL;
	enum dflow_status st;
	bool same = false;
	size_t line;

	if (bundle_marked(chars, text->len, &line) != NULL) {
		st = bundles_parse(path, chars, text->len, &b, err);
		same = st == DFLOW_OK && b->kind == BUNDLE_SKR &&
		       name_equal(b->zone, d->zone);
		if (same)
			(void)snprintf(joined, BUNDLE_ANSWERS_SIZE, "%s",
			    b->footer.response);
		bundles_free(&b);
	} else {
		st = kskdata_parse(path, chars, text->len, &data, err);
		same = st == DFLOW_OK && name_equal(data->zone, d->zone);
		kskdata_free(&data);
	}
	if (st == DFLOW_OK && !same)
		st = err_set(err, DFLOW_REFUSED,
		    "%s is no response for %s; name the last one", path,
		    d->zone_text);
	return st;
}

enum dflow_status
planned_answers(const struct dflow_plan *d, char out[BUNDLE_ANSWERS_SIZE],
    struct dflow_err *err)
{
	const char *path = d->p->response;
	char found[PATH_TEXT_MAX], joined[BUNDLE_ANSWERS_SIZE] = "";
	uint8_t digest[DIGEST_MAX];
	enum dflow_status st;
	struct buf text;
	int n;

	(void)snprintf(out, BUNDLE_ANSWERS_SIZE, "none");
	if (path == NULL) {
		n = snprintf(
		    found, sizeof(found), "%s/KSK.data", d->p->key_dir);
		if (n < 0 || (size_t)n >= sizeof(found) || !os_exists(found))
			return DFLOW_OK;
		path = found;
	}
	buf_init(&text, BUNDLES_BYTES_MAX);
	st = path == found ? os_read_found(path, BUNDLES_BYTES_MAX, &text, err)
			   : os_read(path, BUNDLES_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = check_response(d, path, &text, joined, err);
	if (st == DFLOW_OK && joined[0] != '\0') {
		memcpy(out, joined, sizeof(joined));
	} else if (st == DFLOW_OK) {
		digest_once(DIGEST_SHA256, text.data, text.len, digest);
		out[hex_encode(digest, digest_len(DIGEST_SHA256), out)] = '\0';
	}
	buf_free(&text);
	return st;
}

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

static enum dflow_status
copies_begin(
    struct copies *c, const struct dflow_plan *d, struct dflow_err *err)
{
	enum dflow_status st = copy_begin(&c->last, d, "key-request", err);
	enum dflow_status st_older = copy_begin(
	    &c->older, d, "key-request~", st == DFLOW_OK ? err : NULL);

	return st != DFLOW_OK ? st : st_older;
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
	if (st == DFLOW_OK)
		st = os_save_commit(&save, err);
	if (st == DFLOW_OK)
		st = contained_commit(&container, err);
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
	if (st != DFLOW_OK) {
		copy_undo(&copies.last);
		copy_undo(&copies.older);
	}
	buf_free(&text);
	buf_free(&copies.last.before);
	buf_free(&copies.older.before);
	return st;
}
