/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Containers in CMS (RFC 5652), by OpenSSL: FILE.p7s, in DER. */
#ifndef EXCHANGE_CONTAINER_CMS_H
#define EXCHANGE_CONTAINER_CMS_H

#include <stdbool.h>

#include <openssl/types.h>

#include "exchange/container_kind.h"

/* Whether the certificate's keyUsage, if it has one, is for signatures. */
bool cms_may_sign(X509 *cert);

struct cms_signer;
/*
 * path: certificates and one private key in PEM, PKCS#8. Makes a first
 * signature, so that what cannot sign is known at once: OpenSSL 3.0 has no
 * Ed25519 in CMS (RFC 8419).
 */
DFLOW_NODISCARD enum dflow_status cms_signer_open(const char *path, int pass_fd,
    struct cms_signer **out, struct dflow_err *err);
/* DFLOW_REFUSED if the certificate is not valid at that time. */
DFLOW_NODISCARD enum dflow_status cms_signer_check(
    const struct cms_signer *s, int64_t now, struct dflow_err *err);
DFLOW_NODISCARD enum dflow_status cms_sign(const struct cms_signer *s,
    const struct buf *data, int64_t now, struct buf *out,
    struct dflow_err *err);
void cms_signer_free(struct cms_signer **s);

struct cms_trust;
/*
 * Each certificate of the text is an anchor: a signer's own, or that of who
 * issued the signer's. Revocation lists in it count.
 */
DFLOW_NODISCARD enum dflow_status cms_trust_read(const char *path,
    const struct buf *text, struct cms_trust **out, struct dflow_err *err);
/* Fills all of facts but its path. */
DFLOW_NODISCARD enum dflow_status cms_check(const struct cms_trust *t,
    const struct container_job *job, struct container_facts *facts,
    struct dflow_err *err);
void cms_trust_free(struct cms_trust **t);

#endif
