/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Containers as files: those beside a file, those who are trusted, those who
 * sign; whose they must be, and how much may be in them.
 */
#include <check.h>
#include <stdlib.h>

#include "containers.h"

START_TEST(beside)
{
	struct cert c = usual((struct cert_wish){0});
	struct container_facts facts = {.path = "x"};
	struct buf data = view(text, strlen(text));

	ck_assert(
	    check_text("trust.pem", text, strlen(text), &facts) == DFLOW_OK);
	ck_assert_str_eq(facts.path, "");
	/* Nobody is trusted: nothing is looked at. */
	put("f.p7s", "junk", 0644);
	ck_assert(
	    container_check(NULL, "f", &data, NOW, &facts, &err) == DFLOW_OK);
	ck_assert_str_eq(facts.path, "");
	bad("trust.pem", "f.p7s: not a whole CMS container");
	/* A good one does not excuse another that cannot be judged. */
	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	good("trust.pem");
	put("f.asc", "junk", 0644);
	bad("trust.pem", "f.asc: made by OpenPGP, but trust.pem holds cert");
	os_remove("f.asc");
	put("f.sig", "junk", 0644);
	bad("trust.pem", "f.sig: made by OpenPGP");
	os_remove("f.sig");
	/* One that is not to be read is no reason to go without. */
	ck_assert_int_eq(symlink("nowhere", "f.asc"), 0);
	refuses(DFLOW_FAILED, "f.asc: No such file",
	    check_text("trust.pem", text, strlen(text), &facts));
	os_remove("f.asc");
	ck_assert_int_eq(truncate("f.p7s", CONTAINER_BYTES_MAX + 1), 0);
	refuses(DFLOW_FAILED, "f.p7s: larger than 1048576 bytes",
	    check_text("trust.pem", text, strlen(text), &facts));
	buf_free(&data);
	cert_free(&c);
}
END_TEST

START_TEST(trust_files)
{
	struct cert c = usual((struct cert_wish){0});
	struct container_trust *t = NULL;
	char path[] = "t.pem";

	ck_assert_int_eq(chmod("trust.pem", 0664), 0);
	refuses(DFLOW_REFUSED, "chmod go-w",
	    container_trust_read("trust.pem", &t, &err));
	ck_assert_int_eq(chmod("trust.pem", 0646), 0);
	refuses(DFLOW_REFUSED, "chmod go-w",
	    container_trust_read("trust.pem", &t, &err));
	refuses(DFLOW_REFUSED, "holds a private key",
	    container_trust_read("left.pem", &t, &err));
	refuses(
	    DFLOW_FAILED, "nowhere", container_trust_read("nowhere", &t, &err));
	put(path, "", 0644);
	refuses(DFLOW_FAILED, "neither certificates",
	    container_trust_read(path, &t, &err));
	put(path, "-----BEGIN CERTIFICATE-----\nAAAA\n", 0644);
	ck_assert(container_trust_read(path, &t, &err) == DFLOW_FAILED);
	put(path,
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    0644);
	refuses(DFLOW_FAILED, "not certificates in PEM",
	    container_trust_read(path, &t, &err));
	put(path,
	    "-----BEGIN CERTIFICATE-----\n"
	    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
	    0644);
	refuses(DFLOW_FAILED, "keep one kind",
	    container_trust_read(path, &t, &err));
	ck_assert_int_eq(truncate(path, (1 << 20) + 1), 0);
	refuses(DFLOW_FAILED, "larger than 1048576",
	    container_trust_read(path, &t, &err));
	ck_assert_ptr_null(t);
	cert_free(&c);
}
END_TEST

