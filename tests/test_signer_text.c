/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a .private file may say, by the key of the vectors: the forms that
 * other programs write, and what is refused, and how.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/encode.h"
#include "keydir.h"
#include "keysign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct keydir dir;

static void
setup(void)
{
	keydir_new(&dir);
}

static void
teardown(void)
{
	keydir_free(&dir);
}

/* The scalar of the vectors, and its public point. */
#define SCALAR                                                     \
	"443A5A0F630559075B8ED453E69FB134E73BED96B7E7695D55AFBBFC" \
	"085278CD"

static void
scalar_point(uint8_t point[65], uint8_t scalar[32])
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = EC_POINT_new(g);
	BIGNUM *k = NULL;

	ck_assert_int_ne(BN_hex2bn(&k, SCALAR), 0);
	ck_assert_int_eq(BN_bn2binpad(k, scalar, 32), 32);
	ck_assert_int_eq(EC_POINT_mul(g, p, k, NULL, NULL, NULL), 1);
	ck_assert_uint_eq(EC_POINT_point2oct(g, p,
			      POINT_CONVERSION_UNCOMPRESSED, point, 65, NULL),
	    65);
	BN_free(k);
	EC_POINT_free(p);
	EC_GROUP_free(g);
}

#define HEAD "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n"
#define HERS "PrivateKey: RDpaD2MFWQdbjtRT5p+xNOc77Za352ldVa+7/AhSeM0=\n"

/* Writes the scalar's public key, and that for its private file. */
static void
scalar_files(char base[KEYDIR_PATH], const char *private)
{
	char b64[128], path[KEYDIR_PATH + 16], text[256];
	uint8_t point[65], scalar[32];
	int n;

	scalar_point(point, scalar);
	n = (int)base64_encode(scalar, 32, b64);
	ck_assert(strncmp(strchr(HERS, ' ') + 1, b64, (size_t)n) == 0);
	n = (int)base64_encode(point + 1, 64, b64);
	n = snprintf(text, sizeof(text),
	    "example.com. IN DNSKEY 257 3 13 %.*s\n", n, b64);
	ck_assert(n > 0 && (size_t)n < sizeof(text));
	keydir_path(&dir, "Kexample.com.+013+37354", "", base);
	snprintf(path, sizeof(path), "%s.key", base);
	keydir_write(path, 0644, text, (size_t)n);
	snprintf(path, sizeof(path), "%s.private", base);
	keydir_write(path, 0600, private, strlen(private));
}

START_TEST(test_vector)
{
	char base[KEYDIR_PATH];
	struct signer *s;

	scalar_files(base, "Private-key-format: v1.2\n"
			   "Algorithm: 13 (ECDSAP256SHA256)\n" HERS);
	s = open_key(base, DFLOW_OK, NULL);
	ck_assert_uint_eq(signer_key(s)->tag, 37354);
	sign_and_check(s);
	signer_free(&s);
}
END_TEST

/* A test key whose scalar begins with a zero: BIND writes it without. */
START_TEST(test_leading_zero)
{
	static const char key[] =
	    "example.com. IN DNSKEY 257 3 13 "
	    "MY6JyAIKwN4IewXCGHyGUVHByd4PYJ8Ymuva7muXPCRckvZ8gtwSffwd6aHU"
	    "+Z50K5o10sJlP30NWdm74t3rAw==\n";
	static const char *const private[] = {
	    HEAD "PrivateKey: ABcEzk3jmb0Plk8OhPAM5F7xtWtelhDCy9Kx3X+EJQo=\n",
	    HEAD "PrivateKey: FwTOTeOZvQ+WTw6E8AzkXvG1a16WEMLL0rHdf4QlCg==\n",
	};
	char base[KEYDIR_PATH], path[KEYDIR_PATH + 16];
	struct signer *s;

	keydir_path(&dir, "Kexample.com.+013+28900", "", base);
	snprintf(path, sizeof(path), "%s.key", base);
	keydir_write(path, 0644, key, strlen(key));
	snprintf(path, sizeof(path), "%s.private", base);
	keydir_write(path, 0600, private[_i], strlen(private[_i]));
	s = open_key(base, DFLOW_OK, NULL);
	ck_assert_uint_eq(signer_key(s)->tag, 28900);
	sign_and_check(s);
	signer_free(&s);
}
END_TEST

