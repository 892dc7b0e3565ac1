/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes detached OpenPGP signatures with the user's own keyring and agent.
 * Refuses names that several keys have, and digests older than SHA-2.
 */
#include "exchange/container_pgp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "exchange/container_gpg.h"

enum { WHAT_SIZE = 192 };

struct pgp_signer {
	gpgme_ctx_t ctx;
	char *user;
	struct secret *pass; /* NULL until the agent asks */
	int pass_fd;
	struct dflow_err why; /* of the passphrase, if there was none */
};

/* GPGME asks for the passphrase; fd goes to gpg, and by it to the agent. */
static gpgme_error_t
give_passphrase(
    void *hook, const char *hint, const char *info, int was_bad, int fd)
{
	struct pgp_signer *s = hook;
	char prompt[512];

	(void)hint;
	(void)info;
	if (was_bad)
		return gpgme_error(GPG_ERR_BAD_PASSPHRASE);
	if (s->pass == NULL) {
		(void)snprintf(
		    prompt, sizeof(prompt), "Passphrase for pgp:%s: ", s->user);
		if (os_passphrase(prompt, s->pass_fd, false, &s->pass,
			&s->why) != DFLOW_OK)
			return gpgme_error(GPG_ERR_CANCELED);
	}
	if (gpgme_io_writen(fd, s->pass->data, s->pass->len) != 0 ||
	    gpgme_io_writen(fd, "\n", 1) != 0)
		return gpgme_error_from_errno(EIO);
	return 0;
}

/* Keys by that name that can sign, in *key the last of them. */
static enum dflow_status
list_keys(struct pgp_signer *s, gpgme_key_t *key, size_t *found,
    struct dflow_err *err)
{
	gpgme_key_t k = NULL;
	gpgme_error_t e = gpgme_op_keylist_start(s->ctx, s->user, 1);

	while (e == 0) {
		e = gpgme_op_keylist_next(s->ctx, &k);
		if (e != 0)
			break;
		if (k->can_sign && !k->revoked && !k->expired && !k->disabled &&
		    !k->invalid) {
			gpgme_key_unref(*key);
			*key = k;
			++*found;
		} else {
			gpgme_key_unref(k);
		}
	}
	if (gpgme_err_code(e) != GPG_ERR_EOF)
		return gpg_failed(
		    "the secret keys could not be listed", e, err);
	return DFLOW_OK;
}

static enum dflow_status
choose_key(struct pgp_signer *s, struct dflow_err *err)
{
	gpgme_key_t key = NULL;
	size_t found = 0;
	enum dflow_status st = list_keys(s, &key, &found, err);
	gpgme_error_t e;

	if (st == DFLOW_OK && found == 0)
		st = err_set(err, DFLOW_FAILED,
		    "pgp:%s: GnuPG has no secret key of that name that can "
		    "sign; see gpg --list-secret-keys",
		    s->user);
	if (st == DFLOW_OK && found > 1)
		st = err_set(err, DFLOW_FAILED,
		    "pgp:%s: %zu keys have that name; give the fingerprint of "
		    "one",
		    s->user, found);
	if (st == DFLOW_OK) {
		e = gpgme_signers_add(s->ctx, key);
		if (e != 0)
			st = gpg_failed("the key cannot be used", e, err);
	}
	gpgme_key_unref(key);
	return st;
}

static enum dflow_status
sign_failed(const struct pgp_signer *s, gpgme_error_t e, struct dflow_err *err)
{
	char what[WHAT_SIZE];

	if (s->why.text[0] != '\0')
		return err_set(err, s->why.status, "%s", s->why.text);
	if (gpgme_err_code(e) == GPG_ERR_BAD_PASSPHRASE)
		return err_set(err, DFLOW_FAILED,
		    "pgp:%s: wrong passphrase; try again", s->user);
	(void)snprintf(what, sizeof(what),
	    "pgp:%.100s: no container could be made", s->user);
	return gpg_failed(what, e, err);
}

/* What gpg says that it made. */
static enum dflow_status
check_made(const struct pgp_signer *s, struct dflow_err *err)
{
	gpgme_sign_result_t r = gpgme_op_sign_result(s->ctx);

	if (r == NULL || r->signatures == NULL || r->signatures->next != NULL)
		return err_set(err, DFLOW_FAILED,
		    "pgp:%s: GnuPG made no signature, or several", s->user);
	if (!gpg_sound(r->signatures->hash_algo))
		return err_set(err, DFLOW_REFUSED,
		    "pgp:%s: GnuPG takes an old digest; set digest-algo SHA256 "
		    "in gpg.conf",
		    s->user);
	return DFLOW_OK;
}

enum dflow_status
pgp_sign(struct pgp_signer *s, const struct buf *data, struct buf *out,
    struct dflow_err *err)
{
	gpgme_data_t from = gpg_borrow(data), to = NULL;
	enum dflow_status st = DFLOW_OK;
	gpgme_error_t e;
	size_t len = 0;
	char *text;

	if (from == NULL || gpgme_data_new(&to) != 0) {
		gpgme_data_release(from);
		return err_memory(err);
	}
	e = gpgme_op_sign(s->ctx, from, to, GPGME_SIG_MODE_DETACH);
	st = e != 0 ? sign_failed(s, e, err) : check_made(s, err);
	gpgme_data_release(from);
	text = gpgme_data_release_and_get_mem(to, &len);
	if (st == DFLOW_OK && text != NULL)
		buf_put(out, text, len);
	if (st == DFLOW_OK && (text == NULL || len == 0))
		st = err_memory(err);
	gpgme_free(text);
	return st == DFLOW_OK ? buf_check(out, "a container", err) : st;
}

/* A container of nothing, thrown away. */
static enum dflow_status
try(struct pgp_signer *s, struct dflow_err *err)
{
	const struct buf none = {0};
	enum dflow_status st;
	struct buf out;

	buf_init(&out, CONTAINER_BYTES_MAX);
	st = pgp_sign(s, &none, &out, err);
	buf_free(&out);
	return st;
}

enum dflow_status
pgp_signer_open(const char *user, int pass_fd, struct pgp_signer **out,
    struct dflow_err *err)
{
	struct pgp_signer *s;
	enum dflow_status st;

	if (user[0] == '\0')
		return err_set(err, DFLOW_USAGE,
		    "pgp: wants the name of a key behind it; see gpg "
		    "--list-secret-keys");
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_memory(err);
	s->pass_fd = pass_fd;
	s->user = strdup(user);
	st = s->user == NULL ? err_memory(err) : gpg_open(NULL, &s->ctx, err);
	if (st == DFLOW_OK) {
		gpgme_set_armor(s->ctx, 1);
		(void)gpgme_set_pinentry_mode(
		    s->ctx, GPGME_PINENTRY_MODE_LOOPBACK);
		gpgme_set_passphrase_cb(s->ctx, give_passphrase, s);
		st = choose_key(s, err);
	}
	if (st == DFLOW_OK)
		st = try(s, err);
	if (st == DFLOW_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	pgp_signer_free(&s);
	return st;
}

void
pgp_signer_free(struct pgp_signer **s)
{
	struct pgp_signer *old = *s;

	*s = NULL;
	if (old == NULL)
		return;
	if (old->ctx != NULL)
		gpgme_release(old->ctx);
	secret_free(&old->pass);
	free(old->user);
	free(old);
}
