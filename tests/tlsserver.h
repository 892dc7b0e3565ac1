/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server for test_https: HTTP over TLS in a process of its own, with a
 * certificate made for the occasion, which answers as its path says, or does
 * not. It counts what reaches it.
 *
 *	/echo...	the body, or else the path
 *	/status/NNN	that status
 *	/flaky...	the fault, as often as set; then as /echo
 *	/large		more than 1 MiB, said beforehand
 *	/endless	more than 1 MiB, in chunks
 *	/head		headers without an end
 *	/redirect	302, to /echo
 *	/words		what is no HTTP
 */
#ifndef TESTS_TLSSERVER_H
#define TESTS_TLSSERVER_H

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum tlsserver_fault {
	FAULT_CLOSE, /* instead of an answer */
	FAULT_RESET,
	FAULT_TRUNCATE, /* the body */
	FAULT_STALL, /* within the body */
	FAULT_503,
	FAULT_502,
	FAULT_HANDSHAKE, /* cut before TLS is there: for any path */
	FAULT_PLAIN, /* no TLS at all: likewise */
};

/* What it is told, and what it tells; in memory that both processes see. */
struct tlsserver {
	enum tlsserver_fault fault;
	atomic_int faults; /* still to come */
	bool once_only; /* a connection's second request kills it */
	int delay_ms; /* before each answer */
	long tls_max; /* TLS1_1_VERSION; 0: any */
	int port;
	pid_t pid;
	atomic_int connections;
	atomic_int handshakes; /* that came to their end */
	atomic_int requests;
	atomic_int busy; /* requests that wait for their answer */
	atomic_int busiest; /* the most of these */
	atomic_int denied; /* without the right user and password */
	atomic_int bytes; /* of what was said within TLS */
};

#define TLSSERVER_USER "operator"
#define TLSSERVER_PASS "Pa55:w\303\266rd \"100%\"\\"

/* A certificate and its key. */
struct tlscert {
	X509 *x;
	EVP_PKEY *key;
};

struct tlscert_facts {
	const char *cn;
	const char *san; /* as in openssl.cnf; NULL: none */
	long from_s, until_s; /* from now on */
	bool ca;
};

/* By issuer, or by itself if that is NULL. */
void tlscert_make(struct tlscert *c, const struct tlscert_facts *facts,
    const struct tlscert *issuer);
void tlscert_free(struct tlscert *c);
/* PEM. */
void tlscert_write(const struct tlscert *c, const char *path);

/* Memory for one, all zero. */
struct tlsserver *tlsserver_new(void);
/* It listens at 127.0.0.1 by the time that this returns. */
void tlsserver_start(struct tlsserver *s, const struct tlscert *cert);
void tlsserver_stop(struct tlsserver *s);

#endif
