/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A .key file; a key that is taken must also survive being verified with. */
#include <stdint.h>
#include <stdlib.h>

#include "keys/keyfile.h"
#include "keys/verifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct keyfile k;
	struct verifier *v = NULL;
	struct dflow_err err = {0};

	if (keyfile_parse("fuzz", (const char *)data, len, &k, &err) !=
	    DFLOW_OK)
		return 0;
	if (k.key.protocol != 3 || dnskey_check(&k.key, NULL) != DFLOW_OK)
		abort();
	if (verifier_new(&k.key, &v, &err) == DFLOW_OK)
		(void)verifier_check(v, data, len, data, len < 64 ? len : 64);
	verifier_free(&v);
	return 0;
}
