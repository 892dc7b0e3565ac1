/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Containers of both kinds behind one face. Owns where they stand, FILE.p7s,
 * FILE.asc, FILE.sig, and what becomes of one that no one here can judge: it
 * is refused, as it was laid there to be judged.
 */
#include "exchange/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "exchange/container_cms.h"
#include "exchange/container_pgp.h"

enum { TRUST_BYTES_MAX = 1 << 20 };

static const char pgp_prefix[] = "pgp:";

/* One of the two. */
struct container_signer {
	struct cms_signer *cms;
	struct pgp_signer *pgp;
};

struct container_trust {
	struct cms_trust *cms;
	struct pgp_trust *pgp;
	char *path;
};

void
container_who_put(char out[CONTAINER_WHO], const void *text, size_t len)
{
	const uint8_t *from = text;
	size_t n = 0;

	for (size_t i = 0; i < len && n + 5 < CONTAINER_WHO; i++) {
		if (from[i] >= 0x20 && from[i] < 0x7f)
			out[n++] = (char)from[i];
		else
			n += (size_t)snprintf(
			    out + n, 5, "\\%03u", (unsigned)from[i]);
	}
	out[n] = '\0';
}

enum dflow_status
container_signer_open(const char *who, int pass_fd,
    struct container_signer **out, struct dflow_err *err)
{
	struct container_signer *s = calloc(1, sizeof(*s));
	enum dflow_status st;

	if (s == NULL)
		return err_memory(err);
	if (strncmp(who, pgp_prefix, sizeof(pgp_prefix) - 1) == 0)
		st = pgp_signer_open(
		    who + sizeof(pgp_prefix) - 1, pass_fd, &s->pgp, err);
	else
		st = cms_signer_open(who, pass_fd, &s->cms, err);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	container_signer_free(&s);
	return st;
}

enum dflow_status
container_signer_check(
    const struct container_signer *s, int64_t now, struct dflow_err *err)
{
	return s->cms != NULL ? cms_signer_check(s->cms, now, err) : DFLOW_OK;
}

const char *
container_suffix(const struct container_signer *s)
{
	return s->cms != NULL ? ".p7s" : ".asc";
}

enum dflow_status
container_sign(struct container_signer *s, const struct buf *data, int64_t now,
    struct buf *out, struct dflow_err *err)
{
	return s->cms != NULL ? cms_sign(s->cms, data, now, out, err)
			      : pgp_sign(s->pgp, data, out, err);
}

void
container_signer_free(struct container_signer **s)
{
	struct container_signer *old = *s;

	*s = NULL;
	if (old == NULL)
		return;
	cms_signer_free(&old->cms);
	pgp_signer_free(&old->pgp);
	free(old);
}

static bool
has(const struct buf *text, const char *word)
{
	return text->len != 0 &&
	       memmem(text->data, text->len, word, strlen(word)) != NULL;
}

/* Old and new formats of a packet both have the first bit (RFC 9580, 4.2). */
static bool
looks_pgp(const struct buf *text)
{
	return has(text, "-----BEGIN PGP PUBLIC KEY BLOCK-----") ||
	       (text->len != 0 && (text->data[0] & 0x80) != 0);
}

static enum dflow_status
read_trust(
    struct container_trust *t, const struct buf *text, struct dflow_err *err)
{
	bool cms = has(text, "-----BEGIN CERTIFICATE-----") ||
		   has(text, "-----BEGIN TRUSTED CERTIFICATE-----");
	bool pgp = looks_pgp(text);

	if (has(text, "PRIVATE KEY"))
		return err_set(err, DFLOW_REFUSED,
		    "%s: holds a private key; leave what is public alone in "
		    "it",
		    t->path);
	if (cms && pgp)
		return err_set(err, DFLOW_FAILED,
		    "%s: holds both certificates and OpenPGP keys; keep one "
		    "kind",
		    t->path);
	if (cms)
		return cms_trust_read(t->path, text, &t->cms, err);
	if (pgp)
		return pgp_trust_read(t->path, text, &t->pgp, err);
	return err_set(err, DFLOW_FAILED,
	    "%s: neither certificates in PEM nor OpenPGP public keys; name "
	    "the file with those of the other side",
	    t->path);
}

