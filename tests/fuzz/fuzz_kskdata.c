/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a plain KSK.data: read or refused, with a reason. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "exchange/kskdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct kskdata *out = NULL;

	if (kskdata_parse("input", (const char *)data, len, &out, &err) ==
	    DFLOW_OK) {
		if (out == NULL || out->count == 0)
			abort();
	} else if (out != NULL || err.text[0] == '\0') {
		abort();
	}
	kskdata_free(&out);
	return 0;
}
