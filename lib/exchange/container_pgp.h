/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Containers in OpenPGP (RFC 9580), by GnuPG through GPGME: FILE.asc, .sig. */
#ifndef EXCHANGE_CONTAINER_PGP_H
#define EXCHANGE_CONTAINER_PGP_H

#include "exchange/container_kind.h"

struct pgp_signer;
/*
 * user is anything that names one secret key to GnuPG. As in cms_signer_open a
 * first signature is made. pass_fd is read only if there is a passphrase that
 * the user's agent does not know.
 */
DFLOW_NODISCARD enum dflow_status pgp_signer_open(const char *user, int pass_fd,
    struct pgp_signer **out, struct dflow_err *err);
/* The time that it tells is that of the machine's clock: GnuPG's. */
DFLOW_NODISCARD enum dflow_status pgp_sign(struct pgp_signer *s,
    const struct buf *data, struct buf *out, struct dflow_err *err);
void pgp_signer_free(struct pgp_signer **s);

struct pgp_trust;
/* The keys are put into a GnuPG folder of their own, and no others. */
DFLOW_NODISCARD enum dflow_status pgp_trust_read(const char *path,
    const struct buf *text, struct pgp_trust **out, struct dflow_err *err);
/* Fills all of facts but its path. */
DFLOW_NODISCARD enum dflow_status pgp_check(const struct pgp_trust *t,
    const struct container_job *job, struct container_facts *facts,
    struct dflow_err *err);
void pgp_trust_free(struct pgp_trust **t);

#endif
