/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the way to GnuPG: which engine, in which folder, and never online.
 */
#include "exchange/container_gpg.h"

enum { REASON_SIZE = 128 };

enum dflow_status
gpg_failed(const char *what, gpgme_error_t e, struct dflow_err *err)
{
	char reason[REASON_SIZE] = "";

	(void)gpgme_strerror_r(e, reason, sizeof(reason));
	return err_set(err, DFLOW_FAILED, "%s (GnuPG: %s)", what, reason);
}

enum dflow_status
gpg_open(const char *home, gpgme_ctx_t *out, struct dflow_err *err)
{
	gpgme_ctx_t ctx = NULL;
	gpgme_error_t e;

	/* Says which one it is, and sets the library up. */
	(void)gpgme_check_version(NULL);
	e = gpgme_new(&ctx);
	if (e != 0)
		return gpg_failed("GPGME cannot be used", e, err);
	e = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (e == 0)
		e = gpgme_set_protocol(ctx, GPGME_PROTOCOL_OpenPGP);
	if (e == 0 && home != NULL)
		e = gpgme_ctx_set_engine_info(
		    ctx, GPGME_PROTOCOL_OpenPGP, NULL, home);
	if (e != 0) {
		gpgme_release(ctx);
		return gpg_failed(
		    "GnuPG cannot be used; install the package gnupg", e, err);
	}
	gpgme_set_offline(ctx, 1);
	*out = ctx;
	return DFLOW_OK;
}

gpgme_data_t
gpg_borrow(const struct buf *data)
{
	gpgme_data_t d = NULL;
	const char *chars = data->len != 0 ? (const char *)data->data : "";

	return gpgme_data_new_from_mem(&d, chars, data->len, 0) == 0 ? d : NULL;
}

bool
gpg_sound(gpgme_hash_algo_t digest)
{
	return digest == GPGME_MD_SHA224 || digest == GPGME_MD_SHA256 ||
	       digest == GPGME_MD_SHA384 || digest == GPGME_MD_SHA512;
}
