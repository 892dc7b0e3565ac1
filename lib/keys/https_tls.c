/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns the trust in a server: the chain up to the one file of certificates,
 * and the name, both judged by OpenSSL within the handshake. curl judges the
 * name again, but only once the handshake is over. A file of TLS keys, which
 * an environment can ask of curl, gets none.
 */
#include "keys/https_tls.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/os.h"

enum { CA_FILE_MAX = 1 << 20 };

/* How many certificates are there; -1 if one is broken. */
static int
count_certificates(const struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
	X509 *x = NULL;
	unsigned long why;
	int n = 0;

	if (bio == NULL)
		return -1;
	ERR_clear_error();
	for (;; n++) {
		x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (x == NULL)
			break;
		X509_free(x);
	}
	why = ERR_peek_last_error();
	if (ERR_GET_REASON(why) != PEM_R_NO_START_LINE)
		n = -1;
	ERR_clear_error();
	BIO_free(bio);
	return n;
}

enum dflow_status
https_tls_read(const char *ca_file, struct buf *out, struct dflow_err *err)
{
	enum dflow_status st;
	int n;

	buf_init(out, CA_FILE_MAX);
	st = os_read_trusted(ca_file, CA_FILE_MAX, out, err);
	if (st != DFLOW_OK)
		goto failed;
	n = out->len == 0 ? 0 : count_certificates(out);
	if (n > 0)
		return DFLOW_OK;
	if (n == 0)
		st = err_set(err, DFLOW_FAILED,
		    "%s: holds no certificate; put the server's, or its CA's, "
		    "there as PEM",
		    ca_file);
	else
		st = err_set(err, DFLOW_FAILED,
		    "%s: a certificate in it is broken; put the server's, or "
		    "its CA's, there as PEM",
		    ca_file);
failed:
	buf_free(out);
	return st;
}

/* Adds a name behind the others, if it fits and is text. */
static void
add_name(char names[HTTPS_NAMES_SIZE], const ASN1_STRING *name)
{
	size_t at = strlen(names);
	int len = ASN1_STRING_length(name);
	const unsigned char *data = ASN1_STRING_get0_data(name);

	if (len <= 0 || (size_t)len + 3 > HTTPS_NAMES_SIZE - at ||
	    memchr(data, '\0', (size_t)len) != NULL)
		return;
	(void)snprintf(names + at, HTTPS_NAMES_SIZE - at, "%s%.*s",
	    at > 0 ? ", " : "", len, (const char *)data);
}

/* The names that count: those in subjectAltName, or else the subject's CN. */
static void
list_names(const X509 *x, char names[HTTPS_NAMES_SIZE])
{
	GENERAL_NAMES *alt =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const X509_NAME *subject = X509_get_subject_name(x);
	const GENERAL_NAME *name;
	int at;

	names[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(alt); i++) {
		name = sk_GENERAL_NAME_value(alt, i);
		if (name->type == GEN_DNS)
			add_name(names, name->d.dNSName);
	}
	GENERAL_NAMES_free(alt);
	at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (names[0] == '\0' && at >= 0)
		add_name(names,
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

/* Judges as OpenSSL does, and notes why it was not good. */
static int
judge(X509_STORE_CTX *store, void *arg)
{
	struct https_peer *peer = arg;
	const X509 *x = X509_STORE_CTX_get0_cert(store);
	int good = X509_verify_cert(store);

	if (good == 1)
		return good;
	peer->error = X509_STORE_CTX_get_error(store);
	if (peer->error == X509_V_OK)
		peer->error = X509_V_ERR_UNSPECIFIED;
	if (x != NULL)
		list_names(x, peer->names);
	return good;
}

bool
https_tls_check(SSL_CTX *ctx, const char *host, struct https_peer *peer)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

	/* Fails, and changes nothing, for what is no address. */
	if (X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1 &&
	    X509_VERIFY_PARAM_set1_host(param, host, 0) != 1)
		return false;
	ERR_clear_error();
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, judge, peer);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_keylog_callback(ctx, NULL);
	return true;
}
