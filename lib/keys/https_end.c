/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns how a try ended: curl's codes and OpenSSL's, put into the few kinds that
 * a person can act on, the words for each, and its line in the log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "keys/https_try.h"

enum {
	WORDS_SIZE = 256, /* of what is quoted */
	LOG_SIZE = 512,
	BAD_GATEWAY = 502,
	SERVICE_UNAVAILABLE = 503,
};

static const struct {
	const char *word; /* in the log */
	bool passes;
} ends[HTTPS_ENDS] = {
    [HTTPS_ANSWERED] = {"", false},
    [HTTPS_UNAVAILABLE] = {"", true},
    [HTTPS_NO_ADDRESS] = {"no address", false},
    [HTTPS_NO_CONNECTION] = {"no connection", true},
    [HTTPS_CUT] = {"cut", true},
    [HTTPS_LATE] = {"timeout", true},
    [HTTPS_TOO_LARGE] = {"too large", false},
    [HTTPS_UNTRUSTED] = {"certificate not trusted", false},
    [HTTPS_EXPIRED] = {"certificate expired", false},
    [HTTPS_NOT_YET_VALID] = {"certificate not valid yet", false},
    [HTTPS_WRONG_NAME] = {"certificate of another name", false},
    [HTTPS_TLS_OLD] = {"TLS too old", false},
    [HTTPS_NO_TLS] = {"no TLS", false},
    [HTTPS_NO_HTTP] = {"no HTTP", false},
    [HTTPS_GIVEN_UP] = {"given up", false},
};

bool
https_end_passes(enum https_end end)
{
	return ends[end].passes;
}

static enum https_end
end_of_certificate(const struct https_try *t)
{
	switch (t->peer.error) {
	case X509_V_OK: /* then it was curl that did not like the name */
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return HTTPS_WRONG_NAME;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return HTTPS_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return HTTPS_NOT_YET_VALID;
	default:
		return HTTPS_UNTRUSTED;
	}
}

/* A handshake that failed: curl has one code for many causes, and words. */
static enum https_end
end_of_handshake(const struct https_try *t)
{
	static const char *const cuts[] = {
	    "unexpected eof", "SSL_ERROR_SYSCALL", "reset by peer"};
	static const char *const olds[] = {
	    "unsupported protocol", "protocol version"};

	if (t->peer.error != X509_V_OK)
		return end_of_certificate(t);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		if (strstr(t->words, cuts[i]) != NULL)
			return HTTPS_CUT;
	for (size_t i = 0; i < sizeof(olds) / sizeof(olds[0]); i++)
		if (strstr(t->words, olds[i]) != NULL)
			return HTTPS_TLS_OLD;
	return HTTPS_NO_TLS;
}

enum https_end
https_end_of(const struct https_try *t, CURLcode code)
{
	unsigned status = https_try_status(t);

	switch (code) {
	case CURLE_OK:
		return status == BAD_GATEWAY || status == SERVICE_UNAVAILABLE
			   ? HTTPS_UNAVAILABLE
			   : HTTPS_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
		return HTTPS_NO_ADDRESS;
	case CURLE_COULDNT_CONNECT:
		return HTTPS_NO_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTPS_LATE;
	case CURLE_PEER_FAILED_VERIFICATION:
		return end_of_certificate(t);
	case CURLE_SSL_CONNECT_ERROR:
		return end_of_handshake(t);
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return HTTPS_CUT;
	default:
		return t->too_large ? HTTPS_TOO_LARGE : HTTPS_NO_HTTP;
	}
}

static const char *
connection_word(const struct https_try *t, enum https_end end)
{
	long made = 0;

	if (end == HTTPS_NO_ADDRESS || end == HTTPS_NO_CONNECTION)
		return "none";
	(void)curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made);
	return made > 0 ? "new" : "kept";
}

void
https_end_log(const struct https_try *t, enum https_end end)
{
	const struct https_params *p = &t->server->params;
	char raw[LOG_SIZE], line[LOG_SIZE];
	char how[48], again[24] = "";
	curl_off_t spent_us = 0;

	if (p->log == NULL)
		return;
	(void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &spent_us);
	if (ends[end].word[0] != '\0')
		(void)snprintf(how, sizeof(how), "failed: %s", ends[end].word);
	else
		(void)snprintf(how, sizeof(how), "%u", https_try_status(t));
	if (t->count > 1)
		(void)snprintf(again, sizeof(again), " try %u", t->count);
	(void)snprintf(raw, sizeof(raw), "%s %s %zu bytes %lld ms %s%s",
	    t->request.command, how, t->answer.len,
	    (long long)(spent_us / 1000), connection_word(t, end), again);
	(void)redact_text(p->redact, raw, strlen(raw), line, sizeof(line));
	os_log_line(p->log, line);
}

static enum dflow_status
fail_connection(const struct https_try *t, const char *tries, const char *where,
    struct dflow_err *err)
{
	long cause = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &cause);
	errno = (int)cause;
	return err_set(err, DFLOW_FAILED,
	    "%s: no connection to %s: %m%s; is the device on, and address in "
	    "n200.conf right?",
	    t->server->host, where, tries);
}

