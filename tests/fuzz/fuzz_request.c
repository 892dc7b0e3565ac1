/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a plain key request: read or refused, with a reason. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "exchange/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dflow_err err = {.status = DFLOW_OK};
	struct request *out = NULL;

	if (request_parse("input", (const char *)data, len, &out, &err) ==
	    DFLOW_OK) {
		if (out == NULL || out->count == 0)
			abort();
	} else if (out != NULL || err.text[0] == '\0') {
		abort();
	}
	request_free(&out);
	return 0;
}
