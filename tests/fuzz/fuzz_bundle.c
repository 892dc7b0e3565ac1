/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a KSR or SKR: read or refused, with a reason. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "exchange/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dflow_err err = {.status = DFLOW_OK};
	const char *text = (const char *)data;
	struct bundles *b = NULL;
	size_t line = 0;

	if (bundles_parse("input", text, len, &b, &err) == DFLOW_OK) {
		if (b == NULL || bundle_marked(text, len, &line) == NULL ||
		    bundles_at(b, INT64_MAX) != &b->list[b->count - 1])
			abort();
	} else if (b != NULL || err.text[0] == '\0') {
		abort();
	}
	bundles_free(&b);
	return 0;
}
