/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Containers in CMS: each kind of key signs and is believed by whoever trusts
 * its certificate, or the one above it; what is changed, of somebody else, out
 * of its time, revoked or of another form is refused. OpenPGP is
 * flow_container.sh's.
 */
#include <check.h>
#include <stdlib.h>

#include "containers.h"
#include "exchange/container_kind.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const keys[] = {"EC:P-256", "EC:P-384", "RSA:2048"};

START_TEST(each_key)
{
	struct cert c = usual((struct cert_wish){.key = keys[_i]});
	struct container_facts facts;

	ck_assert_msg(
	    sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK, "%s", err.text);
	good("trust.pem");
	ck_assert(
	    check_text("trust.pem", text, strlen(text), &facts) == DFLOW_OK);
	ck_assert_str_eq(facts.who, "CN = left");
	ck_assert(facts.signed_at == NOW);
	cert_free(&c);
}
END_TEST

/* OpenSSL 3.0 has none in CMS; a later one may. */
START_TEST(eddsa)
{
	struct cert c = usual((struct cert_wish){.key = "ED25519"});
	enum dflow_status st = sign("left.pem", "f.p7s", -1, NOW);

	if (st == DFLOW_OK)
		good("trust.pem");
	else
		refuses(DFLOW_FAILED, "no CMS with a key of type ED25519", st);
	cert_free(&c);
}
END_TEST

START_TEST(changed_data)
{
	struct cert c = usual((struct cert_wish){0});
	struct container_facts facts = {.path = "untouched"};
	char other[sizeof(text)];

	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	for (size_t i = 0; i < strlen(text); i++) {
		memcpy(other, text, sizeof(text));
		other[i] ^= 1;
		refuses(DFLOW_REFUSED, "f.p7s: does not verify",
		    check_text("trust.pem", other, strlen(text), &facts));
	}
	ck_assert(check_text("trust.pem", text, strlen(text) - 1, &facts) ==
		  DFLOW_REFUSED);
	ck_assert(check_text("trust.pem", text, sizeof(text), &facts) ==
		  DFLOW_REFUSED);
	ck_assert(check_text("trust.pem", "", 0, &facts) == DFLOW_REFUSED);
	ck_assert_str_eq(facts.path, "untouched");
	cert_free(&c);
}
END_TEST

