/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening private keys in tests, and trying what they sign. */
#ifndef TESTS_KEYSIGN_H
#define TESTS_KEYSIGN_H

#include "keydir.h"
#include "keys/keyfile.h"
#include "keys/signer.h"
#include "keys/verifier.h"

static inline enum dflow_status
open_with(const char *name, const char *passphrase, struct signer **out,
    struct dflow_err *err)
{
	struct signer_access access = {.pass.fd = keydir_line(passphrase)};
	struct keyfile *k = NULL;
	enum dflow_status status =
	    signer_key_read(name, &access, NULL, &k, err);

	if (status == DFLOW_OK)
		status = signer_open(k, &access, out, err);
	keyfile_free(&k);
	signer_access_end(&access);
	close(access.pass.fd);
	return status;
}

/* Opens it; or, if says is given, does not, with such a message. */
static inline struct signer *
open_key(const char *name, enum dflow_status want, const char *says)
{
	struct signer *s = NULL;
	struct dflow_err err = {0};
	enum dflow_status status = open_with(name, "no\n", &s, &err);

	ck_assert_msg(status == want, "%s: %d %s", name, status, err.text);
	if (want != DFLOW_OK) {
		ck_assert_ptr_null(s);
		ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
		ck_assert_ptr_null(strchr(err.text, '\n'));
	}
	return s;
}

enum { KEYSIGN_JOBS = 20 };

/* Signs texts of several lengths and checks each, and a twin of it. */
static inline void
sign_and_check(const struct signer *s)
{
	static uint8_t text[KEYSIGN_JOBS * 100];
	static struct sign_job jobs[KEYSIGN_JOBS];
	struct signer_worker *w = NULL;
	struct verifier *v = NULL;
	struct dflow_err err = {0};
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	for (i = 0; i < KEYSIGN_JOBS; i++) {
		jobs[i].data = text + i;
		jobs[i].len = i * 99;
	}
	ck_assert(signer_worker_new(s, &w, &err) == DFLOW_OK);
	ck_assert_msg(signer_sign(w, jobs, KEYSIGN_JOBS, &err) == DFLOW_OK,
	    "%s", err.text);
	ck_assert(signer_sign(w, NULL, 0, &err) == DFLOW_OK);
	ck_assert(verifier_new(signer_key(s), &v, &err) == DFLOW_OK);
	for (i = 0; i < KEYSIGN_JOBS; i++) {
		struct sign_job *j = &jobs[i];

		ck_assert(
		    verifier_check(v, j->data, j->len, j->sig, j->sig_len));
		ck_assert(!verifier_check(
		    v, j->data, j->len + 1, j->sig, j->sig_len));
		j->sig[i % j->sig_len] ^= 1;
		ck_assert(
		    !verifier_check(v, j->data, j->len, j->sig, j->sig_len));
	}
	verifier_free(&v);
	signer_worker_free(&w);
	ck_assert_ptr_null(w);
}

#endif