enum dflow_status
container_trust_read(
    const char *path, struct container_trust **out, struct dflow_err *err)
{
	struct container_trust *t = calloc(1, sizeof(*t));
	enum dflow_status st;
	struct buf text;

	if (t == NULL)
		return err_memory(err);
	buf_init(&text, TRUST_BYTES_MAX);
	t->path = strdup(path);
	st = t->path == NULL
		 ? err_memory(err)
		 : os_read_trusted(path, TRUST_BYTES_MAX, &text, err);
	if (st == DFLOW_OK)
		st = read_trust(t, &text, err);
	buf_free(&text);
	if (st == DFLOW_OK) {
		*out = t;
		t = NULL; /* transferred */
	}
	container_trust_free(&t);
	return st;
}

void
container_trust_free(struct container_trust **t)
{
	struct container_trust *old = *t;

	*t = NULL;
	if (old == NULL)
		return;
	cms_trust_free(&old->cms);
	pgp_trust_free(&old->pgp);
	free(old->path);
	free(old);
}

static enum dflow_status
judge(const struct container_trust *t, const struct container_job *job,
    bool pgp, struct container_facts *facts, struct dflow_err *err)
{
	if (pgp ? t->pgp != NULL : t->cms != NULL)
		return pgp ? pgp_check(t->pgp, job, facts, err)
			   : cms_check(t->cms, job, facts, err);
	return err_set(err, DFLOW_REFUSED,
	    "%s: made by %s, but %s holds %s alone; have a container of that "
	    "kind, or move this one away",
	    job->path, pgp ? "OpenPGP" : "CMS", t->path,
	    pgp ? "certificates" : "OpenPGP keys");
}

/* The one at job->path; facts is filled if it is good. */
static enum dflow_status
check_one(const struct container_trust *t, struct container_job *job, bool pgp,
    struct container_facts *facts, struct dflow_err *err)
{
	struct container_facts good = {.signed_at = INT64_MIN};
	enum dflow_status st;
	struct buf made;

	buf_init(&made, CONTAINER_BYTES_MAX);
	st = os_read_found(job->path, CONTAINER_BYTES_MAX, &made, err);
	job->made = &made;
	if (st == DFLOW_OK)
		st = judge(t, job, pgp, &good, err);
	if (st == DFLOW_OK) {
		(void)snprintf(good.path, sizeof(good.path), "%s", job->path);
		*facts = good;
	}
	buf_free(&made);
	return st;
}

enum dflow_status
container_check(const struct container_trust *t, const char *path,
    const struct buf *data, int64_t now, struct container_facts *facts,
    struct dflow_err *err)
{
	static const char *const suffixes[] = {".sig", ".asc", ".p7s"};
	struct container_job job = {.data = data, .now = now};
	struct container_facts found = {.signed_at = INT64_MIN};
	char beside[sizeof(found.path)];
	enum dflow_status st = DFLOW_OK;

	if (t == NULL || strcmp(path, "-") == 0) {
		*facts = found;
		return DFLOW_OK;
	}
	job.path = beside;
	job.trust = t->path;
	for (size_t i = 0; i < 3 && st == DFLOW_OK; i++) {
		int n =
		    snprintf(beside, sizeof(beside), "%s%s", path, suffixes[i]);

		if (n < 0 || (size_t)n >= sizeof(beside))
			return err_set(
			    err, DFLOW_FAILED, "%s: name too long", path);
		if (os_exists(beside))
			st = check_one(t, &job, i < 2, &found, err);
	}
	if (st == DFLOW_OK)
		*facts = found;
	return st;
}
