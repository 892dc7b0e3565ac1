/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gives each zone of a ceremony its KSKs: those that were named, or those in
 * the folder, which is read once for all zones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/when.h"
#include "flow/ceremony.h"

enum { PATH_TEXT_MAX = 4096, FOLDER_KEYS_MAX = 100000 };

/* The KSKs of a folder. */
struct folder {
	const char *dir;
	struct keyfile **keys;
	size_t count;
	size_t cap;
};

static enum dflow_status
keep_key(struct folder *f, struct keyfile **k, struct dflow_err *err)
{
	if (f->count == f->cap) {
		size_t cap = f->cap == 0 ? 16 : 2 * f->cap;
		struct keyfile **more = realloc(f->keys, cap * sizeof(*more));

		if (more == NULL)
			return err_memory(err);
		f->keys = more;
		f->cap = cap;
	}
	f->keys[f->count++] = *k;
	*k = NULL; /* transferred */
	return DFLOW_OK;
}

static enum dflow_status
read_entry(const char *name, void *ctx, struct dflow_err *err)
{
	struct folder *f = ctx;
	size_t len = strlen(name);
	struct keyfile_facts facts;
	struct keyfile *k = NULL;
	char path[PATH_TEXT_MAX];
	enum dflow_status st;
	int n;

	if (len < 4 || strcmp(name + len - 4, ".key") != 0 ||
	    !keyfile_facts(name, len - 4, &facts))
		return DFLOW_OK;
	n = snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(
		    err, DFLOW_FAILED, "%s/%s: name too long", f->dir, name);
	if (f->count == FOLDER_KEYS_MAX)
		return err_set(err, DFLOW_REFUSED, "%s: more than %d KSKs",
		    f->dir, FOLDER_KEYS_MAX);
	st = keyfile_read(path, &k, err);
	if (st == DFLOW_OK && (k->key.flags & DNSKEY_FLAG_SEP) != 0)
		st = keep_key(f, &k, err);
	keyfile_free(&k);
	return st;
}

static int
compare_keys(const void *va, const void *vb)
{
	const struct keyfile *a = *(struct keyfile *const *)va;
	const struct keyfile *b = *(struct keyfile *const *)vb;
	int order = name_cmp(a->owner, b->owner);

	if (order != 0)
		return order;
	if (a->key.algorithm != b->key.algorithm)
		return a->key.algorithm < b->key.algorithm ? -1 : 1;
	return (a->key.tag > b->key.tag) - (a->key.tag < b->key.tag);
}

static enum dflow_status
add_ksk(struct ceremony_zone *z, struct keyfile **k, struct dflow_err *err)
{
	if (z->ksk_count == DFLOW_CEREMONY_KEYS_MAX)
		return err_set(err, DFLOW_USAGE,
		    "%s: more than %d KSKs; move old ones away", z->text,
		    DFLOW_CEREMONY_KEYS_MAX);
	z->ksks[z->ksk_count++] = *k;
	*k = NULL; /* transferred */
	return DFLOW_OK;
}

/* At which line a request begins to be of its zone. */
static size_t
first_line(const struct ceremony_zone *z)
{
	return z->ksr != NULL ? z->ksr->list[0].rrs[0].line
			      : z->plain->keys[0].line;
}

/* Nothing here can sign it, whatever is allowed: ceremony_check says so. */
static void
no_ksk(struct ceremony_zone *z, const char *dir)
{
	checks_fail_final(&z->checks, CHECK_OWNER,
	    "%s:%zu: a key of %s, of which no KSK is in %s; take the request "
	    "out, or bring its KSK",
	    z->files[0].path, first_line(z), z->text, dir);
}

static enum dflow_status
keys_of_folder(struct dflow_ceremony *c, struct dflow_err *err)
{
	struct folder f = {.dir = c->p->key_dir};
	enum dflow_status st = os_list(f.dir, read_entry, &f, err);
	size_t at = 0;

	if (st == DFLOW_OK && f.count > 1)
		qsort(f.keys, f.count, sizeof(struct keyfile *), compare_keys);
	for (size_t i = 0; st == DFLOW_OK && i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		while (at < f.count && name_cmp(f.keys[at]->owner, z->name) < 0)
			at++;
		for (; st == DFLOW_OK && at < f.count &&
		       name_equal(f.keys[at]->owner, z->name);
		     at++)
			st = add_ksk(z, &f.keys[at], err);
		if (st == DFLOW_OK && z->ksk_count == 0)
			no_ksk(z, f.dir);
	}
	for (size_t i = 0; i < f.count; i++)
		keyfile_free(&f.keys[i]);
	free(f.keys);
	return st;
}

