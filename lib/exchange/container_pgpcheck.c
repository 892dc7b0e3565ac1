/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verifies detached OpenPGP signatures in a folder made for it, which has the
 * trusted keys alone, and where no agent and no dirmngr is started: nothing is
 * looked up on a network. Refuses signatures and keys that are over or revoked
 * as of a given moment, old digests, and more than one signature.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/os_temp.h"
#include "exchange/container_gpg.h"
#include "exchange/container_pgp.h"

struct pgp_trust {
	gpgme_ctx_t ctx;
	struct os_temp *home;
	char *conf; /* path of its gpg.conf */
	pthread_mutex_t *one; /* at a time may use all this */
};

/*
 * GnuPG's status lines, of which GPGME keeps no signature class: the ninth
 * word of VALIDSIG. 00 is over the bytes; 01 is over text, whatever ends its
 * lines.
 */
static gpgme_error_t
note_class(void *hook, const char *keyword, const char *args)
{
	bool *of_text = hook;
	const char *word = args;

	if (strcmp(keyword, "VALIDSIG") != 0)
		return 0;
	for (int i = 1; i < 9 && word != NULL; i++) {
		word = strchr(word, ' ');
		word = word != NULL ? word + 1 : NULL;
	}
	if (word == NULL || strncmp(word, "00", 2) != 0)
		*of_text = true;
	return 0;
}

/*
 * Without an agent there are no secret keys, and without dirmngr no look-ups;
 * whom to trust is what this folder has keys of.
 */
static enum dflow_status
write_conf(const struct pgp_trust *t, const char *clock, struct dflow_err *err)
{
	enum dflow_status st;
	struct buf text;

	buf_init(&text, 1024);
	buf_str(&text, "no-autostart\n"
		       "disable-dirmngr\n"
		       "no-auto-key-locate\n"
		       "no-auto-key-import\n"
		       "no-auto-check-trustdb\n"
		       "trust-model always\n");
	buf_str(&text, clock);
	st = buf_check(&text, "gpg.conf", err);
	if (st == DFLOW_OK)
		st = os_write(t->conf, 0600, text.data, text.len, err);
	buf_free(&text);
	return st;
}

static enum dflow_status
make_home(struct pgp_trust *t, struct dflow_err *err)
{
	static const char name[] = "/gpg.conf";
	enum dflow_status st = os_temp_new(&t->home, err);
	const char *home;

	if (st != DFLOW_OK)
		return st;
	home = os_temp_path(t->home);
	t->conf = malloc(strlen(home) + sizeof(name));
	if (t->conf == NULL)
		return err_memory(err);
	(void)sprintf(t->conf, "%s%s", home, name);
	/* Keys are judged when they are used, as of the moment given then. */
	st = write_conf(t, "ignore-time-conflict\n", err);
	if (st == DFLOW_OK)
		st = gpg_open(home, &t->ctx, err);
	if (st != DFLOW_OK)
		return st;
	if (gpgme_set_ctx_flag(t->ctx, "full-status", "1") != 0)
		return err_memory(err);
	return DFLOW_OK;
}

static enum dflow_status
take_keys(struct pgp_trust *t, const char *path, const struct buf *text,
    struct dflow_err *err)
{
	gpgme_data_t keys = gpg_borrow(text);
	gpgme_import_result_t r;
	gpgme_error_t e;

	if (keys == NULL)
		return err_memory(err);
	e = gpgme_op_import(t->ctx, keys);
	gpgme_data_release(keys);
	r = gpgme_op_import_result(t->ctx);
	if (r != NULL && r->secret_read > 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: holds a private key; leave what is public alone in "
		    "it",
		    path);
	if (e != 0 || r == NULL || r->imported + r->unchanged < 1)
		return err_set(err, DFLOW_FAILED,
		    "%s: GnuPG finds no public key in it; write it anew with "
		    "gpg --export",
		    path);
	return DFLOW_OK;
}

enum dflow_status
pgp_trust_read(const char *path, const struct buf *text, struct pgp_trust **out,
    struct dflow_err *err)
{
	struct pgp_trust *t = calloc(1, sizeof(*t));
	enum dflow_status st;

	if (t == NULL)
		return err_memory(err);
	t->one = calloc(1, sizeof(*t->one));
	if (t->one == NULL || pthread_mutex_init(t->one, NULL) != 0)
		st = err_memory(err);
	else
		st = make_home(t, err);
	if (st == DFLOW_OK)
		st = take_keys(t, path, text, err);
	if (st == DFLOW_OK) {
		*out = t;
		t = NULL; /* transferred */
	}
	pgp_trust_free(&t);
	return st;
}

