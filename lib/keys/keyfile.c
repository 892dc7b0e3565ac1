/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the public half of a key file: one DNSKEY (RFC 4034 section 2) with
 * its timing metadata, and what its name says of it. Refuses more or less
 * than one zone key of protocol 3, keys that are malformed or of sizes that
 * nobody signs with, and a name that tells of another key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrtext.h"
#include "dns/rrtype.h"
#include "keys/keyfile.h"
#include "keys/private.h"

enum { KEY_FILE_MAX = 65536 };

static bool
ends_in(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && memcmp(s + len - n, end, n) == 0;
}

enum dflow_status
keyfile_base(const char *name, char *out, size_t size, struct dflow_err *err)
{
	static const char *const ends[] = {".key", ".private", ".ds", ".pem"};
	size_t len = strlen(name), i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_in(name, len, ends[i])) {
			len -= strlen(ends[i]);
			break;
		}
	if (len == 0 || name[len - 1] == '/')
		return err_set(err, DFLOW_USAGE,
		    "%s: not the name of a key; "
		    "name one as Kexample.com.+013+11238",
		    name);
	if (len >= size)
		return err_set(err, DFLOW_USAGE,
		    "the name of a key has %zu "
		    "bytes; the limit is %zu",
		    len, size - 1);
	memcpy(out, name, len);
	out[len] = '\0';
	return DFLOW_OK;
}

/* The records of a .key file as they come. */
struct take {
	const char *file;
	struct keyfile *out;
	size_t count;
};

static enum dflow_status
take_rr(const struct rrtext *rr, void *ctx, struct dflow_err *err)
{
	struct take *t = ctx;
	struct keyfile *k = t->out;

	if (rr->type != RRTYPE_DNSKEY)
		return err_at(err, t->file, rr->line,
		    "not a DNSKEY; a key "
		    "file holds one and nothing else");
	if (t->count++ > 0)
		return err_at(err, t->file, rr->line,
		    "a second DNSKEY; a key "
		    "file holds only one");
	if (rr->rdata_len > DNSKEY_RDATA_MAX ||
	    name_check(rr->owner, sizeof(rr->owner)) == 0)
		return err_at(err, t->file, rr->line,
		    "a DNSKEY of %u bytes; "
		    "the limit is %d",
		    (unsigned)rr->rdata_len, DNSKEY_RDATA_MAX);
	memcpy(k->rdata, rr->rdata, rr->rdata_len);
	name_copy(k->owner, rr->owner);
	k->ttl = rr->ttl;
	if (!dnskey_view(k->rdata, rr->rdata_len, &k->key))
		return err_at(err, t->file, rr->line,
		    "a DNSKEY that is cut "
		    "short");
	if (k->key.protocol != DNSKEY_PROTOCOL)
		return err_at(err, t->file, rr->line,
		    "a DNSKEY of protocol "
		    "%u; it must be 3",
		    (unsigned)k->key.protocol);
	if ((k->key.flags & DNSKEY_FLAG_ZONE) == 0)
		return err_at(err, t->file, rr->line,
		    "a DNSKEY of flags %u "
		    "is no zone key; flags are 256 or 257",
		    (unsigned)k->key.flags);
	return DFLOW_OK;
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* "; Publish: 20260101000000 (...)"; any other comment says nothing. */
static void
take_comment(const char *p, const char *end, struct keytimes *times)
{
	const char *name, *colon, *stop;
	int64_t *where, when;

	name = skip_blanks(p + 1, end);
	colon = memchr(name, ':', (size_t)(end - name));
	if (colon == NULL)
		return;
	where = keytimes_at(times, name, (size_t)(colon - name));
	if (where == NULL)
		return;
	p = skip_blanks(colon + 1, end);
	for (stop = p; stop < end && *stop >= '0' && *stop <= '9'; stop++)
		;
	if (keytimes_parse(p, (size_t)(stop - p), &when))
		*where = when;
}

static void
take_comments(const char *text, size_t len, struct keytimes *times)
{
	const char *p = text, *end = text + len, *stop;

	while (p < end) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		if (*p == ';')
			take_comment(p, stop, times);
		p = stop < end ? stop + 1 : end;
	}
}

enum dflow_status
keyfile_parse(const char *file, const char *text, size_t len,
    struct keyfile *out, struct dflow_err *err)
{
	struct take t = {.file = file, .out = out};
	struct dflow_err why = {0};
	enum dflow_status status;

