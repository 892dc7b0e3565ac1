/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the requests of a ceremony: files, or folders of files, each once. The
 * digests that people compare are of the very bytes that are signed. Several
 * plain requests of a zone are put together; of KSRs a zone has one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "flow/ceremony.h"
#include "flow/fileset.h"
#include "flow/keyfacts.h"

static int
compare_zones(const void *va, const void *vb)
{
	const struct ceremony_zone *a = va, *b = vb;

	return name_cmp(a->name, b->name);
}

static struct ceremony_zone *
find_zone(struct dflow_ceremony *c, const uint8_t *name)
{
	for (size_t i = 0; i < c->zone_count; i++)
		if (name_equal(c->zones[i].name, name))
			return &c->zones[i];
	return NULL;
}

static enum dflow_status
add_zone(struct dflow_ceremony *c, const uint8_t *name,
    struct ceremony_zone **out, struct dflow_err *err)
{
	struct ceremony_zone *z;

	if (c->zone_count == DFLOW_CEREMONY_ZONES_MAX)
		return err_set(err, DFLOW_REFUSED,
		    "more than %d zones; sign them in several goes",
		    DFLOW_CEREMONY_ZONES_MAX);
	if (c->zone_count == c->zone_cap) {
		size_t cap = c->zone_cap == 0 ? 1 : 2 * c->zone_cap;

		z = realloc(c->zones, cap * sizeof(*z));
		if (z == NULL)
			return err_memory(err);
		c->zones = z;
		c->zone_cap = cap;
	}
	z = &c->zones[c->zone_count++];
	memset(z, 0, sizeof(*z));
	for (size_t i = 0; i < CEREMONY_RESPONSES; i++) {
		buf_init(&z->responses[i].text, CEREMONY_TEXT_MAX);
		buf_init(&z->responses[i].container, CONTAINER_BYTES_MAX);
	}
	name_lower(z->name, name);
	(void)name_text(z->name, z->text);
	*out = z;
	return DFLOW_OK;
}

/* Notes the file, by the digest of the bytes that were read. */
static enum dflow_status
add_file(struct ceremony_zone *z, const char *path, const struct buf *text,
    const struct container_facts *made_by, struct dflow_err *err)
{
	size_t count = z->file_count + 1;
	struct dflow_file_facts *files =
	    realloc(z->files, count * sizeof(*files));
	char **containers;

	if (files == NULL)
		return err_memory(err);
	z->files = files;
	containers = realloc(z->containers, count * sizeof(*containers));
	if (containers == NULL)
		return err_memory(err);
	z->containers = containers;
	files[z->file_count].path = strdup(path);
	containers[z->file_count] =
	    made_by->path[0] != '\0' ? strdup(made_by->who) : NULL;
	if (files[z->file_count].path == NULL)
		return err_memory(err);
	keyfacts_sha256(text->data, text->len, files[z->file_count].sha256);
	z->file_count++;
	return DFLOW_OK;
}

/* What stood in one file, to be handed over to its zone. */
struct source {
	const char *path;
	struct buf text;
	struct container_facts made_by;
	struct request *plain;
	struct bundles *ksr;
};

static enum dflow_status
take_source(struct dflow_ceremony *c, struct source *s, struct dflow_err *err)
{
	const uint8_t *name = s->ksr != NULL ? s->ksr->zone : s->plain->zone;
	struct ceremony_zone *z = find_zone(c, name);
	enum dflow_status st = DFLOW_OK;

	if (z == NULL)
		st = add_zone(c, name, &z, err);
	else if (z->ksr != NULL || s->ksr != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: a second request for %s, besides %s; sign one of "
		    "them",
		    s->path, z->text, z->files[0].path);
	if (st == DFLOW_OK && z->plain != NULL)
		st = request_join(z->plain, &s->plain, err);
	if (st == DFLOW_OK)
		st = add_file(z, s->path, &s->text, &s->made_by, err);
	if (st != DFLOW_OK)
		return st;
	if (s->ksr != NULL) {
		z->ksr = s->ksr;
		s->ksr = NULL; /* transferred */
	} else if (z->plain == NULL) {
		z->plain = s->plain;
		s->plain = NULL; /* transferred */
	}
	return DFLOW_OK;
}

/* Who made it, before anything in it is believed. */
static enum dflow_status
check_container(
    const struct dflow_ceremony *c, struct source *s, struct dflow_err *err)
{
	enum dflow_status st = container_check(
	    c->trust, s->path, &s->text, c->view.now, &s->made_by, err);

	if (st == DFLOW_OK && c->p->require_container &&
	    s->made_by.path[0] == '\0')
		st = err_set(err, DFLOW_REFUSED,
		    "%s: no container beside it (%s.p7s or %s.asc) says who "
		    "made it; bring that, too",
		    s->path, s->path, s->path);
	return st;
}

static enum dflow_status
parse_source(struct source *s, struct dflow_err *err)
{
	const char *chars = (const char *)s->text.data;
	enum dflow_status st;
	size_t line = 0;

	if (bundle_marked(chars, s->text.len, &line) == NULL)
		return request_parse(
		    s->path, chars, s->text.len, &s->plain, err);
	st = bundles_parse(s->path, chars, s->text.len, &s->ksr, err);
	if (st == DFLOW_OK && s->ksr->kind != BUNDLE_KSR)
		st = err_set(err, DFLOW_REFUSED,
		    "%s:%zu: an SKR, which is a response; sign a request",
		    s->path, line);
	return st;
}

static enum dflow_status
read_file(struct dflow_ceremony *c, const char *path, struct dflow_err *err)
{
	struct source s = {.path = path};
	enum dflow_status st;

	buf_init(&s.text, BUNDLES_BYTES_MAX);
	st = os_read(path, BUNDLES_BYTES_MAX, &s.text, err);
	if (st == DFLOW_OK)
		st = check_container(c, &s, err);
	if (st == DFLOW_OK)
		st = parse_source(&s, err);
	if (st == DFLOW_OK)
		st = take_source(c, &s, err);
	request_free(&s.plain);
	bundles_free(&s.ksr);
	buf_free(&s.text);
	return st;
}

enum dflow_status
ceremony_read(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;
	struct dflow_fileset *files = NULL;
	enum dflow_status st = DFLOW_OK;

	if (p->request_count == 0)
		return err_set(err, DFLOW_USAGE, "no request given");
	if (p->require_container && p->trust == NULL)
		return err_set(err, DFLOW_USAGE,
		    "--require-container says nothing without --trust FILE");
	if (p->trust != NULL)
		st = container_trust_read(p->trust, &c->trust, err);
	if (st == DFLOW_OK)
		st = dflow_fileset_list(
		    p->requests, p->request_count, &files, err);
	if (st != DFLOW_OK)
		return st;
	for (size_t i = 0; i < files->count && st == DFLOW_OK; i++)
		st = read_file(c, files->paths[i], err);
	if (st == DFLOW_OK) {
		qsort(
		    c->zones, c->zone_count, sizeof(*c->zones), compare_zones);
		c->view.many = files->folder || c->zone_count > 1;
	}
	dflow_fileset_free(&files);
	return st;
}