/* Why the signature is none; NULL if it is good. */
static const char *
fault(const struct _gpgme_signature *sig)
{
	switch (gpgme_err_code(sig->status)) {
	case GPG_ERR_NO_ERROR:
		break;
	case GPG_ERR_SIG_EXPIRED:
		return "the signature has expired; have a new one made";
	case GPG_ERR_KEY_EXPIRED:
		return "its signer's key has expired; have it renewed, and "
		       "put it into the trusted ones";
	case GPG_ERR_CERT_REVOKED:
		return "its signer's key is revoked; do not use the file";
	case GPG_ERR_NO_PUBKEY:
		return "made by somebody who is not trusted here; do not use "
		       "the file";
	case GPG_ERR_BAD_SIGNATURE:
		return "does not verify: the file or its container was "
		       "changed; do not use the file";
	default:
		return "its signature cannot be verified; do not use the "
		       "file";
	}
	if ((sig->summary &
		(GPGME_SIGSUM_RED | GPGME_SIGSUM_KEY_REVOKED |
		    GPGME_SIGSUM_KEY_EXPIRED | GPGME_SIGSUM_SIG_EXPIRED |
		    GPGME_SIGSUM_SYS_ERROR)) != 0 ||
	    sig->wrong_key_usage)
		return "its signer's key is not good; do not use the file";
	if (!gpg_sound(sig->hash_algo))
		return "made with a digest that is not safe; have it made "
		       "with SHA-256";
	return NULL;
}

/* The first user id of the key, else its fingerprint. */
static void
name_key(const struct pgp_trust *t, const char *fpr, char out[CONTAINER_WHO])
{
	gpgme_key_t key = NULL;
	const char *name = fpr;

	if (gpgme_get_key(t->ctx, fpr, &key, 0) == 0 && key->uids != NULL)
		name = key->uids->uid;
	container_who_put(out, name, strlen(name));
	gpgme_key_unref(key);
}

static enum dflow_status
read_result(const struct pgp_trust *t, const struct container_job *job,
    struct container_facts *facts, struct dflow_err *err)
{
	gpgme_verify_result_t r = gpgme_op_verify_result(t->ctx);
	const struct _gpgme_signature *sig = r == NULL ? NULL : r->signatures;
	const char *why;

	if (sig == NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: not a detached OpenPGP signature; fetch the file and "
		    "its container anew",
		    job->path);
	if (sig->next != NULL)
		return err_set(err, DFLOW_REFUSED,
		    "%s: must have one signature, and no other number",
		    job->path);
	why = fault(sig);
	if (why != NULL)
		return err_set(err, DFLOW_REFUSED, "%s: %s", job->path, why);
	name_key(t, sig->fpr, facts->who);
	if (sig->timestamp != 0)
		facts->signed_at = (int64_t)sig->timestamp;
	return DFLOW_OK;
}

static enum dflow_status
check(const struct pgp_trust *t, const struct container_job *job,
    struct container_facts *facts, struct dflow_err *err)
{
	gpgme_data_t made = NULL, data = NULL;
	enum dflow_status st;
	bool of_text = false;
	gpgme_error_t e;
	char clock[64];

	(void)snprintf(clock, sizeof(clock), "faked-system-time %" PRId64 "!\n",
	    job->now < 0 ? 0 : job->now);
	st = write_conf(t, clock, err);
	if (st != DFLOW_OK)
		return st;
	made = gpg_borrow(job->made);
	data = gpg_borrow(job->data);
	if (made == NULL || data == NULL) {
		st = err_memory(err);
		goto out;
	}
	gpgme_set_status_cb(t->ctx, note_class, &of_text);
	e = gpgme_op_verify(t->ctx, made, data, NULL);
	if (e != 0)
		st = err_set(err, DFLOW_REFUSED,
		    "%s: not a detached OpenPGP signature; fetch the file and "
		    "its container anew",
		    job->path);
	else
		st = read_result(t, job, facts, err);
	if (st == DFLOW_OK && of_text)
		st = err_set(err, DFLOW_REFUSED,
		    "%s: a signature of text, which leaves open how its lines "
		    "end; have one made of the bytes, without --textmode",
		    job->path);
out:
	gpgme_set_status_cb(t->ctx, NULL, NULL);
	gpgme_data_release(made);
	gpgme_data_release(data);
	return st;
}

enum dflow_status
pgp_check(const struct pgp_trust *t, const struct container_job *job,
    struct container_facts *facts, struct dflow_err *err)
{
	enum dflow_status st;

	(void)pthread_mutex_lock(t->one);
	st = check(t, job, facts, err);
	(void)pthread_mutex_unlock(t->one);
	return st;
}

void
pgp_trust_free(struct pgp_trust **t)
{
	struct pgp_trust *old = *t;

	*t = NULL;
	if (old == NULL)
		return;
	if (old->ctx != NULL)
		gpgme_release(old->ctx);
	os_temp_free(&old->home);
	if (old->one != NULL)
		(void)pthread_mutex_destroy(old->one);
	free(old->one);
	free(old->conf);
	free(old);
}