/* The named key, under the zone's name if another's stands in its file. */
static enum dflow_status
read_named(struct dflow_ceremony *c, struct ceremony_zone *z, const char *name,
    struct dflow_err *err)
{
	/* Of keys without files; the request says which zone it is. */
	const struct signer_role role = {
	    z->name, DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP};
	struct keyfile *k = NULL;
	enum dflow_status st =
	    signer_key_read(name, &c->access, &role, &k, err);

	if (st == DFLOW_OK)
		st = add_ksk(z, &k, err);
	keyfile_free(&k);
	return st;
}

/* Drops the KSKs of other zones; says whether one is left. */
static bool
keep_own(struct ceremony_zone *z)
{
	size_t kept = 0;

	for (size_t i = 0; i < z->ksk_count; i++)
		if (name_equal(z->ksks[i]->owner, z->name))
			kept++;
	if (kept == 0)
		return false;
	kept = 0;
	for (size_t i = 0; i < z->ksk_count; i++) {
		struct keyfile *k = z->ksks[i];

		z->ksks[i] = NULL;
		if (name_equal(k->owner, z->name))
			z->ksks[kept++] = k;
		else
			keyfile_free(&k);
	}
	z->ksk_count = kept;
	return true;
}

/* One KSK may serve many zones: --allow owner puts it under their names. */
static void
take_foreign(struct ceremony_zone *z)
{
	char owner[NAME_TEXT_SIZE];

	(void)name_text(z->ksks[0]->owner, owner);
	checks_fail(&z->checks, CHECK_OWNER,
	    "%s:%zu: a key of %s, but the KSK is %s's; give the KSK of that "
	    "zone",
	    z->files[0].path, first_line(z), z->text, owner);
	for (size_t i = 0; i < z->ksk_count; i++)
		(void)name_copy(z->ksks[i]->owner, z->name);
}

/* A KSK that was named and has no request is a mistake. */
static enum dflow_status
check_unused(struct dflow_ceremony *c, const char *name, struct dflow_err *err)
{
	const struct signer_role role = {
	    c->zones[0].name, DNSKEY_FLAG_ZONE | DNSKEY_FLAG_SEP};
	char owner[NAME_TEXT_SIZE];
	struct keyfile *k = NULL;
	enum dflow_status st =
	    signer_key_read(name, &c->access, &role, &k, err);

	if (st != DFLOW_OK)
		return st;
	for (size_t i = 0; i < c->zone_count; i++) {
		const struct ceremony_zone *z = &c->zones[i];

		for (size_t j = 0; j < z->ksk_count; j++)
			if (dnskey_same_key(&z->ksks[j]->key, &k->key)) {
				keyfile_free(&k);
				return DFLOW_OK;
			}
	}
	(void)name_text(k->owner, owner);
	st = err_set(err, DFLOW_REFUSED,
	    "%s: a key of %s, of which there is no request; leave it out",
	    k->from, owner);
	keyfile_free(&k);
	return st;
}

static enum dflow_status
keys_named(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;
	enum dflow_status st = DFLOW_OK;

	if (p->key_count > DFLOW_CEREMONY_KEYS_MAX)
		return err_set(err, DFLOW_USAGE, "%zu KSKs; at most %d",
		    p->key_count, DFLOW_CEREMONY_KEYS_MAX);
	for (size_t i = 0; i < c->zone_count; i++) {
		struct ceremony_zone *z = &c->zones[i];

		for (size_t k = 0; k < p->key_count && st == DFLOW_OK; k++)
			st = read_named(c, z, p->keys[k], err);
		if (st != DFLOW_OK)
			return st;
		if (!keep_own(z))
			take_foreign(z);
	}
	for (size_t k = 0; k < p->key_count && st == DFLOW_OK; k++)
		st = check_unused(c, p->keys[k], err);
	return st;
}

enum dflow_status
ceremony_keys(struct dflow_ceremony *c, struct dflow_err *err)
{
	const struct dflow_ceremony_params *p = c->p;

	if (p->key_count > 0 && p->key_dir != NULL)
		return err_set(err, DFLOW_USAGE,
		    "KSKs by name (-k) and by their folder (-K); give one of "
		    "the two");
	if (p->key_dir != NULL)
		return keys_of_folder(c, err);
	if (p->key_count == 0)
		return err_set(
		    err, DFLOW_USAGE, "no KSK given; name it with -k");
	return keys_named(c, err);
}
