/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with GnuPG, through GPGME; for container_pgp*.c. */
#ifndef EXCHANGE_CONTAINER_GPG_H
#define EXCHANGE_CONTAINER_GPG_H

#include <stdbool.h>

#include <gpgme.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * home is GnuPG's folder, NULL the user's own. dirmngr is not used. From now
 * on the process does not end by SIGPIPE: GPGME sees to that. gpgme_release
 * frees it.
 */
DFLOW_NODISCARD enum dflow_status gpg_open(
    const char *home, gpgme_ctx_t *out, struct dflow_err *err);
/* DFLOW_FAILED with what, and GnuPG's reason. */
enum dflow_status gpg_failed(
    const char *what, gpgme_error_t e, struct dflow_err *err);
/* A view of data; NULL when memory is short. gpgme_data_release frees it. */
gpgme_data_t gpg_borrow(const struct buf *data);
/* SHA-2 alone. */
bool gpg_sound(gpgme_hash_algo_t digest);

#endif