/* Private files for the vector's public key. */
static const struct {
	const char *reason;
	const char *text;
	const char *says; /* NULL: it is good */
} texts[] = {
    {"v1.3", HEAD HERS, NULL},
    {"CRLF",
	"Private-key-format: v1.3\r\nAlgorithm: 13 (E)\r\n"
	"PrivateKey: RDpaD2MFWQdbjtRT5p+xNOc77Za352ldVa+7/AhSeM0=\r\n"
	"Created: 20220922073938\r\n",
	NULL},
    {"no final newline", HEAD HERS "Created: 20220922073938", NULL},
    {"empty lines", "\n" HEAD "\n" HERS "\n", NULL},
    {"times and numbers",
	HEAD HERS "Created: 20220922073938\n"
		  "DSPublish: 20220922073938\nPredecessor: 1\nLifetime: 0\n",
	NULL},
    {"no name of the algorithm",
	"Private-key-format: v1.3\n"
	"Algorithm: 13\n" HERS,
	NULL},
    {"short scalar, another's", HEAD "PrivateKey: AQ==\n", "not fit"},
    {"empty", "", "cut off"},
    {"v1.4", "Private-key-format: v1.4\nAlgorithm: 13 (E)\n" HERS,
	":1: this version"},
    {"v2", "Private-key-format: v2.0\nAlgorithm: 13 (E)\n" HERS,
	":1: this version"},
    {"no version", "Algorithm: 13 (E)\n" HERS, ":1: a private key file"},
    {"no algorithm", "Private-key-format: v1.3\n" HERS, ":2: the second"},
    {"only a head", HEAD, "PrivateKey is missing"},
    {"another algorithm", "Private-key-format: v1.3\nAlgorithm: 15 (E)\n" HERS,
	"its algorithm is 15"},
    {"algorithm 269", "Private-key-format: v1.3\nAlgorithm: 269 (E)\n" HERS,
	":2: the algorithm"},
    {"algorithm 1300", "Private-key-format: v1.3\nAlgorithm: 1300 (E)\n" HERS,
	":2: the algorithm"},
    {"algorithm no number", "Private-key-format: v1.3\nAlgorithm: E (E)\n" HERS,
	":2: the algorithm"},
    {"another key",
	HEAD "PrivateKey: RTpaD2MFWQdbjtRT5p+xNOc77Za352ldVa+7/AhSeM0=\n",
	"not fit"},
    {"scalar 0",
	HEAD "PrivateKey: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	"Kexample.com.+013+37354.private"},
    {"scalar over the order",
	HEAD "PrivateKey: //////////////////////////////////////////8=\n",
	"Kexample.com.+013+37354.private"},
    {"scalar too long",
	HEAD "PrivateKey: AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	"Kexample.com.+013+37354.private"},
    {"field twice", HEAD HERS HERS, ":4: the field is there twice"},
    {"time twice",
	HEAD HERS "Created: 20220922073938\n"
		  "Created: 20220922073938\n",
	":5: the field is there twice"},
    {"not base64", HEAD "PrivateKey: !!\n", "not base64"},
    {"field of RSA", HEAD HERS "Modulus: AQAB\n", "Modulus is not one"},
    {"unknown field", HEAD HERS "Colour: 1\n", ":4: a field"},
    {"no colon", HEAD HERS "Colour\n", ":4: not \"Field: value\""},
    {"no value", HEAD "PrivateKey:\n", ":3: a field has no value"},
    {"in a device", HEAD "Engine: cGtjczExAA==\nLabel: cGtjczExAA==\n",
	"in a device that this build does not reach (pkcs11)"},
    {"in a device without a label", HEAD "Engine: cGtjczExAA==\n",
	"this key is in a device"},
    {"in an N200", HEAD "Engine: bjIwMAA=\nLabel: bjIwMDpLMQA=\n",
	"Kexample.com.+013+37354.key is in an N200: "},
    {"label twice", HEAD "Label: bjIwMDpLMQA=\nLabel: bjIwMDpLMQA=\n",
	":4: the field is there twice"},
    {"in a device and here", HEAD HERS "Label: bjIwMDpLMQA=\n",
	"in a device and in the file"},
    {"label not base64", HEAD "Label: bjIw!\n", "Label is not base64"},
    {"label with a newline", HEAD "Label: bjIwMDoKMQA=\n",
	"Label is not base64 of a name"},
    {"empty label", HEAD "Label: AA==\n", "Label is not base64 of a name"},
    {"bad time", HEAD HERS "Publish: 20220000000000\n", ":4: the time"},
    {"time of 8 digits", HEAD HERS "Publish: 20220101\n", ":4: the time"},
};

START_TEST(test_text)
{
	char base[KEYDIR_PATH];
	struct signer *s;

	scalar_files(base, texts[_i].text);
	if (texts[_i].says == NULL) {
		s = open_key(base, DFLOW_OK, NULL);
		signer_free(&s);
	} else {
		struct dflow_err err = {0};

		s = NULL;
		ck_assert_msg(open_with(base, "no\n", &s, &err) != DFLOW_OK,
		    "%s", texts[_i].reason);
		ck_assert_msg(strstr(err.text, texts[_i].says) != NULL,
		    "%s: %s", texts[_i].reason, err.text);
		/* No part of a key in a message. */
		ck_assert_ptr_null(strstr(err.text, "RDpa"));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signer_text");
	TCase *t = tcase_create("signer_text");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_vector);
	tcase_add_loop_test(t, test_leading_zero, 0, 2);
	tcase_add_loop_test(t, test_text, 0, (int)COUNT(texts));
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