START_TEST(signer_files)
{
	struct cert c = usual((struct cert_wish){0});
	struct cert other = make((struct cert_wish){.name = "other"});
	struct stat left;

	ck_assert_int_eq(stat("left.pem", &left), 0);
	ck_assert_int_eq(chmod("left.pem", 0640), 0);
	refuses(DFLOW_REFUSED, "chmod 600", sign("left.pem", "f.p7s", -1, NOW));
	refuses(DFLOW_FAILED, "holds no private key",
	    sign("trust.pem", "f.p7s", -1, NOW));
	cert_write("key.pem", NULL, c.pkey, NULL);
	refuses(DFLOW_FAILED, "holds no certificate in PEM",
	    sign("key.pem", "f.p7s", -1, NOW));
	cert_write("key.pem", other.x509, NULL, NULL);
	refuses(DFLOW_FAILED, "no certificate of its private key",
	    sign("key.pem", "f.p7s", -1, NOW));
	/* In any order, with others along, and twice. */
	cert_write("key.pem", c.x509, NULL, NULL);
	cert_write("key.pem", c.x509, NULL, NULL);
	ck_assert_msg(
	    sign("key.pem", "f.p7s", -1, NOW) == DFLOW_OK, "%s", err.text);
	good("trust.pem");
	cert_write("key.pem", NULL, other.pkey, NULL);
	refuses(DFLOW_FAILED, "more than one private key",
	    sign("key.pem", "f.p7s", -1, NOW));
	ck_assert_int_eq(chmod("left.pem", 0600), 0);
	ck_assert_int_eq(truncate("left.pem", left.st_size - 30), 0);
	refuses(DFLOW_FAILED, "left.pem", sign("left.pem", "f.p7s", -1, NOW));
	refuses(DFLOW_FAILED, "nowhere", sign("nowhere", "f.p7s", -1, NOW));
	refuses(DFLOW_USAGE, "", sign("pgp:", "f.p7s", -1, NOW));
	cert_free(&c);
	cert_free(&other);
}
END_TEST

enum { CERTS = 16 }; /* of the signer's, and above it, at most */

START_TEST(many_certificates)
{
	struct cert c = usual((struct cert_wish){0});

	for (long i = 1; i <= CERTS; i++) {
		struct cert other = make((struct cert_wish){.serial = 100 + i});

		ck_assert_msg(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK,
		    "%s", err.text);
		cert_write("left.pem", other.x509, NULL, NULL);
		cert_free(&other);
	}
	good("trust.pem");
	refuses(DFLOW_FAILED, "left.pem: more than 16 certificates",
	    sign("left.pem", "f.p7s", -1, NOW));
	cert_free(&c);
}
END_TEST

/* A descriptor that a passphrase can be read from. */
static int
says(const char *line)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(
	    write(fd[1], line, strlen(line)), (ssize_t)strlen(line));
	close(fd[1]);
	return fd[0];
}

START_TEST(passphrases)
{
	struct cert c = usual((struct cert_wish){0});
	int right = says("a test passphrase\n"), wrong = says("another\n");

	cert_write("closed.pem", c.x509, c.pkey, "a test passphrase");
	ck_assert_msg(sign("closed.pem", "f.p7s", right, NOW) == DFLOW_OK, "%s",
	    err.text);
	good("trust.pem");
	refuses(DFLOW_FAILED, "wrong passphrase",
	    sign("closed.pem", "f.p7s", wrong, NOW));
	close(right);
	close(wrong);
	cert_free(&c);
}
END_TEST

START_TEST(much)
{
	struct cert c = usual((struct cert_wish){0});
	struct container_signer *s = NULL;
	struct container_facts facts;
	struct container_trust *t = NULL;
	struct buf data, out;

	buf_init(&data, 100 << 20);
	buf_init(&out, CONTAINER_BYTES_MAX);
	ck_assert_ptr_nonnull(buf_reserve(&data, data.max));
	memset(data.data, 'x', data.max);
	data.len = data.max;
	ck_assert(container_signer_open("left.pem", -1, &s, &err) == DFLOW_OK);
	ck_assert(container_sign(s, &data, NOW, &out, &err) == DFLOW_OK);
	ck_assert_uint_lt(out.len, 2000);
	ck_assert(os_write("f.p7s", 0644, out.data, out.len, &err) == DFLOW_OK);
	ck_assert(container_trust_read("trust.pem", &t, &err) == DFLOW_OK);
	ck_assert(
	    container_check(t, "f", &data, NOW, &facts, &err) == DFLOW_OK);
	data.data[data.len - 1] = 'y';
	ck_assert(
	    container_check(t, "f", &data, NOW, &facts, &err) == DFLOW_REFUSED);
	container_trust_free(&t);
	container_signer_free(&s);
	buf_free(&data);
	buf_free(&out);
	cert_free(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("container_files");
	TCase *t = tcase_create("cms");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, beside);
	tcase_add_test(t, trust_files);
	tcase_add_test(t, signer_files);
	tcase_add_test(t, many_certificates);
	tcase_add_test(t, passphrases);
	tcase_add_test(t, much);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
