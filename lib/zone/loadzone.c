/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A zone from its master file: where relative names end at first, which name
 * is the apex, and what goes into the builder. Refuses a file without the
 * SOA of its zone.
 */
#include "zone/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rrtype.h"
#include "zone/loader.h"

/* zone_load's view of a reading. */
struct zone_reading {
	const struct zone_load *p;
	struct zone_builder *b;
	bool soa; /* found at the origin, or anywhere if there is none */
};

static enum dflow_status
zone_file(const char *name, uint16_t *number, void *ctx, struct dflow_err *err)
{
	struct zone_reading *z = ctx;

	return zone_builder_file(z->b, name, number, err);
}

static enum dflow_status
zone_each(struct zone_rr *rr, void *ctx, struct dflow_err *err)
{
	struct zone_reading *z = ctx;
	enum dflow_status st;
	bool keep = true;

	if (z->p->filter != NULL) {
		st = z->p->filter(rr, &keep, z->p->ctx, err);
		if (st != DFLOW_OK || !keep)
			return st;
	}
	if (rr->type == RRTYPE_SOA &&
	    (z->p->origin == NULL || name_equal(rr->owner, z->p->origin)))
		z->soa = true;
	return zone_builder_add(z->b, rr, err);
}

/* The name that relative names end in at first. */
static void
first_origin(const struct zone_load *p, uint8_t out[NAME_MAX_LEN])
{
	const char *slash = strrchr(p->path, '/');
	const char *base = slash == NULL ? p->path : slash + 1;

	if (p->origin != NULL)
		(void)name_copy(out, p->origin);
	else if (strcmp(p->path, "-") == 0 ||
		 name_parse(base, out, NULL) != DFLOW_OK)
		out[0] = 0;
}

static enum dflow_status
no_soa(const struct zone_load *p, const struct zone_builder *b,
    struct dflow_err *err)
{
	const char *path =
	    strcmp(p->path, "-") == 0 ? "standard input" : p->path;
	const uint8_t *other = zone_builder_soa_owner(b);
	char origin[NAME_TEXT_SIZE];
	char found[NAME_TEXT_SIZE];

	if (p->origin == NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: no SOA record; is it a zone file?", path);
	(void)name_text(p->origin, origin);
	if (other == NULL)
		return err_set(err, DFLOW_FAILED,
		    "%s: no SOA at %s; is it a zone file?", path, origin);
	(void)name_text(other, found);
	return err_set(err, DFLOW_FAILED,
	    "%s: no SOA at %s; the zone in this file is %s", path, origin,
	    found);
}

char *
loader_path(const char *including, const char *name)
{
	const char *slash = strrchr(including, '/');
	size_t dir = slash == NULL ? 0 : (size_t)(slash - including) + 1;
	size_t size;
	char *path;

	if (name[0] == '/')
		return strdup(name);
	/* The scanner has put its own folder, "./", in front. */
	if (strncmp(name, "./", 2) == 0 && strcmp(name, "./-") != 0)
		name += 2;
	size = dir + strlen(name) + 1;
	path = malloc(size);
	if (path != NULL)
		(void)snprintf(path, size, "%.*s%s", (int)dir, including, name);
	return path;
}

enum dflow_status
zone_load_begin(const struct zone_load *p, struct zone_builder **out,
    uint8_t apex[NAME_MAX_LEN], struct dflow_err *err)
{
	struct zone_reading z = {.p = p};
	struct loader ld = {
	    .each = zone_each,
	    .file = zone_file,
	    .ctx = &z,
	    .digest = p->digest,
	};
	uint8_t origin[NAME_MAX_LEN];
	char text[NAME_TEXT_SIZE];
	enum dflow_status st;

	st = zone_builder_new(p->max_memory, &z.b, err);
	if (st != DFLOW_OK)
		return st;
	first_origin(p, origin);
	(void)name_text(origin, text);
	st = loader_run(&ld, p->path, text, err);
	if (st == DFLOW_OK && !z.soa)
		st = no_soa(p, z.b, err);
	if (st != DFLOW_OK) {
		zone_builder_free(&z.b);
		return st;
	}
	(void)name_copy(
	    apex, p->origin != NULL ? p->origin : zone_builder_soa_owner(z.b));
	*out = z.b;
	return DFLOW_OK;
}

enum dflow_status
zone_load(const struct zone_load *p, struct zone **out, struct dflow_err *err)
{
	struct zone_builder *b = NULL;
	uint8_t apex[NAME_MAX_LEN];
	enum dflow_status st;

	st = zone_load_begin(p, &b, apex, err);
	if (st != DFLOW_OK)
		return st;
	return zone_build(&b, apex, p->threads, out, err);
}