	status = rrtext_read(file, text, len, 0, take_rr, &t, err);
	if (status != DFLOW_OK)
		return status;
	if (t.count == 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds no DNSKEY; "
		    "restore the file",
		    file);
	if (dnskey_check(&out->key, &why) != DFLOW_OK)
		return err_set(err, DFLOW_FAILED, "%s: %s", file, why.text);
	keytimes_clear(&out->times);
	take_comments(text, len, &out->times);
	return DFLOW_OK;
}

/* The name, where it has the usual form, tells of this key. */
static enum dflow_status
check_name(const char *file, const struct keyfile *k, struct dflow_err *err)
{
	const char *slash = strrchr(k->base, '/');
	const char *name = slash == NULL ? k->base : slash + 1;
	struct keyfile_facts facts;

	if (!keyfile_facts(name, strlen(name), &facts))
		return DFLOW_OK;
	if (facts.algorithm != k->key.algorithm || facts.tag != k->key.tag)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds key %u of "
		    "algorithm %u, not the one of its name; restore the file",
		    file, (unsigned)k->key.tag, (unsigned)k->key.algorithm);
	return DFLOW_OK;
}

/*
 * The .private file's times count, as for BIND. Without that file, or without
 * the right to read it, the comments' times stay: reading a public key takes
 * no secret. A broken file is not passed over.
 */
static enum dflow_status
private_facts(struct keyfile *k, struct dflow_err *err)
{
	char path[KEYFILE_PATH_MAX];
	struct secret *text = NULL;
	enum dflow_status status;
	struct keytimes times;

	snprintf(path, sizeof(path), "%s.pem", k->base);
	k->has_private = os_exists(path);
	snprintf(path, sizeof(path), "%s.private", k->base);
	if (!os_exists(path))
		return DFLOW_OK;
	k->has_private = true;
	if (os_read_private(path, PRIVATE_FILE_MAX, &text, NULL) != DFLOW_OK)
		return DFLOW_OK;
	status = private_read_public(path, text, &times, k->label, err);
	secret_free(&text);
	if (status == DFLOW_OK && !keytimes_none(&times))
		k->times = times;
	return status;
}

enum dflow_status
keyfile_read(const char *name, struct keyfile **out, struct dflow_err *err)
{
	char path[KEYFILE_PATH_MAX];
	struct keyfile *k = calloc(1, sizeof(*k));
	enum dflow_status status;
	struct buf text;

	buf_init(&text, KEY_FILE_MAX);
	if (k == NULL)
		return err_memory(err);
	status = keyfile_base(name, k->base, sizeof(k->base), err);
	if (status == DFLOW_OK) {
		snprintf(path, sizeof(path), "%s.key", k->base);
		memcpy(k->from, path, sizeof(path));
		/* In a folder a pipe could stand, and keep us waiting. */
		status = os_read_found(path, KEY_FILE_MAX, &text, err);
	}
	if (status == DFLOW_OK)
		status = keyfile_parse(
		    path, (const char *)text.data, text.len, k, err);
	if (status == DFLOW_OK)
		status = check_name(path, k, err);
	if (status == DFLOW_OK)
		status = private_facts(k, err);
	buf_free(&text);
	if (status != DFLOW_OK) {
		keyfile_free(&k);
		return status;
	}
	*out = k;
	return DFLOW_OK;
}

void
keyfile_free(struct keyfile **k)
{
	if (k == NULL || *k == NULL)
		return;
	free(*k);
	*k = NULL;
}

enum keystate
keyfile_state(const struct keytimes *t, int64_t now)
{
	bool published = t->publish != KEYTIME_UNSET && now >= t->publish;
	bool active = t->activate != KEYTIME_UNSET && now >= t->activate;

	if (t->remove != KEYTIME_UNSET && now >= t->remove)
		return KEYSTATE_REMOVED;
	if (t->inactive != KEYTIME_UNSET && now >= t->inactive)
		return KEYSTATE_RETIRED;
	if (active)
		return KEYSTATE_ACTIVE;
	if (published)
		return KEYSTATE_PUBLISHED;
	/* BIND's keygen -G leaves Created alone: not for use yet. */
	if (t->publish == KEYTIME_UNSET && t->activate == KEYTIME_UNSET &&
	    t->created == KEYTIME_UNSET)
		return KEYSTATE_ACTIVE;
	return KEYSTATE_FUTURE;
}
