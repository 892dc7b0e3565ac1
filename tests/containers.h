/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One text in many containers, for the tests of them. */
#ifndef TESTS_CONTAINERS_H
#define TESTS_CONTAINERS_H

#include "certs.h"
#include "exchange/container.h"
#include "folder.h"

#define NOW 1800000000 /* 2027-01-15 */
#define DAY 86400

static const char text[] = "example.com. 3600 IN DNSKEY 256 3 13 AAAA\n";

/* A certificate of test defaults, changed by what w says. */
static inline struct cert
make(struct cert_wish w)
{
	if (w.key == NULL)
		w.key = "EC:P-256";
	if (w.name == NULL)
		w.name = "left";
	if (w.from == 0)
		w.from = NOW - DAY;
	if (w.to == 0)
		w.to = NOW + DAY;
	if (w.serial == 0)
		w.serial = 7;
	return cert_make(&w);
}

static inline struct buf
view(const char *data, size_t len)
{
	struct buf b;

	buf_init(&b, 200 << 20);
	buf_put(&b, data, len);
	ck_assert(!b.failed);
	return b;
}

/* Signs text as the PEM file at path does, into file. */
static inline enum dflow_status
sign(const char *path, const char *file, int fd, int64_t now)
{
	struct buf data = view(text, strlen(text)), out;
	struct container_signer *s = NULL;
	enum dflow_status st;

	buf_init(&out, CONTAINER_BYTES_MAX);
	st = container_signer_open(path, fd, &s, &err);
	if (st == DFLOW_OK) {
		ck_assert_str_eq(container_suffix(s), ".p7s");
		ck_assert_int_eq(container_signer_check(s, now, NULL),
		    container_sign(s, &data, now, &out, &err));
		st = container_signer_check(s, now, &err);
	}
	if (st == DFLOW_OK)
		ck_assert(
		    os_write(file, 0644, out.data, out.len, &err) == DFLOW_OK);
	container_signer_free(&s);
	buf_free(&out);
	buf_free(&data);
	return st;
}

/* What trust says of text as it stands in "f". */
static inline enum dflow_status
check_text(const char *trust, const char *data, size_t len,
    struct container_facts *facts)
{
	struct buf b = view(data, len);
	struct container_trust *t = NULL;
	enum dflow_status st = container_trust_read(trust, &t, &err);

	if (st == DFLOW_OK)
		st = container_check(t, "f", &b, NOW, facts, &err);
	container_trust_free(&t);
	buf_free(&b);
	return st;
}

static inline void
good(const char *trust)
{
	struct container_facts facts = {0};

	err.text[0] = '\0';
	ck_assert_msg(check_text(trust, text, strlen(text), &facts) == DFLOW_OK,
	    "%s: %s", trust, err.text);
	ck_assert_str_eq(facts.path, "f.p7s");
}

/* Refused in one line with why in it; the file says nothing then. */
static inline void
bad(const char *trust, const char *why)
{
	struct container_facts facts = {.path = "untouched"};

	ck_assert_msg(
	    check_text(trust, text, strlen(text), &facts) == DFLOW_REFUSED,
	    "%s: not refused", why);
	ck_assert_msg(strstr(err.text, why) != NULL, "%s: %s", why, err.text);
	ck_assert_ptr_null(strchr(err.text, '\n'));
	ck_assert_str_eq(facts.path, "untouched");
}

static inline void
refuses(enum dflow_status want, const char *why, enum dflow_status got)
{
	ck_assert_msg(got == want && strstr(err.text, why) != NULL,
	    "%s: %d, %s", why, (int)got, err.text);
}

/* Left's key and certificate in left.pem, what is trusted in trust.pem. */
static inline struct cert
usual(struct cert_wish w)
{
	struct cert c = make(w);

	os_remove("left.pem");
	os_remove("trust.pem");
	cert_write("left.pem", c.x509, c.pkey, NULL);
	cert_write("trust.pem", c.x509, NULL, NULL);
	return c;
}

#endif