/* Nobody came to the door, or nobody came back from behind it. */
static enum dflow_status
fail_late(const struct https_try *t, const char *tries, const char *where,
    struct dflow_err *err)
{
	unsigned timeout_s = t->server->params.timeout_s;
	curl_off_t ready_us = 0;

	(void)curl_easy_getinfo(
	    t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	if (ready_us == 0)
		return err_set(err, DFLOW_FAILED,
		    "%s: no connection to %s within %u s%s; is the device on, "
		    "and address in n200.conf right?",
		    t->server->host, where, timeout_s, tries);
	return err_set(err, DFLOW_FAILED,
	    "%s: no answer to %s within %u s%s; look at the device, or raise "
	    "timeout_s in n200.conf",
	    t->server->host, t->request.command, timeout_s, tries);
}

static enum dflow_status
fail_certificate(
    const struct https_try *t, enum https_end end, struct dflow_err *err)
{
	const char *host = t->server->host, *names = t->peer.names;

	/* RFC 6125: an address is no name, and a CN names no address. */
	if (end == HTTPS_WRONG_NAME && strcmp(names, host) == 0)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the server's certificate has this address as its "
		    "name; have one made that has it in subjectAltName",
		    host);
	if (end == HTTPS_WRONG_NAME)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the server's certificate is for %s; in n200.conf set "
		    "url to the certificate's name and address to where it is",
		    host, names[0] != '\0' ? names : "another name");
	if (end == HTTPS_EXPIRED)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the server's certificate, or its CA's, has expired; "
		    "renew it, or set this computer's clock",
		    host);
	if (end == HTTPS_NOT_YET_VALID)
		return err_set(err, DFLOW_REFUSED,
		    "%s: the server's certificate is not valid yet; set the "
		    "clock of this computer, or the server's",
		    host);
	return err_set(err, DFLOW_REFUSED,
	    "%s: the server's certificate is not trusted by %s (%s); put it, "
	    "or its CA's, there if it is the device's",
	    host, t->server->params.ca_file,
	    X509_verify_cert_error_string(t->peer.error));
}

/* What there is no rule for: curl's words. */
static enum dflow_status
fail_other(const struct https_try *t, enum https_end end, struct dflow_err *err)
{
	const struct https_server *s = t->server;
	char words[WORDS_SIZE];

	(void)redact_text(
	    s->params.redact, t->words, strlen(t->words), words, sizeof(words));
	return err_set(err, DFLOW_FAILED,
	    "%s: %s (%s); is url in n200.conf the device's?", s->host,
	    end == HTTPS_NO_TLS ? "no TLS there" : "no answer in HTTP", words);
}

/* An answer that says nothing, or not all. */
static enum dflow_status
fail_answer(const struct https_try *t, enum https_end end, const char *tries,
    struct dflow_err *err)
{
	const char *host = t->server->host, *command = t->request.command;

	if (end == HTTPS_UNAVAILABLE)
		return err_set(err, DFLOW_FAILED,
		    "%s: answers %s with status %u, unavailable%s; look at the "
		    "device",
		    host, command, https_try_status(t), tries);
	return err_set(err, DFLOW_FAILED,
	    "%s: the connection was cut before all of the answer to %s was "
	    "there%s; look at the device and the network",
	    host, command, tries);
}

enum dflow_status
https_end_fail(
    const struct https_try *t, enum https_end end, struct dflow_err *err)
{
	const struct https_server *s = t->server;
	const char *where =
	    s->params.address != NULL ? s->params.address : s->host;
	char tries[32] = "";

	if (t->count > 1)
		(void)snprintf(tries, sizeof(tries), " (%u tries)", t->count);
	switch (end) {
	case HTTPS_NO_ADDRESS:
		return err_set(err, DFLOW_FAILED,
		    "%s: no address is known for %s; set address in n200.conf "
		    "to where the device is",
		    s->host, where);
	case HTTPS_NO_CONNECTION:
		return fail_connection(t, tries, where, err);
	case HTTPS_UNAVAILABLE:
	case HTTPS_CUT:
		return fail_answer(t, end, tries, err);
	case HTTPS_LATE:
		return fail_late(t, tries, where, err);
	case HTTPS_TOO_LARGE:
		return err_set(err, DFLOW_FAILED,
		    "%s: the answer to %s is larger than %d bytes; is url in "
		    "n200.conf the device's?",
		    s->host, t->request.command, HTTPS_ANSWER_MAX);
	case HTTPS_UNTRUSTED:
	case HTTPS_EXPIRED:
	case HTTPS_NOT_YET_VALID:
	case HTTPS_WRONG_NAME:
		return fail_certificate(t, end, err);
	case HTTPS_TLS_OLD:
		return err_set(err, DFLOW_FAILED,
		    "%s: the server has no TLS 1.2 or later; bring it up to "
		    "date",
		    s->host);
	default:
		return fail_other(t, end, err);
	}
}
