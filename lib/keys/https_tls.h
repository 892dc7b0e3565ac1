/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificates of https.c: which are trusted, and whose they are. */
#ifndef KEYS_HTTPS_TLS_H
#define KEYS_HTTPS_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/err.h"

enum { HTTPS_NAMES_SIZE = 256 };

/* What was found about the certificate in a handshake. */
struct https_peer {
	int error; /* X509_V_OK, or why it was refused */
	char names[HTTPS_NAMES_SIZE]; /* then: whose it says it is */
};

/*
 * Reads the certificates that are trusted, PEM (RFC 7468), into out, which
 * the caller frees. DFLOW_FAILED if there is none, or one is broken.
 */
DFLOW_NODISCARD enum dflow_status https_tls_read(
    const char *ca_file, struct buf *out, struct dflow_err *err);

/*
 * Has ctx check the chain and the host (RFC 6125; a name, or an address) while
 * the handshake goes on, so that nothing but an alert follows a bad one. What
 * is found goes to peer, which must outlive ctx. False without memory.
 */
bool https_tls_check(SSL_CTX *ctx, const char *host, struct https_peer *peer);

#endif
