/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bare signatures: makes COUNT of algorithm 13, one behind the other on
 * one core, each over another digest, and prints the seconds that took.
 *
 *	signloop COUNT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

static double
clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	unsigned char digest[32] = {0}, sig[128];
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *ctx = NULL;
	double start;

	if (count <= 0)
		errx(2, "usage: signloop COUNT");
	if (key != NULL)
		ctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx == NULL || EVP_PKEY_sign_init(ctx) <= 0)
		errx(1, "no P-256 here");
	start = clock_s();
	for (long i = 0; i < count; i++) {
		size_t len = sizeof(sig);

		memcpy(digest, &i, sizeof(i));
		if (EVP_PKEY_sign(ctx, sig, &len, digest, sizeof(digest)) <= 0)
			errx(1, "cannot sign");
	}
	printf("%.3f\n", clock_s() - start);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return 0;
}
