/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A .private file, taken for that of an Ed25519 and of an RSA key. */
#include <openssl/evp.h>

#include "keys/pkey.h"
#include "keys/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t keys[2][72] = {
	    {1, 0, 3, 15, 1}, {1, 0, 3, 8, 3, 1, 0, 1, 0xff, [71] = 0xff}};
	struct dnskey pub;
	size_t mine = 0;

	for (size_t i = 0; i < 2 && len > 0 && len <= PRIVATE_FILE_MAX; i++) {
		struct secret *s = NULL;
		EVP_PKEY *pkey = NULL;

		if (secret_new(len, &s, NULL) == DFLOW_OK &&
		    secret_put(s, data, len, NULL) == DFLOW_OK &&
		    dnskey_view(keys[i], i == 0 ? 36 : 72, &pub) &&
		    private_read("fuzz", s, &pub, &pkey, NULL) == DFLOW_OK &&
		    pkey_belongs(pkey, &pub, NULL) == DFLOW_OK)
			mine++;
		EVP_PKEY_free(pkey);
		secret_free(&s);
	}
	(void)mine; /* either word of it is fine */
	return 0;
}