/* Without the care that the disk's safety takes. */
static void
overwrite(const char *path, const uint8_t *data, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

/*
 * Some bytes are nobody's business: those of the certificate that goes along,
 * as the trusted copy counts. Then it says the same as before.
 */
START_TEST(changed_container)
{
	struct cert c = usual((struct cert_wish){0});
	struct container_facts facts;
	size_t accepted = 0;
	struct buf der;

	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	buf_init(&der, CONTAINER_BYTES_MAX);
	ck_assert(os_read("f.p7s", der.max, &der, &err) == DFLOW_OK);
	for (size_t i = 0; i < der.len; i++) {
		der.data[i] ^= 0x10;
		overwrite("f.p7s", der.data, der.len);
		if (check_text("trust.pem", text, strlen(text), &facts) ==
		    DFLOW_OK) {
			accepted++;
			ck_assert_str_eq(facts.who, "CN = left");
			ck_assert(facts.signed_at == NOW);
		}
		der.data[i] ^= 0x10;
	}
	ck_assert_uint_lt(accepted, der.len * 3 / 4);
	for (size_t i = 0; i < der.len; i++) {
		overwrite("f.p7s", der.data, i);
		bad("trust.pem", "not a whole CMS container");
	}
	buf_u8(&der, 0);
	overwrite("f.p7s", der.data, der.len);
	bad("trust.pem", "not a whole CMS container");
	buf_free(&der);
	cert_free(&c);
}
END_TEST

START_TEST(other_signer)
{
	struct cert c = usual((struct cert_wish){0});
	struct cert twin = make((struct cert_wish){0});
	struct cert else_ = make((struct cert_wish){.name = "a thief\033[2J"});

	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	cert_write("else.pem", else_.x509, NULL, NULL);
	bad("else.pem", "made by CN = left, who is not in else.pem");
	/* Of the same name and number, by another key. */
	cert_write("twin.pem", twin.x509, NULL, NULL);
	bad("twin.pem", "does not verify");
	/* Both: one of them will do. */
	cert_write("else.pem", c.x509, NULL, NULL);
	good("else.pem");
	cms_write("f.p7s", text, &else_, NULL, CMS_BINARY | CMS_DETACHED,
	    EVP_sha256());
	bad("trust.pem", "made by CN = a thief\\1B[2J, who is not in");
	cert_free(&c);
	cert_free(&twin);
	cert_free(&else_);
}
END_TEST

START_TEST(chain)
{
	struct cert ca = make((struct cert_wish){.name = "ca", .ca = true});
	struct cert other = make((struct cert_wish){.name = "ca", .ca = true});
	struct cert c = usual((struct cert_wish){.issuer = &ca, .serial = 9});
	struct cert alone = make((struct cert_wish){.name = "alone"});

	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	cert_write("ca.pem", ca.x509, NULL, NULL);
	cert_write("other.pem", other.x509, NULL, NULL);
	good("ca.pem");
	good("trust.pem"); /* the signer's own is enough */
	bad("other.pem", "made by CN = left: ");
	/* A list of somebody else's number, then one of ours. */
	crl_write("ca.pem", &ca, 8, NOW);
	good("ca.pem");
	/* For those under another there need not be one. */
	crl_write("other.pem", &other, 9, NOW);
	cert_write("alone.pem", alone.x509, alone.pkey, NULL);
	cert_write("other.pem", alone.x509, NULL, NULL);
	ck_assert(sign("alone.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	good("other.pem");
	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	os_remove("ca.pem");
	cert_write("ca.pem", ca.x509, NULL, NULL);
	crl_write("ca.pem", &ca, 9, NOW);
	bad("ca.pem", "certificate revoked");
	os_remove("ca.pem");
	cert_write("ca.pem", ca.x509, NULL, NULL);
	crl_write("ca.pem", &ca, 8, NOW - DAY);
	bad("ca.pem", "CRL has expired");
	cert_free(&alone);
	cert_free(&ca);
	cert_free(&other);
	cert_free(&c);
}
END_TEST

/* Three of them: who is in the middle comes along, and is looked at, too. */
START_TEST(chain_of_three)
{
	struct cert root = make((struct cert_wish){.name = "root", .ca = true});
	struct cert middle = make((struct cert_wish){
	    .name = "middle", .ca = true, .issuer = &root, .serial = 5});
	struct cert c = usual((struct cert_wish){.issuer = &middle});

	cert_write("left.pem", middle.x509, NULL, NULL);
	cert_write("root.pem", root.x509, NULL, NULL);
	ck_assert_msg(
	    sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK, "%s", err.text);
	good("root.pem");
	/* Another one is on the list, then that in the middle. */
	crl_write("root.pem", &root, 6, NOW);
	good("root.pem");
	os_remove("root.pem");
	cert_write("root.pem", root.x509, NULL, NULL);
	crl_write("root.pem", &root, 5, NOW);
	bad("root.pem", "certificate revoked");
	/* Alone it has a gap in the middle. */
	os_remove("left.pem");
	cert_write("left.pem", c.x509, c.pkey, NULL);
	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	os_remove("root.pem");
	cert_write("root.pem", root.x509, NULL, NULL);
	bad("root.pem", "made by CN = left, who is not in root.pem");
	cert_free(&root);
	cert_free(&middle);
	cert_free(&c);
}
END_TEST

START_TEST(times)
{
	struct cert c = usual((struct cert_wish){.to = NOW - 1});

	refuses(DFLOW_REFUSED, "the certificate has expired",
	    sign("left.pem", "f.p7s", -1, NOW));
	ck_assert(sign("left.pem", "f.p7s", -1, NOW - 2) == DFLOW_OK);
	bad("trust.pem", "certificate has expired");
	cert_free(&c);
	c = usual((struct cert_wish){.from = NOW + 2, .to = NOW + DAY});
	refuses(
	    DFLOW_REFUSED, "not yet valid", sign("left.pem", "f.p7s", -1, NOW));
	ck_assert(sign("left.pem", "f.p7s", -1, NOW + 3) == DFLOW_OK);
	bad("trust.pem", "not yet valid");
	cert_free(&c);
	/* A time beyond 2049 is written in another form. */
	c = usual((struct cert_wish){.to = 3000000000});
	ck_assert(sign("left.pem", "f.p7s", -1, 2900000000) == DFLOW_OK);
	struct container_facts facts;
	ck_assert(
	    check_text("trust.pem", text, strlen(text), &facts) == DFLOW_OK);
	ck_assert(facts.signed_at == 2900000000);
	cert_free(&c);
}
END_TEST

START_TEST(purposes)
{
	struct cert c = usual((struct cert_wish){.extended = "serverAuth"});
	const unsigned flags = CMS_BINARY | CMS_DETACHED;

	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	good("trust.pem");
	cert_free(&c);
	c = usual(
	    (struct cert_wish){.usage = "keyEncipherment", .key = "RSA:2048"});
	refuses(DFLOW_REFUSED, "not for signatures",
	    sign("left.pem", "f.p7s", -1, NOW));
	cms_write("f.p7s", text, &c, NULL, flags, EVP_sha256());
	bad("trust.pem", "purpose");
	cert_free(&c);
	c = usual((struct cert_wish){.usage = "digitalSignature"});
	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	good("trust.pem");
	cert_free(&c);
	c = usual((struct cert_wish){.usage = "nonRepudiation"});
	ck_assert(sign("left.pem", "f.p7s", -1, NOW) == DFLOW_OK);
	good("trust.pem");
	cert_free(&c);
	c = usual((struct cert_wish){.key = "RSA:1024"});
	refuses(DFLOW_REFUSED, "too small", sign("left.pem", "f.p7s", -1, NOW));
	cms_write("f.p7s", text, &c, NULL, flags, EVP_sha256());
	bad("trust.pem", "too weak");
	cert_free(&c);
}
END_TEST

/* As OpenSSL makes them when told to. */
START_TEST(forms)
{
	struct cert c = usual((struct cert_wish){.key = "RSA:2048"});
	struct cert second =
	    make((struct cert_wish){.name = "second", .key = "RSA:2048"});
	const unsigned flags = CMS_BINARY | CMS_DETACHED;

	cms_write("f.p7s", text, &c, NULL, flags, EVP_sha256());
	good("trust.pem");
	cms_write("f.p7s", text, &c, NULL, flags | CMS_NOCERTS, EVP_sha384());
	good("trust.pem"); /* the trusted file has it */
	cert_write("second.pem", second.x509, NULL, NULL);
	bad("second.pem", "neither in it nor in second.pem");
	cms_write("f.p7s", text, &c, NULL, CMS_BINARY, EVP_sha256());
	bad("trust.pem", "not a detached signature");
	cms_write("f.p7s", text, &c, NULL, flags | CMS_NOATTR, EVP_sha256());
	bad("trust.pem", "no signed attributes");
	cms_write("f.p7s", text, &c, NULL, flags, EVP_sha1());
	bad("trust.pem", "digest that is not safe");
	cms_write("f.p7s", text, &c, NULL, flags, EVP_md5());
	bad("trust.pem", "digest that is not safe");
	cms_write("f.p7s", text, &c, &second, flags, EVP_sha256());
	cert_write("second.pem", c.x509, NULL, NULL);
	bad("second.pem", "one signer");
	put("f.p7s", "", 0644);
	bad("trust.pem", "not a whole CMS container");
	cert_free(&c);
	cert_free(&second);
}
END_TEST

/* CMS that is no signature, and one of something that is no data. */
START_TEST(types)
{
	struct cert c = usual((struct cert_wish){0});
	const unsigned flags = CMS_BINARY | CMS_DETACHED;
	BIO *in = BIO_new_mem_buf(text, -1), *out = BIO_new_file("f.p7s", "w");
	CMS_ContentInfo *cms = CMS_digest_create(in, EVP_sha256(), flags);

	ck_assert_ptr_nonnull(cms);
	ck_assert_int_eq(i2d_CMS_bio(out, cms), 1);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
	bad("trust.pem", "not a detached signature");
	for (int time_stamp = 0; time_stamp < 2; time_stamp++) {
		in = BIO_new_mem_buf(text, -1);
		out = BIO_new_file("f.p7s", "w");
		cms = CMS_sign(NULL, NULL, NULL, in, flags | CMS_PARTIAL);
		ck_assert_ptr_nonnull(cms);
		if (time_stamp == 1)
			ck_assert_int_eq(
			    CMS_set1_eContentType(
				cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo)),
			    1);
		ck_assert_ptr_nonnull(
		    CMS_add1_signer(cms, c.x509, c.pkey, EVP_sha256(), flags));
		ck_assert_int_eq(CMS_final(cms, in, NULL, flags), 1);
		ck_assert_int_eq(i2d_CMS_bio(out, cms), 1);
		CMS_ContentInfo_free(cms);
		BIO_free(in);
		BIO_free(out);
		if (time_stamp == 0)
			good("trust.pem");
		else
			bad("trust.pem", "not a detached signature");
	}
	cert_free(&c);
}
END_TEST

/* A name in a certificate or a key may be anything. */
START_TEST(names)
{
	static const char hard[] = "a\033b\177\303\n~ ";
	char out[CONTAINER_WHO + 64], from[300];

	container_who_put(out, hard, sizeof(hard));
	ck_assert_str_eq(out, "a\\027b\\127\\195\\010~ \\000");
	container_who_put(out, NULL, 0);
	ck_assert_str_eq(out, "");
	for (int c = 0; c < 256; c += 'x') {
		memset(from, c, sizeof(from));
		memset(out, 'Z', sizeof(out));
		container_who_put(out, from, sizeof(from));
		ck_assert_uint_lt(strlen(out), CONTAINER_WHO);
		ck_assert_uint_gt(strlen(out), CONTAINER_WHO - 8);
		ck_assert_int_eq(out[0], c == 'x' ? 'x' : '\\');
		/* Whole numbers alone, and not a byte behind the room. */
		if (c != 'x')
			ck_assert_uint_eq(strlen(out) % 4, 0);
		for (size_t i = CONTAINER_WHO; i < sizeof(out); i++)
			ck_assert_int_eq(out[i], 'Z');
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("container");
	TCase *t = tcase_create("cms");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_key, 0, (int)COUNT(keys));
	tcase_add_test(t, eddsa);
	tcase_add_test(t, changed_data);
	tcase_add_test(t, changed_container);
	tcase_add_test(t, other_signer);
	tcase_add_test(t, chain);
	tcase_add_test(t, chain_of_three);
	tcase_add_test(t, times);
	tcase_add_test(t, purposes);
	tcase_add_test(t, forms);
	tcase_add_test(t, types);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
