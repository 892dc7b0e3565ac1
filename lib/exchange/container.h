/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who made a file: a detached signature beside it, FILE.p7s (CMS, RFC 5652)
 * or FILE.asc and FILE.sig (OpenPGP, RFC 9580), and those whom we trust to
 * make one.
 */
#ifndef EXCHANGE_CONTAINER_H
#define EXCHANGE_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { CONTAINER_BYTES_MAX = 1 << 20, CONTAINER_WHO = 256 };

/* Whoever makes containers here. */
struct container_signer;

/*
 * who is a PEM file that holds a certificate and its private key (other
 * certificates in it go along), or "pgp:USER", a key in the user's GnuPG
 * keyring. A passphrase is read from pass_fd, or asked for if that is -1.
 * DFLOW_USAGE for pgp: in a build without GPGME.
 */
DFLOW_NODISCARD enum dflow_status container_signer_open(const char *who,
    int pass_fd, struct container_signer **out, struct dflow_err *err);
/*
 * Whether a container can be made now: DFLOW_REFUSED if the signer's
 * certificate is not valid at that time. container_sign says so too, but then
 * there may be something to be signed already.
 */
DFLOW_NODISCARD enum dflow_status container_signer_check(
    const struct container_signer *s, int64_t now, struct dflow_err *err);
/* What the container is called: behind the file's own name, ".p7s", ".asc". */
const char *container_suffix(const struct container_signer *s);
/*
 * Appends the container of data; now is the time that it tells. (GnuPG tells
 * that of the machine's clock.)
 */
DFLOW_NODISCARD enum dflow_status container_sign(struct container_signer *s,
    const struct buf *data, int64_t now, struct buf *out,
    struct dflow_err *err);
void container_signer_free(struct container_signer **s);

/* Those who may have made what comes to us. */
struct container_trust;
/*
 * path holds certificates in PEM (and revocation lists, if there are some), or
 * OpenPGP public keys (armored or not). It must be nobody else's to write
 * (os_read_trusted).
 */
DFLOW_NODISCARD enum dflow_status container_trust_read(
    const char *path, struct container_trust **out, struct dflow_err *err);
void container_trust_free(struct container_trust **t);

/* What a good container says. */
struct container_facts {
	char path[1100]; /* of the container; "" if there is none */
	char who[CONTAINER_WHO]; /* printable: subject, or user id */
	int64_t signed_at; /* INT64_MIN if it does not say */
};

/*
 * Looks beside path for its container, and verifies it over data, the bytes
 * of path that were read. *facts has no path if there is none; whether that
 * will do is the caller's to say. Every container that is there must be good
 * and of somebody in t (which may be NULL: then none is looked for).
 * DFLOW_REFUSED otherwise. Several threads may call it at once.
 */
DFLOW_NODISCARD enum dflow_status container_check(
    const struct container_trust *t, const char *path, const struct buf *data,
    int64_t now, struct container_facts *facts, struct dflow_err *err);

#endif
