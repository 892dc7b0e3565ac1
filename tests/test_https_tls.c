/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom HTTPS trusts: certificates that are false, old, or another's stop it
 * before a byte of a request; what the environment says does not count.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "httpscene.h"

static const struct {
	struct tlscert_facts facts;
	const char *ca_file;
	const char *url; /* %d: the port, and there is no address */
	long tls_max;
	enum dflow_status status;
	const char *words;
} certificates[] = {
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://" SCENE_NAME, 0,
	DFLOW_OK, "a CN, as the device has"},
    {{"sesam-NSERIE-101", NULL, -DAY, DAY, false}, "ca.pem",
	"https://" SCENE_NAME, 0, DFLOW_OK, "its case does not count"},
    {{"x", "DNS:device.test,DNS:" SCENE_NAME, -DAY, DAY, false}, "ca.pem",
	"https://" SCENE_NAME, 0, DFLOW_OK, "a subjectAltName"},
    {{"x", "IP:127.0.0.1", -DAY, DAY, false}, "ca.pem", "https://127.0.0.1:%d",
	0, DFLOW_OK, "an address"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "leaf.pem", "https://" SCENE_NAME, 0,
	DFLOW_OK, "the certificate itself is trusted"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://" SCENE_NAME,
	TLS1_2_VERSION, DFLOW_OK, "TLS 1.2"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "other.pem", "https://" SCENE_NAME,
	0, DFLOW_REFUSED, "not trusted by other.pem"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "other.pem", "https://" SCENE_NAME,
	TLS1_2_VERSION, DFLOW_REFUSED, "not trusted by other.pem"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://127.0.0.1:%d", 0,
	DFLOW_REFUSED,
	"for " SCENE_NAME
	"; in n200.conf set url to the certificate's name and "
	"address"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://localhost:%d", 0,
	DFLOW_REFUSED, "certificate is for " SCENE_NAME},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem",
	"https://" SCENE_NAME ".test", 0, DFLOW_REFUSED,
	"certificate is for " SCENE_NAME ";"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://localhost:%d",
	TLS1_2_VERSION, DFLOW_REFUSED, "certificate is for " SCENE_NAME},
    {{SCENE_NAME, "DNS:device.test,DNS:b.test", -DAY, DAY, false}, "ca.pem",
	"https://" SCENE_NAME, 0, DFLOW_REFUSED, "is for device.test, b.test;"},
    {{"x", "IP:127.0.0.2", -DAY, DAY, false}, "ca.pem", "https://127.0.0.1:%d",
	0, DFLOW_REFUSED, "certificate is for"},
    {{SCENE_NAME, NULL, -2 * DAY, -DAY, false}, "ca.pem", "https://" SCENE_NAME,
	0, DFLOW_REFUSED, "has expired"},
    {{SCENE_NAME, NULL, DAY, 2 * DAY, false}, "ca.pem", "https://" SCENE_NAME,
	0, DFLOW_REFUSED, "not valid yet"},
    {{SCENE_NAME, NULL, -DAY, DAY, false}, "ca.pem", "https://" SCENE_NAME,
	TLS1_1_VERSION, DFLOW_FAILED, "TLS 1.2 or later"},
};

START_TEST(test_certificate)
{
	bool bare = strstr(certificates[_i].url, "%d") != NULL;
	struct scene s;

	scene_prepare(&s);
	s.server->tls_max = certificates[_i].tls_max;
	scene_serve(&s, &certificates[_i].facts);
	tlscert_write(&s.leaf, "leaf.pem");
	snprintf(s.url, sizeof(s.url),
	    bare ? "https://%.*s:%d" : "https://%.*s",
	    (int)strcspn(certificates[_i].url + 8, ":"),
	    certificates[_i].url + 8, s.server->port);
	if (bare)
		s.p.address = NULL;
	s.p.ca_file = certificates[_i].ca_file;
	scene_connect(&s);
	if (certificates[_i].status == DFLOW_OK) {
		ck_assert_uint_eq(get(&s, "/echo"), 200);
	} else {
		get_fails(&s, "/echo", certificates[_i].status,
		    certificates[_i].words);
		/* One try, and not a byte of the request. */
		ck_assert_int_eq(s.server->connections, 1);
		ck_assert_int_eq(s.server->bytes, 0);
		ck_assert_int_eq(s.server->handshakes, 0);
		ck_assert_int_eq(count_in("log", "\n"), 1);
		ck_assert_int_eq(count_in("log", " ask failed: "), 1);
	}
	scene_end(&s);
}
END_TEST

START_TEST(test_self_signed)
{
	struct scene s;

	scene_prepare(&s);
	tlscert_make(&s.leaf, &scene_device, NULL);
	tlscert_write(&s.leaf, "leaf.pem");
	tlsserver_start(s.server, &s.leaf);
	snprintf(s.address, sizeof(s.address), "127.0.0.1:%d", s.server->port);
	s.p.ca_file = "leaf.pem";
	scene_connect(&s);
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	https_free(&s.client);
	/* Another of the same name is another. */
	s.p.ca_file = "other.pem";
	scene_connect(&s);
	get_fails(&s, "/echo", DFLOW_REFUSED, "not trusted by other.pem");
	scene_end(&s);
}
END_TEST

/* Nothing that an environment says changes where it goes, or leaves a key. */
START_TEST(test_environment)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY",
	    "all_proxy", "ALL_PROXY", "http_proxy"};
	struct scene s;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		setenv(names[i], "http://127.0.0.1:1", 1);
	setenv("SSLKEYLOGFILE", "keylog", 1);
	setenv("SSL_CERT_FILE", "ca.pem", 1);
	scene_prepare(&s);
	scene_begin(&s);
	ck_assert_uint_eq(get(&s, "/echo"), 200);
	https_free(&s.client);
	if (os_exists("keylog"))
		check_file("keylog", "");
	s.p.ca_file = "other.pem";
	scene_connect(&s);
	get_fails(&s, "/echo", DFLOW_REFUSED, "not trusted by other.pem");
	scene_end(&s);
}
END_TEST

static const struct {
	const char *server;
	const char *address;
	const char *user;
	const char *ca_file;
	const char *words;
} unfit[] = {
    {"http://device", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://device/path", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://device?x", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://u:p@device", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://device:99999", NULL, "u", "ca.pem", "not https://HOST"},
    {"https://device", NULL, "a:b", "ca.pem", "user"},
    {"https://device", NULL, "u", "nothing.pem", "nothing.pem: "},
    {"https://device", NULL, "u", "empty.pem", "holds no certificate"},
    {"https://device", NULL, "u", "text.pem", "holds no certificate"},
    {"https://device", NULL, "u", "broken.pem", "is broken"},
};

START_TEST(test_unfit)
{
	struct scene s;

	scene_prepare(&s);
	put("empty.pem", "", 0644);
	put("text.pem", "not a certificate\n", 0644);
	put("broken.pem",
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    0644);
	s.p.server = unfit[_i].server;
	s.p.address = unfit[_i].address;
	s.p.user = unfit[_i].user;
	s.p.ca_file = unfit[_i].ca_file;
	ck_assert_int_eq(https_new(&s.p, &s.client, &err), DFLOW_FAILED);
	ck_assert_ptr_null(s.client);
	check_words(err.text, unfit[_i].words);
	scene_end(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("https_tls");
	TCase *tc = tcase_create("https_tls");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_certificate, 0, COUNT(certificates));
	tcase_add_test(tc, test_self_signed);
	tcase_add_test(tc, test_environment);
	tcase_add_loop_test(tc, test_unfit, 0, COUNT(unfit));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
